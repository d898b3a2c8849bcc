/* Readers of key and value text. See kv.h for what each of them takes. */
#include "parsers/text/kv.h"

const char *kv_mark(const char *p, const char *end)
{
    for (; end - p >= 16; p += 16) {
        unsigned marks = kv_marks(p);
        if (marks)
            return p + (unsigned)__builtin_ctz(marks);
    }
    while (p < end && *p != '"' && *p != '\\')
        p++;
    return p;
}

/* The mark behind one that was looked at; a backslash protects the byte after it. */
static const char *mark_behind(const char *mark, const char *end)
{
    size_t step = *mark == '\\' && end - mark > 1 ? 2 : 1;
    return kv_mark(mark + step, end);
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

bool kv_quoted_usual(struct cursor *c, struct slice *name, struct slice *value)
{
    const char *begin = c->rest.ptr, *end = slice_end(c->rest), *open = kv_mark(begin, end);
    size_t len = (size_t)(open - 1 - begin);
    if (end - open < 4 || len - 3 > KV_NAME_MAX - 3 || !kv_at(open - 1, ":\""))
        return false;
    const char *close = kv_mark(open + 1, end);
    if (end - close < 3 || *close != '"' || !kv_at(close + 1, "; "))
        return false;
    *name = slice_make(begin, len);
    *value = slice_between(open + 1, close);
    c->rest = slice_between(close + 3, end);
    return true;
}

bool kv_quoted_any(struct cursor *c, struct kv *out)
{
    const char *begin = c->rest.ptr, *end = slice_end(c->rest), *open = kv_mark(begin, end);
    while (open < end && *open == '\\')
        open = mark_behind(open, end);
    if (open == end)
        return false;
    out->name = kv_name(slice_between(begin, open));
    out->escaped = false;
    bool equals = open > begin && open[-1] == '=';

    const char *close = mark_behind(open, end);
    while (close < end && (*close == '\\' || !closes(close, end, equals))) {
        out->escaped |= *close == '\\';
        close = mark_behind(close, end);
    }
    out->cut = close == end;
    out->value = slice_between(open + 1, close);
    close += !out->cut;
    while (close < end && (*close == ';' || *close == ' '))
        close++; /* so that the next pair is one of the usual form again */
    c->rest = slice_between(close, end);
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
    const char *p = text.ptr, *end = slice_end(text);
    size_t n = 0;
    while (p < end) {
        const char *backslash = memchr(p, '\\', (size_t)(end - p));
        size_t plain = (size_t)((backslash ? backslash : end) - p);
        memmove(out + n, p, plain);
        n += plain;
        p += plain;
        if (end - p > 1 && memchr("\"]\\=|", p[1], 5) != NULL)
            p++;
        if (p < end)
            out[n++] = *p++;
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
