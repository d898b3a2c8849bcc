/*
 * Blocks of 64 bytes times a power of two out of one fixed piece of memory (a buddy allocator). Pools
 * that fill alike may take turns in it, a largest block each, so that what is used lies in few pages.
 * What a full pool does is the caller's business: it takes blocks from whom it can spare.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define POOL_UNIT   64
#define POOL_ORDERS 16
#define POOL_NONE   UINT32_MAX

struct pool {
    unsigned char *memory; /* units of POOL_UNIT bytes */
    uint8_t *states;       /* one a unit, see pool.c */
    uint32_t units;
    uint32_t turns;   /* pools in the memory */
    unsigned largest; /* order of a block */
    uint32_t opened;  /* units that have been in a block */
    uint32_t used;    /* units in blocks that are taken */
    uint32_t free[POOL_ORDERS];
};

/* The bytes that so many pools take turns in; the n-th begins n largest blocks further. */
size_t pool_bytes(uint32_t units, unsigned largest, uint32_t turns);

/* Borrows the memory and the states (units bytes, all 0). */
void pool_init(struct pool *pool, void *memory, uint8_t *states, uint32_t units, unsigned largest,
               uint32_t turns);

/* A block of POOL_UNIT << order bytes by its first unit's number, or POOL_NONE. */
uint32_t pool_take(struct pool *pool, unsigned order);
void pool_give(struct pool *pool, uint32_t unit, unsigned order);

/* The block that holds a unit: its first unit and order. False: it is free. Not to be asked of
 * memory that no block has come from: not before pool_take has failed. */
bool pool_block_of(const struct pool *pool, uint32_t unit, uint32_t *first, unsigned *order);

static inline void *pool_at(const struct pool *pool, uint32_t unit)
{
    uint32_t inside = unit & ((UINT32_C(1) << pool->largest) - 1);
    return pool->memory + ((size_t)(unit - inside) * pool->turns + inside) * POOL_UNIT;
}
