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
 *
 * The marks (quotes and backslashes) of 64 bytes are found at once and then visited one by one.
 */
struct kv_quoted {
    const char *at;    /* behind the last closing quote */
    const char *end;   /* of the text */
    const char *block; /* the 64 bytes that `marks` speaks of */
    uint64_t marks;    /* bit n: block[n] is a mark that was not visited yet */
};

struct kv_quoted kv_quoted_over(struct slice text);

/* The marks of the 64 bytes at p, as far as they lie before `end`. */
uint64_t kv_marks(const char *p, const char *end);

/* The next quote or backslash; NULL when there is none left. */
static inline const char *kv_mark(struct kv_quoted *it)
{
    while (it->marks == 0) {
        if (it->end - it->block <= 64)
            return NULL;
        it->block += 64;
        it->marks = kv_marks(it->block, it->end);
    }
    const char *mark = it->block + (unsigned)__builtin_ctzll(it->marks);
    it->marks &= it->marks - 1;
    return mark;
}

bool kv_quoted_any(struct kv_quoted *it, struct kv *out);

/*
 * The next pair; false when there is none. The usual form, `; name:"value";`, is read right here,
 * everything else by kv_quoted_any. That works on copies: a loop around this can then keep its
 * iterator in registers, because nobody else ever sees where it is.
 */
static inline bool kv_quoted_next(struct kv_quoted *it, struct kv *out)
{
    struct kv_quoted next = *it;
    const char *begin = it->at, *open = kv_mark(&next), *close = kv_mark(&next);
    if (!close || *open != '"' || *close != '"' || close + 1 == it->end || close[1] != ';' ||
        open - begin < 4 || begin[0] != ';' || begin[1] != ' ' || begin[2] <= ' ' ||
        open[-1] != ':') {
        struct kv_quoted slow = *it;
        struct kv pair;
        bool any = kv_quoted_any(&slow, &pair);
        *it = slow;
        if (any)
            *out = pair;
        return any;
    }
    out->name = slice_between(begin + 2, open - (open[-2] == ':' ? 2 : 1));
    out->value = slice_between(open + 1, close);
    out->escaped = out->cut = false;
    *it = next;
    it->at = close + 1;
    return true;
}

/* Piped pairs. A piece between pipes that has no name= in front belongs to the value before it. */
bool kv_piped_next(struct cursor *c, struct kv *out);

/*
 * Listed pairs. A semicolon ends a value when a blank or the text's end follows and then another
 * name, so that [a={1};b=2] and "no; not that" stay whole. False at a piece without a name: it stays
 * in the cursor.
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
#define KV_NAME_MAX 30

struct kv_key {
    char name[KV_NAME_MAX];
    uint8_t how, what;
};

struct kv_drawer {
    const struct kv_key *keys;
    unsigned count;
};

#define KV_DRAWER(keys)                                                                            \
    {                                                                                              \
        keys, sizeof(keys) / sizeof((keys)[0])                                                     \
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
    if (name.len == 0 || name.len >= count || name.len > KV_NAME_MAX)
        return NULL;
    const struct kv_key *key = drawers[name.len].keys;
    if (!key)
        return NULL;
    const struct kv_key *end = key + drawers[name.len].count;
    if (name.len >= 8) {
        uint64_t head = kv_load8(name.ptr), tail = kv_load8(slice_end(name) - 8);
        for (; key < end; key++)
            if (kv_load8(key->name) == head && kv_load8(key->name + name.len - 8) == tail &&
                (name.len <= 16 || memcmp(key->name + 8, name.ptr + 8, name.len - 16) == 0))
                return key;
    } else if (name.len >= 4) {
        uint32_t head = kv_load4(name.ptr), tail = kv_load4(slice_end(name) - 4);
        for (; key < end; key++)
            if (kv_load4(key->name) == head && kv_load4(key->name + name.len - 4) == tail)
                return key;
    } else {
        for (; key < end; key++) /* three bytes at most: first, middle, last */
            if (key->name[0] == name.ptr[0] && key->name[name.len / 2] == name.ptr[name.len / 2] &&
                key->name[name.len - 1] == name.ptr[name.len - 1])
                return key;
    }
    return NULL;
}
