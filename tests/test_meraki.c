/* Cisco Meraki lines and what their records must say. */
#include "tests/fields.h"

#include "parsers/record_json.h"
#include "parsers/text/name.h"

extern const struct parser parser_meraki;

#define HEADER "<134>1 1795252560.123456789 MX84 "

static const struct expectation flows[] = {
    {HEADER "flows src=10.2.0.17 dst=198.51.100.20 mac=02:00:5E:00:53:07 protocol=tcp "
            "sport=50312 dport=443 pattern: allow all",
     PARSE_OK,
     "vendor=Cisco\nproduct=Meraki\nevent_id=flows\nevent_name=Flow\nhost=MX84\n"
     "time=2026-11-21T09:16:00.123Z\ncategory=connection\naction=allow\nevidence=none\n"
     "protocol=6\nsrc_ip=10.2.0.17\nsrc_port=50312\nsrc_mac=02:00:5E:00:53:07\n"
     "dst_ip=198.51.100.20\ndst_port=443\nrule=allow all\nseverity=2"},
    {HEADER "flows src=203.0.113.66 dst=192.0.2.10 protocol=udp sport=1 dport=2 pattern: 1 all",
     PARSE_OK, "action=deny\nevidence=denied\nrule=1 all\nprotocol=17\nseverity=4"},
    {HEADER "flows src=203.0.113.66 dst=192.0.2.10 protocol=tcp sport=1 dport=443 pattern: 0 "
            "(dst 192.0.2.99/32) && (dst port 443)",
     PARSE_OK,
     "action=allow\nevidence=none\ndst_ip=192.0.2.10\n"
     "rule=0 (dst 192.0.2.99/32) && (dst port 443)"},
    {HEADER "flows deny src=10.2.0.19 dst=10.3.0.5 protocol=tcp sport=1 dport=3389", PARSE_OK,
     "action=deny\nevidence=denied\nrule="},
    {HEADER "flows allow src=10.2.0.19 dst=10.3.0.5 protocol=tcp sport=1 dport=2 pattern: 1 all",
     PARSE_OK, "action=allow\nevidence=none\nrule=1 all"},
    {HEADER "flows src=10.2.0.19 dst=10.3.0.5 protocol=icmp type=8 pattern: Group Policy Allow",
     PARSE_OK, "protocol=1\nicmp_type=8\naction=allow\nsrc_port="},
    {HEADER "flows src=fe80::1 dst=ff02::16 protocol=icmp6 type=143 pattern: deny all", PARSE_OK,
     "protocol=58\nsrc_ip=fe80::1\ndst_ip=ff02::16\nicmp_type=143\nevidence=denied"},
    {HEADER "flows src=10.2.0.19 dst=224.0.0.22 protocol=2 pattern: unheard of", PARSE_OK,
     "protocol=2\naction=\nevidence=none\nrule=unheard of"},
    {HEADER "flows src=203.0.X.X dst=192.0.2.10 protocol=udp sport=1 dport=2 pattern: 1 all",
     PARSE_OK, "src_ip=\n+src=203.0.X.X\ndst_ip=192.0.2.10\nevidence=denied"},
    {HEADER "flows src= dst=192.0.2.10 protocol=udp sport=70000 dport=2 pattern: 1 all", PARSE_OK,
     "src_ip=\nsrc_port=\n+sport=70000\ndst_ip=192.0.2.10"},
    {HEADER "firewall src=10.2.0.17 dst=198.51.100.20 protocol=tcp sport=1 dport=2 pattern: "
            "allow all",
     PARSE_OK, "event_id=firewall\naction=allow"},
    {HEADER "vpn_firewall src=10.2.0.17 dst=10.9.0.4 protocol=tcp sport=1 dport=2 pattern: deny x",
     PARSE_OK, "event_id=vpn_firewall\nevidence=denied"},
    {HEADER "cellular_firewall src=10.2.0.17 dst=10.9.0.4 protocol=tcp pattern: deny x", PARSE_OK,
     "event_id=cellular_firewall\nevidence=denied"},
    {HEADER "bridge_anyconnect_client_vpn_firewall src=10.2.0.17 dst=10.9.0.4 protocol=tcp "
            "pattern: 1 x",
     PARSE_OK, "event_id=bridge_anyconnect_client_vpn_firewall\nevidence=denied"},
    {HEADER "ip_flow_start src=10.2.0.17 dst=198.51.100.20 protocol=tcp sport=50312 dport=443 "
            "translated_src_ip=192.0.2.1 translated_port=1025",
     PARSE_OK,
     "event_id=ip_flow_start\naction=allow\nevidence=none\nsrc_nat_ip=192.0.2.1\n"
     "src_nat_port=1025\ndst_nat_ip=\ndst_nat_port="},
    {HEADER "ip_flow_end src=203.0.113.68 dst=192.0.2.1 protocol=tcp sport=4 dport=8443 "
            "translated_dst_ip=10.2.0.40 translated_port=443",
     PARSE_OK, "dst_nat_ip=10.2.0.40\ndst_nat_port=443\nsrc_nat_port="},
};

static const struct expectation others[] = {
    {HEADER "urls src=10.2.0.17:54877 dst=198.51.100.20:80 mac=02:00:5E:00:53:07 agent='A b (it's"
            ")' request: GET http://www.example.com/?src=10.0.0.1",
     PARSE_OK,
     "category=web\naction=allow\nevidence=none\nsrc_ip=10.2.0.17\nsrc_port=54877\n"
     "dst_ip=198.51.100.20\ndst_port=80\nurl=http://www.example.com/?src=10.0.0.1\n"
     "+request_method=GET\n+user_agent=A b (it's)"},
    {HEADER "urls src=fe80:0:0:0:1ff:fe23:4567:8329:64194 dst=[2001:db8::80]:443 request: UNKNOWN "
            "https://mail.example.com/...",
     PARSE_OK,
     "src_ip=fe80::1ff:fe23:4567:8329\nsrc_port=64194\ndst_ip=2001:db8::80\ndst_port=443"},
    {HEADER "ids-alerts signature=1:45148:1priority=1 timestamp=1795252611.8 direction=ingress "
            "protocol=tcp/ip src=203.0.113.66:80 dst=10.2.0.17:53023 message: EXAMPLE text",
     PARSE_OK,
     "category=threat\naction=alert\nevidence=none\nthreat=EXAMPLE "
     "text\n+signature=1:45148:1\nseverity=8\n"
     "direction=inbound\nprotocol=6\nsrc_ip=203.0.113.66\nsrc_port=80\ndst_port=53023\n"
     "message=EXAMPLE text\ntime=2026-11-21T09:16:00.123Z\n+timestamp=1795252611.8"},
    {HEADER "ids-alerts signature=129:4:1 priority=3 timestamp=1 direction=egress "
            "protocol=icmp6/ip src=2001:db8::1",
     PARSE_OK, "direction=outbound\nsrc_ip=2001:db8::1\nsrc_port=\nseverity=3"},
    {HEADER "security_event ids_alerted signature=1:2:3 priority=2 decision=blocked "
            "protocol=tcp/ip src=203.0.113.66:80 dst=10.2.0.17:5 message:glued",
     PARSE_OK,
     "event_id=security_event\nevent_name=ids_alerted\naction=deny\nevidence=denied\n"
     "message=glued"},
    {HEADER "security_event security_filtering_file_scanned url=http://f.example.net/a?b=c "
            "src=10.2.0.17:5 dst=203.0.113.70:80 mac=02:00:5E:00:53:07 name='a b.exe' sha256=00aa "
            "disposition=malicious action=block",
     PARSE_OK,
     "category=file\naction=deny\nurl=http://f.example.net/a?b=c\nfile=a b.exe\nhash=00aa\n"
     "severity=8\n+disposition=malicious"},
    {HEADER "events type=8021x_auth radio='1' identity='EXAMPLE\\bob' aid='18'", PARSE_OK,
     "category=authentication\nevent_name=8021x_auth\nsrc_user=EXAMPLE\\bob\n+radio=1"},
    {HEADER "events dhcp lease of ip 10.2.0.17 from server", PARSE_OK,
     "category=dhcp\nmessage=dhcp lease of ip 10.2.0.17 from server"},
    {HEADER "events content_filtering_block url='https://x.example.com/' "
            "server='198.51.100.71:443' client_mac='02:00:5E:00:53:07'",
     PARSE_OK, "category=web\naction=deny\nevidence=denied\ndst_ip=198.51.100.71\ndst_port=443"},
    {HEADER "airmarshal_events type=rogue_ssid_detected src='02:00:5E:00:53:0B' dst='x'", PARSE_OK,
     "category=wireless\nsrc_mac=02:00:5E:00:53:0B\nsrc_ip=\nevidence="},
    {"<134>1 1795252560.1 Berlin head office flows src=10.2.0.17 dst=10.2.0.18 protocol=tcp",
     PARSE_OK, "host=Berlin head office\nevent_id=flows\nsrc_ip=10.2.0.17"},
    {"flows src=10.2.0.17 dst=10.2.0.18 protocol=tcp sport=1 dport=2 pattern: deny all", PARSE_OK,
     "evidence=denied"},
    {HEADER "flows", PARSE_MALFORMED, "vendor=Cisco\nproduct=Meraki"},
    {HEADER "flows allow", PARSE_MALFORMED, "product=Meraki"},
    {HEADER "unheard_of src=10.2.0.17", PARSE_UNKNOWN, "product=Meraki\nevent_id=unheard_of"},
};

static void expect_all(void **state)
{
    (void)state;
    expect_lines(&parser_meraki, flows, sizeof(flows) / sizeof(flows[0]));
    expect_lines(&parser_meraki, others, sizeof(others) / sizeof(others[0]));
}

static void not_ours(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "",
        "flows",
        "flows are good",
        "events type=x src=10.0.0.1",
        "urls",
        "xflows src=1",
        "<34>Nov 21 09:16:00 host events: something",
        "firewall started",
        "<134>1 2026-11-21T09:16:00Z mgmt1 CheckPoint 1 - [action:\"Drop\"; src:\"10.0.0.1\"]",
    };
    static struct parsed parsed;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        parse_line(&parser_meraki, lines[i], strlen(lines[i]), &parsed);
        assert_false(parsed.claimed);
        free(parsed.block);
    }
}

static const char usual[] =
    HEADER "flows src=203.0.113.166 dst=192.0.2.10 mac=02:00:5E:00:53:07 protocol=tcp sport=50312 "
           "dport=443 pattern: allow all";

struct json {
    size_t len;
    char text[65536];
};

static void write_json(void *context, const char *bytes, size_t len)
{
    struct json *json = context;
    assert_true(len <= sizeof(json->text) - json->len);
    memcpy(json->text + json->len, bytes, len);
    json->len += len;
}

/* The record of the line with one byte changed, and with more put in at a place. */
static void changed(size_t at, char byte, size_t place, const char *more, struct json *json)
{
    static struct parsed parsed;
    char line[sizeof(usual) + 8];
    size_t added = strlen(more);
    memcpy(line, usual, place);
    memcpy(line + place, more, added);
    memcpy(line + place + added, usual + place, sizeof(usual) - place);
    line[at + added] = byte;
    json->len = 0;
    parse_line(&parser_meraki, line, strlen(usual) + added, &parsed);
    if (parsed.claimed)
        record_json(&parsed.record, write_json, json);
    free(parsed.block);
}

/* What reads the usual form at once says the same as what reads all forms, of which the one with `more`
 * is not usual. */
static void either_way(size_t place, const char *more)
{
    static const char bytes[] = " \t'\"=.,:;-_{|<>0159atup\0\x7f\xff";
    static struct json one, other;
    for (size_t at = place; at < strlen(usual); at++)
        for (size_t i = 0; i < sizeof(bytes) - 1; i++) {
            changed(at, bytes[i], place, "", &one);
            changed(at, bytes[i], place, more, &other);
            if (one.len != other.len || memcmp(one.text, other.text, one.len) != 0)
                fail_msg("byte %zu is %#x: %.*s", at, (unsigned char)bytes[i], (int)one.len,
                         one.text);
        }
}

static void header_at_once(void **state)
{
    (void)state;
    either_way(strlen("<134>"), " ");
    for (int pri = 0; pri < 1000; pri++) {
        char line[sizeof(usual) + 16];
        struct syslog one, other;
        snprintf(line, sizeof(line), "<%03d>%s", pri, usual + strlen("<134>"));
        syslog_parse(slice(line), NULL, NOW_MS, NULL, &one);
        snprintf(line, sizeof(line), "<%03d> %s", pri, usual + strlen("<134>"));
        syslog_parse(slice(line), NULL, NOW_MS, NULL, &other);
        assert_true(one.has_pri == other.has_pri && one.has_pri == (pri <= 191));
        assert_true(one.facility == other.facility && one.severity == other.severity);
    }
}

static void flow_at_once(void **state)
{
    (void)state;
    either_way(strlen(HEADER "flows "), "x ");
}

/* Bytes of every value at every place, and as many as are looked at. */
static void names(void **state)
{
    (void)state;
    for (int byte = 0; byte < 256; byte++)
        for (size_t at = 0; at <= NAME_BYTES; at++) {
            char text[NAME_BYTES + 1] = "MX84-of.the_Site/";
            text[at] = (char)byte;
            char *exact = memcpy(malloc(NAME_BYTES), text, NAME_BYTES);
            assert_int_equal(name_len(exact), name_len_plain(exact));
            free(exact);
        }
}

static void prefixes(void **state)
{
    (void)state;
    parse_prefixes(&parser_meraki, "samples/meraki/*.log");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expect_all),     cmocka_unit_test(not_ours),
        cmocka_unit_test(header_at_once), cmocka_unit_test(flow_at_once),
        cmocka_unit_test(names),          cmocka_unit_test(prefixes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
