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
/* 0xff for each byte that is not plain. One more than a visible byte is above the blank as a signed
 * number, one more than any other is not. */
static inline __m128i plain_bad(__m128i v, char special)
{
    __m128i hidden = _mm_cmplt_epi8(_mm_add_epi8(v, _mm_set1_epi8(1)), _mm_set1_epi8(' ' + 1));
    __m128i escaped = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('\\')),
                                   _mm_cmpeq_epi8(v, _mm_set1_epi8(special)));
    return _mm_or_si128(hidden, escaped);
}

/* 4 to 32 bytes as two halves that overlap: nothing is read twice, nothing behind. */
static inline bool plain_copy_halves(char *out, const char *p, size_t len, char special)
{
    __m128i first, last, bad;
    int last_int, first_int;
    if (len >= 16) {
        first = _mm_loadu_si128((const __m128i *)(const void *)p);
        last = _mm_loadu_si128((const __m128i *)(const void *)(p + len - 16));
        _mm_storeu_si128((__m128i *)(void *)out, first);
        _mm_storeu_si128((__m128i *)(void *)(out + len - 16), last);
        bad = _mm_or_si128(plain_bad(first, special), plain_bad(last, special));
        return _mm_movemask_epi8(bad) == 0;
    }
    if (len >= 8) {
        first = _mm_loadl_epi64((const __m128i *)(const void *)p);
        last = _mm_loadl_epi64((const __m128i *)(const void *)(p + len - 8));
        _mm_storel_epi64((__m128i *)(void *)out, first);
        _mm_storel_epi64((__m128i *)(void *)(out + len - 8), last);
        return _mm_movemask_epi8(plain_bad(_mm_unpacklo_epi64(first, last), special)) == 0;
    }
    memcpy(&first_int, p, 4);
    memcpy(&last_int, p + len - 4, 4);
    memcpy(out, &first_int, 4);
    memcpy(out + len - 4, &last_int, 4);
    first = _mm_unpacklo_epi32(_mm_cvtsi32_si128(first_int), _mm_cvtsi32_si128(last_int));
    return (_mm_movemask_epi8(plain_bad(first, special)) & 0xff) == 0;
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
    if (len - 4 <= 28 && plain_copy_halves(out, p, len, special))
        return len;
    for (; len - n >= 16 || (n && n < len); n += 16) {
        if (len - n < 16)
            n = len - 16; /* the last block overlaps the one before */
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + n));
        unsigned mask = (unsigned)_mm_movemask_epi8(plain_bad(v, special));
        _mm_storeu_si128((__m128i *)(void *)(out + n), v);
        if (mask)
            return n + (size_t)__builtin_ctz(mask);
    }
    if (n)
        return len;
#endif
    return plain_copy_bytes(out, p, len, special);
}
