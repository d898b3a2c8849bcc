/* The parts of cursor.h that are too long to stand in a header. */
#include "parsers/text/cursor.h"

struct slice cursor_until_text(struct cursor *c, const char *text)
{
    size_t at = slice_find_text(c->rest, text);
    if (at == c->rest.len) {
        cursor_fail(c);
        return SLICE_NONE;
    }
    struct slice piece = slice_first(c->rest, at);
    cursor_advance(c, at + strlen(text));
    return piece;
}

uint64_t cursor_long_number(struct cursor *c)
{
    const char *p = c->rest.ptr, *end = p + c->rest.len;
    const char *safe = c->rest.len < 20 ? end : p + 19; /* so many digits are below 2^64 */
    uint64_t value = 0;
    unsigned digit;
    for (; p < safe && (digit = (unsigned)(*p - '0')) <= 9; p++)
        value = value * 10 + digit;
    bool none = p == c->rest.ptr;
    for (; p < end && (digit = (unsigned)(*p - '0')) <= 9; p++) {
        none = none || value > UINT64_MAX / 10 || value * 10 > UINT64_MAX - digit;
        value = value * 10 + digit;
    }
    if (none) {
        cursor_fail(c);
        return 0;
    }
    cursor_advance(c, (size_t)(p - c->rest.ptr));
    return value;
}
