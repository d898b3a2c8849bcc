/* What becomes of an alert: tiers, growth, news, end, quiet time, storms, risk, labels. */
#include "tests/detect_testing.h"

static struct shipped_detectors all;
static struct record r;
static struct heard heard;

static int setup(void **state)
{
    struct detect_limits limits = limits_of(32 << 20);
    shipped(&all);
    memset(&heard, 0, sizeof(heard));
    *state = detection_new(all.of, SHIPPED_COUNT, &limits);
    return *state ? 0 : -1;
}

static int teardown(void **state)
{
    detection_free(*state);
    return 0;
}

static struct address inside(unsigned n)
{
    return address_v4(0x0a010000 + n);
}

/* An aborted connection of a source to its n-th service. */
static void abort_one(struct detection *d, unsigned source, unsigned n, int64_t t)
{
    tcp(&r, t, inside(source), address_v4(0x0a800000 + n), 8081, EVIDENCE_ABORTED);
    detect_observe(d, &r, hear, &heard);
}

static void aborts(struct detection *d, unsigned source, unsigned count, int64_t t, int64_t step)
{
    for (unsigned n = 0; n < count; n++)
        abort_one(d, source, n, t + n * step);
}

static void expect_phases(unsigned starts, unsigned ongoing, unsigned ends)
{
    assert_int_equal(heard.phases[ALERT_START], starts);
    assert_int_equal(heard.phases[ALERT_ONGOING], ongoing);
    assert_int_equal(heard.phases[ALERT_END], ends);
}

static void tiers_and_growth(void **state)
{
    aborts(*state, 1, 99, START, 10);
    expect_phases(1, 0, 0);
    char id[ALERT_ID_LEN + 1];
    memcpy(id, latest(&heard)->id, sizeof(id));
    abort_one(*state, 1, 99, START + 1000);
    expect_phases(1, 1, 0);
    assert_int_equal(latest(&heard)->threshold, 100);
    assert_int_equal(latest(&heard)->count, 100);
    assert_int_equal(latest(&heard)->severity, 6);
    assert_int_equal(latest(&heard)->sample_count, ALERT_SAMPLES_MAX);
    assert_string_equal(latest(&heard)->id, id);
    aborts(*state, 1, 499, START + 2000, 10);
    expect_phases(1, 2, 0); /* about 200 services: ten times as many as at the start */
    assert_int_equal(latest(&heard)->threshold, 100);
    assert_in_range(latest(&heard)->count, 180, 220);
    abort_one(*state, 1, 499, START + 8000);
    expect_phases(1, 3, 0);
    assert_int_equal(latest(&heard)->threshold, 500);
    assert_int_equal(latest(&heard)->severity, 8);
    assert_false(latest(&heard)->count_estimated);
    aborts(*state, 1, 25000, START + 10000, 10);
    expect_phases(1, 5, 0); /* 2,000 and 20,000, about */
    assert_true(latest(&heard)->count_estimated);
    assert_in_range(latest(&heard)->count, 18000, 22000);
}

static void news_once_an_hour(void **state)
{
    for (unsigned round = 0; round < 60; round++) /* 20 services, over and over: five hours */
        aborts(*state, 1, 20, START + round * 5 * MINUTE, 10000);
    expect_phases(1, 4, 0);
    detect_tick(*state, START + 6 * HOUR, hear, &heard);
    expect_phases(1, 4, 1);
}

static void end_after_a_window(void **state)
{
    aborts(*state, 1, 20, START, 1000);
    expect_phases(1, 0, 0);
    /* Twenty are in the window until the first leaves it; a whole window later it is over. */
    int64_t end = START + 10 * MINUTE;
    detect_tick(*state, end - 1, hear, &heard);
    expect_phases(1, 0, 0);
    detect_tick(*state, end, hear, &heard);
    expect_phases(1, 0, 1);
    const struct alert *a = latest(&heard);
    assert_int_equal(a->time_ms, end);
    assert_int_equal(a->first_seen_ms, START);
    assert_int_equal(a->last_seen_ms, START + 19000);
    assert_int_equal(a->count, 20);
    assert_int_equal(a->sample_count, 20);
    assert_null(a->record);
    detect_tick(*state, end + DAY, hear, &heard);
    expect_phases(1, 0, 1);
}

/* What an end counts is the whole episode: exactly while no value had to be forgotten, else it says
 * that it is an estimate, below the highest tier too. */
static void ends_tell_what_they_know(void **state)
{
    aborts(*state, 1, 60, START, 1000);
    aborts(*state, 1, 60, START + 2 * MINUTE, 1000); /* the same again */
    detect_tick(*state, START + HOUR, hear, &heard);
    expect_phases(1, 0, 1);
    assert_int_equal(latest(&heard)->count, 60);
    assert_false(latest(&heard)->count_estimated);
    for (unsigned n = 0; n < 400; n++) /* never more than 30 in a window */
        abort_one(*state, 2, n, START + HOUR + n * 10000);
    detect_tick(*state, START + DAY, hear, &heard);
    assert_int_equal(latest(&heard)->phase, ALERT_END);
    assert_true(latest(&heard)->count_estimated);
    assert_in_range(latest(&heard)->count, 370, 430);
    assert_true(latest(&heard)->count < 500);
}

static void sql(struct detection *d, unsigned n, int64_t t, enum evidence evidence)
{
    tcp(&r, t, inside(1), inside(100 + n), 1433, evidence);
    detect_observe(d, &r, hear, &heard);
}

/* What the lower threshold has started counts what that is for, until the other one is met too. */
static void lower_threshold(void **state)
{
    struct detection *d = *state;
    for (unsigned n = 0; n < 5; n++)
        sql(d, n, START + n, EVIDENCE_DATA);
    for (unsigned n = 5; n < 15; n++)
        sql(d, n, START + n, EVIDENCE_REFUSED);
    expect_phases(1, 0, 0);
    assert_int_equal(latest(&heard)->threshold, 10);
    assert_int_equal(latest(&heard)->count, 10);
    assert_int_equal(latest(&heard)->sample_count, 10);
    for (int64_t t = MINUTE; t <= HOUR + MINUTE; t += MINUTE)
        for (unsigned n = 5; n < 15; n++)
            sql(d, n, START + t + n, EVIDENCE_REFUSED);
    expect_phases(1, 1, 0);
    assert_int_equal(latest(&heard)->threshold, 10);
    assert_int_equal(latest(&heard)->count, 10);
    detect_tick(d, START + 2 * HOUR, hear, &heard);
    expect_phases(1, 1, 1);
    assert_int_equal(latest(&heard)->threshold, 10);
    assert_int_equal(latest(&heard)->count, 10);
    assert_false(latest(&heard)->count_estimated);

    for (unsigned n = 0; n < 10; n++)
        sql(d, n, START + DAY + n, EVIDENCE_REFUSED);
    assert_int_equal(latest(&heard)->threshold, 10);
    for (unsigned n = 10; n < 25; n++)
        sql(d, n, START + DAY + n, EVIDENCE_DATA);
    detect_tick(d, START + 2 * DAY, hear, &heard);
    assert_int_equal(latest(&heard)->phase, ALERT_END);
    assert_int_equal(latest(&heard)->threshold, 20);
    assert_int_equal(latest(&heard)->count, 25);
}

static void records_of_others_end_it(void **state)
{
    aborts(*state, 1, 20, START, 1000);
    abort_one(*state, 2, 0, START + 10 * MINUTE - 1);
    expect_phases(1, 0, 0);
    abort_one(*state, 2, 0, START + 10 * MINUTE);
    expect_phases(1, 0, 1);
}

static void the_future_ends_nothing(void **state)
{
    aborts(*state, 1, 20, START, 1000);
    abort_one(*state, 2, 0, START + 700 * DAY); /* one clock is wrong */
    expect_phases(1, 0, 0);
    abort_one(*state, 1, 21, START + 20000);
    assert_true(slice_is(r.detections, "connscan_internal_internal"));
}

static void quiet_time(void **state)
{
    struct detection *d = *state;
    aborts(d, 1, 20, START, 1000);
    aborts(d, 1, 20, START + HOUR, 1000); /* ends the first, is too soon */
    expect_phases(1, 0, 1);
    assert_int_equal(detect_counters(d).suppressed, 1);
    aborts(d, 1, 20, START + 12 * HOUR, 1000); /* 11 hours after the last activity */
    expect_phases(1, 0, 1);
    assert_int_equal(detect_counters(d).suppressed, 2);
    aborts(d, 1, 20, START + 25 * HOUR, 1000); /* 13 hours of quiet */
    expect_phases(2, 0, 1);
    assert_string_not_equal(heard.last[0].id, latest(&heard)->id);
    for (int64_t hours = 26; hours < 25 + 72; hours++) /* never quiet for long */
        aborts(d, 1, 20, START + hours * HOUR, 1000);
    expect_phases(2, 0, 2);
    aborts(d, 1, 20, START + (25 + 72) * HOUR + MINUTE, 1000); /* but in any case after 72 h */
    expect_phases(3, 0, 2);
}

static void one_state_a_group(void **state)
{
    for (unsigned target = 0; target < 3; target++) /* the second target is not hidden */
        for (unsigned n = 0; n < 20; n++) {
            tcp(&r, START + n, inside(1), inside(50 + target), (uint16_t)(600 + n),
                EVIDENCE_DENIED);
            detect_observe(*state, &r, hear, &heard);
        }
    expect_phases(3, 0, 0);
    assert_string_equal(latest(&heard)->group[1].name, "dst_ip");
    assert_string_equal(latest(&heard)->group[1].text, "10.1.0.52");
    assert_string_equal(latest(&heard)->summary, "Internal port scan from IP: 10.1.0.1");
}

static void replay_gives_the_same_ids(void **state)
{
    struct heard first;
    struct detect_limits limits = limits_of(8 << 20);
    limits.key[3] = 77;
    aborts(*state, 1, 20, START, 1000);
    first = heard;
    memset(&heard, 0, sizeof(heard));
    struct detection *other = detection_new(all.of, SHIPPED_COUNT, &limits);
    aborts(other, 1, 20, START, 1000);
    assert_string_equal(first.last[0].id, heard.last[0].id);
    assert_int_equal(first.last[0].sample_count, heard.last[0].sample_count);
    for (unsigned i = 0; i < first.last[0].sample_count; i++)
        assert_string_equal(first.last[0].samples[i].text, heard.last[0].samples[i].text);
    detection_free(other);
}

static void storm(void **state)
{
    for (unsigned source = 0; source < 3000; source++)
        aborts(*state, source, 20, START, 1);
    /* 1,000 starts, one alert about the storm. */
    expect_phases(1001, 0, 0);
    assert_string_equal(latest(&heard)->detector->name, "detector_storm");
    assert_string_equal(latest(&heard)->group[0].text, "connscan_internal_internal");
    assert_int_equal(latest(&heard)->count, 1001);
    assert_int_equal(detect_counters(*state).storms, 2000);
    for (unsigned source = 3000; source < 5000; source++) /* the next minute: told once more */
        aborts(*state, source, 20, START + MINUTE, 1);
    expect_phases(1002, 0, 0);
    assert_int_equal(latest(&heard)->count, 3000);
    aborts(*state, 5000, 20, START + 2 * MINUTE, 1); /* and what came of that */
    aborts(*state, 5001, 20, START + 3 * MINUTE, 1); /* it was calm: told, and over */
    aborts(*state, 5002, 20, START + 4 * MINUTE, 1);
    assert_string_equal(latest(&heard)->detector->name, "connscan_internal_internal");
    assert_string_equal(latest(&heard)->group[0].text, "10.1.19.138");
    abort_one(*state, 2500, 20, START + 4 * MINUTE); /* what was withheld is still there */
    assert_string_equal(latest(&heard)->group[0].text, "10.1.9.196");
}

static void labels(void **state)
{
    aborts(*state, 1, 20, START, 1000);
    tcp(&r, START + 30000, inside(1), inside(9), 443, EVIDENCE_DATA); /* anything of that source */
    detect_observe(*state, &r, hear, &heard);
    assert_true(slice_is(r.detections, "connscan_internal_internal"));
    assert_int_equal(r.risk, 2);
    for (unsigned n = 0; n < 10; n++) {
        tcp(&r, START + 40000 + n, inside(1), inside(100 + n), 1433, EVIDENCE_REFUSED);
        detect_observe(*state, &r, hear, &heard);
    }
    assert_true(slice_is(r.detections, "connscan_internal_internal,port_1433_scanning_internal"));
    assert_true(slice_is(r.techniques, "T1046"));
    assert_int_equal(r.risk, 5);
    tcp(&r, START + 50000, inside(2), inside(1), 443, EVIDENCE_DATA); /* not of its destination */
    detect_observe(*state, &r, hear, &heard);
    assert_false(RECORD_HAS(&r, detections) || RECORD_HAS(&r, risk));
    detect_tick(*state, START + HOUR, hear, &heard);
    expect_phases(2, 0, 2);
    tcp(&r, START + HOUR, inside(1), inside(9), 443, EVIDENCE_DATA); /* over; the risk stays */
    detect_observe(*state, &r, hear, &heard);
    assert_false(RECORD_HAS(&r, detections));
    assert_int_equal(r.risk, 5);
    tcp(&r, START + 15 * DAY, inside(1), inside(9), 443, EVIDENCE_DATA);
    detect_observe(*state, &r, hear, &heard);
    assert_false(RECORD_HAS(&r, risk));
}

/* Distinct detectors add up, the same one twice does not; crossing the threshold is told once. */
static void insights(void **state)
{
    struct detector detectors[5];
    struct port_set sets[5] = {{{0}}};
    static const char *const names[] = {"a", "b", "c", "d", "e"};
    struct detect_limits limits = limits_of(8 << 20);
    (void)state;
    for (unsigned i = 0; i < 5; i++) {
        detectors[i] = detector_like(names[i], DETECTOR_VALUE_COUNT);
        detectors[i].where.any_protocol = true;
        detectors[i].where.dst_port = &sets[i];
        ports(&sets[i], 100 * i + 1, 100 * i + 99);
        detectors[i].score = 4;
        detectors[i].entities[1] = FIELD_src_user;
        detectors[i].entity_count = 2;
    }
    struct detection *d = detection_new(detectors, 5, &limits);
    for (unsigned i = 0; i < 5; i++)
        for (unsigned source = 0; source < 2; source++)
            for (unsigned n = 0; n < 20; n++) {
                tcp(&r, START + i * HOUR, inside(source), inside(99), (uint16_t)(100 * i + 1 + n),
                    EVIDENCE_DENIED);
                if (source == 1)
                    record_set_src_user(&r, slice("alice"));
                detect_observe(d, &r, hear, &heard);
                if (heard.count && i == 2 && n == 19 && source == 0) {
                    assert_string_equal(latest(&heard)->detector->name, "insight");
                    assert_string_equal(latest(&heard)->group[0].name, "src_ip");
                    assert_string_equal(latest(&heard)->group[0].text, "10.1.0.0");
                    assert_int_equal(latest(&heard)->risk, 12);
                    assert_int_equal(latest(&heard)->sample_count, 3);
                    assert_string_equal(latest(&heard)->samples[2].text, "c");
                    assert_string_equal(latest(&heard)->summary,
                                        "10.1.0.0 has reached the risk threshold: a b c");
                }
            }
    assert_int_equal(heard.phases[ALERT_START], 10 + 3); /* two addresses and alice, once each */
    assert_int_equal(r.risk, 20);
    detection_free(d);
}

static void faults(void **state)
{
    const char *expected;
    struct detector d = detector_like("x", DETECTOR_VALUE_COUNT);
    struct detect_limits limits = limits_of(1 << 20);
    (void)state;
    assert_null(detector_fault(&d, 60000, &expected));
    d.timespan_ms = 62000; /* not longer than what may come late */
    assert_non_null(detector_fault(&d, 60000, &expected));
    assert_null(detection_new(&d, 1, &limits));
    d.timespan_ms = 4 * DAY;
    assert_non_null(detector_fault(&d, 60000, &expected));
    d = detector_like("x", DETECTOR_VALUE_COUNT);
    d.tiers[0].gte = 0;
    assert_non_null(detector_fault(&d, 60000, &expected));
    d.tiers[0].gte = 20000;
    assert_non_null(detector_fault(&d, 60000, &expected));
    d = detector_like("x", DETECTOR_VALUE_COUNT);
    d.group_count = 0;
    assert_non_null(detector_fault(&d, 60000, &expected));
    d.group_count = 1;
    d.group_by[0] = DETECT_SERVICE;
    assert_non_null(detector_fault(&d, 60000, &expected));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(tiers_and_growth, setup, teardown),
        cmocka_unit_test_setup_teardown(news_once_an_hour, setup, teardown),
        cmocka_unit_test_setup_teardown(end_after_a_window, setup, teardown),
        cmocka_unit_test_setup_teardown(ends_tell_what_they_know, setup, teardown),
        cmocka_unit_test_setup_teardown(lower_threshold, setup, teardown),
        cmocka_unit_test_setup_teardown(records_of_others_end_it, setup, teardown),
        cmocka_unit_test_setup_teardown(the_future_ends_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(quiet_time, setup, teardown),
        cmocka_unit_test_setup_teardown(one_state_a_group, setup, teardown),
        cmocka_unit_test_setup_teardown(replay_gives_the_same_ids, setup, teardown),
        cmocka_unit_test_setup_teardown(storm, setup, teardown),
        cmocka_unit_test_setup_teardown(labels, setup, teardown),
        cmocka_unit_test_setup_teardown(insights, setup, teardown),
        cmocka_unit_test(faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
