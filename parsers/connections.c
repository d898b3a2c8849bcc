/*
 * A set-associative table: the id picks the set, so that a device's connections, whose ids count up,
 * lie side by side; within a set the newest stands first and the last is pushed out. No pointers, no
 * clock: one cache line is touched per call. What was opened last waits for the next call to be written
 * down: by then the memory will have fetched its set.
 */
#include "parsers/connections.h"

#include <stdlib.h>

#include "parsers/pages.h"

#define WAYS    8
#define ID_BITS 56

/* What tells connections apart is hashed: those of one device never meet, those of two as good as
 * never. The lowest bit of an entry says who opened it. */
struct set {
    uint64_t entries[WAYS]; /* newest first; 0: free, and all that follow */
};

_Static_assert(sizeof(struct set) == CONNECTIONS_SET_BYTES, "a set is a cache line");

struct connections {
    size_t mask; /* number of sets - 1 */
    struct set *sets;
    uint64_t opened; /* waits to be written down; 0: nothing does */
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

/* Four ids in a row share a set: their entries lie in the same line. */
static struct set *set_of(const struct connections *table, uint64_t device, uint64_t id)
{
    return &table->sets[((id >> 2) + (device * GOLDEN >> 20)) & table->mask];
}

/* The entry of a connection that the endpoint printed first opened; never 0. */
static uint64_t entry_of(uint64_t device, uint8_t protocol, uint64_t id)
{
    uint64_t entry = (device ^ (id << 8 | protocol) * GOLDEN) << 1;
    return entry ? entry : 2;
}

void connections_prefetch(const struct connections *table, uint64_t device, uint64_t id)
{
    __builtin_prefetch(set_of(table, device, id), 1);
}

static bool same(uint64_t a, uint64_t b)
{
    return (a ^ b) <= 1;
}

static void write_down(struct connections *table)
{
    uint64_t *entries = table->opened_in->entries;
    unsigned at = 0; /* those before its place move up by one; of a full set the last goes */
    while (at + 1 < WAYS && entries[at] && !same(entries[at], table->opened))
        at++;
    for (; at > 0; at--)
        entries[at] = entries[at - 1];
    entries[0] = table->opened;
    table->opened = 0;
}

void connections_open(struct connections *table, uint64_t device, uint8_t protocol, uint64_t id,
                      bool second_opened)
{
    if (id >> ID_BITS)
        return; /* no device counts that far */
    if (table->opened)
        write_down(table);
    table->opened_in = set_of(table, device, id);
    table->opened = entry_of(device, protocol, id) | second_opened;
}

bool connections_take(struct connections *table, uint64_t device, uint8_t protocol, uint64_t id,
                      bool *second_opened)
{
    if (table->opened)
        write_down(table);
    uint64_t *entries = set_of(table, device, id)->entries;
    uint64_t wanted = entry_of(device, protocol, id);
    unsigned at = 0;
    while (at < WAYS && entries[at] && !same(entries[at], wanted))
        at++;
    if (id >> ID_BITS || at == WAYS || !entries[at])
        return false;
    *second_opened = entries[at] & 1;
    for (; at + 1 < WAYS && entries[at]; at++)
        entries[at] = entries[at + 1];
    if (at + 1 == WAYS)
        entries[at] = 0;
    return true;
}
