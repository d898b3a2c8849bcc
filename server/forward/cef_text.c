/* CEF's text and numbers: escapes, limits, UTF-8. */
#include "server/forward/cef_write.h"

#include "parsers/text/plain.h"
#include "parsers/text/utf8.h"

/* At most `limit` bytes, not in the middle of a UTF-8 sequence. */
static size_t cut_length(struct slice text, size_t limit)
{
    size_t n = limit;
    if (text.len <= limit)
        return text.len;
    for (int back = 0; back < 3 && n > 0 && ((unsigned char)text.ptr[n] & 0xc0) == 0x80; back++)
        n--;
    return n;
}

/* A byte that is not plain, or the sequence it begins; returns how many bytes it took. */
static size_t put_special(struct cef_writer *w, const char *p, const char *end, char place)
{
    unsigned char c = (unsigned char)*p;
    if (c >= 0x80) {
        size_t n = utf8_sequence(p, end);
        memcpy(w->p, n ? p : UTF8_REPLACEMENT, n ? n : 3);
        w->p += n ? n : 3;
        return n ? n : 1;
    }
    if (c == '\\' || c == (unsigned char)place) {
        *w->p++ = '\\';
        *w->p++ = (char)c;
    } else if (place == CEF_IN_EXTENSION && (c == '\n' || c == '\r')) {
        *w->p++ = '\\';
        *w->p++ = c == '\n' ? 'n' : 'r';
    } else {
        *w->p++ = ' ';
    }
    return 1;
}

/* Copies text with the escapes of its place; every byte becomes at most three. */
void cef_put_escaped(struct cef_writer *w, struct slice text, size_t limit, char place)
{
    if (limit > w->text_limit)
        limit = w->text_limit;
    if (__builtin_expect(text.len > limit, 0)) {
        text.len = cut_length(text, limit);
        w->cut = true;
    }
    if (__builtin_expect((size_t)(w->end - w->p) < text.len * 3, 0)) {
        w->cut = true;
        return;
    }
    const char *p = text.ptr, *end = slice_end(text);
    for (;;) {
        size_t n = plain_copy(w->p, p, (size_t)(end - p), place);
        w->p += n;
        p += n;
        if (p == end)
            return;
        p += put_special(w, p, end, place);
    }
}

static const char digit_pairs[201] = "0001020304050607080910111213141516171819"
                                     "2021222324252627282930313233343536373839"
                                     "4041424344454647484950515253545556575859"
                                     "6061626364656667686970717273747576777879"
                                     "8081828384858687888990919293949596979899";

static unsigned digits_of(uint64_t n)
{
    static const uint64_t powers[20] = {
        0,
        10,
        100,
        1000,
        10000,
        100000,
        1000000,
        10000000,
        100000000,
        1000000000,
        UINT64_C(10000000000),
        UINT64_C(100000000000),
        UINT64_C(1000000000000),
        UINT64_C(10000000000000),
        UINT64_C(100000000000000),
        UINT64_C(1000000000000000),
        UINT64_C(10000000000000000),
        UINT64_C(100000000000000000),
        UINT64_C(1000000000000000000),
        UINT64_C(10000000000000000000),
    };
    /* 1233 / 4096 is log10(2): the guess is right or one too low. */
    unsigned guess = (64 - (unsigned)__builtin_clzll(n | 1)) * 1233 >> 12;
    return guess + (n >= powers[guess]);
}

void cef_put_number(struct cef_writer *w, uint64_t n)
{
    unsigned len = n ? digits_of(n) : 1;
    char *p = w->p + len;
    w->p = p;
    while (n >= 100) {
        p -= 2;
        memcpy(p, digit_pairs + 2 * (n % 100), 2);
        n /= 100;
    }
    if (n >= 10)
        memcpy(p - 2, digit_pairs + 2 * n, 2);
    else
        p[-1] = (char)('0' + n);
}

void cef_put_time(struct cef_writer *w, int64_t ms)
{
    if (ms < 0)
        *w->p++ = '-';
    cef_put_number(w, ms < 0 ? -(uint64_t)ms : (uint64_t)ms);
}
