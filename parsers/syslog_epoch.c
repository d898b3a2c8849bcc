/* Cisco Meraki's header: version 1 like RFC 5424, but an epoch time, a name, and the text. */
#include "parsers/syslog_reading.h"
#include "parsers/text/name.h"

#define MERAKI_WORDS 6 /* of a device name with blanks, at most */

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
        return slice_is(word, "ip_flow_end") || slice_is(word, "l7_firewall");
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

/* What stands between two places, without blanks around it: mostly a word with one blank behind it. */
static struct slice name_between(const char *begin, const char *end)
{
    bool usual = end - begin > 1 && end[-1] == ' ' && (unsigned char)end[-2] > ' ' &&
                 (unsigned char)*begin > ' ';
    return usual ? slice_between(begin, end - 1) : slice_trim(slice_between(begin, end));
}

/*
 * Cisco Meraki: "1647478988.289402144 MX84 flows ...". The name ends where a known type begins: it
 * may hold blanks. Without a type only the version in front makes it Meraki's, for other software
 * begins its lines with epoch times too.
 */
bool syslog_epoch_take(struct reading *r, size_t at, bool versioned)
{
    struct slice all = r->c.rest;
    int64_t time_ms;
    unsigned kinds = 0;
    const char *type = NULL;
    cursor_advance(&r->c, at);
    bool found =
        timestamp_epoch(&r->c, &time_ms) && (cursor_at_end(&r->c) || is_blank(cursor_peek(&r->c)));
    if (found) {
        r->far = true;
        skip_blanks(&r->c);
        type = find_meraki_type(r->c.rest);
    }
    if (!found || !(type || versioned)) {
        r->c.rest = all;
        return false;
    }
    struct slice name = type ? name_between(r->c.rest.ptr, type) : word_at(r->c.rest, &kinds);
    if (name.len && !(kinds & IS_PAYLOAD)) {
        r->out->host = name;
        cursor_advance(&r->c, name.len);
    }
    r->out->form = SYSLOG_EPOCH;
    r->out->has_time = true;
    r->out->time_ms = time_ms;
    r->numbered = NULL;
    return true;
}

static inline bool begins_meraki(struct slice text)
{
    return slice_starts(text, "flows ") || /* nearly all */
           is_meraki_type(slice_first(text, slice_find_near(text, ' ')));
}

#define AT_TIME 7 /* behind "<134>1 " */
#define AT_NAME (AT_TIME + TIMESTAMP_EPOCH_USUAL + 1)

bool syslog_epoch_usual(struct slice text, struct syslog *out)
{
    const struct slice none = SLICE_NONE;
    const char *p = text.ptr;
    unsigned a = (unsigned)(p[1] - '0'), b = (unsigned)(p[2] - '0'), c = (unsigned)(p[3] - '0');
    unsigned pri = 100 * a + 10 * b + c;
    if (p[0] != '<' || a > 9 || b > 9 || c > 9 || pri > PRI_MAX || memcmp(p + 4, ">1 ", 3) != 0 ||
        !timestamp_epoch_usual(p + AT_TIME, &out->time_ms) || p[AT_NAME - 1] != ' ')
        return false;
    size_t len = name_len(p + AT_NAME);
    out->host = slice_make(p + AT_NAME, len);
    out->body = slice_from(text, AT_NAME + len + 1);
    if (!len || p[AT_NAME + len] != ' ' || !begins_meraki(out->body))
        return false;
    out->form = SYSLOG_EPOCH;
    out->has_pri = out->has_time = true;
    out->facility = (uint8_t)(pri / 8);
    out->severity = (uint8_t)(pri % 8);
    out->app = none;
    out->procid = none;
    out->msgid = none;
    out->structured_data = none;
    return true;
}
