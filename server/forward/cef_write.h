/*
 * Writing CEF's pieces: text with the escapes of its place, numbers, the pairs of a record. These
 * are the only places that know CEF's escapes, so that no text of a device can become a key, a field
 * or a line of its own. Only cef.c and its parts include this.
 */
#pragma once

#include "server/forward/cef.h"

#define CEF_ROOM_RESERVED 1024 /* kept free for what is written without asking: keys, numbers */
#define CEF_LAST_ROUND    16   /* values of so few bytes, and no extras: this always fits */

/* The byte that ends a name in the extension, and a field in the header. */
#define CEF_IN_EXTENSION '='
#define CEF_IN_HEADER    '|'

struct cef_writer {
    char *p;
    char *end;         /* of the room; text that does not fit is left out and marked */
    char *soft_end;    /* behind it no further field begins: only in the last round */
    size_t text_limit; /* a value is cut to this, or to its key's own limit */
    bool cut;
};

static inline void cef_put_raw(struct cef_writer *w, const char *text, size_t len)
{
    memcpy(w->p, text, len);
    w->p += len;
}

#define CEF_PUT(w, literal) cef_put_raw(w, literal, sizeof(literal) - 1)

/* Text, cut to `limit` bytes; every byte becomes at most three. What has no room is left out. */
void cef_put_escaped(struct cef_writer *w, struct slice text, size_t limit, char place);
void cef_put_number(struct cef_writer *w, uint64_t n);
void cef_put_time(struct cef_writer *w, int64_t ms); /* epoch milliseconds */

/* " key=" of a field; whether it has one; " key=value" of a text. */
void cef_put_key(struct cef_writer *w, enum record_field field);
bool cef_has_key(enum record_field field);
void cef_put_text_field(struct cef_writer *w, enum record_field field, struct slice text);

/* Every set field that has a key, but msg, which comes last of all; then the extras. */
void cef_put_fields(struct cef_writer *w, const struct cef_format *format, const struct record *r);
void cef_put_extras(struct cef_writer *w, struct cef_memory *memory, const struct record *r);
