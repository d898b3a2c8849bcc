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

/* The words, written together and before the others, because few of their combinations occur. */
#define WORDS                                                                                      \
    (UINT64_C(1) << FIELD_category | UINT64_C(1) << FIELD_action | UINT64_C(1) << FIELD_outcome |  \
     UINT64_C(1) << FIELD_evidence | UINT64_C(1) << FIELD_direction |                              \
     UINT64_C(1) << FIELD_protocol)

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

/* Beside src and dst: receivers that take only IPv4 there look for IPv6 here. */
static char *put_c6a(char *p, enum record_field field, struct address a)
{
    static const char source[] = " c6a2Label=Source IPv6 Address c6a2=";
    static const char destination[] = " c6a3Label=Destination IPv6 Address c6a3=";
    size_t len = field == FIELD_src_ip ? sizeof(source) - 1 : sizeof(destination) - 1;
    if (address_is_v4(a))
        return p;
    memcpy(p, field == FIELD_src_ip ? source : destination, len);
    return address_format(p + len, a);
}

static void remember_second(struct cef_second *second, int64_t ms)
{
    second->len = (uint8_t)(digits_format(second->text, (uint64_t)ms / 1000) - second->text);
    second->begin_ms = ms - ms % 1000;
}

/* Most often it is in the same second as that of the line before. */
static inline char *put_time(char *p, struct cef_second *second, int64_t ms)
{
    uint64_t part = (uint64_t)ms - (uint64_t)second->begin_ms;
    if (__builtin_expect(part >= 1000, 0)) {
        struct cef_writer w = {.p = p};
        if (ms >= 1000)
            remember_second(second, ms);
        cef_put_time(&w, ms);
        return w.p;
    }
    memcpy(p, second->text, 16);
    return cef_put_millis(p + second->len, (unsigned)part);
}

/* cn3 takes numbers only; connections of some vendors have names. */
static bool is_number(struct slice id)
{
    uint64_t number;
    return digits_only(id) && (id.len < 19 || (number_parse(id, &number) && number <= INT64_MAX));
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
    struct plain_blocks blocks;
    uint64_t c6a; /* fields of which an IPv6 address comes twice */
};

/* A value behind its key. The kind and the field are constants wherever this is called. */
static inline __attribute__((always_inline)) char *put_value(const struct fields *f, char *p,
                                                             const void *member,
                                                             enum field_kind kind,
                                                             enum record_field field)
{
    switch (kind) {
    case KIND_TEXT:
        return cef_copy(f->w, f->blocks, p, member, LIMIT(field));
    case KIND_ADDRESS:
        p = address_format(p, *(const struct address *)member);
        if (__builtin_expect(f->c6a >> field & 1, 0))
            p = put_c6a(p, field, *(const struct address *)member);
        return p;
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

/* Of three bytes side by side those whose fields are set, by their three bits of `has`. */
static inline uint64_t set_bytes(const struct record *r, size_t offset, enum record_field field)
{
    static const unsigned char masks[8][4] = {{0, 0, 0},     {255, 0, 0},    {0, 255, 0},
                                              {255, 255, 0}, {0, 0, 255},    {255, 0, 255},
                                              {0, 255, 255}, {255, 255, 255}};
    uint32_t bytes, mask;
    memcpy(&bytes, (const char *)r + offset, sizeof(bytes));
    memcpy(&mask, masks[r->has >> field & 7], sizeof(mask));
    return bytes & mask;
}

/* Each value in a byte, and above them marks of those that are set: unset and 0 differ. */
static inline uint64_t words_of(const struct record *r)
{
    uint64_t first = set_bytes(r, offsetof(struct record, category), FIELD_category);
    uint64_t last = set_bytes(r, offsetof(struct record, evidence), FIELD_evidence);
    return (r->has & WORDS) << 45 ^ first ^ last << 24;
}
#define STAND_TOGETHER(a, b, c)                                                                    \
    (FIELD_##b == FIELD_##a + 1 && FIELD_##c == FIELD_##a + 2 &&                                   \
     offsetof(struct record, b) == offsetof(struct record, a) + 1 &&                               \
     offsetof(struct record, c) == offsetof(struct record, a) + 2)
_Static_assert(STAND_TOGETHER(category, action, outcome) &&
                   STAND_TOGETHER(evidence, direction, protocol),
               "three bytes at once");
_Static_assert(FIELD_category >= 8 && FIELD_protocol < 19, "the marks stand above the values");

static inline char *put_words(char *p, struct cef_memory *memory, const struct record *r)
{
    uint64_t which = words_of(r);
    struct cef_words *slot =
        &memory->words[which * UINT64_C(0x9e3779b97f4a7c15) >> 58 & (CEF_WORDS - 1)];
    if (which == 0)
        return p;
    if (__builtin_expect(slot->which != which, 0)) {
        char *end = slot->out;
        for (uint64_t left = r->has & WORDS; left; left &= left - 1) {
            const struct key *key = &keys[__builtin_ctzll(left)];
            end = put_word(key_at(end, key), (enum field_kind)key->kind,
                           *((const uint8_t *)r + key->offset));
        }
        slot->which = which;
        slot->len = (uint64_t)(end - slot->out);
    }
    memcpy(p, slot->out, CEF_WORDS_MAX);
    return p + slot->len;
}

static inline char *put_key(char *p, const char *key, size_t len)
{
    memcpy(p, key, len);
    return p + len;
}

/* " key=", with one exception. */
#define PUT_KEY(p, r, field, cef)                                                                  \
    ((field) == FIELD_session_id && !is_number((r)->session_id)                                    \
         ? put_key(p, " ParapetSessionId=", sizeof(" ParapetSessionId=") - 1)                      \
         : put_key(p, " " cef "=", sizeof(" " cef "=") - 1))

/* The fields that are written one by one, in the order of the list. msg is last in any case. */
#define IS_PAIR(field, cef)                                                                        \
    (sizeof(cef) > 1 && (field) != FIELD_message && (WORDS >> (field)&1) == 0)

/* Whether a field of a constant number is set, by the half of `has` that it stands in. */
#define IS_SET(field) (((field) < 32 ? low : high) & UINT32_C(1) << ((field)&31))

void cef_put_fields(struct cef_writer *w, const struct cef_format *format, const struct record *r)
{
    const uint64_t both = UINT64_C(1) << FIELD_src_ip | UINT64_C(1) << FIELD_dst_ip;
    struct fields f = {w, format->memory, w->blocks, format->ipv6_c6a ? both : 0};
    const uint32_t low = (uint32_t)r->has, high = (uint32_t)(r->has >> 32);
    const char *stop = w->stop;
    char *p = put_words(w->p, format->memory, r);
#define FIELD(kind, name, cef, meaning)                                                            \
    if (IS_PAIR(FIELD_##name, cef) && IS_SET(FIELD_##name)) {                                      \
        if (__builtin_expect(p > stop, 0))                                                         \
            goto full;                                                                             \
        p = PUT_KEY(p, r, FIELD_##name, cef);                                                      \
        p = put_value(&f, p, &r->name, KIND_##kind, FIELD_##name);                                 \
    }
#include "parsers/record_fields.h"
#undef FIELD
    w->p = p;
    return;
full:
    w->cut = true;
    w->p = p;
}
