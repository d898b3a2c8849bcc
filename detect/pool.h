/*
 * Blocks of 64 bytes times a power of two out of one fixed piece of memory (a buddy allocator).
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
    uint32_t opened; /* units that have been in a block */
    uint32_t used;   /* units in blocks that are taken */
    uint32_t free[POOL_ORDERS];
};

/* Borrows the memory (units * POOL_UNIT bytes) and the states (units bytes, all 0). */
void pool_init(struct pool *pool, void *memory, uint8_t *states, uint32_t units);

/* A block of POOL_UNIT << order bytes by its first unit's number, or POOL_NONE. */
uint32_t pool_take(struct pool *pool, unsigned order);
void pool_give(struct pool *pool, uint32_t unit, unsigned order);

/* The block that holds a unit: its first unit and order. False: it is free. Not to be asked of
 * memory that no block has come from: not before pool_take has failed. */
bool pool_block_of(const struct pool *pool, uint32_t unit, uint32_t *first, unsigned *order);

static inline void *pool_at(const struct pool *pool, uint32_t unit)
{
    return pool->memory + (size_t)unit * POOL_UNIT;
}
