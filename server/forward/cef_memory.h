/*
 * What lines have in common with those before them, ready written: devices send the same few kinds
 * of message under the same few names. Each table is small and direct-mapped; what it remembers is
 * compared byte for byte before it is used, and what shares a slot replaces it.
 */
#pragma once

#include "server/forward/cef_write.h"

#define CEF_NAMES      512
#define CEF_NAME_MAX   32 /* longer names of extras are made each time */
#define CEF_KEY_MAX    64
#define CEF_KEYS       8192 /* hashes of keys */
#define CEF_HEADS      64
#define CEF_HEAD_MAX   192 /* a longer header is written each time */
#define CEF_HEAD_TEXTS 5
#define CEF_WORDS      64
#define CEF_WORDS_MAX  128 /* no combination is longer */

struct cef_memory {
    /* An extra's name behind a prefix, as the " key=" it became. */
    struct cef_name {
        struct cef_name *next; /* what came behind it the last time */
        const char *text;      /* the name itself, where it is static; else NULL */
        size_t len;
        const char *prefix;
        uint16_t key_hash;
        uint8_t key_len;
        char key[CEF_KEY_MAX];
        char name[CEF_NAME_MAX];
    } names[CEF_NAMES];
    /* Vendor, product, version, class id and name, as they stand between CEF's pipes. */
    struct cef_head {
        struct cef_name *extra;             /* what came first the last time */
        uint64_t has;                       /* which of them are set */
        struct slice texts[CEF_HEAD_TEXTS]; /* of those that are set: static text, or in `copies` */
        uint16_t len;                       /* of `out`; 0 when the slot is empty */
        char copies[CEF_HEAD_MAX];
        char out[CEF_HEAD_MAX];
    } heads[CEF_HEADS];
    struct cef_head *head; /* the line's, or one that is not remembered */
    /* The fields that are words: category, action, outcome, evidence, direction, protocol. */
    struct cef_words {
        uint64_t which; /* their values, one in a byte; 0 when the slot is empty */
        uint64_t len;
        char out[240]; /* CEF_WORDS_MAX, and keys are copied in blocks */
    } words[CEF_WORDS];
    /* The last second in which a line, its rt or its device's time was. */
    struct cef_second {
        int64_t begin_ms;
        uint8_t len;
        char text[24]; /* as RFC 3339 has it, or in digits */
    } stamp, time, device_time;
    /* Which keys of extras the line has: the number of the last line that had one of this hash. */
    uint32_t key_line[CEF_KEYS];
    uint32_t line;
    uint8_t count_len; /* of the last line's octet count, with its blank */
};

/* Whether two texts of 8 to 16 bytes are the same: the words at their two ends overlap. */
static inline bool cef_same_words(const char *known, const char *text, size_t len)
{
    uint64_t a, b, c, d;
    memcpy(&a, known, 8);
    memcpy(&b, text, 8);
    memcpy(&c, known + len - 8, 8);
    memcpy(&d, text + len - 8, 8);
    return ((a ^ b) | (c ^ d)) == 0;
}

/* Whether two texts of at most 32 bytes are the same. */
static inline bool cef_same(const char *known, const char *text, size_t len)
{
    uint32_t a, b, c, d;
    if (len > 16)
        return cef_same_words(known, text, 16) &&
               cef_same_words(known + len - 16, text + len - 16, 16);
    if (len >= 8)
        return cef_same_words(known, text, len);
    if (len >= 4) {
        memcpy(&a, known, 4);
        memcpy(&b, text, 4);
        memcpy(&c, known + len - 4, 4);
        memcpy(&d, text + len - 4, 4);
        return ((a ^ b) | (c ^ d)) == 0;
    }
    return len == 0 || (known[0] == text[0] && known[len >> 1] == text[len >> 1] &&
                        known[len - 1] == text[len - 1]);
}

/* The part of a second, in three digits. */
static inline char *cef_put_millis(char *p, unsigned part)
{
    uint16_t rest = digits_pairs[part % 100];
    p[0] = (char)('0' + part / 100);
    p[1] = (char)rest;
    p[2] = (char)(rest >> 8);
    return p + 3;
}
