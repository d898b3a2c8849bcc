/* The stamps of a syslog header that is not RFC 5424's. */
#include "parsers/syslog_reading.h"

/* "Nov " and a digit: enough to tell a stamp from a word. */
bool syslog_stamp_looks_bsd(struct slice s)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    if (s.len < 6 || s.ptr[3] != ' ' || !is_digit(s.ptr[4 + (s.ptr[4] == ' ')]))
        return false;
    for (const char *m = months; *m; m += 3)
        if (memcmp(s.ptr, m, 3) == 0)
            return true;
    return false;
}

/*
 * The cursor has passed a stamp that began at `begin`. It is one if a blank, a colon or nothing
 * follows, for CSV begins with stamps too; else the cursor goes back. The cursor is moved in place,
 * here and below: copies of what was just written in halves are slow.
 */
static bool found_stamp(struct reading *r, const char *begin, bool has_time, int64_t time_ms)
{
    char next = cursor_peek(&r->c);
    if (r->c.rest.len && !is_blank(next) && next != ':') {
        r->c.rest.len += (size_t)(r->c.rest.ptr - begin);
        r->c.rest.ptr = begin;
        return false;
    }
    r->nested = r->due == DUE_TAG;
    r->due = DUE_HOST;
    r->out->form = SYSLOG_RFC3164;
    r->numbered = NULL;
    if (has_time) {
        r->out->has_time = true;
        r->out->time_ms = time_ms;
    }
    return true;
}

/* "May 00 00:00:00": the shape of a stamp without its meaning. It is skipped and tells no time. */
static bool skip_broken_bsd(struct reading *r)
{
    struct cursor c = r->c;
    cursor_advance(&c, 4);
    skip_blanks(&c);
    for (int part = 0; part < 2; part++) {
        cursor_advance(&c, count_digits(c.rest, 4));
        if (!is_blank(cursor_peek(&c)))
            return false;
        skip_blanks(&c);
        unsigned kinds;
        struct slice word = word_at(c.rest, &kinds);
        if (word.len >= 8 && word.ptr[2] == ':' && word.ptr[5] == ':' && !(kinds & IS_PAYLOAD)) {
            const char *begin = r->c.rest.ptr;
            bool colon = word.len > 8 && word.ptr[word.len - 1] == ':';
            cursor_advance(&r->c, (size_t)(slice_end(word) - begin) - colon);
            return found_stamp(r, begin, false, 0);
        }
    }
    return false;
}

bool syslog_stamp_bsd(struct reading *r)
{
    const char *begin = r->c.rest.ptr;
    int64_t time_ms;
    if (timestamp_bsd(&r->c, r->zone, r->arrival_ms, &time_ms))
        return found_stamp(r, begin, true, time_ms);
    return syslog_stamp_looks_bsd(r->c.rest) && skip_broken_bsd(r);
}

bool syslog_stamp_iso(struct reading *r)
{
    const char *begin = r->c.rest.ptr;
    int64_t time_ms;
    unsigned kinds;
    if (timestamp_iso(&r->c, r->zone, &time_ms))
        return found_stamp(r, begin, true, time_ms);
    struct slice word = word_at(r->c.rest, &kinds);
    if (!looks_like_iso(word) || word.len < 19 || word.ptr[10] != 'T' || kinds & IS_PAYLOAD)
        return false;
    cursor_advance(&r->c, word.len);
    return found_stamp(r, begin, false, 0);
}

bool syslog_stamp_slashed(struct reading *r)
{
    const char *begin = r->c.rest.ptr;
    int64_t time_ms;
    return timestamp_slashed(&r->c, r->zone, &time_ms) && found_stamp(r, begin, true, time_ms);
}
