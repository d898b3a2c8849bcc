/* The engine: a record is matched, counted in its groups, and labelled with what fires for it. */
#include "detect/detectors.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "detect/alert_text.h"
#include "detect/insight.h"
#include "detect/match.h"
#include "detect/risk.h"

#define AHEAD_MS   2000    /* how far a device's clock may run ahead: adds to the lateness */
#define KEEP_MAX   10000   /* the highest tier: twice as many values are kept of a group */
#define LEAP_MS    3600000 /* records this far ahead must agree before they move the time */
#define LEAP_COUNT 16
#define TIDY_MS    3600000
#define ENDED_MAX  16 /* ends that are put in order before they leave */
#define PASS_STEPS 1000

struct detection {
    const struct detector *detectors;
    unsigned count;
    struct match match;
    struct watch watch;
    struct episodes *episodes;
    struct risk *risk;
    struct watch_rule rules[DETECTOR_MAX];
    struct slice names[DETECTOR_MAX], techniques[DETECTOR_MAX];
    uint64_t of_source; /* the detectors that group by the source */
    pthread_mutex_t pass_lock;
    unsigned leaps;
    int64_t tidied_ms;
    _Atomic uint64_t insights;
    struct alert ended[ENDED_MAX]; /* of pass */
};

/* One observe call on its way through. */
struct observation {
    struct detection *d;
    struct record *r;
    on_alert deliver;
    void *context;
    int64_t t;
    uint64_t source_hash; /* 0: not needed yet */
    uint64_t firing;
    bool counted; /* by some detector */
};

/* The key at fault, and what it should be. */
static const char *fault(const char *key, const char *say, const char **expected)
{
    *expected = say;
    return key;
}

const char *detector_fault(const struct detector *detector, int64_t lateness_ms,
                           const char **expected)
{
    bool first_seen = detector->type == DETECTOR_FIRST_SEEN;
    if (detector->group_count == 0 || detector->group_count > DETECTOR_GROUP_MAX)
        return fault("group-by", "one to three fields", expected);
    for (unsigned i = 0; i < detector->group_count; i++)
        if (detector->group_by[i] >= DETECT_SERVICE)
            return fault("group-by", "fields other than service", expected);
    if (detector->tier_count == 0 || detector->tier_count > DETECTOR_TIERS_MAX)
        return fault("tiers", "at most seven tiers beside the condition", expected);
    for (unsigned i = 0; i < detector->tier_count; i++)
        if (detector->tiers[i].gte == 0 || detector->tiers[i].gte > KEEP_MAX ||
            (i && detector->tiers[i].gte <= detector->tiers[i - 1].gte))
            return fault(i ? "tiers" : "condition.gte", "thresholds that rise, from 1 to 10000",
                         expected);
    if (detector->has_also && (detector->also_gte == 0 || detector->also_gte > KEEP_MAX))
        return fault("also.gte", "a threshold from 1 to 10000", expected);
    if (detector->timespan_ms <= 0)
        return fault("timespan", "a duration longer than nothing", expected);
    if (!first_seen && detector->timespan_ms <= lateness_ms + AHEAD_MS)
        return fault("timespan", "a duration longer than limits.lateness and limits.ahead together",
                     expected);
    if (!first_seen && detector->timespan_ms > VALUES_WINDOW_MAX_MS)
        return fault("timespan", "a duration of at most three days", expected);
    return NULL;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static struct watch_rule rule_of(const struct detector *detector, int64_t lateness_ms)
{
    struct watch_rule rule = {
        .window = (uint32_t)detector->timespan_ms,
        .lateness = (uint32_t)(lateness_ms + AHEAD_MS),
        .first_seen = detector->type == DETECTOR_FIRST_SEEN,
        .expires_ms = detector->timespan_ms + lateness_ms + AHEAD_MS,
        .quiet_ms = larger(detector->timespan_ms + detector->suppress_ms,
                           detector->timespan_ms + lateness_ms + AHEAD_MS),
    };
    for (unsigned i = 0; i < detector->group_count; i++)
        rule.pair |= detector->group_count > 1 && detector->group_by[i] == DETECT_SRC_IP;
    if (rule.first_seen) {
        rule.expires_ms = rule.quiet_ms = larger(detector->timespan_ms, detector->suppress_ms);
        return rule;
    }
    rule.keep[0] = (uint32_t)detector->tiers[detector->tier_count - 1].gte;
    rule.first_gte[0] = (uint32_t)detector->tiers[0].gte;
    if (detector->has_also)
        rule.keep[1] = rule.first_gte[1] = (uint32_t)detector->also_gte;
    return rule;
}

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
    for (unsigned i = 0; i < count; i++) {
        d->rules[i] = rule_of(&detectors[i], limits->lateness_ms);
        d->names[i] = slice(detectors[i].name);
        d->techniques[i] = slice(detectors[i].techniques ? detectors[i].techniques : "");
        for (unsigned g = 0; g < detectors[i].group_count; g++)
            d->of_source |= (uint64_t)(detectors[i].group_by[g] == DETECT_SRC_IP) << i;
    }
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
    free(d);
}

uint64_t detect_matching(const struct detection *d, const struct record *r)
{
    return match_record(&d->match, r, record_class(r));
}

struct detect_counters detect_counters(const struct detection *d)
{
    struct detect_counters sum = {.alerts = {atomic_load(&d->insights), 0, 0}};
    for (uint32_t i = 0; i < d->watch.stripe_count; i++) {
        struct stripe *stripe = &d->watch.stripes[i];
        pthread_mutex_lock(&stripe->lock);
        const struct watch_counters *c = &stripe->counters;
        sum.observed += c->observed;
        for (unsigned phase = 0; phase < 3; phase++)
            sum.alerts[phase] += c->alerts[phase];
        sum.suppressed += c->suppressed;
        sum.groups += stripe->sides[0].used + stripe->sides[1].used;
        sum.evicted_groups += c->evicted_groups;
        sum.refused_pairs += c->refused_pairs;
        sum.evicted_values += c->evicted_values;
        sum.late += c->late;
        sum.storms += c->storms;
        pthread_mutex_unlock(&stripe->lock);
    }
    return sum;
}

/* ---- alerts on their way out */

static bool source_of(const struct alert *alert, struct address *source)
{
    for (unsigned i = 0; i < alert->group_count; i++)
        if (slice_is(slice(alert->group[i].name), "src_ip"))
            return address_parse(slice(alert->group[i].text), source);
    return false;
}

static __attribute__((noinline)) void insight(struct observation *o, enum record_field field,
                                              const struct risk_state *state,
                                              const struct alert *cause)
{
    struct alert alert;
    insight_alert(&alert, o->r, field, state, cause, o->d->detectors);
    atomic_fetch_add_explicit(&o->d->insights, 1, memory_order_relaxed);
    o->deliver(o->context, &alert);
}

/* A start: scores go to the entities, then the alert leaves, then what crossing that led to. */
static void started(struct observation *o, unsigned index, struct alert *alert)
{
    const struct detector *detector = &o->d->detectors[index];
    struct risk_state states[4] = {{0}};
    bool first = true;
    for (unsigned i = 0; i < detector->entity_count && i < 4; i++) {
        uint64_t entity = risk_entity(o->d->risk, o->r, detector->entities[i]);
        if (!entity)
            continue;
        states[i] = risk_add(o->d->risk, entity, index, o->t);
        if (first)
            alert->risk = states[i].risk;
        first = false;
    }
    o->deliver(o->context, alert);
    for (unsigned i = 0; i < detector->entity_count && i < 4; i++)
        if (states[i].crossed)
            insight(o, detector->entities[i], &states[i], alert);
}

/* Anything but a start. */
static void deliver(struct detection *d, struct alert *alert, on_alert to, void *context)
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

/* ---- time */

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
        deliver(d, order[i], to, context);
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

/* A record has come after the time at which some episode may end. One that is far ahead does not
 * move the time of others by itself. */
static __attribute__((noinline)) void time_passed(struct observation *o)
{
    struct detection *d = o->d;
    if (pthread_mutex_trylock(&d->pass_lock) != 0)
        return; /* another thread is at it */
    int64_t next = episodes_next(d->episodes);
    bool leap = o->t > next && o->t - next > LEAP_MS && ++d->leaps < LEAP_COUNT;
    if (!leap && o->t >= next) {
        d->leaps = 0;
        pass(d, o->t, o->deliver, o->context);
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

/* ---- a record */

static uint64_t first_hash(struct observation *o, const union member *member,
                           enum detector_field field)
{
    if (field != DETECT_SRC_IP)
        return siphash_words(o->d->watch.key, member->address.hi, member->address.lo,
                             FIELD_COUNT + field);
    if (!o->source_hash)
        o->source_hash = risk_address(o->d->risk, member->address, FIELD_src_ip);
    return o->source_hash;
}

/* What the detector makes of the record; false: a field that it groups by or counts is missing. */
static bool sight(struct observation *o, unsigned index, uint32_t class, struct sighting *s)
{
    const struct detector *detector = &o->d->detectors[index];
    const struct record *r = o->r;
    unsigned first = 0;
    s->detector = detector;
    s->index = index;
    s->record = r;
    s->t = o->t;
    s->is_first = !o->counted;
    s->evidence = RECORD_HAS(r, evidence) ? r->evidence : EVIDENCE_NONE;
    s->side = class & (CLASS_EXT_INT | CLASS_EXT_EXT) ? SIDE_EXTERNAL : SIDE_INTERNAL;
    s->narrow = detector->has_also && match_predicate(&detector->also, r, class);
    s->key = 0;
    for (unsigned i = 0; i < detector->group_count; i++) {
        if (!member_of(r, detector->group_by[i], &s->members[i]))
            return false;
        if (detector->group_by[i] == DETECT_SRC_IP)
            first = i;
    }
    if (detector->type == DETECTOR_VALUE_COUNT && !value_of(r, detector->counted, &s->key))
        return false;
    s->first_hash = first_hash(o, &s->members[first], detector->group_by[first]);
    s->hash = s->first_hash ^ (index + 1) * UINT64_C(0x9e3779b97f4a7c15);
    for (unsigned i = 0; i < detector->group_count; i++)
        if (i != first)
            s->hash = siphash_words(o->d->watch.key, s->hash, s->members[i].address.hi,
                                    s->members[i].address.lo);
    return true;
}

static void count(struct observation *o, unsigned index, uint32_t class)
{
    struct detection *d = o->d;
    struct sighting s;
    struct alert alert;
    enum episode_event event;
    bool is_firing;
    int64_t until;
    if (!sight(o, index, class, &s))
        return;
    struct stripe *stripe = watch_stripe(&d->watch, s.first_hash);
    do {
        pthread_mutex_lock(&stripe->lock);
        event = episodes_observe(d->episodes, stripe, &s, &alert, &is_firing, &until);
        pthread_mutex_unlock(&stripe->lock);
        if (event == EPISODE_END)
            deliver(d, &alert, o->deliver, o->context);
    } while (event == EPISODE_END);
    o->counted = true;
    if (event == EPISODE_START)
        started(o, index, &alert);
    else if (event == EPISODE_ONGOING)
        deliver(d, &alert, o->deliver, o->context);
    else if (event == EPISODE_STORM)
        o->deliver(o->context, &alert);
    if (!is_firing)
        return;
    o->firing |= UINT64_C(1) << index;
    if (until && d->of_source >> index & 1)
        risk_firing(d->risk, o->r->src_ip, index, until);
}

static bool has_word(struct slice words, struct slice word)
{
    struct cursor c = cursor_over(words);
    while (c.rest.len)
        if (slice_equals(cursor_until_or_end(&c, ','), word))
            return true;
    return false;
}

/* The words of the detectors in the mask, each once, in the record's scratch area. */
static struct slice joined(struct record *r, const struct slice *texts, uint64_t mask)
{
    if ((mask & (mask - 1)) == 0)
        return texts[__builtin_ctzll(mask)];
    size_t len = 0, used = 0;
    for (uint64_t left = mask; left; left &= left - 1)
        len += texts[__builtin_ctzll(left)].len + 1;
    char *room = record_scratch(r, len);
    if (!room)
        return texts[__builtin_ctzll(mask)];
    for (uint64_t left = mask; left; left &= left - 1) {
        struct cursor c = cursor_over(texts[__builtin_ctzll(left)]);
        while (c.rest.len) {
            struct slice word = cursor_until_or_end(&c, ',');
            if (has_word(slice_make(room, used), word))
                continue;
            if (used)
                room[used++] = ',';
            memcpy(room + used, word.ptr, word.len);
            used += word.len;
        }
    }
    return used ? slice_make(room, used) : SLICE_NONE;
}

static __attribute__((noinline)) void source_state(struct observation *o)
{
    if (!o->source_hash)
        o->source_hash = risk_address(o->d->risk, o->r->src_ip, FIELD_src_ip);
    struct risk_state state = risk_of(o->d->risk, o->source_hash, o->t);
    if (state.risk)
        record_set_risk(o->r, state.risk);
    o->firing |= state.firing;
}

void detect_observe(struct detection *d, struct record *r, on_alert to, void *context)
{
    struct observation o = {.d = d, .r = r, .deliver = to, .context = context};
    if (!RECORD_HAS(r, time) && !RECORD_HAS(r, received))
        return;
    o.t = RECORD_HAS(r, time) ? r->time : r->received;
    if (o.t >= episodes_next(d->episodes))
        time_passed(&o);
    uint32_t class = record_class(r);
    for (uint64_t mask = match_record(&d->match, r, class); mask; mask &= mask - 1)
        count(&o, (unsigned)__builtin_ctzll(mask), class);
    if (RECORD_HAS(r, src_ip) && risk_may_have(d->risk, r->src_ip))
        source_state(&o);
    if (o.firing) {
        record_set_detections(r, joined(r, d->names, o.firing));
        record_set_techniques(r, joined(r, d->techniques, o.firing));
    }
}
