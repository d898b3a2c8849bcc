/* Records in rounds are counted, told and labelled as if they had come one after the other. */
#include "tests/detect_testing.h"

#define RECORDS 200000

static uint64_t state = 7;

static uint64_t next(void)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return state >> 33;
}

static struct shipped_detectors all;
static struct detector detectors[SHIPPED_COUNT + 2];

static void make_detectors(void)
{
    static const char *const after[] = {"internal_port_scan", "connscan_internal_internal", NULL};
    shipped(&all);
    memcpy(detectors, all.of, sizeof(all.of));
    struct detector *denies = &detectors[SHIPPED_COUNT], *success = &detectors[SHIPPED_COUNT + 1];
    *denies = detector_like("denies", DETECTOR_EVENT_COUNT);
    denies->where.any_protocol = true;
    denies->where.evidence = UINT32_C(1) << EVIDENCE_DENIED;
    *success = detector_like("success", DETECTOR_SEQUENCE);
    success->where.any_protocol = true;
    success->where.evidence = UINT32_C(1) << EVIDENCE_DATA;
    success->after = after;
    success->tiers[0].gte = 1;
    success->timespan_ms = HOUR;
    for (unsigned i = 0; i < SHIPPED_COUNT + 2; i++)
        detectors[i].suppress_ms = detectors[i].suppress_max_ms = 10 * MINUTE;
}

/* Few scanners among many who are harmless; now and then hours go by, and every time is a little off. */
static void make_record(struct record *r, int64_t *t)
{
    static const enum evidence evidence[] = {EVIDENCE_NONE, EVIDENCE_ABORTED, EVIDENCE_DATA,
                                             EVIDENCE_REFUSED, EVIDENCE_DENIED};
    bool scans = next() % 3 == 0;
    uint32_t source =
        (next() % 4 ? 0x0a000000 : 0xcb000000) + (uint32_t)(next() % (scans ? 6 : 9000));
    uint32_t target = 0x0a010000 + (uint32_t)(next() % (scans ? 3 : 500));
    *t += (int64_t)(next() % 400) + (next() % 4000 == 0 ? 2 * HOUR : 0);
    tcp(r, *t - (int64_t)(next() % 20000), address_v4(source), address_v4(target),
        (uint16_t)(scans ? 1 + next() % 900 : 443), evidence[next() % (scans ? 5 : 3)]);
    record_set_src_port(r, (uint16_t)(1024 + next() % 60000));
    if (next() % 50 == 0)
        r->has &= ~(UINT64_C(1) << FIELD_time); /* it cannot be counted */
}

/* What has been told, and after how many records each. */
struct told {
    unsigned count, observed;
    struct {
        unsigned observed;
        char id[ALERT_ID_LEN];
        enum alert_phase phase;
        uint64_t count, risk;
        int64_t time_ms;
    } of[20000];
};

static void tell(void *context, const struct alert *alert)
{
    struct told *told = context;
    assert_true(told->count < sizeof(told->of) / sizeof(told->of[0]));
    told->of[told->count].observed = told->observed;
    memcpy(told->of[told->count].id, alert->id, ALERT_ID_LEN);
    told->of[told->count].phase = alert->phase;
    told->of[told->count].count = alert->count;
    told->of[told->count].risk = alert->risk;
    told->of[told->count++].time_ms = alert->time_ms;
}

static void observed(void *context)
{
    ((struct told *)context)->observed++;
}

static void compare_labels(const struct record *a, const struct record *b)
{
    assert_int_equal(a->has, b->has);
    assert_int_equal(a->counted, b->counted);
    if (RECORD_HAS(a, risk))
        assert_int_equal(a->risk, b->risk);
    if (RECORD_HAS(a, detections))
        assert_true(slice_equals(a->detections, b->detections));
}

static void rounds_of_all_sizes(void **context)
{
    (void)context;
    static struct record one[DETECT_ROUND], round[DETECT_ROUND];
    static struct told singly, together;
    struct detect_limits limits = limits_of(1 << 18);
    make_detectors();
    struct detection *a = detection_new(detectors, SHIPPED_COUNT + 2, &limits);
    struct detection *b = detection_new(detectors, SHIPPED_COUNT + 2, &limits);
    assert_true(a && b);
    int64_t t = START;
    for (unsigned done = 0; done < RECORDS;) {
        struct record *records[DETECT_ROUND];
        unsigned n = (unsigned)(next() % (DETECT_ROUND + 1));
        for (unsigned i = 0; i < n; i++) {
            make_record(&one[i], &t);
            memcpy(&round[i], &one[i], sizeof(one[i]));
            records[i] = next() % 20 ? &round[i] : NULL;
            if (records[i])
                detect_observe(a, &one[i], tell, &singly);
            observed(&singly);
        }
        detect_round(b, records, n, tell, observed, &together);
        for (unsigned i = 0; i < n; i++)
            if (records[i])
                compare_labels(&one[i], &round[i]);
        done += n;
    }
    assert_int_equal(singly.observed, together.observed);
    assert_int_equal(singly.count, together.count);
    assert_memory_equal(&singly, &together, sizeof(singly));
    struct detect_counters c = detect_counters(a), d = detect_counters(b);
    assert_memory_equal(&c, &d, sizeof(c));
    assert_true(c.alerts[ALERT_START] > 100 && c.alerts[ALERT_END] > 100 && c.evicted_groups > 0);
    detection_free(a);
    detection_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rounds_of_all_sizes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
