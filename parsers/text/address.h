/*
 * An IP address as one 128-bit number, so that both families share every table and comparison.
 * IPv4 is held as its IPv4-mapped form (::ffff:a.b.c.d, RFC 4291 section 2.5.5.2); an IPv6 text of
 * that form is therefore the same address as its IPv4.
 */
#pragma once

#include "parsers/text/cursor.h"

struct address {
    uint64_t hi, lo; /* the number's upper and lower half, in the machine's own byte order */
};

#define ADDRESS_TEXT_MAX 39 /* the longest text address_format writes */

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

/*
 * Reads the IPv4 address at the front of a text: four decimal octets of at most three digits.
 * Returns the bytes taken, 0 when there is none. What follows is the caller's to look at.
 *
 * With 16 bytes to look at, dots are found in words and octets computed without a branch for each
 * digit: addresses are the one thing every message has, and their digits cannot be predicted.
 */
static inline size_t address_read_v4(struct slice s, struct address *out)
{
    const char *p = s.ptr, *end = p + s.len;
    uint32_t v4 = 0;
    if (s.len < 7)
        return 0;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    if (s.len >= 16) {
        uint32_t highest = 0;
        for (int octet = 0; octet < 4; octet++) {
            uint32_t word;
            memcpy(&word, p, sizeof(word));
            /* The lowest byte that is no digit has other high bits than '0', or is over 9. */
            uint32_t digits = word ^ UINT32_C(0x30303030);
            uint32_t stops = (digits | (digits + UINT32_C(0x06060606))) & UINT32_C(0xf0f0f0f0);
            uint32_t len = stops ? (uint32_t)__builtin_ctz(stops) >> 3 : 4;
            if (len - 1 > 2)
                return 0;
            digits <<= 8 * (4 - len); /* hundreds, tens and ones in the upper three bytes */
            uint32_t value = (digits >> 8 & 255) * 100 + (digits >> 16 & 255) * 10 + (digits >> 24);
            highest = value > highest ? value : highest;
            v4 = v4 << 8 | value;
            p += len;
            if (octet < 3 && *p++ != '.')
                return 0;
        }
        if (highest > 255 || *p == '.')
            return 0;
        *out = address_v4(v4);
        return (size_t)(p - s.ptr);
    }
#endif
    for (int octet = 0; octet < 4; octet++) {
        unsigned value, digit;
        if (octet && (p == end || *p++ != '.'))
            return 0;
        if (p == end || (value = (unsigned)(*p - '0')) > 9)
            return 0;
        if (++p < end && (digit = (unsigned)(*p - '0')) <= 9) {
            value = value * 10 + digit;
            if (++p < end && (digit = (unsigned)(*p - '0')) <= 9) {
                value = value * 10 + digit;
                if (value > 255)
                    return 0;
                p++;
            }
        }
        v4 = v4 << 8 | value;
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

/* Writes the canonical text (RFC 5952), at most ADDRESS_TEXT_MAX bytes, no NUL; returns its end. */
char *address_format(char *out, struct address a);
