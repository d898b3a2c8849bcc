/* Compares by the rows of the schema, so that a new key is compared without a line here. */
#include "config/same.h"

#include <string.h>

#include "config/schema.h"

static bool same_rows(const struct row *rows, const char *a, const char *b);

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool same_texts(const struct text_list *a, const struct text_list *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!same_text(a->items[i], b->items[i]))
            return false;
    return true;
}

static bool same_bytes(const void *a, size_t a_count, const void *b, size_t b_count, size_t size)
{
    return a_count == b_count && (a_count == 0 || memcmp(a, b, a_count * size) == 0);
}

static bool same_flags(const struct word *words, const char *a, const char *b)
{
    for (; words->text; words++)
        if (*(const bool *)(a + words->value) != *(const bool *)(b + words->value))
            return false;
    return true;
}

static bool same_mappings(const struct row *row, const char *a, const char *b)
{
    size_t count = *(const size_t *)(a + row->count_offset);
    const char *first = *(const char *const *)(a + row->offset);
    const char *second = *(const char *const *)(b + row->offset);
    if (count != *(const size_t *)(b + row->count_offset))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!same_rows(row->rows, first + i * row->size, second + i * row->size))
            return false;
    return true;
}

static bool same_value(const struct row *row, const char *a, const char *b)
{
    const char *x = a + row->offset, *y = b + row->offset;
    const struct net_list *nets = (const void *)x, *other_nets = (const void *)y;
    const struct port_ranges *ports = (const void *)x, *other_ports = (const void *)y;
    switch (row->kind) {
    case VALUE_TEXT:
    case VALUE_LINES:
    case VALUE_NAME:
    case VALUE_ADDRESS:
        return same_text(*(const char *const *)x, *(const char *const *)y);
    case VALUE_NETWORK:
    case VALUE_BOOL:
    case VALUE_NUMBER:
    case VALUE_SIZE:
    case VALUE_DURATION:
    case VALUE_SHARE:
    case VALUE_WORD:
        return memcmp(x, y, row->size) == 0;
    case LIST_TEXT:
        return same_texts((const void *)x, (const void *)y);
    case LIST_NETWORK:
        return same_bytes(nets->items, nets->count, other_nets->items, other_nets->count,
                          sizeof(*nets->items));
    case LIST_PORTS:
        return same_bytes(ports->items, ports->count, other_ports->items, other_ports->count,
                          sizeof(*ports->items));
    case LIST_FLAGS:
        return same_flags(row->words, a, b);
    case LIST_MAPPING:
        return same_mappings(row, a, b);
    case MAPPING:
        return (!row->told ||
                *(const bool *)(a + row->count_offset) == *(const bool *)(b + row->count_offset)) &&
               same_rows(row->rows, x, y);
    }
    return false;
}

static bool same_rows(const struct row *rows, const char *a, const char *b)
{
    for (; rows->key; rows++)
        if (!same_value(rows, a, b))
            return false;
    return true;
}

static const struct row *rows_of(const char *key)
{
    const struct row *row = schema_settings;
    while (strcmp(row->key, key) != 0)
        row++;
    return row->rows;
}

/* Keys of an output that its transport knows nothing of. */
static bool is_content(const char *key)
{
    static const char *const keys[] = {"where",  "sample",   "aggregate", "show", "format",
                                       "header", "facility", "unmapped",  "ipv6"};
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (strcmp(key, keys[i]) == 0)
            return true;
    return false;
}

bool same_transport(const struct forward_settings *a, const struct forward_settings *b)
{
    for (const struct row *row = rows_of("forward"); row->key; row++)
        if (!is_content(row->key) && !same_value(row, (const char *)a, (const char *)b))
            return false;
    return true;
}

static bool same_lists(const struct settings *a, const struct settings *b)
{
    if (a->list_count != b->list_count)
        return false;
    for (size_t i = 0; i < a->list_count; i++)
        if (!same_text(a->lists[i].name, b->lists[i].name))
            return false;
    return true;
}

bool same_detection(const struct settings *a, const struct settings *b)
{
    if (!same_rows(rows_of("memory"), (const char *)a, (const char *)b) ||
        !same_rows(rows_of("risk"), (const char *)a, (const char *)b) ||
        a->lateness_ms != b->lateness_ms || a->ahead_ms != b->ahead_ms || !same_lists(a, b) ||
        !same_texts(&a->enable, &b->enable) || !same_texts(&a->disable, &b->disable) ||
        a->detector_count != b->detector_count)
        return false;
    for (size_t i = 0; i < a->detector_count; i++)
        if (!same_rows(schema_detector, (const char *)&a->detectors[i],
                       (const char *)&b->detectors[i]))
            return false;
    return true;
}
