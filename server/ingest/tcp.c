/*
 * TCP: a listening socket and its connections. All of a worker's connections read into one buffer,
 * so that ten thousand of them cost a few hundred bytes each. Descriptors are polled and read here,
 * not through uv_read: accepting can then wait when descriptors run out, and the end of the program
 * can take what the kernel still holds.
 */
#include "server/ingest/ingest.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/ingest/stream.h"

#define ACCEPTS        64 /* before others on the loop have their turn */
#define ACCEPT_WAIT_MS 100
#define DRAIN_READS    16   /* of each connection at the end */
#define DRAIN_MS       1000 /* for all of them: senders may never stop */
#define SPARE_MOST     16   /* descriptors that are kept for the outputs */
#define RETIRE_MS      5000 /* for senders to notice that nobody listens any more */

struct peer {
    uv_poll_t poll;
    struct tcp *tcp;
    struct peer *previous, *next;
    struct frame frame;
    struct sender sender;
    uint64_t heard_ms; /* loop time of the latest text */
    int events;        /* that are polled for */
    struct stream stream;
};

struct tcp {
    struct ingest *ingest;
    struct tls_context *tls; /* NULL: plain */
    int fd;
    uv_poll_t poll;
    uv_timer_t accept_again, sweep;
    unsigned handles;
    int descriptors; /* connections may take those below this number */
    bool closing, retired;
    uint64_t retired_ms; /* loop time */
    struct peer *connections;
};

static void on_ready(uv_poll_t *poll, int status, int events);

static void maybe_free(struct tcp *t)
{
    if (t->handles || t->connections)
        return;
    if (!t->retired)
        close(t->fd);
    tls_context_free(t->tls);
    free(t);
}

static void on_connection_closed(uv_handle_t *handle)
{
    struct peer *c = handle->data;
    struct tcp *t = c->tcp;
    if (c->previous)
        c->previous->next = c->next;
    else
        t->connections = c->next;
    if (c->next)
        c->next->previous = c->previous;
    free(c);
    if (t->closing)
        maybe_free(t);
}

static void close_connection(struct peer *c)
{
    if (c->stream.fd < 0)
        return;
    frame_close(&c->frame, &c->tcp->ingest->framing);
    uv_close((uv_handle_t *)&c->poll, on_connection_closed);
    stream_close(&c->stream);
    atomic_fetch_sub(c->tcp->ingest->connections, 1);
}

/* What is polled for changes with what waits to be sent, a TLS answer or a goodbye. */
static void watch(struct peer *c)
{
    int events = stream_events(&c->stream);
    if (events == c->events)
        return;
    c->events = events;
    uv_poll_start(&c->poll, events, on_ready);
}

/* One read and the messages in it. Returns whether there may be more. */
static bool read_once(struct peer *c)
{
    struct ingest *ingest = c->tcp->ingest;
    char *text = ingest->buffer + INGEST_HEADROOM;
    bool in_handshake = stream_in_handshake(&c->stream);
    enum frame_status status = FRAME_OK;
    size_t len;
    int code = stream_read(&c->stream, ingest, &c->sender, text, &len);
    ingest->sender = &c->sender;
    ingest->arrival_ms = ingest_now_ms();
    if (len || in_handshake > stream_in_handshake(&c->stream))
        c->heard_ms = uv_now(ingest->loop);
    if (len)
        status = frame_feed(&c->frame, &ingest->framing, text, len);
    ingest->pipeline->counters.connections_bad_frame += status == FRAME_MALFORMED;
    ingest->pipeline->counters.connections_no_room += status == FRAME_NO_MEMORY;
    if (status == FRAME_OK && code < 0 && code != UV_EAGAIN)
        frame_end(&c->frame, &ingest->framing);
    if (status != FRAME_OK || (code < 0 && code != UV_EAGAIN))
        close_connection(c);
    return c->stream.fd >= 0 && code == 0;
}

/* No more bytes come: what there is of an unfinished message is delivered. */
static void end_frame(struct peer *c)
{
    struct ingest *ingest = c->tcp->ingest;
    ingest->sender = &c->sender;
    ingest->arrival_ms = ingest_now_ms();
    frame_end(&c->frame, &ingest->framing);
}

/* A status below 0 is the descriptor's error: reading finds what came before it, then the error. */
static void on_ready(uv_poll_t *poll, int status, int events)
{
    struct peer *c = poll->data;
    bool more = true;
    if (status >= 0 && events & UV_WRITABLE)
        stream_flush(&c->stream);
    if (status < 0 || events & UV_READABLE)
        more = read_once(c);
    while (status < 0 && more)
        more = read_once(c);
    if (c->stream.fd < 0 || c->tcp->ingest->paused)
        return;
    if (status < 0)
        c->events = 0; /* libuv has stopped polling */
    watch(c);
}

static void refuse(int fd, uint64_t *reason)
{
    ++*reason;
    close(fd);
}

static void take_connection(struct tcp *t, int fd, const struct sockaddr_storage *from)
{
    struct ingest *ingest = t->ingest;
    struct counters *counters = &ingest->pipeline->counters;
    struct address a = ingest_address(from);
    if (!rules_allow(ingest->rules, a)) {
        refuse(fd, &counters->connections_refused);
        return;
    }
    if (atomic_fetch_add(ingest->connections, 1) >= ingest->rules->settings->max_connections) {
        atomic_fetch_sub(ingest->connections, 1);
        refuse(fd, &counters->connections_over_limit);
        return;
    }
    struct peer *c = calloc(1, sizeof(*c));
    if (!c || stream_open(&c->stream, fd, t->tls) < 0 ||
        uv_poll_init(ingest->loop, &c->poll, fd) < 0) {
        if (c)
            tls_free(c->stream.tls);
        free(c);
        atomic_fetch_sub(ingest->connections, 1);
        refuse(fd, &counters->accept_failed);
        return;
    }
    c->tcp = t;
    c->poll.data = c;
    c->sender = (struct sender){a, rules_device(ingest->rules, a)};
    c->heard_ms = uv_now(ingest->loop);
    c->next = t->connections;
    if (c->next)
        c->next->previous = c;
    t->connections = c;
    counters->connections_accepted++;
    watch(c);
}

static void on_acceptable(uv_poll_t *poll, int status, int events);

static void on_accept_again(uv_timer_t *timer)
{
    struct tcp *t = timer->data;
    if (!t->ingest->paused && !t->retired)
        uv_poll_start(&t->poll, UV_READABLE, on_acceptable);
}

/* However many senders there are, the outputs must be able to connect anew: a few descriptors stay
 * free for them. The lowest free number is given next, so it tells how many are left. */
static bool descriptor_left(const struct tcp *t)
{
    int next = fcntl(t->fd, F_DUPFD_CLOEXEC, 0);
    if (next >= 0)
        close(next);
    return next >= 0 && next < t->descriptors;
}

static void accept_later(struct tcp *t)
{
    t->ingest->pipeline->counters.accept_failed++;
    uv_poll_stop(&t->poll);
    uv_timer_start(&t->accept_again, on_accept_again, ACCEPT_WAIT_MS, 0);
}

/* Out of descriptors or memory: the connection stays in the kernel's queue and is tried later. */
static void on_acceptable(uv_poll_t *poll, int status, int events)
{
    struct tcp *t = poll->data;
    (void)status, (void)events;
    for (int i = 0; i < ACCEPTS; i++) {
        struct sockaddr_storage from;
        socklen_t len = sizeof(from);
        if (!descriptor_left(t)) {
            if (i == 0) /* somebody does wait */
                accept_later(t);
            return;
        }
        int fd = accept4(t->fd, (struct sockaddr *)&from, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            take_connection(t, fd, &from);
        } else if (errno == EAGAIN) {
            return;
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            accept_later(t);
            return;
        }
    }
}

/* One pass over all connections now and then, instead of a timer for each. */
static void on_sweep(uv_timer_t *timer)
{
    struct tcp *t = timer->data;
    uint64_t now = uv_now(t->ingest->loop);
    const struct settings *settings = t->ingest->rules->settings;
    if (t->ingest->paused)
        return;
    for (struct peer *c = t->connections; c; c = c->next) {
        if (c->stream.fd < 0)
            continue;
        int64_t timeout = stream_in_handshake(&c->stream) ? settings->handshake_timeout_ms
                                                          : settings->idle_timeout_ms;
        if (timeout == 0 || now - c->heard_ms < (uint64_t)timeout)
            continue;
        stream_count_timeout(&c->stream, t->ingest, &c->sender);
        end_frame(c);
        close_connection(c);
    }
}

void tcp_pause(struct tcp *t)
{
    if (!t->retired)
        uv_poll_stop(&t->poll);
    for (struct peer *c = t->connections; c; c = c->next)
        if (c->stream.fd >= 0) {
            uv_poll_stop(&c->poll);
            c->events = 0;
        }
}

/* A connection was not silent while nobody listened. */
void tcp_resume(struct tcp *t)
{
    if (!t->retired)
        uv_poll_start(&t->poll, UV_READABLE, on_acceptable);
    for (struct peer *c = t->connections; c; c = c->next) {
        if (c->stream.fd < 0)
            continue;
        c->heard_ms = uv_now(t->ingest->loop);
        watch(c);
    }
}

void tcp_drain(struct tcp *t)
{
    uint64_t give_up = uv_hrtime() + DRAIN_MS * UINT64_C(1000000);
    bool more = true;
    for (int round = 0; more && round < DRAIN_READS; round++) {
        more = false;
        for (struct peer *c = t->connections; c; c = c->next)
            if (c->stream.fd >= 0 && !t->ingest->paused && uv_hrtime() < give_up)
                more |= read_once(c);
    }
    for (struct peer *c = t->connections; c; c = c->next)
        if (c->stream.fd >= 0)
            end_frame(c);
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct tcp *t = handle->data;
    t->handles--;
    maybe_free(t);
}

void tcp_close(struct tcp *t)
{
    t->closing = true;
    for (struct peer *c = t->connections; c; c = c->next)
        close_connection(c);
    if (!t->retired)
        uv_close((uv_handle_t *)&t->poll, on_handle_closed);
    uv_close((uv_handle_t *)&t->accept_again, on_handle_closed);
    uv_close((uv_handle_t *)&t->sweep, on_handle_closed);
}

static int descriptors_for_connections(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur > INT_MAX)
        return INT_MAX;
    int all = (int)limit.rlim_cur, spare = all / 8;
    return all - (spare < SPARE_MOST ? spare : SPARE_MOST);
}

/* A quarter of the shortest time that it looks after. */
static void start_sweep(struct tcp *t)
{
    const struct settings *settings = t->ingest->rules->settings;
    int64_t timeout = settings->idle_timeout_ms;
    if (t->tls && (timeout == 0 || settings->handshake_timeout_ms < timeout))
        timeout = settings->handshake_timeout_ms;
    uint64_t period = timeout >= 4000 ? (uint64_t)timeout / 4 : 1000;
    period = timeout < 1000 ? (uint64_t)timeout : period > 30000 ? 30000 : period;
    if (timeout > 0)
        uv_timer_start(&t->sweep, on_sweep, period, period);
    else
        uv_timer_stop(&t->sweep);
}

/* What a sender that may no longer send had sent before is taken. */
static void dismiss(struct peer *c)
{
    for (int i = 0; i < DRAIN_READS && read_once(c);)
        i++;
    if (c->stream.fd < 0)
        return;
    end_frame(c);
    c->tcp->ingest->pipeline->counters.connections_refused++;
    close_connection(c);
}

void tcp_change(struct tcp *t, struct tls_context *context)
{
    const struct rules *rules = t->ingest->rules;
    if (context) {
        tls_context_free(t->tls);
        t->tls = tls_context_share(context);
    }
    for (struct peer *c = t->connections; c; c = c->next) {
        c->sender.device = rules_device(rules, c->sender.address);
        if (c->stream.fd >= 0 && !rules_allow(rules, c->sender.address))
            dismiss(c);
    }
    start_sweep(t);
}

static void on_listening_closed(uv_handle_t *handle)
{
    struct tcp *t = handle->data;
    close(t->fd);
    on_handle_closed(handle);
}

/* Connections that the kernel has accepted for us may hold messages already. */
static void accept_all(struct tcp *t)
{
    uint64_t before;
    do {
        before = t->ingest->pipeline->counters.connections_accepted;
        on_acceptable(&t->poll, 0, UV_READABLE);
    } while (t->ingest->pipeline->counters.connections_accepted > before);
}

void tcp_retire(struct tcp *t)
{
    accept_all(t);
    t->retired = true;
    t->retired_ms = uv_now(t->ingest->loop);
    uv_timer_stop(&t->accept_again);
    uv_close((uv_handle_t *)&t->poll, on_listening_closed);
    tcp_pause(t);
    for (struct peer *c = t->connections; c; c = c->next)
        if (c->stream.fd >= 0)
            stream_end(&c->stream);
}

bool tcp_is_over(const struct tcp *t)
{
    return !t->connections || uv_now(t->ingest->loop) - t->retired_ms >= RETIRE_MS;
}

int tcp_start(struct tcp **out, struct ingest *ingest, int fd, struct tls_context *context)
{
    struct tcp *t = calloc(1, sizeof(*t));
    if (context && !ingest->ciphertext)
        ingest->ciphertext = malloc(INGEST_CIPHERTEXT_BYTES);
    bool room = t && (!context || ingest->ciphertext);
    int code = room ? uv_poll_init(ingest->loop, &t->poll, fd) : UV_ENOMEM;
    if (code < 0) {
        close(fd);
        free(t);
        return code;
    }
    t->ingest = ingest;
    t->tls = context ? tls_context_share(context) : NULL;
    t->fd = fd;
    t->descriptors = descriptors_for_connections();
    t->poll.data = t->accept_again.data = t->sweep.data = t;
    uv_timer_init(ingest->loop, &t->accept_again);
    uv_timer_init(ingest->loop, &t->sweep);
    t->handles = 3;
    uv_poll_start(&t->poll, UV_READABLE, on_acceptable);
    start_sweep(t);
    *out = t;
    return 0;
}
