/*
 * Reads a message by the form that stands in its row, from left to right, without going back but to
 * the front of an optional part:
 *
 *   blank  one blank or more; none is needed before a parenthesis or behind "="; no form begins with one
 *   %s %d  source, destination: [iface:]addr[/port] [(mapped/port)][(user)]
 *   %S %D  the same where the interface is always printed
 *   %R %L  source, destination: the peer and our end of a tunnel, as addr:port
 *   %q %Q  port of the source, of the destination               %b %B  bytes of the source, ...
 *   %i %I  interface of the source, of the destination          %u %U  user
 *   %p     protocol: a word, a number, or "protocol 47"         %T %C  ICMP type, code
 *   %M     what the source is translated to                     %m     the source's MAC
 *   %n %t  session id, duration                                 %l %r  rule, reason
 *   %k %f %h  url, file, threat                                 %x     anything, not kept
 *   %a     the verdict in words: permitted, monitored, Dropping connection
 *   %{a}   kept as the extra "a"                                %[ %]  the bracket itself
 *   [ ]    may be missing                                       |      else it is this form
 *
 * A text goes to where the form's next piece of plain text stands. What remains behind the form
 * makes the whole text worth keeping as the record's message.
 */
#include "parsers/asa.h"

/* The plain text that follows in a form; the brackets of optional parts do not count. */
static struct slice next_text(const char *form, bool *optional)
{
    *optional = false;
    while (*form == '[' || *form == ']') {
        *optional = true;
        form++;
    }
    if (form[0] == '%' && (form[1] == '[' || form[1] == ']'))
        return slice_make(form + 1, 1);
    size_t len = strcspn(form, "%[]|");
    return slice_make(form, len);
}

/* Where a text stands in another, or s.len. */
static size_t find_in(struct slice s, struct slice text)
{
    if (text.len == 0)
        return s.len;
    const char *at = memmem(s.ptr, s.len, text.ptr, text.len);
    return at ? (size_t)(at - s.ptr) : s.len;
}

/* The text of a field: up to what follows in the form, or all when nothing does. */
static struct slice field_text(struct cursor *c, const char *form)
{
    bool optional;
    struct slice stop = next_text(form, &optional);
    size_t len = find_in(c->rest, stop);
    if (len == c->rest.len && stop.len) { /* there may be more blanks than the form has */
        size_t word = slice_find(slice_from(stop, 1), ' ') + 1;
        if (word > 2 && stop.ptr[word - 1] == ':')
            word--;
        len = find_in(c->rest, slice_first(stop, word));
    }
    if (len == c->rest.len && stop.len && !optional)
        cursor_fail(c);
    struct slice text = slice_trim(slice_first(c->rest, len));
    cursor_advance(c, c->bad ? 0 : len);
    return text;
}

static struct slice unquoted(struct slice text)
{
    while (text.len && strchr(".,'\">", text.ptr[text.len - 1]))
        text.len--;
    while (text.len && strchr("'\"<", text.ptr[0]))
        text = slice_from(text, 1);
    return text;
}

static void read_endpoint(struct cursor *c, char letter, struct record *r)
{
    struct asa_endpoint e;
    bool bracket = cursor_try(c, "<");
    asa_endpoint(c, letter < 'a', &e);
    if (c->bad)
        return;
    if (bracket)
        cursor_expect(c, ">");
    if (letter == 'M')
        asa_set_translated(r, &e);
    else if ((letter | 32) == 's')
        asa_set_source(r, &e);
    else
        asa_set_destination(r, &e);
}

/* "203.0.113.1:500", "vpn.example.com:500"; the port is always printed. */
static void read_peer(struct cursor *c, char letter, struct record *r)
{
    struct slice text = slice_first(c->rest, slice_find(c->rest, ' '));
    size_t colon = slice_find_last(text, ':');
    struct asa_endpoint e = {.has_more = false};

    e.has_ip = address_parse(slice_first(text, colon), &e.ip);
    e.has_port = port_parse(slice_from(text, colon + 1), &e.port);
    if (!e.has_ip && (colon == 0 || !e.has_port)) {
        cursor_fail(c);
        return;
    }
    if (!e.has_ip)
        asa_endpoint_host(&e, slice_first(text, colon));
    cursor_advance(c, text.len);
    if (letter == 'R')
        asa_set_source(r, &e);
    else
        asa_set_destination(r, &e);
}

static void read_number(struct cursor *c, char letter, struct record *r)
{
    const char *begin = c->rest.ptr;
    uint64_t value = letter == 't' ? asa_duration(c) : cursor_number(c);
    if (c->bad)
        return;
    if (letter == 't')
        record_set_duration_ms(r, value);
    else if (letter == 'n')
        record_set_session_id(r, slice_between(begin, c->rest.ptr));
    else if (letter == 'b')
        record_set_src_bytes(r, value);
    else if (letter == 'B')
        record_set_dst_bytes(r, value);
    else if (letter == 'q' && value <= UINT16_MAX)
        record_set_src_port(r, (uint16_t)value);
    else if (letter == 'Q' && value <= UINT16_MAX)
        record_set_dst_port(r, (uint16_t)value);
    else if (letter == 'T' && value <= 255)
        record_set_icmp_type(r, value);
    else if (letter == 'C' && value <= 255)
        record_set_icmp_code(r, value);
}

/* Beginnings of a verdict; what is none of them was refused. */
static const struct {
    const char *word;
    enum action action;
} verdicts[] = {
    {"permitted", ACTION_ALLOW}, {"allowed", ACTION_ALLOW}, {"monitored", ACTION_ALERT},
    {"log", ACTION_ALERT},       {"mask", ACTION_ALERT},    {"received", ACTION_ALERT},
    {"reset", ACTION_RESET},     {"drop", ACTION_DROP},
};

static void set_verdict(struct record *r, struct slice words)
{
    enum action action = ACTION_DENY;
    for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
        struct slice word = slice(verdicts[i].word);
        if (slice_is_nocase(slice_first(words, word.len), verdicts[i].word))
            action = verdicts[i].action;
    }
    record_set_action(r, action);
    if (action == ACTION_ALLOW || action == ACTION_ALERT)
        return;
    record_set_outcome(r, OUTCOME_FAILURE);
    record_set_evidence(r, EVIDENCE_DENIED);
}

static void read_text(struct cursor *c, const char *letter, struct record *r)
{
    struct slice text = unquoted(field_text(c, letter + 1));
    if (c->bad)
        return;
    switch (*letter) {
    case 'a':
        set_verdict(r, text);
        break;
    case 'm':
        record_set_src_mac(r, text);
        break;
    case 'i':
        record_set_src_interface(r, text);
        break;
    case 'I':
        record_set_dst_interface(r, text);
        break;
    case 'u':
        asa_set_user(r, text);
        break;
    case 'U':
        record_set_dst_user(r, text);
        break;
    case 'l':
        record_set_rule(r, text);
        break;
    case 'r':
        record_set_reason(r, text);
        break;
    case 'k':
        record_set_url(r, text);
        break;
    case 'f':
        record_set_file(r, text);
        break;
    case 'h':
        record_set_threat(r, text);
        break;
    default: /* x */
        break;
    }
}

/* %{name}; returns where the form goes on. */
static const char *read_extra(struct cursor *c, const char *form, struct record *r)
{
    const char *close = strchr(form, '}');
    struct slice text = field_text(c, close + 1);
    if (!c->bad)
        record_extra(r, slice_between(form + 1, close), unquoted(text));
    return close;
}

/* One field; `form` is at its letter. Returns the last byte of it. */
static const char *read_field(struct cursor *c, const char *form, struct record *r)
{
    switch (*form) {
    case 's':
    case 'S':
    case 'd':
    case 'D':
    case 'M':
        read_endpoint(c, *form, r);
        break;
    case 'p':
        asa_protocol(c, r);
        break;
    case 'R':
    case 'L':
        read_peer(c, *form, r);
        break;
    case 'n':
    case 't':
    case 'T':
    case 'C':
    case 'q':
    case 'Q':
    case 'b':
    case 'B':
        read_number(c, *form, r);
        break;
    case '{':
        return read_extra(c, form, r);
    case '[':
    case ']':
        if (cursor_peek(c) == *form)
            cursor_advance(c, 1);
        else
            cursor_fail(c);
        break;
    default:
        read_text(c, form, r);
        break;
    }
    return form;
}

static void read_plain(struct cursor *c, const char *form)
{
    if (*form == ' ') {
        if (cursor_peek(c) != ' ' && form[1] != '(' && form[-1] != '=')
            cursor_fail(c);
        cursor_skip_blanks(c);
        return;
    }
    if (*form == ':') /* some releases put a blank in front */
        cursor_skip_blanks(c);
    if (cursor_peek(c) == *form && c->rest.len) {
        cursor_advance(c, 1);
    } else {
        cursor_fail(c);
    }
}

bool asa_form(struct parse_context *context, const struct asa_kind *kind, struct cursor *c,
              struct record *r)
{
    struct cursor front = *c, saved = *c;
    const uint64_t has = r->has;
    const uint16_t extras = RECORD_HAS(r, extra) ? r->extra : 0;
    bool optional = false;
    (void)context;

    for (const char *f = kind->form; *f && *f != '|'; f++) {
        if (*f == '[') {
            saved = *c;
            optional = true;
        } else if (*f == ']') {
            optional = false;
        } else if (*f == '%') {
            f = read_field(c, f + 1, r);
        } else {
            read_plain(c, f);
        }
        if (!c->bad)
            continue;
        if (optional) {
            *c = saved;
            optional = false;
            do {
                f++;
            } while (f[0] != ']' || f[-1] == '%');
            continue;
        }
        const char *other = strchr(f, '|');
        r->extra = extras;
        if (!other)
            return false;
        r->has = has;
        *c = front;
        f = other;
    }
    if (RECORD_HAS(r, protocol) &&
        (r->protocol == PROTOCOL_ICMP || r->protocol == PROTOCOL_ICMP6)) /* an identifier */
        r->has &= ~(UINT64_C(1) << FIELD_src_port | UINT64_C(1) << FIELD_dst_port |
                    UINT64_C(1) << FIELD_src_nat_port | UINT64_C(1) << FIELD_dst_nat_port);
    if (slice_trim(c->rest).len && !slice_is(slice_trim(c->rest), "."))
        record_set_message(r, slice_trim(front.rest));
    return true;
}

/* "Host 10.0.0.5 is targeted": then it is no source. */
bool asa_attack(struct parse_context *context, const struct asa_kind *kind, struct cursor *c,
                struct record *r)
{
    if (!asa_form(context, kind, c, r))
        return false;
    if (!RECORD_HAS(r, threat) || !slice_is(r->threat, "targeted"))
        return true;
    if (RECORD_HAS(r, src_ip))
        record_set_dst_ip(r, r->src_ip);
    if (RECORD_HAS(r, src_host))
        record_set_dst_host(r, r->src_host);
    r->has &= ~(UINT64_C(1) << FIELD_src_ip | UINT64_C(1) << FIELD_src_host);
    return true;
}

/* 406002: FTP port command different address: 10.1.0.5(10.9.9.9) to 198.51.100.7 on interface inside:
 * the address that the client names is no translation of its own. */
bool asa_port_command(struct parse_context *context, const struct asa_kind *kind, struct cursor *c,
                      struct record *r)
{
    struct address ip;
    cursor_until_text(c, "different address: ");
    struct slice client = cursor_until(c, '('), named = cursor_until(c, ')');
    if (c->bad || !address_parse(client, &ip))
        return false;
    record_set_src_ip(r, ip);
    record_extra(r, slice("named"), named);
    cursor_skip_blanks(c);
    return asa_form(context, kind, c, r);
}
