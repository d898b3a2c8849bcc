/* Records as JSON: one object, no line break, keys in the order of record_fields.h, unset ones
 * absent, invalid UTF-8 replaced. Written by libfastjson: for people, goldens and files, not for the
 * hot path. */
#pragma once

#include "parsers/record.h"

struct fjson_object;

/* Receives the text piece by piece. */
typedef void (*json_write)(void *context, const char *bytes, size_t len);

void record_json(const struct record *r, json_write write, void *context);

/* A message that did not become a record: "parse" (status), what is known of it, and "raw". */
void record_json_unparsed(const struct record *r, const char *status, struct slice raw,
                          json_write write, void *context);

/* For other writers of JSON: an object's text, a string value made of any bytes, a time. */
void json_print(struct fjson_object *object, json_write write, void *context);
struct fjson_object *json_text(struct slice text);
struct fjson_object *json_time(int64_t ms);
