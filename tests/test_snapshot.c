/*
 * Snapshots of the detectors' state. An engine that is saved and restored at random places, into a
 * new engine with another key, must tell what one that never stopped tells. Torn, flipped and foreign
 * bytes are refused and change nothing.
 */
#include "tests/detect_testing.h"

#include <pthread.h>
#include <stdio.h>
#include <time.h>

#include "detect/snapshot.h"
#include "detect/snapshot_format.h"

#define ALERTS_MAX 4096

static uint64_t seed;

static uint64_t next(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed * UINT64_C(0x2545f4914f6cdd1d) >> 16;
}

/* ---- bytes */

struct bytes {
    uint8_t *at;
    size_t len, room, most; /* most: how many may be written */
};

static bool append(void *context, const void *bytes, size_t len)
{
    struct bytes *b = context;
    if (b->most && b->len + len > b->most)
        return false;
    if (b->len + len > b->room) {
        b->room = 2 * (b->len + len);
        b->at = realloc(b->at, b->room);
    }
    memcpy(b->at + b->len, bytes, len);
    b->len += len;
    return true;
}

static struct bytes saved(struct detection *d, int64_t now)
{
    struct bytes b = {0};
    assert_true(detect_save(d, now, append, &b));
    return b;
}

/* From a block of exactly that size. */
static struct restored restored(struct detection *d, const uint8_t *bytes, size_t len)
{
    uint8_t *block = malloc(len ? len : 1);
    memcpy(block, bytes, len);
    struct restored result = detect_restore(d, block, len);
    free(block);
    return result;
}

static uint8_t next_key;

static struct detection *engine_new(const struct detector *detectors, unsigned count, size_t memory)
{
    struct detect_limits limits = limits_of(memory);
    limits.key[0] = ++next_key; /* never the same twice */
    struct detection *d = detection_new(detectors, count, &limits);
    assert_non_null(d);
    return d;
}

static struct detection *take_over(struct detection *d, struct detection *from, int64_t now)
{
    struct bytes b = saved(from, now);
    assert_int_equal(restored(d, b.at, b.len).status, RESTORE_DONE);
    free(b.at);
    return d;
}

static struct detection *reborn_with(struct detection *d, const struct detector *detectors,
                                     unsigned count, int64_t now, size_t memory)
{
    struct bytes b = saved(d, now);
    detection_free(d);
    struct detection *other = engine_new(detectors, count, memory);
    struct restored result = restored(other, b.at, b.len);
    assert_int_equal(result.status, RESTORE_DONE);
    assert_int_equal(result.saved_ms, now);
    assert_int_equal(result.homeless + result.outdated + result.torn_changes, 0);
    free(b.at);
    return other;
}

static struct detection *reborn(struct detection *d, const struct shipped_detectors *s, int64_t now,
                                size_t memory)
{
    return reborn_with(d, s->of, SHIPPED_COUNT, now, memory);
}

/* ---- alerts, as far as they must be the same */

struct told_alert {
    char id[ALERT_ID_LEN + 1], name[40], device[40], sample[ALERT_VALUE_MAX];
    enum alert_phase phase;
    int64_t time, first, last;
    uint64_t count, threshold, risk;
    unsigned samples, devices;
    uint32_t evidence;
};

struct told_alerts {
    unsigned count;
    struct told_alert of[ALERTS_MAX];
};

static void tell(void *context, const struct alert *a)
{
    struct told_alerts *told = context;
    assert_true(told->count < ALERTS_MAX);
    struct told_alert *t = &told->of[told->count++];
    memset(t, 0, sizeof(*t));
    memcpy(t->id, a->id, sizeof(t->id));
    snprintf(t->name, sizeof(t->name), "%s", a->detector->name);
    if (a->device_count)
        snprintf(t->device, sizeof(t->device), "%.*s", (int)a->devices[0].len, a->devices[0].ptr);
    if (a->sample_count)
        snprintf(t->sample, sizeof(t->sample), "%s", a->samples[a->sample_count - 1].text);
    t->phase = a->phase;
    t->time = a->time_ms;
    t->first = a->first_seen_ms;
    t->last = a->last_seen_ms;
    /* At the end an estimate: how many values the table happened to hold has a part in it. */
    t->count = a->phase == ALERT_END ? 0 : a->count;
    t->threshold = a->threshold;
    t->risk = a->risk;
    t->samples = a->sample_count;
    t->devices = a->device_count;
    t->evidence = a->evidence;
}

static void describe(char out[512], const struct told_alert *t)
{
    snprintf(
        out, 512,
        "%s %d at %lld (%lld to %lld), count %llu of %llu, id %.8s, risk %llu, evidence %x, %u "
        "samples to %s, %u devices from %s",
        t->name, t->phase, (long long)t->time, (long long)t->first, (long long)t->last,
        (unsigned long long)t->count, (unsigned long long)t->threshold, t->id,
        (unsigned long long)t->risk, (unsigned)t->evidence, t->samples, t->sample, t->devices,
        t->device);
}

static void same_alerts(const struct told_alerts *a, const struct told_alerts *b)
{
    char x[512], y[512];
    for (unsigned i = 0; i < a->count && i < b->count; i++) {
        if (memcmp(&a->of[i], &b->of[i], sizeof(a->of[i])) == 0)
            continue;
        describe(x, &a->of[i]);
        describe(y, &b->of[i]);
        fail_msg("alert %u:\n  %s\n  %s", i, x, y);
    }
    assert_int_equal(a->count, b->count);
}

/* ---- streams */

static struct record record;
static struct told_alerts straight, broken;

/* Few sources, so that thresholds are met; a third speaks IPv6. */
static void random_record(struct record *r, int64_t t)
{
    static const enum evidence kinds[] = {EVIDENCE_ABORTED, EVIDENCE_ABORTED, EVIDENCE_DENIED,
                                          EVIDENCE_DATA, EVIDENCE_REFUSED};
    static const char *const hosts[] = {"fw1.example.com", "fw2.example.com", "fw3.example.com"};
    bool external = next() % 4 == 0, v6 = next() % 3 == 0;
    uint64_t host = next() % 2, target = next() % 12;
    struct address src = v6 ? (struct address){external ? UINT64_C(0x20010db800000000)
                                                        : UINT64_C(0xfd00000000000000),
                                               host}
                            : address_v4((uint32_t)((external ? 0xc0000200 : 0x0a000000) + host));
    struct address dst = v6 ? (struct address){UINT64_C(0xfd00000000000000), 100 + target}
                            : address_v4((uint32_t)(0x0a000100 + target));
    uint16_t port = next() % 4 == 0 ? 1433 : (uint16_t)(next() % 400);
    enum evidence kind = kinds[next() % 5];
    if (kind == EVIDENCE_DATA) /* few services that answer */
        port = (uint16_t)(8000 + next() % 3);
    tcp(r, t, src, dst, port, kind);
    record_set_host(r, slice(hosts[next() % 3]));
    if (next() % 2)
        record_set_src_user(r, slice(next() % 2 ? "alice" : "bob"));
}

/* The time to the next record: bursts, quiet hours, now and then days. */
static int64_t pause_ms(void)
{
    switch (next() % 700) {
    case 0:
        return HOUR + (int64_t)(next() % (uint64_t)(12 * HOUR));
    case 1:
        return 5 * MINUTE;
    case 2:
        return next() % 2 == 0 ? 4 * DAY : MINUTE;
    default:
        return (int64_t)(next() % 900);
    }
}

#define ALL (SHIPPED_COUNT + 3)

/* The shipped ones, and what they do not show: counted records, groups by texts, sequences. */
static void every_type(const struct shipped_detectors *s, struct detector all[ALL])
{
    static const char *const after[] = {"connscan_internal_internal", NULL};
    memcpy(all, s->of, sizeof(s->of));
    struct detector *d = &all[SHIPPED_COUNT];
    *d = detector_like("denies", DETECTOR_EVENT_COUNT);
    d->where.any_protocol = true;
    d->where.evidence = 1 << EVIDENCE_DENIED;
    d->group_by[0] = DETECT_DEVICE;
    d->tiers[0].gte = 8;
    d->timespan_ms = 90000;
    d->summary = "{{device}}: {{count}}";
    d = &all[SHIPPED_COUNT + 1];
    *d = detector_like("users", DETECTOR_VALUE_COUNT);
    d->where.any_protocol = true;
    d->group_by[0] = DETECT_SRC_USER;
    d->group_by[1] = DETECT_DEVICE;
    d->group_count = 2;
    d->keep_missing = true;
    d->tiers[0].gte = 40;
    d->timespan_ms = 90000;
    d = &all[SHIPPED_COUNT + 2];
    *d = detector_like("then_success", DETECTOR_SEQUENCE);
    d->where.any_protocol = true;
    d->where.evidence = 1 << EVIDENCE_REFUSED;
    d->after = after;
    d->tiers[0].gte = 1;
    d->timespan_ms = 2 * HOUR;
}

static void same_as_without_stopping(void **state)
{
    (void)state;
    struct shipped_detectors s;
    shipped(&s);
    s.of[CONNSCAN_INTERNAL].tiers[1].gte = 30; /* so that episodes have news */
    s.of[CONNSCAN_INTERNAL].tiers[2].gte = 45;
    s.of[PORT_1433].update_interval_ms = MINUTE;
    struct detector all[ALL];
    every_type(&s, all);
    unsigned total = 0, kinds[3] = {0}, started[ALL] = {0};
    for (uint64_t stream = 1; stream <= 60; stream++) {
        seed = stream * UINT64_C(0x9e3779b97f4a7c15);
        struct detection *a = engine_new(all, ALL, 4 << 20);
        struct detection *b = engine_new(all, ALL, 4 << 20);
        b = take_over(b, a, START); /* with its key: the same stripes, the same texts remembered */
        int64_t t = START;
        straight.count = broken.count = 0;
        for (unsigned i = 0; i < 2500; i++) {
            int64_t before = t;
            t += pause_ms();
            if (next() % 40 == 0 || t - before > HOUR / 2) { /* a clock goes on in pauses */
                detect_tick(a, t, tell, &straight);
                detect_tick(b, t, tell, &broken);
            }
            int64_t late = next() % 5 == 0 ? (int64_t)(next() % 30000) : 0;
            random_record(&record, t - late);
            detect_observe(a, &record, tell, &straight);
            detect_observe(b, &record, tell, &broken);
            if (next() % 150 == 0)
                b = reborn_with(b, all, ALL, t, 4 << 20);
        }
        detect_tick(a, t + 8 * DAY, tell, &straight);
        detect_tick(b, t + 8 * DAY, tell, &broken);
        same_alerts(&straight, &broken);
        total += straight.count;
        for (unsigned i = 0; i < straight.count; i++)
            kinds[straight.of[i].phase]++;
        for (unsigned i = 0; i < straight.count; i++)
            for (unsigned k = 0; k < ALL; k++)
                started[k] += straight.of[i].phase == ALERT_START &&
                              strcmp(straight.of[i].name, all[k].name) == 0;
        assert_int_equal(detect_counters(a).groups, detect_counters(b).groups);
        detection_free(a);
        detection_free(b);
    }
    for (unsigned k = 0; k < ALL; k++)
        if (started[k] == 0)
            fail_msg("%s never started", all[k].name);
    if (getenv("SNAPSHOT_TIMES"))
        print_message("# %u alerts: %u, %u, %u\n", total, kinds[0], kinds[1], kinds[2]);
    assert_true(total > 1000 && kinds[ALERT_START] && kinds[ALERT_ONGOING] && kinds[ALERT_END]);
}

/* ---- one thing each */

static void scan(struct detection *d, int64_t t, unsigned from, unsigned to,
                 struct told_alerts *told)
{
    for (unsigned port = from; port < to; port++) {
        tcp(&record, t + port * 100, ip("10.0.0.5"), ip("10.0.1.1"), (uint16_t)(200 + port),
            EVIDENCE_ABORTED);
        detect_observe(d, &record, tell, told);
    }
}

static void counting_goes_on(void **state)
{
    (void)state;
    struct shipped_detectors s;
    shipped(&s);
    struct detection *d = engine_new(s.of, SHIPPED_COUNT, 4 << 20);
    straight.count = 0;
    scan(d, START, 0, 19, &straight);
    assert_int_equal(straight.count, 0);
    d = reborn(d, &s, START + 2000, 4 << 20);
    scan(d, START, 19, 20, &straight);
    assert_int_equal(straight.count, 2); /* connscan and the port scan, with the twentieth */
    d = reborn(d, &s, START + 2100, 4 << 20);
    scan(d, START, 20, 90, &straight);
    assert_int_equal(straight.count, 2); /* told once */
    detect_tick(d, START + HOUR, tell, &straight);
    assert_int_equal(straight.count, 4);
    d = reborn(d, &s, START + HOUR, 4 << 20);
    scan(d, START + 2 * HOUR, 0, 90, &straight);
    assert_int_equal(straight.count, 4); /* within 12 h of quiet */
    assert_int_equal(detect_counters(d).suppressed, 2);
    assert_int_equal(record.risk, 3);
    detection_free(d);
}

static void seen_stays_seen(void **state)
{
    (void)state;
    struct shipped_detectors s;
    shipped(&s);
    struct detection *d = engine_new(s.of, SHIPPED_COUNT, 4 << 20);
    straight.count = 0;
    for (int i = 0; i < 3; i++) {
        tcp(&record, START + i * DAY, ip("192.0.2.1"), ip("10.0.0.80"), 8081, EVIDENCE_DATA);
        detect_observe(d, &record, tell, &straight);
        assert_int_equal(straight.count, 1);
        d = reborn(d, &s, START + i * DAY, 4 << 20);
    }
    tcp(&record, START + 10 * DAY, ip("192.0.2.1"), ip("10.0.0.80"), 8081, EVIDENCE_DATA);
    detect_observe(d, &record, tell, &straight);
    assert_int_equal(straight.count, 2); /* forgotten after a week */
    detection_free(d);
}

/* The memory of another size: more stripes, fewer stripes, too little. */
static void other_memory(void **state)
{
    (void)state;
    static const size_t sizes[] = {1 << 20, 64 << 20, 4 << 20};
    struct shipped_detectors s;
    shipped(&s);
    for (size_t i = 0; i < 3; i++) {
        struct detection *d = engine_new(s.of, SHIPPED_COUNT, 16 << 20), *other;
        straight.count = 0;
        scan(d, START, 0, 30, &straight);
        for (unsigned host = 0; host < 5000; host++) {
            tcp(&record, START + 3000, address_v4(0x0a010000 + host), ip("10.0.1.1"), 22,
                EVIDENCE_ABORTED);
            detect_observe(d, &record, tell, &straight);
        }
        struct bytes b = saved(d, START);
        other = engine_new(s.of, SHIPPED_COUNT, sizes[i]);
        struct restored result = restored(other, b.at, b.len);
        assert_int_equal(result.status, RESTORE_DONE);
        assert_true(detect_counters(other).groups > 1000);
        if (sizes[i] <= 16 << 20)
            assert_int_equal(result.homeless, 0);
        straight.count = 0;
        scan(other, START, 30, 60, &straight);
        /* A pair's stripe is not known in a memory with more of them; that of a source is. */
        assert_true(straight.count <= (sizes[i] > 16 << 20));
        free(b.at);
        detection_free(d);
        detection_free(other);
    }
}

/* Another order, one more, one less, one changed: the others' state stays. */
static void other_detectors(void **state)
{
    (void)state;
    struct shipped_detectors s, changed;
    shipped(&s);
    shipped(&changed);
    struct detection *d = engine_new(s.of, SHIPPED_COUNT, 4 << 20), *other;
    straight.count = 0;
    scan(d, START, 0, 30, &straight);
    assert_int_equal(straight.count, 2);
    struct bytes b = saved(d, START);
    struct detector order[] = {changed.of[UNUSUAL_OPEN], changed.of[PORT_1433],
                               changed.of[INTERNAL_PORT_SCAN], changed.of[CONNSCAN_INTERNAL]};
    order[3].title = "Another title";
    order[3].score = 7;
    other = engine_new(order, 4, 4 << 20);
    struct restored result = restored(other, b.at, b.len);
    assert_int_equal(result.status, RESTORE_DONE);
    assert_int_equal(result.groups, 2);
    assert_int_equal(result.outdated, 0);
    straight.count = 0;
    scan(other, START, 30, 90, &straight);
    assert_int_equal(straight.count, 0);
    detection_free(other);

    order[3].timespan_ms += 1000;
    other = engine_new(order, 4, 4 << 20);
    result = restored(other, b.at, b.len);
    assert_int_equal(result.groups, 1);
    assert_int_equal(result.outdated, 1);
    scan(other, START, 30, 90, &straight);
    assert_int_equal(straight.count, 1); /* it has to find out anew */
    free(b.at);
    detection_free(d);
    detection_free(other);
}

/* Every member that a definition's digest must see. */
static void digests(void **state)
{
    (void)state;
    struct shipped_detectors s;
    shipped(&s);
    struct detection *d = engine_new(s.of, 1, 4 << 20);
    static struct port_set none;
    static const char *const words[] = {"x", NULL};
    straight.count = 0;
    scan(d, START, 0, 30, &straight);
    struct bytes b = saved(d, START);
    for (unsigned change = 0; change < 20; change++) {
        struct detector other = s.of[0];
        struct predicate *p = &other.where;
        switch (change) {
        case 0:
            other.group_by[1] = DETECT_DST_PORT;
            break;
        case 1:
            other.counted = DETECT_SERVICE;
            break;
        case 2:
            other.tiers[0].gte = 21;
            break;
        case 3:
            other.tiers[1] = (struct tier){40, 5};
            other.tier_count = 2;
            break;
        case 4:
            other.has_also = true;
            other.also_gte = 3;
            break;
        case 5:
            p->classes |= CLASS_INT_EXT;
            break;
        case 6:
            p->evidence = 2;
            break;
        case 7:
            p->actions = 2;
            break;
        case 8:
            p->categories = 2;
            break;
        case 9:
            p->any_protocol = false;
            protocol_bit(p, 6);
            break;
        case 10:
            p->dst_port = &none;
            break;
        case 11:
            p->listed = 4;
            break;
        case 12:
            p->answered = true;
            break;
        case 13:
            p->event_ids = words;
            break;
        case 14:
            p->src_networks = 2;
            break;
        case 15:
            p->not_dst_networks = 2;
            break;
        case 16:
            p->by_icmp_type = true;
            break;
        case 17:
            other.keep_missing = true;
            break;
        case 18:
            other.after = words;
            break;
        default:
            p->devices = words;
            break;
        }
        struct detection *e = engine_new(&other, 1, 4 << 20);
        struct restored result = restored(e, b.at, b.len);
        assert_int_equal(result.status, RESTORE_DONE);
        if (result.outdated != 1 || result.groups != 0)
            fail_msg("change %u went unseen", change);
        detection_free(e);
    }
    free(b.at);
    detection_free(d);
}

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
    shipped(&s);
    struct detection *d = engine_new(s.of, SHIPPED_COUNT, 1 << 20);
    struct detection *e = engine_new(s.of, SHIPPED_COUNT, 1 << 20);
    seed = 77;
    straight.count = 0;
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
    shipped(&s);
    struct detection *d = engine_new(s.of, SHIPPED_COUNT, 4 << 20);
    straight.count = 0;
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
    shipped(&s);
    struct detection *d = engine_new(s.of, SHIPPED_COUNT, 4 << 20);
    straight.count = 0;
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
    shipped(&s);
    struct detection *d = engine_new(s.of, SHIPPED_COUNT, 1 << 20);
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
    shipped(&s);
    struct detection *d = engine_new(s.of, SHIPPED_COUNT, 256 << 20);
    straight.count = 0;
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
    struct timespec begin;
    elapsed_ns(&begin);
    elapsed_ns(&w.last);
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
    shipped(&s);
    struct detection *d = engine_new(s.of, SHIPPED_COUNT, 8 << 20);
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
        cmocka_unit_test(same_as_without_stopping),
        cmocka_unit_test(counting_goes_on),
        cmocka_unit_test(seen_stays_seen),
        cmocka_unit_test(other_memory),
        cmocka_unit_test(other_detectors),
        cmocka_unit_test(digests),
        cmocka_unit_test(torn_and_flipped),
        cmocka_unit_test(write_fails),
        cmocka_unit_test(changes_are_enough),
        cmocka_unit_test(too_many_changes),
        cmocka_unit_test(many_groups),
        cmocka_unit_test(saved_while_counting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
