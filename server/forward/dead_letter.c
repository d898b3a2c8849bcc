/*
 * The lines of the file of dead letters. Written by hand and not by the JSON library, whose strings
 * end at a NUL and which allocates: somebody may send nothing but messages that nobody understands.
 */
#include "server/forward/dead_letter.h"

#include "parsers/text/json_flat.h"
#include "parsers/text/timestamp.h"
#include "parsers/text/utf8.h"

#define BEGIN  "{\"dead_letter\":\""
#define BESIDE 256 /* what stands beside raw, at most; a reason and a parser's name are words */
#define WORD   64

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char hex[] = "0123456789abcdef";

size_t dead_letter_room(const struct dead_letter *letter)
{
    return 6 * letter->raw.len + BESIDE + 2 * WORD;
}

static char *put(char *out, const char *bytes, size_t len)
{
    memcpy(out, bytes, len);
    return out + len;
}

#define PUT(out, literal) put(out, literal, sizeof(literal) - 1)

static char *put_word(char *out, struct slice word)
{
    return put(out, word.ptr, word.len < WORD ? word.len : WORD);
}

static char *put_escaped_byte(char *out, unsigned char c)
{
    static const char short_forms[0x20] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    *out++ = '\\';
    if (c >= 0x20 || short_forms[c]) {
        *out++ = (char)(c >= 0x20 ? c : (unsigned char)short_forms[c]);
        return out;
    }
    out = PUT(out, "u00");
    *out++ = hex[c >> 4];
    *out++ = hex[c & 15];
    return out;
}

/* NULL: not valid UTF-8. */
static char *put_string(char *out, struct slice raw)
{
    const char *p = raw.ptr, *end = slice_end(raw);
    while (p < end) {
        unsigned char c = (unsigned char)*p;
        size_t n = c < 0x80 ? 1 : utf8_sequence(p, end);
        if (n == 0)
            return NULL;
        if (c < 0x20 || c == '"' || c == '\\')
            out = put_escaped_byte(out, c);
        else
            out = put(out, p, n);
        p += n;
    }
    return out;
}

static char *put_base64(char *out, struct slice raw)
{
    for (size_t i = 0; i < raw.len; i += 3) {
        size_t n = raw.len - i < 3 ? raw.len - i : 3;
        uint32_t bits = 0;
        for (size_t k = 0; k < 3; k++)
            bits = bits << 8 | (k < n ? (unsigned char)raw.ptr[i + k] : 0);
        for (size_t k = 0; k < 4; k++)
            *out++ = k <= n ? digits[bits >> (18 - 6 * k) & 63] : '=';
    }
    return out;
}

char *dead_letter_write(char *out, const struct dead_letter *letter)
{
    out = put_word(PUT(out, BEGIN), letter->reason);
    out = timestamp_format(PUT(out, "\",\"time\":\""), letter->arrival_ms);
    if (!address_is_zero(letter->sender))
        out = address_format(PUT(out, "\",\"sender\":\""), letter->sender);
    if (letter->parser.len)
        out = put_word(PUT(out, "\",\"parser\":\""), letter->parser);
    *out++ = '"';
    if (letter->cut)
        out = PUT(out, ",\"cut\":true");
    char *end = put_string(PUT(out, ",\"raw\":\""), letter->raw);
    if (!end)
        end = put_base64(PUT(out, ",\"raw_base64\":\""), letter->raw);
    return PUT(end, "\"}\n");
}

bool dead_letter_begins(const char *text, size_t len)
{
    return len >= sizeof(BEGIN) - 1 && memcmp(text, BEGIN, sizeof(BEGIN) - 1) == 0;
}

/* In place; what is no base64 is refused. */
static bool read_base64(struct slice text, char *out, struct slice *raw)
{
    uint32_t bits = 0;
    size_t len = 0, padding = 0;
    if (text.len % 4)
        return false;
    while (padding < 2 && padding < text.len && text.ptr[text.len - 1 - padding] == '=')
        padding++;
    for (size_t i = 0; i < text.len; i++) {
        const char *digit = i + padding < text.len && text.ptr[i]
                                ? memchr(digits, text.ptr[i], sizeof(digits) - 1)
                                : digits;
        if (!digit)
            return false;
        bits = bits << 6 | (uint32_t)(digit - digits);
        if (i % 4 != 3)
            continue;
        for (int shift = 16; shift >= 0; shift -= 8)
            out[len++] = (char)(bits >> shift);
    }
    *raw = slice_make(out, len - padding);
    return true;
}

static bool read_time(struct slice text, int64_t *ms)
{
    struct cursor c = cursor_over(text);
    return timestamp_iso(&c, NULL, ms) && cursor_at_end(&c);
}

bool dead_letter_read(char *line, size_t len, struct dead_letter *out)
{
    struct json_flat json = json_flat_over(slice_make(line, len));
    struct kv pair;
    bool raw = false, time = false;
    *out = (struct dead_letter){.reason = SLICE_NONE, .parser = SLICE_NONE, .raw = SLICE_NONE};
    if (!dead_letter_begins(line, len) || line[len - 1] != '}')
        return false;
    while (json_flat_next(&json, &pair)) {
        char *at = (char *)pair.value.ptr; /* within the line */
        if (slice_is(pair.name, "dead_letter")) {
            out->reason = pair.value;
        } else if (slice_is(pair.name, "time")) {
            time = read_time(pair.value, &out->arrival_ms);
        } else if (slice_is(pair.name, "sender")) {
            if (!address_parse(pair.value, &out->sender))
                return false;
        } else if (slice_is(pair.name, "parser")) {
            out->parser = pair.value;
        } else if (slice_is(pair.name, "cut")) {
            out->cut = slice_is(pair.value, "true");
        } else if (slice_is(pair.name, "raw") && !pair.cut) {
            raw = true;
            out->raw = pair.value;
            if (pair.escaped)
                out->raw.len = json_flat_unescape(pair.value, at);
        } else if (slice_is(pair.name, "raw_base64") && !pair.cut) {
            raw = read_base64(pair.value, at, &out->raw);
        }
    }
    return raw && time && !json.broken;
}
