/* For tests of parsers: one line through header and parser, from a heap block of exactly its size,
 * and what its record must say, as "field=value" words. */
#pragma once

#include "tests/parser_setup.h"

#include <glob.h>

#define NOW_MS INT64_C(1795262400000) /* 2026-11-21T12:00:00Z */

struct parsed {
    char *block; /* the message; the record points into it */
    bool claimed;
    enum parse_status status;
    struct record record;
};

static inline void parse_line_with(struct parse_memory *memory, const struct parser *parser,
                                   const char *text, size_t len, struct parsed *out)
{
    struct syslog header;
    out->block = malloc(len ? len : 1);
    memcpy(out->block, text, len);
    syslog_parse(slice_make(out->block, len), NULL, NOW_MS, NULL, &header);
    record_reset(&out->record);
    if (header.has_time)
        record_set_time(&out->record, header.time_ms);
    record_set_host(&out->record, header.host);
    struct parse_context context = {.header = &header, .arrival_ms = NOW_MS, .memory = memory};
    out->claimed = parser->claims(&header, header.body);
    if (out->claimed)
        out->status = parser->parse(&context, header.body, &out->record);
}

/* As a server reads it, which has read others before. */
static inline void parse_line(const struct parser *parser, const char *text, size_t len,
                              struct parsed *out)
{
    static struct parse_memory memory;
    parse_line_with(&memory, parser, text, len, out);
}

/* "+name" is an extra, its values joined by '|'. */
static void extra_text(const struct record *r, const char *name, char *out, size_t size)
{
    size_t used = 0;
    *out = '\0';
    for (unsigned i = 0; i < r->extra; i++)
        if (slice_is(r->extras[i].name, name))
            used += (size_t)snprintf(out + used, size - used, "%s%.*s", used ? "|" : "",
                                     (int)r->extras[i].value.len, r->extras[i].value.ptr);
}

/* `expected` is a line per field: "src_ip=192.0.2.1\nrule=\n"; an empty value: not set. */
static void expect_fields(const struct record *r, const char *line, const char *expected)
{
    char want[512], got[1024];
    while (*expected) {
        const char *value = next_expected(&expected, want, sizeof(want), "=");
        int field = -1;
        for (int f = 0; f < FIELD_COUNT; f++)
            if (strcmp(record_fields[f].name, want) == 0)
                field = f;
        if (want[0] == '+')
            extra_text(r, want + 1, got, sizeof(got));
        else if (field >= 0)
            field_text(r, (enum record_field)field, got, sizeof(got));
        else
            fail_msg("no field %s", want);
        if (strcmp(got, value) != 0)
            fail_msg("%s is '%s', not '%s', of\n%s", want, got, value, line);
    }
}

struct expectation {
    const char *line;
    enum parse_status status;
    const char *fields;
};

static inline void expect_lines(const struct parser *parser, const struct expectation *rows,
                                size_t count)
{
    static struct parsed parsed;
    for (size_t i = 0; i < count; i++) {
        parse_line(parser, rows[i].line, strlen(rows[i].line), &parsed);
        if (!parsed.claimed)
            fail_msg("not claimed: %s", rows[i].line);
        if (parsed.status != rows[i].status)
            fail_msg("status %d: %s", parsed.status, rows[i].line);
        expect_fields(&parsed.record, rows[i].line, rows[i].fields);
        free(parsed.block);
    }
}

/* Every line of the samples and every shorter length of it. */
static inline void parse_prefixes(const struct parser *parser, const char *pattern)
{
    static struct parsed parsed;
    static char line[65536];
    size_t lines = 0;
    glob_t found;
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        FILE *file = fopen(found.gl_pathv[i], "r");
        assert_non_null(file);
        for (; fgets(line, sizeof(line), file); lines++)
            for (size_t len = strcspn(line, "\n") + 1; len-- > 0;) {
                parse_line(parser, line, len, &parsed);
                free(parsed.block);
            }
        fclose(file);
    }
    globfree(&found);
    assert_true(lines > 10);
}
