/*
 * IPv4 addresses as text. They are the one thing that every message has, and their digits cannot be
 * predicted: so where 16 bytes can be looked at, dots and digits are found all at once, and a table
 * of the 81 ways in which octets can be long says how to move the digits under their weights.
 */
#include "parsers/text/address.h"

#define PORT_DIGITS_MAX 7 /* zeros in front are read */

static const struct address_port no_address = {0, ADDRESS_NO_PORT};

size_t address_read_v4_plain(struct slice s, struct address *out)
{
    const char *p = s.ptr, *end = p + s.len;
    uint32_t v4 = 0;
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

#ifdef __x86_64__
#include <tmmintrin.h>

/* Octets of a, b, c and d digits: behind each of them stands a dot, or what ends the address. Those
 * four bits times a number that was found by trial make a place in the table of each shape's own. */
#define ENDS(a, b, c, d)                                                                           \
    (1u << (a) | 1u << ((a) + (b) + 1) | 1u << ((a) + (b) + (c) + 2) |                             \
     1u << ((a) + (b) + (c) + (d) + 3))
#define PLACE(ends) ((ends)*0xb301a455u >> 24)

/* Which bytes to take for the lanes of the octets, the last octet first: nothing, hundreds, tens,
 * ones; 128 takes none. */
#define LANE(at, len) 128, (len) > 2 ? (at) : 128, (len) > 1 ? (at) + (len)-2 : 128, (at) + (len)-1
#define SHAPE(a, b, c, d)                                                                          \
    [PLACE(ENDS(a, b, c, d))] = {                                                                  \
        {LANE((a) + (b) + (c) + 3, d), LANE((a) + (b) + 2, c), LANE((a) + 1, b), LANE(0, a)},      \
        ENDS(a, b, c, d)}
#define SHAPES_3(a, b, c) SHAPE(a, b, c, 1), SHAPE(a, b, c, 2), SHAPE(a, b, c, 3)
#define SHAPES_9(a, b)    SHAPES_3(a, b, 1), SHAPES_3(a, b, 2), SHAPES_3(a, b, 3)
#define SHAPES_27(a)      SHAPES_9(a, 1), SHAPES_9(a, 2), SHAPES_9(a, 3)

static const struct shape {
    uint8_t take[16];
    uint32_t ends; /* 0: there is none */
} shapes[256] = {SHAPES_27(1), SHAPES_27(2), SHAPES_27(3)};

/* The first 16 bytes of a text of at least eight; zeros behind its end. */
static inline __m128i first_16(struct slice s)
{
    uint64_t tail;
    if (s.len >= 16)
        return _mm_loadu_si128((const __m128i *)(const void *)s.ptr);
    memcpy(&tail, slice_end(s) - 8, 8);
    tail = tail >> 8 >> (120 - 8 * s.len);
    return _mm_unpacklo_epi64(_mm_loadl_epi64((const __m128i *)(const void *)s.ptr),
                              _mm_cvtsi64_si128((long long)tail));
}

#define WIDE_V4 __attribute__((target("ssse3")))

/* Bits of the bytes that are digits, by their values as such. */
WIDE_V4 static inline unsigned digit_bits(__m128i values)
{
    __m128i is_digit = _mm_cmpeq_epi8(_mm_min_epu8(values, _mm_set1_epi8(9)), values);
    return (unsigned)_mm_movemask_epi8(is_digit);
}

/* The address that ends so; false when there is none. */
WIDE_V4 static inline bool join_octets(__m128i values, unsigned ends, struct address *out)
{
    const struct shape *shape = &shapes[PLACE(ends)];
    if (shape->ends != ends)
        return false;
    __m128i take = _mm_loadu_si128((const __m128i *)(const void *)shape->take);
    __m128i pairs = _mm_maddubs_epi16(_mm_shuffle_epi8(values, take), _mm_set1_epi32(0x010a6400));
    __m128i octets = _mm_madd_epi16(pairs, _mm_set1_epi16(1));
    if (_mm_movemask_epi8(_mm_cmpgt_epi32(octets, _mm_set1_epi32(255))))
        return false;
    /* ::ffff:a.b.c.d, stored at once: in two halves, those who copy it would wait for both. */
    const __m128i low_half = _mm_set_epi32(-1, 0x0c080400, -1, -1);
    __m128i v4 = _mm_shuffle_epi8(octets, low_half);
    __m128i mapped = _mm_or_si128(v4, _mm_set_epi32(0xffff, 0, 0, 0));
    _mm_storeu_si128((__m128i *)(void *)out, mapped);
    return true;
}

WIDE_V4 static size_t read_wide(struct slice s, struct address *out)
{
    __m128i text = first_16(s);
    __m128i values = _mm_sub_epi8(text, _mm_set1_epi8('0'));
    unsigned dots = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(text, _mm_set1_epi8('.')));
    unsigned others = ~(digit_bits(values) | dots);
    unsigned end = others & -others; /* bit 16 when it goes on: too long */
    unsigned ends = (dots & (end - 1)) | end;
    return join_octets(values, ends, out) ? (size_t)__builtin_ctz(end) : 0;
}

/* The number that the last bytes in front of `end` are, of which eight can be looked at. */
WIDE_V4 static inline uint32_t join_port(const char *end, unsigned digits)
{
    __m128i text = _mm_loadl_epi64((const __m128i *)(const void *)(end - 8));
    __m128i last = _mm_loadl_epi64((const __m128i *)(const void *)&digits_last[digits]);
    __m128i values = _mm_and_si128(_mm_sub_epi8(text, _mm_set1_epi8('0')), last);
    __m128i pairs = _mm_maddubs_epi16(values, _mm_set1_epi16(0x010a));
    __m128i fours = _mm_madd_epi16(pairs, _mm_set1_epi32(0x00010064));
    __m128i words = _mm_packs_epi32(fours, fours);
    return (uint32_t)_mm_cvtsi128_si32(_mm_madd_epi16(words, _mm_set1_epi32(0x00012710)));
}

/* Of at least 16 bytes. The digits of up to 24 are found before anything is asked of them: the four
 * first bytes that are none end the octets, the fifth ends the port. */
WIDE_V4 static struct address_port read_port_wide(struct slice s, char mark, struct address *out)
{
    const __m128i zeros = _mm_set1_epi8('0');
    size_t next = s.len < 24 ? s.len - 16 : 8;
    __m128i text = _mm_loadu_si128((const __m128i *)(const void *)s.ptr);
    __m128i more = _mm_loadu_si128((const __m128i *)(const void *)(s.ptr + next));
    __m128i values = _mm_sub_epi8(text, zeros);
    unsigned dots = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(text, _mm_set1_epi8('.')));
    unsigned others = ~(digit_bits(values) | digit_bits(_mm_sub_epi8(more, zeros)) << next);
    unsigned from_2nd = others & (others - 1), from_3rd = from_2nd & (from_2nd - 1);
    unsigned from_4th = from_3rd & (from_3rd - 1), from_5th = from_4th & (from_4th - 1);
    unsigned ends = others ^ from_5th;
    if ((dots & ends) != (others ^ from_4th) || !join_octets(values, ends, out))
        return no_address;
    unsigned len = (unsigned)__builtin_ctz(from_4th);
    if (s.ptr[len] != mark)
        return (struct address_port){len, ADDRESS_NO_PORT};
    unsigned stop = (unsigned)__builtin_ctz(from_5th), digits = stop - len - 1;
    if (digits - 1 > PORT_DIGITS_MAX - 1)
        return no_address;
    uint32_t port = join_port(s.ptr + stop, digits);
    return port > UINT16_MAX ? no_address : (struct address_port){stop, port};
}
#endif

size_t address_read_v4(struct slice s, struct address *out)
{
#ifdef __x86_64__
    if (s.len >= 8 && __builtin_cpu_supports("ssse3"))
        return read_wide(s, out);
#endif
    return address_read_v4_plain(s, out);
}

struct address_port address_read_port_plain(struct slice s, char mark, struct address *out)
{
    size_t len = address_read_v4_plain(s, out), at = len + 1;
    uint32_t port = 0;
    if (len == 0 || len == s.len || s.ptr[len] != mark)
        return (struct address_port){len, ADDRESS_NO_PORT};
    for (; at < s.len && at - len <= PORT_DIGITS_MAX + 1; at++) {
        unsigned digit = (unsigned)(s.ptr[at] - '0');
        if (digit > 9)
            break;
        port = port * 10 + digit;
    }
    size_t digits = at - len - 1;
    if (digits - 1 > PORT_DIGITS_MAX - 1 || port > UINT16_MAX)
        return no_address;
    return (struct address_port){at, port};
}

struct address_port address_read_port(struct slice s, char mark, struct address *out)
{
#ifdef __x86_64__
    if (s.len >= 16 && __builtin_cpu_supports("ssse3"))
        return read_port_wide(s, mark, out);
#endif
    return address_read_port_plain(s, mark, out);
}
