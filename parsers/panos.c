/*
 * Palo Alto Networks PAN-OS: one row of CSV a message, whose fourth column names the type and by it
 * what stands in each of the others (panos_columns.c). Rows grow with the release and are cut by
 * relays: they are read as far as they go.
 * https://docs.paloaltonetworks.com/ngfw/administration/monitoring/use-syslog-for-monitoring/syslog-field-descriptions
 */
#include "parsers/panos_keyed.h"
#include "parsers/panos_meaning.h"

enum {
    AUDIT = 2, /* of the type, here */
    FLAGS = 28,
    PROTOCOL = 29,
};

#define COUNT(table) (sizeof(table) / sizeof(table[0]))

static const struct panos_type types[] = {
    {SLICE("TRAFFIC"), &panos_traffic, CATEGORY_CONNECTION, 102, 31, 0, panos_finish_traffic},
    {SLICE("THREAT"), &panos_threat, CATEGORY_THREAT, 107, 31, 0, panos_finish_threat},
    {SLICE("SYSTEM"), &panos_system, CATEGORY_SYSTEM, 25, 15, 0, panos_finish_system},
    {SLICE("CONFIG"), &panos_config, CATEGORY_CONFIGURATION, 25, 13, 12, panos_finish_config},
    {SLICE("GLOBALPROTECT"), &panos_globalprotect, CATEGORY_VPN, 36, 20, 8,
     panos_finish_globalprotect},
    {SLICE("USERID"), &panos_userid, CATEGORY_AUTHENTICATION, 33, 10, 0, NULL},
    {SLICE("HIPMATCH"), &panos_hipmatch, CATEGORY_VPN, 30, 15, 14, NULL},
    {SLICE("HIP-MATCH"), &panos_hipmatch, CATEGORY_VPN, 30, 15, 14, NULL},
    {SLICE("DECRYPTION"), &panos_decryption, CATEGORY_CONNECTION, 72, 31, 0, panos_finish_session},
    {SLICE("AUTH"), &panos_authentication, CATEGORY_AUTHENTICATION, 33, 15, 20,
     panos_finish_authentication},
    {SLICE("AUTHENTICATION"), &panos_authentication, CATEGORY_AUTHENTICATION, 33, 15, 20,
     panos_finish_authentication},
    {SLICE("CORRELATION"), &panos_correlation, CATEGORY_THREAT, 0, 12, 19, NULL},
    {SLICE("IPTAG"), &panos_iptag, CATEGORY_SYSTEM, 25, 11, 10, NULL},
    {SLICE("TUNNEL"), &panos_tunnel, CATEGORY_CONNECTION, 71, 31, 0, panos_finish_session},
    {SLICE("START"), &panos_tunnel, CATEGORY_CONNECTION, 71, 31, 0, panos_finish_session},
    {SLICE("END"), &panos_tunnel, CATEGORY_CONNECTION, 71, 31, 0, panos_finish_session},
    {SLICE("GTP"), &panos_gtp, CATEGORY_CONNECTION, 83, 31, 46, panos_finish_session},
    {SLICE("DNS"), &panos_traffic, CATEGORY_DNS, 102, 31, 0, panos_finish_session},
    {SLICE("SCTP"), &panos_sctp, CATEGORY_CONNECTION, 63, 31, 42, panos_finish_session},
};

/* Its type stands a column further in front. */
static const struct panos_type audit = {
    SLICE("AUDIT"),    &panos_audit, CATEGORY_CONFIGURATION, PANOS_RECEIVED_AT, 7, 0,
    panos_finish_audit};

const struct panos_type *panos_type(struct slice name)
{
    if (slice_is(name, "TRAFFIC")) /* nearly all are */
        return &types[0];
    for (size_t i = 0; i < COUNT(types); i++)
        if (name.len == types[i].name.len && name.ptr[0] == types[i].name.ptr[0] &&
            slice_equals(name, types[i].name))
            return &types[i];
    return NULL;
}

const struct panos_type *panos_type_nocase(struct slice name)
{
    for (size_t i = 0; i < COUNT(types); i++)
        if (slice_is_nocase(name, types[i].name.ptr))
            return &types[i];
    return NULL;
}

bool panos_stamp(struct slice text, const struct zone *zone, int64_t *ms)
{
    struct cursor c = cursor_over(text);
    return timestamp_slashed(&c, zone, ms) || timestamp_iso(&c, zone, ms);
}

static void panos_time(struct panos_row *row, const struct zone *zone, unsigned precise)
{
    int64_t ms;
    struct slice text = precise ? csv_raw(&row->csv, precise) : SLICE_NONE;
    if (text.len && panos_stamp(text, zone, &ms) && ms > PANOS_YEAR_2000)
        record_set_time(row->out, ms);
    else if (panos_stamp(csv_raw(&row->csv, PANOS_GENERATED), zone, &ms))
        record_set_time(row->out, ms);
}

static bool is_number(struct slice text)
{
    uint64_t number;
    return number_parse(text, &number);
}

struct slice panos_event(struct slice type, struct slice subtype)
{
    return subtype.len == 0 || (subtype.ptr[0] <= '9' && is_number(subtype)) ? type : subtype;
}

void panos_name(struct panos_row *row, struct slice type, struct slice id)
{
    record_set_event_name(row->out, type);
    record_set_event_id(row->out, panos_event(type, id.len ? id : row->subtype));
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

void panos_finish(struct panos_row *row, const struct panos_type *type)
{
    record_set_category(row->out, type->category);
    panos_ports(row->out);
    if (type->finish)
        type->finish(row->out, row->subtype);
    record_settle(row->out);
}

/* The links of an SD-WAN session: one column again. */
static void panos_join_links(struct csv *csv)
{
    unsigned last = PANOS_LINK_SWITCHES;
    struct slice link = csv_raw(csv, PANOS_LINK_SWITCHES);
    if (link.len == 0 || link.ptr[0] != '{')
        return;
    while (last < csv->count && !slice_ends(csv_raw(csv, last), "}"))
        last++;
    if (last == csv->count)
        return;
    csv_join(csv, PANOS_LINK_SWITCHES, last);
}

/* The manual has a column more in front of SCTP's protocol than firewalls write. */
static void panos_join_unused(struct panos_row *row)
{
    if (row->csv.count <= PROTOCOL || csv_raw(&row->csv, PROTOCOL).len)
        return;
    csv_join(&row->csv, FLAGS, PROTOCOL);
    row->unread = FLAGS;
}

/* Relays leave a colon or a dash in front, ": 1,2026/11/21 ...", and the logging service its name. */
static inline struct slice panos_body(struct slice body)
{
    static const char service[] = "logforwarder ";
    if (body.len && (unsigned)(body.ptr[0] - '0') <= 9) /* nearly always */
        return body;
    if (slice_starts(body, ": ") || slice_starts(body, "- "))
        return slice_from(body, 2);
    return slice_starts(body, service) ? slice_from(body, sizeof(service) - 1) : body;
}

/* Of a type that is not known here: capitals, behind a stamp of the usual form. */
static bool is_foreign(struct slice stamp, struct slice type)
{
    if (type.len < 3 || type.len > 32)
        return false;
    for (size_t i = 0; i < type.len; i++)
        if ((type.ptr[i] < 'A' || type.ptr[i] > 'Z') && type.ptr[i] != '-')
            return false;
    return stamp.len >= 19 && (stamp.ptr[4] == '/' || stamp.ptr[4] == '-') &&
           stamp.ptr[7] == stamp.ptr[4];
}

/* How long the number is that begins a row: 0 when this is none. */
static size_t panos_opens(struct slice body)
{
    size_t digits = 0;
    while (digits < body.len && (unsigned)(body.ptr[digits] - '0') <= 9)
        digits++;
    return digits < body.len && body.ptr[digits] == ',' ? digits : 0;
}

/* The form nearly all have, told by the first columns' places. */
static inline bool is_traffic(struct slice body)
{
    if (body.len < CSV_WINDOW || (unsigned)(body.ptr[0] - '0') > 9 || body.ptr[1] != ',')
        return false;
    uint64_t behind_1st = csv_commas(body) & ~UINT64_C(3),
             behind_2nd = behind_1st & (behind_1st - 1);
    return behind_2nd && slice_starts(slice_from(body, csv_next(&behind_2nd)), ",TRAFFIC,");
}

static __attribute__((noinline)) bool claims_other(struct slice body)
{
    struct slice row = panos_body(body);
    size_t digits = panos_opens(slice_first(row, 32));
    if (digits == 0)
        return row.len && memchr("CL012{", row.ptr[0], 6) &&
               (panos_is_keyed(row) || panos_lacks_first(row));
    struct slice type;
    if (!panos_named(row, &type))
        return false;
    if (type.len && panos_type(type))
        return true;
    struct slice stamp = slice_from(row, digits + 1);
    stamp = slice_first(stamp, slice_find(stamp, ','));
    return (type.len && is_foreign(stamp, type)) ||
           slice_is_nocase(slice_between(slice_end(stamp) + 1, type.ptr - 1), audit.name.ptr);
}

/* "1,2026/11/21 08:56:00,001234567890,TRAFFIC,..." whatever the stamp's form. */
static bool panos_claims(const struct syslog *header, struct slice body)
{
    (void)header;
    if (is_traffic(body))
        return true;
    if (body.len && body.ptr[0] == '%') /* Cisco's: asked here for every one of its messages */
        return false;
    return claims_other(body);
}

static struct slice panos_id(struct panos_row *row, const struct panos_type *type)
{
    return type && type->id ? panos_text(row->out, csv_raw(&row->csv, type->id)) : SLICE_NONE;
}

/* What a release to come appends, by number: "column_117". */
static void panos_beyond(struct panos_row *row, const struct panos_type *type)
{
    for (unsigned n = type->columns->count; n < row->csv.count; n++) {
        struct slice text = csv_raw(&row->csv, n);
        char *name;
        if (text.len == 0 || slice_is(text, "0") || n == type->precise)
            continue;
        if (!(name = record_scratch(row->out, sizeof("column_123") - 1)))
            return;
        memcpy(name, "column_", 7);
        size_t len = 7;
        for (unsigned unit = n >= 100 ? 100 : 10; unit; unit /= 10)
            name[len++] = (char)('0' + n / unit % 10);
        record_extra(row->out, slice_make(name, len), panos_text(row->out, text));
    }
}

/* A type without a table here: what every type has, and the rest of the row as it is. */
static void panos_foreign(struct panos_row *row)
{
    const struct csv *csv = &row->csv;
    const unsigned first = PANOS_GENERATED + 1;
    panos_read(row, &panos_every);
    record_set_category(row->out, CATEGORY_SYSTEM);
    if (csv->count > first)
        record_set_message(row->out, slice_between(csv->base + csv->start[first],
                                                   csv->base + csv->start[csv->count] - 1));
}

/* A row whose front is read first; false: it is not of the usual form. */
static bool walk_new(struct parse_context *context, struct slice body, struct record *out)
{
    struct panos_front own;
    struct panos_memory *memory = context->memory ? &context->memory->panos : NULL;
    const struct panos_front *front =
        body.len < CSV_WINDOW ? NULL : panos_front(memory, body, context->zone, &own);
    return front && panos_walk(context, front, body, out);
}

/* A row whose front was not seen before, or that is not of the usual form. */
static __attribute__((noinline)) enum parse_status parse_any(struct parse_context *context,
                                                             struct slice body, struct record *out,
                                                             bool walked)
{
    struct panos_row row;
    struct slice half = SLICE_NONE;
    body = panos_body(body);
    if (!panos_opens(body)) {
        if (panos_is_keyed(body))
            return panos_keyed(context, body, out);
        if (panos_lacks_first(body))
            body = panos_complete(out, body);
    }
    if (!walked && walk_new(context, body, out))
        return PARSE_OK;
    row.out = out;
    row.header = context->header;
    row.unread = CSV_COLUMNS_MAX;
    csv_split(&row.csv, body);
    struct slice name = csv_raw(&row.csv, PANOS_TYPE);
    const struct panos_type *type = panos_type(name);
    if (!type && slice_is_nocase(csv_raw(&row.csv, AUDIT), audit.name.ptr))
        type = &audit;
    if (type)
        name = type->name;
    if (type && type->columns == &panos_sctp)
        panos_join_unused(&row);
    enum parse_status status =
        row.csv.count > PANOS_SUBTYPE && name.len ? PARSE_OK : PARSE_MALFORMED;

    record_set_vendor(out, slice("Palo Alto Networks"));
    record_set_product(out, slice("PAN-OS"));
    /* A row that ends too early was cut off, perhaps in the middle of its last column: that is no
     * address or number to go by, and is kept by name. */
    if (type && row.csv.count < type->least && status == PARSE_OK) {
        half = csv_cut(&row.csv);
        out->cut = true;
    }
    row.subtype = csv_raw(&row.csv, PANOS_SUBTYPE);
    panos_name(&row, name, panos_id(&row, type));
    panos_time(&row, context->zone, type ? type->precise : 0);
    if (!type) {
        panos_foreign(&row);
        return is_foreign(csv_raw(&row.csv, PANOS_RECEIVED_AT), name) ? status : PARSE_MALFORMED;
    }
    panos_join_links(&row.csv);
    panos_read(&row, type->columns);
    if (row.csv.count > type->columns->count)
        panos_beyond(&row, type);
    if (half.len)
        record_extra(out, type->columns->row[row.csv.count].name, panos_text(out, half));
    panos_finish(&row, type);
    return status;
}

/* 1,2026/11/21 08:56:00,001234567890,TRAFFIC,end,2561,2026/11/21 08:55:59,10.1.1.5,192.0.2.7,... */
static enum parse_status panos_parse(struct parse_context *context, struct slice body,
                                     struct record *out)
{
    const struct panos_front *front =
        context->memory ? panos_front_known(&context->memory->panos, body) : NULL;
    if (front && panos_walk(context, front, body, out))
        return PARSE_OK;
    return parse_any(context, body, out, front != NULL);
}

const struct parser parser_panos = {
    .name = SLICE("panos"),
    .extra_prefix = SLICE("PanOS"),
    .claims = panos_claims,
    .parse = panos_parse,
};
