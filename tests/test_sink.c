/*
 * Outputs against real receivers on the loopback: away, slow, silent, closing in mid-message. After
 * each, offered = forwarded + queued + dropped, and what the receiver got is whole and in order.
 */
#include "server/forward/sink.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#define PATIENCE_MS 20000

struct setup {
    uv_loop_t loop;
    struct forward_settings settings;
    struct sink *sink;
    unsigned rooms;
    bool closed;
};

static void on_room(void *context)
{
    ((struct setup *)context)->rooms++;
}

static void on_closed(void *context)
{
    ((struct setup *)context)->closed = true;
}

static struct sockaddr_in loopback(uint16_t port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return a;
}

/* A bound socket; of a stream it does not listen yet. */
static int bound(int type, uint16_t *port)
{
    struct sockaddr_in a = loopback(*port);
    socklen_t len = sizeof(a);
    int fd = socket(AF_INET, type, 0), one = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
    *port = ntohs(a.sin_port);
    return fd;
}

static void setup_open(struct setup *t, enum forward_protocol protocol, uint16_t port,
                       const char *path)
{
    const char *error;
    uv_loop_init(&t->loop);
    t->settings.name = "test";
    t->settings.protocol = protocol;
    t->settings.host = "127.0.0.1";
    t->settings.port = port;
    t->settings.path = path;
    t->settings.reconnect_min_ms = 5;
    t->settings.reconnect_max_ms = 40;
    if (!t->settings.queue_size)
        t->settings.queue_size = 1 << 20;
    assert_int_equal(sink_open(&t->sink, &t->loop, &t->settings, on_room, t, &error), 0);
}

/* "message 000000017 xxx...\n", `size` bytes each. */
static bool push(struct setup *t, unsigned first, unsigned count, size_t size)
{
    struct batch *b = sink_batch(t->sink);
    assert_non_null(b);
    for (unsigned i = 0; i < count; i++) {
        char *p = b->bytes + b->len;
        memset(p, 'x', size);
        memcpy(p, "message ", 8);
        for (unsigned digit = 0, n = first + i; digit < 9; digit++, n /= 10)
            p[16 - digit] = (char)('0' + n % 10);
        p[size - 1] = '\n';
        b->len += size;
        b->ends[b->count++] = (uint32_t)b->len;
        b->events++;
    }
    return sink_push(t->sink, b);
}

static void conserve(struct setup *t)
{
    struct output_counters c = sink_counters(t->sink);
    assert_int_equal(c.offered_events + c.offered_alerts,
                     c.forwarded + c.queued + c.dropped_queue_full + c.dropped_too_long +
                         c.dropped_refused + c.dropped_at_exit);
}

static bool all_forwarded(struct setup *t)
{
    struct output_counters c = sink_counters(t->sink);
    return c.queued == 0;
}

static bool is_down(struct setup *t)
{
    return sink_counters(t->sink).failures > 0;
}

static bool has_reconnected(struct setup *t)
{
    return sink_counters(t->sink).reconnects > 0;
}

static bool is_room(struct setup *t)
{
    return t->rooms > 0;
}

static void on_tick(uv_timer_t *timer)
{
    (void)timer;
}

/* Runs the loop until the condition holds; fails when it does not in time. */
static void run_until(struct setup *t, bool (*holds)(struct setup *))
{
    uint64_t end = uv_hrtime() / 1000000 + PATIENCE_MS;
    uv_timer_t tick;
    uv_timer_init(&t->loop, &tick);
    uv_timer_start(&tick, on_tick, 1, 1);
    while (!holds(t)) {
        assert_true(uv_hrtime() / 1000000 < end);
        uv_run(&t->loop, UV_RUN_ONCE);
        conserve(t);
    }
    uv_close((uv_handle_t *)&tick, NULL);
    uv_run(&t->loop, UV_RUN_NOWAIT);
}

static struct output_counters finish(struct setup *t, int64_t flush_ms)
{
    sink_close(t->sink, flush_ms, on_closed, t);
    uv_run(&t->loop, UV_RUN_DEFAULT);
    assert_true(t->closed);
    struct output_counters c = sink_counters(t->sink);
    assert_int_equal(c.queued, 0);
    conserve(t);
    sink_free(t->sink);
    assert_int_equal(uv_loop_close(&t->loop), 0);
    return c;
}

/* A receiver of its own thread: accepts `connections` times and reads `limit` bytes of each but the
 * last, which it reads to the end. */
struct receiver {
    pthread_t thread;
    int listener;
    unsigned connections;
    size_t limit;
    useconds_t pause; /* between reads of the last one */
    char *bytes;      /* of the last connection */
    size_t len, size;
    size_t first_lens[8];
};

static size_t receive(struct receiver *r, int fd, size_t limit, useconds_t pause)
{
    ssize_t n;
    r->len = 0;
    while (r->len < limit) {
        size_t most = pause ? 4096 : 65536;
        if (r->size < r->len + most)
            r->bytes = realloc(r->bytes, r->size = 2 * (r->len + most));
        n = read(fd, r->bytes + r->len, most < limit - r->len ? most : limit - r->len);
        if (n <= 0)
            break;
        r->len += (size_t)n;
        if (pause)
            usleep(pause);
    }
    return r->len;
}

static void *receiver_run(void *context)
{
    struct receiver *r = context;
    for (unsigned i = 0; i < r->connections; i++) {
        bool last = i + 1 == r->connections;
        int fd = accept(r->listener, NULL, NULL);
        if (fd < 0)
            break;
        size_t n = receive(r, fd, last ? SIZE_MAX : r->limit, last ? r->pause : 0);
        if (!last)
            r->first_lens[i] = n;
        close(fd);
    }
    return NULL;
}

static void receiver_start(struct receiver *r, int listener)
{
    r->listener = listener;
    assert_int_equal(listen(listener, 8), 0);
    assert_int_equal(pthread_create(&r->thread, NULL, receiver_run, r), 0);
}

static void receiver_end(struct receiver *r)
{
    pthread_join(r->thread, NULL);
    close(r->listener);
}

/* Whole messages with ascending numbers; returns how many, and the first one's number. */
static unsigned check_messages(const char *bytes, size_t len, size_t size, unsigned *first)
{
    unsigned count = 0, last = 0;
    assert_int_equal(len % size, 0);
    for (size_t at = 0; at < len; at += size, count++) {
        unsigned number = 0;
        assert_memory_equal(bytes + at, "message ", 8);
        for (int i = 8; i < 17; i++)
            number = number * 10 + (unsigned)(bytes[at + (size_t)i] - '0');
        assert_true(bytes[at + size - 1] == '\n');
        if (count == 0)
            *first = number;
        else
            assert_true(number > last);
        last = number;
    }
    return count;
}

static void file_gets_all(void **state)
{
    (void)state;
    struct setup t = {0};
    char path[] = "/tmp/parapet-sink-XXXXXX";
    close(mkstemp(path));
    setup_open(&t, FORWARD_FILE, 0, path);
    for (unsigned i = 0; i < 50; i++)
        assert_true(push(&t, i * 100, 100, 300));
    assert_int_equal(finish(&t, 0).forwarded, 5000);

    struct receiver r = {0};
    unsigned first;
    int fd = open(path, O_RDONLY);
    receive(&r, fd, SIZE_MAX, 0);
    assert_int_equal(check_messages(r.bytes, r.len, 300, &first), 5000);
    close(fd);
    unlink(path);
    free(r.bytes);
}

static void file_that_cannot_be(void **state)
{
    (void)state;
    struct forward_settings settings = {
        .name = "x", .protocol = FORWARD_FILE, .path = "/nowhere/at/all", .queue_size = 1};
    uv_loop_t loop;
    struct sink *sink;
    const char *error = NULL;
    uv_loop_init(&loop);
    assert_int_equal(sink_open(&sink, &loop, &settings, NULL, NULL, &error), UV_ENOENT);
    assert_non_null(error);
    assert_int_equal(uv_loop_close(&loop), 0);
}

/* Pushed from another thread while the loop runs; then away, and back. */
static void tcp_away_at_start(void **state)
{
    (void)state;
    struct setup t = {0};
    struct receiver r = {.connections = 1};
    uint16_t port = 0;
    unsigned first;
    int listener = bound(SOCK_STREAM, &port);
    setup_open(&t, FORWARD_TCP, port, NULL);
    assert_true(push(&t, 0, 100, 200));
    run_until(&t, is_down);
    assert_true(push(&t, 100, 100, 200));
    receiver_start(&r, listener);
    run_until(&t, all_forwarded);
    assert_true(push(&t, 200, 100, 200));
    assert_int_equal(finish(&t, PATIENCE_MS).forwarded, 300);
    receiver_end(&r);
    assert_int_equal(check_messages(r.bytes, r.len, 200, &first), 300);
    assert_int_equal(first, 0);
    free(r.bytes);
}

/* Away, and the queue is small: the oldest messages are kept, the newest dropped, nobody blocked. */
static void tcp_away_and_full(void **state)
{
    (void)state;
    struct setup t = {.settings.queue_size = 10000};
    struct receiver r = {.connections = 1};
    uint16_t port = 0;
    unsigned first;
    int listener = bound(SOCK_STREAM, &port);
    setup_open(&t, FORWARD_TCP, port, NULL);
    run_until(&t, is_down);
    for (unsigned i = 0; i < 30; i++)
        assert_true(push(&t, i * 10, 10, 200));
    conserve(&t);
    assert_int_equal(sink_counters(t.sink).queued, 50);
    assert_int_equal(sink_counters(t.sink).dropped_queue_full, 250);
    receiver_start(&r, listener);
    run_until(&t, all_forwarded);
    finish(&t, PATIENCE_MS);
    receiver_end(&r);
    assert_int_equal(check_messages(r.bytes, r.len, 200, &first), 50);
    assert_int_equal(first, 0);
    free(r.bytes);
}

/* The receiver closes twice in the middle of a message: the last connection begins with a whole one. */
static void tcp_closed_in_mid_message(void **state)
{
    (void)state;
    struct setup t = {.settings.queue_size = 64 << 20};
    struct receiver r = {.connections = 3, .limit = 1000};
    uint16_t port = 0;
    unsigned first, count;
    receiver_start(&r, bound(SOCK_STREAM, &port));
    setup_open(&t, FORWARD_TCP, port, NULL);
    for (unsigned i = 0; i < 100; i++)
        push(&t, i * 170, 170, 777);
    run_until(&t, has_reconnected);
    run_until(&t, all_forwarded);
    struct output_counters c = finish(&t, PATIENCE_MS);
    receiver_end(&r);
    assert_int_equal(c.forwarded, 100 * 170);
    assert_true(c.reconnects >= 2);
    assert_int_equal(r.first_lens[0], 1000);
    count = check_messages(r.bytes, r.len, 777, &first);
    assert_int_equal(first + count, 100 * 170);
    free(r.bytes);
}

/* A slow receiver makes the pusher stop, and room is announced. */
static void tcp_slow_blocks(void **state)
{
    (void)state;
    struct setup t = {.settings.queue_size = 1 << 20};
    struct receiver r = {.connections = 1, .pause = 100};
    uint16_t port = 0;
    unsigned pushed = 0, first;
    receiver_start(&r, bound(SOCK_STREAM, &port));
    setup_open(&t, FORWARD_TCP, port, NULL);
    push(&t, pushed++, 1, 1000);
    run_until(&t, all_forwarded);
    while (push(&t, pushed, 100, 1000))
        pushed += 100;
    pushed += 100;
    assert_true(pushed < 100000);
    run_until(&t, is_room);
    finish(&t, PATIENCE_MS);
    receiver_end(&r);
    assert_int_equal(check_messages(r.bytes, r.len, 1000, &first), pushed);
    free(r.bytes);
}

/* A receiver that reads nothing: with drop-newest nobody stops, and the end is in time. */
static void tcp_black_hole(void **state)
{
    (void)state;
    struct setup t = {.settings.queue_size = 300000, .settings.when_full = WHEN_FULL_DROP_NEWEST};
    uint16_t port = 0;
    int listener = bound(SOCK_STREAM, &port);
    assert_int_equal(listen(listener, 1), 0);
    setup_open(&t, FORWARD_TCP, port, NULL);
    for (unsigned i = 0; i < 300; i++) {
        assert_true(push(&t, i * 100, 100, 1000));
        uv_run(&t.loop, UV_RUN_NOWAIT);
    }
    assert_true(sink_counters(t.sink).dropped_queue_full > 0);
    struct output_counters c = finish(&t, 50);
    assert_true(c.dropped_at_exit > 0);
    close(listener);
}

/* Pushes of several threads at once, while the loop sends. */
struct pusher {
    pthread_t thread;
    struct setup *t;
    unsigned first;
};

static void *pusher_run(void *context)
{
    struct pusher *p = context;
    for (unsigned i = 0; i < 200; i++)
        push(p->t, p->first + i * 50, 50, 250);
    return NULL;
}

static bool all_offered(struct setup *t)
{
    return sink_counters(t->sink).offered_events == 40000 && all_forwarded(t);
}

static void tcp_from_threads(void **state)
{
    (void)state;
    struct setup t = {.settings.queue_size = 64 << 20};
    struct receiver r = {.connections = 1};
    struct pusher pushers[4];
    unsigned next[4] = {0};
    uint16_t port = 0;
    receiver_start(&r, bound(SOCK_STREAM, &port));
    setup_open(&t, FORWARD_TCP, port, NULL);
    for (unsigned i = 0; i < 4; i++) {
        pushers[i] = (struct pusher){.t = &t, .first = i * 10000};
        pthread_create(&pushers[i].thread, NULL, pusher_run, &pushers[i]);
    }
    run_until(&t, all_offered);
    for (unsigned i = 0; i < 4; i++)
        pthread_join(pushers[i].thread, NULL);
    assert_int_equal(finish(&t, PATIENCE_MS).forwarded, 40000);
    receiver_end(&r);
    assert_int_equal(r.len, 40000 * 250);
    for (size_t at = 0; at < r.len; at += 250) {
        unsigned number = (unsigned)strtoul(r.bytes + at + 8, NULL, 10);
        assert_int_equal(number % 10000, next[number / 10000]);
        next[number / 10000]++;
    }
    free(r.bytes);
}

static void udp_datagrams(void **state)
{
    (void)state;
    struct setup t = {0};
    uint16_t port = 0;
    char datagram[4096];
    int fd = bound(SOCK_DGRAM, &port);
    setup_open(&t, FORWARD_UDP, port, NULL);
    push(&t, 0, 20, 300);
    push(&t, 20, 1, 65508); /* no datagram can carry it */
    push(&t, 21, 20, 300);
    run_until(&t, all_forwarded);
    for (unsigned i = 0; i < 41; i++) {
        if (i == 20)
            continue;
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        assert_int_equal(poll(&ready, 1, PATIENCE_MS), 1);
        assert_int_equal(recv(fd, datagram, sizeof(datagram), 0), 300);
        assert_int_equal(strtoul(datagram + 8, NULL, 10), i);
    }
    struct output_counters c = finish(&t, PATIENCE_MS);
    assert_int_equal(c.forwarded, 40);
    assert_int_equal(c.dropped_too_long, 1);
    close(fd);
}

/* Nobody there: ICMP says so, and every message is accounted for. */
static void udp_refused(void **state)
{
    (void)state;
    struct setup t = {0};
    uint16_t port = 0;
    close(bound(SOCK_DGRAM, &port));
    setup_open(&t, FORWARD_UDP, port, NULL);
    for (unsigned i = 0; i < 20; i++) {
        push(&t, i * 10, 10, 300);
        uv_run(&t.loop, UV_RUN_NOWAIT);
    }
    run_until(&t, all_forwarded);
    struct output_counters c = finish(&t, PATIENCE_MS);
    assert_int_equal(c.forwarded + c.dropped_refused, 200);
}

static void closed_while_away(void **state)
{
    (void)state;
    struct setup t = {0};
    uint16_t port = 0;
    int held = bound(SOCK_STREAM, &port);
    setup_open(&t, FORWARD_TCP, port, NULL);
    push(&t, 0, 10, 300);
    assert_int_equal(finish(&t, 20).dropped_at_exit, 10);
    close(held);
}

/* A quiet night with the receiver away: small batches are joined. */
static void small_batches_are_joined(void **state)
{
    (void)state;
    struct setup t = {.settings.queue_size = 8 << 20};
    struct receiver r = {.connections = 1};
    uint16_t port = 0;
    unsigned first;
    int listener = bound(SOCK_STREAM, &port);
    setup_open(&t, FORWARD_TCP, port, NULL);
    run_until(&t, is_down);
    for (unsigned i = 0; i < 9000; i++)
        assert_true(push(&t, i, 1, 100));
    receiver_start(&r, listener);
    run_until(&t, all_forwarded);
    assert_int_equal(finish(&t, PATIENCE_MS).forwarded, 9000);
    receiver_end(&r);
    assert_int_equal(check_messages(r.bytes, r.len, 100, &first), 9000);
    free(r.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(file_gets_all),
        cmocka_unit_test(file_that_cannot_be),
        cmocka_unit_test(tcp_away_at_start),
        cmocka_unit_test(tcp_away_and_full),
        cmocka_unit_test(tcp_closed_in_mid_message),
        cmocka_unit_test(tcp_slow_blocks),
        cmocka_unit_test(tcp_black_hole),
        cmocka_unit_test(tcp_from_threads),
        cmocka_unit_test(udp_datagrams),
        cmocka_unit_test(udp_refused),
        cmocka_unit_test(closed_while_away),
        cmocka_unit_test(small_batches_are_joined),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
