/*
 * What a vendor sent beyond the record's fields, as additional keys: the parser's prefix and the
 * vendor's name. No key comes twice, whatever the names are.
 */
#include "server/forward/cef_memory.h"

#define KEYS_MAX   RECORD_EXTRA_MAX
#define KEY_HASHES 512

/* A name as long as is remembered, behind a longer prefix than this, has no room in a slot. */
#define CEF_PREFIX_MAX (CEF_KEY_MAX - CEF_NAME_MAX - 2)

/* The keys of extras written so far, to keep any from coming twice. */
struct keys {
    uint64_t seen[KEY_HASHES / 64]; /* a bit for each hash: most keys are new at a glance */
    const char *at[KEYS_MAX];
    uint16_t len[KEYS_MAX];
    unsigned count;
};

static unsigned key_hash(const char *p, size_t n)
{
    uint64_t h = n;
    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)p[i]) * UINT64_C(0x9e3779b97f4a7c15);
    return h >> 32 & (KEY_HASHES - 1);
}

static bool keys_have(const struct keys *keys, const char *p, size_t n)
{
    for (unsigned i = 0; i < keys->count; i++)
        if (keys->len[i] == n && memcmp(keys->at[i], p, n) == 0)
            return true;
    return false;
}

/* Notes " key=", which ends at `end`, after making it one that did not come yet: layer_name comes
 * once a layer: LayerName, LayerName2, LayerName3. Returns its end. */
static inline char *keys_add(struct keys *keys, const char *key, char *end, unsigned hash)
{
    uint64_t bit = UINT64_C(1) << (hash & 63), *word = &keys->seen[hash >> 6];
    if (__builtin_expect((*word & bit) != 0, 0)) {
        char *stem = end - 1;
        for (unsigned n = 2; keys_have(keys, key, (size_t)(end - key)); n++) {
            end = digits_format(stem, n);
            *end++ = '=';
        }
        hash = key_hash(key, (size_t)(end - key));
        word = &keys->seen[hash >> 6];
        bit = UINT64_C(1) << (hash & 63);
    }
    *word |= bit;
    keys->at[keys->count] = key;
    keys->len[keys->count++] = (uint16_t)(end - key);
    return end;
}

/* "source_country" behind "PanOS" is " PanOSSourceCountry="; bytes no key may have are left out. */
static size_t make_key(char *out, struct slice prefix, struct slice name)
{
    bool upper = true;
    char *p = out;
    *p++ = ' ';
    memcpy(p, prefix.ptr, prefix.len);
    p += prefix.len;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool letter = (unsigned)((c | 32) - 'a') < 26;
        if (letter && upper)
            c = (char)(c & ~32);
        upper = !letter;
        if (letter || (unsigned)(c - '0') <= 9)
            *p++ = c;
    }
    *p++ = '=';
    return (size_t)(p - out);
}

/* The bytes at both ends of a name, which say all of one that has at most 16. */
static inline void name_ends(struct slice name, uint64_t *first, uint64_t *last)
{
    *first = *last = 0;
    if (name.len >= 8) {
        memcpy(first, name.ptr, 8);
        memcpy(last, name.ptr + name.len - 8, 8);
    } else if (name.len >= 4) {
        memcpy(first, name.ptr, 4);
        memcpy(last, name.ptr + name.len - 4, 4);
    } else {
        for (size_t i = 0; i < name.len; i++)
            *first = *first << 8 | (unsigned char)name.ptr[i];
    }
}

static void fill_slot(struct cef_name *slot, struct slice prefix, struct slice name)
{
    name_ends(name, &slot->first, &slot->last);
    slot->prefix = prefix.ptr;
    slot->name_len = (uint8_t)name.len;
    memcpy(slot->name, name.ptr, name.len);
    slot->key_len = (uint8_t)make_key(slot->key, prefix, name);
    slot->key_hash = (uint16_t)key_hash(slot->key, slot->key_len);
}

/* The slot of a name, one of two neighbours: which of them is filled anew is left to chance. */
static inline const struct cef_name *name_slot(struct cef_memory *memory, struct slice prefix,
                                               struct slice name)
{
    uint64_t first, last;
    name_ends(name, &first, &last);
    uint64_t mixed = (first + last * 31 + name.len) * UINT64_C(0x9e3779b97f4a7c15);
    struct cef_name *slot = &memory->names[mixed >> 55];
    for (int way = 0; way < 2; way++) {
        if (slot->first == first && slot->last == last && slot->name_len == name.len &&
            slot->prefix == prefix.ptr &&
            (name.len <= 16 || memcmp(slot->name, name.ptr, name.len) == 0))
            return slot;
        slot = &memory->names[mixed >> 55 ^ 1];
    }
    slot = &memory->names[mixed >> 55 ^ (mixed & 1)];
    fill_slot(slot, prefix, name);
    return slot;
}

/* Writes " key=" of a name at p; returns its end, and its hash. */
static inline char *put_name(char *p, struct cef_memory *memory, struct slice prefix,
                             struct slice name, unsigned *hash)
{
    if (__builtin_expect(name.len > CEF_NAME_MAX || prefix.len > CEF_PREFIX_MAX, 0)) {
        size_t len = make_key(p, prefix, name);
        *hash = key_hash(p, len);
        return p + len;
    }
    const struct cef_name *slot = name_slot(memory, prefix, name);
    memcpy(p, slot->key, CEF_KEY_MAX / 2);
    if (__builtin_expect(slot->key_len > CEF_KEY_MAX / 2, 0))
        memcpy(p + CEF_KEY_MAX / 2, slot->key + CEF_KEY_MAX / 2, CEF_KEY_MAX / 2);
    *hash = slot->key_hash;
    return p + slot->key_len;
}

void cef_put_extras(struct cef_writer *w, struct cef_memory *memory, const struct record *r)
{
    struct slice prefix = r->extra_prefix.len ? r->extra_prefix : slice("Device");
    struct keys keys;
    char *p = w->p;

    memset(keys.seen, 0, sizeof(keys.seen));
    keys.count = 0;
    for (unsigned i = 0; i < r->extra; i++) {
        if (__builtin_expect(p > w->stop, 0)) {
            w->cut = true;
            break;
        }
        char *key = p;
        unsigned hash;
        p = put_name(p, memory, prefix, slice_first(r->extras[i].name, 128), &hash);
        p = keys_add(&keys, key, p, hash);
        p = cef_copy(w, p, r->extras[i].value, 1023);
    }
    w->p = p;
}
