/* CEF lines, forgiving: see cefline.h for what is understood. */
#include "parsers/text/cefline.h"

#include "parsers/text/keys.h"

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

/*
 * Moves to the next equals sign from p on that ends a key: one with a blank in front, or, where
 * `first`, at the extension's very front. In "a=b=c" the value is "b=c".
 */
static void find_key(struct cefline_pairs *it, const char *p, bool first)
{
    const char *begin = p;
    it->key = NULL;
    while (p < it->end && (p = memchr(p, '=', (size_t)(it->end - p))) != NULL) {
        const char *key = p - keys_run_back(it->begin, p); /* the last '=' ends the run */
        if (key < p && keys_is_letter(*key) &&
            (key == begin ? first : key[-1] == ' ' || key[-1] == '\t')) {
            it->key = key;
            it->equals = p;
            return;
        }
        p++;
    }
}

struct cefline_pairs cefline_pairs(struct slice extension)
{
    struct cefline_pairs it = {NULL, NULL, extension.ptr, slice_end(extension)};
    find_key(&it, extension.ptr, true);
    return it;
}

bool cefline_next(struct cefline_pairs *it, struct kv *out)
{
    if (!it->key)
        return false;
    const char *key = it->key, *name_end = it->equals, *value = name_end + 1;
    find_key(it, value, false);
    const char *stop = it->key ? it->key : it->end;
    while (name_end > key + 1 && name_end[-1] == ':')
        name_end--;
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
