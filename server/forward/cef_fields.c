/* A record's fields as CEF pairs: the keys come from record_fields.h, the values by their kind. */
#include "server/forward/cef_memory.h"

/* " key=" of each field, from the one list; copied as a block of one size, whatever its length. */
struct key {
    char text[64];
    uint8_t len;
};
static const struct key keys[FIELD_COUNT] = {
#define FIELD(kind, name, cef, meaning) [FIELD_##name] = {" " cef "=", sizeof(" " cef "=") - 1},
#include "parsers/record_fields.h"
#undef FIELD
};

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

/* The most bytes a text may have, where CEF's own limit is not that of most keys (1023). */
static const uint16_t limits[FIELD_COUNT] = {
    [FIELD_host] = 100,          [FIELD_application] = 31,    [FIELD_hash] = 255,
    [FIELD_src_interface] = 128, [FIELD_dst_interface] = 128, [FIELD_rule] = 4000,
    [FIELD_src_zone] = 4000,     [FIELD_dst_zone] = 4000,     [FIELD_detections] = 4000,
    [FIELD_techniques] = 4000,   [FIELD_src_domain] = 255,    [FIELD_dst_domain] = 255,
};

void cef_put_key(struct cef_writer *w, enum record_field field)
{
    memcpy(w->p, keys[field].text, sizeof(keys[field].text));
    w->p += keys[field].len;
}

void cef_put_text_field(struct cef_writer *w, enum record_field field, struct slice text)
{
    char *before = w->p;
    cef_put_key(w, field);
    char *value = w->p;
    cef_put_escaped(w, text, limits[field] ? limits[field] : 1023, CEF_IN_EXTENSION);
    if (w->p == value)
        w->p = before; /* nothing fitted: no key without a value */
}

static void put_address(struct cef_writer *w, struct address a)
{
    w->p = address_format(w->p, a);
}

/* Beside src and dst: receivers that take only IPv4 there look for IPv6 here. */
static void put_c6a(struct cef_writer *w, enum record_field field, struct address a)
{
    if (address_is_v4(a))
        return;
    if (field == FIELD_src_ip)
        CEF_PUT(w, " c6a2Label=Source IPv6 Address c6a2=");
    else if (field == FIELD_dst_ip)
        CEF_PUT(w, " c6a3Label=Destination IPv6 Address c6a3=");
    else
        return;
    put_address(w, a);
}

static void put_protocol(struct cef_writer *w, unsigned number)
{
    const char *name = protocol_name(number);
    if (name)
        cef_put_raw(w, name, strlen(name));
    else
        cef_put_number(w, number);
}

/* cn3 takes numbers only; connections of some vendors have names. */
static void put_session(struct cef_writer *w, struct slice id)
{
    uint64_t number;
    if (number_parse(id, &number) && number <= INT64_MAX) {
        cef_put_text_field(w, FIELD_session_id, id);
        return;
    }
    char *before = w->p;
    CEF_PUT(w, " ParapetSessionId=");
    char *value = w->p;
    cef_put_escaped(w, id, 1023, CEF_IN_EXTENSION);
    if (w->p == value)
        w->p = before;
}

static void put_field(struct cef_writer *w, const struct record *r, enum record_field field)
{
    const void *member = (const char *)r + record_fields[field].offset;
    enum field_kind kind = record_fields[field].kind;

    if (kind == KIND_TEXT) {
        if (field == FIELD_session_id)
            put_session(w, r->session_id);
        else
            cef_put_text_field(w, field, *(const struct slice *)member);
        return;
    }
    cef_put_key(w, field);
    switch (kind) {
    case KIND_ADDRESS:
        put_address(w, *(const struct address *)member);
        break;
    case KIND_PORT:
        cef_put_number(w, *(const uint16_t *)member);
        break;
    case KIND_NUMBER:
        cef_put_number(w, *(const uint64_t *)member);
        break;
    case KIND_TIME:
        cef_put_time(w, *(const int64_t *)member);
        break;
    case KIND_PROTOCOL:
        put_protocol(w, *(const uint8_t *)member);
        break;
    case KIND_DIRECTION: /* deviceDirection: 0 inbound, 1 outbound */
        *w->p++ = (char)('0' + (*(const uint8_t *)member == DIRECTION_OUTBOUND));
        break;
    default: {
        struct slice word = record_word_text(kind, *(const uint8_t *)member);
        cef_put_raw(w, word.ptr, word.len);
        break;
    }
    }
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

static void put_words(struct cef_writer *w, struct cef_memory *memory, const struct record *r)
{
    uint64_t which = words_of(r);
    struct cef_words *slot =
        &memory->words[which * UINT64_C(0x9e3779b97f4a7c15) >> 58 & (CEF_WORDS - 1)];
    if (which == 0)
        return;
    if (slot->which != which) {
        struct cef_writer out = {.p = slot->out};
        for (uint64_t left = r->has & WORDS; left; left &= left - 1)
            put_field(&out, r, (enum record_field)__builtin_ctzll(left));
        slot->which = which;
        slot->len = (uint8_t)(out.p - slot->out);
    }
    memcpy(w->p, slot->out, CEF_WORDS_MAX);
    w->p += slot->len;
}

void cef_put_fields(struct cef_writer *w, const struct cef_format *format, const struct record *r)
{
    put_words(w, format->memory, r);
    for (uint64_t left = r->has & mapped_fields; left; left &= left - 1) {
        enum record_field field = (enum record_field)__builtin_ctzll(left);
        if (__builtin_expect(w->p > w->soft_end, 0)) {
            w->cut = true;
            return;
        }
        put_field(w, r, field);
        if (format->ipv6_c6a && (field == FIELD_src_ip || field == FIELD_dst_ip))
            put_c6a(w, field, field == FIELD_src_ip ? r->src_ip : r->dst_ip);
    }
}
