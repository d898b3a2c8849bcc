/*
 * What a vendor sent beyond the record's fields, as additional keys: the parser's prefix and the
 * vendor's name. No key comes twice, whatever the names are.
 */
#include "server/forward/cef_write.h"

#include <stdlib.h>

#define KEYS_MAX 256 /* names compared in one line */
_Static_assert(KEYS_MAX >= RECORD_EXTRA_MAX, "every extra's name is remembered");

/* The keys of extras written so far, to keep any from coming twice. */
struct names {
    uint64_t seen[4]; /* a bit for each hash: most names are new at a glance */
    const char *at[KEYS_MAX];
    uint16_t len[KEYS_MAX];
    unsigned count;
};

static unsigned name_hash(const char *p, size_t n)
{
    return ((unsigned)n * 37u + (unsigned char)p[n - 1] * 11u + (unsigned char)p[n / 2] * 5u +
            (unsigned char)p[n / 3]) &
           255;
}

static bool names_have(const struct names *names, const char *p, size_t n)
{
    unsigned h = name_hash(p, n);
    if (!(names->seen[h >> 6] >> (h & 63) & 1))
        return false;
    for (unsigned i = 0; i < names->count; i++)
        if (names->len[i] == n && memcmp(names->at[i], p, n) == 0)
            return true;
    return false;
}

static void names_add(struct names *names, const char *p, size_t n)
{
    unsigned h = name_hash(p, n);
    names->seen[h >> 6] |= UINT64_C(1) << (h & 63);
    names->at[names->count] = p;
    names->len[names->count++] = (uint16_t)n;
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

/* Vendors send the same few names in every message: the key each became is kept, by the name's text
 * and the prefix, in a slot that its hash picks. A name that shares the slot replaces it. */
#define CACHED_NAMES 512
#define CACHED_NAME  32 /* longer names are made each time */
#define CACHED_KEY   64

struct cef_names {
    struct cached_name {
        const char *prefix;
        uint8_t name_len, key_len;
        char name[CACHED_NAME];
        char key[CACHED_KEY];
    } slots[CACHED_NAMES];
};

struct cef_names *cef_names_new(void)
{
    return calloc(1, sizeof(struct cef_names));
}

void cef_names_free(struct cef_names *names)
{
    free(names);
}

/* The first and last bytes and the length; what it cannot tell apart only shares a slot. */
static unsigned cached_slot(struct slice name)
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

static void put_extra_name(struct cef_writer *w, struct cef_names *names, struct slice prefix,
                           struct slice name)
{
    if (!names || name.len > CACHED_NAME || prefix.len + name.len > CACHED_KEY) {
        w->p += make_key(w->p, prefix, name);
        return;
    }
    struct cached_name *slot = &names->slots[cached_slot(name)];
    if (slot->name_len != name.len || slot->prefix != prefix.ptr ||
        memcmp(slot->name, name.ptr, name.len) != 0) {
        slot->prefix = prefix.ptr;
        slot->name_len = (uint8_t)name.len;
        memcpy(slot->name, name.ptr, name.len);
        slot->key_len = (uint8_t)make_key(slot->key, prefix, name);
    }
    memcpy(w->p, slot->key, CACHED_KEY);
    w->p += slot->key_len;
}

void cef_put_extras(struct cef_writer *w, struct cef_names *cached, const struct record *r)
{
    struct names names;
    memset(names.seen, 0, sizeof(names.seen));
    names.count = 0;
    struct slice prefix = r->extra_prefix.len ? r->extra_prefix : slice("Device");

    for (unsigned i = 0; i < r->extra; i++) {
        struct slice name = slice_first(r->extras[i].name, 128);
        if (w->end - w->p < CEF_ROOM_RESERVED) {
            w->cut = true;
            return;
        }
        char *before = w->p, *key = w->p + 1;
        *w->p++ = ' ';
        put_extra_name(w, cached, prefix, name);
        /* layer_name comes once a layer: LayerName, LayerName2, LayerName3. */
        char *stem = w->p;
        for (unsigned n = 2; names_have(&names, key, (size_t)(w->p - key)); n++) {
            w->p = stem;
            cef_put_number(w, n);
        }
        names_add(&names, key, (size_t)(w->p - key));
        *w->p++ = '=';
        char *value = w->p;
        cef_put_escaped(w, r->extras[i].value, 1023, CEF_IN_EXTENSION);
        if (w->p == value)
            w->p = before;
    }
}
