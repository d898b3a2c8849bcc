/*
 * Episodes that fire keep what their alerts say in a block of the group's pool. When not even one
 * can be had, the alert leaves all the same and the group fires on without a memory: its news and
 * its end are then not told.
 */
#include "detect/episodes.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "detect/alert_text.h"
#include "detect/episode.h"
#include "detect/members.h"
#include "detect/storms.h"

#define STORM_RETRY_MS 60000

struct episodes {
    struct watch *watch;
    const struct detector *detectors;
    _Atomic int64_t next;
    struct storms storms;
};

struct episodes *episodes_new(struct watch *watch, const struct detector *detectors,
                              uint32_t storm_starts)
{
    struct episodes *e = calloc(1, sizeof(*e));
    if (!e)
        return NULL;
    e->watch = watch;
    e->detectors = detectors;
    atomic_init(&e->next, INT64_MAX);
    storms_init(&e->storms, storm_starts);
    return e;
}

void episodes_free(struct episodes *e)
{
    if (!e)
        return;
    storms_close(&e->storms);
    free(e);
}

int64_t episodes_next(const struct episodes *e)
{
    return atomic_load_explicit(&e->next, memory_order_relaxed);
}

void episodes_next_is(struct episodes *e, int64_t when)
{
    atomic_store_explicit(&e->next, when, memory_order_relaxed);
}

void episodes_next_at_latest(struct episodes *e, int64_t when)
{
    int64_t next = atomic_load_explicit(&e->next, memory_order_relaxed);
    while (when < next && !atomic_compare_exchange_weak(&e->next, &next, when))
        ;
}

/* A time modulo 2^32 near the group's newest. */
static int64_t near(const struct group *group, uint32_t ms)
{
    return group->newest + (int32_t)(ms - (uint32_t)group->newest);
}

static struct episode *episode_of(const struct side *side, const struct group *group)
{
    return group->episode == POOL_NONE ? NULL : pool_at(&side->pool, group->episode);
}

void episodes_drop(const struct watch *watch, struct side *side, struct group *group)
{
    struct episode *episode = episode_of(side, group);
    if (!episode)
        return;
    if (episode->previous == POOL_NONE)
        side->active = episode->next;
    else
        ((struct episode *)pool_at(&side->pool, episode->previous))->next = episode->next;
    if (episode->next != POOL_NONE)
        ((struct episode *)pool_at(&side->pool, episode->next))->previous = episode->previous;
    watch_book(watch, side, group, -(UINT32_C(1) << EPISODE_ORDER));
    pool_give(&side->pool, group->episode, EPISODE_ORDER);
    group->episode = POOL_NONE;
}

struct episode *episodes_room(struct episodes *e, struct stripe *stripe, struct side *side,
                              struct group *group)
{
    uint32_t unit = watch_block(e->watch, stripe, side, group, EPISODE_ORDER, group->newest);
    if (unit == POOL_NONE) {
        stripe->counters.evicted_episodes++;
        return NULL;
    }
    struct episode *episode = pool_at(&side->pool, unit);
    episode->slot = watch_slot(side, group);
    episode->next = side->active;
    episode->previous = POOL_NONE;
    if (side->active != POOL_NONE)
        ((struct episode *)pool_at(&side->pool, side->active))->previous = unit;
    side->active = group->episode = unit;
    return episode;
}

/* Until when some window held enough values, as the values stand. */
static int64_t hot_until(struct episodes *e, struct stripe *stripe, struct side *side,
                         struct group *group)
{
    const struct watch_rule *rule = &e->watch->rules[group->detector];
    uint32_t age = UINT32_MAX;
    if (group->state == GROUP_FIRING && group->episode == POOL_NONE)
        return group->newest; /* its values are not kept up */
    for (unsigned set = 0; set < 2; set++) {
        if (!rule->first_gte[set])
            continue;
        uint32_t a = values_nth_age(watch_values(side, group, set), (uint32_t)group->newest,
                                    rule->first_gte[set], stripe->scratch);
        age = a < age ? a : age;
    }
    return age == UINT32_MAX ? group->newest : group->newest - age + rule->window;
}

/* Ends the group's episode if a window has passed below the threshold; true: *alert says so. */
static bool check(struct episodes *e, struct stripe *stripe, struct side *side, struct group *group,
                  int64_t now, struct alert *alert)
{
    if (now < near(group, group->next_check))
        return false;
    const struct detector *detector = &e->detectors[group->detector];
    struct episode *episode = episode_of(side, group);
    int64_t hot = hot_until(e, stripe, side, group), end = hot + detector->timespan_ms;
    if (now < end) {
        group->next_check = (uint32_t)end;
        if (episode)
            episodes_next_at_latest(e, end);
        return false;
    }
    group->hot = (uint32_t)hot;
    watch_set_state(e->watch, side, group, GROUP_IDLE);
    if (!episode) {
        group->tier = 0;
        return false;
    }
    episode_alert(episode, detector, group, stripe, alert, end);
    episode_count_all(episode, alert, group->counts[episode->by_also]);
    alert->phase = ALERT_END;
    alert->record = NULL;
    alert_summary(alert, detector->summary);
    stripe->counters.alerts[ALERT_END]++;
    group->tier = 0;
    group->devices[0] = group->devices[1] = 0;
    episodes_drop(e->watch, side, group);
    return true;
}

bool episodes_end(struct episodes *e, struct stripe *stripe, int64_t now, struct alert *alert)
{
    for (unsigned s = 0; s < SIDE_COUNT; s++) {
        struct side *side = &stripe->sides[s];
        uint32_t next;
        for (uint32_t unit = side->active; unit != POOL_NONE; unit = next) {
            const struct episode *episode = pool_at(&side->pool, unit);
            next = episode->next;
            if (check(e, stripe, side, &side->groups[episode->slot], now, alert))
                return true;
        }
    }
    return false;
}

int64_t episodes_next_of(struct stripe *stripe)
{
    int64_t next = INT64_MAX;
    for (unsigned s = 0; s < SIDE_COUNT; s++) {
        const struct side *side = &stripe->sides[s];
        const struct episode *episode;
        for (uint32_t unit = side->active; unit != POOL_NONE; unit = episode->next) {
            episode = pool_at(&side->pool, unit);
            const struct group *group = &side->groups[episode->slot];
            int64_t end = near(group, group->next_check);
            next = end < next ? end : next;
        }
    }
    return next;
}

struct look {
    struct episodes *e;
    struct stripe *stripe;
    struct side *side;
    struct group *group;
    const struct watch_rule *rule;
    const struct sighting *s;
    struct alert *alert;
    uint16_t before[2]; /* values in the two sets before the record */
    unsigned peak;      /* most values in one window */
    uint32_t at;        /* that window's end */
    bool by_also;       /* it was the lower threshold that was met */
};

/* Whether a start would fall into the quiet time after another episode. */
static bool suppressed(const struct look *l, uint32_t quiet_since)
{
    uint32_t t = (uint32_t)l->s->t;
    const struct detector *detector = l->s->detector;
    if (!l->group->has_started)
        return false;
    int32_t quiet = (int32_t)(t - quiet_since), since = (int32_t)(t - l->group->started);
    return quiet < detector->suppress_ms && since < detector->suppress_max_ms;
}

static enum episode_event start(struct look *l, int64_t window_end)
{
    struct group *group = l->group;
    const struct detector *detector = l->s->detector;
    struct episode local, *episode;
    bool report;
    if (!storms_allow(&l->e->storms, l->s->index, detector, l->s->t, l->alert, &report)) {
        l->stripe->counters.storms++;
        group->has_started = 0; /* not told: to be tried again, as if it were the first */
        group->started = (uint32_t)l->s->t;
        if (detector->type != DETECTOR_FIRST_SEEN)
            watch_set_state(l->e->watch, l->side, group, GROUP_MUTED);
        group->next_check = (uint32_t)(l->s->t + detector->timespan_ms);
        return report ? EPISODE_STORM : EPISODE_MUTED;
    }
    bool lasting = detector->type != DETECTOR_FIRST_SEEN;
    watch_set_state(l->e->watch, l->side, group, lasting ? GROUP_FIRING : GROUP_IDLE);
    group->tier = lasting && !l->by_also ? episode_tier(detector, l->peak) & 7 : 0;
    group->has_started = 1;
    group->started = (uint32_t)l->s->t;
    episode = lasting ? episodes_room(l->e, l->stripe, l->side, group) : NULL;
    if (!episode)
        episode = &local;
    episode_begin(episode, l->s, group, watch_values(l->side, group, l->by_also), window_end,
                  l->peak, l->by_also);
    group->next_check = (uint32_t)(window_end + detector->timespan_ms);
    if (group->episode != POOL_NONE)
        episodes_next_at_latest(l->e, window_end + detector->timespan_ms);
    episode_alert(episode, detector, group, l->stripe, l->alert, window_end);
    episode_count(episode, l->alert, l->peak);
    l->alert->phase = ALERT_START;
    l->alert->record = l->s->record;
    alert_summary(l->alert, detector->summary);
    l->stripe->counters.alerts[ALERT_START]++;
    return EPISODE_START;
}

/* The fullest window that the record may have completed, of either set. True: enough to start. */
static bool completes(struct look *l, struct gain gains[2], uint32_t need)
{
    uint32_t newest = (uint32_t)l->group->newest;
    for (unsigned set = 0; set < 2; set++) {
        uint32_t wanted = set ? l->rule->first_gte[1] : need;
        if (!l->rule->first_gte[set] || gains[set].from == gains[set].to ||
            l->group->counts[set] < wanted)
            continue;
        l->peak = values_peak(watch_values(l->side, l->group, set), gains[set], newest,
                              l->rule->window, wanted, l->stripe->scratch, &l->at);
        l->by_also = set == 1;
        if (l->peak >= wanted)
            return true;
    }
    return false;
}

/* Windows that end before `hot` are the last episode's, which has been told: a late record of it
 * starts nothing. (Some of its values have been forgotten: they would look new.) */
static void leave_to_the_last(struct gain *gain, uint32_t hot)
{
    if ((int32_t)(hot - gain->from) > 0)
        gain->from = (int32_t)(gain->to - hot) > 0 ? hot : gain->to;
}

/* Whether either set holds as many values as it takes, in whatever windows. */
static inline bool holds_enough(const struct group *group, const struct watch_rule *rule)
{
    return group->counts[0] >= rule->first_gte[0] ||
           (rule->first_gte[1] && group->counts[1] >= rule->first_gte[1]);
}

static enum episode_event idle(struct look *l, struct gain gains[2])
{
    struct group *group = l->group;
    if (!holds_enough(group, l->rule))
        return EPISODE_NOTHING;
    for (unsigned set = 0; group->state == GROUP_IDLE && group->has_started && set < 2; set++)
        leave_to_the_last(&gains[set], group->hot);
    if (!completes(l, gains, l->rule->first_gte[0]))
        return EPISODE_NOTHING;
    if (group->state == GROUP_MUTED) {
        if (!group->has_started && (int32_t)((uint32_t)l->s->t - group->started) < STORM_RETRY_MS)
            return EPISODE_NOTHING;
        if (suppressed(l, (uint32_t)l->s->t))
            return EPISODE_NOTHING;
    } else if (suppressed(l, group->hot)) {
        watch_set_state(l->e->watch, l->side, group, GROUP_MUTED);
        group->next_check = (uint32_t)(l->s->t + l->s->detector->timespan_ms);
        l->stripe->counters.suppressed++;
        return EPISODE_MUTED;
    }
    return start(l, near(group, l->at));
}

/* What the record adds to the episode; true: it has grown tenfold. */
static bool grows(struct look *l, struct episode *episode, const struct gain gains[2])
{
    struct group *group = l->group;
    uint64_t least = l->s->detector->tiers[0].gte;
    if (episode->by_also && group->counts[0] >= least &&
        completes(l, (struct gain[2]){gains[0], {0, 0, false}}, (uint32_t)least))
        episode_widen(episode, watch_values(l->side, group, 0));
    unsigned set = episode->by_also;
    bool forgot = group->counts[set] != l->before[set] + gains[set].begun;
    return episode_add(episode, l->s, &gains[set], forgot);
}

/* Whether a window that ends now holds enough, of either set. */
static bool is_full(const struct look *l, uint32_t t)
{
    for (unsigned set = 0; set < 2; set++)
        if (l->rule->first_gte[set] && values_count(watch_values(l->side, l->group, set), t,
                                                    l->rule->window) >= l->rule->first_gte[set])
            return true;
    return false;
}

static enum episode_event firing(struct look *l, const struct gain gains[2])
{
    struct group *group = l->group;
    struct episode *episode = episode_of(l->side, group);
    const struct detector *detector = l->s->detector;
    bool grown = grows(l, episode, gains);
    bool due = l->s->t - episode->last_alert >= detector->update_interval_ms;
    bool crossed = false;
    if (group->tier + 1u < detector->tier_count &&
        group->counts[0] >= detector->tiers[group->tier + 1].gte)
        crossed = completes(l, (struct gain[2]){gains[0], {0, 0, false}},
                            (uint32_t)detector->tiers[group->tier + 1].gte);
    if (!crossed && !grown && !due)
        return EPISODE_NOTHING;
    struct values table = watch_values(l->side, group, episode->by_also);
    uint32_t t = (uint32_t)l->s->t;
    if (crossed) {
        group->tier = episode_tier(detector, l->peak) & 7;
    } else {
        l->at = t;
        l->peak = values_count(table, t, l->rule->window);
        if (!grown && !is_full(l, t))
            return EPISODE_NOTHING; /* below the threshold: about to end, no news */
    }
    while (sketch_estimate(&episode->sketch) >= episode->next_growth)
        episode->next_growth *= 10;
    episode->last_alert = l->s->t;
    episode_sample(episode, table, l->at, l->rule->window);
    episode_alert(episode, detector, group, l->stripe, l->alert, near(group, l->at));
    episode_count(episode, l->alert, l->peak);
    l->alert->phase = ALERT_ONGOING;
    l->alert->record = l->s->record;
    alert_summary(l->alert, detector->summary);
    l->stripe->counters.alerts[ALERT_ONGOING]++;
    return EPISODE_ONGOING;
}

/* Seen, or not seen for so long that it is news again. */
static enum episode_event first_seen(struct look *l, bool *is_firing, int64_t *until)
{
    struct group *group = l->group;
    const struct detector *detector = l->s->detector;
    enum episode_event event = EPISODE_NOTHING;
    bool is_new = !group->has_started;
    int64_t unseen = l->s->t - group->newest;
    watch_advance(l->e->watch, l->stripe, l->side, group, l->s->t);
    if (is_new || unseen >= detector->timespan_ms) {
        if (!is_new && unseen < detector->suppress_ms &&
            suppressed(l, (uint32_t)(l->s->t - unseen))) {
            l->stripe->counters.suppressed++;
        } else {
            l->peak = 1;
            event = start(l, l->s->t);
        }
    }
    *until = near(group, group->started) + detector->update_interval_ms;
    *is_firing = group->has_started && l->s->t < *until;
    return event;
}

/*
 * Until when the group fires for certain, and a window more: by then its end will have been told.
 * 0: that has been said before.
 */
static int64_t is_firing_until(const struct look *l)
{
    struct episode *episode = episode_of(l->side, l->group);
    int64_t until = near(l->group, l->group->next_check) + l->rule->window;
    if (!episode || episode->marked >= until)
        return 0;
    return episode->marked = until;
}

static inline void remember(struct stripe *stripe, const struct sighting *s, struct group *group)
{
    if (s->key & VALUE_WIDE)
        stripe->wide[s->key % WIDE_VALUES] = alert_wide_value(s);
    stripe->counters.observed += s->is_first;
    if (group->state == GROUP_FIRING || group->devices[0] == s->device)
        return;
    if (group->devices[0] == 0)
        group->devices[0] = s->device;
    else if (group->devices[1] == 0)
        group->devices[1] = s->device;
}

static inline void count_value(struct episodes *e, struct stripe *stripe, const struct sighting *s,
                               struct group *group, struct gain gains[2])
{
    gains[1] = (struct gain){0, 0, false};
    if (watch_has_no_value(group))
        watch_first_value(e->watch, group, s->key, s->evidence, s->t, &gains[0]);
    else
        watch_value(e->watch, stripe, s->side, group, 0, s->key, s->evidence, s->t, &gains[0]);
    if (s->narrow)
        watch_value(e->watch, stripe, s->side, group, 1, s->key, s->evidence, s->t, &gains[1]);
    remember(stripe, s, group);
}

/* What becomes of a group that has been counted in. */
static __attribute__((noinline)) enum episode_event tell(struct look *l, struct gain gains[2],
                                                         bool *is_firing, int64_t *until)
{
    enum episode_event event = l->group->state == GROUP_FIRING ? firing(l, gains) : idle(l, gains);
    *is_firing = l->group->state == GROUP_FIRING;
    *until = is_firing_until(l);
    return event;
}

/* The record in a group that fires, is muted, or remembers only when it was last seen. */
static __attribute__((noinline)) enum episode_event observe_told(struct look *l, bool *is_firing,
                                                                 int64_t *until)
{
    struct group *group = l->group;
    const struct sighting *s = l->s;
    struct gain gains[2];
    if (l->rule->first_seen) {
        remember(l->stripe, s, group);
        return first_seen(l, is_firing, until);
    }
    if (check(l->e, l->stripe, l->side, group, s->t, l->alert))
        return EPISODE_END;
    watch_advance(l->e->watch, l->stripe, l->side, group, s->t);
    if (group->state == GROUP_FIRING && group->episode == POOL_NONE) { /* nothing more to be told */
        *is_firing = true;
        *until = 0;
        return EPISODE_NOTHING;
    }
    l->before[0] = group->counts[0];
    l->before[1] = group->counts[1];
    count_value(l->e, l->stripe, s, group, gains);
    return tell(l, gains, is_firing, until);
}

enum episode_event episodes_observe(struct episodes *e, struct stripe *stripe,
                                    const struct sighting *s, struct alert *alert, bool *is_firing,
                                    int64_t *until)
{
    const struct watch_rule *rule = &e->watch->rules[s->index];
    struct group *group =
        watch_group(e->watch, stripe, s->side, s->index, s->hash, s->first_hash, s->t, &s->place);
    struct gain gains[2];
    *is_firing = false;
    if (!group)
        return EPISODE_NOTHING;
    bool is_quiet = group->state == GROUP_IDLE && !rule->first_seen;
    if (is_quiet) {
        watch_advance(e->watch, stripe, s->side, group, s->t);
        count_value(e, stripe, s, group, gains);
        if (!holds_enough(group, rule))
            return EPISODE_NOTHING;
    }
    struct look l = {.e = e,
                     .stripe = stripe,
                     .side = s->side,
                     .group = group,
                     .rule = rule,
                     .s = s,
                     .alert = alert};
    return is_quiet ? tell(&l, gains, is_firing, until) : observe_told(&l, is_firing, until);
}

struct storms *episodes_storms(struct episodes *e)
{
    return &e->storms;
}
