/*
 * What a CEF line begins with, up to the pairs that differ from line to line: CEF's header, its
 * severity, and the fields that are words. Devices send few combinations of these: they are remembered
 * ready written. Here is what every line goes through; what is new is in cef_kind.c.
 */
#pragma once

#include <stddef.h>

#include "server/forward/cef_memory.h"

#define CEF_KIND_USUAL 192 /* most are no longer */

#define CEF_HEAD_FIELDS                                                                            \
    (UINT64_C(1) << FIELD_vendor | UINT64_C(1) << FIELD_product |                                  \
     UINT64_C(1) << FIELD_device_version | UINT64_C(1) << FIELD_event_id |                         \
     UINT64_C(1) << FIELD_event_name)

#define STAND_TOGETHER(a, b, c)                                                                    \
    (FIELD_##b == FIELD_##a + 1 && FIELD_##c == FIELD_##a + 2 &&                                   \
     offsetof(struct record, b) == offsetof(struct record, a) + 1 &&                               \
     offsetof(struct record, c) == offsetof(struct record, a) + 2)
_Static_assert(STAND_TOGETHER(category, action, outcome) &&
                   STAND_TOGETHER(evidence, direction, protocol),
               "three bytes at once");
_Static_assert(FIELD_vendor >= 3 && FIELD_protocol < 19, "the marks stand above the values");

static inline uint64_t cef_three_bytes(const uint8_t *first)
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
static inline uint64_t cef_what_of(const struct record *r)
{
    return (r->has & (CEF_WORDS | CEF_HEAD_FIELDS)) << 45 ^ cef_three_bytes(&r->category) ^
           cef_three_bytes(&r->evidence) << 24;
}

/* Kinds of message differ in their ids, most often in the last digits. No two ids of up to eight bytes
 * and of one length are the same here. */
static inline uint64_t cef_id_of(struct slice id)
{
    return slice_few_bytes(id.ptr, id.len);
}

/* All but the texts themselves. */
struct cef_marks {
    uint64_t what, id;
    uint32_t tail;
};

static inline struct cef_marks cef_marks_of(const struct record *r, unsigned severity)
{
    struct slice id = RECORD_HAS(r, event_id) ? r->event_id : SLICE_NONE;
    return (struct cef_marks){cef_what_of(r), cef_id_of(id),
                              ((uint32_t)id.len << 8 | severity) + 1};
}

static inline bool cef_is_alike(const struct cef_kind *kind, const struct cef_marks *m)
{
    return kind->what == m->what && kind->id == m->id && kind->tail == m->tail;
}

static inline bool cef_same_place(struct slice known, struct slice text)
{
    return known.ptr == text.ptr && known.len == text.len;
}

/* By every byte. */
bool cef_same_bytes(struct slice known, struct slice text);

/* Whether the texts of a slot are such a record's, that is alike otherwise: static text is known by where
 * it stands, and most is. A device's version, and the rest of a long id, are looked at below. */
static inline bool cef_same_places(const struct cef_kind *kind, const struct record *r)
{
    return cef_same_place(kind->texts[0], r->vendor) &&
           cef_same_place(kind->texts[4], r->event_name) && !RECORD_HAS(r, device_version) &&
           r->event_id.len <= 8 &&
           (cef_same_place(kind->texts[1], r->product) ||
            cef_same_bytes(kind->texts[1], r->product));
}

/* A line's beginning that is not in its slot, memory->kind, as it is: some of its texts are not static,
 * or the slot holds another. */
char *cef_put_other_beginning(struct cef_writer *w, struct cef_memory *memory,
                              const struct record *r, unsigned severity, const struct cef_marks *m,
                              const char *status);

static inline char *cef_put_known(struct cef_writer *w, const struct cef_kind *kind)
{
    char *p = w->p;
    memcpy(p, kind->out, CEF_KIND_USUAL);
    if (__builtin_expect(kind->len > CEF_KIND_USUAL, 0))
        memcpy(p + CEF_KIND_USUAL, kind->out + CEF_KIND_USUAL, sizeof(kind->out) - CEF_KIND_USUAL);
    w->p = p + kind->len;
    return p + kind->pipe;
}

/* "CEF:0|Cisco|ASA|...|106023|Deny by access group|3", and the fields that are words behind it. Each
 * pair brings its own blank in front: returns where the last pipe belongs, which is the first one's. */
static inline __attribute__((always_inline)) char *cef_put_beginning(struct cef_writer *w,
                                                                     struct cef_memory *memory,
                                                                     const struct record *r,
                                                                     unsigned severity,
                                                                     const char *status)
{
    struct cef_marks m = cef_marks_of(r, severity);
    uint64_t hash = (m.id ^ m.what ^ (uint64_t)m.tail << 12) * UINT64_C(0x9e3779b97f4a7c15);
    struct cef_kind *kind = &memory->kinds[hash >> 56 & (CEF_KINDS - 1)];
    memory->kind = kind;
    if (__builtin_expect(!status && cef_is_alike(kind, &m) && cef_same_places(kind, r), 1))
        return cef_put_known(w, kind);
    return cef_put_other_beginning(w, memory, r, severity, &m, status);
}
