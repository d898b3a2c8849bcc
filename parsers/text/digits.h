/* Digits turned into numbers and back eight at a time, without a branch for each of them. */
#pragma once

#include "parsers/text/slice.h"

/* Eight bytes as the values that they are as digits, the first in the lowest byte. */
static inline uint64_t digits_word(const char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof(word));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word ^ UINT64_C(0x3030303030303030);
}

/* Marks in the highest bit of the first byte that is no digit, and perhaps of later ones; 0 when all
 * are digits. */
static inline uint64_t digits_others(uint64_t word)
{
    const uint64_t high = UINT64_C(0x8080808080808080), more = UINT64_C(0x7676767676767676);
    return ((word + more) | word) & high;
}

/* The number that eight digits are: pairs, fours, eights. */
static inline uint32_t digits_join(uint64_t word)
{
    word = word * 2561 >> 8;
    word = (word & UINT64_C(0x00ff00ff00ff00ff)) * 6553601 >> 16;
    return (uint32_t)((word & UINT64_C(0x0000ffff0000ffff)) * UINT64_C(42949672960001) >> 32);
}

/* The number that `len` digits at p are, 1 to 8, of which eight bytes may be read; negative when one
 * of them is no digit. */
static inline int64_t digits_8(const char *p, size_t len)
{
    uint64_t word = digits_word(p) << (64 - 8 * len); /* in front of them zeros come in */
    return digits_others(word) ? -1 : (int64_t)digits_join(word);
}

extern const uint64_t digits_last[9]; /* what keeps the last n bytes of eight in memory's order */

/* The same of the `len` digits that end at `end`, in front of which eight bytes may be read. */
static inline int64_t digits_8_back(const char *end, size_t len)
{
    const uint64_t zeros = UINT64_C(0x3030303030303030);
    uint64_t word;
    memcpy(&word, end - 8, sizeof(word));
    word = (word ^ zeros) & digits_last[len];
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return digits_others(word) ? -1 : (int64_t)digits_join(word);
}

/* How many digits begin eight bytes. */
static inline unsigned digits_count(uint64_t word)
{
    uint64_t others = digits_others(word);
    return others ? (unsigned)__builtin_ctzll(others) / 8 : 8;
}

/* How many digits begin 16 bytes. */
static inline unsigned digits_count_16(const char *p)
{
#ifdef __SSE2__
    __m128i moved = _mm_add_epi8(_mm_loadu_si128((const __m128i *)(const void *)p),
                                 _mm_set1_epi8((char)(128 - '0'))); /* digits are the lowest now */
    __m128i is_digit = _mm_cmplt_epi8(moved, _mm_set1_epi8(10 - 128));
    return (unsigned)__builtin_ctz(~(unsigned)_mm_movemask_epi8(is_digit));
#else
    unsigned first = digits_count(digits_word(p));
    return first < 8 ? first : 8 + digits_count(digits_word(p + 8));
#endif
}

/* The number that the digits at p are, of which eight bytes may be read, and how many they are: up
 * to eight, behind which there may be more. */
static inline unsigned digits_take(const char *p, uint32_t *value)
{
    uint64_t word = digits_word(p);
    unsigned len = digits_count(word);
    *value = len ? digits_join(word << (64 - 8 * len)) : 0;
    return len;
}

/* The eight digits of a number below 10^8, the first in the lowest byte, as values and not text. */
static inline uint64_t digits_split(uint32_t n)
{
    uint64_t fours = n / 10000 | (uint64_t)(n % 10000) << 32;
    uint64_t hundreds = (fours * 10486 >> 20) & UINT64_C(0x0000007f0000007f);
    uint64_t twos = hundreds | (fours - 100 * hundreds) << 16;
    uint64_t tens = (twos * 103 >> 10) & UINT64_C(0x000f000f000f000f);
    return tens | (twos - 10 * tens) << 8;
}

/* Writes eight digits as split, without the first `skip` of them; eight bytes in any case. */
static inline char *digits_put(char *out, uint64_t digits, unsigned skip)
{
    digits = (digits | UINT64_C(0x3030303030303030)) >> 8 * skip;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    digits = __builtin_bswap64(digits);
#endif
    memcpy(out, &digits, sizeof(digits));
    return out + 8 - skip;
}

extern const uint16_t digits_pairs[100]; /* "00" to "99", the first digit in the lower byte */

/* Writes a number up to 65535 and returns its end; eight bytes in any case. */
static inline char *digits_format_16(char *out, uint32_t n)
{
    /* As ten-thousands and a fraction of 2^32; two digits of it at a time are pushed in front. */
    uint64_t first = n * UINT64_C(429497), second = (uint32_t)first * UINT64_C(100);
    uint64_t third = (uint32_t)second * UINT64_C(100);
    uint64_t text = (first >> 32) + '0' + ((uint64_t)digits_pairs[second >> 32] << 8) +
                    ((uint64_t)digits_pairs[third >> 32] << 24);
    /* The last digit is written even where it is 0. */
    uint64_t digits = (text ^ UINT64_C(0x3030303030)) | UINT64_C(1) << 32;
    unsigned skip = (unsigned)__builtin_ctzll(digits) & 56;
    text >>= skip;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    text = __builtin_bswap64(text);
#endif
    memcpy(out, &text, sizeof(text));
    return out + 5 - skip / 8;
}

#define DIGITS_MAX 32 /* room that digits_format needs; no number has more than 20 digits */

/* A number of more than eight digits. */
char *digits_format_long(char *out, uint64_t n);

/* Writes a number and returns its end; behind it may stand a few bytes of anything. */
static inline char *digits_format(char *out, uint64_t n)
{
    if (n >= 100000000)
        return digits_format_long(out, n);
    uint64_t digits = digits_split((uint32_t)n);
    /* The last digit is written even where it is 0. */
    return digits_put(out, digits, (unsigned)__builtin_ctzll(digits | UINT64_C(1) << 56) / 8);
}

/* 0 to 255 as text with a dot behind it, as addresses have it: one copy of four bytes writes it. */
struct digits_octet {
    char text[4];
    uint32_t len; /* without the dot */
};
extern const struct digits_octet digits_octets[256];

/* Writes a number up to 255 and what an address has behind it; returns the number's end. */
static inline char *digits_octet(char *out, unsigned n)
{
    memcpy(out, digits_octets[n].text, 4);
    return out + digits_octets[n].len;
}
