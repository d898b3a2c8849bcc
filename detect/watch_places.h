/*
 * Where a side's groups stand, and how a block of the pool knows its group. Between watch.c and
 * watch_grow.c; nobody else includes this.
 */
#pragma once

#include "detect/watch.h"

/* The first slots of the two buckets that a group may stand in. */
static inline uint32_t first_slot(uint32_t buckets, uint64_t hash)
{
    return (uint32_t)((hash >> 32) * buckets >> 32) * WATCH_BUCKET;
}

static inline uint32_t second_slot(uint32_t buckets, uint64_t hash)
{
    return (uint32_t)((hash & UINT32_MAX) * buckets >> 32) * WATCH_BUCKET;
}

/* The slot of the group that a block belongs to stands in the block's last four bytes. */
static inline uint32_t *owner_of(const struct side *side, uint32_t unit, unsigned order)
{
    unsigned char *block = pool_at(&side->pool, unit);
    return (uint32_t *)(void *)(block + ((size_t)POOL_UNIT << order) - sizeof(uint32_t));
}

/* Twice the buckets; false: there is no room for more. Groups move. */
bool watch_grow(struct side *side);
