/* The syslog header's rarer parts. */
#include "server/forward/cef_head.h"

#include "parsers/text/timestamp.h"

/* Names of hosts as RFC 5424 takes them: visible ASCII only. */
char *cef_put_odd_hostname(char *p, struct slice host)
{
    host = slice_first(host, 255);
    size_t plain = plain_copy(p, host.ptr, host.len, ' ');
    for (size_t i = plain; i < host.len; i++)
        p[i] = (unsigned)(host.ptr[i] - '!') < 94 ? host.ptr[i] : '_';
    if (host.len == 0)
        *p++ = '-';
    return p + host.len;
}

/* "Nov 21 08:56:00" of RFC 3164, from the form of RFC 3339. */
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
    return p + 15;
}

void cef_renew_stamp(struct cef_stamp *stamp, enum cef_header header, unsigned number, int64_t ms)
{
    char iso[TIMESTAMP_TEXT_LEN], *p = stamp->text;
    stamp->part = (uint16_t)((ms % 1000 + 1000) % 1000);
    stamp->begin_ms = (int64_t)((uint64_t)ms - stamp->part);
    stamp->header = (uint8_t)header;
    timestamp_format(iso, ms);
    *p++ = '<';
    p = digits_octet(p, number);
    *p++ = '>';
    if (header == CEF_HEADER_RFC5424) {
        *p++ = '1';
        *p++ = ' ';
        memcpy(p, iso, TIMESTAMP_TEXT_LEN);
        p += TIMESTAMP_TEXT_LEN;
        stamp->behind_host = sizeof(CEF_BEHIND_HOST) - 1;
    } else {
        p = put_bsd_time(p, iso);
        stamp->behind_host = 1;
    }
    *p++ = ' ';
    stamp->len = (uint8_t)(p - stamp->text);
}
