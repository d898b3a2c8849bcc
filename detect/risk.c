/*
 * Buckets of four entities; the least of a full one makes room. In front stands a bit map of the
 * sources that have an entity, two of them in turn, so that the many records of harmless sources
 * are done with after one load.
 */
#include "detect/risk.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#define BUCKET   4
#define LOCKS    16
#define MAP_BITS (UINT32_C(1) << 20)
#define ROUGH    32 /* bits of a map that have one in its outline */
#define NO_BIT   UINT32_MAX

struct risk {
    const struct detector *detectors;
    struct risk_entity *entities;
    size_t buckets;
    uint32_t window_s;
    unsigned threshold;
    struct siphash_key key;
    uint64_t mix;
    _Atomic unsigned map; /* the one that is asked */
    _Atomic bool any;
    _Atomic uint64_t evicted;
    _Atomic uint64_t outlines[2][MAP_BITS / ROUGH / 64]; /* asked first: caches always have them */
    _Atomic uint64_t maps[2][MAP_BITS / 64];
    pthread_mutex_t locks[LOCKS];
    pthread_mutex_t changes_lock;
    uint64_t changes[RISK_CHANGES]; /* hashes of entities */
    unsigned change_count;
    bool noting, changes_lost;
};

struct risk *risk_new(const struct detector *detectors, size_t memory, int64_t window_ms,
                      unsigned threshold, struct siphash_key key)
{
    struct risk *risk = calloc(1, sizeof(*risk));
    if (!risk)
        return NULL;
    risk->detectors = detectors;
    risk->buckets = memory / (BUCKET * sizeof(struct risk_entity));
    risk->buckets += risk->buckets == 0;
    risk->entities = calloc(risk->buckets * BUCKET, sizeof(*risk->entities));
    risk->window_s = (uint32_t)(window_ms / 1000);
    risk->threshold = threshold;
    risk->key = key;
    risk->mix = siphash_words(key, 1, 2, 3) | 1;
    for (unsigned i = 0; i < LOCKS; i++)
        pthread_mutex_init(&risk->locks[i], NULL);
    pthread_mutex_init(&risk->changes_lock, NULL);
    if (!risk->entities) {
        risk_free(risk);
        return NULL;
    }
    return risk;
}

void risk_free(struct risk *risk)
{
    if (!risk)
        return;
    for (unsigned i = 0; i < LOCKS; i++)
        pthread_mutex_destroy(&risk->locks[i]);
    pthread_mutex_destroy(&risk->changes_lock);
    free(risk->entities);
    free(risk);
}

uint64_t risk_address(const struct risk *risk, struct address a, enum record_field field)
{
    return siphash_words(risk->key, a.hi, a.lo, field) | 1;
}

uint64_t risk_entity(const struct risk *risk, const struct record *r, enum record_field field)
{
    const struct field_info *info = &record_fields[field];
    const void *member = (const char *)r + info->offset;
    struct siphash_key key = risk->key;
    if (!(r->has >> field & 1))
        return 0;
    if (info->kind == KIND_ADDRESS)
        return risk_address(risk, *(const struct address *)member, field);
    if (info->kind != KIND_TEXT)
        return 0;
    struct slice text = *(const struct slice *)member;
    key.k0 += field;
    return siphash_bytes(key, text.ptr, text.len, 1, 3) | 1;
}

static uint32_t bit_of(const struct risk *risk, struct address source)
{
    return (uint32_t)(((source.hi * risk->mix ^ source.lo) * risk->mix) >> 44);
}

uint64_t risk_evicted(const struct risk *risk)
{
    return atomic_load_explicit(&risk->evicted, memory_order_relaxed);
}

static inline bool has(const _Atomic uint64_t *bits, uint32_t bit)
{
    return atomic_load_explicit(&bits[bit / 64], memory_order_relaxed) >> (bit & 63) & 1;
}

bool risk_may_have(const struct risk *risk, struct address source)
{
    if (!atomic_load_explicit(&risk->any, memory_order_relaxed))
        return false;
    uint32_t bit = bit_of(risk, source);
    unsigned map = atomic_load_explicit(&risk->map, memory_order_relaxed);
    return has(risk->outlines[map], bit / ROUGH) && has(risk->maps[map], bit);
}

static void set(_Atomic uint64_t *bits, uint32_t bit)
{
    atomic_fetch_or_explicit(&bits[bit / 64], UINT64_C(1) << (bit & 63), memory_order_relaxed);
}

static void mark(struct risk *risk, unsigned map, uint32_t bit)
{
    set(risk->maps[map], bit);
    set(risk->outlines[map], bit / ROUGH);
}

static uint32_t seconds(int64_t ms)
{
    return ms <= 0 ? 0 : ms / 1000 >= UINT32_MAX ? UINT32_MAX : (uint32_t)(ms / 1000);
}

static bool scores(const struct risk *risk, const struct risk_entry *entry, uint32_t now)
{
    return entry->started_s && (now <= entry->started_s || now - entry->started_s < risk->window_s);
}

static struct risk_state state_of(const struct risk *risk, const struct risk_entity *entity,
                                  uint32_t now)
{
    struct risk_state state = {0};
    for (unsigned i = 0; i < entity->count; i++) {
        const struct risk_entry *entry = &entity->entries[i];
        uint64_t bit = UINT64_C(1) << entry->detector;
        if (scores(risk, entry, now)) {
            state.risk += risk->detectors[entry->detector].score;
            state.scored |= bit;
        }
        if (entry->firing_until_s > now)
            state.firing |= bit;
    }
    return state;
}

static pthread_mutex_t *lock_of(struct risk *risk, uint64_t entity, size_t *first)
{
    *first = (size_t)((entity >> 32) * risk->buckets >> 32) * BUCKET;
    return &risk->locks[*first / BUCKET % LOCKS];
}

static struct risk_entity *find(struct risk *risk, size_t first, uint64_t hash)
{
    for (size_t i = first; i < first + BUCKET; i++)
        if (risk->entities[i].hash == hash)
            return &risk->entities[i];
    return NULL;
}

/* The entity, made if need be: in a free place, or that of the one with the least to say. */
static struct risk_entity *make(struct risk *risk, size_t first, uint64_t hash, uint32_t now)
{
    struct risk_entity *best = find(risk, first, hash);
    uint64_t least = UINT64_MAX;
    if (best)
        return best;
    for (size_t i = first; i < first + BUCKET; i++) {
        struct risk_entity *entity = &risk->entities[i];
        struct risk_state state = state_of(risk, entity, now);
        uint64_t weight = entity->hash ? 1 + state.risk * 2 + (state.firing != 0) : 0;
        if (weight < least) {
            least = weight;
            best = entity;
        }
    }
    if (least > 1) /* it had something to say */
        atomic_fetch_add_explicit(&risk->evicted, 1, memory_order_relaxed);
    *best = (struct risk_entity){.hash = hash, .bit = NO_BIT};
    atomic_store_explicit(&risk->any, true, memory_order_relaxed);
    return best;
}

static struct risk_entry *entry_of(struct risk_entity *entity, unsigned detector)
{
    struct risk_entry *oldest = &entity->entries[0];
    for (unsigned i = 0; i < entity->count; i++) {
        struct risk_entry *entry = &entity->entries[i];
        if (entry->detector == detector)
            return entry;
        if (entry->started_s < oldest->started_s)
            oldest = entry;
    }
    if (entity->count < RISK_ENTRIES)
        oldest = &entity->entries[entity->count++];
    *oldest = (struct risk_entry){.detector = (uint8_t)detector};
    return oldest;
}

static void note(struct risk *risk, uint64_t hash)
{
    pthread_mutex_lock(&risk->changes_lock);
    if (risk->noting && risk->change_count < RISK_CHANGES)
        risk->changes[risk->change_count++] = hash;
    else
        risk->changes_lost |= risk->noting;
    pthread_mutex_unlock(&risk->changes_lock);
}

struct risk_state risk_add(struct risk *risk, uint64_t hash, unsigned detector, int64_t t)
{
    size_t first;
    uint32_t now = seconds(t);
    pthread_mutex_t *lock = lock_of(risk, hash, &first);
    pthread_mutex_lock(lock);
    struct risk_entity *entity = make(risk, first, hash, now);
    if (state_of(risk, entity, now).risk < risk->threshold)
        entity->above = false; /* it has fallen since */
    struct risk_entry *entry = entry_of(entity, detector);
    if (now > entry->started_s)
        entry->started_s = now;
    struct risk_state state = state_of(risk, entity, now);
    state.crossed = !entity->above && risk->threshold && state.risk >= risk->threshold;
    entity->above |= state.crossed;
    pthread_mutex_unlock(lock);
    note(risk, hash);
    return state;
}

void risk_firing(struct risk *risk, struct address source, unsigned detector, int64_t until)
{
    size_t first;
    uint64_t hash = risk_address(risk, source, FIELD_src_ip);
    uint32_t until_s = seconds(until + 999);
    pthread_mutex_t *lock = lock_of(risk, hash, &first);
    pthread_mutex_lock(lock);
    struct risk_entity *entity = make(risk, first, hash, seconds(until));
    struct risk_entry *entry = entry_of(entity, detector);
    if (until_s > entry->firing_until_s)
        entry->firing_until_s = until_s;
    if (entity->bit == NO_BIT) {
        entity->bit = bit_of(risk, source);
        mark(risk, 0, entity->bit);
        mark(risk, 1, entity->bit);
        note(risk, hash);
    }
    pthread_mutex_unlock(lock);
}

void risk_fired(struct risk *risk, struct address source, unsigned detector, int64_t t,
                int64_t unless_after)
{
    size_t first;
    uint64_t hash = risk_address(risk, source, FIELD_src_ip);
    pthread_mutex_t *lock = lock_of(risk, hash, &first);
    pthread_mutex_lock(lock);
    struct risk_entity *entity = find(risk, first, hash);
    for (unsigned i = 0; entity && i < entity->count; i++)
        if (entity->entries[i].detector == detector &&
            entity->entries[i].firing_until_s <= seconds(unless_after + 999))
            entity->entries[i].firing_until_s = seconds(t);
    pthread_mutex_unlock(lock);
}

struct risk_state risk_of(struct risk *risk, uint64_t hash, int64_t t)
{
    size_t first;
    struct risk_state state = {0};
    pthread_mutex_t *lock = lock_of(risk, hash, &first);
    pthread_mutex_lock(lock);
    const struct risk_entity *entity = find(risk, first, hash);
    if (entity)
        state = state_of(risk, entity, seconds(t));
    pthread_mutex_unlock(lock);
    return state;
}

void risk_tidy(struct risk *risk, int64_t now)
{
    unsigned spare = !atomic_load(&risk->map);
    for (size_t i = 0; i < MAP_BITS / 64; i++)
        atomic_store_explicit(&risk->maps[spare][i], 0, memory_order_relaxed);
    for (size_t i = 0; i < MAP_BITS / ROUGH / 64; i++)
        atomic_store_explicit(&risk->outlines[spare][i], 0, memory_order_relaxed);
    for (size_t b = 0; b < risk->buckets; b++) {
        pthread_mutex_t *lock = &risk->locks[b % LOCKS];
        pthread_mutex_lock(lock);
        for (size_t i = b * BUCKET; i < (b + 1) * BUCKET; i++) {
            struct risk_entity *entity = &risk->entities[i];
            struct risk_state state = state_of(risk, entity, seconds(now));
            if (entity->hash && !state.scored && !state.firing)
                entity->hash = 0;
            else if (entity->hash && entity->bit != NO_BIT)
                mark(risk, spare, entity->bit);
        }
        pthread_mutex_unlock(lock);
    }
    atomic_store(&risk->map, spare);
}

size_t risk_room(const struct risk *risk)
{
    return risk->buckets * BUCKET;
}

bool risk_get(struct risk *risk, size_t place, struct risk_entity *out)
{
    pthread_mutex_t *lock = &risk->locks[place / BUCKET % LOCKS];
    pthread_mutex_lock(lock);
    *out = risk->entities[place];
    pthread_mutex_unlock(lock);
    return out->hash != 0;
}

bool risk_find(struct risk *risk, uint64_t hash, struct risk_entity *out)
{
    size_t first;
    pthread_mutex_t *lock = lock_of(risk, hash, &first);
    pthread_mutex_lock(lock);
    const struct risk_entity *entity = find(risk, first, hash);
    if (entity)
        *out = *entity;
    pthread_mutex_unlock(lock);
    return entity != NULL;
}

void risk_put(struct risk *risk, const struct risk_entity *entity, int64_t now)
{
    size_t first;
    pthread_mutex_t *lock = lock_of(risk, entity->hash, &first);
    pthread_mutex_lock(lock);
    struct risk_entity *place = make(risk, first, entity->hash, seconds(now));
    *place = *entity;
    if (place->bit >= MAP_BITS)
        place->bit = NO_BIT;
    if (place->bit != NO_BIT) {
        mark(risk, 0, place->bit);
        mark(risk, 1, place->bit);
    }
    pthread_mutex_unlock(lock);
}

void risk_rekey(struct risk *risk, struct siphash_key key)
{
    risk->key = key;
    risk->mix = siphash_words(key, 1, 2, 3) | 1;
}

void risk_note_changes(struct risk *risk)
{
    pthread_mutex_lock(&risk->changes_lock);
    risk->noting = true;
    pthread_mutex_unlock(&risk->changes_lock);
}

unsigned risk_changes(struct risk *risk, uint64_t hashes[RISK_CHANGES], bool *lost)
{
    pthread_mutex_lock(&risk->changes_lock);
    unsigned count = risk->change_count;
    memcpy(hashes, risk->changes, count * sizeof(hashes[0]));
    *lost |= risk->changes_lost;
    risk->change_count = 0;
    risk->changes_lost = false;
    pthread_mutex_unlock(&risk->changes_lock);
    return count;
}
