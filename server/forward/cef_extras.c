/*
 * What a vendor sent beyond the record's fields, as additional keys: the parser's prefix and the
 * vendor's name. No key comes twice, whatever the names are.
 */
#include "server/forward/cef_memory.h"

#define KEYS_MAX 256 /* names compared in one line */
_Static_assert(KEYS_MAX >= RECORD_EXTRA_MAX, "every extra's name is remembered");

/* The keys of extras written so far, to keep any from coming twice. */
struct keys {
    uint64_t seen[4]; /* a bit for each hash: most keys are new at a glance */
    const char *at[KEYS_MAX];
    uint16_t len[KEYS_MAX];
    unsigned count;
};

static unsigned key_hash(const char *p, size_t n)
{
    return n == 0 ? 0
                  : ((unsigned)n * 37u + (unsigned char)p[n - 1] * 11u +
                     (unsigned char)p[n / 2] * 5u + (unsigned char)p[n / 3]) &
                        255;
}

static bool keys_have(const struct keys *keys, const char *p, size_t n)
{
    for (unsigned i = 0; i < keys->count; i++)
        if (keys->len[i] == n && memcmp(keys->at[i], p, n) == 0)
            return true;
    return false;
}

/* Notes the key that stands at p up to w->p, after making it one that did not come yet:
 * layer_name comes once a layer: LayerName, LayerName2, LayerName3. */
static void keys_add(struct keys *keys, struct cef_writer *w, const char *p, unsigned hash)
{
    uint64_t bit = UINT64_C(1) << (hash & 63), *word = &keys->seen[hash >> 6];
    if (__builtin_expect((*word & bit) != 0, 0)) {
        char *stem = w->p;
        for (unsigned n = 2; keys_have(keys, p, (size_t)(w->p - p)); n++) {
            w->p = stem;
            cef_put_number(w, n);
        }
        hash = key_hash(p, (size_t)(w->p - p));
        word = &keys->seen[hash >> 6];
        bit = UINT64_C(1) << (hash & 63);
    }
    *word |= bit;
    keys->at[keys->count] = p;
    keys->len[keys->count++] = (uint16_t)(w->p - p);
}

/* "source_country" behind "PanOS" is PanOSSourceCountry; bytes no key may have are left out. */
static size_t make_key(char *out, struct slice prefix, struct slice name)
{
    bool upper = true;
    char *p = out;
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
    return (size_t)(p - out);
}

/* The first and last bytes and the length; what it cannot tell apart only shares a slot. */
static unsigned name_slot(struct slice name)
{
    uint64_t a = 0, b = 0;
    if (name.len >= 8) {
        memcpy(&a, name.ptr, 8);
        memcpy(&b, name.ptr + name.len - 8, 8);
    } else {
        for (size_t i = 0; i < name.len; i++)
            a = a << 8 | (unsigned char)name.ptr[i];
    }
    a = (a ^ b * 31 ^ name.len << 56) * UINT64_C(0x9e3779b97f4a7c15);
    return (unsigned)(a >> 55);
}

/* Writes the key of a name; returns its hash. */
static unsigned put_extra_name(struct cef_writer *w, struct cef_memory *memory, struct slice prefix,
                               struct slice name)
{
    char *key = w->p;
    if (name.len > CEF_NAME_MAX || prefix.len + name.len > CEF_KEY_MAX) {
        w->p += make_key(w->p, prefix, name);
        return key_hash(key, (size_t)(w->p - key));
    }
    struct cef_name *slot = &memory->names[name_slot(name)];
    if (slot->name_len != name.len || slot->prefix != prefix.ptr ||
        memcmp(slot->name, name.ptr, name.len) != 0) {
        slot->prefix = prefix.ptr;
        slot->name_len = (uint8_t)name.len;
        memcpy(slot->name, name.ptr, name.len);
        slot->key_len = (uint8_t)make_key(slot->key, prefix, name);
        slot->key_hash = (uint8_t)key_hash(slot->key, slot->key_len);
    }
    memcpy(w->p, slot->key, CEF_KEY_MAX);
    w->p += slot->key_len;
    return slot->key_hash;
}

void cef_put_extras(struct cef_writer *w, struct cef_memory *memory, const struct record *r)
{
    struct slice prefix = r->extra_prefix.len ? r->extra_prefix : slice("Device");
    struct keys keys;

    memset(keys.seen, 0, sizeof(keys.seen));
    keys.count = 0;
    for (unsigned i = 0; i < r->extra; i++) {
        struct slice name = slice_first(r->extras[i].name, 128);
        if (w->end - w->p < CEF_ROOM_RESERVED) {
            w->cut = true;
            return;
        }
        char *before = w->p, *key = w->p + 1;
        *w->p++ = ' ';
        unsigned hash = put_extra_name(w, memory, prefix, name);
        keys_add(&keys, w, key, hash);
        *w->p++ = '=';
        char *value = w->p;
        cef_put_escaped(w, r->extras[i].value, 1023, CEF_IN_EXTENSION);
        if (w->p == value)
            w->p = before;
    }
}
