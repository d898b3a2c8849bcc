/*
 * The words of a header: hosts, tags, and what relays write in words. The same word can be a host, a
 * tag or the vendor's own text; what stands before and behind it decides, and the text wins.
 */
#include "parsers/syslog_reading.h"

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

/* "[123]" and the colon behind a tag. Returns the bytes taken from `s`, 0 when it is no tag. */
static size_t read_procid(struct slice s, struct slice *procid)
{
    size_t close = 1;
    while (close < s.len && close < 32 && syslog_byte_is[(unsigned char)s.ptr[close]] == 0 &&
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
        if (kinds & IS_BRACKET || !(address || is_cisco(text) || syslog_stamp_looks_bsd(text)))
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
    if (c.rest.ptr[0] != 'O' || !cursor_try(&c, "Original Address="))
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
    if (kinds & IS_PAYLOAD)
        return PIECE_NONE;
    if (kinds & IS_BRACKET)
        return r->out->has_pri && take_tag(r, word, kinds) ? PIECE_LAST : PIECE_NONE;
    bool stamp = false;
    if (colon) {
        struct slice text = after_blanks(rest);
        stamp = text.len > 1 &&
                syslog_stamp_looks_bsd(slice_from(text, *text.ptr == '*' || *text.ptr == '.'));
    }
    if (!stamp && !leads_to_cisco(rest))
        return PIECE_NONE;
    cursor_advance(&r->c, word.len);
    found_host(r, slice_first(word, word.len - colon));
    return PIECE_TAKEN;
}

enum piece syslog_word_take(struct reading *r)
{
    unsigned kinds;
    struct slice word = word_at(r->c.rest, &kinds);
    if (word.len == 0)
        return PIECE_NONE;
    if (r->due != DUE_TAG && (take_priority_words(r, word) || take_original_address(r)))
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
