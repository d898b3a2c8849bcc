/* CEF lines, forgiving: see cefline.h for what is understood. */
#include "parsers/text/cefline.h"

/* What stands before the next pipe without a backslash, which is taken; false: there is none. */
static bool take_field(struct cursor *c, struct slice *out)
{
    const char *begin = c->rest.ptr, *end = slice_end(c->rest);
    for (const char *p = begin; p < end; p++) {
        if (*p == '\\') {
            p++;
        } else if (*p == '|') {
            *out = slice_between(begin, p);
            cursor_advance(c, out->len + 1);
            return true;
        }
    }
    return false;
}

bool cefline_read(struct slice text, struct cefline *out)
{
    struct cursor c = cursor_over(text);
    const struct slice none = SLICE_NONE;
    struct slice version;
    out->vendor = out->product = out->version = out->class_id = none;
    out->name = out->severity = out->extension = none;

    bool marked = cursor_try(&c, "CEF:");
    cursor_skip_blanks(&c);
    if (!take_field(&c, &version) || version.len == 0 || version.len > (marked ? 2 : 1))
        return false;
    for (size_t i = 0; i < version.len; i++)
        if ((unsigned)(version.ptr[i] - '0') > 9)
            return false;
    if (cursor_peek(&c) == '|')
        cursor_advance(&c, 1);
    if (!take_field(&c, &out->vendor) || !take_field(&c, &out->product) ||
        !take_field(&c, &out->version) || !take_field(&c, &out->class_id) ||
        !take_field(&c, &out->name) || !take_field(&c, &out->severity))
        return false;
    out->extension = cursor_rest(&c);
    return true;
}

static inline bool is_letter(char c)
{
    return (unsigned)((c | 32) - 'a') < 26 || c == '_';
}

static inline bool is_key_byte(char c)
{
    return is_letter(c) || (unsigned)(c - '0') <= 10 /* the colon too */ || c == '.' || c == '-';
}

/* The key that ends at an equals sign and has a blank or `begin` in front; NULL: there is none. */
static const char *key_before(const char *begin, const char *equals)
{
    const char *p = equals;
    while (p > begin && is_key_byte(p[-1]))
        p--;
    bool ok = p < equals && is_letter(*p) && (p == begin || p[-1] == ' ' || p[-1] == '\t');
    return ok ? p : NULL;
}

bool cefline_next(struct cursor *c, struct kv *out)
{
    const char *begin = c->rest.ptr, *end = slice_end(c->rest), *value = begin, *key = NULL;
    while (!key) { /* what stands in front of the first key is no pair: it is passed over */
        const char *equals = value < end ? memchr(value, '=', (size_t)(end - value)) : NULL;
        if (!equals)
            return false;
        key = key_before(value, equals);
        value = equals + 1;
    }
    const char *name_end = value - 1, *next = NULL, *p = value;
    while (!next && p < end && (p = memchr(p, '=', (size_t)(end - p))) != NULL) {
        next = key_before(value, p++);
        if (next == value) /* in "a=b=c" the value is "b=c" */
            next = NULL;
    }
    while (name_end > key + 1 && name_end[-1] == ':')
        name_end--;
    const char *stop = next ? next : end;
    cursor_advance(c, (size_t)(stop - begin));
    while (stop > value && (stop[-1] == ' ' || stop[-1] == '\t'))
        stop--;
    out->name = slice_between(key, name_end);
    out->value = slice_between(value, stop);
    out->escaped = slice_find(out->value, '\\') < out->value.len;
    out->cut = false;
    return true;
}

size_t cefline_unescape(struct slice text, char *out)
{
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        char byte = text.ptr[i];
        if (byte == '\\' && i + 1 < text.len) {
            char after = text.ptr[i + 1];
            bool plain = after == '\\' || after == '=' || after == '|';
            if (plain || after == 'n' || after == 'r') {
                byte = plain ? after : after == 'n' ? '\n' : '\r';
                i++;
            }
        }
        out[n++] = byte;
    }
    return n;
}
