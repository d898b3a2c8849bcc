/*
 * Reads a slice from left to right. The first thing that is not there sets `bad`; from then on
 * every call does nothing and returns empty, so a parser reads a whole line and asks once at the
 * end. No call can pass the end of the slice.
 *
 * cursor_X demands and sets bad; cursor_try_X looks, takes what is there, and leaves the cursor
 * where it was otherwise.
 */
#pragma once

#include "parsers/text/digits.h"

struct cursor {
    struct slice rest;
    bool bad;
};

static inline struct cursor cursor_over(struct slice s)
{
    return (struct cursor){s, false};
}

static inline bool cursor_at_end(const struct cursor *c)
{
    return c->rest.len == 0;
}

/* The next byte, or 0 at the end; takes nothing. */
static inline char cursor_peek(const struct cursor *c)
{
    return c->rest.len ? c->rest.ptr[0] : '\0';
}

static inline void cursor_fail(struct cursor *c)
{
    c->bad = true;
    c->rest.len = 0;
}

static inline void cursor_advance(struct cursor *c, size_t n)
{
    c->rest.ptr += n;
    c->rest.len -= n;
}

static inline bool cursor_try(struct cursor *c, const char *literal)
{
    if (!slice_starts(c->rest, literal))
        return false;
    cursor_advance(c, strlen(literal));
    return true;
}

static inline void cursor_expect(struct cursor *c, const char *literal)
{
    if (!cursor_try(c, literal))
        cursor_fail(c);
}

static inline void cursor_skip_blanks(struct cursor *c)
{
    while (c->rest.len && c->rest.ptr[0] == ' ')
        cursor_advance(c, 1);
}

/* What stands before the next `stop`, which is taken too. No `stop`: bad. For short pieces. */
static inline struct slice cursor_until(struct cursor *c, char stop)
{
    struct slice piece = slice_make(c->rest.ptr, slice_find_near(c->rest, stop));
    if (piece.len == c->rest.len) {
        cursor_fail(c);
        return SLICE_NONE;
    }
    cursor_advance(c, piece.len + 1);
    return piece;
}

/* What stands before the next `stop` (taken too), or all that is left. Never bad. */
static inline struct slice cursor_until_or_end(struct cursor *c, char stop)
{
    struct slice piece = slice_make(c->rest.ptr, slice_find_near(c->rest, stop));
    cursor_advance(c, piece.len + (piece.len < c->rest.len));
    return piece;
}

/* What stands before the next `text`, which is taken too. No `text`: bad. */
struct slice cursor_until_text(struct cursor *c, const char *text);

/* All that is left. */
static inline struct slice cursor_rest(struct cursor *c)
{
    struct slice all = c->rest;
    cursor_advance(c, all.len);
    return all;
}

/* The same where it is less common: any number of digits, near the end of a text. */
uint64_t cursor_long_number(struct cursor *c);

/* The digits that stand here, at least one and a value below 2^64; anything else is bad. */
static inline uint64_t cursor_number(struct cursor *c)
{
    if (__builtin_expect(c->rest.len < 16, 0))
        return cursor_long_number(c);
    const char *p = c->rest.ptr;
    unsigned len = digits_count_16(p);
    if (len - 1 > 14)
        return cursor_long_number(c);
    cursor_advance(c, len);
    if (len <= 8)
        return digits_join(digits_word(p) << (64 - 8 * len));
    uint32_t first = digits_join(digits_word(p) << (128 - 8 * len));
    return first * UINT64_C(100000000) + digits_join(digits_word(p + len - 8));
}
