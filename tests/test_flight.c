/*
 * What a connection has been given: batches of random messages, written, acknowledged, retained and
 * given back at random places. Byte n of the stream of all messages is known, so that every byte the
 * flight hands out can be told; and each message is counted as acknowledged once, whatever breaks.
 */
#include "server/forward/flight.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define MESSAGES 20000

static uint32_t ends[MESSAGES + 1]; /* in the stream; ends[0] is 0 */
static unsigned made;
static uint32_t seed;

static uint32_t random_below(uint32_t n)
{
    seed = seed * 1664525 + 1013904223;
    return (uint32_t)(((uint64_t)seed * n) >> 32);
}

static char byte_at(uint64_t place)
{
    return (char)(place * 2654435761u >> 13);
}

/* A batch of the next messages, mostly small ones. */
static struct batch *batch_new(void)
{
    struct batch *b = calloc(1, sizeof(*b));
    unsigned count = 1 + random_below(random_below(4) ? 5 : 300);
    for (unsigned i = 0; i < count && made < MESSAGES; i++) {
        uint32_t len = 1 + random_below(random_below(8) ? 200 : 3000);
        if (b->len + len > BATCH_BYTES)
            break;
        for (uint32_t at = 0; at < len; at++)
            b->bytes[b->len + at] = byte_at(ends[made] + at);
        b->len += len;
        b->ends[b->count++] = (uint32_t)b->len;
        ends[made + 1] = ends[made] + len;
        made++;
    }
    return b;
}

/* The first message that ends behind a place of the stream. */
static unsigned message_at(uint64_t place)
{
    unsigned low = 0, high = made;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (ends[middle + 1] <= place)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void free_list(struct batch *list)
{
    while (list) {
        struct batch *next = list->next;
        free(list);
        list = next;
    }
}

struct world {
    struct flight flight;
    struct batch *waiting; /* given back */
    uint64_t start;        /* where in the stream this connection began */
    uint64_t fresh;        /* messages told as acknowledged */
    uint64_t best;         /* the highest place of the stream that was acknowledged */
    uint64_t keep;
};

static void give(struct world *w)
{
    struct batch *b = w->waiting ? w->waiting : batch_new();
    if (w->waiting)
        w->waiting = b->next;
    b->next = NULL;
    if (b->count)
        free(flight_give(&w->flight, b));
    else
        free(b);
}

static void write_some(struct world *w)
{
    size_t len;
    const char *bytes = flight_next(&w->flight, &len);
    assert_int_equal(bytes == NULL, w->flight.written == w->flight.given);
    if (!bytes)
        return;
    uint64_t place = w->start + w->flight.written;
    unsigned message = message_at(place);
    const struct batch *b = w->flight.writing;
    assert_int_equal(batch_begin(b, flight_message(&w->flight) + 1) - w->flight.writing_byte,
                     ends[message + 1] - place);
    if (random_below(3) == 0)
        len = 1 + random_below((uint32_t)len);
    for (size_t i = 0; i < len; i++)
        assert_int_equal(bytes[i], byte_at(place + i));
    flight_wrote(&w->flight, len);
}

static void acknowledge(struct world *w)
{
    uint64_t unacked = w->flight.written - w->flight.acked;
    uint64_t acked = w->flight.acked + random_below((uint32_t)unacked + 1);
    struct batch *done;
    w->fresh += flight_acked(&w->flight, acked);
    assert_int_equal(w->start + w->flight.acked, ends[message_at(w->start + acked)]);
    if (w->start + w->flight.acked > w->best)
        w->best = w->start + w->flight.acked;
    assert_int_equal(w->fresh, message_at(w->best));
    while ((done = flight_release(&w->flight, w->keep)))
        free(done);
    assert_true(w->flight.first == NULL ||
                w->flight.acked - w->flight.oldest <= w->keep + batch_left(w->flight.first));
}

static void break_off(struct world *w)
{
    struct batch *released = NULL, *last;
    uint64_t written, begun = message_at(w->start + w->flight.written);
    uint64_t keep = random_below(2) ? w->keep : 0;
    uint64_t acked = w->start + w->flight.acked, oldest = w->start + w->flight.oldest;
    begun += w->start + w->flight.written > ends[begun];
    struct batch *again = flight_return(&w->flight, keep, &released, &written);
    uint64_t from = acked - oldest > keep ? acked - keep : oldest;
    w->start = ends[message_at(from)];
    if (again)
        assert_int_equal(written, begun - message_at(from));
    free_list(released);
    for (last = again; last && last->next;)
        last = last->next;
    if (last) {
        last->next = w->waiting;
        w->waiting = again;
    }
    assert_null(w->flight.first);
}

static void random_lives(void **state)
{
    (void)state;
    for (uint32_t life = 1; life <= 20; life++) {
        struct world w = {.keep = random_below(3) ? random_below(200000) : 0};
        seed = life;
        made = 0;
        for (unsigned turn = 0; turn < 1000; turn++) {
            unsigned what = random_below(100);
            if (what < 30)
                give(&w);
            else if (what < 70)
                write_some(&w);
            else if (what < 96)
                acknowledge(&w);
            else
                break_off(&w);
        }
        free_list(w.flight.first);
        free_list(w.waiting);
    }
}

/* A message that cannot be sent is passed over, and is not told as acknowledged. */
static void skipped(void **state)
{
    (void)state;
    struct flight f = {0};
    size_t len;
    made = 0;
    struct batch *b = batch_new();
    while (b->count < 3) {
        free(b);
        made = 0;
        b = batch_new();
    }
    uint32_t count = b->count;
    flight_give(&f, b);
    assert_non_null(flight_next(&f, &len));
    flight_wrote(&f, ends[1]);
    assert_int_equal(flight_acked(&f, f.written), 1);
    flight_skip(&f);
    assert_int_equal(f.acked, ends[2]);
    flight_wrote(&f, f.given - f.written);
    assert_int_equal(flight_acked(&f, f.written), count - 2);
    b = flight_release(&f, 0);
    assert_non_null(b);
    free(b);
    assert_null(f.first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_lives),
        cmocka_unit_test(skipped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
