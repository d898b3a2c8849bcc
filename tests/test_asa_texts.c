/* Cisco ASA: endpoints and marks of all sorts, what is broken, and every sample line at every shorter
 * length. */
#include "tests/asa_setup.h"

#include <dirent.h>

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

static void survives_changed_bytes(void **state)
{
    (void)state;
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
        cmocka_unit_test(endpoints_of_all_sorts), cmocka_unit_test(marks_of_all_sorts),
        cmocka_unit_test(claims_only_its_own),    cmocka_unit_test(what_is_not_known_or_broken),
        cmocka_unit_test(unwraps_repeats),        cmocka_unit_test(every_prefix_of_every_sample),
        cmocka_unit_test(survives_changed_bytes),
    };
    return run_group("asa texts", tests, sizeof(tests) / sizeof(tests[0]));
}
