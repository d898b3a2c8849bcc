/*
 * Between syslog.c and its parts: where in a header the reading is, and how bytes are told apart.
 * Nobody else includes this.
 */
#pragma once

#include "parsers/syslog.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"
#define PRI_MAX         191

/* What may come next, beside what may come always. */
enum due { DUE_ANYTHING, DUE_HOST, DUE_TAG };

struct reading {
    struct cursor c;
    const struct zone *zone;
    int64_t arrival_ms;
    struct syslog *out;
    enum due due;
    bool nested;          /* a stamp behind a header: its host must prove itself */
    bool far;             /* words far behind what was taken had a say in it */
    const char *numbered; /* where a sequence number stood that nothing has proved yet */
};

/* Bits of a byte. */
enum {
    IS_BLANK = 1,   /* ends a word */
    IS_PAYLOAD = 2, /* in no host and no tag, but in CSV, pairs, pipes and JSON */
    IS_COLON = 4,
    IS_BRACKET = 8,
};
extern const uint8_t syslog_byte_is[256];

static inline bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static inline bool is_digit(char c)
{
    return (unsigned)(c - '0') <= 9;
}

static inline void skip_blanks(struct cursor *c)
{
    while (c->rest.len && is_blank(c->rest.ptr[0]))
        cursor_advance(c, 1);
}

static inline struct slice after_blanks(struct slice s)
{
    while (s.len && is_blank(s.ptr[0]))
        s = slice_from(s, 1);
    return s;
}

/* The bytes up to a blank; *kinds is told what kinds of bytes they are. */
static inline struct slice word_at(struct slice s, unsigned *kinds)
{
    unsigned seen = 0, one;
    size_t len = 0;
    while (len < s.len && !((one = syslog_byte_is[(unsigned char)s.ptr[len]]) & IS_BLANK)) {
        seen |= one;
        len++;
    }
    *kinds = seen;
    return slice_first(s, len);
}

static inline size_t count_digits(struct slice s, size_t max)
{
    size_t n = 0;
    while (n < s.len && n < max && is_digit(s.ptr[n]))
        n++;
    return n;
}

/* "%ASA-6-302013: ..." and all its cousins. */
static inline bool is_cisco(struct slice s)
{
    return s.len >= 2 && s.ptr[0] == '%' && s.ptr[1] >= 'A' && s.ptr[1] <= 'Z';
}

/* The same behind blanks and a colon. */
static inline bool leads_to_cisco(struct slice s)
{
    s = after_blanks(s);
    if (s.len && s.ptr[0] == ':')
        s = after_blanks(slice_from(s, 1));
    return is_cisco(s);
}

/* ISO 8601 or the like: four digits and a separator. */
static inline bool looks_like_iso(struct slice s)
{
    return s.len >= 10 && s.ptr[4] == '-' && s.ptr[7] == '-' && count_digits(s, 4) == 4;
}

/* "Nov " and a digit: enough to tell a stamp from a word. */
bool syslog_stamp_looks_bsd(struct slice s);

/* What a piece was: taken, and there may be more; the header's last; none, the text begins here. */
enum piece { PIECE_TAKEN, PIECE_LAST, PIECE_NONE };

/* Stamps. False: there is none. One that is broken is skipped and tells no time. */
bool syslog_stamp_bsd(struct reading *r);
bool syslog_stamp_iso(struct reading *r);
bool syslog_stamp_slashed(struct reading *r);

/* A host, a tag, or a relay's mark in words. */
enum piece syslog_word_take(struct reading *r);

/* What follows "1 " of RFC 5424, to the end of the header. */
void syslog_rfc5424_take(struct reading *r);

/* Cisco Meraki's header from its epoch time on, which begins `at` bytes further. */
bool syslog_epoch_take(struct reading *r, size_t at, bool versioned);

#define EPOCH_LEAST 64 /* bytes of a message that syslog_epoch_usual is asked about */

/* The same, and all in front of it, of what Meraki's messages begin with mostly, read at once:
 * "<134>1 1763715360.123456789 MX84 flows ". False, and nothing is said, when something else stands
 * there. */
bool syslog_epoch_usual(struct slice text, struct syslog *out);

/* Whether it may be that, by the point: before a header is looked for among those that are known. */
static inline bool may_be_epoch(struct slice text)
{
    return text.len >= EPOCH_LEAST && text.ptr[17] == '.';
}
