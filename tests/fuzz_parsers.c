/*
 * Any bytes as a message through every parser of the table, by its own claim and forced: new
 * parsers are fuzzed without an edit here. What a record says must be there to be read. The table
 * of connections lives on between inputs, small, so that it is always full; so does what parsers
 * remember, of which no record may tell.
 */
#include "parsers/envelope.h"
#include "parsers/parser.h"
#include "parsers/record_json.h"

#include <stdio.h>
#include <stdlib.h>

#define ARRIVAL_MS  INT64_C(1795251600000) /* 2026-11-21T09:00:00Z */
#define CONNECTIONS 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile unsigned sink;

static const char *current; /* the parser at work, for the report */

static void demand(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "%s: %s\n", current, what);
    abort();
}

static void read_all(const char *bytes, size_t len)
{
    unsigned sum = 0;
    for (size_t i = 0; i < len; i++)
        sum += (unsigned char)bytes[i];
    sink += sum;
}

/* A record's JSON as one number. */
static void read_json(void *context, const char *bytes, size_t len)
{
    uint64_t *hash = context;
    for (size_t i = 0; i < len; i++)
        *hash = (*hash ^ (unsigned char)bytes[i]) * UINT64_C(0x100000001b3);
}

static void check_word(const struct field_info *info, unsigned value)
{
    demand(record_word(info->kind, value) != NULL, info->name);
}

static void check_field(const struct record *r, const struct field_info *info)
{
    const void *member = (const char *)r + info->offset;
    const struct slice *text = member;
    switch (info->kind) {
    case KIND_TEXT:
        demand(text->len != 0, info->name);
        read_all(text->ptr, text->len);
        break;
    case KIND_SEVERITY:
        demand(*(const uint8_t *)member <= 10, info->name);
        break;
    case KIND_CATEGORY:
        demand(*(const uint8_t *)member < CATEGORY_COUNT, info->name);
        check_word(info, *(const uint8_t *)member);
        break;
    case KIND_ACTION:
        demand(*(const uint8_t *)member < ACTION_COUNT, info->name);
        check_word(info, *(const uint8_t *)member);
        break;
    case KIND_OUTCOME:
        demand(*(const uint8_t *)member < OUTCOME_COUNT, info->name);
        check_word(info, *(const uint8_t *)member);
        break;
    case KIND_EVIDENCE:
        demand(*(const uint8_t *)member < EVIDENCE_COUNT, info->name);
        check_word(info, *(const uint8_t *)member);
        break;
    case KIND_DIRECTION:
        demand(*(const uint8_t *)member < DIRECTION_COUNT, info->name);
        check_word(info, *(const uint8_t *)member);
        break;
    default:
        break;
    }
}

static void check_record(const struct record *r, enum parse_status status, bool claimed)
{
    for (int i = 0; i < FIELD_COUNT; i++)
        if (r->has >> i & 1)
            check_field(r, &record_fields[i]);
    /* Of a text that is not his a parser need not know what product sent it. */
    if (claimed || status == PARSE_OK)
        demand(RECORD_HAS(r, vendor) && RECORD_HAS(r, product), "no vendor or product");
    if (status == PARSE_OK) {
        demand(RECORD_HAS(r, event_id), "no event_id");
        demand(RECORD_HAS(r, event_name), "no event_name");
        demand(RECORD_HAS(r, category), "no category");
    }
    demand(r->extra <= RECORD_EXTRA_MAX && r->scratch_used <= RECORD_SCRATCH_MAX, "bounds");
    for (unsigned i = 0; i < r->extra; i++) {
        demand(r->extras[i].name.len != 0 && r->extras[i].value.len != 0, "an empty extra");
        read_all(r->extras[i].name.ptr, r->extras[i].name.len);
        read_all(r->extras[i].value.ptr, r->extras[i].value.len);
    }
}

static uint64_t parse(const struct parser *parser, const struct syslog *header, struct slice body,
                      bool claimed, struct connections *connections, struct parse_memory *memory)
{
    static struct record r;
    struct parse_context context = {.header = header,
                                    .arrival_ms = ARRIVAL_MS,
                                    .device = 7,
                                    .connections = connections,
                                    .memory = memory};
    current = parser->name.ptr;
    record_reset(&r);
    if (header->has_time)
        record_set_time(&r, header->time_ms);
    record_set_host(&r, header->host);
    enum parse_status status = parser->parse(&context, body, &r);
    check_record(&r, status, claimed);
    uint64_t hash = 0;
    if (claimed) {
        record_json(&r, read_json, &hash);
        demand(hash != 0, "no JSON");
    }
    return hash;
}

static struct slice read_message(struct slice message, struct connections *connections)
{
    static struct parse_memory memory;
    struct syslog header;
    syslog_parse(message, NULL, ARRIVAL_MS, NULL, &header);
    for (const struct parser *const *p = parsers; *p; p++) {
        if ((*p)->claims(&header, header.body)) {
            parse(*p, &header, header.body, true, connections, &memory);
            uint64_t alone = parse(*p, &header, header.body, true, NULL, NULL);
            demand(alone == parse(*p, &header, header.body, true, NULL, &memory),
                   "the record depends on what came before");
        }
        parse(*p, &header, header.body, false, NULL, &memory);
        /* The whole message, as if there were no header: a pinned parser gets what there is. */
        parse(*p, &header, message, false, connections, &memory);
    }
    return header.body;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct connections *connections;
    static char room[ENVELOPE_LINE_MAX];
    if (!connections)
        connections = connections_new(CONNECTIONS * CONNECTIONS_SET_BYTES);
    struct slice body = read_message(slice_make(data ? (const char *)data : "", size), connections);
    struct envelope e = envelope_over(body);
    struct slice line;
    while (envelope_is(body) && envelope_next(&e, room, &line))
        read_message(line, connections);
    return 0;
}
