/*
 * Cisco ASA, and the messages of the same ids that FTD, FWSM and PIX send: "%ASA-6-302013: text".
 * https://www.cisco.com/c/en/us/td/docs/security/asa/syslog/b_syslog.html
 *
 * The tables come first: what a kind of message means, then a row for each kind, by the first and
 * the last three digits of its id. A row names the function that reads the text; asa_form does it by
 * the row's form. To add a kind, add its row.
 */
#include "parsers/asa.h"

/* What a kind says; what a form or a reader finds in the text goes over it. */
enum asa_meaning {
    DENIED,  /* refused by policy */
    DROPPED, /* refused for another reason: no route, broken packet, a limit */
    STRAY,   /* belongs to no connection and says nothing about one */
    OPENED,
    CLOSED,
    COPIED, /* a cluster member's copy of a connection */
    TRANSLATED,
    TRANSFERRED,
    ASKED_URL,
    REFUSED_URL,
    LOGGED_IN,
    LOGIN_FAILED,
    AUTHENTICATION,
    VPN,
    CONFIGURED,
    SYSTEM,
    SCANNING,
    THREAT,
    BLOCKED_THREAT,
    BLOCKED_DNS,
    MEANINGS
};

#define UNSET 0xff

static const struct {
    uint8_t category, action, outcome, evidence;
} meanings[MEANINGS] = {
    [DENIED] = {CATEGORY_CONNECTION, ACTION_DENY, OUTCOME_FAILURE, EVIDENCE_DENIED},
    [DROPPED] = {CATEGORY_CONNECTION, ACTION_DROP, OUTCOME_FAILURE, EVIDENCE_UNKNOWN},
    [STRAY] = {CATEGORY_CONNECTION, ACTION_DROP, OUTCOME_FAILURE, EVIDENCE_NONE},
    [OPENED] = {CATEGORY_CONNECTION, ACTION_ALLOW, OUTCOME_SUCCESS, EVIDENCE_NONE},
    [CLOSED] = {CATEGORY_CONNECTION, ACTION_ALLOW, OUTCOME_SUCCESS, EVIDENCE_UNKNOWN},
    [COPIED] = {CATEGORY_CONNECTION, ACTION_ALLOW, OUTCOME_SUCCESS, EVIDENCE_NONE},
    [TRANSLATED] = {CATEGORY_NAT, ACTION_ALLOW, OUTCOME_SUCCESS, UNSET},
    [TRANSFERRED] = {CATEGORY_FILE, ACTION_ALLOW, OUTCOME_SUCCESS, EVIDENCE_NONE},
    [ASKED_URL] = {CATEGORY_WEB, ACTION_ALLOW, OUTCOME_SUCCESS, EVIDENCE_NONE},
    [REFUSED_URL] = {CATEGORY_WEB, ACTION_DENY, OUTCOME_FAILURE, EVIDENCE_DENIED},
    [LOGGED_IN] = {CATEGORY_AUTHENTICATION, ACTION_ALLOW, OUTCOME_SUCCESS, UNSET},
    [LOGIN_FAILED] = {CATEGORY_AUTHENTICATION, ACTION_DENY, OUTCOME_FAILURE, UNSET},
    [AUTHENTICATION] = {CATEGORY_AUTHENTICATION, UNSET, UNSET, UNSET},
    [VPN] = {CATEGORY_VPN, UNSET, UNSET, UNSET},
    [CONFIGURED] = {CATEGORY_CONFIGURATION, UNSET, UNSET, UNSET},
    [SYSTEM] = {CATEGORY_SYSTEM, UNSET, UNSET, UNSET},
    [SCANNING] = {CATEGORY_SCAN, ACTION_ALERT, UNSET, UNSET},
    [THREAT] = {CATEGORY_THREAT, ACTION_ALERT, UNSET, EVIDENCE_NONE},
    [BLOCKED_THREAT] = {CATEGORY_THREAT, ACTION_DENY, OUTCOME_FAILURE, EVIDENCE_DENIED},
    [BLOCKED_DNS] = {CATEGORY_DNS, ACTION_DROP, OUTCOME_FAILURE, EVIDENCE_DENIED},
};

/* ASA's levels, 0 (emergency) to 7 (debugging), on the record's scale. */
static const uint8_t severities[8] = {10, 9, 8, 6, 5, 3, 2, 1};

#define TCP  PROTOCOL_TCP
#define UDP  PROTOCOL_UDP
#define ICMP PROTOCOL_ICMP
#define GRE  47

/* Access lists and what the device refuses by itself. */
static const struct asa_kind kinds_106[] = {
    [1] = {asa_form, SLICE("Inbound TCP connection denied"), DENIED, TCP, 2,
           "Inbound TCP connection denied from %s to %d flags[ %{tcp_flags} on interface %i]"},
    [2] = {asa_form, SLICE("Connection denied by outbound list"), DENIED, 0, 2,
           "%p Connection denied by outbound list %l src %s dest %d|"
           "%p connection denied by outbound list %l src %s %{src_port} dest %d %{dst_port}"},
    [6] = {asa_form, SLICE("Deny inbound UDP"), DENIED, UDP, 2,
           "Deny inbound UDP from %s to %d on[ interface %i]"},
    [7] = {asa_form, SLICE("Deny inbound UDP due to DNS"), DENIED, UDP, 2,
           "Deny inbound UDP from %s to %d due to[ %r]"},
    [10] = {asa_form, SLICE("Deny inbound"), DENIED, 0, 3, "Deny inbound %p src %S dst %D"},
    [11] = {asa_form, SLICE("Deny inbound, no translation"), DENIED, 0, 3,
            "Deny inbound (No xlate) %p src %S dst[ %D]|Deny inbound (No xlate) %p src %S|"
            "Deny inbound (No xlate) %r"},
    [12] = {asa_form, SLICE("Deny IP options"), DENIED, 0, 3,
            "Deny IP from %s to %d, IP options %{ip_options}"},
    [13] = {asa_form, SLICE("Dropping echo request to PAT address"), DENIED, ICMP, 3,
            "Dropping echo request from %s to PAT address %d"},
    [14] = {asa_form, SLICE("Deny inbound ICMP"), DENIED, ICMP, 3,
            "Deny inbound icmp src %S dst %D (type %T, code %C)"},
    [15] = {asa_form, SLICE("Deny TCP, no connection"), DENIED, TCP, 6,
            "Deny TCP (no connection) from %s to %d flags[ %{tcp_flags} on interface %i]"},
    [16] = {asa_form, SLICE("Deny IP spoof"), DENIED, 0, 2,
            "Deny IP spoof from (%s) to %d on interface %i"},
    [17] = {asa_form, SLICE("Deny IP due to Land Attack"), DENIED, 0, 2,
            "Deny IP due to Land Attack from %s to %d"},
    [18] = {asa_form, SLICE("ICMP packet denied by outbound list"), DENIED, ICMP, 2,
            "ICMP packet type %T denied by outbound list %l src %s dest %d"},
    [20] = {asa_form, SLICE("Deny IP teardrop fragment"), DENIED, 0, 2,
            "Deny IP teardrop fragment (size = %{size}, offset = %{offset}) from %s to %d"},
    [21] = {asa_form, SLICE("Deny reverse path check"), DENIED, 0, 1,
            "Deny %p reverse path check from %s to %d on[ interface %i]"},
    [22] = {asa_form, SLICE("Deny connection spoof"), DENIED, 0, 1,
            "Deny %p connection spoof from %s to %d on[ interface %i]"},
    [23] = {asa_acl_deny, SLICE("Deny by access group"), DENIED, 0, 4, ""},
    [27] = {asa_form, SLICE("Deny by access group, not IP"), DENIED, 0, 4,
            "Deny src %{src} dst %{dst} by access-group %l|"
            "%x: Deny src %{src} dst %{dst} by access-group %l"},
    [100] = {asa_acl_log, SLICE("Access list hit"), OPENED, 0, 6, ""},
    [101] = {asa_form, SLICE("Cached deny flows at limit"), SYSTEM, 0, 1,
             "Number of cached deny-flows for ACL log has reached limit (%{limit})"},
    [102] = {asa_acl_log, SLICE("Access list hit, permitted user"), OPENED, 0, 6, ""},
    [103] = {asa_acl_log, SLICE("Access list hit, denied user"), DENIED, 0, 4, ""},
};

/* Connections. */
static const struct asa_kind kinds_302[] = {
    [13] = {asa_built, SLICE("Built TCP connection"), OPENED, TCP, 6, ""},
    [14] = {asa_teardown, SLICE("Teardown TCP connection"), CLOSED, TCP, 6, ""},
    [15] = {asa_built, SLICE("Built UDP connection"), OPENED, UDP, 6, ""},
    [16] = {asa_teardown, SLICE("Teardown UDP connection"), CLOSED, UDP, 6, ""},
    [17] = {asa_built, SLICE("Built GRE connection"), OPENED, GRE, 6, ""},
    [18] = {asa_teardown, SLICE("Teardown GRE connection"), CLOSED, GRE, 6, ""},
    [20] = {asa_icmp, SLICE("Built ICMP connection"), OPENED, ICMP, 6, ""},
    [21] = {asa_icmp, SLICE("Teardown ICMP connection"), CLOSED, ICMP, 6, ""},
    [22] = {asa_stub, SLICE("Built stub TCP connection"), COPIED, 0, 6, ""},
    [23] = {asa_stub, SLICE("Teardown stub TCP connection"), COPIED, 0, 6, ""},
    [24] = {asa_stub, SLICE("Built stub UDP connection"), COPIED, 0, 6, ""},
    [25] = {asa_stub, SLICE("Teardown stub UDP connection"), COPIED, 0, 6, ""},
    [26] = {asa_stub, SLICE("Built stub ICMP connection"), COPIED, 0, 6, ""},
    [27] = {asa_stub, SLICE("Teardown stub ICMP connection"), COPIED, 0, 6, ""},
    [303] = {asa_built, SLICE("Built TCP state-bypass connection"), OPENED, TCP, 6, ""},
    [304] = {asa_teardown, SLICE("Teardown TCP state-bypass connection"), CLOSED, TCP, 6, ""},
};

/* To the device itself. */
static const struct asa_kind kinds_710[] = {
    [1] = {asa_form, SLICE("Access to the device requested"), OPENED, 0, 7,
           "%p access requested from %s to %D"},
    [2] = {asa_form, SLICE("Access to the device permitted"), OPENED, 0, 7,
           "%p access permitted from %s to %D"},
    [3] = {asa_form, SLICE("Access to the device denied"), DENIED, 0, 3,
           "%p access denied by ACL from %s to %D"},
    [4] = {asa_form, SLICE("Connection limit of the device exceeded"), DENIED, 0, 7,
           "%p connection limit exceeded from %s to %D (current connections/connection limit = "
           "%{connections})"},
    [5] = {asa_form, SLICE("Request to the device discarded"), DENIED, 0, 7,
           "%p request discarded from %s to %D"},
    [6] = {asa_form, SLICE("Request to the device discarded"), DENIED, 0, 7,
           "%p request discarded from %s to %D"},
};

/* Threat detection. */
static const struct asa_kind kinds_733[] = {
    [100] = {asa_form, SLICE("Drop rate exceeded"), SCANNING, 0, 4,
             "%[%h%] drop %{rate} exceeded. Current burst rate is %{burst_rate} per second, max "
             "configured rate is %{burst_limit}; Current average rate is %{average_rate} per "
             "second, max configured rate is %{average_limit}; Cumulative total count is %{total}|"
             "%h drop %{rate} exceeded. Current burst rate is %{burst_rate} per second, max "
             "configured rate is %{burst_limit}; Current average rate is %{average_rate} per "
             "second, max configured rate is %{average_limit}; Cumulative total count is %{total}"},
    [101] = {asa_attack, SLICE("Scanning threat detected"), SCANNING, 0, 4,
             "%{object} %s is %h. Current burst rate is %{burst_rate} per second, max "
             "configured rate is %{burst_limit}; Current average rate is %{average_rate} per "
             "second, max configured rate is %{average_limit}; Cumulative total count is %{total}"},
};

/* A family of ids: the first three digits. */
#define KINDS(digits) kinds_##digits, sizeof(kinds_##digits) / sizeof(kinds_##digits[0])
static const struct asa_family {
    struct slice name; /* for ids without a row */
    uint8_t meaning;
    const struct asa_kind *kinds;
    size_t count;
} families[1000] = {
    [106] = {SLICE("Access list"), SYSTEM, KINDS(106)},
    [302] = {SLICE("Connection"), SYSTEM, KINDS(302)},
    [710] = {SLICE("Access to the device"), SYSTEM, KINDS(710)},
    [733] = {SLICE("Threat detection"), SYSTEM, KINDS(733)},
};

static const struct asa_kind *kind_of(unsigned id)
{
    const struct asa_family *family = &families[id / 1000];
    unsigned row = id % 1000;
    return row < family->count && family->kinds[row].read ? &family->kinds[row] : NULL;
}

/* How far into a message the mark may stand: behind what a relay or the device put before it. */
#define MARK_WITHIN 160

static const struct slice products[] = {
    SLICE("ASA"), SLICE("FTD"), SLICE("PIX"), SLICE("FWSM"), SLICE("NGIPS"),
};

/* The product whose mark begins here ("ASA-", "FTD<Up>-"), or an empty text. */
static struct slice product_at(struct slice text)
{
    for (size_t i = 0; i < sizeof(products) / sizeof(products[0]); i++) {
        size_t len = products[i].len;
        if (text.len > len && (text.ptr[len] == '-' || text.ptr[len] == '<') &&
            memcmp(text.ptr, products[i].ptr, len) == 0)
            return products[i];
    }
    return SLICE_NONE;
}

/* The six digits of an id; 0 when they are not digits, which is no id. */
static inline unsigned read_id(const char *p)
{
    unsigned id = 0, others = 0;
    for (int i = 0; i < 6; i++) {
        unsigned digit = (unsigned)(p[i] - '0');
        others |= digit > 9;
        id = id * 10 + digit;
    }
    return others ? 0 : id;
}

/* "-302013" at the end of the mark, which a colon or a blank ends. */
static bool ends_in_id(struct slice mark)
{
    return mark.len >= 7 && mark.ptr[mark.len - 7] == '-' && read_id(slice_end(mark) - 6);
}

static size_t mark_length(struct slice text)
{
    size_t n = 0;
    while (n < text.len && text.ptr[n] != ':' && text.ptr[n] != ' ')
        n++;
    return n;
}

/* Where the product's name stands ("ASA-6-302013"), or body.len; the % may have been lost. */
static size_t find_mark(struct slice body)
{
    struct slice window = slice_first(body, MARK_WITHIN);
    for (size_t at = slice_find(window, '%'); at < window.len;
         at += 1 + slice_find(slice_from(window, at + 1), '%'))
        if (product_at(slice_from(body, at + 1)).len)
            return at + 1;
    if (product_at(body).len && ends_in_id(slice_first(body, mark_length(body))))
        return 0;
    return body.len;
}

static bool asa_claims(const struct syslog *header, struct slice body)
{
    (void)header;
    return slice_starts(body, "%ASA-") || (body.len && find_mark(body) < body.len);
}

/* "%ASA-6-302013: " at the very front, as almost always; false takes nothing. */
static inline bool read_common_mark(struct cursor *c, unsigned *id, unsigned *level,
                                    struct record *r)
{
    const char *p = c->rest.ptr;
    if (c->rest.len < 15 || memcmp(p, "%ASA-", 5) != 0 || p[6] != '-' || p[13] != ':' ||
        p[14] != ' ' || !(*id = read_id(p + 7)))
        return false;
    record_set_product(r, (struct slice)SLICE("ASA"));
    record_set_event_id(r, slice_make(p + 7, 6));
    *level = (unsigned)(p[5] - '0');
    cursor_advance(c, 15);
    cursor_skip_blanks(c);
    return true;
}

/* Takes "%ASA-6-302013: " off the text; false when there is no id in it. */
static bool read_mark(struct cursor *c, unsigned *id, unsigned *level, struct record *r)
{
    size_t at = find_mark(c->rest);
    struct slice before = slice_first(c->rest, at > 0 ? at - 1 : 0);
    while (before.len && strchr(" :", before.ptr[before.len - 1]))
        before.len--;
    record_extra(r, slice("device_id"), slice_trim(before));
    cursor_advance(c, at);
    record_set_product(r, product_at(c->rest));

    struct slice mark = slice_first(c->rest, mark_length(c->rest));
    cursor_advance(c, mark.len);
    if (!ends_in_id(mark))
        return false;
    struct slice digits = slice_from(mark, mark.len - 6);
    record_set_event_id(r, digits);
    *id = read_id(digits.ptr);
    *level = mark.len >= 9 ? (unsigned)(mark.ptr[mark.len - 8] - '0') : 8;
    if (cursor_peek(c) == ':')
        cursor_advance(c, 1);
    cursor_skip_blanks(c);
    return true;
}

/* "message repeated 2 times: [ text]", as a relay in between writes it. */
static void unwrap_repeats(struct cursor *c, struct record *r)
{
    struct cursor inside = *c;
    cursor_expect(&inside, "message repeated ");
    struct slice times = cursor_until(&inside, ' ');
    cursor_expect(&inside, "times: [");
    if (inside.bad)
        return;
    record_extra(r, slice("repeated"), times);
    cursor_skip_blanks(&inside);
    if (inside.rest.len && inside.rest.ptr[inside.rest.len - 1] == ']')
        inside.rest.len--;
    *c = inside;
}

static void set_meaning(struct record *r, uint8_t meaning)
{
    record_set_category(r, meanings[meaning].category);
    if (meanings[meaning].action != UNSET)
        record_set_action(r, meanings[meaning].action);
    if (meanings[meaning].outcome != UNSET)
        record_set_outcome(r, meanings[meaning].outcome);
    if (meanings[meaning].evidence != UNSET)
        record_set_evidence(r, meanings[meaning].evidence);
}

static enum parse_status asa_parse(struct parse_context *context, struct slice body,
                                   struct record *r)
{
    struct cursor c = cursor_over(body);
    unsigned id, level;

    record_set_vendor(r, slice("Cisco"));
    if (!read_common_mark(&c, &id, &level, r) && !read_mark(&c, &id, &level, r)) {
        record_set_message(r, slice_trim(c.rest));
        return PARSE_MALFORMED;
    }
    const struct asa_kind *kind = kind_of(id);
    if (level < 8)
        record_set_severity(r, severities[level]);
    if (!kind) {
        record_set_event_name(r, families[id / 1000].name);
        record_set_message(r, slice_trim(c.rest));
        return PARSE_UNKNOWN;
    }
    if (level > 7)
        record_set_severity(r, severities[kind->level]);
    record_set_event_name(r, kind->name);
    set_meaning(r, kind->meaning);
    if (kind->protocol)
        record_set_protocol(r, kind->protocol);
    if (cursor_peek(&c) == 'm')
        unwrap_repeats(&c, r);
    struct slice text = c.rest;
    if (kind->read(context, kind, &c, r))
        return PARSE_OK;
    record_set_message(r, slice_trim(text));
    return PARSE_MALFORMED;
}

const struct parser parser_asa = {
    .name = "asa", .extra_prefix = "CiscoASA", .claims = asa_claims, .parse = asa_parse};
