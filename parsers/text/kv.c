/* Readers of key and value text. See kv.h for what each of them takes. */
#include "parsers/text/kv.h"

#include "parsers/text/wide.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define BLOCK 64

/* Where the quotes and backslashes stand in 16 readable bytes, the first in bit 0. */
static inline uint64_t marks_of_16(const char *p)
{
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\');
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash));
    return (unsigned)_mm_movemask_epi8(hit);
#else
    uint64_t marks = 0;
    for (int i = 0; i < 16; i++)
        marks |= (uint64_t)(p[i] == '"' || p[i] == '\\') << i;
    return marks;
#endif
}

static inline uint64_t marks_of(const char *p)
{
    return marks_of_16(p) | marks_of_16(p + 16) << 16 | marks_of_16(p + 32) << 32 |
           marks_of_16(p + 48) << 48;
}

/* The marks of so many blocks, and of less than one behind them: those are read so that the last of
 * them is the end of a block. */
static void find_marks(const char *p, size_t blocks, size_t rest, uint64_t *marks)
{
    for (size_t i = 0; i < blocks; i++, p += BLOCK)
        marks[i] = marks_of(p);
    if (blocks && rest)
        marks[blocks] = marks_of(p + rest - BLOCK) >> (BLOCK - rest);
}

#ifdef WIDE
WIDE static inline uint64_t marks_of_32(const char *p)
{
    __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)p);
    __m256i hit = _mm256_or_si256(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('"')),
                                  _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('\\')));
    return (uint32_t)_mm256_movemask_epi8(hit);
}

WIDE static inline uint64_t marks_of_64(const char *p)
{
    return marks_of_32(p) | marks_of_32(p + 32) << 32;
}

WIDE static void find_marks_wide(const char *p, size_t blocks, size_t rest, uint64_t *marks)
{
    for (size_t i = 0; i < blocks; i++, p += BLOCK)
        marks[i] = marks_of_64(p);
    if (blocks && rest)
        marks[blocks] = marks_of_64(p + rest - BLOCK) >> (BLOCK - rest);
}
#endif

/* The marks of a text that is shorter than a block. */
static uint64_t few_marks(const char *p, size_t len)
{
    char block[BLOCK] = {0};
    memcpy(block, p, len);
    return marks_of(block);
}

/* Finds the marks from p on. */
static void fill(struct kv_quoted *it, const char *p)
{
    size_t left = (size_t)(it->end - p), blocks = left / BLOCK, rest = left % BLOCK;
    if (blocks >= KV_BLOCKS) {
        blocks = KV_BLOCKS;
        rest = 0;
    }
#ifdef WIDE
    if (wide_here())
        find_marks_wide(p, blocks, rest, it->marks);
    else
#endif
        find_marks(p, blocks, rest, it->marks);
    if (blocks == 0)
        it->marks[0] = few_marks(p, rest);
    it->marks[blocks + (rest || !blocks)] = 0;
    it->from = p;
    it->to = p + BLOCK * blocks + rest;
    it->wide = it->to - p >= KV_WIDE ? it->to - (KV_WIDE - 1) : p;
}

void kv_quoted_begin(struct kv_quoted *it, struct slice text)
{
    it->at = text.ptr;
    it->end = slice_end(text);
    it->closing = text.len > 2 ? it->end - 2 : text.ptr;
    fill(it, text.ptr);
}

const char *kv_mark(struct kv_quoted *it, const char *p)
{
    while (p < it->end) {
        if (p < it->from || p >= it->to)
            fill(it, p);
        size_t at = (size_t)(p - it->from);
        uint64_t marks = it->marks[at / BLOCK] >> at % BLOCK;
        if (marks)
            return p + (unsigned)__builtin_ctzll(marks);
        p = it->from + (at / BLOCK + 1) * BLOCK;
        if (p > it->to)
            p = it->to;
    }
    return it->end;
}

/* The mark behind one that was looked at; a backslash protects the byte after it. */
static const char *mark_behind(struct kv_quoted *it, const char *mark)
{
    size_t step = *mark == '\\' && it->end - mark > 1 ? 2 : 1;
    return kv_mark(it, mark + step);
}

/* Letters, digits, '_', '-' and '.'. */
static const bool name_bytes[256] = {
    ['-'] = true, ['.'] = true, ['0'] = true, ['1'] = true, ['2'] = true, ['3'] = true,
    ['4'] = true, ['5'] = true, ['6'] = true, ['7'] = true, ['8'] = true, ['9'] = true,
    ['A'] = true, ['B'] = true, ['C'] = true, ['D'] = true, ['E'] = true, ['F'] = true,
    ['G'] = true, ['H'] = true, ['I'] = true, ['J'] = true, ['K'] = true, ['L'] = true,
    ['M'] = true, ['N'] = true, ['O'] = true, ['P'] = true, ['Q'] = true, ['R'] = true,
    ['S'] = true, ['T'] = true, ['U'] = true, ['V'] = true, ['W'] = true, ['X'] = true,
    ['Y'] = true, ['Z'] = true, ['_'] = true, ['a'] = true, ['b'] = true, ['c'] = true,
    ['d'] = true, ['e'] = true, ['f'] = true, ['g'] = true, ['h'] = true, ['i'] = true,
    ['j'] = true, ['k'] = true, ['l'] = true, ['m'] = true, ['n'] = true, ['o'] = true,
    ['p'] = true, ['q'] = true, ['r'] = true, ['s'] = true, ['t'] = true, ['u'] = true,
    ['v'] = true, ['w'] = true, ['x'] = true, ['y'] = true, ['z'] = true,
};

static inline bool is_name_byte(char c)
{
    return name_bytes[(unsigned char)c];
}

#define PIPED_NAME_MAX 48

/* Whether text begins with a name and an equals sign. Names may hold blanks and slashes. */
static bool starts_pair(const char *p, const char *end)
{
    const char *begin = p;
    if (end - p > PIPED_NAME_MAX)
        end = p + PIPED_NAME_MAX;
    while (p < end && (is_name_byte(*p) || (p > begin && (*p == '/' || *p == ' '))))
        p++;
    return p > begin && p < end && *p == '=';
}

/* Whether a quote ends its value: what follows is a separator, a bracket, or nothing. */
static inline bool closes(const char *quote, const char *end, bool equals)
{
    const char *p = quote + 1;
    if (p == end || *p == ';' || *p == ']' || *p == '|')
        return true;
    if (*p != ' ')
        return false;
    while (p < end && *p == ' ')
        p++;
    if (p == end || *p == ']')
        return true;
    while (equals && p < end && (is_name_byte(*p) || *p == ' '))
        p++;
    return equals && p < end && *p == '=';
}

struct slice kv_name(struct slice name)
{
    while (name.len && memchr("; [|", name.ptr[0], 4))
        name = slice_from(name, 1);
    while (name.len && memchr(":=", name.ptr[name.len - 1], 2))
        name.len--;
    return name;
}

bool kv_quoted_usual(struct kv_quoted *it, struct slice *name, struct slice *value)
{
    const char *begin = it->at, *open = kv_mark(it, begin);
    size_t len = (size_t)(open - 1 - begin);
    if (it->end - open < 4 || len - 3 > KV_NAME_MAX - 3 || !kv_at(open - 1, ":\""))
        return false;
    const char *close = kv_mark(it, open + 1);
    if (it->end - close < 3 || *close != '"' || !kv_at(close + 1, "; "))
        return false;
    *name = slice_make(begin, len);
    *value = slice_between(open + 1, close);
    it->at = close + 3;
    return true;
}

bool kv_quoted_any(struct kv_quoted *it, struct kv *out)
{
    const char *open = kv_mark(it, it->at);
    while (open < it->end && *open == '\\')
        open = mark_behind(it, open);
    if (open == it->end)
        return false;
    out->name = kv_name(slice_between(it->at, open));
    out->escaped = false;
    bool equals = open > it->at && open[-1] == '=';

    const char *close = mark_behind(it, open);
    while (close < it->end && (*close == '\\' || !closes(close, it->end, equals))) {
        out->escaped |= *close == '\\';
        close = mark_behind(it, close);
    }
    out->cut = close == it->end;
    out->value = slice_between(open + 1, close);
    it->at = out->cut ? close : close + 1;
    while (it->at < it->end && (*it->at == ';' || *it->at == ' '))
        it->at++; /* so that the next pair is one of the usual form again */
    return true;
}

bool kv_piped_next(struct cursor *c, struct kv *out)
{
    while (cursor_peek(c) == '|' || cursor_peek(c) == ' ')
        cursor_advance(c, 1);
    const char *begin = c->rest.ptr, *end = slice_end(c->rest);
    if (!starts_pair(begin, end))
        return false;
    out->name = cursor_until(c, '=');
    const char *value = c->rest.ptr, *p = value;
    while (p < end) {
        p = memchr(p, '|', (size_t)(end - p));
        if (!p || p + 1 == end || p[1] == '|' || starts_pair(p + 1, end))
            break;
        p++;
    }
    out->cut = false;
    out->value = slice_between(value, p && p < end ? p : end);
    out->escaped = slice_find(out->value, '\\') < out->value.len;
    cursor_advance(c, out->value.len);
    return true;
}

#define LISTED_NAME_MAX 48

/* The length of the name that text begins with and that a colon or an equals sign ends; 0: none. */
static size_t listed_name(struct slice text)
{
    if (!text.len || !((unsigned)((text.ptr[0] | 32) - 'a') < 26 || text.ptr[0] == '_'))
        return 0;
    for (size_t i = 1; i < text.len && i < LISTED_NAME_MAX; i++) {
        char c = text.ptr[i], next = i + 1 < text.len ? text.ptr[i + 1] : ' ';
        if (c == '=' || (c == ':' && (next == ' ' || next == ';' || next == ':')))
            return i;
        if (!is_name_byte(c) && c != ' ' && c != '/' && c != '#')
            return 0;
    }
    return 0;
}

/* What is left of a name when the text was cut within it. */
static bool is_name(struct slice text)
{
    size_t n = 0;
    while (n < text.len && n < LISTED_NAME_MAX && is_name_byte(text.ptr[n]))
        n++;
    return n == text.len;
}

/* Where the semicolon stands that ends a value, or text.len. */
static size_t listed_end(struct slice text)
{
    for (size_t at = 0; at < text.len; at++) {
        at += slice_find(slice_from(text, at), ';');
        struct slice after = slice_from(text, at + 1);
        size_t blanks = 0;
        while (blanks < after.len && after.ptr[blanks] == ' ')
            blanks++;
        struct slice next = slice_from(after, blanks);
        if (!next.len || (blanks && (listed_name(next) || is_name(next))))
            return at;
        at += blanks;
    }
    return text.len;
}

bool kv_listed_next(struct cursor *c, struct kv *out)
{
    while (cursor_peek(c) == ';' || cursor_peek(c) == ' ')
        cursor_advance(c, 1);
    size_t name = listed_name(c->rest);
    if (name == 0)
        return false;
    out->name = slice_first(c->rest, name);
    cursor_advance(c, name);
    bool colon = cursor_peek(c) == ':';
    while (cursor_peek(c) == ':' || cursor_peek(c) == '=')
        cursor_advance(c, 1);
    cursor_skip_blanks(c);
    size_t end = listed_end(c->rest);
    out->value = slice_first(c->rest, end);
    out->cut = colon && end == c->rest.len;
    out->escaped = slice_find(out->value, '\\') < out->value.len;
    cursor_advance(c, end);
    return true;
}

bool kv_plain_next(struct cursor *c, struct kv *out)
{
    cursor_skip_blanks(c);
    const char *p = c->rest.ptr, *end = slice_end(c->rest);
    while (p < end && is_name_byte(*p))
        p++;
    if (p == end || *p != '=' || p == c->rest.ptr)
        return false;
    out->name = slice_between(c->rest.ptr, p++);
    out->escaped = out->cut = false;

    char quote = p < end ? *p : '\0';
    if (quote != '\'' && quote != '"') {
        const char *begin = p;
        p = kv_blank(p, end);
        out->value = slice_between(begin, p);
        cursor_advance(c, (size_t)(p - c->rest.ptr));
        return true;
    }
    const char *begin = ++p;
    while (p < end && !(*p == quote && (p + 1 == end || p[1] == ' ')))
        p++; /* agent='it's me' goes on behind its first quote */
    out->cut = p == end;
    out->value = slice_between(begin, p);
    cursor_advance(c, (size_t)(p - c->rest.ptr) + (p < end));
    return true;
}

size_t kv_unescape(struct slice text, char *out)
{
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\\' && i + 1 < text.len &&
            memchr("\"]\\=|", text.ptr[i + 1], 5) != NULL)
            i++;
        out[n++] = text.ptr[i];
    }
    return n;
}

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define MASK(n) UINT64_MAX >> (64 - 8 * (n))
#else
#define MASK(n) UINT64_MAX << (64 - 8 * (n))
#endif
const uint64_t kv_masks[9] = {
    0, MASK(1), MASK(2), MASK(3), MASK(4), MASK(5), MASK(6), MASK(7), MASK(8),
};

const struct kv_key *kv_find_long(const struct kv_drawer *drawers, struct slice name)
{
    return kv_find(drawers, KV_NAME_MAX + 1, name);
}
