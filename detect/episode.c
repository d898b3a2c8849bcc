/* An episode's memory, and the alerts that are made of it. */
#include "detect/episode.h"

#include "detect/alert_text.h"
#include "detect/members.h"

void episode_begin(struct episode *episode, const struct sighting *s, const struct group *group,
                   struct values table, int64_t window_end, unsigned peak, bool by_also)
{
    const struct detector *detector = s->detector;
    uint32_t window = (uint32_t)detector->timespan_ms;
    bool counts = detector->type != DETECTOR_FIRST_SEEN;
    memset(episode->members, 0, sizeof(episode->members));
    members_of(s->record, detector, episode->members);
    episode->window_start = window_end - detector->timespan_ms;
    episode->first_seen = counts ? INT64_MIN : s->t;
    episode->last_seen = group->newest;
    episode->last_alert = s->t;
    episode->marked = 0;
    episode->next_growth = 10 * (uint64_t)peak;
    episode->by_also = by_also;
    episode->sample_count = episode->device_count = 0;
    episode->evidence = UINT32_C(1) << s->evidence;
    episode_add_device(episode, group->devices[0]);
    episode_add_device(episode, group->devices[1]);
    episode_add_device(episode, s->device);
    sketch_begin(&episode->sketch);
    episode->seen = 0;
    episode->is_exact = true;
    if (!counts)
        return;
    for (uint32_t i = 0; i < table.count; i++) {
        const struct value *v = &table.slots[i];
        bool covered = v->hi && value_covers(v, (uint32_t)window_end, window);
        if (covered)
            episode_value(episode, value_key(v), true, false);
        episode->is_exact &= covered || !v->hi; /* older ones may come back */
    }
    episode_sample(episode, table, (uint32_t)window_end, window);
}

bool episode_value(struct episode *episode, uint64_t key, bool begun, bool forgot)
{
    episode->seen += begun;
    episode->is_exact &= !forgot;
    return sketch_add(&episode->sketch, key);
}

bool episode_add(struct episode *episode, const struct sighting *s, const struct gain *gain,
                 bool forgot)
{
    if (s->t > episode->last_seen)
        episode->last_seen = s->t;
    episode->evidence |= UINT32_C(1) << s->evidence;
    episode_add_device(episode, s->device);
    return (gain->from != gain->to || gain->begun) &&
           episode_value(episode, s->key, gain->begun, forgot) &&
           sketch_estimate(&episode->sketch) >= episode->next_growth;
}

unsigned episode_tier(const struct detector *detector, uint64_t count)
{
    unsigned tier = 0;
    while (tier + 1 < detector->tier_count && count >= detector->tiers[tier + 1].gte)
        tier++;
    return tier;
}

void episode_widen(struct episode *episode, struct values table)
{
    episode->by_also = false;
    episode->is_exact = false;
    for (uint32_t i = 0; i < table.count; i++)
        if (table.slots[i].hi)
            sketch_add(&episode->sketch, value_key(&table.slots[i]));
}

void episode_add_device(struct episode *episode, uint8_t device)
{
    for (unsigned i = 0; i < episode->device_count; i++)
        if (episode->devices[i] == device)
            return;
    if (device && episode->device_count < ALERT_DEVICES_MAX)
        episode->devices[episode->device_count++] = device;
}

/* Ties go by the value, so that a replay takes the same ones. */
void episode_sample(struct episode *episode, struct values table, uint32_t t, uint32_t window)
{
    uint32_t ages[ALERT_SAMPLES_MAX + 1], oldest = 0; /* one more: the one that falls out */
    uint64_t keys[ALERT_SAMPLES_MAX + 1];
    unsigned n = 0;
    for (uint32_t i = 0; i < table.count; i++) {
        const struct value *v = &table.slots[i];
        if (v->hi == 0 || !value_covers(v, t, window))
            continue;
        uint64_t key = value_key(v);
        uint32_t age = (int32_t)(t - v->first) < 0 ? t - v->before : t - v->first;
        age = age < window ? age : window - 1;
        oldest = age > oldest ? age : oldest;
        episode->evidence |= UINT32_C(1) << value_evidence(v);
        unsigned at = n;
        for (; at > 0 && (age > ages[at - 1] || (age == ages[at - 1] && key < keys[at - 1]));
             at--) {
            ages[at] = ages[at - 1];
            keys[at] = keys[at - 1];
        }
        ages[at] = age;
        keys[at] = key;
        n += n < ALERT_SAMPLES_MAX;
    }
    memcpy(episode->samples, keys, n * sizeof(keys[0]));
    episode->sample_count = n;
    if (episode->first_seen == INT64_MIN)
        episode->first_seen = episode->window_start + window - oldest;
}

void episode_alert(const struct episode *episode, const struct detector *detector,
                   const struct group *group, struct stripe *stripe, struct alert *alert,
                   int64_t end)
{
    changes_note(stripe, group);
    alert->detector = detector;
    alert->time_ms = alert->window_end_ms = end;
    alert->window_start_ms = end - detector->timespan_ms;
    alert->group_count = detector->group_count;
    for (unsigned i = 0; i < detector->group_count; i++)
        alert_member(&alert->group[i], detector->group_by[i], &episode->members[i]);
    alert->first_seen_ms = episode->first_seen;
    alert->last_seen_ms = episode->last_seen;
    alert->sample_count = 0;
    for (unsigned i = 0; i < episode->sample_count && detector->type != DETECTOR_EVENT_COUNT; i++)
        alert->sample_count += alert_sample(&alert->samples[alert->sample_count], detector->counted,
                                            episode->samples[i], stripe->wide, WIDE_VALUES);
    alert->evidence = episode->evidence;
    alert->device_count = episode->device_count;
    for (unsigned i = 0; i < episode->device_count; i++)
        alert->devices[i] = devices_name(stripe->devices, episode->devices[i]);
    alert->threshold = episode->by_also ? detector->also_gte : detector->tiers[group->tier].gte;
    alert->severity = detector->tiers[group->tier].severity;
    alert->score = detector->score;
    alert->risk = 0;
    alert_id(alert, episode->window_start);
}

void episode_count(const struct episode *episode, struct alert *alert, uint64_t exact)
{
    const struct detector *detector = alert->detector;
    uint64_t estimate = sketch_estimate(&episode->sketch);
    uint64_t top = detector->tiers[detector->tier_count - 1].gte;
    if (episode->by_also)
        top = detector->also_gte;
    alert->count_estimated = exact > top && estimate > exact;
    alert->count = alert->count_estimated ? estimate : exact;
}

void episode_count_all(const struct episode *episode, struct alert *alert, uint64_t held)
{
    uint64_t estimate = sketch_estimate(&episode->sketch);
    alert->count_estimated = !episode->is_exact;
    alert->count = episode->is_exact ? episode->seen : estimate > held ? estimate : held;
}
