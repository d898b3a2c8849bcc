/*
 * Reading one column into the record. What a column's row in its table says is known where this is
 * written out (panos_columns.c), so that hardly anything is left of it there; panos_row.c has the
 * same as a function.
 */
#pragma once

#include "parsers/panos_row.h"

#define PANOS_INLINE static inline __attribute__((always_inline))

/* In panos_row.c: the words for "nothing", and columns of a meaning of their own. */
bool panos_is_odd(struct slice text);
bool panos_put_other(struct panos_row *row, unsigned how, struct slice text);

/* 0, and where `one` also 1. */
PANOS_INLINE bool panos_is_zero(struct slice text, bool one)
{
    return text.len == 1 && (unsigned char)(text.ptr[0] - '0') <= one;
}

PANOS_INLINE void panos_put_text(struct record *out, const struct panos_column *column,
                                 struct slice text)
{
    if (text.ptr[0] == ' ' || text.ptr[text.len - 1] == ' ')
        text = slice_trim(text);
    if (__builtin_expect(text.len == 0, 0)) /* nothing but blanks */
        return;
    *(struct slice *)((char *)out + column->offset) = text;
    out->has |= column->bit;
}

PANOS_INLINE bool panos_put_number(struct record *out, const struct panos_column *column,
                                   struct slice text, bool backed)
{
    void *member = (char *)out + column->offset;
    uint64_t value;
    if (!(backed ? csv_number(text, &value) : csv_number_any(text, &value)))
        return false;
    if (column->how == PANOS_PORT) {
        if (value > UINT16_MAX)
            return false;
        *(uint16_t *)member = (uint16_t)value;
    } else {
        if (column->how == PANOS_SECONDS && value > UINT64_MAX / 1000)
            return false;
        *(uint64_t *)member = column->how == PANOS_SECONDS ? value * 1000 : value;
    }
    out->has |= column->bit;
    return true;
}

/* An address, in front of `end`: it is read with what follows it in the row, faster than one of
 * which nothing follows. Straight into its field: a copy of what was just written in halves waits. */
PANOS_INLINE bool panos_put_address(struct record *out, const struct panos_column *column,
                                    struct slice text, const char *end)
{
    struct address *member = (struct address *)(void *)((char *)out + column->offset);
    if (address_read_v4(slice_between(text.ptr, end), member) != text.len &&
        !address_parse(text, member))
        return false;
    if (!column->none || !address_is_zero(*member))
        out->has |= column->bit;
    return true;
}

/* Columns of a meaning of their own. What nearly all rows have in them is told apart here. */
PANOS_INLINE bool panos_put_special(struct panos_row *row, struct record *out, unsigned how,
                                    struct slice text)
{
    if (how == PANOS_PROTOCOL && slice_is(text, "tcp")) {
        record_set_protocol(out, PROTOCOL_TCP);
        return true;
    }
    if (how == PANOS_ACTION && slice_is(text, "allow")) {
        record_set_action(out, ACTION_ALLOW);
        return true;
    }
    return panos_put_other(row, how, text);
}

/*
 * A column's text, which is not empty and stands without quotes in front of `end`; `backed`: eight bytes
 * in front of it may be read. False: it is to be kept by name.
 */
PANOS_INLINE bool panos_put_column(struct panos_row *row, struct record *out,
                                   const struct panos_column *column, struct slice text,
                                   const char *end, bool backed)
{
    if (column->none && panos_is_zero(text, column->none == PANOS_NONE_ONE))
        return true;
    if (column->none == PANOS_NONE_ODD && panos_is_odd(text))
        return true;
    if (column->how == PANOS_KEEP)
        return false;
    if (column->how > PANOS_ADDRESS)
        return panos_put_special(row, out, column->how, text);
    if (out->has & column->bit)
        return false;
    if (column->how == PANOS_ADDRESS)
        return panos_put_address(out, column, text, end);
    if (column->how != PANOS_TEXT)
        return panos_put_number(out, column, text, backed);
    panos_put_text(out, column, text);
    return true;
}

/* A row on its way through its columns. */
struct panos_put {
    struct panos_row *row;
    struct record *out;
    const char *base, *end;
    const uint32_t *start;
    struct record_extra *next; /* there is room for all columns */
    unsigned count;
};

PANOS_INLINE struct panos_put panos_put_begin(struct panos_row *row)
{
    const struct csv *csv = &row->csv;
    return (struct panos_put){.row = row,
                              .out = row->out,
                              .base = csv->base,
                              .end = csv->base + csv->start[csv->count] - 1,
                              .start = csv->start,
                              .next = row->out->extras + row->out->extra,
                              .count = csv->count};
}

/* In panos_row.c: a column's text with quotes around it. */
void panos_put_quoted(struct panos_put *at, const struct panos_column *column, struct slice raw);

PANOS_INLINE bool panos_is_quoted(const struct csv *csv, unsigned n)
{
    return csv->quoted[n / 64] >> n % 64 & 1;
}

/* `quotes`: there are some in the row. */
PANOS_INLINE void panos_put_read(struct panos_put *at, unsigned n,
                                 const struct panos_column *column, bool quotes)
{
    struct slice text = slice_make(at->base + at->start[n], at->start[n + 1] - at->start[n] - 1);
    if (text.len == 0)
        return;
    if (quotes && panos_is_quoted(&at->row->csv, n)) {
        panos_put_quoted(at, column, text);
    } else if (!panos_put_column(at->row, at->out, column, text, at->end, n >= 8)) {
        at->next->name = column->name;
        at->next->value = column->how == PANOS_THREAT ? panos_threat_id(text) : text;
        at->next++;
    }
}

PANOS_INLINE void panos_put_end(const struct panos_put *at)
{
    struct record *out = at->out;
    if (at->next != out->extras)
        record_set_extra(out, (uint16_t)(at->next - out->extras));
}
