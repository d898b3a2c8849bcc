/*
 * Palo Alto Networks PAN-OS: one row of CSV a message, whose fourth column names the type and by it
 * what stands in each of the others (panos_columns.c). Rows grow with the release and are cut by
 * relays: they are read as far as they go.
 * https://docs.paloaltonetworks.com/ngfw/administration/monitoring/use-syslog-for-monitoring/syslog-field-descriptions
 */
#include "parsers/panos_columns.h"

#include "parsers/parser.h"
#include "parsers/text/csv.h"

enum { TYPE = 3, SUBTYPE = 4, GENERATED = 6, LINK_SWITCHES = 69 };

struct panos_type {
    struct slice name;
    const struct panos_columns *session; /* columns 7 to 30, NULL when the type is about none */
    const struct panos_columns *own;
    uint8_t category;
    uint8_t precise; /* the column of the time with milliseconds and zone; 0: there is none */
    uint8_t least;   /* a row with fewer columns was cut off */
    uint8_t id;      /* what tells messages apart where the subtype is a mere number; 0: nothing */
    void (*finish)(struct record *out, struct slice subtype);
};

/* One message while it is read. */
struct panos_row {
    struct record *out;
    const struct syslog *header;
    struct csv csv;
    struct slice subtype;
};

/* The vendor's severities and what they are of ten. A TRAFFIC row has none: 1, or 3 when refused. */
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

/* THREAT subtypes that are not CATEGORY_THREAT, and what column 31 holds. FIELD_COUNT: a URL if it
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
};

/* SYSTEM subtypes name the daemon; the rest is CATEGORY_SYSTEM. */
static const struct {
    struct slice subtype;
    uint8_t category;
} daemons[] = {
    {SLICE("auth"), CATEGORY_AUTHENTICATION},
    {SLICE("userid"), CATEGORY_AUTHENTICATION},
    {SLICE("vpn"), CATEGORY_VPN},
    {SLICE("globalprotect"), CATEGORY_VPN},
    {SLICE("global-protect"), CATEGORY_VPN},
    {SLICE("sslvpn"), CATEGORY_VPN},
    {SLICE("ras"), CATEGORY_VPN},
    {SLICE("satd"), CATEGORY_VPN},
    {SLICE("dhcp"), CATEGORY_DHCP},
    {SLICE("dnsproxy"), CATEGORY_DNS},
    {SLICE("nat"), CATEGORY_NAT},
};

#define COUNT(table) (sizeof(table) / sizeof(table[0]))

static bool is_refused(const struct record *r)
{
    return RECORD_HAS(r, action) &&
           (r->action == ACTION_DENY || r->action == ACTION_DROP || r->action == ACTION_RESET);
}

/* App-ID has no name for the session: no handshake, no payload, or too little of it. */
static bool is_unidentified(struct slice application)
{
    return application.len == 0 || slice_is(application, "incomplete") ||
           slice_is(application, "insufficient-data") || slice_is(application, "not-applicable") ||
           slice_is(application, "non-syn-tcp");
}

/* The counters a session ended with; missing ones are 0 and known is false. */
struct panos_flow {
    uint64_t sent, received; /* packets */
    uint64_t src_bytes, dst_bytes;
    bool known; /* packets were counted for each side (since 5.0) */
    struct slice application;
};

static struct panos_flow panos_flow(const struct record *r)
{
    struct panos_flow f = {0, 0, 0, 0, false, SLICE_NONE};
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
static bool is_empty(const struct record *r, const struct panos_flow *f)
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

static enum evidence panos_ended(const struct record *r)
{
    struct panos_flow f = panos_flow(r);
    struct slice reason = RECORD_HAS(r, reason) ? r->reason : SLICE_NONE;
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
    if (!is_unidentified(f.application) && f.src_bytes > 0 && f.dst_bytes > 0 &&
        (both_ways || !f.known))
        return EVIDENCE_DATA;
    return EVIDENCE_UNKNOWN;
}

static void finish_traffic(struct record *out, struct slice subtype)
{
    enum evidence evidence = EVIDENCE_NONE;
    bool refused = slice_is(subtype, "deny") || slice_is(subtype, "drop") || is_refused(out) ||
                   (RECORD_HAS(out, reason) && slice_is(out->reason, "policy-deny"));
    if (slice_is(subtype, "start"))
        evidence = EVIDENCE_NONE;
    else if (refused)
        evidence = EVIDENCE_DENIED;
    else if (slice_is(subtype, "end"))
        evidence = panos_ended(out);
    record_set_evidence(out, (uint8_t)evidence);
    record_set_severity(out, refused ? 3 : 1);
    if (!RECORD_HAS(out, action) && refused)
        record_set_action(out, ACTION_DENY);
}

static void finish_threat(struct record *out, struct slice subtype)
{
    for (size_t i = 0; i < COUNT(threats); i++)
        if (slice_equals(threats[i].subtype, subtype))
            record_set_category(out, threats[i].category);
    record_set_evidence(out, is_refused(out) ? EVIDENCE_DENIED : EVIDENCE_NONE);
}

/* Decrypted sessions and tunnels: their end is told by the TRAFFIC row of the same session. */
static void finish_session(struct record *out, struct slice subtype)
{
    (void)subtype;
    record_set_evidence(out, is_refused(out) ? EVIDENCE_DENIED : EVIDENCE_NONE);
}

static void finish_system(struct record *out, struct slice subtype)
{
    for (size_t i = 0; i < COUNT(daemons); i++)
        if (slice_equals(daemons[i].subtype, subtype))
            record_set_category(out, daemons[i].category);
}

/* The outcome of what the message tells, from the words that stand in one of the kept columns. */
static void set_outcome(struct record *out, const char *name)
{
    static const struct {
        const char *word;
        uint8_t outcome;
    } words[] = {
        {"ail", OUTCOME_FAILURE},         {"enied", OUTCOME_FAILURE},
        {"nauthorized", OUTCOME_FAILURE}, {"uccess", OUTCOME_SUCCESS},
        {"ucceeded", OUTCOME_SUCCESS},
    };
    for (unsigned i = 0; i < out->extra; i++) {
        if (!slice_is(out->extras[i].name, name))
            continue;
        struct slice value = out->extras[i].value;
        for (size_t k = 0; k < COUNT(words); k++) {
            if (slice_find_text(value, words[k].word) < value.len) {
                record_set_outcome(out, words[k].outcome);
                return;
            }
        }
    }
}

static void finish_config(struct record *out, struct slice subtype)
{
    (void)subtype;
    set_outcome(out, "result");
}

static void finish_globalprotect(struct record *out, struct slice subtype)
{
    (void)subtype;
    set_outcome(out, "status");
    if (slice_ends(out->event_id, "-auth") || slice_ends(out->event_id, "-logout"))
        record_set_category(out, CATEGORY_AUTHENTICATION);
}

static void finish_authentication(struct record *out, struct slice subtype)
{
    (void)subtype;
    set_outcome(out, "event_type");
}

static const struct panos_type types[] = {
    {SLICE("TRAFFIC"), &panos_session, &panos_traffic, CATEGORY_CONNECTION, 102, 31, 0,
     finish_traffic},
    {SLICE("THREAT"), &panos_session, &panos_threat, CATEGORY_THREAT, 107, 31, 0, finish_threat},
    {SLICE("SYSTEM"), NULL, &panos_system, CATEGORY_SYSTEM, 25, 15, 8, finish_system},
    {SLICE("CONFIG"), NULL, &panos_config, CATEGORY_CONFIGURATION, 25, 13, 12, finish_config},
    {SLICE("GLOBALPROTECT"), NULL, &panos_globalprotect, CATEGORY_VPN, 36, 20, 8,
     finish_globalprotect},
    {SLICE("USERID"), NULL, &panos_userid, CATEGORY_AUTHENTICATION, 33, 10, 0, NULL},
    {SLICE("HIPMATCH"), NULL, &panos_hipmatch, CATEGORY_VPN, 30, 15, 14, NULL},
    {SLICE("HIP-MATCH"), NULL, &panos_hipmatch, CATEGORY_VPN, 30, 15, 14, NULL},
    {SLICE("DECRYPTION"), &panos_session, &panos_decryption, CATEGORY_CONNECTION, 72, 31, 0,
     finish_session},
    {SLICE("AUTH"), NULL, &panos_authentication, CATEGORY_AUTHENTICATION, 33, 15, 20,
     finish_authentication},
    {SLICE("AUTHENTICATION"), NULL, &panos_authentication, CATEGORY_AUTHENTICATION, 33, 15, 20,
     finish_authentication},
    {SLICE("CORRELATION"), NULL, &panos_correlation, CATEGORY_THREAT, 0, 12, 19, NULL},
    {SLICE("IPTAG"), NULL, &panos_iptag, CATEGORY_SYSTEM, 25, 11, 10, NULL},
    {SLICE("TUNNEL"), &panos_session, &panos_tunnel, CATEGORY_CONNECTION, 0, 31, 0, finish_session},
    {SLICE("GTP"), &panos_session, &panos_gtp, CATEGORY_CONNECTION, 83, 31, 46, finish_session},
    {SLICE("SCTP"), &panos_session, &panos_sctp, CATEGORY_CONNECTION, 63, 31, 42, finish_session},
};

static const struct panos_type *panos_type(struct slice name)
{
    for (size_t i = 0; i < COUNT(types); i++)
        if (slice_equals(types[i].name, name))
            return &types[i];
    return NULL;
}

/* A column's text without quotes and blanks around it. */
static struct slice panos_text(struct record *out, struct slice raw)
{
    bool doubled;
    struct slice text = csv_text(raw, &doubled);
    char *room;
    if (doubled && (room = record_scratch(out, text.len)))
        text = slice_make(room, csv_undouble(text, room));
    return slice_trim(text);
}

static bool is_none(enum panos_none none, struct slice text)
{
    switch (text.len) {
    case 1:
        return text.ptr[0] == '0' || (none == PANOS_NONE_ONE && text.ptr[0] == '1');
    case 2:
        return slice_is(text, "::");
    case 3:
        return slice_is(text, "N/A") || slice_is(text, "n/a");
    case 7:
        return slice_is(text, "0.0.0.0");
    default:
        return false;
    }
}

static void panos_severity(struct record *out, struct slice name, struct slice text)
{
    for (size_t i = 0; i < COUNT(severities); i++) {
        if (slice_equals(severities[i].word, text)) {
            record_set_severity(out, severities[i].severity);
            return;
        }
    }
    record_extra(out, name, text);
}

/* The vendor's word is kept where it says more than ours. */
static void panos_action(struct record *out, struct slice name, struct slice text)
{
    for (size_t i = 0; i < COUNT(actions); i++) {
        if (slice_equals(actions[i].word, text)) {
            record_set_action(out, actions[i].action);
            if (i < 4)
                return;
            break;
        }
    }
    record_extra(out, name, text);
}

/* "SCAN: TCP Port Scan(8001)", "(9999)", "52020". The URL filter's 9999 is no threat's name. */
static void panos_threat_name(struct panos_row *row, struct slice name, struct slice text)
{
    size_t open = slice_find_last(text, '(');
    if (open == text.len || !slice_ends(text, ")")) {
        record_set_threat(row->out, text);
        return;
    }
    struct slice title = slice_first(text, open);
    struct slice id = slice_make(text.ptr + open + 1, text.len - open - 2);
    record_extra(row->out, name, id);
    if (title.len && !slice_equals(title, id))
        record_set_threat(row->out, title);
    else if (!slice_is(row->subtype, "url"))
        record_set_threat(row->out, id);
}

static void panos_misc(struct panos_row *row, struct slice text)
{
    unsigned field = FIELD_COUNT;
    for (size_t i = 0; i < COUNT(threats); i++)
        if (slice_equals(threats[i].subtype, row->subtype))
            field = threats[i].misc;
    if (field == FIELD_COUNT)
        field = slice_find(text, '/') < text.len ? FIELD_url : FIELD_file;
    record_put(row->out, (enum record_field)field, text);
}

static void panos_device(struct panos_row *row, struct slice name, struct slice text)
{
    if (row->header->host.len == 0)
        record_set_host(row->out, text);
    else if (!slice_equals(row->header->host, text))
        record_extra(row->out, name, text);
}

static void panos_seconds(struct record *out, struct slice name, struct slice text)
{
    uint64_t seconds;
    if (number_parse(text, &seconds) && seconds <= UINT64_MAX / 1000)
        record_set_duration_ms(out, seconds * 1000);
    else
        record_extra(out, name, text);
}

static void panos_column(struct panos_row *row, const struct panos_column *column,
                         struct slice text)
{
    struct record *out = row->out;
    switch ((enum panos_how)column->how) {
    case PANOS_SKIP:
        break;
    case PANOS_PUT:
        /* The first of two columns for one field has it: IPv4 and IPv6 of the same host. */
        if (out->has >> column->field & 1 ||
            !record_put(out, (enum record_field)column->field, text))
            record_extra(out, column->name, text);
        break;
    case PANOS_RECEIVED:
        if (slice_equals(text, csv_raw(&row->csv, GENERATED)))
            break;
        record_extra(out, column->name, text);
        break;
    case PANOS_KEEP:
        record_extra(out, column->name, text);
        break;
    case PANOS_SECONDS:
        panos_seconds(out, column->name, text);
        break;
    case PANOS_DEVICE:
        panos_device(row, column->name, text);
        break;
    case PANOS_ACTION:
        panos_action(out, column->name, text);
        break;
    case PANOS_SEVERITY:
        panos_severity(out, column->name, text);
        break;
    case PANOS_THREAT:
        panos_threat_name(row, column->name, text);
        break;
    case PANOS_MISC:
        panos_misc(row, text);
        break;
    }
}

static void panos_columns(struct panos_row *row, const struct panos_columns *columns)
{
    if (!columns || columns->first >= row->csv.count)
        return;
    unsigned count = row->csv.count - columns->first;
    if (count > columns->count)
        count = columns->count;
    for (unsigned i = 0; i < count; i++) {
        const struct panos_column *column = &columns->row[i];
        struct slice text = csv_raw(&row->csv, columns->first + i);
        if (text.len == 0 || column->how == PANOS_SKIP)
            continue;
        if (csv_is_quoted(text) || text.ptr[0] == ' ' || text.ptr[text.len - 1] == ' ')
            text = panos_text(row->out, text);
        if (text.len && !(column->none && is_none((enum panos_none)column->none, text)))
            panos_column(row, column, text);
    }
}

/* "2026/11/21 08:56:00", with a fraction since 11.0, or RFC 3339 from the logging service. */
static bool panos_stamp(struct slice text, const struct zone *zone, int64_t *ms)
{
    struct cursor c = cursor_over(text);
    if (!timestamp_slashed(&c, zone, ms))
        return timestamp_iso(&c, zone, ms);
    if (cursor_try(&c, ".")) {
        int scale = 100;
        for (; cursor_peek(&c) >= '0' && cursor_peek(&c) <= '9'; scale /= 10) {
            *ms += (cursor_peek(&c) - '0') * scale;
            cursor_advance(&c, 1);
        }
    }
    return true;
}

static void panos_time(struct panos_row *row, const struct zone *zone, unsigned precise)
{
    /* A firewall that has no precise time writes 1970. */
    const int64_t year_2000 = INT64_C(946684800000);
    int64_t ms;
    struct slice text = precise ? csv_raw(&row->csv, precise) : SLICE_NONE;
    if (text.len && panos_stamp(text, zone, &ms) && ms > year_2000)
        record_set_time(row->out, ms);
    else if (panos_stamp(csv_raw(&row->csv, GENERATED), zone, &ms))
        record_set_time(row->out, ms);
}

/* The class id is the subtype, as in the vendor's own CEF; types without one write a number there. */
static void panos_name(struct panos_row *row, struct slice type, unsigned id)
{
    struct slice name = row->subtype;
    uint64_t number;
    if (name.len == 0 || number_parse(name, &number))
        name = id ? panos_text(row->out, csv_raw(&row->csv, id)) : SLICE_NONE;
    record_set_event_name(row->out, type);
    record_set_event_id(row->out, name.len ? name : type);
}

/* ICMP has no ports, and other protocols without them write 0. */
static void panos_ports(struct record *r)
{
    const uint64_t ports = UINT64_C(1) << FIELD_src_port | UINT64_C(1) << FIELD_dst_port |
                           UINT64_C(1) << FIELD_src_nat_port | UINT64_C(1) << FIELD_dst_nat_port;
    if (!RECORD_HAS(r, protocol) || r->protocol == PROTOCOL_TCP || r->protocol == PROTOCOL_UDP)
        return;
    if (r->protocol == PROTOCOL_ICMP || r->protocol == PROTOCOL_ICMP6 ||
        (RECORD_HAS(r, src_port) && r->src_port == 0 && RECORD_HAS(r, dst_port) &&
         r->dst_port == 0))
        r->has &= ~ports;
}

/* The links of an SD-WAN session, "{a,b}", are written with bare commas: one column again. */
static void panos_join_links(struct csv *csv)
{
    unsigned last = LINK_SWITCHES;
    struct slice link = csv_raw(csv, LINK_SWITCHES);
    if (link.len == 0 || link.ptr[0] != '{')
        return;
    while (last < csv->count && !slice_ends(csv_raw(csv, last), "}"))
        last++;
    if (last == csv->count)
        return;
    unsigned gone = last - LINK_SWITCHES;
    for (unsigned i = last + 1; i <= csv->count; i++)
        csv->start[i - gone] = csv->start[i];
    csv->count -= gone;
}

/* Relays leave a colon in front: ": 1,2026/11/21 ...". */
static struct slice panos_body(struct slice body)
{
    return slice_starts(body, ": ") ? slice_from(body, 2) : body;
}

/* "1,2026/11/21 08:56:00,001234567890,TRAFFIC,..." whatever the stamp's form, or with such a stamp
 * and a serial number in front of a type that is not known here. */
static bool panos_claims(const struct syslog *header, struct slice body)
{
    struct cursor c = cursor_over(slice_first(panos_body(body), 128));
    (void)header;
    if (cursor_peek(&c) < '0' || cursor_peek(&c) > '9')
        return false;
    cursor_number(&c);
    cursor_expect(&c, ",");
    struct slice stamp = cursor_until(&c, ',');
    cursor_until(&c, ',');
    struct slice type = cursor_until_or_end(&c, ',');
    if (c.bad || type.len < 3)
        return false;
    if (panos_type(type))
        return true;
    for (size_t i = 0; i < type.len; i++)
        if ((type.ptr[i] < 'A' || type.ptr[i] > 'Z') && type.ptr[i] != '-')
            return false;
    return stamp.len >= 19 && (stamp.ptr[4] == '/' || stamp.ptr[4] == '-') &&
           stamp.ptr[7] == stamp.ptr[4];
}

/* 1,2026/11/21 08:56:00,001234567890,TRAFFIC,end,2561,2026/11/21 08:55:59,10.1.1.5,192.0.2.7,... */
static enum parse_status panos_parse(struct parse_context *context, struct slice body,
                                     struct record *out)
{
    struct panos_row row;
    row.out = out;
    row.header = context->header;
    csv_split(&row.csv, panos_body(body));
    row.subtype = csv_raw(&row.csv, SUBTYPE);
    struct slice name = csv_raw(&row.csv, TYPE);
    const struct panos_type *type = panos_type(name);

    record_set_vendor(out, slice("Palo Alto Networks"));
    record_set_product(out, slice("PAN-OS"));
    panos_name(&row, name, type ? type->id : 0);
    panos_time(&row, context->zone, type ? type->precise : 0);
    panos_columns(&row, &panos_every);
    if (!type)
        return PARSE_UNKNOWN;
    record_set_category(out, type->category);
    panos_join_links(&row.csv);
    panos_columns(&row, type->session);
    panos_columns(&row, type->own);
    panos_ports(out);
    if (type->finish)
        type->finish(out, row.subtype);
    return row.csv.count < type->least ? PARSE_MALFORMED : PARSE_OK;
}

const struct parser parser_panos = {
    .name = "panos",
    .claims = panos_claims,
    .parse = panos_parse,
};
