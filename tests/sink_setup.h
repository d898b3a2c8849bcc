/*
 * For the tests of outputs: a sink in a loop of its own, messages with numbers in them, receivers
 * that read as they are told. Inline, for each test is one file.
 */
#pragma once

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
#include <sys/ioctl.h>
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

static inline void on_room(void *context)
{
    ((struct setup *)context)->rooms++;
}

static inline void on_closed(void *context)
{
    ((struct setup *)context)->closed = true;
}

static inline struct sockaddr_in loopback(uint16_t port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return a;
}

/* A bound socket; of a stream it does not listen yet. */
static inline int bound(int type, uint16_t *port)
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

static inline void setup_open(struct setup *t, enum forward_protocol protocol, uint16_t port,
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
    if (!t->settings.answer_timeout_ms)
        t->settings.answer_timeout_ms = 60000;
    if (!t->settings.queue_size)
        t->settings.queue_size = 1 << 20;
    assert_int_equal(sink_open(&t->sink, &t->loop, &t->settings, on_room, t, &error), 0);
}

/* "message 000000017 xxx...\n", `size` bytes each. */
static inline bool push(struct setup *t, unsigned first, unsigned count, size_t size)
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

static inline void conserve(struct setup *t)
{
    struct output_counters c = sink_counters(t->sink);
    assert_int_equal(c.offered_events + c.offered_alerts + c.recovered,
                     c.forwarded + c.queued + c.dropped_queue_full + c.dropped_too_long +
                         c.dropped_refused + c.dropped_at_exit + c.dropped_oldest + c.set_aside);
}

static inline bool all_forwarded(struct setup *t)
{
    struct output_counters c = sink_counters(t->sink);
    return c.queued == 0;
}

static inline bool is_down(struct setup *t)
{
    return sink_counters(t->sink).failures > 0;
}

static inline bool has_reconnected(struct setup *t)
{
    return sink_counters(t->sink).reconnects > 0;
}

static inline bool is_room(struct setup *t)
{
    return t->rooms > 0;
}

static inline void on_tick(uv_timer_t *timer)
{
    (void)timer;
}

/* Runs the loop until the condition holds; fails when it does not in time. */
static inline void run_until(struct setup *t, bool (*holds)(struct setup *))
{
    uint64_t end = uv_hrtime() / 1000000 + PATIENCE_MS;
    uv_timer_t tick;
    uv_timer_init(&t->loop, &tick);
    uv_timer_start(&tick, on_tick, 1, 1);
    while (!holds(t)) {
        if (uv_hrtime() / 1000000 >= end) {
            struct output_counters c = sink_counters(t->sink);
            fail_msg("in vain: %llu forwarded, %llu queued, %llu failures",
                     (unsigned long long)c.forwarded, (unsigned long long)c.queued,
                     (unsigned long long)c.failures);
        }
        uv_run(&t->loop, UV_RUN_ONCE);
        conserve(t);
    }
    uv_close((uv_handle_t *)&tick, NULL);
    uv_run(&t->loop, UV_RUN_NOWAIT);
}

/* What is queued then is in the spool. */
static inline struct output_counters finish_spooled(struct setup *t, int64_t flush_ms)
{
    sink_close(t->sink, flush_ms, on_closed, t);
    uv_run(&t->loop, UV_RUN_DEFAULT);
    assert_true(t->closed);
    struct output_counters c = sink_counters(t->sink);
    conserve(t);
    sink_free(t->sink);
    assert_int_equal(uv_loop_close(&t->loop), 0);
    return c;
}

static inline struct output_counters finish(struct setup *t, int64_t flush_ms)
{
    struct output_counters c = finish_spooled(t, flush_ms);
    assert_int_equal(c.queued, 0);
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
    int unread;          /* a connection but the last ends when so much more than `limit` came */
    unsigned char *seen; /* unless NULL: how often message n of `seen_size` bytes came, in all */
    size_t seen_size;
};

/* The whole messages of one connection. */
static inline void receiver_see(struct receiver *r)
{
    for (size_t at = 0; r->seen && at + r->seen_size <= r->len; at += r->seen_size)
        r->seen[strtoul(r->bytes + at + 8, NULL, 10)]++;
}

/* Until so much is unread, or no more comes: what is half read may leave the kernel no room. */
static inline void wait_for_unread(int fd, int bytes)
{
    int unread = 0, before = -1;
    for (unsigned still = 0; unread < bytes && still < 300 && ioctl(fd, FIONREAD, &unread) == 0;) {
        still = unread == before ? still + 1 : 0;
        before = unread;
        usleep(1000);
    }
}

static inline size_t receive(struct receiver *r, int fd, size_t limit, useconds_t pause)
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

static inline void *receiver_run(void *context)
{
    struct receiver *r = context;
    for (unsigned i = 0; i < r->connections; i++) {
        bool last = i + 1 == r->connections;
        int fd = accept(r->listener, NULL, NULL);
        if (fd < 0)
            break;
        size_t n = receive(r, fd, last ? SIZE_MAX : r->limit, last ? r->pause : 0);
        receiver_see(r);
        if (!last) {
            r->first_lens[i] = n;
            wait_for_unread(fd, r->unread);
        }
        close(fd);
    }
    return NULL;
}

static inline void receiver_start(struct receiver *r, int listener)
{
    r->listener = listener;
    assert_int_equal(listen(listener, 8), 0);
    assert_int_equal(pthread_create(&r->thread, NULL, receiver_run, r), 0);
}

static inline void receiver_end(struct receiver *r)
{
    pthread_join(r->thread, NULL);
    close(r->listener);
}

/* Whole messages with ascending numbers; returns how many, and the first one's number. */
static inline unsigned check_messages(const char *bytes, size_t len, size_t size, unsigned *first)
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

/* The end of a receiver that must have got so many messages, in order and from the first on. */
static inline void receiver_check(struct receiver *r, size_t size, unsigned count)
{
    unsigned first;
    receiver_end(r);
    assert_int_equal(check_messages(r->bytes, r->len, size, &first), count);
    assert_true(count == 0 || first == 0);
    free(r->bytes);
}
