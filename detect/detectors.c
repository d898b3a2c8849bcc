/* The engine: made of its parts, and the passing of time, which ends episodes. */
#include "detect/detectors.h"

#include <stdlib.h>

#include "detect/definition.h"
#include "detect/detection.h"
#include "detect/parts.h"
#include "detect/twins.h"

#define LEAP_MS    3600000 /* records this far ahead must agree before they move the time */
#define LEAP_COUNT 16
#define TIDY_MS    3600000
#define PASS_STEPS 1000

struct detection *detection_new(const struct detector *detectors, unsigned count,
                                const struct detect_limits *limits)
{
    if (count > DETECTOR_MAX)
        return NULL;
    const char *expected;
    for (unsigned i = 0; i < count; i++)
        if (detector_fault(&detectors[i], limits->lateness_ms, &expected))
            return NULL;
    struct detection *d = calloc(1, sizeof(*d));
    if (!d)
        return NULL;
    d->detectors = detectors;
    d->count = count;
    d->tidied_ms = INT64_MIN;
    pthread_mutex_init(&d->pass_lock, NULL);
    coverage_init(&d->coverage);
    sequences_init(&d->sequences, detectors, count);
    for (unsigned i = 0; i < count; i++) {
        d->rules[i] = definition_rule(&detectors[i], limits->lateness_ms);
        d->names[i] = slice(detectors[i].name);
        d->techniques[i] = slice(detectors[i].techniques ? detectors[i].techniques : "");
        for (unsigned g = 0; g < detectors[i].group_count; g++)
            d->of_source |= (uint64_t)(detectors[i].group_by[g] == DETECT_SRC_IP) << i;
    }
    twins_init(d->rules, detectors, count);
    struct siphash_key key = siphash_key(limits->key);
    size_t for_risk = limits->memory / 16;
    d->risk = risk_new(detectors, for_risk, limits->risk_window_ms, limits->risk_threshold, key);
    d->episodes = episodes_new(&d->watch, detectors, limits->storm_starts);
    if (!d->risk || !d->episodes || !match_init(&d->match, detectors, count) ||
        !watch_init(&d->watch, d->rules, count, limits->memory - for_risk, limits->pairs_per_source,
                    key)) {
        detection_free(d);
        return NULL;
    }
    return d;
}

void detection_free(struct detection *d)
{
    if (!d)
        return;
    match_close(&d->match);
    watch_close(&d->watch);
    episodes_free(d->episodes);
    risk_free(d->risk);
    pthread_mutex_destroy(&d->pass_lock);
    coverage_close(&d->coverage);
    free(d);
}

uint64_t detect_matching(const struct detection *d, const struct record *r)
{
    return match_record(&d->match, r);
}

struct detect_counters detect_counters(const struct detection *d)
{
    struct detect_counters sum = {.alerts = {atomic_load(&d->built_in), 0, 0},
                                  .evicted_entities = risk_evicted(d->risk)};
    for (uint32_t i = 0; i < d->watch.stripe_count; i++) {
        struct stripe *stripe = &d->watch.stripes[i];
        pthread_mutex_lock(&stripe->lock);
        const struct watch_counters *c = &stripe->counters;
        sum.observed += c->observed;
        for (unsigned phase = 0; phase < 3; phase++)
            sum.alerts[phase] += c->alerts[phase];
        sum.suppressed += c->suppressed;
        for (unsigned side = 0; side < SIDE_COUNT; side++)
            sum.groups += stripe->sides[side].used + stripe->sides[side].shared;
        sum.evicted_groups += c->evicted_groups;
        sum.refused_pairs += c->refused_pairs;
        sum.evicted_values += c->evicted_values;
        sum.evicted_episodes += c->evicted_episodes;
        sum.unnamed += c->unnamed;
        sum.late += c->late;
        sum.storms += c->storms;
        pthread_mutex_unlock(&stripe->lock);
    }
    return sum;
}

void detect_counters_add(struct detect_counters *total, const struct detect_counters *more)
{
    for (unsigned phase = 0; phase < 3; phase++)
        total->alerts[phase] += more->alerts[phase];
    total->observed += more->observed;
    total->suppressed += more->suppressed;
    total->groups += more->groups;
    total->evicted_groups += more->evicted_groups;
    total->refused_pairs += more->refused_pairs;
    total->evicted_values += more->evicted_values;
    total->evicted_episodes += more->evicted_episodes;
    total->evicted_entities += more->evicted_entities;
    total->unnamed += more->unnamed;
    total->late += more->late;
    total->storms += more->storms;
}

static bool source_of(const struct alert *alert, struct address *source)
{
    for (unsigned i = 0; i < alert->group_count; i++)
        if (slice_is(slice(alert->group[i].name), "src_ip"))
            return address_parse(slice(alert->group[i].text), source);
    return false;
}

void detection_deliver(struct detection *d, struct alert *alert, on_alert to, void *context)
{
    struct address source;
    bool of_source = source_of(alert, &source);
    if (of_source)
        alert->risk =
            risk_of(d->risk, risk_address(d->risk, source, FIELD_src_ip), alert->time_ms).risk;
    if (of_source && alert->phase == ALERT_END)
        risk_fired(d->risk, source, (unsigned)(alert->detector - d->detectors), alert->time_ms,
                   alert->time_ms + alert->detector->timespan_ms);
    to(context, alert);
}

/* When the next episode can end, looked up anew. */
static int64_t next_end(struct detection *d)
{
    episodes_next_is(d->episodes, INT64_MAX);
    for (uint32_t i = 0; i < d->watch.stripe_count; i++) {
        struct stripe *stripe = &d->watch.stripes[i];
        pthread_mutex_lock(&stripe->lock);
        episodes_next_at_latest(d->episodes, episodes_next_of(stripe));
        pthread_mutex_unlock(&stripe->lock);
    }
    return episodes_next(d->episodes);
}

static bool is_before(const struct alert *a, const struct alert *b)
{
    return a->time_ms != b->time_ms ? a->time_ms < b->time_ms
                                    : memcmp(a->id, b->id, ALERT_ID_LEN) < 0;
}

static void deliver_sorted(struct detection *d, unsigned count, on_alert to, void *context)
{
    struct alert *order[ENDED_MAX];
    for (unsigned i = 0; i < count; i++) {
        unsigned at = i;
        for (; at > 0 && is_before(&d->ended[i], order[at - 1]); at--)
            order[at] = order[at - 1];
        order[at] = &d->ended[i];
    }
    for (unsigned i = 0; i < count; i++)
        detection_deliver(d, order[i], to, context);
}

/* Tells the episodes that have ended by `now`. */
static void end_until(struct detection *d, int64_t now, on_alert to, void *context)
{
    unsigned count = 0;
    for (uint32_t i = 0; i < d->watch.stripe_count; i++) {
        struct stripe *stripe = &d->watch.stripes[i];
        bool more = true;
        while (more) {
            pthread_mutex_lock(&stripe->lock);
            more = episodes_end(d->episodes, stripe, now, &d->ended[count]);
            pthread_mutex_unlock(&stripe->lock);
            count += more;
            if (count == ENDED_MAX) {
                deliver_sorted(d, count, to, context);
                count = 0;
            }
        }
    }
    deliver_sorted(d, count, to, context);
}

/* One time after the other, so that alerts leave in the order of their times in every run, however
 * the stripes hold them; unless there are very many. */
static __attribute__((noinline)) void pass(struct detection *d, int64_t now, on_alert to,
                                           void *context)
{
    int64_t next = next_end(d);
    for (unsigned step = 0; next <= now; step++) {
        end_until(d, step < PASS_STEPS ? next : now, to, context);
        next = next_end(d);
    }
}

void detection_time(struct detection *d, int64_t t, on_alert to, void *context)
{
    if (pthread_mutex_trylock(&d->pass_lock) != 0)
        return; /* another thread is at it */
    int64_t next = episodes_next(d->episodes);
    bool leap = t > next && t - next > LEAP_MS && ++d->leaps < LEAP_COUNT;
    if (!leap && t >= next) {
        d->leaps = 0;
        pass(d, t, to, context);
    }
    pthread_mutex_unlock(&d->pass_lock);
}

void detect_tick(struct detection *d, int64_t now_ms, on_alert to, void *context)
{
    pthread_mutex_lock(&d->pass_lock);
    if (now_ms >= episodes_next(d->episodes))
        pass(d, now_ms, to, context);
    if (d->tidied_ms == INT64_MIN)
        d->tidied_ms = now_ms;
    if (now_ms - d->tidied_ms >= TIDY_MS) {
        d->tidied_ms = now_ms;
        risk_tidy(d->risk, now_ms);
    }
    pthread_mutex_unlock(&d->pass_lock);
}

struct detection_parts detection_parts(struct detection *d)
{
    return (struct detection_parts){d->detectors, d->count, &d->watch,
                                    d->episodes,  d->risk,  &d->coverage};
}
