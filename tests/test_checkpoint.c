/* Check Point lines and what their records must say. */
#include "tests/fields.h"

#include "parsers/checkpoint.h"

extern const struct parser parser_checkpoint;

#define HEADER "<134>1 2026-11-21T09:16:00Z mgmt1 CheckPoint 2201 - "
#define TCP                                                                                        \
    "product:\"VPN-1 & FireWall-1\"; proto:\"6\"; s_port:\"51514\"; service:\"443\"; "             \
    "src:\"10.1.2.3\"; dst:\"198.51.100.20\"; "
#define COUNTED(client_bytes, client_packets, server_bytes, server_packets)                        \
    "client_outbound_bytes:\"" client_bytes "\"; client_outbound_packets:\"" client_packets        \
    "\"; client_inbound_bytes:\"" server_bytes "\"; client_inbound_packets:\"" server_packets      \
    "\"; "

static const struct expectation connections[] = {
    {HEADER "[action:\"Accept\"; ifdir:\"inbound\"; ifname:\"eth1\"; origin:\"192.168.7.1\"; "
            "originsicname:\"CN=gw-berlin,O=mgmt1..x7k2pq\"; time:\"1795252561\"; "
            "inzone:\"Internal\"; outzone:\"External\"; service_id:\"https\"; rule:\"12\"; "
            "rule_name:\"Web out\"; user:\"alice\"; loguid:\"{0x1,0x2,0x3,0x4}\"; " TCP "]",
     PARSE_OK,
     "vendor=Check Point\nproduct=VPN-1 & FireWall-1\nevent_id=Accept\nevent_name=Accept\n"
     "time=2026-11-21T09:16:01.000Z\nhost=gw-berlin\ndevice_ip=192.168.7.1\naction=allow\n"
     "evidence=none\ncategory=connection\ndirection=inbound\nprotocol=6\nsrc_ip=10.1.2.3\n"
     "src_port=51514\ndst_ip=198.51.100.20\ndst_port=443\nsrc_zone=Internal\ndst_zone=External\n"
     "src_interface=eth1\ndst_interface=\napplication=https\nrule=Web out\n+rule=12\n"
     "src_user=alice\nsession_id={0x1,0x2,0x3,0x4}\nseverity=2"},
    {HEADER "[action:\"Drop\"; ifdir:\"outbound\"; ifname:\"eth0\"; rule:\"12\"; "
            "originsicname:\"cn=cp_mgmt,o=x\"; loguid:\"{0x0,0x0,0x0,0x0}\"; " TCP "]",
     PARSE_OK,
     "action=drop\nevidence=denied\nseverity=4\ndirection=outbound\ndst_interface=eth0\n"
     "src_interface=\nrule=12\nhost=mgmt1\nsession_id=\n+loguid={0x0,0x0,0x0,0x0}\n"
     "time=2026-11-21T09:16:00.000Z"},
    {HEADER "[action:\"Reject\"; " TCP "]", PARSE_OK, "action=reset\nevidence=denied"},
    {HEADER "[action:\"Prevent\"; severity:\"Critical\"; " TCP "]", PARSE_OK,
     "action=deny\nevidence=denied\nseverity=10\n+severity=Critical"},
    {HEADER "[action:\"Detect\"; severity:\"1\"; attack:\"A\"; protection_name:\"P\"; " TCP "]",
     PARSE_OK, "action=alert\nevidence=none\nseverity=3\nthreat=P\n+attack=A"},
    {HEADER "[action:\"Detect\"; protection_name:\"Host Port Scan\"; " TCP "]", PARSE_OK,
     "category=scan"},
    {HEADER "[action:\"Encrypt\"; " TCP "]", PARSE_OK, "action=allow\ncategory=connection"},
    {HEADER "[action:\"Accept\"; xlatesrc:\"192.0.2.1\"; xlatesport:\"10027\"; "
            "xlatedst:\"0.0.0.0\"; xlatedport:\"0\"; " TCP "]",
     PARSE_OK,
     "src_nat_ip=192.0.2.1\nsrc_nat_port=10027\ndst_nat_ip=\ndst_nat_port=\n+xlatedst=\n"
     "+xlatedport="},
    {HEADER "[action:\"Drop\"; proto:\"1\"; icmp_type:\"8\"; icmp_code:\"0\"; src:\"10.0.0.1\"; "
            "dst:\"10.0.0.2\"]",
     PARSE_OK, "protocol=1\nicmp_type=8\nicmp_code=0\nsrc_port=\ndst_port=\nevidence=denied"},
    {HEADER "[action:\"Drop\"; packet_amount:\"2\"; packets:\" "
            "<10.1.2.30,40000,10.1.0.1,21,6;eth1> <10.1.2.30,40001,10.1.0.1,22,6>\"; ]",
     PARSE_OK,
     "src_ip=10.1.2.30\nsrc_port=40000\ndst_ip=10.1.0.1\ndst_port=21\nprotocol=6\n"
     "evidence=denied\n+packet_amount=2\n"
     "+packets= <10.1.2.30,40000,10.1.0.1,21,6;eth1> <10.1.2.30,40001,10.1.0.1,22,6>"},
    {HEADER "[action:\"Block\"; resource:\"http://www.example.com/\"; file_name:\"a.exe\"; "
            "file_md5:\"11\"; file_sha256:\"22\"; appi_name:\"App\"; service_id:\"http\"; " TCP "]",
     PARSE_OK,
     "category=web\nurl=http://www.example.com/\nfile=a.exe\nhash=22\n+file_md5=11\n"
     "application=App\n+service_id=http"},
    {HEADER "[action:\"Drop\"; src:\"mail.example.com\"; dst:\"10.0.0.555\"; service:\"smtp\"; "
            "s_port:\"514514\"; proto:\"tcp\"; time:\"soon\"]",
     PARSE_OK,
     "src_ip=\nsrc_host=mail.example.com\ndst_ip=\ndst_host=10.0.0.555\ndst_port=25\nsrc_port=\n"
     "protocol=6\n+service=smtp\n+s_port=514514\n+time=soon\ntime=2026-11-21T09:16:00.000Z"},
};

static const struct expectation accounting[] = {
    {HEADER "[action:\"Accept\"; elapsed:\"12\"; " COUNTED("4210", "31", "90133", "72") TCP "]",
     PARSE_OK,
     "evidence=data\nsrc_bytes=4210\ndst_bytes=90133\nsrc_packets=31\ndst_packets=72\n"
     "duration_ms=12000"},
    {HEADER "[action:\"Accept\"; elapsed:\"0:00:05\"; " COUNTED("240", "4", "120", "2") TCP "]",
     PARSE_OK, "evidence=aborted\nduration_ms=5000"},
    {HEADER "[action:\"Accept\"; elapsed:\"6\"; " COUNTED("240", "4", "120", "2") TCP "]", PARSE_OK,
     "evidence=unknown"},
    {HEADER "[action:\"Accept\"; " COUNTED("240", "4", "120", "2") TCP "]", PARSE_OK,
     "evidence=unknown\nduration_ms="},
    {HEADER "[action:\"Accept\"; elapsed:\"0\"; " COUNTED("300", "5", "120", "2") TCP "]", PARSE_OK,
     "evidence=unknown"},
    {HEADER "[action:\"Accept\"; elapsed:\"0\"; " COUNTED("241", "4", "120", "2") TCP "]", PARSE_OK,
     "evidence=data"},
    {HEADER "[action:\"Accept\"; elapsed:\"25\"; " COUNTED("180", "3", "0", "0") TCP "]", PARSE_OK,
     "evidence=no_answer"},
    {HEADER "[action:\"Drop\"; elapsed:\"25\"; " COUNTED("180", "3", "0", "0") TCP "]", PARSE_OK,
     "evidence=denied"},
    {HEADER "[action:\"Accept\"; bytes:\"61\"; packets:\"1\"; " TCP "]", PARSE_OK,
     "evidence=data\n+bytes=61\n+packets=1"},
    {HEADER "[action:\"Accept\"; bytes:\"60\"; packets:\"1\"; " TCP "]", PARSE_OK,
     "evidence=unknown"},
    {HEADER "[action:\"Accept\"; bytes:\"18446744073709551615\"; packets:\"18446744073709551615\"; "
            "elapsed:\"18446744073709551615\"; " TCP "]",
     PARSE_OK, "evidence=unknown\n+elapsed=18446744073709551615"},
    {HEADER "[action:\"Accept\"; sent_bytes:\"10\"; received_bytes:\"20\"; duration:\"3\"; " TCP
            "]",
     PARSE_OK, "evidence=none\nsrc_bytes=10\ndst_bytes=20\nduration_ms=3000"},
};

static const struct expectation others[] = {
    {HEADER "[action:\"Log In\"; product:\"Identity Awareness\"; src:\"10.1.2.15\"; "
            "src_user_name:\"Bob (bob)\"; user:\"Bob (bob)\"; auth_status:\"Successful Login\"]",
     PARSE_OK,
     "event_id=Log In\ncategory=authentication\noutcome=success\naction=allow\nevidence=\n"
     "src_user=Bob (bob)\n+user=\n+src_user_name="},
    {HEADER "[action:\"Failed Log In\"; product:\"Mobile Access\"; user:\"carol\"]", PARSE_OK,
     "category=authentication\noutcome=failure\naction=deny\nseverity=5\nsrc_user=carol"},
    {HEADER "[action:\"Key Install\"; src:\"192.0.2.1\"; dst:\"192.0.2.2\"; ike::\"Main Mode\"; "
            "scheme::\"IKE\"]",
     PARSE_OK, "category=vpn\naction=\nevidence=\nmessage=Main Mode\n+scheme=IKE"},
    {HEADER "[action:\"Reject\"; reject_category:\"IKE failure\"; scheme::\"IKE\"; "
            "src:\"192.0.2.1\"; dst:\"192.0.2.2\"]",
     PARSE_OK, "category=vpn\naction=reset\nevidence=\nreason=IKE failure"},
    {HEADER "[action:\"Accept\"; administrator:\"alice\"; audit_status:\"Success\"; "
            "client_ip:\"10.1.9.9\"; machine:\"admin-pc\"; operation:\"Install Policy\"; "
            "product:\"SmartConsole\"]",
     PARSE_OK,
     "event_id=Install Policy\ncategory=configuration\naction=allow\noutcome=success\n"
     "src_ip=10.1.9.9\nsrc_host=admin-pc\nsrc_user=alice\nproduct=SmartConsole\nevidence="},
    {HEADER "[administrator:\"alice\"; operation:\"Log In\"; product:\"WEB_API\"]", PARSE_OK,
     "event_id=Log In\ncategory=authentication"},
    {HEADER "[product:\"System Monitor\"; sys_message::\"eth1 is not protected\"]", PARSE_OK,
     "event_id=System Monitor\nevent_name=eth1 is not protected\n"
     "message=eth1 is not protected\ncategory=system\naction="},
    {HEADER "[action:\"\"; VPN routing...", PARSE_OK, "product=VPN-1 & FireWall-1\naction="},
    {HEADER "[action:\"Monitored\";...", PARSE_OK, "event_id=Monitored\naction=alert"},
};

static const struct expectation quirks[] = {
    {HEADER "[layer_name:\"Network\"; layer_name:\"Apps\"; rule_action:\"Inline\"; "
            "rule_action:\"Drop\"; rule_name:\"Outer\"; rule_name:\"Inner\"; action:\"Drop\"; " TCP,
     PARSE_OK, "rule=Inner\n+rule_name=Outer\n+rule_action=Inline|Drop\n+layer_name=Network|Apps"},
    {HEADER "[rule_action:\"Accept\"; rule_action:\"Accept\"; rule_name:\"First\"; "
            "rule_name:\"Second\"; action:\"Accept\"; " TCP,
     PARSE_OK, "rule=First\n+rule_name=Second"},
    {HEADER "[rule_action:\"Inline\"; rule_action:\"Drop\"; rule_name:\"Only\"; " TCP, PARSE_OK,
     "rule=Only\n+rule_name="},
    {HEADER "[rule_name:\"a \\\"b\\\" \\] \\\\c\"; user:\"EXAMPLE\\\\bob\"; " TCP, PARSE_OK,
     "rule=a \"b\" ] \\c\nsrc_user=EXAMPLE\\bob"},
    {HEADER "[rule_name:\"an \"odd\" name\"; " TCP, PARSE_OK, "rule=an \"odd\" name"},
    {HEADER "[action:\"Drop\"; src:\"10.1.2.3\"; dst:\"198.51.100.2", PARSE_OK,
     "src_ip=10.1.2.3\ndst_ip=\n+dst=198.51.100.2"},
    {HEADER "[action:\"Drop\"; src:\"10.1.2.3\"; outzonlags:\"163872\"; action:\"Accept\"; "
            "src:\"10.9.9.9\"; ]",
     PARSE_OK, "action=drop\nsrc_ip=10.1.2.3\n+src=10.9.9.9\n+action=Accept\n+outzonlags=163872"},
    {HEADER "[action:\"Drop\"; src:\"10.1.2.3\"]  <134>1 x - [flags:\"1\"; dst:\"10.0.0.2\"]",
     PARSE_OK, "src_ip=10.1.2.3\ndst_ip=10.0.0.2\n+flags=1"},
    {"syslog[action:\"Drop\"; src:\"203.0.113.66\"; dst:\"192.0.2.10\"; proto:\"6\"; ]", PARSE_OK,
     "src_ip=203.0.113.66\nevidence=denied"},
    {"<134>[action:\"Drop\"; src:\"203.0.113.66\"]", PARSE_OK, "src_ip=203.0.113.66"},
    {HEADER "[action:\"unterminated", PARSE_OK, "action=\n+action=unterminated"},
    {HEADER "[action:\"A new word\"; " TCP "]", PARSE_OK,
     "event_id=A new word\naction=\nevidence=none"},
};

static const struct expectation forms[] = {
    {"<85>1 2026-11-21T09:18:00Z 192.168.9.1 CP-GW - Log [Fields@1.3.6.1.4.1.2620 "
     "inzone=\"External\" src=\"203.0.113.66\" dst=\"192.0.2.10\" proto=\"6\" svc=\"23\" "
     "sport_svc=\"45001\" xlatesrc=\"\" xlatedport_svc=\"2323\" user=\"\" "
     "ProductName=\"VPN-1 & FireWall-1\" action=\"Drop\"]",
     PARSE_OK,
     "src_ip=203.0.113.66\nsrc_port=45001\ndst_port=23\nprotocol=6\nevidence=denied\n"
     "src_zone=External\ndst_nat_port=2323\nproduct=VPN-1 & FireWall-1\n"
     "time=2026-11-21T09:18:00.000Z"},
    {"<85>1 2026-11-21T09:18:00--5:00 192.168.9.1 CP-GW - Log [Fields@1.3.6.1.4.1.2620 "
     "src=\"203.0.113.66\" ICMP Type=\"8\" ICMP Code=\"0\" proto=\"1\"",
     PARSE_OK, "src_ip=203.0.113.66\nicmp_type=8\nicmp_code=0\nprotocol=1"},
    {"<134>1 2026-11-21T09:18:02Z mgmt1 CheckPoint 2201 - [sc4s@2620 action=\"Accept\" "
     "__policy_id_tag=\"product=VPN-1[db_tag={5B};policy_name=Standard\\]\" src=\"10.1.2.3\"]",
     PARSE_OK,
     "action=allow\nsrc_ip=10.1.2.3\n"
     "+__policy_id_tag=product=VPN-1[db_tag={5B};policy_name=Standard]"},
    {"time=1795252760|hostname=mgmt1|product=Firewall|action=Drop|loguid={0x1,0x1,0x1,0x1}|"
     "origin=192.168.7.1|time=1795252760|dst=192.0.2.10|proto=6|s_port=33687|service=23|"
     "src=203.0.113.66|",
     PARSE_OK,
     "time=2026-11-21T09:19:20.000Z\nhost=mgmt1\nsrc_ip=203.0.113.66\ndst_port=23\n"
     "evidence=denied\nproduct=Firewall"},
    {"Nov 21 09:19:22 mgmt1 |hostname=mgmt1|product=WEB_API|action=Accept|"
     "origin=192.168.7.1|192.168.7.2|originsicname=cn\\=cp_mgmt,o\\=x|operation=Log Out",
     PARSE_OK,
     "category=authentication\nhost=mgmt1\n+origin=192.168.7.1|192.168.7.2\n"
     "+originsicname=cn=cp_mgmt,o=x"},
};

static const struct expectation envelopes[] = {
    {"CEF:0|Check Point|SmartDefense|R81.20|IPS|Some\\|Attack|7|act=Detect cs4=P "
     "cs4Label=Protection "
     "Name cs1Label=Email ID cn2=5 cn2Label=Duration in Seconds cs2=x cs2=y",
     PARSE_OK,
     "product=SmartDefense\ndevice_version=R81.20\nseverity=7\nthreat=P\nduration_ms=5000\n"
     "+name=Some|Attack\n+class_id=IPS\n+cs2=y|x"},
    {"CEF:0|Check Point|Log Update|Check Point|Log|https|Unknown|act=Accept in=90133 out=4210 "
     "src=10.1.2.3 dst=198.51.100.20 proto=6",
     PARSE_OK, "product=VPN-1 & FireWall-1\n+product=Log Update\ndst_bytes=90133\nsrc_bytes=4210"},
    {"LEEF:1.0|Check Point|VPN-1 & FireWall-1|1.0|Drop|src=10.1.2.3 dst=10.1.2.4 rule=a b",
     PARSE_OK, "event_id=Drop\nsrc_ip=10.1.2.3\ndst_ip=10.1.2.4\nrule=a b\nevidence=denied"},
    {"{\"loguid\":\"1\",\"rule_name\":[\"a\",\"b\",\"c\"],\"rule_action\":[\"Inline\",\"Inline\","
     "\"Drop\"],\"action\":\"Drop\",\"src\":\"10.1.2.3\",\"s_port\":1234,\"proto\":17}",
     PARSE_OK,
     "rule=c\n+rule_name=a|b\nsrc_ip=10.1.2.3\nsrc_port=1234\nprotocol=17\nevidence=denied"},
    {"[rule_name:\"1\"; rule_name:\"2\"; rule_name:\"3\"; rule_name:\"4\"; rule_name:\"5\"; "
     "rule_name:\"6\"; rule_name:\"7\"; rule_name:\"8\"; rule_name:\"9\"; action:\"Drop\"]",
     PARSE_OK, "rule=1\n+rule_name=9|2|3|4|5|6|7|8"},
    {HEADER "[action:\"Drop\"; originsicname:\"CN\\\\\\\\=gw1,O=x\"; " TCP, PARSE_OK, "host=gw1"},
    {"21Nov2026  9:16:01 accept gw1 <eth0 src: 10.1.2.3; dst: 10.1.2.4; product: X;", PARSE_OK,
     "time=2026-11-21T09:16:01.000Z\nevent_id=Accept\nhost=gw1\ndst_interface=eth0\nproduct=X\n"
     "direction=outbound"},
};

static void expect_all(void **state)
{
    (void)state;
#define RUN(rows) expect_lines(&parser_checkpoint, rows, sizeof(rows) / sizeof((rows)[0]))
    RUN(connections);
    RUN(accounting);
    RUN(others);
    RUN(quirks);
    RUN(forms);
    RUN(envelopes);
}

static void not_ours(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "",
        "[",
        "[]",
        "[x",
        "[a:b]",
        "<134>1 2026-11-21T09:16:00Z h app - - [x@99 a=\"1\"] text",
        "<166>%ASA-6-302013: Built [x:\"",
        "time=1795252760 product=x",
        "{\"action\":\"Drop\"}",
        "{\"sequencenum\":1}",
        "CEF:0|Check Pointless|VPN-1 & FireWall-1|1|1|1|1|act=Drop",
        "CEF:0|Palo Alto Networks|PAN-OS|10.2|end|TRAFFIC|3|act=allow",
        "CEF:2|Check Point|VPN-1 & FireWall-1|1|1|1|1|act=Drop",
        "LEEF:1.0|Microsoft|MSExchange|2016|15345|src=192.0.2.1",
        "LEEF:3.0|Check Point|VPN-1 & FireWall-1|1.0|Drop|src=192.0.2.1",
        "date=2026-11-21 time=09:16:00 devname=\"fw\" product=\"x\" action=\"deny\"",
        "id=\"2001\" sys=\"SecureNet\" action=\"drop\" srcip=\"192.0.2.1\"",
        "21Nov2026 09:16:00 drop 192.168.7.1 eth1 rule: 1; src: 192.0.2.1;",
        "21Nov2026 09:16:00 drop >eth1 rule: 1; src: 192.0.2.1;",
        "\"22\" \"21Nov2026\" \"noon\" \"eth1\"",
        "22 21Nov2026",
        "<134>1 1795252560.1 MX84 flows src=10.0.0.1 dst=10.0.0.2",
    };
    static struct parsed parsed;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        parse_line(&parser_checkpoint, lines[i], strlen(lines[i]), &parsed);
        bool expected = strstr(lines[i], "[x:\"") != NULL; /* an earlier parser takes that one */
        assert_int_equal(parsed.claimed, expected);
        free(parsed.block);
    }
}

/* A row in the wrong drawer would never be found; a name that comes twice hides one of them. */
static void tables(void **state)
{
    (void)state;
    static const struct kv_drawer *const all[] = {checkpoint_drawers, checkpoint_foreign};
    for (size_t t = 0; t < 2; t++)
        for (size_t len = 0; len < CHECKPOINT_DRAWERS; len++)
            for (const struct kv_key *key = all[t][len].keys; key != all[t][len].end; key++) {
                struct slice name = slice_make(key->name, strnlen(key->name, KV_NAME_MAX));
                if (kv_find(all[t], CHECKPOINT_DRAWERS, name) != key || key->len != name.len)
                    fail_msg("%.*s is in the wrong drawer or there twice", KV_NAME_MAX, key->name);
            }
}

/* More pairs and longer values than a record holds: bounded, and what is lost is counted. */
static void bounds(void **state)
{
    (void)state;
    static struct parsed parsed;
    static char line[65536];
    size_t n = (size_t)sprintf(line, HEADER "[action:\"Drop\"; ");
    for (int i = 0; i < 300; i++)
        n += (size_t)sprintf(line + n,
                             "key%d:\"\\\\value \\\"of 100 bytes and more ........."
                             "...................................................\"; ",
                             i);
    parse_line(&parser_checkpoint, line, n, &parsed);
    assert_int_equal(parsed.status, PARSE_OK);
    assert_int_equal(parsed.record.extra, RECORD_EXTRA_MAX);
    assert_int_equal(parsed.record.extra_lost, 300 - RECORD_EXTRA_MAX);
    free(parsed.block);
}

static void prefixes(void **state)
{
    (void)state;
    parse_prefixes(&parser_checkpoint, "samples/checkpoint/*.log");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expect_all), cmocka_unit_test(not_ours), cmocka_unit_test(tables),
        cmocka_unit_test(bounds),     cmocka_unit_test(prefixes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
