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
#define CEF_HEADS      64
#define CEF_HEAD_MAX   192 /* a longer header is written each time */
#define CEF_HEAD_TEXTS 5
#define CEF_WORDS      64
#define CEF_WORDS_MAX  128 /* no combination is longer */

struct cef_memory {
    /* An extra's name behind a prefix, as the " key=" it became. */
    struct cef_name {
        uint64_t first, last; /* bytes of the name: all of them up to 16 */
        const char *prefix;
        uint16_t key_hash;
        uint8_t name_len, key_len;
        char name[CEF_NAME_MAX];
        char key[CEF_KEY_MAX];
    } names[CEF_NAMES];
    /* Vendor, product, version, class id and name, as they stand between CEF's pipes. */
    struct cef_head {
        uint16_t text_len[CEF_HEAD_TEXTS];
        uint16_t len;
        char texts[CEF_HEAD_MAX];
        char out[CEF_HEAD_MAX];
    } heads[CEF_HEADS];
    /* The fields that are words: category, action, outcome, evidence, direction, protocol. */
    struct cef_words {
        uint64_t which; /* their values, one in a byte; 0 when the slot is empty */
        uint8_t len;
        char out[CEF_WORDS_MAX + 64]; /* keys are copied in blocks */
    } words[CEF_WORDS];
    /* The last line's second: as RFC 3339 has it, and in digits. */
    int64_t second;
    char stamp[24];
    char epoch[16];
    uint8_t epoch_len;
    uint8_t count_len; /* of the last line's octet count, with its blank */
};
