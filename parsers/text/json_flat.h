/*
 * Reading a JSON object (RFC 8259) forward as pairs of keys and values, for objects that are flat or
 * nearly so, as log exporters write them. Nothing is built and nothing allocated: what libfastjson
 * needs 3.5 us for is a walk over the text.
 *
 *   {"src":"192.0.2.1","s_port":4711,"layer_name":["Network","Web"]}
 *
 * An element of an array comes under the array's key, one pair each; a member of an inner object
 * under its own. Numbers, true and false are the text that stands there, null is empty.
 */
#pragma once

#include "parsers/text/kv.h"

#define JSON_FLAT_DEPTH 8   /* objects and arrays in one another */
#define JSON_FLAT_PAIRS 512 /* in one object; hostile texts have more */

struct json_flat {
    struct cursor rest;
    unsigned depth, pairs;
    bool due; /* a comma stands in front of the next member */
    bool
        broken; /* no JSON, too deep or too many pairs; a text that merely ends early is not broken */
    struct {
        struct slice key;
        bool array;
    } frames[JSON_FLAT_DEPTH];
};

/* Over a text that begins with the object; what follows the object is left. */
struct json_flat json_flat_over(struct slice text);

/* The next pair; false when there is none, see `broken`. A value is `escaped` when it holds
 * backslashes: json_flat_unescape. A string that the text's end cuts off is `cut`. */
bool json_flat_next(struct json_flat *it, struct kv *out);

/* Undoes the escapes of a string, \u pairs included; a lone half becomes U+FFFD. Writes at most
 * text.len bytes to `out`, which may be text.ptr itself; returns how many. */
size_t json_flat_unescape(struct slice text, char *out);
