/* Stamps and zones: rows of text and what becomes of it, and every way in which they can be cut. */
#include "parsers/text/timestamp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

enum reader { ISO, BSD, SLASHED, EPOCH };

static int64_t utc(int year, int month, int day, int hour, int minute, int second)
{
    return ((timestamp_days(year, month, day) * 24 + hour) * 60 + minute) * 60000 + second * 1000;
}

static struct zone *zone_named(const char *name)
{
    char path[256];
    snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", name);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    char *bytes = malloc(65536);
    size_t len = fread(bytes, 1, 65536, f);
    fclose(f);
    bytes = realloc(bytes, len);
    struct zone *zone = zone_new(bytes, len);
    free(bytes);
    assert_non_null(zone);
    return zone;
}

static bool read_stamp(enum reader reader, struct cursor *c, const struct zone *zone,
                       int64_t arrival_ms, int64_t *ms)
{
    switch (reader) {
    case ISO:
        return timestamp_iso(c, zone, ms);
    case BSD:
        return timestamp_bsd(c, zone, arrival_ms, ms);
    case SLASHED:
        return timestamp_slashed(c, zone, ms);
    default:
        return timestamp_epoch(c, ms);
    }
}

/* `expected` NULL: no stamp, and the cursor has not moved. `rest` is what must be left over. */
static void check(enum reader reader, const char *text, const struct zone *zone, int64_t arrival_ms,
                  const char *expected, const char *rest)
{
    size_t len = strlen(text);
    for (size_t n = len + 1; n-- > 0;) {
        char *block = malloc(n ? n : 1), got[TIMESTAMP_TEXT_LEN + 1];
        memcpy(block, text, n);
        struct cursor c = cursor_over(slice_make(block, n));
        int64_t ms = -77;
        bool ok = read_stamp(reader, &c, zone, arrival_ms, &ms);
        if (!ok)
            assert_true(ms == -77 && c.rest.ptr == block && c.rest.len == n && !c.bad);
        if (n == len && ok != (expected != NULL))
            fail_msg("%s: %s", text, ok ? "was read" : "was not read");
        if (n == len && ok) {
            *timestamp_format(got, ms) = '\0';
            if (strcmp(got, expected))
                fail_msg("%s: %s instead of %s", text, got, expected);
            if (!slice_is(c.rest, rest))
                fail_msg("%s: left over: %.*s", text, (int)c.rest.len, c.rest.ptr);
        }
        free(block);
    }
}

static void forms(void **state)
{
    (void)state;
    static const struct {
        enum reader reader;
        const char *text, *expected, *rest;
    } rows[] = {
        {ISO, "2026-11-21T08:56:00Z fw", "2026-11-21T08:56:00.000Z", " fw"},
        {ISO, "2026-11-21 08:56:00", "2026-11-21T08:56:00.000Z", ""},
        {ISO, "2026-11-21T08:56:00.5", "2026-11-21T08:56:00.500Z", ""},
        {ISO, "2026-11-21T08:56:00.123456789+01:00", "2026-11-21T07:56:00.123Z", ""},
        {ISO, "2026-11-21T08:56:00.999999999999-0530 x", "2026-11-21T14:26:00.999Z", " x"},
        {ISO, "2026-11-21T08:56:00. x", "2026-11-21T08:56:00.000Z", ". x"},
        {ISO, "2026-11-21T23:59:60Z", "2026-11-22T00:00:00.000Z", ""},
        {ISO, "2028-02-29T00:00:00Z", "2028-02-29T00:00:00.000Z", ""},
        {ISO, "0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000Z", ""},
        {ISO, "0000-02-29T00:00:00Z", "0000-02-29T00:00:00.000Z", ""},
        {ISO, "9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z", ""},
        {ISO, "9999-12-31T23:59:59-23:59", "9999-12-31T23:59:59.999Z", ""},
        {ISO, "2027-02-29T00:00:00Z", NULL, NULL},
        {ISO, "2100-02-29T00:00:00Z", NULL, NULL},
        {ISO, "2026-13-01T00:00:00Z", NULL, NULL},
        {ISO, "2026-00-01T00:00:00Z", NULL, NULL},
        {ISO, "2026-04-31T00:00:00Z", NULL, NULL},
        {ISO, "2026-04-00T00:00:00Z", NULL, NULL},
        {ISO, "2026-04-01T24:00:00Z", NULL, NULL},
        {ISO, "2026-04-01T00:60:00Z", NULL, NULL},
        {ISO, "2026-04-01T00:00:61Z", NULL, NULL},
        {ISO, "2026-04-01T00:00:00+99:99", NULL, NULL},
        {ISO, "2026-04-01T00:00:00+1", NULL, NULL},
        {ISO, "2026-04-01T00:00:00--5:00", NULL, NULL},
        {ISO, "2026-04-01T", NULL, NULL},
        {ISO, "2O26-04-01T00:00:00Z", NULL, NULL},
        {ISO, "", NULL, NULL},
        {BSD, "Nov 21 08:56:00 fw-1", "2026-11-21T08:56:00.000Z", " fw-1"},
        {BSD, "Nov  1 08:56:00", "2026-11-01T08:56:00.000Z", ""},
        {BSD, "Nov 1 08:56:00:", "2026-11-01T08:56:00.000Z", ":"},
        {BSD, "Nov 01 2019 08:56:00 fw", "2019-11-01T08:56:00.000Z", " fw"},
        {BSD, "Nov 21 08:56:00 2019 fw", "2019-11-21T08:56:00.000Z", " fw"},
        {BSD, "2019 Nov 21 08:56:00 fw", "2019-11-21T08:56:00.000Z", " fw"},
        {BSD, "Nov 21 08:56:00.407: %", "2026-11-21T08:56:00.407Z", ": %"},
        {BSD, "Nov 21 08:56:00 EDT: %", "2026-11-21T08:56:00.000Z", ": %"},
        {BSD, "Nov 21 08:56:00.1 UTC 2020 fw", "2020-11-21T08:56:00.100Z", " fw"},
        {BSD, "Nov 21 08:56:00Z fw", "2026-11-21T08:56:00.000Z", " fw"},
        {BSD, "Nov 21 08:56:00 EDGE fw", "2026-11-21T08:56:00.000Z", " EDGE fw"},
        {BSD, "Nov 21 08:56:00 CET-1 fw", "2026-11-21T08:56:00.000Z", " CET-1 fw"},
        {BSD, "Nov 21 08:56:00 1,2026/11/21", "2026-11-21T08:56:00.000Z", " 1,2026/11/21"},
        {BSD, "Nov 21 08:56:00 9999 x", "2026-11-21T08:56:00.000Z", " 9999 x"},
        {BSD, "Nov 22 08:00:00", "2026-11-22T08:00:00.000Z", ""}, /* less than a day ahead */
        {BSD, "Nov 22 10:00:00", "2025-11-22T10:00:00.000Z", ""}, /* more than a day ahead */
        {BSD, "Dec 31 23:59:60", "2026-01-01T00:00:00.000Z", ""},
        {BSD, "Feb 29 12:00:00", "2024-02-29T12:00:00.000Z", ""},
        {BSD, "Feb 30 12:00:00", NULL, NULL},
        {BSD, "Feb 29 2026 12:00:00", NULL, NULL},
        {BSD, "May 00 00:00:00", NULL, NULL},
        {BSD, "May 32 00:00:00", NULL, NULL},
        {BSD, "Mai 01 00:00:00", NULL, NULL},
        {BSD, "Nov 21 24:00:00", NULL, NULL},
        {BSD, "Nov 21 8:56", NULL, NULL},
        {BSD, "Nov 21", NULL, NULL},
        {BSD, "November 21 08:56:00", NULL, NULL},
        {SLASHED, "2026/11/21 08:56:00,x", "2026-11-21T08:56:00.000Z", ",x"},
        {SLASHED, "2026:11:21-08:56:00 utm", "2026-11-21T08:56:00.000Z", " utm"},
        {SLASHED, "2026:1:2-08:56:00 utm", "2026-01-02T08:56:00.000Z", " utm"},
        {SLASHED, "2026/11:21 08:56:00", NULL, NULL},
        {SLASHED, "2026/00/00 00:00:00", NULL, NULL},
        {SLASHED, "2026:11:21 08:56:00", NULL, NULL},
        {SLASHED, "2026/11/21 ", NULL, NULL},
        {EPOCH, "1795251360 x", "2026-11-21T08:56:00.000Z", " x"},
        {EPOCH, "1795251360.123456789 x", "2026-11-21T08:56:00.123Z", " x"},
        {EPOCH, "1795251360.123456789", "2026-11-21T08:56:00.123Z", ""},
        {EPOCH, "1795251360.1234567890 x", "2026-11-21T08:56:00.123Z", " x"},
        {EPOCH, "1795251360.987654321x", "2026-11-21T08:56:00.987Z", "x"},
        {EPOCH, "1795251360.12345678x9", "2026-11-21T08:56:00.123Z", "x9"},
        {EPOCH, "1795251360.12x456789 x", "2026-11-21T08:56:00.120Z", "x456789 x"},
        {EPOCH, "1795251360.x23456789 x", "2026-11-21T08:56:00.000Z", ".x23456789 x"},
        {EPOCH, "17952513601.123456789", "2538-11-22T17:20:01.123Z", ""},
        {EPOCH, "179525x360.123456789 x", NULL, NULL},
        {EPOCH, "948077334.5", "2000-01-17T02:48:54.500Z", ""},
        {EPOCH, "1795251360123", "2026-11-21T08:56:00.123Z", ""},
        {EPOCH, "12345678", NULL, NULL},
        {EPOCH, "17952513601234", NULL, NULL},
        {EPOCH, "x1795251360", NULL, NULL},
    };
    int64_t arrival = utc(2026, 11, 21, 9, 0, 0);
    for (size_t i = 0; i < COUNT(rows); i++)
        check(rows[i].reader, rows[i].text, NULL, arrival, rows[i].expected, rows[i].rest);
}

static void years(void **state)
{
    (void)state;
    struct zone *kiritimati = zone_named("Pacific/Kiritimati"); /* 14 hours ahead */
    check(BSD, "Dec 31 23:59:59", NULL, utc(2027, 1, 1, 0, 0, 5), "2026-12-31T23:59:59.000Z", "");
    check(BSD, "Jan  1 00:00:01", NULL, utc(2026, 12, 31, 23, 59, 0), "2027-01-01T00:00:01.000Z",
          "");
    check(BSD, "Jan  2 00:00:01", NULL, utc(2026, 12, 31, 23, 59, 0), "2026-01-02T00:00:01.000Z",
          "");
    check(BSD, "Jan  1 08:00:00", kiritimati, utc(2026, 12, 31, 18, 0, 0),
          "2026-12-31T18:00:00.000Z", "");
    check(BSD, "Dec 31 08:00:00 GMT", kiritimati, utc(2026, 12, 31, 8, 0, 0),
          "2026-12-31T08:00:00.000Z", "");
    check(BSD, "Feb 29 08:00:00", NULL, utc(2028, 2, 29, 8, 0, 0), "2028-02-29T08:00:00.000Z", "");
    check(BSD, "Feb 29 08:00:00", NULL, utc(2028, 2, 1, 8, 0, 0), "2024-02-29T08:00:00.000Z", "");
    check(BSD, "Feb 29 08:00:00", NULL, utc(2102, 6, 1, 8, 0, 0), NULL, NULL);
    check(BSD, "Jun  1 08:00:00", NULL, INT64_MAX, "9999-06-01T08:00:00.000Z", "");
    check(BSD, "Jan  1 08:00:00", NULL, INT64_MIN, "1970-01-01T08:00:00.000Z", "");
    for (int year = 1971; year < 2400; year++) {
        char expected[32], stamp[] = "Dec 31 12:00:00";
        snprintf(expected, sizeof(expected), "%d-12-31T12:00:00.000Z", year);
        check(BSD, stamp, NULL, utc(year + 1, 1, 1, 0, 0, 0), expected, "");
        check(BSD, stamp, NULL, utc(year, 12, 31, 0, 0, 0), expected, "");
    }
    zone_free(kiritimati);
}

/* Every day of eight centuries, and both ends. */
static void format(void **state)
{
    (void)state;
    static const uint8_t months[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t day = timestamp_days(1800, 1, 1);
    char got[32], expected[64];
    assert_int_equal(timestamp_days(1970, 1, 1), 0);
    assert_int_equal(timestamp_days(-1, 12, 31), timestamp_days(0, 1, 1) - 1);
    for (int year = 1800; year < 2600; year++)
        for (int month = 1; month <= 12; month++) {
            int leap = month == 2 && (year % 4 == 0 && (year % 100 || year % 400 == 0));
            for (int d = 1; d <= months[month - 1] + leap; d++, day++) {
                assert_int_equal(timestamp_days(year, month, d), day);
                snprintf(expected, sizeof(expected), "%04d-%02d-%02dT23:59:58.007Z", year, month,
                         d);
                *timestamp_format(got, (day + 1) * 86400000 - 1993) = '\0';
                assert_string_equal(got, expected);
            }
        }
    *timestamp_format(got, INT64_MIN) = '\0';
    assert_string_equal(got, "0000-01-01T00:00:00.000Z");
    *timestamp_format(got, INT64_MAX) = '\0';
    assert_string_equal(got, "9999-12-31T23:59:59.999Z");
}

static void zones(void **state)
{
    (void)state;
    static const struct {
        const char *zone, *local, *expected;
    } rows[] = {
        {"Europe/Berlin", "2026-01-15T12:00:00", "2026-01-15T11:00:00.000Z"},
        {"Europe/Berlin", "2026-07-15T12:00:00", "2026-07-15T10:00:00.000Z"},
        {"Europe/Berlin", "2026-03-29T01:59:59", "2026-03-29T00:59:59.000Z"},
        {"Europe/Berlin", "2026-03-29T02:30:00", "2026-03-29T01:30:00.000Z"}, /* skipped */
        {"Europe/Berlin", "2026-03-29T03:00:00", "2026-03-29T01:00:00.000Z"},
        {"Europe/Berlin", "2026-10-25T01:59:59", "2026-10-24T23:59:59.000Z"},
        {"Europe/Berlin", "2026-10-25T02:30:00", "2026-10-25T00:30:00.000Z"}, /* twice: first */
        {"Europe/Berlin", "2026-10-25T03:00:00", "2026-10-25T02:00:00.000Z"},
        {"Europe/Berlin", "2050-03-27T02:30:00", "2050-03-27T01:30:00.000Z"},
        {"Europe/Berlin", "2050-07-15T12:00:00", "2050-07-15T10:00:00.000Z"},
        {"Europe/Berlin", "2050-12-15T12:00:00", "2050-12-15T11:00:00.000Z"},
        {"Europe/Berlin", "2499-07-15T12:00:00", "2499-07-15T10:00:00.000Z"},
        {"Europe/Berlin", "9998-07-15T12:00:00", "9998-07-15T10:00:00.000Z"},
        {"Europe/Berlin", "9998-12-15T12:00:00", "9998-12-15T11:00:00.000Z"},
        {"Europe/Berlin", "1890-06-01T00:53:28", "1890-06-01T00:00:00.000Z"},
        {"Europe/Berlin", "1945-06-01T12:00:00", "1945-06-01T09:00:00.000Z"},
        {"America/New_York", "2026-03-08T02:30:00", "2026-03-08T07:30:00.000Z"},
        {"America/New_York", "2026-11-01T01:30:00", "2026-11-01T05:30:00.000Z"},
        {"America/New_York", "2026-11-01T02:00:00", "2026-11-01T07:00:00.000Z"},
        {"America/New_York", "2050-11-06T01:30:00", "2050-11-06T05:30:00.000Z"},
        {"America/New_York", "2050-12-06T01:30:00", "2050-12-06T06:30:00.000Z"},
        {"Asia/Kolkata", "2026-11-21T08:56:00", "2026-11-21T03:26:00.000Z"},
        {"Asia/Kolkata", "2150-11-21T08:56:00", "2150-11-21T03:26:00.000Z"},
        {"Australia/Lord_Howe", "2026-12-21T11:00:00", "2026-12-21T00:00:00.000Z"},
        {"Australia/Lord_Howe", "2060-06-21T10:30:00", "2060-06-21T00:00:00.000Z"},
        {"Australia/Sydney", "2060-01-21T11:00:00", "2060-01-21T00:00:00.000Z"},
        {"Europe/Dublin", "2060-07-01T12:00:00", "2060-07-01T11:00:00.000Z"},     /* negative DST */
        {"America/Sao_Paulo", "2026-07-01T12:00:00", "2026-07-01T15:00:00.000Z"}, /* <-03>3 */
        {"UTC", "2026-11-21T08:56:00", "2026-11-21T08:56:00.000Z"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct zone *zone = zone_named(rows[i].zone);
        check(ISO, rows[i].local, zone, 0, rows[i].expected, "");
        zone_free(zone);
    }
}

/* A file of version 2 without changes and with this footer. */
static struct zone *zone_of_footer(const char *footer, int32_t offset_s)
{
    char bytes[512] = {0};
    size_t at = 0;
    for (int block = 0; block < 2; block++) {
        memcpy(bytes + at, "TZif2", 5);
        bytes[at + 39] = 1; /* one type */
        bytes[at + 43] = 4; /* four bytes of names */
        for (int i = 0; i < 4; i++)
            bytes[at + 44 + i] = (char)((uint32_t)offset_s >> (24 - 8 * i));
        memcpy(bytes + at + 50, "LMT", 4);
        at += 54;
    }
    at += (size_t)snprintf(bytes + at, sizeof(bytes) - at, "\n%s\n", footer);
    char *block = malloc(at);
    memcpy(block, bytes, at);
    struct zone *zone = zone_new(block, at);
    free(block);
    return zone;
}

static void footers(void **state)
{
    (void)state;
    static const struct {
        const char *footer, *local, *expected;
    } rows[] = {
        {"CET-1CEST,M3.5.0,M10.5.0/3", "2026-07-15T12:00:00", "2026-07-15T10:00:00.000Z"},
        {"<+03>-3", "2026-07-15T12:00:00", "2026-07-15T09:00:00.000Z"},
        {"<-0330>3:30", "2026-07-15T12:00:00", "2026-07-15T15:30:00.000Z"},
        {"AAA0BBB,J60,J300", "2024-02-29T12:00:00", "2024-02-29T12:00:00.000Z"},
        {"AAA0BBB,J60,J300", "2024-03-01T12:00:00", "2024-03-01T11:00:00.000Z"},
        {"AAA0BBB,59/0,300", "2024-02-29T12:00:00", "2024-02-29T11:00:00.000Z"},
        {"AAA0BBB,59/0,300", "2023-02-28T12:00:00", "2023-02-28T12:00:00.000Z"},
        {"AAA0BBB,59/0,300", "2023-03-01T12:00:00", "2023-03-01T11:00:00.000Z"},
        {"AAA0BBB-2:00:30,M1.1.1,M12.5.6", "2026-06-01T12:00:00", "2026-06-01T09:59:30.000Z"},
        {"XXX3EDT4,0/0,J365/23", "2026-12-31T23:30:00", "2027-01-01T03:30:00.000Z"},
        {"XXX3EDT4,0/0,J365/23", "2026-06-01T12:00:00", "2026-06-01T16:00:00.000Z"},
        {"AAA0BBB,M3.4.4/50,M10.4.4/-50", "2026-03-28T03:30:00", "2026-03-28T02:30:00.000Z"},
        {"", "2026-06-01T12:00:00", "2026-06-01T12:00:00.000Z"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct zone *zone = zone_of_footer(rows[i].footer, 0);
        assert_non_null(zone);
        check(ISO, rows[i].local, zone, 0, rows[i].expected, "");
        zone_free(zone);
    }
    static const char *const wrong[] = {
        "A",
        "AA1",
        "CET",
        "CET-25",
        "CET-1CEST",
        "CET-1CEST,M3.5.0",
        "CET-1CEST,M13.5.0,M10.5.0",
        "CET-1CEST,M3.6.0,M10.5.0",
        "CET-1CEST,M3.5.7,M10.5.0",
        "CET-1CEST,M3.0.0,M10.5.0",
        "CET-1CEST,J0,J5",
        "CET-1CEST,366,5",
        "CET-1CEST,1,2x",
        "CET-1CEST,1/168,2",
        "<CET-1",
        "CET-1:60",
        "CET-99999999999999999999999",
        "CET-1CEST,M3.5.0,M10.5.0,",
    };
    for (size_t i = 0; i < COUNT(wrong); i++)
        if (zone_of_footer(wrong[i], 0))
            fail_msg("%s was read", wrong[i]);
    assert_null(zone_of_footer("UTC0", 100000));
}

/* Real files cut at every length and with every byte spoilt: no matter what, but within bounds. */
static void hostile_zones(void **state)
{
    (void)state;
    static const char *const names[] = {"Europe/Berlin", "America/Sao_Paulo"};
    for (size_t i = 0; i < COUNT(names); i++) {
        char path[256];
        snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", names[i]);
        FILE *f = fopen(path, "rb");
        assert_non_null(f);
        char *bytes = malloc(65536);
        size_t len = fread(bytes, 1, 65536, f);
        fclose(f);
        for (size_t n = 0; n < len; n++) {
            char *cut = malloc(n ? n : 1);
            memcpy(cut, bytes, n);
            zone_free(zone_new(cut, n));
            free(cut);
        }
        bytes = realloc(bytes, len);
        for (size_t n = 0; n < len * 3; n++) {
            static const char values[] = {0, 127, -1};
            char was = bytes[n / 3];
            bytes[n / 3] = values[n % 3];
            struct zone *zone = zone_new(bytes, len);
            bytes[n / 3] = was;
            for (int k = 0; zone && k < 64; k++)
                zone_to_utc(zone, (k - 32) * INT64_C(8000000000000));
            zone_free(zone);
        }
        free(bytes);
    }
    assert_null(zone_new("", 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms), cmocka_unit_test(years),   cmocka_unit_test(format),
        cmocka_unit_test(zones), cmocka_unit_test(footers), cmocka_unit_test(hostile_zones),
    };
    return cmocka_run_group_tests_name("timestamp", tests, NULL, NULL);
}
