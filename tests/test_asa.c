/* Cisco ASA: every kind of message by a table of line and fields, the joins of built and torn down
 * connections, odd endpoints, and every sample line at every shorter length. */
#include "parsers/parser.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include <dirent.h>

extern const struct parser parser_asa;

static struct record r;
static struct connections *table;

/* The text in a block of its own; parsed values point into it until the next call. */
static enum parse_status parse_len(const char *text, size_t len, uint64_t device)
{
    static char *block;
    free(block);
    block = malloc(len ? len : 1);
    memcpy(block, text, len);

    struct syslog header = {.form = SYSLOG_NONE, .body = slice_make(block, len)};
    struct parse_context context = {
        .header = &header, .arrival_ms = 1763715360000, .device = device, .connections = table};
    record_reset(&r);
    if (!parser_asa.claims(&header, header.body))
        return PARSE_UNKNOWN;
    return parser_asa.parse(&context, header.body, &r);
}

static enum parse_status parse(const char *text)
{
    return parse_len(text, strlen(text), 1);
}

/* A field's value as the JSON has it, or an extra's; "" when it is not set. */
static const char *value_of(struct slice name)
{
    static char text[256];
    for (unsigned i = 0; RECORD_HAS(&r, extra) && i < r.extra; i++)
        if (name.ptr[0] == '+' && slice_equals(r.extras[i].name, slice_from(name, 1))) {
            snprintf(text, sizeof(text), "%.*s", (int)r.extras[i].value.len, r.extras[i].value.ptr);
            return text;
        }
    for (int f = 0; f < FIELD_COUNT; f++) {
        const void *member = (const char *)&r + record_fields[f].offset;
        if (!slice_is(name, record_fields[f].name) || !(r.has >> f & 1))
            continue;
        switch (record_fields[f].kind) {
        case KIND_TEXT:
            snprintf(text, sizeof(text), "%.*s", (int)((const struct slice *)member)->len,
                     ((const struct slice *)member)->ptr);
            return text;
        case KIND_NUMBER:
            snprintf(text, sizeof(text), "%llu", (unsigned long long)*(const uint64_t *)member);
            return text;
        case KIND_PORT:
            snprintf(text, sizeof(text), "%u", *(const uint16_t *)member);
            return text;
        case KIND_ADDRESS:
            *address_format(text, *(const struct address *)member) = '\0';
            return text;
        case KIND_SEVERITY:
            snprintf(text, sizeof(text), "%u", *(const uint8_t *)member);
            return text;
        case KIND_PROTOCOL:
            return protocol_name(*(const uint8_t *)member);
        default:
            return record_word(record_fields[f].kind, *(const uint8_t *)member);
        }
    }
    return "";
}

/* "src_ip=192.0.2.1;src_port=80;src_host=": an empty value demands that the field is not set;
 * an extra's name has a plus in front. */
static void expect(const char *line, const char *fields)
{
    struct cursor c = cursor_over(slice(fields));
    while (!cursor_at_end(&c)) {
        struct cursor pair = cursor_over(cursor_until_or_end(&c, ';'));
        struct slice name = cursor_until(&pair, '=');
        struct slice wanted = cursor_rest(&pair);
        const char *found = value_of(name);
        if (!slice_is(wanted, found))
            fail_msg("%s\n  %.*s: wanted %.*s, found %s", line, (int)name.len, name.ptr,
                     (int)wanted.len, wanted.ptr, found);
    }
}

static void check(const char *line, enum parse_status status, const char *fields)
{
    enum parse_status found = parse(line);
    if (found != status)
        fail_msg("%s\n  status: wanted %d, found %d", line, status, found);
    expect(line, fields);
}

static const struct {
    const char *line, *fields;
} kinds[] = {
    {"%ASA-2-106001: Inbound TCP connection denied from 198.51.100.7/43803 to 203.0.113.20/3389 "
     "flags SYN ACK  on interface outside",
     "vendor=Cisco;product=ASA;event_id=106001;event_name=Inbound TCP connection denied;severity=8;"
     "category=connection;action=deny;outcome=failure;evidence=denied;protocol=tcp;"
     "src_ip=198.51.100.7;src_port=43803;dst_ip=203.0.113.20;dst_port=3389;+tcp_flags=SYN ACK;"
     "src_interface=outside;dst_interface=;message="},
    {"%ASA-2-106002: udp connection denied by outbound list 30 src 10.1.0.5 138 dest 198.51.100.7 "
     "139",
     "evidence=denied;protocol=udp;rule=30;src_ip=10.1.0.5;src_port=138;dst_ip=198.51.100.7;"
     "dst_port=139"},
    {"%PIX-2-106006: Deny inbound UDP from 198.51.100.9/53306 to 203.0.113.21/53413 on interface "
     "outside",
     "product=PIX;evidence=denied;protocol=udp;src_port=53306;dst_port=53413;"
     "src_interface=outside"},
    {"%ASA-2-106007: Deny inbound UDP from outside:198.51.100.53/53 to inside:10.1.0.5/51620 due "
     "to DNS Response",
     "protocol=udp;src_interface=outside;dst_interface=inside;reason=DNS Response"},
    {"%ASA-3-106010: Deny inbound protocol 47 src outside:198.51.100.7 dst inside:10.1.0.5",
     "protocol=gre;src_ip=198.51.100.7;dst_ip=10.1.0.5;severity=6;src_port="},
    {"%ASA-3-106010: Deny inbound sctp src outside:198.51.100.7/5114 dst inside:10.1.0.5/2",
     "protocol=sctp;src_port=5114;dst_port=2"},
    {"%ASA-3-106011: Deny inbound (No xlate) udp src outside:198.51.100.7/137 dst outside:"
     "203.0.113.20/137",
     "protocol=udp;src_port=137;dst_ip=203.0.113.20"},
    {"%PIX-3-106011: Deny inbound (No xlate) udp src outside:198.51.100.7/137",
     "protocol=udp;src_port=137;dst_ip="},
    {"%ASA-3-106012: Deny IP from 198.51.100.7 to 10.1.0.5, IP options 0x1f.",
     "src_ip=198.51.100.7;dst_ip=10.1.0.5;+ip_options=0x1f;message="},
    {"%ASA-3-106014: Deny inbound icmp src outside:198.51.100.7 dst inside:10.1.0.5(type 8, code "
     "0)",
     "protocol=icmp;src_ip=198.51.100.7;dst_ip=10.1.0.5;icmp_type=8;icmp_code=0;dst_user="},
    {"%ASA-6-106015: Deny TCP (no connection) from 198.51.100.80/443 to 203.0.113.20/51000 flags "
     "FIN PSH ACK  on interface outside",
     "evidence=denied;severity=2;+tcp_flags=FIN PSH ACK;src_interface=outside;dst_port=51000"},
    {"%ASA-2-106016: Deny IP spoof from (0.0.0.0) to 10.1.0.5 on interface dmz",
     "src_ip=0.0.0.0;dst_ip=10.1.0.5;src_interface=dmz"},
    {"%ASA-2-106017: Deny IP due to Land Attack from 203.0.113.20 to 203.0.113.20",
     "src_ip=203.0.113.20;dst_ip=203.0.113.20"},
    {"%ASA-2-106018: ICMP packet type 8 denied by outbound list out src 10.1.0.5 dest 198.51.100.7",
     "icmp_type=8;rule=out;src_ip=10.1.0.5;dst_ip=198.51.100.7"},
    {"%ASA-2-106020: Deny IP teardrop fragment (size = 1480, offset = 0) from 198.51.100.7 to "
     "10.1.0.5",
     "+size=1480;+offset=0;src_ip=198.51.100.7"},
    {"%ASA-1-106021: Deny TCP reverse path check from 10.9.0.4 to 203.0.113.20 on interface "
     "outside",
     "severity=9;protocol=tcp;src_ip=10.9.0.4;src_interface=outside"},
    {"%ASA-1-106022: Deny tcp connection spoof from 10.9.0.4 to 203.0.113.20 on interface outside.",
     "protocol=tcp;src_ip=10.9.0.4;src_interface=outside"},
    {"%ASA-4-106023: Deny tcp src outside:198.51.100.7/40001 dst inside:10.1.0.5/445 by "
     "access-group \"outside_in\" [0x71a87d94, 0x0]",
     "severity=5;action=deny;evidence=denied;protocol=tcp;src_ip=198.51.100.7;src_port=40001;"
     "src_interface=outside;dst_ip=10.1.0.5;dst_port=445;dst_interface=inside;rule=outside_in;"
     "+acl_entry=0x71a87d94, 0x0;message="},
    {"%ASA-4-106023: Deny icmp src dmz:10.2.0.5 dst outside:198.51.100.8 type 3, code 1, by "
     "access-group \"dmz_in\" [0x0, 0x0]",
     "protocol=icmp;icmp_type=3;icmp_code=1;rule=dmz_in;+acl_entry="},
    {"%ASA-6-106100: access-list inside_in permitted tcp inside/10.1.0.31(50200) -> "
     "outside/198.51.100.80(443) hit-cnt 1 first hit [0x71a87d94, 0x0]",
     "action=allow;outcome=success;evidence=none;protocol=tcp;src_interface=inside;"
     "src_ip=10.1.0.31;src_port=50200;dst_interface=outside;dst_ip=198.51.100.80;dst_port=443;"
     "rule=inside_in;+hit_cnt=1;+interval=;+acl_entry=0x71a87d94, 0x0"},
    {"%ASA-6-106100: access-list inside_in denied icmp inside/10.1.0.31(8) -> "
     "outside/198.51.100.80(0) hit-cnt 144 300-second interval [0x3c8b88c1, 0xbee595c3]",
     "action=deny;evidence=denied;icmp_type=8;icmp_code=0;src_port=;dst_port=;+hit_cnt=144;"
     "+interval=300-second interval;+acl_entry=0x3c8b88c1, 0xbee595c3"},
    {"%ASA-6-106100: access-list inside_in est-allowed tcp inside/10.1.0.31(50202) -> "
     "outside/198.51.100.80(443) hit-cnt 1 first hit",
     "action=allow;evidence=none"},
    {"%ASA-6-106102: access-list vpn_in permitted udp for user carol outside/10.8.0.20(49721) -> "
     "inside/10.1.0.53(53) hit-cnt 1 first hit [0x3c8b88c1, 0xbee595c3]",
     "action=allow;src_user=carol;src_port=49721"},
    {"%ASA-4-106103: access-list vpn_in denied tcp for user carol outside/10.8.0.20(49722) -> "
     "inside/10.1.0.9(22) hit-cnt 1 first hit",
     "action=deny;evidence=denied;src_user=carol;dst_port=22"},
    {"%ASA-6-302020: Built inbound ICMP connection for faddr 198.51.100.7/6553 gaddr 203.0.113.5/0 "
     "laddr 10.1.0.5/0 type 8 code 0",
     "evidence=none;direction=inbound;src_ip=198.51.100.7;dst_ip=10.1.0.5;dst_nat_ip=203.0.113.5;"
     "src_port=;dst_port=;dst_nat_port=;+icmp_id=6553;icmp_type=8;icmp_code=0"},
    {"%ASA-6-302020: Built outbound ICMP connection for faddr 198.51.100.8/0 gaddr 203.0.113.2/512 "
     "laddr 10.1.0.31/512(LOCAL\\alice) (alice) type 8 code 0",
     "direction=outbound;src_ip=10.1.0.31;src_nat_ip=203.0.113.2;dst_ip=198.51.100.8;"
     "+icmp_id=512;src_user=LOCAL\\alice;+user="},
    {"%ASA-6-302021: Teardown ICMP connection for faddr 198.51.100.8/0 gaddr 10.1.0.31/512 laddr "
     "10.1.0.31/512",
     "evidence=unknown;src_ip=10.1.0.31;dst_ip=198.51.100.8;src_nat_ip=;direction=;icmp_type="},
    {"%ASA-6-302021: Teardown ICMP connection for faddr fw-mgmt/8396 gaddr 203.0.113.5/0 laddr "
     "203.0.113.5/0 type 8 code 0",
     "src_host=fw-mgmt;src_ip=;dst_ip=203.0.113.5;+icmp_id=8396"},
    {"%ASA-7-710002: TCP access permitted from 10.1.0.31/50700 to inside:10.1.0.1/ssh",
     "severity=1;action=allow;evidence=none;protocol=tcp;src_port=50700;dst_interface=inside;"
     "dst_port=22"},
    {"%ASA-3-710003: TCP access denied by ACL from 198.51.100.7/8949 to outside:203.0.113.1/23",
     "severity=6;action=deny;evidence=denied;protocol=tcp;dst_ip=203.0.113.1;dst_port=23"},
    {"%ASA-7-710005: UDP request discarded from 10.1.0.33/68 to inside:255.255.255.255/67",
     "evidence=denied;protocol=udp;dst_ip=255.255.255.255"},
    {"%ASA-4-733100: [ Scanning] drop rate-1 exceeded. Current burst rate is 12 per second, max "
     "configured rate is 10; Current average rate is 6 per second, max configured rate is 5; "
     "Cumulative total count is 3841",
     "category=scan;action=alert;evidence=;threat=Scanning;+rate=rate-1;+burst_rate=12;"
     "+burst_limit=10;+average_rate=6;+average_limit=5;+total=3841;message="},
    {"%ASA-4-733101: Host 198.51.100.7 is attacking. Current burst rate is 200 per second, max "
     "configured rate is 10; Current average rate is 24 per second, max configured rate is 5; "
     "Cumulative total count is 14400",
     "category=scan;src_ip=198.51.100.7;dst_ip=;threat=attacking;+object=Host;+total=14400"},
    {"%ASA-4-733101: Host 10.1.0.5 is targeted. Current burst rate is 180 per second, max "
     "configured rate is 10; Current average rate is 22 per second, max configured rate is 5; "
     "Cumulative total count is 13200",
     "category=scan;dst_ip=10.1.0.5;src_ip=;threat=targeted"},
};

static void each_kind(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        check(kinds[i].line, PARSE_OK, kinds[i].fields);
}

static void built_says_who_opened(void **state)
{
    (void)state;
    check("%ASA-6-302013: Built outbound TCP connection 70001 for outside:198.51.100.80/443 "
          "(198.51.100.80/443) to inside:10.1.0.31/50300 (203.0.113.2/12001)",
          PARSE_OK,
          "direction=outbound;action=allow;evidence=none;protocol=tcp;session_id=70001;"
          "src_ip=10.1.0.31;src_port=50300;src_interface=inside;src_nat_ip=203.0.113.2;"
          "src_nat_port=12001;dst_ip=198.51.100.80;dst_port=443;dst_interface=outside;dst_nat_ip=;"
          "dst_nat_port=;message=");
    check("%ASA-6-302015: Built inbound UDP connection 70002 for outside:198.51.100.9/500 "
          "(198.51.100.9/500) to dmz:10.2.0.9/500 (203.0.113.20/4500)",
          PARSE_OK,
          "direction=inbound;protocol=udp;src_ip=198.51.100.9;src_nat_ip=;dst_ip=10.2.0.9;"
          "dst_nat_ip=203.0.113.20;dst_nat_port=4500");
    check("%ASA-6-302013: Built outbound Probe TCP connection 70013 for outside:198.51.100.84/80 "
          "(198.51.100.84/80) to identity:203.0.113.1/50400 (203.0.113.1/50400)",
          PARSE_OK, "src_interface=identity;dst_port=80;protocol=tcp");
    check("%ASA-6-302017: Built inbound GRE connection 70014 from outside:198.51.100.90 "
          "(198.51.100.90) to inside:10.1.0.41/1 (203.0.113.41/1)",
          PARSE_OK, "protocol=gre;src_ip=198.51.100.90;src_nat_ip=;dst_nat_ip=203.0.113.41");
    check("%ASA-6-302013: Built inbound TCP connection 70016 for outside:[2001:db8::7]/1 "
          "([2001:db8::7]/1) to inside:[2001:db8:1::5]/443 ([2001:db8:1::5]/443) "
          "Internal-Data0/1:RX[3] (alice)",
          PARSE_OK, "src_ip=2001:db8::7;src_nat_ip=;src_user=alice;dst_ip=2001:db8:1::5;+user=");
    check("%ASA-6-302015: Built inbound UDP connection 70017 for outside:198.51.100.9/1 "
          "(198.51.100.9/1) to inside:10.1.0.5/53 (10.1.0.5/53) Internal-Data0/1:RX[3]",
          PARSE_OK, "src_user=;+user=");
    check("%ASA-6-302303: Built TCP state-bypass connection 70018 from inside:10.1.0.31/1"
          "(10.1.0.31/1) to dmz:10.2.0.9/9101 (10.2.0.9/9101)",
          PARSE_OK, "direction=;src_ip=10.1.0.31;src_nat_ip=;dst_port=9101");
    check("%ASA-6-302013: Built TCP connection 70019 from inside:10.1.0.31/1 (10.1.0.31/1) to "
          "dmz:10.2.0.9/9101 (10.2.0.9/9101)",
          PARSE_MALFORMED, "");
    check("%ASA-6-302037: Built outbound IPINIP connection 70020 from outside:198.51.100.62/"
          "198.51.100.62 to inside:10.1.0.62/203.0.113.62",
          PARSE_OK, "protocol=ipip;src_ip=10.1.0.62;src_nat_ip=203.0.113.62;dst_nat_ip=;src_port=");
    check("%ASA-6-302303: Built inbound TCP state-bypass connection 70015 from inside:10.1.0.31/1 "
          "(10.1.0.31/1) to inside:10.1.4.9/9101 (10.1.4.9/9101)",
          PARSE_OK, "protocol=tcp;session_id=70015;dst_port=9101");
}

/* Kinds beyond connections and access lists, and ids without a row. */
static const struct {
    const char *line, *fields;
} others[] = {
    {"%ASA-6-110002: Failed to locate egress interface for TCP from inside:10.1.0.5/7777 to "
     "198.51.100.7/443",
     "action=drop;evidence=unknown;protocol=tcp;src_interface=inside;dst_ip=198.51.100.7"},
    {"%ASA-6-110003: Routing failed to locate next hop for udp from inside:10.1.0.5/1 to "
     "outside:198.51.100.7/53",
     "dst_interface=outside;dst_port=53;message="},
    {"%ASA-5-111008: User 'alice' executed the 'write memory' command.",
     "category=configuration;src_user=alice;+command=write memory;message="},
    {"%ASA-5-111010: User 'alice', running 'CLI' from IP 10.1.0.9, executed 'no access-list x'",
     "src_user=alice;src_ip=10.1.0.9;+application=CLI;+command=no access-list x"},
    {"%ASA-6-113004: AAA user authentication Successful : server =  10.1.0.40 : user = alice",
     "category=authentication;outcome=success;src_user=alice;evidence="},
    {"%ASA-6-113005: AAA user authentication Rejected : reason = AAA failure : server = 10.1.0.40 "
     ": user = alice : user IP = 198.51.100.7",
     "outcome=failure;action=deny;src_user=alice;src_ip=198.51.100.7"},
    {"%ASA-6-113015: AAA user authentication Rejected : reason = Invalid password : local database "
     ": user = alice : user IP = 198.51.100.7",
     "outcome=failure;reason=Invalid password;src_user=alice;src_ip=198.51.100.7"},
    {"%ASA-4-113019: Group = staff, Username = alice, IP = 198.51.100.7, Session disconnected. "
     "Session Type: SSL, Duration: 1d 2h:27m:34s, Bytes xmt: 45323, Bytes rcv: 43252, Reason: Idle "
     "Timeout",
     "category=vpn;src_user=alice;src_ip=198.51.100.7;duration_ms=95254000;dst_bytes=45323;"
     "src_bytes=43252;reason=Idle Timeout;+group=staff;message="},
    {"%ASA-4-209005: Discard IP fragment set with more than 24 elements:  src = 10.1.0.5, dest = "
     "198.51.100.7, proto = UDP, id = 48916",
     "protocol=udp;src_ip=10.1.0.5;dst_ip=198.51.100.7;+limit=24;+ip_id=48916"},
    {"%ASA-6-303002: FTP connection from inside:10.1.0.5/63656 to outside:198.51.100.7/21, user "
     "alice Stored file report.pdf",
     "category=file;src_user=alice;file=report.pdf;+operation=Stored;dst_port=21"},
    {"%ASA-5-304001: alice@10.1.0.5(LOCAL\alice) Accessed JAVA URL "
     "198.51.100.7:http://www.example.com/a?b=c",
     "category=web;action=allow;src_ip=10.1.0.5;src_user=LOCAL\alice;dst_ip=198.51.100.7;"
     "url=http://www.example.com/a?b=c"},
    {"%ASA-5-304001: 10.1.0.5 Accessed URL mirror:http://mirror.example.com/x",
     "src_ip=10.1.0.5;dst_host=mirror;url=http://mirror.example.com/x"},
    {"%ASA-5-304001: 10.1.0.5 Accessed URL 198.51.100.7:/app", "dst_ip=198.51.100.7;url=/app"},
    {"%ASA-5-304002: Access denied URL http://www.example.com/x SRC 10.1.0.5 DEST 198.51.100.7 on "
     "interface inside",
     "category=web;evidence=denied;src_ip=10.1.0.5;dst_ip=198.51.100.7;src_interface=inside"},
    {"%ASA-3-305005: No translation group found for icmp src outside:198.51.100.7 dst "
     "inside:10.1.0.5 (type 3, code 0)",
     "evidence=denied;icmp_type=3;icmp_code=0"},
    {"%ASA-3-305006: portmap translation creation failed for udp src inside:10.1.0.5/1 dst "
     "outside:198.51.100.7/53",
     "+translation=portmap;dst_port=53;evidence=denied"},
    {"%ASA-6-305011: Built dynamic TCP translation from inside:10.1.0.5/50000(LOCAL\alice) to "
     "outside:203.0.113.2/12001",
     "category=nat;evidence=;protocol=tcp;src_ip=10.1.0.5;src_port=50000;src_nat_ip=203.0.113.2;"
     "src_nat_port=12001;dst_ip=;dst_interface=outside;src_user=LOCAL\alice;message="},
    {"%ASA-6-305012: Teardown dynamic UDP translation from inside:10.1.0.5/50000 to "
     "outside:203.0.113.2/12001 duration 0:00:31",
     "duration_ms=31000;protocol=udp"},
    {"%ASA-5-305013: Asymmetric NAT rules matched for forward and reverse flows; Connection for "
     "tcp src outside:198.51.100.7/1 dst inside:10.1.0.5/80 denied due to NAT reverse path failure",
     "evidence=denied;dst_port=80;message="},
    {"%ASA-3-313001: Denied ICMP type=8, code=0 from 198.51.100.7 on interface outside",
     "evidence=denied;icmp_type=8;icmp_code=0;src_ip=198.51.100.7;dst_ip=;src_interface=outside"},
    {"%ASA-4-313004: Denied ICMP type=0, from laddr 10.1.0.5 on interface inside to 198.51.100.7: "
     "no matching session",
     "evidence=none;icmp_type=0;src_ip=10.1.0.5;src_interface=inside;dst_ip=198.51.100.7"},
    {"%ASA-4-313005: No matching connection for ICMP error message: icmp src outside:198.51.100.7 "
     "dst inside:10.1.0.5 (type 3, code 3) on outside interface.  Original IP payload: udp src "
     "10.1.0.5/53 dst 198.51.100.7/40000.",
     "evidence=none;icmp_type=3;src_port=;dst_port=;"
     "+payload=udp src 10.1.0.5/53 dst 198.51.100.7/40000"},
    {"%ASA-3-313008: Denied IPv6-ICMP type=134, code=0 from fe80::5:1 on interface outside",
     "protocol=icmp6;icmp_type=134;src_ip=fe80::5:1"},
    {"%ASA-4-313009: Denied invalid ICMP code 9, for inside:10.1.0.5/8795 (10.1.0.5/8795) to "
     "identity:10.1.0.1/0 (10.1.0.1/0), ICMP id 295, ICMP type 8",
     "protocol=icmp;icmp_code=9;icmp_type=8;src_port=;dst_port=;+icmp_id=295;dst_ip=10.1.0.1"},
    {"%ASA-4-338008: Dynamic Filter dropped blacklisted TCP traffic from inside:10.1.0.5/33340 "
     "(203.0.113.2/33340) to outside:198.51.100.66/80 (198.51.100.66/80), destination "
     "198.51.100.66 resolved from dynamic list: bad.example.com, threat-level: very-high, "
     "category: Malware",
     "category=threat;action=drop;evidence=denied;src_nat_ip=203.0.113.2;dst_port=80;"
     "threat=Malware;+threat_level=very-high;+entry=bad.example.com;+list=black"},
    {"%ASA-4-338002: Dynamic Filter permitted black listed TCP traffic from inside:10.1.0.5/6798 "
     "(203.0.113.2/7890) to outside:198.51.100.66/80 (198.51.100.66/80), destination "
     "198.51.100.66 resolved from dynamic list: bad.example.com",
     "action=allow;evidence=none;src_nat_port=7890;+entry=bad.example.com;threat="},
    {"%ASA-4-400013: IDS:2003 ICMP redirect from 198.51.100.7 to 10.1.0.5 on interface dmz",
     "category=threat;threat=ICMP redirect;+signature=2003;src_ip=198.51.100.7;src_interface=dmz"},
    {"%ASA-4-401004: Shunned packet: 198.51.100.7 ==> 10.1.0.5 on interface outside",
     "evidence=denied;src_ip=198.51.100.7;dst_ip=10.1.0.5"},
    {"%ASA-4-410001: Dropped UDP DNS reply from outside:198.51.100.53/53 to inside:10.1.0.5/51234; "
     "packet length 579 bytes exceeds configured limit of 512 bytes",
     "category=dns;evidence=denied;+packet=reply;src_port=53;dst_port=51234"},
    {"%ASA-4-419002: Duplicate TCP SYN from inside:10.1.0.5/42736 to outside:198.51.100.7/80 with "
     "different initial sequence number",
     "evidence=;protocol=tcp;dst_port=80"},
    {"%ASA-4-434002: SFR requested to drop TCP packet from outside:198.51.100.7/51115 to "
     "dmz:10.2.0.9/443",
     "category=threat;evidence=denied;protocol=tcp"},
    {"%ASA-5-500003: Bad TCP hdr length (hdrlen=4, pktlen=74) from 198.51.100.7/34160 to "
     "10.2.0.9/443, flags: INVALID, on interface outside",
     "evidence=denied;+tcp_flags=INVALID;src_interface=outside;+header_len=4"},
    {"%ASA-4-500004: Invalid transport field for protocol=UDP, from 198.51.100.7/45682 to "
     "10.2.0.9/0",
     "protocol=udp;dst_port=0;src_port=45682"},
    {"%ASA-5-502103: User priv level changed: Uname: alice From: 1 To: 15",
     "category=configuration;src_user=alice;+from=1;+to=15"},
    {"%ASA-3-507003: tcp flow from inside:10.1.0.5/49574 to outside:198.51.100.7/80 terminated by "
     "inspection engine, reason - disconnected, dropped packet.",
     "protocol=tcp;reason=disconnected, dropped packet;evidence=unknown"},
    {"%ASA-6-602303: IPSEC: An outbound LAN-to-LAN SA (SPI= 0xF81283) between 203.0.113.1 and "
     "198.51.100.9 (user= alice) has been created.",
     "category=vpn;src_ip=203.0.113.1;dst_ip=198.51.100.9;src_user=alice;+spi=0xF81283;message="},
    {"%ASA-6-605004: Login denied from 10.1.0.9/51923 to inside:10.1.0.1/https for user \"alice\"",
     "outcome=failure;src_ip=10.1.0.9;dst_port=443;src_user=alice;evidence="},
    {"%ASA-7-609002: Teardown local-host inside:10.1.0.5 duration 0:00:05",
     "src_ip=10.1.0.5;src_interface=inside;duration_ms=5000;evidence="},
    {"%ASA-6-611101: User authentication succeeded: IP address: 10.1.0.9, Uname: alice",
     "outcome=success;src_ip=10.1.0.9;src_user=alice"},
    {"%ASA-6-716039: Group <staff> User <alice> IP <198.51.100.7> Authentication: rejected, "
     "Session Type: WebVPN.",
     "outcome=failure;src_user=alice;src_ip=198.51.100.7;+session_type=WebVPN"},
    {"%ASA-4-722051: Group <staff> User <alice> IP <198.51.100.7> IPv4 Address <10.8.0.20> IPv6 "
     "address <::> assigned to session",
     "category=vpn;src_user=alice;src_ip=198.51.100.7;+assigned=10.8.0.20"},
    {"%ASA-5-750002: Local:203.0.113.1:500 Remote:198.51.100.9:500 Username:alice Received a "
     "IKE_INIT_SA request",
     "category=vpn;src_user=alice;src_ip=198.51.100.9;src_port=500;dst_ip=203.0.113.1"},
    {"%ASA-5-750002: Local: 203.0.113.1:500 Remote: 2001:db8::9:500 Username: Unknown Received a "
     "IKE_INIT_SA request",
     "src_ip=2001:db8::9;src_port=500;dst_port=500;src_user="},
    {"%ASA-6-305009: Built static translation from dmz(nat_list):10.2.0.9 to outside:203.0.113.9",
     "src_interface=dmz;src_ip=10.2.0.9;src_nat_ip=203.0.113.9;rule=nat_list;message="},
    {"%ASA-4-405001: Received ARP request collision from 10.1.0.5/0200.5e00.5301 on interface "
     "inside "
     "with existing ARP entry 10.1.0.5/0200.5e00.5302",
     "src_mac=0200.5e00.5301;dst_mac=0200.5e00.5302;src_port=;+src_port="},
    {"%ASA-5-415006: HTTP - matched games in policy-map http, URI matched Resetting connection "
     "from "
     "inside:10.1.0.5/1 to outside:198.51.100.7/80",
     "category=web;action=reset;evidence=denied;rule=http;dst_port=80"},
    {"%ASA-6-415006: HTTP - matched games in policy-map http, URI matched Logging from "
     "inside:10.1.0.5/1 to outside:198.51.100.7/80",
     "action=alert;evidence=;outcome="},
    {"%ASA-7-722030: Group <staff> User <alice> IP <198.51.100.7> SVC Session Termination: In: "
     "4321 "
     "(+12) bytes, 21 (+2) packets, 0 drops",
     "src_bytes=4321;dst_bytes=;src_user=alice;message="},
    {"%ASA-4-733201: Threat-detection: Service[remote-access-authentication] Peer[198.51.100.7]: "
     "failure threshold of 20 exceeded: adding shun to interface outside. SSL: RA failures.",
     "category=scan;action=deny;src_ip=198.51.100.7;src_interface=outside;message="},
    /* no rows of their own */
    {"%ASA-5-713999: peer[2001:db8::9] and inside:10.1.0.5/80 about Group:staff, 255.255.255.0, "
     "10:30:45 and a/b",
     "src_ip=2001:db8::9;dst_ip=10.1.0.5;dst_port=80;dst_interface=inside;+group=staff"},
    {"%ASA-6-302099: Seen between faddr 198.51.100.7/1720 gaddr 203.0.113.5/0 laddr 10.1.0.5/1",
     "src_port=1720;dst_ip=10.1.0.5;dst_port=1;src_nat_ip="},
    {"%ASA-1-105099: (Primary) Failover interface failed on interface dmz, neighbor 10.1.0.2:44442",
     "+unit=Primary;src_interface=dmz;src_ip=10.1.0.2;src_port=44442"},
    {"%ASA-6-999998: from fw-mgmt/22 to [truncated, Username=Unknown, user 'EXAMPLE\\alice'",
     "src_ip=;dst_ip=;src_user=EXAMPLE\\alice"},
    {"%ASA-6-999997: (not a unit: 7) interface of nothing", "+unit=;src_interface="},
    {"%ASA-5-713905: Group = 198.51.100.9, IP = 198.51.100.9, PHASE 2 STARTED (msgid=bbe383e8)",
     "category=vpn;event_name=IKE;src_ip=198.51.100.9;+group=198.51.100.9;"
     "message=Group = 198.51.100.9, IP = 198.51.100.9, PHASE 2 STARTED (msgid=bbe383e8)"},
    {"%ASA-6-725001: Starting SSL handshake with client outside:198.51.100.7/50000 to "
     "203.0.113.1/443 for TLSv1.2 session",
     "category=vpn;src_interface=outside;src_ip=198.51.100.7;src_port=50000;dst_ip=203.0.113.1"},
    {"%ASA-6-302099: Nobody knows this, from 198.51.100.7/80 on interface outside",
     "category=connection;evidence=;severity=2;src_port=80;src_interface=outside"},
    {"%ASA-6-998877: User authentication of user=alice, User <bob> went by",
     "event_name=Message;category=system;src_user=alice;message=User authentication of user=alice,"
     " User <bob> went by"},
};

static void each_other_kind(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        check(others[i].line, PARSE_OK, others[i].fields);
}

/* Opens connection 5, unless `way` is NULL, and tears it down; what is proven? */
static const struct {
    const char *way, *ending, *evidence, *source;
} endings[] = {
    {"inbound", "0:00:01 bytes 1 TCP Reset-O", "data", "198.51.100.7"},
    {"outbound", "0:00:01 bytes 1 TCP FINs", "data", "10.1.0.5"},
    {"outbound", "0:00:30 bytes 7 SYN Timeout", "data", "10.1.0.5"},
    {"inbound", "0:00:30 bytes 0 SYN Timeout", "no_answer", "198.51.100.7"},
    {"outbound", "0:00:30 bytes 0 SYN Timeout", "no_answer", "10.1.0.5"},
    {NULL, "0:00:30 bytes 0 SYN Timeout", "no_answer", "10.1.0.5"},
    {"inbound", "0:00:00 bytes 0 TCP Reset-O", "aborted", "198.51.100.7"},
    {"inbound", "0:00:00 bytes 0 TCP Reset-I", "refused", "198.51.100.7"},
    {"outbound", "0:00:00 bytes 0 TCP Reset-I", "aborted", "10.1.0.5"},
    {"outbound", "0:00:00 bytes 0 TCP Reset-O", "refused", "10.1.0.5"},
    {NULL, "0:00:00 bytes 0 TCP Reset-O", "unknown", "10.1.0.5"},
    {NULL, "0:00:00 bytes 0 TCP Reset-I", "unknown", "10.1.0.5"},
    {NULL, "0:00:00 bytes 9 TCP Reset-I", "data", "10.1.0.5"},
    {"inbound", "0:00:00 bytes 0 TCP Reset-O from outside", "aborted", "198.51.100.7"},
    {"inbound", "0:00:00 bytes 0 TCP Reset-I from inside", "refused", "198.51.100.7"},
    {"outbound", "0:00:00 bytes 0 TCP Reset-O from outside", "refused", "10.1.0.5"},
    {"outbound", "0:00:00 bytes 0 TCP Reset-O from inside", "aborted", "10.1.0.5"},
    {"outbound", "0:00:00 bytes 0 TCP Reset-I from elsewhere", "aborted", "10.1.0.5"},
    {"inbound", "0:00:05 bytes 0 TCP FINs", "aborted", "198.51.100.7"},
    {"outbound", "0:00:05 bytes 0 TCP FINs from inside", "aborted", "10.1.0.5"},
    {"inbound", "0:00:06 bytes 0 TCP FINs", "unknown", "198.51.100.7"},
    {NULL, "0:00:02 bytes 0 TCP FINs", "aborted", "10.1.0.5"},
    {"inbound", "0:00:02 bytes 0 FIN Timeout", "unknown", "198.51.100.7"},
    {"inbound", "1:00:00 bytes 0 Connection timeout", "unknown", "198.51.100.7"},
    {"inbound", "0:00:00 bytes 0 Flow closed by inspection", "unknown", "198.51.100.7"},
    {"inbound", "0:00:00 bytes 0 Xlate Clear", "unknown", "198.51.100.7"},
    {"inbound", "0:00:00 bytes 0 Failover primary closed", "unknown", "198.51.100.7"},
    {"inbound", "0:00:00 bytes 0 TCP Reset", "unknown", "198.51.100.7"},
    {"inbound", "0:00:00 bytes 0", "unknown", "198.51.100.7"},
};

static void endings_prove_what_they_prove(void **state)
{
    char line[512], fields[128];
    (void)state;
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        if (endings[i].way) {
            snprintf(line, sizeof(line),
                     "%%ASA-6-302013: Built %s TCP connection 5 for outside:198.51.100.7/443 "
                     "(198.51.100.7/443) to inside:10.1.0.5/50000 (203.0.113.20/50000)",
                     endings[i].way);
            check(line, PARSE_OK, "evidence=none");
        }
        snprintf(line, sizeof(line),
                 "%%ASA-6-302014: Teardown TCP connection 5 for outside:198.51.100.7/443 to "
                 "inside:10.1.0.5/50000 duration %s",
                 endings[i].ending);
        snprintf(fields, sizeof(fields), "evidence=%s;src_ip=%s;direction=%s", endings[i].evidence,
                 endings[i].source, endings[i].way ? endings[i].way : "");
        check(line, PARSE_OK, fields);
    }
}

static void joins_by_device_and_protocol(void **state)
{
    static const char built[] = "%ASA-6-302013: Built inbound TCP connection 6 for "
                                "outside:198.51.100.7/80 (198.51.100.7/80) to "
                                "inside:10.1.0.5/50000 (10.1.0.5/50000)";
    static const char tcp[] = "%ASA-6-302014: Teardown TCP connection 6 for "
                              "outside:198.51.100.7/80 to inside:10.1.0.5/50000 duration 0:00:00 "
                              "bytes 0 TCP Reset-O";
    static const char udp[] = "%ASA-6-302016: Teardown UDP connection 6 for "
                              "outside:198.51.100.7/80 to inside:10.1.0.5/50000 duration 0:00:00 "
                              "bytes 0";
    (void)state;
    parse_len(built, strlen(built), 1);
    parse_len(tcp, strlen(tcp), 2);
    expect(tcp, "evidence=unknown;direction=;src_ip=10.1.0.5");
    parse_len(udp, strlen(udp), 1);
    expect(udp, "evidence=unknown;direction=;src_ip=10.1.0.5");
    parse_len(tcp, strlen(tcp), 1);
    expect(tcp, "evidence=aborted;direction=inbound;src_ip=198.51.100.7");
    parse_len(tcp, strlen(tcp), 1);
    expect(tcp, "evidence=unknown;direction=");

    struct connections *kept = table;
    table = NULL;
    parse_len(built, strlen(built), 1);
    assert_int_equal(parse_len(tcp, strlen(tcp), 1), PARSE_OK);
    expect(tcp, "evidence=unknown");
    table = kept;
}

static void teardown_fields(void **state)
{
    (void)state;
    check("%ASA-6-302014: Teardown TCP connection 61 for outside:10.8.0.20/50120(LOCAL\\carol) to "
          "outside:198.51.100.80/443 duration 92:02:05 bytes 9610 TCP FINs from outside (carol)",
          PARSE_OK,
          "duration_ms=331325000;+bytes=9610;reason=TCP FINs;+ended_from=outside;"
          "src_user=LOCAL\\carol;+user=;evidence=data;session_id=61;src_bytes=;dst_bytes=");
    check("%ASA-6-302016: Teardown UDP connection 62 for outside:198.51.100.53/53 dave to "
          "inside:10.1.0.35/52925 erin duration 10:00:00 bytes 9999999",
          PARSE_OK, "src_user=erin;dst_user=dave;evidence=data;reason=");
    check("%ASA-6-302016: Teardown UDP connection 63 for outside:198.51.100.9/500 to "
          "identity:203.0.113.1/500 duration 0:00:30 bytes 0",
          PARSE_OK, "evidence=unknown;src_ip=198.51.100.9");
    check("%ASA-6-302016: Teardown UDP connection 64 for inside:10.1.0.33/68 to NP Identity "
          "Ifc:255.255.255.255/67 duration 0:02:01 bytes 600 (dave)",
          PARSE_OK,
          "src_ip=10.1.0.33;dst_ip=255.255.255.255;dst_interface=NP Identity Ifc;src_user=dave");
}

/* One endpoint in each place, by 106023, which shows all of it. */
static const struct {
    const char *text, *fields;
} endpoints[] = {
    {"outside:198.51.100.7/80", "src_interface=outside;src_ip=198.51.100.7;src_port=80;src_host="},
    {"outside:198.51.100.7", "src_ip=198.51.100.7;src_port="},
    {"198.51.100.7/80", "src_interface=;src_ip=198.51.100.7;src_port=80"},
    {"vrf1:outside:198.51.100.7/80", "src_interface=vrf1:outside;src_ip=198.51.100.7;src_port=80"},
    {"out-side_1.5:198.51.100.7/80", "src_interface=out-side_1.5;src_ip=198.51.100.7"},
    {"a-very-long-interface-name:198.51.100.7/80",
     "src_interface=a-very-long-interface-name;src_ip=198.51.100.7"},
    {"0wan:198.51.100.7/80", "src_interface=0wan;src_ip=198.51.100.7;src_port=80"},
    {"NP Identity Ifc:198.51.100.7/80", "src_interface=NP Identity Ifc;src_port=80"},
    {"outside:2001:db8::7/80", "src_interface=outside;src_ip=2001:db8::7;src_port=80"},
    {"outside:[2001:db8::7]/80", "src_interface=outside;src_ip=2001:db8::7;src_port=80"},
    {"dc:2001:db8::7/80", "src_interface=dc;src_ip=2001:db8::7"},
    {"outside:fe80::1%eth0/80", "src_ip=fe80::1"},
    {"outside:::/0", "src_interface=outside;src_ip=::;src_port=0"},
    {"outside:::ffff:198.51.100.7/80", "src_ip=198.51.100.7"},
    {"dmz:web-1.example.com/80",
     "src_interface=dmz;src_host=web-1.example.com;src_ip=;src_port=80"},
    {"web-1/80", "src_interface=;src_host=web-1;src_port=80"},
    {"dmz:198.51.100.7.example.com/80", "src_host=198.51.100.7.example.com;src_ip="},
    {"outside:198.51.100.555/80", "src_host=198.51.100.555;src_ip=;src_port=80"},
    {"outside:198.51.100/80", "src_host=198.51.100;src_ip="},
    {"outside:1.15599155266856607338.91.1/80", "src_host=1.15599155266856607338.91.1;src_ip="},
    {"outside:198.51.100.7/70000", "src_ip=198.51.100.7;src_port=;+src_port=70000"},
    {"outside:198.51.100.7/99999999999999999999", "src_port=;+src_port=99999999999999999999"},
    {"outside:198.51.100.7/www", "src_port=80;+src_port="},
    {"outside:198.51.100.7/source_port", "src_port=;+src_port=source_port"},
    {"outside:198.51.100.7/", "src_ip=198.51.100.7;src_port="},
    {"outside:198.51.100.7/80(LOCAL\\alice)", "src_user=LOCAL\\alice"},
    {"outside:198.51.100.7/80(LOCAL\\grp\\alice, 99:guests)",
     "src_user=LOCAL\\grp\\alice;+src_group=99:guests"},
    {"outside:198.51.100.7/80(alice@example.org)", "src_user=alice@example.org"},
    {"outside:198.51.100.7/80(PC17$)", "src_user=PC17$"},
    {"outside:198.51.100.7/80(99:guests)", "src_user=;+src_group=99:guests"},
    {"outside:198.51.100.7/80(www.example.com)", "src_user=;src_host=www.example.com"},
    {"outside:198.51.100.7/80 (203.0.113.9/8080)",
     "src_nat_ip=203.0.113.9;src_nat_port=8080;src_user="},
    {"outside:198.51.100.7/80 (198.51.100.7/80)", "src_nat_ip=;src_nat_port="},
    {"outside:198.51.100.7/80 (198.51.100.7/8080)(LOCAL\\alice)",
     "src_nat_ip=198.51.100.7;src_nat_port=8080;src_user=LOCAL\\alice"},
    {"outside:198.51.100.7/80 (198.51.100.7/80)(LOCAL\\alice)",
     "src_nat_ip=;src_user=LOCAL\\alice"},
    {"outside:198.51.100.7/80(203.0.113.9/80)", "src_nat_ip=203.0.113.9;src_user="},
    {"outside:198.51.100.7/80 (nat-pool/80)", "src_nat_ip=;+src_nat_host=nat-pool"},
    {"dmz:web-1/80 (web-1/80)", "src_host=web-1;+src_nat_host=;src_nat_ip="},
    {"outside:2001:db8::7/80 (2001:db8:9::9/80)", "src_nat_ip=2001:db8:9::9;src_nat_port=80"},
};

static void endpoints_of_all_sorts(void **state)
{
    char line[512];
    (void)state;
    for (size_t i = 0; i < sizeof(endpoints) / sizeof(endpoints[0]); i++) {
        snprintf(line, sizeof(line),
                 "%%ASA-4-106023: Deny tcp src %s dst inside:10.1.0.5/445 by access-group "
                 "\"outside_in\"",
                 endpoints[i].text);
        check(line, PARSE_OK, endpoints[i].fields);
        expect(line, "dst_ip=10.1.0.5;dst_port=445;dst_interface=inside;rule=outside_in");
    }
}

static void marks_of_all_sorts(void **state)
{
    static const struct {
        const char *mark, *fields;
    } marks[] = {
        {"%ASA-4-106023: ", "product=ASA;severity=5;+device_id="},
        {"%FTD-4-106023: ", "product=FTD;severity=5"},
        {"%PIX-4-106023: ", "product=PIX"},
        {"%FWSM-4-106023: ", "product=FWSM"},
        {"%ASA-session-3-106023: ", "product=ASA;severity=6"},
        {"%FTD--1-106023: ", "product=FTD;severity=9"},
        {"%FTD<Up>-0-106023: ", "product=FTD;severity=10"},
        {"%ASA-106023: ", "severity=5"}, /* the row's own */
        {"%ASA-4-106023 ", "severity=5"},
        {"%ASA-4-106023:", "severity=5"},
        {"%ASA-4-106023:   ", "severity=5"},
        {": %ASA-4-106023: ", "+device_id="},
        {"ASA-4-106023: ", "product=ASA"},
        {"fw-1 : %ASA-4-106023: ", "+device_id=fw-1"},
        {"100% %ASA-4-106023: ", "+device_id=100%"},
    };
    char line[512];
    (void)state;
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
        snprintf(line, sizeof(line),
                 "%sDeny tcp src outside:198.51.100.7/80 dst inside:10.1.0.5/445 by access-group "
                 "\"outside_in\"",
                 marks[i].mark);
        check(line, PARSE_OK, marks[i].fields);
        expect(line, "vendor=Cisco;event_id=106023;dst_port=445;rule=outside_in");
    }
}

static void claims_only_its_own(void **state)
{
    static const char *const foreign[] = {
        "",
        "%",
        "%ASA",
        "ASA-",
        "ASA-5",
        "%SEC-6-IPACCESSLOGP: list 101 denied tcp",
        "1,2026/11/20 10:00:00,0123,TRAFFIC,end",
        "100% of %ASAP-6-302013",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++) {
        struct syslog header = {.form = SYSLOG_NONE};
        size_t len = strlen(foreign[i]);
        char *block = malloc(len ? len : 1);
        memcpy(block, foreign[i], len);
        assert_false(parser_asa.claims(&header, slice_make(block, len)));
        free(block);
    }
}

static void what_is_not_known_or_broken(void **state)
{
    (void)state;
    check("%FTD-1-430003: DeviceUUID: 1, AccessControlRuleAction: Allow", PARSE_UNKNOWN,
          "vendor=Cisco;product=FTD;event_id=430003;event_name=Firepower event;severity=9;"
          "message=DeviceUUID: 1, AccessControlRuleAction: Allow");
    check("%ASA-", PARSE_MALFORMED, "vendor=Cisco;product=ASA;event_id=");
    check("%ASA-6-30201", PARSE_MALFORMED, "product=ASA;event_id=");
    check("%ASA-6-302013: Built outbound TCP connection 1 for outside:198.51.100.80/443 "
          "(198.51.100.80/443) to inside:10.1.0.31/503",
          PARSE_MALFORMED, "session_id=1;direction=outbound;src_port=;dst_port=");
    check("%ASA-6-302014: Teardown TCP connection 99999999999999999999 for outside:198.51.100.80/1 "
          "to inside:10.1.0.31/2 duration 0:00:01 bytes 1",
          PARSE_MALFORMED, "session_id=");
    check("%ASA-6-302014: Teardown TCP connection 1 for outside:198.51.100.80/1 to "
          "inside:10.1.0.31/2 duration 99999999999:00:01 bytes 1",
          PARSE_MALFORMED, "duration_ms=");
    check("%ASA-2-106001: Inbound TCP connection denied from 198.51.100.7/43803 to 203.0.113.20/33",
          PARSE_MALFORMED, "src_port=43803");
    check("%ASA-2-106001: Inbound TCP connection denied from 198.51.100.7/43803 to 203.0.113.20/33 "
          "flags",
          PARSE_OK, "dst_port=33");
    check("%ASA-6-106100: access-list inside_in forbidden tcp inside/10.1.0.31(50200) -> "
          "outside/198.51.100.80(443)",
          PARSE_MALFORMED, "rule=inside_in");
}

static void unwraps_repeats(void **state)
{
    (void)state;
    check("%ASA-2-106006: message repeated 3 times: [ Deny inbound UDP from 198.51.100.9/1 to "
          "203.0.113.21/1900 on interface outside]",
          PARSE_OK, "+repeated=3;dst_port=1900;src_interface=outside");
    check("%ASA-2-106006: message repeated 3 times: Deny", PARSE_MALFORMED, "+repeated=");
}

/* Every line of samples/asa/, and every shorter one: nothing reads past the end. */
static void every_prefix_of_every_sample(void **state)
{
    size_t lines = 0;
    (void)state;
    DIR *folder = opendir("samples/asa");
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        char path[512], *line = NULL;
        size_t room = 0;
        ssize_t len;
        if (!slice_ends(slice(entry->d_name), ".log"))
            continue;
        snprintf(path, sizeof(path), "samples/asa/%s", entry->d_name);
        FILE *file = fopen(path, "r");
        assert_non_null(file);
        while ((len = getline(&line, &room, file)) > 0) {
            const char *mark = strchr(line, '%');
            size_t start = mark ? (size_t)(mark - line) : 0;
            for (size_t n = 0; n <= (size_t)len; n++)
                parse_len(line, n, 1);
            for (size_t n = start; n <= (size_t)len; n++)
                parse_len(line + start, n - start, 1);
            lines++;
        }
        free(line);
        fclose(file);
    }
    closedir(folder);
    assert_true(lines > 150);
}

/* Bytes changed at random, with a fixed seed: the answers do not matter, the bounds do. */
static void change_bytes(const char *text)
{
    static const char odd[] = "/:()[]., \\\"%-<>=0123456789\xff\x00\x1b";
    static uint32_t random = 20261120;
    size_t len = strlen(text);
    char line[600];
    for (int round = 0; round < 1000; round++) {
        memcpy(line, text, len);
        for (int change = 0; change < 3; change++) {
            random = random * 1664525 + 1013904223;
            line[5 + (random >> 8) % (len - 5)] = odd[(random >> 24) % (sizeof(odd) - 1)];
        }
        parse_len(line, len, 1);
    }
}

static void survives_changed_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        change_bytes(kinds[i].line);
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        change_bytes(others[i].line);
    for (size_t i = 0; i < sizeof(endpoints) / sizeof(endpoints[0]); i++) {
        char line[512];
        snprintf(line, sizeof(line),
                 "%%ASA-6-302013: Built inbound TCP connection 1 for %s to inside:10.1.0.5/445 "
                 "(10.1.0.5/445)",
                 endpoints[i].text);
        change_bytes(line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind),
        cmocka_unit_test(each_other_kind),
        cmocka_unit_test(built_says_who_opened),
        cmocka_unit_test(endings_prove_what_they_prove),
        cmocka_unit_test(joins_by_device_and_protocol),
        cmocka_unit_test(teardown_fields),
        cmocka_unit_test(endpoints_of_all_sorts),
        cmocka_unit_test(marks_of_all_sorts),
        cmocka_unit_test(claims_only_its_own),
        cmocka_unit_test(what_is_not_known_or_broken),
        cmocka_unit_test(unwraps_repeats),
        cmocka_unit_test(every_prefix_of_every_sample),
        cmocka_unit_test(survives_changed_bytes),
    };
    table = connections_new(1024 * CONNECTIONS_SET_BYTES);
    int failed = cmocka_run_group_tests_name("asa", tests, NULL, NULL);
    parse_len("", 0, 0);
    connections_free(table);
    return failed;
}
