/*
 * Palo Alto Networks PAN-OS: one row of CSV a message, whose fourth column names the type and by it
 * what stands in each of the others (panos_columns.c). Rows grow with the release and are cut by
 * relays: they are read as far as they go.
 * https://docs.paloaltonetworks.com/ngfw/administration/monitoring/use-syslog-for-monitoring/syslog-field-descriptions
 */
#include "parsers/panos_columns.h"
#include "parsers/panos_meaning.h"
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
    uint8_t id;      /* what tells messages apart better than the subtype; 0: nothing does */
    void (*finish)(struct record *out, struct slice subtype);
};

/* One message while it is read. */
struct panos_row {
    struct record *out;
    const struct syslog *header;
    struct csv csv;
    struct slice subtype;
};

#define COUNT(table) (sizeof(table) / sizeof(table[0]))

static const struct panos_type types[] = {
    {SLICE("TRAFFIC"), &panos_session, &panos_traffic, CATEGORY_CONNECTION, 102, 31, 0,
     panos_finish_traffic},
    {SLICE("THREAT"), &panos_session, &panos_threat, CATEGORY_THREAT, 107, 31, 0,
     panos_finish_threat},
    {SLICE("SYSTEM"), NULL, &panos_system, CATEGORY_SYSTEM, 25, 15, 0, panos_finish_system},
    {SLICE("CONFIG"), NULL, &panos_config, CATEGORY_CONFIGURATION, 25, 13, 12, panos_finish_config},
    {SLICE("GLOBALPROTECT"), NULL, &panos_globalprotect, CATEGORY_VPN, 36, 20, 8,
     panos_finish_globalprotect},
    {SLICE("USERID"), NULL, &panos_userid, CATEGORY_AUTHENTICATION, 33, 10, 0, NULL},
    {SLICE("HIPMATCH"), NULL, &panos_hipmatch, CATEGORY_VPN, 30, 15, 14, NULL},
    {SLICE("HIP-MATCH"), NULL, &panos_hipmatch, CATEGORY_VPN, 30, 15, 14, NULL},
    {SLICE("DECRYPTION"), &panos_session, &panos_decryption, CATEGORY_CONNECTION, 72, 31, 0,
     panos_finish_session},
    {SLICE("AUTH"), NULL, &panos_authentication, CATEGORY_AUTHENTICATION, 33, 15, 20,
     panos_finish_authentication},
    {SLICE("AUTHENTICATION"), NULL, &panos_authentication, CATEGORY_AUTHENTICATION, 33, 15, 20,
     panos_finish_authentication},
    {SLICE("CORRELATION"), NULL, &panos_correlation, CATEGORY_THREAT, 0, 12, 19, NULL},
    {SLICE("IPTAG"), NULL, &panos_iptag, CATEGORY_SYSTEM, 25, 11, 10, NULL},
    {SLICE("TUNNEL"), &panos_session, &panos_tunnel, CATEGORY_CONNECTION, 0, 31, 0,
     panos_finish_session},
    {SLICE("GTP"), &panos_session, &panos_gtp, CATEGORY_CONNECTION, 83, 31, 46,
     panos_finish_session},
    {SLICE("SCTP"), &panos_session, &panos_sctp, CATEGORY_CONNECTION, 63, 31, 42,
     panos_finish_session},
};

static const struct panos_type *panos_type(struct slice name)
{
    for (size_t i = 0; i < COUNT(types); i++)
        if (slice_equals(types[i].name, name))
            return &types[i];
    return NULL;
}

/* A column's text without the quotes around it. */
static struct slice panos_text(struct record *out, struct slice raw)
{
    bool doubled;
    struct slice text = csv_text(raw, &doubled);
    char *room;
    if (doubled && (room = record_scratch(out, text.len)))
        text = slice_make(room, csv_undouble(text, room));
    return text;
}

static bool is_odd_none(struct slice text)
{
    return slice_is(text, "N/A") || slice_is(text, "n/a") || slice_is(text, "0.0.0.0") ||
           slice_is(text, "::") || slice_is(text, "-1") || slice_is(text, "4294967295");
}

static inline bool is_none(enum panos_none none, struct slice text)
{
    if (text.len == 1)
        return text.ptr[0] == '0' || (none == PANOS_NONE_ONE && text.ptr[0] == '1');
    return none == PANOS_NONE_ODD && is_odd_none(text);
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

static bool panos_device(struct panos_row *row, struct slice text)
{
    if (row->header->host.len)
        return slice_equals(row->header->host, text);
    record_set_host(row->out, text);
    return true;
}

static inline bool put_text(struct slice *member, struct slice text)
{
    if (text.ptr[0] == ' ' || text.ptr[text.len - 1] == ' ')
        text = slice_trim(text);
    *member = text;
    return text.len != 0;
}

static inline bool put_number(struct panos_row *row, unsigned n, struct slice text,
                              uint64_t *member)
{
    return csv_number(&row->csv, n, member) || (row->csv.quotes && number_parse(text, member));
}

static inline bool put_port(struct panos_row *row, unsigned n, struct slice text, uint16_t *member)
{
    uint64_t value;
    if (!put_number(row, n, text, &value) || value > UINT16_MAX)
        return false;
    *member = (uint16_t)value;
    return true;
}

/* An address is read with what follows it in the row: faster than one of which nothing follows. */
static inline bool put_address(struct panos_row *row, struct slice text, struct address *member)
{
    const char *end = row->csv.base + row->csv.start[row->csv.count] - 1;
    if (!row->csv.quotes && address_read_v4(slice_between(text.ptr, end), member) == text.len)
        return true;
    return address_parse(text, member);
}

static inline bool put_protocol(struct slice text, uint8_t *member)
{
    int number = slice_is(text, "tcp")   ? PROTOCOL_TCP
                 : slice_is(text, "udp") ? PROTOCOL_UDP
                                         : protocol_number(text);
    if (number < 0)
        return false;
    *member = (uint8_t)number;
    return true;
}

static bool put_seconds(struct panos_row *row, unsigned n, struct slice text)
{
    uint64_t seconds;
    if (!put_number(row, n, text, &seconds) || seconds > UINT64_MAX / 1000)
        return false;
    record_set_duration_ms(row->out, seconds * 1000);
    return true;
}

/* Reads column n into the record; false: what it says is to be kept by name. */
static inline bool panos_column(struct panos_row *row, const struct panos_column *column,
                                unsigned n, struct slice text)
{
    struct record *out = row->out;
    void *member = (char *)out + column->offset;
    uint64_t bit = UINT64_C(1) << column->field;
    bool ok = false;

    if (column->how <= PANOS_LAST_KIND && out->has & bit)
        return false;
    switch ((enum panos_how)column->how) {
    case PANOS_TEXT:
        ok = put_text(member, text);
        if (!ok)
            return true; /* nothing but blanks */
        break;
    case PANOS_NUMBER:
        ok = put_number(row, n, text, member);
        break;
    case PANOS_PORT:
        ok = put_port(row, n, text, member);
        break;
    case PANOS_ADDRESS:
        ok = put_address(row, text, member);
        if (ok && column->none && address_is_zero(*(struct address *)member))
            return true;
        break;
    case PANOS_PROTOCOL:
        ok = put_protocol(text, member);
        break;
    case PANOS_SKIP:
        return true;
    case PANOS_KEEP:
        return false;
    case PANOS_RECEIVED:
        return slice_equals(text, csv_raw(&row->csv, GENERATED));
    case PANOS_SECONDS:
        return put_seconds(row, n, text);
    case PANOS_DEVICE:
        return panos_device(row, text);
    case PANOS_ACTION:
        return panos_action(out, text);
    case PANOS_SEVERITY:
        return panos_severity(out, text);
    case PANOS_THREAT:
        panos_threat_name(row, column->name, text);
        return true;
    case PANOS_MISC:
        return record_put(out, panos_misc(row->subtype, text), text);
    }
    out->has |= ok ? bit : 0;
    return ok;
}

static void panos_columns(struct panos_row *row, const struct panos_columns *columns)
{
    if (!columns)
        return;
    const struct panos_column *column = columns->row;
    const uint32_t *start = row->csv.start;
    unsigned end = columns->first + columns->count;
    if (end > row->csv.count)
        end = row->csv.count;
    for (unsigned n = columns->first; n < end; n++, column++) {
        struct slice text = {row->csv.base + start[n], start[n + 1] - start[n] - 1};
        if (text.len == 0 || column->how == PANOS_SKIP)
            continue;
        if (row->csv.quotes && (text = panos_text(row->out, text)).len == 0)
            continue;
        if (column->none && is_none((enum panos_none)column->none, text))
            continue;
        if (column->how == PANOS_KEEP || !panos_column(row, column, n, text))
            record_extra(row->out, column->name, text);
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

/* The class id is the subtype, as in the vendor's own CEF, unless the type has a better one:
 * several write a mere 0 for their subtype. */
static void panos_name(struct panos_row *row, struct slice type, unsigned id)
{
    struct slice name = id ? panos_text(row->out, csv_raw(&row->csv, id)) : SLICE_NONE;
    uint64_t number;
    if (name.len == 0)
        name = row->subtype;
    if (name.len == 0 || number_parse(name, &number))
        name = type;
    record_set_event_name(row->out, type);
    record_set_event_id(row->out, name);
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
    struct slice rest = slice_first(panos_body(body), 128), before[3];
    (void)header;
    if (rest.len == 0 || rest.ptr[0] < '0' || rest.ptr[0] > '9')
        return false;
    for (int i = 0; i < 3; i++) {
        before[i] = slice_first(rest, slice_find(rest, ','));
        rest = slice_from(rest, before[i].len + 1);
    }
    uint64_t number;
    struct slice stamp = before[1], type = slice_first(rest, slice_find(rest, ','));
    if (type.len < 3 || !number_parse(before[0], &number))
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
    .extra_prefix = "PanOS",
    .claims = panos_claims,
    .parse = panos_parse,
};
