/*
 * The messages that make up most of what an ASA sends: connections built and torn down. Each is read
 * in one pass.
 *
 * The ASA prints the side of lower security first. "inbound" says that it opened the connection,
 * "outbound" that the second one did; the teardown leaves the word out, so it is remembered.
 */
#include "parsers/asa.h"

#define EMPTY_CLOSE_MS 5000 /* an empty FIN close this soon is no use of a service */

/* "TCP connection 123 for ": the number of the connection, as text too. */
static uint64_t read_id(struct cursor *c, struct slice *text)
{
    if (!cursor_try(c, "TCP connection ") && !cursor_try(c, "UDP connection "))
        cursor_until_text(c, "connection ");
    const char *begin = c->rest.ptr;
    uint64_t id = cursor_number(c);
    *text = slice_between(begin, c->rest.ptr);
    if (!cursor_try(c, " for "))
        cursor_expect(c, " from ");
    return c->bad ? 0 : id;
}

static void set_sides(struct record *r, const struct asa_endpoint *first,
                      const struct asa_endpoint *second, bool second_opened)
{
    asa_set_source(r, second_opened ? second : first);
    asa_set_destination(r, second_opened ? first : second);
}

/* Takes " (alice)" off the end of a text. */
static struct slice take_login(struct slice *text)
{
    *text = slice_trim(*text);
    if (text->len == 0 || text->ptr[text->len - 1] != ')')
        return SLICE_NONE;
    size_t open = slice_find_last(*text, '(');
    if (open == text->len)
        return SLICE_NONE;
    struct slice user = slice_make(text->ptr + open + 1, text->len - open - 2);
    *text = slice_trim(slice_first(*text, open));
    return user;
}

/* Takes " Internal-Data0/1:RX[2]" off the end: the port of the device's own switch, of newer releases.
 * A user may stand behind it. */
static void cut_internal(struct slice *text)
{
    size_t at = slice_find_text(*text, "Internal-Data");
    if (at == text->len)
        return;
    if (slice_find(slice_from(*text, at), ' ') == text->len - at)
        *text = slice_trim(slice_first(*text, at));
}

/* "TCP state-bypass connection": it has no direction and begins with who opened it. */
static bool is_bypass(struct slice text)
{
    text = slice_first(text, 20);
    return slice_find_text(text, "state-bypass") < text.len;
}

/* "1234 for outside:198.51.100.7/443 (198.51.100.7/443) to inside:10.0.0.5/50000 (...)": the id and
 * both ends of a connection. */
static bool read_ends(struct parse_context *context, struct cursor *c, struct record *r,
                      uint64_t *id, struct asa_endpoint *first, struct asa_endpoint *second)
{
    struct slice session;
    *id = read_id(c, &session);
    if (c->bad)
        return false;
    if (context->connections)
        connections_prefetch(context->connections, context->device, *id);
    record_set_session_id(r, session);
    asa_endpoints(c, first, second);
    return true;
}

/* 302013: Built outbound TCP connection 1234 for outside:198.51.100.7/443 (198.51.100.7/443)
 *     to inside:10.0.0.5/50000 (203.0.113.5/50000) (alice) */
bool asa_built(struct parse_context *context, const struct asa_kind *kind, struct cursor *c,
               struct record *r)
{
    struct asa_endpoint first, second;
    uint64_t id;

    cursor_expect(c, "Built ");
    bool outbound = cursor_try(c, "outbound "), inbound = !outbound && cursor_try(c, "inbound ");
    if (outbound || inbound)
        record_set_direction(r, outbound ? DIRECTION_OUTBOUND : DIRECTION_INBOUND);
    else if (!is_bypass(c->rest))
        return false;
    if (!read_ends(context, c, r, &id, &first, &second) || c->bad)
        return false;
    if (!second.has_mapped)
        return false; /* always printed: the line was cut, the port may be too */
    set_sides(r, &first, &second, outbound);
    if (c->rest.len) {
        struct slice rest = c->rest, user = take_login(&rest);
        cut_internal(&rest);
        asa_set_login(r, user.len ? user : rest);
    }
    if (context->connections)
        connections_open(context->connections, context->device, kind->protocol, id, outbound);
    return true;
}

/* How a connection ended. */
struct ending {
    uint64_t bytes, duration_ms;
    struct slice reason, interface; /* of the side that ended it, where it is named */
    bool known;                     /* who opened it, from the line that built it */
    bool second_opened;
};

/* Whether the endpoint printed second sent the reset. Reset-I is the side of higher security, which
 * is printed second; newer releases name the interface instead. */
static bool second_reset(const struct ending *e, const struct asa_endpoint *first,
                         const struct asa_endpoint *second)
{
    if (e->interface.len && !slice_equals(first->interface, second->interface)) {
        if (slice_equals(e->interface, first->interface))
            return false;
        if (slice_equals(e->interface, second->interface))
            return true;
    }
    return slice_is(e->reason, "TCP Reset-I");
}

static uint8_t evidence_of(const struct ending *e, uint8_t protocol,
                           const struct asa_endpoint *first, const struct asa_endpoint *second)
{
    if (e->bytes > 0)
        return EVIDENCE_DATA;
    if (protocol != PROTOCOL_TCP)
        return EVIDENCE_UNKNOWN;
    if (slice_is(e->reason, "SYN Timeout"))
        return EVIDENCE_NO_ANSWER;
    if (slice_is(e->reason, "TCP FINs"))
        return e->duration_ms <= EMPTY_CLOSE_MS ? EVIDENCE_ABORTED : EVIDENCE_UNKNOWN;
    if (e->known && (slice_is(e->reason, "TCP Reset-I") || slice_is(e->reason, "TCP Reset-O")))
        return second_reset(e, first, second) == e->second_opened ? EVIDENCE_ABORTED
                                                                  : EVIDENCE_REFUSED;
    return EVIDENCE_UNKNOWN;
}

/* Whether a text has neither blanks around it nor a login behind it, as most reasons. */
static inline bool is_bare(struct slice text)
{
    if (text.len == 0)
        return true;
    unsigned char first = (unsigned char)text.ptr[0], last = (unsigned char)text.ptr[text.len - 1];
    return first > ' ' && last > ' ' && last != ')';
}

/* "TCP Reset-O from outside (alice)": all of it may be missing. */
static struct slice read_reason(struct slice text, struct ending *e)
{
    struct slice user = SLICE_NONE;
    if (text.len && text.ptr[0] == ' ')
        text = slice_from(text, 1);
    if (!is_bare(text))
        user = take_login(&text);
    if (text.len > 20)
        cut_internal(&text);
    e->interface = SLICE_NONE;
    e->reason = text;
    if (slice_starts(text, "TCP ") || slice_starts(text, "FIN ")) {
        size_t from = text.len > 12 ? slice_find_text(text, " from ") : text.len;
        e->reason = slice_first(text, from);
        e->interface = slice_from(text, from + 6);
    }
    return user;
}

/* 302014: Teardown TCP connection 1234 for outside:198.51.100.7/443 to inside:10.0.0.5/50000
 *     duration 0:00:30 bytes 1418 TCP FINs */
bool asa_teardown(struct parse_context *context, const struct asa_kind *kind, struct cursor *c,
                  struct record *r)
{
    struct asa_endpoint first, second;
    uint64_t id;
    struct ending e;

    cursor_expect(c, "Teardown ");
    if (!read_ends(context, c, r, &id, &first, &second))
        return false;
    if (!cursor_try(c, " duration "))
        asa_endpoint_user(&second, slice_trim(cursor_until_text(c, " duration ")));
    if (c->bad)
        return false;
    e.duration_ms = asa_duration(c);
    cursor_expect(c, " bytes ");
    const char *bytes = c->rest.ptr;
    e.bytes = cursor_number(c);
    if (c->bad)
        return false;
    record_extra(r, slice("bytes"), slice_between(bytes, c->rest.ptr));
    record_set_duration_ms(r, e.duration_ms);
    struct slice user = read_reason(c->rest, &e);
    e.known = context->connections && connections_take(context->connections, context->device,
                                                       kind->protocol, id, &e.second_opened);
    if (e.known) {
        record_set_direction(r, e.second_opened ? DIRECTION_OUTBOUND : DIRECTION_INBOUND);
    } else { /* services have the lower port */
        e.second_opened = first.has_port && second.has_port && first.port < second.port;
    }
    set_sides(r, &first, &second, e.second_opened);
    if (user.len)
        asa_set_login(r, user);
    record_set_reason(r, e.reason);
    record_extra(r, slice("ended_from"), e.interface);
    record_set_evidence(r, evidence_of(&e, kind->protocol, &first, &second));
    return true;
}

/* 302022: Built director stub TCP connection for outside:198.51.100.7/443 (198.51.100.7/443)
 *     to inside:10.0.0.5/50000 (10.0.0.5/50000): a cluster member's copy of another's connection */
bool asa_stub(struct parse_context *context, const struct asa_kind *kind, struct cursor *c,
              struct record *r)
{
    struct asa_endpoint first, second;
    (void)context;
    (void)kind;

    if (!cursor_try(c, "Teardown "))
        cursor_expect(c, "Built ");
    if (slice_find_text(c->rest, "stub ") < c->rest.len)
        cursor_until_text(c, "stub ");
    else
        cursor_until(c, ' '); /* the unit's role alone */
    asa_protocol(c, r);
    cursor_expect(c, " connection for ");
    asa_endpoints(c, &first, &second);
    if (c->bad)
        return false;
    if (RECORD_HAS(r, protocol) && r->protocol == PROTOCOL_ICMP)
        first.has_port = second.has_port = false;
    set_sides(r, &first, &second, first.has_port && second.has_port && first.port < second.port);
    if (!cursor_try(c, " duration "))
        return true;
    uint64_t duration_ms = asa_duration(c);
    cursor_expect(c, " forwarded bytes ");
    const char *bytes = c->rest.ptr;
    cursor_number(c);
    if (c->bad)
        return false;
    record_set_duration_ms(r, duration_ms);
    record_extra(r, slice("bytes"), slice_between(bytes, c->rest.ptr));
    struct slice reason = slice_trim(c->rest);
    record_set_reason(r, slice_starts(reason, "reason ") ? slice_from(reason, 7) : reason);
    return true;
}

/* The number behind the slash is ICMP's identifier, on the side that sent the request. */
static void drop_identifier(struct asa_endpoint *e, struct slice *identifier)
{
    if (e->has_port && e->port) {
        struct slice text = e->text;
        *identifier = slice_from(text, slice_find_last(text, '/') + 1);
    }
    e->has_port = false;
}

/* Teardown ICMP connection 9 from outside:198.51.100.7/22 (198.51.100.7/22) to inside:10.0.0.5/0
 *     (10.0.0.5/0): a form of some releases, which names who asked first */
static bool icmp_from(struct cursor *c, struct record *r)
{
    struct asa_endpoint source, destination;
    struct slice identifier = SLICE_NONE;
    record_set_session_id(r, cursor_until(c, ' '));
    cursor_expect(c, "from ");
    asa_endpoint(c, true, &source);
    cursor_skip_blanks(c);
    cursor_expect(c, "to ");
    asa_endpoint(c, true, &destination);
    if (c->bad)
        return false;
    drop_identifier(&source, &identifier);
    drop_identifier(&destination, &(struct slice){0});
    set_sides(r, &source, &destination, false);
    record_extra(r, slice("icmp_id"), identifier);
    asa_icmp_type(c->rest, r);
    return true;
}

/* 302020: Built inbound ICMP connection for faddr 198.51.100.7/12 gaddr 203.0.113.5/0 laddr 10.0.0.5/0
 *     type 8 code 0: foreign, global (translated) and local address */
bool asa_icmp(struct parse_context *context, const struct asa_kind *kind, struct cursor *c,
              struct record *r)
{
    struct asa_endpoint foreign, global, local;
    struct slice identifier = SLICE_NONE, local_identifier = SLICE_NONE;
    (void)context;
    (void)kind;

    if (!cursor_try(c, "Teardown "))
        cursor_expect(c, "Built ");
    bool outbound = cursor_try(c, "outbound "), inbound = !outbound && cursor_try(c, "inbound ");
    if (cursor_try(c, "ICMP connection ") && !slice_starts(c->rest, "for "))
        return icmp_from(c, r);
    cursor_until_text(c, "faddr ");
    asa_endpoint(c, false, &foreign);
    cursor_expect(c, " gaddr ");
    asa_endpoint(c, false, &global);
    cursor_expect(c, " laddr ");
    asa_endpoint(c, false, &local);
    if (c->bad)
        return false;
    drop_identifier(&foreign, &identifier);
    drop_identifier(&local, &local_identifier);
    if (outbound || inbound)
        record_set_direction(r, outbound ? DIRECTION_OUTBOUND : DIRECTION_INBOUND);
    else /* the teardown does not say */
        outbound = local_identifier.len && !identifier.len;
    local.has_nat_ip = global.has_ip && !(local.has_ip && address_equals(global.ip, local.ip));
    local.nat_ip = global.ip;
    set_sides(r, &foreign, &local, outbound);
    record_extra(r, slice("icmp_id"), identifier.len ? identifier : local_identifier);
    asa_icmp_type(c->rest, r);
    size_t open = slice_find(c->rest, '(');
    struct slice text = slice_from(c->rest, open + 1);
    asa_set_login(r, slice_first(text, slice_find(text, ')')));
    return true;
}
