/* Any bytes as a message: the header's pieces lie inside it, and the body is its end. */
#include "parsers/syslog.h"

#include <stdio.h>
#include <stdlib.h>

#define ARRIVAL_MS INT64_C(1795251600000) /* 2026-11-21T09:00:00Z */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool holds)
{
    if (!holds)
        abort();
}

static void inside(struct slice s, struct slice message)
{
    demand(s.ptr != NULL);
    demand(s.len == 0 || (s.ptr >= message.ptr && slice_end(s) <= slice_end(message)));
}

static void same(struct slice a, struct slice b)
{
    demand(a.len == b.len && (a.len == 0 || a.ptr == b.ptr));
}

static void check(struct slice message, const struct zone *zone)
{
    struct syslog h;
    char time[TIMESTAMP_TEXT_LEN];
    memset(&h, 0x5a, sizeof(h));
    syslog_parse(message, zone, ARRIVAL_MS, NULL, &h);
    static struct syslog_memory memory;
    struct syslog again;
    memset(&again, 0x5a, sizeof(again));
    syslog_parse(message, zone, ARRIVAL_MS, &memory, &again);
    demand(again.form == h.form && again.has_pri == h.has_pri && again.has_time == h.has_time &&
           again.facility == h.facility && again.severity == h.severity &&
           again.time_ms == h.time_ms);
    same(again.host, h.host);
    same(again.app, h.app);
    same(again.procid, h.procid);
    same(again.msgid, h.msgid);
    same(again.structured_data, h.structured_data);
    same(again.body, h.body);
    inside(h.host, message);
    inside(h.app, message);
    inside(h.procid, message);
    inside(h.msgid, message);
    inside(h.structured_data, message);
    inside(h.body, message);
    demand(h.form <= SYSLOG_EPOCH && h.facility <= 23 && h.severity <= 7);
    demand(h.has_pri || h.facility + h.severity == 0);
    if (h.has_time)
        demand(timestamp_format(time, h.time_ms) == time + TIMESTAMP_TEXT_LEN);
    /* Nothing but padding, in bytes or in escapes, may be missing at the end. */
    for (const char *p = slice_end(h.body); h.body.len && p < slice_end(message); p++)
        demand(*p == '\0' || strchr(" \t\r\n#0125", *p));
    demand(h.body.len == 0 || (h.body.ptr[0] != ' ' && h.body.ptr[0] != '\t'));
}

/* The zone with the most trouble in it; NULL where the system has none. Kept until the end. */
static const struct zone *some_zone(void)
{
    static struct zone *zone;
    static bool tried;
    if (!tried) {
        static char bytes[65536];
        FILE *f = fopen("/usr/share/zoneinfo/Europe/Berlin", "rb");
        if (f) {
            zone = zone_new(bytes, fread(bytes, 1, sizeof(bytes), f));
            fclose(f);
        }
        tried = true;
    }
    return zone;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice message = slice_make(data ? (const char *)data : "", size);
    check(message, NULL);
    check(message, some_zone());
    if (size >= 44 && memcmp(data, "TZif", 4) == 0) {
        struct zone *zone = zone_new(data, size);
        for (int i = 0; zone && i < 64; i++)
            zone_to_utc(zone, (i - 32) * INT64_C(8000000000000));
        zone_free(zone);
    }
    return 0;
}
