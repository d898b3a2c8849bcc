/*
 * Check Point Log Exporter (R80.10 and later): pairs of keys and values, in brackets
 * [action:"Drop"; src:"192.0.2.1"; ...], as RFC 5424 structured data of SMB gateways, or with pipes
 * (its format "splunk"). The keys are Check Point's own in every form, so one table reads them all.
 * Fields: Log Exporter guide (sk122323) and the description of log fields (sk144192) at
 * support.checkpoint.com.
 */
#include "parsers/parser.h"
#include "parsers/text/kv.h"

/* How a key's value is read; `what` of its row says where it goes. */
enum how {
    AS_TEXT,    /* a text field; the first of several keys wins, the others are kept as extras */
    AS_VALUE,   /* a field of another kind; what is no value of that kind is kept as an extra */
    AS_NAT,     /* the same, but 0 and 0.0.0.0 say that nothing was translated */
    AS_SECONDS, /* a moment, seconds since 1970 */
    AS_NOTE,    /* kept until the end, when its neighbours are known */
};

enum note {
    NOTE_ACTION,
    NOTE_PRODUCT,
    NOTE_OPERATION,
    NOTE_SEVERITY,
    NOTE_STATUS,
    NOTE_IFNAME,
    NOTE_IFDIR,
    NOTE_CONN_DIRECTION,
    NOTE_SICNAME,
    NOTE_HOSTNAME,
    NOTE_LOGUID,
    NOTE_RULE,
    NOTE_RULE_NAME,
    NOTE_SERVICE_ID,
    NOTE_APPLICATION,
    NOTE_SRC_USER,
    NOTE_USER,
    NOTE_ADMINISTRATOR,
    NOTE_CLIENT_IP,
    NOTE_MACHINE,
    NOTE_IKE,
    NOTE_PROTECTION,
    NOTE_ATTACK,
    NOTE_MALWARE,
    NOTE_SHA256,
    NOTE_SHA1,
    NOTE_MD5,
    NOTE_PACKETS, /* of the connection, or a bundle of dropped ones */
    NOTE_BYTES,
    NOTE_CLIENT_OUTBOUND_BYTES,
    NOTE_SERVER_INBOUND_BYTES,
    NOTE_SENT_BYTES,
    NOTE_CLIENT_INBOUND_BYTES,
    NOTE_SERVER_OUTBOUND_BYTES,
    NOTE_RECEIVED_BYTES,
    NOTE_CLIENT_OUTBOUND_PACKETS,
    NOTE_SERVER_INBOUND_PACKETS,
    NOTE_CLIENT_INBOUND_PACKETS,
    NOTE_SERVER_OUTBOUND_PACKETS,
    NOTE_ELAPSED,
    NOTE_DURATION,
    NOTE_COUNT,
    NO_NOTE = NOTE_COUNT
};

#define TEXT(name, field)                                                                          \
    {                                                                                              \
        name, AS_TEXT, FIELD_##field                                                               \
    }
#define VALUE(name, field)                                                                         \
    {                                                                                              \
        name, AS_VALUE, FIELD_##field                                                              \
    }
#define NAT(name, field)                                                                           \
    {                                                                                              \
        name, AS_NAT, FIELD_##field                                                                \
    }
#define NOTE(name, note)                                                                           \
    {                                                                                              \
        name, AS_NOTE, NOTE_##note                                                                 \
    }

/*
 * The keys, in drawers by the length of their names, the frequent ones in front. A key without a
 * row is kept as an extra under its own name.
 */
static const struct kv_key keys_3[] = {
    VALUE("src", src_ip), VALUE("dst", dst_ip), VALUE("svc", dst_port),
    NOTE("ike", IKE),     TEXT("url", url),
};
static const struct kv_key keys_4[] = {
    {"time", AS_SECONDS, FIELD_time},
    NOTE("rule", RULE),
    NOTE("user", USER),
};
static const struct kv_key keys_5[] = {
    VALUE("proto", protocol),
    NOTE("bytes", BYTES),
    NOTE("ifdir", IFDIR),
};
static const struct kv_key keys_6[] = {
    NOTE("action", ACTION), VALUE("origin", device_ip), VALUE("s_port", src_port),
    NOTE("loguid", LOGUID), TEXT("inzone", src_zone),   NOTE("ifname", IFNAME),
    NOTE("scheme", IKE),    NOTE("status", STATUS),     NOTE("attack", ATTACK),
    TEXT("reason", reason),
};
static const struct kv_key keys_7[] = {
    NOTE("product", PRODUCT), VALUE("service", dst_port), TEXT("outzone", dst_zone),
    NOTE("elapsed", ELAPSED), NOTE("packets", PACKETS),   NOTE("machine", MACHINE),
    TEXT("message", message), TEXT("src_mac", src_mac),
};
static const struct kv_key keys_8[] = {
    NAT("xlatesrc", src_nat_ip), NAT("xlatedst", dst_nat_ip), NOTE("duration", DURATION),
    NOTE("severity", SEVERITY),  TEXT("resource", url),       NOTE("file_md5", MD5),
    NOTE("hostname", HOSTNAME),
};
static const struct kv_key keys_9[] = {
    NOTE("rule_name", RULE_NAME),   NOTE("file_sha1", SHA1),       TEXT("file_name", file),
    NOTE("appi_name", APPLICATION), VALUE("icmp_type", icmp_type), VALUE("icmp_code", icmp_code),
    VALUE("ICMP Type", icmp_type),  VALUE("ICMP Code", icmp_code), VALUE("sport_svc", src_port),
    NOTE("client_ip", CLIENT_IP),   NOTE("operation", OPERATION),
};
static const struct kv_key keys_10[] = {
    NAT("xlatesport", src_nat_port), NAT("xlatedport", dst_nat_port),
    NOTE("service_id", SERVICE_ID),  NOTE("sent_bytes", SENT_BYTES),
    NOTE("virus_name", MALWARE),
};
static const struct kv_key keys_11[] = {
    NOTE("file_sha256", SHA256),  NOTE("ProductName", PRODUCT), TEXT("sys_message", message),
    TEXT("information", message), TEXT("description", message), NOTE("auth_status", STATUS),
    TEXT("mac_address", src_mac), TEXT("drop_reason", reason),
};
static const struct kv_key keys_12[] = {
    TEXT("message_info", message),
    NOTE("audit_status", STATUS),
};
static const struct kv_key keys_13[] = {
    NOTE("originsicname", SICNAME),  NOTE("src_user_name", SRC_USER),
    TEXT("dst_user_name", dst_user), NOTE("administrator", ADMINISTRATOR),
    TEXT("action_reason", reason),
};
static const struct kv_key keys_14[] = {
    NOTE("received_bytes", RECEIVED_BYTES), NAT("xlatesport_svc", src_nat_port),
    NAT("xlatedport_svc", dst_nat_port),    NOTE("malware_family", MALWARE),
    NOTE("conn_direction", CONN_DIRECTION),
};
static const struct kv_key keys_15[] = {
    NOTE("origin_sic_name", SICNAME),
    TEXT("reject_category", reason),
    NOTE("protection_name", PROTECTION),
};
static const struct kv_key keys_16[] = {
    TEXT("src_machine_name", src_host),
    TEXT("dst_machine_name", dst_host),
    NOTE("vpn_feature_name", IKE),
};
static const struct kv_key keys_18[] = {
    TEXT("mac_source_address", src_mac),
    TEXT("encryption_failure", reason),
};
static const struct kv_key keys_20[] = {
    NOTE("server_inbound_bytes", SERVER_INBOUND_BYTES),
    NOTE("client_inbound_bytes", CLIENT_INBOUND_BYTES),
};
static const struct kv_key keys_21[] = {
    NOTE("client_outbound_bytes", CLIENT_OUTBOUND_BYTES),
    NOTE("server_outbound_bytes", SERVER_OUTBOUND_BYTES),
};
static const struct kv_key keys_22[] = {
    NOTE("server_inbound_packets", SERVER_INBOUND_PACKETS),
    NOTE("client_inbound_packets", CLIENT_INBOUND_PACKETS),
};
static const struct kv_key keys_23[] = {
    TEXT("mac_destination_address", dst_mac),
    TEXT("tcp_packet_out_of_state", reason),
    NOTE("client_outbound_packets", CLIENT_OUTBOUND_PACKETS),
    NOTE("server_outbound_packets", SERVER_OUTBOUND_PACKETS),
};
static const struct kv_drawer drawers[] = {
    [3] = KV_DRAWER(keys_3),   [4] = KV_DRAWER(keys_4),   [5] = KV_DRAWER(keys_5),
    [6] = KV_DRAWER(keys_6),   [7] = KV_DRAWER(keys_7),   [8] = KV_DRAWER(keys_8),
    [9] = KV_DRAWER(keys_9),   [10] = KV_DRAWER(keys_10), [11] = KV_DRAWER(keys_11),
    [12] = KV_DRAWER(keys_12), [13] = KV_DRAWER(keys_13), [14] = KV_DRAWER(keys_14),
    [15] = KV_DRAWER(keys_15), [16] = KV_DRAWER(keys_16), [18] = KV_DRAWER(keys_18),
    [20] = KV_DRAWER(keys_20), [21] = KV_DRAWER(keys_21), [22] = KV_DRAWER(keys_22),
    [23] = KV_DRAWER(keys_23),
};

#define BIT(n) (UINT64_C(1) << (n))
#define CHOICE(field, a, b, c)                                                                     \
    {                                                                                              \
        BIT(a) | BIT(b) | BIT(c), FIELD_##field,                                                   \
        {                                                                                          \
            a, b, c                                                                                \
        }                                                                                          \
    }

/* Fields that several keys can fill: the first of these that was sent does, the others are kept as
 * extras. The client sends what leaves it (outbound) and what reaches the server (inbound). */
static const struct choice {
    uint64_t any; /* of these notes */
    uint8_t field;
    uint8_t notes[3];
} choices[] = {
    CHOICE(rule, NOTE_RULE_NAME, NOTE_RULE, NO_NOTE),
    CHOICE(application, NOTE_APPLICATION, NOTE_SERVICE_ID, NO_NOTE),
    CHOICE(src_user, NOTE_SRC_USER, NOTE_USER, NOTE_ADMINISTRATOR),
    CHOICE(src_ip, NOTE_CLIENT_IP, NO_NOTE, NO_NOTE),
    CHOICE(src_host, NOTE_MACHINE, NO_NOTE, NO_NOTE),
    CHOICE(threat, NOTE_PROTECTION, NOTE_ATTACK, NOTE_MALWARE),
    CHOICE(hash, NOTE_SHA256, NOTE_SHA1, NOTE_MD5),
    CHOICE(src_bytes, NOTE_CLIENT_OUTBOUND_BYTES, NOTE_SERVER_INBOUND_BYTES, NOTE_SENT_BYTES),
    CHOICE(dst_bytes, NOTE_CLIENT_INBOUND_BYTES, NOTE_SERVER_OUTBOUND_BYTES, NOTE_RECEIVED_BYTES),
    CHOICE(src_packets, NOTE_CLIENT_OUTBOUND_PACKETS, NOTE_SERVER_INBOUND_PACKETS, NO_NOTE),
    CHOICE(dst_packets, NOTE_CLIENT_INBOUND_PACKETS, NOTE_SERVER_OUTBOUND_PACKETS, NO_NOTE),
};

#define NONE 255

/* What the action words say. Severity is that of messages that bring none of their own. */
static const struct verdict {
    struct slice word;
    uint8_t action, category, outcome, severity;
} verdicts[] = {
    {SLICE("Accept"), ACTION_ALLOW, NONE, NONE, 2},
    {SLICE("Drop"), ACTION_DROP, NONE, NONE, 4},
    {SLICE("Reject"), ACTION_RESET, NONE, NONE, 4},
    {SLICE("Allow"), ACTION_ALLOW, NONE, NONE, 2},
    {SLICE("Encrypt"), ACTION_ALLOW, NONE, NONE, 2},
    {SLICE("Decrypt"), ACTION_ALLOW, NONE, NONE, 2},
    {SLICE("VPN Routing"), ACTION_ALLOW, NONE, NONE, 2},
    {SLICE("Bypass"), ACTION_ALLOW, NONE, NONE, 2},
    {SLICE("HTTPS Bypass"), ACTION_ALLOW, NONE, NONE, 2},
    {SLICE("HTTPS Inspect"), ACTION_ALLOW, NONE, NONE, 2},
    {SLICE("Inspect"), ACTION_ALLOW, NONE, NONE, 2},
    {SLICE("Redirect"), ACTION_ALLOW, NONE, NONE, 2},
    {SLICE("Inform User"), ACTION_ALLOW, NONE, NONE, 2},
    {SLICE("Detect"), ACTION_ALERT, NONE, NONE, 5},
    {SLICE("Monitor"), ACTION_ALERT, NONE, NONE, 5},
    {SLICE("Monitored"), ACTION_ALERT, NONE, NONE, 5},
    {SLICE("Flag"), ACTION_ALERT, NONE, NONE, 5},
    {SLICE("Block"), ACTION_DENY, NONE, NONE, 6},
    {SLICE("Prevent"), ACTION_DENY, NONE, NONE, 6},
    {SLICE("Quarantine"), ACTION_DENY, NONE, NONE, 6},
    {SLICE("Ask User"), ACTION_DENY, NONE, NONE, 4},
    {SLICE("Replace Malicious code"), ACTION_DENY, NONE, NONE, 6},
    {SLICE("Key Install"), NONE, CATEGORY_VPN, NONE, 2},
    {SLICE("Log In"), NONE, CATEGORY_AUTHENTICATION, OUTCOME_SUCCESS, 2},
    {SLICE("Login"), NONE, CATEGORY_AUTHENTICATION, OUTCOME_SUCCESS, 2},
    {SLICE("Log Out"), NONE, CATEGORY_AUTHENTICATION, OUTCOME_SUCCESS, 2},
    {SLICE("Logout"), NONE, CATEGORY_AUTHENTICATION, OUTCOME_SUCCESS, 2},
    {SLICE("Failed Log In"), NONE, CATEGORY_AUTHENTICATION, OUTCOME_FAILURE, 5},
    {SLICE("Authorize"), NONE, CATEGORY_AUTHENTICATION, OUTCOME_SUCCESS, 2},
    {SLICE("Deauthorize"), NONE, CATEGORY_AUTHENTICATION, OUTCOME_SUCCESS, 2},
    {SLICE("Update"), NONE, CATEGORY_AUTHENTICATION, NONE, 2},
};

static const struct verdict no_verdict = {SLICE(""), NONE, NONE, NONE, 2};

/* Check Point's severities, words and numbers, on our scale. */
static const struct {
    struct slice word;
    uint8_t severity;
} severities[] = {
    {SLICE("Informational"), 2},
    {SLICE("Low"), 3},
    {SLICE("Medium"), 5},
    {SLICE("High"), 8},
    {SLICE("Critical"), 10},
    {SLICE("Very-High"), 10},
    {SLICE("0"), 2},
    {SLICE("1"), 3},
    {SLICE("2"), 5},
    {SLICE("3"), 8},
    {SLICE("4"), 10},
};

/* The blades whose messages are not about connections as such; the others: as their keys say. */
static const struct {
    struct slice name;
    uint8_t category;
} products[] = {
    {SLICE("IPS"), CATEGORY_THREAT},
    {SLICE("SmartDefense"), CATEGORY_THREAT},
    {SLICE("Anti Malware"), CATEGORY_THREAT},
    {SLICE("Anti-Malware"), CATEGORY_THREAT},
    {SLICE("New Anti Virus"), CATEGORY_THREAT},
    {SLICE("Anti Virus"), CATEGORY_THREAT},
    {SLICE("Anti-Virus"), CATEGORY_THREAT},
    {SLICE("Anti Bot"), CATEGORY_THREAT},
    {SLICE("Anti-Bot"), CATEGORY_THREAT},
    {SLICE("Anti Phishing"), CATEGORY_THREAT},
    {SLICE("Zero Phishing"), CATEGORY_THREAT},
    {SLICE("Anti-Ransomware"), CATEGORY_THREAT},
    {SLICE("Anti-Exploit"), CATEGORY_THREAT},
    {SLICE("Anti-Spam and Email Security"), CATEGORY_THREAT},
    {SLICE("Threat Emulation"), CATEGORY_THREAT},
    {SLICE("Threat Extraction"), CATEGORY_THREAT},
    {SLICE("Forensics"), CATEGORY_THREAT},
    {SLICE("DDoS Protector"), CATEGORY_THREAT},
    {SLICE("DLP"), CATEGORY_THREAT},
    {SLICE("Identity Awareness"), CATEGORY_AUTHENTICATION},
    {SLICE("Mobile Access"), CATEGORY_AUTHENTICATION},
    {SLICE("Connectra"), CATEGORY_AUTHENTICATION},
};

/* What is known of a message while its pairs go by. */
struct checkpoint {
    struct record *out;
    uint64_t seen;         /* bit n: notes[n] is set */
    unsigned rule_names;   /* how many layers named their rule so far */
    unsigned inline_rules; /* outer layers that left the decision to an inner one */
    struct record_extra notes[NOTE_COUNT];
};

_Static_assert(NOTE_COUNT <= 64, "struct checkpoint.seen holds one bit for each note");

#define SEEN(cp, note) ((cp)->seen >> NOTE_##note & 1)

static struct slice checkpoint_note(const struct checkpoint *cp, enum note note)
{
    return cp->seen >> note & 1 ? cp->notes[note].value : SLICE_NONE;
}

/*
 * Layers come in order, outermost first, each with its rule_action and rule_name; the rule that
 * decided is that of the first layer which did not pass the question on ("Inline").
 */
static void checkpoint_layer(struct checkpoint *cp, struct slice name, struct slice value)
{
    struct record_extra *rule = &cp->notes[NOTE_RULE_NAME];
    if (cp->rule_names++ && cp->rule_names > cp->inline_rules + 1) {
        record_extra(cp->out, name, value);
        return;
    }
    if (SEEN(cp, RULE_NAME))
        record_extra(cp->out, rule->name, rule->value);
    *rule = (struct record_extra){name, value};
    cp->seen |= BIT(NOTE_RULE_NAME);
}

static void checkpoint_keep(struct checkpoint *cp, enum note note, struct slice name,
                            struct slice value)
{
    if (value.len == 0)
        return;
    if (note == NOTE_RULE_NAME) {
        checkpoint_layer(cp, name, value);
    } else if (!(cp->seen >> note & 1)) {
        cp->notes[note] = (struct record_extra){name, value};
        cp->seen |= BIT(note);
    } else if (!slice_equals(cp->notes[note].value, value)) {
        record_extra(cp->out, name, value);
    }
}

/* Seconds or, with thirteen digits, milliseconds since 1970. */
static bool checkpoint_seconds(struct record *r, struct slice value)
{
    uint64_t t;
    if (value.len < 9 || value.len > 13 || !number_parse(value, &t))
        return false;
    record_set_time(r, (int64_t)(value.len > 11 ? t : t * 1000));
    return true;
}

/* Digits first: a protocol is nearly always its number here. */
static bool checkpoint_value(struct record *r, enum record_field field, struct slice value)
{
    uint64_t number;
    if (field == FIELD_protocol && number_parse(value, &number)) {
        if (number > 255)
            return false;
        record_set_protocol(r, (uint8_t)number);
        return true;
    }
    if (record_put(r, field, value))
        return true;
    /* An object's name stands where an address belongs. */
    if (field == FIELD_src_ip || field == FIELD_dst_ip)
        return record_put(r, field == FIELD_src_ip ? FIELD_src_host : FIELD_dst_host, value);
    return false;
}

static void checkpoint_pair(struct checkpoint *cp, const struct kv_key *key, struct slice name,
                            struct slice value)
{
    struct record *r = cp->out;
    bool taken = false;
    if (key->how == AS_NOTE) {
        checkpoint_keep(cp, key->what, name, value);
        return;
    }
    bool first = !(r->has >> key->what & 1) || key->what == FIELD_device_ip;
    switch ((enum how)key->how) {
    case AS_TEXT:
        taken = first && record_put(r, key->what, value);
        break;
    case AS_VALUE:
        taken = first && checkpoint_value(r, key->what, value);
        break;
    case AS_NAT:
        taken = slice_is(value, "0") || slice_is(value, "0.0.0.0") || slice_is(value, "::") ||
                (first && record_put(r, key->what, value));
        break;
    case AS_SECONDS:
        taken = checkpoint_seconds(r, value);
        break;
    case AS_NOTE:
        break;
    }
    if (!taken)
        record_extra(r, name, value);
}

static const struct kv_key *checkpoint_key(struct slice name)
{
    return kv_find(drawers, sizeof(drawers) / sizeof(drawers[0]), name);
}

/* What two spliced messages leave in front of a name: `2"] [flags`. */
static struct slice checkpoint_last_word(struct slice name)
{
    size_t at = name.len;
    while (at > 0 && !memchr(" ];[|", name.ptr[at - 1], 5))
        at--;
    return slice_from(name, at);
}

static void checkpoint_read(struct checkpoint *cp, const struct kv *pair)
{
    struct slice name = pair->name, value = pair->value;
    const struct kv_key *key = checkpoint_key(name);
    if (!key && (name.len > KV_NAME_MAX || (name.len && name.ptr[0] == ']'))) {
        name = checkpoint_last_word(name);
        key = checkpoint_key(name);
    }
    if (pair->escaped) {
        char *room = record_scratch(cp->out, value.len);
        if (room)
            value = slice_make(room, kv_unescape(value, room));
    }
    if (key && !pair->cut) { /* half an address is another address */
        checkpoint_pair(cp, key, name, value);
        return;
    }
    if (slice_is(name, "rule_action") && slice_is(value, "Inline"))
        cp->inline_rules++;
    record_extra(cp->out, name, value);
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
    if (!RECORD_HAS(r, protocol))
        checkpoint_value(r, FIELD_protocol, cursor_until_or_end(&tuple, ';'));
    if (RECORD_HAS(r, protocol) && (r->protocol == PROTOCOL_ICMP || r->protocol == PROTOCOL_ICMP6))
        r->has &= ~(BIT(FIELD_src_port) | BIT(FIELD_dst_port));
}

static void checkpoint_choose(struct checkpoint *cp)
{
    struct record *r = cp->out;
    for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++) {
        const struct choice *choice = &choices[i];
        struct slice chosen = SLICE_NONE;
        if (!(cp->seen & choice->any))
            continue;
        for (size_t n = 0; n < 3 && choice->notes[n] != NO_NOTE; n++) {
            const struct record_extra *note = &cp->notes[choice->notes[n]];
            if (!(cp->seen >> choice->notes[n] & 1))
                continue;
            if (!(r->has >> choice->field & 1) && record_put(r, choice->field, note->value))
                chosen = note->value;
            else if (!slice_equals(chosen, note->value))
                record_extra(r, note->name, note->value);
        }
    }
}

static void checkpoint_extra(struct checkpoint *cp, enum note note)
{
    if (cp->seen >> note & 1)
        record_extra(cp->out, cp->notes[note].name, cp->notes[note].value);
}

/* originsicname:"CN=gw1,O=mgmt..k4xzf7" names the gateway; cp_mgmt is every management server, of
 * which the header's host and hostname say more. */
static void checkpoint_device(struct checkpoint *cp)
{
    struct record *r = cp->out;
    struct slice name = checkpoint_note(cp, NOTE_SICNAME);
    struct slice hostname = checkpoint_note(cp, NOTE_HOSTNAME);
    struct slice common = SLICE_NONE;
    if (slice_starts(name, "CN=") || slice_starts(name, "cn=")) {
        common = slice_from(name, 3);
        common = slice_first(common, slice_find(common, ','));
    }
    bool gateway = common.len && !slice_is(common, "cp_mgmt");
    if (gateway)
        record_set_host(r, common);
    else if (!RECORD_HAS(r, host))
        record_set_host(r, hostname.len ? hostname : common);
    checkpoint_extra(cp, NOTE_SICNAME);
    if (RECORD_HAS(r, host) && !slice_equals(r->host, hostname))
        checkpoint_extra(cp, NOTE_HOSTNAME);
}

/* The interface is the one of the side that ifdir names. */
static void checkpoint_direction(struct checkpoint *cp)
{
    struct slice ifdir = checkpoint_note(cp, NOTE_IFDIR), ifname = checkpoint_note(cp, NOTE_IFNAME);
    struct slice way = checkpoint_note(cp, NOTE_CONN_DIRECTION);
    bool inbound = slice_is(ifdir, "inbound"), outbound = slice_is(ifdir, "outbound");
    if (outbound)
        record_set_dst_interface(cp->out, ifname);
    else
        record_set_src_interface(cp->out, ifname);
    if (inbound || outbound)
        record_set_direction(cp->out, inbound ? DIRECTION_INBOUND : DIRECTION_OUTBOUND);
    else if (slice_is(way, "Incoming") || slice_is(way, "Outgoing"))
        record_set_direction(cp->out,
                             slice_is(way, "Incoming") ? DIRECTION_INBOUND : DIRECTION_OUTBOUND);
    checkpoint_extra(cp, NOTE_CONN_DIRECTION);
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

static void checkpoint_session(struct checkpoint *cp)
{
    struct slice elapsed = checkpoint_note(cp, NOTE_ELAPSED);
    struct slice duration = checkpoint_note(cp, NOTE_DURATION);
    struct slice loguid = checkpoint_note(cp, NOTE_LOGUID);
    if (!elapsed.len || !checkpoint_duration(cp->out, elapsed))
        checkpoint_extra(cp, NOTE_ELAPSED);
    if (!duration.len || RECORD_HAS(cp->out, duration_ms) ||
        !checkpoint_duration(cp->out, duration))
        checkpoint_extra(cp, NOTE_DURATION);
    if (slice_ends(loguid, "{0x0,0x0,0x0,0x0}"))
        checkpoint_extra(cp, NOTE_LOGUID);
    else
        record_set_session_id(cp->out, loguid);
    struct slice packets = checkpoint_note(cp, NOTE_PACKETS);
    if (slice_find(packets, '<') < packets.len)
        checkpoint_bundle(cp->out, packets);
    checkpoint_extra(cp, NOTE_PACKETS);
    checkpoint_extra(cp, NOTE_BYTES);
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
        return tcp && brief && r->src_packets <= 4 && r->dst_packets <= 4 ? EVIDENCE_ABORTED
                                                                          : EVIDENCE_UNKNOWN;
    }
    if (!SEEN(cp, BYTES) || !SEEN(cp, PACKETS))
        return EVIDENCE_NONE;
    return number_parse(cp->notes[NOTE_BYTES].value, &bytes) &&
                   number_parse(cp->notes[NOTE_PACKETS].value, &packets) &&
                   checkpoint_payload(r, bytes, packets)
               ? EVIDENCE_DATA
               : EVIDENCE_UNKNOWN;
}

static const struct verdict *checkpoint_verdict(struct slice action)
{
    for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++)
        if (slice_equals(action, verdicts[i].word))
            return &verdicts[i];
    return &no_verdict;
}

/* The gateway's own findings, whatever the blade calls them: "Port Scan", "Host Port Scan",
 * "Sweep Scan". */
static bool checkpoint_is_scan(struct slice threat)
{
    return slice_ends(threat, "Port Scan") || slice_ends(threat, "Sweep Scan");
}

static enum category checkpoint_category(const struct checkpoint *cp, const struct verdict *verdict)
{
    const struct record *r = cp->out;
    struct slice product = checkpoint_note(cp, NOTE_PRODUCT);
    struct slice operation = checkpoint_note(cp, NOTE_OPERATION);
    bool usual = slice_is(product, "VPN-1 & FireWall-1");
    if (verdict->category != NONE)
        return verdict->category;
    if (operation.len)
        return slice_find_text(operation, "Log") < operation.len ? CATEGORY_AUTHENTICATION
                                                                 : CATEGORY_CONFIGURATION;
    if (RECORD_HAS(r, threat) && checkpoint_is_scan(r->threat))
        return CATEGORY_SCAN;
    for (size_t i = 0; !usual && i < sizeof(products) / sizeof(products[0]); i++)
        if (slice_equals(product, products[i].name))
            return products[i].category;
    if (SEEN(cp, IKE) && !RECORD_HAS(r, protocol))
        return CATEGORY_VPN;
    if (RECORD_HAS(r, url))
        return CATEGORY_WEB;
    return RECORD_HAS(r, src_ip) || RECORD_HAS(r, dst_ip) ? CATEGORY_CONNECTION : CATEGORY_SYSTEM;
}

static void checkpoint_severity(struct checkpoint *cp, const struct verdict *verdict)
{
    struct slice word = checkpoint_note(cp, NOTE_SEVERITY);
    record_set_severity(cp->out, verdict->severity);
    for (size_t i = 0; word.len && i < sizeof(severities) / sizeof(severities[0]); i++)
        if (slice_equals(word, severities[i].word))
            record_set_severity(cp->out, severities[i].severity);
    checkpoint_extra(cp, NOTE_SEVERITY);
}

/* Who says what: CEF's class id is the operation of an administrator, else the action, else the
 * product, for its text is different every time. */
static void checkpoint_event(struct checkpoint *cp)
{
    struct record *r = cp->out;
    struct slice action = checkpoint_note(cp, NOTE_ACTION);
    struct slice operation = checkpoint_note(cp, NOTE_OPERATION);
    struct slice product = checkpoint_note(cp, NOTE_PRODUCT);
    if (product.len)
        record_set_product(r, product);
    struct slice id = operation.len ? operation : action;
    record_set_event_name(r, id.len ? id : RECORD_HAS(r, message) ? r->message : slice("Log"));
    record_set_event_id(r, id.len ? id : r->product);

    const struct verdict *verdict = checkpoint_verdict(action);
    if (verdict->action != NONE)
        record_set_action(r, verdict->action);
    else if (operation.len)
        checkpoint_extra(cp, NOTE_ACTION);
    record_set_category(r, checkpoint_category(cp, verdict));
    checkpoint_severity(cp, verdict);

    struct slice status = checkpoint_note(cp, NOTE_STATUS);
    if (slice_starts(status, "Fail") || verdict->outcome == OUTCOME_FAILURE)
        record_set_outcome(r, OUTCOME_FAILURE);
    else if (slice_starts(status, "Success") || verdict->outcome == OUTCOME_SUCCESS)
        record_set_outcome(r, OUTCOME_SUCCESS);
    checkpoint_extra(cp, NOTE_STATUS);
}

static void checkpoint_evidence(struct checkpoint *cp)
{
    struct record *r = cp->out;
    if (!RECORD_HAS(r, src_ip) && !RECORD_HAS(r, dst_ip))
        return;
    if (r->category != CATEGORY_CONNECTION && r->category != CATEGORY_WEB &&
        r->category != CATEGORY_THREAT && r->category != CATEGORY_SCAN)
        return;
    if (!RECORD_HAS(r, action) || r->action == ACTION_ALERT)
        record_set_evidence(r, EVIDENCE_NONE);
    else if (r->action == ACTION_ALLOW)
        record_set_evidence(r, checkpoint_counted(cp));
    else
        record_set_evidence(r, EVIDENCE_DENIED);
}

enum envelope { NOT_OURS, QUOTED, PIPED };

/* "[action:" or "[sc4s@2620 ", the enterprise number being Check Point's. Moves to the first name. */
static bool checkpoint_opens(struct slice *text)
{
    const char *begin = text->ptr + 1, *end = slice_end(*text), *p = begin;
    while (p < end && p - begin < 40 && *p > ' ' && *p != ':' && *p != '"' && *p != ']')
        p++;
    struct slice word = slice_between(begin, p);
    bool ours;
    if (p < end && *p == ' ') {
        ours = slice_ends(word, "@2620") || slice_ends(word, "@1.3.6.1.4.1.2620");
    } else {
        ours = word.len && end - p >= 2 && p[0] == ':' && (p[1] == '"' || p[1] == ':');
        p = begin;
    }
    *text = slice_between(p, end);
    return ours;
}

/* A header that was no header to us may still stand in front; "syslog[" came from older relays. */
static enum envelope checkpoint_open(const struct syslog *header, struct slice body,
                                     struct slice *text)
{
    *text = header->structured_data;
    if (text->len && checkpoint_opens(text))
        return QUOTED;
    size_t bracket = slice_find(slice_first(body, 128), '[');
    if (bracket < 128 && bracket < body.len) {
        *text = slice_from(body, bracket);
        if (checkpoint_opens(text))
            return QUOTED;
    }
    *text = body;
    struct slice front = slice_first(body, 512);
    if ((slice_starts(body, "time=") || slice_starts(body, "|hostname=") ||
         slice_starts(body, "hostname=") || slice_starts(body, "loguid=")) &&
        slice_find_text(front, "|product=") < front.len)
        return PIPED;
    return NOT_OURS;
}

static bool checkpoint_claims(const struct syslog *header, struct slice body)
{
    struct slice text;
    return checkpoint_open(header, body, &text) != NOT_OURS;
}

/* <134>1 2026-11-21T08:56:00Z mgmt CheckPoint 2201 - [action:"Drop"; ifdir:"inbound"; ... ] */
static enum parse_status checkpoint_parse(struct parse_context *context, struct slice body,
                                          struct record *out)
{
    struct checkpoint cp;
    struct slice text;
    struct kv pair;
    unsigned pairs = 0;
    cp.out = out;
    cp.seen = 0;
    cp.rule_names = cp.inline_rules = 0;
    record_set_vendor(out, slice("Check Point"));
    record_set_product(out, slice("VPN-1 & FireWall-1"));

    bool piped = checkpoint_open(context->header, body, &text) == PIPED;
    struct kv_quoted quoted = kv_quoted_over(text);
    struct cursor c = cursor_over(text);
    for (; piped ? kv_piped_next(&c, &pair) : kv_quoted_next(&quoted, &pair); pairs++)
        checkpoint_read(&cp, &pair);
    checkpoint_session(&cp);
    checkpoint_choose(&cp);
    checkpoint_device(&cp);
    checkpoint_direction(&cp);
    checkpoint_event(&cp);
    checkpoint_evidence(&cp);
    return pairs ? PARSE_OK : PARSE_MALFORMED;
}

const struct parser parser_checkpoint = {
    .name = "checkpoint",
    .extra_prefix = "CheckPoint",
    .claims = checkpoint_claims,
    .parse = checkpoint_parse,
};
