/*
 * CSV, 64 bytes at a time: one word says where commas stand, one where quotes. A block without
 * quotes, which is nearly every one, only walks the first word's bits.
 */
#include "parsers/text/csv.h"

#include "parsers/text/cursor.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define BLOCK 64

/* Bit n: what stands at byte n of a block. */
struct marks {
    uint64_t commas, quotes;
};

static inline struct marks plain_marks(const char *p, size_t len)
{
    struct marks m = {0, 0};
    for (size_t i = 0; i < len; i++) {
        m.commas |= (uint64_t)(p[i] == ',') << i;
        m.quotes |= (uint64_t)(p[i] == '"') << i;
    }
    return m;
}

#ifdef __SSE2__
static inline uint64_t where(const __m128i bytes[4], char byte)
{
    const __m128i wanted = _mm_set1_epi8(byte);
    uint64_t low = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes[0], wanted)) |
                   (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes[1], wanted)) << 16;
    uint64_t high = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes[2], wanted)) |
                    (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes[3], wanted)) << 16;
    return low | high << 32;
}

static inline struct marks block_marks(const char *p)
{
    const __m128i *block = (const __m128i *)(const void *)p;
    const __m128i bytes[4] = {_mm_loadu_si128(block), _mm_loadu_si128(block + 1),
                              _mm_loadu_si128(block + 2), _mm_loadu_si128(block + 3)};
    return (struct marks){where(bytes, ','), where(bytes, '"')};
}
#else
static inline struct marks block_marks(const char *p)
{
    return plain_marks(p, BLOCK);
}
#endif

/* The marks from `at` on. The last block is read so that it ends where the line ends. */
static inline struct marks line_marks(struct slice line, size_t at)
{
    size_t left = line.len - at;
    if (left >= BLOCK)
        return block_marks(line.ptr + at);
    if (line.len < BLOCK)
        return plain_marks(line.ptr + at, left);
    struct marks m = block_marks(line.ptr + line.len - BLOCK);
    m.commas >>= BLOCK - left;
    m.quotes >>= BLOCK - left;
    return m;
}

enum quoting {
    CLOSED,
    OPEN, /* nothing closes it */
    LOOSE /* quotes inside it that are not doubled show that it is no quoted field at all */
};

/*
 * Looks for the end of a field whose opening is at `quote`; `step` is 1 when that is a plain quote
 * and 2 when it is \". *end is the byte after the closing one, or the line's end.
 */
static enum quoting closing(struct slice line, size_t quote, size_t step, size_t *end)
{
    enum quoting open = OPEN;
    size_t at = quote + 1;
    const char *found;

    *end = line.len;
    while (at < line.len && (found = memchr(line.ptr + at, '"', line.len - at))) {
        size_t here = (size_t)(found - line.ptr), next = here + 1;
        bool ours = step == 1 || line.ptr[here - 1] == '\\';
        if (ours && (next == line.len || line.ptr[next] == ',')) {
            *end = next;
            return CLOSED;
        }
        bool doubled = ours && line.len - next >= step && line.ptr[next + step - 1] == '"' &&
                       (step == 1 || line.ptr[next] == '\\');
        at = doubled ? next + step : next;
        if (!doubled)
            open = LOOSE;
    }
    return open;
}

/* What to do about a quote at `quote`, in a field that begins at `first`: where to go on. */
static size_t past_quote(struct csv *out, struct slice line, size_t first, size_t quote,
                         bool *literal)
{
    size_t end;
    bool relayed = quote == first + 1 && line.ptr[first] == '\\';
    if (*literal || (quote != first && !relayed))
        return quote + 1;
    switch (closing(line, quote, relayed ? 2 : 1, &end)) {
    case LOOSE:
        /* Nothing after this closes either: looking again for each field would be quadratic. */
        *literal = true;
        return quote + 1;
    case OPEN:
        out->unclosed = true;
        break;
    case CLOSED:
        break;
    }
    return end;
}

void csv_split(struct csv *out, struct slice line)
{
    size_t at = 0;
    unsigned n = 0;
    bool literal = false;

    out->base = line.ptr;
    out->quotes = out->unclosed = out->more = false;
    out->start[0] = 0;
    while (at < line.len) {
        struct marks m = line_marks(line, at);
        uint64_t commas = m.commas;
        if (m.quotes)
            commas &= (m.quotes & -m.quotes) - 1;
        for (; commas && n + 1 < CSV_COLUMNS_MAX; commas &= commas - 1)
            out->start[++n] = (uint32_t)(at + (unsigned)__builtin_ctzll(commas) + 1);
        if (commas) {
            out->more = true;
            line.len = at + (unsigned)__builtin_ctzll(commas);
            break;
        }
        if (m.quotes) {
            out->quotes = true;
            at = past_quote(out, line, out->start[n], at + (unsigned)__builtin_ctzll(m.quotes),
                            &literal);
        } else {
            at = line.len - at > BLOCK ? at + BLOCK : line.len;
        }
    }
    out->start[n + 1] = (uint32_t)(line.len + 1);
    out->count = n + 1;
}

void csv_split_plain(struct csv *out, struct slice line)
{
    unsigned n = 0;
    bool literal = false;

    out->base = line.ptr;
    out->quotes = out->unclosed = out->more = false;
    out->start[0] = 0;
    for (size_t at = 0; at < line.len;) {
        if (line.ptr[at] == '"') {
            out->quotes = true;
            at = past_quote(out, line, out->start[n], at, &literal);
        } else if (line.ptr[at] != ',') {
            at++;
        } else if (n + 1 == CSV_COLUMNS_MAX) {
            out->more = true;
            line.len = at;
        } else {
            out->start[++n] = (uint32_t)++at;
        }
    }
    out->start[n + 1] = (uint32_t)(line.len + 1);
    out->count = n + 1;
}

bool csv_number(const struct csv *csv, unsigned n, uint64_t *out)
{
    struct slice text = csv_raw(csv, n);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    if (text.len - 1 < 8 && text.ptr - csv->base + text.len >= 8) {
        /* The eight bytes that end with the field; what is in front of it becomes zeros. Then
         * pairs, fours and all eight digits are joined, the first digit being the lowest byte. */
        uint64_t v;
        memcpy(&v, slice_end(text) - 8, 8);
        v = (v ^ UINT64_C(0x3030303030303030)) & UINT64_MAX << (8 * (8 - text.len));
        if (((v + UINT64_C(0x7676767676767676)) | v) & UINT64_C(0x8080808080808080))
            return false;
        v = (v * 10 + (v >> 8)) & UINT64_C(0x00ff00ff00ff00ff);
        v = (v * 100 + (v >> 16)) & UINT64_C(0x0000ffff0000ffff);
        *out = (v * 10000 + (v >> 32)) & UINT32_MAX;
        return true;
    }
#endif
    struct cursor c = cursor_over(text);
    uint64_t value = cursor_number(&c);
    if (c.bad || !cursor_at_end(&c))
        return false;
    *out = value;
    return true;
}

struct slice csv_text(struct slice raw, bool *doubled)
{
    *doubled = false;
    if (!csv_is_quoted(raw))
        return raw;
    size_t step = raw.ptr[0] == '"' ? 1 : 2;
    struct slice text = slice_from(raw, step);
    bool closed = text.len >= step && text.ptr[text.len - 1] == '"' &&
                  (step == 1 || text.ptr[text.len - 2] == '\\');
    if (closed)
        text.len -= step;
    *doubled = slice_find_text(text, step == 1 ? "\"\"" : "\\\"\\\"") < text.len;
    if (!closed && !*doubled && slice_find(text, '"') < text.len)
        return raw; /* not a quoted field after all: "odd" name */
    return text;
}

size_t csv_undouble(struct slice text, char *out)
{
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (slice_starts(slice_from(text, i), "\\\"\\\""))
            i += 3, out[n++] = '"';
        else if (slice_starts(slice_from(text, i), "\"\""))
            i++, out[n++] = '"';
        else
            out[n++] = text.ptr[i];
    }
    return n;
}
