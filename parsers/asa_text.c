/*
 * How ASA messages write things: endpoints, durations, protocols.
 *
 * Endpoints are tried as "iface:1.2.3.4/80" first, in one pass; everything else (IPv6, names, VRF
 * prefixes, identity users) goes the longer way.
 */
#include "parsers/asa.h"

/* What may follow an endpoint; anything else means that it goes on. */
static inline bool ends_endpoint(const char *p, const char *end)
{
    return p == end || *p == ' ' || *p == '(' || *p == ')';
}

/* "iface:1.2.3.4/80" or "1.2.3.4/80" or either without the port; false takes nothing. */
static inline bool read_common(struct cursor *c, struct asa_endpoint *out)
{
    const char *begin = c->rest.ptr, *end = slice_end(c->rest), *p = begin, *address = begin;
    uint32_t port = 0;

    if (p < end && (unsigned)(*p - '0') > 9) {
        while (p < end && *p != ':' && *p != ' ' && *p != '(' && *p != '/')
            p++;
        if (p == end || *p != ':')
            return false;
        address = p + 1;
    }
    size_t len = address_read_v4(slice_between(address, end), &out->ip);
    if (len == 0)
        return false;
    p = address + len;
    if (p < end && *p == '/') {
        const char *digits = ++p;
        unsigned digit;
        while (p < end && p - digits < 6 && (digit = (unsigned)(*p - '0')) <= 9) {
            port = port * 10 + digit;
            p++;
        }
        if (p == digits || port > UINT16_MAX)
            return false;
        out->has_port = true;
    }
    if (!ends_endpoint(p, end)) {
        out->has_port = false;
        return false;
    }
    out->has_ip = true;
    out->port = (uint16_t)port;
    if (address > begin)
        out->interface = slice_between(begin, address - 1);
    out->text = slice_between(address, p);
    cursor_advance(c, (size_t)(p - begin));
    return true;
}

/* The end of a word: a blank, or a parenthesis. */
static size_t word_length(struct slice s)
{
    size_t n = 0;
    while (n < s.len && s.ptr[n] != ' ' && s.ptr[n] != '(' && s.ptr[n] != ')')
        n++;
    return n;
}

/* Cisco's own interface has blanks in its name: "NP Identity Ifc:192.0.2.1/68". */
static size_t endpoint_length(struct slice s, bool interface_first)
{
    size_t n = word_length(s);
    if (!interface_first || slice_find(slice_first(s, n), ':') < n)
        return n;
    for (size_t i = n; i < s.len && i < 40; i++) {
        unsigned char letter = (unsigned char)s.ptr[i];
        if (letter == ':')
            return i + word_length(slice_from(s, i));
        if (letter != ' ' && !((letter | 32) >= 'a' && (letter | 32) <= 'z'))
            break;
    }
    return n;
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

static void split_port(struct slice *text, struct asa_endpoint *out)
{
    size_t slash = slice_find_last(*text, '/');
    if (slash == text->len)
        return;
    out->port_text = slice_from(*text, slash + 1);
    *text = slice_first(*text, slash);
    if (read_port(out->port_text, &out->port)) {
        out->has_port = true;
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

static void read_uncommon(struct cursor *c, bool interface_first, struct asa_endpoint *out)
{
    size_t len = endpoint_length(c->rest, interface_first);
    struct slice text = slice_first(c->rest, len);
    while (text.len && strchr(".,;\r", text.ptr[text.len - 1])) /* the sentence's */
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
    if (out->interface.len)
        out->text = slice_between(slice_end(out->interface) + 1, slice_end(out->text));
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

/* Everything in parentheses behind an address. */
static void read_parentheses(struct cursor *c, struct asa_endpoint *out)
{
    struct slice inside;
    if (c->rest.len >= 2 && c->rest.ptr[0] == ' ' && c->rest.ptr[1] == '(') {
        struct cursor ahead = *c;
        cursor_advance(&ahead, 1);
        if (parenthesis(&ahead, &inside) && is_mapped(inside)) {
            out->mapped = inside;
            out->has_mapped = true;
            *c = ahead;
        }
    }
    while (cursor_peek(c) == '(' && !slice_starts(c->rest, "(type ")) {
        if (!parenthesis(c, &inside))
            return;
        if (!out->has_mapped && is_mapped(inside)) {
            out->mapped = inside;
            out->has_mapped = true;
        } else {
            read_identity(inside, out);
        }
    }
}

/* " (1.2.3.4/80)" where it repeats the address: nothing was translated. */
static inline bool skip_same_mapped(struct cursor *c, struct slice text)
{
    const char *p = c->rest.ptr;
    if (c->rest.len < text.len + 3 || p[0] != ' ' || p[1] != '(' || p[text.len + 2] != ')' ||
        memcmp(p + 2, text.ptr, text.len) != 0)
        return false;
    cursor_advance(c, text.len + 3);
    return true;
}

static inline bool parenthesis_follows(const struct cursor *c)
{
    return c->rest.len > 1 && (c->rest.ptr[0] == '(' || c->rest.ptr[1] == '(');
}

void asa_endpoint(struct cursor *c, bool interface_first, struct asa_endpoint *out)
{
    out->interface = out->host = out->port_text = SLICE_NONE;
    out->user = out->group = out->mapped = SLICE_NONE;
    out->has_ip = out->has_port = out->has_mapped = false;
    if (!read_common(c, out))
        read_uncommon(c, interface_first, out);
    if (!parenthesis_follows(c))
        return;
    out->has_mapped = skip_same_mapped(c, out->text);
    if (!out->has_mapped || cursor_peek(c) == '(')
        read_parentheses(c, out);
}

void asa_endpoint_slashed(struct cursor *c, struct asa_endpoint *out)
{
    out->host = out->port_text = out->user = out->group = out->mapped = SLICE_NONE;
    out->has_port = out->has_mapped = false;
    out->interface = cursor_until(c, '/');
    size_t len = address_read_v4(c->rest, &out->ip);
    out->has_ip = len && len < c->rest.len && c->rest.ptr[len] == '(';
    if (out->has_ip) {
        out->text = slice_first(c->rest, len);
        cursor_advance(c, len);
    } else {
        out->text = slice_first(c->rest, word_length(c->rest));
        cursor_advance(c, out->text.len);
        out->has_ip = address_parse(out->text, &out->ip);
        if (!out->has_ip)
            out->host = out->text;
    }
    cursor_expect(c, "(");
    struct slice port = cursor_until(c, ')');
    out->has_port = read_port(port, &out->port);
    if (!out->has_port)
        out->port_text = port;
    if (cursor_peek(c) == '(')
        read_parentheses(c, out);
}

/* Splits the mapped address, which is kept only where it differs from the real one. */
static bool mapped_differs(const struct asa_endpoint *e, struct asa_endpoint *mapped)
{
    struct cursor c = cursor_over(e->mapped);
    if (e->mapped.len == 0)
        return false;
    mapped->host = mapped->port_text = SLICE_NONE;
    mapped->has_ip = mapped->has_port = false;
    if (!read_common(&c, mapped))
        read_uncommon(&c, false, mapped);
    return !(mapped->has_ip == e->has_ip && mapped->has_port == e->has_port &&
             (!e->has_ip || address_equals(mapped->ip, e->ip)) &&
             (!e->has_port || mapped->port == e->port) && slice_equals(mapped->host, e->host));
}

void asa_set_source(struct record *r, const struct asa_endpoint *e)
{
    struct asa_endpoint mapped;
    record_set_src_interface(r, e->interface);
    if (e->has_ip)
        record_set_src_ip(r, e->ip);
    if (e->has_port)
        record_set_src_port(r, e->port);
    record_set_src_host(r, e->host);
    record_set_src_user(r, e->user);
    record_extra(r, slice("src_port"), e->port_text);
    record_extra(r, slice("src_group"), e->group);
    if (!mapped_differs(e, &mapped))
        return;
    if (mapped.has_ip)
        record_set_src_nat_ip(r, mapped.ip);
    if (mapped.has_port)
        record_set_src_nat_port(r, mapped.port);
    record_extra(r, slice("src_nat_host"), mapped.host);
}

void asa_set_translated(struct record *r, const struct asa_endpoint *e)
{
    record_set_dst_interface(r, e->interface);
    if (e->has_ip)
        record_set_src_nat_ip(r, e->ip);
    if (e->has_port)
        record_set_src_nat_port(r, e->port);
    record_extra(r, slice("src_nat_host"), e->host);
}

void asa_set_destination(struct record *r, const struct asa_endpoint *e)
{
    struct asa_endpoint mapped;
    record_set_dst_interface(r, e->interface);
    if (e->has_ip)
        record_set_dst_ip(r, e->ip);
    if (e->has_port)
        record_set_dst_port(r, e->port);
    record_set_dst_host(r, e->host);
    record_set_dst_user(r, e->user);
    record_extra(r, slice("dst_port"), e->port_text);
    record_extra(r, slice("dst_group"), e->group);
    if (!mapped_differs(e, &mapped))
        return;
    if (mapped.has_ip)
        record_set_dst_nat_ip(r, mapped.ip);
    if (mapped.has_port)
        record_set_dst_nat_port(r, mapped.port);
    record_extra(r, slice("dst_nat_host"), mapped.host);
}

uint64_t asa_duration(struct cursor *c)
{
    uint64_t total = 0, value = cursor_number(c);
    if (cursor_try(c, "d ")) {
        total = value;
        value = cursor_number(c);
    }
    total = total * 24 + value;
    for (int part = 0; part < 2; part++) {
        cursor_try(c, part ? "m" : "h");
        cursor_expect(c, ":");
        value = cursor_number(c);
        if (value > 59 || total > UINT32_MAX)
            cursor_fail(c);
        total = total * 60 + value;
    }
    cursor_try(c, "s");
    return c->bad ? 0 : total * 1000;
}

void asa_protocol(struct cursor *c, struct record *r)
{
    size_t len;
    int number;

    if (slice_starts(c->rest, "tcp ") || slice_starts(c->rest, "TCP ")) {
        number = PROTOCOL_TCP;
        len = 3;
    } else if (slice_starts(c->rest, "udp ") || slice_starts(c->rest, "UDP ")) {
        number = PROTOCOL_UDP;
        len = 3;
    } else {
        if (c->rest.len > 9 && (unsigned)(c->rest.ptr[9] - '0') <= 9)
            cursor_try(c, "protocol ");
        len = slice_find(c->rest, ' ');
        if (len && c->rest.ptr[len - 1] == ',')
            len--;
        number = protocol_number(slice_first(c->rest, len));
    }
    if (number >= 0)
        record_set_protocol(r, (uint8_t)number);
    else
        record_extra(r, slice("protocol"), slice_first(c->rest, len));
    cursor_advance(c, len);
}
