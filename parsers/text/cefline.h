/*
 * Reading a CEF line (Common Event Format, version 0 and 1) as devices and relays really send it:
 *
 *   CEF:0|Vendor|Product|Version|class id|name|severity|key=value key=two words key=value
 *
 * Writing CEF is server/forward/cef.c's and shares nothing with this.
 */
#pragma once

#include "parsers/text/kv.h"

struct cefline {
    /* As they stand there, with their escapes. */
    struct slice vendor, product, version, class_id, name, severity;
    struct slice extension; /* for cefline_pairs */
};

/* The pairs of an extension, one after the other. */
struct cefline_pairs {
    const char *key, *equals; /* where the next one stands; key is NULL when there is none */
    const char *begin, *end;  /* of the extension */
};

/*
 * Reads the fields between the pipes. "CEF: 0|", an empty field in front of the vendor, and a line
 * whose "CEF:" a relay took for the tag ("0|Vendor|") are understood. False when it is no CEF line
 * or ends within its header; fields that were there are set even then, the others are empty.
 */
bool cefline_read(struct slice text, struct cefline *out);

/*
 * The pairs, and the next of them; false when there is none. A value goes on until the next " key=",
 * a key being [A-Za-z_][A-Za-z0-9_:.-]*; an equals sign behind anything else, or behind a backslash,
 * belongs to the value. Colons at the end of a name ("scheme:=IKE") are left out, and so is what
 * stands in front of the first key.
 */
struct cefline_pairs cefline_pairs(struct slice extension);
bool cefline_next(struct cefline_pairs *it, struct kv *out);

/* Undoes \\ \= \| \n \r and leaves other backslashes. Writes at most text.len bytes to `out`, which
 * may be text.ptr itself; returns how many. */
size_t cefline_unescape(struct slice text, char *out);
