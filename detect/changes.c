/* A short list a stripe, each group in it once. */
#include "detect/changes.h"

#include "detect/watch.h"

void changes_note(struct stripe *stripe, const struct group *group)
{
    struct changes *changes = &stripe->changes;
    if (!changes->on)
        return;
    const struct side *outside = &stripe->sides[SIDE_EXTERNAL];
    uint32_t last = watch_bucket(outside, outside->buckets - 1) + WATCH_BUCKET - 1;
    uint8_t at = group >= outside->groups && group <= &outside->groups[last];
    uint64_t hash = stripe->sides[at].hashes[watch_slot(&stripe->sides[at], group)];
    for (unsigned i = 0; i < changes->count; i++)
        if (changes->of[i].hash == hash && changes->of[i].side == at)
            return;
    if (changes->count == CHANGES_MAX) {
        changes->lost = true;
        return;
    }
    changes->of[changes->count].hash = hash;
    changes->of[changes->count++].side = at;
}
