/*
 * CEF lines, written once, straight into the batch: the syslog header, CEF's header, the pairs, and
 * the frame around them.
 */
#include "server/forward/cef.h"

#include <stdlib.h>

#include "server/forward/cef_head.h"
#include "server/forward/cef_kind.h"

struct cef_memory *cef_memory_new(void)
{
    struct cef_memory *memory = calloc(1, sizeof(*memory));
    if (!memory)
        return NULL;
    memory->count_len = 4;
    memory->kind = memory->kinds;
    memory->time.begin_ms = memory->device_time.begin_ms = INT64_MIN;
    for (size_t i = 0; i < CEF_STAMPS; i++)
        memory->stamps[i].begin_ms = INT64_MIN;
    return memory;
}

void cef_memory_free(struct cef_memory *memory)
{
    free(memory);
}

/* What a line is made of. */
struct line {
    const struct cef_format *format;
    const struct alert *alert;   /* NULL: an event */
    const struct record *record; /* the event */
    const char *status;          /* of unparsed messages, with their text */
    struct slice raw;
};

/* What an output's aggregation and sampling have made of it. */
static __attribute__((noinline)) void put_repeats(struct cef_writer *w, const struct record *r)
{
    if (r->count > 1) {
        CEF_PUT(w, " cnt=");
        cef_put_number(w, r->count);
        CEF_PUT(w, " start=");
        cef_put_time(w, r->first_ms);
        CEF_PUT(w, " end=");
        cef_put_time(w, r->last_ms);
    }
    if (r->sample_rate > 1) {
        CEF_PUT(w, " flexNumber1Label=Sample Rate flexNumber1=");
        cef_put_number(w, r->sample_rate);
    }
}

/* In the last round: as many as there is room for. */
static __attribute__((noinline)) void put_fitting_fields(struct cef_writer *w,
                                                         const struct cef_format *format,
                                                         const struct record *r)
{
    for (uint64_t left = r->has; left && w->p <= w->stop; left &= left - 1)
        cef_put_fields(w, format, r, left & -left);
}

static inline __attribute__((always_inline)) void write_event(struct cef_writer *w,
                                                              const struct line *line)
{
    const struct cef_format *format = line->format;
    const struct record *r = line->record;
    unsigned severity = record_severity(r);
    w->blocks = plain_blocks_of(r->source);
    if (format->header != CEF_HEADER_NONE)
        cef_put_syslog_header(w, format, RECORD_HAS(r, time) ? r->time : 0,
                              RECORD_HAS(r, host) ? r->host : SLICE_NONE, severity);
    char *pipe = cef_put_beginning(w, format->memory, r, severity, line->status);
    if (__builtin_expect(w->text_limit > CEF_LAST_ROUND, 1))
        cef_put_fields(w, format, r, r->has);
    else
        put_fitting_fields(w, format, r);
    if (RECORD_HAS(r, extra) && format->keep_unmapped)
        cef_put_extras(w, format->memory, r);
    if (__builtin_expect((r->count | r->sample_rate) > 1, 0))
        put_repeats(w, r);
    if (line->status) {
        CEF_PUT(w, " ParapetParseStatus=");
        cef_put_raw(w, line->status, strlen(line->status));
    }
    if (__builtin_expect(w->cut || r->cut, 0))
        CEF_PUT(w, " ParapetCut=1");
    if (line->status)
        cef_put_text_field(w, FIELD_message, line->raw);
    else if (RECORD_HAS(r, message))
        cef_put_text_field(w, FIELD_message, r->message);
    if (w->p == pipe)
        w->p++;
    *pipe = '|';
}

static inline __attribute__((always_inline)) void write_once(struct cef_writer *w,
                                                             const struct line *line)
{
    if (line->alert) {
        w->blocks = plain_blocks_of(SLICE_NONE); /* its texts stand elsewhere */
        cef_put_alert(w, line->format, line->alert);
    } else {
        write_event(w, line);
    }
}

/* Octet counting (RFC 6587) needs the length in front of what is not written yet: room for as many
 * digits as the line before had is left, and the line moved where that was wrong. */
static char *frame_counted(struct cef_memory *memory, char *begin, char *body, char *end)
{
    char count[DIGITS_MAX];
    size_t body_len = (size_t)(end - body);
    char *p = body_len <= UINT16_MAX ? digits_format_16(count, (uint32_t)body_len)
                                     : digits_format(count, body_len);
    *p++ = ' ';
    size_t len = (size_t)(p - count);
    if (begin + len != body)
        memmove(begin + len, body, body_len);
    if (__builtin_expect(len == 4, 1))
        memcpy(begin, count, 4);
    else
        memcpy(begin, count, len);
    memory->count_len = (uint8_t)len;
    return begin + len + body_len;
}

/* Longest texts first: each round leaves less of every text, until the line is short enough. */
#define LAST_PIECES 256 /* what still follows the fields in the last round: marks and msg */
static const uint16_t rounds[] = {512, 128, 32, CEF_LAST_ROUND};

/* A line that was too long in the first round, in which texts are as long as their keys take. Behind
 * `stop` no pair begins: the line is too long anyway, and in the last round for good. */
static __attribute__((noinline)) void write_shorter(struct cef_writer *w, const struct line *line,
                                                    char *body)
{
    size_t most = line->format->max_message_size;
    for (size_t i = 0; i < sizeof(rounds) / sizeof(rounds[0]); i++) {
        w->p = body;
        w->text_limit = rounds[i];
        w->cut = true;
        if (rounds[i] == CEF_LAST_ROUND && most > LAST_PIECES)
            w->stop = body + most - LAST_PIECES;
        write_once(w, line);
        if ((size_t)(w->p - body) <= most)
            break;
    }
}

static inline __attribute__((always_inline)) bool write_line(const struct line *line,
                                                             struct batch *out)
{
    const struct cef_format *format = line->format;
    bool counted = format->framing == CEF_FRAME_OCTET_COUNTING;
    char *begin = out->bytes + out->len;
    char *body = begin + (counted ? format->memory->count_len : 0);
    struct cef_writer w;

    w.p = body;
    w.stop = out->bytes + sizeof(out->bytes) - CEF_ROOM;
    w.text_limit = CEF_TEXT_MAX;
    w.cut = false;
    write_once(&w, line);
    if (__builtin_expect((size_t)(w.p - body) > format->max_message_size, 0)) {
        struct line again = *line;
        write_shorter(&w, &again, body);
    }
    if (counted)
        w.p = frame_counted(format->memory, begin, body, w.p);
    else if (format->framing == CEF_FRAME_NEWLINE)
        *w.p++ = '\n';
    out->len = (size_t)(w.p - out->bytes);
    out->ends[out->count++] = (uint32_t)out->len;
    return w.cut;
}

bool cef_event(const struct cef_format *format, const struct record *r, struct batch *out)
{
    struct line line = {.format = format, .record = r};
    out->events++;
    return write_line(&line, out);
}

bool cef_unparsed(const struct cef_format *format, const struct record *r, const char *status,
                  struct slice raw, struct batch *out)
{
    struct line line = {.format = format, .record = r, .status = status, .raw = raw};
    out->events++;
    return write_line(&line, out);
}

bool cef_alert(const struct cef_format *format, const struct alert *alert, struct batch *out)
{
    struct line line = {.format = format, .alert = alert};
    out->alerts++;
    return write_line(&line, out);
}
