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
#define PLAIN_BLOCK 16 /* bytes that are copied at once */

/* Where a block may be read from: `count` bytes from `begin` on. */
struct plain_blocks {
    uintptr_t begin;
    size_t count;
};

static inline struct plain_blocks plain_blocks_of(struct slice whole)
{
    return (struct plain_blocks){(uintptr_t)whole.ptr,
                                 whole.len < PLAIN_BLOCK ? 0 : whole.len - PLAIN_BLOCK + 1};
}

static inline bool plain_has_block(struct plain_blocks blocks, const char *p)
{
    return (uintptr_t)p - blocks.begin < blocks.count;
}

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
/* The sign bit of each byte that is not plain. One more than a visible byte or a blank is at least 33
 * as a signed number, one more than any other is less. */
static inline __m128i plain_bad(__m128i v, char special)
{
    __m128i hidden = _mm_subs_epi8(_mm_add_epi8(v, _mm_set1_epi8(1)), _mm_set1_epi8(' ' + 1));
    __m128i escaped = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('\\')),
                                   _mm_cmpeq_epi8(v, _mm_set1_epi8(special)));
    return _mm_or_si128(hidden, escaped);
}

/* 1 to 15 bytes as two blocks that overlap: nothing is read behind them. One bit of the result for each
 * byte of the blocks that is not plain; `width`: bytes of a block. */
static inline unsigned plain_parts(char *out, const char *p, size_t len, char special,
                                   unsigned *width)
{
    if (len >= 8) {
        __m128i first = _mm_loadl_epi64((const __m128i *)(const void *)p);
        __m128i last = _mm_loadl_epi64((const __m128i *)(const void *)(p + len - 8));
        _mm_storel_epi64((__m128i *)(void *)out, first);
        _mm_storel_epi64((__m128i *)(void *)(out + len - 8), last);
        *width = 8;
        return (unsigned)_mm_movemask_epi8(plain_bad(_mm_unpacklo_epi64(first, last), special));
    }
    uint32_t first, last;
    *width = 4;
    if (len >= 4) {
        memcpy(&first, p, 4);
        memcpy(&last, p + len - 4, 4);
        memcpy(out + len - 4, &last, 4);
    } else { /* one of three bytes comes twice, or thrice */
        first = (unsigned char)p[0] | (uint32_t)(unsigned char)p[len >> 1] << 8 |
                (uint32_t)(unsigned char)p[len - 1] << 16 | (uint32_t)' ' << 24;
        last = UINT32_C(0x20202020);
    }
    memcpy(out, &first, 4);
    __m128i both = _mm_unpacklo_epi32(_mm_cvtsi32_si128((int)first), _mm_cvtsi32_si128((int)last));
    return (unsigned)_mm_movemask_epi8(plain_bad(both, special)) & 0xff;
}

/* 16 bytes or more: the last block overlaps those before. */
static inline size_t plain_copy_long(char *out, const char *p, size_t len, char special)
{
    size_t n = 0, last = len - 16;
    for (;;) {
        __m128i block = _mm_loadu_si128((const __m128i *)(const void *)(p + n));
        _mm_storeu_si128((__m128i *)(void *)(out + n), block);
        unsigned bad = (unsigned)_mm_movemask_epi8(plain_bad(block, special));
        if (__builtin_expect(bad != 0, 0))
            return n + (size_t)__builtin_ctz(bad);
        if (n == last)
            return len;
        n = n + 16 < last ? n + 16 : last;
    }
}
#endif

/* A bit for each of the first bytes of a block. */
static const uint32_t plain_first[PLAIN_BLOCK + 1] = {
    0x0000, 0x0001, 0x0003, 0x0007, 0x000f, 0x001f, 0x003f, 0x007f, 0x00ff,
    0x01ff, 0x03ff, 0x07ff, 0x0fff, 0x1fff, 0x3fff, 0x7fff, 0xffff};

/* Copies a block, and says whether its first `len` bytes are plain. */
static inline bool plain_copy_block(char *out, const char *p, size_t len, char special)
{
#ifdef __SSE2__
    __m128i block = _mm_loadu_si128((const __m128i *)(const void *)p);
    _mm_storeu_si128((__m128i *)(void *)out, block);
    return ((unsigned)_mm_movemask_epi8(plain_bad(block, special)) & plain_first[len]) == 0;
#else
    return plain_copy_bytes(out, p, len, special) == len;
#endif
}

/* The same of 16 to 32 bytes, as two blocks that overlap: nothing is read behind them. */
static inline bool plain_copy_blocks(char *out, const char *p, size_t len, char special)
{
#ifdef __SSE2__
    __m128i first = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i last = _mm_loadu_si128((const __m128i *)(const void *)(p + len - PLAIN_BLOCK));
    _mm_storeu_si128((__m128i *)(void *)out, first);
    _mm_storeu_si128((__m128i *)(void *)(out + len - PLAIN_BLOCK), last);
    return _mm_movemask_epi8(_mm_or_si128(plain_bad(first, special), plain_bad(last, special))) ==
           0;
#else
    return plain_copy_bytes(out, p, len, special) == len;
#endif
}

/* Copies a block, and says whether its first `len` bytes are digits. */
static inline bool plain_copy_digits(char *out, const char *p, size_t len)
{
#ifdef __SSE2__
    __m128i block = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i values = _mm_sub_epi8(block, _mm_set1_epi8('0'));
    __m128i digits = _mm_cmpeq_epi8(_mm_min_epu8(values, _mm_set1_epi8(9)), values);
    _mm_storeu_si128((__m128i *)(void *)out, block);
    return (~(unsigned)_mm_movemask_epi8(digits) & plain_first[len]) == 0;
#else
    size_t n = 0;
    for (; n < len && (unsigned)(p[n] - '0') <= 9; n++)
        out[n] = p[n];
    return n == len;
#endif
}

/*
 * Copies up to the first byte that is not plain; returns how many were copied. May write up to
 * PLAIN_SLACK bytes of anything behind the text; reads nothing behind it.
 */
static inline size_t plain_copy(char *out, const char *p, size_t len, char special)
{
#ifdef __SSE2__
    unsigned width;
    if (len >= 16)
        return plain_copy_long(out, p, len, special);
    if (len == 0)
        return 0;
    unsigned bad = plain_parts(out, p, len, special, &width);
    if (__builtin_expect(bad == 0, 1))
        return len;
    size_t at = (size_t)__builtin_ctz(bad);
    return at < width ? at : at + len - 2 * width;
#else
    return plain_copy_bytes(out, p, len, special);
#endif
}
