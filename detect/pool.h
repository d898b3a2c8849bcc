/*
 * Blocks of 64 bytes times a power of two out of one fixed piece of memory (a buddy allocator). Pools
 * that fill alike may take turns in it, so that what is used lies in few pages: a little piece each,
 * then twice as much with every turn, up to a largest block. What a full pool does is the caller's business: it takes blocks from whom it can spare.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define POOL_UNIT   64
#define POOL_ORDERS 16
#define POOL_FIRST  6 /* order of the piece that a pool has in the first turn and in the second */
#define POOL_NONE   UINT32_MAX

struct pool {
    unsigned char *memory; /* units of POOL_UNIT bytes */
    uint8_t *states;       /* one a unit, see pool.c */
    uint32_t units;
    uint32_t turns;   /* pools in the memory, */
    uint32_t turn;    /* which of them this is */
    unsigned largest; /* order of a block */
    uint32_t opened;  /* units that have been in a block */
    uint32_t used;    /* units in blocks that are taken */
    uint32_t free[POOL_ORDERS];
};

/* The bytes that so many pools take turns in. */
size_t pool_bytes(uint32_t units, unsigned largest, uint32_t turns);

/* Borrows the memory, shared by as many pools as take turns, and the states (units bytes, all 0).
 * `largest` is no less than POOL_FIRST. */
void pool_init(struct pool *pool, void *memory, uint8_t *states, uint32_t units, unsigned largest,
               uint32_t turns, uint32_t turn);

/* The first unit that a block of that order may begin at; the others are multiples of its size. */
static inline uint32_t pool_first(unsigned order)
{
    return order <= POOL_FIRST ? 0 : UINT32_C(1) << order;
}

/* A block of POOL_UNIT << order bytes by its first unit's number, or POOL_NONE. */
uint32_t pool_take(struct pool *pool, unsigned order);
void pool_give(struct pool *pool, uint32_t unit, unsigned order);

/* The block that holds a unit: its first unit and order. False: it is free. Not to be asked of
 * memory that no block has come from: not before pool_take has failed. */
bool pool_block_of(const struct pool *pool, uint32_t unit, uint32_t *first, unsigned *order);

/* The order of the piece that a unit lies in. */
static inline unsigned pool_piece(const struct pool *pool, uint32_t unit)
{
    unsigned order = 31 - (unsigned)__builtin_clz(unit | UINT32_C(1) << POOL_FIRST);
    return order < pool->largest ? order : pool->largest;
}

static inline void *pool_at(const struct pool *pool, uint32_t unit)
{
    unsigned piece = pool_piece(pool, unit);
    uint32_t inside = unit & ((UINT32_C(1) << piece) - 1);
    size_t place = (size_t)(unit - inside) * pool->turns + ((size_t)pool->turn << piece) + inside;
    return pool->memory + place * POOL_UNIT;
}
