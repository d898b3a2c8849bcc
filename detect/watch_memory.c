/* How the memory is divided: risk aside, two fifths for sources inside, three for those outside; of
 * each a little more than half for groups, the rest for their values. */
#include "detect/watch.h"

#include <stdlib.h>

#include "detect/alert_text.h"

static bool side_init(struct side *side, size_t bytes)
{
    /* 72 bytes a slot and at most 4 for counts of pairs, 65 a unit of the pool: room for the second and
     * third value of nearly all. */
    size_t slots = bytes / 100 * 58 / (sizeof(struct group) + sizeof(uint64_t) + 4), row = 256;
    side->buckets = (uint32_t)(slots / WATCH_BUCKET ? slots / WATCH_BUCKET : 1);
    slots = (size_t)side->buckets * WATCH_BUCKET;
    size_t units = bytes / 100 * 42 / (POOL_UNIT + 1);
    if (units > WATCH_BLOCK_UNIT)
        units = WATCH_BLOCK_UNIT;
    units = units < 64 ? 64 : units;
    while (row < 65536 && row < slots / 4)
        row *= 2;
    side->pairs_mask = (uint32_t)row - 1;
    side->pairs = calloc(2 * row, sizeof(*side->pairs));
    side->hashes = aligned_alloc(64, slots * sizeof(*side->hashes));
    side->groups = aligned_alloc(64, slots * sizeof(*side->groups));
    void *memory = aligned_alloc(64, units * POOL_UNIT);
    uint8_t *states = malloc(units);
    side->pool = (struct pool){.memory = memory, .states = states};
    side->active = POOL_NONE;
    if (!side->pairs || !side->hashes || !side->groups || !memory || !states)
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
            watch->max_order = watch_order_of(keep);
            while (UINT32_C(4) << watch->max_order > stripe->sides[SIDE_INTERNAL].pool.units)
                watch->max_order--;
        }
        uint32_t slots = watch_slots_of(watch->max_order);
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
            free(stripe->sides[s].pairs);
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

void watch_rekey(struct watch *watch, struct siphash_key key)
{
    watch->key = key;
    watch->mix = siphash_words(key, 0, 0, 0) | 1;
}
