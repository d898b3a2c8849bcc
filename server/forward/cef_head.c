/* What stands in front of the pairs: the syslog header, and CEF's own up to the severity. */
#include "parsers/text/timestamp.h"
#include "server/forward/cef_memory.h"

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
static void put_hostname(struct cef_writer *w, struct slice host)
{
    host = slice_first(host, 255);
    size_t plain = plain_copy(w->p, host.ptr, host.len, ' ');
    for (size_t i = plain; i < host.len; i++)
        w->p[i] = (unsigned)(host.ptr[i] - '!') < 94 ? host.ptr[i] : '_';
    w->p += host.len;
    if (host.len == 0)
        *w->p++ = '-';
}

/* "Nov 21 08:56:00" of RFC 3164, from the form of RFC 3339. */
static void put_bsd_time(struct cef_writer *w, const char *iso)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int month = (iso[5] - '0') * 10 + iso[6] - '1';
    cef_put_raw(w, months + 3 * (month >= 0 && month < 12 ? month : 0), 3);
    *w->p++ = ' ';
    *w->p++ = iso[8] == '0' ? ' ' : iso[8];
    *w->p++ = iso[9];
    *w->p++ = ' ';
    cef_put_raw(w, iso + 11, 8);
}

void cef_remember_second(struct cef_memory *memory, int64_t time_ms)
{
    int64_t second = time_ms / 1000;
    if (time_ms < 0 || second == memory->second)
        return;
    char epoch[DIGITS_MAX];
    timestamp_format(memory->stamp, time_ms);
    memory->epoch_len = (uint8_t)(digits_format(epoch, (uint64_t)second) - epoch);
    memcpy(memory->epoch, epoch, sizeof(memory->epoch));
    memory->second = second;
}

/* Before 1970 seconds and their parts are not counted the same way. */
static void put_stamp(struct cef_writer *w, const struct cef_memory *memory, int64_t time_ms)
{
    if (time_ms < 0) {
        w->p = timestamp_format(w->p, time_ms);
        return;
    }
    unsigned ms = (unsigned)(time_ms % 1000);
    memcpy(w->p, memory->stamp, TIMESTAMP_TEXT_LEN);
    w->p[20] = (char)('0' + ms / 100);
    w->p[21] = (char)('0' + ms / 10 % 10);
    w->p[22] = (char)('0' + ms % 10);
    w->p += TIMESTAMP_TEXT_LEN;
}

void cef_put_syslog_header(struct cef_writer *w, const struct cef_format *format, int64_t time_ms,
                           struct slice host, unsigned severity)
{
    if (format->header == CEF_HEADER_NONE)
        return;
    *w->p++ = '<';
    cef_put_number(w, format->facility * 8 + syslog_severity[severity]);
    *w->p++ = '>';
    if (format->header == CEF_HEADER_RFC5424) {
        CEF_PUT(w, "1 ");
        put_stamp(w, format->memory, time_ms);
        *w->p++ = ' ';
        put_hostname(w, host);
        CEF_PUT(w, " parapet - - - ");
    } else {
        char iso[TIMESTAMP_TEXT_LEN];
        timestamp_format(iso, time_ms);
        put_bsd_time(w, iso);
        *w->p++ = ' ';
        put_hostname(w, host);
        *w->p++ = ' ';
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

/* Whether `known` begins with the text. Most are short: their two ends overlap and say it all. */
static inline bool begins_with(const char *known, struct slice text)
{
    uint64_t a = 0, b = 0, c = 0, d = 0;
    if (text.len >= 8 && text.len <= 16) {
        memcpy(&a, known, 8);
        memcpy(&b, text.ptr, 8);
        memcpy(&c, known + text.len - 8, 8);
        memcpy(&d, slice_end(text) - 8, 8);
    } else if (text.len >= 4 && text.len < 8) {
        memcpy(&a, known, 4);
        memcpy(&b, text.ptr, 4);
        memcpy(&c, known + text.len - 4, 4);
        memcpy(&d, slice_end(text) - 4, 4);
    } else if (text.len) {
        return memcmp(known, text.ptr, text.len) == 0;
    }
    return ((a ^ b) | (c ^ d)) == 0;
}

/* Whether the slot holds these texts already. */
static inline bool holds(const struct cef_head *head, const struct slice *texts)
{
    const char *known = head->texts;
    if (head->len == 0)
        return false;
    for (int i = 0; i < CEF_HEAD_TEXTS; i++) {
        if (head->text_len[i] != texts[i].len || !begins_with(known, texts[i]))
            return false;
        known += texts[i].len;
    }
    return true;
}

/* The slot of these texts: kinds of message differ in their ids, most often in the last digits. */
static inline struct cef_head *head_slot(struct cef_memory *memory, const struct slice *texts)
{
    struct slice id = texts[3];
    uint64_t h = 0;
    if (id.len >= 4) {
        uint32_t first, last;
        memcpy(&first, id.ptr, 4);
        memcpy(&last, slice_end(id) - 4, 4);
        h = first | (uint64_t)last << 32;
    } else if (id.len) {
        memcpy(&h, id.ptr, 1);
    }
    h = (h ^ texts[4].len << 24 ^ texts[0].len) * UINT64_C(0x9e3779b97f4a7c15);
    return &memory->heads[h >> 58 & (CEF_HEADS - 1)];
}

static void fill_head(struct cef_writer *w, struct cef_head *head, const struct slice *texts)
{
    char *begin = w->p, *copy = head->texts;
    bool cut = w->cut;
    w->cut = false;
    write_head(w, texts, NULL);
    size_t len = (size_t)(w->p - begin);
    head->len = len <= CEF_HEAD_MAX && !w->cut ? (uint16_t)len : 0;
    w->cut |= cut;
    memcpy(head->out, begin, head->len);
    for (int i = 0; i < CEF_HEAD_TEXTS; i++) {
        memcpy(copy, texts[i].ptr, texts[i].len);
        copy += texts[i].len;
        head->text_len[i] = (uint16_t)texts[i].len;
    }
}

void cef_put_head(struct cef_writer *w, struct cef_memory *memory, const struct record *r,
                  const char *status)
{
    const struct slice texts[CEF_HEAD_TEXTS] = {
        RECORD_HAS(r, vendor) ? r->vendor : SLICE_NONE,
        RECORD_HAS(r, product) ? r->product : SLICE_NONE,
        RECORD_HAS(r, device_version) ? r->device_version : SLICE_NONE,
        RECORD_HAS(r, event_id) ? r->event_id : SLICE_NONE,
        RECORD_HAS(r, event_name) ? r->event_name : SLICE_NONE,
    };
    size_t total = 0;
    for (int i = 0; i < CEF_HEAD_TEXTS; i++)
        total += texts[i].len;
    if (status || total > CEF_HEAD_MAX) {
        write_head(w, texts, status);
        return;
    }
    struct cef_head *head = head_slot(memory, texts);
    if (!holds(head, texts)) {
        fill_head(w, head, texts);
        return;
    }
    memcpy(w->p, head->out, CEF_HEAD_MAX / 2);
    if (head->len > CEF_HEAD_MAX / 2)
        memcpy(w->p + CEF_HEAD_MAX / 2, head->out + CEF_HEAD_MAX / 2, CEF_HEAD_MAX / 2);
    w->p += head->len;
}
