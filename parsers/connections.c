/*
 * A set-associative table: the id picks the set, so that a device's connections, whose ids count up,
 * lie side by side; within a set the newest stands first and the last is pushed out. No pointers, no
 * clock: one cache line is touched per call. What was opened last waits for the next call to be written
 * down: by then the memory will have fetched its set.
 */
#include "parsers/connections.h"

#include <stdlib.h>

#include "parsers/pages.h"

#define WAYS    4
#define ID_BITS 56

/* What tells connections apart is hashed: those of one device never meet, those of two as good as
 * never. */
struct entry {
    uint64_t tag;   /* 0: free, and all that follow */
    int64_t opened; /* opened_ms << 1 | second_opened */
};

struct set {
    struct entry entries[WAYS]; /* newest first */
};

_Static_assert(sizeof(struct set) == CONNECTIONS_SET_BYTES, "a set is a cache line");

struct connections {
    size_t mask; /* number of sets - 1 */
    struct set *sets;
    struct entry opened; /* waits to be written down; tag 0: nothing does */
    struct set *opened_in;
};

struct connections *connections_new(size_t bytes)
{
    size_t sets = 1;
    while (sets * 2 <= bytes / sizeof(struct set))
        sets *= 2;
    struct connections *table = calloc(1, sizeof(*table));
    if (!table)
        return NULL;
    table->mask = sets - 1;
    table->sets = pages_new(sets * sizeof(struct set));
    if (!table->sets) {
        free(table);
        return NULL;
    }
    return table;
}

void connections_free(struct connections *table)
{
    if (table)
        pages_free(table->sets, (table->mask + 1) * sizeof(struct set));
    free(table);
}

#define GOLDEN UINT64_C(0x9e3779b97f4a7c15)

/* Two ids in a row share a set: their entries lie in the same line. */
static struct set *set_of(const struct connections *table, uint64_t device, uint64_t id)
{
    return &table->sets[((id >> 1) + (device * GOLDEN >> 20)) & table->mask];
}

static uint64_t tag_of(uint64_t device, uint8_t protocol, uint64_t id)
{
    uint64_t tag = device ^ (id << 8 | protocol) * GOLDEN;
    return tag ? tag : 1;
}

void connections_prefetch(const struct connections *table, uint64_t device, uint64_t id)
{
    __builtin_prefetch(set_of(table, device, id), 1);
}

/* Where the connection stands, or WAYS. */
static unsigned find(const struct set *set, uint64_t tag)
{
    unsigned at = 0;
    while (at < WAYS && set->entries[at].tag != tag)
        at++;
    return at;
}

static void write_down(struct connections *table)
{
    struct entry *entries = table->opened_in->entries, opened = table->opened;
    unsigned at = 0; /* those before its place move up by one; of a full set the last goes */
    while (at + 1 < WAYS && entries[at].tag && entries[at].tag != opened.tag)
        at++;
    for (; at > 0; at--)
        entries[at] = entries[at - 1];
    entries[0] = opened;
    table->opened.tag = 0;
}

void connections_open(struct connections *table, uint64_t device, uint8_t protocol, uint64_t id,
                      const struct connection *connection)
{
    if (id >> ID_BITS)
        return; /* no device counts that far */
    if (table->opened.tag)
        write_down(table);
    table->opened_in = set_of(table, device, id);
    table->opened.tag = tag_of(device, protocol, id);
    table->opened.opened =
        (int64_t)((uint64_t)connection->opened_ms << 1 | connection->second_opened);
}

bool connections_take(struct connections *table, uint64_t device, uint8_t protocol, uint64_t id,
                      struct connection *out)
{
    if (table->opened.tag)
        write_down(table);
    struct set *set = set_of(table, device, id);
    unsigned at = find(set, tag_of(device, protocol, id));
    if (id >> ID_BITS || at == WAYS)
        return false;
    out->second_opened = set->entries[at].opened & 1;
    out->opened_ms = set->entries[at].opened >> 1;
    for (; at + 1 < WAYS; at++)
        set->entries[at] = set->entries[at + 1];
    set->entries[at].tag = 0;
    return true;
}
