/*
 * Cisco Meraki MX, MR and MS: behind the header "1 1763715360.123456789 NAME" one word says the
 * kind of message; key=value pairs, a firewall rule or free text follow. One line a new flow, none
 * at its end, no counters: what came of a connection is never known here.
 * documentation.meraki.com: Syslog Server Overview and Configuration; Syslog Event Types and Log
 * Samples.
 */
#include "parsers/meraki.h"

static const struct meraki_type types[] = {
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

static const struct meraki_type *meraki_type(struct slice word)
{
    for (size_t i = 0; i < N_TYPES; i++)
        if (slice_equals(word, types[i].word))
            return &types[i];
    return NULL;
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

/* The kind of message among its first words, and where its text begins. A device's name may hold
 * blanks: then its later words still stand in front of the kind; and the whole name does, where a
 * relay took the epoch. */
static const struct meraki_type *meraki_search(const struct syslog *header, struct slice body,
                                               struct slice *word, struct slice *text)
{
    struct cursor c = cursor_over(body);
    int tries = header->form == SYSLOG_EPOCH ? 5 : 2;
    for (int i = 0; i < tries && !cursor_at_end(&c); i++) {
        *word = cursor_until_or_end(&c, ' ');
        const struct meraki_type *type = meraki_type(*word);
        if (type) {
            cursor_skip_blanks(&c);
            *text = c.rest;
            return type;
        }
    }
    return NULL;
}

static inline const struct meraki_type *meraki_find(const struct syslog *header, struct slice body,
                                                    struct slice *word, struct slice *text)
{
    const struct meraki_type *flows = &types[0]; /* nearly all messages */
    if (!slice_starts(body, "flows "))
        return meraki_search(header, body, word, text);
    struct cursor c = cursor_over(slice_from(body, strlen("flows ")));
    cursor_skip_blanks(&c);
    *word = slice_first(body, flows->word.len);
    *text = c.rest;
    return flows;
}

static bool meraki_claims(const struct syslog *header, struct slice body)
{
    struct slice word, text;
    if (header->form == SYSLOG_EPOCH)
        return true;
    const struct meraki_type *type = meraki_find(header, body, &word, &text);
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
    .claims = meraki_claims,
    .parse = meraki_parse,
};
