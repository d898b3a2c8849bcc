/*
 * Every group has two buckets of eight slots it may stand in and takes the emptier one, which fills
 * the table to nine tenths before anything has to go. A bucket's hashes share a cache line apart
 * from the groups, so a look-up that finds nothing reads two lines.
 */
#include "detect/watch.h"

#include "detect/episodes.h"

#define RANK_KEEP    UINT32_MAX          /* never pushed out */
#define RANK_FIRING  (UINT32_C(1) << 24) /* not unless there is nothing else; then the oldest */
#define RANK_FIRED   512                 /* forgotten, it would fire once more */
#define SWEEP_SLOTS  64
#define REGION_TRIES 8

/* The slot of the group that a block belongs to stands in the block's last four bytes. */
static uint32_t *owner_of(const struct side *side, uint32_t unit, unsigned order)
{
    unsigned char *block = pool_at(&side->pool, unit);
    return (uint32_t *)(void *)(block + ((size_t)POOL_UNIT << order) - sizeof(uint32_t));
}

static void group_clear(struct side *side, struct group *group)
{
    episodes_drop(side, group);
    watch_clear_values(side, group);
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

/* How much would be lost with a group: how near it is to firing, in 1/1024, less for one of the many
 * pairs of a source. One whose window has passed has only the memory of its last alert to lose. */
static uint32_t rank_of(const struct watch *watch, const struct group *group, int64_t now)
{
    const struct watch_rule *rule = &watch->rules[group->detector];
    bool remembers = rule->first_seen || rule->sequence || group->has_started;
    uint32_t rank = remembers ? RANK_FIRED : 0;
    if (group->is_quota)
        return RANK_KEEP;
    if (group->episode != POOL_NONE)
        return RANK_FIRING + (uint32_t)(group->newest / 1000 & (RANK_FIRING - 1));
    if (now - group->newest >= rule->window)
        return remembers;
    for (unsigned set = 0; set < 2; set++)
        if (rule->first_gte[set] && group->counts[set] * 1024u / rule->first_gte[set] > rank)
            rank = group->counts[set] * 1024u / rule->first_gte[set];
    return rule->pair ? rank - rank / 4 : rank;
}

static void sweep(struct watch *watch, struct side *side, uint32_t slots, int64_t now)
{
    for (uint32_t i = 0; i < slots; i++) {
        if (++side->hand >= side->buckets * WATCH_BUCKET)
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
    watch_clear_values(side, group);
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
    return (uint32_t)((uint64_t)hash * side->buckets >> 32) * WATCH_BUCKET;
}

static struct group *find(const struct side *side, uint64_t hash)
{
    uint32_t at = bucket_first(side, (uint32_t)(hash >> 32));
    for (int half = 0; half < 2; half++) {
        for (uint32_t i = at; i < at + WATCH_BUCKET; i++)
            if (side->hashes[i] == hash)
                return &side->groups[i];
        at = bucket_first(side, (uint32_t)hash);
    }
    return NULL;
}

void watch_prefetch(const struct side *side, uint64_t hash)
{
    __builtin_prefetch(&side->hashes[bucket_first(side, (uint32_t)(hash >> 32))]);
    __builtin_prefetch(&side->hashes[bucket_first(side, (uint32_t)(hash | 1))]);
}

struct group *watch_find(const struct side *side, uint64_t hash)
{
    return find(side, hash | 1);
}

static uint32_t empty_in(const struct side *side, uint32_t at, unsigned *count)
{
    uint32_t slot = POOL_NONE;
    *count = 0;
    for (uint32_t i = at; i < at + WATCH_BUCKET; i++)
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
        for (uint32_t i = at; i < at + WATCH_BUCKET; i++) {
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
    if (side->used > side->buckets * (WATCH_BUCKET / 2))
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
    uint64_t hash = siphash_words(watch->key, first_hash, watch->rules[detector].salt, 1) | 1;
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
    if (clean)
        watch_drop_dead(watch, stripe, side, group);
    if (clean && group->state == GROUP_IDLE && (uint32_t)t - group->hot > (uint64_t)rule->quiet_ms)
        group->has_started = 0;
}

struct group *watch_restore(struct watch *watch, struct stripe *stripe, struct side *side,
                            unsigned detector, uint64_t hash, uint64_t quota_hash, int64_t newest)
{
    struct group *group = find(side, hash), *quota = NULL;
    if (group)
        watch_forget(watch, side, watch_slot(side, group));
    if (quota_hash) {
        quota = find(side, quota_hash);
        if (!quota && (quota = make(watch, stripe, side, detector, quota_hash, newest)))
            quota->is_quota = 1;
        if (!quota || !quota->is_quota || quota->counts[0] == UINT16_MAX)
            return NULL;
        quota->counts[0]++;
    }
    group = make(watch, stripe, side, detector, hash, newest);
    if (group && quota)
        group->owner = watch_slot(side, quota);
    else if (quota && --quota->counts[0] == 0)
        watch_forget(watch, side, watch_slot(side, quota));
    return group;
}
