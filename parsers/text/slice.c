/* The parts of slice.h that are too long to stand in a header. */
#include "parsers/text/slice.h"

bool slice_is_nocase(struct slice s, const char *literal)
{
    size_t len = strlen(literal);
    if (s.len != len)
        return false;
    for (size_t i = 0; i < len; i++) {
        char a = s.ptr[i], b = literal[i];
        if (a >= 'A' && a <= 'Z')
            a = (char)(a + 32);
        if (b >= 'A' && b <= 'Z')
            b = (char)(b + 32);
        if (a != b)
            return false;
    }
    return true;
}

size_t slice_find_text(struct slice s, const char *literal)
{
    size_t len = strlen(literal);
    const char *at = s.len >= len ? memmem(s.ptr, s.len, literal, len) : NULL;
    return at ? (size_t)(at - s.ptr) : s.len;
}

static bool is_padding(char c)
{
    return c <= ' ' && (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0');
}

struct slice slice_trim_padded(struct slice s)
{
    while (s.len && is_padding(s.ptr[0]))
        s = slice_from(s, 1);
    while (s.len && is_padding(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

struct slice slice_behind(struct slice s, const char *before, const char *const stops[3])
{
    size_t at = slice_find_text(s, before);
    if (at == s.len)
        return SLICE_NONE;
    s = slice_from(s, at + strlen(before));
    for (int i = 0; i < 3 && stops[i]; i++)
        s = slice_first(s, slice_find_text(s, stops[i]));
    return slice_trim(s);
}
