/*
 * Reading a LEEF line (IBM's Log Event Extended Format, 1.0 and 2.0):
 *
 *   LEEF:1.0|Vendor|Product|version|event id|key=value<TAB>key=value
 *   LEEF:2.0|Vendor|Product|version|event id|^|key=value^key=value
 *
 * Version 2.0 may name its delimiter: a character, or its code as 0x5E or x5E. Without one it is the
 * tab. Where a relay has replaced tabs ("#011", blanks), or a device separates by pipes without
 * saying so, that is what separates.
 */
#pragma once

#include "parsers/text/kv.h"

struct leef {
    struct slice vendor, product, version, event_id;
    struct slice attributes; /* for leef_next */
    struct slice delimiter;  /* of one to four bytes */
};

/* False when it is no LEEF line or ends within its header; fields that were there are set even
 * then, the others are empty. "LEEF:" may have been taken for a tag: "2.0|Vendor|". */
bool leef_read(struct slice text, struct leef *out);

/* The next pair, taken off the attributes; false when there is none. What has no "key=" in front
 * belongs to the value before it. */
bool leef_next(struct leef *leef, struct kv *out);
