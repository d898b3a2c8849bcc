/*
 * The pairs of Meraki's messages: one table of keys, in drawers by the length of their names, and what
 * the keys say that are no plain fields.
 */
#include "parsers/meraki.h"

enum key {
    KEY_SRC,
    KEY_DST,
    KEY_TYPE,
    KEY_MAC,
    KEY_DST_MAC,
    KEY_PROTOCOL,
    KEY_DIRECTION,
    KEY_DECISION,
    KEY_PRIORITY,
    KEY_SIGNATURE,
    KEY_DISPOSITION,
    KEY_TRANSLATED_SRC,
    KEY_TRANSLATED_DST,
    KEY_TRANSLATED_PORT,
    KEY_AGENT,
    KEY_SPORT,
    KEY_DPORT,
    KEY_CLIENT,
    KEY_PATTERN,
};

enum how {
    AS_FIELD, /* the field `what`, by its kind */
    AS_KEY,   /* as the key `what` wants */
};

#define FIELD_KEY(name, field) KV_KEY(name, AS_FIELD, FIELD_##field)
#define KEY(name, key)         KV_KEY(name, AS_KEY, KEY_##key)

/* The keys, in drawers by the length of their names; others are kept as extras. */
static const struct kv_key keys_2[] = {KEY("ip", CLIENT)};
static const struct kv_key keys_3[] = {KEY("src", SRC), KEY("dst", DST), KEY("mac", MAC),
                                       KEY("MAC", MAC), FIELD_KEY("url", url)};
static const struct kv_key keys_4[] = {KEY("type", TYPE), FIELD_KEY("name", file),
                                       FIELD_KEY("user", src_user)};
static const struct kv_key keys_5[] = {KEY("sport", SPORT), KEY("dport", DPORT),
                                       KEY("agent", AGENT), KEY("dhost", DST_MAC),
                                       KEY("shost", MAC)};
static const struct kv_key keys_6[] = {KEY("action", DECISION), FIELD_KEY("sha256", hash),
                                       KEY("server", DST), KEY("Client", CLIENT),
                                       KEY("ip_src", CLIENT)};
static const struct kv_key keys_7[] = {FIELD_KEY("message", message), KEY("pattern", PATTERN)};
static const struct kv_key keys_8[] = {KEY("protocol", PROTOCOL), KEY("priority", PRIORITY),
                                       KEY("decision", DECISION), FIELD_KEY("identity", src_user)};
static const struct kv_key keys_9[] = {KEY("direction", DIRECTION), KEY("signature", SIGNATURE),
                                       KEY("client_ip", CLIENT)};
static const struct kv_key keys_10[] = {KEY("client_mac", MAC)};
static const struct kv_key keys_11[] = {KEY("disposition", DISPOSITION)};
static const struct kv_key keys_12[] = {KEY("peer_contact", SRC)};
static const struct kv_key keys_15[] = {KEY("translated_port", TRANSLATED_PORT)};
static const struct kv_key keys_17[] = {KEY("translated_src_ip", TRANSLATED_SRC),
                                        KEY("translated_dst_ip", TRANSLATED_DST)};
static const struct kv_key keys_20[] = {KEY("last_known_client_ip", CLIENT)};
static const struct kv_drawer drawers[] = {
    [2] = KV_DRAWER(keys_2),   [7] = KV_DRAWER(keys_7),   [3] = KV_DRAWER(keys_3),
    [4] = KV_DRAWER(keys_4),   [5] = KV_DRAWER(keys_5),   [6] = KV_DRAWER(keys_6),
    [8] = KV_DRAWER(keys_8),   [9] = KV_DRAWER(keys_9),   [10] = KV_DRAWER(keys_10),
    [11] = KV_DRAWER(keys_11), [15] = KV_DRAWER(keys_15), [12] = KV_DRAWER(keys_12),
    [17] = KV_DRAWER(keys_17), [20] = KV_DRAWER(keys_20),
};
#define N_DRAWERS (sizeof(drawers) / sizeof(drawers[0]))

/* ADDRESS, ADDRESS:PORT, [ADDRESS]:PORT; IPv6 and port stand there without brackets too. */
static bool meraki_endpoint(struct meraki *m, struct slice text, enum record_field ip,
                            enum record_field port)
{
    struct record *r = m->out;
    struct address *address = ip == FIELD_src_ip ? &r->src_ip : &r->dst_ip;
    size_t taken = address_read_v4(text, address);
    bool icmp =
        RECORD_HAS(r, protocol) && (r->protocol == PROTOCOL_ICMP || r->protocol == PROTOCOL_ICMP6);
    if (taken) {
        if (taken < text.len &&
            (text.ptr[taken] != ':' || !record_put(r, port, slice_from(text, taken + 1))))
            return false;
        r->has |= UINT64_C(1) << ip;
        return true;
    }
    size_t colon = slice_find_last(text, ':');
    if (m->type->ports && !icmp && colon < text.len &&
        record_put(r, ip, slice_first(text, colon)) &&
        record_put(r, port, slice_from(text, colon + 1)))
        return true;
    return record_put(r, ip, text);
}

/* On the air, src and dst are hardware addresses. */
static bool meraki_side(struct meraki *m, struct slice text, enum record_field ip,
                        enum record_field port, enum record_field mac)
{
    return m->type->category == CATEGORY_WIRELESS ? record_put(m->out, mac, text)
                                                  : meraki_endpoint(m, text, ip, port);
}

void meraki_decide(struct meraki *m, struct slice word)
{
    if (slice_starts(word, "allow")) {
        record_set_action(m->out,
                          m->out->category == CATEGORY_THREAT ? ACTION_ALERT : ACTION_ALLOW);
    } else if (slice_starts(word, "deny") || slice_starts(word, "block")) {
        record_set_action(m->out, ACTION_DENY);
        m->refused = true;
    }
}

/* "allow all", "deny (dst 192.0.2.0/24) && (tcp)", "0 all", "1 all", "Group Policy Allow": of an
 * inbound rule 0 allows and 1 denies. A verdict in front of the pairs stands. */
static void meraki_pattern(struct meraki *m, struct slice pattern)
{
    struct record *r = m->out;
    pattern = slice_trim(pattern);
    record_set_rule(r, pattern);
    if (RECORD_HAS(r, action))
        return;
    if (slice_starts(pattern, "0 ") || slice_is(pattern, "0") ||
        slice_is(pattern, "Group Policy Allow"))
        meraki_decide(m, slice("allow"));
    else if (slice_starts(pattern, "1 ") || slice_is(pattern, "1") ||
             slice_is(pattern, "Group Policy Deny"))
        meraki_decide(m, slice("deny"));
    else
        meraki_decide(m, pattern);
}

static void meraki_request(struct meraki *m, struct slice request)
{
    struct cursor c = cursor_over(slice_trim(request));
    record_extra(m->out, slice("request_method"), cursor_until_or_end(&c, ' '));
    record_set_url(m->out, slice_trim(c.rest));
}

static bool meraki_protocol(struct record *r, struct slice text)
{
    int number = slice_is(text, "tcp") ? PROTOCOL_TCP
                 : slice_is(text, "udp")
                     ? PROTOCOL_UDP
                     : protocol_number(slice_first(text, slice_find(text, '/')));
    if (number >= 0)
        record_set_protocol(r, (uint8_t)number);
    return number >= 0;
}

static inline bool meraki_port(struct meraki *m, enum record_field field, uint16_t *port,
                               struct slice text)
{
    bool ok = port_read(text, m->end, port);
    m->out->has |= (uint64_t)ok << field;
    return ok;
}

static bool meraki_direction(struct record *r, struct slice way)
{
    bool in = slice_is(way, "ingress") || slice_is(way, "inbound");
    bool out = slice_is(way, "egress") || slice_is(way, "outbound");
    if (in || out)
        record_set_direction(r, in ? DIRECTION_INBOUND : DIRECTION_OUTBOUND);
    return in || out;
}

/* Snort's priorities, 1 the worst. */
static bool meraki_priority(struct record *r, struct slice text)
{
    static const uint8_t severity[] = {[1] = 8, [2] = 5, [3] = 3, [4] = 2};
    uint64_t priority;
    if (!number_parse(text, &priority) || priority < 1 || priority > 4)
        return false;
    record_set_severity(r, severity[priority]);
    return true;
}

/* What a key other than a plain field says. False: to be kept as an extra. */
static bool meraki_key(struct meraki *m, enum key key, struct slice value)
{
    struct record *r = m->out;
    switch (key) {
    case KEY_SRC:
        return meraki_side(m, value, FIELD_src_ip, FIELD_src_port, FIELD_src_mac);
    case KEY_DST:
        return meraki_side(m, value, FIELD_dst_ip, FIELD_dst_port, FIELD_dst_mac);
    case KEY_TYPE:
        if (m->type->kind == FLOW)
            return record_put(r, FIELD_icmp_type, value);
        record_set_event_name(r, value);
        return true;
    case KEY_MAC:
        record_set_src_mac(r, value);
        return true;
    case KEY_DST_MAC:
        return record_put(r, FIELD_dst_mac, value);
    case KEY_PROTOCOL:
        return meraki_protocol(r, value);
    case KEY_DIRECTION:
        return meraki_direction(r, value);
    case KEY_DECISION:
        meraki_decide(m, value);
        return RECORD_HAS(r, action);
    case KEY_PRIORITY:
        meraki_priority(r, value);
        return false;
    case KEY_SIGNATURE:
        m->signature = value;
        return false;
    case KEY_DISPOSITION:
        if (slice_is(value, "malicious"))
            record_set_severity(r, 8);
        return false;
    case KEY_TRANSLATED_SRC:
        return record_put(r, FIELD_src_nat_ip, value);
    case KEY_TRANSLATED_DST:
        m->translated_dst = true;
        return record_put(r, FIELD_dst_nat_ip, value);
    case KEY_TRANSLATED_PORT:
        return record_put(r, m->translated_dst ? FIELD_dst_nat_port : FIELD_src_nat_port, value);
    case KEY_SPORT:
        return meraki_port(m, FIELD_src_port, &r->src_port, value);
    case KEY_DPORT:
        return meraki_port(m, FIELD_dst_port, &r->dst_port, value);
    case KEY_CLIENT: /* 0.0.0.0 while it has no address */
        return slice_is(value, "0.0.0.0") || RECORD_HAS(r, src_ip) ||
               record_put(r, FIELD_src_ip, value);
    case KEY_PATTERN:
        meraki_pattern(m, value);
        return true;
    case KEY_AGENT:
        record_extra(r, slice("user_agent"), value);
        return true;
    }
    return false;
}

/* signature=1:45148:1priority=1: the blank is missing on some releases. Gives back what follows. */
static void meraki_unglue(struct cursor *c, struct kv *pair)
{
    size_t n = 0;
    while (n < pair->value.len &&
           ((unsigned)(pair->value.ptr[n] - '0') <= 9 || memchr(":.", pair->value.ptr[n], 2)))
        n++;
    if (n == 0 || slice_find(pair->value, '=') == pair->value.len)
        return;
    c->rest = slice_between(pair->value.ptr + n, slice_end(c->rest));
    pair->value.len = n;
}

/* `key`: its row, or NULL. */
static void meraki_pair(struct meraki *m, const struct kv_key *key, struct slice name,
                        struct slice value)
{
    bool taken = false;
    if (key && key->how == AS_FIELD)
        taken = !(m->out->has >> key->what & 1) && record_put(m->out, key->what, value);
    else if (key)
        taken = value.len == 0 || meraki_key(m, key->what, value);
    if (!taken)
        record_extra(m->out, name, value);
}

/* The keys whose text runs to the end. */
static bool meraki_last(struct meraki *m, struct slice text)
{
    if (slice_starts(text, "pattern:")) {
        text = slice_from(text, strlen("pattern:"));
        meraki_pattern(m, text.len && *text.ptr == ' ' ? slice_from(text, 1) : text);
    } else if (slice_starts(text, "request:")) {
        meraki_request(m, slice_from(text, strlen("request:")));
    } else if (slice_starts(text, "message:")) {
        record_set_message(m->out, slice_trim(slice_from(text, strlen("message:"))));
    } else {
        return false;
    }
    return true;
}

/* What stands at the cursor and was not due: a pair, then without a name a word, which may be a
 * verdict when it is the first. False behind the last. */
static bool meraki_other(struct meraki *m, struct cursor *c, const struct kv_due **before,
                         bool first, struct kv *pair, const struct kv_key **key)
{
    cursor_skip_blanks(c);
    if (meraki_last(m, c->rest))
        return false;
    if (!kv_plain_next(c, pair)) {
        struct slice word = cursor_until_or_end(c, ' ');
        if (first && m->type->kind == FLOW)
            meraki_decide(m, word);
        pair->name = pair->value = SLICE_NONE;
        return true;
    }
    *key = kv_find(drawers, N_DRAWERS, pair->name);
    if (pair->name.len == 9 &&
        (slice_is(pair->name, "signature") || slice_is(pair->name, "timestamp")))
        meraki_unglue(c, pair); /* so these are never due */
    else if (*key)
        *before = kv_order_learn(m->order, *before, *key, "=");
    return true;
}

/* Pairs and words to the end, from `at` on. Apart from meraki_pairs, which mostly has none of them. */
__attribute__((noinline)) static void meraki_rest(struct meraki *m, struct slice text,
                                                  const char *at)
{
    const struct kv_due *before = kv_order_begin(m->order);
    const char *end = slice_end(text), *near = kv_near(text, KV_SHORT);
    m->end = end;
    while (at < end) {
        const struct kv_due *due = before->next;
        const struct kv_key *key = due->key;
        const char *begin = kv_plain_due(due, at, near);
        struct slice name, value;
        if (begin) {
            name = slice_make(begin - due->len, key->len);
            at = kv_blank(begin, end);
            value = slice_between(begin, at);
            before = due;
        } else {
            struct cursor c = cursor_over(slice_between(at, end));
            struct kv pair;
            if (!meraki_other(m, &c, &before, at == text.ptr, &pair, &key))
                return;
            at = c.rest.ptr;
            name = pair.name;
            value = pair.value;
        }
        if (name.len)
            meraki_pair(m, key, name, value);
    }
}

void meraki_pairs(struct meraki *m, struct slice text)
{
    size_t usual = m->type->kind == FLOW ? meraki_flow(m->out, text) : 0;
    if (usual == 0 || !meraki_last(m, slice_from(text, usual)))
        meraki_rest(m, text, text.ptr + usual);
}
