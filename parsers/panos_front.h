/*
 * The front of a row, up to the time it was generated at:
 *
 *   1,2026/11/21 08:56:00,001234567890,TRAFFIC,end,2561,2026/11/21 08:55:59,
 *
 * A firewall writes the same one into all rows of a kind within a second: it is remembered byte for
 * byte, with what it says.
 */
#pragma once

#include "parsers/text/slice.h"

#define PANOS_FRONTS        64
#define PANOS_FRONT_MAX     96
#define PANOS_FRONT_COLUMNS 7

struct zone;
struct panos_type;

struct panos_front {
    const struct panos_type *type;          /* NULL: nothing is known */
    int64_t ms;                             /* when it was generated */
    bool local;                             /* by the clock of the device's zone, else UTC */
    bool same_second;                       /* as the one it was received in */
    bool has_subtype;                       /* that tells events apart */
    uint8_t start[PANOS_FRONT_COLUMNS + 1]; /* of the columns, and of the one behind them */
    char text[PANOS_FRONT_MAX];
};

/* One a thread, all zero at first. */
struct panos_memory {
    struct panos_front known[PANOS_FRONTS];
};

/* Where the front of a row of at least PANOS_FRONT_MAX bytes is remembered: by what differs, which is
 * the time of day, the serial number's end, type and subtype. */
static inline struct panos_front *panos_front_place(struct panos_memory *memory, struct slice row)
{
    uint64_t time, serial, type;
    memcpy(&time, row.ptr + 14, sizeof(time));
    memcpy(&serial, row.ptr + 26, sizeof(serial));
    memcpy(&type, row.ptr + 38, sizeof(type));
    uint64_t h = time + serial * 3 + type * 7;
    return &memory->known[h * UINT64_C(0x9e3779b97f4a7c15) >> 58];
}

/* The front of a row where it is remembered, else NULL. */
static inline const struct panos_front *panos_front_known(struct panos_memory *memory,
                                                          struct slice row)
{
    if (row.len < PANOS_FRONT_MAX)
        return NULL;
    const struct panos_front *known = panos_front_place(memory, row);
    return known->type && memcmp(known->text, row.ptr, known->start[PANOS_FRONT_COLUMNS]) == 0
               ? known
               : NULL;
}

/* The same of any row, which is remembered; NULL: it is of a type whose columns are not walked through,
 * or not of the usual form. `memory` may be NULL; `own` is room for what was not remembered. */
const struct panos_front *panos_front(struct panos_memory *memory, struct slice row,
                                      const struct zone *zone, struct panos_front *own);

static inline struct slice panos_front_column(const struct panos_front *front, struct slice row,
                                              unsigned n)
{
    return slice_make(row.ptr + front->start[n],
                      (size_t)(front->start[n + 1] - front->start[n] - 1));
}
