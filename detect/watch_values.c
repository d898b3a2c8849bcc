/*
 * The sets of values of a group: the first value in the group itself, more in one block of the pool
 * that grows with them, up to what exactness needs (values.h).
 */
#include "detect/watch.h"

/* How many values a table of that size takes: a full one is searched to the end. */
#define FILL_OF(slots) ((slots) <= 12 ? (slots) : (slots) / 8 * 7)

static inline uint32_t fill_of(uint32_t slots)
{
    return FILL_OF(slots);
}

static unsigned order_for(uint32_t values, unsigned max_order)
{
#define FILL(order) FILL_OF(WATCH_SLOTS_OF(order))
    static const uint32_t fills[POOL_ORDERS] = {
        FILL(0), FILL(1), FILL(2),  FILL(3),  FILL(4),  FILL(5),  FILL(6),  FILL(7),
        FILL(8), FILL(9), FILL(10), FILL(11), FILL(12), FILL(13), FILL(14), FILL(15)};
    unsigned order = 0;
    while (order < max_order && fills[order] < values)
        order++;
    return order;
}

/* The most values to hold: 2 N suffice (values.h), the others save looking for the oldest often. */
static uint32_t values_enough(uint32_t keep)
{
    return 2 * keep + keep / 2 + 2;
}

static void block_give(const struct watch *watch, struct side *side, struct group *group,
                       unsigned set)
{
    uint32_t block = group->blocks[set];
    if (block == POOL_NONE)
        return;
    watch_book(watch, side, group, -(UINT32_C(1) << (block >> WATCH_BLOCK_SHIFT)));
    pool_give(&side->pool, block & WATCH_BLOCK_UNIT, block >> WATCH_BLOCK_SHIFT);
    group->blocks[set] = POOL_NONE;
}

void watch_prefetch_value(const struct watch *watch, const struct side *side, struct group *group,
                          uint64_t key)
{
    struct values table = watch_values(side, group, 0);
    if (table.count)
        __builtin_prefetch(&table.slots[values_place(table, watch->mix, key)]);
}

void watch_clear_values(const struct watch *watch, struct side *side, struct group *group)
{
    block_give(watch, side, group, 0);
    block_give(watch, side, group, 1);
    group->counts[0] = group->counts[1] = 0;
    group->one.hi = 0;
}

/* Copies what is still of use into the stripe's spare room; returns how many. */
static uint32_t gather(const struct watch_rule *rule, struct stripe *stripe,
                       const struct group *group, struct values from)
{
    uint32_t n = 0, newest = (uint32_t)group->newest, dead = 2 * rule->window;
    for (uint32_t i = 0; i < from.count; i++)
        if (from.slots[i].hi && newest - from.slots[i].last < dead)
            stripe->spare[n++] = from.slots[i];
    return n;
}

/* Keeps the n most recent of the values in the spare room. */
static uint32_t keep_recent(struct stripe *stripe, const struct group *group, uint32_t count,
                            uint32_t n)
{
    struct values all = {stripe->spare, count};
    uint32_t newest = (uint32_t)group->newest, kept = 0, ties = n;
    uint32_t limit = values_nth_age(all, newest, n, stripe->scratch);
    for (uint32_t i = 0; i < count; i++)
        ties -= newest - stripe->spare[i].last < limit;
    for (uint32_t i = 0; i < count && kept < n; i++) {
        uint32_t age = newest - stripe->spare[i].last;
        if (age < limit || (age == limit && ties)) {
            ties -= age == limit;
            stripe->spare[kept++] = stripe->spare[i];
        }
    }
    return kept;
}

static void refill(const struct watch *watch, const struct stripe *stripe, struct values into,
                   uint32_t count)
{
    for (uint32_t i = 0; i < into.count; i++)
        into.slots[i].hi = 0;
    for (uint32_t i = 0; i < count; i++)
        *values_slot(into, watch->mix, value_key(&stripe->spare[i])) = stripe->spare[i];
}

/* Makes room for one value more: drops what is of no use, takes a larger block, or keeps the most
 * recent values, which suffice (values.h). */
static void make_room(struct watch *watch, struct stripe *stripe, struct side *side,
                      struct group *group, unsigned set)
{
    const struct watch_rule *rule = &watch->rules[group->detector];
    struct values table = watch_values(side, group, set);
    uint32_t block = group->blocks[set], enough = values_enough(rule->keep[set]);
    uint32_t n = gather(rule, stripe, group, table);
    if (n >= enough) {
        stripe->counters.evicted_values += rule->first_gte[set] ? 0 : n - 2 * rule->keep[set];
        n = keep_recent(stripe, group, n, 2 * rule->keep[set]);
    }
    unsigned order = order_for(n + 1 + n / 4, order_for(enough, watch->max_order));
    if (block == POOL_NONE || order != block >> WATCH_BLOCK_SHIFT) {
        uint32_t unit = watch_block(watch, stripe, side, group, order, group->newest);
        if (unit != POOL_NONE) {
            block_give(watch, side, group, set);
            group->blocks[set] = unit | (uint32_t)order << WATCH_BLOCK_SHIFT;
            if (set == 0)
                group->one.hi = 0;
        }
        table = watch_values(side, group, set);
    }
    if (n >= fill_of(table.count) && n) { /* no room to be had: the oldest go */
        uint32_t before = n;
        n = keep_recent(stripe, group, n, fill_of(table.count) / 2);
        stripe->counters.evicted_values += before - n;
    }
    refill(watch, stripe, table, n);
    group->counts[set] = (uint16_t)n;
}

uint32_t watch_take_values(struct watch *watch, struct stripe *stripe, const struct side *side,
                           struct group *group)
{
    return gather(&watch->rules[group->detector], stripe, group, watch_values(side, group, 0));
}

void watch_drop_dead(struct watch *watch, struct stripe *stripe, struct side *side,
                     struct group *group)
{
    for (unsigned set = 0; set < 2; set++)
        if (group->counts[set]) {
            struct values table = watch_values(side, group, set);
            uint32_t n = gather(&watch->rules[group->detector], stripe, group, table);
            refill(watch, stripe, table, n);
            group->counts[set] = (uint16_t)n;
        }
}

/* What most sets that grow grow to: the smallest block, for the value that is alone, if it is of use,
 * and another. False: there is no block to be had. */
static bool join_one(struct watch *watch, struct stripe *stripe, struct side *side,
                     struct group *group)
{
    struct value one = group->one;
    uint32_t unit = watch_block(watch, stripe, side, group, 0, group->newest);
    if (unit == POOL_NONE)
        return false;
    group->blocks[0] = unit;
    group->one.hi = 0;
    struct values table = watch_values(side, group, 0);
    for (uint32_t i = 0; i < WATCH_SLOTS_OF(0); i++)
        table.slots[i].hi = 0;
    group->counts[0] =
        (uint32_t)group->newest - one.last < 2 * watch->rules[group->detector].window;
    if (group->counts[0])
        table.slots[values_place(table, watch->mix, value_key(&one))] = one;
    return true;
}

/* Room for one value more, and the value's slot in it; NULL: there is none to be had. */
static __attribute__((noinline)) struct value *slot_made(struct watch *watch, struct stripe *stripe,
                                                         struct side *side, struct group *group,
                                                         unsigned set, uint64_t key)
{
    bool is_alone = set == 0 && group->blocks[0] == POOL_NONE && group->counts[0] == 1;
    if (!is_alone || !join_one(watch, stripe, side, group))
        make_room(watch, stripe, side, group, set);
    struct values table = watch_values(side, group, set);
    struct value *v = table.count ? values_slot(table, watch->mix, key) : NULL;
    stripe->counters.evicted_values += v == NULL;
    return v;
}

void watch_value(struct watch *watch, struct stripe *stripe, struct side *side, struct group *group,
                 unsigned set, uint64_t key, unsigned evidence, int64_t t, struct gain *gain)
{
    uint32_t window = watch->rules[group->detector].window;
    struct values table = watch_values(side, group, set);
    struct value *v = table.count ? values_slot(table, watch->mix, key) : NULL;
    if (v && v->hi) {
        value_touch(v, (uint32_t)t, window, gain);
    } else {
        if (!v || group->counts[set] >= fill_of(table.count))
            v = slot_made(watch, stripe, side, group, set, key);
        if (!v) {
            *gain = (struct gain){(uint32_t)t, (uint32_t)t, true};
            return;
        }
        value_begin(v, key, (uint32_t)t, window, gain);
        group->counts[set]++;
    }
    if (evidence != 0 || value_evidence(v) == 0) /* a start proves less than the end before it */
        v->hi = (v->hi & ~VALUE_EVIDENCE_MASK) | evidence << VALUE_EVIDENCE_SHIFT;
}

unsigned watch_order_of(uint32_t keep)
{
    return order_for(values_enough(keep), POOL_ORDERS - 1);
}

void watch_restore_values(struct watch *watch, struct stripe *stripe, struct side *side,
                          struct group *group, unsigned set, uint32_t n)
{
    uint32_t keep = watch->rules[group->detector].keep[set];
    if (n == 1 && set == 0) {
        group->one = stripe->spare[0];
    } else {
        unsigned order = order_for(n + 1 + n / 4, order_for(values_enough(keep), watch->max_order));
        uint32_t unit = watch_block(watch, stripe, side, group, order, group->newest);
        if (unit == POOL_NONE) {
            stripe->counters.evicted_values += n;
            return;
        }
        group->blocks[set] = unit | (uint32_t)order << WATCH_BLOCK_SHIFT;
        struct values table = watch_values(side, group, set);
        if (n > fill_of(table.count)) {
            stripe->counters.evicted_values += n - fill_of(table.count) / 2;
            n = keep_recent(stripe, group, n, fill_of(table.count) / 2);
        }
        refill(watch, stripe, table, n);
    }
    group->counts[set] = (uint16_t)n;
}
