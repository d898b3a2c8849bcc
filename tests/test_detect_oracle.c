/*
 * The engine against brute force. The oracle keeps every record of every group and recounts every
 * window after each; the engine must tell the same starts, news and ends at the same records. Random
 * streams: few values, spacings on the window's edges, duplicates, records out of order as far as
 * the lateness allows. Half of the detectors count records instead of values, and some group by a
 * text. ORACLE_STREAMS=1000000 for the long run.
 */
#include "tests/detect_testing.h"

#include <stdio.h>

#define GROUPS      3
#define RECORDS_MAX 120
#define PER_ENGINE  400
#define LATENESS_MS 1000
#define LATE_MS     (LATENESS_MS + 2000) /* with what a clock may run ahead */

static uint64_t seed;

static uint64_t next(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed * UINT64_C(0x2545f4914f6cdd1d) >> 16;
}

static int64_t between(int64_t low, int64_t high)
{
    return low + (int64_t)(next() % (uint64_t)(high - low + 1));
}

/* ---- the oracle */

struct seen {
    int64_t t;
    uint16_t value;
    bool narrow;
};

enum oracle_state { IDLE, FIRING, MUTED };

struct oracle_group {
    struct seen seen[RECORDS_MAX];
    unsigned count;
    enum oracle_state state;
    unsigned tier;
    bool has_started;
    int64_t started, hot;
};

static bool oracle_covers(const struct oracle_group *g, unsigned until, uint16_t value, bool narrow,
                          int64_t t, int64_t window)
{
    for (unsigned i = 0; i < until; i++)
        if (g->seen[i].value == value && (!narrow || g->seen[i].narrow) && g->seen[i].t <= t &&
            g->seen[i].t > t - window)
            return true;
    return false;
}

static unsigned oracle_count(const struct oracle_group *g, bool narrow, int64_t t, int64_t window)
{
    unsigned count = 0;
    bool known[256] = {false};
    for (unsigned i = 0; i < g->count; i++) {
        const struct seen *s = &g->seen[i];
        if (s->t <= t && s->t > t - window && (!narrow || s->narrow) && !known[s->value]) {
            known[s->value] = true;
            count++;
        }
    }
    return count;
}

/* The most values of a window that the newest record added something to. Of a group whose episode is
 * over: of a window that ends after it. */
static unsigned oracle_peak(const struct oracle_group *g, bool narrow, int64_t window)
{
    const struct seen *s = &g->seen[g->count - 1];
    unsigned best = 0, before = g->count - 1;
    int64_t from = g->state == IDLE && g->has_started ? g->hot : INT64_MIN;
    if (narrow && !s->narrow)
        return 0;
    for (unsigned i = 0; i <= 2 * g->count; i++) {
        int64_t t = from; /* or where something begins or ends */
        if (i < 2 * g->count)
            t = g->seen[i / 2].t + (i % 2 ? window : 0);
        if (t < from || t < s->t || t >= s->t + window ||
            oracle_covers(g, before, s->value, narrow, t, window))
            continue;
        unsigned count = oracle_count(g, narrow, t, window);
        best = count > best ? count : best;
    }
    return best;
}

static int descending(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x < y) - (x > y);
}

/* Until when a window held n values: the n-th most recent value's last time and a window. */
static int64_t oracle_hot(const struct oracle_group *g, bool narrow, unsigned n, int64_t window)
{
    int64_t lasts[256];
    unsigned count = 0;
    for (unsigned value = 0; value < 256; value++) {
        int64_t last = INT64_MIN;
        for (unsigned i = 0; i < g->count; i++)
            if (g->seen[i].value == value && (!narrow || g->seen[i].narrow) && g->seen[i].t > last)
                last = g->seen[i].t;
        if (last != INT64_MIN)
            lasts[count++] = last;
    }
    qsort(lasts, count, sizeof(lasts[0]), descending);
    return count < n ? INT64_MIN : lasts[n - 1] + window;
}

/* Whether the group's episode is over by t; then it is idle. */
static bool oracle_ends(struct oracle_group *g, const struct detector *d, int64_t t)
{
    if (g->state == IDLE)
        return false;
    int64_t hot = oracle_hot(g, false, (unsigned)d->tiers[0].gte, d->timespan_ms);
    if (d->has_also) {
        int64_t also = oracle_hot(g, true, (unsigned)d->also_gte, d->timespan_ms);
        hot = also > hot ? also : hot;
    }
    if (t < hot + d->timespan_ms)
        return false;
    bool told = g->state == FIRING;
    g->hot = hot;
    g->state = IDLE;
    return told;
}

static bool oracle_suppressed(const struct oracle_group *g, const struct detector *d, int64_t t)
{
    int64_t quiet_since = g->state == MUTED ? t : g->hot;
    return g->has_started && t - quiet_since < d->suppress_ms &&
           t - g->started < d->suppress_max_ms;
}

static void oracle_observe(struct oracle_group *g, const struct detector *d, struct seen s,
                           unsigned expected[3], unsigned *count)
{
    g->seen[g->count++] = s;
    *count = oracle_peak(g, false, d->timespan_ms);
    bool hit = *count >= d->tiers[0].gte;
    if (g->state == FIRING) {
        if (g->tier + 1 < d->tier_count && *count >= d->tiers[g->tier + 1].gte) {
            expected[ALERT_ONGOING]++;
            while (g->tier + 1 < d->tier_count && *count >= d->tiers[g->tier + 1].gte)
                g->tier++;
        }
        return;
    }
    bool by_also = !hit && d->has_also && oracle_peak(g, true, d->timespan_ms) >= d->also_gte;
    if (!hit && !by_also)
        return;
    if (oracle_suppressed(g, d, s.t)) {
        g->state = MUTED;
        return;
    }
    g->state = FIRING;
    g->has_started = true;
    g->started = s.t;
    g->tier = 0;
    while (!by_also && g->tier + 1 < d->tier_count && *count >= d->tiers[g->tier + 1].gte)
        g->tier++;
    expected[ALERT_START]++;
    if (by_also)
        *count = oracle_peak(g, true, d->timespan_ms);
}

/* ---- streams */

static struct detector random_detector(void)
{
    struct detector d = {
        .name = "oracle",
        .title = "",
        .type = DETECTOR_VALUE_COUNT,
        .where = {.any_protocol = true},
        .group_by = {DETECT_SRC_IP},
        .group_count = 1,
        .counted = DETECT_DST_PORT,
        .tiers = {{(uint64_t)between(1, 6), 3}},
        .tier_count = 1,
        .timespan_ms = between(LATE_MS + 1, 4 * LATE_MS),
        .update_interval_ms = INT64_C(1) << 40,
        .techniques = "",
        .tactics = "",
        .summary = "",
    };
    for (; d.tier_count < 3 && next() % 2; d.tier_count++)
        d.tiers[d.tier_count] =
            (struct tier){d.tiers[d.tier_count - 1].gte + (uint64_t)between(1, 4), 5};
    if (next() % 3 == 0) {
        d.has_also = true;
        d.also.any_protocol = true;
        d.also.evidence = 1 << EVIDENCE_ABORTED;
        d.also_gte = (uint64_t)between(1, 4);
    }
    if (next() % 2)
        d.type = DETECTOR_EVENT_COUNT;
    if (next() % 4 == 0)
        d.group_by[0] = DETECT_SRC_USER;
    d.suppress_ms = between(0, 4) * d.timespan_ms;
    d.suppress_max_ms = d.suppress_ms + between(0, 3) * d.timespan_ms;
    return d;
}

/* How far the next record lies ahead of the newest of its group. */
static int64_t spacing(const struct detector *d)
{
    int64_t window = d->timespan_ms, n = (int64_t)d->tiers[0].gte;
    switch (next() % 14) {
    case 0:
        return 0;
    case 1:
        return 1;
    case 2:
        return window / n;
    case 3:
        return n > 1 ? window / (n - 1) - 1 : window - 1;
    case 4:
        return n > 1 ? window / (n - 1) : window;
    case 5:
        return n > 1 ? window / (n - 1) + 1 : window + 1;
    case 6:
        return next() % 4 ? window - 1 : 2 * window;
    case 7:
        return next() % 4 ? window : 3 * window + 1;
    case 8:
        return next() % 4 ? window + 1 : 5 * window;
    case 9:
    case 10:
        return -between(0, LATE_MS);
    case 11:
        return next() % 2 ? -LATE_MS : -LATE_MS + 1;
    default:
        return between(0, window / n);
    }
}

static struct record record;
static struct heard heard;

/* Counts beyond the highest tier may be estimates, those of `also` beyond its threshold. */
static void compare(const struct detector *d, const unsigned expected[3], unsigned count,
                    uint64_t stream, unsigned at)
{
    unsigned top = (unsigned)d->tiers[d->tier_count - 1].gte;
    if (d->has_also && d->also_gte < top)
        top = (unsigned)d->also_gte;
    const struct alert *a = heard.count ? latest(&heard) : NULL;
    bool same = heard.phases[0] == expected[0] && heard.phases[1] == expected[1] &&
                heard.phases[2] == expected[2];
    if (same && (expected[0] || expected[1]))
        same = a->count == count || (count > top && a->count >= top);
    if (!same)
        fail_msg("stream %llu, record %u: expected %u/%u/%u (%u values), got %u/%u/%u (%llu)",
                 (unsigned long long)stream, at, expected[0], expected[1], expected[2], count,
                 heard.phases[0], heard.phases[1], heard.phases[2],
                 a ? (unsigned long long)a->count : 0);
}

/* Where records are counted, the value is the connection, and all else is as it may be; where texts
 * are grouped by, everything comes from one address. */
static void tell_apart(const struct detector *d, uint64_t group, unsigned value)
{
    static char connection[16], user[64];
    if (d->type == DETECTOR_EVENT_COUNT) {
        snprintf(connection, sizeof(connection), "%u", value + 1);
        record_set_session_id(&record, slice(connection));
        record.dst_port = (uint16_t)next();
    }
    if (d->group_by[0] == DETECT_SRC_USER) {
        snprintf(user, sizeof(user), "a user with a name as long as no name of the others, %llu",
                 (unsigned long long)group);
        record_set_src_user(&record, slice(user));
        record.src_ip = address_v4(0x0a000007);
    }
}

static int64_t run_stream(struct detection *engine, const struct detector *d, uint64_t stream,
                          int64_t begin)
{
    struct oracle_group *groups = calloc(GROUPS, sizeof(*groups));
    int64_t newest[GROUPS], last = begin;
    unsigned length = (unsigned)between(4, 60), values = (unsigned)between(1, 24);
    unsigned used = (unsigned)between(1, GROUPS), least = (unsigned)d->tiers[0].gte;
    if (d->has_also && d->also_gte < least)
        least = (unsigned)d->also_gte;
    if (values > 8 * least) /* no news of tenfold growth: that is the sketch's, not exact */
        values = 8 * least;
    for (unsigned g = 0; g < GROUPS; g++)
        newest[g] = begin;
    for (unsigned i = 0; i < length; i++) {
        unsigned g = (unsigned)(next() % used), count, expected[3] = {0};
        int64_t t = newest[g] + spacing(d);
        if (t < last - LATE_MS) /* no record comes to the engine further behind any other */
            t = last - LATE_MS;
        struct seen s = {t, (uint16_t)(next() % values), next() % 2};
        if (t > newest[g])
            newest[g] = t;
        last = newest[g] > last ? newest[g] : last;
        for (unsigned other = 0; other < used; other++)
            if (other == g || groups[other].state == FIRING) /* the muted wait for their own */
                expected[ALERT_END] += oracle_ends(&groups[other], d, t);
        oracle_observe(&groups[g], d, s, expected, &count);
        tcp(&record, t, address_v4((uint32_t)(0x0a000000 + stream * GROUPS + g)),
            address_v4(0x0a000001), s.value, s.narrow ? EVIDENCE_ABORTED : EVIDENCE_DATA);
        tell_apart(d, stream * GROUPS + g, s.value);
        heard.count = heard.phases[0] = heard.phases[1] = heard.phases[2] = 0;
        detect_observe(engine, &record, hear, &heard);
        compare(d, expected, count, stream, i);
    }
    unsigned expected[3] = {0};
    last += 3 * d->timespan_ms;
    for (unsigned g = 0; g < used; g++)
        expected[ALERT_END] += oracle_ends(&groups[g], d, last);
    heard.count = heard.phases[0] = heard.phases[1] = heard.phases[2] = 0;
    detect_tick(engine, last, hear, &heard);
    compare(d, expected, 0, stream, length);
    free(groups);
    return last;
}

static void streams(void **state)
{
    (void)state;
    const char *wanted = getenv("ORACLE_STREAMS");
    uint64_t total = wanted ? strtoull(wanted, NULL, 10) : 20000;
    struct detect_limits limits = limits_of(2 << 20);
    limits.lateness_ms = LATENESS_MS;
    for (uint64_t engine = 0; engine * PER_ENGINE < total; engine++) {
        seed = (engine + 1) * UINT64_C(0x9e3779b97f4a7c15);
        struct detector d = random_detector();
        struct detection *detection = detection_new(&d, 1, &limits);
        assert_non_null(detection);
        int64_t t = START;
        for (uint64_t i = 0; i < PER_ENGINE; i++)
            t = run_stream(detection, &d, engine * PER_ENGINE + i, t);
        assert_int_equal(detect_counters(detection).late, 0);
        assert_int_equal(detect_counters(detection).evicted_groups, 0);
        assert_int_equal(detect_counters(detection).evicted_values, 0);
        detection_free(detection);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(streams),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
