/*
 * Records as JSON by libfastjson. Two things it does not do are done here: text of any bytes is made
 * valid UTF-8 without NULs first (its strings end at one), and the slashes it escapes are put back, so that the lines read as written.
 */
#include "parsers/record_json.h"

#include <libfastjson/json.h>
#include <stdlib.h>

#include "parsers/text/timestamp.h"
#include "parsers/text/utf8.h"

struct fjson_object *json_text(struct slice text)
{
    const char *p = text.ptr, *end = slice_end(text);
    bool valid = true;
    while (p < end && valid) {
        size_t n = utf8_sequence(p, end);
        valid = n != 0 && *p != '\0';
        p += n;
    }
    if (valid)
        return fjson_object_new_string_len(text.ptr, (int)text.len);
    char *copy = malloc(text.len * 3), *out = copy;
    if (!copy)
        return NULL;
    for (p = text.ptr; p < end;) {
        size_t n = *p ? utf8_sequence(p, end) : 0;
        memcpy(out, n ? p : UTF8_REPLACEMENT, n ? n : 3);
        out += n ? n : 3;
        p += n ? n : 1;
    }
    struct fjson_object *object = fjson_object_new_string_len(copy, (int)(out - copy));
    free(copy);
    return object;
}

struct fjson_object *json_time(int64_t ms)
{
    char text[TIMESTAMP_TEXT_LEN];
    return fjson_object_new_string_len(text, (int)(timestamp_format(text, ms) - text));
}

static struct fjson_object *json_number(uint64_t n)
{
    return fjson_object_new_int64(n > INT64_MAX ? INT64_MAX : (int64_t)n);
}

static struct fjson_object *json_protocol(unsigned number)
{
    const char *name = protocol_name(number);
    char digits[8];
    if (name)
        return fjson_object_new_string(name);
    snprintf(digits, sizeof(digits), "%u", number);
    return fjson_object_new_string(digits);
}

/* Extras under their own names; a name that comes again turns its value into an array. */
static struct fjson_object *json_extras(const struct record *r)
{
    struct fjson_object *object = fjson_object_new_object();
    for (unsigned i = 0; i < r->extra; i++) {
        char name[256];
        struct slice key = slice_first(r->extras[i].name, sizeof(name) - 1);
        struct fjson_object *value = json_text(r->extras[i].value), *before = NULL;
        memcpy(name, key.ptr, key.len);
        name[key.len] = '\0';
        if (!fjson_object_object_get_ex(object, name, &before)) {
            fjson_object_object_add(object, name, value);
            continue;
        }
        if (!fjson_object_is_type(before, fjson_type_array)) {
            struct fjson_object *array = fjson_object_new_array();
            fjson_object_array_add(array, fjson_object_get(before));
            fjson_object_object_add(object, name, array);
            before = array;
        }
        fjson_object_array_add(before, value);
    }
    return object;
}

static struct fjson_object *json_field(const struct record *r, const struct field_info *field)
{
    const void *member = (const char *)r + field->offset;
    char address[ADDRESS_TEXT_MAX];
    switch (field->kind) {
    case KIND_TEXT:
        return json_text(*(const struct slice *)member);
    case KIND_NUMBER:
        return json_number(*(const uint64_t *)member);
    case KIND_PORT:
        return fjson_object_new_int64(*(const uint16_t *)member);
    case KIND_ADDRESS: {
        char *end = address_format(address, *(const struct address *)member);
        return fjson_object_new_string_len(address, (int)(end - address));
    }
    case KIND_TIME:
        return json_time(*(const int64_t *)member);
    case KIND_FLAG:
        return fjson_object_new_boolean(*(const bool *)member);
    case KIND_SEVERITY:
        return fjson_object_new_int64(*(const uint8_t *)member);
    case KIND_PROTOCOL:
        return json_protocol(*(const uint8_t *)member);
    case KIND_EXTRA:
        return json_extras(r);
    default:
        return fjson_object_new_string(record_word(field->kind, *(const uint8_t *)member));
    }
}

static void add_fields(struct fjson_object *object, const struct record *r)
{
    for (uint64_t left = r->has; left; left &= left - 1) {
        const struct field_info *field = &record_fields[__builtin_ctzll(left)];
        fjson_object_object_add(object, field->name, json_field(r, field));
    }
    if (r->count > 1) {
        fjson_object_object_add(object, "count", json_number(r->count));
        fjson_object_object_add(object, "first_seen", json_time(r->first_ms));
        fjson_object_object_add(object, "last_seen", json_time(r->last_ms));
    }
    if (r->sample_rate > 1)
        fjson_object_object_add(object, "sample_rate", json_number(r->sample_rate));
    if (r->time_suspect)
        fjson_object_object_add(object, "time_suspect", fjson_object_new_boolean(1));
    if (r->cut)
        fjson_object_object_add(object, "cut", fjson_object_new_boolean(1));
}

struct print {
    json_write write;
    void *context;
    bool escaped; /* the byte before was a backslash that escapes the next one */
};

/* fjson's writer callback: passes text on, "\/" as "/". A pair may be split between two calls. */
static size_t print_piece(void *context, const char *bytes, size_t len)
{
    struct print *print = context;
    size_t from = 0;
    for (size_t i = 0; i < len; i++) {
        if (print->escaped) {
            print->escaped = false;
            if (bytes[i] != '/')
                print->write(print->context, "\\", 1);
            from = i;
        } else if (bytes[i] == '\\') {
            print->write(print->context, bytes + from, i - from);
            print->escaped = true;
            from = i + 1;
        }
    }
    if (from < len)
        print->write(print->context, bytes + from, len - from);
    return len;
}

void json_print(struct fjson_object *object, json_write write, void *context)
{
    struct print print = {write, context, false};
    fjson_object_dump_ext(object, FJSON_TO_STRING_PLAIN, print_piece, &print);
}

void record_json(const struct record *r, json_write write, void *context)
{
    struct fjson_object *object = fjson_object_new_object();
    add_fields(object, r);
    json_print(object, write, context);
    fjson_object_put(object);
}

void record_json_unparsed(const struct record *r, const char *status, struct slice raw,
                          json_write write, void *context)
{
    struct fjson_object *object = fjson_object_new_object();
    fjson_object_object_add(object, "parse", fjson_object_new_string(status));
    add_fields(object, r);
    fjson_object_object_add(object, "raw", json_text(raw));
    json_print(object, write, context);
    fjson_object_put(object);
}
