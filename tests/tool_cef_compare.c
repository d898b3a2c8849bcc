/*
 * Judges CEF lines against the records they were made of, line N against line N:
 *
 *   tool_cef_compare own CEF JSONL        by the strict reader of tests/cef_reader.h
 *   tool_cef_compare judged JSON JSONL CEF  by what lognormalizer made of the CEF lines
 *   tool_cef_compare feed CEF             prints CEF lines as lognormalizer wants them: a blank behind
 *                                         the last pipe, and a stand-in where its 10 KiB are too few
 *
 * What a record's field must look like in CEF is the row of record_fields.h. Prints each difference
 * as file:line: what; exit 1 when there is one.
 */
#include "tests/tool.h"

#include <libfastjson/json.h>

#include "parsers/record.h"
#include "tests/cef_reader.h"

#define JUDGE_MAX    10000 /* bytes of a line that lognormalizer reads whole */
#define REPORTED_MAX 40
#define STAND_IN     "CEF:0|-|-|-|-|-|0| act=-"

static const struct {
    const char *judge, *json; /* lognormalizer's name and the record's */
} headers[HEADERS] = {
    [VENDOR] = {"DeviceVendor", "vendor"},
    [PRODUCT] = {"DeviceProduct", "product"},
    [VERSION] = {"DeviceVersion", "device_version"},
    [CLASS_ID] = {"SignatureID", "event_id"},
    [NAME] = {"Name", "event_name"},
    [SEVERITY] = {"Severity", NULL},
};

static const char *file_name;
static size_t line_number, differences;

__attribute__((format(printf, 1, 2))) static bool differ(const char *format, ...)
{
    va_list arguments;
    if (differences++ < REPORTED_MAX) {
        va_start(arguments, format);
        printf("%s:%zu: ", file_name, line_number);
        vprintf(format, arguments);
        putchar('\n');
        va_end(arguments);
    }
    return false;
}

/* ---- lognormalizer's answer ---- */

static struct slice json_slice(struct fjson_object *value)
{
    return value ? slice_make(fjson_object_get_string(value),
                              (size_t)fjson_object_get_string_len(value))
                 : SLICE_NONE;
}

static struct fjson_object *json_line(const char *line, size_t len)
{
    struct fjson_tokener *tokener = fjson_tokener_new();
    struct fjson_object *object = fjson_tokener_parse_ex(tokener, line, (int)len);
    size_t end = (size_t)tokener->char_offset;
    while (end < len && line[end] == ' ')
        end++;
    bool good = object && end == len && fjson_object_is_type(object, fjson_type_object);
    fjson_tokener_free(tokener);
    if (!good)
        differ("is no JSON object: %.*s", (int)(len > 200 ? 200 : len), line);
    if (!good && object)
        fjson_object_put(object);
    return good ? object : NULL;
}

static bool read_judged(struct event *e, struct fjson_object *judged)
{
    struct fjson_object *value = NULL;
    for (int i = 0; i < HEADERS; i++) {
        if (!fjson_object_object_get_ex(judged, headers[i].judge, &value))
            return differ("lognormalizer refuses the line");
        e->header[i] = json_slice(value);
    }
    if (!fjson_object_object_get_ex(judged, "Extensions", &value))
        return true;
    struct fjson_object_iterator i = fjson_object_iter_begin(value);
    struct fjson_object_iterator end = fjson_object_iter_end(value);
    for (; !fjson_object_iter_equal(&i, &end) && e->n_pairs < CEF_PAIRS_MAX;
         fjson_object_iter_next(&i))
        e->pairs[e->n_pairs++] =
            (struct pair){.key = slice(fjson_object_iter_peek_name(&i)),
                          .value = json_slice(fjson_object_iter_peek_value(&i))};
    return true;
}

/* ---- comparing ---- */

/* As CEF carries a text: control characters are blanks; in the header, line breaks too. */
static bool same_text(struct slice got, struct slice expected, size_t limit, bool cut,
                      const char *kept)
{
    if (got.len > expected.len || (got.len < expected.len && !cut && expected.len <= limit))
        return false;
    if (got.len < expected.len && !cut && got.len + 3 < limit)
        return false;
    if (got.len < expected.len && ((unsigned char)expected.ptr[got.len] & 0xc0) == 0x80)
        return false;
    for (size_t i = 0; i < got.len; i++) {
        unsigned char c = (unsigned char)expected.ptr[i];
        bool control = (c < 0x20 && (c == 0 || !strchr(kept, c))) || c == 0x7f;
        if (got.ptr[i] != (control ? ' ' : (char)c))
            return false;
    }
    return true;
}

/* RFC 3339 with milliseconds, as records are written, in epoch milliseconds. */
static void time_text(char *out, size_t room, const char *text)
{
    struct tm t = {0};
    int ms = 0;
    if (sscanf(text, "%d-%d-%dT%d:%d:%d.%3dZ", &t.tm_year, &t.tm_mon, &t.tm_mday, &t.tm_hour,
               &t.tm_min, &t.tm_sec, &ms) != 7)
        differ("time '%s' is not RFC 3339 with milliseconds", text);
    t.tm_year -= 1900;
    t.tm_mon -= 1;
    snprintf(out, room, "%lld", (long long)timegm(&t) * 1000 + ms);
}

/* What the record's value must be in CEF; `room` holds it when it is not the JSON text itself. */
static struct slice expected_value(enum field_kind kind, struct fjson_object *value, char *room,
                                   size_t size)
{
    if (kind == KIND_TIME)
        time_text(room, size, fjson_object_get_string(value));
    else if (kind == KIND_DIRECTION)
        snprintf(room, size, "%d", !strcmp(fjson_object_get_string(value), "outbound"));
    else if (kind == KIND_NUMBER || kind == KIND_PORT)
        snprintf(room, size, "%lld", (long long)fjson_object_get_int64(value));
    else
        return json_slice(value);
    return slice(room);
}

static void compare_value(struct event *e, struct slice key, struct slice expected)
{
    struct pair *pair = pair_find(e, key);
    if (!pair) {
        if (!e->cut)
            differ("no %.*s, expected '%.*s'", TEXT(key), TEXT(expected));
        return;
    }
    pair->used = true;
    if (!same_text(pair->value, expected, limit_of(key), e->cut, "\n\r"))
        differ("%.*s is '%.*s', expected '%.*s'", TEXT(key), TEXT(pair->value), TEXT(expected));
}

/* `cef` is the row's column: "src", or "cs1Label=Rule cs1". */
static void compare_field(struct event *e, struct fjson_object *record, const char *name,
                          enum field_kind kind, const char *cef)
{
    struct fjson_object *value = NULL;
    const char *equals = strchr(cef, '='), *blank = strrchr(cef, ' ');
    struct slice key = slice(blank ? blank + 1 : cef);
    char room[32];
    if (!*cef || !fjson_object_object_get_ex(record, name, &value))
        return;
    struct slice expected = expected_value(kind, value, room, sizeof(room));
    uint64_t number;
    if (strcmp(name, "session_id") == 0 &&
        (!number_parse(expected, &number) || number > INT64_MAX)) {
        key = slice("ParapetSessionId"); /* cn3 takes numbers only */
        equals = NULL;
    }
    compare_value(e, key, expected);
    if (equals && pair_find(e, key))
        compare_value(e, slice_make(cef, (size_t)(equals - cef)),
                      slice_make(equals + 1, (size_t)(blank - equals - 1)));
}

/* Whether a vendor's name became this key: its letters and digits, at the end, perhaps numbered. */
static bool is_named_after(struct slice key, const char *name)
{
    size_t n = strlen(name) < 128 ? strlen(name) : 128;
    for (int numbered = 0; numbered < 2; numbered++) {
        size_t k = key.len, i = n;
        while (numbered && k && isdigit((unsigned char)key.ptr[k - 1]))
            k--;
        for (; i && k; i--) {
            if (!isalnum((unsigned char)name[i - 1]))
                continue;
            if (tolower((unsigned char)name[i - 1]) != tolower((unsigned char)key.ptr[k - 1]))
                break;
            k--;
        }
        if (i == 0)
            return true;
    }
    return false;
}

static void compare_extra(struct event *e, const char *name, struct slice expected)
{
    for (size_t i = 0; i < e->n_pairs; i++) {
        struct pair *pair = &e->pairs[i];
        if (pair->used || !is_named_after(pair->key, name) ||
            !same_text(pair->value, expected, 1023, e->cut, "\n\r"))
            continue;
        pair->used = true;
        return;
    }
    if (!e->cut)
        differ("the extra %s='%.*s' is nowhere", name, TEXT(expected));
}

static void compare_extras(struct event *e, struct fjson_object *record)
{
    struct fjson_object *extra = NULL;
    if (!fjson_object_object_get_ex(record, "extra", &extra))
        return;
    struct fjson_object_iterator i = fjson_object_iter_begin(extra);
    struct fjson_object_iterator end = fjson_object_iter_end(extra);
    for (; !fjson_object_iter_equal(&i, &end); fjson_object_iter_next(&i)) {
        const char *name = fjson_object_iter_peek_name(&i);
        struct fjson_object *value = fjson_object_iter_peek_value(&i);
        if (!fjson_object_is_type(value, fjson_type_array)) {
            compare_extra(e, name, json_slice(value));
            continue;
        }
        for (int j = 0; j < fjson_object_array_length(value); j++)
            compare_extra(e, name, json_slice(fjson_object_array_get_idx(value, j)));
    }
}

static void compare_header(struct event *e, struct fjson_object *record)
{
    struct fjson_object *value = NULL;
    for (int i = 0; i < SEVERITY; i++)
        if (fjson_object_object_get_ex(record, headers[i].json, &value) &&
            !same_text(e->header[i], json_slice(value), cef_header_limits[i], false, ""))
            differ("%s is '%.*s', expected '%s'", headers[i].judge, TEXT(e->header[i]),
                   fjson_object_get_string(value));
    /* What fires for the source may raise the severity above the message's own. */
    long got = strtol(e->header[SEVERITY].ptr, NULL, 10);
    long own =
        fjson_object_object_get_ex(record, "severity", &value) ? fjson_object_get_int(value) : 0;
    bool raised = fjson_object_object_get_ex(record, "detections", &value);
    if (got < own || (got > own && !raised))
        differ("severity is %ld, expected %ld", got, own);
}

static void compare(struct event *e, struct fjson_object *record)
{
    struct fjson_object *status = NULL, *raw = NULL;
    bool unparsed = fjson_object_object_get_ex(record, "parse", &status);
    e->cut = pair_find(e, slice("ParapetCut")) != NULL;
    compare_header(e, record);
#define FIELD(kind, name, cef, meaning)                                                            \
    if (!unparsed || strcmp(cef, "msg"))                                                           \
        compare_field(e, record, #name, KIND_##kind, cef);
#include "parsers/record_fields.h"
#undef FIELD
    if (unparsed && fjson_object_object_get_ex(record, "raw", &raw)) {
        compare_value(e, slice("ParapetParseStatus"), json_slice(status));
        compare_value(e, slice("msg"), json_slice(raw));
    }
    compare_extras(e, record);
    for (size_t i = 0; i < e->n_pairs; i++)
        if (!e->pairs[i].used && !slice_is(e->pairs[i].key, "ParapetCut"))
            differ("%.*s='%.*s' is not in the record", TEXT(e->pairs[i].key),
                   TEXT(e->pairs[i].value));
}

/* ---- files ---- */

struct lines {
    FILE *file;
    char *line;
    size_t room, len;
};

static struct lines lines_open(const char *path)
{
    struct lines l = {.file = fopen(path, "r")};
    if (!l.file)
        tool_fail("%s: %s", path, strerror(errno));
    return l;
}

static bool lines_next(struct lines *l)
{
    ssize_t n = getline(&l->line, &l->room, l->file);
    l->len = n > 0 ? (size_t)n - (l->line[n - 1] == '\n') : 0;
    return n > 0;
}

static void lines_close(struct lines *l)
{
    free(l->line);
    fclose(l->file);
}

static int feed(const char *path)
{
    struct lines cef = lines_open(path);
    while (lines_next(&cef)) {
        char *p = cef.line, *end = cef.line + cef.len;
        for (int pipes = 0; p && pipes <= HEADERS; pipes++)
            p = (p = find_plain(p, end, '|')) ? p + 1 : NULL;
        if (cef.len > JUDGE_MAX)
            puts(STAND_IN);
        else if (!p)
            printf("%.*s\n", (int)cef.len, cef.line);
        else
            printf("%.*s %.*s\n", (int)(p - cef.line), cef.line, (int)(end - p), p);
    }
    lines_close(&cef);
    return 0;
}

static bool own_reading(struct event *e, const struct lines *cef)
{
    return cef_read(e, cef->line, cef->len) || differ("%s", e->error);
}

static void compare_line(const struct lines *cef, const struct lines *judged,
                         const struct lines *json)
{
    static struct event e;
    struct fjson_object *record = json_line(json->line, json->len), *answer = NULL;
    e.n_pairs = 0;
    e.text = NULL;
    if (judged)
        answer = json_line(judged->line, judged->len);
    if (record && (!judged || answer) && (judged ? read_judged(&e, answer) : own_reading(&e, cef)))
        compare(&e, record);
    free(e.text);
    if (record)
        fjson_object_put(record);
    if (answer)
        fjson_object_put(answer);
}

int main(int argc, char **argv)
{
    bool own = argc == 4 && !strcmp(argv[1], "own"),
         judge = argc == 5 && !strcmp(argv[1], "judged");
    if (argc == 3 && !strcmp(argv[1], "feed"))
        return feed(argv[2]);
    if (!own && !judge)
        tool_fail("usage: tool_cef_compare feed CEF | own CEF JSONL | judged JSON JSONL CEF");
    struct lines json = lines_open(argv[3]), judged = {0}, cef;
    cef = lines_open(argv[judge ? 4 : 2]);
    if (judge)
        judged = lines_open(argv[2]);
    file_name = argv[judge ? 4 : 2];
    for (line_number = 1;; line_number++) {
        bool more = lines_next(&cef);
        if (more != lines_next(&json) || (judge && more != lines_next(&judged))) {
            differ("the files differ in their number of lines");
            break;
        }
        if (!more)
            break;
        if (!judge || cef.len <= JUDGE_MAX)
            compare_line(&cef, judge ? &judged : NULL, &json);
    }
    printf("%zu lines, %zu differences\n", line_number - 1, differences);
    lines_close(&json);
    lines_close(&cef);
    if (judge)
        lines_close(&judged);
    return differences ? 1 : 0;
}
