/*
 * PAN-OS in CEF and in LEEF, as the vendor's and QRadar's guides have the firewall write it, and as
 * its logging service writes CEF ("LF") and JSON. All only give names to the columns of a row: each key is
 * traced back to its column and read as that, so that the record is the same in every format.
 *
 *   CEF:0|Palo Alto Networks|PAN-OS|10.1.4|end|TRAFFIC|1|rt=Nov 20 2026 08:00:14 GMT src=10.1.20.31 ...
 *   LEEF:2.0|Palo Alto Networks|PAN-OS Syslog Integration|9.1|allow|x7C|cat=TRAFFIC|Subtype=end|...
 *   {"TimeReceived":"2026-11-20T08:00:14.000000Z","LogType":"TRAFFIC","Subtype":"end",...}
 *
 * https://docs.paloaltonetworks.com/resources/cef
 * https://www.ibm.com/docs/en/dsm?topic=series-creating-syslog-destination-your-palo-alto-pa-device
 * https://docs.paloaltonetworks.com/strata-logging-service/log-reference
 */
#include "parsers/panos_keyed.h"

#include "parsers/panos_meaning.h"
#include "parsers/text/cefline.h"
#include "parsers/text/json_flat.h"
#include "parsers/text/leef.h"

#define COUNT(table)  (sizeof(table) / sizeof(table[0]))
#define SNAKE_MAX     48 /* no column's name is longer */
#define NUMBERED_LAST 6  /* cs1 to cs6 */

/* The numbered keys, whose meaning their label tells. */
static const struct slice numbered[] = {
    SLICE("cs"), SLICE("cn"), SLICE("flexString"), SLICE("flexNumber"), SLICE("c6a"), SLICE("cfp"),
};

/* A message while its pairs are read. */
struct message {
    struct panos_row row;
    const struct panos_type *type;
    const struct zone *zone;
    bool logging_service; /* not the firewall itself */
    struct slice received, generated, precise, event, severity;
    struct {
        struct slice key, label, value; /* the value until its label is known */
    } numbers[COUNT(numbered)][NUMBERED_LAST];
};

/* The column of that name, or NULL. Of a type that is not known here, at least what is named as in
 * TRAFFIC is understood. */
static const struct panos_column *find_column(const struct message *m, struct slice name)
{
    const struct panos_columns *columns = m->type ? m->type->columns : &panos_traffic;
    const uint8_t *at = columns->tags, *end = at + columns->count;
    if (name.len == 0) /* columns that are not read have no name */
        return NULL;
    for (; (at = memchr(at, panos_tag(name), (size_t)(end - at))); at++) {
        const struct panos_column *column = &columns->row[at - columns->tags];
        if (slice_equals(column->name, name))
            return column;
    }
    return NULL;
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* "SessionEndReason", "Source Zone", "NATSrcIP" -> session_end_reason, src_zone, nat_src_ip. */
static size_t snake(struct slice name, char out[SNAKE_MAX])
{
    size_t n = 0;
    if (name.len > SNAKE_MAX / 2)
        return 0;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool word = is_upper(c) && i > 0 &&
                    (!is_upper(name.ptr[i - 1]) ||
                     (i + 1 < name.len && name.ptr[i + 1] >= 'a' && name.ptr[i + 1] <= 'z'));
        if (c == ' ' || (word && out[n - 1] != '_'))
            out[n++] = '_';
        if (c != ' ')
            out[n++] = is_upper(c) ? (char)(c + 32) : c;
    }
    static const struct {
        struct slice word, ours;
    } shorter[] = {{SLICE("source_"), SLICE("src_")}, {SLICE("destination_"), SLICE("dst_")}};
    for (size_t i = 0; i < COUNT(shorter); i++) {
        size_t len = shorter[i].word.len, kept = shorter[i].ours.len;
        if (n > len && memcmp(out, shorter[i].word.ptr, len) == 0) {
            memcpy(out, shorter[i].ours.ptr, kept);
            memmove(out + kept, out + len, n - len);
            return n - len + kept;
        }
    }
    return n;
}

/* The column that a key or a label names, or NULL. */
static const struct panos_column *column_of(struct message *m, struct slice name,
                                            const struct panos_key *key)
{
    const struct panos_column *column = NULL;
    char room[SNAKE_MAX];
    if (!key)
        return find_column(m, slice_make(room, snake(name, room)));
    for (unsigned i = 0; i < PANOS_KEY_COLUMNS_MAX && key->columns[i].len && !column; i++)
        column = find_column(m, key->columns[i]);
    return column;
}

/* Whether the column's field holds this text already: templates give the user twice. */
static bool is_told(const struct record *r, const struct panos_column *column, struct slice text)
{
    const void *member = (const char *)r + column->offset;
    return column->how == PANOS_TEXT && slice_equals(*(const struct slice *)member, text);
}

static void read_column(struct message *m, struct slice name, const struct panos_key *key,
                        struct slice value)
{
    struct record *out = m->row.out;
    const struct panos_column *column = column_of(m, name, key);
    if (csv_is_quoted(value))
        value = panos_text(out, value);
    if (!column && slice_is(name, "msg"))
        record_set_message(out, value);
    else if (!column && slice_is(name, "sntdom"))
        record_set_src_domain(out, value);
    else if (!column && slice_is(name, "dntdom"))
        record_set_dst_domain(out, value);
    else if (!column)
        record_extra(out, name, value);
    else if (!panos_put(&m->row, column, value) && !is_told(out, column, value))
        panos_keep(out, column, value);
}

static void read_value(struct message *m, struct slice name, struct slice value)
{
    const struct panos_key *key = panos_key(name);
    switch (key ? key->meaning : PANOS_KEY_COLUMN) {
    case PANOS_KEY_COLUMN:
        read_column(m, name, key, value);
        break;
    case PANOS_KEY_RECEIVED: /* of several the last one: it knows its time zone */
        m->received = value;
        break;
    case PANOS_KEY_GENERATED:
        m->generated = value;
        break;
    case PANOS_KEY_PRECISE:
        m->precise = value;
        break;
    case PANOS_KEY_EVENT:
        if (m->type && m->type->id)
            m->event = value;
        else
            read_column(m, name, NULL, value);
        break;
    case PANOS_KEY_SEVERITY:
        m->severity = value;
        break;
    case PANOS_KEY_ZONE:
        if (slice_is(value, "UTC") || slice_is(value, "GMT"))
            m->zone = NULL;
        break;
    case PANOS_KEY_TYPE: /* looked for before */
        break;
    }
}

/* "cs1", "cs1Label": the label comes before the value or behind it. False for other keys. */
static bool read_numbered(struct message *m, struct slice name, struct slice value)
{
    if (name.len < 3 || (name.ptr[0] != 'c' && name.ptr[0] != 'f'))
        return false;
    for (size_t i = 0; i < COUNT(numbered); i++) {
        size_t len = numbered[i].len;
        if (name.len <= len || (unsigned)(name.ptr[len] - '1') >= NUMBERED_LAST ||
            memcmp(name.ptr, numbered[i].ptr, len) != 0)
            continue;
        struct slice *key = &m->numbers[i][name.ptr[len] - '1'].key;
        struct slice *label = &m->numbers[i][name.ptr[len] - '1'].label;
        struct slice *kept = &m->numbers[i][name.ptr[len] - '1'].value;
        if (slice_is(slice_from(name, len + 1), "Label"))
            *label = value;
        else if (name.len == len + 1)
            *key = name, *kept = value;
        else
            return false;
        if (label->len && kept->len) {
            read_value(m, *label, *kept);
            kept->len = label->len = 0;
        }
        return true;
    }
    return false;
}

/* Values whose label never came are what the templates use their keys for. */
static void read_unlabelled(struct message *m)
{
    for (size_t i = 0; i < COUNT(numbered); i++)
        for (size_t n = 0; n < NUMBERED_LAST; n++)
            if (m->numbers[i][n].value.len)
                read_value(m, m->numbers[i][n].key, m->numbers[i][n].value);
}

/* The vendor's own keys bear its name, which the record's writers put in front of all of them. */
static struct slice short_name(struct slice name)
{
    if (slice_starts(name, "PanOS"))
        return slice_from(name, 5);
    return slice_starts(name, "Pan") && name.len > 3 && is_upper(name.ptr[3]) ? slice_from(name, 3)
                                                                              : name;
}

static void read_pair(struct message *m, const struct kv *pair)
{
    struct slice value = slice_trim(pair->value);
    char *room;
    if (value.len == 0)
        return;
    struct slice name = short_name(pair->name);
    if (pair->escaped && (room = record_scratch(m->row.out, value.len)))
        value = slice_make(room, kv_unescape(value, room));
    if (read_numbered(m, name, value))
        return;
    if (m->logging_service && slice_is(name, "in"))
        name = slice("out");
    else if (m->logging_service && slice_is(name, "out"))
        name = slice("in");
    else if (m->logging_service && slice_is(name, "filePath"))
        name = slice("FileName");
    read_value(m, name, value);
}

static bool read_time(const struct message *m, struct slice text, int64_t arrival_ms, int64_t *ms)
{
    struct cursor c = cursor_over(text);
    return text.len &&
           (timestamp_bsd(&c, m->zone, arrival_ms, ms) || timestamp_slashed(&c, m->zone, ms) ||
            timestamp_iso(&c, m->zone, ms) || timestamp_epoch(&c, ms)) &&
           *ms > PANOS_YEAR_2000;
}

static void set_time(struct message *m, int64_t arrival_ms)
{
    struct record *out = m->row.out;
    int64_t received, generated, precise;
    bool has_received = read_time(m, m->received, arrival_ms, &received);
    bool has_generated = read_time(m, m->generated, arrival_ms, &generated);
    if (read_time(m, m->precise, arrival_ms, &precise))
        record_set_time(out, precise);
    else if (has_generated || has_received)
        record_set_time(out, has_generated ? generated : received);
    if (has_generated ? !has_received || received != generated : !has_received)
        record_extra(out, slice("receive_time"), m->received);
}

/* The vendor's numbers of severities, 1 to 5. */
static void set_severity(struct message *m, struct slice number)
{
    static const char *const words[] = {"informational", "low", "medium", "high", "critical"};
    if (number.len == 1 && (unsigned)(number.ptr[0] - '1') < COUNT(words) &&
        find_column(m, slice("severity")))
        panos_severity(m->row.out, slice(words[number.ptr[0] - '1']));
}

/* What the header's id says where no key says it: LEEF templates have a different thing there for
 * each type. */
static void read_id(struct message *m, struct slice id)
{
    struct record *out = m->row.out;
    const struct panos_column *column;
    if (m->type->id && m->event.len == 0)
        m->event = id;
    else if (!RECORD_HAS(out, threat) && (column = find_column(m, slice("threat_id"))))
        read_column(m, column->name, NULL, id);
    else if (panos_kept(out, "event_id").len == 0 && (column = find_column(m, slice("event_id"))))
        read_column(m, column->name, NULL, id);
    else if (!RECORD_HAS(out, action) && (column = find_column(m, slice("action"))))
        read_column(m, column->name, NULL, id);
}

static void begin(struct message *m, const struct parse_context *context, struct record *out)
{
    memset(m, 0, sizeof(*m));
    m->row.out = out;
    m->row.header = context->header;
    m->zone = context->zone;
    m->row.subtype = m->received = m->generated = m->precise = m->event = m->severity = SLICE_NONE;
    record_set_vendor(out, slice("Palo Alto Networks"));
    record_set_product(out, slice("PAN-OS"));
}

static enum parse_status end(struct message *m, const struct parse_context *context,
                             struct slice name)
{
    struct record *out = m->row.out;
    set_time(m, context->arrival_ms);
    panos_name(&m->row, m->type ? m->type->name : name, m->event);
    set_severity(m, m->severity);
    if (m->type)
        panos_finish(&m->row, m->type);
    else
        record_set_category(out, CATEGORY_SYSTEM);
    return name.len ? PARSE_OK : PARSE_MALFORMED;
}

/* One of the template's fields ahead of the others, which are read by it. */
static struct slice cef_field(struct slice extension, const char *name)
{
    struct cefline_pairs it = cefline_pairs(extension);
    struct kv pair;
    while (cefline_next(&it, &pair))
        if (slice_is(pair.name, name))
            return pair.value;
    return SLICE_NONE;
}

static enum parse_status read_cef(struct message *m, const struct parse_context *context,
                                  struct slice text)
{
    struct cefline line;
    struct kv pair;
    if (!cefline_read(text, &line) &&
        line.name.len) /* the GlobalProtect template has no severity */
        line.extension = slice_between(slice_end(line.name) + 1, slice_end(text));
    m->logging_service = slice_is(line.product, "LF");
    if (!m->logging_service)
        record_set_device_version(m->row.out, line.version);
    bool type_first = panos_type(line.class_id) != NULL;
    struct slice name = type_first ? line.class_id : line.name;
    m->row.subtype = type_first ? line.name : line.class_id;
    m->type = panos_type(name);
    m->severity = line.severity;

    /* Of THREAT one template has the subtype in the header and the threat in cat, another the
     * other way round. */
    struct slice threat = SLICE_NONE;
    if (m->type && m->type->columns == &panos_threat && !panos_is_threat(m->row.subtype)) {
        struct slice cat = cef_field(line.extension, "cat");
        if (panos_is_threat(cat)) {
            threat = m->row.subtype;
            m->row.subtype = cat;
        }
    }
    struct cefline_pairs it = cefline_pairs(line.extension);
    while (cefline_next(&it, &pair))
        if (!threat.len || !slice_is(pair.name, "cat"))
            read_pair(m, &pair);
    read_unlabelled(m);
    if (threat.len)
        read_column(m, slice("threat_id"), NULL, threat);
    if (m->type && m->type->id && m->event.len == 0)
        m->event = m->row.subtype;
    return end(m, context, name);
}

static enum parse_status read_leef(struct message *m, const struct parse_context *context,
                                   struct slice text)
{
    struct leef line, again;
    struct kv pair;
    struct slice name = SLICE_NONE;
    leef_read(text, &line);
    record_set_device_version(m->row.out, line.version);
    for (again = line; leef_next(&again, &pair);) {
        if (slice_is(pair.name, "cat") || (slice_is(pair.name, "Type") && name.len == 0))
            name = pair.value;
        else if (slice_is(pair.name, "Subtype") || slice_is(pair.name, "SubType"))
            m->row.subtype = pair.value;
    }
    if (name.len == 0 && panos_type_nocase(line.event_id))
        name = line.event_id;
    m->type = panos_type_nocase(name); /* the logging service writes "traffic" */
    while (leef_next(&line, &pair))
        if (m->type && slice_is(pair.name, "msg") && find_column(m, slice("command")))
            read_column(m, slice("command"), NULL, pair.value);
        else if (!slice_is(pair.name, "cat"))
            read_pair(m, &pair);
    if (m->type)
        read_id(m, line.event_id);
    return end(m, context, name);
}

/* The members have the logging service's names for the columns, or the firewall's own as custom
 * formats use them: "SourceAddress" or "src". */
static enum parse_status read_json(struct message *m, const struct parse_context *context,
                                   struct slice text)
{
    struct json_flat it = json_flat_over(text), again = it;
    struct kv pair;
    struct slice name = SLICE_NONE;
    char *room;
    while (json_flat_next(&again, &pair)) {
        if (slice_is(pair.name, "LogType") || slice_is(pair.name, "type"))
            name = pair.value;
        else if (slice_is(pair.name, "Subtype") || slice_is(pair.name, "subtype"))
            m->row.subtype = pair.value;
    }
    m->type = panos_type_nocase(name);
    while (json_flat_next(&it, &pair)) {
        if (pair.escaped && (room = record_scratch(m->row.out, pair.value.len)))
            pair.value = slice_make(room, json_flat_unescape(pair.value, room));
        if (pair.value.len)
            read_value(m, pair.name, pair.value);
    }
    if (m->type && m->type->id && m->event.len == 0)
        m->event = m->row.subtype;
    enum parse_status status = end(m, context, name);
    return it.broken ? PARSE_MALFORMED : status;
}

static bool is_json(struct slice text)
{
    struct slice front = slice_first(text, 4096);
    size_t none = front.len;
    return front.len && front.ptr[0] == '{' &&
           ((slice_find_text(front, "\"LogType\"") < none &&
             (slice_find_text(front, "\"TimeReceived\"") < none ||
              slice_find_text(front, "\"LogTime\"") < none)) ||
            (slice_find_text(front, "\"time_generated\"") < none &&
             slice_find_text(front, "\"serial\"") < none));
}

/* "CEF:0|Palo Alto Networks|PAN-OS|", the "CEF:" perhaps taken for the syslog tag. Other products of
 * this vendor write CEF too and are none of ours. */
static bool is_ours(struct slice text, const char *mark, const char *version)
{
    static const char *const products[] = {"PAN-OS", "LF|", "Next Generation Firewall|"};
    struct cursor c = cursor_over(text);
    cursor_try(&c, mark);
    cursor_skip_blanks(&c);
    if (!slice_starts(c.rest, version))
        return false;
    cursor_advance(&c, slice_find(c.rest, '|'));
    if (!cursor_try(&c, "|Palo Alto Networks|"))
        return false;
    for (size_t i = 0; i < COUNT(products); i++)
        if (slice_starts(c.rest, products[i]))
            return true;
    return false;
}

bool panos_is_keyed(struct slice body)
{
    return is_ours(body, "CEF:", "0|") || is_ours(body, "CEF:", "1|") ||
           is_ours(body, "LEEF:", "1.0|") || is_ours(body, "LEEF:", "2.0|") || is_json(body);
}

enum parse_status panos_keyed(const struct parse_context *context, struct slice body,
                              struct record *out)
{
    struct message m;
    begin(&m, context, out);
    if (body.ptr[0] == '{')
        return read_json(&m, context, body);
    return is_ours(body, "LEEF:", "1.0|") || is_ours(body, "LEEF:", "2.0|")
               ? read_leef(&m, context, body)
               : read_cef(&m, context, body);
}
