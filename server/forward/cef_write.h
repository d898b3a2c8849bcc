/*
 * Writing CEF's pieces: text with the escapes of its place, numbers, the pairs of a record. These
 * are the only places that know CEF's escapes, so that no text of a device can become a key, a field
 * or a line of its own. Only cef.c and its parts include this.
 *
 * Nothing asks for room: between two pairs it is seen whether the line is longer than any may be,
 * and from there to the end of the batch any pair has room, with its escapes.
 */
#pragma once

#include "parsers/text/digits.h"
#include "parsers/text/plain.h"
#include "server/forward/cef.h"

#define CEF_TEXT_MAX   4000               /* bytes of a value; no key of CEF takes more */
#define CEF_ROOM       (6 * CEF_TEXT_MAX) /* behind `stop`: a pair, msg and marks, every byte as three */
#define CEF_LAST_ROUND 16 /* values of so few bytes, and no extras: this always fits */

/* The byte that ends a name in the extension, and a field in the header. */
#define CEF_IN_EXTENSION '='
#define CEF_IN_HEADER    '|'

struct cef_writer {
    char *p;
    const char *stop; /* behind it no further pair begins */
    size_t
        text_limit; /* a value is cut to this, or to its key's own limit; CEF_LAST_ROUND at least */
    struct plain_blocks blocks; /* of the message */
    bool cut;
};

static inline void cef_put_raw(struct cef_writer *w, const char *text, size_t len)
{
    memcpy(w->p, text, len);
    w->p += len;
}

#define CEF_PUT(w, literal) cef_put_raw(w, literal, sizeof(literal) - 1)

/* Text at p, cut to `limit` bytes; returns its end. Every byte becomes at most three. */
char *cef_escape(struct cef_writer *w, char *p, struct slice text, size_t limit, char place);

/* A value, likewise, which most often is longer than a block. */
char *cef_copy_long(struct cef_writer *w, char *p, struct slice text, size_t limit);

/* Most values stand in the message, are no longer than a block, which no limit cuts, and plain: whether
 * this one is and has been copied. */
static inline __attribute__((always_inline)) bool cef_copy_short(struct plain_blocks blocks,
                                                                 char *p, const struct slice *text)
{
    return __builtin_expect(text->len <= PLAIN_BLOCK && plain_has_block(blocks, text->ptr), 1) &&
           __builtin_expect(plain_copy_block(p, text->ptr, text->len, CEF_IN_EXTENSION), 1);
}
_Static_assert(CEF_LAST_ROUND >= PLAIN_BLOCK, "no round cuts a block");

static inline void cef_put_escaped(struct cef_writer *w, struct slice text, size_t limit,
                                   char place)
{
    w->p = cef_escape(w, w->p, text, limit, place);
}

static inline void cef_put_number(struct cef_writer *w, uint64_t n)
{
    w->p = digits_format(w->p, n);
}

void cef_put_time(struct cef_writer *w, int64_t ms); /* epoch milliseconds */

/* " key=" of a field; whether it has one; " key=value" of a text. */
void cef_put_key(struct cef_writer *w, enum record_field field);
bool cef_has_key(enum record_field field);
void cef_put_text_field(struct cef_writer *w, enum record_field field, struct slice text);

/* The fields that are words: few of their combinations occur. */
#define CEF_WORDS                                                                                  \
    (UINT64_C(1) << FIELD_category | UINT64_C(1) << FIELD_action | UINT64_C(1) << FIELD_outcome |  \
     UINT64_C(1) << FIELD_evidence | UINT64_C(1) << FIELD_direction |                              \
     UINT64_C(1) << FIELD_protocol)
void cef_put_words(struct cef_writer *w, const struct record *r);

/* Those of `has` among the other fields that have a key, but msg, which comes last of all. They do not
 * ask how long the line is. Then the extras. */
void cef_put_fields(struct cef_writer *w, const struct cef_format *format, const struct record *r,
                    uint64_t has);
void cef_put_extras(struct cef_writer *w, struct cef_memory *memory, const struct record *r);

/* One text of CEF's header. */
void cef_put_header_text(struct cef_writer *w, struct slice text, const char *otherwise,
                         size_t limit);
/* A whole alert. */
void cef_put_alert(struct cef_writer *w, const struct cef_format *format, const struct alert *a);
