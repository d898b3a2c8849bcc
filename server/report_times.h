/*
 * How many of something came in each minute of event time: messages, and alerts of each row. Kept
 * sparsely; bounded: what comes in further minutes once it is full is only counted in `lost`.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TIMES_MESSAGES 0xffff /* the row of all messages */

struct minute {
    int64_t minute; /* since 1970 */
    uint64_t count; /* 0: a free slot */
    uint16_t row;
};

struct times {
    struct minute *slots;
    uint32_t slot_count, used;
    uint32_t latest; /* the slot used last */
    uint64_t lost;
};

/* False: no memory. */
bool report_times_init(struct times *times);
void report_times_close(struct times *times);

void report_times_add(struct times *times, uint16_t row, int64_t ms);

/*
 * From the first minute with messages to the end of the last, in ms. Few messages that lie more
 * than a day from all others (a clock gone wrong) are left out, so that the rest can be seen;
 * *left_out counts them. False: no messages.
 */
bool report_times_range(const struct times *times, int64_t *from, int64_t *to, uint64_t *left_out);

/* Adds up a row's minutes in `n` bins of `width` ms, the first beginning at `from`. */
void report_times_bins(const struct times *times, uint16_t row, int64_t from, int64_t width,
                       unsigned n, uint64_t *out);

/* The smallest round width by which at most `max` bins, the first beginning at a multiple of it,
 * cover the range; *from is moved there, *n is how many. */
int64_t report_times_width(int64_t *from, int64_t to, unsigned max, unsigned *n);
