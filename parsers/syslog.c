/*
 * The header is read as a sequence of pieces, each known by its first bytes: a PRI, a stamp, a
 * host, a tag, a relay's own marks. Whatever is no such piece is where the vendor's text begins.
 * So RFC 5424, RFC 3164, and every mixture that relays and firewalls make of them go one way, and
 * no text is read twice. Where a relay put its header in front of the device's, the inner one
 * counts: later pieces replace earlier ones.
 */
#include "parsers/syslog.h"
#include "parsers/text/address.h"

#define PIECES_MAX     16 /* of a header; more is somebody's joke, and stays in the body */
#define MERAKI_WORDS   6  /* words of a device name with blanks, at most */
#define SYSLOG_PRI_MAX 191
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

/* What may come next, beside what may come always. */
enum due { DUE_ANYTHING, DUE_HOST, DUE_TAG };

struct reading {
    struct cursor c;
    const struct zone *zone;
    int64_t arrival_ms;
    struct syslog *out;
    enum due due;
    bool nested;          /* a stamp behind a header: its host must prove itself */
    const char *numbered; /* where a sequence number stood that nothing has proved yet */
};

/* Bits of a byte. */
enum {
    IS_BLANK = 1,   /* ends a word */
    IS_PAYLOAD = 2, /* in no host and no tag, but in CSV, pairs, pipes and JSON */
    IS_COLON = 4,
    IS_BRACKET = 8,
};
static const uint8_t byte_is[256] = {
    [' '] = IS_BLANK,   ['\t'] = IS_BLANK,  [','] = IS_PAYLOAD, ['='] = IS_PAYLOAD,
    ['|'] = IS_PAYLOAD, ['"'] = IS_PAYLOAD, ['{'] = IS_PAYLOAD, [';'] = IS_PAYLOAD,
    [':'] = IS_COLON,   ['['] = IS_BRACKET,
};

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
    while (len < s.len && !((one = byte_is[(unsigned char)s.ptr[len]]) & IS_BLANK)) {
        seen |= one;
        len++;
    }
    *kinds = seen;
    return slice_first(s, len);
}

static size_t count_digits(struct slice s, size_t max)
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
static bool leads_to_cisco(struct slice s)
{
    s = after_blanks(s);
    if (s.len && s.ptr[0] == ':')
        s = after_blanks(slice_from(s, 1));
    return is_cisco(s);
}

/* "Nov " and a digit: enough to tell a stamp from a word. */
static bool looks_like_bsd(struct slice s)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    if (s.len < 6 || s.ptr[3] != ' ' || !is_digit(s.ptr[4 + (s.ptr[4] == ' ')]))
        return false;
    for (const char *m = months; *m; m += 3)
        if (memcmp(s.ptr, m, 3) == 0)
            return true;
    return false;
}

/* ISO 8601 or the like: four digits and a separator. */
static bool looks_like_iso(struct slice s)
{
    return s.len >= 10 && count_digits(s, 5) == 4 && s.ptr[4] == '-' && s.ptr[7] == '-';
}

/* "<134>"; numbers over 191 and anything else in the brackets is no PRI. */
static bool take_pri(struct reading *r)
{
    struct slice s = r->c.rest;
    unsigned value = 0;
    size_t digits = 0;
    while (digits < 4 && digits + 1 < s.len && is_digit(s.ptr[digits + 1]))
        value = value * 10 + (unsigned)(s.ptr[++digits] - '0');
    if (digits == 0 || digits > 3 || value > SYSLOG_PRI_MAX || s.len < digits + 2 ||
        s.ptr[digits + 1] != '>')
        return false;
    r->out->has_pri = true;
    r->out->facility = (uint8_t)(value / 8);
    r->out->severity = (uint8_t)(value % 8);
    cursor_advance(&r->c, digits + 2);
    return true;
}

static void found_host(struct reading *r, struct slice host)
{
    r->out->form = SYSLOG_RFC3164;
    r->out->host = host;
    r->due = DUE_TAG;
    r->numbered = NULL;
}

static void found_app(struct reading *r, struct slice app, struct slice procid)
{
    r->out->form = SYSLOG_RFC3164;
    r->out->app = app;
    r->out->procid = procid;
    r->numbered = NULL;
}

/* A stamp was taken off `now`, if a blank, a colon or nothing follows; CSV begins with stamps too. */
static bool found_stamp(struct reading *r, const struct cursor *now, const int64_t *time_ms)
{
    char next = cursor_peek(now);
    if (now->rest.len && !is_blank(next) && next != ':')
        return false;
    r->c = *now;
    r->nested = r->due == DUE_TAG;
    r->due = DUE_HOST;
    r->out->form = SYSLOG_RFC3164;
    r->numbered = NULL;
    if (time_ms) {
        r->out->has_time = true;
        r->out->time_ms = *time_ms;
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
            bool colon = word.len > 8 && word.ptr[word.len - 1] == ':';
            cursor_advance(&c, word.len - colon);
            return found_stamp(r, &c, NULL);
        }
    }
    return false;
}

static bool take_bsd(struct reading *r)
{
    struct cursor c = r->c;
    int64_t time_ms;
    if (timestamp_bsd(&c, r->zone, r->arrival_ms, &time_ms))
        return found_stamp(r, &c, &time_ms);
    return looks_like_bsd(r->c.rest) && skip_broken_bsd(r);
}

static bool take_iso(struct reading *r)
{
    struct cursor c = r->c;
    int64_t time_ms;
    unsigned kinds;
    if (timestamp_iso(&c, r->zone, &time_ms))
        return found_stamp(r, &c, &time_ms);
    struct slice word = word_at(c.rest, &kinds);
    if (!looks_like_iso(word) || word.len < 19 || word.ptr[10] != 'T' || kinds & IS_PAYLOAD)
        return false;
    cursor_advance(&c, word.len);
    return found_stamp(r, &c, NULL);
}

static bool take_slashed(struct reading *r)
{
    struct cursor c = r->c;
    int64_t time_ms;
    return timestamp_slashed(&c, r->zone, &time_ms) && found_stamp(r, &c, &time_ms);
}

/* Where a structured-data element ends, or NULL: RFC 5424 section 6.3, and blanks before its ']'. */
static const char *skip_sd_element(const char *p, const char *end)
{
    const char *id = ++p;
    while (p<end && * p> ' ' && *p != ']' && *p != '"' && *p != '=')
        p++;
    if (p == id)
        return NULL;
    for (;;) {
        while (p < end && *p == ' ')
            p++;
        if (p == end)
            return NULL;
        if (*p == ']')
            return p + 1;
        const char *name = p;
        while (p<end && * p> ' ' && *p != ']' && *p != '"' && *p != '=')
            p++;
        if (p == name || end - p < 3 || p[0] != '=' || p[1] != '"' || name[-1] != ' ')
            return NULL;
        for (p += 2; p < end && *p != '"'; p++)
            if (*p == '\\')
                p++;
        if (p >= end)
            return NULL;
        p++;
    }
}

/*
 * Structured data, or a vendor's own brackets, which stay in the body: Check Point's
 * [action:"Accept"; ...]. Where structured data is all there is, it is the body as well.
 */
static void take_structured_data(struct reading *r)
{
    struct cursor *c = &r->c;
    const char *begin = c->rest.ptr, *end = slice_end(c->rest), *p = begin;
    while (p && p < end && *p == '[')
        p = skip_sd_element(p, end);
    if (!p || (p < end && *p != ' '))
        return;
    r->out->structured_data = slice_between(begin, p);
    struct cursor after = *c;
    cursor_advance(&after, r->out->structured_data.len);
    skip_blanks(&after);
    cursor_try(&after, BYTE_ORDER_MARK);
    if (!cursor_at_end(&after))
        *c = after;
}

/*
 * Behind "1 ": stamp, HOSTNAME, APP-NAME, PROCID, MSGID, then structured data. A word that cannot
 * be any of these is where a sloppy sender's text begins: "<14>1 2020-... fw 1,2020/...".
 */
static void take_rfc5424(struct reading *r)
{
    struct syslog *out = r->out;
    struct cursor *c = &r->c;
    struct slice *const fields[] = {&out->host, &out->app, &out->procid, &out->msgid};
    int64_t time_ms;
    unsigned kinds;

    out->form = SYSLOG_RFC5424;
    r->numbered = NULL;
    struct cursor stamp = *c;
    if (timestamp_iso(&stamp, r->zone, &time_ms) &&
        (cursor_at_end(&stamp) || is_blank(cursor_peek(&stamp)))) {
        out->has_time = true;
        out->time_ms = time_ms;
        *c = stamp;
    } else {
        cursor_advance(c, word_at(c->rest, &kinds).len);
    }
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        skip_blanks(c);
        struct slice word = word_at(c->rest, &kinds);
        if (word.len == 0 || kinds & IS_PAYLOAD || word.ptr[0] == '[' || word.ptr[0] == '%')
            break;
        if (!slice_is(word, "-"))
            *fields[i] = word;
        cursor_advance(c, word.len);
    }
    skip_blanks(c);
    if (cursor_peek(c) == '[') {
        take_structured_data(r);
    } else if (slice_starts(c->rest, "- ") || slice_is(c->rest, "-")) {
        cursor_advance(c, 1);
        skip_blanks(c);
        cursor_try(c, BYTE_ORDER_MARK);
    }
}

static bool is_meraki_type(struct slice word)
{
    switch (word.len) {
    case 4:
        return slice_is(word, "urls");
    case 5:
        return slice_is(word, "flows");
    case 6:
        return slice_is(word, "events");
    case 8:
        return slice_is(word, "firewall");
    case 10:
        return slice_is(word, "ids-alerts");
    case 11:
        return slice_is(word, "ip_flow_end");
    case 12:
        return slice_is(word, "vpn_firewall");
    case 13:
        return slice_is(word, "ip_flow_start");
    case 14:
        return slice_is(word, "security_event");
    case 17:
        return slice_is(word, "cellular_firewall") || slice_is(word, "airmarshal_events");
    case 37:
        return slice_is(word, "bridge_anyconnect_client_vpn_firewall");
    default:
        return false;
    }
}

/* Where a Meraki type begins among the first words of a text, or NULL. */
static const char *find_meraki_type(struct slice text)
{
    for (int i = 0; i < MERAKI_WORDS && text.len; i++) {
        unsigned kinds, ignored;
        struct slice word = word_at(text, &kinds);
        struct slice next = after_blanks(slice_from(text, word.len));
        /* A device may be called "events": then its type follows. */
        if (is_meraki_type(word) && (i || !is_meraki_type(word_at(next, &ignored))))
            return word.ptr;
        if (kinds & IS_PAYLOAD)
            break;
        text = next;
    }
    return NULL;
}

/*
 * Cisco Meraki: "1647478988.289402144 MX84 flows ...". The name ends where a known type begins: it
 * may hold blanks. Without a type only the version in front makes it Meraki's, for other software
 * begins its lines with epoch times too.
 */
static bool take_epoch(struct reading *r, size_t at, bool versioned)
{
    struct cursor c = r->c;
    int64_t time_ms;
    unsigned kinds;
    cursor_advance(&c, at);
    if (!timestamp_epoch(&c, &time_ms) || (c.rest.len && !is_blank(cursor_peek(&c))))
        return false;
    skip_blanks(&c);
    const char *type = find_meraki_type(c.rest);
    if (!type && !versioned)
        return false;
    struct slice name =
        type ? slice_trim(slice_between(c.rest.ptr, type)) : word_at(c.rest, &kinds);
    if (name.len && (type || !(kinds & IS_PAYLOAD))) {
        r->out->host = name;
        cursor_advance(&c, name.len);
    }
    r->c = c;
    r->out->form = SYSLOG_EPOCH;
    r->out->has_time = true;
    r->out->time_ms = time_ms;
    r->numbered = NULL;
    return true;
}

/* What a piece was. */
enum piece { PIECE_TAKEN, PIECE_LAST, PIECE_NONE };

/* A number: version, stamp, sequence number, octet count, or the name of a host. */
static enum piece take_word(struct reading *r);

static enum piece take_digits(struct reading *r)
{
    struct slice s = r->c.rest;
    size_t digits = count_digits(s, 14);
    char next = digits < s.len ? s.ptr[digits] : '\0';
    if (next == ',')
        return PIECE_NONE;
    if (next == '.' || (next == ' ' && digits >= 9)) {
        if (digits >= 9 && take_epoch(r, 0, false))
            return PIECE_LAST;
    } else if (digits == 4 && next == '-') {
        if (take_iso(r))
            return PIECE_TAKEN;
    } else if (digits == 4 && (next == '/' || next == ':') && take_slashed(r)) {
        return PIECE_TAKEN;
    } else if (digits == 4 && next == ' ' && looks_like_bsd(slice_from(s, 5)) && take_bsd(r)) {
        return PIECE_TAKEN;
    }
    if (next == ':' && s.len > digits + 1 && s.ptr[digits + 1] == ' ' && !r->numbered) {
        r->numbered = s.ptr;
        cursor_advance(&r->c, digits + 1);
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
            take_rfc5424(r);
            return PIECE_LAST;
        }
        if (take_epoch(r, 2, true))
            return PIECE_LAST;
    }
    return take_word(r);
}

/* "[123]" and the colon behind a tag. Returns the bytes taken from `s`, 0 when it is no tag. */
static size_t read_procid(struct slice s, struct slice *procid)
{
    size_t close = 1;
    while (close < s.len && close < 32 && byte_is[(unsigned char)s.ptr[close]] == 0 &&
           s.ptr[close] != ']')
        close++;
    if (close >= s.len || s.ptr[close] != ']')
        return 0;
    *procid = slice_make(s.ptr + 1, close - 1);
    close++;
    if (close < s.len && s.ptr[close] == ':')
        return close + 1;
    return close == s.len || is_blank(s.ptr[close]) ? close : 0;
}

/* Vendors whose text begins like a tag. */
static bool is_vendor_mark(struct slice name)
{
    static const char *const marks[] = {"CEF", "LEEF"};
    static const char *const cisco[] = {"ASA-", "FTD-", "FWSM-", "PIX-", "NGIPS-"};
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
        if (slice_is(name, marks[i]))
            return true;
    for (size_t i = 0; i < sizeof(cisco) / sizeof(cisco[0]); i++)
        if (slice_starts(name, cisco[i]))
            return true;
    return false;
}

/* "CiscoASA[999]:", "sshd:", and Check Point's "syslog[action:", whose bracket is not the tag's. */
static bool take_tag(struct reading *r, struct slice word, unsigned kinds)
{
    struct slice procid = SLICE_NONE, name = word;
    size_t taken;
    if (kinds & IS_BRACKET) {
        size_t bracket = slice_find(word, '[');
        name = slice_first(word, bracket);
        if (bracket == 0 || slice_find(name, ':') < name.len)
            return false;
        taken = read_procid(slice_from(word, bracket), &procid);
        if (taken == 0 && !(kinds & IS_PAYLOAD && kinds & IS_COLON))
            return false;
        taken += bracket;
    } else {
        size_t colon = slice_find(word, ':');
        if (kinds & IS_PAYLOAD || colon == 0 || colon + 1 != word.len)
            return false;
        name = slice_first(word, colon);
        taken = colon + 1;
    }
    if (is_vendor_mark(name))
        return false;
    cursor_advance(&r->c, taken);
    found_app(r, name, procid);
    return true;
}

/* Whether what follows a word behind two stamps is a device's text, so that the word is its name. */
static bool device_text_follows(struct slice s)
{
    unsigned kinds;
    if (leads_to_cisco(s))
        return true;
    s = after_blanks(s);
    struct slice word = word_at(s, &kinds);
    return kinds & IS_PAYLOAD || (word.len && (word.ptr[0] == '[' || word.ptr[0] == '<')) ||
           (word.len > 1 && word.ptr[word.len - 1] == ':');
}

/* Behind a stamp: the host, or a tag without one, or already the text. */
static enum piece take_host(struct reading *r, struct slice word, unsigned kinds)
{
    struct slice rest = slice_from(r->c.rest, word.len);
    if (kinds & (IS_COLON | IS_BRACKET)) {
        bool colon = word.ptr[word.len - 1] == ':';
        struct slice name = slice_first(word, word.len - colon);
        bool address = slice_find(name, ':') < name.len || is_digit(name.ptr[0]);
        struct slice text = after_blanks(rest);
        if (kinds & IS_PAYLOAD && !(kinds & IS_BRACKET))
            return PIECE_NONE;
        if (kinds & IS_BRACKET || !(address || is_cisco(text) || looks_like_bsd(text)))
            return take_tag(r, word, kinds) ? PIECE_LAST : PIECE_NONE;
        word = name;
    } else if (kinds & IS_PAYLOAD) {
        return PIECE_NONE;
    }
    if (r->nested && !device_text_follows(rest))
        return PIECE_NONE;
    cursor_advance(&r->c, (size_t)(rest.ptr - r->c.rest.ptr));
    found_host(r, word);
    return PIECE_TAKEN;
}

/* "LOCAL4.WARNING" of a relay: the priority in words. */
static bool take_priority_words(struct reading *r, struct slice word)
{
    static const struct {
        const char *name;
        uint8_t number;
    } severities[] =
        {
            {"emerg", 0},    {"emergency", 0}, {"alert", 1}, {"crit", 2},
            {"critical", 2}, {"err", 3},       {"error", 3}, {"warn", 4},
            {"warning", 4},  {"notice", 5},    {"info", 6},  {"debug", 7},
        },
      facilities[] = {
          {"local0", 16}, {"local1", 17}, {"local2", 18}, {"local3", 19}, {"local4", 20},
          {"local5", 21}, {"local6", 22}, {"local7", 23}, {"user", 1},    {"daemon", 3},
      };
    char first = (char)(word.ptr[0] | 32);
    if (first != 'l' && first != 'u' && first != 'd')
        return false;
    size_t dot = slice_find(word, '.');
    if (dot < 4 || dot > 6 || dot == word.len)
        return false;
    struct slice facility = slice_first(word, dot), severity = slice_from(word, dot + 1);
    if (severity.len && severity.ptr[severity.len - 1] == ':')
        severity.len--;
    for (size_t f = 0; f < sizeof(facilities) / sizeof(facilities[0]); f++) {
        if (!slice_is_nocase(facility, facilities[f].name))
            continue;
        for (size_t i = 0; i < sizeof(severities) / sizeof(severities[0]); i++) {
            if (!slice_is_nocase(severity, severities[i].name))
                continue;
            r->out->has_pri = true;
            r->out->facility = facilities[f].number;
            r->out->severity = severities[i].number;
            cursor_advance(&r->c, word.len);
            return true;
        }
    }
    return false;
}

/* "Original Address=192.0.2.1 ", which Kiwi puts in front of what it passes on. */
static bool take_original_address(struct reading *r)
{
    struct cursor c = r->c;
    unsigned kinds;
    if (!cursor_try(&c, "Original Address="))
        return false;
    struct slice word = word_at(c.rest, &kinds);
    if (word.len == 0 || kinds & IS_PAYLOAD)
        return false;
    cursor_advance(&c, word.len);
    r->c = c;
    found_host(r, word);
    r->due = DUE_ANYTHING;
    return true;
}

/* Without a stamp a word is a host only where Cisco's mark or a stamp follows. */
static enum piece take_first_word(struct reading *r, struct slice word, unsigned kinds)
{
    struct slice rest = slice_from(r->c.rest, word.len);
    bool colon = word.len > 1 && word.ptr[word.len - 1] == ':';
    if (take_original_address(r))
        return PIECE_TAKEN;
    if (kinds & IS_PAYLOAD)
        return PIECE_NONE;
    if (kinds & IS_BRACKET)
        return r->out->has_pri && take_tag(r, word, kinds) ? PIECE_LAST : PIECE_NONE;
    bool stamp = false;
    if (colon) {
        struct slice text = after_blanks(rest);
        stamp =
            text.len > 1 && looks_like_bsd(slice_from(text, *text.ptr == '*' || *text.ptr == '.'));
    }
    if (!stamp && !leads_to_cisco(rest))
        return PIECE_NONE;
    cursor_advance(&r->c, word.len);
    found_host(r, slice_first(word, word.len - colon));
    return PIECE_TAKEN;
}

static enum piece take_word(struct reading *r)
{
    unsigned kinds;
    struct slice word = word_at(r->c.rest, &kinds);
    if (word.len == 0)
        return PIECE_NONE;
    if (r->due != DUE_TAG && take_priority_words(r, word))
        return PIECE_TAKEN;
    if (r->due == DUE_HOST)
        return take_host(r, word, kinds);
    if (r->due == DUE_ANYTHING)
        return take_first_word(r, word, kinds);
    if (kinds & (IS_COLON | IS_BRACKET) && take_tag(r, word, kinds))
        return PIECE_LAST;
    /* A relay's name in front of the device's. */
    if (kinds || !leads_to_cisco(slice_from(r->c.rest, word.len)))
        return PIECE_NONE;
    cursor_advance(&r->c, word.len);
    found_host(r, word);
    return PIECE_TAKEN;
}

/* Cisco's ':' around everything, and its '*' and '.' in front of stamps of a clock not set. */
static enum piece take_mark(struct reading *r)
{
    struct slice after = slice_from(r->c.rest, 1);
    if (r->c.rest.ptr[0] == ':') {
        if (after.len && !is_blank(*after.ptr) && *after.ptr != '%' && !looks_like_bsd(after))
            return PIECE_NONE;
    } else if (!looks_like_bsd(after) && !looks_like_iso(after)) {
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
    switch (r->c.rest.ptr[0]) {
    case '%':
    case '{':
    case '[':
    case '|':
    case '"':
        return PIECE_NONE;
    case '<':
        if (take_pri(r)) {
            r->due = DUE_ANYTHING;
            return PIECE_TAKEN;
        }
        return r->due == DUE_HOST ? take_word(r) : PIECE_NONE;
    case ':':
    case '*':
    case '.':
        return take_mark(r);
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9':
        return take_digits(r);
    case 'J':
    case 'F':
    case 'M':
    case 'A':
    case 'S':
    case 'O':
    case 'N':
    case 'D':
        return take_bsd(r) ? PIECE_TAKEN : take_word(r);
    default:
        return take_word(r);
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
    if (!s.len || !(s.ptr[0] == '<' || looks_like_bsd(s) || looks_like_iso(s)))
        return;
    struct syslog outer = *r->out;
    struct reading inner = *r;
    inner.due = DUE_ANYTHING;
    take_header(&inner);
    if (is_cisco(inner.c.rest) || s.ptr[0] == '<' || r->out->form == SYSLOG_EPOCH)
        r->c = inner.c;
    else
        *r->out = outer;
}

static inline bool is_padding(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0';
}

/* Without line ends, blanks and NULs around it, nor their escapes "#012" that relays write. */
static struct slice without_padding(struct slice s)
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

void syslog_parse(struct slice message, const struct zone *zone, int64_t arrival_ms,
                  struct syslog *out)
{
    struct reading r;
    /* Member by member: compilers clear whole structs of this size by a slow instruction. */
    r.zone = zone;
    r.arrival_ms = arrival_ms;
    r.out = out;
    r.due = DUE_ANYTHING;
    r.nested = false;
    r.numbered = NULL;
    out->form = SYSLOG_NONE;
    out->has_pri = out->has_time = false;
    out->facility = out->severity = 0;
    out->time_ms = 0;
    out->host = out->app = out->procid = out->msgid = out->structured_data = SLICE_NONE;
    r.c = cursor_over(without_padding(message));
    cursor_try(&r.c, BYTE_ORDER_MARK);
    take_header(&r);
    if (out->form == SYSLOG_RFC5424)
        take_inner_header(&r);
    out->body = r.c.rest;
}
