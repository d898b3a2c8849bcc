/* The engine: a record is matched, counted in its groups, and labelled with what fires for it. */
#include "detect/detectors.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "detect/coverage.h"
#include "detect/definition.h"
#include "detect/insight.h"
#include "detect/match.h"
#include "detect/parts.h"
#include "detect/sequences.h"
#include "detect/sighting.h"
#include "detect/words.h"

#define LEAP_MS    3600000 /* records this far ahead must agree before they move the time */
#define LEAP_COUNT 16
#define TIDY_MS    3600000
#define ENDED_MAX  16 /* ends that are put in order before they leave */
#define PASS_STEPS 1000
#define AT_ONCE    8 /* detectors that a record is counted for under one lock */

struct detection {
    const struct detector *detectors;
    unsigned count;
    struct match match;
    struct watch watch;
    struct episodes *episodes;
    struct risk *risk;
    struct sequences sequences;
    struct coverage coverage;
    struct watch_rule rules[DETECTOR_MAX];
    struct slice names[DETECTOR_MAX], techniques[DETECTOR_MAX];
    uint64_t of_source; /* the detectors that group by the source */
    pthread_mutex_t pass_lock;
    unsigned leaps;
    int64_t tidied_ms;
    _Atomic uint64_t built_in;     /* alerts: insights, coverage gaps */
    struct alert ended[ENDED_MAX]; /* of pass */
};

/* One observe call on its way through. */
struct observation {
    struct detection *d;
    struct record *r;
    on_alert deliver;
    void *context;
    int64_t t;
    struct view view;   /* of the record */
    uint64_t host_hash; /* 0: not needed yet */
    uint64_t firing;
    bool counted; /* by some detector */
};

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
        sum.groups += stripe->sides[0].used + stripe->sides[1].used;
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
    atomic_fetch_add_explicit(&o->d->built_in, 1, memory_order_relaxed);
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

/* An alert leaves while no stripe is locked. */
static void tell(struct observation *o, const struct sighting *s, enum episode_event event,
                 struct alert *alert)
{
    if (event == EPISODE_START)
        started(o, s->index, alert);
    else if (event == EPISODE_STORM)
        o->deliver(o->context, alert);
    else
        deliver(o->d, alert, o->deliver, o->context);
}

/* The number of the record's device; 0: none. */
static uint8_t device_of(struct observation *o, struct stripe *stripe)
{
    const struct record *r = o->r;
    if (!RECORD_HAS(r, host))
        return 0;
    if (!o->host_hash)
        o->host_hash = devices_hash(r->host, o->d->watch.mix);
    uint8_t device = watch_device(&o->d->watch, r->host, o->host_hash);
    stripe->counters.unnamed += device == 0 && r->host.len;
    return device;
}

/* Locks a sighting's stripe and looks for the groups of those that follow in it, and for their values,
 * all before the first is counted, so that the memory fetches them at the same time. */
static struct stripe *enter(struct observation *o, struct sighting *sightings, unsigned n)
{
    const struct watch *watch = &o->d->watch;
    struct stripe *stripe = sightings->stripe;
    unsigned here = 0;
    pthread_mutex_lock(&stripe->lock);
    for (; here < n && sightings[here].stripe == stripe; here++) {
        struct sighting *s = &sightings[here];
        s->place = watch_place(watch, s->side, s->index, s->hash, s->first_hash);
    }
    uint8_t device = device_of(o, stripe);
    for (struct sighting *s = sightings; s < sightings + here; s++) {
        s->device = device;
        if (s->place.found)
            watch_prefetch_value(watch, s->side, s->place.found, s->key);
    }
    return stripe;
}

/* Counts what has been made of the record, under one lock as far as it goes. */
static void count(struct observation *o, struct sighting *sightings, unsigned n)
{
    struct detection *d = o->d;
    struct stripe *locked = NULL;
    struct alert alert;
    for (unsigned i = 0; i < n; i++) {
        struct sighting *s = &sightings[i];
        struct stripe *stripe = s->stripe;
        bool is_firing;
        int64_t until;
        if (locked != stripe) {
            if (locked)
                pthread_mutex_unlock(&locked->lock);
            locked = enter(o, s, n - i);
        }
        s->is_first = !o->counted;
        enum episode_event event =
            episodes_observe(d->episodes, stripe, s, &alert, &is_firing, &until);
        if (d->sequences.feeding >> s->index & 1 && event != EPISODE_END)
            sequences_feed(&d->sequences, &d->watch, stripe, s, event);
        if (event != EPISODE_NOTHING && event != EPISODE_MUTED) {
            pthread_mutex_unlock(&stripe->lock);
            locked = NULL;
            tell(o, s, event, &alert);
        }
        if (event == EPISODE_END) { /* the record itself has not been counted yet */
            i--;
            continue;
        }
        o->counted = true;
        if (!is_firing)
            continue;
        o->firing |= UINT64_C(1) << s->index;
        if (until && d->of_source >> s->index & 1 && RECORD_HAS(o->r, src_ip))
            risk_firing(d->risk, o->r->src_ip, s->index, until);
    }
    if (locked)
        pthread_mutex_unlock(&locked->lock);
}

/* Makes out all groups first, so that the memory fetches them while the others are made out. */
static __attribute__((noinline)) void count_all(struct observation *o, uint64_t mask)
{
    struct sighting sightings[AT_ONCE];
    while (mask) {
        unsigned n = 0;
        for (; mask && n < AT_ONCE; mask &= mask - 1) {
            struct sighting *s = &sightings[n];
            unsigned index = (unsigned)__builtin_ctzll(mask);
            if (!sighting_make(s, &o->view, &o->d->detectors[index], index, &o->d->watch,
                               o->d->risk))
                continue;
            watch_prefetch(s->side, s->hash);
            n++;
        }
        count(o, sightings, n);
    }
}

/* The source has set something off before: is this what a sequence waits for? */
static void follow(struct observation *o)
{
    struct detection *d = o->d;
    uint64_t mask = 0;
    for (uint64_t left = d->sequences.all; left; left &= left - 1) {
        unsigned i = (unsigned)__builtin_ctzll(left);
        if (match_predicate(&d->detectors[i].where, o->r, o->view.class) &&
            sequences_follows(&d->sequences, d->detectors, &d->watch, i, o->r,
                              view_source(&o->view, d->risk), view_side(&o->view), o->t))
            mask |= UINT64_C(1) << i;
    }
    if (mask)
        count_all(o, mask);
}

static __attribute__((noinline)) void source_state(struct observation *o)
{
    if (o->d->sequences.all)
        follow(o);
    struct risk_state state = risk_of(o->d->risk, view_source(&o->view, o->d->risk), o->t);
    if (state.risk)
        record_set_risk(o->r, state.risk);
    o->firing |= state.firing;
}

static __attribute__((noinline)) void look_for_gap(struct observation *o)
{
    struct alert alert;
    if (!coverage_look(&o->d->coverage, o->r, o->t, &alert))
        return;
    atomic_fetch_add_explicit(&o->d->built_in, 1, memory_order_relaxed);
    o->deliver(o->context, &alert);
}

/* What is not over after one look at a record. */
static __attribute__((noinline)) void observe(struct detection *d, struct record *r, int64_t t,
                                              uint64_t mask, on_alert to, void *context)
{
    struct observation o = {.d = d, .r = r, .deliver = to, .context = context, .t = t};
    o.view = (struct view){.record = r, .class = record_class(r), .t = t};
    if (t >= episodes_next(d->episodes))
        time_passed(&o);
    if (coverage_samples(r))
        look_for_gap(&o);
    if (mask)
        count_all(&o, mask);
    if (RECORD_HAS(r, src_ip) && risk_may_have(d->risk, r->src_ip))
        source_state(&o);
    r->counted = o.counted;
    if (o.firing) {
        record_set_detections(r, words_joined(r, d->names, o.firing));
        record_set_techniques(r, words_joined(r, d->techniques, o.firing));
    }
}

/* Most records are harmless: of no interest to any detector, and of no source that is. */
void detect_observe(struct detection *d, struct record *r, on_alert to, void *context)
{
    if (!RECORD_HAS(r, time) && !RECORD_HAS(r, received))
        return;
    int64_t t = RECORD_HAS(r, time) ? r->time : r->received;
    uint64_t mask = match_record(&d->match, r);
    if (mask || t >= episodes_next(d->episodes) || coverage_samples(r) ||
        (RECORD_HAS(r, src_ip) && risk_may_have(d->risk, r->src_ip)))
        observe(d, r, t, mask, to, context);
}

struct detection_parts detection_parts(struct detection *d)
{
    return (struct detection_parts){d->detectors, d->count, &d->watch,
                                    d->episodes,  d->risk,  &d->coverage};
}
