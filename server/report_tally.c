/* An open hash table over an array that grows to its limit. The hash has no secret: a report is made
 * of files, and a table that is slow for hostile ones still ends at its limit. */
#include "server/report_tally.h"

#include <stdlib.h>

#include "detect/siphash.h"

static const struct siphash_key fixed_key = {1, 2};

bool report_tally_init(struct tally *tally, uint32_t limit)
{
    *tally = (struct tally){.limit = limit, .room = limit < 64 ? limit : 64};
    for (tally->slot_count = 16; tally->slot_count < limit * 2;)
        tally->slot_count *= 2;
    tally->entries = calloc(tally->room, sizeof(*tally->entries));
    tally->slots = calloc(tally->slot_count, sizeof(*tally->slots));
    return tally->entries && tally->slots;
}

void report_tally_close(struct tally *tally)
{
    free(tally->entries);
    free(tally->slots);
    *tally = (struct tally){0};
}

static bool grow(struct tally *tally)
{
    uint32_t room = tally->room * 2 < tally->limit ? tally->room * 2 : tally->limit;
    if (room == tally->room)
        return false;
    struct tally_entry *entries = realloc(tally->entries, room * sizeof(*entries));
    if (!entries)
        return false;
    tally->entries = entries;
    tally->room = room;
    return true;
}

static void come(struct tally_entry *entry, int64_t t)
{
    entry->total++;
    entry->first_ms = t < entry->first_ms ? t : entry->first_ms;
    entry->last_ms = t > entry->last_ms ? t : entry->last_ms;
}

struct tally_entry *report_tally_add(struct tally *tally, uint16_t row, struct slice text,
                                     int64_t t)
{
    text = slice_first(text, TALLY_TEXT_MAX);
    uint64_t hash = siphash_bytes(fixed_key, text.ptr, text.len, 1, 3) + row;
    uint32_t mask = tally->slot_count - 1, at = (uint32_t)hash & mask;
    for (; tally->slots[at]; at = (at + 1) & mask) {
        struct tally_entry *entry = &tally->entries[tally->slots[at] - 1];
        if (entry->hash == hash && entry->row == row &&
            slice_equals(report_tally_text(entry), text)) {
            come(entry, t);
            return entry;
        }
    }
    if (tally->count == tally->room && !grow(tally)) {
        tally->lost++;
        return NULL;
    }
    struct tally_entry *entry = &tally->entries[tally->count++];
    *entry = (struct tally_entry){
        .hash = hash, .row = row, .len = (uint8_t)text.len, .first_ms = t, .last_ms = t};
    memcpy(entry->text, text.ptr, text.len);
    tally->slots[at] = tally->count;
    come(entry, t);
    return entry;
}

static bool is_above(const struct tally_entry *a, const struct tally_entry *b)
{
    if (a->peak != b->peak)
        return a->peak > b->peak;
    if (a->total != b->total)
        return a->total > b->total;
    return a->first_ms < b->first_ms;
}

unsigned report_tally_top(const struct tally *tally, uint16_t row, unsigned max,
                          const struct tally_entry **out, uint32_t *all)
{
    unsigned count = 0;
    *all = 0;
    for (uint32_t i = 0; i < tally->count; i++) {
        const struct tally_entry *entry = &tally->entries[i];
        if (entry->row != row)
            continue;
        ++*all;
        unsigned at = count < max ? count++ : max;
        for (; at > 0 && is_above(entry, out[at - 1]); at--)
            if (at < max)
                out[at] = out[at - 1];
        if (at < max)
            out[at] = entry;
    }
    return count;
}
