/*
 * Octet counting and lines. The first bytes of each message decide, for both arrive on one listener,
 * and even on one connection. A count is believed up to COUNT_DIGITS digits: a larger one would have
 * us skip gigabytes of good messages after one wrong byte.
 */
#include "server/ingest/frame.h"

#include <stdlib.h>

#define COUNT_DIGITS 8  /* of a count that is believed */
#define COUNT_LOOK   20 /* digits looked at before it is no count at all: 2^64 has 20 */

enum kind { KIND_LINE, KIND_COUNTED, KIND_MALFORMED, KIND_STRAY_END, KIND_UNKNOWN };

static bool ends_line(char byte)
{
    return byte == '\n' || byte == '\r' || byte == '\0';
}

/* What begins here. *count and *header (bytes up to the body) are set for KIND_COUNTED. */
static enum kind look(const struct frame *f, const char *p, const char *end, size_t *count,
                      size_t *header)
{
    if (*p == '<')
        return KIND_LINE;
    if (f->counting && ends_line(*p))
        return KIND_STRAY_END; /* some senders end a counted message in LF and do not count it */
    enum kind otherwise = f->counting ? KIND_MALFORMED : KIND_LINE;
    size_t digits = 0, left = (size_t)(end - p), value = 0;
    while (digits < left && digits <= COUNT_LOOK && (unsigned)(p[digits] - '0') <= 9) {
        if (digits < COUNT_DIGITS)
            value = value * 10 + (size_t)(p[digits] - '0');
        digits++;
    }
    if (digits == 0 || digits > COUNT_LOOK)
        return otherwise;
    if (digits == left)
        return KIND_UNKNOWN;
    if (p[digits] != ' ')
        return otherwise;
    if (!f->counting) {
        if (digits + 1 == left)
            return KIND_UNKNOWN;
        if (p[digits + 1] != '<')
            return KIND_LINE;
    }
    if (*p == '0' || digits > COUNT_DIGITS)
        return f->started && !f->counting ? KIND_LINE : KIND_MALFORMED;
    *count = value;
    *header = digits + 1;
    return KIND_COUNTED;
}

/* Where the line that begins at p ends: at its LF or NUL. NULL: not in these bytes. */
static const char *line_end(const struct frame *f, const char *p, const char *end)
{
    if (f->lines_by_lf)
        return memchr(p, '\n', (size_t)(end - p));
    /* Both are looked for in small windows: neither search may run far past the other's find. */
    while (p < end) {
        size_t window = end - p < 256 ? (size_t)(end - p) : 256;
        const char *lf = memchr(p, '\n', window);
        const char *nul = memchr(p, '\0', lf ? (size_t)(lf - p) : window);
        if (nul || lf)
            return nul ? nul : lf;
        p += window;
    }
    return NULL;
}

static void deliver(struct framing *framing, const char *begin, size_t len, bool cut)
{
    if (len > framing->max) {
        len = framing->max;
        cut = true;
    }
    while (len && ends_line(begin[len - 1]))
        len--;
    if (len)
        framing->deliver(framing->context, slice_make(begin, len), cut);
    else
        framing->empty++;
}

/* One more byte than the maximum may be the CR of a CRLF. */
static bool line_too_long(const struct framing *framing, const char *p, size_t len)
{
    return len > framing->max + 1 || (len == framing->max + 1 && p[len - 1] != '\r');
}

static void deliver_line(struct framing *framing, const char *p, size_t len)
{
    bool cut = line_too_long(framing, p, len);
    deliver(framing, p, cut || len <= framing->max ? len : len - 1, cut);
}

/* Takes a line from p. Returns where the next message begins, NULL when it is not all there. */
static const char *take_line(struct frame *f, struct framing *framing, const char *p,
                             const char *end)
{
    const char *stop = line_end(f, p, end);
    size_t len = (size_t)((stop ? stop : end) - p);
    if (!stop && !line_too_long(framing, p, len))
        return NULL;
    f->counting = false;
    f->started = true;
    if (stop && !f->lines_by_lf && !f->lines_by_nul) {
        f->lines_by_lf = *stop == '\n';
        f->lines_by_nul = *stop == '\0';
    }
    f->skip_line = !stop;
    deliver_line(framing, p, len);
    return stop ? stop + 1 : end;
}

static const char *take_counted(struct frame *f, struct framing *framing, const char *p,
                                const char *end, size_t count, size_t header)
{
    size_t wanted = count < framing->max ? count : framing->max;
    size_t left = (size_t)(end - p) - header;
    f->counting = true;
    f->started = true;
    if (left < wanted) {
        f->need = header + wanted;
        return NULL;
    }
    deliver(framing, p + header, wanted, count > wanted);
    size_t taken = count < left ? count : left;
    f->skip = count - taken;
    return p + header + taken;
}

/* What most senders send: line after line, each with its PRI, whole and not too long. Returns where
 * something else begins. */
static const char *take_lines(struct frame *f, struct framing *framing, const char *p,
                              const char *end)
{
    const char *stop;
    while (f->lines_by_lf && p < end && *p == '<' && (stop = memchr(p, '\n', (size_t)(end - p)))) {
        size_t len = (size_t)(stop - p);
        if (len > framing->max || ends_line(stop[-1]))
            break;
        f->counting = false;
        framing->deliver(framing->context, slice_make(p, len), false);
        p = stop + 1;
    }
    return p;
}

/* Skips what is left of a message that was too long. Returns where the next one begins. */
static const char *skip_rest(struct frame *f, const char *p, const char *end)
{
    if (f->skip) {
        size_t n = f->skip < (size_t)(end - p) ? f->skip : (size_t)(end - p);
        f->skip -= n;
        return p + n;
    }
    const char *stop = line_end(f, p, end);
    if (!stop)
        return end;
    if (!f->lines_by_lf && !f->lines_by_nul) {
        f->lines_by_lf = *stop == '\n';
        f->lines_by_nul = *stop == '\0';
    }
    f->skip_line = false;
    return stop + 1;
}

/* No tail needs more than the headroom that it is put into later. */
static bool grow_tail(struct frame *f, struct framing *framing, size_t needed)
{
    size_t size = f->tail_size ? f->tail_size : 512, most = FRAME_HEADROOM(framing->max);
    while (size < needed)
        size *= 2;
    if (size > most && needed <= most)
        size = most;
    size_t held = framing->held - f->tail_size + size;
    char *grown = held > FRAME_HELD_MAX && size > FRAME_SMALL_TAIL ? NULL : realloc(f->tail, size);
    if (!grown)
        return false;
    f->tail = grown;
    f->tail_size = size;
    framing->held = held;
    return true;
}

static bool append_tail(struct frame *f, struct framing *framing, const char *bytes, size_t len)
{
    if (f->tail_len + len > f->tail_size && !grow_tail(f, framing, f->tail_len + len))
        return false;
    memcpy(f->tail + f->tail_len, bytes, len);
    f->tail_len += len;
    return true;
}

void frame_close(struct frame *f, struct framing *framing)
{
    framing->held -= f->tail_size;
    free(f->tail);
    f->tail = NULL;
    f->tail_len = f->tail_size = f->need = 0;
}

/* Whether the tail is still unfinished with these bytes behind it. Looks at no byte of the tail
 * again: a sender of single bytes must not cost a search of the whole line for each. */
static bool tail_goes_on(const struct frame *f, const struct framing *framing, const char *bytes,
                         size_t len)
{
    if (f->need)
        return f->tail_len + len < f->need;
    return f->tail_len > COUNT_LOOK + 2 && f->tail_len + len <= framing->max &&
           !line_end(f, bytes, bytes + len);
}

static enum frame_status feed(struct frame *f, struct framing *framing, char *bytes, size_t len)
{
    const char *p = bytes, *end = bytes + len;
    if (f->tail_len) {
        if (tail_goes_on(f, framing, bytes, len)) {
            if (append_tail(f, framing, bytes, len))
                return FRAME_OK;
            frame_end(f, framing);
            return FRAME_NO_MEMORY;
        }
        bytes -= f->tail_len;
        memcpy(bytes, f->tail, f->tail_len);
        p = bytes;
        /* A counted frame in the tail is decided already: its count is seen as it was. */
        frame_close(f, framing);
    }
    while (p < end) {
        if (f->skip || f->skip_line) {
            p = skip_rest(f, p, end);
            continue;
        }
        p = take_lines(f, framing, p, end);
        if (p == end)
            break;
        size_t count = 0, header = 0;
        const char *next = NULL;
        switch (look(f, p, end, &count, &header)) {
        case KIND_LINE:
            next = take_line(f, framing, p, end);
            break;
        case KIND_COUNTED:
            next = take_counted(f, framing, p, end, count, header);
            break;
        case KIND_STRAY_END:
            next = p + 1;
            break;
        case KIND_MALFORMED:
            return FRAME_MALFORMED;
        case KIND_UNKNOWN:
            break;
        }
        if (!next && append_tail(f, framing, p, (size_t)(end - p)))
            return FRAME_OK;
        if (!next) {
            deliver(framing, p + header, (size_t)(end - p) - header, true);
            framing->unfinished++;
            return FRAME_NO_MEMORY;
        }
        p = next;
    }
    return FRAME_OK;
}

enum frame_status frame_feed(struct frame *f, struct framing *framing, char *bytes, size_t len)
{
    enum frame_status status = feed(f, framing, bytes, len);
    framing->delivered(framing->context);
    return status;
}

void frame_end(struct frame *f, struct framing *framing)
{
    if (f->skip || f->skip_line)
        framing->unfinished++;
    f->skip = 0;
    f->skip_line = false;
    if (!f->tail_len)
        return;
    size_t count, header = 0;
    uint64_t empty = framing->empty;
    /* The kind is asked again: a tail of digits that never became a count is a line. */
    if (look(f, f->tail, f->tail + f->tail_len, &count, &header) == KIND_COUNTED)
        deliver(framing, f->tail + header, f->tail_len - header, true);
    else if (f->counting && f->tail[0] != '<')
        framing->empty++; /* the beginning of a count, without a body */
    else
        deliver_line(framing, f->tail, f->tail_len);
    framing->unfinished += framing->empty == empty;
    framing->delivered(framing->context);
    frame_close(f, framing);
}
