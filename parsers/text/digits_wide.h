/* Digits turned into numbers, for machines that have what wide.h names; elsewhere the same as digits.h. */
#pragma once

#include "parsers/text/digits.h"
#include "parsers/text/wide.h"

#ifdef WIDE
/* What numbers are read with, in memory: compilers make up constants anew for each of them. */
struct digits_wide {
    uint64_t last[10]; /* keeps the last n of eight bytes; the one behind it is read with it */
    /* 0 in the half that has no digits. */
    uint8_t zeros[16], nines[16], tens[16];
    uint16_t hundreds[8], ten_thousands[8];
};
extern const struct digits_wide digits_wide;

WIDE static inline __m128i digits_with(const void *constant)
{
    return _mm_loadu_si128((const __m128i *)constant);
}

/* As digits_8_back. */
WIDE static inline int64_t digits_8_back_wide(const char *end, size_t len)
{
    const struct digits_wide *with = &digits_wide;
    __m128i text = _mm_loadl_epi64((const __m128i *)(const void *)(end - 8));
    __m128i values = _mm_xor_si128(text, digits_with(with->zeros));
    values = _mm_and_si128(values, digits_with(with->last + len));
    __m128i others = _mm_subs_epu8(values, digits_with(with->nines));
    __m128i pairs = _mm_maddubs_epi16(values, digits_with(with->tens));
    __m128i fours = _mm_madd_epi16(pairs, digits_with(with->hundreds));
    __m128i words = _mm_packus_epi32(fours, fours);
    __m128i number = _mm_madd_epi16(words, digits_with(with->ten_thousands));
    return _mm_testz_si128(others, others) ? (int64_t)(uint32_t)_mm_cvtsi128_si32(number) : -1;
}
#else
static inline int64_t digits_8_back_wide(const char *end, size_t len)
{
    return digits_8_back(end, len);
}
#endif
