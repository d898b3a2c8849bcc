/* CEF's text: escapes, limits, UTF-8. */
#include "server/forward/cef_write.h"

#include "parsers/text/utf8.h"

/* `limit` bytes of a longer text, or fewer: not in the middle of a UTF-8 sequence. */
static size_t cut_length(struct slice text, size_t limit)
{
    size_t n = limit;
    for (int back = 0; back < 3 && n > 0 && ((unsigned char)text.ptr[n] & 0xc0) == 0x80; back++)
        n--;
    return n;
}

/* A byte that is neither plain nor escaped by a backslash, or the sequence it begins; returns how
 * many bytes it took. */
static size_t replace_one(char **out, const char *p, const char *end, char place)
{
    unsigned char c = (unsigned char)*p;
    char *o = *out;
    size_t taken = 1;
    if (c >= 0x80) {
        size_t n = utf8_sequence(p, end);
        memcpy(o, n ? p : UTF8_REPLACEMENT, n ? n : 3);
        o += n ? n : 3;
        taken = n ? n : 1;
    } else if (place == CEF_IN_EXTENSION && (c == '\n' || c == '\r')) {
        *o++ = '\\';
        *o++ = c == '\n' ? 'n' : 'r';
    } else {
        *o++ = ' ';
    }
    *out = o;
    return taken;
}

/* The rest of a text from its first byte on that is not plain. */
static char *escape_from(char *out, const char *p, const char *end, char place)
{
    while (p < end) {
        if (*p == '\\' || *p == place) {
            *out++ = '\\';
            *out++ = *p++;
        } else {
            p += replace_one(&out, p, end, place);
        }
        size_t n = plain_copy(out, p, (size_t)(end - p), place);
        out += n;
        p += n;
    }
    return out;
}

char *cef_escape(struct cef_writer *w, char *out, struct slice text, size_t limit, char place)
{
    if (limit > w->text_limit)
        limit = w->text_limit;
    if (text.len > limit) {
        text.len = cut_length(text, limit);
        w->cut = true;
    }
    size_t n = plain_copy(out, text.ptr, text.len, place);
    return escape_from(out + n, text.ptr + n, slice_end(text), place);
}

/* 32 to 64 bytes, identifiers most of them, as two halves that overlap. Whether they are plain. */
static inline bool copy_halves(char *p, const char *text, size_t len)
{
    const size_t half = 2 * PLAIN_BLOCK;
    return plain_copy_blocks(p, text, half, CEF_IN_EXTENSION) &&
           plain_copy_blocks(p + len - half, text + len - half, half, CEF_IN_EXTENSION);
}

char *cef_copy_long(struct cef_writer *w, char *p, struct slice text, size_t limit)
{
    size_t len = text.len;
    bool whole = false;
    if (len <= limit && len <= w->text_limit) {
        if (len - PLAIN_BLOCK <= PLAIN_BLOCK)
            whole = plain_copy_blocks(p, text.ptr, len, CEF_IN_EXTENSION);
        else if (len - PLAIN_BLOCK <= 3 * PLAIN_BLOCK)
            whole = copy_halves(p, text.ptr, len);
    }
    return whole ? p + len : cef_escape(w, p, text, limit, CEF_IN_EXTENSION);
}

void cef_put_time(struct cef_writer *w, int64_t ms)
{
    if (ms < 0)
        *w->p++ = '-';
    cef_put_number(w, ms < 0 ? -(uint64_t)ms : (uint64_t)ms);
}
