/*
 * The bytes of snapshots: torn, flipped and foreign ones are refused and change nothing; what alerts
 * changed is enough to tell nothing twice; saving keeps nobody waiting.
 */
#include "tests/snapshot_testing.h"

#include <pthread.h>
#include <time.h>

#include "detect/snapshot_format.h"

/* ---- bytes that are wrong */

static void as_new(struct detection *d, struct restored result)
{
    assert_true(result.status != RESTORE_DONE);
    assert_int_equal(detect_counters(d).groups, 0);
    assert_int_equal(result.groups + result.entities, 0);
}

static void torn_and_flipped(void **state)
{
    (void)state;
    struct shipped_detectors s;
    struct detection *d = shipped_engine(&s, 1 << 20);
    struct detection *e = engine_new(s.of, SHIPPED_COUNT, 1 << 20);
    seed = 77;
    detect_note_changes(d);
    scan(d, START, 0, 25, &straight);
    for (unsigned i = 0; i < 20; i++) {
        random_record(&record, START + i);
        detect_observe(d, &record, tell, &straight);
    }
    struct bytes b = saved(d, START);
    size_t end = b.len;
    bool lost;
    assert_true(detect_save_changes(d, append, &b, &lost));
    assert_false(lost);
    assert_true(b.len > end);
    size_t pieces = 0;
    for (size_t len = 0; len < end; len++)
        as_new(e, restored(e, b.at, len));
    assert_int_equal(restored(e, b.at, 0).status, RESTORE_TORN);
    for (unsigned i = 0; i < 4000; i++) {
        size_t at = next() % end;
        uint8_t bit = (uint8_t)(1 << next() % 8);
        b.at[at] ^= bit;
        struct restored result = restored(e, b.at, b.len);
        as_new(e, result);
        assert_int_equal(result.status, at < 8    ? RESTORE_FOREIGN
                                        : at < 12 ? RESTORE_VERSION
                                                  : RESTORE_TORN);
        b.at[at] ^= bit;
    }
    detection_free(e);
    for (size_t len = end; len <= b.len; len += 1 + (b.len - len) / 40) {
        e = engine_new(s.of, SHIPPED_COUNT, 1 << 20);
        struct restored result = restored(e, b.at, len);
        assert_int_equal(result.status, RESTORE_DONE);
        assert_true(result.changes >= pieces);
        pieces = result.changes;
        assert_int_equal(detect_counters(e).groups, detect_counters(d).groups);
        detection_free(e);
    }
    assert_true(pieces >= 2); /* groups and risk */
    free(b.at);
    detection_free(d);
}

/* What cannot be written is told, however far it came. */
static void write_fails(void **state)
{
    (void)state;
    struct shipped_detectors s;
    struct detection *d = shipped_engine(&s, 4 << 20);
    scan(d, START, 0, 25, &straight);
    struct bytes whole = saved(d, START);
    for (size_t most = 1; most < whole.len; most += 97) {
        struct bytes b = {.most = most};
        assert_false(detect_save(d, START, append, &b));
        free(b.at);
    }
    free(whole.at);
    detection_free(d);
}

/* ---- what alerts have changed */

/* Killed right after an alert: the snapshot is old, but what was told is known. */
static void changes_are_enough(void **state)
{
    (void)state;
    struct shipped_detectors s;
    struct detection *d = shipped_engine(&s, 4 << 20);
    detect_note_changes(d);
    scan(d, START, 0, 10, &straight);
    struct bytes b = saved(d, START);
    bool lost;
    size_t before = b.len;
    assert_true(detect_save_changes(d, append, &b, &lost));
    assert_int_equal(b.len, before); /* nothing was told */
    scan(d, START, 10, 25, &straight);
    assert_int_equal(straight.count, 2);
    assert_true(detect_save_changes(d, append, &b, &lost));
    detection_free(d);

    struct detection *e = engine_new(s.of, SHIPPED_COUNT, 4 << 20);
    struct restored result = restored(e, b.at, b.len);
    assert_int_equal(result.status, RESTORE_DONE);
    assert_int_equal(result.changes, 2); /* two groups of one source, and its risk */
    detect_note_changes(e);
    scan(e, START, 0, 90, &straight);
    assert_int_equal(straight.count, 2);
    assert_int_equal(record.risk, 3);
    detect_tick(e, START + HOUR, tell, &straight);
    assert_int_equal(straight.count, 4);
    assert_true(detect_save_changes(e, append, &b, &lost));
    detection_free(e);

    e = engine_new(s.of, SHIPPED_COUNT, 4 << 20);
    assert_int_equal(restored(e, b.at, b.len).status, RESTORE_DONE);
    detect_tick(e, START + 2 * HOUR, tell, &straight);
    assert_int_equal(straight.count, 4); /* ends are told once, too */
    free(b.at);
    detection_free(e);
}

static void too_many_changes(void **state)
{
    (void)state;
    struct shipped_detectors s;
    struct detection *d = shipped_engine(&s, 1 << 20);
    struct bytes b = {0};
    bool lost;
    detect_note_changes(d);
    straight.count = 0;
    for (unsigned i = 0; i < 500; i++) {
        tcp(&record, START + i, ip("192.0.2.1"), address_v4(0x0a000000 + i), 8081, EVIDENCE_DATA);
        detect_observe(d, &record, tell, &straight);
    }
    assert_true(detect_save_changes(d, append, &b, &lost));
    assert_true(lost);
    assert_true(detect_save_changes(d, append, &b, &lost));
    assert_false(lost);
    free(b.at);
    detection_free(d);
}

/* ---- beside the counting */

struct watcher {
    struct bytes bytes;
    struct timespec last;
    int64_t longest_ns;
};

static int64_t elapsed_ns(struct timespec *last)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    int64_t ns = (now.tv_sec - last->tv_sec) * INT64_C(1000000000) + now.tv_nsec - last->tv_nsec;
    *last = now;
    return ns;
}

static bool watch_bytes(void *context, const void *bytes, size_t len)
{
    struct watcher *w = context;
    int64_t ns = elapsed_ns(&w->last);
    if (((const uint8_t *)bytes)[0] == SECTION_GROUPS && ns > w->longest_ns)
        w->longest_ns = ns;
    bool ok = append(&w->bytes, bytes, len);
    elapsed_ns(&w->last);
    return ok;
}

/* 100,000 groups. SNAPSHOT_TIMES=1 prints what it took, for the builds that are not instrumented;
 * between two pieces a lock was held once. */
static void many_groups(void **state)
{
    (void)state;
    struct shipped_detectors s;
    struct detection *d = shipped_engine(&s, 256 << 20);
    for (unsigned i = 0; i < 100000; i++)
        for (uint16_t port = 1024; port < 1027; port++) {
            tcp(&record, START + i, address_v4(0x0a000000 + i), ip("10.0.0.1"), port,
                EVIDENCE_ABORTED);
            detect_observe(d, &record, tell, &straight);
        }
    assert_true(detect_counters(d).groups >= 100000);
    struct watcher w = {.bytes = {0}};
    w.bytes.at = malloc(w.bytes.room = 64 << 20);
    memset(w.bytes.at, 1, w.bytes.room);
    struct timespec begin = {0};
    elapsed_ns(&begin);
    w.last = begin;
    assert_true(detect_save(d, START, watch_bytes, &w));
    int64_t ns = elapsed_ns(&begin);
    struct detection *e = engine_new(s.of, SHIPPED_COUNT, 256 << 20);
    elapsed_ns(&begin);
    assert_int_equal(detect_restore(e, w.bytes.at, w.bytes.len).status, RESTORE_DONE);
    if (getenv("SNAPSHOT_TIMES"))
        print_message("# %llu groups, %zu bytes: saved in %.1f ms, longest piece %.2f ms; restored "
                      "in %.1f ms\n",
                      (unsigned long long)detect_counters(d).groups, w.bytes.len, (double)ns / 1e6,
                      (double)w.longest_ns / 1e6, (double)elapsed_ns(&begin) / 1e6);
    assert_int_equal(detect_counters(e).groups, detect_counters(d).groups);
    free(w.bytes.at);
    detection_free(d);
    detection_free(e);
}

struct counting {
    struct detection *d;
    struct told_alerts *told;
};

static void *count_beside(void *context)
{
    struct counting *c = context;
    struct record *r = malloc(sizeof(*r));
    for (unsigned i = 0; i < 20000; i++) {
        tcp(r, START + i, address_v4(0x0a000000 + i % 2000), address_v4(0x0a010000 + i % 61),
            (uint16_t)(i % 1000), EVIDENCE_ABORTED);
        detect_observe(c->d, r, tell, c->told);
    }
    free(r);
    return NULL;
}

static void saved_while_counting(void **state)
{
    (void)state;
    struct shipped_detectors s;
    struct detection *d = shipped_engine(&s, 8 << 20);
    struct counting c = {d, &straight};
    pthread_t thread;
    bool lost;
    straight.count = 0;
    detect_note_changes(d);
    assert_int_equal(pthread_create(&thread, NULL, count_beside, &c), 0);
    for (unsigned i = 0; i < 20; i++) {
        struct bytes b = saved(d, START);
        assert_true(detect_save_changes(d, append, &b, &lost));
        struct detection *e = engine_new(s.of, SHIPPED_COUNT, 8 << 20);
        assert_int_equal(restored(e, b.at, b.len).status, RESTORE_DONE);
        detection_free(e);
        free(b.at);
    }
    pthread_join(thread, NULL);
    detection_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(torn_and_flipped),   cmocka_unit_test(write_fails),
        cmocka_unit_test(changes_are_enough), cmocka_unit_test(too_many_changes),
        cmocka_unit_test(many_groups),        cmocka_unit_test(saved_while_counting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
