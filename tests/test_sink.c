/*
 * Outputs against real receivers on the loopback: away, slow, silent, closing in mid-message. After
 * each, offered = forwarded + queued + dropped, and what the receiver got is whole and in order.
 */
#include "tests/sink_setup.h"

#include <netinet/tcp.h>

static void file_gets_all(void **state)
{
    (void)state;
    struct setup t = {0};
    char path[64];
    snprintf(path, sizeof(path), "/tmp/parapet-sink-%d", (int)getpid());
    unlink(path);
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

/* This process's connection to that port. */
static int connected_to(uint16_t port)
{
    struct sockaddr_in peer;
    for (int fd = 3; fd < 1024; fd++) {
        socklen_t len = sizeof(peer);
        if (getpeername(fd, (struct sockaddr *)&peer, &len) == 0 && peer.sin_family == AF_INET &&
            ntohs(peer.sin_port) == port)
            return fd;
    }
    return -1;
}

/* Whatever the system's congestion control is: none that paces by timers towards this machine. */
static void tcp_here_is_not_paced(void **state)
{
    (void)state;
    struct setup t = {0};
    struct receiver r = {.connections = 1};
    uint16_t port = 0;
    char control[16] = "";
    socklen_t len = sizeof(control);
    int listener = bound(SOCK_STREAM, &port);
    receiver_start(&r, listener);
    setup_open(&t, FORWARD_TCP, port, NULL);
    assert_true(push(&t, 0, 100, 200));
    run_until(&t, all_forwarded);
    assert_int_equal(getsockopt(connected_to(port), IPPROTO_TCP, TCP_CONGESTION, control, &len), 0);
    assert_string_equal(control, "reno");
    assert_int_equal(finish(&t, PATIENCE_MS).forwarded, 100);
    receiver_check(&r, 200, 100);
}

/* Pushed from another thread while the loop runs; then away, and back. */
static void tcp_away_at_start(void **state)
{
    (void)state;
    struct setup t = {0};
    struct receiver r = {.connections = 1};
    uint16_t port = 0;
    int listener = bound(SOCK_STREAM, &port);
    setup_open(&t, FORWARD_TCP, port, NULL);
    assert_true(push(&t, 0, 100, 200));
    run_until(&t, is_down);
    assert_true(push(&t, 100, 100, 200));
    receiver_start(&r, listener);
    run_until(&t, all_forwarded);
    assert_true(push(&t, 200, 100, 200));
    assert_int_equal(finish(&t, PATIENCE_MS).forwarded, 300);
    receiver_check(&r, 200, 300);
}

/* Away, and the queue is small: the oldest messages are kept, the newest dropped, nobody blocked. */
static void tcp_away_and_full(void **state)
{
    (void)state;
    struct setup t = {.settings.queue_size = 10000};
    struct receiver r = {.connections = 1};
    uint16_t port = 0;
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
    receiver_check(&r, 200, 50);
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

/* The receiver ends with something unread that its kernel had acknowledged. Nothing is lost, and what
 * came twice is what was counted as sent again, at most. */
static void tcp_reset_with_something_unread(void **state)
{
    (void)state;
    enum { COUNT = 20000, SIZE = 500 };
    struct setup t = {.settings.queue_size = 64 << 20, .settings.retain = 1 << 20};
    struct receiver r = {.connections = 5, .limit = 100000, .unread = 50000, .seen_size = SIZE};
    uint16_t port = 0;
    unsigned lost = 0, twice = 0;
    r.seen = calloc(COUNT, 1);
    receiver_start(&r, bound(SOCK_STREAM, &port));
    setup_open(&t, FORWARD_TCP, port, NULL);
    for (unsigned i = 0; i < COUNT; i += 100)
        push(&t, i, 100, SIZE);
    run_until(&t, all_forwarded);
    struct output_counters c = finish(&t, PATIENCE_MS);
    receiver_end(&r);
    for (unsigned i = 0; i < COUNT; i++) {
        lost += r.seen[i] == 0;
        twice += r.seen[i] > 1 ? r.seen[i] - 1u : 0;
    }
    assert_int_equal(lost, 0);
    assert_int_equal(c.forwarded, COUNT);
    assert_true(twice <= c.resent);
    assert_true(c.resent > 0); /* at least what was unread */
    assert_int_equal(c.reconnects, 4);
    free(r.bytes);
    free(r.seen);
}

/* Two connections to a receiver that may hold more unread than 16 KiB, with so much to be kept; how
 * often that is said. */
static unsigned warnings(size_t retain)
{
    struct setup t = {.settings.queue_size = 64 << 20, .settings.retain = retain};
    struct receiver r = {.connections = 2, .limit = 100000};
    uint16_t port = 0;
    int listener = bound(SOCK_STREAM, &port), bytes = 128 << 10, told = dup(STDERR_FILENO);
    char line[512];
    unsigned count = 0;
    FILE *file = tmpfile();
    assert_int_equal(setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes)), 0);
    dup2(fileno(file), STDERR_FILENO);
    receiver_start(&r, listener);
    setup_open(&t, FORWARD_TCP, port, NULL);
    for (unsigned i = 0; i < 4000; i += 100)
        push(&t, i, 100, 500);
    run_until(&t, has_reconnected);
    run_until(&t, all_forwarded);
    finish(&t, PATIENCE_MS);
    receiver_end(&r);
    dup2(told, STDERR_FILENO);
    close(told);
    for (rewind(file); fgets(line, sizeof(line), file);)
        count += strstr(line, "warning: output test: 127.0.0.1 offers to take ") &&
                 strstr(line, "only 16 KiB are kept") &&
                 strstr(line, "{retain: 1 MiB, size: 2 MiB}");
    fclose(file);
    free(r.bytes);
    return count;
}

static void tcp_window_beyond_retain(void **state)
{
    (void)state;
    assert_int_equal(warnings(16 << 10), 1);
    assert_int_equal(warnings(8 << 20), 0);
    assert_int_equal(warnings(0), 0); /* nothing is to be kept */
}

/* The same with an orderly end, after which nothing comes twice. */
static void tcp_orderly_end(void **state)
{
    (void)state;
    struct setup t = {.settings.retain = 1 << 20};
    struct receiver r = {.connections = 2, .limit = 50000};
    uint16_t port = 0;
    unsigned first;
    receiver_start(&r, bound(SOCK_STREAM, &port));
    setup_open(&t, FORWARD_TCP, port, NULL);
    push(&t, 0, 100, 500);
    run_until(&t, has_reconnected);
    push(&t, 100, 100, 500);
    struct output_counters c = finish(&t, PATIENCE_MS);
    receiver_end(&r);
    assert_int_equal(c.resent, 0);
    assert_int_equal(c.forwarded, 200);
    assert_int_equal(r.first_lens[0], 50000);
    assert_int_equal(check_messages(r.bytes, r.len, 500, &first), 100);
    assert_int_equal(first, 100);
    free(r.bytes);
}

/* A slow receiver makes the pusher stop, and room is announced. */
static void tcp_slow_blocks(void **state)
{
    (void)state;
    struct setup t = {.settings.queue_size = 1 << 20};
    struct receiver r = {.connections = 1, .pause = 100};
    uint16_t port = 0;
    unsigned pushed = 0;
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
    receiver_check(&r, 1000, pushed);
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
    push(&t, 0, 1, 1000);
    run_until(&t, all_forwarded);
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

/* Nobody there: ICMP says so, what waits is kept, and goes out when somebody is. */
static void udp_refused(void **state)
{
    (void)state;
    struct setup t = {0};
    uint16_t port = 0;
    char datagram[4096];
    unsigned got = 0;
    close(bound(SOCK_DGRAM, &port));
    setup_open(&t, FORWARD_UDP, port, NULL);
    push(&t, 0, 10, 300);
    run_until(&t, is_down);
    for (unsigned i = 1; i < 20; i++)
        push(&t, i * 5 + 5, 5, 300);
    int fd = bound(SOCK_DGRAM, &port);
    run_until(&t, all_forwarded);
    assert_int_equal(finish(&t, PATIENCE_MS).forwarded, 105);
    while (recv(fd, datagram, sizeof(datagram), MSG_DONTWAIT) == 300)
        got++;
    assert_true(got >= 95);
    close(fd);
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
    int listener = bound(SOCK_STREAM, &port);
    setup_open(&t, FORWARD_TCP, port, NULL);
    run_until(&t, is_down);
    for (unsigned i = 0; i < 9000; i++)
        assert_true(push(&t, i, 1, 100));
    receiver_start(&r, listener);
    run_until(&t, all_forwarded);
    assert_int_equal(finish(&t, PATIENCE_MS).forwarded, 9000);
    receiver_check(&r, 100, 9000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(file_gets_all),
        cmocka_unit_test(file_that_cannot_be),
        cmocka_unit_test(tcp_here_is_not_paced),
        cmocka_unit_test(tcp_away_at_start),
        cmocka_unit_test(tcp_away_and_full),
        cmocka_unit_test(tcp_closed_in_mid_message),
        cmocka_unit_test(tcp_reset_with_something_unread),
        cmocka_unit_test(tcp_window_beyond_retain),
        cmocka_unit_test(tcp_orderly_end),
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
