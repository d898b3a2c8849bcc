/* The targets of scans, kept with their sources until something is done with one of them. */
#include "detect/sequences.h"

#include "detect/members.h"

static bool names(const char *const *list, const char *name)
{
    for (; list && *list; list++)
        if (strcmp(*list, name) == 0)
            return true;
    return false;
}

void sequences_init(struct sequences *sequences, const struct detector *detectors, unsigned count)
{
    *sequences = (struct sequences){0};
    for (unsigned q = 0; q < count; q++) {
        if (detectors[q].type != DETECTOR_SEQUENCE)
            continue;
        sequences->all |= UINT64_C(1) << q;
        for (unsigned i = 0; i < count; i++)
            if (names(detectors[q].after, detectors[i].name) &&
                detectors[i].type == DETECTOR_VALUE_COUNT)
                sequences->after[q] |= UINT64_C(1) << i;
        sequences->feeding |= sequences->after[q];
    }
}

/* The window's values, one after the other: making room for a target may move or take away the
 * scan's own, so they are looked up each time. */
static void keep_window(struct watch *watch, struct stripe *stripe, struct side *side,
                        struct group *targets, const struct sighting *s,
                        const union member *members)
{
    struct gain gain; /* nobody asks */
    for (uint32_t i = 0;; i++) {
        struct group *scan = watch_find(side, s->hash);
        if (!scan)
            return;
        struct values table = watch_values(side, scan, 0);
        if (i >= table.count)
            return;
        struct value v = table.slots[i];
        uint32_t age = (uint32_t)scan->newest - v.last;
        if (v.hi == 0 || age >= watch->rules[s->index].window)
            continue;
        watch_value(watch, stripe, side, targets, 1, target_of(s->detector, members, value_key(&v)),
                    value_evidence(&v), scan->newest - age, &gain);
    }
}

void sequences_feed(const struct sequences *sequences, struct watch *watch, struct stripe *stripe,
                    const struct sighting *s, enum episode_event event)
{
    struct side *side = s->side;
    const struct group *scan = watch_find(side, s->hash);
    struct gain gain;
    bool begins = event == EPISODE_START || event == EPISODE_MUTED || event == EPISODE_STORM;
    if (!scan || (scan->state == GROUP_IDLE && !begins))
        return;
    union member members[DETECTOR_GROUP_MAX];
    members_of(s->record, s->detector, members);
    for (uint64_t left = sequences->all; left; left &= left - 1) {
        unsigned q = (unsigned)__builtin_ctzll(left);
        if (!(sequences->after[q] >> s->index & 1))
            continue;
        uint64_t hash = watch_hash(watch, q, s->first_hash);
        struct place place = watch_place(watch, side, q, hash, s->first_hash);
        struct group *targets =
            watch_group(watch, stripe, side, q, hash, s->first_hash, s->t, &place);
        if (!targets)
            continue;
        watch_advance(watch, stripe, side, targets, s->t);
        changes_note(stripe, targets);
        if (begins)
            keep_window(watch, stripe, side, targets, s, members);
        else
            watch_value(watch, stripe, side, targets, 1, target_of(s->detector, members, s->key),
                        s->evidence, s->t, &gain);
    }
}

/* The record's target in the eyes of a scan's detector; false: it has none. */
static bool target(const struct detector *scan, const struct record *r, uint64_t *key)
{
    union member members[DETECTOR_GROUP_MAX];
    uint64_t value;
    for (unsigned i = 0; i < scan->group_count; i++)
        if (!member_of(r, scan->group_by[i], &members[i]))
            return false;
    if (!value_of(r, scan->counted, &value))
        return false;
    *key = target_of(scan, members, value);
    return true;
}

bool sequences_follows(const struct sequences *sequences, const struct detector *detectors,
                       struct watch *watch, unsigned sequence, const struct record *r,
                       uint64_t source_hash, enum watch_side side, int64_t t)
{
    struct stripe *stripe = watch_stripe(watch, source_hash);
    bool found = false;
    pthread_mutex_lock(&stripe->lock);
    struct group *group =
        watch_find(&stripe->sides[side], watch_hash(watch, sequence, source_hash));
    struct values table = group ? watch_values(&stripe->sides[side], group, 1) : (struct values){0};
    for (uint64_t left = sequences->after[sequence]; left && table.count && !found;
         left &= left - 1) {
        uint64_t key;
        if (!target(&detectors[__builtin_ctzll(left)], r, &key))
            continue;
        const struct value *v = values_slot(table, watch->mix, key);
        found = v && v->hi && value_covers(v, (uint32_t)t, watch->rules[sequence].window);
    }
    pthread_mutex_unlock(&stripe->lock);
    return found;
}
