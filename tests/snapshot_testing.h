/* What the tests of snapshots share: bytes in memory, alerts remembered, records. */
#pragma once

#include "tests/detect_testing.h"

#include <stdio.h>

#include "detect/snapshot.h"

#define ALERTS_MAX 4096

static uint64_t seed;

static inline uint64_t next(void)
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

static inline bool append(void *context, const void *bytes, size_t len)
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

static inline struct bytes saved(struct detection *d, int64_t now)
{
    struct bytes b = {0};
    assert_true(detect_save(d, now, append, &b));
    return b;
}

/* From a block of exactly that size. */
static inline struct restored restored(struct detection *d, const uint8_t *bytes, size_t len)
{
    uint8_t *block = malloc(len ? len : 1);
    memcpy(block, bytes, len);
    struct restored result = detect_restore(d, block, len);
    free(block);
    return result;
}

static uint8_t next_key;

static inline struct detection *engine_new(const struct detector *detectors, unsigned count,
                                           size_t memory)
{
    struct detect_limits limits = limits_of(memory);
    limits.key[0] = ++next_key; /* never the same twice */
    struct detection *d = detection_new(detectors, count, &limits);
    assert_non_null(d);
    return d;
}

static inline struct detection *take_over(struct detection *d, struct detection *from, int64_t now)
{
    struct bytes b = saved(from, now);
    assert_int_equal(restored(d, b.at, b.len).status, RESTORE_DONE);
    free(b.at);
    return d;
}

static inline struct detection *reborn_with(struct detection *d, const struct detector *detectors,
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

static inline struct detection *reborn(struct detection *d, const struct shipped_detectors *s,
                                       int64_t now, size_t memory)
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

static inline void tell(void *context, const struct alert *a)
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

static inline void describe(char out[512], const struct told_alert *t)
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

static inline void same_alerts(const struct told_alerts *a, const struct told_alerts *b)
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

/* ---- records */

static struct record record;
static struct told_alerts straight;

/* Few sources, so that thresholds are met; a third speaks IPv6. */
static inline void random_record(struct record *r, int64_t t)
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

/* An engine with the shipped detectors, of which nothing has been told. */
static inline struct detection *shipped_engine(struct shipped_detectors *s, size_t memory)
{
    shipped(s);
    straight.count = 0;
    return engine_new(s->of, SHIPPED_COUNT, memory);
}

static inline void scan(struct detection *d, int64_t t, unsigned from, unsigned to,
                        struct told_alerts *told)
{
    for (unsigned port = from; port < to; port++) {
        tcp(&record, t + port * 100, ip("10.0.0.5"), ip("10.0.1.1"), (uint16_t)(200 + port),
            EVIDENCE_ABORTED);
        detect_observe(d, &record, tell, told);
    }
}
