/*
 * Records, a round at a time. Each is counted as if it had come alone, but what they need of the
 * memory is asked for before the first is: the buckets of all groups, then the groups, then their values.
 */
#include <string.h>

#include "detect/detection.h"
#include "detect/insight.h"
#include "detect/sighting.h"
#include "detect/twins.h"
#include "detect/words.h"

#define AHEAD   48 /* sightings of a round that are made before the first is counted */
#define AT_ONCE 8  /* of those that follow */

/* A record on its way through that is not harmless. */
struct observation {
    struct detection *d;
    struct record *r;
    on_alert deliver;
    void *context;
    struct view view;  /* of the record */
    uint64_t mask;     /* the detectors that it counts towards, but for what is made ahead: */
    unsigned at, made; /* sightings of the round */
    bool counted;      /* by some detector */
    bool marked;       /* what is known of a source has changed */
    uint64_t firing;
};

struct round {
    struct detection *d;
    struct record *const *records;
    unsigned count;
    on_alert deliver;
    void *context;
    uint32_t busy; /* bit n: record n is not harmless */
    unsigned made; /* sightings */
    uint64_t masks[DETECT_ROUND];
    struct observation of[DETECT_ROUND];
    struct sighting sightings[AHEAD];
};

/* ---- alerts on their way out */

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
        states[i] = risk_add(o->d->risk, entity, index, o->view.t);
        if (first)
            alert->risk = states[i].risk;
        first = false;
    }
    o->deliver(o->context, alert);
    for (unsigned i = 0; i < detector->entity_count && i < 4; i++)
        if (states[i].crossed)
            insight(o, detector->entities[i], &states[i], alert);
}

/* An alert leaves while no stripe is locked. */
static __attribute__((noinline)) void tell(struct observation *o, const struct sighting *s,
                                           enum episode_event event, struct alert *alert)
{
    if (event == EPISODE_START)
        started(o, s->index, alert);
    else if (event == EPISODE_STORM)
        o->deliver(o->context, alert);
    else
        detection_deliver(o->d, alert, o->deliver, o->context);
}

/* ---- counting */

/* Makes out groups; they are fetched while the others are made out. */
static unsigned make(struct observation *o, struct sighting *sightings, unsigned room)
{
    const struct detection *d = o->d;
    return sightings_make(sightings, room, &o->view, &o->mask, d->detectors, &d->watch, d->risk);
}

/* Looks for the group, with its stripe locked. What has been found before holds as long as no group is
 * made or goes. */
static inline void place(const struct watch *watch, struct sighting *s)
{
    if (s->place.made != s->side->made)
        s->place = watch_place(watch, s->side, s->index, s->hash, s->first_hash);
}

/* The number of the record's device; 0: none. */
static uint8_t device_of(struct observation *o, struct stripe *stripe)
{
    const struct record *r = o->r;
    if (!RECORD_HAS(r, host))
        return 0;
    uint8_t device = watch_device(&o->d->watch, r->host, devices_hash(r->host, o->d->watch.mix));
    stripe->counters.unnamed += device == 0 && r->host.len;
    return device;
}

/* Locks a sighting's stripe and makes ready to count those that follow in it. */
static struct stripe *enter(struct observation *o, struct sighting *sightings, unsigned n)
{
    const struct watch *watch = &o->d->watch;
    struct stripe *stripe = sightings->stripe;
    pthread_mutex_lock(&stripe->lock);
    uint8_t device = device_of(o, stripe);
    for (struct sighting *s = sightings; s < sightings + n && s->stripe == stripe; s++) {
        place(watch, s);
        s->device = device;
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
        if (d->rules[s->index].role != TWIN_NONE && twins_settle(&d->watch, s))
            o->mask |= UINT64_C(1) << d->rules[s->index].twin;
        s->is_first = !o->counted;
        enum episode_event event =
            episodes_observe(d->episodes, stripe, s, &alert, &is_firing, &until);
        if (d->sequences.feeding >> s->index & 1 && event != EPISODE_END)
            sequences_feed(&d->sequences, &d->watch, stripe, s, event);
        if (event != EPISODE_NOTHING && event != EPISODE_MUTED) {
            pthread_mutex_unlock(&stripe->lock);
            locked = NULL;
            tell(o, s, event, &alert);
            o->marked = true;
        }
        if (event == EPISODE_END) { /* the record itself has not been counted yet */
            i--;
            continue;
        }
        o->counted = true;
        if (!is_firing)
            continue;
        o->firing |= UINT64_C(1) << s->index;
        if (until && d->of_source >> s->index & 1 && RECORD_HAS(o->r, src_ip)) {
            risk_firing(d->risk, o->r->src_ip, s->index, until);
            o->marked = true;
        }
    }
    if (locked)
        pthread_mutex_unlock(&locked->lock);
}

/* Counts what has not been made ahead, and for whom a twin does not count. */
static __attribute__((noinline)) void count_rest(struct observation *o)
{
    struct sighting sightings[AT_ONCE];
    while (o->mask)
        count(o, sightings, make(o, sightings, AT_ONCE));
}

/* ---- a record */

/* The source has set something off before: is this what a sequence waits for? */
static void follow(struct observation *o)
{
    struct detection *d = o->d;
    for (uint64_t left = d->sequences.all; left; left &= left - 1) {
        unsigned i = (unsigned)__builtin_ctzll(left);
        if (match_predicate(&d->detectors[i].where, o->r, o->view.class) &&
            sequences_follows(&d->sequences, d->detectors, &d->watch, i, o->r,
                              view_source(&o->view, d->risk), view_side(&o->view), o->view.t))
            o->mask |= UINT64_C(1) << i;
    }
    if (o->mask)
        count_rest(o);
}

static __attribute__((noinline)) void source_state(struct observation *o)
{
    if (o->d->sequences.all)
        follow(o);
    struct risk_state state = risk_of(o->d->risk, view_source(&o->view, o->d->risk), o->view.t);
    if (state.risk)
        record_set_risk(o->r, state.risk);
    o->firing |= state.firing;
}

static __attribute__((noinline)) void look_for_gap(struct observation *o)
{
    struct alert alert;
    if (!coverage_look(&o->d->coverage, o->r, o->view.t, &alert))
        return;
    atomic_fetch_add_explicit(&o->d->built_in, 1, memory_order_relaxed);
    o->deliver(o->context, &alert);
}

static inline bool has_known_source(const struct detection *d, const struct record *r)
{
    return RECORD_HAS(r, src_ip) && risk_may_have(d->risk, r->src_ip);
}

static __attribute__((noinline)) void observe(struct observation *o, struct sighting *ahead)
{
    struct detection *d = o->d;
    struct record *r = o->r;
    if (o->view.t >= episodes_next(d->episodes))
        detection_time(d, o->view.t, o->deliver, o->context);
    if (coverage_samples(r))
        look_for_gap(o);
    if (o->made)
        count(o, ahead, o->made);
    if (o->mask)
        count_rest(o);
    if (has_known_source(d, r))
        source_state(o);
    r->counted = o->counted;
    if (o->firing) {
        record_set_detections(r, words_joined(r, d->names, o->firing));
        record_set_techniques(r, words_joined(r, d->techniques, o->firing));
    }
}

/* ---- a round */

static inline bool has_time(const struct record *r)
{
    return r->has & (UINT64_C(1) << FIELD_time | UINT64_C(1) << FIELD_received);
}

static inline int64_t time_of(const struct record *r)
{
    return RECORD_HAS(r, time) ? r->time : r->received;
}

/* Whether there is more to a record that no detector counts than one look, as things stand. */
static inline bool is_awaited(const struct detection *d, const struct record *r, int64_t next)
{
    return time_of(r) >= next || coverage_samples(r) || has_known_source(d, r);
}

/* Most records are harmless: of no interest to any detector, and of no source that is. */
static inline bool is_harmless(const struct detection *d, const struct record *r, int64_t next,
                               uint64_t *mask)
{
    if (!has_time(r))
        return true;
    *mask = match_record(&d->match, r);
    return !*mask && !is_awaited(d, r, next);
}

static void look(struct round *round)
{
    int64_t next = episodes_next(round->d->episodes);
    uint32_t busy = 0;
    for (unsigned i = 0; i < round->count; i++)
        if (round->records[i] && !is_harmless(round->d, round->records[i], next, &round->masks[i]))
            busy |= UINT32_C(1) << i;
    round->busy = busy;
}

static void begin(struct round *round, unsigned i)
{
    struct record *r = round->records[i];
    struct observation *o = &round->of[i];
    o->d = round->d;
    o->r = r;
    o->deliver = round->deliver;
    o->context = round->context;
    o->view = (struct view){
        .record = r,
        .class = record_class(r),
        .t = time_of(r),
        .evidence = RECORD_HAS(r, evidence) ? r->evidence : EVIDENCE_NONE,
    };
    o->mask = round->masks[i];
    o->firing = 0;
    o->counted = o->marked = false;
    o->at = round->made;
    o->made = make(o, &round->sightings[o->at], AHEAD - o->at);
    round->made += o->made;
}

/* Something has been set off: what was harmless may not be so any more. */
static __attribute__((noinline)) void look_again(struct round *round, unsigned from)
{
    int64_t next = episodes_next(round->d->episodes);
    for (unsigned i = from; i < round->count; i++) {
        if (round->busy >> i & 1 || !round->records[i] ||
            is_harmless(round->d, round->records[i], next, &round->masks[i]))
            continue;
        round->busy |= UINT32_C(1) << i;
        begin(round, i);
    }
}

/* Each with its stripe locked. */
static inline struct stripe *lock_for(const struct sighting *s, struct stripe *locked)
{
    if (s->stripe == locked)
        return locked;
    if (locked)
        pthread_mutex_unlock(&locked->lock);
    pthread_mutex_lock(&s->stripe->lock);
    return s->stripe;
}

/* The buckets are on their way: looks which groups will be asked for, and fetches them; then where
 * their values stand, and the groups that do not stand where most do. */
static void fetch(struct round *round)
{
    const struct watch *watch = &round->d->watch;
    struct sighting *end = round->sightings + round->made;
    struct stripe *locked = NULL;
    for (struct sighting *s = round->sightings; s < end; s++) {
        locked = lock_for(s, locked);
        s->place = watch_place_near(s->side, s->hash);
        if (s->for_both && !s->place.found)
            watch_place_near(s->side, twins_hash(watch, s->index, s->hash));
    }
    for (struct sighting *s = round->sightings; s < end; s++) {
        locked = lock_for(s, locked);
        if (s->place.made == s->side->made)
            watch_prefetch_value(watch, s->side, s->place.found, s->key);
        else
            place(watch, s);
    }
    if (locked)
        pthread_mutex_unlock(&locked->lock);
}

void detect_round(struct detection *d, struct record *const *records, unsigned n, on_alert deliver,
                  void (*observed)(void *context), void *context)
{
    struct round round; /* large: only what is used is written */
    round.d = d;
    round.records = records;
    round.count = n;
    round.deliver = deliver;
    round.context = context;
    round.made = 0;
    look(&round);
    for (uint32_t left = round.busy; left; left &= left - 1)
        begin(&round, (unsigned)__builtin_ctz(left));
    if (round.busy & (round.busy - 1))
        fetch(&round);
    int64_t next = episodes_next(d->episodes);
    for (unsigned i = 0; i < n; i++) {
        struct observation *o = &round.of[i];
        bool busy = round.busy >> i & 1;
        if (busy)
            observe(o, &round.sightings[o->at]);
        if (observed)
            observed(context);
        if (busy && (o->marked || episodes_next(d->episodes) != next)) {
            next = episodes_next(d->episodes);
            look_again(&round, i + 1);
        }
    }
}

void detect_observe(struct detection *d, struct record *r, on_alert deliver, void *context)
{
    uint64_t mask;
    if (!is_harmless(d, r, episodes_next(d->episodes), &mask))
        detect_round(d, &r, 1, deliver, NULL, context);
}
