/*
 * The shipped detectors all together, as they are built in: what must stay silent, and a flood of
 * forged sources with scans in it. What each finds is in samples/detect and in the flows' truth.
 */
#include "server/rules.h"
#include "tests/detect_testing.h"

#include <stdio.h>

static struct config *config;
static struct rules *rules;
static struct detection *detection;
static struct record r;
static struct heard heard;
static unsigned starts_of_scanner, starts_inside;
static uint32_t scanner;

static void complain(void *context, const char *sentence)
{
    (void)context;
    fail_msg("%s", sentence);
}

static void on_alerts(void *context, const struct alert *alert)
{
    hear(context, alert);
    struct address a;
    if (alert->phase != ALERT_START || !slice_is(slice(alert->group[0].name), "src_ip") ||
        !address_parse(slice(alert->group[0].text), &a))
        return;
    starts_of_scanner += address_equals(a, address_v4(scanner));
    starts_inside += a.lo >> 24 == (UINT64_C(0xffff0a000000) >> 24);
}

static void begin(size_t memory)
{
    unsigned complaints = 0;
    config = config_load(NULL, complain, NULL, &complaints);
    assert_int_equal(complaints, 0);
    rules = rules_new(config, NULL);
    assert_non_null(rules);
    struct detect_limits limits = limits_of(memory);
    memset(&heard, 0, sizeof(heard));
    starts_of_scanner = starts_inside = 0;
    detection = detection_new(rules->detectors, rules->detector_count, &limits);
    assert_non_null(detection);
}

static void end(void)
{
    detection_free(detection);
    rules_free(rules);
    config_free(config);
}

static void observe(void)
{
    detect_observe(detection, &r, on_alerts, &heard);
}

static void they_fit(void **state)
{
    (void)state;
    begin(8 << 20);
    assert_in_range(rules->detector_count, 24, DETECTOR_MAX);
    for (unsigned i = 0; i < rules->detector_count; i++) {
        const struct detector *d = &rules->detectors[i];
        if (!d->summary[0] || !d->explanation[0] || !d->next_steps[0] || !d->techniques[0] ||
            !d->tactics[0] || d->entity_count == 0)
            fail_msg("%s says too little", d->name);
    }
    end();
}

/* Everyday traffic that is all data matches hardly anything: that is what most lines cost. */
static void most_records_match_nothing(void **state)
{
    (void)state;
    begin(8 << 20);
    static const uint32_t ends[][2] = {{0x0a010007, 0xc6336407}, {0xc6336407, 0x0a010007}};
    for (unsigned i = 0; i < 2; i++)
        for (unsigned evidence = 0; evidence < 2; evidence++) {
            tcp(&r, START, address_v4(ends[i][0]), address_v4(ends[i][1]), 443,
                evidence ? EVIDENCE_DATA : EVIDENCE_NONE);
            assert_int_equal(detect_matching(detection, &r), 0);
        }
    end();
}

/*
 * Forged sources, each with one refused connection: a 32nd of 100,000 a second in a 32nd
 * of the memory. A scanner among them, one service in five seconds, is found by its 30th; a scan
 * inside at its 25th.
 */
static void a_flood_hides_nobody(void **state)
{
    (void)state;
    begin(8 << 20);
    scanner = 0xc6336407;
    uint32_t noise = 0;
    for (unsigned probe = 0; probe < 40; probe++) {
        int64_t t = START + probe * 5000;
        for (unsigned n = 0; n < 15625; n++, noise++) {
            tcp(&r, t + n * 5000 / 15625, address_v4(0xcb000000 + noise), address_v4(0x0a000001),
                22, EVIDENCE_DENIED);
            observe();
        }
        tcp(&r, t + 5000, address_v4(scanner), address_v4(0x0a000100 + probe), 8006,
            EVIDENCE_DENIED);
        observe();
        if (probe == 29)
            assert_true(starts_of_scanner > 0);
        tcp(&r, t + 5000, address_v4(0x0a010007), address_v4(0x0a000100 + probe), 8006,
            EVIDENCE_DENIED);
        observe();
        if (probe == 24)
            assert_true(starts_inside > 0);
    }
    struct detect_counters c = detect_counters(detection);
    assert_true(c.evicted_groups > 0);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_fit),
        cmocka_unit_test(most_records_match_nothing),
        cmocka_unit_test(a_flood_hides_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
