/*
 * One line of comma separated values, taken apart in one pass: where every field begins. The form
 * is RFC 4180's (a field with commas stands in quotes, a quote inside it is doubled), read
 * leniently, because devices and relays break it:
 *
 *   a quote in the middle of a field        is a character like any other
 *   "said "so" to me",next                  only a quote before a comma or the end closes
 *   "cut off in the mid                     holds all that is left; `unclosed` says so
 *   \"quoted by a JSON relay, twice\",next  the same with \" for the quote
 *
 * Fields are handed out raw, with their quotes: most are never looked at. csv_text takes the quotes
 * off; doubled ones need csv_undouble and a place to write to.
 */
#pragma once

#include "parsers/text/digits.h"

#define CSV_COLUMNS_MAX 192 /* what comes after is not looked at; `more` says so */

struct csv {
    const char *base;
    unsigned count;
    bool unclosed;
    bool more;
    /* Bit n % 64 of word n / 64: field n begins with a quote. */
    uint64_t quoted[CSV_COLUMNS_MAX / 64];
    /* Field n ends before the comma in front of field n + 1. */
    uint32_t start[CSV_COLUMNS_MAX + 1];
};

/* The line must be shorter than 2 GiB. An empty line is one empty field. */
void csv_split(struct csv *out, struct slice line);

/* The same for every machine, and byte by byte: to test csv_split by. */
void csv_split_narrow(struct csv *out, struct slice line);
void csv_split_plain(struct csv *out, struct slice line);

/* Field n as it stands in the line; empty when there is none. */
static inline struct slice csv_raw(const struct csv *csv, unsigned n)
{
    if (n >= csv->count)
        return SLICE_NONE;
    return slice_make(csv->base + csv->start[n], csv->start[n + 1] - csv->start[n] - 1);
}

/* Whether a raw field begins with a quote, so that csv_text has something to do. */
static inline bool csv_is_quoted(struct slice raw)
{
    return raw.len &&
           (raw.ptr[0] == '"' || (raw.ptr[0] == '\\' && raw.len > 1 && raw.ptr[1] == '"'));
}

#define CSV_WINDOW 64

/* Where commas stand within the first CSV_WINDOW bytes of a text, quoted or not. */
uint64_t csv_commas(struct slice text);

/* Takes the next of them, which must be there. */
static inline size_t csv_next(uint64_t *commas)
{
    size_t at = (size_t)__builtin_ctzll(*commas);
    *commas &= *commas - 1;
    return at;
}

/*
 * For lines that are read as they are taken apart: where fields end, which is at commas and at the
 * line's own end, up to its first quote.
 */
#define CSV_MARKED 1024 /* bytes at once, and less than a block more */

struct csv_marks {
    const char *from, *to; /* of `to` and what is behind it nothing is said */
    /* Bit n % 8 of byte n / 8: a field ends at from[n]. The 64 from `to` on are 0. */
    uint64_t ends[CSV_MARKED / 64 + 4];
};

/* From `from` on, which is not behind `end`. At least CSV_WINDOW bytes stand in front of `end`, and no
 * others are looked at. */
void csv_mark(struct csv_marks *out, const char *from, const char *end);

/* The same for every machine: to test csv_mark by. */
void csv_mark_narrow(struct csv_marks *out, const char *from, const char *end);

/* A word of these bytes. */
static inline uint64_t csv_bits(uint64_t word)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

#define CSV_NEAR 57

/* Where fields end within the CSV_NEAR bytes from `at` on, the first in bit 0. */
static inline uint64_t csv_near(const struct csv_marks *marks, const char *at)
{
    size_t n = (size_t)(at - marks->from);
    uint64_t word;
    memcpy(&word, (const char *)marks->ends + n / 8, sizeof(word));
    return csv_bits(word) >> n % 8;
}

/* Makes one field of the fields from first to last, with the commas between them. */
void csv_join(struct csv *csv, unsigned first, unsigned last);

/* Takes off the last field, which is returned as it stands in the line. */
struct slice csv_cut(struct csv *csv);

/* A whole number in digits only. */
bool csv_number_any(struct slice text, uint64_t *out);

/* The same for a text in front of which eight bytes may be read: up to eight digits are read at once,
 * by `back`, which is digits_8_back or digits_8_back_wide. */
static inline __attribute__((always_inline)) bool csv_number(struct slice text, uint64_t *out,
                                                             int64_t (*back)(const char *, size_t))
{
    uint64_t any; /* of its own: so *out may be a register */
    if (text.len - 1 >= 8) {
        if (!csv_number_any(text, &any))
            return false;
        *out = any;
        return true;
    }
    int64_t value = back(slice_end(text), text.len);
    if (value < 0)
        return false;
    *out = (uint64_t)value;
    return true;
}

/* What stands between the quotes. Sets *doubled when there are doubled ones in it. */
struct slice csv_text(struct slice raw, bool *doubled);

/* Writes each doubled quote of a text as one, at most text.len bytes; returns how many. */
size_t csv_undouble(struct slice text, char *out);
