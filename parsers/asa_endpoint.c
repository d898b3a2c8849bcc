/*
 * The endpoints of ASA messages: [iface:]addr[/port] [(mapped/port)][(user)].
 *
 * They are tried as "iface:1.2.3.4/80" first, in one pass; everything else (IPv6, names, VRF
 * prefixes, identity users) goes the longer way.
 */
#include "parsers/asa.h"

/* Whether an address in the common form may end so. */
static inline bool ends_there(const char *p, const char *end)
{
    return p == end || *p == ' ' || *p == '(' || *p == ')';
}

/* "iface:1.2.3.4/80" or "1.2.3.4/80" or either without the port: where it ends, or NULL. */
static inline const char *read_common(struct slice s, struct asa_endpoint *out)
{
    struct address_port found = address_read_named(s, ':', '/', &out->interface, &out->ip);
    const char *p = s.ptr + found.len;
    if (found.len == 0 || !ends_there(p, slice_end(s)))
        return NULL;
    out->has_port = found.port != ADDRESS_NO_PORT;
    out->port = (uint16_t)found.port;
    out->text = slice_between(slice_end(out->interface) + (out->interface.len != 0), p);
    return p;
}

/* The rarely needed members come to life. */
static void more(struct asa_endpoint *out)
{
    if (out->has_more)
        return;
    out->has_more = true;
    out->host = out->port_text = out->nat_host = SLICE_NONE;
    out->mac = out->list = out->user = out->group = SLICE_NONE;
}

/* What ends a word; "]" only one that did not open it, as "[2001:db8::1]" does. */
static const bool ends_word[256] = {
    [' '] = true, ['('] = true, [')'] = true, ['>'] = true, [']'] = true,
};

static size_t word_length(struct slice s)
{
    size_t n = 0;
    for (; n < s.len; n++)
        if (ends_word[(unsigned char)s.ptr[n]] &&
            (s.ptr[n] != ']' || slice_find(slice_first(s, n), '[') == n))
            break;
    return n;
}

/* The device's own interface has blanks in its name: "NP Identity Ifc:192.0.2.1/68". */
static size_t endpoint_length(struct slice s, bool interface_first)
{
    size_t colon = 0;
    if (interface_first && slice_starts(s, "NP Identity "))
        colon = slice_find(slice_first(s, 24), ':');
    return colon + word_length(slice_from(s, colon));
}

/* The services for which PIX and ASA print a name in the port's place. */
static const struct {
    const char *name;
    uint16_t port;
} services[] = {
    {"ssh", 22},      {"telnet", 23},      {"https", 443},       {"http", 80},
    {"www", 80},      {"snmp", 161},       {"domain", 53},       {"ftp", 21},
    {"ftp-data", 20}, {"smtp", 25},        {"ntp", 123},         {"tftp", 69},
    {"bootps", 67},   {"bootpc", 68},      {"syslog", 514},      {"snmptrap", 162},
    {"pop3", 110},    {"netbios-ns", 137}, {"netbios-dgm", 138}, {"isakmp", 500},
    {"tacacs", 49},   {"sunrpc", 111},     {"rip", 520},         {"ldap", 389},
    {"ldaps", 636},   {"imap4", 143},      {"netbios-ssn", 139}, {"sqlnet", 1521},
    {"ident", 113},
};

static bool read_port(struct slice text, uint16_t *port)
{
    if (port_parse(text, port))
        return true;
    for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++)
        if (slice_is(text, services[i].name)) {
            *port = services[i].port;
            return true;
        }
    return false;
}

/* "0200.5e00.5301" */
static bool is_mac(struct slice text)
{
    return text.len == 14 && text.ptr[4] == '.' && text.ptr[9] == '.';
}

static void split_port(struct slice *text, struct asa_endpoint *out)
{
    struct address v4;
    size_t slash = slice_find_last(*text, '/');
    size_t colon = slice_find(*text, ':'); /* few messages print 198.51.100.9:500 */
    if (slash == text->len && colon < text->len && address_read_v4(*text, &v4) == colon)
        slash = colon;
    if (slash == text->len)
        return;
    out->port_text = slice_from(*text, slash + 1);
    *text = slice_first(*text, slash);
    if (read_port(out->port_text, &out->port)) {
        out->has_port = true;
        out->port_text = SLICE_NONE;
    } else if (is_mac(out->port_text)) {
        out->mac = out->port_text;
        out->port_text = SLICE_NONE;
    }
}

/* Interface and address: the first colon after which an address stands parts them; without an
 * address the last colon does, and what follows it is a name. */
static void split_interface(struct slice text, bool interface_first, struct asa_endpoint *out)
{
    size_t colon = slice_find(text, ':');
    if (!interface_first && address_parse(text, &out->ip)) {
        out->has_ip = true;
        return;
    }
    for (size_t at = colon; at < text.len;) {
        if (address_parse(slice_from(text, at + 1), &out->ip)) {
            out->interface = slice_first(text, at);
            out->has_ip = true;
            return;
        }
        at += 1 + slice_find(slice_from(text, at + 1), ':');
    }
    if (interface_first && address_parse(text, &out->ip)) {
        out->has_ip = true;
        return;
    }
    colon = slice_find_last(text, ':');
    out->host = text;
    if (colon < text.len) {
        out->interface = slice_first(text, colon);
        out->host = slice_from(text, colon + 1);
    }
}

/* "dmz(nat_list):": the access list of a policy translation stands behind the interface. */
static bool take_list(struct cursor *c, size_t open, struct slice *interface, struct slice *list)
{
    struct cursor ahead = *c;
    if (open == c->rest.len || c->rest.ptr[open] != '(')
        return false;
    cursor_advance(&ahead, open + 1);
    *list = cursor_until(&ahead, ')');
    if (ahead.bad || cursor_peek(&ahead) != ':')
        return false;
    cursor_advance(&ahead, 1);
    *interface = slice_first(c->rest, open);
    *c = ahead;
    return true;
}

/* IP-in-IP has no port: the mapped address stands behind the slash. */
static void port_to_mapped(struct asa_endpoint *out)
{
    if (!address_parse(out->port_text, &out->nat_ip))
        return;
    out->has_nat_ip = !(out->has_ip && address_equals(out->nat_ip, out->ip));
    out->has_mapped = true;
    out->port_text = SLICE_NONE;
}

static void read_uncommon(struct cursor *c, bool interface_first, struct asa_endpoint *out)
{
    struct slice interface = SLICE_NONE, list = SLICE_NONE;
    size_t len = endpoint_length(c->rest, interface_first);
    if (take_list(c, len, &interface, &list)) {
        interface_first = false;
        len = endpoint_length(c->rest, interface_first);
    }
    out->has_ip = out->has_port = false;
    out->port = 0;
    out->interface = SLICE_NONE;
    more(out);
    out->list = list;
    struct slice text = slice_first(c->rest, len);
    while (text.len && strchr(".,;!\r", text.ptr[text.len - 1])) /* the sentence's */
        text.len--;
    if (text.len > 1 && text.ptr[text.len - 1] == ':' && text.ptr[text.len - 2] != ':')
        text.len--;
    cursor_advance(c, text.len);
    if (text.len == 0) {
        cursor_fail(c);
        return;
    }
    out->text = text;
    split_port(&text, out);
    split_interface(text, interface_first, out);
    if (out->port_text.len)
        port_to_mapped(out);
    if (out->interface.len)
        out->text = slice_between(slice_end(out->interface) + 1, slice_end(out->text));
    else
        out->interface = interface;
}

/* What stands between the parenthesis here and its partner; false when there is no partner. */
static bool parenthesis(struct cursor *c, struct slice *inside)
{
    size_t close = slice_find(c->rest, ')');
    if (close == c->rest.len)
        return false;
    *inside = slice_make(c->rest.ptr + 1, close - 1);
    cursor_advance(c, close + 1);
    return true;
}

/* "LOCAL\alice", "LOCAL\alice, 99:guests", "99:guests", or the name of an FQDN object. */
static void read_identity(struct slice text, struct asa_endpoint *out)
{
    size_t comma = slice_find(text, ',');
    struct slice first = slice_trim(slice_first(text, comma));
    struct slice second = slice_trim(slice_from(text, comma + 1));
    bool user = slice_find(first, '\\') < first.len || slice_find(first, '@') < first.len;

    if (second.len)
        out->group = second;
    if (user)
        out->user = first;
    else if (slice_find(first, ':') < first.len)
        out->group = first;
    else if (slice_find(first, '.') < first.len)
        out->host = first;
    else
        out->user = first;
}

/* A mapped address looks like an endpoint without interface; "(type 8, code 0)" does not. */
static bool is_mapped(struct slice text)
{
    struct address ignored;
    return text.len && slice_find(text, ' ') == text.len && slice_find(text, '\\') == text.len &&
           (slice_find(text, '/') < text.len || address_parse(text, &ignored));
}

/* The mapped address counts only where it differs from the real one. */
static void read_mapped(struct slice text, struct asa_endpoint *out)
{
    struct asa_endpoint mapped = {.has_more = false};
    struct cursor c = cursor_over(text);
    out->has_mapped = true;
    if (slice_equals(text, out->text))
        return;
    read_uncommon(&c, false, &mapped);
    if (mapped.has_ip && !(out->has_ip && address_equals(mapped.ip, out->ip) &&
                           mapped.has_port == out->has_port && mapped.port == out->port)) {
        out->nat_ip = mapped.ip;
        out->nat_port = mapped.port;
        out->has_nat_ip = true;
        out->has_nat_port = mapped.has_port;
    }
    if (mapped.host.len) {
        more(out);
        out->nat_host = mapped.host;
    }
}

/* Everything in parentheses behind an address. */
static void read_parentheses(struct cursor *c, struct asa_endpoint *out)
{
    struct slice inside;
    if (!out->has_mapped && c->rest.len >= 2 && c->rest.ptr[0] == ' ' && c->rest.ptr[1] == '(') {
        struct cursor ahead = *c;
        cursor_advance(&ahead, 1);
        if (parenthesis(&ahead, &inside) && is_mapped(inside)) {
            read_mapped(inside, out);
            *c = ahead;
        }
    }
    while (cursor_peek(c) == '(' && !slice_starts(c->rest, "(type ")) {
        if (!parenthesis(c, &inside))
            return;
        if (!out->has_mapped && is_mapped(inside)) {
            read_mapped(inside, out);
        } else {
            more(out);
            read_identity(inside, out);
        }
    }
}

/* " (1.2.3.4/80)", most often the real address again: where it ends, or NULL. */
static inline const char *read_common_mapped(const char *p, const char *end,
                                             struct asa_endpoint *out)
{
    const char *text = out->text.ptr;
    size_t len = out->text.len, left = (size_t)(end - p) - 2;

    p += 2;
    if (left > len && p[len] == ')' &&
        (left >= 32 && len < 32 ? slice_same_32(p, text, len) : slice_same(p, text, len))) {
        p += len;
    } else {
        struct address_port found = address_read_port(slice_between(p, end), '/', &out->nat_ip);
        p += found.len;
        if (found.len == 0 || p == end || *p != ')')
            return NULL;
        out->nat_port = (uint16_t)found.port;
        out->has_nat_port = found.port != ADDRESS_NO_PORT;
        out->has_nat_ip = true;
    }
    out->has_mapped = true;
    return p + 1;
}

static inline void start(struct asa_endpoint *out)
{
    out->has_mapped = out->has_nat_ip = out->has_nat_port = out->has_more = false;
}

/* What is not written as usual from its first byte on, or from the parentheses on. */
__attribute__((noinline)) static void read_more(struct cursor *c, bool common, bool interface_first,
                                                struct asa_endpoint *out)
{
    if (!common)
        read_uncommon(c, interface_first, out);
    if (cursor_peek(c) == '(' || (!out->has_mapped && slice_starts(c->rest, " (")))
        read_parentheses(c, out);
}

__attribute__((always_inline)) static inline void read_endpoint(struct cursor *c,
                                                                bool interface_first,
                                                                struct asa_endpoint *out)
{
    const char *end = slice_end(c->rest), *p = read_common(c->rest, out);
    bool done = p != NULL;

    start(out);
    if (p) {
        if (end - p >= 2 && p[0] == ' ' && p[1] == '(') {
            const char *behind = read_common_mapped(p, end, out);
            done = behind;
            p = behind ? behind : p;
        }
        out->has_ip = true;
        c->rest = slice_between(p, end);
        done = done && (p == end || *p != '(');
    }
    if (!done)
        read_more(c, p, interface_first, out);
}

void asa_endpoint(struct cursor *c, bool interface_first, struct asa_endpoint *out)
{
    read_endpoint(c, interface_first, out);
}

void asa_endpoint_user(struct asa_endpoint *e, struct slice user)
{
    more(e);
    e->user = user;
}

void asa_endpoint_host(struct asa_endpoint *e, struct slice host)
{
    more(e);
    e->host = host;
}

void asa_endpoints(struct cursor *c, struct asa_endpoint *first, struct asa_endpoint *second)
{
    for (struct asa_endpoint *e = first;; e = second) {
        read_endpoint(c, true, e);
        if (e == second)
            return;
        if (!cursor_try(c, " to "))
            asa_endpoint_user(first, slice_trim(cursor_until_text(c, " to ")));
    }
}

/* "iface/1.2.3.4(80)"; false takes nothing. */
static inline bool read_common_slashed(struct cursor *c, struct asa_endpoint *out)
{
    const char *begin = c->rest.ptr, *end = slice_end(c->rest);
    struct address_port found = address_read_named(c->rest, '/', '(', &out->interface, &out->ip);
    const char *p = begin + found.len;
    if (found.len == 0 || found.port == ADDRESS_NO_PORT || p == end || *p != ')')
        return false;
    out->text = slice_between(slice_end(out->interface) + 1, p);
    out->port = (uint16_t)found.port;
    out->has_ip = out->has_port = true;
    cursor_advance(c, (size_t)(p + 1 - begin));
    return true;
}

void asa_endpoint_slashed(struct cursor *c, struct asa_endpoint *out)
{
    out->has_ip = out->has_port = false;
    start(out);
    if (!read_common_slashed(c, out)) {
        more(out);
        out->interface = cursor_until(c, '/');
        out->text = cursor_until(c, '(');
        out->has_ip = address_parse(out->text, &out->ip);
        if (!out->has_ip)
            out->host = out->text;
        out->port_text = cursor_until(c, ')');
        out->has_port = read_port(out->port_text, &out->port);
        if (out->has_port)
            out->port_text = SLICE_NONE;
    }
    if (cursor_peek(c) == '(') {
        out->text = slice_first(out->text, slice_find(out->text, '('));
        read_parentheses(c, out);
    }
}
