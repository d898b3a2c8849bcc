/*
 * Dates and times as devices write them, turned into milliseconds since 1970 UTC.
 *
 * Every reader takes its form from the front of a cursor and says what it found. Nothing here asks
 * the clock: the arrival time that completes a year-less stamp is handed in.
 */
#pragma once

#include "parsers/text/cursor.h"

/*
 * A time zone: offsets from UTC with the moments they change, as an IANA file (RFC 8536, TZif) has
 * them. NULL stands for UTC wherever a zone is asked for.
 */
struct zone;

/* Reads the bytes of a TZif file. Returns a new zone, NULL when they are none. Owner: the caller. */
struct zone *zone_new(const void *bytes, size_t len);
void zone_free(struct zone *zone);

/* UTC for a local time in milliseconds. A time that exists twice is its first; one that a clock
 * change skips is moved forward, as clocks are. */
int64_t zone_to_utc(const struct zone *zone, int64_t local_ms);

/* Days since 1970-01-01 of a date of the proleptic Gregorian calendar. */
int64_t timestamp_days(int year, int month, int day);

/* RFC 3339 with milliseconds, UTC: "2026-11-21T08:56:00.000Z", 24 bytes, no NUL; returns its end.
 * Years outside 0 to 9999 are written as the nearest of them. */
char *timestamp_format(char *out, int64_t ms);
#define TIMESTAMP_TEXT_LEN 24

/*
 * Readers. On success they take the stamp and set *ms; otherwise the cursor stays where it was and
 * they return false. Impossible dates (month 13, 30 February, hour 24) are not stamps; second 60 is
 * read as the second after 59.
 */

/* "2026-11-21T08:56:00[.123456][Z|+01:00|+0100]" and the same with a blank for the T; without an
 * offset it is local time of the zone. At most nine decimals count, more are skipped. */
bool timestamp_iso(struct cursor *c, const struct zone *zone, int64_t *ms);

/* "Nov 21 08:56:00", "Nov  1 2026 08:56:00.123 CET", "Nov 21 08:56:00 UTC 2026", "2026 Nov 21
 * 08:56:00", with or without a year, a fraction and a zone word; without a year the one that brings it closest to the arrival, never
 * more than a day after it: a December stamp in January is last year's. A zone word of three to five
 * capitals is taken only when it is one of the well-known abbreviations; UTC, GMT and Z override
 * the zone, others are skipped. */
bool timestamp_bsd(struct cursor *c, const struct zone *zone, int64_t arrival_ms, int64_t *ms);

/* "2026/11/21 08:56:00" (PAN-OS) and "2026:11:21-08:56:00" (Sophos), local time of the zone. */
bool timestamp_slashed(struct cursor *c, const struct zone *zone, int64_t *ms);

/* "1763715360", "1763715360.123456789" (seconds), or 13 digits (milliseconds). 9 to 13 digits. */
bool timestamp_epoch(struct cursor *c, int64_t *ms);

#define TIMESTAMP_EPOCH_USUAL 20 /* bytes of "1647478988.289402144" */

/* Whether a text, of which a byte more can be read, begins with seconds of ten digits and nine behind
 * the point, and which time they are. */
static inline bool timestamp_epoch_usual(const char *p, int64_t *ms)
{
    uint64_t first = digits_word(p), after = digits_word(p + 11);
    unsigned tens = (unsigned)(p[8] - '0'), ones = (unsigned)(p[9] - '0');
    unsigned last = (unsigned)(p[19] - '0'), behind = (unsigned)(p[20] - '0');
    if (p[10] != '.' || digits_others(first) | digits_others(after) || tens > 9 || ones > 9 ||
        last > 9 || behind <= 9)
        return false;
    int64_t seconds = (int64_t)digits_join(first) * 100 + 10 * tens + ones;
    *ms = seconds * 1000 + (int64_t)digits_join(after << 40);
    return true;
}
