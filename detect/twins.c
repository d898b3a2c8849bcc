/* Who is whose twin, and when they part. */
#include "detect/twins.h"

/* No condition: all are meant. */
static bool holds(uint32_t wide, uint32_t narrow)
{
    return !wide || (narrow && !(narrow & ~wide));
}

/* Whether most records that count towards the follower count towards the leader. (Were it none, they
 * would never share a group.) */
static bool is_wider(const struct predicate *leader, const struct predicate *follower)
{
    return holds(leader->classes, follower->classes) &&
           holds(leader->evidence, follower->evidence) && leader->any_protocol &&
           !leader->dst_port && !leader->not_dst_port && !leader->listed;
}

static bool may_lead(const struct detector *d)
{
    return d->type == DETECTOR_EVENT_COUNT && d->group_count == 1 && !d->has_also &&
           d->tiers[0].gte > 1;
}

static bool are_twins(const struct detector *leader, const struct detector *follower)
{
    return may_lead(leader) && may_lead(follower) && leader->group_by[0] == follower->group_by[0] &&
           leader->keep_missing == follower->keep_missing &&
           leader->timespan_ms == follower->timespan_ms &&
           leader->tiers[0].gte <= follower->tiers[0].gte &&
           is_wider(&leader->where, &follower->where);
}

void twins_init(struct watch_rule *rules, const struct detector *detectors, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        for (unsigned j = i + 1; j < count && rules[i].role == TWIN_NONE; j++)
            if (rules[j].role == TWIN_NONE && are_twins(&detectors[i], &detectors[j])) {
                rules[i].role = TWIN_LEADS;
                rules[i].twin = (uint8_t)j;
                rules[j].role = TWIN_FOLLOWS;
                rules[j].twin = (uint8_t)i;
            }
}

/* The follower has a group of its own from now on: of the leader's values, and those who reported
 * them. */
static void divide(struct watch *watch, struct sighting *s, struct group *group,
                   uint64_t leaders_hash)
{
    unsigned follower = watch->rules[group->detector].twin;
    uint8_t devices[2] = {group->devices[0], group->devices[1]};
    int64_t newest = group->newest;
    uint64_t hash = twins_hash(watch, group->detector, leaders_hash) | 1;
    uint32_t n = watch_take_values(watch, s->stripe, s->side, group);
    group->shared = 0;
    s->side->shared--;
    struct group *own =
        watch_restore(watch, s->stripe, s->side, follower, hash, 0, newest); /* others may move */
    if (own)
        memcpy(own->devices, devices, sizeof(devices));
    if (own && n)
        watch_restore_values(watch, s->stripe, s->side, own, 0, n);
    s->place = watch_place(watch, s->side, s->index, s->hash, s->first_hash);
}

/* A new group stands for both, unless the follower has one. */
static bool begin(struct watch *watch, struct sighting *s)
{
    if (watch_find(s->side, twins_hash(watch, s->index, s->hash)))
        return true;
    struct group *group =
        watch_group(watch, s->stripe, s->side, s->index, s->hash, s->first_hash, s->t, &s->place);
    if (!group)
        return true;
    group->shared = 1;
    s->side->shared++;
    s->place.found = group;
    s->place.made = s->side->made;
    return false;
}

bool twins_settle(struct watch *watch, struct sighting *s)
{
    const struct watch_rule *rule = &watch->rules[s->index];
    if (rule->role == TWIN_FOLLOWS) {
        uint64_t hash = twins_hash(watch, s->index, s->hash);
        struct group *group = watch_find(s->side, hash);
        if (group && group->shared)
            divide(watch, s, group, hash);
        return false;
    }
    struct group *group = s->place.found;
    if (!group)
        return s->for_both && begin(watch, s);
    if (!group->shared)
        return s->for_both;
    if (s->for_both && group->counts[0] + 1u < rule->first_gte[0])
        return false;
    divide(watch, s, group, s->hash);
    return s->for_both;
}
