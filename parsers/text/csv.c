/*
 * CSV, 64 bytes at a time: words say where commas and quotes stand, and their bits are walked. Most
 * lines have no quotes.
 */
#include "parsers/text/csv.h"

#include "parsers/text/cursor.h"
#include "parsers/text/wide.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define BLOCK CSV_WINDOW

/* Where two kinds of bytes stand in a block, the first byte in bit 0. */
struct marks {
    uint64_t commas, quotes;
};

static inline struct marks short_marks(const char *p, size_t len)
{
    struct marks found = {0, 0};
    for (size_t i = 0; i < len; i++) {
        found.commas |= (uint64_t)(p[i] == ',') << i;
        found.quotes |= (uint64_t)(p[i] == '"') << i;
    }
    return found;
}

#ifdef __SSE2__
static inline uint64_t equal_bytes(__m128i bytes, char byte)
{
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte)));
}

static inline uint64_t equal_block(const __m128i bytes[4], char byte)
{
    return equal_bytes(bytes[0], byte) | equal_bytes(bytes[1], byte) << 16 |
           equal_bytes(bytes[2], byte) << 32 | equal_bytes(bytes[3], byte) << 48;
}

static inline struct marks block_marks(const char *p)
{
    const __m128i *block = (const __m128i *)(const void *)p;
    const __m128i bytes[4] = {_mm_loadu_si128(block), _mm_loadu_si128(block + 1),
                              _mm_loadu_si128(block + 2), _mm_loadu_si128(block + 3)};
    return (struct marks){equal_block(bytes, ','), equal_block(bytes, '"')};
}
#else
static inline struct marks block_marks(const char *p)
{
    return short_marks(p, BLOCK);
}
#endif

/* The marks from `at` on. The last block is read so that it ends where the line ends. */
static inline struct marks line_marks(struct slice line, size_t at)
{
    size_t left = line.len - at, before = left < BLOCK ? BLOCK - left : 0;
    if (line.len < BLOCK)
        return short_marks(line.ptr + at, left);
    struct marks found = block_marks(line.ptr + at - before);
    return (struct marks){found.commas >> before, found.quotes >> before};
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

static inline void finish(struct csv *out, unsigned count, size_t len)
{
    out->count = count;
    out->start[count] = (uint32_t)len + 1;
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

static void begin(struct csv *out, struct slice line)
{
    out->base = line.ptr;
    out->unclosed = out->more = false;
    memset(out->quoted, 0, sizeof(out->quoted));
    out->start[0] = 0;
}

/* Splits what is left from `at` on, where field n is; *len is where the last field ends. Returns how
 * many there are. */
static unsigned split_from(struct csv *out, struct slice line, size_t at, unsigned n, size_t *len)
{
    bool literal = false;
    while (at < line.len) {
        struct marks found = line_marks(line, at);
        size_t left = line.len - at, step = left < BLOCK ? left : BLOCK;
        if (found.quotes) {
            step = (size_t)__builtin_ctzll(found.quotes);
            found.commas &= (UINT64_C(1) << step) - 1;
        }
        if (!add_fields(out, &n, &at, found.commas)) {
            out->more = true;
            line.len = at;
        } else {
            at += step;
            if (found.quotes)
                at = past_quote(out, line, n, at, &literal);
        }
    }
    *len = line.len;
    return n + 1;
}

void csv_split_narrow(struct csv *out, struct slice line)
{
    size_t len;
    begin(out, line);
    unsigned count = split_from(out, line, 0, 0, &len);
    finish(out, count, len);
}

#ifdef WIDE
/* Behind which of eight bytes the fields begin whose commas are the bits of a byte, one in a byte of
 * the number, and how many these are. */
#define BEHIND(bits, n)                                                                            \
    ((bits) >> (n)&1 ? (uint64_t)((n) + 1) << 8 * __builtin_popcount((bits) & ((1u << (n)) - 1))   \
                     : 0)
#define STARTS(bits)                                                                               \
    BEHIND(bits, 0) | BEHIND(bits, 1) | BEHIND(bits, 2) | BEHIND(bits, 3) | BEHIND(bits, 4) |      \
        BEHIND(bits, 5) | BEHIND(bits, 6) | BEHIND(bits, 7)
#define COUNT(bits)    __builtin_popcount(bits)
#define BY_4(what, b)  what(b), what((b) + 1u), what((b) + 2u), what((b) + 3u)
#define BY_16(what, b) BY_4(what, b), BY_4(what, b + 4u), BY_4(what, b + 8u), BY_4(what, b + 12u)
#define BY_64(what, b)                                                                             \
    BY_16(what, b), BY_16(what, b + 16u), BY_16(what, b + 32u), BY_16(what, b + 48u)
#define FOR_BYTES(what) BY_64(what, 0u), BY_64(what, 64u), BY_64(what, 128u), BY_64(what, 192u)

static const uint64_t starts_of[256] = {FOR_BYTES(STARTS)};
static const uint8_t count_of[256] = {FOR_BYTES(COUNT)};

WIDE static inline uint64_t both_masks(__m256i low, __m256i high)
{
    return (unsigned)_mm256_movemask_epi8(low) | (uint64_t)(unsigned)_mm256_movemask_epi8(high)
                                                     << 32;
}

/* Notes the fields that begin behind the commas of eight bytes at `at`; returns where the next belong. */
WIDE static inline uint32_t *add_wide(uint32_t *next, unsigned commas, __m256i at)
{
    __m128i starts = _mm_loadl_epi64((const __m128i *)(const void *)&starts_of[commas]);
    _mm256_storeu_si256((__m256i *)(void *)next,
                        _mm256_add_epi32(_mm256_cvtepu8_epi32(starts), at));
    return next + count_of[commas];
}

/*
 * The blocks of a line of at least one, up to the first with a quote, by a table for every eight bytes
 * instead of a branch for every comma; the last is read so that it ends where the line ends. Returns
 * how many bytes that are.
 */
WIDE static inline size_t add_blocks(struct csv *out, struct slice line, unsigned *count)
{
    const __m256i comma = _mm256_set1_epi8(','), quote = _mm256_set1_epi8('"');
    uint32_t *next = out->start + 1, *last = out->start + CSV_COLUMNS_MAX - BLOCK;
    __m256i first = _mm256_setzero_si256();
    size_t at = 0;
    for (; at < line.len && next < last; at += BLOCK) {
        size_t left = line.len - at, before = left < BLOCK ? BLOCK - left : 0;
        const __m256i *block = (const __m256i *)(const void *)(line.ptr + at - before);
        const __m256i low = _mm256_loadu_si256(block), high = _mm256_loadu_si256(block + 1);
        const __m256i quotes =
            _mm256_or_si256(_mm256_cmpeq_epi8(low, quote), _mm256_cmpeq_epi8(high, quote));
        if (!_mm256_testz_si256(quotes, quotes))
            break;
        uint64_t commas =
            both_masks(_mm256_cmpeq_epi8(low, comma), _mm256_cmpeq_epi8(high, comma)) >> before;
        for (size_t eights = (BLOCK - before + 7) / 8; eights; eights--, commas >>= 8) {
            next = add_wide(next, commas & 255, first);
            first = _mm256_add_epi32(first, _mm256_set1_epi32(8));
        }
    }
    *count = (unsigned)(next - out->start - 1);
    return at < line.len ? at : line.len;
}

WIDE static void split_wide(struct csv *out, struct slice line)
{
    unsigned n = 0;
    size_t at = line.len < BLOCK ? 0 : add_blocks(out, line, &n), len = line.len;
    n = at < line.len ? split_from(out, line, at, n, &len) : n + 1;
    finish(out, n, len);
}
#endif

void csv_split(struct csv *out, struct slice line)
{
#ifdef WIDE
    if (wide_here()) {
        begin(out, line);
        split_wide(out, line);
        return;
    }
#endif
    csv_split_narrow(out, line);
}

void csv_split_plain(struct csv *out, struct slice line)
{
    unsigned n = 0;
    bool literal = false;

    begin(out, line);
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

uint64_t csv_commas(struct slice text)
{
    return text.len >= BLOCK ? block_marks(text.ptr).commas
                             : short_marks(text.ptr, text.len).commas;
}

static inline void end_marks(struct csv_marks *out, uint64_t *next, const char *to)
{
    next[0] = next[1] = 0;
    out->to = to;
}

/* Of a block at `at` with a quote. */
static inline void mark_to_quote(struct csv_marks *out, uint64_t *next, const char *at,
                                 struct marks found)
{
    size_t quote = (size_t)__builtin_ctzll(found.quotes);
    *next = csv_bits(found.commas & ((UINT64_C(1) << quote) - 1));
    end_marks(out, next + 1, at + quote);
}

/* marks_of: of a whole block. The last one is read so that it ends where the line ends. */
static inline __attribute__((always_inline)) void mark(struct csv_marks *out, const char *from,
                                                       const char *end,
                                                       struct marks (*marks_of)(const char *))
{
    size_t len = (size_t)(end - from), left = len % BLOCK, more = BLOCK - 1 - left;
    const char *at = from, *stop = len < CSV_MARKED ? end - left : from + CSV_MARKED;
    uint64_t *next = out->ends;
    struct marks found;
    out->from = from;
    for (; at < stop; at += BLOCK) {
        found = marks_of(at);
        if (__builtin_expect(found.quotes != 0, 0)) {
            mark_to_quote(out, next, at, found);
            return;
        }
        *next++ = csv_bits(found.commas);
    }
    if (at + left != end) {
        end_marks(out, next, at);
        return;
    }
    found = marks_of(end - BLOCK);
    found.commas = found.commas >> 1 >> more | UINT64_C(1) << left;
    found.quotes = found.quotes >> 1 >> more;
    if (found.quotes) {
        mark_to_quote(out, next, at, found);
        return;
    }
    *next++ = csv_bits(found.commas);
    end_marks(out, next, end + 1);
}

void csv_mark_narrow(struct csv_marks *out, const char *from, const char *end)
{
    mark(out, from, end, block_marks);
}

#ifdef WIDE
WIDE static inline struct marks wide_marks(const char *p)
{
    const __m256i comma = _mm256_set1_epi8(','), quote = _mm256_set1_epi8('"');
    const __m256i *block = (const __m256i *)(const void *)p;
    const __m256i low = _mm256_loadu_si256(block), high = _mm256_loadu_si256(block + 1);
    __m256i low_quotes = _mm256_cmpeq_epi8(low, quote),
            high_quotes = _mm256_cmpeq_epi8(high, quote);
    __m256i quotes = _mm256_or_si256(low_quotes, high_quotes);
    return (struct marks){both_masks(_mm256_cmpeq_epi8(low, comma), _mm256_cmpeq_epi8(high, comma)),
                          _mm256_movemask_epi8(quotes) ? both_masks(low_quotes, high_quotes) : 0};
}

WIDE static void mark_wide(struct csv_marks *out, const char *from, const char *end)
{
    mark(out, from, end, wide_marks);
}
#endif

void csv_mark(struct csv_marks *out, const char *from, const char *end)
{
#ifdef WIDE
    if (wide_here()) {
        mark_wide(out, from, end);
        return;
    }
#endif
    csv_mark_narrow(out, from, end);
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

struct slice csv_cut(struct csv *csv)
{
    unsigned last = csv->count - 1;
    struct slice text = csv_raw(csv, last);
    csv->quoted[last / 64] &= ~(UINT64_C(1) << last % 64);
    finish(csv, last, csv->start[last] - 1);
    return text;
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
