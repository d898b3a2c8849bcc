/*
 * Reads a slice from left to right. The first thing that is not there sets `bad`; from then on
 * every call does nothing and returns empty, so a parser reads a whole line and asks once at the
 * end. No call can pass the end of the slice.
 *
 * cursor_X demands and sets bad; cursor_try_X looks, takes what is there, and leaves the cursor
 * where it was otherwise.
 */
#pragma once

#include "parsers/text/slice.h"

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
    const char *p = c->rest.ptr, *end = p + c->rest.len;
    while (p < end && *p != stop)
        p++;
    if (p == end) {
        cursor_fail(c);
        return SLICE_NONE;
    }
    struct slice piece = slice_between(c->rest.ptr, p);
    cursor_advance(c, piece.len + 1);
    return piece;
}

/* What stands before the next `stop` (taken too), or all that is left. Never bad. */
static inline struct slice cursor_until_or_end(struct cursor *c, char stop)
{
    const char *p = c->rest.ptr, *end = p + c->rest.len;
    while (p < end && *p != stop)
        p++;
    struct slice piece = slice_between(c->rest.ptr, p);
    cursor_advance(c, piece.len + (p < end));
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

/* The digits that stand here, at least one and a value below 2^64; anything else is bad. */
static inline uint64_t cursor_number(struct cursor *c)
{
    const char *p = c->rest.ptr, *end = p + c->rest.len;
    const char *safe = c->rest.len < 19 ? end : p + 19; /* that many cannot pass 2^64 */
    uint64_t value = 0;
    unsigned digit;
    while (p < safe && (digit = (unsigned)(*p - '0')) <= 9) {
        value = value * 10 + digit;
        p++;
    }
    while (p == safe && p < end && (digit = (unsigned)(*p - '0')) <= 9) {
        if (value > UINT64_MAX / 10 || value * 10 > UINT64_MAX - digit) {
            cursor_fail(c);
            return 0;
        }
        value = value * 10 + digit;
        safe = ++p;
    }
    if (p == c->rest.ptr) {
        cursor_fail(c);
        return 0;
    }
    cursor_advance(c, (size_t)(p - c->rest.ptr));
    return value;
}
