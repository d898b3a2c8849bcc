/*
 * A strict reader of CEF lines, written from the CEF Implementation Standard and not from our
 * writer, so that the two can judge each other. It refuses what some receiver would misread:
 * unknown escapes, control characters, keys that come twice, values that are empty, too long or not
 * of their key's type, custom slots without their label, msg anywhere but last.
 */
#pragma once

#include <arpa/inet.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "parsers/text/slice.h"
#include "parsers/text/utf8.h"

#define CEF_PAIRS_MAX 512

enum cef_header { VENDOR, PRODUCT, VERSION, CLASS_ID, NAME, SEVERITY, HEADERS };
static const size_t cef_header_limits[HEADERS] = {63, 63, 31, 1023, 512, 2};
static const char *const cef_header_names[HEADERS] = {"vendor",   "product", "version",
                                                      "class id", "name",    "severity"};

struct pair {
    struct slice key, value;
    bool used;
};

/* A CEF line read back. Texts point into `text`, which the reader's caller frees. */
struct event {
    struct slice header[HEADERS];
    struct pair pairs[CEF_PAIRS_MAX];
    size_t n_pairs;
    bool cut; /* it says that values were shortened */
    char *text;
    char error[512]; /* why cef_read returned false */
};

#define TEXT(s) (int)((s).len < 200 ? (s).len : 200), (s).ptr

static inline struct pair *pair_find(struct event *e, struct slice key)
{
    for (size_t i = 0; i < e->n_pairs; i++)
        if (slice_equals(e->pairs[i].key, key))
            return &e->pairs[i];
    return NULL;
}

__attribute__((format(printf, 2, 3))) static inline bool refuse(struct event *e, const char *format,
                                                                ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(e->error, sizeof(e->error), format, arguments);
    va_end(arguments);
    return false;
}

/* The limits that are not 1023, and the keys a producer must not set (0). */
static const struct {
    const char *key;
    size_t limit;
} limits[] = {
    {"act", 63},        {"app", 31},
    {"proto", 31},      {"deviceInboundInterface", 128},
    {"externalId", 40}, {"deviceOutboundInterface", 128},
    {"dvchost", 100},   {"deviceExternalId", 255},
    {"sntdom", 255},    {"dntdom", 255},
    {"fileHash", 255},  {"cs1", 4000},
    {"cs2", 4000},      {"cs3", 4000},
    {"cs4", 4000},      {"cs5", 4000},
    {"cs6", 4000},      {"eventId", 0},
    {"rawEvent", 0},    {"agt", 0},
    {"ahost", 0},       {"aid", 0},
    {"art", 0},         {"at", 0},
    {"atz", 0},         {"av", 0},
    {"slat", 0},        {"slong", 0},
    {"dlat", 0},        {"dlong", 0},
    {"customerURI", 0},
};

static const char *const digit_keys[] = {"spt",
                                         "dpt",
                                         "in",
                                         "out",
                                         "cnt",
                                         "cn1",
                                         "cn2",
                                         "cn3",
                                         "rt",
                                         "end",
                                         "start",
                                         "type",
                                         "deviceDirection",
                                         "sourceTranslatedPort",
                                         "destinationTranslatedPort",
                                         "deviceCustomDate1",
                                         "deviceCustomDate2"};
static const char *const address_keys[] = {
    "src", "dst", "dvc", "sourceTranslatedAddress", "destinationTranslatedAddress", "c6a2", "c6a3"};
static const char *const labelled[] = {
    "cs", "cn", "c6a", "cfp", "flexString", "flexNumber", "deviceCustomDate"};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static inline size_t limit_of(struct slice key)
{
    for (size_t i = 0; i < COUNT(limits); i++)
        if (slice_is(key, limits[i].key))
            return limits[i].limit;
    return 1023;
}

/* Where invalid bytes became three, a text that was cut before may be longer than its limit. */
static inline bool fits(struct slice s, size_t limit)
{
    return s.len && (s.len <= limit || memmem(s.ptr, s.len, UTF8_REPLACEMENT, 3));
}

static inline bool listed(struct slice key, const char *const *table, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (slice_is(key, table[i]))
            return true;
    return false;
}

/* Unescapes in place; `others` are the letters that may follow a backslash beside itself. */
static inline bool unescape(struct event *e, struct slice *s, const char *others, const char *what)
{
    char *out = (char *)s->ptr;
    for (const char *p = s->ptr, *end = slice_end(*s); p < end;) {
        size_t n = utf8_sequence(p, end);
        if (n == 0)
            return refuse(e, "%s: not UTF-8", what);
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            return refuse(e, "%s: control character %d", what, *p);
        if (*p != '\\') {
            memmove(out, p, n);
            out += n;
            p += n;
            continue;
        }
        if (end - p < 2 || !p[1] || (p[1] != '\\' && !strchr(others, p[1])))
            return refuse(e, "%s: unknown escape \\%.*s", what, (int)(end - p > 1), p + 1);
        *out++ = p[1] == 'n' ? '\n' : p[1] == 'r' ? '\r' : p[1];
        p += 2;
    }
    s->len = (size_t)(out - s->ptr);
    return true;
}

/* Where the next `c` is that no backslash stands before; NULL: nowhere. */
static inline char *find_plain(char *p, char *end, char c)
{
    for (; p < end; p++) {
        if (*p == '\\')
            p++;
        else if (*p == c)
            return p;
    }
    return NULL;
}

static inline bool read_header(struct event *e, char **at, char *end)
{
    char *p = *at;
    if (end - p < 6 || memcmp(p, "CEF:0|", 6))
        return refuse(e, "does not begin with CEF:0|");
    p += 6;
    for (int i = 0; i < HEADERS; i++) {
        char *pipe = find_plain(p, end, '|');
        if (!pipe)
            return refuse(e, "header ends before %s", cef_header_names[i]);
        e->header[i] = slice_make(p, (size_t)(pipe - p));
        if (!unescape(e, &e->header[i], "|", cef_header_names[i]))
            return false;
        if (!fits(e->header[i], cef_header_limits[i]))
            return refuse(e, "%s has %zu bytes", cef_header_names[i], e->header[i].len);
        p = pipe + 1;
    }
    struct slice severity = e->header[SEVERITY];
    if (!(severity.len == 1 && isdigit((unsigned char)*severity.ptr)) && !slice_is(severity, "10"))
        return refuse(e, "severity '%.*s'", TEXT(severity));
    *at = p;
    return true;
}

static inline bool check_pair(struct event *e, const struct pair *pair)
{
    size_t limit = limit_of(pair->key);
    if (limit == 0)
        return refuse(e, "%.*s is not for producers", TEXT(pair->key));
    if (!fits(pair->value, limit))
        return refuse(e, "%.*s has %zu bytes", TEXT(pair->key), pair->value.len);
    if (listed(pair->key, digit_keys, COUNT(digit_keys)))
        for (size_t i = 0; i < pair->value.len; i++)
            if (!isdigit((unsigned char)pair->value.ptr[i]))
                return refuse(e, "%.*s=%.*s is no number", TEXT(pair->key), TEXT(pair->value));
    if (listed(pair->key, address_keys, COUNT(address_keys))) {
        char text[64], bytes[16];
        snprintf(text, sizeof(text), "%.*s", TEXT(pair->value));
        if (inet_pton(AF_INET, text, bytes) != 1 && inet_pton(AF_INET6, text, bytes) != 1)
            return refuse(e, "%.*s=%s is no address", TEXT(pair->key), text);
    }
    return true;
}

/* A custom slot (cs1) is worth nothing without its label (cs1Label), nor the label without it. */
static inline bool check_labels(struct event *e)
{
    for (size_t i = 0; i < e->n_pairs; i++) {
        struct slice key = e->pairs[i].key;
        char name[64];
        bool is_label = key.len > 5 && !memcmp(slice_end(key) - 5, "Label", 5);
        size_t stem = is_label ? key.len - 5 : key.len;
        for (size_t j = 0; j < COUNT(labelled); j++) {
            size_t n = strlen(labelled[j]);
            if (stem != n + 1 || memcmp(key.ptr, labelled[j], n) ||
                !isdigit((unsigned char)key.ptr[n]))
                continue;
            snprintf(name, sizeof(name), "%.*s%s", (int)stem, key.ptr, is_label ? "" : "Label");
            if (!pair_find(e, slice(name)))
                return refuse(e, "%.*s without %s", TEXT(key), name);
        }
    }
    return true;
}

/* key=value key=value: a value ends where a blank, a key and an unescaped '=' follow. */
static inline bool read_extension(struct event *e, char *p, char *end)
{
    if (p < end && *p == ' ')
        p++;
    while (p < end) {
        char *equals = find_plain(p, end, '='), *value_end = end, *next = end;
        struct pair pair = {.key = {p, equals ? (size_t)(equals - p) : 0}};
        for (size_t i = 0; i < pair.key.len; i++)
            if (!isalnum((unsigned char)p[i]))
                return refuse(e, "'%.*s' is no key: an '=' is not escaped", TEXT(pair.key));
        if (!pair.key.len || !isalpha((unsigned char)*p))
            return refuse(e, "no key at '%.*s'", (int)(end - p > 40 ? 40 : end - p), p);
        char *equals_2 = find_plain(equals + 1, end, '=');
        if (equals_2) {
            for (next = equals_2; next > equals + 1 && next[-1] != ' '; next--)
                ;
            if (next == equals + 1)
                return refuse(e, "%.*s: empty, or an '=' is not escaped", TEXT(pair.key));
            value_end = next - 1;
        }
        pair.value = slice_make(equals + 1, (size_t)(value_end - equals - 1));
        if (!unescape(e, &pair.value, "=nr", "value") || !check_pair(e, &pair))
            return false;
        if (pair_find(e, pair.key))
            return refuse(e, "%.*s comes twice", TEXT(pair.key));
        if (e->n_pairs == CEF_PAIRS_MAX)
            return refuse(e, "more than %d keys", CEF_PAIRS_MAX);
        e->pairs[e->n_pairs++] = pair;
        p = next;
    }
    for (size_t i = 0; i + 1 < e->n_pairs; i++)
        if (slice_is(e->pairs[i].key, "msg"))
            return refuse(e, "msg is not last");
    return check_labels(e);
}

/* False: the line is no good, and e->error says why. */
static inline bool cef_read(struct event *e, const char *line, size_t len)
{
    e->n_pairs = 0;
    e->text = malloc(len + 1);
    if (!e->text)
        return refuse(e, "no memory");
    memcpy(e->text, line, len);
    char *p = e->text;
    return read_header(e, &p, e->text + len) && read_extension(e, p, e->text + len);
}
