/*
 * Headers that are known already, byte for byte. A header is remembered only where what was made of
 * it can depend on nothing but its own bytes and a few behind it, which must be the same too: before
 * Cisco's mark, the number and comma of PAN-OS, and Check Point's bracket.
 */
#include "parsers/syslog_reading.h"

#define HASHED 32 /* the first bytes; hosts of a few letters stand within */
#define LEAST  20 /* a shorter header has no stamp, and costs little */

static inline uint64_t word_of(const char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof(word));
    return word;
}

static inline size_t slot_of(const char *p)
{
    const uint64_t odd = UINT64_C(0x9e3779b97f4a7c15);
    uint64_t h = word_of(p) + word_of(p + 8) * 3 + word_of(p + 16) * 7;
    return (h * odd ^ word_of(p + 24) * odd) >> 56;
}

static inline bool same_bytes(const char *a, const char *b, size_t len)
{
    uint64_t differ = word_of(a + len - 8) ^ word_of(b + len - 8);
    for (size_t i = 0; i + 8 < len; i += 8)
        differ |= word_of(a + i) ^ word_of(b + i);
    return differ == 0;
}

static inline struct slice piece(struct slice text, size_t at, struct slice length_of)
{
    return length_of.len ? slice_make(text.ptr + at, length_of.len) : SLICE_NONE;
}

bool syslog_recall(const struct syslog_memory *memory, struct slice text, const struct zone *zone,
                   int64_t arrival_ms, struct syslog *out)
{
    if (text.len < SYSLOG_REMEMBERED)
        return false;
    const struct syslog_known *known = &memory->known[slot_of(text.ptr)];
    if (!known->len || known->zone != zone || known->arrival_ms != arrival_ms ||
        !same_bytes(known->text, text.ptr, known->len))
        return false;
    const struct syslog *header = &known->header;
    out->form = header->form;
    out->has_pri = header->has_pri;
    out->has_time = header->has_time;
    out->facility = header->facility;
    out->severity = header->severity;
    out->time_ms = header->time_ms;
    out->host = piece(text, known->host_at, header->host);
    out->app = piece(text, known->app_at, header->app);
    out->procid = piece(text, known->procid_at, header->procid);
    out->msgid = piece(text, known->msgid_at, header->msgid);
    out->structured_data = SLICE_NONE;
    out->body = slice_from(text, known->body_at);
    return true;
}

/* How many bytes of the body its header's reading has seen, 0 when that may be any number. Cisco's
 * and PAN-OS's are known by two. Brackets are no structured data (RFC 5424 section 6.3) as soon as a
 * quote follows their first word. */
static size_t bytes_seen(const struct syslog *header)
{
    struct slice body = header->body;
    if (is_cisco(body) || (body.len > 1 && is_digit(body.ptr[0]) && body.ptr[1] == ','))
        return 2;
    if (header->form != SYSLOG_RFC5424 || body.len < SYSLOG_REMEMBERED || body.ptr[0] != '[')
        return 0;
    for (size_t i = 1; i < SYSLOG_REMEMBERED; i++) {
        char c = body.ptr[i];
        if (c == '"')
            return i > 1 ? i + 1 : 0;
        if (c <= ' ' || c == ']' || c == '=')
            return 0;
    }
    return 0;
}

void syslog_remember(struct syslog_memory *memory, struct slice text, const struct zone *zone,
                     int64_t arrival_ms, const struct syslog *header)
{
    size_t body_at = (size_t)(header->body.ptr - text.ptr), seen = 0;
    if (text.len >= SYSLOG_REMEMBERED && body_at >= LEAST && !header->structured_data.len)
        seen = bytes_seen(header);
    if (seen == 0 || body_at + seen > SYSLOG_REMEMBERED)
        return;
    struct syslog_known *known = &memory->known[slot_of(text.ptr)];
    memcpy(known->text, text.ptr, SYSLOG_REMEMBERED);
    known->len = (uint8_t)(body_at + seen);
    known->body_at = (uint8_t)body_at;
    known->host_at = header->host.len ? (uint8_t)(header->host.ptr - text.ptr) : 0;
    known->app_at = header->app.len ? (uint8_t)(header->app.ptr - text.ptr) : 0;
    known->procid_at = header->procid.len ? (uint8_t)(header->procid.ptr - text.ptr) : 0;
    known->msgid_at = header->msgid.len ? (uint8_t)(header->msgid.ptr - text.ptr) : 0;
    known->zone = zone;
    known->arrival_ms = arrival_ms;
    known->header = *header;
}
