/*
 * Reading one column into the record. What a column's row in its table says is known where this is
 * written out (panos_columns.c), so that hardly anything is left of it there; panos_row.c has the
 * same as a function.
 */
#pragma once

#include "parsers/panos_row.h"
#include "parsers/text/digits_wide.h"

#define PANOS_INLINE static inline __attribute__((always_inline))

/* How a column is read: of a row that was taken apart; or of one that is walked through, so that eight
 * bytes in front of it may be read and nothing has set its field, on any machine or on a wide one. */
enum panos_way { PANOS_APART, PANOS_WALKED, PANOS_WALKED_WIDE };

/* In panos_row.c: the words for "nothing", and columns of a meaning of their own. */
bool panos_is_odd(struct slice text);
bool panos_put_other(struct panos_row *row, unsigned how, struct slice text);

/* 0, and where `one` also 1. */
PANOS_INLINE bool panos_is_zero(struct slice text, bool one)
{
    return text.len == 1 && (unsigned char)(text.ptr[0] - '0') <= one;
}

/* Whether a text begins like a word: its second byte is a letter, which is so of none for "nothing". */
PANOS_INLINE bool panos_is_word(struct slice text)
{
    return text.len > 1 && (unsigned)((text.ptr[1] | 32) - 'a') < 26;
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
                                   struct slice text, enum panos_way way)
{
    void *member = (char *)out + column->offset;
    uint64_t value;
    if (!(way == PANOS_APART    ? csv_number_any(text, &value)
          : way == PANOS_WALKED ? csv_number(text, &value, digits_8_back)
                                : csv_number(text, &value, digits_8_back_wide)))
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
    if (way != PANOS_APART && column->how != PANOS_SECONDS && text.len <= 8 &&
        __builtin_expect(text.ptr[0] != '0' || text.len == 1, 1))
        record_set_printed(out, (enum record_field)__builtin_ctzll(column->bit), text);
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
    if (how == PANOS_PROTOCOL && (slice_is(text, "tcp") || slice_is(text, "udp"))) {
        record_set_protocol(out, text.ptr[0] == 't' ? PROTOCOL_TCP : PROTOCOL_UDP);
        return true;
    }
    if (how == PANOS_ACTION && slice_is(text, "allow")) {
        record_set_action(out, ACTION_ALLOW);
        return true;
    }
    if (how == PANOS_DEVICE && slice_equals(text, row->header->host))
        return true;
    return panos_put_other(row, how, text);
}

/* A column's text, which is not empty and stands without quotes in front of `end`. False: it is to be
 * kept by name. */
PANOS_INLINE bool panos_put_column(struct panos_row *row, struct record *out,
                                   const struct panos_column *column, struct slice text,
                                   const char *end, enum panos_way way)
{
    if (column->none && panos_is_zero(text, column->none == PANOS_NONE_ONE))
        return true;
    if (column->none == PANOS_NONE_ODD && !panos_is_word(text) && panos_is_odd(text))
        return true;
    if (column->how == PANOS_KEEP)
        return false;
    if (column->how > PANOS_ADDRESS)
        return panos_put_special(row, out, column->how, text);
    if (way == PANOS_APART && out->has & column->bit)
        return false;
    if (column->how == PANOS_ADDRESS)
        return panos_put_address(out, column, text, end);
    if (column->how != PANOS_TEXT)
        return panos_put_number(out, column, text, way);
    panos_put_text(out, column, text);
    return true;
}

/* Where a row is on its way through its columns: they are read as they are found. */
struct panos_walk {
    const char *at;   /* where the next column begins */
    const char *from; /* where the bits begin that say where columns end */
    uint64_t ends;
    const char *end; /* of the row */
    struct csv_marks *marks;
    struct record_extra *next; /* there is room for all columns */
};

enum panos_step {
    PANOS_TAKEN,
    PANOS_READ, /* and already put where it belongs */
    PANOS_OVER, /* there are no more */
    PANOS_UNUSUAL,
};

/* In panos_walk.c: takes a column where no end is known: it stands in quotes, or it is long. */
enum panos_step panos_walk_on(struct panos_walk *w, struct panos_row *row,
                              const struct panos_column *column) __attribute__((cold));

/* In panos_walk.c: reads columns from column *n up to column `stop` one by one. */
enum panos_step panos_walk_slowly(struct panos_walk *w, struct panos_row *row,
                                  const struct panos_column *columns, unsigned *n, unsigned stop)
    __attribute__((cold));

/* The ends known from here on; false: they are less than `count`. */
PANOS_INLINE bool panos_walk_look(struct panos_walk *w, unsigned count)
{
    w->from = w->at;
    w->ends = csv_near(w->marks, w->at);
    return (unsigned)__builtin_popcountll(w->ends) >= count;
}

PANOS_INLINE struct panos_walk panos_walk_begin(struct csv_marks *marks, struct slice rest,
                                                struct record_extra *next)
{
    csv_mark(marks, rest.ptr, slice_end(rest));
    return (struct panos_walk){
        .at = rest.ptr, .end = slice_end(rest), .marks = marks, .next = next};
}

/* Takes the next column's text. `known`: its end is. */
PANOS_INLINE enum panos_step panos_walk_take(struct panos_walk *w, struct panos_row *row,
                                             const struct panos_column *column, bool known,
                                             struct slice *text)
{
    if (!known && __builtin_expect(w->ends == 0, 0)) {
        if (w->at > w->end)
            return PANOS_OVER;
        struct panos_walk copy = *w; /* whose address is known: the other one stays in registers */
        enum panos_step step = panos_walk_on(&copy, row, column);
        *w = copy;
        if (step != PANOS_TAKEN)
            return step;
    }
    *text = slice_between(w->at, w->from + (unsigned)__builtin_ctzll(w->ends));
    w->ends &= w->ends - 1;
    w->at = slice_end(*text) + 1;
    return PANOS_TAKEN;
}

/* Passes over columns that are this text, if they are; commas end them. */
PANOS_INLINE bool panos_walk_past(struct panos_walk *w, const char *literal)
{
    size_t len = strlen(literal);
    if (w->end - w->at < (ptrdiff_t)len || memcmp(w->at, literal, len) != 0)
        return false;
    w->at += len;
    return panos_walk_look(w, 0);
}

/* No column of the precise time is further in front in rows that are walked through. */
#define PANOS_PRECISE 100

/* Passes over a column that has no row in the table. */
PANOS_INLINE enum panos_step panos_walk_skip(struct panos_walk *w, struct panos_row *row,
                                             unsigned n, bool known)
{
    struct slice text;
    enum panos_step step = panos_walk_take(w, row, NULL, known, &text);
    if (n >= PANOS_PRECISE && step == PANOS_TAKEN && n == row->precise_at)
        row->precise = text;
    return step;
}

/* Reads the next column, which is column n. */
PANOS_INLINE enum panos_step panos_walk_read(struct panos_walk *w, struct panos_row *row,
                                             struct record *out, unsigned n, bool known,
                                             const struct panos_column *column, enum panos_way way)
{
    struct slice text;
    enum panos_step step = panos_walk_take(w, row, column, known, &text);
    if (step != PANOS_TAKEN || text.len == 0)
        return step;
    if (n == PANOS_LINK_SWITCHES && text.ptr[0] == '{')
        return PANOS_UNUSUAL;
    if (!panos_put_column(row, out, column, text, w->end, way)) {
        w->next->name = column->name;
        w->next->value = column->how == PANOS_THREAT ? panos_threat_id(text) : text;
        w->next++;
    }
    return PANOS_TAKEN;
}

/* The first of the four columns with addresses in rows about a session. */
#define PANOS_ADDRESSES 7

/* Passes over a column with an address that was read. */
PANOS_INLINE void panos_walk_address(struct panos_walk *w, struct record *out,
                                     enum record_field field)
{
    const char *end = w->from + (unsigned)__builtin_ctzll(w->ends);
    record_set_printed(out, field, slice_between(w->at, end));
    w->ends &= w->ends - 1;
    w->at = end + 1;
}

/* Reads these at once; false: one of them is not of the usual form, and nothing was read. */
PANOS_INLINE bool panos_walk_addresses(struct panos_walk *w, struct record *out)
{
    struct address *const to[] = {&out->src_ip, &out->dst_ip, &out->src_nat_ip, &out->dst_nat_ip};
    if (!address_read_four(slice_between(w->at, w->end), w->ends, to))
        return false;
    panos_walk_address(w, out, FIELD_src_ip);
    panos_walk_address(w, out, FIELD_dst_ip);
    panos_walk_address(w, out, FIELD_src_nat_ip);
    panos_walk_address(w, out, FIELD_dst_nat_ip);
    out->has |= UINT64_C(1) << FIELD_src_ip | UINT64_C(1) << FIELD_dst_ip |
                (uint64_t)!address_is_zero(out->src_nat_ip) << FIELD_src_nat_ip |
                (uint64_t)!address_is_zero(out->dst_nat_ip) << FIELD_dst_nat_ip;
    return true;
}
