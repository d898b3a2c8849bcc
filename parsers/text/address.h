/*
 * An IP address as one 128-bit number, so that both families share every table and comparison.
 * IPv4 is held as its IPv4-mapped form (::ffff:a.b.c.d, RFC 4291 section 2.5.5.2); an IPv6 text of
 * that form is therefore the same address as its IPv4.
 */
#pragma once

#include "parsers/text/cursor.h"
#include "parsers/text/digits.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

struct address {
    uint64_t hi, lo; /* the number's upper and lower half, in the machine's own byte order */
};

#define ADDRESS_TEXT_MAX 40 /* room that address_format needs; no text is longer than 39 */

static inline struct address address_v4(uint32_t v4)
{
    return (struct address){0, UINT64_C(0xffff00000000) | v4};
}

static inline bool address_is_v4(struct address a)
{
    return a.hi == 0 && a.lo >> 32 == 0xffff;
}

static inline bool address_equals(struct address a, struct address b)
{
    return a.hi == b.hi && a.lo == b.lo;
}

static inline bool address_less(struct address a, struct address b)
{
    return a.hi < b.hi || (a.hi == b.hi && a.lo < b.lo);
}

/* 0.0.0.0 or ::, which firewalls write for "none". */
static inline bool address_is_zero(struct address a)
{
    return a.hi == 0 && (a.lo == 0 || a.lo == UINT64_C(0xffff00000000));
}

#ifdef __SSE2__
/* One octet: `len` digits at p, of which four bytes may be read. The digits are kept in their order
 * as a number in *highest. */
static inline uint32_t address_octet(const char *p, unsigned len, uint32_t *highest)
{
    uint32_t word;
    memcpy(&word, p, sizeof(word));
    word = word << (32 - 8 * len) & UINT32_C(0x0f0f0f0f);
    uint32_t ordered = __builtin_bswap32(word);
    if (ordered > *highest)
        *highest = ordered;
    return word * UINT32_C(0x640a01) >> 24; /* hundreds, tens and ones */
}

/*
 * address_read_v4 where 16 bytes can be looked at: dots and digits are found all at once and the
 * octets computed without a branch for each digit. Addresses are the one thing that every message
 * has, and their digits cannot be predicted.
 */
static inline size_t address_read_v4_wide(const char *p, struct address *out)
{
    __m128i text = _mm_loadu_si128((const __m128i *)p);
    __m128i values = _mm_sub_epi8(text, _mm_set1_epi8('0'));
    __m128i is_digit = _mm_cmpeq_epi8(_mm_min_epu8(values, _mm_set1_epi8(9)), values);
    unsigned dots = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(text, _mm_set1_epi8('.')));
    unsigned digits = (unsigned)_mm_movemask_epi8(is_digit);
    unsigned end = (unsigned)__builtin_ctz(~(dots | digits)); /* 16 when it goes on: too long */

    dots &= (1u << end) - 1;
    unsigned two = dots & (dots - 1), one = two & (two - 1); /* without the first, and the second */
    if (one == 0 || (one & (one - 1)) != 0)
        return 0;
    unsigned a = (unsigned)__builtin_ctz(dots), b = (unsigned)__builtin_ctz(two) - a - 1;
    unsigned third = (unsigned)__builtin_ctz(one), c = third - a - b - 2, d = end - third - 1;
    if (a - 1 > 2 || b - 1 > 2 || c - 1 > 2 || d - 1 > 2)
        return 0;
    uint32_t highest = 0;
    uint32_t v4 = address_octet(p, a, &highest) << 24;
    v4 |= address_octet(p + a + 1, b, &highest) << 16;
    v4 |= address_octet(p + a + b + 2, c, &highest) << 8;
    v4 |= address_octet(p + third + 1, d, &highest);
    if (highest > 0x020505)
        return 0;
    *out = address_v4(v4);
    return end;
}
#endif

/*
 * Reads the IPv4 address at the front of a text: four decimal octets of at most three digits.
 * Returns the bytes taken, 0 when there is none. What follows is the caller's to look at.
 */
static inline size_t address_read_v4(struct slice s, struct address *out)
{
    const char *p = s.ptr, *end = p + s.len;
    uint32_t v4 = 0;
#ifdef __SSE2__
    char copy[16] = {0};
    if (s.len >= 8) {
        if (s.len < 16) {
            memcpy(copy, p, 8);
            memcpy(copy + s.len - 8, end - 8, 8);
            p = copy;
        }
        return address_read_v4_wide(p, out);
    }
#endif
    for (int octet = 0; octet < 4; octet++) {
        const char *begin = p;
        unsigned digit, value = 0;
        while (p < end && p - begin < 3 && (digit = (unsigned)(*p - '0')) <= 9) {
            value = value * 10 + digit;
            p++;
        }
        if (p == begin || value > 255)
            return 0;
        v4 = v4 << 8 | value;
        if (octet < 3 && (p == end || *p++ != '.'))
            return 0;
    }
    if (p < end && ((unsigned)(*p - '0') <= 9 || *p == '.'))
        return 0; /* 10.0.0.5551 or 1.2.3.4.5 is a name or nonsense, not this address */
    *out = address_v4(v4);
    return (size_t)(p - s.ptr);
}

/*
 * The whole text as an address: IPv4, IPv6 with or without brackets, a zone (%eth0) ignored.
 * False when it is anything else (a name, a masked address, an octet over 255): *out untouched.
 */
bool address_parse(struct slice text, struct address *out);

/* IPv6 as RFC 5952 has it. */
char *address_format_v6(char *out, struct address a);

/* Writes the canonical text, no NUL; returns its end. Needs room for ADDRESS_TEXT_MAX bytes: it may
 * write a few of anything behind the text. */
static inline char *address_format(char *out, struct address a)
{
    if (!address_is_v4(a))
        return address_format_v6(out, a);
    out = digits_octet(out, a.lo >> 24 & 255) + 1;
    out = digits_octet(out, a.lo >> 16 & 255) + 1;
    out = digits_octet(out, a.lo >> 8 & 255) + 1;
    return digits_octet(out, a.lo & 255);
}
