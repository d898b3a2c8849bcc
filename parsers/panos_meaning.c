/*
 * What PAN-OS' words mean: severities, actions, subtypes; and what the counters and the reason of a
 * session's end prove about it. Words of all releases, each where the vendor's guide explains it:
 * https://docs.paloaltonetworks.com/ngfw/administration/monitoring/use-syslog-for-monitoring/syslog-field-descriptions
 */
#include "parsers/panos_meaning.h"

/* The vendor's severities, of ten. A TRAFFIC row has none: it is 1, or 3 when refused. */
static const struct {
    struct slice word;
    uint8_t severity;
} severities[] = {
    {SLICE("informational"), 1}, {SLICE("low"), 3},       {SLICE("medium"), 5},
    {SLICE("high"), 8},          {SLICE("critical"), 10},
};

/* Actions of all types. What was let through because the user insisted is allowed; a forged or
 * replacing answer is a refusal. Releases differ in "reset both" and "reset-both". */
static const struct {
    struct slice word;
    uint8_t action;
} actions[] = {
    {SLICE("allow"), ACTION_ALLOW},
    {SLICE("deny"), ACTION_DENY},
    {SLICE("drop"), ACTION_DROP},
    {SLICE("alert"), ACTION_ALERT},
#define OWN_WORDS 4 /* so many are the record's words too */
    {SLICE("reset-both"), ACTION_RESET},
    {SLICE("reset-client"), ACTION_RESET},
    {SLICE("reset-server"), ACTION_RESET},
    {SLICE("block-url"), ACTION_DENY},
    {SLICE("drop-icmp"), ACTION_DROP},
    {SLICE("drop ICMP"), ACTION_DROP},
    {SLICE("reset both"), ACTION_RESET},
    {SLICE("reset client"), ACTION_RESET},
    {SLICE("reset server"), ACTION_RESET},
    {SLICE("drop-packet"), ACTION_DROP},
    {SLICE("drop-all-packets"), ACTION_DROP},
    {SLICE("drop-reset"), ACTION_RESET},
    {SLICE("random-drop"), ACTION_DROP},
    {SLICE("block"), ACTION_DENY},
    {SLICE("block-ip"), ACTION_DENY},
    {SLICE("block-continue"), ACTION_DENY},
    {SLICE("block-override"), ACTION_DENY},
    {SLICE("override-lockout"), ACTION_DENY},
    {SLICE("sinkhole"), ACTION_DENY},
    {SLICE("continue"), ACTION_ALLOW},
    {SLICE("override"), ACTION_ALLOW},
    {SLICE("forward"), ACTION_ALLOW},
    {SLICE("upload"), ACTION_ALLOW},
    {SLICE("syncookie-sent"), ACTION_ALERT},
    {SLICE("wildfire-upload-success"), ACTION_ALLOW},
    {SLICE("wildfire-upload-skip"), ACTION_ALLOW},
    {SLICE("wildfire-upload-fail"), ACTION_ALLOW},
};

/* THREAT subtypes: their category, and what column 31 holds. FIELD_COUNT: a URL if it
 * has a slash, else a file. */
static const struct {
    struct slice subtype;
    uint8_t category;
    uint8_t misc;
} threats[] = {
    {SLICE("url"), CATEGORY_WEB, FIELD_url},
    {SLICE("vulnerability"), CATEGORY_THREAT, FIELD_COUNT},
    {SLICE("spyware"), CATEGORY_THREAT, FIELD_url},
    {SLICE("file"), CATEGORY_FILE, FIELD_file},
    {SLICE("data"), CATEGORY_THREAT, FIELD_file},
    {SLICE("virus"), CATEGORY_THREAT, FIELD_file},
    {SLICE("wildfire"), CATEGORY_THREAT, FIELD_file},
    {SLICE("wildfire-virus"), CATEGORY_THREAT, FIELD_file},
    {SLICE("ml-virus"), CATEGORY_THREAT, FIELD_file},
    {SLICE("scan"), CATEGORY_SCAN, FIELD_COUNT},
    {SLICE("flood"), CATEGORY_SCAN, FIELD_COUNT},
    {SLICE("packet"), CATEGORY_THREAT, FIELD_COUNT},
    {SLICE("dns"), CATEGORY_THREAT, FIELD_url},
};

#define COUNT(table) (sizeof(table) / sizeof(table[0]))

bool panos_severity(struct record *out, struct slice word)
{
    for (size_t i = 0; i < COUNT(severities); i++) {
        if (slice_is_nocase(word, severities[i].word.ptr)) {
            record_set_severity(out, severities[i].severity);
            return true;
        }
    }
    return false;
}

bool panos_action(struct record *out, struct slice word)
{
    for (size_t i = 0; i < COUNT(actions); i++) {
        if (slice_is_nocase(word, actions[i].word.ptr)) { /* "Allow", of the logging service */
            record_set_action(out, actions[i].action);
            return i < OWN_WORDS;
        }
    }
    return false;
}

bool panos_is_threat(struct slice word)
{
    for (size_t i = 0; i < COUNT(threats); i++)
        if (slice_equals(threats[i].subtype, word))
            return true;
    return false;
}

enum record_field panos_misc(struct slice subtype, struct slice text)
{
    for (size_t i = 0; i < COUNT(threats); i++)
        if (slice_equals(threats[i].subtype, subtype) && threats[i].misc != FIELD_COUNT)
            return (enum record_field)threats[i].misc;
    return slice_find(text, '/') < text.len ? FIELD_url : FIELD_file;
}

static bool is_refused(const struct record *r)
{
    return RECORD_HAS(r, action) &&
           (r->action == ACTION_DENY || r->action == ACTION_DROP || r->action == ACTION_RESET);
}

/* App-ID has no name for the session: no handshake, no payload, or too little of it. */
static inline bool is_unidentified(struct slice application)
{
    if (application.len && application.ptr[0] != 'i' &&
        application.ptr[0] != 'n') /* most are not */
        return false;
    return application.len == 0 || slice_is(application, "incomplete") ||
           slice_is(application, "insufficient-data") || slice_is(application, "not-applicable") ||
           slice_is(application, "non-syn-tcp");
}

/* The counters a session ended with; missing ones are 0 and known is false. */
struct flow {
    uint64_t sent, received; /* packets */
    uint64_t src_bytes, dst_bytes;
    bool known; /* packets were counted for each side (since 5.0) */
    struct slice application;
};

static struct flow flow_of(const struct record *r)
{
    struct flow f = {0, 0, 0, 0, false, SLICE_NONE};
    f.known = RECORD_HAS(r, src_packets) && RECORD_HAS(r, dst_packets);
    if (f.known) {
        f.sent = r->src_packets;
        f.received = r->dst_packets;
    }
    if (RECORD_HAS(r, src_bytes))
        f.src_bytes = r->src_bytes;
    if (RECORD_HAS(r, dst_bytes))
        f.dst_bytes = r->dst_bytes;
    if (RECORD_HAS(r, application))
        f.application = r->application;
    return f;
}

/*
 * Whether a session that the server reset carried nothing. Bytes are counted with the Ethernet
 * header, so a packet without payload is 54 to 78 bytes long (a SYN with all its options), 20 more
 * with IPv6. App-ID's word counts first: `incomplete` saw no payload. With a single packet from the
 * server that packet is the reset itself: no handshake, so no payload, whatever name an application
 * override by port gave the session. And a short unidentified session of none but small packets
 * is a handshake and its end.
 */
static bool is_empty(const struct record *r, const struct flow *f)
{
    uint64_t small = RECORD_HAS(r, src_ip) && address_is_v4(r->src_ip) ? 78 : 98;
    if (slice_is(f->application, "incomplete"))
        return true;
    if (!f->known)
        return false;
    if (f->received <= 1)
        return true;
    return is_unidentified(f->application) && f->sent <= 4 && f->received <= 4 &&
           f->src_bytes <= f->sent * small && f->dst_bytes <= f->received * small;
}

/* Whether payload went both ways. */
static inline bool has_data(const struct record *r)
{
    const uint64_t packets = UINT64_C(1) << FIELD_src_packets | UINT64_C(1) << FIELD_dst_packets;
    const uint64_t bytes = UINT64_C(1) << FIELD_src_bytes | UINT64_C(1) << FIELD_dst_bytes;
    return (r->has & bytes) == bytes && r->src_bytes && r->dst_bytes &&
           ((r->has & packets) != packets || (r->src_packets && r->dst_packets));
}

/* Where App-ID has no name for the session, or its end tells. */
static __attribute__((noinline)) enum evidence ended_oddly(const struct record *r,
                                                           struct slice reason)
{
    struct flow f = flow_of(r);
    bool incomplete = slice_is(f.application, "incomplete");
    bool both_ways = f.sent > 0 && f.received > 0;

    if (slice_is(reason, "aged-out") && f.known && f.received == 0)
        return EVIDENCE_NO_ANSWER;
    if (slice_is(reason, "tcp-rst-from-server") && is_empty(r, &f))
        return EVIDENCE_REFUSED;
    if (slice_is(reason, "tcp-rst-from-client") && f.received >= 1 && f.sent <= 4 &&
        (incomplete || slice_is(f.application, "insufficient-data")))
        return EVIDENCE_ABORTED;
    if (slice_is(reason, "tcp-fin") && incomplete && both_ways && RECORD_HAS(r, duration_ms) &&
        r->duration_ms <= 5000)
        return EVIDENCE_ABORTED;
    return !is_unidentified(f.application) && has_data(r) ? EVIDENCE_DATA : EVIDENCE_UNKNOWN;
}

static inline enum evidence ended(const struct record *r)
{
    struct slice application = RECORD_HAS(r, application) ? r->application : SLICE_NONE;
    struct slice reason = RECORD_HAS(r, reason) ? r->reason : SLICE_NONE;
    if (is_unidentified(application) || slice_is(reason, "aged-out") ||
        slice_is(reason, "tcp-rst-from-server"))
        return ended_oddly(r, reason);
    return has_data(r) ? EVIDENCE_DATA : EVIDENCE_UNKNOWN;
}

void panos_finish_traffic(struct record *out, struct slice subtype)
{
    enum evidence evidence = EVIDENCE_NONE;
    bool refused = slice_is(subtype, "deny") || slice_is(subtype, "drop") || is_refused(out) ||
                   (RECORD_HAS(out, reason) && slice_is(out->reason, "policy-deny"));
    if (slice_is(subtype, "start"))
        evidence = EVIDENCE_NONE;
    else if (refused)
        evidence = EVIDENCE_DENIED;
    else if (slice_is(subtype, "end"))
        evidence = ended(out);
    record_set_evidence(out, (uint8_t)evidence);
    record_set_severity(out, refused ? 3 : 1);
    if (!RECORD_HAS(out, action) && refused)
        record_set_action(out, ACTION_DENY);
}

/* "x-fwd-for: 10.1.20.31": whom a proxy asked for, where the user is not known. */
static void panos_forwarded(struct record *out)
{
    static const char mark[] = "x-fwd-for: ";
    if (!RECORD_HAS(out, src_user) || !slice_starts(out->src_user, mark))
        return;
    record_extra(out, slice("x_forwarded_for"), slice_from(out->src_user, sizeof(mark) - 1));
    out->has &= ~(UINT64_C(1) << FIELD_src_user);
}

void panos_finish_threat(struct record *out, struct slice subtype)
{
    panos_forwarded(out);
    for (size_t i = 0; i < COUNT(threats); i++)
        if (slice_equals(threats[i].subtype, subtype))
            record_set_category(out, threats[i].category);
    record_set_evidence(out, is_refused(out) ? EVIDENCE_DENIED : EVIDENCE_NONE);
    /* A flood has many sources: the firewall prints zeros. */
    if (slice_is(subtype, "flood") && RECORD_HAS(out, src_ip) && address_is_zero(out->src_ip))
        out->has &= ~(UINT64_C(1) << FIELD_src_ip | UINT64_C(1) << FIELD_src_port);
}

/* Decrypted sessions and tunnels: their end is told by the TRAFFIC row of the same session. */
void panos_finish_session(struct record *out, struct slice subtype)
{
    (void)subtype;
    record_set_evidence(out, is_refused(out) ? EVIDENCE_DENIED : EVIDENCE_NONE);
}

/* "success", "Failed", "User Password Failure": whether the words tell of an end, and which. */
void panos_outcome(struct record *out, struct slice words)
{
    static const struct {
        const char *part;
        uint8_t outcome;
    } parts[] = {
        {"ail", OUTCOME_FAILURE},    {"enied", OUTCOME_FAILURE}, {"nauthorized", OUTCOME_FAILURE},
        {"imeout", OUTCOME_FAILURE}, /* of a log-in that nobody finished */
        {"ucc", OUTCOME_SUCCESS},
    };
    for (size_t i = 0; i < COUNT(parts); i++) {
        if (slice_find_text(words, parts[i].part) < words.len) {
            record_set_outcome(out, parts[i].outcome);
            return;
        }
    }
}

struct slice panos_kept(const struct record *r, const char *name)
{
    for (unsigned i = 0; i < r->extra; i++)
        if (slice_is(r->extras[i].name, name))
            return r->extras[i].value;
    return SLICE_NONE;
}

void panos_finish_config(struct record *out, struct slice subtype)
{
    (void)subtype;
    panos_outcome(out, out->event_id);
}

void panos_finish_audit(struct record *out, struct slice subtype)
{
    (void)subtype;
    panos_outcome(out, panos_kept(out, "result"));
}

void panos_finish_globalprotect(struct record *out, struct slice subtype)
{
    (void)subtype;
    panos_outcome(out, panos_kept(out, "status"));
    if (!RECORD_HAS(out, reason))
        record_set_reason(out, panos_kept(out, "error"));
    if (slice_ends(out->event_id, "-auth") || slice_ends(out->event_id, "-logout"))
        record_set_category(out, CATEGORY_AUTHENTICATION);
}

void panos_finish_authentication(struct record *out, struct slice subtype)
{
    (void)subtype;
    panos_outcome(out, out->event_id);
}
