/* Bounded memory under hostile traffic, and several threads at once. */
#include "tests/detect_testing.h"

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static struct shipped_detectors all;
static struct record r;
static struct heard heard;

static struct detection *engine(size_t memory, unsigned pairs)
{
    struct detect_limits limits = limits_of(memory);
    limits.pairs_per_source = pairs;
    shipped(&all);
    memset(&heard, 0, sizeof(heard));
    struct detection *d = detection_new(all.of, SHIPPED_COUNT, &limits);
    assert_non_null(d);
    return d;
}

static void aborted(struct detection *d, uint32_t source, uint32_t target, uint16_t port, int64_t t)
{
    tcp(&r, t, address_v4(source), address_v4(target), port, EVIDENCE_ABORTED);
    if (source >> 24 != 10)
        r.has &= ~(UINT64_C(1) << FIELD_action); /* not to open a port each time */
    detect_observe(d, &r, hear, &heard);
}

static long resident_kb(void)
{
    char text[64] = "";
    FILE *f = fopen("/proc/self/statm", "r");
    long total = 0, resident = 0;
    if (f && fgets(text, sizeof(text), f))
        (void)sscanf(text, "%ld %ld", &total, &resident);
    if (f)
        fclose(f);
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

/* A million sources, each with two services, and nobody is pushed out. */
static void a_million_groups(void **state)
{
    (void)state;
    struct detection *d = engine((size_t)256 << 20, 1024);
    for (uint16_t port = 1; port <= 2; port++)
        for (uint32_t n = 0; n < 1000000; n++) /* half inside, half outside */
            aborted(d, (n % 2 ? 0x0a000000 : 0xcb000000) + n, 0x0a000001, (uint16_t)(5000 + port),
                    START + n / 5000);
    struct detect_counters c = detect_counters(d);
    assert_int_equal(c.groups, 1000000);
    assert_int_equal(c.evicted_groups, 0);
    assert_int_equal(c.evicted_values, 0);
    detection_free(d);
}

/* The Internet floods; a slow scan inside, one service in 15 seconds, is found all the same. */
static void flood_loses_no_internal_scan(void **state)
{
    (void)state;
    struct detection *d = engine(4 << 20, 1024);
    long before = 0;
    for (uint32_t n = 0; n < 1000000; n++) {
        if (n == 100000)
            before = resident_kb();
        aborted(d, 0xcb000000 + n * 7919 % 4000037, 0x0a000001 + n % 5, (uint16_t)(n % 3),
                START + n * 3 / 10);
        if (n % 50000 == 0)
            aborted(d, 0x0a000007, 0x0a000100 + n / 50000, 22, START + n * 3 / 10);
    }
    assert_int_equal(heard.count, 1);
    assert_string_equal(latest(&heard)->group[0].text, "10.0.0.7");
    assert_int_equal(latest(&heard)->count, 20);
    assert_true(detect_counters(d).evicted_groups > 100000);
    assert_in_range(resident_kb(), 0, before + 8192);
    detection_free(d);
}

/* A scanner among the noise of its own side, where groups are pushed out all the time: what is near
 * to firing stays. */
static void nearest_to_firing_stays(void **state)
{
    (void)state;
    struct detection *d = engine(4 << 20, 1024);
    for (uint32_t n = 0; n < 400000; n++) {
        aborted(d, 0xcb000000 + n, 0x0a000001, 22, START + n / 10);
        if (n < 10 || n % 20000 == 0) /* ten at once, then slowly */
            aborted(d, 0xc6336407, 0x0a000100 + (n < 10 ? n : n / 20000 + 10), 22, START + n / 10);
    }
    assert_int_equal(heard.count, 1);
    assert_string_equal(latest(&heard)->group[0].text, "198.51.100.7");
    detection_free(d);
}

/* Sources that each fire: more episodes than the memory can hold the details of. */
static void more_episodes_than_memory(void **state)
{
    (void)state;
    struct detection *d = engine(2 << 20, 1024);
    for (uint32_t source = 0; source < 20000; source++)
        for (uint32_t n = 0; n < 20; n++)
            aborted(d, 0x0a010000 + source, 0x0aff0000 + n, 22, START + source * 100 + n);
    assert_in_range(heard.phases[ALERT_START], 19900, 20020);
    detect_tick(d, START + 2 * DAY, hear, &heard);
    struct detect_counters c = detect_counters(d);
    assert_int_equal(c.alerts[ALERT_START] + c.alerts[ALERT_END] + c.alerts[ALERT_ONGOING] > 0, 1);
    detection_free(d);
}

/* A scanner sets off far more alerts than there is memory for: what others do is counted all the same,
 * and they are found at the record that completes their scans. */
static void firing_pushes_out_nobody(void **state)
{
    (void)state;
    struct detection *d = engine(1 << 20, 1024);
    unsigned found = 0;
    for (unsigned round = 0; round < 20; round++) {
        int64_t t = START + round * 15000;
        for (unsigned target = 0; target < 400; target++) { /* each an alert in the first round */
            for (unsigned n = 0; n < (round ? 2 : 20); n++) {
                tcp(&r, t + target, address_v4(0x0a000007), address_v4(0x0a010000 + target),
                    (uint16_t)(600 + round + n), EVIDENCE_DENIED);
                detect_observe(d, &r, hear, &heard);
            }
        }
        for (unsigned source = 0; source < 50; source++) {
            unsigned before = heard.phases[ALERT_START];
            aborted(d, 0x0a020000 + source, 0x0a030000 + round, 9000, t + 400 + source);
            found += heard.phases[ALERT_START] > before;
            assert_int_equal(found > 0, round == 19);
        }
    }
    assert_int_equal(found, 50);
    struct detect_counters c = detect_counters(d);
    assert_int_equal(c.alerts[ALERT_START], 400 + 50);
    assert_true(c.evicted_episodes > 0);
    detection_free(d);
}

/* One source to every port of many hosts: pairs are bounded for it, and for nobody else. */
static void pairs_of_one_source(void **state)
{
    (void)state;
    struct detection *d = engine(8 << 20, 100);
    for (uint32_t target = 0; target < 1000; target++) {
        tcp(&r, START + target, address_v4(0x0a000007), address_v4(0x0a010000 + target), 600,
            EVIDENCE_DENIED);
        detect_observe(d, &r, hear, &heard);
    }
    struct detect_counters c = detect_counters(d);
    assert_int_equal(c.refused_pairs + c.evicted_groups, 900);
    assert_int_equal(c.groups, 100);
    for (unsigned n = 0; n < 20; n++) {
        tcp(&r, START + n, address_v4(0x0a000008), address_v4(0x0a010000), (uint16_t)(600 + n),
            EVIDENCE_DENIED);
        detect_observe(d, &r, hear, &heard);
    }
    assert_int_equal(heard.count, 1);
    for (unsigned n = 0; n < 3000; n++) { /* later, what has expired makes room again */
        tcp(&r, START + HOUR + n, address_v4(0x0a000007), address_v4(0x0a020000 + n % 90), 600,
            EVIDENCE_DENIED);
        detect_observe(d, &r, hear, &heard);
    }
    unsigned before = heard.phases[ALERT_START];
    for (unsigned n = 0; n < 60; n++) {
        tcp(&r, START + HOUR + 5000 + n, address_v4(0x0a000007), address_v4(0x0a020000 + 95),
            (uint16_t)(600 + n), EVIDENCE_DENIED);
        detect_observe(d, &r, hear, &heard);
    }
    assert_int_equal(heard.phases[ALERT_START], before + 1);
    detection_free(d);
}

/* The same where being new is all that counts. */
static void new_pairs_of_one_source(void **state)
{
    (void)state;
    struct detector detector = detector_like("new", DETECTOR_FIRST_SEEN);
    struct detect_limits limits = limits_of(1 << 20);
    detector.where.any_protocol = true;
    detector.group_by[1] = DETECT_DST_PORT;
    detector.group_count = 2;
    detector.tiers[0].gte = 1;
    limits.pairs_per_source = 10;
    memset(&heard, 0, sizeof(heard));
    struct detection *d = detection_new(&detector, 1, &limits);
    for (unsigned round = 0; round < 2; round++)
        for (unsigned port = 1; port <= 500; port++) {
            tcp(&r, START + round * HOUR, address_v4(0x0a000007), address_v4(0x0a010000),
                (uint16_t)port, EVIDENCE_DATA);
            detect_observe(d, &r, hear, &heard);
        }
    assert_int_equal(detect_counters(d).groups, 10);
    assert_int_equal(heard.phases[ALERT_START], 10);
    assert_int_equal(detect_counters(d).refused_pairs, 2 * 490);
    detection_free(d);
}

/* Values and blocks of all sizes in too little memory: nothing breaks, all is counted. */
static void everything_at_once(void **state)
{
    (void)state;
    struct detection *d = engine(1 << 20, 50);
    uint64_t x = 9;
    for (uint32_t i = 0; i < 600000; i++) {
        x = x * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        uint32_t a = (uint32_t)(x >> 33), b = (uint32_t)(x >> 13);
        static const enum evidence evidence[] = {EVIDENCE_ABORTED, EVIDENCE_DATA, EVIDENCE_DENIED,
                                                 EVIDENCE_REFUSED};
        uint32_t source = (i & 1 ? 0x0a000000 : 0xcb000000) + (a % 8 ? a % 30000 : a % 40);
        tcp(&r, START + i * 20 - a % 60000, address_v4(source), address_v4(0x0a000000 + b % 500),
            (uint16_t)(b % 7 ? b % 2000 : 1433), evidence[a % 4]);
        if (b % 11 == 0)
            r.src_ip = (struct address){UINT64_C(0xfd) << 56, source};
        if (b % 13 == 0)
            r.dst_ip = (struct address){UINT64_C(0xfd) << 56, b};
        detect_observe(d, &r, hear, &heard);
        if (i % 1000 == 0)
            detect_tick(d, START + i * 20, hear, &heard);
    }
    struct detect_counters c = detect_counters(d);
    assert_true(c.observed > 100000 && c.evicted_groups > 0 && c.alerts[ALERT_START] > 0);
    assert_true(c.alerts[ALERT_END] <= c.alerts[ALERT_START]);
    detection_free(d);
}

static void times_from_anywhere(void **state)
{
    static const int64_t times[] = {0,
                                    -1,
                                    START,
                                    START + 365 * DAY,
                                    INT64_C(253402300799999),
                                    1,
                                    START - 50 * DAY,
                                    START + 3 * DAY,
                                    -62135596800000};
    (void)state;
    struct detection *d = engine(1 << 20, 50);
    for (unsigned i = 0; i < 5000; i++)
        aborted(d, 0x0a000007 + i % 3, 0x0a000100 + i % 37, 22, times[i * 7 % 9] + i);
    detect_tick(d, INT64_MAX / 4, hear, &heard);
    detection_free(d);
}

/* ---- threads */

struct worker {
    struct detection *d;
    unsigned number;
    struct heard heard;
    struct record record;
};

static void *work(void *argument)
{
    struct worker *w = argument;
    for (uint32_t i = 0; i < 40000; i++) {
        /* The same 50 sources from all threads, each scanning; and much that is harmless. */
        uint32_t source = 0x0a000000 + i % 50, service = i / 50 * 4 + w->number;
        tcp(&w->record, START + i, address_v4(source), address_v4(0x0a010000 + service % 40), 22,
            EVIDENCE_ABORTED);
        detect_observe(w->d, &w->record, hear, &w->heard);
        tcp(&w->record, START + i, address_v4(0xcb007100 + i), address_v4(0x0a010000 + i % 9),
            (uint16_t)(20000 + i % 50), EVIDENCE_DATA);
        detect_observe(w->d, &w->record, hear, &w->heard);
        if (i % 512 == 0)
            detect_tick(w->d, START + i, hear, &w->heard);
    }
    return NULL;
}

static void four_threads(void **state)
{
    struct worker *workers = calloc(4, sizeof(*workers));
    pthread_t threads[4];
    unsigned starts = 0;
    (void)state;
    struct detection *d = engine(16 << 20, 1024);
    for (unsigned i = 0; i < 4; i++) {
        workers[i].d = d;
        workers[i].number = i;
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (unsigned i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        for (unsigned a = 0; a < workers[i].heard.count && a < 64; a++)
            assert_int_equal(workers[i].heard.last[a].phase, ALERT_START);
        starts += workers[i].heard.phases[ALERT_START];
    }
    assert_int_equal(starts, 50 + 450); /* one a scanning source, one an open port */
    assert_int_equal(detect_counters(d).alerts[ALERT_START], starts);
    detection_free(d);
    free(workers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_million_groups),         cmocka_unit_test(flood_loses_no_internal_scan),
        cmocka_unit_test(nearest_to_firing_stays),  cmocka_unit_test(more_episodes_than_memory),
        cmocka_unit_test(firing_pushes_out_nobody), cmocka_unit_test(pairs_of_one_source),
        cmocka_unit_test(new_pairs_of_one_source),  cmocka_unit_test(everything_at_once),
        cmocka_unit_test(times_from_anywhere),      cmocka_unit_test(four_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
