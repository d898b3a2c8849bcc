/*
 * What a mark says of its message ("%ASA-6-302013: "), so that it is found out once and not again for
 * each message: a device sends a few kinds over and over.
 */
#pragma once

#include <stdint.h>

struct asa_kind;

struct asa_mark {
    uint64_t first, last;        /* the mark: its first eight bytes and its last */
    const struct asa_kind *kind; /* NULL: nothing is known */
    uint64_t has;                /* those fields of the record */
    uint8_t severity, category, action, outcome, evidence, protocol;
};

/* One a thread, all zero at first. */
struct asa_marks {
    struct asa_mark marks[64];
};

/* Where the mark with that end is remembered. */
static inline struct asa_mark *asa_mark_place(struct asa_marks *known, uint64_t last)
{
    return &known->marks[last * UINT64_C(0x9e3779b97f4a7c15) >> 58];
}
