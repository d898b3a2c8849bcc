/*
 * Every group has two buckets of eight slots it may stand in and takes the emptier one, which fills
 * the table to nine tenths before anything has to go. A bucket's hashes share a cache line apart
 * from the groups, so a look-up that finds nothing reads two lines.
 */
#include "detect/watch.h"

#include <stdlib.h>

#include "detect/alert_text.h"

#define BUCKET       8
#define BLOCK_SHIFT  26
#define BLOCK_UNIT   ((UINT32_C(1) << BLOCK_SHIFT) - 1)
#define RANK_KEEP    UINT32_MAX          /* never pushed out */
#define RANK_FIRING  (UINT32_C(1) << 24) /* not unless there is nothing else; then the oldest */
#define RANK_FIRED   512                 /* forgotten, it would fire once more */
#define SWEEP_SLOTS  64
#define REGION_TRIES 8

static uint32_t slots_of(unsigned order)
{
    return (uint32_t)((((size_t)POOL_UNIT << order) - sizeof(uint32_t)) / sizeof(struct value));
}

/* How many values a table of that size takes: a full one is searched to the end. */
static uint32_t fill_of(uint32_t slots)
{
    return slots <= 12 ? slots : slots / 8 * 7;
}

static unsigned order_for(uint32_t values, unsigned max_order)
{
    unsigned order = 0;
    while (order < max_order && fill_of(slots_of(order)) < values)
        order++;
    return order;
}

/* The most values to hold: 2 N suffice (values.h), the others save looking for the oldest often. */
static uint32_t values_enough(uint32_t keep)
{
    return 2 * keep + keep / 2 + 2;
}

/* The slot of the group that a block belongs to stands in the block's last four bytes. */
static uint32_t *owner_of(const struct side *side, uint32_t unit, unsigned order)
{
    unsigned char *block = pool_at(&side->pool, unit);
    return (uint32_t *)(void *)(block + ((size_t)POOL_UNIT << order) - sizeof(uint32_t));
}

static void block_give(struct side *side, uint32_t *block)
{
    if (*block != POOL_NONE)
        pool_give(&side->pool, *block & BLOCK_UNIT, *block >> BLOCK_SHIFT);
    *block = POOL_NONE;
}

struct values watch_values(const struct side *side, struct group *group, unsigned set)
{
    uint32_t block = group->blocks[set];
    if (block != POOL_NONE)
        return (struct values){pool_at(&side->pool, block & BLOCK_UNIT),
                               slots_of(block >> BLOCK_SHIFT)};
    return (struct values){&group->one, set == 0};
}

static void clear_values(struct side *side, struct group *group)
{
    block_give(side, &group->blocks[0]);
    block_give(side, &group->blocks[1]);
    group->counts[0] = group->counts[1] = 0;
    group->one.hi = 0;
}

static void group_clear(struct side *side, struct group *group)
{
    episodes_drop(side, group);
    clear_values(side, group);
    group->state = GROUP_IDLE;
    group->tier = 0;
    group->has_started = 0;
    group->devices[0] = group->devices[1] = 0;
}

void watch_forget(struct watch *watch, struct side *side, uint32_t slot)
{
    struct group *group = &side->groups[slot];
    uint32_t owner = group->owner;
    if (!group->is_quota)
        group_clear(side, group);
    side->hashes[slot] = 0;
    side->used--;
    if (owner != POOL_NONE && --side->groups[owner].counts[0] == 0)
        watch_forget(watch, side, owner);
}

static bool expired(const struct watch *watch, const struct group *group, int64_t now)
{
    const struct watch_rule *rule = &watch->rules[group->detector];
    int64_t life = group->has_started ? rule->quiet_ms : rule->expires_ms;
    if (group->is_quota || group->episode != POOL_NONE)
        return false;
    if (group->state != GROUP_IDLE) /* nobody has looked whether its episode is over */
        life += 2 * (int64_t)rule->window;
    return now - group->newest > life;
}

/* How much would be lost with a group: how near it is to firing, in 1/1024. One whose window has
 * passed has only the memory of its last alert to lose. */
static uint32_t rank_of(const struct watch *watch, const struct group *group, int64_t now)
{
    const struct watch_rule *rule = &watch->rules[group->detector];
    bool remembers = rule->first_seen || group->has_started;
    uint32_t rank = remembers ? RANK_FIRED : 0;
    if (group->is_quota)
        return RANK_KEEP;
    if (group->episode != POOL_NONE)
        return RANK_FIRING + (uint32_t)(group->newest / 1000 & (RANK_FIRING - 1));
    if (now - group->newest >= rule->window)
        return remembers;
    for (unsigned set = 0; set < 2; set++)
        if (rule->keep[set] && group->counts[set] * 1024u / rule->first_gte[set] > rank)
            rank = group->counts[set] * 1024u / rule->first_gte[set];
    return rank;
}

static void sweep(struct watch *watch, struct side *side, uint32_t slots, int64_t now)
{
    for (uint32_t i = 0; i < slots; i++) {
        if (++side->hand >= side->buckets * BUCKET)
            side->hand = 0;
        if (side->hashes[side->hand] && expired(watch, &side->groups[side->hand], now))
            watch_forget(watch, side, side->hand);
    }
}

/* The dearest group that has a block within some units of the pool. */
static uint32_t region_rank(const struct watch *watch, const struct side *side, uint32_t begin,
                            uint32_t end, const struct group *keep, int64_t now)
{
    uint32_t worst = 0, first;
    unsigned order;
    for (uint32_t unit = begin; unit < end; unit = first + (UINT32_C(1) << order)) {
        if (!pool_block_of(&side->pool, unit, &first, &order))
            continue;
        const struct group *group = &side->groups[*owner_of(side, first, order)];
        uint32_t rank = group == keep ? RANK_KEEP : rank_of(watch, group, now);
        if (rank > worst)
            worst = rank;
    }
    return worst;
}

/* A group gives up its blocks, and itself; but if it fires, it goes on without them: what has been
 * told is not told again. */
static void evict_blocks(struct watch *watch, struct stripe *stripe, struct side *side,
                         uint32_t slot)
{
    struct group *group = &side->groups[slot];
    if (group->state != GROUP_FIRING) {
        stripe->counters.evicted_groups++;
        watch_forget(watch, side, slot);
        return;
    }
    stripe->counters.evicted_values += group->counts[0] + group->counts[1];
    episodes_drop(side, group);
    clear_values(side, group);
}

/* Frees some stretch of the pool for a block of that order: the one that loses least of a few. */
static bool evict_region(struct watch *watch, struct stripe *stripe, struct side *side,
                         unsigned order, const struct group *keep, int64_t now)
{
    uint32_t size = UINT32_C(1) << order, best = 0, best_rank = RANK_KEEP, first;
    for (int i = 0; i < REGION_TRIES; i++) {
        side->region = (side->region & ~(size - 1)) + size;
        if (side->region > side->pool.units - size)
            side->region = 0;
        uint32_t rank = region_rank(watch, side, side->region, side->region + size, keep, now);
        if (rank < best_rank) {
            best_rank = rank;
            best = side->region;
        }
    }
    if (best_rank == RANK_KEEP)
        return false;
    for (uint32_t unit = best; unit < best + size; unit = first + (UINT32_C(1) << order))
        if (pool_block_of(&side->pool, unit, &first, &order)) {
            evict_blocks(watch, stripe, side, *owner_of(side, first, order));
            first = unit; /* what is free now may reach further: look again */
            order = 0;
        }
    return true;
}

uint32_t watch_block(struct watch *watch, struct stripe *stripe, struct side *side,
                     struct group *group, unsigned order, int64_t now)
{
    uint32_t unit = pool_take(&side->pool, order);
    if (unit == POOL_NONE && (UINT32_C(1) << order) <= side->pool.units) {
        sweep(watch, side, SWEEP_SLOTS, now); /* itself not: it is as new as can be */
        unit = pool_take(&side->pool, order);
        if (unit == POOL_NONE && evict_region(watch, stripe, side, order, group, now))
            unit = pool_take(&side->pool, order);
    }
    if (unit != POOL_NONE)
        *owner_of(side, unit, order) = watch_slot(side, group);
    return unit;
}

static uint32_t bucket_first(const struct side *side, uint32_t hash)
{
    return (uint32_t)((uint64_t)hash * side->buckets >> 32) * BUCKET;
}

static struct group *find(const struct side *side, uint64_t hash)
{
    uint32_t at = bucket_first(side, (uint32_t)(hash >> 32));
    for (int half = 0; half < 2; half++) {
        for (uint32_t i = at; i < at + BUCKET; i++)
            if (side->hashes[i] == hash)
                return &side->groups[i];
        at = bucket_first(side, (uint32_t)hash);
    }
    return NULL;
}

static uint32_t empty_in(const struct side *side, uint32_t at, unsigned *count)
{
    uint32_t slot = POOL_NONE;
    *count = 0;
    for (uint32_t i = at; i < at + BUCKET; i++)
        if (side->hashes[i] == 0) {
            slot = i;
            ++*count;
        }
    return slot;
}

/* Both buckets are full: what has expired goes, else what is furthest from firing, oldest first. */
static uint32_t evict_slot(struct watch *watch, struct stripe *stripe, struct side *side,
                           uint64_t hash, int64_t now)
{
    uint32_t best = POOL_NONE, best_rank = RANK_KEEP;
    uint32_t at = bucket_first(side, (uint32_t)(hash >> 32));
    for (int half = 0; half < 2; half++) {
        for (uint32_t i = at; i < at + BUCKET; i++) {
            const struct group *group = &side->groups[i];
            if (expired(watch, group, now)) {
                watch_forget(watch, side, i);
                return i;
            }
            uint32_t rank = rank_of(watch, group, now);
            if (rank < best_rank || (rank == best_rank && best != POOL_NONE &&
                                     group->newest < side->groups[best].newest)) {
                best = i;
                best_rank = rank;
            }
        }
        at = bucket_first(side, (uint32_t)hash);
    }
    stripe->counters.evicted_groups++; /* the newcomer itself, if nobody can go */
    if (best != POOL_NONE)
        watch_forget(watch, side, best);
    return best;
}

static struct group *make(struct watch *watch, struct stripe *stripe, struct side *side,
                          unsigned detector, uint64_t hash, int64_t t)
{
    unsigned n1, n2;
    if (side->used > side->buckets * (BUCKET / 2))
        sweep(watch, side, 2, t);
    uint32_t slot = empty_in(side, bucket_first(side, (uint32_t)(hash >> 32)), &n1);
    uint32_t other = empty_in(side, bucket_first(side, (uint32_t)hash), &n2);
    if (n2 > n1)
        slot = other;
    if (slot == POOL_NONE)
        slot = evict_slot(watch, stripe, side, hash, t);
    if (slot == POOL_NONE)
        return NULL;
    side->hashes[slot] = hash;
    side->used++;
    side->groups[slot] = (struct group){
        .newest = t,
        .blocks = {POOL_NONE, POOL_NONE},
        .episode = POOL_NONE,
        .owner = POOL_NONE,
        .detector = (uint8_t)detector,
    };
    return &side->groups[slot];
}

/* The group that counts a source's pairs; one more is counted already. NULL: it may have no more. */
static struct group *quota_take(struct watch *watch, struct stripe *stripe, struct side *side,
                                unsigned detector, uint64_t first_hash, int64_t t)
{
    uint64_t hash = siphash_words(watch->key, first_hash, detector, 1) | 1;
    struct group *quota = find(side, hash);
    if (!quota) {
        quota = make(watch, stripe, side, detector, hash, t);
        if (!quota)
            return NULL;
        quota->is_quota = 1;
    }
    if (quota->counts[0] >= watch->pairs_per_source) {
        sweep(watch, side, SWEEP_SLOTS,
              t); /* pairs that have expired make room, little by little */
        quota = find(side, hash);
        if (!quota)
            return quota_take(watch, stripe, side, detector, first_hash, t);
        if (quota->counts[0] >= watch->pairs_per_source) {
            stripe->counters.refused_pairs++;
            return NULL;
        }
    }
    quota->counts[0]++;
    return quota;
}

struct group *watch_group(struct watch *watch, struct stripe *stripe, struct side *side,
                          unsigned detector, uint64_t hash, uint64_t first_hash, int64_t t)
{
    hash |= 1;
    struct group *group = find(side, hash), *quota = NULL;
    if (group)
        return group;
    if (watch->rules[detector].pair) {
        quota = quota_take(watch, stripe, side, detector, first_hash, t);
        if (!quota)
            return NULL;
    }
    group = make(watch, stripe, side, detector, hash, t);
    if (group && quota)
        group->owner = watch_slot(side, quota);
    else if (quota && --quota->counts[0] == 0)
        watch_forget(watch, side, watch_slot(side, quota));
    return group;
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
    if (n >= enough)
        n = keep_recent(stripe, group, n, 2 * rule->keep[set]);
    unsigned order = order_for(n + 1 + n / 4, order_for(enough, watch->max_order));
    if (block == POOL_NONE || order != block >> BLOCK_SHIFT) {
        uint32_t unit = watch_block(watch, stripe, side, group, order, group->newest);
        if (unit != POOL_NONE) {
            block_give(side, &group->blocks[set]);
            group->blocks[set] = unit | (uint32_t)order << BLOCK_SHIFT;
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

void watch_advance(struct watch *watch, struct stripe *stripe, struct side *side,
                   struct group *group, int64_t t)
{
    int64_t ahead = t - group->newest;
    const struct watch_rule *rule = &watch->rules[group->detector];
    if (ahead < -(int64_t)rule->lateness)
        stripe->counters.late++;
    if (rule->first_seen) {
        if (t > group->newest)
            group->newest = t;
        return;
    }
    if (ahead > VALUES_SPAN_MS || ahead < -VALUES_SPAN_MS) {
        group_clear(side, group);
        group->newest = t;
        return;
    }
    if (ahead <= 0)
        return;
    /* Now and then values that no full table drives out must go, before their times wrap around. */
    bool clean = t >> 28 != group->newest >> 28;
    group->newest = t;
    for (unsigned set = 0; clean && set < 2; set++)
        if (group->counts[set]) {
            struct values table = watch_values(side, group, set);
            uint32_t n = gather(rule, stripe, group, table);
            refill(watch, stripe, table, n);
            group->counts[set] = (uint16_t)n;
        }
    if (clean && group->state == GROUP_IDLE && (uint32_t)t - group->hot > (uint64_t)rule->quiet_ms)
        group->has_started = 0;
}

struct gain watch_value(struct watch *watch, struct stripe *stripe, struct side *side,
                        struct group *group, unsigned set, uint64_t key, unsigned evidence,
                        int64_t t)
{
    const struct watch_rule *rule = &watch->rules[group->detector];
    struct values table = watch_values(side, group, set);
    struct value *v = table.count ? values_slot(table, watch->mix, key) : NULL;
    struct gain gain;
    if (v && v->hi) {
        gain = value_touch(v, (uint32_t)t, rule->window);
    } else {
        if (!v || group->counts[set] >= fill_of(table.count)) {
            make_room(watch, stripe, side, group, set);
            table = watch_values(side, group, set);
            v = table.count ? values_slot(table, watch->mix, key) : NULL;
            if (!v) {
                stripe->counters.evicted_values++;
                return (struct gain){(uint32_t)t, (uint32_t)t};
            }
        }
        gain = value_begin(v, key, (uint32_t)t, rule->window);
        group->counts[set]++;
    }
    v->hi = (v->hi & ~VALUE_EVIDENCE_MASK) | evidence << VALUE_EVIDENCE_SHIFT;
    return gain;
}

static bool side_init(struct side *side, size_t bytes)
{
    /* 72 bytes a slot, 65 a unit of the pool: room for the second and third value of nearly all. */
    size_t slots = bytes / 100 * 55 / (sizeof(struct group) + sizeof(uint64_t));
    side->buckets = (uint32_t)(slots / BUCKET ? slots / BUCKET : 1);
    slots = (size_t)side->buckets * BUCKET;
    size_t units = bytes / 100 * 45 / (POOL_UNIT + 1);
    if (units > BLOCK_UNIT)
        units = BLOCK_UNIT;
    units = units < 64 ? 64 : units;
    side->hashes = aligned_alloc(64, slots * sizeof(*side->hashes));
    side->groups = aligned_alloc(64, slots * sizeof(*side->groups));
    void *memory = aligned_alloc(64, units * POOL_UNIT);
    uint8_t *states = malloc(units);
    side->pool = (struct pool){.memory = memory, .states = states};
    side->active = POOL_NONE;
    if (!side->hashes || !side->groups || !memory || !states)
        return false;
    memset(side->hashes, 0, slots * sizeof(*side->hashes));
    pool_init(&side->pool, memory, states, (uint32_t)units);
    return true;
}

/* A stripe should hold many groups, and sets of values of the largest size: few when memory is. */
static uint32_t stripes_for(size_t memory)
{
    uint32_t count = 64;
    while (count > 1 && memory / count < (UINT32_C(1) << 20))
        count /= 2;
    return count;
}

bool watch_init(struct watch *watch, const struct watch_rule *rules, unsigned rule_count,
                size_t memory, unsigned pairs_per_source, struct siphash_key key)
{
    *watch = (struct watch){
        .rules = rules,
        .pairs_per_source = pairs_per_source < UINT16_MAX ? pairs_per_source : UINT16_MAX,
        .mix = siphash_words(key, 0, 0, 0) | 1,
        .key = key,
    };
    uint32_t count = stripes_for(memory), keep = 1;
    size_t share = memory / count;
    watch->stripes = calloc(count, sizeof(*watch->stripes));
    if (!watch->stripes)
        return false;
    for (unsigned i = 0; i < rule_count; i++)
        for (unsigned set = 0; set < 2; set++)
            keep = rules[i].keep[set] > keep ? rules[i].keep[set] : keep;
    bool ok = true;
    for (uint32_t i = 0; i < count; i++) {
        struct stripe *stripe = &watch->stripes[i];
        ok = ok && pthread_mutex_init(&stripe->lock, NULL) == 0;
        watch->stripe_count += ok;
        ok = ok && side_init(&stripe->sides[SIDE_INTERNAL], share / 5 * 2);
        ok = ok && side_init(&stripe->sides[SIDE_EXTERNAL], share / 5 * 3);
        if (ok && i == 0) {
            watch->max_order = order_for(values_enough(keep), POOL_ORDERS - 1);
            while (UINT32_C(4) << watch->max_order > stripe->sides[SIDE_INTERNAL].pool.units)
                watch->max_order--;
        }
        uint32_t slots = slots_of(watch->max_order);
        stripe->spare = malloc(slots * sizeof(*stripe->spare));
        stripe->scratch = malloc(slots * 3 * sizeof(*stripe->scratch));
        stripe->wide = calloc(WIDE_VALUES, sizeof(*stripe->wide));
        ok = ok && stripe->spare && stripe->scratch && stripe->wide;
    }
    if (!ok)
        watch_close(watch);
    return ok;
}

void watch_close(struct watch *watch)
{
    for (uint32_t i = 0; i < watch->stripe_count; i++) {
        struct stripe *stripe = &watch->stripes[i];
        pthread_mutex_destroy(&stripe->lock);
        for (unsigned s = 0; s < SIDE_COUNT; s++) {
            free(stripe->sides[s].hashes);
            free(stripe->sides[s].groups);
            free(stripe->sides[s].pool.memory);
            free(stripe->sides[s].pool.states);
        }
        free(stripe->spare);
        free(stripe->scratch);
        free(stripe->wide);
    }
    free(watch->stripes);
    watch->stripes = NULL;
    watch->stripe_count = 0;
}
