/*
 * Where a side's groups stand, and how a block of the pool knows its group. Between watch.c and
 * watch_grow.c; nobody else includes this.
 */
#pragma once

#include "detect/watch.h"

/* The two buckets that a group may stand in. */
static inline uint32_t first_bucket(uint32_t buckets, uint64_t hash)
{
    return (uint32_t)((hash >> 32) * buckets >> 32);
}

static inline uint32_t second_bucket(uint32_t buckets, uint64_t hash)
{
    return (uint32_t)((hash & UINT32_MAX) * buckets >> 32);
}

/* Their first slots. */
static inline uint32_t first_slot(const struct side *side, uint64_t hash)
{
    return watch_bucket(side, first_bucket(side->buckets, hash));
}

static inline uint32_t second_slot(const struct side *side, uint64_t hash)
{
    return watch_bucket(side, second_bucket(side->buckets, hash));
}

/* The slot of the group that a block belongs to stands in the block's last four bytes. */
static inline uint32_t *owner_of(const struct side *side, uint32_t unit, unsigned order)
{
    unsigned char *block = pool_at(&side->pool, unit);
    return (uint32_t *)(void *)(block + ((size_t)POOL_UNIT << order) - sizeof(uint32_t));
}

/* Twice the buckets; false: there is no room for more. Groups move. */
bool watch_grow(struct side *side);

/* A slot in the two full buckets of a hash, after its group has moved to the other bucket that it may
 * stand in; POOL_NONE: these are full, too. Groups move to higher slots, here if at all possible: who
 * writes them down from the first slot on may meet one twice, and hardly ever misses one. */
uint32_t watch_make_way(struct side *side, uint64_t hash);
