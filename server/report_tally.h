/*
 * Texts and how often each came: devices, vendors, the groups of alerts. Bounded: texts that come
 * when it is full are only counted. Texts longer than TALLY_TEXT_MAX count by their beginning.
 */
#pragma once

#include "parsers/record.h"

#define TALLY_TEXT_MAX 200
#define TALLY_COUNTS   (EVIDENCE_COUNT + 1)

struct tally_entry {
    uint64_t hash;
    uint64_t total;
    uint64_t counts[TALLY_COUNTS]; /* by what the owner tells apart: evidence, phases */
    uint64_t peak;                 /* the largest value told */
    bool peak_estimated;
    int64_t first_ms, last_ms;
    uint16_t row; /* the same text in another row is another entry */
    uint8_t len;
    char text[TALLY_TEXT_MAX];
};

struct tally {
    struct tally_entry *entries; /* in the order of their first coming */
    uint32_t *slots;             /* entry + 1; 0: free */
    uint32_t count, room, limit, slot_count;
    uint64_t lost; /* comings of texts that found no room */
};

/* False: no memory. */
bool report_tally_init(struct tally *tally, uint32_t limit);
void report_tally_close(struct tally *tally);

/* The text's entry, made when there is none, its total one higher; NULL: full, and counted. Valid
 * until the next call. */
struct tally_entry *report_tally_add(struct tally *tally, uint16_t row, struct slice text,
                                     int64_t t);

static inline struct slice report_tally_text(const struct tally_entry *entry)
{
    return slice_make(entry->text, entry->len);
}

/* The row's entries, by peak, then total, then first coming: at most `max` of them into `out`.
 * Returns how many; *all is how many the row has. */
unsigned report_tally_top(const struct tally *tally, uint16_t row, unsigned max,
                          const struct tally_entry **out, uint32_t *all);
