/*
 * Every group has two buckets of eight slots it may stand in: the first is that of all groups of its
 * source, which a record mostly counts in several of, the second its own. It takes the first as long as
 * that has plenty of room, then the emptier one; where both are full, another makes way. That fills a
 * table that cannot grow to nine tenths before anything has to go. A bucket's hashes share a cache
 * line apart from the groups, so all look-ups of a source mostly read one.
 */
#include "detect/watch.h"

#include "detect/bucket.h"
#include "detect/episodes.h"
#include "detect/watch_pairs.h"
#include "detect/watch_places.h"

#define RANK_KEEP    UINT32_MAX          /* never pushed out */
#define RANK_ABOVE   (UINT32_C(1) << 24) /* not unless there is nothing else; then the oldest */
#define RANK_FIRED   512                 /* forgotten, it would fire once more */
#define SWEEP_SLOTS  64
#define NEARLY_FULL  2  /* free slots of a bucket */
#define REGION_TRIES 8  /* stretches of a pool that are compared, */
#define REGION_MOST  64 /* more as long as none may go */

uint8_t watch_device(struct watch *watch, struct slice name, uint64_t hash)
{
    uint8_t number = devices_find(watch->devices, name, hash);
    if (number || devices_full(watch->devices))
        return number;
    pthread_mutex_lock(&watch->devices_lock);
    number = devices_number(watch->devices, name, hash);
    pthread_mutex_unlock(&watch->devices_lock);
    return number;
}

/* Whether what the group holds in blocks serves an alert that has been told: how it goes on, or which
 * targets a scan had. */
static bool is_told(const struct watch *watch, const struct group *group)
{
    return group->state != GROUP_IDLE || watch->rules[group->detector].sequence;
}

void watch_book(const struct watch *watch, struct side *side, const struct group *group,
                uint32_t units)
{
    if (is_told(watch, group))
        side->told_units += units;
}

static uint32_t units_of(const struct group *group)
{
    uint32_t units = group->episode == POOL_NONE ? 0 : UINT32_C(1) << EPISODE_ORDER;
    for (unsigned set = 0; set < 2; set++)
        if (group->blocks[set] != POOL_NONE)
            units += UINT32_C(1) << (group->blocks[set] >> WATCH_BLOCK_SHIFT);
    return units;
}

void watch_set_state(const struct watch *watch, struct side *side, struct group *group,
                     enum group_state state)
{
    watch_book(watch, side, group, -units_of(group));
    group->state = state & 3;
    watch_book(watch, side, group, units_of(group));
}

static void group_clear(const struct watch *watch, struct side *side, struct group *group)
{
    episodes_drop(watch, side, group);
    watch_clear_values(watch, side, group);
    group->state = GROUP_IDLE;
    group->tier = 0;
    group->has_started = 0;
    group->devices[0] = group->devices[1] = 0;
}

void watch_forget(const struct watch *watch, struct side *side, uint32_t slot)
{
    struct group *group = &side->groups[slot];
    group_clear(watch, side, group);
    if (watch->rules[group->detector].pair)
        pairs_add(side, group->owner, -1);
    side->hashes[slot] = 0;
    side->used--;
    side->shared -= group->shared;
    side->made += 2;
}

static bool expired(const struct watch *watch, const struct group *group, int64_t now)
{
    const struct watch_rule *rule = &watch->rules[group->detector];
    int64_t life = group->has_started ? rule->quiet_ms : rule->expires_ms;
    if (group->episode != POOL_NONE)
        return false;
    if (group->state != GROUP_IDLE) /* nobody has looked whether its episode is over */
        life += 2 * (int64_t)rule->window;
    return now - group->newest > life;
}

/* How near a group is to firing, in 1/1024; less for one of the many pairs of a source. One whose window
 * has passed has only the memory of its last alert to lose, one that a storm has withheld nothing. */
static uint32_t rank_of(const struct watch *watch, const struct group *group, int64_t now)
{
    const struct watch_rule *rule = &watch->rules[group->detector];
    bool remembers = rule->first_seen || rule->sequence || group->has_started;
    uint32_t rank = remembers ? RANK_FIRED : 0;
    if (now - group->newest >= rule->window)
        return remembers;
    for (unsigned set = 0; set < 2 && group->state == GROUP_IDLE; set++)
        if (rule->first_gte[set] && group->counts[set] * 1024u / rule->first_gte[set] > rank)
            rank = group->counts[set] * 1024u / rule->first_gte[set];
    return rule->pair ? rank - rank / 4 : rank;
}

/* How much would be lost with a group's blocks: see watch.h for those that have been told. */
static uint32_t rank_of_blocks(const struct watch *watch, const struct side *side,
                               const struct group *group, int64_t now)
{
    bool told_goes_first = side->pool.used - side->told_units <= side->pool.units / 2;
    uint32_t rank = is_told(watch, group) ? (uint32_t)(group->newest / 1000 & (RANK_ABOVE - 1))
                                          : rank_of(watch, group, now);
    return is_told(watch, group) == told_goes_first ? rank : RANK_ABOVE + rank;
}

/* Looks at a few slots, and fetches those that are next. */
static void sweep(struct watch *watch, struct side *side, uint32_t slots, int64_t now)
{
    uint32_t slot = 0;
    for (uint32_t i = 0; i < slots; i++) {
        if (++side->hand >= side->buckets * WATCH_BUCKET)
            side->hand = 0;
        slot = watch_bucket(side, side->hand / WATCH_BUCKET) + side->hand % WATCH_BUCKET;
        if (side->hashes[slot] && expired(watch, &side->groups[slot], now))
            watch_forget(watch, side, slot);
    }
    __builtin_prefetch(&side->groups[slot + 1]);
    __builtin_prefetch(&side->groups[slot + 2]);
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
        uint32_t rank = group == keep ? RANK_KEEP : rank_of_blocks(watch, side, group, now);
        if (rank > worst)
            worst = rank;
    }
    return worst;
}

/* A group gives up its blocks, and itself; but one that has been told of goes on without them: what
 * has been told is not told again. */
static void evict_blocks(struct watch *watch, struct stripe *stripe, struct side *side,
                         uint32_t slot)
{
    struct group *group = &side->groups[slot];
    if (group->state == GROUP_IDLE && !group->has_started) {
        stripe->counters.evicted_groups += 1 + group->shared;
        watch_forget(watch, side, slot);
        return;
    }
    stripe->counters.evicted_values += group->counts[0] + group->counts[1];
    stripe->counters.evicted_episodes += group->episode != POOL_NONE;
    episodes_drop(watch, side, group);
    watch_clear_values(watch, side, group);
}

/* Frees some stretch of the pool for a block of that order: the one that loses least of a few. */
static bool evict_region(struct watch *watch, struct stripe *stripe, struct side *side,
                         unsigned order, const struct group *keep, int64_t now)
{
    uint32_t size = UINT32_C(1) << order, best = 0, best_rank = RANK_KEEP, first;
    for (int i = 0; i < REGION_TRIES || (best_rank >= RANK_ABOVE && i < REGION_MOST); i++) {
        side->region = (side->region & ~(size - 1)) + size;
        if (side->region > side->pool.units - size)
            side->region = pool_first(order);
        uint32_t rank = region_rank(watch, side, side->region, side->region + size, keep, now);
        if (rank < best_rank) {
            best_rank = rank;
            best = side->region;
        }
    }
    if (best_rank == RANK_KEEP || (best_rank >= RANK_ABOVE && is_told(watch, keep)))
        return false; /* what has been told costs nobody his half */
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
    if (unit != POOL_NONE) {
        *owner_of(side, unit, order) = watch_slot(side, group);
        watch_book(watch, side, group, UINT32_C(1) << order);
    }
    return unit;
}

/* The slot of a bucket, by its first, that holds a hash; POOL_NONE: none. */
static inline uint32_t slot_within(const struct side *side, uint32_t first, uint64_t hash)
{
    uint32_t mask = bucket_matching(&side->hashes[first], hash);
    return mask ? first + bucket_place(mask) : POOL_NONE;
}

static inline uint32_t slot_of(const struct side *side, uint64_t hash)
{
    uint32_t slot = slot_within(side, first_slot(side, hash), hash);
    return slot != POOL_NONE ? slot : slot_within(side, second_slot(side, hash), hash);
}

static struct group *find(const struct side *side, uint64_t hash)
{
    uint32_t slot = slot_of(side, hash);
    return slot == POOL_NONE ? NULL : &side->groups[slot];
}

void watch_prefetch(const struct side *side, uint64_t hash)
{
    uint32_t buckets = __atomic_load_n(&side->buckets, __ATOMIC_RELAXED); /* it is not locked */
    __builtin_prefetch(&side->hashes[watch_bucket(side, first_bucket(buckets, hash))]);
}

struct group *watch_find(const struct side *side, uint64_t hash)
{
    return find(side, hash | 1);
}

/* A free slot: in the first bucket, unless it is nearly full, then in the emptier one; POOL_NONE: both
 * are full. */
static inline uint32_t free_slot(const struct side *side, uint64_t hash)
{
    uint32_t first = first_slot(side, hash), second;
    uint32_t mask = bucket_matching(&side->hashes[first], 0), others;
    if (bucket_count(mask) > NEARLY_FULL)
        return first + bucket_place(mask);
    second = second_slot(side, hash);
    others = bucket_matching(&side->hashes[second], 0);
    if (bucket_count(others) > bucket_count(mask))
        return second + bucket_place(others);
    return mask ? first + bucket_place(mask) : POOL_NONE;
}

struct place watch_place_near(const struct side *side, uint64_t hash)
{
    hash |= 1;
    uint32_t slot = slot_within(side, first_slot(side, hash), hash);
    if (slot == POOL_NONE) {
        __builtin_prefetch(&side->hashes[second_slot(side, hash)]);
        return (struct place){NULL, POOL_NONE, 0, 0};
    }
    __builtin_prefetch(&side->groups[slot], 1);
    return (struct place){&side->groups[slot], POOL_NONE, side->buckets, side->made};
}

struct place watch_place(const struct watch *watch, const struct side *side, unsigned detector,
                         uint64_t hash, uint64_t first_hash)
{
    hash |= 1;
    uint32_t slot = slot_of(side, hash);
    if (slot != POOL_NONE) {
        __builtin_prefetch(&side->groups[slot], 1);
        return (struct place){&side->groups[slot], POOL_NONE, side->buckets, side->made};
    }
    struct place place = {NULL, free_slot(side, hash), side->buckets, side->made};
    if (place.room != POOL_NONE)
        __builtin_prefetch(&side->groups[place.room], 1);
    if (watch->rules[detector].pair) {
        uint32_t owner = pairs_owner(watch, detector, first_hash);
        __builtin_prefetch(pairs_row(side, owner, 0), 1);
        __builtin_prefetch(pairs_row(side, owner, 1), 1);
    }
    return place;
}

/* How much would be lost with a group and its slot. */
static uint32_t rank_of_slot(const struct watch *watch, const struct group *group, int64_t now)
{
    if (group->episode != POOL_NONE)
        return RANK_ABOVE + (uint32_t)(group->newest / 1000 & (RANK_ABOVE - 1));
    return rank_of(watch, group, now);
}

/* Both buckets are full: what has expired goes, else what is furthest from firing, oldest first. */
static uint32_t evict_slot(struct watch *watch, struct stripe *stripe, struct side *side,
                           uint64_t hash, int64_t now)
{
    uint32_t best = POOL_NONE, best_rank = RANK_KEEP;
    uint32_t at = first_slot(side, hash), second = second_slot(side, hash);
    for (uint32_t i = 0; i < WATCH_BUCKET; i++) { /* all at once, not one after the other */
        __builtin_prefetch(&side->groups[at + i]);
        __builtin_prefetch(&side->groups[second + i]);
    }
    for (int half = 0; half < 2; half++) {
        for (uint32_t i = at; i < at + WATCH_BUCKET; i++) {
            const struct group *group = &side->groups[i];
            if (expired(watch, group, now)) {
                watch_forget(watch, side, i);
                return i;
            }
            uint32_t rank = rank_of_slot(watch, group, now);
            if (rank < best_rank || (rank == best_rank && best != POOL_NONE &&
                                     group->newest < side->groups[best].newest)) {
                best = i;
                best_rank = rank;
            }
        }
        at = second;
    }
    stripe->counters.evicted_groups++; /* the newcomer itself, if nobody can go */
    if (best == POOL_NONE)
        return best;
    stripe->counters.evicted_groups += side->groups[best].shared;
    stripe->counters.evicted_episodes += side->groups[best].episode != POOL_NONE;
    watch_forget(watch, side, best);
    return best;
}

static inline bool is_room(const struct side *side, const struct place *place)
{
    return place->room != POOL_NONE && place->buckets == side->buckets &&
           side->hashes[place->room] == 0;
}

static struct group *make(struct watch *watch, struct stripe *stripe, struct side *side,
                          unsigned detector, uint64_t hash, uint32_t owner, int64_t t,
                          const struct place *place)
{
    if (side->used > side->buckets * (WATCH_BUCKET / 2))
        sweep(watch, side, 2, t);
    if (side->used > side->buckets * (WATCH_BUCKET / 4 * 3))
        watch_grow(side);
    uint32_t slot = is_room(side, place) ? place->room : free_slot(side, hash);
    if (slot == POOL_NONE && side->used < side->buckets * (WATCH_BUCKET - 1))
        slot = watch_make_way(side, hash);
    while (slot == POOL_NONE && watch_grow(side)) /* a snapshot fills it from one end */
        slot = free_slot(side, hash);
    if (slot == POOL_NONE)
        slot = evict_slot(watch, stripe, side, hash, t);
    if (slot == POOL_NONE)
        return NULL;
    side->hashes[slot] = hash;
    side->used++;
    side->made += 2;
    side->groups[slot] = (struct group){
        .newest = t,
        .blocks = {POOL_NONE, POOL_NONE},
        .episode = POOL_NONE,
        .owner = owner,
        .detector = (uint8_t)detector,
    };
    if (watch->rules[detector].pair)
        pairs_add(side, owner, 1);
    return &side->groups[slot];
}

/* A pair of the source that stands where the new one would, and is no nearer to firing, makes room. */
static bool evict_own(struct watch *watch, struct stripe *stripe, struct side *side,
                      unsigned detector, uint64_t hash, uint32_t owner, int64_t t)
{
    const struct watch_rule *rule = &watch->rules[detector];
    uint32_t best = POOL_NONE, best_rank = rule->first_gte[0] ? 1024 / rule->first_gte[0] + 1 : 2;
    uint32_t at[2] = {first_slot(side, hash), second_slot(side, hash)};
    for (unsigned i = 0; i < 2 * WATCH_BUCKET; i++) {
        uint32_t slot = at[i / WATCH_BUCKET] + i % WATCH_BUCKET;
        const struct group *group = &side->groups[slot];
        if (!side->hashes[slot] || group->owner != owner || group->detector != detector)
            continue;
        uint32_t rank = rank_of_slot(watch, group, t);
        if (rank < best_rank) {
            best = slot;
            best_rank = rank;
        }
    }
    if (best == POOL_NONE)
        return false;
    stripe->counters.evicted_groups++;
    watch_forget(watch, side, best);
    return true;
}

/* Room for one more pair of a source: within its bound, of pairs that have expired, which are found
 * little by little, or of its own. */
static bool may_have_pair(struct watch *watch, struct stripe *stripe, struct side *side,
                          unsigned detector, uint64_t hash, uint32_t owner, int64_t t)
{
    if (pairs_of(side, owner) < watch->pairs_per_source)
        return true;
    sweep(watch, side, SWEEP_SLOTS, t);
    if (pairs_of(side, owner) < watch->pairs_per_source ||
        evict_own(watch, stripe, side, detector, hash, owner, t))
        return true;
    stripe->counters.refused_pairs++;
    return false;
}

struct group *watch_group_made(struct watch *watch, struct stripe *stripe, struct side *side,
                               unsigned detector, uint64_t hash, uint64_t first_hash, int64_t t,
                               const struct place *place)
{
    struct group *found = place->found;
    hash |= 1;
    if (found && side->hashes[watch_slot(side, found)] != hash)
        found = find(side, hash); /* it has moved, or made room for another, meanwhile */
    if (found)
        return found;
    uint32_t owner = 0;
    if (watch->rules[detector].pair) {
        owner = pairs_owner(watch, detector, first_hash);
        if (!may_have_pair(watch, stripe, side, detector, hash, owner, t))
            return NULL;
    }
    return make(watch, stripe, side, detector, hash, owner, t, place);
}

void watch_advance_far(struct watch *watch, struct stripe *stripe, struct side *side,
                       struct group *group, int64_t t)
{
    int64_t ahead = t - group->newest;
    const struct watch_rule *rule = &watch->rules[group->detector];
    if (ahead < -(int64_t)rule->lateness)
        stripe->counters.late += 1 + group->shared;
    if (rule->first_seen) {
        if (t > group->newest)
            group->newest = t;
        return;
    }
    if (ahead > VALUES_SPAN_MS || ahead < -VALUES_SPAN_MS) {
        group_clear(watch, side, group);
        group->newest = t;
        return;
    }
    if (ahead <= 0)
        return;
    /* Now and then values that no full table drives out must go, before their times wrap around. */
    bool clean = t >> WATCH_AGE_SHIFT != group->newest >> WATCH_AGE_SHIFT;
    group->newest = t;
    if (clean)
        watch_drop_dead(watch, stripe, side, group);
    if (clean && group->state == GROUP_IDLE && (uint32_t)t - group->hot > (uint64_t)rule->quiet_ms)
        group->has_started = 0;
}

struct group *watch_restore(struct watch *watch, struct stripe *stripe, struct side *side,
                            unsigned detector, uint64_t hash, uint32_t owner, int64_t newest)
{
    struct group *group = find(side, hash);
    if (group)
        watch_forget(watch, side, watch_slot(side, group));
    return make(watch, stripe, side, detector, hash, owner, newest,
                &(struct place){NULL, POOL_NONE, 0, 0});
}
