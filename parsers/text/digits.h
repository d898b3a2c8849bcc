/* Digits turned into a number eight at a time, without a branch for each of them. */
#pragma once

#include "parsers/text/slice.h"

/* The number that `len` digits at p are, 1 to 8, of which eight bytes may be read; negative when one
 * of them is no digit. */
static inline int64_t digits_8(const char *p, size_t len)
{
    const uint64_t zeros = UINT64_C(0x3030303030303030), high = UINT64_C(0xf0f0f0f0f0f0f0f0);
    uint64_t word;
    memcpy(&word, p, sizeof(word));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    word <<= 64 - 8 * len; /* in front of them zeros come in, as numbers and not as text */
    uint64_t digits = word ^ (zeros << (64 - 8 * len));
    if ((digits | (digits + UINT64_C(0x0606060606060606))) & high)
        return -1;
    digits = digits * 2561 >> 8; /* pairs, fours, eights */
    digits = (digits & UINT64_C(0x00ff00ff00ff00ff)) * 6553601 >> 16;
    return (int64_t)((digits & UINT64_C(0x0000ffff0000ffff)) * UINT64_C(42949672960001) >> 32);
}
