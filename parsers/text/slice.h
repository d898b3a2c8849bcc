/*
 * A piece of text that lives in somebody else's buffer: pointer and length, no NUL at the end.
 * Borrows, never owns: it dies with its buffer. The pointer is never NULL, not even of an empty slice
 * (SLICE_NONE), so that arithmetic on it is always defined.
 * Nothing in parsers/text knows what a firewall is; it may include only the C library.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

struct slice {
    const char *ptr;
    size_t len;
};

#define SLICE_NONE ((struct slice){"", 0})

/* For static tables: a constant expression. In code, slice("text") says the same. */
#define SLICE(literal)                                                                             \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }

static inline struct slice slice_make(const char *ptr, size_t len)
{
    return (struct slice){ptr, len};
}

static inline struct slice slice(const char *text)
{
    return (struct slice){text, strlen(text)};
}

/* The text between two pointers into one buffer, end excluded. */
static inline struct slice slice_between(const char *begin, const char *end)
{
    return (struct slice){begin, (size_t)(end - begin)};
}

static inline const char *slice_end(struct slice s)
{
    return s.ptr + s.len;
}

static inline bool slice_equals(struct slice a, struct slice b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Whether two texts of 8 to 16 bytes are the same: the words at their two ends overlap. */
static inline bool slice_same_words(const char *a, const char *b, size_t len)
{
    uint64_t first[2], last[2];
    memcpy(&first[0], a, 8);
    memcpy(&first[1], b, 8);
    memcpy(&last[0], a + len - 8, 8);
    memcpy(&last[1], b + len - 8, 8);
    return ((first[0] ^ first[1]) | (last[0] ^ last[1])) == 0;
}

/* Up to seven bytes as one word, of more the first four and the last: only with the length are they
 * told apart. */
static inline uint64_t slice_few_bytes(const char *p, size_t len)
{
    uint32_t first, last;
    if (len < 4)
        return len ? (unsigned char)p[0] | (uint64_t)(unsigned char)p[len / 2] << 8 |
                         (uint64_t)(unsigned char)p[len - 1] << 16
                   : 0;
    memcpy(&first, p, 4);
    memcpy(&last, p + len - 4, 4);
    return first | (uint64_t)last << 32;
}

/* Whether two texts of that length are the same: short ones, which are not worth a call. */
static inline bool slice_same(const char *a, const char *b, size_t len)
{
    if (len > 32)
        return memcmp(a, b, len) == 0;
    if (len > 16)
        return slice_same_words(a, b, 16) && slice_same_words(a + len - 16, b + len - 16, 16);
    if (len >= 8)
        return slice_same_words(a, b, len);
    return slice_few_bytes(a, len) == slice_few_bytes(b, len);
}

/* The same of up to 31 bytes, where 32 can be looked at: without a branch for the length. */
static inline bool slice_same_32(const char *a, const char *b, size_t len)
{
#ifdef __SSE2__
    const __m128i *x = (const void *)a, *y = (const void *)b;
    __m128i first = _mm_cmpeq_epi8(_mm_loadu_si128(x), _mm_loadu_si128(y));
    __m128i last = _mm_cmpeq_epi8(_mm_loadu_si128(x + 1), _mm_loadu_si128(y + 1));
    unsigned same = (unsigned)_mm_movemask_epi8(first) | (unsigned)_mm_movemask_epi8(last) << 16;
    return (~same & ((1u << len) - 1)) == 0;
#else
    return slice_same(a, b, len);
#endif
}

/* Against text that is known where it is written: the compiler turns this into plain compares. */
static inline bool slice_is(struct slice s, const char *literal)
{
    size_t len = strlen(literal);
    return s.len == len && (len == 0 || memcmp(s.ptr, literal, len) == 0);
}

static inline bool slice_starts(struct slice s, const char *literal)
{
    size_t len = strlen(literal);
    return s.len >= len && (len == 0 || memcmp(s.ptr, literal, len) == 0);
}

static inline bool slice_ends(struct slice s, const char *literal)
{
    size_t len = strlen(literal);
    return s.len >= len && (len == 0 || memcmp(s.ptr + s.len - len, literal, len) == 0);
}

/* ASCII letters only: protocol words and key names, never text in a language. */
bool slice_is_nocase(struct slice s, const char *literal);

/* What follows the first n bytes; empty when there are fewer. */
static inline struct slice slice_from(struct slice s, size_t n)
{
    if (n > s.len)
        n = s.len;
    return (struct slice){s.ptr + n, s.len - n};
}

static inline struct slice slice_first(struct slice s, size_t n)
{
    return (struct slice){s.ptr, n < s.len ? n : s.len};
}

/* Where a byte first stands, or s.len. */
static inline size_t slice_find(struct slice s, char byte)
{
    const char *at = s.len ? memchr(s.ptr, byte, s.len) : NULL;
    return at ? (size_t)(at - s.ptr) : s.len;
}

/* The same where it is looked for in a short piece of a text: without a call, and mostly without a
 * branch for its length. */
static inline size_t slice_find_near_plain(struct slice s, char byte)
{
    size_t at = 0;
    while (at < s.len && s.ptr[at] != byte)
        at++;
    return at;
}

static inline size_t slice_find_near(struct slice s, char byte)
{
    size_t at = 0;
#ifdef __SSE2__
    for (; s.len - at >= 16; at += 16) {
        __m128i text = _mm_loadu_si128((const __m128i *)(const void *)(s.ptr + at));
        __m128i same = _mm_cmpeq_epi8(text, _mm_set1_epi8(byte));
        unsigned found = (unsigned)_mm_movemask_epi8(same);
        if (found)
            return at + (size_t)__builtin_ctz(found);
    }
#endif
    return at + slice_find_near_plain(slice_from(s, at), byte);
}

/* Where a byte last stands, or s.len. */
static inline size_t slice_find_last(struct slice s, char byte)
{
    for (size_t i = s.len; i-- > 0;)
        if (s.ptr[i] == byte)
            return i;
    return s.len;
}

/* Where a text first stands, or s.len. */
size_t slice_find_text(struct slice s, const char *literal);

/* What stands behind the text `before`, up to the first of the stops that is there, three at most, or
 * to the end; without blanks around it. Empty where `before` is not found. For sentences. */
struct slice slice_behind(struct slice s, const char *before, const char *const stops[3]);

struct slice slice_trim_padded(struct slice s);

/* Without blanks, tabs, line ends and NULs on either side. */
static inline struct slice slice_trim(struct slice s)
{
    bool bare = s.len && (unsigned char)s.ptr[0] > ' ' && (unsigned char)s.ptr[s.len - 1] > ' ';
    return bare ? s : slice_trim_padded(s);
}
