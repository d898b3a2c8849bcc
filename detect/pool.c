/*
 * Free blocks hang in one list an order; the links stand in the blocks themselves. A unit's state
 * tells a block's first unit (with its order, free or taken) from the units inside it, so that a
 * block given back finds whether its buddy is free too. Memory that no block has come from yet is not
 * touched: it joins the lists by the largest blocks that it has, when they are empty.
 */
#include "detect/pool.h"

#define STATE_INSIDE 0
#define STATE_TAKEN  0x40 /* | order, of a block's first unit */
#define STATE_FREE   0x80

struct link {
    uint32_t next, previous;
};

static struct link *link_at(const struct pool *pool, uint32_t unit)
{
    return pool_at(pool, unit);
}

static void list_add(struct pool *pool, uint32_t unit, unsigned order)
{
    uint32_t next = pool->free[order];
    *link_at(pool, unit) = (struct link){next, POOL_NONE};
    if (next != POOL_NONE)
        link_at(pool, next)->previous = unit;
    pool->free[order] = unit;
    pool->states[unit] = (uint8_t)(STATE_FREE | order);
}

static void list_remove(struct pool *pool, uint32_t unit, unsigned order)
{
    struct link link = *link_at(pool, unit);
    if (link.previous == POOL_NONE)
        pool->free[order] = link.next;
    else
        link_at(pool, link.previous)->next = link.next;
    if (link.next != POOL_NONE)
        link_at(pool, link.next)->previous = link.previous;
    pool->states[unit] = STATE_INSIDE;
}

size_t pool_bytes(uint32_t units, unsigned largest, uint32_t turns)
{
    size_t size = (size_t)1 << largest;
    return (units + size - 1) / size * size * turns * POOL_UNIT;
}

void pool_init(struct pool *pool, void *memory, uint8_t *states, uint32_t units, unsigned largest,
               uint32_t turns, uint32_t turn)
{
    *pool = (struct pool){.memory = memory,
                          .states = states,
                          .units = units,
                          .turns = turns,
                          .turn = turn,
                          .largest = largest};
    for (unsigned order = 0; order < POOL_ORDERS; order++)
        pool->free[order] = POOL_NONE;
}

static void open_next(struct pool *pool)
{
    uint32_t unit = pool->opened;
    unsigned order = pool_piece(pool, unit);
    while (unit & ((UINT32_C(1) << order) - 1) || (UINT32_C(1) << order) > pool->units - unit)
        order--;
    list_add(pool, unit, order);
    pool->opened += UINT32_C(1) << order;
}

/* The smallest order, from that on, of which there is a free block; POOL_ORDERS: none. */
static unsigned order_free(const struct pool *pool, unsigned order)
{
    while (order < POOL_ORDERS && pool->free[order] == POOL_NONE)
        order++;
    return order;
}

uint32_t pool_take(struct pool *pool, unsigned order)
{
    unsigned have;
    while ((have = order_free(pool, order)) == POOL_ORDERS && pool->opened < pool->units)
        open_next(pool);
    if (have >= POOL_ORDERS)
        return POOL_NONE;
    uint32_t unit = pool->free[have];
    list_remove(pool, unit, have);
    while (have > order) {
        have--;
        list_add(pool, unit + (UINT32_C(1) << have), have);
    }
    pool->states[unit] = (uint8_t)(STATE_TAKEN | order);
    pool->used += UINT32_C(1) << order;
    return unit;
}

void pool_give(struct pool *pool, uint32_t unit, unsigned order)
{
    pool->used -= UINT32_C(1) << order;
    pool->states[unit] = STATE_INSIDE;
    while (order < pool_piece(pool, unit)) {
        uint32_t buddy = unit ^ UINT32_C(1) << order;
        if (buddy >= pool->units || pool->states[buddy] != (STATE_FREE | order))
            break;
        list_remove(pool, buddy, order);
        unit &= ~(UINT32_C(1) << order);
        order++;
    }
    list_add(pool, unit, order);
}

bool pool_block_of(const struct pool *pool, uint32_t unit, uint32_t *first, unsigned *order)
{
    for (unsigned o = 0; o < POOL_ORDERS; o++) {
        uint32_t begin = unit & ~((UINT32_C(1) << o) - 1);
        uint8_t state = pool->states[begin];
        if (state == STATE_INSIDE)
            continue;
        *first = begin;
        *order = state & 0x3f;
        return !(state & STATE_FREE);
    }
    return false;
}
