/* From what ASA messages say to the record: sides, users, protocols, durations. */
#include "parsers/asa.h"

static void set_more_source(struct record *r, const struct asa_endpoint *e)
{
    if (e->host.len)
        record_set_src_host(r, e->host);
    record_set_src_mac(r, e->mac);
    record_set_rule(r, e->list);
    if (e->user.len)
        record_set_src_user(r, e->user);
    record_extra(r, slice("src_port"), e->port_text);
    record_extra(r, slice("src_group"), e->group);
    record_extra(r, slice("src_nat_host"), e->nat_host);
}

static void set_more_destination(struct record *r, const struct asa_endpoint *e)
{
    if (e->host.len)
        record_set_dst_host(r, e->host);
    record_set_dst_mac(r, e->mac);
    if (e->user.len)
        record_set_dst_user(r, e->user);
    record_extra(r, slice("dst_port"), e->port_text);
    record_extra(r, slice("dst_group"), e->group);
    record_extra(r, slice("dst_nat_host"), e->nat_host);
}

void asa_set_source(struct record *r, const struct asa_endpoint *e)
{
    if (e->interface.len)
        record_set_src_interface(r, e->interface);
    if (e->has_ip)
        record_set_src_ip(r, e->ip);
    if (e->has_port)
        record_set_src_port(r, e->port);
    if (e->has_nat_ip)
        record_set_src_nat_ip(r, e->nat_ip);
    if (e->has_nat_port)
        record_set_src_nat_port(r, e->nat_port);
    if (e->has_more)
        set_more_source(r, e);
}

void asa_set_destination(struct record *r, const struct asa_endpoint *e)
{
    if (e->interface.len)
        record_set_dst_interface(r, e->interface);
    if (e->has_ip)
        record_set_dst_ip(r, e->ip);
    if (e->has_port)
        record_set_dst_port(r, e->port);
    if (e->has_nat_ip)
        record_set_dst_nat_ip(r, e->nat_ip);
    if (e->has_nat_port)
        record_set_dst_nat_port(r, e->nat_port);
    if (e->has_more)
        set_more_destination(r, e);
}

void asa_set_translated(struct record *r, const struct asa_endpoint *e)
{
    if (e->interface.len)
        record_set_dst_interface(r, e->interface);
    if (e->has_ip)
        record_set_src_nat_ip(r, e->ip);
    if (e->has_port)
        record_set_src_nat_port(r, e->port);
    if (!e->has_more)
        return;
    record_extra(r, slice("src_nat_host"), e->host);
    record_extra(r, slice("src_nat_ports"), e->port_text); /* a block of them: "1024-1535" */
}

void asa_set_user(struct record *r, struct slice user)
{
    if (!slice_is(user, "Unknown"))
        record_set_src_user(r, user);
}

/* The user who logged in through the device. An identity user of the source may be the same one. */
void asa_set_login(struct record *r, struct slice user)
{
    if (user.len == 0)
        return;
    if (!RECORD_HAS(r, src_user))
        record_set_src_user(r, user);
    else if (r->src_user.len < user.len ||
             !slice_equals(slice_from(r->src_user, r->src_user.len - user.len), user))
        record_extra(r, slice("user"), user);
}

/* " (type 8, code 0)", " type 8, code 0,", " type 8 code 0": anywhere in the text. */
void asa_icmp_type(struct slice text, struct record *r)
{
    struct cursor c = cursor_over(text);
    cursor_until_text(&c, "type ");
    uint64_t type = cursor_number(&c);
    if (c.bad || type > 255)
        return;
    record_set_icmp_type(r, type);
    cursor_until_text(&c, "code ");
    uint64_t code = cursor_number(&c);
    if (!c.bad && code <= 255)
        record_set_icmp_code(r, code);
}

static bool is_two(const char *p)
{
    return p[0] >= '0' && p[0] <= '5' && (unsigned)(p[1] - '0') <= 9;
}

static uint64_t two(const char *p)
{
    return (uint64_t)(p[0] - '0') * 10 + (uint64_t)(p[1] - '0');
}

uint64_t asa_duration(struct cursor *c)
{
    uint64_t total = 0, value = cursor_number(c);
    const char *p = c->rest.ptr;
    if (c->rest.len >= 6 && p[0] == ':' && p[3] == ':' && is_two(p + 1) && is_two(p + 4) &&
        value < UINT32_MAX) {
        cursor_advance(c, 6);
        return (value * 3600 + two(p + 1) * 60 + two(p + 4)) * 1000;
    }
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
        while (len && strchr(",.)", c->rest.ptr[len - 1]))
            len--;
        number = protocol_number(slice_first(c->rest, len));
    }
    if (number >= 0)
        record_set_protocol(r, (uint8_t)number);
    else
        record_extra(r, slice("protocol"), slice_first(c->rest, len));
    cursor_advance(c, len);
}
