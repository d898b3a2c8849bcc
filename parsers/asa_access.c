/* What access lists decided, 106023 and 106100, and the URLs that were asked for, 304001. */
#include "parsers/asa.h"

/* "[0x71a87d94, 0x0]": which entry of the list, and of the object group inside it, decided. */
static void read_entry(struct cursor *c, struct record *r)
{
    if (!cursor_try(c, " ["))
        return;
    struct slice entry = cursor_until_or_end(c, ']');
    if (!slice_is(entry, "0x0, 0x0"))
        record_extra(r, slice("acl_entry"), entry);
}

/* 106023: Deny tcp src outside:198.51.100.7/40000 dst inside:10.0.0.5/22 by access-group "outside_in"
 *     [0x71a87d94, 0x0] */
bool asa_acl_deny(struct parse_context *context, const struct asa_kind *kind, struct cursor *c,
                  struct record *r)
{
    struct asa_endpoint source, destination;
    (void)context;
    (void)kind;

    cursor_expect(c, "Deny ");
    asa_protocol(c, r);
    cursor_expect(c, " src ");
    asa_endpoint(c, true, &source);
    cursor_expect(c, " dst ");
    if (c->bad)
        return false;
    asa_set_source(r, &source);
    asa_endpoint(c, true, &destination);
    if (c->bad)
        return false;
    asa_set_destination(r, &destination);
    if (!cursor_try(c, " by access-group \"")) {
        struct slice between = cursor_until_text(c, "by access-group \"");
        asa_icmp_type(between, r);
    }
    record_set_rule(r, cursor_until(c, '"'));
    if (c->bad)
        return false;
    read_entry(c, r);
    return true;
}

/* 106100 prints ICMP's type and code where the ports stand. */
static void ports_to_icmp(struct record *r, struct asa_endpoint *source,
                          struct asa_endpoint *destination)
{
    if (source->has_port && source->port <= 255 && destination->has_port &&
        destination->port <= 255) {
        record_set_icmp_type(r, source->port);
        record_set_icmp_code(r, destination->port);
    }
    source->has_port = destination->has_port = false;
}

static bool read_verdict(struct cursor *c, struct record *r)
{
    if (cursor_try(c, "denied ")) {
        record_set_action(r, ACTION_DENY);
        record_set_outcome(r, OUTCOME_FAILURE);
        record_set_evidence(r, EVIDENCE_DENIED);
        return true;
    }
    if (!cursor_try(c, "permitted "))
        cursor_expect(c, "est-allowed ");
    return !c->bad;
}

/* 106100: access-list inside_in permitted tcp inside/10.0.0.5(50000) -> outside/198.51.100.7(443)
 *     hit-cnt 1 first hit [0x71a87d94, 0x0]; 106102 and 106103 have "for user alice" inside */
bool asa_acl_log(struct parse_context *context, const struct asa_kind *kind, struct cursor *c,
                 struct record *r)
{
    struct asa_endpoint source, destination;
    (void)context;
    (void)kind;

    cursor_expect(c, "access-list ");
    record_set_rule(r, cursor_until(c, ' '));
    if (!read_verdict(c, r))
        return false;
    asa_protocol(c, r);
    struct slice user = cursor_try(c, " for user ") ? cursor_until(c, ' ') : SLICE_NONE;
    if (user.len > 2 && user.ptr[0] == '\'' && slice_ends(user, "'"))
        user = slice_make(user.ptr + 1, user.len - 2);
    cursor_skip_blanks(c);
    asa_endpoint_slashed(c, &source);
    if (!cursor_try(c, " -> ")) /* as the manual prints 106102 */
        cursor_expect(c, " ");
    asa_endpoint_slashed(c, &destination);
    if (c->bad)
        return false;
    if (RECORD_HAS(r, protocol) && (r->protocol == PROTOCOL_ICMP || r->protocol == PROTOCOL_ICMP6))
        ports_to_icmp(r, &source, &destination);
    asa_set_source(r, &source);
    asa_set_destination(r, &destination);
    asa_set_login(r, user);
    if (!cursor_try(c, " hit-cnt "))
        return true;
    record_extra(r, slice("hit_cnt"), cursor_until_or_end(c, ' '));
    if (!cursor_try(c, "first hit")) {
        size_t bracket = slice_find(c->rest, '[');
        record_extra(r, slice("interval"), slice_trim(slice_first(c->rest, bracket)));
        cursor_advance(c, bracket && bracket < c->rest.len ? bracket - 1 : bracket);
    }
    read_entry(c, r);
    return true;
}

/* Takes "alice@" off the front of an address. */
static struct slice take_user(struct slice *address)
{
    size_t at = slice_find(*address, '@');
    if (at == address->len)
        return SLICE_NONE;
    struct slice user = slice_first(*address, at);
    *address = slice_from(*address, at + 1);
    return user;
}

/* 304001: [alice@]10.0.0.5[(LOCAL\alice)] Accessed [JAVA ]URL [bob@]198.51.100.7:http://www.example.com/ */
bool asa_accessed(struct parse_context *context, const struct asa_kind *kind, struct cursor *c,
                  struct record *r)
{
    struct asa_endpoint source, destination;
    struct slice who = cursor_until_text(c, " Accessed ");
    (void)context;
    (void)kind;

    cursor_try(c, "JAVA ");
    cursor_expect(c, "URL ");
    if (c->bad)
        return false;
    size_t parenthesis = slice_find(who, '(');
    struct slice address = slice_first(who, parenthesis), user = take_user(&address);
    who = slice_between(address.ptr, slice_end(who));
    struct cursor side = cursor_over(who);
    asa_endpoint(&side, false, &source);
    asa_set_source(r, &source);
    asa_set_login(r, user);

    struct slice text = slice_trim(c->rest);
    size_t scheme = slice_find_text(text, ":http");
    if (scheme == text.len)
        scheme = slice_find_text(text, ":/");
    address = slice_first(text, scheme);
    record_set_url(r, slice_from(text, scheme + 1));
    user = take_user(&address);
    side = cursor_over(address);
    asa_endpoint(&side, false, &destination);
    asa_set_destination(r, &destination);
    record_extra(r, slice("url_user"), user);
    return true;
}
