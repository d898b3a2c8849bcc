/* Names as devices have them: letters, digits, '-', '.', '_' and a few marks that no list, pair or
 * quoted text is written with. */
#pragma once

#include "parsers/text/slice.h"

#define NAME_BYTES 16 /* that are looked at */

/* '-' to '9' and 'A' to 'z'. */
static inline bool name_byte(char c)
{
    return (unsigned char)(c - '-') <= '9' - '-' || (unsigned char)(c - 'A') <= 'z' - 'A';
}

/* How many bytes of a name begin the NAME_BYTES at p. */
static inline size_t name_len_plain(const char *p)
{
    size_t len = 0;
    while (len < NAME_BYTES && name_byte(p[len]))
        len++;
    return len;
}

static inline size_t name_len(const char *p)
{
#ifdef __SSE2__
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i low = _mm_sub_epi8(bytes, _mm_set1_epi8('-'));
    __m128i high = _mm_sub_epi8(bytes, _mm_set1_epi8('A'));
    __m128i digit = _mm_cmpeq_epi8(_mm_min_epu8(low, _mm_set1_epi8('9' - '-')), low);
    __m128i letter = _mm_cmpeq_epi8(_mm_min_epu8(high, _mm_set1_epi8('z' - 'A')), high);
    unsigned of_name = (unsigned)_mm_movemask_epi8(_mm_or_si128(digit, letter));
    return (size_t)__builtin_ctz(~of_name);
#else
    return name_len_plain(p);
#endif
}
