/* Readers of key and value text. See kv.h for what each of them takes. */
#include "parsers/text/kv.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define BLOCK 64

/* Where the quotes and backslashes stand in 64 readable bytes, the first in bit 0. */
static uint64_t marks_of(const char *p)
{
    uint64_t marks = 0;
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\');
    for (int i = 0; i < BLOCK; i += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
        __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash));
        marks |= (uint64_t)(unsigned)_mm_movemask_epi8(hit) << i;
    }
#else
    for (int i = 0; i < BLOCK; i++)
        marks |= (uint64_t)(p[i] == '"' || p[i] == '\\') << i;
#endif
    return marks;
}

static uint64_t marks_at(const char *p, const char *end)
{
    char last[BLOCK] = {0};
    if (end - p >= BLOCK)
        return marks_of(p);
    memcpy(last, p, (size_t)(end - p));
    return marks_of(last);
}

struct kv_quoted kv_quoted_over(struct slice text)
{
    const char *end = slice_end(text);
    return (struct kv_quoted){text.ptr, end, text.ptr, marks_at(text.ptr, end)};
}

/* The next quote or backslash; NULL when there is none left. */
static inline const char *next_mark(struct kv_quoted *it)
{
    while (it->marks == 0) {
        if (it->end - it->block <= BLOCK)
            return NULL;
        it->block += BLOCK;
        it->marks = marks_at(it->block, it->end);
    }
    const char *mark = it->block + __builtin_ctzll(it->marks);
    it->marks &= it->marks - 1;
    return mark;
}

/* The mark after a backslash and the byte it protects. */
static const char *next_after_backslash(struct kv_quoted *it, const char *backslash)
{
    const char *mark = next_mark(it);
    return mark == backslash + 1 ? next_mark(it) : mark;
}

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned)(c - '0') <= 9 ||
           c == '_' || c == '-' || c == '.';
}

/* Whether text begins with a name and an equals sign. */
static bool starts_pair(const char *p, const char *end)
{
    const char *begin = p;
    while (p < end && is_name_byte(*p))
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

/* What stands between two values, without separators in front and the assignment behind. */
static inline struct slice name_between(const char *begin, const char *open)
{
    while (begin < open && (*begin == ';' || *begin == ' ' || *begin == '[' || *begin == '|'))
        begin++;
    while (open > begin && (open[-1] == ':' || open[-1] == '='))
        open--;
    return slice_between(begin, open);
}

bool kv_quoted_next(struct kv_quoted *it, struct kv *out)
{
    const char *open = next_mark(it);
    while (open && *open == '\\')
        open = next_after_backslash(it, open);
    if (!open)
        return false;
    out->name = name_between(it->at, open);
    out->escaped = false;
    bool equals = open > it->at && open[-1] == '=';

    const char *close = next_mark(it);
    while (close && (*close == '\\' || !closes(close, it->end, equals))) {
        if (*close == '\\') {
            out->escaped = true;
            close = next_after_backslash(it, close);
        } else {
            close = next_mark(it);
        }
    }
    out->cut = close == NULL;
    if (out->cut)
        close = it->end;
    out->value = slice_between(open + 1, close);
    it->at = out->cut ? it->end : close + 1;
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
        while (p < end && *p != ' ')
            p++;
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
