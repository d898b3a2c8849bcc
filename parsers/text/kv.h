/*
 * Text made of keys and values, as firewalls write it, and finding a key in a table.
 *
 * Four ways of writing are read, one pair a call, none past the end of the text:
 *   quoted   action:"Drop"; src:"192.0.2.1"; ]      also  src="192.0.2.1" dst="192.0.2.2"]
 *   piped    action=Drop|src=192.0.2.1|
 *   listed   rule: 12; src: 192.0.2.1;              also  rule=12; src=192.0.2.1
 *   plain    src=192.0.2.1 agent='curl 8' protocol=tcp pattern: allow all
 */
#pragma once

#include "parsers/text/cursor.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define KV_NAME_MAX 29 /* of keys that tables hold */

struct kv {
    struct slice name;
    struct slice value; /* as it stands there: without its quotes, with its escapes */
    bool escaped;       /* the value holds backslashes: kv_unescape */
    bool cut;           /* the text ended before the value did */
};

/*
 * Quoted pairs. A name is what stands between a closing quote and the next opening one, without
 * separators, brackets, and the colons or the equals sign behind it. A backslash takes the
 * meaning from the byte after it. A quote that no separator follows belongs to the value.
 */

/* Where 16 bytes have marks, which are quotes and backslashes: bit n: p[n] is one. */
static inline unsigned kv_marks_plain(const char *p)
{
    unsigned marks = 0;
    for (int i = 0; i < 16; i++)
        marks |= (unsigned)(p[i] == '"' || p[i] == '\\') << i;
    return marks;
}

static inline unsigned kv_marks(const char *p)
{
#ifdef __SSE2__
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                               _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
    return (unsigned)_mm_movemask_epi8(hit);
#else
    return kv_marks_plain(p);
#endif
}

/* The first mark that is not before p; the end when there is none. */
const char *kv_mark(const char *p, const char *end);

/* Whether two bytes stand at p, compared at once. */
static inline bool kv_at(const char *p, const char *two)
{
    return memcmp(p, two, 2) == 0;
}

/* A name without the separators and brackets in front of it and the colons and equal signs behind. */
struct slice kv_name(struct slice name);

/*
 * Reads a pair of the usual form, `name:"value"; `, whose name a table can hold and has three bytes
 * at least; false, and nothing is read, when another form stands here. The name may still have
 * separators around it: a table will not have it then, and kv_name takes them off.
 */
bool kv_quoted_usual(struct cursor *c, struct slice *name, struct slice *value);

/* A pair of any form; false when there is none. */
bool kv_quoted_any(struct cursor *c, struct kv *out);

/* The next blank, or the end. */
static inline const char *kv_blank(const char *p, const char *end)
{
#ifdef __SSE2__
    for (; end - p >= 16; p += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
        int hit = _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(' ')));
        if (hit)
            return p + __builtin_ctz((unsigned)hit);
    }
#endif
    while (p < end && *p != ' ')
        p++;
    return p;
}

/* The next pair; false when there is none. */
static inline bool kv_quoted_next(struct cursor *c, struct kv *out)
{
    out->escaped = out->cut = false;
    if (!kv_quoted_usual(c, &out->name, &out->value))
        return kv_quoted_any(c, out);
    out->name = kv_name(out->name);
    return true;
}

/* Piped pairs. A piece between pipes that has no name= in front belongs to the value before it. */
bool kv_piped_next(struct cursor *c, struct kv *out);

/*
 * Listed pairs. A semicolon ends a value when a blank or the text's end follows and then another
 * name, so that [a={1};b=2] and "no; not that" stay whole. Where colons assign, the last value has
 * its semicolon too, or is `cut`. False at a piece without a name: it stays in the cursor.
 */
bool kv_listed_next(struct cursor *c, struct kv *out);

/*
 * Plain pairs. A value ends at a blank, or at its own quote when it begins with ' or ". False at a
 * word that is no name=: it stays in the cursor, for the caller to read or to skip.
 */
bool kv_plain_next(struct cursor *c, struct kv *out);

/* Takes the backslash from \" \] \\ \= \| and leaves others, for C:\temp was never escaped. Writes
 * at most text.len bytes to `out`, which may be text.ptr itself; returns how many. */
size_t kv_unescape(struct slice text, char *out);

/*
 * A vendor's keys lie in drawers by the length of their names: a name is compared with the few that
 * are as long as it is, by its first and last eight bytes. What `how` and `what` mean is the
 * vendor's: how the value is read, and where it goes. A row in the wrong drawer is never found.
 */
struct kv_key {
    char name[KV_NAME_MAX];
    uint8_t len; /* of the name */
    uint8_t how, what;
};

#define KV_KEY(name, how, what)                                                                    \
    {                                                                                              \
        name, sizeof(name) - 1, how, what                                                          \
    }

/* Its name: static text, which writers know by where it stands. */
static inline struct slice kv_key_name(const struct kv_key *key)
{
    return slice_make(key->name, key->len);
}

struct kv_drawer {
    const struct kv_key *keys, *end;
};

#define KV_DRAWER(keys)                                                                            \
    {                                                                                              \
        keys, (keys) + sizeof(keys) / sizeof((keys)[0])                                            \
    }

static inline uint64_t kv_load8(const char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof(word));
    return word;
}

static inline uint32_t kv_load4(const char *p)
{
    uint32_t word;
    memcpy(&word, p, sizeof(word));
    return word;
}

/* The row of a name, or NULL. drawers[n] holds the names of n bytes, for n < count. */
static inline const struct kv_key *kv_find(const struct kv_drawer *drawers, size_t count,
                                           struct slice name)
{
    if (name.len >= count || name.len > KV_NAME_MAX)
        return NULL;
    const struct kv_key *key = drawers[name.len].keys, *end = drawers[name.len].end;
    if (name.len >= 8) {
        uint64_t head = kv_load8(name.ptr), tail = kv_load8(slice_end(name) - 8);
        for (; key != end; key++)
            if (kv_load8(key->name) == head && kv_load8(key->name + name.len - 8) == tail &&
                (name.len <= 16 || memcmp(key->name + 8, name.ptr + 8, name.len - 16) == 0))
                return key;
    } else if (name.len >= 4) {
        uint32_t head = kv_load4(name.ptr), tail = kv_load4(slice_end(name) - 4);
        for (; key != end; key++)
            if (kv_load4(key->name) == head && kv_load4(key->name + name.len - 4) == tail)
                return key;
    } else {
        for (; key != end; key++) /* three bytes at most: first, middle, last */
            if (key->name[0] == name.ptr[0] && key->name[name.len / 2] == name.ptr[name.len / 2] &&
                key->name[name.len - 1] == name.ptr[name.len - 1])
                return key;
    }
    return NULL;
}

/* What keeps the first n bytes of eight: kv_masks[n]. */
extern const uint64_t kv_masks[9];

/* kv_find, not inline: for long names, which are rare. */
const struct kv_key *kv_find_long(const struct kv_drawer *drawers, struct slice name);

/*
 * The same for a name of which eight bytes can be read, whatever stands behind it, as it is after
 * kv_quoted_usual: one compare a row for short names, two for those of up to 16 bytes.
 */
static inline const struct kv_key *kv_find_wide(const struct kv_drawer *drawers, struct slice name)
{
    const struct kv_key *key = drawers[name.len].keys, *end = drawers[name.len].end;
    if (name.len <= 8) {
        uint64_t word = kv_load8(name.ptr) & kv_masks[name.len];
        for (; key != end; key++)
            if (kv_load8(key->name) == word)
                return key;
        return NULL;
    }
    if (name.len > 16)
        return kv_find_long(drawers, name);
    uint64_t head = kv_load8(name.ptr), tail = kv_load8(slice_end(name) - 8);
    for (; key != end; key++)
        if (kv_load8(key->name) == head && kv_load8(key->name + name.len - 8) == tail)
            return key;
    return NULL;
}
