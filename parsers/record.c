/* The record's tables of names, and setting a field from text by its kind. */
#include "parsers/record.h"

#include <stddef.h>

const struct field_info record_fields[FIELD_COUNT] = {
#define FIELD(kind, name, cef, meaning)                                                            \
    [FIELD_##name] = {#name, cef, meaning, KIND_##kind, offsetof(struct record, name)},
#include "parsers/record_fields.h"
#undef FIELD
};

static const struct slice categories[CATEGORY_COUNT] = {
    [CATEGORY_CONNECTION] = SLICE("connection"),
    [CATEGORY_NAT] = SLICE("nat"),
    [CATEGORY_THREAT] = SLICE("threat"),
    [CATEGORY_SCAN] = SLICE("scan"),
    [CATEGORY_WEB] = SLICE("web"),
    [CATEGORY_AUTHENTICATION] = SLICE("authentication"),
    [CATEGORY_VPN] = SLICE("vpn"),
    [CATEGORY_CONFIGURATION] = SLICE("configuration"),
    [CATEGORY_SYSTEM] = SLICE("system"),
    [CATEGORY_DNS] = SLICE("dns"),
    [CATEGORY_DHCP] = SLICE("dhcp"),
    [CATEGORY_WIRELESS] = SLICE("wireless"),
    [CATEGORY_FILE] = SLICE("file"),
};
static const struct slice actions[ACTION_COUNT] = {
    [ACTION_ALLOW] = SLICE("allow"), [ACTION_DENY] = SLICE("deny"),   [ACTION_DROP] = SLICE("drop"),
    [ACTION_RESET] = SLICE("reset"), [ACTION_ALERT] = SLICE("alert"),
};
static const struct slice outcomes[OUTCOME_COUNT] = {
    [OUTCOME_SUCCESS] = SLICE("success"),
    [OUTCOME_FAILURE] = SLICE("failure"),
    [OUTCOME_UNKNOWN] = SLICE("unknown"),
};
static const struct slice evidences[EVIDENCE_COUNT] = {
    [EVIDENCE_NONE] = SLICE("none"),           [EVIDENCE_DENIED] = SLICE("denied"),
    [EVIDENCE_NO_ANSWER] = SLICE("no_answer"), [EVIDENCE_REFUSED] = SLICE("refused"),
    [EVIDENCE_ABORTED] = SLICE("aborted"),     [EVIDENCE_DATA] = SLICE("data"),
    [EVIDENCE_UNKNOWN] = SLICE("unknown"),
};
static const struct slice directions[DIRECTION_COUNT] = {
    [DIRECTION_INBOUND] = SLICE("inbound"),
    [DIRECTION_OUTBOUND] = SLICE("outbound"),
};

static const struct words {
    const struct slice *word;
    int count;
} words[] = {
    [KIND_CATEGORY] = {categories, CATEGORY_COUNT},   [KIND_ACTION] = {actions, ACTION_COUNT},
    [KIND_OUTCOME] = {outcomes, OUTCOME_COUNT},       [KIND_EVIDENCE] = {evidences, EVIDENCE_COUNT},
    [KIND_DIRECTION] = {directions, DIRECTION_COUNT}, [KIND_EXTRA] = {NULL, 0},
};

/* IANA protocol numbers that firewalls name. The first name of a number is the one written. */
static const struct {
    const char *name;
    uint8_t number;
} protocols[] = {
    {"tcp", 6},        {"udp", 17},      {"icmp", 1},   {"icmp6", 58}, {"icmpv6", 58},
    {"ipv6-icmp", 58}, {"gre", 47},      {"esp", 50},   {"ah", 51},    {"igmp", 2},
    {"ipip", 4},       {"ipinip", 4},    {"igrp", 9},   {"ipv6", 41},  {"eigrp", 88},
    {"ospf", 89},      {"ospfigp", 89},  {"pim", 103},  {"vrrp", 112}, {"l2tp", 115},
    {"sctp", 132},     {"udplite", 136}, {"hopopt", 0}, {"egp", 8},    {"rsvp", 46},
    {"pcp", 108},      {"snp", 109},     {"nos", 94},
};
#define N_PROTOCOLS (sizeof(protocols) / sizeof(protocols[0]))

const char *protocol_name(unsigned number)
{
    if (number == PROTOCOL_TCP)
        return "tcp";
    if (number == PROTOCOL_UDP)
        return "udp";
    for (size_t i = 0; i < N_PROTOCOLS; i++)
        if (protocols[i].number == number)
            return protocols[i].name;
    return NULL;
}

int protocol_number(struct slice text)
{
    uint64_t number;
    if (text.len && (unsigned)(text.ptr[0] - '0') <= 9)
        return number_parse(text, &number) && number <= 255 ? (int)number : -1;
    for (size_t i = 0; i < N_PROTOCOLS; i++)
        if (slice_is_nocase(text, protocols[i].name))
            return protocols[i].number;
    return -1;
}

struct slice record_word_text(enum field_kind kind, unsigned value)
{
    return words[kind].word[value];
}

const char *record_word(enum field_kind kind, unsigned value)
{
    return words[kind].word[value].ptr;
}

int record_word_value(enum field_kind kind, struct slice word)
{
    for (int i = 0; i < words[kind].count; i++)
        if (slice_equals(word, words[kind].word[i]))
            return i;
    return -1;
}

uint8_t severity_of_syslog(unsigned level)
{
    static const uint8_t severities[8] = {10, 9, 8, 6, 5, 3, 2, 1};
    return severities[level & 7];
}

bool number_parse(struct slice text, uint64_t *out)
{
    struct cursor c = cursor_over(text);
    uint64_t value = cursor_number(&c);
    if (c.bad || !cursor_at_end(&c))
        return false;
    *out = value;
    return true;
}

bool port_parse(struct slice text, uint16_t *out)
{
    uint64_t value = 0;
    if (text.len - 1 < 5) {
        for (size_t i = 0; i < text.len; i++) {
            unsigned digit = (unsigned)(text.ptr[i] - '0');
            if (digit > 9)
                return false;
            value = value * 10 + digit;
        }
    } else if (!number_parse(text, &value)) {
        return false;
    }
    if (value > UINT16_MAX)
        return false;
    *out = (uint16_t)value;
    return true;
}

bool record_put(struct record *r, enum record_field field, struct slice text)
{
    const struct field_info *info = &record_fields[field];
    void *member = (char *)r + info->offset;
    int value;
    bool ok;

    if (text.len == 0)
        return true;
    switch (info->kind) {
    case KIND_TEXT:
        *(struct slice *)member = text;
        ok = true;
        break;
    case KIND_NUMBER:
        ok = number_parse(text, member);
        break;
    case KIND_PORT:
        ok = port_parse(text, member);
        break;
    case KIND_ADDRESS:
        ok = address_parse(text, member);
        break;
    case KIND_PROTOCOL:
        value = protocol_number(text);
        *(uint8_t *)member = (uint8_t)value;
        ok = value >= 0;
        break;
    case KIND_CATEGORY:
    case KIND_ACTION:
    case KIND_OUTCOME:
    case KIND_EVIDENCE:
    case KIND_DIRECTION:
        value = record_word_value(info->kind, text);
        *(uint8_t *)member = (uint8_t)value;
        ok = value >= 0;
        break;
    default: /* times, flags, severities and extras have no text form of their own */
        ok = false;
        break;
    }
    r->has = (r->has & ~(UINT64_C(1) << field)) | (uint64_t)ok << field;
    return ok;
}

char *record_scratch(struct record *r, size_t len)
{
    if (len > RECORD_SCRATCH_MAX - r->scratch_used)
        return NULL;
    char *room = r->scratch + r->scratch_used;
    r->scratch_used += len;
    return room;
}
