/*
 * Listening sockets with a pipeline that only notes what it is given: datagrams of every size, what
 * the kernel drops, pausing, connections that end badly. One thread: the test sends, then runs the
 * loop until it has what it waits for.
 */
#include "server/ingest/ingest.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "server/ingest/listen.h"

#define PATIENCE_MS 20000

/* ---- what the listeners call, instead of the program's own ---- */

static struct {
    uint64_t messages, cut, waiting; /* waiting: since the last flush */
    size_t last_len;
    char last[64];
    bool strangers;
} seen;

void pipeline_message(struct pipeline *p, const struct sender *sender, struct slice message,
                      int64_t arrival_ms, bool cut)
{
    assert_true(arrival_ms > 0);
    assert_true(address_equals(sender->address, address_v4(INADDR_LOOPBACK)));
    p->counters.received++;
    seen.messages++;
    seen.waiting++;
    seen.cut += cut;
    seen.last_len = message.len;
    memset(seen.last, 0, sizeof(seen.last));
    memcpy(seen.last, message.ptr,
           message.len < sizeof(seen.last) ? message.len : sizeof(seen.last) - 1);
}

void pipeline_flush(struct pipeline *p)
{
    (void)p;
    seen.waiting = 0;
}

bool rules_allow(const struct rules *rules, struct address sender)
{
    (void)rules, (void)sender;
    return !seen.strangers;
}

const struct device *rules_device(const struct rules *rules, struct address sender)
{
    static const struct device device;
    (void)rules, (void)sender;
    return &device;
}

/* ---- a listener and its loop ---- */

struct setup {
    uv_loop_t loop;
    struct settings settings;
    struct rules rules;
    struct pipeline *pipeline;
    struct ingest ingest;
    atomic_uint connections;
    struct udp *udp;
    struct tcp *tcp;
    uint16_t port;
};

static void setup_open(struct setup *t, enum listen_protocol protocol, size_t receive_buffer)
{
    struct listen_settings listen = {.protocol = protocol, .address = "127.0.0.1"};
    int fd;
    memset(&seen, 0, sizeof(seen));
    if (!t->settings.max_message_size)
        t->settings.max_message_size = 65536;
    t->settings.max_connections = 100;
    t->settings.receive_buffer = receive_buffer;
    t->rules.settings = &t->settings;
    t->pipeline = calloc(1, sizeof(*t->pipeline));
    uv_loop_init(&t->loop);
    assert_int_equal(ingest_init(&t->ingest, &t->loop, t->pipeline, &t->rules, &t->connections), 0);
    assert_int_equal(listen_open(&listen, 1, false, &fd, receive_buffer, NULL), 0);
    t->port = listen_port(fd);
    if (protocol == LISTEN_UDP)
        assert_int_equal(udp_start(&t->udp, &t->ingest, fd), 0);
    else
        assert_int_equal(tcp_start(&t->tcp, &t->ingest, fd, NULL), 0);
}

static void setup_close(struct setup *t)
{
    if (t->udp)
        udp_close(t->udp);
    if (t->tcp)
        tcp_close(t->tcp);
    uv_run(&t->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&t->loop), 0);
    assert_int_equal(t->connections, 0);
    ingest_close(&t->ingest);
    free(t->pipeline);
}

static void on_patience(uv_timer_t *timer)
{
    *(bool *)timer->data = true;
}

/* Runs the loop until the number is reached; fails when it is not in time. */
static void run_until(struct setup *t, const uint64_t *number, uint64_t value)
{
    bool over = false;
    uv_timer_t patience;
    uv_timer_init(&t->loop, &patience);
    patience.data = &over;
    uv_timer_start(&patience, on_patience, PATIENCE_MS, 0);
    while (*number < value && !over)
        uv_run(&t->loop, UV_RUN_ONCE);
    uv_close((uv_handle_t *)&patience, NULL);
    uv_run(&t->loop, UV_RUN_NOWAIT);
    assert_int_equal(*number, value);
    assert_int_equal(seen.waiting, 0);
}

static int peer(struct setup *t, int type)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(t->port)};
    int fd = socket(AF_INET, type, 0);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
    return fd;
}

static void say(int fd, const char *text)
{
    assert_int_equal(send(fd, text, strlen(text), 0), strlen(text));
}

static void udp_sizes(void **state)
{
    (void)state;
    struct setup t = {0};
    char bytes[65507];
    setup_open(&t, LISTEN_UDP, 1 << 20);
    int fd = peer(&t, SOCK_DGRAM);
    memset(bytes, 'x', sizeof(bytes));
    assert_int_equal(send(fd, bytes, 0, 0), 0);
    run_until(&t, &t.ingest.framing.empty, 1);
    assert_int_equal(send(fd, bytes, 1, 0), 1);
    run_until(&t, &seen.messages, 1);
    assert_int_equal(send(fd, bytes, sizeof(bytes), 0), sizeof(bytes));
    run_until(&t, &seen.messages, 2);
    assert_int_equal(seen.last_len, 65507);
    assert_int_equal(seen.cut, 0);
    say(fd, "\r\n\n");
    run_until(&t, &t.ingest.framing.empty, 2);
    say(fd, "<1>one\r\n<2>two\n");
    run_until(&t, &seen.messages, 4);
    assert_string_equal(seen.last, "<2>two");
    close(fd);
    setup_close(&t);
}

static void udp_truncated(void **state)
{
    (void)state;
    struct setup t = {.settings.max_message_size = 1024};
    char bytes[3000];
    setup_open(&t, LISTEN_UDP, 1 << 20);
    int fd = peer(&t, SOCK_DGRAM);
    memset(bytes, 'x', sizeof(bytes));
    send(fd, bytes, 1024, 0);
    run_until(&t, &seen.messages, 1);
    assert_int_equal(seen.cut, 0);
    send(fd, bytes, 1025, 0);
    send(fd, bytes, 3000, 0);
    run_until(&t, &seen.messages, 3);
    assert_int_equal(seen.cut, 2);
    assert_int_equal(seen.last_len, 1024);
    assert_int_equal(t.pipeline->counters.datagrams_truncated, 2);
    close(fd);
    setup_close(&t);
}

/* A receive buffer of 4 KiB and nobody reading: what was not received the kernel has dropped. */
static void udp_kernel_drops(void **state)
{
    (void)state;
    struct setup t = {0};
    struct counters *c;
    setup_open(&t, LISTEN_UDP, 4096);
    c = &t.pipeline->counters;
    int fd = peer(&t, SOCK_DGRAM);
    for (int i = 0; i < 5000; i++)
        say(fd, "<1>a datagram among many");
    udp_drain(t.udp);
    assert_true(c->kernel_dropped > 0);
    assert_int_equal(c->received + c->kernel_dropped, 5000);
    say(fd, "<1>one more");
    run_until(&t, &c->received, c->received + 1);
    assert_int_equal(c->received + c->kernel_dropped, 5001);
    close(fd);
    setup_close(&t);
}

/* Bursts that switch to emptying by the clock, and quiet that switches back. */
static void udp_bursts(void **state)
{
    (void)state;
    struct setup t = {0};
    uint64_t sent = 0;
    setup_open(&t, LISTEN_UDP, 1 << 20);
    int fd = peer(&t, SOCK_DGRAM);
    for (int burst = 0; burst < 20; burst++) {
        for (int i = 0; i < (burst % 3 ? 50 : 1); i++, sent++)
            say(fd, "<1>burst");
        run_until(&t, &seen.messages, sent);
    }
    close(fd);
    setup_close(&t);
}

/* Datagrams that come one by one, but many: each is not worth a wake-up, if the buffer is large. */
static void udp_rests(void **state)
{
    (void)state;
    static const size_t buffers[] = {16 << 20, 64 << 10};
    for (int i = 0; i < 2; i++) {
        struct setup t = {0};
        uint64_t sent = 0, before, turns = 0;
        size_t granted;
        setup_open(&t, LISTEN_UDP, buffers[i]);
        int fd = peer(&t, SOCK_DGRAM);
        listen_set_receive_buffer(fd, buffers[i], &granted);
        for (; sent < 1000; sent++) {
            before = seen.messages;
            say(fd, "<1>one of many");
            uv_run(&t.loop, UV_RUN_NOWAIT);
            turns += seen.messages > before;
        }
        run_until(&t, &seen.messages, sent);
        if (granted >= 4 << 20)
            assert_true(turns < sent / 2);
        if (i == 1) /* the kernel may take its time with some */
            assert_true(turns > sent / 2);
        say(fd, "<1>when it is quiet again");
        run_until(&t, &seen.messages, sent + 1);
        close(fd);
        setup_close(&t);
    }
}

static void udp_strangers(void **state)
{
    (void)state;
    struct setup t = {0};
    setup_open(&t, LISTEN_UDP, 1 << 20);
    seen.strangers = true;
    int fd = peer(&t, SOCK_DGRAM);
    say(fd, "<1>one");
    say(fd, "<1>two");
    run_until(&t, &t.pipeline->counters.sender_refused, 2);
    assert_int_equal(seen.messages, 0);
    assert_int_equal(t.pipeline->counters.received, 2);
    close(fd);
    setup_close(&t);
}

static void udp_pauses(void **state)
{
    (void)state;
    struct setup t = {0};
    setup_open(&t, LISTEN_UDP, 1 << 20);
    int fd = peer(&t, SOCK_DGRAM);
    t.ingest.paused = true;
    udp_pause(t.udp);
    say(fd, "<1>later");
    for (int i = 0; i < 10; i++)
        uv_run(&t.loop, UV_RUN_NOWAIT);
    assert_int_equal(seen.messages, 0);
    t.ingest.paused = false;
    udp_resume(t.udp);
    run_until(&t, &seen.messages, 1);
    close(fd);
    setup_close(&t);
}

static void tcp_messages(void **state)
{
    (void)state;
    struct setup t = {0};
    setup_open(&t, LISTEN_TCP, 0);
    int lines = peer(&t, SOCK_STREAM), counted = peer(&t, SOCK_STREAM);
    say(lines, "<1>one\n<2>tw");
    say(counted, "6 <1>one6 <2>");
    run_until(&t, &seen.messages, 2);
    assert_int_equal(t.connections, 2);
    say(lines, "o\n");
    run_until(&t, &seen.messages, 3);
    assert_string_equal(seen.last, "<2>two");
    say(counted, "two0 ");
    run_until(&t, &t.pipeline->counters.connections_bad_frame, 1);
    assert_int_equal(seen.messages, 4);
    assert_int_equal(t.connections, 1);
    say(lines, "<3>the end");
    close(lines);
    run_until(&t, &t.ingest.framing.unfinished, 1);
    assert_string_equal(seen.last, "<3>the end");
    assert_int_equal(t.connections, 0);
    close(counted);
    setup_close(&t);
}

/* A reset in mid-frame: what was read before counts, and the connection is gone. */
static void tcp_reset(void **state)
{
    (void)state;
    struct setup t = {0};
    struct linger hard = {1, 0};
    setup_open(&t, LISTEN_TCP, 0);
    int fd = peer(&t, SOCK_STREAM);
    say(fd, "<1>one\n<2>tw");
    run_until(&t, &seen.messages, 1);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
    close(fd);
    run_until(&t, &t.ingest.framing.unfinished, 1);
    assert_int_equal(seen.messages, 2);
    assert_int_equal(t.connections, 0);
    setup_close(&t);
}

static void tcp_pauses(void **state)
{
    (void)state;
    struct setup t = {0};
    setup_open(&t, LISTEN_TCP, 0);
    int fd = peer(&t, SOCK_STREAM);
    say(fd, "<1>one\n");
    run_until(&t, &seen.messages, 1);
    t.ingest.paused = true;
    tcp_pause(t.tcp);
    say(fd, "<1>two\n");
    int other = peer(&t, SOCK_STREAM);
    say(other, "<1>three\n");
    for (int i = 0; i < 10; i++)
        uv_run(&t.loop, UV_RUN_NOWAIT);
    assert_int_equal(seen.messages, 1);
    t.ingest.paused = false;
    tcp_resume(t.tcp);
    run_until(&t, &seen.messages, 3);
    close(fd);
    close(other);
    setup_close(&t);
}

/* The end of the program takes what the kernel holds and what is unfinished. */
static void tcp_drained(void **state)
{
    (void)state;
    struct setup t = {0};
    setup_open(&t, LISTEN_TCP, 0);
    int fd = peer(&t, SOCK_STREAM);
    say(fd, "<1>one\n");
    run_until(&t, &seen.messages, 1);
    say(fd, "<1>two\n<1>thr");
    tcp_drain(t.tcp);
    assert_int_equal(seen.messages, 3);
    assert_string_equal(seen.last, "<1>thr");
    setup_close(&t);
    close(fd);
}

static void tcp_storm(void **state)
{
    (void)state;
    struct setup t = {0};
    setup_open(&t, LISTEN_TCP, 0);
    for (uint64_t i = 1; i <= 2000; i++) {
        int fd = peer(&t, SOCK_STREAM);
        if (i % 2)
            say(fd, "<1>x");
        close(fd);
        if (i % 50 == 0)
            run_until(&t, &t.pipeline->counters.connections_accepted, i);
    }
    run_until(&t, &seen.messages, 1000);
    setup_close(&t);
}

static void port_taken(void **state)
{
    (void)state;
    struct listen_settings listen = {.protocol = LISTEN_TCP, .address = "127.0.0.1"};
    int fds[4], more[4];
    for (int protocol = LISTEN_UDP; protocol <= LISTEN_TCP; protocol++) {
        listen.protocol = (enum listen_protocol)protocol;
        listen.port = 0;
        assert_int_equal(listen_open(&listen, 4, false, fds, 65536, NULL), 0);
        listen.port = listen_port(fds[0]);
        assert_int_equal(listen_port(fds[3]), listen.port);
        assert_int_equal(listen_open(&listen, 4, false, more, 65536, NULL), UV_EADDRINUSE);
        for (int i = 0; i < 4; i++)
            close(fds[i]);
        assert_int_equal(listen_open(&listen, 1, false, more, 65536, NULL), 0);
        close(more[0]);
    }
    listen.address = "192.0.2.1";
    assert_int_equal(listen_open(&listen, 1, false, more, 65536, NULL), UV_EADDRNOTAVAIL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(udp_sizes),        cmocka_unit_test(udp_truncated),
        cmocka_unit_test(udp_kernel_drops), cmocka_unit_test(udp_bursts),
        cmocka_unit_test(udp_rests),        cmocka_unit_test(udp_strangers),
        cmocka_unit_test(udp_pauses),       cmocka_unit_test(tcp_messages),
        cmocka_unit_test(tcp_reset),        cmocka_unit_test(tcp_pauses),
        cmocka_unit_test(tcp_drained),      cmocka_unit_test(tcp_storm),
        cmocka_unit_test(port_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
