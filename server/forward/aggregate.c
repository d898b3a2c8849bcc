/*
 * The ring holds blocks of different sizes in the order of their arrival, which is the order in which
 * they leave; those that left before their turn, for an alert, are passed over. Two tables of chains
 * find a block: by what must be equal, and by its source. Both are keyed: senders choose the values.
 */
#include "server/forward/aggregate.h"

#include <stdlib.h>
#include <sys/random.h>

#include "detect/siphash.h"
#include "server/forward/held_record.h"

#define ALIGN      16   /* of blocks; places are counted in it */
#define BYTES_EACH 1024 /* of the ring, for a chain of its own */

enum chain { CHAIN_EQUAL, CHAIN_SOURCE, CHAIN_COUNT };

/* Places are block numbers: where in the ring, in ALIGN, and 1 more; 0 is none. */
struct link {
    uint32_t before, after;
};

struct block {
    uint32_t size; /* in the ring; all that a filler has */
    bool left;     /* it is passed over */
    struct link links[CHAIN_COUNT];
    uint64_t hashes[CHAIN_COUNT];
    int64_t arrival_ms;
    _Alignas(ALIGN) char record[]; /* held_record.h */
};

struct aggregate {
    const struct aggregate_settings *settings;
    const enum record_field *fields;
    unsigned field_count;
    on_leave leave;
    void *context;
    struct siphash_key key;
    char *ring;
    uint64_t room; /* its bytes */
    uint64_t head,
        tail; /* the oldest block, the end of the newest; modulo room, tail - head <= room */
    uint32_t *chains[CHAIN_COUNT];
    uint32_t mask;
    struct record record; /* brought back from the ring */
};

static struct block *block_at(const struct aggregate *a, uint64_t at)
{
    return (struct block *)(a->ring + at % a->room);
}

/* ---- chains ---- */

static struct block *block_of(const struct aggregate *a, uint32_t place)
{
    return place ? (struct block *)(a->ring + (uint64_t)(place - 1) * ALIGN) : NULL;
}

static uint32_t place_of(const struct aggregate *a, const struct block *b)
{
    return (uint32_t)((uint64_t)((const char *)b - a->ring) / ALIGN) + 1;
}

static void chain_in(struct aggregate *a, struct block *b, enum chain chain)
{
    uint32_t *first = &a->chains[chain][b->hashes[chain] & a->mask];
    struct block *after = block_of(a, *first);
    b->links[chain] = (struct link){0, *first};
    *first = place_of(a, b);
    if (after)
        after->links[chain].before = *first;
}

static void chain_out(struct aggregate *a, struct block *b, enum chain chain)
{
    struct link link = b->links[chain];
    if (link.before)
        block_of(a, link.before)->links[chain].after = link.after;
    else
        a->chains[chain][b->hashes[chain] & a->mask] = link.after;
    if (link.after)
        block_of(a, link.after)->links[chain].before = link.before;
}

/* ---- leaving ---- */

static void leave(struct aggregate *a, struct block *b)
{
    b->left = true;
    for (int chain = 0; chain < CHAIN_COUNT; chain++)
        chain_out(a, b, (enum chain)chain);
    held_record_get(b->record, &a->record);
    a->leave(a->context, &a->record);
}

/* Takes the oldest out of the ring; it leaves unless it has. */
static void pop(struct aggregate *a)
{
    struct block *b = block_at(a, a->head);
    if (!b->left)
        leave(a, b);
    a->head += b->size;
}

void aggregate_expire(struct aggregate *a, int64_t now_ms)
{
    while (a->head != a->tail) {
        const struct block *b = block_at(a, a->head);
        /* A clock that was put back must not hold them for longer. */
        if (!b->left && now_ms - b->arrival_ms < a->settings->interval_ms &&
            now_ms >= b->arrival_ms)
            return;
        pop(a);
    }
}

void aggregate_release_all(struct aggregate *a)
{
    while (a->head != a->tail)
        pop(a);
}

static uint64_t source_hash(const struct aggregate *a, struct address source)
{
    return siphash_words(a->key, source.hi, source.lo, 1);
}

/* The chain begins with the newest: the oldest is to leave first. */
void aggregate_release(struct aggregate *a, struct address source)
{
    uint64_t hash = source_hash(a, source);
    struct block *b = block_of(a, a->chains[CHAIN_SOURCE][hash & a->mask]), *before;
    while (b && b->links[CHAIN_SOURCE].after)
        b = block_of(a, b->links[CHAIN_SOURCE].after);
    for (; b; b = before) {
        before = block_of(a, b->links[CHAIN_SOURCE].before);
        if (b->hashes[CHAIN_SOURCE] == hash)
            leave(a, b);
    }
}

/* ---- arriving ---- */

/* A field's value as a hash; what is not there has one, too. */
static uint64_t field_hash(const struct aggregate *a, const struct record *r,
                           enum record_field field, uint64_t h)
{
    const struct field_info *info = &record_fields[field];
    const char *at = (const char *)r + info->offset;
    uint64_t number = 0;
    if (!(r->has >> field & 1))
        return siphash_words(a->key, h, field, 0);
    if (info->kind == KIND_TEXT) {
        const struct slice *text = (const struct slice *)at;
        number = siphash_bytes(a->key, text->ptr, text->len, 1, 3);
    } else if (info->kind == KIND_ADDRESS) {
        const struct address *address = (const struct address *)at;
        return siphash_words(a->key, h, address->hi, address->lo);
    } else if (info->kind == KIND_NUMBER) {
        memcpy(&number, at, sizeof(number));
    } else {
        memcpy(&number, at, info->kind == KIND_PORT ? sizeof(uint16_t) : 1);
    }
    return siphash_words(a->key, h, number, 1);
}

/* Messages without ports are of protocols that have none; what else is lacking makes messages alike
 * that have nothing in common. */
static bool is_candidate(const struct aggregate *a, const struct record *r)
{
    if (RECORD_HAS(r, detections) && !a->settings->firing)
        return false;
    for (unsigned i = 0; i < a->field_count; i++)
        if (!(r->has >> a->fields[i] & 1) && record_fields[a->fields[i]].kind != KIND_PORT)
            return false;
    return true;
}

static struct block *find(struct aggregate *a, const struct record *r, uint64_t hash)
{
    struct block *b = block_of(a, a->chains[CHAIN_EQUAL][hash & a->mask]);
    for (; b; b = block_of(a, b->links[CHAIN_EQUAL].after)) {
        bool equal = b->hashes[CHAIN_EQUAL] == hash;
        if (equal)
            held_record_get(b->record, &a->record);
        for (unsigned i = 0; equal && i < a->field_count; i++)
            equal = held_record_agrees(&a->record, r, a->fields[i]);
        if (equal)
            return b;
    }
    return NULL;
}

/* Makes room at the ring's end; what the end of its memory is too short for is filled. */
static struct block *allocate(struct aggregate *a, uint32_t size)
{
    uint64_t to_end = a->room - a->tail % a->room;
    uint64_t filler = to_end < size ? to_end : 0;
    while (a->tail + filler + size - a->head > a->room)
        pop(a);
    if (filler) {
        struct block *b = block_at(a, a->tail);
        b->size = (uint32_t)filler;
        b->left = true;
        a->tail += filler;
    }
    struct block *b = block_at(a, a->tail);
    a->tail += size;
    b->size = size;
    b->left = false;
    return b;
}

enum aggregate_result aggregate_add(struct aggregate *a, const struct record *r, int64_t now_ms)
{
    aggregate_expire(a, now_ms);
    if (!is_candidate(a, r))
        return AGGREGATE_NOT;
    uint64_t hash = 0;
    for (unsigned i = 0; i < a->field_count; i++)
        hash = field_hash(a, r, a->fields[i], hash);
    struct block *b = find(a, r, hash);
    if (b) {
        held_record_join(&a->record, r);
        held_record_update(b->record, &a->record);
        return AGGREGATE_JOINED;
    }
    uint64_t size = sizeof(struct block) + held_record_size(r);
    size = (size + ALIGN - 1) / ALIGN * ALIGN;
    if (size > a->room / 8)
        return AGGREGATE_NOT;
    b = allocate(a, (uint32_t)size);
    b->arrival_ms = now_ms;
    b->hashes[CHAIN_EQUAL] = hash;
    b->hashes[CHAIN_SOURCE] = RECORD_HAS(r, src_ip) ? source_hash(a, r->src_ip) : hash;
    held_record_put(b->record, r);
    for (int chain = 0; chain < CHAIN_COUNT; chain++)
        chain_in(a, b, (enum chain)chain);
    return AGGREGATE_WAITS;
}

/* ---- life ---- */

struct aggregate *aggregate_new(const struct aggregate_settings *settings,
                                const enum record_field *fields, unsigned field_count,
                                on_leave on_leaving, void *context)
{
    struct aggregate *a = calloc(1, sizeof(*a));
    uint8_t key[16];
    uint32_t chains = 64;
    if (!a)
        return NULL;
    while (chains < settings->memory / BYTES_EACH)
        chains *= 2;
    *a = (struct aggregate){.settings = settings,
                            .fields = fields,
                            .field_count = field_count,
                            .leave = on_leaving,
                            .context = context,
                            .room = settings->memory / ALIGN * ALIGN,
                            .mask = chains - 1};
    a->ring = malloc(a->room);
    for (int chain = 0; chain < CHAIN_COUNT; chain++)
        a->chains[chain] = calloc(chains, sizeof(uint32_t));
    if (!a->ring || !a->chains[CHAIN_EQUAL] || !a->chains[CHAIN_SOURCE] ||
        getrandom(key, sizeof(key), 0) != (ssize_t)sizeof(key)) {
        aggregate_free(a);
        return NULL;
    }
    a->key = siphash_key(key);
    return a;
}

void aggregate_free(struct aggregate *a)
{
    if (!a)
        return;
    for (int chain = 0; chain < CHAIN_COUNT; chain++)
        free(a->chains[chain]);
    free(a->ring);
    free(a);
}
