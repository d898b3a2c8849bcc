/*
 * Headers that are known already: the half of it that every message goes through, so it stands here
 * to become part of syslog_parse. The other half is in syslog_memory.c. Nobody else includes this.
 */
#pragma once

#include "parsers/syslog.h"

static inline uint64_t syslog_word(const char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof(word));
    return word;
}

/* The first 32 bytes of a header: names of a few letters stand within. */
struct syslog_first {
    uint64_t a, b, c, d;
};

static inline struct syslog_first syslog_first(const char *p)
{
    return (struct syslog_first){syslog_word(p), syslog_word(p + 8), syslog_word(p + 16),
                                 syslog_word(p + 24)};
}

/* RFC 5424's version. */
static inline bool syslog_is_versioned(uint64_t first)
{
    const uint64_t version = '1' | ' ' << 8;
    return (first >> 40 & 0xffff) == version || (first >> 32 & 0xffff) == version;
}

/* The longer stamp of RFC 5424 is the same for all devices: what tells them apart stands behind. */
static inline size_t syslog_slot(const char *p, struct syslog_first first)
{
    const uint64_t odd = UINT64_C(0x9e3779b97f4a7c15);
    if (syslog_is_versioned(first.a))
        first = syslog_first(p + 16);
    return ((first.a + first.b * 3 + first.c * 7) * odd ^ first.d * odd) >> 56;
}

/* Whether the text is as far as it matters what is known; its first bytes always matter. */
static inline bool syslog_is_known(const struct syslog_known *known, const char *p,
                                   struct syslog_first first)
{
    struct syslog_first same = syslog_first(known->text);
    uint64_t differ =
        (same.a ^ first.a) | (same.b ^ first.b) | (same.c ^ first.c) | (same.d ^ first.d);
    size_t at = known->len - sizeof(uint64_t);
    for (; at > sizeof(first); at -= 8)
        differ |= syslog_word(known->text + at) ^ syslog_word(p + at);
    differ |= syslog_word(known->text + at) ^ syslog_word(p + at);
    return differ == 0;
}

/* Whether the text begins with a header that is known, and what it says then. */
static inline bool syslog_recall(const struct syslog_memory *memory, struct slice text,
                                 const struct zone *zone, int64_t arrival_ms, struct syslog *out)
{
    if (text.len < SYSLOG_REMEMBERED)
        return false;
    struct syslog_first first = syslog_first(text.ptr);
    const struct syslog_known *known = &memory->known[syslog_slot(text.ptr, first)];
    if (!known->len || known->zone != zone || known->arrival_ms != arrival_ms ||
        !syslog_is_known(known, text.ptr, first))
        return false;
    memcpy(out, known->said, sizeof(known->said));
    out->host = slice_make(text.ptr + known->host_at, known->host_len);
    out->app = slice_make(text.ptr + known->app_at, known->app_len);
    out->procid = slice_make(text.ptr + known->procid_at, known->procid_len);
    out->msgid = slice_make(text.ptr + known->msgid_at, known->msgid_len);
    out->structured_data = slice_make(text.ptr, 0);
    out->body = slice_make(text.ptr + known->body_at, text.len - known->body_at);
    return true;
}

void syslog_remember(struct syslog_memory *memory, struct slice text, const struct zone *zone,
                     int64_t arrival_ms, const struct syslog *header);
