/*
 * What nearly all flows begin with, read at once. All else that pairs may look like is
 * meraki_pairs.c's: the two say the same of what both can read.
 *
 *   src=192.0.2.7 dst=198.51.100.9 mac=02:00:5E:00:53:07 protocol=tcp sport=50312 dport=443
 */
#include "parsers/meraki.h"

#define BIT(field) (UINT64_C(1) << FIELD_##field)

static inline void take_v4(struct cursor *c, struct address *out)
{
    size_t len = address_read_v4(c->rest, out);
    if (len == 0)
        cursor_fail(c);
    cursor_advance(c, len);
}

/* None is fine: what comes from outside has none. */
static inline struct slice take_mac(struct cursor *c)
{
    if (!cursor_try(c, " mac="))
        return SLICE_NONE;
    struct slice mac = slice_make(c->rest.ptr, slice_find_near(c->rest, ' '));
    char first = cursor_peek(c);
    if (mac.len == 0 || first == '\'' || first == '"')
        cursor_fail(c);
    else
        cursor_advance(c, mac.len);
    return mac;
}

/* Which of the two it is cannot be foretold: the first letter's lowest bit says it without a branch. */
static inline uint8_t take_protocol(struct cursor *c)
{
    static const struct {
        char text[4];
        uint8_t number;
    } protocols[2] = {{"tcp ", PROTOCOL_TCP}, {"udp ", PROTOCOL_UDP}};
    unsigned which = cursor_peek(c) & 1;
    if (c->rest.len < 4 || memcmp(c->rest.ptr, protocols[which].text, 4) != 0)
        cursor_fail(c);
    else
        cursor_advance(c, 4);
    return protocols[which].number;
}

/* With the blank behind it. */
static inline uint16_t take_port(struct cursor *c)
{
    uint32_t port = 0;
    unsigned len = c->rest.len < 8 ? 0 : digits_take(c->rest.ptr, &port);
    if (len == 0 || port > UINT16_MAX)
        cursor_fail(c);
    else
        cursor_advance(c, len);
    cursor_expect(c, " ");
    return (uint16_t)port;
}

size_t meraki_flow(struct record *r, struct slice text)
{
    struct cursor c = cursor_over(text);
    /* Members count when their bits are set: nothing is said before all has been read. */
    cursor_expect(&c, "src=");
    take_v4(&c, &r->src_ip);
    cursor_expect(&c, " dst=");
    take_v4(&c, &r->dst_ip);
    struct slice mac = take_mac(&c);
    cursor_expect(&c, " protocol=");
    uint8_t protocol = take_protocol(&c);
    cursor_expect(&c, "sport=");
    r->src_port = take_port(&c);
    cursor_expect(&c, "dport=");
    r->dst_port = take_port(&c);
    if (c.bad)
        return 0;
    record_set_src_mac(r, mac);
    record_set_protocol(r, protocol);
    r->has |= BIT(src_ip) | BIT(dst_ip) | BIT(src_port) | BIT(dst_port);
    return (size_t)(c.rest.ptr - text.ptr);
}
