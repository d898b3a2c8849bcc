/*
 * TLS: batches into records of one connection. What TCP has acknowledged is counted in records, so
 * that tcp's rules (sink_kind.h) hold for the text in them: a message is acknowledged when the whole
 * record that holds its end is. The handshake is the main loop's; workers make records themselves,
 * under the sink's lock, as they write to plain sockets.
 *
 * A close_notify alone does not tell that the receiver has read everything: only the end of the
 * stream behind it, in order, does. An end without close_notify is no orderly one: who cuts the
 * connection cannot make us forget.
 */
#include "server/forward/sink_kind.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "server/forward/tcp_state.h"
#include "server/ops/log.h"
#include "server/tls/tls.h"

#define ROUNDS     16                   /* writes before others on the loop have their turn */
#define TEXT_MAX   (4 * TLS_RECORD_MAX) /* made into records at a time */
#define MARKS      1024                 /* a power of two */
#define READ_BYTES 16384
#define GOODBYE_MS 5000 /* for a receiver that has said close_notify to close */

/* How far the text had come when the bytes of the connection had come so far. */
struct mark {
    uint64_t bytes, text;
};

/* The kind's, of a transport: what is of one connection, and the session for the next. */
struct secured {
    struct tls *tls;
    struct tls_session *session; /* NULL: none yet */
    bool leaving;                /* the receiver has said close_notify */
    uint64_t sent;               /* bytes that the kernel took */
    uint64_t text, acked;        /* made into records; in records that are acknowledged */
    uint32_t first, count;       /* marks not yet acknowledged */
    struct mark marks[MARKS];
};

static void say_why(struct transport *t, const char *why)
{
    snprintf(t->why, sizeof(t->why), "%s", why);
}

/* 0, UV_EAGAIN while something waits still, or why it cannot be sent. */
static int flush_records(struct transport *t)
{
    struct secured *o = t->own;
    size_t len;
    const char *bytes = tls_outgoing(o->tls, &len);
    while (len) {
        ssize_t n = send(t->fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0 && errno != EINTR) /* EPIPE would stand for an orderly end */
            return errno == EAGAIN ? UV_EAGAIN : errno == EPIPE ? UV_ECONNRESET : -errno;
        if (n > 0) {
            tls_outgoing_sent(o->tls, (size_t)n);
            o->sent += (uint64_t)n;
        }
        bytes = tls_outgoing(o->tls, &len);
    }
    return 0;
}

/* 0: the connection goes on; UV_EAGAIN: nothing came; otherwise it is over. */
static int take(struct transport *t)
{
    struct secured *o = t->own;
    char bytes[READ_BYTES], text[READ_BYTES + TLS_RECORD_MAX];
    size_t len;
    ssize_t n = recv(t->fd, bytes, sizeof(bytes), MSG_DONTWAIT);
    if (n < 0)
        return errno == EINTR ? UV_EAGAIN : -errno;
    if (n == 0 && !o->leaving)
        say_why(t, "the receiver closed the connection without close_notify");
    if (n == 0)
        return o->leaving ? UV_EOF : UV_ECONNABORTED;
    enum tls_status status =
        o->leaving ? TLS_GOES_ON : tls_receive(o->tls, bytes, (size_t)n, text, &len);
    if (status == TLS_ENDED)
        o->leaving = true;
    if (status != TLS_FAILED)
        return 0;
    say_why(t, tls_why(o->tls));
    flush_records(t); /* the alert */
    return UV_EPROTO;
}

/* ---- the handshake ---- */

static int begin(struct transport *t)
{
    struct secured *o = t->own ? t->own : calloc(1, sizeof(*o));
    struct tls_session *session = o ? o->session : NULL;
    char text[TLS_RECORD_MAX];
    size_t len;
    const char *name = t->settings->tls.server_name ? t->settings->tls.server_name : t->host;
    if (!o)
        return UV_ENOMEM;
    memset(o, 0, offsetof(struct secured, marks));
    o->session = session;
    t->own = o;
    o->tls = tls_new(t->sink->tls, name);
    if (!o->tls)
        return UV_ENOMEM;
    tls_session_offer(o->tls, session);
    tls_receive(o->tls, "", 0, text, &len); /* says hello */
    return 0;
}

static int sink_tls_greet(struct transport *t)
{
    struct secured *o = t->own;
    int code = 0;
    if (!o || !o->tls)
        code = begin(t);
    o = t->own;
    while (code == 0 && !tls_established(o->tls)) {
        flush_records(t);
        code = take(t);
    }
    if (code && code != UV_EAGAIN)
        return code;
    int flushed = flush_records(t);
    t->greeting_events = UV_READABLE | (flushed == UV_EAGAIN ? UV_WRITABLE : 0);
    return tls_established(o->tls) ? 0 : UV_EAGAIN;
}

/* ---- while it is up ---- */

static void mark(struct secured *o)
{
    size_t waiting;
    tls_outgoing(o->tls, &waiting);
    /* Without room the latest mark moves on: its text is acknowledged later than it might be. */
    uint32_t at = o->count < MARKS ? o->count++ : MARKS - 1;
    o->marks[(o->first + at) % MARKS] = (struct mark){o->sent + waiting, o->text};
}

static int sink_tls_write(struct transport *t)
{
    struct secured *o = t->own;
    for (int round = 0; round < ROUNDS; round++) {
        size_t len;
        int code = flush_records(t);
        if (code)
            return code;
        if (o->leaving)
            return UV_EBUSY;
        const char *text = transport_next(t, &len);
        if (!text)
            return 0;
        if (len > TEXT_MAX)
            len = TEXT_MAX;
        if (!tls_send(o->tls, text, len)) {
            say_why(t, tls_why(o->tls));
            return UV_EPROTO;
        }
        o->text += len;
        mark(o);
        transport_sent(t, len);
    }
    return UV_EAGAIN;
}

static uint64_t sink_tls_acked(struct transport *t)
{
    struct secured *o = t->own;
    uint64_t unacked = tcp_state_unacked(t->fd);
    uint64_t acked = unacked < o->sent ? o->sent - unacked : 0;
    while (o->count && o->marks[o->first].bytes <= acked) {
        o->acked = o->marks[o->first].text;
        o->first = (o->first + 1) % MARKS;
        o->count--;
    }
    return o->acked;
}

static void on_goodbye_timeout(uv_timer_t *timer)
{
    transport_down(timer->data, UV_ETIMEDOUT);
}

static int sink_tls_read(struct transport *t)
{
    struct secured *o = t->own;
    bool before = o->leaving;
    int code = take(t);
    if (code == 0 && o->leaving && !before) {
        tls_end(o->tls);
        flush_records(t);
        shutdown(t->fd, SHUT_WR);
        uv_timer_start(&t->retry, on_goodbye_timeout, GOODBYE_MS, 0);
    }
    return code;
}

static void sink_tls_end(struct transport *t)
{
    struct secured *o = t->own;
    if (o->tls) {
        struct tls_session *newer = tls_session_take(o->tls);
        if (newer) {
            tls_session_free(o->session);
            o->session = newer;
        }
        tls_end(o->tls);
        flush_records(t);
        tls_free(o->tls);
        o->tls = NULL;
    }
    if (!t->sink->closed)
        return; /* the session is for the next connection */
    tls_session_free(o->session);
    free(o);
    t->own = NULL;
}

const struct sink_kind sink_tls = {
    .protocol = FORWARD_TLS,
    .name = "tls",
    .start = sink_socket_start,
    .stop = sink_socket_stop,
    .greet = sink_tls_greet,
    .write = sink_tls_write,
    .read = sink_tls_read,
    .acked = sink_tls_acked,
    .end = sink_tls_end,
    .retains = true,
};
