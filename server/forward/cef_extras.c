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
    struct cef_name *next; /* the name that is expected */
    /* Where keys stand in the line that are not of the list. */
    const char *odd[RECORD_EXTRA_MAX];
    unsigned odd_count;
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

/* The name in the list that has this key, or NULL. */
static struct cef_name *with_key(struct cef_list *list, const char *key, size_t len)
{
    for (unsigned i = 0; i < list->count; i++)
        if (list->names[i].key_len == len && memcmp(list->names[i].key, key, len) == 0)
            return &list->names[i];
    return NULL;
}

/* Whether the line has this key, which `same` of the list has, or none. No value has what would end a key
 * in it: what begins like the key, is it. */
static bool line_has(const struct extras *x, const struct cef_name *same, const char *key,
                     size_t len)
{
    if (same)
        return same->line == x->line;
    for (unsigned i = 0; i < x->odd_count; i++)
        if (memcmp(x->odd[i], key, len) == 0)
            return true;
    return false;
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

/* One more name of the list. NULL: it has no room, or its key is another's. A list that is full is given
 * up with this line. */
static struct cef_name *add_name(const struct extras *x, struct slice name)
{
    struct cef_list *list = x->list;
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
    slot->line = x->line - !line_has(x, NULL, slot->key, len);
    slot->key_len = (uint32_t)len;
    memcpy(slot->name, name.ptr, name.len);
    list->count++;
    return slot;
}

/* A key for a name that the line has not had: layer_name comes once a layer: LayerName, LayerName2,
 * LayerName3. Returns its end. */
static char *put_unique_key(struct extras *x, struct slice name, char *p)
{
    name = slice_first(name, NAME_MAX_BYTES);
    char *end = p + make_key(p, x->prefix, name), *stem = end - 1;
    struct cef_name *same = with_key(x->list, p, (size_t)(end - p));
    for (unsigned number = 2; line_has(x, same, p, (size_t)(end - p)); number++) {
        end = digits_format(stem, number);
        *end++ = '=';
        same = with_key(x->list, p, (size_t)(end - p));
    }
    if (same)
        same->line = x->line;
    else
        x->odd[x->odd_count++] = p;
    return end;
}

/* " key=" as remembered. */
static char *put_key(char *p, const struct cef_name *slot)
{
    memcpy(p, slot->key, CEF_KEY_MAX);
    return p + slot->key_len;
}

/* " key=" of a name which is not the static text that was expected, or whose key the line has. Returns
 * its end. */
static __attribute__((noinline)) char *put_other_key(struct extras *x, struct slice name, char *p)
{
    struct cef_name *slot = NULL;
    if (name.len <= CEF_NAME_MAX && x->prefix.len <= CEF_PREFIX_MAX) {
        slot = find_name(x->list, x->next, name);
        if (!slot)
            slot = add_name(x, name);
    }
    if (slot)
        x->next = slot + 1;
    if (!slot || slot->line == x->line)
        return put_unique_key(x, name, p);
    slot->line = x->line;
    if (record_is_static(x->record, name) && slot->key_len <= CEF_KEY_USUAL)
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

/* Where the line ends is not looked at behind short values. */
_Static_assert(RECORD_EXTRA_MAX *(CEF_KEY_MAX + PLAIN_BLOCK) + 3 * CEF_TEXT_MAX < CEF_ROOM,
               "all of them have room, and one that is long, and msg");

void cef_put_extras(struct cef_writer *w, struct cef_memory *memory, const struct record *r)
{
    const struct record_extra *extra = r->extras, *const end = extra + r->extra;
    const struct plain_blocks blocks = w->blocks;
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
    x.odd_count = 0;
    if (__builtin_expect(!list || list->prefix != x.prefix.ptr, 0))
        list = memory->kind->list = find_list(memory, x.prefix);
    x.list = list;
    next = list->names;
    for (; extra < end; extra++) {
        if (__builtin_expect(next->text == extra->name.ptr, 1) &&
            __builtin_expect(next->len == extra->name.len, 1) &&
            __builtin_expect(next->line != line, 1)) {
            next->line = line;
            memcpy(p, next->key, CEF_KEY_USUAL);
            p += next++->key_len;
        } else {
            x.next = next;
            p = put_other_key(&x, extra->name, p);
            next = x.next;
        }
        if (cef_copy_short(blocks, p, &extra->value)) {
            p += extra->value.len;
        } else {
            p = cef_copy_long(w, p, extra->value, 1023);
            if (__builtin_expect(p > w->stop, 0))
                break;
        }
    }
    w->cut |= extra < end;
    w->p = p;
}
