/*
 * The header is read as a sequence of pieces, each known by its first bytes: a PRI, a stamp, a
 * host, a tag, a relay's own marks. Whatever is no such piece is where the vendor's text begins.
 * So RFC 5424, RFC 3164, and every mixture that relays and firewalls make of them go one way, and
 * no text is read twice. Where a relay put its header in front of the device's, the inner one
 * counts: later pieces replace earlier ones.
 */
#include "parsers/syslog.h"

#include "parsers/syslog_memory.h"
#include "parsers/syslog_reading.h"

#define PIECES_MAX 16 /* of a header; more is somebody's joke, and stays in the body */

/* What a piece can be by its first byte; all other bytes begin words. */
enum lead { LEAD_WORD, LEAD_TEXT, LEAD_PRI, LEAD_MARK, LEAD_DIGIT, LEAD_MONTH };
static const uint8_t lead_of[256] = {
    ['%'] = LEAD_TEXT,  ['{'] = LEAD_TEXT,  ['['] = LEAD_TEXT,  ['|'] = LEAD_TEXT,
    ['"'] = LEAD_TEXT,  ['<'] = LEAD_PRI,   [':'] = LEAD_MARK,  ['*'] = LEAD_MARK,
    ['.'] = LEAD_MARK,  ['0'] = LEAD_DIGIT, ['1'] = LEAD_DIGIT, ['2'] = LEAD_DIGIT,
    ['3'] = LEAD_DIGIT, ['4'] = LEAD_DIGIT, ['5'] = LEAD_DIGIT, ['6'] = LEAD_DIGIT,
    ['7'] = LEAD_DIGIT, ['8'] = LEAD_DIGIT, ['9'] = LEAD_DIGIT, ['J'] = LEAD_MONTH,
    ['F'] = LEAD_MONTH, ['M'] = LEAD_MONTH, ['A'] = LEAD_MONTH, ['S'] = LEAD_MONTH,
    ['O'] = LEAD_MONTH, ['N'] = LEAD_MONTH, ['D'] = LEAD_MONTH,
};

const uint8_t syslog_byte_is[256] = {
    [' '] = IS_BLANK,   ['\t'] = IS_BLANK,  [','] = IS_PAYLOAD, ['='] = IS_PAYLOAD,
    ['|'] = IS_PAYLOAD, ['"'] = IS_PAYLOAD, ['{'] = IS_PAYLOAD, [';'] = IS_PAYLOAD,
    [':'] = IS_COLON,   ['['] = IS_BRACKET,
};

/* "<134>"; numbers over 191 and anything else in the brackets is no PRI. */
static bool take_pri(struct reading *r)
{
    struct slice s = r->c.rest;
    unsigned value = 0;
    size_t digits = 0;
    while (digits < 4 && digits + 1 < s.len && is_digit(s.ptr[digits + 1]))
        value = value * 10 + (unsigned)(s.ptr[++digits] - '0');
    if (digits == 0 || digits > 3 || value > PRI_MAX || s.len < digits + 2 ||
        s.ptr[digits + 1] != '>')
        return false;
    r->out->has_pri = true;
    r->out->facility = (uint8_t)(value / 8);
    r->out->severity = (uint8_t)(value % 8);
    cursor_advance(&r->c, digits + 2);
    return true;
}

/* A number: version, stamp, sequence number, octet count, or the name of a host. */
static enum piece take_digits(struct reading *r)
{
    struct slice s = r->c.rest;
    size_t digits = count_digits(s, 14);
    char next = digits < s.len ? s.ptr[digits] : '\0';
    if (next == ',')
        return PIECE_NONE;
    if (next == '.' || (next == ' ' && digits >= 9)) {
        if (digits >= 9 && syslog_epoch_take(r, 0, false))
            return PIECE_LAST;
    } else if (digits == 4 && next == '-') {
        if (syslog_stamp_iso(r))
            return PIECE_TAKEN;
    } else if (digits == 4 && (next == '/' || next == ':') && syslog_stamp_slashed(r)) {
        return PIECE_TAKEN;
    } else if (digits == 4 && next == ' ' && syslog_stamp_looks_bsd(slice_from(s, 5)) &&
               syslog_stamp_bsd(r)) {
        return PIECE_TAKEN;
    }
    if (next == ':' && s.len > digits + 1 && s.ptr[digits + 1] == ' ' && !r->numbered) {
        r->numbered = s.ptr;
        cursor_advance(&r->c, digits + 1);
        return PIECE_TAKEN;
    }
    /* "00:01:02:", the time since the start of a device whose clock is not set. */
    if (digits == 2 && s.len > 9 && next == ':' && s.ptr[5] == ':' && s.ptr[8] == ':' &&
        s.ptr[9] == ' ') {
        cursor_advance(&r->c, 9);
        return PIECE_TAKEN;
    }
    if (next == ' ' && s.len > digits + 2 && s.ptr[digits + 1] == '<' &&
        is_digit(s.ptr[digits + 2])) {
        cursor_advance(&r->c, digits + 1);
        return PIECE_TAKEN;
    }
    if (digits == 1 && s.ptr[0] == '1' && next == ' ') {
        struct slice stamp = slice_from(s, 2);
        if (looks_like_iso(stamp) || (r->out->has_pri && slice_starts(stamp, "- "))) {
            cursor_advance(&r->c, 2);
            syslog_rfc5424_take(r);
            return PIECE_LAST;
        }
        if (syslog_epoch_take(r, 2, true))
            return PIECE_LAST;
    }
    return syslog_word_take(r);
}

/* Cisco's ':' around everything, and its '*' and '.' in front of stamps of a clock not set. */
static enum piece take_mark(struct reading *r)
{
    struct slice after = slice_from(r->c.rest, 1);
    if (r->c.rest.ptr[0] == ':') {
        if (after.len && !is_blank(*after.ptr) && *after.ptr != '%' &&
            !syslog_stamp_looks_bsd(after) && !looks_like_iso(after))
            return PIECE_NONE;
    } else if (!syslog_stamp_looks_bsd(after) && !looks_like_iso(after)) {
        return PIECE_NONE;
    }
    cursor_advance(&r->c, 1);
    return PIECE_TAKEN;
}

/* The next piece of the header, known by its first byte. */
static enum piece take_piece(struct reading *r)
{
    skip_blanks(&r->c);
    if (cursor_at_end(&r->c))
        return PIECE_NONE;
    switch (lead_of[(unsigned char)r->c.rest.ptr[0]]) {
    case LEAD_TEXT:
        return PIECE_NONE;
    case LEAD_PRI:
        if (take_pri(r)) {
            r->due = DUE_ANYTHING;
            return PIECE_TAKEN;
        }
        return r->due == DUE_HOST ? syslog_word_take(r) : PIECE_NONE;
    case LEAD_MARK:
        return take_mark(r);
    case LEAD_DIGIT:
        return take_digits(r);
    case LEAD_MONTH:
        return syslog_stamp_bsd(r) ? PIECE_TAKEN : syslog_word_take(r);
    default:
        return syslog_word_take(r);
    }
}

static void take_header(struct reading *r)
{
    enum piece piece = PIECE_TAKEN;
    for (int i = 0; i < PIECES_MAX && piece == PIECE_TAKEN; i++)
        piece = take_piece(r);
    skip_blanks(&r->c);
    /* The number was not a sequence number but the text's own. */
    if (r->numbered && !is_cisco(r->c.rest))
        r->c.rest = slice_between(r->numbered, slice_end(r->c.rest));
}

/*
 * A relay that speaks RFC 5424 may have put the device's whole message into its own: then the inner
 * header counts, but only with a mark that no ordinary text has.
 */
static void take_inner_header(struct reading *r)
{
    struct slice s = r->c.rest;
    bool epoch = s.len > 10 && s.ptr[10] == '.' && is_digit(s.ptr[0]);
    if (!s.len || !(s.ptr[0] == '<' || epoch || syslog_stamp_looks_bsd(s) || looks_like_iso(s)))
        return;
    struct syslog outer = *r->out;
    struct reading inner = *r;
    inner.due = DUE_ANYTHING;
    take_header(&inner);
    r->far |= inner.far;
    if (is_cisco(inner.c.rest) || s.ptr[0] == '<' || r->out->form == SYSLOG_EPOCH)
        r->c = inner.c;
    else
        *r->out = outer;
}

static inline bool is_padding(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0';
}

/* Whether nothing is around the text, as mostly; false may be said of others too. */
static inline bool is_bare(struct slice s)
{
    return s.len >= 4 && (unsigned char)s.ptr[0] > ' ' && (unsigned char)s.ptr[s.len - 1] > ' ' &&
           s.ptr[s.len - 4] != '#';
}

/* Without line ends, blanks and NULs around it, nor their escapes "#012" that relays write. */
__attribute__((noinline)) static struct slice without_padding(struct slice s)
{
    while (s.len && is_padding(s.ptr[0]))
        s = slice_from(s, 1);
    for (;;) {
        while (s.len && is_padding(s.ptr[s.len - 1]))
            s.len--;
        if (s.len < 4 || s.ptr[s.len - 4] != '#')
            return s;
        struct slice last = slice_from(s, s.len - 4);
        if (!slice_is(last, "#012") && !slice_is(last, "#015") && !slice_is(last, "#000"))
            return s;
        s.len -= 4;
    }
}

/* Apart from syslog_parse, which has next to nothing to do for most messages. */
__attribute__((noinline)) static void read_header(struct slice text, const struct zone *zone,
                                                  int64_t arrival_ms, struct syslog_memory *memory,
                                                  struct syslog *out)
{
    struct reading r;
    const struct slice none = SLICE_NONE;
    /* Member by member: compilers clear whole structs of this size by a slow instruction. */
    r.c = cursor_over(text);
    r.zone = zone;
    r.arrival_ms = arrival_ms;
    r.out = out;
    r.due = DUE_ANYTHING;
    r.nested = false;
    r.far = false;
    r.numbered = NULL;
    out->form = SYSLOG_NONE;
    out->has_pri = out->has_time = false;
    out->facility = out->severity = 0;
    out->time_ms = 0;
    out->host = none;
    out->app = none;
    out->procid = none;
    out->msgid = none;
    out->structured_data = none;
    take_header(&r);
    if (out->form == SYSLOG_RFC5424)
        take_inner_header(&r);
    out->body = r.c.rest;
    if (memory && !r.far)
        syslog_remember(memory, text, zone, arrival_ms, out);
}

void syslog_parse(struct slice message, const struct zone *zone, int64_t arrival_ms,
                  struct syslog_memory *memory, struct syslog *out)
{
    struct slice text = is_bare(message) ? message : without_padding(message);
    if (slice_starts(text, BYTE_ORDER_MARK))
        text = slice_from(text, 3);
    if (may_be_epoch(text) && syslog_epoch_usual(text, out))
        return;
    if (!memory || !syslog_recall(memory, text, zone, arrival_ms, out))
        read_header(text, zone, arrival_ms, memory, out);
}
