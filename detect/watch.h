/*
 * Groups and their values in bounded memory, fixed at start.
 *
 * A group is what one detector, or two (twins.h), knows of one tuple of `group-by` values: 64 bytes in
 * a hash table, the first value inside, more in blocks of a pool. The memory is divided by who opened
 * the connection, so that noise from outside cannot push out what happens inside, and into stripes,
 * each with a lock, its part of the tables and its pool. Nothing is allocated after the start: a
 * full stripe forgets what has expired, then the groups that are furthest from firing.
 *
 * Groups that have fired keep what they need to tell how it goes on, in what those that still count
 * leave of a pool, which is at least half of it: unless these hold more, the group that fires and has
 * been without news the longest makes room. So many alerts cost news and ends of alerts
 * (evicted_episodes), never a start.
 *
 * All groups of one first `group-by` value (mostly a source) are in one stripe. Everything here is
 * called with that stripe locked.
 */
#pragma once

#include <pthread.h>

#include "detect/changes.h"
#include "detect/detector.h"
#include "detect/devices.h"
#include "detect/pool.h"
#include "detect/siphash.h"
#include "detect/values.h"

#define WIDE_VALUES       256
#define WATCH_BUCKET      8  /* slots */
#define WATCH_TURN        8  /* buckets of a stripe that lie side by side */
#define WATCH_AGE_SHIFT   28 /* of a time: as often as it changes, a group is rid of dead values */
#define WATCH_BLOCK_SHIFT 26 /* of a group's block: its order above, its unit below */
#define WATCH_BLOCK_UNIT  ((UINT32_C(1) << WATCH_BLOCK_SHIFT) - 1)
#define WATCH_STRIPE_BIT  40 /* from here on a group's hash is its first member's alone: */
#define WATCH_OWN_BITS    ((UINT64_C(1) << WATCH_STRIPE_BIT) - 1) /* below it is the group's own */

enum watch_side { SIDE_INTERNAL, SIDE_EXTERNAL, SIDE_COUNT };

/* Whether a detector shares groups with another (twins.h). */
enum twin_role { TWIN_NONE, TWIN_LEADS, TWIN_FOLLOWS };

/* What the table needs to know of a detector. */
struct watch_rule {
    uint64_t salt;             /* the detector in its groups' hashes: survives another order;
                                  within WATCH_OWN_BITS */
    uint32_t window, lateness; /* ms */
    uint32_t keep[2];          /* N of the two sets of values: condition and also; 0: none */
    uint32_t first_gte[2];     /* what starts an alert, and how far a group is from it; 0: never */
    int64_t expires_ms;        /* when an idle group that has never fired is of no more use */
    int64_t quiet_ms;          /* the same of one that has fired */
    bool first_seen;
    bool sequence; /* the second set holds what a scan has seen: it starts nothing by itself */
    bool pair;     /* grouped by a source and more: bounded by pairs_per_source */
    uint8_t first; /* which of the members the others are kept with: the source, if any */
    uint8_t role;  /* enum twin_role, */
    uint8_t twin;  /* and the other */
};

enum group_state { GROUP_IDLE, GROUP_FIRING, GROUP_MUTED };

struct group {
    int64_t newest;                    /* the newest record's time */
    uint32_t blocks[2];                /* of the two sets: unit | order << 26; POOL_NONE: none */
    uint32_t episode;                  /* unit of struct episode while it fires; POOL_NONE: none */
    uint32_t owner;                    /* of a pair: its source, as the counts of pairs know it */
    uint32_t next_check, started, hot; /* episodes.c; ms modulo 2^32 */
    struct value one;                  /* the first value, while it is alone */
    uint16_t counts[2];                /* values in the two sets */
    uint8_t detector;
    uint8_t state : 2; /* enum group_state: watch_set_state changes it */
    uint8_t tier : 4;
    uint8_t has_started : 1; /* `started` and `hot` say when the last episode was */
    uint8_t shared : 1;      /* it is the twin's too */
    uint8_t devices[2];      /* who reported it before it fired */
};
_Static_assert(sizeof(struct group) == 64, "a group is a cache line");

/* What every record reads and writes is a cache line, in front of the pool. */
struct side {
    _Alignas(64) uint64_t *hashes; /* 0: a free slot */
    struct group *groups;
    uint32_t *pairs;     /* how many a source has in a detector: two rows, see watch_pairs.h */
    uint32_t pairs_mask; /* of a row */
    uint32_t buckets;    /* of 8 slots: the hashes of one share a cache line */
    uint32_t most_buckets;
    uint32_t turns; /* the stripes: their buckets take turns in one table */
    uint32_t used;
    uint32_t hand, region; /* where the next sweep begins: the how-manieth slot, and in units */
    uint32_t told_units;   /* of the pool: in blocks of groups that have been told */
    uint32_t active;       /* first of the episodes that fire, by unit; POOL_NONE */
    uint32_t shared;       /* groups that are those of two */
    uint32_t made;         /* changes whenever a group is made, moves or goes; odd */
    struct pool pool;
};

struct watch_counters {
    uint64_t observed, suppressed, evicted_groups, refused_pairs, evicted_values, late, storms;
    uint64_t evicted_episodes, unnamed;
    uint64_t alerts[3];
};

struct wide_value; /* alert_text.h */

struct stripe {
    _Alignas(64) pthread_mutex_t lock;
    struct watch_counters counters; /* the first shares the lock's line */
    const struct devices *devices;  /* the watch's */
    struct wide_value *wide;        /* WIDE_VALUES of them, by key */
    struct value *spare;            /* room to rebuild a set of values in */
    uint32_t *scratch;              /* room to sort in */
    struct side sides[SIDE_COUNT];
    struct changes changes;
};

struct watch {
    struct stripe *stripes;
    uint32_t stripe_count; /* a power of two */
    struct {
        uint64_t *hashes;
        struct group *groups;
        void *blocks;
        size_t slots, bytes; /* bytes: of blocks */
    } tables[SIDE_COUNT];    /* of all stripes, who take turns in them */
    void *index;             /* counts and states of all stripes, as one piece */
    size_t index_bytes;
    struct devices *devices; /* who has reported groups */
    pthread_mutex_t devices_lock;
    const struct watch_rule *rules;
    unsigned pairs_per_source;
    unsigned max_order; /* of a set's block */
    uint64_t mix;       /* odd and secret */
    struct siphash_key key;
};

/* The number of a device's name, of that devices_hash; 0: no room. */
uint8_t watch_device(struct watch *watch, struct slice name, uint64_t hash);

/* Borrows the rules. False: no memory. */
bool watch_init(struct watch *watch, const struct watch_rule *rules, unsigned rule_count,
                size_t memory, unsigned pairs_per_source, struct siphash_key key);
void watch_close(struct watch *watch);

static inline struct stripe *watch_stripe(const struct watch *watch, uint64_t first_hash)
{
    return &watch->stripes[first_hash >> WATCH_STRIPE_BIT & (watch->stripe_count - 1)];
}

/* The hash of a detector's group whose first member has that hash; and with a further member: who does
 * not know the key does not know which members meet. The upper bits are the first member's in any case
 * (a salt has none of them): its groups stand together. */
static inline uint64_t watch_hash(const struct watch *watch, unsigned detector, uint64_t first_hash)
{
    return first_hash ^ watch->rules[detector].salt;
}

static inline uint64_t watch_hash_more(const struct watch *watch, uint64_t hash, uint64_t hi,
                                       uint64_t lo)
{
    uint64_t mixed = (hash + (hi * watch->mix ^ lo)) * watch->mix;
    return (hash & ~WATCH_OWN_BITS) | ((mixed ^ mixed >> 32) & WATCH_OWN_BITS);
}

/* Fetches what a look-up of the group will read first, and mostly last. */
void watch_prefetch(const struct side *side, uint64_t hash);

/* Fetches where a value of the group stands, or would. */
void watch_prefetch_value(const struct watch *watch, const struct side *side, struct group *group,
                          uint64_t key);

/* The group of that hash; NULL: there is none. */
struct group *watch_find(const struct side *side, uint64_t hash);

/* Where a group stands that was asked for: `found`, or a free slot, of which there may be none. */
struct place {
    struct group *found;
    uint32_t room;    /* POOL_NONE: none */
    uint32_t buckets; /* of the side, which may have been divided since */
    uint32_t made;    /* of the side: while it is the same, so is the place; 0: not asked for yet */
};

/* Looks for the group of that hash where it mostly stands, and fetches it, or the rest of what
 * watch_place will read. */
struct place watch_place_near(const struct side *side, uint64_t hash);

/* Looks for the group of that hash, and fetches what counting in it will write, made or not. */
struct place watch_place(const struct watch *watch, const struct side *side, unsigned detector,
                         uint64_t hash, uint64_t first_hash);

/* The group of that hash, made when there is none or it has moved since: then newest is t and there
 * are no values. NULL: no room, or the source (`first_hash`) holds too many pairs. Other groups may
 * move when one is made. */
struct group *watch_group_made(struct watch *watch, struct stripe *stripe, struct side *side,
                               unsigned detector, uint64_t hash, uint64_t first_hash, int64_t t,
                               const struct place *place);

/* The same; `place` is what watch_place said since the stripe was locked. */
static inline struct group *watch_group(struct watch *watch, struct stripe *stripe,
                                        struct side *side, unsigned detector, uint64_t hash,
                                        uint64_t first_hash, int64_t t, const struct place *place)
{
    if (place->found && place->made == side->made)
        return place->found;
    return watch_group_made(watch, stripe, side, detector, hash, first_hash, t, place);
}

void watch_forget(const struct watch *watch, struct side *side, uint32_t slot);

/* Keeps told_units right: every change of a group's state, and units that it takes or (negative)
 * gives. */
void watch_set_state(const struct watch *watch, struct side *side, struct group *group,
                     enum group_state state);
void watch_book(const struct watch *watch, struct side *side, const struct group *group,
                uint32_t units);

/* Makes t comparable with the group's times: a group from another age begins anew. */
void watch_advance_far(struct watch *watch, struct stripe *stripe, struct side *side,
                       struct group *group, int64_t t);

/* The same. Most records are a little newer than the last one. */
static inline void watch_advance(struct watch *watch, struct stripe *stripe, struct side *side,
                                 struct group *group, int64_t t)
{
    if (t >= group->newest && t >> WATCH_AGE_SHIFT == group->newest >> WATCH_AGE_SHIFT)
        group->newest = t;
    else
        watch_advance_far(watch, stripe, side, group, t);
}

/* Counts a value in one of the two sets; `newest` has been brought up to date before. The first of a
 * group needs no look for another. */
void watch_value(struct watch *watch, struct stripe *stripe, struct side *side, struct group *group,
                 unsigned set, uint64_t key, unsigned evidence, int64_t t, struct gain *gain);

static inline bool watch_has_no_value(const struct group *group)
{
    return group->counts[0] == 0 && group->blocks[0] == POOL_NONE;
}

static inline void watch_first_value(const struct watch *watch, struct group *group, uint64_t key,
                                     unsigned evidence, int64_t t, struct gain *gain)
{
    value_begin(&group->one, key, (uint32_t)t, watch->rules[group->detector].window, gain);
    group->one.hi |= evidence << VALUE_EVIDENCE_SHIFT;
    group->counts[0] = 1;
}

void watch_clear_values(const struct watch *watch, struct side *side, struct group *group);

/* Copies the values of the first set that are still of use into the stripe's spare room; returns how
 * many. */
uint32_t watch_take_values(struct watch *watch, struct stripe *stripe, const struct side *side,
                           struct group *group);

/* Drops the values that are of no use any more. */
void watch_drop_dead(struct watch *watch, struct stripe *stripe, struct side *side,
                     struct group *group);

/* How many values a block of that order has room for; the order that N values of a window need. */
#define WATCH_SLOTS_OF(order)                                                                      \
    ((uint32_t)((((size_t)POOL_UNIT << (order)) - sizeof(uint32_t)) / sizeof(struct value)))

static inline uint32_t watch_slots_of(unsigned order)
{
    return WATCH_SLOTS_OF(order);
}
unsigned watch_order_of(uint32_t keep);

/* The values of a set. */
static inline struct values watch_values(const struct side *side, struct group *group, unsigned set)
{
    uint32_t block = group->blocks[set];
    if (block != POOL_NONE)
        return (struct values){pool_at(&side->pool, block & WATCH_BLOCK_UNIT),
                               watch_slots_of(block >> WATCH_BLOCK_SHIFT)};
    return (struct values){&group->one, set == 0};
}

/* A block for something else of this group's (its episode), made room for; POOL_NONE: none. It is
 * booked. The last four bytes of every block belong to the table. */
uint32_t watch_block(struct watch *watch, struct stripe *stripe, struct side *side,
                     struct group *group, unsigned order, int64_t now);

/* A group of an earlier run, empty; one of that hash is forgotten before. NULL: no room. */
struct group *watch_restore(struct watch *watch, struct stripe *stripe, struct side *side,
                            unsigned detector, uint64_t hash, uint32_t owner, int64_t newest);

/* Its values: the first n of the stripe's spare room, which has watch_slots_of(max_order). */
void watch_restore_values(struct watch *watch, struct stripe *stripe, struct side *side,
                          struct group *group, unsigned set, uint32_t n);

/* The key of an earlier run, while there are no groups yet. */
void watch_rekey(struct watch *watch, struct siphash_key key);

/* The first slot of a stripe's n-th bucket. All stripes grow alike: what they have filled lies in front
 * of the table, in few pages. */
static inline uint32_t watch_bucket(const struct side *side, uint32_t n)
{
    return (n / WATCH_TURN * WATCH_TURN * side->turns + n % WATCH_TURN) * WATCH_BUCKET;
}

static inline uint32_t watch_slot(const struct side *side, const struct group *group)
{
    return (uint32_t)(group - side->groups);
}
