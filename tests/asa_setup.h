/* For tests of the ASA parser: one line, from a block of exactly its size, and what its record must say. */
#pragma once

#include "parsers/parser.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

extern const struct parser parser_asa;

static struct record r;
static struct connections *table;

/* The text in a block of its own; parsed values point into it until the next call. */
static inline enum parse_status parse_len(const char *text, size_t len, uint64_t device)
{
    static char *block;
    free(block);
    block = malloc(len ? len : 1);
    memcpy(block, text, len);

    struct syslog header = {.form = SYSLOG_NONE, .body = slice_make(block, len)};
    struct parse_context context = {
        .header = &header, .arrival_ms = 1763715360000, .device = device, .connections = table};
    record_reset(&r);
    if (!parser_asa.claims(&header, header.body))
        return PARSE_UNKNOWN;
    return parser_asa.parse(&context, header.body, &r);
}

static inline enum parse_status parse(const char *text)
{
    return parse_len(text, strlen(text), 1);
}

/* A field's value as the JSON has it, or an extra's; "" when it is not set. */
static inline const char *value_of(struct slice name)
{
    static char text[256];
    for (unsigned i = 0; RECORD_HAS(&r, extra) && i < r.extra; i++)
        if (name.ptr[0] == '+' && slice_equals(r.extras[i].name, slice_from(name, 1))) {
            snprintf(text, sizeof(text), "%.*s", (int)r.extras[i].value.len, r.extras[i].value.ptr);
            return text;
        }
    for (int f = 0; f < FIELD_COUNT; f++) {
        const void *member = (const char *)&r + record_fields[f].offset;
        if (!slice_is(name, record_fields[f].name) || !(r.has >> f & 1))
            continue;
        switch (record_fields[f].kind) {
        case KIND_TEXT:
            snprintf(text, sizeof(text), "%.*s", (int)((const struct slice *)member)->len,
                     ((const struct slice *)member)->ptr);
            return text;
        case KIND_NUMBER:
            snprintf(text, sizeof(text), "%llu", (unsigned long long)*(const uint64_t *)member);
            return text;
        case KIND_PORT:
            snprintf(text, sizeof(text), "%u", *(const uint16_t *)member);
            return text;
        case KIND_ADDRESS:
            *address_format(text, *(const struct address *)member) = '\0';
            return text;
        case KIND_SEVERITY:
            snprintf(text, sizeof(text), "%u", *(const uint8_t *)member);
            return text;
        case KIND_PROTOCOL:
            return protocol_name(*(const uint8_t *)member);
        default:
            return record_word(record_fields[f].kind, *(const uint8_t *)member);
        }
    }
    return "";
}

/* "src_ip=192.0.2.1;src_port=80;src_host=": an empty value demands that the field is not set;
 * an extra's name has a plus in front. */
static inline void expect(const char *line, const char *fields)
{
    struct cursor c = cursor_over(slice(fields));
    while (!cursor_at_end(&c)) {
        struct cursor pair = cursor_over(cursor_until_or_end(&c, ';'));
        struct slice name = cursor_until(&pair, '=');
        struct slice wanted = cursor_rest(&pair);
        const char *found = value_of(name);
        if (!slice_is(wanted, found))
            fail_msg("%s\n  %.*s: wanted %.*s, found %s", line, (int)name.len, name.ptr,
                     (int)wanted.len, wanted.ptr, found);
    }
}

static inline void check(const char *line, enum parse_status status, const char *fields)
{
    enum parse_status found = parse(line);
    if (found != status)
        fail_msg("%s\n  status: wanted %d, found %d", line, status, found);
    expect(line, fields);
}

/* Bytes changed at random, with a fixed seed: the answers do not matter, the bounds do. */
static inline void change_bytes(const char *text)
{
    static const char odd[] = "/:()[]., \\\"%-<>=0123456789\xff\x00\x1b";
    static uint32_t random = 20261120;
    size_t len = strlen(text);
    char line[600];
    for (int round = 0; round < 1000; round++) {
        memcpy(line, text, len);
        for (int change = 0; change < 3; change++) {
            random = random * 1664525 + 1013904223;
            line[5 + (random >> 8) % (len - 5)] = odd[(random >> 24) % (sizeof(odd) - 1)];
        }
        parse_len(line, len, 1);
    }
}

static inline int run_group(const char *name, const struct CMUnitTest *tests, size_t count)
{
    table = connections_new(1024 * CONNECTIONS_SET_BYTES);
    int failed = _cmocka_run_group_tests(name, tests, count, NULL, NULL);
    parse_len("", 0, 0);
    connections_free(table);
    return failed;
}
