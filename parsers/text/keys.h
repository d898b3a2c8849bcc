/*
 * Runs of the bytes that keys are made of in CEF and LEEF: [A-Za-z0-9_:.-]. Where vectors can look
 * at 16 bytes at once they do; the plain versions are for other machines, and to test these by.
 */
#pragma once

#include "parsers/text/slice.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

static inline bool keys_is_letter(char c)
{
    return (unsigned)((c | 32) - 'a') < 26 || c == '_';
}

static inline bool keys_is_byte(char c)
{
    return keys_is_letter(c) || (unsigned)(c - '0') <= 10 /* the colon too */ || c == '.' ||
           c == '-';
}

/* How many such bytes stand from p on. */
static inline size_t keys_run_plain(const char *p, const char *end)
{
    const char *begin = p;
    while (p < end && keys_is_byte(*p))
        p++;
    return (size_t)(p - begin);
}

/* How many stand right in front of `end`. */
static inline size_t keys_run_back_plain(const char *begin, const char *end)
{
    const char *p = end;
    while (p > begin && keys_is_byte(p[-1]))
        p--;
    return (size_t)(end - p);
}

#ifdef __SSE2__
static inline __m128i keys_within(__m128i bytes, char first, char count)
{
    __m128i from = _mm_sub_epi8(bytes, _mm_set1_epi8(first));
    return _mm_cmpeq_epi8(_mm_min_epu8(from, _mm_set1_epi8((char)(count - 1))), from);
}

/* Bit n: byte n is none. */
static inline unsigned keys_others(const char *p)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i key = _mm_or_si128(
        _mm_or_si128(keys_within(_mm_or_si128(bytes, _mm_set1_epi8(' ')), 'a', 26),
                     keys_within(bytes, '0', 11)),
        _mm_or_si128(keys_within(bytes, '-', 2), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('_'))));
    return (unsigned)_mm_movemask_epi8(key) ^ 0xffff;
}
#endif

static inline size_t keys_run(const char *p, const char *end)
{
    const char *begin = p;
#ifdef __SSE2__
    for (; end - p >= 16; p += 16) {
        unsigned others = keys_others(p);
        if (others)
            return (size_t)(p - begin) + (unsigned)__builtin_ctz(others);
    }
#endif
    return (size_t)(p - begin) + keys_run_plain(p, end);
}

static inline size_t keys_run_back(const char *begin, const char *end)
{
    const char *p = end;
#ifdef __SSE2__
    for (; p - begin >= 16; p -= 16) {
        unsigned others = keys_others(p - 16);
        if (others)
            return (size_t)(end - p) + (unsigned)__builtin_clz(others) - 16;
    }
#endif
    return (size_t)(end - p) + keys_run_back_plain(begin, p);
}
