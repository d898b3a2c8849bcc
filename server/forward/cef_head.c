/* What stands in front of the pairs: the syslog header, and CEF's own up to the severity. */
#include "parsers/text/timestamp.h"
#include "server/forward/cef_memory.h"

#define CEF_HEAD_USUAL 64 /* most are no longer */

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

/* CEF's 0 to 10 as syslog's 7 (debug) to 0 (emergency): RFC 5424 table 2. */
static const uint8_t syslog_severity[11] = {6, 6, 6, 5, 5, 4, 4, 3, 3, 2, 2};

/* Names of hosts as RFC 5424 takes them: visible ASCII only. */
static __attribute__((noinline)) char *put_odd_hostname(char *p, struct slice host)
{
    host = slice_first(host, 255);
    size_t plain = plain_copy(p, host.ptr, host.len, ' ');
    for (size_t i = plain; i < host.len; i++)
        p[i] = (unsigned)(host.ptr[i] - '!') < 94 ? host.ptr[i] : '_';
    if (host.len == 0)
        *p++ = '-';
    return p + host.len;
}

static inline char *put_hostname(char *p, struct plain_blocks blocks, struct slice host)
{
    if (host.len - 1 < PLAIN_BLOCK && plain_has_block(blocks, host.ptr) &&
        plain_copy_block(p, host.ptr, host.len, ' '))
        return p + host.len;
    return put_odd_hostname(p, host);
}

/* "Nov 21 08:56:00 " of RFC 3164, from the form of RFC 3339. */
static char *put_bsd_time(char *p, const char *iso)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int month = (iso[5] - '0') * 10 + iso[6] - '1';
    memcpy(p, months + 3 * (month >= 0 && month < 12 ? month : 0), 3);
    p[3] = ' ';
    p[4] = iso[8] == '0' ? ' ' : iso[8];
    p[5] = iso[9];
    p[6] = ' ';
    memcpy(p + 7, iso + 11, 8);
    p[15] = ' ';
    return p + 16;
}

/* As RFC 3339 has it; most often in the same second as the line before. Before 1970 seconds and
 * their parts are not counted the same way. */
static inline void put_stamp(char *p, struct cef_second *second, int64_t ms)
{
    uint64_t part = (uint64_t)ms - (uint64_t)second->begin_ms;
    if (__builtin_expect(part >= 1000, 0)) {
        timestamp_format(p, ms);
        if (ms >= 0) {
            memcpy(second->text, p, TIMESTAMP_TEXT_LEN);
            second->begin_ms = ms - ms % 1000;
        }
        return;
    }
    memcpy(p, second->text, TIMESTAMP_TEXT_LEN);
    cef_put_millis(p + 20, (unsigned)part);
}

void cef_put_syslog_header(struct cef_writer *w, const struct cef_format *format, int64_t time_ms,
                           struct slice host, unsigned severity)
{
    static const char nobody[] = " parapet - - - ";
    char *p = w->p, iso[TIMESTAMP_TEXT_LEN];
    *p++ = '<';
    p = digits_octet(p, format->facility * 8 + syslog_severity[severity]);
    *p++ = '>';
    if (format->header == CEF_HEADER_RFC5424) {
        *p++ = '1';
        *p++ = ' ';
        put_stamp(p, &format->memory->stamp, time_ms);
        p += TIMESTAMP_TEXT_LEN;
        *p++ = ' ';
        p = put_hostname(p, w->blocks, host);
        memcpy(p, nobody, sizeof(nobody) - 1);
        w->p = p + sizeof(nobody) - 1;
    } else {
        put_stamp(iso, &format->memory->stamp, time_ms);
        p = put_hostname(put_bsd_time(p, iso), w->blocks, host);
        *p++ = ' ';
        w->p = p;
    }
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

#define HEAD_FIELDS                                                                                \
    (UINT64_C(1) << FIELD_vendor | UINT64_C(1) << FIELD_product |                                  \
     UINT64_C(1) << FIELD_device_version | UINT64_C(1) << FIELD_event_id |                         \
     UINT64_C(1) << FIELD_event_name)

static __attribute__((noinline)) bool same_bytes(const char *known, struct slice text)
{
    return text.len <= 32 ? cef_same(known, text.ptr, text.len)
                          : memcmp(known, text.ptr, text.len) == 0;
}

/* Static text is known by where it stands, other text by its bytes: ids are short. */
static inline __attribute__((always_inline)) bool is_text(struct slice known, struct slice text)
{
    if (known.len != text.len)
        return false;
    if (known.ptr == text.ptr)
        return true;
    return text.len - 4 <= 4 ? cef_same(known.ptr, text.ptr, text.len)
                             : same_bytes(known.ptr, text);
}

/* Whether the slot holds the header of such a record. */
static inline bool holds(const struct cef_head *head, const struct record *r)
{
#define HOLDS(i, name) (!RECORD_HAS(r, name) || is_text(head->texts[i], r->name))
    return head->len && head->has == (r->has & HEAD_FIELDS) && HOLDS(0, vendor) &&
           HOLDS(1, product) && HOLDS(2, device_version) && HOLDS(3, event_id) &&
           HOLDS(4, event_name);
#undef HOLDS
}

/* The slot of a record: kinds of message differ in their ids, most often in the last digits. */
static inline struct cef_head *head_slot(struct cef_memory *memory, const struct record *r)
{
    struct slice id = RECORD_HAS(r, event_id) ? r->event_id : SLICE_NONE;
    uint32_t first = 0, last = 0;
    if (id.len >= 4) {
        memcpy(&first, id.ptr, 4);
        memcpy(&last, slice_end(id) - 4, 4);
    } else if (id.len) {
        first = (unsigned char)id.ptr[0];
    }
    uint64_t h = first ^ (uint64_t)last << 32 ^ id.len;
    if (RECORD_HAS(r, event_name))
        h ^= r->event_name.len << 24;
    return &memory->heads[h * UINT64_C(0x9e3779b97f4a7c15) >> 58 & (CEF_HEADS - 1)];
}

/* Remembers what was written, where there is room for it. */
static void fill_head(struct cef_head *head, const struct record *r, const struct slice *texts,
                      const char *out, size_t len)
{
    char *copy = head->copies, *end = copy + sizeof(head->copies);
    head->len = 0;
    if (len > sizeof(head->out))
        return;
    for (int i = 0; i < CEF_HEAD_TEXTS; i++) {
        head->texts[i] = texts[i];
        if (record_is_static(r, texts[i]))
            continue;
        if (texts[i].len > (size_t)(end - copy))
            return;
        memcpy(copy, texts[i].ptr, texts[i].len);
        head->texts[i].ptr = copy;
        copy += texts[i].len;
    }
    memcpy(head->out, out, len);
    head->has = r->has & HEAD_FIELDS;
    head->len = (uint16_t)len;
}

/* One that is not remembered: it will be, unless it had to be cut. */
static __attribute__((noinline)) void put_new_head(struct cef_writer *w, struct cef_head *head,
                                                   const struct record *r, const char *status)
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
    if (!w->cut && !status)
        fill_head(head, r, texts, begin, (size_t)(w->p - begin));
    w->cut |= cut;
}

void cef_put_head(struct cef_writer *w, struct cef_memory *memory, const struct record *r,
                  const char *status)
{
    struct cef_head *head = head_slot(memory, r);
    memory->head = head;
    if (__builtin_expect(status || !holds(head, r), 0)) {
        put_new_head(w, head, r, status);
        return;
    }
    memcpy(w->p, head->out, CEF_HEAD_USUAL);
    if (head->len > CEF_HEAD_USUAL)
        memcpy(w->p + CEF_HEAD_USUAL, head->out + CEF_HEAD_USUAL, CEF_HEAD_MAX - CEF_HEAD_USUAL);
    w->p += head->len;
}
