/* PAN-OS in CEF and LEEF: the same record as from the row that says the same. And the tables. */
#include "parsers/panos_keyed.h"
#include "tests/parser_setup.h"

#define COUNT(table) (sizeof(table) / sizeof(table[0]))

extern const struct parser parser_panos;

/* Too large for the stack of a test. */
static struct record from_row, from_pairs;

#define ROW  "1,2026/11/20 08:00:14,012801000042,"
#define WHEN ",2561,2026/11/20 08:00:14,"
#define CEF  "CEF:0|Palo Alto Networks|PAN-OS|10.1.4|"
#define LEEF "LEEF:2.0|Palo Alto Networks|PAN-OS Syslog Integration|9.1.3|"
#define TOLD "rt=Nov 20 2026 08:00:14 GMT deviceExternalId=012801000042 "
#define SENT "devTime=Nov 20 2026 08:00:14 GMT|SerialNumber=012801000042|"

static const struct {
    const char *row, *pairs;
} twins[] = {
    {ROW
     "TRAFFIC,end" WHEN "10.1.20.31,198.51.100.25,203.0.113.9,198.51.100.25,allow web,"
     "example\\anna,,ssl,vsys1,trust,untrust,ethernet1/2,ethernet1/1,to-siem,,52114,1,51514,443,"
     "18022,443,0x400053,tcp,allow,53531,5321,48210,75,,16,any,0,7461002,0x0,,,0,31,44,tcp-fin",
     CEF "end|TRAFFIC|1|" TOLD
         "src=10.1.20.31 dst=198.51.100.25 sourceTranslatedAddress=203.0.113.9 "
         "destinationTranslatedAddress=198.51.100.25 cs1Label=Rule cs1=allow web "
         "suser=example\\\\anna duser= app=ssl cs3Label=Virtual System cs3=vsys1 "
         "cs4Label=Source Zone cs4=trust cs5Label=Destination Zone cs5=untrust "
         "deviceInboundInterface=ethernet1/2 deviceOutboundInterface=ethernet1/1 "
         "cs6Label=LogProfile cs6=to-siem cn1Label=SessionID cn1=52114 cnt=1 spt=51514 dpt=443 "
         "sourceTranslatedPort=18022 destinationTranslatedPort=443 flexString1Label=Flags "
         "flexString1=0x400053 proto=tcp act=allow flexNumber1Label=Total bytes flexNumber1=53531 "
         "in=5321 out=48210 cn2Label=Packets cn2=75 PanOSPacketsReceived=44 PanOSPacketsSent=31 "
         "start=Nov 20 2026 08:00:14 GMT cn3Label=Elapsed time in seconds cn3=16 "
         "cs2Label=URL Category cs2=any externalId=7461002 reason=tcp-fin PanOSActionFlags=0x0"},
    /* The logging service counts "in" from the other side, and labels come behind values. */
    {ROW "TRAFFIC,end" WHEN
         "10.1.20.31,198.51.100.25,,,allow web,,,incomplete,,trust,untrust,,,,,7,"
         "1,51514,443,0,0,0x0,tcp,allow,134,74,60,2,,0,,,,,,,,1,1,tcp-rst-from-server",
     "CEF:0|Palo Alto Networks|LF|2.0|TRAFFIC|end|3|dtz=UTC rt=Nov 20 2026 08:00:14 "
     "deviceExternalId=012801000042 start=Nov 20 2026 08:00:14 src=10.1.20.31 dst=198.51.100.25 "
     "cs1=allow web cs1Label=Rule app=incomplete cs4=trust cs4Label=FromZone cs5=untrust "
     "cs5Label=ToZone cn1=7 cn1Label=SessionID cnt=1 spt=51514 dpt=443 PanOSFlags=0x0 proto=tcp "
     "act=allow PanOSBytes=134 out=74 in=60 cn2=2 cn2Label=PacketsTotal cn3=0 "
     "cn3Label=SessionDuration PanOSPacketsSent=1 PanOSPacketsReceived=1 "
     "reason=tcp-rst-from-server"},
    {ROW "TRAFFIC,deny" WHEN
         "192.0.2.200,203.0.113.9,,,deny inbound,,,not-applicable,,untrust,dmz,,,"
         ",,0,1,40001,22,0,0,,tcp,reset client,74,74,0,1,,0,,,,,,,,1,0,policy-deny",
     LEEF "deny|x7C|cat=TRAFFIC|Subtype=deny|" SENT
          "src=192.0.2.200|dst=203.0.113.9|RuleName=deny inbound|Application=not-applicable|"
          "SourceZone=untrust|DestinationZone=dmz|SessionID=0|srcPort=40001|dstPort=22|proto=tcp|"
          "action=reset client|totalBytes=74|dstBytes=0|srcBytes=74|totalPackets=1|ElapsedTime=0|"
          "dstPackets=0|srcPackets=1|SessionEndReason=policy-deny"},
    /* Where one template has the subtype another has the threat. */
    {ROW "THREAT,scan" WHEN "192.0.2.200,203.0.113.9,,,,,,not-applicable,,untrust,untrust,,,,,0,1,"
         "44012,1025,0,0,,tcp,alert,,SCAN: TCP Port Scan(8001),any,medium,client-to-server",
     CEF
     "SCAN: TCP Port Scan(8001)|THREAT|3|" TOLD
     "src=192.0.2.200 dst=203.0.113.9 app=not-applicable cs4Label=Source Zone cs4=untrust "
     "cs5Label=Destination Zone cs5=untrust spt=44012 dpt=1025 proto=tcp act=alert request=\"\" "
     "cs2Label=URL Category cs2=any flexString2Label=Direction flexString2=client-to-server "
     "cat=scan"},
    {ROW "THREAT,url" WHEN "10.1.20.31,198.51.100.80,,,allow web,,,web-browsing,,trust,untrust,,,,,"
         "9,1,51515,80,0,0,,tcp,block-url,\"shop.example.net/?q=\"\"a,b\"\"\",(9999),shopping,low,"
         "client-to-server",
     CEF "url|THREAT|2|" TOLD
         "src=10.1.20.31 dst=198.51.100.80 cs1Label=Rule cs1=allow web app=web-browsing "
         "cs4Label=Source Zone cs4=trust cs5Label=Destination Zone cs5=untrust cn1Label=SessionID "
         "cn1=9 spt=51515 dpt=80 proto=tcp act=block-url "
         "request=\"shop.example.net/?q\\=\"\"a,b\"\"\" cs2Label=URL Category cs2=shopping "
         "flexString2Label=Direction flexString2=client-to-server cat=(9999)"},
    {ROW "SYSTEM,auth" WHEN ",auth-fail,local,0,0,general,medium,failed authentication for user "
         "'eve'. Reason: Invalid username/password. From: 192.0.2.66.",
     LEEF "auth-fail|x7C|cat=SYSTEM|Subtype=auth|" SENT
          "Filename=local|Module=general|sev=3|msg=failed authentication for user 'eve'. Reason: "
          "Invalid username/password. From: 192.0.2.66."},
    {ROW "CONFIG,0" WHEN "10.1.0.5,,set,admin,Web,Failed,config shared",
     CEF "Failed|CONFIG|1|" TOLD
         "shost=10.1.0.5 act=set duser=admin destinationServiceName=Web msg=config shared"},
    {ROW "CONFIG,0" WHEN "10.1.0.5,,set,admin,Web,Failed,config shared",
     LEEF "Failed|x7C|cat=CONFIG|" SENT
          "src=10.1.0.5|msg=set|usrName=admin|client=Web|ConfigurationPath=config shared"},
    /* This template forgets CEF's severity. */
    {ROW "GLOBALPROTECT,0" WHEN "vsys1,portal-auth,login,LDAP,,eve,US,nb-7,192.0.2.66,,,,,,6.1.4,"
         "Linux,,1,,,bad password,failure",
     CEF "GLOBALPROTECT|0|rt=2026/11/20 08:00:14 PanOSDeviceSN=012801000042 "
         "PanOSVirtualSystem=vsys1 PanOSEventID=portal-auth PanOSStage=login PanOSAuthMethod=LDAP "
         "PanOSSourceUserName=eve PanOSSourceRegion=US PanOSEndpointDeviceName=nb-7 "
         "PanOSPublicIPv4=192.0.2.66 PanOSGlobalProtectClientVersion=6.1.4 "
         "PanOSEndpointOSType=Linux PanOSCountOfRepeats=1 PanOSDescription=bad password "
         "PanOSEventStatus=failure"},
};

/* The record points into the copy, of exactly the line's size: the caller frees it. */
static char *parse(struct record *out, const char *line)
{
    size_t len = strlen(line);
    char *block = malloc(len);
    struct syslog header = {.host = SLICE_NONE};
    struct parse_context context = {.header = &header, .arrival_ms = 1795132800000};
    memcpy(block, line, len);
    record_reset(out);
    assert_true(parser_panos.claims(&header, slice_make(block, len)));
    assert_int_equal(parser_panos.parse(&context, slice_make(block, len), out), PARSE_OK);
    return block;
}

static size_t size_of(enum field_kind kind)
{
    return kind == KIND_NUMBER || kind == KIND_TIME ? sizeof(uint64_t)
           : kind == KIND_PORT                      ? sizeof(uint16_t)
           : kind == KIND_ADDRESS                   ? sizeof(struct address)
                                                    : 1;
}

static void assert_same_field(enum record_field field)
{
    const struct field_info *info = &record_fields[field];
    const void *a = (const char *)&from_row + info->offset;
    const void *b = (const char *)&from_pairs + info->offset;
    bool same = (from_row.has >> field & 1) == (from_pairs.has >> field & 1);
    if (same && from_row.has >> field & 1) {
        if (info->kind == KIND_TEXT)
            same = slice_equals(*(const struct slice *)a, *(const struct slice *)b);
        else
            same = memcmp(a, b, size_of(info->kind)) == 0;
    }
    if (!same)
        fail_msg("%s is not the same", info->name);
}

static void assert_same_extra(const struct record *wanted, const struct record *other)
{
    for (unsigned i = 0; i < wanted->extra; i++) {
        const struct record_extra *extra = &wanted->extras[i];
        bool found = false;
        for (unsigned k = 0; k < other->extra; k++)
            found |= slice_equals(extra->name, other->extras[k].name) &&
                     slice_equals(extra->value, other->extras[k].value);
        if (!found)
            fail_msg("%.*s=%.*s stands on one side only", (int)extra->name.len, extra->name.ptr,
                     (int)extra->value.len, extra->value.ptr);
    }
}

static void same_record(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(twins); i++) {
        char *row = parse(&from_row, twins[i].row), *pairs = parse(&from_pairs, twins[i].pairs);
        for (unsigned field = 0; field < FIELD_COUNT; field++)
            if (field != FIELD_device_version && field != FIELD_extra)
                assert_same_field((enum record_field)field);
        assert_same_extra(&from_row, &from_pairs);
        assert_same_extra(&from_pairs, &from_row);
        free(row);
        free(pairs);
    }
}

static void claims(void **state)
{
    (void)state;
    static const struct claim bodies[] = {
        {"CEF:0|Palo Alto Networks|PAN-OS|10.1|end|TRAFFIC|1|", true},
        {"CEF: 0|Palo Alto Networks|LF|2.0|TRAFFIC|end|3|", true},
        {"0|Palo Alto Networks|PAN-OS|10.1|end|TRAFFIC|1|", true},
        {"LEEF:1.0|Palo Alto Networks|PAN-OS Syslog Integration|4.0|allow|", true},
        {"2.0|Palo Alto Networks|Next Generation Firewall|10.0|allow|x7C|", true},
        {"CEF:0|Palo Alto Networks|Cortex XDR|1.0|a|b|1|", false},
        {"CEF:0|Palo Alto Networks|LFX|1.0|a|b|1|", false},
        {"CEF:0|Example|PAN-OS|10.1|end|TRAFFIC|1|", false},
        {"CEF:0|Palo Alto Networks", false},
        {"CEF:", false},
        {"LEEF:", false},
        {"1.0", false},
    };
    expect_claims(&parser_panos, bodies, COUNT(bodies));
}

/* Keys too long for any column's name, and columns without one, must not meet. */
static void long_key(void **state)
{
    (void)state;
    char *block = parse(&from_pairs, CEF "end|TRAFFIC|1|aKeyThatIsLongerThanTheNameOfAnyColumn=x");
    assert_int_equal(from_pairs.extra, 1);
    assert_true(slice_is(from_pairs.extras[0].name, "aKeyThatIsLongerThanTheNameOfAnyColumn"));
    free(block);
}

/* A column that is named must be of some type, or nothing would ever be read into it. */
static void keys(void **state)
{
    (void)state;
    static const struct panos_columns *const tables[] = {
        &panos_traffic, &panos_threat,   &panos_system,        &panos_config,
        &panos_userid,  &panos_hipmatch, &panos_globalprotect, &panos_tunnel,
    };
    static const char *const names[] = {"src", "cs1", "DGl4", "sev", "oldFileId", "EventID", "xyz"};
    for (size_t i = 0; i < COUNT(names); i++) {
        const struct panos_key *key = panos_key(slice(names[i]));
        assert_int_equal(key != NULL, i + 1 < COUNT(names));
        for (unsigned c = 0; key && c < PANOS_KEY_COLUMNS_MAX && key->columns[c].len; c++) {
            bool found = false;
            for (size_t t = 0; t < COUNT(tables); t++)
                for (unsigned n = 0; n < tables[t]->count; n++)
                    found |= slice_equals(tables[t]->row[n].name, key->columns[c]);
            assert_true(found);
        }
    }
}

/* A table's kind of column must be its field's: panos_row.c writes by it. */
static void kinds(void **state)
{
    (void)state;
    static const struct panos_columns *const tables[] = {
        &panos_every,  &panos_traffic,        &panos_threat,     &panos_system,
        &panos_config, &panos_userid,         &panos_hipmatch,   &panos_globalprotect,
        &panos_sctp,   &panos_authentication, &panos_decryption, &panos_correlation,
        &panos_iptag,  &panos_tunnel,         &panos_gtp,
    };
    static const int kind_of[] = {[PANOS_TEXT] = KIND_TEXT,       [PANOS_NUMBER] = KIND_NUMBER,
                                  [PANOS_PORT] = KIND_PORT,       [PANOS_SECONDS] = KIND_NUMBER,
                                  [PANOS_ADDRESS] = KIND_ADDRESS, [PANOS_PROTOCOL] = KIND_PROTOCOL};
    for (size_t i = 0; i < COUNT(tables); i++) {
        assert_true(tables[i]->count <= PANOS_COLUMNS_MAX);
        for (unsigned n = 0; n < tables[i]->count; n++) {
            const struct panos_column *column = &tables[i]->row[n];
            if (column->name.len == 0 || column->how > PANOS_PROTOCOL)
                continue;
            unsigned field = (unsigned)__builtin_ctzll(column->bit);
            assert_int_equal(record_fields[field].kind, kind_of[column->how]);
            assert_int_equal(record_fields[field].offset, column->offset);
        }
    }
}

/* Rows that are walked through set each field once: nobody looks whether it is set. */
static void fields_once(void **state)
{
    (void)state;
    static const struct panos_columns *const tables[] = {&panos_traffic, &panos_threat};
    for (size_t i = 0; i < COUNT(tables); i++) {
        uint64_t seen = 0;
        for (unsigned n = 0; n < tables[i]->count; n++) {
            const struct panos_column *column = &tables[i]->row[n];
            if (column->name.len == 0 || column->bit == UINT64_C(1) << FIELD_extra)
                continue;
            assert_true((seen & column->bit) == 0);
            seen |= column->bit;
        }
        assert_non_null(tables[i]->walk);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_record), cmocka_unit_test(claims), cmocka_unit_test(long_key),
        cmocka_unit_test(keys),        cmocka_unit_test(kinds),  cmocka_unit_test(fields_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
