/* A record's fields as CEF pairs: the keys come from record_fields.h, the values by their kind. */
#include "server/forward/cef_memory.h"

#include <stddef.h>

/* The most bytes a text may have. */
#define LIMIT(field)                                                                               \
    ((field) == FIELD_application                                       ? 31                       \
     : (field) == FIELD_host                                            ? 100                      \
     : (field) == FIELD_src_interface || (field) == FIELD_dst_interface ? 128                      \
     : (field) == FIELD_hash                                            ? 255                      \
     : (field) == FIELD_src_domain || (field) == FIELD_dst_domain       ? 255                      \
     : (field) == FIELD_rule || (field) == FIELD_src_zone               ? CEF_TEXT_MAX             \
     : (field) == FIELD_dst_zone || (field) == FIELD_detections         ? CEF_TEXT_MAX             \
     : (field) == FIELD_techniques                                      ? CEF_TEXT_MAX             \
                                                                        : 1023)

/* " key=" of each field, from the one list. */
static const struct key {
    const char *text;
    uint16_t limit, offset;
    uint8_t len, kind;
} keys[FIELD_COUNT] = {
#define FIELD(kind, name, cef, meaning)                                                            \
    [FIELD_##name] = {" " cef "=", LIMIT(FIELD_##name), offsetof(struct record, name),             \
                      sizeof(" " cef "=") - 1, KIND_##kind},
#include "parsers/record_fields.h"
#undef FIELD
};

static char *key_at(char *p, const struct key *key)
{
    memcpy(p, key->text, key->len);
    return p + key->len;
}

void cef_put_key(struct cef_writer *w, enum record_field field)
{
    w->p = key_at(w->p, &keys[field]);
}

void cef_put_text_field(struct cef_writer *w, enum record_field field, struct slice text)
{
    if (text.len)
        w->p = cef_escape(w, key_at(w->p, &keys[field]), text, keys[field].limit, CEF_IN_EXTENSION);
}

/* Of another second than the last one's. It is remembered where it has as many digits as now. */
static __attribute__((noinline)) char *put_other_second(char *p, struct cef_second *second,
                                                        int64_t ms)
{
    struct cef_writer w = {.p = p};
    cef_put_time(&w, ms);
    if (ms >= 1000 && w.p - p <= (ptrdiff_t)sizeof(second->text)) {
        second->part = (uint16_t)(ms % 1000);
        second->begin_ms = ms - second->part;
        second->len = (uint8_t)(w.p - p);
        memcpy(second->text, p, sizeof(second->text));
    }
    return w.p;
}

/* Most often it is that of the line before, or in the same second. */
static inline char *put_time(char *p, struct cef_second *second, int64_t ms)
{
    uint64_t part = (uint64_t)ms - (uint64_t)second->begin_ms;
    if (__builtin_expect(part >= 1000, 0))
        return put_other_second(p, second, ms);
    memcpy(p, second->text, sizeof(second->text));
    p += second->len;
    if (part != second->part) {
        second->part = (uint16_t)part;
        cef_put_millis(second->text + second->len - 3, second->part);
        cef_put_millis(p - 3, second->part);
    }
    return p;
}

static char *put_word(char *p, enum field_kind kind, unsigned value)
{
    struct slice word = SLICE_NONE;
    if (kind == KIND_DIRECTION) /* deviceDirection: 0 inbound, 1 outbound */
        return digits_format(p, value == DIRECTION_OUTBOUND);
    if (kind != KIND_PROTOCOL)
        word = record_word_text(kind, value);
    else if (protocol_name(value))
        word = slice(protocol_name(value));
    else
        return digits_format(p, value);
    memcpy(p, word.ptr, word.len);
    return p + word.len;
}

/* What writing a record's fields takes. */
struct fields {
    struct cef_writer *w;
    struct cef_memory *memory;
    const struct record *record;
    struct plain_blocks blocks;
    uint64_t printed; /* fields of which the message has the text */
    bool c6a;         /* IPv6 addresses of source and destination come twice */
};

/* Receivers that take only IPv4 in src and dst look for IPv6 beside them. */
static __attribute__((noinline)) char *put_address_v6(char *p, bool c6a, enum record_field field,
                                                      struct address a)
{
    static const char source[] = " c6a2Label=Source IPv6 Address c6a2=";
    static const char destination[] = " c6a3Label=Destination IPv6 Address c6a3=";
    size_t len = field == FIELD_src_ip ? sizeof(source) - 1 : sizeof(destination) - 1;
    p = address_format_v6(p, a);
    if (!c6a || (field != FIELD_src_ip && field != FIELD_dst_ip))
        return p;
    memcpy(p, field == FIELD_src_ip ? source : destination, len);
    return address_format_v6(p + len, a);
}

static inline char *put_address(const struct fields *f, char *p, enum record_field field,
                                const struct address *a)
{
    if (__builtin_expect(!address_is_v4(*a), 0))
        return put_address_v6(p, f->c6a, field, *a);
    return address_format(p, *a);
}

static inline __attribute__((always_inline)) char *put_text(const struct fields *f, char *p,
                                                            const struct slice *text, size_t limit)
{
    if (cef_copy_short(f->blocks, p, text))
        return p + text->len;
    return cef_copy_long(f->w, p, *text, limit);
}

#define SESSION_NAME " ParapetSessionId="

/* cn3 takes numbers only, up to INT64_MAX; connections of some vendors have long names. It stands behind
 * cn3's key. */
static __attribute__((noinline)) char *put_session_name(struct cef_writer *w, char *p,
                                                        const struct slice *id)
{
    const size_t key_len = keys[FIELD_session_id].len;
    uint64_t number;
    if ((unsigned)(id->ptr[0] - '0') > 9 || !number_parse(*id, &number) || number > INT64_MAX) {
        p -= key_len;
        memcpy(p, SESSION_NAME, sizeof(SESSION_NAME) - 1);
        p += sizeof(SESSION_NAME) - 1;
    }
    return cef_copy_long(w, p, *id, LIMIT(FIELD_session_id));
}

static inline char *put_session_id(const struct fields *f, char *p, const struct slice *id)
{
    if (__builtin_expect(id->len <= PLAIN_BLOCK && plain_has_block(f->blocks, id->ptr), 1) &&
        __builtin_expect(plain_copy_digits(p, id->ptr, id->len), 1))
        return p + id->len;
    return put_session_name(f->w, p, id);
}

/* A number, port or address whose text is copied, if its field is one of these. */
static inline __attribute__((always_inline)) bool put_printed(const struct fields *f, char **p,
                                                              enum record_field field)
{
    const size_t n = (size_t)field - RECORD_PRINTED_FIRST;
    if (n >= RECORD_PRINTED || !(f->printed >> field & 1))
        return false;
    memcpy(*p, f->record->printed_at[n], RECORD_PRINTED_ROOM);
    *p += f->record->printed_len[n];
    return true;
}

/* A value behind its key. The kind and the field are constants wherever this is called. */
static inline __attribute__((always_inline)) char *put_value(const struct fields *f, char *p,
                                                             const void *member,
                                                             enum field_kind kind,
                                                             enum record_field field)
{
    if ((kind == KIND_ADDRESS || kind == KIND_PORT || kind == KIND_NUMBER) &&
        put_printed(f, &p, field))
        return p;
    switch (kind) {
    case KIND_TEXT:
        return field == FIELD_session_id ? put_session_id(f, p, member)
                                         : put_text(f, p, member, LIMIT(field));
    case KIND_ADDRESS:
        return put_address(f, p, field, member);
    case KIND_TIME:
        return put_time(p, field == FIELD_device_time ? &f->memory->device_time : &f->memory->time,
                        *(const int64_t *)member);
    case KIND_PORT:
        return digits_format_16(p, *(const uint16_t *)member);
    case KIND_NUMBER:
        return digits_format(p, *(const uint64_t *)member);
    default:
        return p;
    }
}

bool cef_has_key(enum record_field field)
{
    return record_fields[field].cef[0] != '\0';
}

void cef_put_words(struct cef_writer *w, const struct record *r)
{
    for (uint64_t left = r->has & CEF_WORDS; left; left &= left - 1) {
        const struct key *key = &keys[__builtin_ctzll(left)];
        w->p = put_word(key_at(w->p, key), (enum field_kind)key->kind,
                        *((const uint8_t *)r + key->offset));
    }
}

/* The fields that are written one by one, in the order of the list. msg is last in any case. */
#define IS_PAIR(field, cef)                                                                        \
    (sizeof(cef) > 1 && (field) != FIELD_message && (CEF_WORDS >> (field)&1) == 0)

/* What all the fields of a line take at most: each byte of a text as three, an address twice. */
#define VALUE_MAX(kind, field) ((kind) == KIND_TEXT ? 3 * LIMIT(field) : 3 * ADDRESS_TEXT_MAX)
enum {
    ALL_FIELDS = 0
#define FIELD(kind, name, cef, meaning)                                                            \
    +(IS_PAIR(FIELD_##name, cef) ? sizeof(" " cef "=") + VALUE_MAX(KIND_##kind, FIELD_##name) : 0)
#include "parsers/record_fields.h"
#undef FIELD
};
_Static_assert(BATCH_FULL + ALL_FIELDS + CEF_ROOM < BATCH_BYTES, "they fit behind what is full");

/* Fields from `first` to `last`, both constants. */
static inline __attribute__((always_inline)) char *put_these(const struct fields *f, char *p,
                                                             const struct record *r, uint64_t has,
                                                             enum record_field first,
                                                             enum record_field last)
{
#define FIELD(kind, name, cef, meaning)                                                            \
    if (IS_PAIR(FIELD_##name, cef) && FIELD_##name >= first && FIELD_##name <= last &&             \
        __builtin_expect(has >> FIELD_##name & 1, 1)) {                                            \
        memcpy(p, " " cef "=", sizeof(" " cef "=") - 1);                                           \
        p = put_value(f, p + sizeof(" " cef "=") - 1, &r->name, KIND_##kind, FIELD_##name);        \
    }
#include "parsers/record_fields.h"
#undef FIELD
    return p;
}

static inline bool has_some(uint64_t has, enum record_field first, enum record_field last)
{
    return (has & ((UINT64_C(2) << last) - (UINT64_C(1) << first))) != 0;
}

/* Few lines have any of these. */
#define RARE_FIELDS                                                                                \
    (((UINT64_C(2) << FIELD_techniques) - (UINT64_C(1) << FIELD_icmp_type)) &                      \
     ~(UINT64_C(1) << FIELD_message | UINT64_C(1) << FIELD_extra))

/* Vendors set many fields of a group, or none: where none is set, one look tells. */
#define PUT_SOME(first, last) has_some(has, first, last) ? put_these(&f, p, r, has, first, last) : p

void cef_put_fields(struct cef_writer *w, const struct cef_format *format, const struct record *r,
                    uint64_t has)
{
    struct fields f = {w, format->memory, r, w->blocks, r->printed, format->ipv6_c6a};
    char *p = w->p;
    p = put_these(&f, p, r, has, FIELD_time, FIELD_src_port);
    p = PUT_SOME(FIELD_src_host, FIELD_src_zone);
    p = put_these(&f, p, r, has, FIELD_src_interface, FIELD_src_interface);
    p = PUT_SOME(FIELD_src_nat_ip, FIELD_src_nat_port);
    p = put_these(&f, p, r, has, FIELD_dst_ip, FIELD_dst_port);
    p = PUT_SOME(FIELD_dst_host, FIELD_dst_zone);
    p = put_these(&f, p, r, has, FIELD_dst_interface, FIELD_dst_interface);
    p = PUT_SOME(FIELD_dst_nat_ip, FIELD_dst_nat_port);
    p = PUT_SOME(FIELD_application, FIELD_dst_packets);
    p = put_these(&f, p, r, has, FIELD_duration_ms, FIELD_session_id);
    if (has & RARE_FIELDS) {
        p = PUT_SOME(FIELD_icmp_type, FIELD_icmp_code);
        p = PUT_SOME(FIELD_url, FIELD_hash);
        p = PUT_SOME(FIELD_risk, FIELD_techniques);
    }
    w->p = p;
}
