/* The sentences in which a schema row says what it expects. */
#include "config/schema.h"

#include <stdio.h>

#include "config/convert.h"

static const char *words_text(char out[EXPECTATION_MAX], const char *what, const struct word *words)
{
    size_t len = (size_t)snprintf(out, EXPECTATION_MAX, "%s", what);
    for (; words->text && len < EXPECTATION_MAX; words++)
        len += (size_t)snprintf(out + len, EXPECTATION_MAX - len, " %s%s", words->text,
                                words[1].text ? "," : "");
    return out;
}

static const char *range_text(char out[EXPECTATION_MAX], const struct row *row)
{
    char min[AMOUNT_TEXT_MAX], max[AMOUNT_TEXT_MAX];
    switch (row->kind) {
    case VALUE_SIZE:
        snprintf(out, EXPECTATION_MAX, "a size from %s to %s, such as 64 KiB",
                 convert_size_text(min, row->min), convert_size_text(max, row->max));
        break;
    case VALUE_DURATION:
        snprintf(out, EXPECTATION_MAX,
                 "a duration from %s to %s, such as 500ms, 30s, 5m, 12h or 14d",
                 convert_duration_text(min, row->min), convert_duration_text(max, row->max));
        break;
    case VALUE_SHARE:
        snprintf(out, EXPECTATION_MAX, "a share from 1/%llu to 1/%llu, such as 1/100",
                 (unsigned long long)row->max, (unsigned long long)row->min);
        break;
    default:
        snprintf(out, EXPECTATION_MAX, "a whole number from %llu to %llu",
                 (unsigned long long)row->min, (unsigned long long)row->max);
    }
    return out;
}

static const char *list_text(char out[EXPECTATION_MAX], const char *what, const struct row *row)
{
    if (row->max && row->min)
        snprintf(out, EXPECTATION_MAX, "a list of %llu to %llu %s", (unsigned long long)row->min,
                 (unsigned long long)row->max, what);
    else if (row->max)
        snprintf(out, EXPECTATION_MAX, "a list of at most %llu %s", (unsigned long long)row->max,
                 what);
    else
        snprintf(out, EXPECTATION_MAX, "a list of %s%s", what, row->min ? ", not empty" : "");
    return out;
}

const char *schema_expects(char out[EXPECTATION_MAX], const struct row *row)
{
    if (row->expected)
        return row->expected;
    switch (row->kind) {
    case VALUE_TEXT:
        if (row->words)
            return words_text(out, "one of", row->words);
        snprintf(out, EXPECTATION_MAX, "one line of 1 to %llu bytes", (unsigned long long)row->max);
        return out;
    case VALUE_LINES:
        snprintf(out, EXPECTATION_MAX, "a text of 1 to %llu bytes", (unsigned long long)row->max);
        return out;
    case VALUE_NAME:
        return "a name of at most 64 letters, digits, _ - or .";
    case VALUE_ADDRESS:
        return "an IP address such as 0.0.0.0 or \"::\"";
    case VALUE_NETWORK:
        return "an IP address or a prefix, such as 192.0.2.7 or 10.0.0.0/8";
    case VALUE_BOOL:
        return "true or false";
    case VALUE_NUMBER:
    case VALUE_SIZE:
    case VALUE_DURATION:
    case VALUE_SHARE:
        return range_text(out, row);
    case VALUE_WORD:
        return words_text(out, "one of", row->words);
    case LIST_TEXT:
        return list_text(out, "texts", row);
    case LIST_NETWORK:
        return list_text(out, "IP addresses or prefixes", row);
    case LIST_PORTS:
        return list_text(out, "ports or ranges such as 1-1024", row);
    case LIST_FLAGS:
        return words_text(out, "a list of some of", row->words);
    case LIST_MAPPING:
        return list_text(out, "entries, each with its keys", row);
    case MAPPING:
        return "a mapping, that is keys and their values";
    }
    return "something else";
}

const char *schema_expects_entry(char out[EXPECTATION_MAX], const struct row *row)
{
    switch (row->kind) {
    case LIST_NETWORK:
        return "an IP address or a prefix, such as 192.0.2.7 or 10.0.0.0/8";
    case LIST_PORTS:
        return row->expected ? row->expected : "a port from 0 to 65535, or a range such as 1-1024";
    case LIST_FLAGS:
        return words_text(out, "one of", row->words);
    default:
        return "one line of 1 to 255 bytes";
    }
}
