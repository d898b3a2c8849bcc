/* PAN-OS: fields of rows of every kind, the columns against the guide's numbers. */
#include "parsers/panos_columns.h"
#include "tests/parser_setup.h"

#define COUNT(table) (sizeof(table) / sizeof(table[0]))
#define PAIRS_MAX    40

extern const struct parser parser_panos;

static struct record record; /* too large for the stack of a test */

/* The value of a field, or of an extra when there is no field of that name. */
static void value_of(const char *name, char *out, size_t size)
{
    for (unsigned f = 0; f < FIELD_COUNT; f++) {
        if (f != FIELD_extra && strcmp(record_fields[f].name, name) == 0) {
            if (record.has >> f & 1)
                field_text(&record, (enum record_field)f, out, size);
            else
                snprintf(out, size, "unset");
            return;
        }
    }
    const char *extra = name[0] == '+' ? name + 1 : name;
    for (unsigned i = 0; i < record.extra; i++) {
        if (slice_is(record.extras[i].name, extra)) {
            snprintf(out, size, "%.*s", (int)record.extras[i].value.len,
                     record.extras[i].value.ptr);
            return;
        }
    }
    snprintf(out, size, "unset");
}

/* Parses a copy of exactly the line's size, which the record then points into: the caller frees. */
static char *parse(const char *host, const char *line, size_t len, enum parse_status *status)
{
    char *block = malloc(len ? len : 1);
    struct syslog header = {.host = slice(host)};
    struct parse_context context = {.header = &header, .arrival_ms = 1795132800000};
    memcpy(block, line, len);
    record_reset(&record);
    assert_true(parser_panos.claims(&header, slice_make(block, len)));
    *status = parser_panos.parse(&context, slice_make(block, len), &record);
    return block;
}

struct pair {
    const char *name, *value;
};

struct expectation {
    const char *line;
    enum parse_status status;
    struct pair pairs[PAIRS_MAX]; /* "unset" demands that there is none; "+x" is the extra x */
};

#define HEAD "1,2026/11/20 08:00:14,012801000042,"
#define WHEN ",2561,2026/11/20 08:00:14,"

static const struct expectation expectations[] = {
    {HEAD "TRAFFIC,end" WHEN "10.1.20.31,198.51.100.25,203.0.113.9,198.51.100.25,allow web,"
          "example\\anna,,ssl,vsys1,trust,untrust,ethernet1/2,ethernet1/1,to-siem,"
          "2026/11/20 08:00:14,52114,1,51514,443,18022,443,0x400053,tcp,allow,53531,5321,48210,75,"
          "2026/11/20 07:59:58,16,computer-and-internet-info,0,7461002,0x8000000000000000,"
          "10.0.0.0-10.255.255.255,Germany,0,31,44,tcp-fin,16,0,0,0,,pa-berlin,from-policy,,,0,,0,"
          ",N/A,0,0,0,0,7e1c3a90-0b5f-4d9e-8a11-2f6f0c4d5e01,0",
     PARSE_OK,
     {{"vendor", "Palo Alto Networks"},
      {"product", "PAN-OS"},
      {"device_version", "unset"},
      {"event_id", "end"},
      {"event_name", "TRAFFIC"},
      {"host", "pa-berlin"},
      {"time", "2026-11-20T08:00:14.000Z"},
      {"severity", "1"},
      {"category", "connection"},
      {"action", "allow"},
      {"reason", "tcp-fin"},
      {"evidence", "data"},
      {"protocol", "6"},
      {"src_ip", "10.1.20.31"},
      {"src_port", "51514"},
      {"src_user", "example\\anna"},
      {"src_zone", "trust"},
      {"src_interface", "ethernet1/2"},
      {"src_nat_ip", "203.0.113.9"},
      {"src_nat_port", "18022"},
      {"dst_ip", "198.51.100.25"},
      {"dst_port", "443"},
      {"dst_user", "unset"},
      {"dst_zone", "untrust"},
      {"dst_nat_port", "443"},
      {"application", "ssl"},
      {"rule", "allow web"},
      {"src_bytes", "5321"},
      {"dst_bytes", "48210"},
      {"src_packets", "31"},
      {"dst_packets", "44"},
      {"duration_ms", "16000"},
      {"session_id", "52114"},
      {"serial", "012801000042"},
      {"rule_uuid", "7e1c3a90-0b5f-4d9e-8a11-2f6f0c4d5e01"},
      {"dg_hierarchy_level_1", "16"},
      {"dg_hierarchy_level_2", "unset"},
      {"receive_time", "unset"},
      {"repeat_count", "unset"},
      {"+action", "unset"}}},
    /* A drop before App-ID: no session, no translation, no ports in ICMP; a row of 31 columns. */
    {HEAD "TRAFFIC,drop" WHEN "192.0.2.200,203.0.113.9,0.0.0.0,0.0.0.0,deny inbound,,,"
          "not-applicable,vsys1,untrust,trust,ethernet1/1,,to-siem,,0,3,8,0,0,0,0x0,icmp,drop ICMP",
     PARSE_OK,
     {{"event_id", "drop"},
      {"severity", "3"},
      {"action", "drop"},
      {"+action", "drop ICMP"},
      {"evidence", "denied"},
      {"protocol", "1"},
      {"src_port", "unset"},
      {"dst_port", "unset"},
      {"src_nat_ip", "unset"},
      {"dst_nat_ip", "unset"},
      {"src_nat_port", "unset"},
      {"session_id", "unset"},
      {"dst_interface", "unset"},
      {"repeat_count", "3"}}},
    /* What does not fit its field is kept under the vendor's name. */
    {HEAD "TRAFFIC,end" WHEN "10.0.0.555,www.example.com,::,::,\"rule, \"\"two\"\"\",,,ssl,vsys1,a,"
          "b,c,d,e,,7,1,514514,-1,0,0,0x0,shrug,shrug,12,x,99999999999999999999999,1,,"
          "18446744073709551615",
     PARSE_OK,
     {{"src_ip", "unset"},
      {"src_address", "10.0.0.555"},
      {"dst_ip", "unset"},
      {"dst_address", "www.example.com"},
      {"rule", "rule, \"two\""},
      {"src_port", "unset"},
      {"+src_port", "514514"},
      {"+dst_port", "-1"},
      {"protocol", "unset"},
      {"ip_protocol", "shrug"},
      {"action", "unset"},
      {"+action", "shrug"},
      {"bytes_sent", "x"},
      {"bytes_received", "99999999999999999999999"},
      {"duration_ms", "unset"},
      {"elapsed_time", "18446744073709551615"},
      {"evidence", "unknown"}}},
    {HEAD "THREAT,url" WHEN "10.1.20.31,198.51.100.25,0.0.0.0,0.0.0.0,allow web,,,web-browsing,"
          "vsys1,trust,untrust,ethernet1/2,ethernet1/1,to-siem,,52114,1,51514,80,0,0,0x0,tcp,"
          "block-url,\"shop.example.net/?q=\"\"a,b\"\"\",(9999),shopping,informational,"
          "client-to-server,1,0x0",
     PARSE_OK,
     {{"category", "web"},
      {"severity", "1"},
      {"action", "deny"},
      {"+action", "block-url"},
      {"evidence", "denied"},
      {"url", "shop.example.net/?q=\"a,b\""},
      {"file", "unset"},
      {"threat", "unset"},
      {"threat_id", "9999"},
      {"+category", "shopping"},
      {"direction", "unset"},
      {"+direction", "client-to-server"}}},
    {HEAD "THREAT,virus" WHEN "10.1.20.31,198.51.100.25,0.0.0.0,0.0.0.0,allow web,,,web-browsing,"
          "vsys1,trust,untrust,ethernet1/2,ethernet1/1,to-siem,,52114,1,51514,80,0,0,0x0,tcp,"
          "reset-both,invoice.exe,Virus/Win32.Example (a)(2001234),any,critical,server-to-client,1,"
          "0x0,a,b,,,0,00ff",
     PARSE_OK,
     {{"category", "threat"},
      {"severity", "10"},
      {"action", "reset"},
      {"evidence", "denied"},
      {"src_ip", "10.1.20.31"},
      {"file", "invoice.exe"},
      {"threat", "Virus/Win32.Example (a)"},
      {"threat_id", "2001234"},
      {"hash", "00ff"}}},
    {HEAD "THREAT,scan" WHEN "192.0.2.200,203.0.113.9,0.0.0.0,0.0.0.0,,,,not-applicable,vsys1,"
          "untrust,untrust,ethernet1/1,,to-siem,,0,1,44012,1025,0,0,0x0,tcp,alert,,"
          "SCAN: TCP Port Scan(8001),any,medium,client-to-server,1,0x0",
     PARSE_OK,
     {{"category", "scan"},
      {"event_id", "scan"},
      {"severity", "5"},
      {"action", "alert"},
      {"evidence", "none"},
      {"threat", "SCAN: TCP Port Scan"},
      {"dst_port", "1025"}}},
    {HEAD "THREAT,flood" WHEN "0.0.0.0,203.0.113.9,0.0.0.0,0.0.0.0,,,,not-applicable,vsys1,untrust,"
          "untrust,ethernet1/1,,to-siem,,0,1,0,0,0,0,0x0,tcp,random-drop,,8501,any,high,,1,0x0",
     PARSE_OK,
     {{"category", "scan"},
      {"action", "drop"},
      {"src_ip", "unset"},
      {"threat", "8501"},
      {"severity", "8"}}},
    {HEAD "SYSTEM,auth,0,2026/11/20 08:00:13,,auth-fail,local,0,0,general,medium,"
          "\" failed authentication for user 'eve', try 3 \",1,0x0",
     PARSE_OK,
     {{"category", "authentication"},
      {"event_id", "auth"},
      {"+event_id", "auth-fail"},
      {"severity", "5"},
      {"time", "2026-11-20T08:00:13.000Z"},
      {"receive_time", "2026/11/20 08:00:14"},
      {"message", "failed authentication for user 'eve', try 3"}}},
    {HEAD "CONFIG,0,0,2026/11/20 08:00:14,10.1.0.5,,set,admin,Web,Succeeded, config shared x,1,0x0",
     PARSE_OK,
     {{"category", "configuration"},
      {"event_id", "Succeeded"},
      {"outcome", "success"},
      {"src_ip", "10.1.0.5"},
      {"src_user", "admin"},
      {"message", "config shared x"}}},
    {HEAD "GLOBALPROTECT,0,2561,2026/11/20 08:00:14,vsys1,portal-auth,login,LDAP,,eve,US,nb-7,"
          "0.0.0.0,2001:db8::66,0.0.0.0,0.0.0.0,,,6.1.4,Linux,,1,bad password,,,failure,,0,,0,p,1,"
          "0x0,2026-11-20T09:00:14.250+01:00",
     PARSE_OK,
     {{"category", "authentication"},
      {"event_id", "portal-auth"},
      {"outcome", "failure"},
      {"reason", "bad password"},
      {"src_ip", "2001:db8::66"},
      {"src_host", "nb-7"},
      {"src_user", "eve"},
      {"time", "2026-11-20T08:00:14.250Z"}}},
    {HEAD "GLOBALPROTECT,0,2561,2026/11/20 08:00:14.5,vsys1,gateway-connected,connected,,,x,,,"
          "192.0.2.1,2001:db8::66,0.0.0.0,,,,,,,1,,,,success,,0,,0,p,1,0x0,"
          "1970-01-01T01:00:00.000+01:00",
     PARSE_OK,
     {{"category", "vpn"},
      {"src_ip", "192.0.2.1"},
      {"public_ipv6", "2001:db8::66"},
      {"time", "2026-11-20T08:00:14.500Z"}}},
    {HEAD
     "SYSTEM,globalprotect,0,2026/11/20 08:00:14,,globalprotectportal-auth-fail,p,0,0,general,"
     "informational,\"GlobalProtect portal user authentication failed. Login from: 192.0.2.66, "
     "Source region: US, User name: example\\eve, Reason: Authentication failed: Invalid "
     "username or password, Auth type: profile.\",1,0x0",
     PARSE_OK,
     {{"category", "authentication"},
      {"outcome", "failure"},
      {"src_ip", "192.0.2.66"},
      {"src_user", "example\\eve"},
      {"reason", "Authentication failed: Invalid username or password"}}},
    {HEAD "SYSTEM,auth,0,2026/11/20 08:00:14,,auth-success,local,0,0,general,informational,"
          "authenticated for user 'admin'.   From: 2001:db8::5.,1,0x0",
     PARSE_OK,
     {{"outcome", "success"},
      {"src_ip", "2001:db8::5"},
      {"src_user", "admin"},
      {"reason", "unset"}}},
    {HEAD "SYSTEM,general,0,2026/11/20 08:00:14,,general,,0,0,general,informational,"
          "User admin logged in via CLI from Console,1,0x0",
     PARSE_OK,
     {{"category", "authentication"},
      {"outcome", "success"},
      {"src_ip", "unset"},
      {"src_user", "admin"}}},
    /* Cut rows: half a column is kept by name, and is no address. */
    {HEAD "TRAFFIC,end" WHEN "10.1.20.31,198.51.100.2",
     PARSE_OK,
     {{"event_id", "end"},
      {"evidence", "unknown"},
      {"src_ip", "10.1.20.31"},
      {"dst_ip", "unset"},
      {"dst_address", "198.51.100.2"}}},
    {HEAD "TRAFFIC,dro",
     PARSE_OK,
     {{"event_id", "TRAFFIC"}, {"evidence", "none"}, {"serial", "012801000042"}}},
    {"0,2026-11-20T08:00:14.000000Z,no-serial,AUDIT,0,9.1,2026-11-20T08:00:13.000000Z,a,b",
     PARSE_OK,
     {{"event_id", "AUDIT"},
      {"category", "system"},
      {"message", "a,b"},
      {"event_name", "AUDIT"},
      {"vendor", "Palo Alto Networks"},
      {"serial", "no-serial"},
      {"time", "2026-11-20T08:00:13.000Z"}}},
    {": 1,x,y,TRAFFIC,", PARSE_OK, {{"event_id", "TRAFFIC"}, {"time", "unset"}}},
    {"1,x,y,TRAFFIC", PARSE_MALFORMED, {{"event_id", "TRAFFIC"}, {"vendor", "Palo Alto Networks"}}},
};

static void rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(expectations); i++) {
        const struct expectation *e = &expectations[i];
        enum parse_status status;
        char *block = parse("", e->line, strlen(e->line), &status);
        assert_int_equal(status, e->status);
        for (size_t k = 0; k < PAIRS_MAX && e->pairs[k].name; k++) {
            char value[512], wanted[512], got[512];
            const char *name = e->pairs[k].name;
            value_of(name, value, sizeof(value));
            snprintf(wanted, sizeof(wanted), "%zu %s %.400s", i, name, e->pairs[k].value);
            snprintf(got, sizeof(got), "%zu %s %.400s", i, name, value);
            assert_string_equal(got, wanted);
        }
        free(block);
    }
}

/* A row whose every column says its own number, so that a table that slipped by one is seen. */
static const struct {
    const char *type;
    unsigned column;
    const char *name;
} places[] = {
    {"TRAFFIC", 11, "rule"},
    {"TRAFFIC", 20, "log_action"},
    {"TRAFFIC", 37, "+category"},
    {"TRAFFIC", 46, "reason"},
    {"TRAFFIC", 53, "action_source"},
    {"TRAFFIC", 60, "tunnel_type"},
    {"TRAFFIC", 65, "rule_uuid"},
    {"TRAFFIC", 74, "dynamic_user_group_name"},
    {"TRAFFIC", 83, "src_mac"},
    {"TRAFFIC", 91, "dst_mac"},
    {"TRAFFIC", 101, "session_owner"},
    {"TRAFFIC", 105, "application_subcategory"},
    {"TRAFFIC", 116, "cluster_name"},
    {"THREAT", 41, "content_type"},
    {"THREAT", 43, "hash"},
    {"THREAT", 53, "report_id"},
    {"THREAT", 63, "http_method"},
    {"THREAT", 75, "url_category_list"},
    {"THREAT", 95, "dst_mac"},
    {"THREAT", 106, "partial_hash"},
    {"THREAT", 109, "justification"},
    {"THREAT", 122, "flow_type"},
    {"SYSTEM", 14, "message"},
    {"SYSTEM", 21, "vsys_name"},
    {"CONFIG", 13, "message"},
    {"CONFIG", 23, "audit_comment"},
    {"USERID", 32, "tag_name"},
    {"USERID", 36, "cluster_name"},
    {"HIPMATCH", 29, "src_mac"},
    {"GLOBALPROTECT", 33, "portal"},
    {"GLOBALPROTECT", 49, "cluster_name"},
    {"AUTH", 32, "rule_uuid"},
    {"AUTHENTICATION", 46, "cluster_name"},
    {"DECRYPTION", 36, "rule_uuid"},
    {"DECRYPTION", 64, "reason"},
    {"DECRYPTION", 89, "sequence_number"},
    {"DECRYPTION", 107, "cluster_name"},
    {"CORRELATION", 21, "message"},
    {"IPTAG", 26, "cluster_name"},
    {"TUNNEL", 59, "reason"},
    {"TUNNEL", 67, "pcap_id"},
    {"GTP", 46, "gtp_event_code"},
    {"GTP", 58, "imsi"},
    {"GTP", 82, "pcap_id"},
    {"GTP", 93, "application_sanctioned_state"},
    {"SCTP", 55, "sctp_filter"},
    {"SCTP", 62, "rule_uuid"},
};

static void columns(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(places); i++) {
        char line[2048], value[512], wanted[16];
        enum parse_status status;
        int len = snprintf(line, sizeof(line), "1,c1,c2,%s,end,c5,c6", places[i].type);
        for (unsigned n = 7; n < 130; n++)
            len += snprintf(line + len, sizeof(line) - (size_t)len, ",c%u", n);
        char *block = parse("fw", line, (size_t)len, &status);
        snprintf(wanted, sizeof(wanted), "c%u", places[i].column);
        value_of(places[i].name, value, sizeof(value));
        assert_int_equal(status, PARSE_OK);
        assert_string_equal(value, wanted);
        free(block);
    }
}

static void claims(void **state)
{
    (void)state;
    static const struct claim bodies[] = {
        {"1,2026/11/20 08:00:14,0128,TRAFFIC,end", true},
        {"1,2026/11/20 08:00:14,0128,TRAFFIC", true},
        {": 1,2026/11/20 08:00:14,0128,THREAT,url", true},
        {"931201168,2026-11-20T08:00:14.000000Z,no-serial,GLOBALPROTECT,x", true},
        {"1,9/16/26 10:00,0128,SYSTEM,x", true},
        {"1,2026/11/20 08:00:14,0128,AUDIT,x", true},
        {"1,2026/11/20 08:00:14,0128,traffic,end", false},
        {"1,yesterday,0128,AUDIT,x", false},
        {"1,2026/11/20 08:00:14,0128,", false},
        {"1,2026/11/20 08:00:14", false},
        {"1 1763715360.1 MX64 flows src=10.0.0.1", false},
        {"1:0:0,a,b,TRAFFIC", false},
        {"x,2026/11/20 08:00:14,0128,TRAFFIC,end", false},
        {"", false},
        {": ", false},
        {"%ASA-6-302013: Built", false},
    };
    expect_claims(&parser_panos, bodies, COUNT(bodies));
}

/* The header's name wins; the firewall's own is kept when it is another. */
static void hosts(void **state)
{
    (void)state;
    static const char line[] = HEAD "SYSTEM,general,0,2026/11/20 08:00:14,,general,,0,0,general,"
                                    "informational,text,1,0x0,0,0,0,0,,pa-berlin";
    enum parse_status status;
    char value[64];
    char *block = parse("10.1.0.1", line, strlen(line), &status);
    value_of("host", value, sizeof(value));
    assert_string_equal(value, "unset"); /* the caller has set it from the header */
    value_of("device_name", value, sizeof(value));
    assert_string_equal(value, "pa-berlin");
    free(block);
    block = parse("pa-berlin", line, strlen(line), &status);
    value_of("device_name", value, sizeof(value));
    assert_string_equal(value, "unset");
    free(block);
}

/* Bare commas between the braces of an SD-WAN session's links do not move what comes after. */
static void links(void **state)
{
    (void)state;
    char line[1024], value[64];
    enum parse_status status;
    int len = snprintf(line, sizeof(line), HEAD "TRAFFIC,end" WHEN "a");
    for (unsigned n = 8; n < 69; n++)
        line[len++] = ',';
    len += snprintf(line + len, sizeof(line) - (size_t)len, ",{one,two,3},cluster,hub");
    char *block = parse("fw", line, (size_t)len, &status);
    value_of("link_switches", value, sizeof(value));
    assert_string_equal(value, "{one,two,3}");
    value_of("sdwan_cluster", value, sizeof(value));
    assert_string_equal(value, "cluster");
    value_of("sdwan_device_type", value, sizeof(value));
    assert_string_equal(value, "hub");
    free(block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows),  cmocka_unit_test(columns), cmocka_unit_test(claims),
        cmocka_unit_test(hosts), cmocka_unit_test(links),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
