/*
 * Rows of the usual form, which nearly all are: their front is known from others, and each column is
 * read as soon as its end is found. Whatever is unusual about a row, panos.c takes apart first and then
 * reads by the same tables: quotes that do not stand around a whole column, columns that are too many
 * or too few.
 */
#include "parsers/panos_front.h"
#include "parsers/panos_put.h"

/* A column in quotes, which nothing but the one at its end may follow inside. */
static enum panos_step take_quoted(struct panos_walk *w, struct panos_row *row,
                                   const struct panos_column *column)
{
    struct slice rest = slice_between(w->at + 1, w->end);
    size_t len = slice_find(rest, '"');
    if (!column || len == rest.len || (len + 1 < rest.len && rest.ptr[len + 1] != ','))
        return PANOS_UNUSUAL;
    struct slice text = slice_first(rest, len);
    if (!panos_put(row, column, text)) {
        w->next->name = column->name;
        w->next->value = column->how == PANOS_THREAT ? panos_threat_id(text) : text;
        w->next += w->next->value.len > 0;
    }
    w->at = slice_end(text) + 2;
    if (w->at > w->end)
        *w->marks = (struct csv_marks){.from = w->at, .to = w->at};
    else
        csv_mark(w->marks, w->at, w->end);
    panos_walk_look(w, 0);
    return PANOS_READ;
}

/* The next end, however far away. */
static enum panos_step seek_end(struct panos_walk *w)
{
    struct csv_marks *marks = w->marks;
    panos_walk_look(w, 0);
    while (!w->ends) {
        ptrdiff_t left = marks->to - w->from;
        if (left > 0) {
            w->from += left < CSV_NEAR ? left : CSV_NEAR;
        } else if (w->from < w->end && *w->from == '"') { /* inside a column */
            return PANOS_UNUSUAL;
        } else {
            csv_mark(marks, w->from, w->end);
        }
        w->ends = csv_near(marks, w->from);
    }
    return PANOS_TAKEN;
}

enum panos_step panos_walk_on(struct panos_walk *w, struct panos_row *row,
                              const struct panos_column *column)
{
    return w->at < w->end && *w->at == '"' ? take_quoted(w, row, column) : seek_end(w);
}

enum panos_step panos_walk_slowly(struct panos_walk *w, struct panos_row *row,
                                  const struct panos_column *columns, unsigned *n, unsigned stop)
{
    enum panos_step step = PANOS_READ;
    for (; *n < stop && step <= PANOS_READ; *n += step <= PANOS_READ) {
        const struct panos_column *column = &columns[*n];
        step = column->name.len ? panos_walk_read(w, row, row->out, *n, false, column, PANOS_WALKED)
                                : panos_walk_skip(w, row, *n, false);
    }
    return step;
}

static void set_time(const struct panos_row *row, const struct panos_front *front,
                     const struct zone *zone)
{
    int64_t ms = front->ms, precise;
    if (row->precise.len && panos_stamp(row->precise, zone, &precise) && precise > PANOS_YEAR_2000)
        ms = precise;
    else if (front->local && zone)
        ms = zone_to_utc(zone, ms);
    record_set_time(row->out, ms);
}

/* Keeps by name what is not empty; returns where the next one belongs. */
static inline struct record_extra *keep(struct record_extra *next, struct slice name,
                                        struct slice value)
{
    *next = (struct record_extra){name, value};
    return next + (value.len > 0);
}

/* What the front says, but for the time; returns where the next extra belongs. */
static struct record_extra *put_front(struct record *out, const struct panos_front *front,
                                      struct slice body, struct slice subtype)
{
    struct record_extra *next = out->extras + out->extra;
    record_set_vendor(out, slice("Palo Alto Networks"));
    record_set_product(out, slice("PAN-OS"));
    record_set_event_name(out, front->type->name);
    record_set_event_id(out, front->has_subtype ? subtype : front->type->name);
    if (!front->same_second)
        next =
            keep(next, slice("receive_time"), panos_front_column(front, body, PANOS_RECEIVED_AT));
    return keep(next, slice("serial"), panos_front_column(front, body, PANOS_SERIAL));
}

/* In rows that are walked through, the last number or address that becomes a field is in column 45: of
 * so many columns there is enough of the row behind it. */
#define WITH_ROOM (46 + RECORD_PRINTED_ROOM)

static inline bool is_within(struct slice whole, struct slice part)
{
    return (uintptr_t)part.ptr - (uintptr_t)whole.ptr < whole.len;
}

bool panos_walk(const struct parse_context *context, const struct panos_front *front,
                struct slice body, struct record *out)
{
    const struct panos_type *type = front->type;
    if (out->extra + type->columns->count > RECORD_EXTRA_MAX)
        return false;
    uint64_t has = out->has;
    struct panos_row row;
    row.out = out;
    row.header = context->header;
    row.subtype = panos_front_column(front, body, PANOS_SUBTYPE);
    row.precise_at = type->precise;
    row.precise = SLICE_NONE;
    struct record_extra *next = put_front(out, front, body, row.subtype);
    struct slice rest = slice_from(body, front->start[PANOS_FRONT_COLUMNS]);
    unsigned count = type->columns->walk(&row, rest, &next);
    if (count < WITH_ROOM || !is_within(out->source, body))
        out->printed = 0;
    if (count < type->least) {
        out->has = has;
        return false;
    }
    if (next != out->extras)
        record_set_extra(out, (uint16_t)(next - out->extras));
    set_time(&row, front, context->zone);
    panos_finish(&row, type);
    return true;
}
