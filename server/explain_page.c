/* One message taken apart, as rows for a person. */
#include "server/explain_page.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "parsers/text/timestamp.h"

#define LABEL_WIDTH   12 /* of "evidence" and the like */
#define KEY_MAX       30 /* of a field or a vendor's key */
#define COLUMNS_WIDTH 11 /* of "1234-1240" */
#define VALUE_WIDTH   36 /* of values that something is said about */
#define VALUE_MAX     64 /* bytes of a value that is no text */

static const char *const facilities[] = {
    "kern",   "user",   "mail",     "daemon", "auth",   "syslog", "lpr",    "news",
    "uucp",   "cron",   "authpriv", "ftp",    "ntp",    "audit",  "alert",  "clock",
    "local0", "local1", "local2",   "local3", "local4", "local5", "local6", "local7",
};
static const char *const severities[] = {"emergency", "alert",  "critical", "error",
                                         "warning",   "notice", "info",     "debug"};
static const char *const forms[] = {
    [SYSLOG_NONE] = "none",
    [SYSLOG_RFC5424] = "RFC 5424",
    [SYSLOG_RFC3164] = "RFC 3164 or like it",
    [SYSLOG_EPOCH] = "Cisco Meraki's, with the seconds since 1970",
};
static const char *const evidence_meanings[EVIDENCE_COUNT] = {
    [EVIDENCE_NONE] = "no statement about a finished or refused connection",
    [EVIDENCE_DENIED] = "policy refused the connection",
    [EVIDENCE_NO_ANSWER] = "the connection was tried, and nothing came back",
    [EVIDENCE_REFUSED] = "the responder reset the connection, which carried nothing",
    [EVIDENCE_ABORTED] = "the connection was answered, then ended without carrying anything",
    [EVIDENCE_DATA] = "the connection carried data",
    [EVIDENCE_UNKNOWN] = "the connection ended, but the message does not say how",
};
static const struct {
    enum flow_class class;
    const char *meaning;
} classes[] = {
    {CLASS_INT_INT, "int_int: between internal addresses"},
    {CLASS_INT_EXT, "int_ext: from an internal address to an external one"},
    {CLASS_EXT_INT, "ext_int: from an external address to an internal one"},
    {CLASS_EXT_EXT, "ext_ext: between external addresses"},
};

/* ---- rows ---- */

static void put_label(const struct page *page, const char *label)
{
    paper_cell(&page->paper, INK_BOLD, slice(label), LABEL_WIDTH);
}

static void put_row(const struct page *page, const char *label, const char *text)
{
    put_label(page, label);
    paper_wrapped(&page->paper, INK_PLAIN, slice(text), LABEL_WIDTH);
    putchar('\n');
}

static struct slice piece_text(const struct page *page, struct piece piece)
{
    return slice_make(page->message.ptr + piece.at, piece.len);
}

/* "34-45", counted from 1. */
static struct slice columns_of(struct piece piece, char room[VALUE_MAX])
{
    if (piece.len > 1)
        snprintf(room, VALUE_MAX, "%" PRIu32 "-%" PRIu32, piece.at + 1, piece.at + piece.len);
    else if (piece.len)
        snprintf(room, VALUE_MAX, "%" PRIu32, piece.at + 1);
    else
        room[0] = '\0';
    return slice(room);
}

/* What stands above a table. */
static void put_heading(const struct page *page, const char *label, const char *last)
{
    size_t at = 2 + page->name_width + 2;
    paper_cell(&page->paper, INK_BOLD, slice(label), at);
    paper_cell(&page->paper, INK_DIM, slice("columns"), COLUMNS_WIDTH);
    paper_cell(&page->paper, INK_DIM, slice("value"),
               page->value_width ? page->value_width + 2 : 5);
    paper_text(&page->paper, INK_DIM, slice(page->value_width ? last : ""), PAPER_WIDTH);
    putchar('\n');
}

/* A row of a table: name, columns, value, what is said about the value. */
static void put_value(const struct page *page, enum ink ink, struct slice name, struct piece piece,
                      struct slice value, struct slice said)
{
    size_t at = 2 + page->name_width + 2 + COLUMNS_WIDTH;
    char columns[VALUE_MAX];
    fputs("  ", stdout);
    paper_cell(&page->paper, ink, name, page->name_width);
    fputs("  ", stdout);
    paper_cell(&page->paper, INK_DIM, columns_of(piece, columns), COLUMNS_WIDTH);
    size_t used = paper_wrapped(&page->paper, ink, value, at);
    size_t gap = used > page->value_width ? 2 : page->value_width + 2 - used;
    if (said.len && at + used + gap + 3 < PAPER_WIDTH) {
        printf("%*s", (int)gap, "");
        paper_text(&page->paper, INK_DIM, said, PAPER_WIDTH - at - used - gap);
    }
    putchar('\n');
}

/* ---- header ---- */

static struct piece piece_of(const struct page *page, struct slice text)
{
    uintptr_t begin = (uintptr_t)page->message.ptr, p = (uintptr_t)text.ptr;
    if (!text.len || p < begin || p + text.len > begin + page->message.len)
        return (struct piece){0, 0};
    return (struct piece){(uint32_t)(p - begin), (uint32_t)text.len};
}

static void put_header_part(const struct page *page, const char *name, struct slice text)
{
    if (text.len)
        put_value(page, INK_DEVICE, slice(name), piece_of(page, text), text, SLICE_NONE);
}

static void put_header(const struct page *page)
{
    const struct syslog *h = &page->parsed.header;
    struct piece body = piece_of(page, h->body);
    size_t len = h->body.len ? body.at : page->message.len;
    char text[128];
    snprintf(text, sizeof(text), len > 1 ? "%s, columns 1-%zu" : "%s",
             h->form == SYSLOG_NONE && h->has_pri ? "only a priority" : forms[h->form], len);
    put_row(page, "header", text);
    size_t open = slice_find(page->message, '<'), close = slice_find(page->message, '>');
    if (h->has_pri && open < close && close < page->message.len) {
        snprintf(text, sizeof(text), "%u: %s, %s", h->facility * 8u + h->severity,
                 facilities[h->facility % 24], severities[h->severity & 7]);
        struct piece pri = {(uint32_t)open, (uint32_t)(close - open + 1)};
        put_value(page, INK_DEVICE, slice("priority"), pri, slice(text), SLICE_NONE);
    }
    put_header_part(page, "host", h->host);
    put_header_part(page, h->form == SYSLOG_RFC5424 ? "application" : "tag", h->app);
    put_header_part(page, "process", h->procid);
    put_header_part(page, "message id", h->msgid);
    put_header_part(page, "data", h->structured_data);
}

static void put_parser(const struct page *page)
{
    const struct parser *parser = page->parsed.parser;
    const struct record *r = &page->parsed.record;
    char text[512] = "";
    if (!parser) {
        size_t used = (size_t)snprintf(text, sizeof(text), "none claims it; there are:");
        for (const struct parser *const *p = parsers; *p && used < sizeof(text); p++)
            used += (size_t)snprintf(text + used, sizeof(text) - used, " %s", (*p)->name.ptr);
        put_row(page, "parser", text);
        return;
    }
    snprintf(text, sizeof(text), "%s%s", parser->name.ptr,
             page->pinned ? ", by --parser" : ", the first that claims it");
    put_row(page, "parser", text);
    struct slice id = RECORD_HAS(r, event_id) ? r->event_id : slice("-");
    struct slice name = RECORD_HAS(r, event_name) ? r->event_name : slice("-");
    snprintf(text, sizeof(text), "%.*s: %.*s", (int)slice_first(id, 200).len, id.ptr,
             (int)slice_first(name, 200).len, name.ptr);
    put_row(page, "kind", text);
    put_row(page, "status",
            page->parsed.status == PARSE_OK ? "read"
            : page->parsed.status == PARSE_UNKNOWN
                ? "unknown: this vendor's, but of a kind that is not read yet; forwarded as it is"
                : "malformed: cut off, or not in the vendor's format; forwarded as it is");
}

static void put_time(const struct page *page)
{
    const struct record *r = &page->parsed.record;
    const struct explanation *x = &page->explanation;
    const char *zone = page->timezone ? page->timezone : "UTC";
    char time[TIMESTAMP_TEXT_LEN], text[256];
    timestamp_format(time, r->time);
    if (x->time == TIME_OF_ARRIVAL)
        snprintf(text, sizeof(text), "%.*s, its arrival: the message has no time",
                 TIMESTAMP_TEXT_LEN, time);
    else
        snprintf(text, sizeof(text), "%.*s, %s%s%s%s%s", TIMESTAMP_TEXT_LEN, time,
                 x->time == TIME_YEAR_ADDED ? "year by its arrival" : "",
                 x->time == TIME_YEAR_ADDED && x->zone_added ? ", " : "",
                 x->zone_added ? "no zone in it: read as " : "", x->zone_added ? zone : "",
                 x->zone_added || x->time == TIME_YEAR_ADDED ? "" : "as the stamp says");
    put_row(page, "time", text);
}

/* ---- fields ---- */

static enum ink ink_of(unsigned field)
{
    const char *name = record_fields[field].name;
    if (strncmp(name, "src_", 4) == 0)
        return INK_SOURCE;
    if (strncmp(name, "dst_", 4) == 0)
        return INK_TARGET;
    if (field < FIELD_vendor)
        return INK_DEVICE;
    return field < FIELD_src_ip ? INK_EVENT : INK_OTHER;
}

/* The value as the record's JSON has it, in `room` when it is no text. */
static struct slice value_of(const struct record *r, unsigned field, char room[VALUE_MAX])
{
    const void *member = (const char *)r + record_fields[field].offset;
    const char *name;
    switch (record_fields[field].kind) {
    case KIND_TEXT:
        return *(const struct slice *)member;
    case KIND_NUMBER:
        snprintf(room, VALUE_MAX, "%" PRIu64, *(const uint64_t *)member);
        break;
    case KIND_PORT:
        snprintf(room, VALUE_MAX, "%u", *(const uint16_t *)member);
        break;
    case KIND_ADDRESS:
        return slice_between(room, address_format(room, *(const struct address *)member));
    case KIND_TIME:
        return slice_between(room, timestamp_format(room, *(const int64_t *)member));
    case KIND_FLAG:
        return slice(*(const bool *)member ? "true" : "false");
    case KIND_SEVERITY:
        snprintf(room, VALUE_MAX, "%u", *(const uint8_t *)member);
        break;
    case KIND_PROTOCOL:
        name = protocol_name(*(const uint8_t *)member);
        if (name)
            return slice(name);
        snprintf(room, VALUE_MAX, "%u", *(const uint8_t *)member);
        break;
    default:
        return record_word_text(record_fields[field].kind, *(const uint8_t *)member);
    }
    return slice(room);
}

/* Where a value comes from that no piece of the message says. */
static const char *unseen_source(const struct page *page, unsigned field)
{
    if (page->explanation.remembered >> field & 1)
        return "an earlier message of this connection";
    switch (field) {
    case FIELD_parser:
    case FIELD_vendor:
    case FIELD_product:
        return "the parser";
    case FIELD_time:
        return page->explanation.time == TIME_OF_ARRIVAL ? "its arrival" : "worked out";
    case FIELD_src_internal:
    case FIELD_dst_internal:
        return "networks: internal";
    default:
        return record_fields[field].kind == KIND_TEXT || record_fields[field].kind > KIND_FLAG
                   ? "this kind of message"
                   : "worked out";
    }
}

/* What is said about a value: nothing when it stands in the message as it is. */
static struct slice source_of(const struct page *page, unsigned field, struct slice value,
                              char room[PAPER_WIDTH])
{
    const struct origin *o = &page->explanation.fields[field];
    size_t used = 0;
    if (o->count == 0)
        return slice(unseen_source(page, field));
    if (record_fields[field].kind == KIND_TEXT)
        return slice_equals(value, piece_text(page, o->pieces[0])) ? SLICE_NONE
                                                                   : slice("unescaped");
    if (o->count == 1 && slice_equals(value, piece_text(page, o->pieces[0])))
        return SLICE_NONE;
    if (o->count > 2)
        return slice(field == FIELD_evidence ? "several pieces, see below" : "several pieces");
    for (unsigned i = 0; i < o->count && used < PAPER_WIDTH - 1; i++)
        used += (size_t)snprintf(room + used, PAPER_WIDTH - used, "%s%.*s", i ? " ... " : "",
                                 (int)o->pieces[i].len, page->message.ptr + o->pieces[i].at);
    return slice_make(room, used < PAPER_WIDTH ? used : PAPER_WIDTH - 1);
}

/* A table's columns become as wide as the rows need. */
static void measure(struct page *page, size_t name, struct slice value, struct slice said)
{
    size_t width = paper_columns(value);
    if (name > page->name_width)
        page->name_width = name < KEY_MAX ? name : KEY_MAX;
    if (width > page->value_width && width <= VALUE_WIDTH && said.len)
        page->value_width = width;
}

static void put_fields(struct page *page)
{
    const struct record *r = &page->parsed.record;
    for (int pass = 0; pass < 2; pass++) {
        for (uint64_t left = r->has; left; left &= left - 1) {
            unsigned f = (unsigned)__builtin_ctzll(left);
            struct slice name = slice(record_fields[f].name);
            char room[VALUE_MAX], said_room[PAPER_WIDTH];
            if (f == FIELD_extra)
                continue;
            const struct origin *o = &page->explanation.fields[f];
            struct slice value = value_of(r, f, room), said = source_of(page, f, value, said_room);
            if (pass == 0)
                measure(page, name.len, value, said);
            else
                put_value(page, ink_of(f), name, o->pieces[0], value, said);
        }
        if (pass == 0)
            put_heading(page, "record", "from");
    }
}

static void put_extras(struct page *page)
{
    const struct record *r = &page->parsed.record;
    page->name_width = strlen("application");
    page->value_width = 0;
    for (int pass = 0; pass < 2 && r->extra; pass++) {
        for (unsigned i = 0; i < r->extra; i++) {
            struct slice name = r->extras[i].name, value = r->extras[i].value, said = SLICE_NONE;
            struct piece piece = page->explanation.extras[i];
            if (!piece.len)
                said = slice("this kind of message");
            else if (!slice_equals(value, piece_text(page, piece)))
                said = slice("unescaped");
            if (pass == 0)
                measure(page, paper_columns(name), value, said);
            else
                put_value(page, INK_PLAIN, name, piece, value, said);
        }
        if (pass == 0)
            put_heading(page, "unmapped", "from");
    }
    if (r->extra_lost)
        printf("  and %u more, for which there was no room\n", r->extra_lost);
}

/* ---- what follows from it ---- */

/* A number says little without the word in front of it: "bytes 0". */
static struct slice with_key(const struct page *page, struct piece piece)
{
    struct slice text = piece_text(page, piece);
    const char *p = text.ptr;
    if (*p < '0' || *p > '9')
        return text;
    while (p > page->message.ptr && strchr(" =:\"", p[-1]))
        p--;
    const char *end = p;
    while (p > page->message.ptr && end - p < 24 &&
           ((unsigned)((p[-1] | 0x20) - 'a') < 26 || p[-1] == '_' || p[-1] == '-'))
        p--;
    return p == end || end == text.ptr ? text : slice_between(p, slice_end(text));
}

/* The value that stands in a piece; "": none. */
static const char *field_at(const struct page *page, struct piece piece)
{
    const char *name = "";
    for (unsigned f = 0; f < FIELD_COUNT; f++) {
        const struct origin *o = &page->explanation.fields[f];
        if (f == FIELD_evidence || f == FIELD_severity || o->count != 1 ||
            o->pieces[0].at != piece.at || o->pieces[0].len != piece.len)
            continue;
        name =
            record_fields[f].name; /* of several the last: the action, not the id it is taken for */
    }
    return name;
}

static void put_evidence(const struct page *page)
{
    const struct record *r = &page->parsed.record;
    const struct origin *o = &page->explanation.fields[FIELD_evidence];
    char text[256];
    if (!RECORD_HAS(r, evidence)) {
        put_row(page, "evidence", "the message is not about a connection");
        return;
    }
    snprintf(text, sizeof(text), "%s: %s", record_word(KIND_EVIDENCE, r->evidence),
             evidence_meanings[r->evidence]);
    put_row(page, "evidence", text);
    if (o->count == 0) {
        snprintf(text, sizeof(text), "because of  %s", unseen_source(page, FIELD_evidence));
        put_row(page, "", text);
        return;
    }
    size_t width = 0;
    for (unsigned i = 0; i < o->count; i++)
        if (with_key(page, o->pieces[i]).len > width)
            width = with_key(page, o->pieces[i]).len;
    for (unsigned i = 0; i < o->count; i++) {
        put_label(page, "");
        paper_cell(&page->paper, INK_PLAIN, slice(i ? "" : "because of"), 12);
        paper_cell(&page->paper, INK_EVENT, with_key(page, o->pieces[i]), width < 40 ? width : 40);
        fputs("  ", stdout);
        struct slice field = slice(field_at(page, o->pieces[i])),
                     at = columns_of(o->pieces[i], text);
        paper_cell(&page->paper, INK_DIM, at, field.len ? COLUMNS_WIDTH : at.len);
        paper_text(&page->paper, INK_DIM, field, PAPER_WIDTH);
        putchar('\n');
    }
}

static void put_lists(const struct page *page, const char *name, uint64_t sets)
{
    const struct settings *settings = page->rules->settings;
    char text[512];
    size_t used = (size_t)snprintf(text, sizeof(text), "%s: %s", name,
                                   sets & NETWORKS_INTERNAL ? "internal" : "external");
    for (size_t i = 0; i < settings->list_count && i < NETWORKS_LISTS_MAX; i++)
        if (sets >> (i + 1) & 1 && used < sizeof(text))
            used +=
                (size_t)snprintf(text + used, sizeof(text) - used, ", %s", settings->lists[i].name);
    put_row(page, name[0] == 's' ? "lists" : "", text);
}

static void put_detectors(const struct page *page)
{
    const struct rules *rules = page->rules;
    uint64_t matching = detect_matching(page->detection, &page->parsed.record);
    char text[256];
    if (!matching) {
        snprintf(text, sizeof(text), "counts towards none of the %u in force",
                 rules->detector_count);
        put_row(page, "detectors", text);
    }
    for (unsigned i = 0, n = 0; i < rules->detector_count; i++) {
        if (!(matching >> i & 1))
            continue;
        snprintf(text, sizeof(text), "%s: %s", rules->detectors[i].name, rules->detectors[i].title);
        put_row(page, n++ ? "" : "detectors", text);
    }
}

static void put_conclusions(const struct page *page)
{
    const struct record *r = &page->parsed.record;
    uint32_t class = record_class(r);
    const char *meaning = "none: an address is missing";
    putchar('\n');
    put_evidence(page);
    for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
        if (class == classes[i].class)
            meaning = classes[i].meaning;
    put_row(page, "class", meaning);
    if (RECORD_HAS(r, src_ip))
        put_lists(page, "src_ip", r->src_lists);
    if (RECORD_HAS(r, dst_ip))
        put_lists(page, "dst_ip", r->dst_lists);
    put_detectors(page);
}

/* ---- all of it ---- */

static void colour(struct page *page, struct piece piece, enum ink ink)
{
    memset(page->inks + piece.at, ink, piece.len);
}

static void put_message(struct page *page)
{
    memset(page->inks, INK_DIM, page->message.len);
    for (unsigned i = 0; i < page->parsed.record.extra; i++)
        colour(page, page->explanation.extras[i], INK_PLAIN);
    for (unsigned f = FIELD_COUNT; f-- > 0;)
        for (unsigned i = 0; i < page->explanation.fields[f].count; i++)
            colour(page, page->explanation.fields[f].pieces[i], ink_of(f));
    paper_message(&page->paper, page->message, page->inks);
}

bool explain_page(struct page *page)
{
    page->inks = malloc(page->message.len + 1);
    bool known =
        page->inks && explain_record(page->rules, page->sender, page->message, page->arrival_ms,
                                     &page->parsed.record, &page->explanation);
    if (known) {
        page->name_width = strlen("application");
        page->value_width = 0;
        put_message(page);
        putchar('\n');
        put_header(page);
        put_parser(page);
        put_time(page);
        putchar('\n');
        put_fields(page);
        put_extras(page);
    }
    if (known && page->parsed.status == PARSE_OK)
        put_conclusions(page);
    free(page->inks);
    return known;
}
