/*
 * An IP address as one 128-bit number, so that both families share every table and comparison.
 * IPv4 is held as its IPv4-mapped form (::ffff:a.b.c.d, RFC 4291 section 2.5.5.2); an IPv6 text of
 * that form is therefore the same address as its IPv4.
 */
#pragma once

#include "parsers/text/cursor.h"
#include "parsers/text/digits.h"

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

/*
 * Reads the IPv4 address at the front of a text: four decimal octets of at most three digits.
 * Returns the bytes taken, 0 when there is none. What follows is the caller's to look at. It is read
 * fastest where at least 16 bytes are there to be looked at. The plain one is for machines without
 * vectors, and to test it by.
 */
size_t address_read_v4(struct slice s, struct address *out);
size_t address_read_v4_plain(struct slice s, struct address *out);

/*
 * The same, and the port behind `mark`: "10.0.0.5/443". Nothing is taken where no port follows the
 * mark, or one above 65535 or of more than seven digits.
 */
struct address_port {
    size_t len;  /* of both; 0: there is no address */
    size_t port; /* ADDRESS_NO_PORT: there is no mark */
};
#define ADDRESS_NO_PORT 65536 /* no port, and 0 as one */
struct address_port address_read_port(struct slice s, char mark, struct address *out);
struct address_port address_read_port_plain(struct slice s, char mark, struct address *out);

/*
 * The same behind a name and `before`: "outside:10.0.0.5/443". What begins with a digit has no name,
 * in which none of " (/:" can stand. The name is taken too; it is set to nothing where there is none.
 */
struct address_port address_read_named(struct slice s, char before, char mark, struct slice *name,
                                       struct address *out);
struct address_port address_read_named_plain(struct slice s, char before, char mark,
                                             struct slice *name, struct address *out);

/*
 * Four IPv4 addresses that begin a text, one behind the other: the lowest bits of `ends`, of which at
 * least four are set, say where they end, at commas or the like. False when one is anything else, or not
 * as address_format writes it: then some of *out may be set.
 */
bool address_read_four(struct slice text, uint64_t ends, struct address *const out[4]);
bool address_read_four_plain(struct slice text, uint64_t ends, struct address *const out[4]);

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
