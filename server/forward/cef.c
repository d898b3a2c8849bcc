/*
 * CEF lines, written once, straight into the batch: the syslog header, CEF's header, the pairs, and
 * the frame around them.
 */
#include "server/forward/cef.h"

#include <stdlib.h>

#include "parsers/text/timestamp.h"
#include "server/forward/cef_memory.h"

struct cef_memory *cef_memory_new(void)
{
    struct cef_memory *memory = calloc(1, sizeof(*memory));
    if (memory)
        memory->second = INT64_MIN;
    return memory;
}

void cef_memory_free(struct cef_memory *memory)
{
    free(memory);
}

/* ---- header ---- */

static void put_header_text(struct cef_writer *w, struct slice text, const char *otherwise,
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
    if (host.len == 0)
        *w->p++ = '-';
    for (size_t i = 0; i < host.len && i < 255; i++)
        *w->p++ = (unsigned)(host.ptr[i] - '!') < 94 ? host.ptr[i] : '_';
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

/* Most lines share their second with the line before. */
static void put_stamp(struct cef_writer *w, struct cef_memory *memory, int64_t time_ms)
{
    int64_t ms = time_ms % 1000;
    if (ms < 0 || time_ms / 1000 != memory->second) {
        timestamp_format(memory->stamp, time_ms);
        memory->second = time_ms / 1000;
    }
    memcpy(w->p, memory->stamp, TIMESTAMP_TEXT_LEN);
    w->p[20] = (char)('0' + ms / 100);
    w->p[21] = (char)('0' + ms / 10 % 10);
    w->p[22] = (char)('0' + ms % 10);
    w->p += TIMESTAMP_TEXT_LEN;
}

static void put_syslog_header(struct cef_writer *w, const struct cef_format *format,
                              int64_t time_ms, struct slice host, unsigned severity)
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

/* ---- lines ---- */

/* What the lines have in common: where one begins, and what fills it. */
struct line {
    const struct cef_format *format;
    const struct record *record; /* NULL for alerts without an event */
    const struct alert *alert;
    const char *status; /* of unparsed messages */
    struct slice raw;
};

static void write_head(struct cef_writer *w, const struct slice *texts, const char *status)
{
    CEF_PUT(w, "CEF:0|");
    put_header_text(w, texts[0], "Parapet", 63);
    put_header_text(w, texts[1], "Parapet", 63);
    put_header_text(w, texts[2], "unknown", 31);
    put_header_text(w, texts[3], status ? status : "unknown", 1023);
    put_header_text(w, texts[4], status ? "Message not understood" : "unknown", 512);
}

/* The slot of these texts; whether it holds them already. */
static struct cef_head *find_head(struct cef_memory *memory, const struct slice *texts, bool *found)
{
    uint64_t h = 0;
    memcpy(&h, texts[3].ptr, texts[3].len < 8 ? texts[3].len : 8);
    h = (h ^ texts[4].len << 40 ^ texts[0].len) * UINT64_C(0x9e3779b97f4a7c15);
    struct cef_head *head = &memory->heads[h >> 58 & (CEF_HEADS - 1)];
    const char *known = head->texts;
    *found = head->len != 0;
    for (int i = 0; i < CEF_HEAD_TEXTS && *found; i++) {
        *found =
            head->text_len[i] == texts[i].len && memcmp(known, texts[i].ptr, texts[i].len) == 0;
        known += head->text_len[i];
    }
    return head;
}

/* "CEF:0|Cisco|ASA|...|106023|Deny by access group|" */
static void put_head(struct cef_writer *w, const struct line *line)
{
    const struct record *r = line->record;
    const struct slice texts[CEF_HEAD_TEXTS] = {
        RECORD_HAS(r, vendor) ? r->vendor : SLICE_NONE,
        RECORD_HAS(r, product) ? r->product : SLICE_NONE,
        RECORD_HAS(r, device_version) ? r->device_version : SLICE_NONE,
        RECORD_HAS(r, event_id) ? r->event_id : SLICE_NONE,
        RECORD_HAS(r, event_name) ? r->event_name : SLICE_NONE,
    };
    size_t total = 0;
    bool found;
    for (int i = 0; i < CEF_HEAD_TEXTS; i++)
        total += texts[i].len;
    if (line->status || total > CEF_HEAD_MAX) {
        write_head(w, texts, line->status);
        return;
    }
    struct cef_head *head = find_head(line->format->memory, texts, &found);
    if (found) {
        memcpy(w->p, head->out, CEF_HEAD_MAX);
        w->p += head->len;
        return;
    }
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

static void write_event(struct cef_writer *w, const struct line *line)
{
    const struct record *r = line->record;
    unsigned severity = record_severity(r);
    put_syslog_header(w, line->format, RECORD_HAS(r, time) ? r->time : 0,
                      RECORD_HAS(r, host) ? r->host : SLICE_NONE, severity);
    put_head(w, line);
    cef_put_number(w, severity);
    /* Each pair brings its own blank in front; the first one's is overwritten by the last pipe. */
    char *pipe = w->p;
    cef_put_fields(w, line->format, r);
    if (line->format->keep_unmapped && RECORD_HAS(r, extra) && w->text_limit > CEF_LAST_ROUND)
        cef_put_extras(w, line->format->memory, r);
    else if (RECORD_HAS(r, extra) && line->format->keep_unmapped)
        w->cut = true;
    if (line->status) {
        CEF_PUT(w, " ParapetParseStatus=");
        cef_put_raw(w, line->status, strlen(line->status));
    }
    if (w->cut || r->cut)
        CEF_PUT(w, " ParapetCut=1");
    if (line->status)
        cef_put_text_field(w, FIELD_message, line->raw);
    else if (RECORD_HAS(r, message))
        cef_put_text_field(w, FIELD_message, r->message);
    if (w->p == pipe)
        w->p++;
    *pipe = '|';
}

static const char *const phases[] = {"start", "ongoing", "end"};

static void put_pair(struct cef_writer *w, const char *key, const char *text, size_t limit)
{
    if (!text || !*text)
        return;
    cef_put_raw(w, key, strlen(key));
    cef_put_escaped(w, slice(text), limit, CEF_IN_EXTENSION);
}

/* The group's own fields under their CEF keys: src_ip is src, dst_port is dpt. */
static void put_group(struct cef_writer *w, const struct alert *a)
{
    for (unsigned i = 0; i < a->group_count; i++)
        for (int field = 0; field < FIELD_COUNT; field++)
            if (strcmp(record_fields[field].name, a->group[i].name) == 0 &&
                cef_has_key((enum record_field)field)) {
                cef_put_key(w, (enum record_field)field);
                cef_put_escaped(w, slice(a->group[i].text), 1023, CEF_IN_EXTENSION);
            }
}

static void put_list(struct cef_writer *w, const char *key, const char *const *items,
                     unsigned count)
{
    for (unsigned i = 0; i < count && (i < 4 || w->text_limit > CEF_LAST_ROUND); i++) {
        cef_put_raw(w, i ? "," : key, i ? 1 : strlen(key));
        cef_put_escaped(w, slice(items[i]), 128, CEF_IN_EXTENSION);
    }
}

static void put_alert_details(struct cef_writer *w, const struct alert *a)
{
    const char *samples[ALERT_SAMPLES_MAX], *evidence[EVIDENCE_COUNT];
    unsigned n = 0;
    for (unsigned i = 0; i < a->sample_count; i++)
        samples[i] = a->samples[i].text;
    for (unsigned i = 0; i < EVIDENCE_COUNT; i++)
        if (a->evidence >> i & 1)
            evidence[n++] = record_word(KIND_EVIDENCE, i);
    CEF_PUT(w, " cs4Label=Detections cs4=");
    cef_put_escaped(w, slice(a->detector->name), 4000, CEF_IN_EXTENSION);
    put_pair(w, " cs5Label=ATT&CK cs5=", a->detector->techniques, 4000);
    put_list(w, " cs6Label=Evidence cs6=", evidence, n);
    CEF_PUT(w, " cn1Label=Risk cn1=");
    cef_put_number(w, a->risk);
    CEF_PUT(w, " flexString2Label=Phase flexString2=");
    put_pair(w, "", phases[a->phase], 16);
    CEF_PUT(w, " ParapetThreshold=");
    cef_put_number(w, a->threshold);
    CEF_PUT(w, " ParapetScore=");
    cef_put_number(w, a->score);
    put_pair(w, " ParapetTactics=", a->detector->tactics, 1023);
    if (a->count_estimated)
        CEF_PUT(w, " ParapetCountEstimated=1");
    CEF_PUT(w, " ParapetFirstSeen=");
    cef_put_time(w, a->first_seen_ms);
    CEF_PUT(w, " ParapetLastSeen=");
    cef_put_time(w, a->last_seen_ms);
    put_list(w, " ParapetSamples=", samples, a->sample_count);
    for (unsigned i = 0; i < a->device_count; i++) {
        cef_put_raw(w, i ? "," : " ParapetDevices=", i ? 1 : 16);
        cef_put_escaped(w, a->devices[i], 255, CEF_IN_EXTENSION);
    }
    put_pair(w, " ParapetNextSteps=", a->detector->next_steps, 1023);
}

static void write_alert(struct cef_writer *w, const struct line *line)
{
    const struct alert *a = line->alert;
    const struct record *r = a->record;
    struct slice host = r && RECORD_HAS(r, host) ? r->host
                        : a->device_count        ? a->devices[0]
                                                 : slice("parapet");
    unsigned severity = a->severity > 10 ? 10 : a->severity;
    put_syslog_header(w, line->format, a->time_ms, host, severity);
    CEF_PUT(w, "CEF:0|Parapet|Parapet|" PARAPET_VERSION "|");
    put_header_text(w, slice(a->detector->name), "detector", 1023);
    put_header_text(w, slice(a->detector->title), a->detector->name, 512);
    cef_put_number(w, severity);
    CEF_PUT(w, "|rt=");
    cef_put_time(w, a->time_ms);
    cef_put_text_field(w, FIELD_host, host);
    if (r && RECORD_HAS(r, device_ip)) {
        cef_put_key(w, FIELD_device_ip);
        w->p = address_format(w->p, r->device_ip);
    }
    CEF_PUT(w, " type=2 cat=");
    put_pair(w, "", a->detector->type == DETECTOR_FIRST_SEEN ? "first_seen" : "scan", 16);
    CEF_PUT(w, " externalId=");
    put_pair(w, "", a->id, 40);
    CEF_PUT(w, " start=");
    cef_put_time(w, a->window_start_ms);
    CEF_PUT(w, " end=");
    cef_put_time(w, a->window_end_ms);
    if (a->count > 1) {
        CEF_PUT(w, " cnt=");
        cef_put_number(w, a->count);
    }
    put_group(w, a);
    put_alert_details(w, a);
    if (w->cut)
        CEF_PUT(w, " ParapetCut=1");
    put_pair(w, " msg=", a->summary, 1023);
}

/* Octet counting (RFC 6587) needs the length in front of what is not written yet: room for the
 * digits most lines have is left, and the line moved in the rare case. */
static char *frame_counted(char *begin, char *body, char *end)
{
    char digits[12];
    struct cef_writer w = {.p = digits};
    cef_put_number(&w, (uint64_t)(end - body));
    *w.p++ = ' ';
    size_t len = (size_t)(w.p - digits);
    if (begin + len != body)
        memmove(begin + len, body, (size_t)(end - body));
    memcpy(begin, digits, len);
    return begin + len + (size_t)(end - body);
}

/* Longest texts first: each round leaves less of every text, until the line is short enough. */
#define LAST_PIECES 256 /* what still follows the fields in the last round: marks and msg */
static const uint16_t rounds[] = {4000, 512, 128, 32, CEF_LAST_ROUND};

static char *soft_end(const struct cef_format *format, char *body, unsigned text_limit)
{
    bool last = text_limit == CEF_LAST_ROUND && format->max_message_size > LAST_PIECES;
    return body + (last ? format->max_message_size - LAST_PIECES : BATCH_FULL);
}

static bool write_line(const struct line *line, struct batch *out,
                       void (*fill)(struct cef_writer *, const struct line *))
{
    const struct cef_format *format = line->format;
    char *begin = out->bytes + out->len;
    char *body = begin + (format->framing == CEF_FRAME_OCTET_COUNTING ? 4 : 0);
    struct cef_writer w = {0};

    for (size_t i = 0; i < sizeof(rounds) / sizeof(rounds[0]); i++) {
        w = (struct cef_writer){.p = body,
                                .end = out->bytes + sizeof(out->bytes) - 8 * CEF_ROOM_RESERVED,
                                .soft_end = soft_end(format, body, rounds[i]),
                                .text_limit = rounds[i],
                                .cut = i > 0};
        fill(&w, line);
        if ((size_t)(w.p - body) <= format->max_message_size)
            break;
    }
    if (format->framing == CEF_FRAME_OCTET_COUNTING)
        w.p = frame_counted(begin, body, w.p);
    else if (format->framing == CEF_FRAME_NEWLINE)
        *w.p++ = '\n';
    out->len = (size_t)(w.p - out->bytes);
    out->ends[out->count++] = (uint32_t)out->len;
    return w.cut;
}

bool cef_event(const struct cef_format *format, const struct record *r, struct batch *out)
{
    struct line line = {.format = format, .record = r};
    out->events++;
    return write_line(&line, out, write_event);
}

bool cef_unparsed(const struct cef_format *format, const struct record *r, const char *status,
                  struct slice raw, struct batch *out)
{
    struct line line = {.format = format, .record = r, .status = status, .raw = raw};
    out->events++;
    return write_line(&line, out, write_event);
}

bool cef_alert(const struct cef_format *format, const struct alert *alert, struct batch *out)
{
    struct line line = {.format = format, .alert = alert};
    out->alerts++;
    return write_line(&line, out, write_alert);
}
