/* LEEF lines; see leef.h for what is understood. */
#include "parsers/text/leef.h"

#include "parsers/text/keys.h"

#define DELIMITER_TEXT_MAX 6  /* "0x005E" */
#define KEY_MAX            64 /* longer ones are text */

static bool take_field(struct cursor *c, struct slice *out)
{
    size_t len = slice_find(c->rest, '|');
    if (len == c->rest.len)
        return false;
    *out = slice_first(c->rest, len);
    cursor_advance(c, len + 1);
    return true;
}

/* Every byte there is, for a delimiter that is only named by its code. */
#define BYTES_4(n)  (char)(n), (char)((n) + 1), (char)((n) + 2), (char)((n) + 3)
#define BYTES_16(n) BYTES_4(n), BYTES_4((n) + 4), BYTES_4((n) + 8), BYTES_4((n) + 12)
#define BYTES_64(n) BYTES_16(n), BYTES_16((n) + 16), BYTES_16((n) + 32), BYTES_16((n) + 48)
static const char bytes[128] = {BYTES_64(0), BYTES_64(64)};

static int hex_digit(char c)
{
    if ((unsigned)(c - '0') <= 9)
        return c - '0';
    return (unsigned)((c | 32) - 'a') < 6 ? (c | 32) - 'a' + 10 : -1;
}

/* "^", "0x5E", "x5E"; empty for anything else. */
static struct slice delimiter_named(struct slice text)
{
    if (text.len == 1)
        return text;
    if (text.len && text.ptr[0] == '0')
        text = slice_from(text, 1);
    if (text.len < 2 || (text.ptr[0] | 32) != 'x')
        return SLICE_NONE;
    int code = 0;
    for (size_t i = 1; i < text.len; i++) {
        int digit = hex_digit(text.ptr[i]);
        code = digit < 0 || code > 7 ? 128 : code * 16 + digit;
    }
    return code > 0 && code < 128 ? slice_make(&bytes[code], 1) : SLICE_NONE;
}

static bool has_byte(struct slice text, char byte)
{
    return slice_find(text, byte) < text.len;
}

/* The tab, or what stands where tabs should. */
static struct slice delimiter_used(struct slice attributes)
{
    if (has_byte(attributes, '\t'))
        return slice("\t");
    if (slice_find_text(attributes, "#011") < attributes.len)
        return slice("#011");
    return has_byte(attributes, '|') ? slice("|") : slice(" ");
}

bool leef_read(struct slice text, struct leef *out)
{
    struct cursor c = cursor_over(text);
    const struct slice none = SLICE_NONE;
    struct slice version;
    out->vendor = out->product = out->version = out->event_id = none;
    out->attributes = none;
    out->delimiter = slice("\t");

    cursor_try(&c, "LEEF:");
    cursor_skip_blanks(&c);
    if (!take_field(&c, &version) || (!slice_is(version, "1.0") && !slice_is(version, "2.0") &&
                                      !slice_is(version, "1") && !slice_is(version, "2")))
        return false;
    if (!take_field(&c, &out->vendor) || !take_field(&c, &out->product) ||
        !take_field(&c, &out->version) || !take_field(&c, &out->event_id))
        return false;

    struct slice named = none;
    size_t pipe = slice_find(slice_first(c.rest, DELIMITER_TEXT_MAX + 1), '|');
    if (version.ptr[0] == '2' && pipe <= DELIMITER_TEXT_MAX && pipe < c.rest.len &&
        slice_find(slice_first(c.rest, pipe), '=') == pipe) {
        named = delimiter_named(slice_first(c.rest, pipe));
        cursor_advance(&c, pipe + 1);
    } else if (version.ptr[0] == '2' && slice_starts(c.rest, "||")) {
        named = slice("|"); /* the pipe, named by itself */
        cursor_advance(&c, 2);
    }
    out->attributes = c.rest;
    bool trusted = named.len && (has_byte(c.rest, named.ptr[0]) || !has_byte(c.rest, '\t'));
    out->delimiter = trusted ? named : delimiter_used(c.rest);
    return true;
}

/* Whether text begins with a key and an equals sign, "RuleName =" too; returns where the sign is. */
static size_t key_length(struct slice text)
{
    size_t len = keys_run(text.ptr, slice_end(slice_first(text, KEY_MAX)));
    if (len && len < text.len && text.ptr[len] == ' ')
        len++;
    return len < text.len && text.ptr[len] == '=' ? len : 0;
}

static bool starts_with(struct slice text, struct slice start)
{
    return slice_equals(slice_first(text, start.len), start);
}

/* Where the delimiter next stands, or text.len. */
static size_t find_delimiter(struct slice text, struct slice delimiter)
{
    for (size_t from = 0; from < text.len;) {
        size_t at = from + slice_find(slice_from(text, from), delimiter.ptr[0]);
        if (at == text.len || starts_with(slice_from(text, at), delimiter))
            return at;
        from = at + 1;
    }
    return text.len;
}

bool leef_next(struct leef *leef, struct kv *out)
{
    struct slice *rest = &leef->attributes, delimiter = leef->delimiter;
    size_t name = 0, at;
    while (rest->len && (name = key_length(*rest)) == 0) { /* no pair: passed over */
        at = find_delimiter(*rest, delimiter);
        *rest = slice_from(*rest, at + delimiter.len);
    }
    if (!rest->len)
        return false;
    out->name = slice_first(*rest, name);
    while (out->name.len > 1 && strchr(": ", out->name.ptr[out->name.len - 1]))
        out->name.len--;
    struct slice text = slice_from(*rest, name + 1);
    for (at = 0; at < text.len; at += delimiter.len) {
        at += find_delimiter(slice_from(text, at), delimiter);
        struct slice after = slice_from(text, at + delimiter.len);
        if (at == text.len || !after.len || starts_with(after, delimiter) || key_length(after))
            break;
    }
    if (at > text.len)
        at = text.len;
    out->value = slice_first(text, at);
    out->escaped = slice_find(out->value, '\\') < out->value.len;
    out->cut = false;
    *rest = slice_from(text, at + delimiter.len);
    return true;
}
