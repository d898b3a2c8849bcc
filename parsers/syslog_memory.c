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

/* Where a piece of the header stands; all of it lies within what is remembered. */
static void place(struct slice text, struct slice piece, uint8_t *at, uint8_t *len)
{
    *at = piece.len ? (uint8_t)(piece.ptr - text.ptr) : 0;
    *len = (uint8_t)piece.len;
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
    struct syslog_known *known = &memory->known[syslog_slot(text.ptr, first)];
    memcpy(known->text, text.ptr, SYSLOG_REMEMBERED);
    known->len = (uint8_t)(len > sizeof(first) ? len : sizeof(first));
    known->body_at = (uint8_t)body_at;
    place(text, header->host, &known->host_at, &known->host_len);
    place(text, header->app, &known->app_at, &known->app_len);
    place(text, header->procid, &known->procid_at, &known->procid_len);
    place(text, header->msgid, &known->msgid_at, &known->msgid_len);
    known->zone = zone;
    known->arrival_ms = arrival_ms;
    memcpy(known->said, header, sizeof(known->said));
}
