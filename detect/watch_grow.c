/*
 * A side begins with few buckets and doubles them as it fills, so that the groups there are lie close
 * together, and caches reach further. What a bucket held is divided between the two that follow from
 * it, from the last bucket on: these are free by then.
 */
#include "detect/watch_places.h"

#include "detect/bucket.h"
#include "detect/episode.h"

/* What knows a group by its slot. */
static void tell_slot(const struct side *side, uint32_t slot)
{
    const struct group *group = &side->groups[slot];
    for (unsigned set = 0; set < 2; set++)
        if (group->blocks[set] != POOL_NONE)
            *owner_of(side, group->blocks[set] & WATCH_BLOCK_UNIT,
                      group->blocks[set] >> WATCH_BLOCK_SHIFT) = slot;
    if (group->episode == POOL_NONE)
        return;
    struct episode *episode = pool_at(&side->pool, group->episode);
    episode->slot = *owner_of(side, group->episode, EPISODE_ORDER) = slot;
}

static void put(struct side *side, uint32_t slot, uint64_t hash, const struct group *group)
{
    side->hashes[slot] = hash;
    side->groups[slot] = *group;
    side->made += 2;
    tell_slot(side, slot);
}

/* `buckets`: how many there are from now on. */
static void divide(struct side *side, uint32_t buckets, uint32_t bucket)
{
    uint64_t hashes[WATCH_BUCKET];
    struct group groups[WATCH_BUCKET];
    uint32_t from = watch_bucket(side, bucket);
    memcpy(hashes, &side->hashes[from], sizeof(hashes));
    memcpy(groups, &side->groups[from], sizeof(groups));
    memset(&side->hashes[from], 0, sizeof(hashes));
    uint32_t free[2] = {watch_bucket(side, 2 * bucket), watch_bucket(side, 2 * bucket + 1)};
    for (unsigned i = 0; i < WATCH_BUCKET; i++) {
        if (!hashes[i])
            continue;
        uint32_t to = first_bucket(buckets, hashes[i]);
        if (to / 2 != bucket)
            to = second_bucket(buckets, hashes[i]);
        put(side, free[to % 2]++, hashes[i], &groups[i]);
    }
}

bool watch_grow(struct side *side)
{
    if (side->buckets == side->most_buckets)
        return false;
    uint32_t bucket = side->buckets, buckets = 2 * bucket;
    while (bucket--) {
        const struct group *next = &side->groups[watch_bucket(side, bucket ? bucket - 1 : 0)];
        for (unsigned i = 0; i < WATCH_BUCKET; i++)
            __builtin_prefetch(&next[i]);
        divide(side, buckets, bucket);
    }
    __atomic_store_n(&side->buckets, buckets, __ATOMIC_RELAXED);
    return true;
}

/* The bucket that the group of a slot could also stand in. */
static uint32_t other_bucket(const struct side *side, uint32_t slot)
{
    uint64_t hash = side->hashes[slot];
    uint32_t first = first_slot(side, hash);
    return first == slot / WATCH_BUCKET * WATCH_BUCKET ? second_slot(side, hash) : first;
}

uint32_t watch_make_way(struct side *side, uint64_t hash)
{
    uint32_t at[2] = {first_slot(side, hash), second_slot(side, hash)};
    uint32_t slot = POOL_NONE, to = 0;
    for (unsigned i = 0; i < 2 * WATCH_BUCKET && (slot == POOL_NONE || to < slot); i++) {
        uint32_t other = other_bucket(side, at[i / WATCH_BUCKET] + i % WATCH_BUCKET);
        uint32_t free = bucket_matching(&side->hashes[other], 0);
        if (!free)
            continue;
        slot = at[i / WATCH_BUCKET] + i % WATCH_BUCKET;
        to = other + bucket_place(free);
    }
    if (slot == POOL_NONE)
        return slot;
    put(side, to, side->hashes[slot], &side->groups[slot]);
    side->hashes[slot] = 0;
    return slot;
}
