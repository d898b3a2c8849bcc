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
    if (field == DETECT_SERVICE) {
        if (!RECORD_HAS(r, dst_ip) || !RECORD_HAS(r, dst_port) || !RECORD_HAS(r, protocol))
            return false;
        *key = address_key(r->dst_ip, (uint64_t)r->protocol << 16 | r->dst_port);
        return true;
    }
    if (!member_of(r, field, &member))
        return false;
    if (field == DETECT_SRC_IP || field == DETECT_DST_IP)
        *key = address_key(member.address, 0);
    else
        *key = member.number | KEY_PRESENT;
    return true;
}

static uint64_t mixed(uint64_t hash, uint64_t a, uint64_t b)
{
    return siphash_words(members_key, hash, a, b);
}

static void put_text(struct siphash *s, struct slice text)
{
    uint64_t word;
    for (; text.len >= 8; text = slice_from(text, 8)) {
        memcpy(&word, text.ptr, 8);
        siphash_word(s, word, 1);
    }
    const unsigned char *p = (const unsigned char *)text.ptr;
    word = (uint64_t)(text.len + 1) << 56;
    if (text.len >= 4) { /* two pieces that overlap */
        uint32_t first, last;
        memcpy(&first, p, 4);
        memcpy(&last, p + text.len - 4, 4);
        word |= first | (uint64_t)last << 8 * (text.len - 4);
    } else if (text.len) {
        word |= p[0] | (uint32_t)p[text.len / 2] << 8 * (text.len / 2) |
                (uint32_t)p[text.len - 1] << 8 * (text.len - 1);
    }
    siphash_word(s, word, 1);
}

/* Two addresses of IPv4 share a word. */
static void put_ends(struct siphash *s, const struct record *r)
{
    struct address src = RECORD_HAS(r, src_ip) ? r->src_ip : (struct address){0, 0};
    struct address dst = RECORD_HAS(r, dst_ip) ? r->dst_ip : (struct address){0, 0};
    uint64_t ports = 0;
    if (address_is_v4(src) && address_is_v4(dst)) {
        siphash_word(s, src.lo << 32 | (dst.lo & UINT32_MAX), 1);
    } else {
        siphash_word(s, src.hi, 1);
        siphash_word(s, src.lo, 1);
        siphash_word(s, dst.hi, 1);
        siphash_word(s, dst.lo, 1);
        ports = UINT64_C(1) << 63;
    }
    if (RECORD_HAS(r, src_port))
        ports |= (uint64_t)r->src_port + 1;
    if (RECORD_HAS(r, dst_port))
        ports |= ((uint64_t)r->dst_port + 1) << 20;
    if (RECORD_HAS(r, protocol))
        ports |= ((uint64_t)r->protocol + 1) << 40;
    siphash_word(s, ports, 1);
    siphash_word(s, RECORD_HAS(r, time) ? (uint64_t)r->time : 0, 1);
}

uint64_t event_of(const struct record *r)
{
    struct siphash s = siphash_begin(members_key);
    put_text(&s, RECORD_HAS(r, host) ? r->host : SLICE_NONE);
    put_text(&s, RECORD_HAS(r, event_id) ? r->event_id : SLICE_NONE);
    if (RECORD_HAS(r, session_id) && !slice_is(r->session_id, "0"))
        put_text(&s, r->session_id);
    else
        put_ends(&s, r);
    return (siphash_end(&s, 3) & KEY_BITS) | KEY_PRESENT;
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
