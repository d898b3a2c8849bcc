/*
 * Copying text as long as it is plain: visible ASCII and blanks, no backslash, and not one more byte
 * that the caller names. Most text of devices is, so that writers with escapes spend their time here.
 */
#pragma once

#include "parsers/text/slice.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define PLAIN_SLACK 16 /* bytes behind the text that the output must have room for */

static inline bool plain_byte(char c, char special)
{
    return (unsigned char)(c - ' ') < 95 && c != '\\' && c != special;
}

/* The plain way, and what the other must equal. */
static inline size_t plain_copy_bytes(char *out, const char *p, size_t len, char special)
{
    size_t n = 0;
    for (; n < len && plain_byte(p[n], special); n++)
        out[n] = p[n];
    return n;
}

#ifdef __SSE2__
/* Bit n: byte n of v is not plain. Compares are signed, so bytes above ASCII are below the blank. */
static inline unsigned plain_mask(__m128i v, char special)
{
    __m128i bad = _mm_or_si128(
        _mm_or_si128(_mm_cmplt_epi8(v, _mm_set1_epi8(' ')), _mm_cmpeq_epi8(v, _mm_set1_epi8(127))),
        _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('\\')),
                     _mm_cmpeq_epi8(v, _mm_set1_epi8(special))));
    return (unsigned)_mm_movemask_epi8(bad);
}

/* 4 to 15 bytes as two overlapping halves of one vector: nothing is read twice, nothing behind. */
static inline bool plain_copy_short(char *out, const char *p, size_t len, char special)
{
    size_t half = len >= 8 ? 8 : 4;
    uint64_t first = 0, last = 0;
    memcpy(&first, p, half == 8 ? 8 : 4);
    memcpy(&last, p + len - half, half == 8 ? 8 : 4);
    if (half == 4)
        first |= last << 32, last = first;
    if (plain_mask(_mm_set_epi64x((long long)last, (long long)first), special))
        return false;
    memcpy(out, p, half == 8 ? 8 : 4);
    memcpy(out + len - half, p + len - half, half == 8 ? 8 : 4);
    return true;
}
#endif

/*
 * Copies up to the first byte that is not plain; returns how many were copied. May write up to
 * PLAIN_SLACK bytes of anything behind them; reads nothing behind the text.
 */
static inline size_t plain_copy(char *out, const char *p, size_t len, char special)
{
    size_t n = 0;
#ifdef __SSE2__
    if (len - 4 < 12 && plain_copy_short(out, p, len, special))
        return len;
    for (; len - n >= 16 || (n && n < len); n += 16) {
        if (len - n < 16)
            n = len - 16; /* the last block overlaps the one before */
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + n));
        unsigned mask = plain_mask(v, special);
        _mm_storeu_si128((__m128i *)(void *)(out + n), v);
        if (mask)
            return n + (size_t)__builtin_ctz(mask);
    }
    if (n)
        return len;
#endif
    return plain_copy_bytes(out, p, len, special);
}
