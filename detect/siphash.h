/*
 * SipHash (Aumasson and Bernstein, 2012), the keyed hash for tables whose keys an attacker chooses:
 * who does not know the key cannot make entries collide. SipHash-1-3 for tables, SipHash-2-4 for
 * ids that must spread well under a known key. Over 64-bit words, and over bytes.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct siphash_key {
    uint64_t k0, k1;
};

struct siphash {
    uint64_t v0, v1, v2, v3;
};

static inline struct siphash_key siphash_key(const uint8_t bytes[16])
{
    struct siphash_key key = {0, 0};
    for (int i = 7; i >= 0; i--) {
        key.k0 = key.k0 << 8 | bytes[i];
        key.k1 = key.k1 << 8 | bytes[i + 8];
    }
    return key;
}

static inline uint64_t siphash_rotate(uint64_t x, int by)
{
    return x << by | x >> (64 - by);
}

static inline void siphash_rounds(struct siphash *s, int rounds)
{
    for (int i = 0; i < rounds; i++) {
        s->v0 += s->v1;
        s->v1 = siphash_rotate(s->v1, 13) ^ s->v0;
        s->v0 = siphash_rotate(s->v0, 32);
        s->v2 += s->v3;
        s->v3 = siphash_rotate(s->v3, 16) ^ s->v2;
        s->v0 += s->v3;
        s->v3 = siphash_rotate(s->v3, 21) ^ s->v0;
        s->v2 += s->v1;
        s->v1 = siphash_rotate(s->v1, 17) ^ s->v2;
        s->v2 = siphash_rotate(s->v2, 32);
    }
}

static inline struct siphash siphash_begin(struct siphash_key key)
{
    return (struct siphash){
        key.k0 ^ UINT64_C(0x736f6d6570736575),
        key.k1 ^ UINT64_C(0x646f72616e646f6d),
        key.k0 ^ UINT64_C(0x6c7967656e657261),
        key.k1 ^ UINT64_C(0x7465646279746573),
    };
}

static inline void siphash_word(struct siphash *s, uint64_t word, int rounds)
{
    s->v3 ^= word;
    siphash_rounds(s, rounds);
    s->v0 ^= word;
}

static inline uint64_t siphash_end(struct siphash *s, int rounds)
{
    s->v2 ^= 0xff;
    siphash_rounds(s, rounds);
    return s->v0 ^ s->v1 ^ s->v2 ^ s->v3;
}

/* c rounds a word, d at the end; the bytes are read in little-endian order as the paper has it. */
static inline uint64_t siphash_bytes(struct siphash_key key, const void *data, size_t len, int c,
                                     int d)
{
    struct siphash s = siphash_begin(key);
    const unsigned char *p = data;
    uint64_t word;
    size_t left = len;
    for (; left >= 8; left -= 8, p += 8) {
        word = 0;
        for (int i = 7; i >= 0; i--)
            word = word << 8 | p[i];
        siphash_word(&s, word, c);
    }
    word = (uint64_t)len << 56;
    for (size_t i = 0; i < left; i++)
        word |= (uint64_t)p[i] << 8 * i;
    siphash_word(&s, word, c);
    return siphash_end(&s, d);
}

/* SipHash-1-3 of three words (without a length: it is always the same). */
static inline uint64_t siphash_words(struct siphash_key key, uint64_t a, uint64_t b, uint64_t c)
{
    struct siphash s = siphash_begin(key);
    siphash_word(&s, a, 1);
    siphash_word(&s, b, 1);
    siphash_word(&s, c, 1);
    return siphash_end(&s, 3);
}
