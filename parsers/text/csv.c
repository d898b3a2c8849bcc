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

#define BLOCK 64

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

static inline struct marks block_marks(const char *p)
{
    struct marks found = {0, 0};
    for (unsigned at = 0; at < BLOCK; at += 16) {
        const __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(p + at));
        found.commas |= equal_bytes(bytes, ',') << at;
        found.quotes |= equal_bytes(bytes, '"') << at;
    }
    return found;
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
    uint64_t filled, single;
    out->count = count;
    out->start[count] = (uint32_t)(len + 1);
    /* What is measured beyond the last field must not look like one. */
    memset(out->start + count + 1, 0, 16 * sizeof(out->start[0]));
    memset(out->filled, 0, sizeof(out->filled));
    memset(out->single, 0, sizeof(out->single));
    for (unsigned n = 0; n < count; n += 16) {
        measure(out->start + n, &filled, &single);
        out->filled[n / 64] |= filled << n % 64;
        out->single[n / 64] |= single << n % 64;
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

static void begin(struct csv *out, struct slice line)
{
    out->base = line.ptr;
    out->unclosed = out->more = false;
    memset(out->quoted, 0, sizeof(out->quoted));
    out->start[0] = 0;
}

/* Splits what is left from `at` on, where field n is. */
static void split_from(struct csv *out, struct slice line, size_t at, unsigned n)
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
    finish(out, n + 1, line.len);
}

void csv_split_narrow(struct csv *out, struct slice line)
{
    begin(out, line);
    split_from(out, line, 0, 0);
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

WIDE static inline uint64_t equal_wide(__m256i low, __m256i high, char byte)
{
    const __m256i all = _mm256_set1_epi8(byte);
    uint64_t first = (unsigned)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, all));
    return first | (uint64_t)(unsigned)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, all)) << 32;
}

/* Notes the fields that begin behind the commas of eight bytes, which are `more` behind `at`; returns
 * where the next belong. */
WIDE static inline uint32_t *add_wide(uint32_t *next, unsigned commas, __m256i at, int more)
{
    __m128i starts = _mm_loadl_epi64((const __m128i *)(const void *)&starts_of[commas]);
    __m256i first = _mm256_add_epi32(at, _mm256_set1_epi32(more));
    _mm256_storeu_si256((__m256i *)(void *)next,
                        _mm256_add_epi32(_mm256_cvtepu8_epi32(starts), first));
    return next + count_of[commas];
}

/*
 * The whole blocks of a line up to the first with a quote, by a table for every eight bytes instead
 * of a branch for every comma. Returns how many bytes that are.
 */
WIDE static size_t split_wide(struct csv *out, struct slice line, unsigned *count)
{
    uint32_t *next = out->start + 1, *last = out->start + CSV_COLUMNS_MAX - BLOCK;
    size_t at = 0;
    for (; line.len - at >= BLOCK && next < last; at += BLOCK) {
        const __m256i *block = (const __m256i *)(const void *)(line.ptr + at);
        const __m256i low = _mm256_loadu_si256(block), high = _mm256_loadu_si256(block + 1);
        if (equal_wide(low, high, '"'))
            break;
        uint64_t commas = equal_wide(low, high, ',');
        const __m256i first = _mm256_set1_epi32((int)at);
        next = add_wide(next, commas & 255, first, 0);
        next = add_wide(next, commas >> 8 & 255, first, 8);
        next = add_wide(next, commas >> 16 & 255, first, 16);
        next = add_wide(next, commas >> 24 & 255, first, 24);
        next = add_wide(next, commas >> 32 & 255, first, 32);
        next = add_wide(next, commas >> 40 & 255, first, 40);
        next = add_wide(next, commas >> 48 & 255, first, 48);
        next = add_wide(next, commas >> 56, first, 56);
    }
    *count = (unsigned)(next - out->start - 1);
    _mm256_zeroupper();
    return at;
}
#endif

void csv_split(struct csv *out, struct slice line)
{
    size_t at = 0;
    unsigned n = 0;
    begin(out, line);
#ifdef WIDE
    if (wide_here())
        at = split_wide(out, line, &n);
#endif
    split_from(out, line, at, n);
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

unsigned csv_commas(struct slice text, unsigned *at, unsigned max)
{
    uint64_t commas = line_marks(slice_first(text, BLOCK), 0).commas;
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
