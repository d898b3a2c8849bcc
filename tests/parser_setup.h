/* What the tests of parsers share: a field's value as text, and which messages are a parser's. */
#pragma once

#include "parsers/parser.h"
#include "parsers/text/timestamp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* Takes the next line off `expected`; what stands behind the first `mark` in it is returned, what
 * stands before it is left in `name`. */
static inline char *next_expected(const char **expected, char *name, size_t size, const char *mark)
{
    size_t len = strcspn(*expected, "\n");
    assert_true(len < size);
    memcpy(name, *expected, len);
    name[len] = '\0';
    *expected += len + ((*expected)[len] == '\n');
    char *value = strstr(name, mark);
    assert_non_null(value);
    *value = '\0';
    return value + strlen(mark);
}

/* A field's value as text, "" when it is not set. */
static inline void field_text(const struct record *r, enum record_field field, char *out,
                              size_t size)
{
    const struct field_info *info = &record_fields[field];
    const char *member = (const char *)r + info->offset;
    struct slice text;
    char *end = out;
    *out = '\0';
    if (!(r->has >> field & 1))
        return;
    switch (info->kind) {
    case KIND_TEXT:
        text = *(const struct slice *)(const void *)member;
        snprintf(out, size, "%.*s", (int)text.len, text.ptr);
        return;
    case KIND_NUMBER:
        snprintf(out, size, "%llu", (unsigned long long)*(const uint64_t *)(const void *)member);
        return;
    case KIND_PORT:
        snprintf(out, size, "%u", *(const uint16_t *)(const void *)member);
        return;
    case KIND_ADDRESS:
        end = address_format(out, *(const struct address *)(const void *)member);
        break;
    case KIND_TIME:
        end = timestamp_format(out, *(const int64_t *)(const void *)member);
        break;
    case KIND_SEVERITY:
    case KIND_PROTOCOL:
        snprintf(out, size, "%u", *(const uint8_t *)member);
        return;
    default:
        snprintf(out, size, "%s", record_word(info->kind, *(const uint8_t *)member));
        return;
    }
    *end = '\0';
}

struct claim {
    const char *body;
    bool ours;
};

/* Each from a heap block of exactly its size. */
static inline void expect_claims(const struct parser *parser, const struct claim *claims,
                                 size_t count)
{
    struct syslog header = {.host = SLICE_NONE};
    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(claims[i].body);
        char *block = malloc(len ? len : 1);
        memcpy(block, claims[i].body, len);
        if (parser->claims(&header, slice_make(block, len)) != claims[i].ours)
            fail_msg("%sclaimed: %s", claims[i].ours ? "not " : "", claims[i].body);
        free(block);
    }
}
