/*
 * CEF lines, written once, straight into the batch. Every value goes through one of three writers:
 * clean (digits, addresses and words of our own), extension text and header text; the last two are
 * the only places that know CEF's escapes, so that no text of a device can become a key, a field or
 * a line of its own.
 */
#include "server/forward/cef.h"

#include <stdlib.h>

#include "parsers/text/plain.h"
#include "parsers/text/timestamp.h"
#include "parsers/text/utf8.h"

#define ROOM_RESERVED 1024 /* kept free for what is written without asking: keys, numbers */
#define LAST_ROUND    16   /* values of so few bytes, and no extras: this always fits */
#define KEYS_MAX      256  /* names of extras compared in one line */

struct writer {
    char *p;
    char *end;         /* of the room; text that does not fit is left out and marked */
    size_t text_limit; /* a value is cut to this, or to its key's own limit */
    bool cut;
};

/* ---- text ---- */

/* The byte that ends a name in the extension, and a field in the header. */
#define IN_EXTENSION '='
#define IN_HEADER    '|'

/* At most `limit` bytes, not in the middle of a UTF-8 sequence. */
static size_t cut_length(struct slice text, size_t limit)
{
    size_t n = limit;
    if (text.len <= limit)
        return text.len;
    for (int back = 0; back < 3 && n > 0 && ((unsigned char)text.ptr[n] & 0xc0) == 0x80; back++)
        n--;
    return n;
}

/* A byte that is not plain, or the sequence it begins; returns how many bytes it took. */
static size_t put_special(struct writer *w, const char *p, const char *end, char place)
{
    unsigned char c = (unsigned char)*p;
    if (c >= 0x80) {
        size_t n = utf8_sequence(p, end);
        memcpy(w->p, n ? p : UTF8_REPLACEMENT, n ? n : 3);
        w->p += n ? n : 3;
        return n ? n : 1;
    }
    if (c == '\\' || c == (unsigned char)place) {
        *w->p++ = '\\';
        *w->p++ = (char)c;
    } else if (place == IN_EXTENSION && (c == '\n' || c == '\r')) {
        *w->p++ = '\\';
        *w->p++ = c == '\n' ? 'n' : 'r';
    } else {
        *w->p++ = ' ';
    }
    return 1;
}

/* Copies text with the escapes of its place; every byte becomes at most three. */
static void put_escaped(struct writer *w, struct slice text, size_t limit, char place)
{
    if (limit > w->text_limit)
        limit = w->text_limit;
    if (__builtin_expect(text.len > limit, 0)) {
        text.len = cut_length(text, limit);
        w->cut = true;
    }
    if (__builtin_expect((size_t)(w->end - w->p) < text.len * 3, 0)) {
        w->cut = true;
        return;
    }
    const char *p = text.ptr, *end = slice_end(text);
    for (;;) {
        size_t n = plain_copy(w->p, p, (size_t)(end - p), place);
        w->p += n;
        p += n;
        if (p == end)
            return;
        p += put_special(w, p, end, place);
    }
}

static inline void put_raw(struct writer *w, const char *text, size_t len)
{
    memcpy(w->p, text, len);
    w->p += len;
}

#define PUT(w, literal) put_raw(w, literal, sizeof(literal) - 1)

static const char digit_pairs[201] = "0001020304050607080910111213141516171819"
                                     "2021222324252627282930313233343536373839"
                                     "4041424344454647484950515253545556575859"
                                     "6061626364656667686970717273747576777879"
                                     "8081828384858687888990919293949596979899";

static void put_number(struct writer *w, uint64_t n)
{
    char digits[20], *p = digits + sizeof(digits);
    while (n >= 100) {
        p -= 2;
        memcpy(p, digit_pairs + 2 * (n % 100), 2);
        n /= 100;
    }
    if (n >= 10) {
        p -= 2;
        memcpy(p, digit_pairs + 2 * n, 2);
    } else {
        *--p = (char)('0' + n);
    }
    put_raw(w, p, (size_t)(digits + sizeof(digits) - p));
}

static void put_time(struct writer *w, int64_t ms)
{
    if (ms < 0)
        *w->p++ = '-';
    put_number(w, ms < 0 ? -(uint64_t)ms : (uint64_t)ms);
}

/* ---- extension keys ---- */

/* " key=" of each field, from the one list; a key of its own length copies as a fixed block. */
struct key {
    char text[64];
    uint8_t len;
};
static const struct key keys[FIELD_COUNT] = {
#define FIELD(kind, name, cef, meaning) [FIELD_##name] = {" " cef "=", sizeof(" " cef "=") - 1},
#include "parsers/record_fields.h"
#undef FIELD
};

/* The fields that have a key, written in the order of the list. msg is last in any case. */
#define FIELD(kind, name, cef, meaning) | (uint64_t)(sizeof(cef) > 1) << FIELD_##name
static const uint64_t mapped_fields = (0
#include "parsers/record_fields.h"
                                       ) &
                                      ~(UINT64_C(1) << FIELD_message);
#undef FIELD

/* The most bytes a text may have, where CEF's own limit is not that of most keys (1023). */
static const uint16_t limits[FIELD_COUNT] = {
    [FIELD_host] = 100,          [FIELD_application] = 31,    [FIELD_hash] = 255,
    [FIELD_src_interface] = 128, [FIELD_dst_interface] = 128, [FIELD_rule] = 4000,
    [FIELD_src_zone] = 4000,     [FIELD_dst_zone] = 4000,     [FIELD_detections] = 4000,
    [FIELD_techniques] = 4000,
};

static void put_key(struct writer *w, enum record_field field)
{
    memcpy(w->p, keys[field].text, sizeof(keys[field].text));
    w->p += keys[field].len;
}

static void put_text_field(struct writer *w, enum record_field field, struct slice text)
{
    char *before = w->p;
    put_key(w, field);
    char *value = w->p;
    put_escaped(w, text, limits[field] ? limits[field] : 1023, IN_EXTENSION);
    if (w->p == value)
        w->p = before; /* nothing fitted: no key without a value */
}

static void put_address(struct writer *w, struct address a)
{
    w->p = address_format(w->p, a);
}

/* Beside src and dst: receivers that take only IPv4 there look for IPv6 here. */
static void put_c6a(struct writer *w, enum record_field field, struct address a)
{
    if (address_is_v4(a))
        return;
    if (field == FIELD_src_ip)
        PUT(w, " c6a2Label=Source IPv6 Address c6a2=");
    else if (field == FIELD_dst_ip)
        PUT(w, " c6a3Label=Destination IPv6 Address c6a3=");
    else
        return;
    put_address(w, a);
}

static void put_protocol(struct writer *w, unsigned number)
{
    const char *name = protocol_name(number);
    if (name)
        put_raw(w, name, strlen(name));
    else
        put_number(w, number);
}

static void put_field(struct writer *w, const struct record *r, enum record_field field)
{
    const void *member = (const char *)r + record_fields[field].offset;
    enum field_kind kind = record_fields[field].kind;

    if (kind == KIND_TEXT) {
        put_text_field(w, field, *(const struct slice *)member);
        return;
    }
    put_key(w, field);
    switch (kind) {
    case KIND_ADDRESS:
        put_address(w, *(const struct address *)member);
        break;
    case KIND_PORT:
        put_number(w, *(const uint16_t *)member);
        break;
    case KIND_NUMBER:
        put_number(w, *(const uint64_t *)member);
        break;
    case KIND_TIME:
        put_time(w, *(const int64_t *)member);
        break;
    case KIND_PROTOCOL:
        put_protocol(w, *(const uint8_t *)member);
        break;
    case KIND_DIRECTION: /* deviceDirection: 0 inbound, 1 outbound */
        *w->p++ = (char)('0' + (*(const uint8_t *)member == DIRECTION_OUTBOUND));
        break;
    default: {
        const char *word = record_word(kind, *(const uint8_t *)member);
        put_raw(w, word, strlen(word));
        break;
    }
    }
}

/* ---- extras ---- */

/* The keys of extras written so far, to keep any from coming twice. */
struct names {
    uint64_t seen[4]; /* a bit for each hash: most names are new at a glance */
    const char *at[KEYS_MAX];
    uint16_t len[KEYS_MAX];
    unsigned count;
};

static unsigned name_hash(const char *p, size_t n)
{
    return ((unsigned)n * 37u + (unsigned char)p[n - 1] * 11u + (unsigned char)p[n / 2] * 5u +
            (unsigned char)p[n / 3]) &
           255;
}

static bool names_have(const struct names *names, const char *p, size_t n)
{
    unsigned h = name_hash(p, n);
    if (!(names->seen[h >> 6] >> (h & 63) & 1))
        return false;
    for (unsigned i = 0; i < names->count; i++)
        if (names->len[i] == n && memcmp(names->at[i], p, n) == 0)
            return true;
    return false;
}

static void names_add(struct names *names, const char *p, size_t n)
{
    unsigned h = name_hash(p, n);
    names->seen[h >> 6] |= UINT64_C(1) << (h & 63);
    names->at[names->count] = p;
    names->len[names->count++] = (uint16_t)n;
}

/* "source_country" behind "PanOS" is PanOSSourceCountry; bytes no key may have are left out. */
static size_t make_key(char *out, struct slice prefix, struct slice name)
{
    bool upper = true;
    char *p = out;
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
    return (size_t)(p - out);
}

/* Vendors send the same few names in every message: the key each became is kept, by the name's text
 * and the prefix, in a slot that its hash picks. A name that shares the slot replaces it. */
#define CACHED_NAMES 512
#define CACHED_NAME  32 /* longer names are made each time */
#define CACHED_KEY   64

struct cef_names {
    struct cached_name {
        const char *prefix;
        uint8_t name_len, key_len;
        char name[CACHED_NAME];
        char key[CACHED_KEY];
    } slots[CACHED_NAMES];
};

struct cef_names *cef_names_new(void)
{
    return calloc(1, sizeof(struct cef_names));
}

void cef_names_free(struct cef_names *names)
{
    free(names);
}

/* The first and last bytes and the length; what it cannot tell apart only shares a slot. */
static unsigned cached_slot(struct slice name)
{
    uint64_t a = 0, b = 0;
    if (name.len >= 8) {
        memcpy(&a, name.ptr, 8);
        memcpy(&b, name.ptr + name.len - 8, 8);
    } else {
        for (size_t i = 0; i < name.len; i++)
            a = a << 8 | (unsigned char)name.ptr[i];
    }
    a = (a ^ b * 31 ^ name.len << 56) * UINT64_C(0x9e3779b97f4a7c15);
    return (unsigned)(a >> 55);
}

static void put_extra_name(struct writer *w, struct cef_names *names, struct slice prefix,
                           struct slice name)
{
    if (!names || name.len > CACHED_NAME || prefix.len + name.len > CACHED_KEY) {
        w->p += make_key(w->p, prefix, name);
        return;
    }
    struct cached_name *slot = &names->slots[cached_slot(name)];
    if (slot->name_len != name.len || slot->prefix != prefix.ptr ||
        memcmp(slot->name, name.ptr, name.len) != 0) {
        slot->prefix = prefix.ptr;
        slot->name_len = (uint8_t)name.len;
        memcpy(slot->name, name.ptr, name.len);
        slot->key_len = (uint8_t)make_key(slot->key, prefix, name);
    }
    memcpy(w->p, slot->key, CACHED_KEY);
    w->p += slot->key_len;
}

static void put_extras(struct writer *w, struct cef_names *cached, const struct record *r)
{
    struct names names;
    memset(names.seen, 0, sizeof(names.seen));
    names.count = 0;
    struct slice prefix = r->extra_prefix.len ? r->extra_prefix : slice("Device");

    for (unsigned i = 0; i < r->extra; i++) {
        struct slice name = slice_first(r->extras[i].name, 128);
        if (w->end - w->p < ROOM_RESERVED) {
            w->cut = true;
            return;
        }
        char *before = w->p, *key = w->p + 1;
        *w->p++ = ' ';
        put_extra_name(w, cached, prefix, name);
        /* layer_name comes once a layer: LayerName, LayerName2, LayerName3. */
        char *stem = w->p;
        for (unsigned n = 2; names_have(&names, key, (size_t)(w->p - key)); n++) {
            w->p = stem;
            put_number(w, n);
        }
        names_add(&names, key, (size_t)(w->p - key));
        *w->p++ = '=';
        char *value = w->p;
        put_escaped(w, r->extras[i].value, 1023, IN_EXTENSION);
        if (w->p == value)
            w->p = before;
    }
}

/* ---- header ---- */

static void put_header_text(struct writer *w, struct slice text, const char *otherwise,
                            size_t limit)
{
    size_t text_limit = w->text_limit;
    w->text_limit = limit; /* who an event is from stays whole, however short the line must be */
    if (text.len)
        put_escaped(w, text, limit, IN_HEADER);
    else
        put_raw(w, otherwise, strlen(otherwise));
    w->text_limit = text_limit;
    *w->p++ = '|';
}

/* CEF's 0 to 10 as syslog's 7 (debug) to 0 (emergency): RFC 5424 table 2. */
static const uint8_t syslog_severity[11] = {6, 6, 6, 5, 5, 4, 4, 3, 3, 2, 2};

/* Names of hosts as RFC 5424 takes them: visible ASCII only. */
static void put_hostname(struct writer *w, struct slice host)
{
    if (host.len == 0)
        *w->p++ = '-';
    for (size_t i = 0; i < host.len && i < 255; i++)
        *w->p++ = (unsigned)(host.ptr[i] - '!') < 94 ? host.ptr[i] : '_';
}

/* "Nov 21 08:56:00" of RFC 3164, from the form of RFC 3339. */
static void put_bsd_time(struct writer *w, const char *iso)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int month = (iso[5] - '0') * 10 + iso[6] - '1';
    put_raw(w, months + 3 * (month >= 0 && month < 12 ? month : 0), 3);
    *w->p++ = ' ';
    *w->p++ = iso[8] == '0' ? ' ' : iso[8];
    *w->p++ = iso[9];
    *w->p++ = ' ';
    put_raw(w, iso + 11, 8);
}

static void put_syslog_header(struct writer *w, const struct cef_format *format, int64_t time_ms,
                              struct slice host, unsigned severity)
{
    if (format->header == CEF_HEADER_NONE)
        return;
    *w->p++ = '<';
    put_number(w, format->facility * 8 + syslog_severity[severity]);
    *w->p++ = '>';
    if (format->header == CEF_HEADER_RFC5424) {
        PUT(w, "1 ");
        w->p = timestamp_format(w->p, time_ms);
        *w->p++ = ' ';
        put_hostname(w, host);
        PUT(w, " parapet - - - ");
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

static void write_event(struct writer *w, const struct line *line)
{
    const struct record *r = line->record;
    unsigned severity = RECORD_HAS(r, severity) ? r->severity : 0;
    if (severity < r->detected_severity)
        severity = r->detected_severity;
    if (severity > 10)
        severity = 10;
    put_syslog_header(w, line->format, RECORD_HAS(r, time) ? r->time : 0,
                      RECORD_HAS(r, host) ? r->host : SLICE_NONE, severity);
    PUT(w, "CEF:0|");
    put_header_text(w, RECORD_HAS(r, vendor) ? r->vendor : SLICE_NONE, "Parapet", 63);
    put_header_text(w, RECORD_HAS(r, product) ? r->product : SLICE_NONE, "Parapet", 63);
    put_header_text(w, RECORD_HAS(r, device_version) ? r->device_version : SLICE_NONE, "unknown",
                    31);
    put_header_text(w, RECORD_HAS(r, event_id) ? r->event_id : SLICE_NONE,
                    line->status ? line->status : "unknown", 1023);
    put_header_text(w, RECORD_HAS(r, event_name) ? r->event_name : SLICE_NONE,
                    line->status ? "Message not understood" : "unknown", 512);
    put_number(w, severity);
    /* Each pair brings its own blank in front; the first one's is overwritten by the last pipe. */
    char *pipe = w->p;
    for (uint64_t left = r->has & mapped_fields; left; left &= left - 1) {
        enum record_field field = (enum record_field)__builtin_ctzll(left);
        put_field(w, r, field);
        if (line->format->ipv6_c6a && record_fields[field].kind == KIND_ADDRESS)
            put_c6a(w, field, field == FIELD_src_ip ? r->src_ip : r->dst_ip);
    }
    if (line->format->keep_unmapped && RECORD_HAS(r, extra) && w->text_limit > LAST_ROUND)
        put_extras(w, line->format->names, r);
    else if (RECORD_HAS(r, extra) && line->format->keep_unmapped)
        w->cut = true;
    if (line->status) {
        PUT(w, " ParapetParseStatus=");
        put_raw(w, line->status, strlen(line->status));
    }
    if (w->cut || r->cut)
        PUT(w, " ParapetCut=1");
    if (line->status)
        put_text_field(w, FIELD_message, line->raw);
    else if (RECORD_HAS(r, message))
        put_text_field(w, FIELD_message, r->message);
    if (w->p == pipe)
        w->p++;
    *pipe = '|';
}

static const char *const phases[] = {"start", "ongoing", "end"};

static void put_pair(struct writer *w, const char *key, const char *text, size_t limit)
{
    if (!text || !*text)
        return;
    put_raw(w, key, strlen(key));
    put_escaped(w, slice(text), limit, IN_EXTENSION);
}

/* The group's own fields under their CEF keys: src_ip is src, dst_port is dpt. */
static void put_group(struct writer *w, const struct alert *a)
{
    for (unsigned i = 0; i < a->group_count; i++)
        for (int field = 0; field < FIELD_COUNT; field++)
            if (strcmp(record_fields[field].name, a->group[i].name) == 0 && keys[field].len > 2) {
                put_key(w, (enum record_field)field);
                put_escaped(w, slice(a->group[i].text), 1023, IN_EXTENSION);
            }
}

static void put_list(struct writer *w, const char *key, const char *const *items, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        put_raw(w, i ? "," : key, i ? 1 : strlen(key));
        put_escaped(w, slice(items[i]), 128, IN_EXTENSION);
    }
}

static void put_alert_details(struct writer *w, const struct alert *a)
{
    const char *samples[ALERT_SAMPLES_MAX], *evidence[EVIDENCE_COUNT];
    unsigned n = 0;
    for (unsigned i = 0; i < a->sample_count; i++)
        samples[i] = a->samples[i].text;
    for (unsigned i = 0; i < EVIDENCE_COUNT; i++)
        if (a->evidence >> i & 1)
            evidence[n++] = record_word(KIND_EVIDENCE, i);
    PUT(w, " cs4Label=Detections cs4=");
    put_escaped(w, slice(a->detector->name), 4000, IN_EXTENSION);
    put_pair(w, " cs5Label=ATT&CK cs5=", a->detector->techniques, 4000);
    put_list(w, " cs6Label=Evidence cs6=", evidence, n);
    PUT(w, " cn1Label=Risk cn1=");
    put_number(w, a->risk);
    PUT(w, " flexString2Label=Phase flexString2=");
    put_pair(w, "", phases[a->phase], 16);
    PUT(w, " ParapetThreshold=");
    put_number(w, a->threshold);
    PUT(w, " ParapetScore=");
    put_number(w, a->score);
    put_pair(w, " ParapetTactics=", a->detector->tactics, 1023);
    if (a->count_estimated)
        PUT(w, " ParapetCountEstimated=1");
    PUT(w, " ParapetFirstSeen=");
    put_time(w, a->first_seen_ms);
    PUT(w, " ParapetLastSeen=");
    put_time(w, a->last_seen_ms);
    put_list(w, " ParapetSamples=", samples, a->sample_count);
    for (unsigned i = 0; i < a->device_count; i++) {
        put_raw(w, i ? "," : " ParapetDevices=", i ? 1 : 16);
        put_escaped(w, a->devices[i], 255, IN_EXTENSION);
    }
    put_pair(w, " ParapetNextSteps=", a->detector->next_steps, 1023);
}

static void write_alert(struct writer *w, const struct line *line)
{
    const struct alert *a = line->alert;
    const struct record *r = a->record;
    struct slice host = r && RECORD_HAS(r, host) ? r->host
                        : a->device_count        ? a->devices[0]
                                                 : slice("parapet");
    unsigned severity = a->severity > 10 ? 10 : a->severity;
    put_syslog_header(w, line->format, a->time_ms, host, severity);
    PUT(w, "CEF:0|Parapet|Parapet|" PARAPET_VERSION "|");
    put_header_text(w, slice(a->detector->name), "detector", 1023);
    put_header_text(w, slice(a->detector->title), a->detector->name, 512);
    put_number(w, severity);
    PUT(w, "|rt=");
    put_time(w, a->time_ms);
    put_text_field(w, FIELD_host, host);
    if (r && RECORD_HAS(r, device_ip)) {
        put_key(w, FIELD_device_ip);
        put_address(w, r->device_ip);
    }
    PUT(w, " type=2 cat=");
    put_pair(w, "", a->detector->type == DETECTOR_FIRST_SEEN ? "first_seen" : "scan", 16);
    PUT(w, " externalId=");
    put_pair(w, "", a->id, 40);
    PUT(w, " start=");
    put_time(w, a->window_start_ms);
    PUT(w, " end=");
    put_time(w, a->window_end_ms);
    if (a->count > 1) {
        PUT(w, " cnt=");
        put_number(w, a->count);
    }
    put_group(w, a);
    put_alert_details(w, a);
    if (w->cut)
        PUT(w, " ParapetCut=1");
    put_pair(w, " msg=", a->summary, 1023);
}

/* Octet counting (RFC 6587) needs the length in front of what is not written yet: room for the
 * digits most lines have is left, and the line moved in the rare case. */
static char *frame_counted(char *begin, char *body, char *end)
{
    char digits[12];
    struct writer w = {.p = digits};
    put_number(&w, (uint64_t)(end - body));
    *w.p++ = ' ';
    size_t len = (size_t)(w.p - digits);
    if (begin + len != body)
        memmove(begin + len, body, (size_t)(end - body));
    memcpy(begin, digits, len);
    return begin + len + (size_t)(end - body);
}

/* Longest texts first: each round leaves less of every text, until the line is short enough. */
static const uint16_t rounds[] = {4000, 512, 128, 32, LAST_ROUND};

static bool write_line(const struct line *line, struct batch *out,
                       void (*fill)(struct writer *, const struct line *))
{
    const struct cef_format *format = line->format;
    char *begin = out->bytes + out->len;
    char *body = begin + (format->framing == CEF_FRAME_OCTET_COUNTING ? 4 : 0);
    struct writer w = {0};

    for (size_t i = 0; i < sizeof(rounds) / sizeof(rounds[0]); i++) {
        w = (struct writer){.p = body,
                            .end = out->bytes + sizeof(out->bytes) - 8 * ROOM_RESERVED,
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
