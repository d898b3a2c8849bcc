#include "parsers/panos_front.h"

#include "parsers/panos_row.h"

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
    const struct panos_front *known = memory ? panos_front_known(memory, row) : NULL;
    if (known)
        return known;
    if (!read_front(row, zone, own))
        return NULL;
    if (memory && own->local && row.len >= PANOS_FRONT_MAX) {
        memcpy(own->text, row.ptr, PANOS_FRONT_MAX);
        *panos_front_place(memory, row) = *own;
    }
    return own;
}
