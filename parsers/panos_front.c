#include "parsers/panos_front.h"

#include "parsers/panos_row.h"

static inline uint64_t word_of(const char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof(word));
    return word;
}

/* By what differs: the time of day, the serial number's end, type and subtype. */
static inline struct panos_front *place_of(struct panos_memory *memory, struct slice row)
{
    uint64_t h = word_of(row.ptr + 14) + word_of(row.ptr + 26) * 3 + word_of(row.ptr + 38) * 7;
    return &memory->known[h * UINT64_C(0x9e3779b97f4a7c15) >> 58];
}

static const struct panos_type *walked_type(struct slice row)
{
    struct slice name;
    const struct panos_type *type = panos_named(row, &name) ? panos_type(name) : NULL;
    return type && type->columns->walk ? type : NULL;
}

static bool read_front(struct slice row, const struct zone *zone, struct panos_front *out)
{
    struct csv csv;
    if (!(out->type = walked_type(row)))
        return false;
    csv_split(&csv, slice_first(row, PANOS_FRONT_MAX));
    if (csv.count <= PANOS_FRONT_COLUMNS || csv.quoted[0] & ((1u << PANOS_FRONT_COLUMNS) - 1))
        return false;
    struct cursor c = cursor_over(csv_raw(&csv, PANOS_GENERATED));
    out->local = timestamp_slashed(&c, NULL, &out->ms);
    if (!out->local && !timestamp_iso(&c, zone, &out->ms))
        return false;
    for (unsigned n = 0; n <= PANOS_FRONT_COLUMNS; n++)
        out->start[n] = (uint8_t)csv.start[n];
    struct slice subtype = csv_raw(&csv, PANOS_SUBTYPE);
    out->same_second =
        slice_equals(csv_raw(&csv, PANOS_RECEIVED_AT), csv_raw(&csv, PANOS_GENERATED));
    out->has_subtype = panos_event(out->type->name, subtype).ptr == subtype.ptr;
    return true;
}

const struct panos_front *panos_front(struct panos_memory *memory, struct slice row,
                                      const struct zone *zone, struct panos_front *own)
{
    struct panos_front *known = NULL;
    if (memory && row.len >= PANOS_FRONT_MAX) {
        known = place_of(memory, row);
        if (known->type && memcmp(known->text, row.ptr, known->start[PANOS_FRONT_COLUMNS]) == 0)
            return known;
    }
    if (!read_front(row, zone, own))
        return NULL;
    if (!known || !own->local)
        return own;
    memcpy(own->text, row.ptr, PANOS_FRONT_MAX);
    *known = *own;
    return known;
}
