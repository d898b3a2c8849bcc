/*
 * How many pairs a source holds in a detector that groups by pairs, so that one source to every
 * port of every host fills no table. Counted in two rows at places that a keyed hash picks, of which
 * the smaller count holds (a count-min sketch, Cormode and Muthukrishnan 2005): never too few, and too
 * many only for a source that shares both places with one that is at its bound.
 */
#pragma once

#include "detect/watch.h"

/* A source in a detector, for struct group's `owner`. */
static inline uint32_t pairs_owner(const struct watch *watch, unsigned detector,
                                   uint64_t first_hash)
{
    return (uint32_t)((first_hash ^ watch->rules[detector].salt) * watch->mix >> 32);
}

static inline uint32_t *pairs_row(const struct side *side, uint32_t owner, unsigned row)
{
    return row ? &side->pairs[side->pairs_mask + 1 + (owner >> 16 & side->pairs_mask)]
               : &side->pairs[owner & side->pairs_mask];
}

static inline uint32_t pairs_of(const struct side *side, uint32_t owner)
{
    uint32_t a = *pairs_row(side, owner, 0), b = *pairs_row(side, owner, 1);
    return a < b ? a : b;
}

static inline void pairs_add(const struct side *side, uint32_t owner, int by)
{
    *pairs_row(side, owner, 0) += (uint32_t)by;
    *pairs_row(side, owner, 1) += (uint32_t)by;
}
