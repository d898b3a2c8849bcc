/*
 * IPv4 addresses as text. They are the one thing that every message has, and their digits cannot be
 * predicted: so where 16 bytes can be looked at, dots and digits are found all at once, and a table
 * of the 81 ways in which octets can be long says how to move the digits under their weights.
 */
#include "parsers/text/address.h"

#include "parsers/text/wide.h"

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

struct address_port address_read_named_plain(struct slice s, char before, char mark,
                                             struct slice *name, struct address *out)
{
    static const bool ends_name[256] = {[' '] = true, ['('] = true, ['/'] = true, [':'] = true};
    size_t at = 0;
    *name = slice_first(s, 0);
    if (s.len && (unsigned)(s.ptr[0] - '0') > 9) {
        while (at < s.len && !ends_name[(unsigned char)s.ptr[at]])
            at++;
        if (at == 0 || at == s.len || s.ptr[at] != before)
            return no_address;
        *name = slice_first(s, at++);
    }
    struct address_port found = address_read_port(slice_from(s, at), mark, out);
    found.len += found.len ? at : 0;
    return found;
}

/* Whether an octet begins with a zero that writers leave out. */
static bool has_zeros(struct slice s)
{
    for (size_t i = 0; i + 1 < s.len; i++)
        if (s.ptr[i] == '0' && s.ptr[i + 1] != '.' && (i == 0 || s.ptr[i - 1] == '.'))
            return true;
    return false;
}

bool address_read_four_plain(struct slice text, uint64_t ends, struct address *const out[4])
{
    size_t at = 0;
    for (int i = 0; i < 4; i++, ends &= ends - 1) {
        size_t end = (size_t)__builtin_ctzll(ends);
        struct slice one = slice_make(text.ptr + at, end - at);
        if (!one.len || address_read_v4_plain(one, out[i]) != one.len || has_zeros(one))
            return false;
        at = end + 1;
    }
    return true;
}

#ifdef WIDE
/* No more than AVX: with AVX2 compilers build constants anew each time. */
#define WIDE_V4 __attribute__((target("avx,bmi,bmi2")))

/* Octets of a, b, c and d digits: behind each of them stands a dot, or what ends the address. Those
 * four bits times a number that was found by trial make a place in the table of each shape's own. */
#define ENDS(a, b, c, d)                                                                           \
    (1u << (a) | 1u << ((a) + (b) + 1) | 1u << ((a) + (b) + (c) + 2) |                             \
     1u << ((a) + (b) + (c) + (d) + 3))
#define PLACE(ends) ((ends)*0xb301a455u >> 24)

/* Which bytes to take for the lanes of the octets, the last octet first: the dot behind it, hundreds,
 * tens, ones; 128 takes none. */
#define LANE(at, len)                                                                              \
    (at) + (len), (len) > 2 ? (at) : 128, (len) > 1 ? (at) + (len)-2 : 128, (at) + (len)-1
#define LAST(at, len) 128, (len) > 2 ? (at) : 128, (len) > 1 ? (at) + (len)-2 : 128, (at) + (len)-1
#define LEAST(len)    ((len) > 2 ? 100 : (len) > 1 ? 10 : 0)
#define SHAPE(a, b, c, d)                                                                          \
    [PLACE(ENDS(a, b, c, d))] = {                                                                  \
        {LAST((a) + (b) + (c) + 3, d), LANE((a) + (b) + 2, c), LANE((a) + 1, b), LANE(0, a)},      \
        ENDS(a, b, c, d),                                                                          \
        (a) + (b) + (c) + (d) + 3,                                                                 \
        {LEAST(d), LEAST(c), LEAST(b), LEAST(a)},                                                  \
        0}
#define SHAPES_3(a, b, c) SHAPE(a, b, c, 1), SHAPE(a, b, c, 2), SHAPE(a, b, c, 3)
#define SHAPES_9(a, b)    SHAPES_3(a, b, 1), SHAPES_3(a, b, 2), SHAPES_3(a, b, 3)
#define SHAPES_27(a)      SHAPES_9(a, 1), SHAPES_9(a, 2), SHAPES_9(a, 3)

static const struct shape {
    uint8_t take[16];
    uint32_t ends;    /* 0: there is none */
    uint32_t len;     /* of the text */
    uint8_t least[4]; /* of an octet so long, unless it begins with a zero */
    uint32_t unused;
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

/* Bits of the bytes that are digits; as signed numbers they are the lowest then. */
WIDE_V4 static inline unsigned digit_bits(__m128i text)
{
    __m128i moved = _mm_add_epi8(text, _mm_set1_epi8((char)(128 - '0')));
    return (unsigned)_mm_movemask_epi8(_mm_cmplt_epi8(moved, _mm_set1_epi8(10 - 128)));
}

/* The address in front of a text whose octets end so, and its length; 0 when there is none. What
 * stands in a dot's place and is none makes its octet too large. Usual: no octet begins with a zero
 * but 0 itself. */
enum octets { OCTETS_ANY, OCTETS_USUAL };
WIDE_V4 static inline __attribute__((always_inline)) size_t join_octets(__m128i text, unsigned ends,
                                                                        enum octets which,
                                                                        struct address *out)
{
    const struct shape *shape = &shapes[PLACE(ends)];
    if (shape->ends != ends)
        return 0;
    const char dot = '.' - '0';
    const __m128i dots = _mm_setr_epi8(0, 0, 0, 0, dot, 0, 0, 0, dot, 0, 0, 0, dot, 0, 0, 0);
    __m128i take = _mm_loadu_si128((const __m128i *)(const void *)shape->take);
    __m128i digits = _mm_shuffle_epi8(_mm_sub_epi8(text, _mm_set1_epi8('0')), take);
    __m128i lanes = _mm_xor_si128(digits, dots);
    __m128i pairs = _mm_maddubs_epi16(lanes, _mm_set1_epi32(0x010a0164));
    __m128i octets = _mm_madd_epi16(pairs, _mm_set1_epi32(0x00010064));
    __m128i in_range = octets;
    if (which == OCTETS_USUAL) {
        int least;
        memcpy(&least, shape->least, sizeof(least));
        __m128i above = _mm_sub_epi32(octets, _mm_cvtepu8_epi32(_mm_cvtsi32_si128(least)));
        in_range = _mm_or_si128(octets, above);
    }
    if (!_mm_testz_si128(in_range, _mm_set1_epi32(~255)))
        return 0;
    /* ::ffff:a.b.c.d, stored at once: in two halves, those who copy it would wait for both. */
    const __m128i low_half = _mm_set_epi32(-1, 0x0c080400, -1, -1);
    __m128i v4 = _mm_shuffle_epi8(octets, low_half);
    __m128i mapped = _mm_or_si128(v4, _mm_set_epi32(0xffff, 0, 0, 0));
    _mm_storeu_si128((__m128i *)(void *)out, mapped);
    return shape->len;
}

/* What is neither a digit nor a dot ends it, and its dots the octets. */
WIDE_V4 static size_t read_wide(struct slice s, struct address *out)
{
    __m128i text = first_16(s);
    unsigned dots = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(text, _mm_set1_epi8('.')));
    unsigned others = ~digit_bits(text), ends = others & ~dots;
    return join_octets(text, others & (ends ^ (ends - 1)), OCTETS_ANY, out);
}

/* The number that the last bytes in front of `end` are, of which eight can be looked at. */
WIDE_V4 static inline uint32_t join_port(const char *end, size_t digits)
{
    __m128i text = _mm_loadl_epi64((const __m128i *)(const void *)(end - 8));
    __m128i last = _mm_loadl_epi64((const __m128i *)(const void *)&digits_last[digits]);
    __m128i values = _mm_and_si128(_mm_sub_epi8(text, _mm_set1_epi8('0')), last);
    __m128i pairs = _mm_maddubs_epi16(values, _mm_set1_epi16(0x010a));
    __m128i fours = _mm_madd_epi16(pairs, _mm_set1_epi32(0x00010064));
    __m128i words = _mm_packs_epi32(fours, fours);
    return (uint32_t)_mm_cvtsi128_si32(_mm_madd_epi16(words, _mm_set1_epi32(0x00012710)));
}

/* The address and the port in front of a text of 16 bytes or more, by the bits of those that are no
 * digits: the first four end the octets, the fifth ends the port. */
WIDE_V4 static inline struct address_port join_both(const char *p, unsigned others,
                                                    unsigned from_5th, char mark,
                                                    struct address *out)
{
    __m128i text = _mm_loadu_si128((const __m128i *)(const void *)p);
    size_t len = join_octets(text, others ^ from_5th, OCTETS_ANY, out);
    if (len == 0)
        return no_address;
    if (p[len] != mark)
        return p[len] == '.' ? no_address : (struct address_port){len, ADDRESS_NO_PORT};
    size_t stop = (size_t)__builtin_ctz(from_5th), digits = stop - len - 1;
    if (digits - 1 > PORT_DIGITS_MAX - 1)
        return no_address;
    uint32_t port = join_port(p + stop, digits);
    return port > UINT16_MAX ? no_address : (struct address_port){stop, port};
}

/* Without the first four bits. */
WIDE_V4 static inline unsigned from_5th_on(unsigned bits)
{
    bits &= bits - 1;
    bits &= bits - 1;
    bits &= bits - 1;
    return bits & (bits - 1);
}

/* The bits of 16 bytes and of those `next` further that are no digits; and all that follow. */
WIDE_V4 static inline unsigned other_bits(const char *p, size_t next)
{
    unsigned first = digit_bits(_mm_loadu_si128((const __m128i *)(const void *)p));
    unsigned second = digit_bits(_mm_loadu_si128((const __m128i *)(const void *)(p + next)));
    return ~(first | second << next);
}

/* Of at least 16 bytes. */
WIDE_V4 static struct address_port read_port_wide(struct slice s, char mark, struct address *out)
{
    unsigned others = other_bits(s.ptr, s.len < 24 ? s.len - 16 : 8);
    return join_both(s.ptr, others, from_5th_on(others), mark, out);
}

/* Of more than 32 bytes: most often they hold it all. */
WIDE_V4 static struct address_port read_named_wide(struct slice s, char before, char mark,
                                                   struct slice *name, struct address *out)
{
    /* By their lower halves, of which no two are the same. */
    const __m128i stops = _mm_setr_epi8(' ', 0, 0, 0, 0, 0, 0, 0, '(', 0, ':', 0, 0, 0, 0, '/');
    __m128i text = _mm_loadu_si128((const __m128i *)(const void *)s.ptr);
    __m128i is_stop = _mm_cmpeq_epi8(_mm_shuffle_epi8(stops, text), text);
    unsigned stop_bits = (unsigned)_mm_movemask_epi8(is_stop);
    size_t at = (size_t)__builtin_ctz(stop_bits | 1u << 16);
    if (s.ptr[at] != before || s.ptr[0] <= ':')
        return address_read_named_plain(s, before, mark, name, out);
    *name = slice_make(s.ptr, at++);
    unsigned others = other_bits(s.ptr, 16) >> at, from_5th = from_5th_on(others);
    struct address_port found = from_5th ? join_both(s.ptr + at, others, from_5th, mark, out)
                                         : address_read_port(slice_from(s, at), mark, out);
    found.len += found.len ? at : 0;
    return found;
}

/* Of a text of which 16 bytes can be looked at behind the third's end. */
WIDE_V4 static bool read_four_wide(const char *p, uint64_t ends, struct address *const out[4])
{
    uint64_t at = 0;
    for (int i = 0; i < 4; i++, ends &= ends - 1) {
        uint64_t end = (uint64_t)__builtin_ctzll(ends);
        __m128i text = _mm_loadu_si128((const __m128i *)(const void *)(p + at));
        unsigned others = _bzhi_u32(~digit_bits(text), (unsigned)(end - at + 1));
        if (!join_octets(text, others, OCTETS_USUAL, out[i]))
            return false;
        at = end + 1;
    }
    return true;
}
#endif

size_t address_read_v4(struct slice s, struct address *out)
{
#ifdef WIDE
    if (s.len >= 8 && wide_here())
        return read_wide(s, out);
#endif
    return address_read_v4_plain(s, out);
}

struct address_port address_read_port(struct slice s, char mark, struct address *out)
{
#ifdef WIDE
    if (s.len >= 16 && wide_here())
        return read_port_wide(s, mark, out);
#endif
    return address_read_port_plain(s, mark, out);
}

struct address_port address_read_named(struct slice s, char before, char mark, struct slice *name,
                                       struct address *out)
{
#ifdef WIDE
    if (s.len > 32 && wide_here())
        return read_named_wide(s, before, mark, name, out);
#endif
    return address_read_named_plain(s, before, mark, name, out);
}

bool address_read_four(struct slice text, uint64_t ends, struct address *const out[4])
{
#ifdef WIDE
    if (text.len >= 80 && wide_here())
        return read_four_wide(text.ptr, ends, out);
#endif
    return address_read_four_plain(text, ends, out);
}
