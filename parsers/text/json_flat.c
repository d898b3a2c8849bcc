/* A forward reader of nearly flat JSON objects; see json_flat.h. */
#include "parsers/text/json_flat.h"

#include "parsers/text/utf8.h"

struct json_flat json_flat_over(struct slice text)
{
    struct json_flat it;
    it.rest = cursor_over(text);
    it.depth = it.pairs = 0;
    it.due = it.broken = false;
    return it;
}

static void skip_space(struct cursor *c)
{
    const char *p = c->rest.ptr, *end = slice_end(c->rest);
    while (p < end && (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r'))
        p++;
    cursor_advance(c, (size_t)(p - c->rest.ptr));
}

static bool fail(struct json_flat *it)
{
    it->broken = true;
    it->rest.rest.len = 0;
    return false;
}

static bool open_frame(struct json_flat *it, struct slice key, bool array)
{
    if (it->depth == JSON_FLAT_DEPTH)
        return fail(it);
    it->frames[it->depth].key = key;
    it->frames[it->depth++].array = array;
    it->due = false;
    cursor_advance(&it->rest, 1);
    return true;
}

/* The string at the cursor, without its quotes; false: the text ends within it. */
static bool take_string(struct cursor *c, struct slice *out, bool *escaped)
{
    cursor_advance(c, 1);
    const char *begin = c->rest.ptr, *end = slice_end(c->rest), *from = begin, *quote = begin;
    for (; quote < end; from = ++quote) {
        quote = memchr(quote, '"', (size_t)(end - quote));
        if (!quote)
            break;
        const char *p = quote;
        while (p > from && p[-1] == '\\')
            p--;
        if ((quote - p) % 2 == 0)
            break;
    }
    bool whole = quote && quote < end;
    *out = slice_between(begin, whole ? quote : end);
    *escaped = slice_find(*out, '\\') < out->len;
    cursor_advance(c, out->len + whole);
    return whole;
}

/* A number, true, false or null. */
static bool take_word(struct json_flat *it, struct kv *out)
{
    const char *begin = it->rest.rest.ptr, *p = begin, *end = slice_end(it->rest.rest);
    while (p < end && ((unsigned)((*p | 32) - 'a') < 26 || (unsigned)(*p - '0') <= 9 || *p == '-' ||
                       *p == '+' || *p == '.'))
        p++;
    out->value = slice_between(begin, p);
    if (!out->value.len)
        return fail(it);
    cursor_advance(&it->rest, out->value.len);
    out->escaped = false;
    out->cut = p == end; /* 44 may have been 443 */
    if (slice_is(out->value, "null"))
        out->value = SLICE_NONE;
    return true;
}

/* A member's key with its colon, into the object's frame. */
static bool take_key(struct json_flat *it)
{
    bool escaped;
    if (cursor_peek(&it->rest) != '"')
        return fail(it);
    if (!take_string(&it->rest, &it->frames[it->depth - 1].key, &escaped))
        return false;
    skip_space(&it->rest);
    if (!it->rest.rest.len)
        return false;
    if (!cursor_try(&it->rest, ":"))
        return fail(it);
    skip_space(&it->rest);
    return true;
}

/* Goes to the next value, into and out of objects and arrays; false: there is none. */
static bool find_value(struct json_flat *it)
{
    struct cursor *c = &it->rest;
    for (;;) {
        skip_space(c);
        if (!c->rest.len || (it->depth == 0 && it->due))
            return false;
        char byte = cursor_peek(c);
        if (it->depth == 0) {
            if (byte != '{')
                return fail(it);
            open_frame(it, SLICE_NONE, false);
            continue;
        }
        bool array = it->frames[it->depth - 1].array;
        if (byte == (array ? ']' : '}')) {
            cursor_advance(c, 1);
            it->depth--;
            it->due = true;
            continue;
        }
        if (it->due) {
            if (!cursor_try(c, ","))
                return fail(it);
            it->due = false;
            continue;
        }
        if (!array && !take_key(it))
            return false;
        byte = cursor_peek(c);
        if (byte != '{' && byte != '[')
            return c->rest.len != 0;
        if (!open_frame(it, it->frames[it->depth - 1].key, byte == '['))
            return false;
    }
}

bool json_flat_next(struct json_flat *it, struct kv *out)
{
    if (!find_value(it))
        return false;
    if (++it->pairs > JSON_FLAT_PAIRS)
        return fail(it);
    out->name = it->frames[it->depth - 1].key;
    it->due = true;
    if (cursor_peek(&it->rest) != '"')
        return take_word(it, out);
    out->cut = !take_string(&it->rest, &out->value, &out->escaped);
    return true;
}

/* The four hex digits at p, or -1. */
static int hex4(const char *p, const char *end)
{
    int code = 0;
    if (end - p < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int c = p[i] | 32;
        if ((unsigned)(p[i] - '0') <= 9)
            code = code * 16 + (p[i] - '0');
        else if ((unsigned)(c - 'a') < 6)
            code = code * 16 + c - 'a' + 10;
        else
            return -1;
    }
    return code;
}

/* Takes \uXXXX, or two that are the halves of one character, and writes it; NULL: it is none. */
static const char *take_unicode(const char *p, const char *end, char **out)
{
    int code = hex4(p + 2, end);
    if (code < 0)
        return NULL;
    p += 6;
    if (code >= 0xd800 && code < 0xdc00 && end - p >= 6 && p[0] == '\\' && p[1] == 'u') {
        int low = hex4(p + 2, end);
        if (low >= 0xdc00 && low < 0xe000) {
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
            p += 6;
        }
    }
    char *o = *out;
    if (code >= 0xd800 && code < 0xe000) {
        memcpy(o, UTF8_REPLACEMENT, 3);
        o += 3;
    } else if (code < 0x80) {
        *o++ = (char)code;
    } else if (code < 0x800) {
        *o++ = (char)(0xc0 | code >> 6);
        *o++ = (char)(0x80 | (code & 63));
    } else {
        if (code < 0x10000) {
            *o++ = (char)(0xe0 | code >> 12);
        } else {
            *o++ = (char)(0xf0 | code >> 18);
            *o++ = (char)(0x80 | (code >> 12 & 63));
        }
        *o++ = (char)(0x80 | (code >> 6 & 63));
        *o++ = (char)(0x80 | (code & 63));
    }
    *out = o;
    return p;
}

size_t json_flat_unescape(struct slice text, char *out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char *p = text.ptr, *end = slice_end(text), *after;
    char *o = out;
    while (p < end) {
        if (*p != '\\' || p + 1 == end) {
            *o++ = *p++;
        } else if (p[1] == 'u' && (after = take_unicode(p, end, &o)) != NULL) {
            p = after;
        } else {
            const char *known = memchr(from, p[1], sizeof(from) - 1);
            if (known)
                *o++ = to[known - from];
            else
                *o++ = *p, *o++ = p[1];
            p += 2;
        }
    }
    return (size_t)(o - out);
}
