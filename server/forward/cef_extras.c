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
    return h >> 51 & (CEF_KEYS - 1);
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

/* Static text is known by where it stands. */
static inline bool is_text(const struct cef_name *slot, struct slice prefix, struct slice name)
{
    return __builtin_expect(slot->text == name.ptr, 1) &&
           __builtin_expect(slot->len == name.len, 1) &&
           __builtin_expect(slot->prefix == prefix.ptr, 1);
}

static bool is_name(const struct cef_name *slot, struct slice prefix, struct slice name)
{
    return slot->len == name.len && slot->prefix == prefix.ptr &&
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
    slot->text = NULL;
    slot->len = name.len;
    slot->prefix = prefix.ptr;
    memcpy(slot->name, name.ptr, name.len);
    slot->key_len = (uint8_t)make_key(slot->key, prefix, name);
    slot->key_hash = (uint16_t)key_hash(slot->key, slot->key_len);
    return slot;
}

/* " key=" as remembered: almost always half of a slot's room holds it. */
static inline char *put_key(char *p, const struct cef_name *slot)
{
    memcpy(p, slot->key, CEF_KEY_MAX / 2);
    if (__builtin_expect(slot->key_len > CEF_KEY_MAX / 2, 0))
        memcpy(p + CEF_KEY_MAX / 2, slot->key + CEF_KEY_MAX / 2, CEF_KEY_MAX / 2);
    return p + slot->key_len;
}

/* What writing a record's extras takes. */
struct extras {
    struct cef_memory *memory;
    const struct record *record;
    struct slice prefix;
    const char *keys[RECORD_EXTRA_MAX]; /* where they stand in the line */
};

/* " key=" of the n-th name, which is not the static text that was expected, or whose key the line may
 * have. Returns its end. */
static __attribute__((noinline)) char *put_other_key(struct extras *x, unsigned n, char *p,
                                                     struct cef_name **guess)
{
    struct cef_memory *memory = x->memory;
    struct slice name = x->record->extras[n].name;
    struct cef_name *slot = *guess;
    unsigned hash;
    if (!is_name(slot, x->prefix, name))
        slot = find_name(memory, x->prefix, name);
    if (slot) {
        *guess = slot;
        if (record_is_static(x->record, name))
            slot->text = name.ptr;
        p = put_key(p, slot);
        hash = slot->key_hash;
    } else {
        size_t len = make_key(p, x->prefix, slice_first(name, NAME_MAX_BYTES));
        hash = key_hash(p, len);
        p += len;
    }
    if (memory->key_line[hash] == memory->line)
        p = make_unique(memory, x->keys, x->keys + n, p);
    memory->key_line[hash] = memory->line;
    return p;
}

/* Where there are extras, nothing cuts 32 bytes. */
static inline char *put_value(struct cef_writer *w, struct plain_blocks blocks, char *p,
                              const struct slice *value)
{
    size_t len = value->len;
    if (len <= PLAIN_BLOCK)
        return cef_copy(w, blocks, p, value, 1023);
    if (len <= 2 * PLAIN_BLOCK && plain_copy(p, value->ptr, len, CEF_IN_EXTENSION) == len)
        return p + len;
    return cef_escape(w, p, *value, 1023, CEF_IN_EXTENSION);
}

void cef_put_extras(struct cef_writer *w, struct cef_memory *memory, const struct record *r)
{
    const unsigned count = r->extra;
    const struct plain_blocks blocks = w->blocks;
    const char *const stop = w->stop;
    const uint32_t line = ++memory->line;
    uint32_t *const key_line = memory->key_line;
    struct cef_name **guess = &memory->kind->extra;
    struct extras x;
    char *p = w->p;

    if (w->text_limit == CEF_LAST_ROUND) {
        w->cut = true;
        return;
    }
    x.memory = memory;
    x.record = r;
    x.prefix = r->extra_prefix.len ? r->extra_prefix : slice("Device");
    for (unsigned n = 0; n < count; n++) {
        const struct record_extra *extra = &r->extras[n];
        struct cef_name *slot = *guess;
        if (__builtin_expect(p > stop, 0)) {
            w->cut = true;
            break;
        }
        x.keys[n] = p;
        if (is_text(slot, x.prefix, extra->name) && key_line[slot->key_hash] != line) {
            key_line[slot->key_hash] = line;
            p = put_key(p, slot);
        } else {
            p = put_other_key(&x, n, p, guess);
            slot = *guess;
        }
        guess = &slot->next;
        p = put_value(w, blocks, p, &extra->value);
    }
    w->p = p;
}
