/*
 * How the memory is divided: risk aside, two fifths for sources inside, three for those outside; of
 * each a little more than half for groups, the rest for their values. What every look-up reads first,
 * a tenth, is one piece for all stripes, the groups of a side are one, and so are its blocks: worth huge
 * pages. Nothing is touched before there are groups.
 */
#include "detect/watch.h"

#include <stdlib.h>

#include "detect/alert_text.h"
#include "detect/episodes.h"
#include "parsers/pages.h"

#define CACHE_LINE    64
#define FIRST_BUCKETS 64 /* of a side, at least, as far as it has room */

/* How many of each a side has. */
struct room {
    size_t slots, units, row; /* row: of counts of pairs */
    uint32_t first_buckets;   /* a power of two fewer than slots has */
};

static struct room room_of(size_t bytes)
{
    /* 72 bytes a slot and at most 4 for counts of pairs, 65 a unit of the pool: room for the second and
     * third value of nearly all. */
    struct room room = {
        .slots = bytes / 100 * 58 / (sizeof(struct group) + sizeof(uint64_t) + 4),
        .units = bytes / 100 * 42 / (POOL_UNIT + 1),
        .row = 256,
    };
    size_t buckets = room.slots < WATCH_BUCKET ? 1 : room.slots / WATCH_BUCKET, doubled = 1;
    while (buckets / doubled >= 2 * FIRST_BUCKETS)
        doubled *= 2;
    room.first_buckets = (uint32_t)(buckets / doubled);
    room.slots = room.first_buckets * doubled * WATCH_BUCKET;
    if (room.units > WATCH_BLOCK_UNIT)
        room.units = WATCH_BLOCK_UNIT;
    if (room.units < 64)
        room.units = 64;
    while (room.row < 65536 && room.row < room.slots / 4)
        room.row *= 2;
    return room;
}

/* The next piece of the index, on cache lines of its own. `from` NULL: only the room is counted. */
static void *take(char *from, size_t *used, size_t bytes)
{
    void *piece = from ? from + *used : NULL;
    *used += (bytes + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
    return piece;
}

static void take_index(struct side *side, struct room room, char *index, size_t *used)
{
    side->pairs = take(index, used, 2 * room.row * sizeof(*side->pairs));
    side->pool.states = take(index, used, room.units);
}

static void side_init(struct side *side, struct room room, char *index, size_t *used)
{
    take_index(side, room, index, used);
    side->buckets = room.first_buckets;
    side->most_buckets = (uint32_t)(room.slots / WATCH_BUCKET);
    side->pairs_mask = (uint32_t)room.row - 1;
    side->active = POOL_NONE;
    side->made = 1;
    side->pool.units = (uint32_t)room.units;
}

/* A stripe should hold many groups, and sets of values of the largest size: few when memory is. */
static uint32_t stripes_for(size_t memory)
{
    uint32_t count = 64;
    while (count > 1 && memory / count < (UINT32_C(1) << 20))
        count /= 2;
    return count;
}

static bool stripe_init(struct stripe *stripe, const struct room *rooms, char *index, size_t *used,
                        uint32_t slots)
{
    bool ok = pthread_mutex_init(&stripe->lock, NULL) == 0;
    for (unsigned s = 0; s < SIDE_COUNT; s++)
        side_init(&stripe->sides[s], rooms[s], index, used);
    stripe->spare = malloc(slots * sizeof(*stripe->spare));
    stripe->scratch = malloc(slots * 3 * sizeof(*stripe->scratch));
    stripe->wide = calloc(WIDE_VALUES, sizeof(*stripe->wide));
    return ok && stripe->spare && stripe->scratch && stripe->wide;
}

/* The groups and blocks of a side, and the stripes' turns in them. */
static bool tables_init(struct watch *watch, unsigned side, uint32_t count)
{
    unsigned largest = watch->max_order > POOL_FIRST ? watch->max_order : POOL_FIRST;
    uint32_t buckets = watch->stripes[0].sides[side].most_buckets;
    uint32_t units = watch->stripes[0].sides[side].pool.units;
    size_t slots = (size_t)(buckets + WATCH_TURN - 1) / WATCH_TURN * WATCH_TURN * WATCH_BUCKET;
    uint64_t *hashes = pages_new(slots * count * sizeof(*hashes));
    struct group *groups = pages_new(slots * count * sizeof(*groups));
    size_t bytes = pool_bytes(units, largest, count);
    unsigned char *blocks = pages_new(bytes);
    watch->tables[side].hashes = hashes;
    watch->tables[side].groups = groups;
    watch->tables[side].blocks = blocks;
    watch->tables[side].slots = slots * count;
    watch->tables[side].bytes = bytes;
    if (!hashes || !groups || !blocks)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        struct side *s = &watch->stripes[i].sides[side];
        s->turns = count;
        watch->stripes[i].devices = watch->devices;
        s->hashes = hashes + i * WATCH_TURN * WATCH_BUCKET;
        s->groups = groups + i * WATCH_TURN * WATCH_BUCKET;
        pool_init(&s->pool, blocks, s->pool.states, units, largest, count, i);
    }
    return true;
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
    pthread_mutex_init(&watch->devices_lock, NULL);
    struct room rooms[SIDE_COUNT] = {[SIDE_INTERNAL] = room_of(memory / count / 5 * 2),
                                     [SIDE_EXTERNAL] = room_of(memory / count / 5 * 3)};
    for (unsigned i = 0; i < rule_count; i++)
        for (unsigned set = 0; set < 2; set++)
            keep = rules[i].keep[set] > keep ? rules[i].keep[set] : keep;
    watch->max_order = watch_order_of(keep);
    while (UINT32_C(4) << watch->max_order > rooms[SIDE_INTERNAL].units)
        watch->max_order--;
    struct side counted;
    for (unsigned side = 0; side < SIDE_COUNT; side++)
        take_index(&counted, rooms[side], NULL, &watch->index_bytes);
    watch->index_bytes *= count;
    watch->index = pages_new(watch->index_bytes);
    watch->stripes = aligned_alloc(CACHE_LINE, count * sizeof(*watch->stripes));
    if (watch->stripes)
        memset(watch->stripes, 0, count * sizeof(*watch->stripes));
    watch->devices = calloc(1, sizeof(*watch->devices));
    bool ok = watch->index && watch->stripes && watch->devices;
    for (size_t used = 0; ok && watch->stripe_count < count;)
        ok = stripe_init(&watch->stripes[watch->stripe_count++], rooms, watch->index, &used,
                         watch_slots_of(watch->max_order));
    for (unsigned side = 0; ok && side < SIDE_COUNT; side++)
        ok = tables_init(watch, side, count);
    if (!ok)
        watch_close(watch);
    return ok;
}

void watch_close(struct watch *watch)
{
    for (uint32_t i = 0; i < watch->stripe_count; i++) {
        struct stripe *stripe = &watch->stripes[i];
        pthread_mutex_destroy(&stripe->lock);
        free(stripe->spare);
        free(stripe->scratch);
        free(stripe->wide);
    }
    for (unsigned s = 0; s < SIDE_COUNT; s++) {
        pages_free(watch->tables[s].hashes, watch->tables[s].slots * sizeof(uint64_t));
        pages_free(watch->tables[s].groups, watch->tables[s].slots * sizeof(struct group));
        pages_free(watch->tables[s].blocks, watch->tables[s].bytes);
    }
    pages_free(watch->index, watch->index_bytes);
    free(watch->stripes);
    if (watch->devices)
        pthread_mutex_destroy(&watch->devices_lock);
    free(watch->devices);
    watch->devices = NULL;
    memset(watch->tables, 0, sizeof(watch->tables));
    watch->index = NULL;
    watch->stripes = NULL;
    watch->stripe_count = 0;
}

void watch_rekey(struct watch *watch, struct siphash_key key)
{
    watch->key = key;
    watch->mix = siphash_words(key, 0, 0, 0) | 1;
}
