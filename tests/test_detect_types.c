/* Records counted once, sequences, texts and networks in predicates and groups, coverage gaps. */
#include "tests/detect_testing.h"

#include <stdio.h>

static struct record r;
static struct heard heard;

static struct detection *engine(const struct detector *detectors, unsigned count)
{
    struct detect_limits limits = limits_of(8 << 20);
    memset(&heard, 0, sizeof(heard));
    struct detection *d = detection_new(detectors, count, &limits);
    assert_non_null(d);
    return d;
}

static void observe(struct detection *d)
{
    detect_observe(d, &r, hear, &heard);
}

static struct address inside(unsigned n)
{
    return address_v4(0x0a010000 + n);
}

static struct detector denies(unsigned gte)
{
    struct detector d = detector_like("denies", DETECTOR_EVENT_COUNT);
    d.where = (struct predicate){.any_protocol = true, .evidence = 1 << EVIDENCE_DENIED};
    d.tiers[0].gte = gte;
    return d;
}

/* One connection's event is one record, whoever relays it and however often. */
static void records_count_once(void **state)
{
    (void)state;
    struct detector detector = denies(3);
    struct detection *d = engine(&detector, 1);
    for (unsigned n = 0; n < 10; n++) {
        tcp(&r, START + n * 1000, inside(7), inside(8), 22, EVIDENCE_DENIED);
        record_set_event_id(&r, slice("302014"));
        record_set_session_id(&r, slice("4711"));
        observe(d);
    }
    assert_int_equal(heard.count, 0);
    r.session_id = slice("4712"); /* another connection */
    observe(d);
    assert_int_equal(heard.count, 0);
    r.event_id = slice("106023"); /* another phase of it */
    observe(d);
    assert_int_equal(heard.count, 1);
    assert_int_equal(latest(&heard)->count, 3);
    assert_int_equal(latest(&heard)->sample_count, 0);
    detection_free(d);
}

/* Without a connection's name: the time, addresses, ports and protocol; "0" is no name. */
static void records_without_a_connection(void **state)
{
    (void)state;
    struct detector detector = denies(5);
    struct detection *d = engine(&detector, 1);
    for (unsigned n = 0; n < 6; n++) {
        tcp(&r, START, inside(7), inside(8), 22, EVIDENCE_DENIED);
        if (n % 2)
            record_set_session_id(&r, slice("0"));
        observe(d);
    }
    r.time++;
    observe(d);
    r.src_port++;
    observe(d);
    r.host = slice("fw2.example.com");
    observe(d);
    assert_int_equal(heard.count, 0);
    r.dst_ip = inside(9);
    observe(d);
    assert_int_equal(heard.count, 1);
    detection_free(d);
}

static void windows_of_records(void **state)
{
    (void)state;
    struct detector detector = denies(20);
    struct detection *d = engine(&detector, 1);
    for (int late = 1; late >= 0; late--) {
        int64_t begin = START + (1 - late) * HOUR;
        for (unsigned n = 0; n < 20; n++) {
            tcp(&r, n == 19 ? begin + 5 * MINUTE - 1 + late : begin + n, inside(7), inside(8), 22,
                EVIDENCE_DENIED);
            observe(d);
        }
        assert_int_equal(heard.count, !late);
    }
    detection_free(d);
}

/* ---- texts and what is missing */

static void grouped_by_texts(void **state)
{
    (void)state;
    static const char *const users[] = {"EXAMPLE\\ada", "EXAMPLE\\bob"};
    struct detector detector = denies(4);
    detector.group_by[0] = DETECT_SRC_USER;
    detector.group_by[1] = DETECT_DEVICE;
    detector.group_count = 2;
    struct detection *d = engine(&detector, 1);
    for (unsigned n = 0; n < 8; n++) { /* from as many addresses */
        tcp(&r, START + n, inside(7 + n), inside(99), 22, EVIDENCE_DENIED);
        if (n != 3)
            record_set_src_user(&r, slice(users[n % 2]));
        observe(d);
    }
    assert_int_equal(heard.count, 1);
    const struct alert *a = latest(&heard);
    assert_string_equal(a->group[0].name, "src_user");
    assert_string_equal(a->group[0].text, "EXAMPLE\\ada");
    assert_string_equal(a->group[1].name, "device");
    assert_string_equal(a->group[1].text, "fw.example.com");
    detection_free(d);
}

static void long_texts(void **state)
{
    (void)state;
    char name[128];
    struct detector detector = denies(1);
    detector.group_by[0] = DETECT_SRC_HOST;
    struct detection *d = engine(&detector, 1);
    for (unsigned n = 0; n < 2; n++) { /* they differ where nothing is shown any more */
        memset(name, 'x', sizeof(name));
        memcpy(name + 54, "\303\274", 2);
        name[100] = (char)('a' + n);
        tcp(&r, START + n, inside(7), inside(99), 22, EVIDENCE_DENIED);
        record_set_src_host(&r, slice_make(name, 101));
        observe(d);
        assert_int_equal(heard.count, n + 1);
        assert_int_equal(strlen(latest(&heard)->group[0].text), 54); /* no half characters */
    }
    detection_free(d);
}

static void missing_members(void **state)
{
    (void)state;
    struct detector detector = denies(1);
    detector.where = (struct predicate){.any_protocol = true, .categories = 1 << CATEGORY_SCAN};
    detector.group_by[1] = DETECT_EVENT_ID;
    detector.group_count = 2;
    for (int keep = 0; keep < 2; keep++) {
        detector.keep_missing = keep;
        struct detection *d = engine(&detector, 1);
        record_reset(&r);
        record_set_time(&r, START);
        record_set_category(&r, CATEGORY_SCAN);
        record_set_event_id(&r, slice("733100"));
        observe(d);
        assert_int_equal(heard.count, keep);
        if (keep)
            assert_string_equal(latest(&heard)->group[0].text, "-");
        r.category = CATEGORY_SYSTEM;
        r.event_id = slice("733101");
        observe(d);
        assert_int_equal(heard.count, keep);
        detection_free(d);
    }
}

/* ---- networks and ICMP */

static bool matches(struct predicate where)
{
    struct detector detector = denies(1);
    detector.where = where;
    struct detection *d = engine(&detector, 1);
    uint64_t mask = detect_matching(d, &r);
    detection_free(d);
    return mask == 1;
}

static void networks_in_predicates(void **state)
{
    (void)state;
    tcp(&r, START, inside(7), inside(8), 22, EVIDENCE_DENIED);
    r.src_lists = 4 | 1;
    r.dst_lists = 8 | 1;
    assert_true(matches((struct predicate){.any_protocol = true, .src_networks = 6}));
    assert_false(matches((struct predicate){.any_protocol = true, .src_networks = 8}));
    assert_true(matches((struct predicate){.any_protocol = true, .dst_networks = 8}));
    assert_false(matches((struct predicate){.any_protocol = true, .dst_networks = 4}));
    assert_false(matches((struct predicate){.any_protocol = true, .not_src_networks = 4}));
    assert_true(matches((struct predicate){.any_protocol = true, .not_dst_networks = 4}));
    assert_true(matches(
        (struct predicate){.any_protocol = true, .listed = 8, .listed_side = LISTED_DESTINATION}));
    assert_false(matches((struct predicate){
        .any_protocol = true, .not_listed = 8, .listed_side = LISTED_DESTINATION}));
    assert_false(matches((struct predicate){.any_protocol = true, .classes = CLASS_UNKNOWN}));
    r.has &= ~(UINT64_C(1) << FIELD_dst_ip);
    assert_true(matches((struct predicate){.any_protocol = true, .classes = CLASS_UNKNOWN}));
    assert_true(matches((struct predicate){.any_protocol = true}));
}

static void icmp_types(void **state)
{
    (void)state;
    struct predicate echo = {.any_protocol = true, .by_icmp_type = true, .icmp_types = {1 << 8}};
    echo.icmp_types[2] = 1; /* 128 */
    tcp(&r, START, inside(7), inside(8), 22, EVIDENCE_DENIED);
    r.protocol = PROTOCOL_ICMP;
    assert_true(matches(echo)); /* it does not say */
    record_set_icmp_type(&r, 8);
    assert_true(matches(echo));
    r.icmp_type = 128;
    assert_true(matches(echo));
    r.icmp_type = 0;
    assert_false(matches(echo));
    r.icmp_type = 256 + 8;
    assert_false(matches(echo));
}

/* ---- scan, then success */

enum { SCAN, SUCCESS, TYPES };
static struct detector both[TYPES];

static struct detection *scan_then_success(void)
{
    static const char *const after[] = {"scan", "not in force", NULL};
    both[SCAN] = detector_like("scan", DETECTOR_VALUE_COUNT);
    both[SCAN].where = (struct predicate){.any_protocol = true, .evidence = 1 << EVIDENCE_ABORTED};
    both[SUCCESS] = detector_like("success", DETECTOR_SEQUENCE);
    both[SUCCESS].where = (struct predicate){.any_protocol = true, .evidence = 1 << EVIDENCE_DATA};
    both[SUCCESS].after = after;
    both[SUCCESS].tiers[0].gte = 1;
    both[SUCCESS].timespan_ms = HOUR;
    return engine(both, TYPES);
}

static void probes(struct detection *d, unsigned count, unsigned port, int64_t t)
{
    for (unsigned n = 0; n < count; n++) {
        tcp(&r, t + n * 1000, inside(7), inside(100 + n), (uint16_t)port, EVIDENCE_ABORTED);
        observe(d);
    }
}

static void talks(struct detection *d, unsigned from, unsigned to, unsigned port, int64_t t)
{
    tcp(&r, t, inside(from), inside(to), (uint16_t)port, EVIDENCE_DATA);
    observe(d);
}

static void success_after_a_scan(void **state)
{
    (void)state;
    struct detection *d = scan_then_success();
    probes(d, 25, 22, START);
    assert_int_equal(heard.count, 1);
    talks(d, 7, 100, 23, START + MINUTE); /* another port, another host, another source */
    talks(d, 7, 99, 22, START + MINUTE);
    talks(d, 8, 100, 22, START + MINUTE);
    assert_int_equal(heard.count, 1);
    talks(d, 7, 100, 22, START + MINUTE); /* of the window that fired */
    assert_int_equal(heard.count, 2);
    const struct alert *a = latest(&heard);
    assert_string_equal(a->detector->name, "success");
    assert_string_equal(a->group[0].text, "10.1.0.7");
    assert_string_equal(a->samples[0].text, "10.1.0.100:22/tcp");
    assert_int_equal(a->count, 1);
    assert_int_equal(a->evidence, 1 << EVIDENCE_DATA);
    assert_true(slice_is(r.detections, "scan,success"));
    detection_free(d);
}

static void success_later_in_the_scan(void **state)
{
    (void)state;
    struct detection *d = scan_then_success();
    probes(d, 25, 22, START);
    talks(d, 7, 124, 22, START + MINUTE); /* probed after the alert */
    assert_int_equal(heard.count, 2);
    detection_free(d);
}

static void too_little_or_too_late(void **state)
{
    (void)state;
    struct detection *d = scan_then_success();
    probes(d, 19, 22, START); /* no scan yet */
    talks(d, 7, 100, 22, START + 20000);
    assert_int_equal(heard.count, 0);
    probes(d, 20, 22, START + 30000);
    assert_int_equal(heard.count, 1);
    talks(d, 7, 100, 22, START + 30000 + HOUR); /* 100 was probed an hour ago, to the millisecond */
    assert_int_equal(heard.phases[ALERT_START], 1);
    talks(d, 7, 101, 22, START + 30000 + HOUR); /* 101 a second less */
    assert_int_equal(heard.phases[ALERT_START], 2);
    detection_free(d);
}

/* A scan in the quiet time after another is not told, but what follows from it is. */
static void success_after_a_muted_scan(void **state)
{
    (void)state;
    struct detection *d = scan_then_success();
    probes(d, 20, 22, START);
    probes(d, 22, 23, START + 3 * HOUR);
    assert_int_equal(heard.phases[ALERT_START], 1);
    talks(d, 7, 100, 23, START + 3 * HOUR + MINUTE);
    assert_int_equal(heard.phases[ALERT_START], 2);
    talks(d, 7, 121, 23, START + 3 * HOUR + MINUTE);
    detect_tick(d, START + 12 * HOUR, hear, &heard);
    assert_string_equal(latest(&heard)->detector->name, "success");
    assert_int_equal(latest(&heard)->phase, ALERT_END);
    detection_free(d);
}

/* What a detector of pairs has seen: host by the group, port by the value. */
static void success_after_a_scan_of_ports(void **state)
{
    (void)state;
    struct detection *d = scan_then_success();
    detection_free(d);
    both[SCAN].group_by[1] = DETECT_DST_IP;
    both[SCAN].group_count = 2;
    both[SCAN].counted = DETECT_DST_PORT;
    d = engine(both, TYPES);
    for (unsigned n = 0; n < 20; n++) {
        tcp(&r, START + n, inside(7), inside(50), (uint16_t)(20 + n), EVIDENCE_ABORTED);
        observe(d);
    }
    assert_int_equal(heard.count, 1);
    talks(d, 7, 51, 22, START + MINUTE);
    talks(d, 7, 50, 45, START + MINUTE);
    assert_int_equal(heard.count, 1);
    talks(d, 7, 50, 22, START + MINUTE);
    assert_int_equal(heard.count, 2);
    detection_free(d);
}

/* A scan of more targets than are kept: the last ones are, and memory is bounded. */
static void more_targets_than_are_kept(void **state)
{
    (void)state;
    struct detection *d = scan_then_success();
    for (unsigned n = 0; n < 30000; n++) {
        tcp(&r, START + n * 10, inside(7), inside(1000 + n), 22, EVIDENCE_ABORTED);
        observe(d);
    }
    unsigned starts = heard.phases[ALERT_START];
    talks(d, 7, 1000 + 30000 - 500, 22, START + 6 * MINUTE);
    assert_int_equal(heard.phases[ALERT_START], starts + 1);
    assert_true(detect_counters(d).evicted_values > 0);
    detection_free(d);
}

static void faults_of_sequences(void **state)
{
    (void)state;
    const char *expected;
    detection_free(scan_then_success());
    struct detector wrong = both[SUCCESS];
    assert_null(detector_fault(&wrong, 60000, &expected));
    wrong.group_by[0] = DETECT_DST_IP;
    assert_string_equal(detector_fault(&wrong, 60000, &expected), "group-by");
    wrong = both[SUCCESS];
    wrong.after = NULL;
    assert_string_equal(detector_fault(&wrong, 60000, &expected), "after");
    wrong = both[SUCCESS];
    wrong.has_also = true;
    wrong.also_gte = 1;
    assert_string_equal(detector_fault(&wrong, 60000, &expected), "also");
    wrong = both[SUCCESS];
    wrong.counted = DETECT_SRC_USER;
    assert_string_equal(detector_fault(&wrong, 60000, &expected), "condition.field");
}

/* ---- coverage gaps */

static unsigned lines_until_gap(struct detection *d, const char *host, enum evidence evidence,
                                unsigned most)
{
    unsigned before = heard.count;
    for (unsigned n = 0; n < most; n++) {
        tcp(&r, START + n, inside(n % 250), inside(300), 443, evidence);
        record_set_host(&r, slice(host));
        r.src_port = (uint16_t)(1024 + n);
        observe(d);
        if (heard.count > before)
            return n + 1;
    }
    return 0;
}

static void gaps_are_told_once(void **state)
{
    (void)state;
    struct detector detector = denies(10000);
    struct detection *d = engine(&detector, 1);
    assert_in_range(lines_until_gap(d, "fw1", EVIDENCE_NONE, 10000), 4000, 4200);
    const struct alert *a = latest(&heard);
    assert_string_equal(a->detector->name, "coverage_gap");
    assert_string_equal(a->group[0].name, "device");
    assert_string_equal(a->group[0].text, "fw1");
    assert_int_equal(lines_until_gap(d, "fw1", EVIDENCE_NONE, 100000), 0);
    assert_in_range(lines_until_gap(d, "fw2", EVIDENCE_UNKNOWN, 10000), 4000, 4200);
    assert_int_equal(lines_until_gap(d, "fw3", EVIDENCE_DENIED, 60000), 0);
    assert_int_equal(lines_until_gap(d, "fw4", EVIDENCE_DATA, 100), 0);
    assert_int_equal(lines_until_gap(d, "fw4", EVIDENCE_NONE, 100000), 0);
    assert_in_range(detect_counters(d).alerts[ALERT_START], 2, 3);
    detection_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_count_once),
        cmocka_unit_test(records_without_a_connection),
        cmocka_unit_test(windows_of_records),
        cmocka_unit_test(grouped_by_texts),
        cmocka_unit_test(long_texts),
        cmocka_unit_test(missing_members),
        cmocka_unit_test(networks_in_predicates),
        cmocka_unit_test(icmp_types),
        cmocka_unit_test(success_after_a_scan),
        cmocka_unit_test(success_later_in_the_scan),
        cmocka_unit_test(too_little_or_too_late),
        cmocka_unit_test(success_after_a_muted_scan),
        cmocka_unit_test(success_after_a_scan_of_ports),
        cmocka_unit_test(more_targets_than_are_kept),
        cmocka_unit_test(faults_of_sequences),
        cmocka_unit_test(gaps_are_told_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
