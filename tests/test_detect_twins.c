/*
 * Twins share groups: two detectors in one engine must tell what each tells in an engine of its own,
 * record by record, whatever counts towards both, one or none of them, and over restarts; as many
 * groups are known as there would be.
 */
#include "detect/parts.h"
#include "tests/snapshot_testing.h"

#define GROUPS      3
#define LISTED      (UINT64_C(1) << 5)
#define LATENESS_MS 1000

static int64_t between(int64_t low, int64_t high)
{
    return low + (int64_t)(next() % (uint64_t)(high - low + 1));
}

/* The leader takes every class but not who is listed, the follower only what goes out. */
static void random_twins(struct detector twins[2])
{
    int64_t window = between(5000, 15000), quiet = between(0, 3) * window;
    uint64_t gte = (uint64_t)between(2, 6);
    for (unsigned i = 0; i < 2; i++) {
        twins[i] = (struct detector){
            .name = i ? "follower" : "leader",
            .title = "",
            .type = DETECTOR_EVENT_COUNT,
            .where = {.any_protocol = true, .evidence = 1 << EVIDENCE_DENIED},
            .group_by = {DETECT_SRC_IP},
            .group_count = 1,
            .tiers = {{gte, 3}, {gte + (uint64_t)between(1, 5), 5}},
            .tier_count = (unsigned)between(1, 2),
            .timespan_ms = window,
            .suppress_ms = quiet,
            .suppress_max_ms = 2 * quiet,
            .update_interval_ms = INT64_C(1) << 40,
            .techniques = "",
            .tactics = "",
            .summary = "",
        };
        gte += (uint64_t)between(0, 4);
    }
    twins[0].where.not_listed = LISTED;
    twins[1].where.classes = CLASS_INT_EXT;
}

/* An engine and what it has told of the last record. */
struct side_by_side {
    struct detection *engine;
    struct heard heard;
};

static void observe(struct side_by_side *s, struct record r)
{
    s->heard.count = 0;
    detect_observe(s->engine, &r, hear, &s->heard);
}

/* The n-th alert that a detector has told; NULL: so many it has not. */
static const struct alert *told(const struct heard *heard, const char *name, unsigned n)
{
    assert_true(heard->count <= 64);
    for (unsigned i = 0; i < heard->count; i++)
        if (strcmp(heard->last[i].detector->name, name) == 0 && n-- == 0)
            return &heard->last[i];
    return NULL;
}

static void compare(const struct heard *together, const struct heard *alone, const char *name)
{
    const struct alert *a, *b;
    for (unsigned n = 0; (a = told(together, name, n)) || told(alone, name, n); n++) {
        b = told(alone, name, n);
        assert_true(a && b);
        assert_int_equal(a->phase, b->phase);
        assert_int_equal(a->time_ms, b->time_ms);
        assert_true(a->count == b->count && a->severity == b->severity);
        assert_memory_equal(a->id, b->id, ALERT_ID_LEN);
        assert_int_equal(a->sample_count, b->sample_count);
        assert_int_equal(a->device_count, b->device_count);
        assert_true(a->window_start_ms == b->window_start_ms &&
                    a->first_seen_ms == b->first_seen_ms && a->last_seen_ms == b->last_seen_ms);
    }
}

static void any_record(struct record *r, uint64_t stream, int64_t t)
{
    static char connection[16], device[16];
    bool goes_out = next() % 8 != 0;
    snprintf(connection, sizeof(connection), "%u", (unsigned)between(1, 20));
    snprintf(device, sizeof(device), "fw-%u", (unsigned)between(1, 3));
    tcp(r, t, address_v4((uint32_t)(0x0a000000 + stream * GROUPS + next() % GROUPS)),
        address_v4(goes_out ? 0xc6336401 : 0x0a000001), 22,
        next() % 16 ? EVIDENCE_DENIED : EVIDENCE_DATA);
    record_set_session_id(r, slice(connection));
    record_set_host(r, slice(device));
    r->src_lists = next() % 24 == 0 ? LISTED : 0;
}

/* How many groups stand for two, counted one by one. */
static unsigned shared_groups(struct detection *d)
{
    const struct watch *watch = detection_parts(d).watch;
    unsigned shared = 0, known = 0;
    for (uint32_t i = 0; i < watch->stripe_count; i++)
        for (unsigned s = 0; s < SIDE_COUNT; s++) {
            const struct side *side = &watch->stripes[i].sides[s];
            known += side->shared;
            for (uint32_t n = 0; n < side->buckets * WATCH_BUCKET; n++) {
                uint32_t slot = watch_bucket(side, n / WATCH_BUCKET) + n % WATCH_BUCKET;
                shared += side->hashes[slot] && side->groups[slot].shared;
            }
        }
    assert_int_equal(shared, known);
    return shared;
}

/* Starts an engine anew. */
static void restart(struct side_by_side *s, const struct detector twins[2],
                    const struct detect_limits *limits, int64_t now)
{
    struct detection *other = detection_new(twins, 2, limits);
    assert_non_null(other);
    take_over(other, s->engine, now);
    assert_int_equal(detect_counters(other).groups, detect_counters(s->engine).groups);
    detection_free(s->engine);
    s->engine = other;
}

static void tell_what_each_tells_alone(void **state)
{
    static struct side_by_side both, alone[2];
    unsigned shared = 0, starts[2] = {0};
    (void)state;
    seed = 7;
    for (unsigned engines = 0; engines < 30; engines++) {
        struct detector twins[2];
        struct detect_limits limits = limits_of(4 << 20);
        limits.lateness_ms = LATENESS_MS;
        random_twins(twins);
        both.engine = detection_new(twins, 2, &limits);
        alone[0].engine = detection_new(&twins[0], 1, &limits);
        alone[1].engine = detection_new(&twins[1], 1, &limits);
        assert_true(both.engine && alone[0].engine && alone[1].engine);
        int64_t t = START;
        for (uint64_t stream = 0; stream < 40; stream++)
            for (unsigned i = 0; i < 60; i++) {
                struct record r;
                t += between(0, twins[0].timespan_ms / (int64_t)twins[0].tiers[0].gte / 2);
                shared += i == 6 ? shared_groups(both.engine) : 0;
                if (i == 6 && stream % 8 == 3)
                    restart(&both, twins, &limits, t);
                any_record(&r, stream, t - (next() % 4 ? 0 : between(0, LATENESS_MS)));
                observe(&both, r);
                for (unsigned d = 0; d < 2; d++) {
                    observe(&alone[d], r);
                    compare(&both.heard, &alone[d].heard, twins[d].name);
                    starts[d] += alone[d].heard.count > 0;
                }
            }
        shared_groups(both.engine);
        assert_int_equal(detect_counters(both.engine).groups,
                         detect_counters(alone[0].engine).groups +
                             detect_counters(alone[1].engine).groups);
        detection_free(both.engine);
        detection_free(alone[0].engine);
        detection_free(alone[1].engine);
    }
    assert_true(shared > 1000 && starts[0] > 1000 && starts[1] > 1000);
}

/* Groups are pushed out, shared or not, and come again. */
static void share_while_memory_is_short(void **state)
{
    struct detector twins[2];
    struct detect_limits limits = limits_of(256 << 10);
    static struct heard heard;
    (void)state;
    limits.lateness_ms = LATENESS_MS;
    random_twins(twins);
    struct detection *d = detection_new(twins, 2, &limits);
    assert_non_null(d);
    for (unsigned i = 0; i < 100000; i++) {
        struct record r;
        any_record(&r, next() % 7000, START + i);
        detect_observe(d, &r, hear, &heard);
        if (i % 10000 == 0)
            shared_groups(d);
    }
    assert_true(detect_counters(d).evicted_groups > 1000 && shared_groups(d) > 0);
    detection_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tell_what_each_tells_alone),
        cmocka_unit_test(share_while_memory_is_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
