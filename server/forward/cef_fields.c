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

/* How a value is written: by its kind, with one exception, see put_session. */
#define FORM_SESSION      (KIND_EXTRA + 1)
#define FORM(field, kind) ((field) == FIELD_session_id ? FORM_SESSION : (kind))

/* " key=" of each field, from the one list, and what writing its value takes: a cache line. Keys are
 * copied as blocks of one size, whatever their length. */
#define KEY_MAX   58
#define KEY_BLOCK 32
static const struct key {
    char text[KEY_MAX];
    uint16_t limit, offset;
    uint8_t len, form;
} keys[FIELD_COUNT] = {
#define FIELD(kind, name, cef, meaning)                                                            \
    [FIELD_##name] = {" " cef "=", LIMIT(FIELD_##name), offsetof(struct record, name),             \
                      sizeof(" " cef "=") - 1, FORM(FIELD_##name, KIND_##kind)},
#include "parsers/record_fields.h"
#undef FIELD
};
#define FIELD(kind, name, cef, meaning)                                                            \
    _Static_assert(sizeof(" " cef "=") - 1 <= KEY_MAX, "a key has room");
#include "parsers/record_fields.h"
#undef FIELD

/* The words, written together and before the others, because few of their combinations occur. */
#define WORDS                                                                                      \
    (UINT64_C(1) << FIELD_category | UINT64_C(1) << FIELD_action | UINT64_C(1) << FIELD_outcome |  \
     UINT64_C(1) << FIELD_evidence | UINT64_C(1) << FIELD_direction |                              \
     UINT64_C(1) << FIELD_protocol)

/* The fields that have a key, written in the order of the list. msg is last in any case. */
#define FIELD(kind, name, cef, meaning) | (uint64_t)(sizeof(cef) > 1) << FIELD_##name
static const uint64_t mapped_fields = (0
#include "parsers/record_fields.h"
                                       ) &
                                      ~(UINT64_C(1) << FIELD_message | WORDS);
#undef FIELD

static inline char *key_at(char *p, const struct key *key)
{
    memcpy(p, key->text, KEY_BLOCK);
    if (__builtin_expect(key->len > KEY_BLOCK, 0))
        memcpy(p + KEY_BLOCK, key->text + KEY_BLOCK, KEY_MAX - KEY_BLOCK);
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

/* The second of a line is most often that of the line before. */
static inline char *put_time(char *p, struct cef_memory *memory, int64_t ms)
{
    if (ms < 1000 || ms / 1000 != memory->second) {
        struct cef_writer w = {.p = p};
        cef_put_time(&w, ms);
        return w.p;
    }
    unsigned part = (unsigned)(ms % 1000);
    memcpy(p, memory->epoch, sizeof(memory->epoch));
    p += memory->epoch_len;
    p[0] = (char)('0' + part / 100);
    p[1] = (char)('0' + part / 10 % 10);
    p[2] = (char)('0' + part % 10);
    return p + 3;
}

/* cn3 takes numbers only; connections of some vendors have names. */
static char *put_session(struct cef_writer *w, char *p, const struct key *key, struct slice id)
{
    static const char other[] = " ParapetSessionId=";
    uint64_t number;
    if (digits_only(id) && (id.len < 19 || (number_parse(id, &number) && number <= INT64_MAX))) {
        p = key_at(p, key);
    } else {
        memcpy(p, other, sizeof(other) - 1);
        p += sizeof(other) - 1;
    }
    return cef_escape(w, p, id, key->limit, CEF_IN_EXTENSION);
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

static inline char *put_field(struct cef_writer *w, char *p, struct cef_memory *memory,
                              const struct record *r, size_t field, uint64_t c6a)
{
    const struct key *key = &keys[field];
    const void *member = (const char *)r + key->offset;
    unsigned form = key->form;
    if (__builtin_expect(form == FORM_SESSION, 0))
        return put_session(w, p, key, r->session_id);
    p = key_at(p, key);
    if (form == KIND_TEXT)
        return cef_copy(w, p, *(const struct slice *)member, key->limit);
    if (form == KIND_ADDRESS) {
        p = address_format(p, *(const struct address *)member);
        if (__builtin_expect(c6a >> field & 1, 0))
            p = put_c6a(p, (enum record_field)field, *(const struct address *)member);
        return p;
    }
    if (form == KIND_TIME)
        return put_time(p, memory, *(const int64_t *)member);
    return digits_format(p,
                         form == KIND_PORT ? *(const uint16_t *)member : *(const uint64_t *)member);
}

bool cef_has_key(enum record_field field)
{
    return record_fields[field].cef[0] != '\0';
}

/* Each value with a mark that it is set: unset and 0 differ. */
static uint64_t words_of(const struct record *r)
{
    uint64_t set = (r->has & WORDS) << (63 - FIELD_protocol);
    uint64_t values = 0;
    if (RECORD_HAS(r, category))
        values |= (uint64_t)r->category;
    if (RECORD_HAS(r, action))
        values |= (uint64_t)r->action << 8;
    if (RECORD_HAS(r, outcome))
        values |= (uint64_t)r->outcome << 12;
    if (RECORD_HAS(r, evidence))
        values |= (uint64_t)r->evidence << 16;
    if (RECORD_HAS(r, direction))
        values |= (uint64_t)r->direction << 20;
    if (RECORD_HAS(r, protocol))
        values |= (uint64_t)r->protocol << 24;
    return set | values;
}
_Static_assert(FIELD_protocol - FIELD_category < 31, "the marks stand above the values");

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
            end = put_word(key_at(end, key), (enum field_kind)key->form,
                           *((const uint8_t *)r + key->offset));
        }
        slot->which = which;
        slot->len = (uint8_t)(end - slot->out);
    }
    memcpy(p, slot->out, CEF_WORDS_MAX);
    return p + slot->len;
}

void cef_put_fields(struct cef_writer *w, const struct cef_format *format, const struct record *r)
{
    const uint64_t both = UINT64_C(1) << FIELD_src_ip | UINT64_C(1) << FIELD_dst_ip;
    uint64_t c6a = format->ipv6_c6a ? both : 0;
    char *p = put_words(w->p, format->memory, r);
    for (uint64_t left = r->has & mapped_fields; left; left &= left - 1) {
        if (__builtin_expect(p > w->stop, 0)) {
            w->cut = true;
            break;
        }
        p = put_field(w, p, format->memory, r, (size_t)__builtin_ctzll(left), c6a);
    }
    w->p = p;
}
