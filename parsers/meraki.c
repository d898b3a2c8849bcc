/*
 * Cisco Meraki MX, MR and MS: behind the header "1 1763715360.123456789 NAME" one word says the
 * kind of message; key=value pairs, a firewall rule or free text follow. One line a new flow, none
 * at its end, no counters: what came of a connection is never known here.
 * documentation.meraki.com: Syslog Server Overview and Configuration; Syslog Event Types and Log
 * Samples.
 */
#include "parsers/meraki.h"

#include "parsers/text/kv_order.h"

enum kind { FLOW, IDS, SECURITY, EVENT };

/* The kinds of message. `severity` is that of an ordinary one. */
static const struct type {
    struct slice word, name;
    uint8_t kind, category, severity;
    bool ports; /* src=ADDRESS:PORT rather than sport=PORT */
} types[] = {
    {SLICE("flows"), SLICE("Flow"), FLOW, CATEGORY_CONNECTION, 2, false},
    {SLICE("firewall"), SLICE("Firewall rule"), FLOW, CATEGORY_CONNECTION, 2, false},
    {SLICE("urls"), SLICE("URL requested"), FLOW, CATEGORY_WEB, 2, true},
    {SLICE("ip_flow_start"), SLICE("Flow started"), FLOW, CATEGORY_CONNECTION, 2, false},
    {SLICE("ip_flow_end"), SLICE("Flow ended"), FLOW, CATEGORY_CONNECTION, 2, false},
    {SLICE("vpn_firewall"), SLICE("VPN firewall rule"), FLOW, CATEGORY_CONNECTION, 2, false},
    {SLICE("cellular_firewall"), SLICE("Cellular firewall rule"), FLOW, CATEGORY_CONNECTION, 2,
     false},
    {SLICE("l7_firewall"), SLICE("Layer 7 firewall rule"), FLOW, CATEGORY_CONNECTION, 2, false},
    {SLICE("bridge_anyconnect_client_vpn_firewall"), SLICE("Client VPN firewall rule"), FLOW,
     CATEGORY_CONNECTION, 2, false},
    {SLICE("ids-alerts"), SLICE("Intrusion alert"), IDS, CATEGORY_THREAT, 5, true},
    {SLICE("security_event"), SLICE("Security event"), SECURITY, CATEGORY_THREAT, 5, true},
    {SLICE("events"), SLICE("Event"), EVENT, CATEGORY_SYSTEM, 2, true},
    {SLICE("airmarshal_events"), SLICE("Air Marshal event"), EVENT, CATEGORY_WIRELESS, 4, false},
};
#define N_TYPES (sizeof(types) / sizeof(types[0]))

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

/* What is known of a message beside its record while its pairs go by. */
struct meraki {
    struct record *out;
    struct kv_order *order;
    const char *end; /* of the text */
    const struct type *type;
    bool translated_dst;    /* translated_port belongs to the destination */
    bool refused;           /* a decision or a rule said so */
    struct slice signature; /* Snort's number of it */
};

static const struct type *meraki_type(struct slice word)
{
    for (size_t i = 0; i < N_TYPES; i++)
        if (slice_equals(word, types[i].word))
            return &types[i];
    return NULL;
}

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

static void meraki_decide(struct meraki *m, struct slice word)
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

/* Reads a pair that was not due, at the cursor, and its row; false when there is none. */
static bool meraki_other(struct meraki *m, struct cursor *c, const struct kv_due **before,
                         struct kv *pair, const struct kv_key **key)
{
    if (!kv_plain_next(c, pair))
        return false;
    *key = kv_find(drawers, N_DRAWERS, pair->name);
    if (pair->name.len == 9 &&
        (slice_is(pair->name, "signature") || slice_is(pair->name, "timestamp")))
        meraki_unglue(c, pair); /* so these are never due */
    else if (*key)
        *before = kv_order_learn(m->order, *before, *key);
    return true;
}

/* The keys whose text runs to the end. */
static bool meraki_last(struct meraki *m, struct cursor *c)
{
    if (cursor_try(c, "pattern:"))
        meraki_pattern(m, cursor_rest(c));
    else if (cursor_try(c, "request:"))
        meraki_request(m, cursor_rest(c));
    else if (cursor_try(c, "message:"))
        record_set_message(m->out, slice_trim(cursor_rest(c)));
    else
        return false;
    return true;
}

/* Pairs and words to the end. */
static void meraki_pairs(struct meraki *m, struct slice text)
{
    struct cursor c = cursor_over(text);
    const struct kv_due *before = kv_order_begin(m->order);
    struct kv pair;
    bool first = true;
    m->end = slice_end(text);
    for (; !cursor_at_end(&c); first = false) {
        const struct kv_key *key = before->next->key;
        if (kv_plain_due(c.rest.ptr, m->end, key, &pair.value)) {
            before = before->next;
            c.rest = slice_between(slice_end(pair.value), m->end);
            pair.name = slice_make(pair.value.ptr - 1 - key->len, key->len);
        } else {
            cursor_skip_blanks(&c);
            if (meraki_last(m, &c))
                return;
            if (!meraki_other(m, &c, &before, &pair, &key)) {
                struct slice word = cursor_until_or_end(&c, ' ');
                if (first && m->type->kind == FLOW)
                    meraki_decide(m, word);
                continue;
            }
        }
        meraki_pair(m, key, pair.name, pair.value);
    }
}

/* ids_alerted signature=..., security_filtering_file_scanned url=... */
static void meraki_security(struct meraki *m, struct slice text)
{
    struct cursor c = cursor_over(text);
    struct slice name = cursor_until_or_end(&c, ' ');
    bool file = slice_starts(name, "security_filtering");
    record_set_event_name(m->out, name);
    record_set_category(m->out, file ? CATEGORY_FILE : CATEGORY_THREAT);
    if (file)
        record_set_severity(m->out, 2);
    meraki_pairs(m, c.rest);
    if (!file && !RECORD_HAS(m->out, action))
        record_set_action(m->out, ACTION_ALERT);
}

/* type=association radio='0' ...; dhcp lease of ip ...; content_filtering_block url='...'; pairs, and
 * msg= '...' at the end, with a blank in it. */
static void meraki_event(struct meraki *m, struct slice text)
{
    struct record *r = m->out;
    bool typed = slice_starts(text, "type=");
    if (slice_starts(text, "type= ")) { /* "type= rogue_ssid_detected ssid='' ..." */
        struct cursor c = cursor_over(slice_from(text, strlen("type= ")));
        record_set_event_name(r, cursor_until_or_end(&c, ' '));
    }
    size_t msg = slice_find_text(text, " msg=");
    struct slice says = slice_trim(slice_from(text, msg + strlen(" msg=")));
    if (slice_starts(text, "content_filtering_block") || slice_starts(text, "nbar_block") ||
        slice_starts(text, "Blocked "))
        meraki_decide(m, slice("block"));
    meraki_pairs(m, slice_first(text, msg));
    if (says.len > 1 && says.ptr[0] == '\'')
        says = slice_trim(slice_make(says.ptr + 1, says.len - 1 - slice_ends(says, "'")));
    else
        says = text;
    record_set_message(r, says);
    meraki_event_says(r, typed ? r->event_name : SLICE_NONE, says);
}

/* The kind of message, and where its text begins. A device's name may hold blanks: then its later
 * words still stand in front of the kind; and the whole name does, where a relay took the epoch. */
static const struct type *meraki_find(const struct syslog *header, struct slice body,
                                      struct slice *word, struct slice *text)
{
    struct cursor c = cursor_over(body);
    int tries = header->form == SYSLOG_EPOCH ? 5 : 2;
    for (int i = 0; i < tries && !cursor_at_end(&c); i++) {
        *word = cursor_until_or_end(&c, ' ');
        const struct type *type = meraki_type(*word);
        if (type) {
            cursor_skip_blanks(&c);
            *text = c.rest;
            return type;
        }
    }
    return NULL;
}

static bool meraki_claims(const struct syslog *header, struct slice body)
{
    struct slice word, text;
    if (header->form == SYSLOG_EPOCH)
        return true;
    const struct type *type = meraki_find(header, body, &word, &text);
    if (type && type->kind == EVENT && word.ptr > body.ptr)
        return slice_starts(text, "type=");
    if (!type || type->kind == EVENT)
        return false;
    text = slice_first(text, 80);
    return slice_find_text(text, "src=") < text.len ||
           slice_find_text(text, "signature=") < text.len;
}

static void meraki_evidence(const struct meraki *m)
{
    struct record *r = m->out;
    if (m->type->kind == EVENT && r->category != CATEGORY_WEB)
        return;
    if (r->category == CATEGORY_CONNECTION || r->category == CATEGORY_WEB ||
        r->category == CATEGORY_THREAT)
        record_set_evidence(r, m->refused ? EVIDENCE_DENIED : EVIDENCE_NONE);
}

/* <134>1 1763715360.123456789 MX84 flows src=192.0.2.7 dst=198.51.100.9 mac=02:00:5E:00:53:07
 * protocol=tcp sport=50312 dport=443 pattern: allow all */
static enum parse_status meraki_parse(struct parse_context *context, struct slice body,
                                      struct record *out)
{
    const struct syslog *header = context->header;
    struct slice word = SLICE_NONE, text = SLICE_NONE;
    struct meraki m = {.out = out};
    m.order = context->memory ? &context->memory->meraki : NULL;
    record_set_vendor(out, slice("Cisco"));
    record_set_product(out, slice("Meraki"));
    m.type = meraki_find(header, body, &word, &text);
    if (!m.type) {
        record_set_event_id(out, slice_first(body, slice_find(body, ' ')));
        record_set_message(out, body);
        return PARSE_UNKNOWN;
    }
    if (word.ptr > body.ptr && header->form != SYSLOG_EPOCH)
        record_set_host(out, slice_between(body.ptr, word.ptr - 1));
    else if (word.ptr > body.ptr && header->host.len && slice_end(header->host) + 1 == body.ptr)
        record_set_host(out, slice_between(header->host.ptr, word.ptr - 1));
    record_set_event_id(out, word);
    record_set_event_name(out, m.type->name);
    record_set_category(out, m.type->category);
    record_set_severity(out, m.type->severity);
    if (text.len == 0)
        return PARSE_MALFORMED;

    if (m.type->kind == EVENT)
        meraki_event(&m, text);
    else if (m.type->kind == SECURITY)
        meraki_security(&m, text);
    else
        meraki_pairs(&m, text);

    if (!RECORD_HAS(out, action) && m.type->kind == IDS)
        record_set_action(out, ACTION_ALERT);
    if (m.signature.len) /* what was seen: in words, or by its number */
        record_set_threat(out, RECORD_HAS(out, message) ? out->message : m.signature);
    /* URLs and translated flows are reported when they were let through. */
    if (!RECORD_HAS(out, action) && (m.type->ports || word.ptr[0] == 'i') && m.type->kind == FLOW)
        record_set_action(out, ACTION_ALLOW);
    record_settle(out);
    if (RECORD_HAS(out, action) && out->action == ACTION_DENY && m.type->severity < 4)
        record_set_severity(out, 4);
    meraki_evidence(&m);
    bool empty = !RECORD_HAS(out, src_ip) && !RECORD_HAS(out, dst_ip) && !out->extra;
    return m.type->kind == FLOW && empty ? PARSE_MALFORMED : PARSE_OK;
}

const struct parser parser_meraki = {
    .name = SLICE("meraki"),
    .extra_prefix = SLICE("Meraki"),
    .opening = SLICE("flows src="),
    .claims = meraki_claims,
    .parse = meraki_parse,
};
