/* What a CEF line begins with, where it has to be written anew. */
#include "server/forward/cef_kind.h"

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

bool cef_same_bytes(struct slice known, struct slice text)
{
    return known.len == text.len && slice_same(known.ptr, text.ptr, text.len);
}

/* The same by every byte. */
static bool same_texts(const struct cef_kind *kind, const struct record *r)
{
#define SAME(i, name)                                                                              \
    (!RECORD_HAS(r, name) || cef_same_place(kind->texts[i], r->name) ||                            \
     cef_same_bytes(kind->texts[i], r->name))
    return SAME(0, vendor) && SAME(1, product) && SAME(2, device_version) && SAME(3, event_id) &&
           SAME(4, event_name);
#undef SAME
}

/* Remembers what was written, where there is room for it. */
static void remember(struct cef_kind *kind, const struct record *r, const struct slice *texts,
                     const struct cef_marks *m, struct slice out, const char *pipe)
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
                     unsigned severity, const struct cef_marks *m, const char *status)
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

/* Where not all the texts are static, or the slot holds another: which of two neighbours makes room is
 * left to chance. */
char *cef_put_other_beginning(struct cef_writer *w, struct cef_memory *memory,
                              const struct record *r, unsigned severity, const struct cef_marks *m,
                              const char *status)
{
    size_t at = (size_t)(memory->kind - memory->kinds);
    for (size_t way = 0; way < 2 && !status; way++) {
        struct cef_kind *kind = &memory->kinds[at ^ way];
        if (cef_is_alike(kind, m) && same_texts(kind, r)) {
            memory->kind = kind;
            return cef_put_known(w, kind);
        }
    }
    if (memory->kind->tail)
        memory->kind = &memory->kinds[at ^ (memory->line & 1)];
    return put_new(w, memory->kind, r, severity, m, status);
}
