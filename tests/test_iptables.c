/* Lines of the Linux kernel's packet log and what their records must say. */
#include "tests/fields.h"

extern const struct parser parser_iptables;

#define HEADER "Nov 20 09:00:01 gw1 kernel: [ 8120.104211] "
#define MAC    "MAC=02:00:5e:00:53:01:02:00:5e:00:53:66:08:00 "
#define ENDS   "SRC=203.0.113.9 DST=192.0.2.1 "
#define IP     "LEN=44 TOS=0x00 PREC=0x00 TTL=52 ID=80 "
#define SYN    "PROTO=TCP SPT=4000 DPT=445 WINDOW=1024 RES=0x00 SYN URGP=0 "
#define PACKET "IN=eth0 OUT= " MAC ENDS IP SYN

static const struct expectation packets[] = {
    {HEADER "DROP IN=eth1 OUT=eth0 " MAC ENDS IP "DF " SYN, PARSE_OK,
     "vendor=Netfilter\nproduct=Netfilter\nevent_id=LOG\nevent_name=Packet dropped\nhost=gw1\n"
     "time=2026-11-20T09:00:01.000Z\ncategory=connection\naction=drop\nevidence=denied\n"
     "severity=4\nprotocol=6\nsrc_ip=203.0.113.9\nsrc_port=4000\nsrc_mac=02:00:5e:00:53:66\n"
     "src_interface=eth1\ndst_ip=192.0.2.1\ndst_port=445\ndst_mac=02:00:5e:00:53:01\n"
     "dst_interface=eth0\ndirection=\nrule=DROP\n+LEN=44\n+TTL=52\n+IP_FLAGS=DF\n+TCP_FLAGS=SYN"},
    {HEADER PACKET, PARSE_OK,
     "direction=inbound\naction=\nevidence=none\nrule=\nevent_name=Packet logged\n"
     "dst_interface="},
    {HEADER "IN= OUT=eth0 " ENDS IP SYN, PARSE_OK, "direction=outbound\nsrc_interface=\nsrc_mac="},
    {HEADER "IN=eth0 OUT= " ENDS IP
            "PROTO=TCP SPT=1 DPT=2 SEQ=7 ACK=8 WINDOW=9 RES=0x00 ACK PSH FIN URGP=0 OPT (0101) ",
     PARSE_OK, "+SEQ=7\n+ACK=8\n+TCP_FLAGS=ACK PSH FIN\n+OPT=0101"},
    {HEADER "IN=eth0 OUT= " ENDS IP "PROTO=UDP SPT=53 DPT=40001 LEN=24 ", PARSE_OK,
     "protocol=17\ndst_port=40001\n+LEN=44|24\n+TCP_FLAGS="},
    {HEADER "IN=eth0 OUT= " ENDS IP "FRAG:185 PROTO=UDP ", PARSE_OK,
     "protocol=17\ndst_port=\n+FRAG=185"},
    {HEADER "IN=eth0 OUT= " ENDS IP "PROTO=TCP INCOMPLETE [4 bytes] ", PARSE_OK,
     "protocol=6\ndst_port=\n+INCOMPLETE=4 bytes"},
    {HEADER "IN=eth0 OUT= " ENDS IP "PROTO=ESP SPI=0xc0ffee01 ", PARSE_OK,
     "protocol=50\n+SPI=0xc0ffee01"},
    {HEADER "IN=eth0 OUT= " ENDS IP "PROTO=2 ", PARSE_OK, "protocol=2"},
    {HEADER "IN=tun0 OUT= MAC= " ENDS IP SYN, PARSE_OK, "src_mac=\ndst_mac=\n+MAC="},
    {HEADER "IN=sit1 OUT= MAC=45:00:00:50:1d:40:40:00:3a:29:6b:11:c6:33:64:07 " ENDS IP SYN,
     PARSE_OK, "src_mac=\n+MAC=45:00:00:50:1d:40:40:00:3a:29:6b:11:c6:33:64:07"},
    {HEADER
     "IN=eth0 OUT= MACSRC=02:00:5e:00:53:66 MACDST=02:00:5e:00:53:01 MACPROTO=0800 " ENDS IP SYN,
     PARSE_OK, "src_mac=02:00:5e:00:53:66\ndst_mac=02:00:5e:00:53:01\n+MACPROTO=0800"},
    {HEADER
     "IN=eth0 OUT= SRC=2001:0db8:0000:0000:0000:0000:0000:0007 "
     "DST=2001:0db8:0000:0000:0000:0000:0000:0001 LEN=80 TC=0 HOPLIMIT=57 FLOWLBL=868225 " SYN,
     PARSE_OK, "src_ip=2001:db8::7\ndst_ip=2001:db8::1\ndst_port=445\n+HOPLIMIT=57"},
};

static const struct expectation errors[] = {
    {HEADER "IN=eth0 OUT= " ENDS IP "PROTO=ICMP TYPE=8 CODE=0 ID=7070 SEQ=1 ", PARSE_OK,
     "protocol=1\nicmp_type=8\nicmp_code=0\n+ID=80|7070\n+SEQ=1"},
    {HEADER "IN=eth0 OUT= " ENDS IP "PROTO=ICMP TYPE=3 CODE=3 [SRC=192.0.2.1 DST=198.51.100.7 "
            "PROTO=UDP SPT=33012 DPT=161 LEN=40 ] ",
     PARSE_OK,
     "protocol=1\nsrc_ip=203.0.113.9\ndst_ip=192.0.2.1\nsrc_port=\ndst_port=\nicmp_type=3\n"
     "+INNER=SRC=192.0.2.1 DST=198.51.100.7 PROTO=UDP SPT=33012 DPT=161 LEN=40"},
    {HEADER "IN=eth0 OUT= " ENDS IP "PROTO=ICMP TYPE=3 CODE=4 [SRC=192.0.2.1 DST=198.51.100.7 "
            "PROTO=TCP INCOMPLETE [8 bytes] ] MTU=1400 ",
     PARSE_OK,
     "dst_ip=192.0.2.1\n+MTU=1400\n"
     "+INNER=SRC=192.0.2.1 DST=198.51.100.7 PROTO=TCP INCOMPLETE [8 bytes]"},
    {HEADER "IN=eth0 OUT= SRC=fe80:0000:0000:0000:0000:0000:0000:0001 "
            "DST=ff02:0000:0000:0000:0000:0001:ff00:0001 PROTO=ICMPv6 TYPE=135 CODE=0 ",
     PARSE_OK, "protocol=58\nicmp_type=135\nicmp_code=0"},
    {HEADER "IN=eth0 OUT= " ENDS "PROTO=ICMP TYPE=3 CODE=1 [SRC=192.0.2.1 [[[", PARSE_OK,
     "+INNER=SRC=192.0.2.1 [[["},
    {HEADER "DROP IN=eth0 OUT= SRC=203.0.113.9 DST=192.0", PARSE_MALFORMED,
     "vendor=Netfilter\nproduct=Netfilter\nsrc_ip=203.0.113.9\ndst_ip=\n+DST=192.0"},
    {HEADER "DROP IN=eth0 OUT= " ENDS IP, PARSE_MALFORMED, "src_ip=203.0.113.9\nprotocol="},
    {HEADER "DROP IN=eth0 OUT= " ENDS "PROTO=TCP SPT=1 D", PARSE_MALFORMED,
     "src_port=1\ndst_port="},
    {HEADER "DROP IN=eth0 OUT= " ENDS "PROTO=TCP SPT=1 DPT=65536", PARSE_MALFORMED,
     "dst_port=\n+DPT=65536"},
    {HEADER "DROP IN=eth0 OUT= SRC=203.0.X.X DST=192.0.2.1 " SYN, PARSE_MALFORMED,
     "src_ip=\ndst_ip=192.0.2.1\n+SRC=203.0.X.X"},
    {HEADER "DROP IN=eth0 OUT= " ENDS "PROTO=UDP SPT=1 DPT=53 DPT=54 SRC=198.51.100.1", PARSE_OK,
     "dst_port=53\nsrc_ip=203.0.113.9\n+DPT=54\n+SRC=198.51.100.1"},
};

/* The same packet behind prefixes of all sorts. */
static const struct {
    const char *header, *rule, *action, *evidence;
} prefixed[] = {
    {HEADER "[UFW BLOCK] ", "UFW BLOCK", "deny", "denied"},
    {HEADER "[UFW ALLOW] ", "UFW ALLOW", "allow", "none"},
    {HEADER "[UFW AUDIT] ", "UFW AUDIT", "", "none"},
    {HEADER "Shorewall:net2fw:DROP:", "Shorewall:net2fw:DROP", "drop", "denied"},
    {HEADER "Shorewall:loc2net:REJECT:", "Shorewall:loc2net:REJECT", "reset", "denied"},
    {HEADER "Shorewall:fw2net:ACCEPT:", "Shorewall:fw2net:ACCEPT", "allow", "none"},
    {HEADER "\"filter_IN_drop_ACCEPT: \"", "filter_IN_drop_ACCEPT", "allow", "none"},
    {HEADER "STATE_INVALID_DROP: ", "STATE_INVALID_DROP", "drop", "denied"},
    {HEADER "[WAN_IN-10-D]", "WAN_IN-10-D", "drop", "denied"},
    {HEADER "[ipv4-NAM-LAN-default-R] ", "ipv4-NAM-LAN-default-R", "reset", "denied"},
    {HEADER "[LAN-20-A]", "LAN-20-A", "allow", "none"},
    {HEADER "REJECT wan in: ", "REJECT wan in", "reset", "denied"},
    {HEADER "not allowed: ", "not allowed", "deny", "denied"},
    {HEADER "allowlist missed ", "allowlist missed", "", "none"},
    {HEADER "blocked", "blocked", "deny", "denied"},
    {HEADER "[T7] [10.5] seen ", "[10.5] seen", "", "none"},
    {HEADER "-A", "-A", "", "none"},
    {HEADER "A - D", "A - D", "", "none"},
    {HEADER "kernel: DENIED ", "DENIED", "deny", "denied"},
    {HEADER "[", "[", "", "none"},
    {HEADER ":", "", "", "none"},
    {"Nov 20 09:00:01 gw1 kernel: DROP ", "DROP", "drop", "denied"},
    {"Nov 20 09:00:01 gw1 kernel: [12.5][   C1] DROP ", "DROP", "drop", "denied"},
    {"Nov 20 09:00:01 DENY: ", "DENY", "deny", "denied"},
    {"Nov 20 09:00:01 gw1 ulogd[77]: ", "", "", "none"},
    {"<4>[ 8120.104211] DROP ", "DROP", "drop", "denied"},
    {"<4>1 2026-11-20T09:00:01Z gw1 kernel - - - [8120.1] DROP ", "DROP", "drop", "denied"},
    {"", "", "", "none"},
};

static void expect_all(void **state)
{
    (void)state;
    expect_lines(&parser_iptables, packets, sizeof(packets) / sizeof(packets[0]));
    expect_lines(&parser_iptables, errors, sizeof(errors) / sizeof(errors[0]));
}

static void expect_prefixes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(prefixed) / sizeof(prefixed[0]); i++) {
        char line[512], fields[512];
        struct expectation row = {line, PARSE_OK, fields};
        snprintf(line, sizeof(line), "%s%s", prefixed[i].header, PACKET);
        snprintf(fields, sizeof(fields), "rule=%s\naction=%s\nevidence=%s\ndst_port=445",
                 prefixed[i].rule, prefixed[i].action, prefixed[i].evidence);
        expect_lines(&parser_iptables, &row, 1);
    }
}

static void not_ours(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "",
        "IN=",
        "IN= OUT=",
        "IN=eth0 OUT= DST=192.0.2.1",
        "OUT=eth0 IN=eth1 SRC=192.0.2.1",
        "PHYSIN=eth0 PHYSOUT=eth1 SRC=192.0.2.1",
        "IN=IN=IN= SRC=192.0.2.1",
        HEADER "eth0: link up SRC=1 IN=2",
        HEADER "ACCEPT IN=eth0 OUT= ARP HTYPE=1 PTYPE=0x0800 OPCODE=1",
        "<134>1 1795252560.123456789 MX84 flows src=10.2.0.17 dst=10.2.0.18 protocol=tcp",
        "%ASA-4-106023: Deny tcp src outside:203.0.113.9/4000 dst inside:10.0.0.1/445",
    };
    static struct parsed parsed;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        parse_line(&parser_iptables, lines[i], strlen(lines[i]), &parsed);
        if (parsed.claimed)
            fail_msg("claimed: %s", lines[i]);
        free(parsed.block);
    }
}

static void prefixes(void **state)
{
    (void)state;
    parse_prefixes(&parser_iptables, "samples/iptables/*.log");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expect_all),
        cmocka_unit_test(expect_prefixes),
        cmocka_unit_test(not_ours),
        cmocka_unit_test(prefixes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
