/*
 * CSV, 64 bytes at a time: a word says where commas stand, and its bits are walked. Quotes, which
 * most lines do not have, are looked for before.
 */
#include "parsers/text/csv.h"

#include "parsers/text/cursor.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define BLOCK 64

static inline uint64_t short_commas(const char *p, size_t len)
{
    uint64_t commas = 0;
    for (size_t i = 0; i < len; i++)
        commas |= (uint64_t)(p[i] == ',') << i;
    return commas;
}

#ifdef __SSE2__
static inline uint64_t commas_of(const char *p)
{
    const __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(',')));
}

/* Bit n: a comma stands at byte n of a block. */
static inline uint64_t block_commas(const char *p)
{
    return commas_of(p) | commas_of(p + 16) << 16 | commas_of(p + 32) << 32 |
           commas_of(p + 48) << 48;
}
#else
static inline uint64_t block_commas(const char *p)
{
    return short_commas(p, BLOCK);
}
#endif

/* The commas from `at` on. The last block is read so that it ends where the line ends. */
static inline uint64_t line_commas(struct slice line, size_t at)
{
    size_t left = line.len - at;
    if (left >= BLOCK)
        return block_commas(line.ptr + at);
    if (line.len < BLOCK)
        return short_commas(line.ptr + at, left);
    return block_commas(line.ptr + line.len - BLOCK) >> (BLOCK - left);
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

/* What to do about a quote at `quote`, in field n: where to go on. */
static size_t past_quote(struct csv *out, struct slice line, unsigned n, size_t quote,
                         bool *literal)
{
    size_t end, first = out->start[n];
    bool relayed = quote == first + 1 && line.ptr[first] == '\\';
    if (quote != first && !relayed)
        return quote + 1;
    out->quoted[n / 64] |= UINT64_C(1) << n % 64;
    if (*literal)
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

/* How long 16 fields are, commas included, is told by their starts: bit n of *filled, and of
 * *single, for field n. */
#ifdef __SSE2__
static inline __m128i lengths(const uint32_t *start)
{
    return _mm_sub_epi32(_mm_loadu_si128((const __m128i *)(const void *)(start + 1)),
                         _mm_loadu_si128((const __m128i *)(const void *)start));
}

static inline void measure(const uint32_t *start, uint64_t *filled, uint64_t *single)
{
    __m128i low = _mm_packs_epi32(lengths(start), lengths(start + 4));
    __m128i high = _mm_packs_epi32(lengths(start + 8), lengths(start + 12));
    __m128i bytes = _mm_packs_epi16(low, high); /* saturated: no long one becomes 1 or 2 */
    *filled = (unsigned)_mm_movemask_epi8(_mm_cmpgt_epi8(bytes, _mm_set1_epi8(1)));
    *single = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(2)));
}
#else
static inline void measure(const uint32_t *start, uint64_t *filled, uint64_t *single)
{
    *filled = *single = 0;
    for (unsigned i = 0; i < 16 && start[i + 1] > start[i]; i++) {
        *filled |= (uint64_t)(start[i + 1] - start[i] > 1) << i;
        *single |= (uint64_t)(start[i + 1] - start[i] == 2) << i;
    }
}
#endif

static void finish(struct csv *out, unsigned count, size_t len)
{
    out->count = count;
    out->start[count] = (uint32_t)(len + 1);
    /* What is measured beyond the last field must not look like one. */
    memset(out->start + count + 1, 0, 16 * sizeof(out->start[0]));
    for (unsigned word = 0; word < CSV_COLUMNS_MAX / 64; word++) {
        uint64_t filled = 0, single = 0, more_filled, more_single;
        unsigned end = count < word * 64 + 64 ? count : word * 64 + 64;
        for (unsigned n = word * 64; n < end; n += 16) {
            measure(out->start + n, &more_filled, &more_single);
            filled |= more_filled << n % 64;
            single |= more_single << n % 64;
        }
        out->filled[word] = filled;
        out->single[word] = single;
    }
}

/* Notes the fields that begin behind a block's commas; false when there is no room for more, and
 * *at is then the comma that ends the last one. */
static inline bool add_fields(struct csv *out, unsigned *count, size_t *at, uint64_t commas)
{
    unsigned n = *count;
    if (n < CSV_COLUMNS_MAX - BLOCK) { /* room for a whole block of commas */
        uint32_t *next = out->start + n, first = (uint32_t)*at + 1;
        for (; commas; commas &= commas - 1)
            *++next = first + (unsigned)__builtin_ctzll(commas);
        n = (unsigned)(next - out->start);
    }
    for (; commas; commas &= commas - 1) {
        size_t comma = *at + (unsigned)__builtin_ctzll(commas);
        if (n + 1 == CSV_COLUMNS_MAX) {
            *at = comma;
            break;
        }
        out->start[++n] = (uint32_t)(comma + 1);
    }
    *count = n;
    return commas == 0;
}

/* Splits the part of a line that ends before a quote; false when there is no room for more. */
static inline bool split_until(struct csv *out, struct slice line, unsigned *count, size_t *at,
                               size_t quote)
{
    for (; *at<quote; *at = quote - *at> BLOCK ? *at + BLOCK : quote) {
        uint64_t commas = line_commas(line, *at);
        if (quote - *at < BLOCK)
            commas &= (UINT64_C(1) << (quote - *at)) - 1;
        if (!add_fields(out, count, at, commas))
            return false;
    }
    return true;
}

void csv_split(struct csv *out, struct slice line)
{
    size_t at = 0;
    unsigned n = 0;
    bool literal = false;

    out->base = line.ptr;
    out->unclosed = out->more = false;
    memset(out->quoted, 0, sizeof(out->quoted));
    out->start[0] = 0;
    while (at < line.len) {
        size_t quote = at + slice_find(slice_from(line, at), '"');
        if (!split_until(out, line, &n, &at, quote)) {
            out->more = true;
            line.len = at;
        } else if (quote < line.len) {
            at = past_quote(out, line, n, quote, &literal);
        }
    }
    finish(out, n + 1, line.len);
}

void csv_split_plain(struct csv *out, struct slice line)
{
    unsigned n = 0;
    bool literal = false;

    out->base = line.ptr;
    out->unclosed = out->more = false;
    memset(out->quoted, 0, sizeof(out->quoted));
    out->start[0] = 0;
    for (size_t at = 0; at < line.len;) {
        if (line.ptr[at] == '"') {
            at = past_quote(out, line, n, at, &literal);
        } else if (line.ptr[at] != ',') {
            at++;
        } else if (n + 1 == CSV_COLUMNS_MAX) {
            out->more = true;
            line.len = at;
        } else {
            out->start[++n] = (uint32_t)++at;
        }
    }
    finish(out, n + 1, line.len);
}

unsigned csv_commas(struct slice text, unsigned *at, unsigned max)
{
    uint64_t commas = line_commas(slice_first(text, BLOCK), 0);
    unsigned n = 0;
    for (; commas && n < max; commas &= commas - 1)
        at[n++] = (unsigned)__builtin_ctzll(commas);
    return n;
}

void csv_join(struct csv *csv, unsigned first, unsigned last)
{
    unsigned gone = last - first;
    size_t len = csv->start[csv->count] - 1;
    for (unsigned i = last + 1; i < csv->count; i++)
        csv->start[i - gone] = csv->start[i];
    unsigned before = csv->count;
    finish(csv, before - gone, len);
    for (unsigned n = first; n < before; n++) { /* there is no field any more behind the last */
        uint64_t bit = UINT64_C(1) << n % 64;
        csv->quoted[n / 64] &= ~bit;
        if (csv_is_quoted(csv_raw(csv, n)))
            csv->quoted[n / 64] |= bit;
    }
}

bool csv_number_any(struct slice text, uint64_t *out)
{
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
