/*
 * What a vendor sent beyond the record's fields, as additional keys: the parser's prefix and the
 * vendor's name. No key comes twice, whatever the names are.
 */
#include "server/forward/cef_memory.h"

#define NAME_MAX_BYTES 128 /* of a longer name, what its key is made of */

/* A name as long as is remembered, behind a longer prefix than this, has no room in a slot. */
#define CEF_PREFIX_MAX (CEF_KEY_MAX - CEF_NAME_MAX - 2)

static unsigned key_hash(const char *p, size_t n)
{
    uint64_t h = n;
    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)p[i]) * UINT64_C(0x9e3779b97f4a7c15);
    return h >> 32 & (CEF_KEYS - 1);
}

/* Whether one of the keys up to `end` is this. No value has what would end a key in it: what begins
 * like the key, is it. */
static bool have_key(const char *const *keys, const char *const *end, const char *key, size_t len)
{
    for (; keys < end; keys++)
        if (memcmp(*keys, key, len) == 0)
            return true;
    return false;
}

/* Makes " key=", which ends at p and may be among the keys already, one that is not: layer_name comes
 * once a layer: LayerName, LayerName2, LayerName3. Returns its end. */
static char *make_unique(struct cef_memory *memory, const char *const *keys,
                         const char *const *last, char *p)
{
    char *key = (char *)*last, *stem = p - 1;
    for (unsigned n = 2; have_key(keys, last, key, (size_t)(p - key)); n++) {
        p = digits_format(stem, n);
        *p++ = '=';
    }
    memory->key_line[key_hash(key, (size_t)(p - key))] = memory->line;
    return p;
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

/* Kinds of names differ at both ends. */
static unsigned name_hash(struct slice name)
{
    uint32_t first = 0, last = 0;
    size_t n = name.len < 4 ? name.len : 4;
    memcpy(&first, name.ptr, n);
    memcpy(&last, slice_end(name) - n, n);
    uint64_t middle = (unsigned char)name.ptr[name.len / 2];
    return (unsigned)((first + ((uint64_t)last << 32) + middle * 31 + name.len) *
                          UINT64_C(0x9e3779b97f4a7c15) >>
                      55);
}

static inline bool is_name(const struct cef_name *slot, struct slice prefix, struct slice name)
{
    return slot->name_len == name.len && slot->prefix == prefix.ptr &&
           cef_same(slot->name, name.ptr, name.len);
}

/* The slot of a name, one of two neighbours: which of them is filled anew is left to chance. NULL: it
 * is not remembered. */
static struct cef_name *find_name(struct cef_memory *memory, struct slice prefix, struct slice name)
{
    if (name.len > CEF_NAME_MAX || prefix.len > CEF_PREFIX_MAX)
        return NULL;
    unsigned hash = name_hash(name);
    for (unsigned way = 0; way < 2; way++)
        if (is_name(&memory->names[hash ^ way], prefix, name))
            return &memory->names[hash ^ way];
    struct cef_name *slot = &memory->names[hash ^ (memory->line & 1)];
    slot->prefix = prefix.ptr;
    slot->name_len = (uint8_t)name.len;
    memcpy(slot->name, name.ptr, name.len);
    slot->key_len = (uint8_t)make_key(slot->key, prefix, name);
    slot->key_hash = (uint16_t)key_hash(slot->key, slot->key_len);
    return slot;
}

/* Writes " key=" of a name that was not guessed; returns its end. */
static char *put_name(char *p, struct cef_memory *memory, struct slice prefix, struct slice name,
                      struct cef_name ***guess, unsigned *hash)
{
    struct cef_name *slot = find_name(memory, prefix, name);
    if (!slot) {
        size_t len = make_key(p, prefix, slice_first(name, NAME_MAX_BYTES));
        *hash = key_hash(p, len);
        return p + len;
    }
    **guess = slot;
    *guess = &slot->next;
    *hash = slot->key_hash;
    memcpy(p, slot->key, CEF_KEY_MAX);
    return p + slot->key_len;
}

void cef_put_extras(struct cef_writer *w, struct cef_memory *memory, const struct record *r)
{
    const struct record_extra *extra = r->extras, *end = extra + r->extra;
    struct slice prefix = r->extra_prefix.len ? r->extra_prefix : slice("Device");
    struct cef_name **guess = &memory->head->extra;
    const char *keys[RECORD_EXTRA_MAX], **key = keys, *stop = w->stop;
    uint32_t line = ++memory->line;
    char *p = w->p;

    for (; extra < end && p <= stop; extra++, key++) {
        struct cef_name *slot = *guess;
        unsigned hash;
        *key = p;
        if (__builtin_expect(is_name(slot, prefix, extra->name), 1)) {
            guess = &slot->next;
            hash = slot->key_hash;
            memcpy(p, slot->key, CEF_KEY_MAX / 2);
            if (__builtin_expect(slot->key_len > CEF_KEY_MAX / 2, 0))
                memcpy(p + CEF_KEY_MAX / 2, slot->key + CEF_KEY_MAX / 2, CEF_KEY_MAX / 2);
            p += slot->key_len;
        } else {
            p = put_name(p, memory, prefix, extra->name, &guess, &hash);
        }
        if (__builtin_expect(memory->key_line[hash] == line, 0))
            p = make_unique(memory, keys, key, p);
        memory->key_line[hash] = line;
        p = cef_copy(w, p, extra->value, 1023);
    }
    w->cut |= extra < end;
    w->p = p;
}
