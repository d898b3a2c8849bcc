/*
 * What a vendor sent beyond the record's fields, as additional keys: the parser's prefix and the
 * vendor's name. No key comes twice, whatever the names are.
 *
 * Lines of one kind bring the same names in much the same order: a list of them, in the order in which
 * they were first seen, is gone through beside the record's. No two of a list have the same key, so that
 * a name that the line has not had needs no other look.
 */
#include "server/forward/cef_memory.h"

#define NAME_MAX_BYTES 128 /* of a longer name, what its key is made of */

/* A name as long as is remembered, behind a longer prefix than this, has no room in a list. */
#define CEF_PREFIX_MAX (CEF_KEY_MAX - CEF_NAME_MAX - 2)

/* What writing a record's extras takes. */
struct extras {
    struct cef_list *list;
    const struct record *record;
    struct slice prefix;
    uint32_t line;
    struct cef_name *next;              /* the name that is expected */
    const char *keys[RECORD_EXTRA_MAX]; /* where they stand in the line */
};

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

/* Whether one of the first n keys of the line is this. No value has what would end a key in it: what
 * begins like the key, is it. */
static bool line_has(const struct extras *x, unsigned n, const char *key, size_t len)
{
    for (unsigned i = 0; i < n; i++)
        if (memcmp(x->keys[i], key, len) == 0)
            return true;
    return false;
}

/* The name in the list that has this key, or NULL. */
static struct cef_name *with_key(struct cef_list *list, const char *key, size_t len)
{
    for (unsigned i = 0; i < list->count; i++)
        if (list->names[i].key_len == len && memcmp(list->names[i].key, key, len) == 0)
            return &list->names[i];
    return NULL;
}

/* Looks for a name from `next` on, where it most likely is, and then from the list's begin. */
static struct cef_name *find_name(struct cef_list *list, struct cef_name *next, struct slice name)
{
    struct cef_name *end = list->names + list->count;
    for (unsigned i = 0; i < list->count; i++, next++) {
        if (next >= end)
            next = list->names;
        if (next->len == name.len &&
            (next->text == name.ptr || slice_same(next->name, name.ptr, name.len)))
            return next;
    }
    return NULL;
}

/* The n-th extra's name as one more of the list. NULL: it has no room, or its key is another's. A list
 * that is full is given up with this line. */
static struct cef_name *add_name(const struct extras *x, unsigned n)
{
    struct cef_list *list = x->list;
    struct slice name = x->record->extras[n].name;
    struct cef_name *slot = &list->names[list->count];
    if (list->count == CEF_LIST_NAMES) {
        list->prefix = NULL;
        return NULL;
    }
    size_t len = make_key(slot->key, x->prefix, name);
    if (with_key(list, slot->key, len))
        return NULL;
    slot->text = NULL;
    slot->len = name.len;
    slot->line = x->line - !line_has(x, n, slot->key, len);
    slot->key_len = (uint32_t)len;
    memcpy(slot->name, name.ptr, name.len);
    list->count++;
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

/* A key for the n-th name that the line has not had: layer_name comes once a layer: LayerName,
 * LayerName2, LayerName3. Returns its end. */
static char *put_unique_key(const struct extras *x, unsigned n, char *p)
{
    struct slice name = slice_first(x->record->extras[n].name, NAME_MAX_BYTES);
    char *end = p + make_key(p, x->prefix, name), *stem = end - 1;
    for (unsigned number = 2; line_has(x, n, p, (size_t)(end - p)); number++) {
        end = digits_format(stem, number);
        *end++ = '=';
    }
    struct cef_name *same = with_key(x->list, p, (size_t)(end - p));
    if (same)
        same->line = x->line;
    return end;
}

/* " key=" of the n-th name, which is not the static text that was expected, or whose key the line has.
 * Returns its end. */
static __attribute__((noinline)) char *put_other_key(struct extras *x, unsigned n, char *p)
{
    struct slice name = x->record->extras[n].name;
    struct cef_name *slot = NULL;
    if (name.len <= CEF_NAME_MAX && x->prefix.len <= CEF_PREFIX_MAX) {
        slot = find_name(x->list, x->next, name);
        if (!slot)
            slot = add_name(x, n);
    }
    if (slot)
        x->next = slot + 1;
    if (!slot || slot->line == x->line)
        return put_unique_key(x, n, p);
    slot->line = x->line;
    if (record_is_static(x->record, name))
        slot->text = name.ptr;
    return put_key(p, slot);
}

/* The list of lines like this one, or the next one in turn, which begins anew. */
static __attribute__((noinline)) struct cef_list *find_list(struct cef_memory *memory,
                                                            struct slice prefix)
{
    struct cef_list *list;
    uint64_t id = memory->kind->id;
    for (unsigned i = 0; i < CEF_LISTS; i++)
        if (memory->lists[i].prefix == prefix.ptr && memory->lists[i].id == id)
            return &memory->lists[i];
    list = &memory->lists[memory->next_list++ % CEF_LISTS];
    list->prefix = prefix.ptr;
    list->id = id;
    list->count = 0;
    for (unsigned i = 0; i <= CEF_LIST_NAMES; i++)
        list->names[i].text = NULL;
    return list;
}

/* 32 to 64 bytes, identifiers most of them, as two halves that overlap. Whether they are plain. */
static inline bool copy_halves(char *p, const char *text, size_t len)
{
    const size_t half = 2 * PLAIN_BLOCK;
    return plain_copy_blocks(p, text, half, CEF_IN_EXTENSION) &&
           plain_copy_blocks(p + len - half, text + len - half, half, CEF_IN_EXTENSION);
}

/* Where there are extras, nothing cuts 32 bytes. */
static inline char *put_value(struct cef_writer *w, struct plain_blocks blocks, char *p,
                              const struct slice *value)
{
    size_t len = value->len;
    bool whole = false;
    if (len <= PLAIN_BLOCK)
        return cef_copy(w, blocks, p, value, 1023);
    if (len <= 2 * PLAIN_BLOCK)
        whole = plain_copy_blocks(p, value->ptr, len, CEF_IN_EXTENSION);
    else if (len <= 4 * PLAIN_BLOCK && len <= w->text_limit)
        whole = copy_halves(p, value->ptr, len);
    return whole ? p + len : cef_escape(w, p, *value, 1023, CEF_IN_EXTENSION);
}

void cef_put_extras(struct cef_writer *w, struct cef_memory *memory, const struct record *r)
{
    const struct record_extra *extra = r->extras;
    const unsigned count = r->extra;
    const struct plain_blocks blocks = w->blocks;
    const char *const stop = w->stop;
    const uint32_t line = ++memory->line;
    struct cef_list *list = memory->kind->list;
    struct cef_name *next;
    struct extras x;
    char *p = w->p;

    if (w->text_limit == CEF_LAST_ROUND) {
        w->cut = true;
        return;
    }
    x.record = r;
    x.prefix = r->extra_prefix.len ? r->extra_prefix : slice("Device");
    x.line = line;
    if (__builtin_expect(!list || list->prefix != x.prefix.ptr, 0))
        list = memory->kind->list = find_list(memory, x.prefix);
    x.list = list;
    next = list->names;
    for (unsigned n = 0; n < count; n++, extra++) {
        if (__builtin_expect(p > stop, 0)) {
            w->cut = true;
            break;
        }
        x.keys[n] = p;
        if (__builtin_expect(next->text == extra->name.ptr, 1) &&
            __builtin_expect(next->len == extra->name.len, 1) &&
            __builtin_expect(next->line != line, 1)) {
            next->line = line;
            p = put_key(p, next++);
        } else {
            x.next = next;
            p = put_other_key(&x, n, p);
            next = x.next;
        }
        p = put_value(w, blocks, p, &extra->value);
    }
    w->p = p;
}
