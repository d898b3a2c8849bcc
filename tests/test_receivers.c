/*
 * Several receivers of one output: the first that works takes everything, or all take their share;
 * what one had not acknowledged when it failed, or may not have read, comes to another.
 */
#include "tests/sink_setup.h"

enum { COUNT = 20000, SIZE = 500 };

/* Two receivers of as many messages, a and b in the order of preference. */
struct pair {
    struct setup t;
    struct receiver_settings settings[2];
    struct receiver a, b;
    unsigned lost, twice;
};

static int pair_open(struct pair *p, enum forward_share share)
{
    uint16_t port = 0;
    int a = bound(SOCK_STREAM, &port);
    p->settings[0] = (struct receiver_settings){"127.0.0.1", port};
    port = 0;
    p->a.seen = calloc(COUNT, 1);
    p->b.seen = calloc(COUNT, 1);
    p->a.seen_size = p->b.seen_size = SIZE;
    receiver_start(&p->b, bound(SOCK_STREAM, &port));
    p->settings[1] = (struct receiver_settings){"127.0.0.1", port};
    p->t.settings.receivers = p->settings;
    p->t.settings.receiver_count = 2;
    p->t.settings.share = share;
    p->t.settings.queue_size = 64 << 20;
    p->t.settings.retain = 1 << 20;
    return a;
}

/* A receiver that waits for a connection which will not come. */
static void end_waiting(struct pair *p, struct receiver *r, unsigned i)
{
    if (!sink_receiver_counters(p->t.sink, i).connected)
        shutdown(r->listener, SHUT_RDWR);
}

static struct output_counters pair_finish(struct pair *p, unsigned count)
{
    end_waiting(p, &p->a, 0);
    end_waiting(p, &p->b, 1);
    struct output_counters c = finish(&p->t, PATIENCE_MS);
    receiver_end(&p->a);
    receiver_end(&p->b);
    for (unsigned i = 0; i < count; i++) {
        unsigned times = p->a.seen[i] + p->b.seen[i];
        p->lost += times == 0;
        p->twice += times > 1 ? times - 1 : 0;
    }
    free(p->a.bytes);
    free(p->b.bytes);
    free(p->a.seen);
    free(p->b.seen);
    return c;
}

static void push_all(struct pair *p)
{
    for (unsigned i = 0; i < COUNT; i += 100)
        push(&p->t, i, 100, SIZE);
}

static unsigned pushed;

/* One message after the other, until the preferred receiver has one. */
static bool preferred_again(struct setup *t)
{
    if (all_forwarded(t) && pushed < COUNT)
        push(t, pushed++, 1, SIZE);
    return sink_receiver_counters(t->sink, 0).forwarded > 0;
}

static void failover_and_back(void **state)
{
    (void)state;
    struct pair p = {.a.connections = 1, .b.connections = 1};
    int a = pair_open(&p, SHARE_FAILOVER);
    setup_open(&p.t, FORWARD_TCP, 0, NULL);
    pushed = 100;
    push(&p.t, 0, pushed, SIZE);
    run_until(&p.t, all_forwarded);
    assert_int_equal(sink_receiver_counters(p.t.sink, 1).forwarded, 100);
    receiver_start(&p.a, a);
    run_until(&p.t, preferred_again);
    run_until(&p.t, all_forwarded);
    assert_int_equal(sink_receiver_counters(p.t.sink, 0).connected, 1);
    struct output_counters c = pair_finish(&p, pushed);
    assert_int_equal(c.forwarded, pushed);
    assert_int_equal(p.lost, 0);
    assert_int_equal(p.twice, 0);
}

/* The one behind is left alone as long as the first works. */
static void failover_rests(void **state)
{
    (void)state;
    struct pair p = {.a.connections = 1, .b.connections = 1};
    receiver_start(&p.a, pair_open(&p, SHARE_FAILOVER));
    setup_open(&p.t, FORWARD_TCP, 0, NULL);
    push_all(&p);
    run_until(&p.t, all_forwarded);
    assert_int_equal(sink_receiver_counters(p.t.sink, 0).forwarded, COUNT);
    assert_int_equal(sink_receiver_counters(p.t.sink, 1).connected, 0);
    assert_int_equal(sink_receiver_counters(p.t.sink, 1).failures, 0);
    struct output_counters c = pair_finish(&p, COUNT);
    assert_int_equal(c.failures, 0);
    assert_int_equal(p.lost + p.twice, 0);
}

/* The first ends with something unread: the second gets that, too. */
static void one_fails(enum forward_share share)
{
    struct pair p = {.a = {.connections = 2, .limit = 100000, .unread = 50000}, .b.connections = 1};
    receiver_start(&p.a, pair_open(&p, share));
    setup_open(&p.t, FORWARD_TCP, 0, NULL);
    push_all(&p);
    run_until(&p.t, is_down);
    run_until(&p.t, all_forwarded);
    struct receiver_counters a = sink_receiver_counters(p.t.sink, 0);
    struct receiver_counters b = sink_receiver_counters(p.t.sink, 1);
    assert_true(a.failures >= 1 && a.resent > 0);
    assert_true(b.forwarded > 0);
    struct output_counters c = pair_finish(&p, COUNT);
    assert_int_equal(a.forwarded + b.forwarded, COUNT);
    assert_int_equal(c.forwarded, COUNT);
    assert_int_equal(p.lost, 0);
    assert_true(p.twice <= c.resent);
}

static void failover_fails(void **state)
{
    (void)state;
    one_fails(SHARE_FAILOVER);
}

static void balance_fails(void **state)
{
    (void)state;
    one_fails(SHARE_BALANCE);
}

static bool both_are_up(struct setup *t)
{
    return sink_receiver_counters(t->sink, 0).connected &&
           sink_receiver_counters(t->sink, 1).connected;
}

/* A slow one gets less. */
static void balance(void **state)
{
    (void)state;
    struct pair p = {.a = {.connections = 1, .pause = 3000}, .b.connections = 1};
    receiver_start(&p.a, pair_open(&p, SHARE_BALANCE));
    setup_open(&p.t, FORWARD_TCP, 0, NULL);
    run_until(&p.t, both_are_up);
    push_all(&p);
    run_until(&p.t, all_forwarded);
    struct receiver_counters a = sink_receiver_counters(p.t.sink, 0);
    struct receiver_counters b = sink_receiver_counters(p.t.sink, 1);
    assert_true(a.forwarded > 0 && b.forwarded > a.forwarded);
    pair_finish(&p, COUNT);
    assert_int_equal(p.lost + p.twice, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failover_and_back), cmocka_unit_test(failover_rests),
        cmocka_unit_test(failover_fails),    cmocka_unit_test(balance_fails),
        cmocka_unit_test(balance),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
