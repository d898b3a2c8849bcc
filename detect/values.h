/*
 * Distinct values in sliding windows, exactly, in bounded room.
 *
 * The question is: is there a window (t - W, t], for any t, that holds N distinct values among all
 * records received so far? Records may come late, by at most L behind the newest of their group,
 * and L < W. A value seen at time o is in the windows that end in [o, o + W); its sightings
 * therefore cover stretches of t, each at least W long. Only t from newest - L on can still gain
 * anything, and a stretch that is not the first there nor the last would have to fit into L: so two
 * stretches tell everything, the last one [first, last + W) and the end of the one before it,
 * before + W. A value whose last is W + L old can start nothing any more, and one of 2 W is of no
 * use for telling when an episode has ended either.
 *
 * How many values must be kept: while no window holds N, the two windows that make up
 * (newest - 2 W, newest] hold less than N each, so 2 N are enough. Once one holds N, the N most
 * recent ones decide when that ends.
 *
 * Times are milliseconds modulo 2^32, compared by signed difference: everything that is compared
 * lies within VALUES_SPAN_MS of each other, which the groups take care of (watch.c).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VALUES_SPAN_MS       (INT64_C(1) << 29) /* 6.2 days */
#define VALUES_WINDOW_MAX_MS (VALUES_SPAN_MS / 2)

/* One value with its two stretches. `hi` 0: an empty slot. */
struct value {
    uint32_t lo, hi; /* the key; its evidence in three bits that are not compared */
    uint32_t first, last, before;
};

#define VALUE_EVIDENCE_SHIFT 28
#define VALUE_EVIDENCE_MASK  (UINT32_C(7) << VALUE_EVIDENCE_SHIFT)

/* A hash table of values, or a single one. */
struct values {
    struct value *slots;
    uint32_t count; /* of slots */
};

/* The ends of windows in [from, to) that hold one value more than before. from == to: none. */
struct gain {
    uint32_t from, to;
    bool begun; /* the value was not known before */
};

static inline uint64_t value_key(const struct value *v)
{
    return (uint64_t)(v->hi & ~VALUE_EVIDENCE_MASK) << 32 | v->lo;
}

static inline unsigned value_evidence(const struct value *v)
{
    return v->hi >> VALUE_EVIDENCE_SHIFT & 7;
}

/* Where a value is looked for first. */
static inline uint32_t values_place(struct values table, uint64_t mix, uint64_t key)
{
    uint32_t hash = (uint32_t)((key ^ key >> 29) * mix >> 32);
    return (uint32_t)((uint64_t)hash * table.count >> 32);
}

/* The value's slot, else an empty one that it may take, else NULL: the table is full. */
static inline struct value *values_slot(struct values table, uint64_t mix, uint64_t key)
{
    uint32_t at = values_place(table, mix, key);
    uint32_t lo = (uint32_t)key, hi = (uint32_t)(key >> 32);
    for (uint32_t i = 0; i < table.count; i++) {
        struct value *v = &table.slots[at];
        if (v->hi == 0 || (v->lo == lo && (v->hi & ~VALUE_EVIDENCE_MASK) == hi))
            return v;
        if (++at == table.count)
            at = 0;
    }
    return NULL;
}

/* "Never": so far back that it covers nothing and nothing joins it. */
#define LONG_AGO(t) ((t) - (UINT32_C(1) << 30))

/* Writes a value into an empty slot, seen once. */
static inline void value_begin(struct value *v, uint64_t key, uint32_t t, uint32_t window,
                               struct gain *gain)
{
    *v = (struct value){(uint32_t)key, (uint32_t)(key >> 32), t, t, LONG_AGO(t)};
    *gain = (struct gain){t, t + window, true};
}

/* The value was seen at t too. (A gain is written where it is wanted: returned, it would be put
 * together in memory and waited for.) */
void value_touch(struct value *v, uint32_t t, uint32_t window, struct gain *gain);

/* Whether the window that ends at t holds the value. */
bool value_covers(const struct value *v, uint32_t t, uint32_t window);

/* How many values it holds. */
unsigned values_count(struct values table, uint32_t t, uint32_t window);

/*
 * The most values that a window ending within the gain holds, and the end of that window. Stops
 * short when it cannot reach `need`. `scratch` has room for three times the slots.
 */
unsigned values_peak(struct values table, struct gain gain, uint32_t newest, uint32_t window,
                     unsigned need, uint32_t *scratch, uint32_t *at);

/* How long before `newest` the n-th most recent value was last seen; UINT32_MAX: fewer than n. */
uint32_t values_nth_age(struct values table, uint32_t newest, unsigned n, uint32_t *scratch);
