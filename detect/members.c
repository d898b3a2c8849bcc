/* Members of groups, counted values, events and targets, each as a number that stands for it. */
#include "detect/members.h"

/* Present in every key, so that none is 0; below the evidence bits. */
#define KEY_PRESENT (UINT64_C(1) << 56)
#define KEY_BITS    ((UINT64_C(1) << 60) - 1)

/* A fixed key: the same values have the same ids and samples in every run. */
const struct siphash_key members_key = {UINT64_C(0x7061726170657420), UINT64_C(0x6669786564206b65)};

static bool text_member(union member *out, bool has, struct slice text)
{
    struct member_text *member = &out->text;
    if (!has)
        return false;
    size_t len = text.len;
    if (len > sizeof(member->bytes)) /* not in the middle of a character */
        for (len = sizeof(member->bytes); len && ((unsigned char)text.ptr[len] & 0xc0) == 0x80;)
            len--;
    member->hash[0] = siphash_bytes(members_key, text.ptr, text.len, 1, 3);
    member->hash[1] = text.len;
    member->len = (uint8_t)len;
    memcpy(member->bytes, text.ptr, len);
    return true;
}

bool member_of(const struct record *r, enum detector_field field, union member *out)
{
    out->address = (struct address){0, 0};
    switch (field) {
    case DETECT_SRC_IP:
        out->address = r->src_ip;
        return RECORD_HAS(r, src_ip);
    case DETECT_DST_IP:
        out->address = r->dst_ip;
        return RECORD_HAS(r, dst_ip);
    case DETECT_SRC_PORT:
        out->number = r->src_port;
        return RECORD_HAS(r, src_port);
    case DETECT_DST_PORT:
        out->number = r->dst_port;
        return RECORD_HAS(r, dst_port);
    case DETECT_PROTOCOL:
        out->number = r->protocol;
        return RECORD_HAS(r, protocol);
    case DETECT_DEVICE:
        return text_member(out, RECORD_HAS(r, host), r->host);
    case DETECT_SRC_HOST:
        return text_member(out, RECORD_HAS(r, src_host), r->src_host);
    case DETECT_SRC_USER:
        return text_member(out, RECORD_HAS(r, src_user), r->src_user);
    case DETECT_DST_HOST:
        return text_member(out, RECORD_HAS(r, dst_host), r->dst_host);
    case DETECT_EVENT_ID:
        return text_member(out, RECORD_HAS(r, event_id), r->event_id);
    default:
        return false;
    }
}

bool members_of(const struct record *r, const struct detector *detector, union member *out)
{
    for (unsigned i = 0; i < detector->group_count; i++) {
        if (member_of(r, detector->group_by[i], &out[i]))
            continue;
        if (!detector->keep_missing)
            return false;
        out[i].address = (struct address){MEMBER_NONE, MEMBER_NONE};
    }
    return true;
}

static uint64_t address_key(struct address a, uint64_t rest)
{
    if (address_is_v4(a))
        return (a.lo & UINT32_MAX) << 24 | rest | KEY_PRESENT;
    return (siphash_words(members_key, a.hi, a.lo, rest) & KEY_BITS) | KEY_PRESENT | VALUE_WIDE;
}

bool value_of(const struct record *r, enum detector_field field, uint64_t *key)
{
    union member member;
    switch (field) {
    case DETECT_SERVICE:
        if (!RECORD_HAS(r, dst_ip) || !RECORD_HAS(r, dst_port) || !RECORD_HAS(r, protocol))
            return false;
        *key = address_key(r->dst_ip, (uint64_t)r->protocol << 16 | r->dst_port);
        return true;
    case DETECT_DST_IP:
        *key = address_key(r->dst_ip, 0);
        return RECORD_HAS(r, dst_ip);
    case DETECT_DST_PORT:
        *key = r->dst_port | KEY_PRESENT;
        return RECORD_HAS(r, dst_port);
    default:
        if (!member_of(r, field, &member))
            return false;
        *key =
            field == DETECT_SRC_IP ? address_key(member.address, 0) : member.number | KEY_PRESENT;
        return true;
    }
}

static uint64_t mixed(uint64_t hash, uint64_t a, uint64_t b)
{
    return siphash_words(members_key, hash, a, b);
}

/* Keys of events outlive the process, so they cannot be secret: who has two of his events meet has them
 * counted once. */
static inline uint64_t with_word(uint64_t event, uint64_t word)
{
    event = (event ^ word) * UINT64_C(0x9fb21c651e98df25);
    return event ^ event >> 32;
}

/* Of eight bytes or more, the last eight once more or in part. */
static uint64_t with_text(uint64_t event, struct slice text)
{
    uint64_t word;
    event += text.len << 56;
    if (text.len < 8)
        return with_word(event, slice_few_bytes(text.ptr, text.len));
    for (size_t at = 0; at + 8 < text.len; at += 8) {
        memcpy(&word, text.ptr + at, 8);
        event = with_word(event, word);
    }
    memcpy(&word, slice_end(text) - 8, 8);
    return with_word(event, word);
}

/* Two addresses of IPv4 share a word. */
static uint64_t with_ends(uint64_t event, const struct record *r)
{
    struct address src = RECORD_HAS(r, src_ip) ? r->src_ip : (struct address){0, 0};
    struct address dst = RECORD_HAS(r, dst_ip) ? r->dst_ip : (struct address){0, 0};
    uint64_t ports = 0;
    if (address_is_v4(src) && address_is_v4(dst)) {
        event = with_word(event, src.lo << 32 | (dst.lo & UINT32_MAX));
    } else {
        event = with_word(with_word(event, src.hi), src.lo);
        event = with_word(with_word(event, dst.hi), dst.lo);
        ports = UINT64_C(1) << 63;
    }
    if (RECORD_HAS(r, src_port))
        ports |= (uint64_t)r->src_port + 1;
    if (RECORD_HAS(r, dst_port))
        ports |= ((uint64_t)r->dst_port + 1) << 20;
    if (RECORD_HAS(r, protocol))
        ports |= ((uint64_t)r->protocol + 1) << 40;
    return with_word(with_word(event, ports), RECORD_HAS(r, time) ? (uint64_t)r->time : 0);
}

uint64_t event_of(const struct record *r)
{
    uint64_t event = with_text(0, RECORD_HAS(r, host) ? r->host : SLICE_NONE);
    event = with_text(event, RECORD_HAS(r, event_id) ? r->event_id : SLICE_NONE);
    if (RECORD_HAS(r, session_id) && !slice_is(r->session_id, "0"))
        event = with_text(event, r->session_id);
    else
        event = with_ends(event, r);
    return (with_word(event, 0) & KEY_BITS) | KEY_PRESENT;
}

uint64_t target_of(const struct detector *detector, const union member *members, uint64_t value)
{
    uint64_t hash = mixed(0, value, detector->counted);
    for (unsigned i = 0; i < detector->group_count; i++)
        if (detector->group_by[i] != DETECT_SRC_IP)
            hash =
                mixed(hash ^ detector->group_by[i], members[i].address.hi, members[i].address.lo);
    return (hash & KEY_BITS) | KEY_PRESENT;
}
