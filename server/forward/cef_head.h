/*
 * The syslog header in front of CEF's own. Up to the host's name it is that of a line before, but for a
 * part of a second. Here is what every line goes through; new seconds and odd names are in cef_head.c.
 */
#pragma once

#include "server/forward/cef_memory.h"

#define CEF_BEHIND_HOST " parapet - - - " /* of which RFC 3164 has the blank */

/* Writes a stamp anew: for another second, or in another form. */
void cef_renew_stamp(struct cef_stamp *stamp, enum cef_header header, unsigned number, int64_t ms);

/* A name that is empty, or long, or not known to be plain. */
char *cef_put_odd_hostname(char *p, struct slice host);

static inline char *cef_put_hostname(char *p, struct plain_blocks blocks, struct slice host)
{
    if (__builtin_expect(host.len - 1 < PLAIN_BLOCK && plain_has_block(blocks, host.ptr), 1) &&
        __builtin_expect(plain_copy_block(p, host.ptr, host.len, ' '), 1))
        return p + host.len;
    return cef_put_odd_hostname(p, host);
}

/* "<134>1 2026-11-21T08:56:00.000Z host parapet - - - "; severity is CEF's. */
static inline __attribute__((always_inline)) void cef_put_syslog_header(
    struct cef_writer *w, const struct cef_format *format, int64_t time_ms, struct slice host,
    unsigned severity)
{
    /* CEF's 0 to 10 as syslog's 7 (debug) to 0 (emergency): RFC 5424 table 2. */
    static const uint8_t syslog_severity[11] = {6, 6, 6, 5, 5, 4, 4, 3, 3, 2, 2};
    const unsigned number = format->facility * 8 + syslog_severity[severity];
    struct cef_stamp *stamp = &format->memory->stamps[number];
    uint64_t part = (uint64_t)time_ms - (uint64_t)stamp->begin_ms;
    char *p = w->p;
    if (__builtin_expect(part >= 1000 || stamp->header != format->header, 0)) {
        cef_renew_stamp(stamp, format->header, number, time_ms);
        part = stamp->part;
    }
    memcpy(p, stamp->text, CEF_STAMP_MAX);
    p += stamp->len;
    if (part != stamp->part && format->header == CEF_HEADER_RFC5424) {
        stamp->part = (uint16_t)part;
        cef_put_millis(stamp->text + stamp->len - 5, stamp->part);
        cef_put_millis(p - 5, stamp->part);
    }
    p = cef_put_hostname(p, w->blocks, host);
    memcpy(p, CEF_BEHIND_HOST, sizeof(CEF_BEHIND_HOST) - 1);
    w->p = p + stamp->behind_host;
}
