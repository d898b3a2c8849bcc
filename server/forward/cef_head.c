/* The syslog header in front of CEF's own. */
#include "parsers/text/timestamp.h"
#include "server/forward/cef_memory.h"

/* CEF's 0 to 10 as syslog's 7 (debug) to 0 (emergency): RFC 5424 table 2. */
static const uint8_t syslog_severity[11] = {6, 6, 6, 5, 5, 4, 4, 3, 3, 2, 2};

/* Names of hosts as RFC 5424 takes them: visible ASCII only. */
static __attribute__((noinline)) char *put_odd_hostname(char *p, struct slice host)
{
    host = slice_first(host, 255);
    size_t plain = plain_copy(p, host.ptr, host.len, ' ');
    for (size_t i = plain; i < host.len; i++)
        p[i] = (unsigned)(host.ptr[i] - '!') < 94 ? host.ptr[i] : '_';
    if (host.len == 0)
        *p++ = '-';
    return p + host.len;
}

static inline char *put_hostname(char *p, struct plain_blocks blocks, struct slice host)
{
    if (host.len - 1 < PLAIN_BLOCK && plain_has_block(blocks, host.ptr) &&
        plain_copy_block(p, host.ptr, host.len, ' '))
        return p + host.len;
    return put_odd_hostname(p, host);
}

/* "Nov 21 08:56:00 " of RFC 3164, from the form of RFC 3339. */
static char *put_bsd_time(char *p, const char *iso)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int month = (iso[5] - '0') * 10 + iso[6] - '1';
    memcpy(p, months + 3 * (month >= 0 && month < 12 ? month : 0), 3);
    p[3] = ' ';
    p[4] = iso[8] == '0' ? ' ' : iso[8];
    p[5] = iso[9];
    p[6] = ' ';
    memcpy(p + 7, iso + 11, 8);
    p[15] = ' ';
    return p + 16;
}

/* As RFC 3339 has it; most often in the same second as the line before. Before 1970 seconds and
 * their parts are not counted the same way. */
static inline void put_stamp(char *p, struct cef_second *second, int64_t ms)
{
    uint64_t part = (uint64_t)ms - (uint64_t)second->begin_ms;
    if (__builtin_expect(part >= 1000, 0)) {
        timestamp_format(p, ms);
        if (ms >= 0) {
            memcpy(second->text, p, TIMESTAMP_TEXT_LEN);
            second->begin_ms = ms - ms % 1000;
        }
        return;
    }
    memcpy(p, second->text, TIMESTAMP_TEXT_LEN);
    cef_put_millis(p + 20, (unsigned)part);
}

void cef_put_syslog_header(struct cef_writer *w, const struct cef_format *format, int64_t time_ms,
                           struct slice host, unsigned severity)
{
    static const char nobody[] = " parapet - - - ";
    char *p = w->p, iso[TIMESTAMP_TEXT_LEN];
    *p++ = '<';
    p = digits_octet(p, format->facility * 8 + syslog_severity[severity]);
    *p++ = '>';
    if (format->header == CEF_HEADER_RFC5424) {
        *p++ = '1';
        *p++ = ' ';
        put_stamp(p, &format->memory->stamp, time_ms);
        p += TIMESTAMP_TEXT_LEN;
        *p++ = ' ';
        p = put_hostname(p, w->blocks, host);
        memcpy(p, nobody, sizeof(nobody) - 1);
        w->p = p + sizeof(nobody) - 1;
    } else {
        put_stamp(iso, &format->memory->stamp, time_ms);
        p = put_hostname(put_bsd_time(p, iso), w->blocks, host);
        *p++ = ' ';
        w->p = p;
    }
}
