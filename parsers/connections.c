/*
 * A set-associative table: the id picks the set, so that a device's connections, whose ids count up,
 * lie side by side; within a set the newest stands first and the last is pushed out. No pointers, no
 * clock: one or two cache lines are touched per call.
 */
#include "parsers/connections.h"

#include <stdlib.h>

#include "parsers/pages.h"

#define WAYS    5 /* five entries and their count fill two cache lines */
#define ID_BITS 56

struct entry {
    uint64_t device;
    uint64_t key;   /* id << 8 | protocol */
    int64_t opened; /* opened_ms << 1 | second_opened */
};

struct set {
    struct entry entries[WAYS]; /* newest first */
    uint64_t count;
};

_Static_assert(sizeof(struct set) == CONNECTIONS_SET_BYTES, "a set is two cache lines");

struct connections {
    size_t mask; /* number of sets - 1 */
    struct set *sets;
};

struct connections *connections_new(size_t bytes)
{
    size_t sets = 1;
    while (sets * 2 <= bytes / sizeof(struct set))
        sets *= 2;
    struct connections *table = malloc(sizeof(*table));
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

/* Four ids in a row share a set: their entries lie in the same lines. */
static struct set *set_of(const struct connections *table, uint64_t device, uint64_t id)
{
    return &table->sets[((id >> 2) + (device * UINT64_C(0x9e3779b97f4a7c15) >> 20)) & table->mask];
}

void connections_prefetch(const struct connections *table, uint64_t device, uint64_t id)
{
    const struct set *set = set_of(table, device, id);
    __builtin_prefetch(&set->entries[0], 1);
    __builtin_prefetch(&set->count, 1);
}

static size_t find(const struct set *set, uint64_t device, uint64_t key)
{
    size_t i = 0;
    while (i < set->count && (set->entries[i].key != key || set->entries[i].device != device))
        i++;
    return i;
}

void connections_open(struct connections *table, uint64_t device, uint8_t protocol, uint64_t id,
                      const struct connection *connection)
{
    if (id >> ID_BITS)
        return; /* no device counts that far */
    uint64_t key = id << 8 | protocol;
    struct set *set = set_of(table, device, id);
    size_t at = find(set, device, key);
    if (at == set->count) { /* new: the set grows, or its last entry goes */
        if (set->count < WAYS)
            set->count++;
        else
            at--;
    }
    memmove(&set->entries[1], &set->entries[0], at * sizeof(struct entry));
    set->entries[0].device = device;
    set->entries[0].key = key;
    set->entries[0].opened =
        (int64_t)((uint64_t)connection->opened_ms << 1 | connection->second_opened);
}

bool connections_take(struct connections *table, uint64_t device, uint8_t protocol, uint64_t id,
                      struct connection *out)
{
    struct set *set = set_of(table, device, id);
    size_t at = find(set, device, id << 8 | protocol);
    if (id >> ID_BITS || at == set->count)
        return false;
    out->second_opened = set->entries[at].opened & 1;
    out->opened_ms = set->entries[at].opened >> 1;
    set->count--;
    memmove(&set->entries[at], &set->entries[at + 1], (set->count - at) * sizeof(struct entry));
    return true;
}
