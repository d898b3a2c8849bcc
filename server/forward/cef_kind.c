/*
 * What a CEF line begins with, up to the pairs that differ from line to line: CEF's header, its
 * severity, and the fields that are words. Devices send few combinations of these.
 */
#include <stddef.h>

#include "server/forward/cef_memory.h"

#define CEF_KIND_USUAL 192 /* most are no longer */

void cef_put_header_text(struct cef_writer *w, struct slice text, const char *otherwise,
                         size_t limit)
{
    size_t text_limit = w->text_limit;
    /* Who an event is from stays whole, unless the line must be as short as can be. */
    w->text_limit = text_limit == CEF_LAST_ROUND && limit > 63 ? 63 : limit;
    if (text.len)
        cef_put_escaped(w, text, limit, CEF_IN_HEADER);
    else
        cef_put_raw(w, otherwise, strlen(otherwise));
    w->text_limit = text_limit;
    *w->p++ = '|';
}

static void write_head(struct cef_writer *w, const struct slice *texts, const char *status)
{
    CEF_PUT(w, "CEF:0|");
    cef_put_header_text(w, texts[0], "Parapet", 63);
    cef_put_header_text(w, texts[1], "Parapet", 63);
    cef_put_header_text(w, texts[2], "unknown", 31);
    cef_put_header_text(w, texts[3], status ? status : "unknown", 1023);
    cef_put_header_text(w, texts[4], status ? "Message not understood" : "unknown", 512);
}

#define BIT(name) (UINT64_C(1) << FIELD_##name)
#define HEAD_FIELDS                                                                                \
    (BIT(vendor) | BIT(product) | BIT(device_version) | BIT(event_id) | BIT(event_name))

#define STAND_TOGETHER(a, b, c)                                                                    \
    (FIELD_##b == FIELD_##a + 1 && FIELD_##c == FIELD_##a + 2 &&                                   \
     offsetof(struct record, b) == offsetof(struct record, a) + 1 &&                               \
     offsetof(struct record, c) == offsetof(struct record, a) + 2)
_Static_assert(STAND_TOGETHER(category, action, outcome) &&
                   STAND_TOGETHER(evidence, direction, protocol),
               "three bytes at once");
_Static_assert(FIELD_vendor >= 3 && FIELD_protocol < 19, "the marks stand above the values");

static inline uint64_t three_bytes(const uint8_t *first)
{
    uint32_t bytes;
    memcpy(&bytes, first, sizeof(bytes));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    bytes = __builtin_bswap32(bytes);
#endif
    return bytes & 0xffffff;
}

/* What of a record the beginning depends on, but its texts: each word in a byte, set or not, and above
 * them marks of what is set. */
static inline uint64_t what_of(const struct record *r)
{
    return (r->has & (CEF_WORDS | HEAD_FIELDS)) << 45 ^ three_bytes(&r->category) ^
           three_bytes(&r->evidence) << 24;
}

/* Kinds of message differ in their ids, most often in the last digits. No two ids of up to eight bytes
 * and of one length are the same here. */
static inline uint64_t id_of(struct slice id)
{
    uint32_t first = 0, last = 0;
    if (id.len >= 4) {
        memcpy(&first, id.ptr, 4);
        memcpy(&last, slice_end(id) - 4, 4);
    } else if (id.len) {
        first = (unsigned char)id.ptr[0] | (uint32_t)(unsigned char)id.ptr[id.len >> 1] << 8 |
                (uint32_t)(unsigned char)id.ptr[id.len - 1] << 16;
    }
    return first | (uint64_t)last << 32;
}

/* All but the texts themselves. */
struct marks {
    uint64_t what, id;
    uint32_t tail;
};

static inline struct marks marks_of(const struct record *r, unsigned severity)
{
    struct slice id = RECORD_HAS(r, event_id) ? r->event_id : SLICE_NONE;
    return (struct marks){what_of(r), id_of(id), ((uint32_t)id.len << 8 | severity) + 1};
}

static inline bool is_alike(const struct cef_kind *kind, const struct marks *m)
{
    return kind->what == m->what && kind->id == m->id && kind->tail == m->tail;
}

static inline bool same_place(struct slice known, struct slice text)
{
    return known.ptr == text.ptr && known.len == text.len;
}

static __attribute__((noinline)) bool same_bytes(struct slice known, struct slice text)
{
    return known.len == text.len && (text.len <= 32 ? cef_same(known.ptr, text.ptr, text.len)
                                                    : memcmp(known.ptr, text.ptr, text.len) == 0);
}

/* Whether the texts of a slot are such a record's, that is alike otherwise: static text is known by where
 * it stands, and most is. A device's version, and the rest of a long id, are looked at below. */
static inline bool same_places(const struct cef_kind *kind, const struct record *r)
{
    return same_place(kind->texts[0], r->vendor) && same_place(kind->texts[4], r->event_name) &&
           !RECORD_HAS(r, device_version) && r->event_id.len <= 8 &&
           (same_place(kind->texts[1], r->product) || same_bytes(kind->texts[1], r->product));
}

/* The same by every byte. */
static bool same_texts(const struct cef_kind *kind, const struct record *r)
{
#define SAME(i, name)                                                                              \
    (!RECORD_HAS(r, name) || same_place(kind->texts[i], r->name) ||                                \
     same_bytes(kind->texts[i], r->name))
    return SAME(0, vendor) && SAME(1, product) && SAME(2, device_version) && SAME(3, event_id) &&
           SAME(4, event_name);
#undef SAME
}

/* Remembers what was written, where there is room for it. */
static void remember(struct cef_kind *kind, const struct record *r, const struct slice *texts,
                     const struct marks *m, struct slice out, const char *pipe)
{
    char *copy = kind->copies, *end = copy + sizeof(kind->copies);
    kind->tail = 0;
    if (out.len > sizeof(kind->out))
        return;
    for (int i = 0; i < CEF_HEAD_TEXTS; i++) {
        kind->texts[i] = texts[i];
        if (record_is_static(r, texts[i]))
            continue;
        if (texts[i].len > (size_t)(end - copy))
            return;
        memcpy(copy, texts[i].ptr, texts[i].len);
        kind->texts[i].ptr = copy;
        copy += texts[i].len;
    }
    memcpy(kind->out, out.ptr, out.len);
    kind->len = (uint16_t)out.len;
    kind->pipe = (uint16_t)(pipe - out.ptr);
    kind->what = m->what;
    kind->id = m->id;
    kind->tail = m->tail;
    kind->list = NULL;
}

/* One that is not remembered: it will be, unless it had to be cut. */
static char *put_new(struct cef_writer *w, struct cef_kind *kind, const struct record *r,
                     unsigned severity, const struct marks *m, const char *status)
{
    const struct slice texts[CEF_HEAD_TEXTS] = {
        RECORD_HAS(r, vendor) ? r->vendor : SLICE_NONE,
        RECORD_HAS(r, product) ? r->product : SLICE_NONE,
        RECORD_HAS(r, device_version) ? r->device_version : SLICE_NONE,
        RECORD_HAS(r, event_id) ? r->event_id : SLICE_NONE,
        RECORD_HAS(r, event_name) ? r->event_name : SLICE_NONE,
    };
    char *begin = w->p;
    bool cut = w->cut;
    w->cut = false;
    write_head(w, texts, status);
    bool whole = !w->cut && !status && w->p - begin <= CEF_HEAD_MAX;
    w->cut |= cut;
    w->p = digits_octet(w->p, severity);
    char *pipe = w->p;
    cef_put_words(w, r);
    if (whole)
        remember(kind, r, texts, m, (struct slice){begin, (size_t)(w->p - begin)}, pipe);
    return pipe;
}

static inline char *put_known(struct cef_writer *w, const struct cef_kind *kind)
{
    char *p = w->p;
    memcpy(p, kind->out, CEF_KIND_USUAL);
    if (__builtin_expect(kind->len > CEF_KIND_USUAL, 0))
        memcpy(p + CEF_KIND_USUAL, kind->out + CEF_KIND_USUAL, sizeof(kind->out) - CEF_KIND_USUAL);
    w->p = p + kind->len;
    return p + kind->pipe;
}

/* Where not all the texts are static, or the slot holds another: which of two neighbours makes room is
 * left to chance. */
static __attribute__((noinline)) char *put_other(struct cef_writer *w, struct cef_memory *memory,
                                                 const struct record *r, unsigned severity,
                                                 const struct marks *m, const char *status)
{
    size_t at = (size_t)(memory->kind - memory->kinds);
    for (size_t way = 0; way < 2 && !status; way++) {
        struct cef_kind *kind = &memory->kinds[at ^ way];
        if (is_alike(kind, m) && same_texts(kind, r)) {
            memory->kind = kind;
            return put_known(w, kind);
        }
    }
    if (memory->kind->tail)
        memory->kind = &memory->kinds[at ^ (memory->line & 1)];
    return put_new(w, memory->kind, r, severity, m, status);
}

char *cef_put_beginning(struct cef_writer *w, struct cef_memory *memory, const struct record *r,
                        unsigned severity, const char *status)
{
    struct marks m = marks_of(r, severity);
    uint64_t hash = (m.id ^ m.what ^ (uint64_t)m.tail << 12) * UINT64_C(0x9e3779b97f4a7c15);
    struct cef_kind *kind = &memory->kinds[hash >> 56 & (CEF_KINDS - 1)];
    memory->kind = kind;
    if (__builtin_expect(!status && is_alike(kind, &m) && same_places(kind, r), 1))
        return put_known(w, kind);
    return put_other(w, memory, r, severity, &m, status);
}
