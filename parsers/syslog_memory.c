/*
 * Headers that are known already, byte for byte. A header is remembered only where what was made of
 * it can depend on nothing but its own bytes and a few behind it, which must be the same too: before
 * Cisco's mark, the number and comma of PAN-OS, and Check Point's bracket.
 */
#include "parsers/syslog_memory.h"

#include "parsers/syslog_reading.h"

#define LEAST 20 /* a shorter header has no stamp, and costs little */

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
    size_t len = body_at + seen;
    struct syslog_first first = syslog_first(text.ptr);
    struct syslog_known *known = &memory->known[syslog_slot(first)];
    memcpy(known->text, text.ptr, SYSLOG_REMEMBERED);
    known->len = (uint8_t)(len > sizeof(first) ? len : sizeof(first));
    known->body_at = (uint8_t)body_at;
    known->host_at = header->host.len ? (uint8_t)(header->host.ptr - text.ptr) : 0;
    known->app_at = header->app.len ? (uint8_t)(header->app.ptr - text.ptr) : 0;
    known->procid_at = header->procid.len ? (uint8_t)(header->procid.ptr - text.ptr) : 0;
    known->msgid_at = header->msgid.len ? (uint8_t)(header->msgid.ptr - text.ptr) : 0;
    known->zone = zone;
    known->arrival_ms = arrival_ms;
    known->header = *header;
}
