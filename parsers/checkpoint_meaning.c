/*
 * What the keys of a Check Point message mean together: which of several names the rule, the user or
 * the threat, what the action word says, what the counters prove. A table first.
 */
#include "parsers/checkpoint.h"

/* Fields that several keys can fill, three notes each from NOTE_CHOICES on: the first of them that
 * was sent does, the others are kept as extras. */
static const uint8_t choices[] = {
    FIELD_rule,      FIELD_application, FIELD_src_user,    FIELD_src_ip,
    FIELD_src_host,  FIELD_threat,      FIELD_hash,        FIELD_message,
    FIELD_src_bytes, FIELD_dst_bytes,   FIELD_src_packets, FIELD_dst_packets,
};

#define SEVERITY_FAILED 5 /* of log-ins and operations that bring none of their own */

_Static_assert(NOTE_CHOICES + 3 * sizeof(choices) == NOTE_COUNT, "three notes for each choice");

static struct slice checkpoint_text(const struct checkpoint *cp, enum checkpoint_note note)
{
    return cp->seen >> note & 1 ? cp->notes[note].value : SLICE_NONE;
}

/* packets:" <192.0.2.1,1024,198.51.100.2,23,6;eth0> <...>": drops of one rule that the firewall
 * summed up. The record is the first of them; the whole list stays as an extra. */
static void checkpoint_bundle(struct record *r, struct slice list)
{
    struct cursor c = cursor_over(list);
    cursor_until(&c, '<');
    struct cursor tuple = cursor_over(cursor_until_or_end(&c, '>'));
    static const uint8_t fields[] = {FIELD_src_ip, FIELD_src_port, FIELD_dst_ip, FIELD_dst_port};
    for (size_t i = 0; i < sizeof(fields); i++) {
        struct slice value = cursor_until(&tuple, ',');
        if (!(r->has >> fields[i] & 1))
            record_put(r, fields[i], value);
    }
    struct slice protocol = cursor_until_or_end(&tuple, ';');
    if (!RECORD_HAS(r, protocol))
        checkpoint_value(r, FIELD_protocol, protocol, slice_end(protocol));
    if (RECORD_HAS(r, protocol) && (r->protocol == PROTOCOL_ICMP || r->protocol == PROTOCOL_ICMP6))
        r->has &= ~(CHECKPOINT_BIT(FIELD_src_port) | CHECKPOINT_BIT(FIELD_dst_port));
}

/*
 * Layers come in order, outermost first; the rule that decided is that of the first layer which did
 * not pass the question on ("Inline").
 */
static void checkpoint_layers(struct checkpoint *cp)
{
    unsigned decided = cp->inline_rules < cp->rules ? cp->inline_rules : cp->rules - 1;
    for (unsigned i = 0; i < cp->rules; i++) {
        if (i == decided)
            record_set_rule(cp->out, cp->rule_names[i]);
        else
            record_extra(cp->out, slice("rule_name"), cp->rule_names[i]);
    }
}

/* record_put, but texts at once. */
static inline bool checkpoint_put(struct record *r, enum record_field field, struct slice value)
{
    if (record_fields[field].kind != KIND_TEXT)
        return record_put(r, field, value);
    *(struct slice *)(void *)((char *)r + record_fields[field].offset) = value;
    r->has |= CHECKPOINT_BIT(field);
    return true;
}

static void checkpoint_choose(struct checkpoint *cp)
{
    struct record *r = cp->out;
    for (uint64_t left = cp->seen >> NOTE_CHOICES; left; left &= left - 1) {
        unsigned n = (unsigned)__builtin_ctzll(left);
        enum record_field field = choices[n / 3];
        const struct checkpoint_noted *note = &cp->notes[NOTE_CHOICES + n];
        if (!(r->has >> field & 1) && checkpoint_put(r, field, note->value))
            continue;
        const struct checkpoint_noted *first = note - n % 3; /* the same text is kept once */
        bool again = false;
        for (; first < note; first++)
            again |= cp->seen >> (first - cp->notes) & 1 && slice_equals(first->value, note->value);
        if (!again)
            record_extra(r, kv_key_name(note->key), note->value);
    }
}

/* Notes that stay as they came, beside what is made of them. */
#define KEPT_ALWAYS                                                                                \
    (CHECKPOINT_BIT(NOTE_SICNAME) | CHECKPOINT_BIT(NOTE_CONN_DIRECTION) |                          \
     CHECKPOINT_BIT(NOTE_PACKETS) | CHECKPOINT_BIT(NOTE_BYTES) | CHECKPOINT_BIT(NOTE_SEVERITY) |   \
     CHECKPOINT_BIT(NOTE_SEVERITY_10) | CHECKPOINT_BIT(NOTE_STATUS) | CHECKPOINT_BIT(NOTE_IKE))

static inline void checkpoint_extra(struct checkpoint *cp, enum checkpoint_note note)
{
    cp->kept |= CHECKPOINT_BIT(note);
}

static void checkpoint_extras(struct checkpoint *cp)
{
    for (uint64_t kept = cp->kept & cp->seen; kept; kept &= kept - 1) {
        const struct checkpoint_noted *note = &cp->notes[__builtin_ctzll(kept)];
        record_extra(cp->out, kv_key_name(note->key), note->value);
    }
}

/* originsicname:"CN=gw1,O=mgmt..k4xzf7" names the gateway; cp_mgmt is every management server, of
 * which the header's host and hostname say more. */
static void checkpoint_device(struct checkpoint *cp)
{
    struct record *r = cp->out;
    struct slice name = checkpoint_text(cp, NOTE_SICNAME);
    struct slice hostname = checkpoint_text(cp, NOTE_HOSTNAME);
    struct slice common = SLICE_NONE;
    if (slice_starts(name, "CN") || slice_starts(name, "cn")) {
        size_t at = 2;
        while (at < name.len && name.ptr[at] == '\\') /* what relays escape, and escape again */
            at++;
        if (at < name.len && name.ptr[at] == '=')
            common = slice_from(name, at + 1);
        common = slice_first(common, slice_find_near(common, ','));
    }
    bool gateway = common.len && !slice_is(common, "cp_mgmt");
    if (gateway)
        record_set_host(r, common);
    else if (!RECORD_HAS(r, host))
        record_set_host(r, hostname.len ? hostname : common);
    if (hostname.len && RECORD_HAS(r, host) && !slice_equals(r->host, hostname))
        checkpoint_extra(cp, NOTE_HOSTNAME);
}

/* inbound, CEF's 0, and the arrow that fw log prints. */
static int checkpoint_way(struct slice ifdir)
{
    if (slice_is(ifdir, "inbound") || slice_is(ifdir, "0") || slice_is(ifdir, ">"))
        return DIRECTION_INBOUND;
    bool out = slice_is(ifdir, "outbound") || slice_is(ifdir, "1") || slice_is(ifdir, "<");
    return out ? DIRECTION_OUTBOUND : -1;
}

/* The interface is the one of the side that ifdir names. */
static void checkpoint_direction(struct checkpoint *cp)
{
    struct slice ifname = checkpoint_text(cp, NOTE_IFNAME);
    int way = checkpoint_way(checkpoint_text(cp, NOTE_IFDIR));
    if (way == DIRECTION_OUTBOUND)
        record_set_dst_interface(cp->out, ifname);
    else
        record_set_src_interface(cp->out, ifname);
    if (way < 0) {
        struct slice conn = checkpoint_text(cp, NOTE_CONN_DIRECTION);
        checkpoint_extra(cp, NOTE_IFDIR);
        if (slice_is(conn, "Incoming"))
            way = DIRECTION_INBOUND;
        else if (slice_is(conn, "Outgoing"))
            way = DIRECTION_OUTBOUND;
    }
    if (way >= 0)
        record_set_direction(cp->out, (uint8_t)way);
}

/* elapsed:"25" or "0:00:25"; duration:"25". */
static bool checkpoint_duration(struct record *r, struct slice text)
{
    struct cursor c = cursor_over(text);
    uint64_t seconds = cursor_number(&c);
    while (!c.bad && cursor_try(&c, ":"))
        seconds = seconds * 60 + cursor_number(&c);
    if (c.bad || !cursor_at_end(&c) || seconds > UINT32_MAX)
        return false;
    record_set_duration_ms(r, seconds * 1000);
    return true;
}

static void checkpoint_lasted(struct checkpoint *cp)
{
    struct slice elapsed = checkpoint_text(cp, NOTE_ELAPSED);
    struct slice duration = checkpoint_text(cp, NOTE_DURATION);
    if (!elapsed.len || !checkpoint_duration(cp->out, elapsed))
        checkpoint_extra(cp, NOTE_ELAPSED);
    if (!duration.len || RECORD_HAS(cp->out, duration_ms) ||
        !checkpoint_duration(cp->out, duration))
        checkpoint_extra(cp, NOTE_DURATION);
}

static void checkpoint_session(struct checkpoint *cp)
{
    struct slice loguid = checkpoint_text(cp, NOTE_LOGUID);
    if (cp->seen & (CHECKPOINT_BIT(NOTE_ELAPSED) | CHECKPOINT_BIT(NOTE_DURATION)))
        checkpoint_lasted(cp);
    if (slice_ends(loguid, "{0x0,0x0,0x0,0x0}"))
        checkpoint_extra(cp, NOTE_LOGUID);
    else
        record_set_session_id(cp->out, loguid);
    if (CHECKPOINT_SEEN(cp, PACKETS)) {
        struct slice packets = cp->notes[NOTE_PACKETS].value;
        if (slice_find(packets, '<') < packets.len)
            checkpoint_bundle(cp->out, packets);
    }
}

/* More bytes than the headers of that many packets: 60 in IPv4, 80 in IPv6, options included. */
static bool checkpoint_payload(const struct record *r, uint64_t bytes, uint64_t packets)
{
    bool v4 = !RECORD_HAS(r, src_ip) || address_is_v4(r->src_ip);
    return bytes / (v4 ? 60 : 80) >= packets && bytes > (v4 ? 60 : 80) * packets;
}

/* What the counters of an accepted connection prove; without any, nothing. */
static uint8_t checkpoint_counted(const struct checkpoint *cp)
{
    const struct record *r = cp->out;
    uint64_t bytes, packets;
    if (RECORD_HAS(r, src_bytes) && RECORD_HAS(r, dst_bytes) && RECORD_HAS(r, src_packets) &&
        RECORD_HAS(r, dst_packets)) {
        if (r->dst_packets == 0)
            return EVIDENCE_NO_ANSWER;
        if (checkpoint_payload(r, r->src_bytes, r->src_packets) ||
            checkpoint_payload(r, r->dst_bytes, r->dst_packets))
            return EVIDENCE_DATA;
        bool tcp = RECORD_HAS(r, protocol) && r->protocol == PROTOCOL_TCP;
        bool brief = RECORD_HAS(r, duration_ms) && r->duration_ms <= 5000;
        if (tcp && r->src_packets == 1)
            return EVIDENCE_REFUSED; /* a handshake takes two packets of the client */
        return tcp && brief && r->src_packets <= 4 && r->dst_packets <= 4 ? EVIDENCE_ABORTED
                                                                          : EVIDENCE_UNKNOWN;
    }
    if (!CHECKPOINT_SEEN(cp, BYTES) || !CHECKPOINT_SEEN(cp, PACKETS))
        return EVIDENCE_NONE;
    return number_parse(cp->notes[NOTE_BYTES].value, &bytes) &&
                   number_parse(cp->notes[NOTE_PACKETS].value, &packets) &&
                   checkpoint_payload(r, bytes, packets)
               ? EVIDENCE_DATA
               : EVIDENCE_UNKNOWN;
}

/* The gateway's own findings, whatever the blade calls them: "Port Scan", "Host Port Scan",
 * "Sweep Scan". */
static bool checkpoint_is_scan(struct slice threat)
{
    return slice_ends(threat, "Port Scan") || slice_ends(threat, "Sweep Scan");
}

static uint8_t checkpoint_subject(const struct checkpoint *cp,
                                  const struct checkpoint_verdict *verdict)
{
    const struct record *r = cp->out;
    struct slice operation = checkpoint_text(cp, NOTE_OPERATION);
    int blade = checkpoint_category(checkpoint_text(cp, NOTE_PRODUCT));
    if (operation.len)
        return slice_find_text(operation, "Log") < operation.len ? CATEGORY_AUTHENTICATION
                                                                 : CATEGORY_CONFIGURATION;
    if (verdict->category != CHECKPOINT_NONE && blade != CATEGORY_CONFIGURATION)
        return verdict->category;
    if (RECORD_HAS(r, threat) && checkpoint_is_scan(r->threat))
        return CATEGORY_SCAN;
    if (blade >= 0)
        return (uint8_t)blade;
    if (RECORD_HAS(r, threat)) /* of a blade that is not known here */
        return CATEGORY_THREAT;
    if (CHECKPOINT_SEEN(cp, IKE) && !RECORD_HAS(r, protocol))
        return CATEGORY_VPN;
    if (RECORD_HAS(r, url))
        return CATEGORY_WEB;
    if (RECORD_HAS(r, src_bytes) && RECORD_HAS(r, dst_bytes)) /* an update of its counters */
        return CATEGORY_CONNECTION;
    return RECORD_HAS(r, src_ip) || RECORD_HAS(r, dst_ip) ? CATEGORY_CONNECTION : CATEGORY_SYSTEM;
}

/* What came of it. An administrator's operation is always "Accept": whether it was done, and whether
 * he was let in, its status says, which it has when it failed. */
static void checkpoint_result(struct checkpoint *cp, const struct checkpoint_verdict *verdict,
                              bool operation)
{
    struct record *r = cp->out;
    struct slice status = checkpoint_text(cp, NOTE_STATUS);
    if (!operation && verdict->action != CHECKPOINT_NONE)
        record_set_action(r, verdict->action);
    if (slice_starts(status, "Fail") || verdict->outcome == OUTCOME_FAILURE)
        record_set_outcome(r, OUTCOME_FAILURE);
    else if (operation || slice_starts(status, "Success") || verdict->outcome == OUTCOME_SUCCESS)
        record_set_outcome(r, OUTCOME_SUCCESS);
    if (!operation)
        return;
    record_settle(r);
    if (!(RECORD_HAS(r, action) && r->action == verdict->action))
        checkpoint_extra(cp, NOTE_ACTION);
}

static void checkpoint_rate(struct checkpoint *cp, const struct checkpoint_verdict *verdict)
{
    int severity =
        CHECKPOINT_SEEN(cp, SEVERITY) ? checkpoint_severity(cp->notes[NOTE_SEVERITY].value) : -1;
    uint64_t number;
    if (severity < 0 && CHECKPOINT_SEEN(cp, SEVERITY_10) &&
        number_parse(cp->notes[NOTE_SEVERITY_10].value, &number) && number <= 10)
        severity = (int)number;
    if (severity < 0)
        severity = RECORD_HAS(cp->out, outcome) && cp->out->outcome == OUTCOME_FAILURE
                       ? SEVERITY_FAILED
                       : verdict->severity;
    record_set_severity(cp->out, (uint8_t)severity);
}

/* Who logs in is the source, though CEF calls him duser. */
static void checkpoint_login(struct record *r)
{
    const uint64_t user = CHECKPOINT_BIT(FIELD_dst_user), domain = CHECKPOINT_BIT(FIELD_dst_domain);
    if (r->category != CATEGORY_AUTHENTICATION || !(r->has & user) || RECORD_HAS(r, src_user))
        return;
    record_set_src_user(r, r->dst_user);
    if (r->has & domain)
        record_set_src_domain(r, r->dst_domain);
    r->has &= ~(user | domain);
}

/* CEF's header names the protection, where the pairs do not. */
static void checkpoint_named(struct record *r)
{
    if (r->category != CATEGORY_THREAT || RECORD_HAS(r, threat))
        return;
    for (unsigned i = 0; i < r->extra; i++)
        if (slice_is(r->extras[i].name, "name") &&
            !checkpoint_verdict(r->extras[i].value)->word.len)
            record_set_threat(r, r->extras[i].value);
}

/* Who says what: CEF's class id is the operation of an administrator, else the action, else the
 * product, for its text is different every time. */
static void checkpoint_event(struct checkpoint *cp)
{
    struct record *r = cp->out;
    struct slice action = checkpoint_text(cp, NOTE_ACTION);
    struct slice operation = checkpoint_text(cp, NOTE_OPERATION);
    struct slice product = checkpoint_text(cp, NOTE_PRODUCT);
    /* Later counters of a connection, of which the first message said whose it is. */
    if (slice_is(product, "Log Update"))
        checkpoint_extra(cp, NOTE_PRODUCT);
    else
        record_set_product(r, product);
    const struct checkpoint_verdict *verdict = checkpoint_verdict(action);
    if (verdict->word.len) /* spelled as everywhere, though fw log prints it small */
        action = verdict->word;
    struct slice id = operation.len ? operation : action;
    record_set_event_name(r, id.len ? id : RECORD_HAS(r, message) ? r->message : slice("Log"));
    record_set_event_id(r, id.len ? id : product.len ? product : r->product);

    record_set_category(r, checkpoint_subject(cp, verdict));
    checkpoint_login(r);
    checkpoint_named(r);
    checkpoint_result(cp, verdict, operation.len != 0);
    checkpoint_rate(cp, verdict);
}

static void checkpoint_evidence(struct checkpoint *cp)
{
    struct record *r = cp->out;
    if (!RECORD_HAS(r, src_ip) && !RECORD_HAS(r, dst_ip))
        return;
    if (r->category != CATEGORY_CONNECTION && r->category != CATEGORY_WEB &&
        r->category != CATEGORY_THREAT && r->category != CATEGORY_SCAN)
        return;
    if (RECORD_HAS(r, action) && r->action == ACTION_ALERT)
        record_set_evidence(r, EVIDENCE_NONE);
    else if (!RECORD_HAS(r, action) || r->action == ACTION_ALLOW)
        record_set_evidence(r, checkpoint_counted(cp));
    else
        record_set_evidence(r, EVIDENCE_DENIED);
}

void checkpoint_meaning(struct checkpoint *cp)
{
    cp->kept = KEPT_ALWAYS;
    checkpoint_session(cp);
    if (cp->rules)
        checkpoint_layers(cp);
    checkpoint_choose(cp);
    checkpoint_device(cp);
    checkpoint_direction(cp);
    checkpoint_event(cp);
    checkpoint_evidence(cp);
    record_settle(cp->out);
    checkpoint_extras(cp);
}
