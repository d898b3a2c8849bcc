/* A short list a stripe, each group in it once. */
#include "detect/changes.h"

#include "detect/watch.h"

void changes_note(struct stripe *stripe, const struct group *group)
{
    struct changes *changes = &stripe->changes;
    if (!changes->on)
        return;
    uint8_t at = group >= stripe->sides[SIDE_EXTERNAL].groups &&
                 group < stripe->sides[SIDE_EXTERNAL].groups +
                             (size_t)stripe->sides[SIDE_EXTERNAL].buckets * WATCH_BUCKET;
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
