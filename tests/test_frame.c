/* Streams and the messages that are in them: at once, byte by byte, and split at every place. */
#include "server/ingest/frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define MAX 16

struct row {
    const char *stream;
    size_t len;           /* 0: strlen */
    const char *messages; /* each ended by '|', or by '!' when cut; NUL and line ends as ~ */
    enum frame_status status;
    unsigned empty, unfinished;
};

#define BYTES(text) text, sizeof(text) - 1

static const struct row rows[] = {
    /* lines */
    {"<1>one\n<2>two\n", 0, "<1>one|<2>two|", FRAME_OK, 0, 0},
    {"<1>one\r\n<2>two\r\n", 0, "<1>one|<2>two|", FRAME_OK, 0, 0},
    {BYTES("<1>one\0<2>two\0"), "<1>one|<2>two|", FRAME_OK, 0, 0},
    {BYTES("<1>one\0<2>two\n<3>x\0"), "<1>one|<2>two|<3>x|", FRAME_OK, 0, 0},
    {BYTES("<1>one\n\0<2>two\n\0"), "<1>one|~<2>two|", FRAME_OK, 1, 0},
    {BYTES("<1>one\n<2>t\0wo\n"), "<1>one|<2>t~wo|", FRAME_OK, 0, 0},
    {"<1>one\n<2>tw", 0, "<1>one|<2>tw|", FRAME_OK, 0, 1},
    {"\n\r\n\n<1>one\n", 0, "<1>one|", FRAME_OK, 3, 0},
    {"", 0, "", FRAME_OK, 0, 0},
    {"\r", 0, "", FRAME_OK, 1, 0},
    {"GET / HTTP/1.1\r\n\r\n", 0, "GET / HTTP/1.1|", FRAME_OK, 1, 0},
    /* lines that begin with digits are no counts */
    {"1,2026/01/02 x\n", 0, "1,2026/01/02 x|", FRAME_OK, 0, 0},
    {"123: Nov 21\n7 x\n", 0, "123: Nov 21|7 x|", FRAME_OK, 0, 0},
    {"1763715360.1 fw\n", 0, "1763715360.1 fw|", FRAME_OK, 0, 0},
    {"12\n12 \n", 0, "12|12 |", FRAME_OK, 0, 0},
    {"12", 0, "12|", FRAME_OK, 0, 1},
    {"12 ", 0, "12 |", FRAME_OK, 0, 1},
    {"-1 <1>a\n+5 <1>b\n", 0, "-1 <1>a|+5 <1>b|", FRAME_OK, 0, 0},
    {"1234567890123456789012 <1>\n<2>b\n", 0, "1234567890123456!<2>b|", FRAME_OK, 0, 0},
    {"<1>a\n0 <1>b\n07 <1>c\n", 0, "<1>a|0 <1>b|07 <1>c|", FRAME_OK, 0, 0},
    /* octet counting */
    {"6 <1>one6 <2>two", 0, "<1>one|<2>two|", FRAME_OK, 0, 0},
    {"7 <1>one\n7 <2>two\n", 0, "<1>one|<2>two|", FRAME_OK, 0, 0},
    {"6 <1>one\n6 <2>two\r\n", 0, "<1>one|<2>two|", FRAME_OK, 0, 0},
    {"8 <1>a\n<2>6 <2>two", 0, "<1>a~<2>|<2>two|", FRAME_OK, 0, 0},
    {"6 <1>one3 abc", 0, "<1>one|abc|", FRAME_OK, 0, 0},
    {"6 <1>one2 \r\n6 <2>two", 0, "<1>one|<2>two|", FRAME_OK, 1, 0},
    {"6 <1>one6 <2>t", 0, "<1>one|<2>t!", FRAME_OK, 0, 1},
    {"6 <1>one12", 0, "<1>one|", FRAME_OK, 1, 0},
    {"6 <1>one12 ", 0, "<1>one|", FRAME_OK, 1, 0},
    {"3 <1>ab6 <2>two", 0, "<1>|", FRAME_MALFORMED, 0, 0},
    {"6 <1>one0 6 <2>two", 0, "<1>one|", FRAME_MALFORMED, 0, 0},
    {"6 <1>one06 <2>two", 0, "<1>one|", FRAME_MALFORMED, 0, 0},
    {"6 <1>one-1 <2>two", 0, "<1>one|", FRAME_MALFORMED, 0, 0},
    {"6 <1>one+5 <2>two", 0, "<1>one|", FRAME_MALFORMED, 0, 0},
    {"6 <1>one6x<2>two", 0, "<1>one|", FRAME_MALFORMED, 0, 0},
    {"6 <1>one2147483648 <2>two", 0, "<1>one|", FRAME_MALFORMED, 0, 0},
    {"6 <1>one4294967296 <2>two", 0, "<1>one|", FRAME_MALFORMED, 0, 0},
    {"6 <1>one18446744073709551616 <2>", 0, "<1>one|", FRAME_MALFORMED, 0, 0},
    {"6 <1>one184467440737095516160 <2>", 0, "<1>one|", FRAME_MALFORMED, 0, 0},
    {"0 <1>a\n", 0, "", FRAME_MALFORMED, 0, 0},
    {"07 <1>abcd", 0, "", FRAME_MALFORMED, 0, 0},
    {"18446744073709551616 <1>a\n", 0, "", FRAME_MALFORMED, 0, 0},
    /* both on one connection */
    {"<1>one\n6 <2>two<3>three\n6 <4>fou", 0, "<1>one|<2>two|<3>three|<4>fou|", FRAME_OK, 0, 0},
    {"6 <2>two1,2026/01\n", 0, "<2>two|", FRAME_MALFORMED, 0, 0},
    /* the maximum, one less and one more */
    {"<1>456789abcdef\n<2>\n", 0, "<1>456789abcdef|<2>|", FRAME_OK, 0, 0},
    {"<1>456789abcdefg\n<2>\n", 0, "<1>456789abcdefg|<2>|", FRAME_OK, 0, 0},
    {"<1>456789abcdefg\r\n<2>\n", 0, "<1>456789abcdefg|<2>|", FRAME_OK, 0, 0},
    {"<1>456789abcdefgh\n<2>\n", 0, "<1>456789abcdefg!<2>|", FRAME_OK, 0, 0},
    {"<1>456789abcdefgh\r\n<2>\n", 0, "<1>456789abcdefg!<2>|", FRAME_OK, 0, 0},
    {"<1>456789abcdefg\rh\n<2>\n", 0, "<1>456789abcdefg!<2>|", FRAME_OK, 0, 0},
    {"<1>456789abcdefg", 0, "<1>456789abcdefg|", FRAME_OK, 0, 1},
    {"<1>456789abcdefg\r", 0, "<1>456789abcdefg|", FRAME_OK, 0, 1},
    {"<1>456789abcdefghijklmnopqrstuvwxyz", 0, "<1>456789abcdefg!", FRAME_OK, 0, 1},
    {"16 <1>456789abcdefg4 <2>b", 0, "<1>456789abcdefg|<2>b|", FRAME_OK, 0, 0},
    {"17 <1>456789abcdefgh4 <2>b", 0, "<1>456789abcdefg!<2>b|", FRAME_OK, 0, 0},
    {"20 <1>456789abcdefghijk4 <2>b", 0, "<1>456789abcdefg!<2>b|", FRAME_OK, 0, 0},
    {"99999999 <1>456789abcdefghijk4 <2>b", 0, "<1>456789abcdefg!", FRAME_OK, 0, 1},
    {"99999999 <1>45", 0, "<1>45!", FRAME_OK, 0, 1},
    {"100000000 <1>45", 0, "", FRAME_MALFORMED, 0, 0},
};

/* What was handed over is only looked at when its bytes are about to go. */
struct heard {
    struct slice messages[64];
    bool cut[64];
    unsigned count;
    char out[1024];
};

static void on_message(void *context, struct slice message, bool cut)
{
    struct heard *heard = context;
    assert_in_range(heard->count, 0, 63);
    heard->messages[heard->count] = message;
    heard->cut[heard->count++] = cut;
}

static void on_delivered(void *context)
{
    struct heard *heard = context;
    char *at = heard->out + strlen(heard->out);
    for (unsigned n = 0; n < heard->count; n++) {
        for (size_t i = 0; i < heard->messages[n].len; i++) {
            char byte = heard->messages[n].ptr[i];
            *at++ = byte == '\0' || byte == '\n' || byte == '\r' ? '~' : byte;
        }
        *at++ = heard->cut[n] ? '!' : '|';
    }
    *at = '\0';
    heard->count = 0;
}

/* One read: the bytes in a block that has just the headroom that the header asks for. */
static enum frame_status feed(struct frame *f, struct framing *framing, const char *bytes,
                              size_t len)
{
    char *block = malloc(FRAME_HEADROOM(MAX) + len);
    memcpy(block + FRAME_HEADROOM(MAX), bytes, len);
    enum frame_status status = frame_feed(f, framing, block + FRAME_HEADROOM(MAX), len);
    free(block);
    return status;
}

/* Reads of `first` bytes, then of `step` bytes each. */
static void check(const struct row *row, size_t first, size_t step)
{
    size_t len = row->len ? row->len : strlen(row->stream), at = 0;
    struct heard heard = {.count = 0};
    struct framing framing = {
        .max = MAX, .deliver = on_message, .delivered = on_delivered, .context = &heard};
    struct frame f = {0};
    enum frame_status status = FRAME_OK;
    while (at < len && status == FRAME_OK) {
        size_t n = at ? step : first;
        n = n < len - at ? n : len - at;
        status = feed(&f, &framing, row->stream + at, n);
        at += n;
    }
    if (status == FRAME_OK)
        frame_end(&f, &framing);
    frame_close(&f, &framing);
    assert_int_equal(heard.count, 0);
    assert_string_equal(heard.out, row->messages);
    assert_int_equal(status, row->status);
    assert_int_equal(framing.empty, row->empty);
    assert_int_equal(framing.unfinished, row->unfinished);
}

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static void at_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++)
        check(&rows[i], 4096, 4096);
}

static void byte_by_byte(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++)
        for (size_t step = 1; step < 8; step++)
            check(&rows[i], step, step);
}

static void split_anywhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        size_t len = rows[i].len ? rows[i].len : strlen(rows[i].stream);
        for (size_t first = 1; first < len; first++)
            check(&rows[i], first, len);
    }
}

struct tally {
    size_t messages, bytes, cut;
};

static void on_count(void *context, struct slice message, bool cut)
{
    struct tally *tally = context;
    tally->messages++;
    tally->bytes += message.len;
    tally->cut += cut;
}

static void on_counted(void *context)
{
    (void)context;
}

/* A count of 10,000 digits, in lines mode and on a connection that counts. */
static void endless_digits(void **state)
{
    (void)state;
    char digits[10000];
    memset(digits, '9', sizeof(digits));
    struct tally tally = {0};
    struct framing framing = {
        .max = MAX, .deliver = on_count, .delivered = on_counted, .context = &tally};
    struct frame f = {0};
    assert_int_equal(feed(&f, &framing, digits, sizeof(digits)), FRAME_OK);
    assert_int_equal(tally.messages, 1);
    assert_int_equal(tally.cut, 1);
    assert_int_equal(feed(&f, &framing, "\n6 <1>one", 9), FRAME_OK);
    assert_int_equal(tally.messages, 2);
    assert_int_equal(feed(&f, &framing, digits, sizeof(digits)), FRAME_MALFORMED);
    frame_close(&f, &framing);
}

/* Megabytes without an end in small reads: one message, and the tail stays small. */
static void no_line_end(void **state)
{
    (void)state;
    char chunk[777];
    memset(chunk, 'x', sizeof(chunk));
    struct tally tally = {0};
    struct framing framing = {
        .max = MAX, .deliver = on_count, .delivered = on_counted, .context = &tally};
    struct frame f = {0};
    for (int i = 0; i < 5000; i++) {
        assert_int_equal(feed(&f, &framing, chunk, sizeof(chunk)), FRAME_OK);
        assert_true(f.tail_size <= 4096);
    }
    assert_int_equal(feed(&f, &framing, "\n<1>a\n", 6), FRAME_OK);
    assert_int_equal(tally.messages, 2);
    assert_int_equal(tally.cut, 1);
    frame_close(&f, &framing);
}

/* Beginnings of long messages, never ended: the first of them fill the room, the next are refused,
 * short ones still find it, and what is closed makes room again. */
static void room_for_tails(void **state)
{
    (void)state;
    enum { LONG = 65536, MANY = FRAME_HELD_MAX / LONG + 10 };
    static struct frame frames[MANY];
    struct tally tally = {0};
    struct framing framing = {
        .max = LONG, .deliver = on_count, .delivered = on_counted, .context = &tally};
    struct frame small = {0};
    size_t kept = 0, len = LONG - 1;
    char *block = malloc(FRAME_HEADROOM(LONG) + len);
    memset(block, 'y', FRAME_HEADROOM(LONG) + len);
    for (size_t i = 0; i < MANY; i++)
        kept += frame_feed(&frames[i], &framing, block + FRAME_HEADROOM(LONG), len) == FRAME_OK;
    assert_in_range(kept, MANY - 20, MANY - 1);
    assert_true(framing.held <= FRAME_HELD_MAX);
    assert_int_equal(frame_feed(&small, &framing, block + FRAME_HEADROOM(LONG), 1500), FRAME_OK);
    frame_end(&small, &framing);
    frame_end(&frames[0], &framing);
    assert_int_equal(tally.messages, MANY - kept + 2); /* what is refused leaves as it is */
    assert_int_equal(tally.cut, MANY - kept);
    assert_int_equal(framing.unfinished, tally.messages);
    assert_int_equal(frame_feed(&frames[MANY - 1], &framing, block + FRAME_HEADROOM(LONG), len),
                     FRAME_OK);
    for (size_t i = 0; i < MANY; i++)
        frame_close(&frames[i], &framing);
    assert_int_equal(framing.held, 0);
    free(block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_once),        cmocka_unit_test(byte_by_byte),
        cmocka_unit_test(split_anywhere), cmocka_unit_test(endless_digits),
        cmocka_unit_test(no_line_end),    cmocka_unit_test(room_for_tails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
