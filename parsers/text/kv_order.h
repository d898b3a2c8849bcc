/*
 * The keys of a device's messages come in the same order line after line. What came after what is
 * remembered here, so that a name is compared with the one that is due before a table is searched.
 * A wrong guess costs time, nothing else: what is read depends on the line alone.
 */
#pragma once

#include "parsers/text/kv.h"

#define KV_ORDERED 256

/* A key, and the one that came after it lately. */
struct kv_due {
    const struct kv_due *next;
    const struct kv_key *key;
};

/* One a thread for each table of keys, all zero at first. */
struct kv_order {
    struct kv_due keys[KV_ORDERED]; /* each at the place that its row's address says */
    struct kv_due begin;            /* in front of a line's first key */
};

/* Where every line begins. `order` may be NULL: then nothing is remembered. */
const struct kv_due *kv_order_begin(struct kv_order *order);

/* Remembers that a key came after that of `before`; returns what the next one will come after. */
const struct kv_due *kv_order_learn(struct kv_order *order, const struct kv_due *before,
                                    const struct kv_key *key);

/* How many of the first 16 bytes of two texts are equal. */
static inline unsigned kv_alike_plain(const char *a, const char *b)
{
    unsigned n = 0;
    while (n < 16 && a[n] == b[n])
        n++;
    return n;
}

static inline unsigned kv_alike(const char *a, const char *b)
{
#ifdef __SSE2__
    __m128i equal = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)a),
                                   _mm_loadu_si128((const __m128i *)(const void *)b));
    return (unsigned)__builtin_ctz(~(unsigned)_mm_movemask_epi8(equal));
#else
    return kv_alike_plain(a, b);
#endif
}

/* kv_is_due of a name of more than 16 bytes, the first of which are there. */
bool kv_is_due_long(const struct kv_key *key, const char *p, const char *end);

/* Whether the name of that key stands at p, behind which are KV_WIDE bytes, and two bytes behind it
 * before `end`. */
static inline bool kv_is_due(const struct kv_key *key, const char *p, const char *end)
{
    return kv_alike(p, key->name) >= key->len || kv_is_due_long(key, p, end);
}

/*
 * Whether the pair that stands at `at` is `name:"value"; ` of that key, and which value it has. It
 * reads nothing: the next pair begins three bytes behind the value. There is no quote in a name: the
 * next mark is the one behind its own.
 */
static inline bool kv_quoted_due(struct kv_quoted *it, const char *at, const struct kv_key *key,
                                 struct slice *value)
{
    if (at >= it->wide || !kv_is_due(key, at, it->to) || !kv_at(at + key->len, ":\""))
        return false;
    const char *begin = at + key->len + 2, *close = kv_mark_near(it, begin);
    if (close >= it->closing || memcmp(close, "\"; ", 3) != 0)
        return false;
    *value = slice_between(begin, close);
    return true;
}

/* Whether a plain pair of that key stands at p, behind a blank or none, and which value it has: one
 * without quotes. */
static inline bool kv_plain_due(const char *p, const char *end, const struct kv_key *key,
                                struct slice *value)
{
    p += p < end && *p == ' ';
    if (end - p < KV_WIDE || !kv_is_due(key, p, end) || p[key->len] != '=')
        return false;
    p += key->len + 1;
    if (*p == '\'' || *p == '"')
        return false;
    *value = slice_between(p, kv_blank(p, end));
    return true;
}
