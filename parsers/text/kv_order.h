/*
 * The keys of a device's messages come in the same order line after line. What came after what is
 * remembered here, so that a name is compared with the one that is due before a table is searched.
 * A wrong guess costs time, nothing else: what is read depends on the line alone.
 */
#pragma once

#include "parsers/text/kv.h"

#define KV_ORDERED 256
#define KV_SHORT   16 /* bytes of a name and what ends it that are compared at once */
#define KV_NEAR    36 /* of these, a short value and what ends that */

/* A key, and the one that came after it lately. */
struct kv_due {
    const struct kv_due *next;
    const struct kv_key *key;
    _Alignas(16) char begins[KV_NAME_MAX + 3]; /* the name and what parts it from its value */
    uint32_t len;                              /* of these */
    uint32_t mask, all; /* bits of the first 16 bytes; all of no bits: there are more */
};

/* One a thread for each table of keys, all zero at first. */
struct kv_order {
    struct kv_due keys[KV_ORDERED]; /* each at the place that its row's address says */
    struct kv_due begin;            /* in front of a line's first key */
};

/* Where every line begins. `order` may be NULL: then nothing is remembered. */
const struct kv_due *kv_order_begin(struct kv_order *order);

/* Remembers that a key came after that of `before`; returns what the next one will come after.
 * `behind` is what stands between names and values, three bytes at most. */
const struct kv_due *kv_order_learn(struct kv_order *order, const struct kv_due *before,
                                    const struct kv_key *key, const char *behind);

/* Bit n: byte n of two texts of 16 is the same, of which the second is aligned. */
static inline unsigned kv_alike_plain(const char *a, const char *b)
{
    unsigned same = 0;
    for (int i = 0; i < 16; i++)
        same |= (unsigned)(a[i] == b[i]) << i;
    return same;
}

static inline unsigned kv_alike(const char *a, const char *b)
{
#ifdef __SSE2__
    __m128i equal = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)a),
                                   _mm_load_si128((const __m128i *)(const void *)b));
    return (unsigned)_mm_movemask_epi8(equal);
#else
    return kv_alike_plain(a, b);
#endif
}

/* Before which place more than n bytes can be read. */
static inline const char *kv_near(struct slice text, size_t n)
{
    return text.len > n ? slice_end(text) - n : text.ptr;
}

/* kv_begins of a name that is not short: none where less than 16 bytes more are before `near`. */
const char *kv_begins_long(const struct kv_due *due, const char *p, const char *near);

/* Where the value begins behind the name that is due, if that stands at p, of which 16 bytes can be
 * read; else NULL. `near` is kv_near of the text. */
static inline const char *kv_begins(const struct kv_due *due, const char *p, const char *near)
{
    const char *begin = p + due->len;
    return (kv_alike(p, due->begins) & due->mask) == due->all ? begin
                                                              : kv_begins_long(due, p, near);
}

/* Whether a value whose last byte is neither blank nor quote ends in `"; ` at p, looking at the last
 * byte and those three. */
static inline bool kv_closes_plain(const char *p)
{
    return (unsigned char)p[-1] > '"' && p[0] == '"' && p[1] == ';' && p[2] == ' ';
}

static inline bool kv_closes(const char *p)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    const uint32_t least = '"' + 1 + ('"' << 8 | ';' << 16 | ' ' << 24);
    return kv_load4(p - 1) - least <= UINT8_MAX - ('"' + 1);
#else
    return kv_closes_plain(p);
#endif
}

/*
 * Where a value ends that begins at p, less than KV_SHORT bytes behind a place that is before
 * `near`, if it ends in `"; `, is not empty, and has neither quote nor backslash and no blank at its
 * end; else NULL: the pair has to be looked at by kv_quoted_next. The next pair begins three bytes
 * behind the end.
 */
static inline const char *kv_quoted_ends(const char *p, const char *near)
{
    unsigned marks;
    while (__builtin_expect((marks = kv_marks(p)) == 0, 0))
        if ((p += 16) >= near)
            return NULL;
    p += (unsigned)__builtin_ctz(marks);
    return kv_closes(p) ? p : NULL;
}

/* The same, and the name in front of it, of a pair that stands at `at`, not far from the end. */
bool kv_quoted_last(const struct kv_due *due, const char *at, const char *end, struct slice *value);

/* Where the value begins of a plain pair of the key that is due, if it stands at p behind a blank or
 * none, and has no quotes; else NULL. `near` is kv_near(text, KV_SHORT). */
static inline const char *kv_plain_due(const struct kv_due *due, const char *p, const char *near)
{
    if (p >= near)
        return NULL;
    p += *p == ' ';
    const char *begin = p < near ? kv_begins(due, p, near) : NULL;
    return begin && *begin != '\'' && *begin != '"' ? begin : NULL;
}
