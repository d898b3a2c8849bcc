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

/* ":01:02", of which eight bytes can be looked at, in seconds; negative when it is none. */
static inline int64_t minutes_and_seconds(const char *p)
{
    const uint64_t colons = UINT64_C(0x00000a00000a); /* as digits_word makes them */
    const uint64_t most = UINT64_C(0x767a7f767a7f);   /* takes 10, 6 and 1 to the highest bit */
    uint64_t word = (digits_word(p) & UINT64_C(0xffffffffffff)) ^ colons;
    if (((word + most) | word) & UINT64_C(0x808080808080))
        return -1;
    uint64_t twos = word * 10 + (word >> 8);
    return (int64_t)((twos >> 8 & 0xff) * 60 + (twos >> 32 & 0xff));
}

/* "1h:02m:03s", "1d 0h:01m:02s" and whatever else is one. */
__attribute__((noinline)) static uint64_t long_duration(struct cursor *c)
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

uint64_t asa_duration(struct cursor *c)
{
    const char *p = c->rest.ptr;
    uint64_t hours = 0;
    size_t len = 0;
    if (c->rest.len < 16)
        return long_duration(c);
    for (unsigned digit; len < 8 && (digit = (unsigned)(p[len] - '0')) <= 9; len++)
        hours = hours * 10 + digit;
    int64_t seconds = len ? minutes_and_seconds(p + len) : -1;
    if (seconds < 0)
        return long_duration(c);
    cursor_advance(c, len + 6);
    return (hours * 3600 + (uint64_t)seconds) * 1000;
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
