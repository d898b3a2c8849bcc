/* The part of cursor.h that is too long to stand in a header. */
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
