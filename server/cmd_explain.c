/*
 * parapet explain: one message taken apart for a person. What it was read as, where in the text each
 * value of the record stands, what it proves, and which detectors count it.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "parsers/text/timestamp.h"
#include "server/command.h"
#include "server/explain.h"
#include "server/options.h"
#include "server/paper.h"

#define LABEL_WIDTH   12 /* of "evidence" and the like */
#define KEY_MAX       30 /* of a field or a vendor's key */
#define COLUMNS_WIDTH 11 /* of "1234-1240" */
#define VALUE_WIDTH   36 /* of values that something is said about */
#define VALUE_MAX     64 /* bytes of a value that is no text */

struct explain {
    struct options options;
    struct detection *detection;
    struct pipeline pipeline;
    struct paper paper;
    struct sender sender;
    /* The message at hand. */
    struct slice message;
    struct parsed parsed;
    struct explanation explanation;
    size_t name_width, value_width; /* of its table */
    unsigned char *inks;            /* of its bytes */
};

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

static void put_label(const struct explain *e, const char *label)
{
    paper_cell(&e->paper, INK_BOLD, slice(label), LABEL_WIDTH);
}

static void put_row(const struct explain *e, const char *label, const char *text)
{
    put_label(e, label);
    paper_wrapped(&e->paper, INK_PLAIN, slice(text), LABEL_WIDTH);
    putchar('\n');
}

static struct slice piece_text(const struct explain *e, struct piece piece)
{
    return slice_make(e->message.ptr + piece.at, piece.len);
}

/* "34-45", counted from 1; of several pieces the first. */
static void put_columns(const struct explain *e, struct piece piece)
{
    char text[32] = "";
    if (piece.len > 1)
        snprintf(text, sizeof(text), "%" PRIu32 "-%" PRIu32, piece.at + 1, piece.at + piece.len);
    else if (piece.len)
        snprintf(text, sizeof(text), "%" PRIu32, piece.at + 1);
    paper_cell(&e->paper, INK_DIM, slice(text), COLUMNS_WIDTH);
}

/* A row of a table: name, columns, value, what is said about the value. */
static void put_value(const struct explain *e, enum ink ink, struct slice name, struct piece piece,
                      struct slice value, struct slice said)
{
    size_t at = 2 + e->name_width + 2 + COLUMNS_WIDTH;
    fputs("  ", stdout);
    paper_cell(&e->paper, ink, name, e->name_width);
    fputs("  ", stdout);
    put_columns(e, piece);
    size_t used = paper_wrapped(&e->paper, ink, value, at);
    size_t said_at = at + e->value_width + 2;
    if (said.len && paper_columns(value) > e->value_width)
        printf("\n%*s", (int)said_at, "");
    else if (said.len)
        printf("%*s", (int)(said_at - at - used), "");
    paper_text(&e->paper, INK_DIM, said, PAPER_WIDTH - said_at);
    putchar('\n');
}

/* ---- header ---- */

static struct piece piece_of(const struct explain *e, struct slice text)
{
    uintptr_t begin = (uintptr_t)e->message.ptr, p = (uintptr_t)text.ptr;
    if (!text.len || p < begin || p + text.len > begin + e->message.len)
        return (struct piece){0, 0};
    return (struct piece){(uint32_t)(p - begin), (uint32_t)text.len};
}

static void put_header_part(const struct explain *e, const char *name, struct slice text)
{
    if (text.len)
        put_value(e, INK_DEVICE, slice(name), piece_of(e, text), text, SLICE_NONE);
}

static void put_header(const struct explain *e)
{
    const struct syslog *h = &e->parsed.header;
    struct piece body = piece_of(e, h->body);
    size_t len = h->body.len ? body.at : e->message.len;
    char text[128];
    snprintf(text, sizeof(text), len > 1 ? "%s, columns 1-%zu" : "%s",
             h->form == SYSLOG_NONE && h->has_pri ? "only a priority" : forms[h->form], len);
    put_row(e, "header", text);
    size_t open = slice_find(e->message, '<'), close = slice_find(e->message, '>');
    if (h->has_pri && open < close && close < e->message.len) {
        snprintf(text, sizeof(text), "%u: %s, %s", h->facility * 8u + h->severity,
                 facilities[h->facility % 24], severities[h->severity & 7]);
        struct piece pri = {(uint32_t)open, (uint32_t)(close - open + 1)};
        put_value(e, INK_DEVICE, slice("priority"), pri, slice(text), SLICE_NONE);
    }
    put_header_part(e, "host", h->host);
    put_header_part(e, h->form == SYSLOG_RFC5424 ? "application" : "tag", h->app);
    put_header_part(e, "process", h->procid);
    put_header_part(e, "message id", h->msgid);
    put_header_part(e, "data", h->structured_data);
}

static void put_parser(const struct explain *e)
{
    const struct parser *parser = e->parsed.parser;
    const struct record *r = &e->pipeline.record;
    char text[512] = "";
    if (!parser) {
        size_t used = (size_t)snprintf(text, sizeof(text), "none claims it; there are:");
        for (const struct parser *const *p = parsers; *p && used < sizeof(text); p++)
            used += (size_t)snprintf(text + used, sizeof(text) - used, " %s", (*p)->name);
        put_row(e, "parser", text);
        return;
    }
    snprintf(text, sizeof(text), "%s%s", parser->name,
             e->options.parser_name ? ", by --parser" : ", the first that claims it");
    put_row(e, "parser", text);
    struct slice id = RECORD_HAS(r, event_id) ? r->event_id : slice("-");
    struct slice name = RECORD_HAS(r, event_name) ? r->event_name : slice("-");
    snprintf(text, sizeof(text), "%.*s: %.*s", (int)slice_first(id, 200).len, id.ptr,
             (int)slice_first(name, 200).len, name.ptr);
    put_row(e, "kind", text);
    put_row(e, "status",
            e->parsed.status == PARSE_OK ? "read"
            : e->parsed.status == PARSE_UNKNOWN
                ? "unknown: this vendor's, but of a kind that is not read yet; forwarded as it is"
                : "malformed: cut off, or not in the vendor's format; forwarded as it is");
}

static void put_time(const struct explain *e)
{
    const struct record *r = &e->pipeline.record;
    const struct explanation *x = &e->explanation;
    const char *zone = e->options.timezone ? e->options.timezone : "UTC";
    char time[TIMESTAMP_TEXT_LEN], text[256];
    timestamp_format(time, r->time);
    if (x->time == TIME_OF_ARRIVAL)
        snprintf(text, sizeof(text), "%.*s, its arrival: the message has no time",
                 TIMESTAMP_TEXT_LEN, time);
    else
        snprintf(text, sizeof(text), "%.*s, %s%s%s%s%s", TIMESTAMP_TEXT_LEN, time,
                 x->time == TIME_YEAR_ADDED ? "the year by its arrival" : "",
                 x->time == TIME_YEAR_ADDED && x->zone_added ? "; " : "",
                 x->zone_added ? "no zone in the stamp: read as " : "", x->zone_added ? zone : "",
                 x->zone_added || x->time == TIME_YEAR_ADDED ? "" : "as the stamp says");
    put_row(e, "time", text);
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
static const char *unseen_source(const struct explain *e, unsigned field)
{
    if (e->explanation.remembered >> field & 1)
        return "an earlier message of this connection";
    switch (field) {
    case FIELD_parser:
    case FIELD_vendor:
    case FIELD_product:
        return "the parser";
    case FIELD_time:
        return e->explanation.time == TIME_OF_ARRIVAL ? "its arrival" : "worked out";
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
static struct slice source_of(const struct explain *e, unsigned field, struct slice value,
                              char room[PAPER_WIDTH])
{
    const struct origin *o = &e->explanation.fields[field];
    size_t used = 0;
    if (o->count == 0)
        return slice(unseen_source(e, field));
    if (record_fields[field].kind == KIND_TEXT)
        return slice_equals(value, piece_text(e, o->pieces[0])) ? SLICE_NONE
                                                                : slice("without its escapes");
    if (o->count == 1 && slice_equals(value, piece_text(e, o->pieces[0])))
        return SLICE_NONE;
    for (unsigned i = 0; i < o->count && used < PAPER_WIDTH - 1; i++)
        used += (size_t)snprintf(room + used, PAPER_WIDTH - used, "%s%.*s", i ? " ... " : "",
                                 (int)o->pieces[i].len, e->message.ptr + o->pieces[i].at);
    return slice_make(room, used < PAPER_WIDTH ? used : PAPER_WIDTH - 1);
}

/* The widths that fit all rows of the record. */
static void measure(struct explain *e)
{
    const struct record *r = &e->pipeline.record;
    char room[VALUE_MAX], said[PAPER_WIDTH];
    e->name_width = strlen("message id");
    e->value_width = 0;
    for (unsigned f = 0; f < FIELD_COUNT; f++) {
        if (!(r->has >> f & 1) || f == FIELD_extra)
            continue;
        size_t name = strlen(record_fields[f].name);
        struct slice value = value_of(r, f, room);
        size_t width = paper_columns(value);
        if (name > e->name_width)
            e->name_width = name;
        if (width > e->value_width && width <= VALUE_WIDTH && source_of(e, f, value, said).len)
            e->value_width = width;
    }
    for (unsigned i = 0; i < r->extra; i++) {
        size_t name = paper_columns(slice_first(r->extras[i].name, KEY_MAX));
        if (name > e->name_width)
            e->name_width = name;
    }
}

static void put_fields(const struct explain *e)
{
    const struct record *r = &e->pipeline.record;
    put_row(e, "record", "");
    for (unsigned f = 0; f < FIELD_COUNT; f++) {
        char room[VALUE_MAX], said[PAPER_WIDTH];
        if (!(r->has >> f & 1) || f == FIELD_extra)
            continue;
        const struct origin *o = &e->explanation.fields[f];
        struct piece piece = o->count ? o->pieces[0] : (struct piece){0, 0};
        struct slice value = value_of(r, f, room);
        put_value(e, ink_of(f), slice(record_fields[f].name), piece, value,
                  source_of(e, f, value, said));
    }
}

static void put_extras(const struct explain *e)
{
    const struct record *r = &e->pipeline.record;
    char text[64];
    if (!r->extra)
        return;
    put_row(e, "unmapped", "kept under the vendor's names");
    for (unsigned i = 0; i < r->extra; i++) {
        struct slice value = r->extras[i].value;
        struct piece piece = e->explanation.extras[i];
        put_value(e, INK_PLAIN, r->extras[i].name, piece, value,
                  !piece.len                                  ? slice("this kind of message")
                  : slice_equals(value, piece_text(e, piece)) ? SLICE_NONE
                                                              : slice("without its escapes"));
    }
    if (r->extra_lost) {
        snprintf(text, sizeof(text), "%u more found no room", r->extra_lost);
        put_row(e, "", text);
    }
}

/* ---- what follows from it ---- */

static void put_evidence(const struct explain *e)
{
    const struct record *r = &e->pipeline.record;
    const struct origin *o = &e->explanation.fields[FIELD_evidence];
    char text[256];
    if (!RECORD_HAS(r, evidence)) {
        put_row(e, "evidence", "the message is not about a connection");
        return;
    }
    snprintf(text, sizeof(text), "%s: %s", record_word(KIND_EVIDENCE, r->evidence),
             evidence_meanings[r->evidence]);
    put_row(e, "evidence", text);
    if (o->count == 0) {
        snprintf(text, sizeof(text), "because of %s", unseen_source(e, FIELD_evidence));
        put_row(e, "", text);
    }
    for (unsigned i = 0; i < o->count; i++) {
        struct piece piece = o->pieces[i];
        size_t before = piece.at; /* a number says little without the word in front */
        char c = e->message.ptr[piece.at];
        if (c >= '0' && c <= '9')
            while (before > 0 && piece.at - before < 32 &&
                   !(before < piece.at && strchr(" ,;|", e->message.ptr[before - 1])))
                before--;
        snprintf(text, sizeof(text), "%s %.*s (%" PRIu32 "-%" PRIu32 ")",
                 i ? "       and" : "because of", (int)(piece.at + piece.len - before),
                 e->message.ptr + before, piece.at + 1, piece.at + piece.len);
        put_row(e, "", text);
    }
}

static void put_lists(const struct explain *e, const char *name, uint64_t sets)
{
    const struct settings *settings = e->options.rules->settings;
    char text[512];
    size_t used = (size_t)snprintf(text, sizeof(text), "%s: %s", name,
                                   sets & NETWORKS_INTERNAL ? "internal" : "external");
    for (size_t i = 0; i < settings->list_count && i < NETWORKS_LISTS_MAX; i++)
        if (sets >> (i + 1) & 1 && used < sizeof(text))
            used +=
                (size_t)snprintf(text + used, sizeof(text) - used, ", %s", settings->lists[i].name);
    put_row(e, name[0] == 's' ? "lists" : "", text);
}

static void put_detectors(const struct explain *e)
{
    const struct rules *rules = e->options.rules;
    uint64_t matching = detect_matching(e->detection, &e->pipeline.record);
    char text[256];
    if (!matching) {
        snprintf(text, sizeof(text), "counts towards none of the %u in force",
                 rules->detector_count);
        put_row(e, "detectors", text);
    }
    for (unsigned i = 0, n = 0; i < rules->detector_count; i++) {
        if (!(matching >> i & 1))
            continue;
        snprintf(text, sizeof(text), "%s: %s", rules->detectors[i].name, rules->detectors[i].title);
        put_row(e, n++ ? "" : "detectors", text);
    }
}

static void put_conclusions(const struct explain *e)
{
    const struct record *r = &e->pipeline.record;
    uint32_t class = record_class(r);
    const char *meaning = "none: an address is missing";
    put_evidence(e);
    for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
        if (class == classes[i].class)
            meaning = classes[i].meaning;
    put_row(e, "class", meaning);
    if (RECORD_HAS(r, src_ip))
        put_lists(e, "src_ip", r->src_lists);
    if (RECORD_HAS(r, dst_ip))
        put_lists(e, "dst_ip", r->dst_lists);
    put_detectors(e);
}

/* ---- one message ---- */

static void colour(struct explain *e, struct piece piece, enum ink ink)
{
    memset(e->inks + piece.at, ink, piece.len);
}

static void put_message(struct explain *e)
{
    memset(e->inks, INK_DIM, e->message.len);
    for (unsigned i = 0; i < e->pipeline.record.extra; i++)
        colour(e, e->explanation.extras[i], INK_PLAIN);
    for (unsigned f = FIELD_COUNT; f-- > 0;)
        for (unsigned i = 0; i < e->explanation.fields[f].count; i++)
            colour(e, e->explanation.fields[f].pieces[i], ink_of(f));
    paper_message(&e->paper, e->message, e->inks);
}

static bool explain_message(struct explain *e, const char *line, size_t len)
{
    size_t max = e->options.rules->settings->max_message_size;
    bool cut = len > max;
    e->message = slice_make(line, cut ? max : len);
    e->inks = malloc(e->message.len + 1);
    pipeline_parse(&e->pipeline, &e->sender, e->message, e->options.now_ms, cut, &e->parsed);
    bool known = e->inks && explain_record(e->options.rules, &e->sender, e->message,
                                           e->options.now_ms, &e->pipeline.record, &e->explanation);
    if (known) {
        measure(e);
        put_message(e);
        putchar('\n');
        put_header(e);
        put_parser(e);
        put_time(e);
        putchar('\n');
        put_fields(e);
        put_extras(e);
        if (e->parsed.status == PARSE_OK) {
            putchar('\n');
            put_conclusions(e);
        }
    } else {
        fprintf(stderr, "parapet explain: not enough memory for a message of %zu bytes\n", len);
    }
    free(e->inks);
    return known;
}

static int explain_input(struct explain *e)
{
    char *line = NULL;
    size_t room = 0, number = 0;
    ssize_t len;
    bool done = true;
    while (done && (len = getline(&line, &room, stdin)) >= 0) {
        while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == '\r'))
            len--;
        if (number++)
            putchar('\n');
        done = explain_message(e, line, (size_t)len);
    }
    free(line);
    if (ferror(stdin)) {
        fprintf(stderr, "parapet explain: standard input: %s\n", strerror(errno));
        return EXIT_INPUT;
    }
    return done ? EXIT_DONE : EXIT_INPUT;
}

/* ---- the command ---- */

static const char options_text[] = OPTIONS_TEXT
    "  --fields            the fields of a record and what they mean, instead of a message\n"
    "  LINE                a message; - or none reads them from standard input, one a line\n";

static int put_meanings(struct explain *e)
{
    for (unsigned f = 0; f < FIELD_COUNT; f++) {
        paper_cell(&e->paper, ink_of(f), slice(record_fields[f].name), 17);
        paper_wrapped(&e->paper, INK_PLAIN, slice(record_fields[f].meaning), 17);
        putchar('\n');
    }
    return EXIT_DONE;
}

static int explain_line(struct explain *e, int argc, char **argv)
{
    struct pipeline_output nobody = {0};
    if (!options_open(&e->options))
        return EXIT_USAGE;
    e->sender.device = &e->options.device;
    e->detection = rules_detection(e->options.rules);
    if (!e->detection || pipeline_init(&e->pipeline, e->options.rules, e->detection, &nobody) < 0) {
        fprintf(stderr, "parapet explain: not enough memory for the tables of `memory:`\n");
        return EXIT_USAGE;
    }
    e->pipeline.replay = true;
    if (optind == argc || strcmp(argv[optind], "-") == 0)
        return explain_input(e);
    return explain_message(e, argv[optind], strlen(argv[optind])) ? EXIT_DONE : EXIT_INPUT;
}

static int explain_run(int argc, char **argv)
{
    static const struct option long_options[] = {
        OPTIONS_LONG, {"fields", no_argument, NULL, 'F'}, {NULL, 0, NULL, 0}};
    static struct explain e; /* large, and one is enough for a process */
    bool fields = false;
    options_init(&e.options, "explain", options_text);
    paper_init(&e.paper);
    for (int option; (option = getopt_long(argc, argv, OPTIONS_SHORT, long_options, NULL)) != -1;) {
        if (option == 'F')
            fields = true;
        else if (!options_take(&e.options, option, argv))
            return EXIT_USAGE;
    }
    if (argc - optind > 1)
        return options_complain(&e.options, "one message at a time, in quotes", argv[optind + 1]);
    int code = fields ? put_meanings(&e) : explain_line(&e, argc, argv);
    pipeline_close(&e.pipeline);
    detection_free(e.detection);
    options_close(&e.options);
    return code;
}

const struct command command_explain = {
    .name = "explain",
    .usage = "[options] [LINE|-]",
    .summary = "one message taken apart: every value and where it stands",
    .options = options_text,
    .run = explain_run,
};
