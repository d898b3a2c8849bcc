/*
 * A transport's life on the main loop: attempts with growing pauses between them, sending on when it
 * is writable, noticing its end.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/forward/sink_kind.h"
#include "server/ops/log.h"

#define STEADY_MS   3000  /* a connection that lasted so long makes the next pause short again */
#define GREETING_MS 10000 /* a handshake that takes longer has failed */

/* ---- while it is up ---- */

static void on_poll_closed(uv_handle_t *handle)
{
    struct transport *t = handle->data;
    free(handle);
    sink_request_done(t->sink);
}

void transport_unwatch(struct transport *t)
{
    if (!t->poll)
        return;
    uv_close((uv_handle_t *)t->poll, on_poll_closed);
    t->poll = NULL;
}

void transport_flush(struct transport *t)
{
    struct sink *s = t->sink;
    pthread_mutex_lock(&s->lock);
    int code = t->broken ? t->broken : t->kind->write(t);
    t->waiting = code;
    pthread_mutex_unlock(&s->lock);
    if (code && code != UV_EAGAIN && code != UV_EBUSY)
        transport_down(t, code);
    else
        sink_end_if_done(s);
}

static void on_poll(uv_poll_t *poll, int status, int events);

/* Asks the loop for what the state needs. */
static void update_poll(struct transport *t)
{
    if (!t->poll)
        return;
    pthread_mutex_lock(&t->sink->lock);
    int events = UV_WRITABLE; /* connecting */
    if (t->state == TRANSPORT_GREETING)
        events = t->greeting_events;
    if (t->state == TRANSPORT_UP)
        events = (t->waiting == UV_EAGAIN ? UV_WRITABLE : 0) | (t->kind->read ? UV_READABLE : 0);
    pthread_mutex_unlock(&t->sink->lock);
    if (events)
        uv_poll_start(t->poll, events, on_poll);
    else
        uv_poll_stop(t->poll);
}

/* Returns whether the transport is still there. */
static bool read_on(struct transport *t)
{
    pthread_mutex_lock(&t->sink->lock);
    int code = t->broken ? t->broken : t->kind->read(t); /* who wrote has taken the error away */
    pthread_mutex_unlock(&t->sink->lock);
    if (code && code != UV_EAGAIN)
        transport_down(t, code);
    return !code || code == UV_EAGAIN;
}

static void end_connecting(struct transport *t)
{
    int code = 0;
    socklen_t len = sizeof(code);
    if (getsockopt(t->fd, SOL_SOCKET, SO_ERROR, &code, &len) < 0)
        code = errno;
    if (code) {
        sink_socket_failed(t, -code);
    } else {
        t->kind->stop(t); /* the other addresses */
        transport_connected(t, t->fd, true);
    }
}

static void greet_on(struct transport *t);

/* A status below 0 is an error of the descriptor, with polling stopped: the next call on it says
 * which. */
static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct transport *t = poll->data;
    if (status < 0)
        events = UV_READABLE | UV_WRITABLE;
    if (t->state == TRANSPORT_CONNECTING) {
        end_connecting(t);
        return;
    }
    if (t->state == TRANSPORT_GREETING) {
        greet_on(t);
        return;
    }
    if (events & UV_READABLE && t->kind->read && !read_on(t))
        return;
    if (events & UV_WRITABLE || t->waiting == UV_EBUSY)
        transport_flush(t);
    update_poll(t);
    sink_call_room(t->sink);
}

void transport_tend(struct transport *t)
{
    pthread_mutex_lock(&t->sink->lock);
    bool up = t->state == TRANSPORT_UP;
    int broken = up ? t->broken : 0;
    bool waiting = up && t->waiting == UV_EAGAIN;
    pthread_mutex_unlock(&t->sink->lock);
    if (broken)
        transport_down(t, broken);
    else if (waiting && !t->poll)
        transport_flush(t);
    else
        update_poll(t);
}

void transport_watch(struct transport *t, int fd)
{
    transport_unwatch(t);
    t->poll = malloc(sizeof(*t->poll));
    if (!t->poll || uv_poll_init(t->sink->loop, t->poll, fd) < 0) {
        free(t->poll);
        t->poll = NULL;
        t->pollable = false; /* /dev/null and the like: they never say EAGAIN */
        return;
    }
    t->poll->data = t;
    t->sink->handles++;
    update_poll(t);
}

/* ---- up and down ---- */

/* Only now is it said: a receiver that accepts and closes would fill the log. */
static void on_steady(uv_timer_t *timer)
{
    struct transport *t = timer->data;
    if (t->sink->transport_count == 1)
        log_say(LOG_NOTE, "output %s: works again", t->settings->name);
    else
        log_say(LOG_NOTE, "output %s: %s works again", t->settings->name, t->host);
    t->failures = 0;
    sink_share(t->sink);
    transport_flush(t);
    update_poll(t);
}

static void set_up(struct transport *t)
{
    struct sink *s = t->sink;
    uv_timer_stop(&t->retry);
    pthread_mutex_lock(&s->lock);
    t->state = TRANSPORT_UP;
    s->starting = false;
    t->waiting = UV_EAGAIN; /* until the queue is empty, only the loop writes */
    t->broken = 0;
    t->asked = t->window = t->answered = 0;
    t->answered_ms = uv_now(s->loop);
    s->counters.reconnects += t->ups > 0;
    t->counters.reconnects += t->ups++ > 0;
    pthread_mutex_unlock(&s->lock);
    if (t->failures)
        uv_timer_start(&t->retry, on_steady, STEADY_MS, 0);
    sink_share(s);
    transport_flush(t);
    update_poll(t);
    sink_call_room(s);
}

static void on_greeting_timeout(uv_timer_t *timer)
{
    transport_down(timer->data, UV_ETIMEDOUT);
}

static void greet_on(struct transport *t)
{
    int code = t->kind->greet(t);
    if (code == 0)
        set_up(t);
    else if (code == UV_EAGAIN)
        update_poll(t);
    else
        transport_down(t, code);
}

void transport_connected(struct transport *t, int fd, bool pollable)
{
    uv_timer_stop(&t->retry);
    pthread_mutex_lock(&t->sink->lock);
    t->why[0] = '\0';
    t->fd = fd;
    t->pollable = pollable;
    t->state = TRANSPORT_GREETING;
    pthread_mutex_unlock(&t->sink->lock);
    if (pollable && !t->poll)
        transport_watch(t, fd);
    if (!t->kind->greet) {
        set_up(t);
        return;
    }
    uv_timer_start(&t->retry, on_greeting_timeout, GREETING_MS, 0);
    greet_on(t);
}

static void on_retry(uv_timer_t *timer)
{
    struct transport *t = timer->data;
    t->kind->start(t);
}

/* Between half the pause and all of it: receivers that come back are not met by all at once. */
static uint64_t pause_ms(struct transport *t)
{
    uint64_t pause =
        (uint64_t)(t->settings->reconnect_min_ms > 0 ? t->settings->reconnect_min_ms : 1);
    uint64_t most = (uint64_t)t->settings->reconnect_max_ms;
    for (unsigned i = 0; i < t->failures && pause < most; i++)
        pause *= 2;
    if (pause > most)
        pause = most > 0 ? most : 1;
    t->random ^= t->random << 13;
    t->random ^= t->random >> 7;
    t->random ^= t->random << 17;
    return pause / 2 + t->random % (pause / 2 + 1);
}

static void say_down(struct transport *t, int code, uint64_t pause)
{
    const struct forward_settings *to = t->settings;
    const char *why = t->why[0]        ? t->why
                      : code == UV_EOF ? "the receiver closed the connection"
                                       : uv_strerror(code);
    if (t->sink->gone)
        log_say(LOG_WARNING, "output %s: %s", to->name, t->sink->gone);
    else if (t->failures == 0)
        log_say(LOG_WARNING, "output %s: %s %s: %s; next attempt in %.1f s", to->name,
                t->kind->name, to->protocol == FORWARD_FILE ? to->path : t->host, why,
                (double)pause / 1000);
}

/* With the lock held. */
static void let_go(struct transport *t)
{
    if (t->own && t->kind->end)
        t->kind->end(t);
    if (t->fd > STDERR_FILENO)
        close(t->fd);
    t->fd = -1;
    t->state = TRANSPORT_DOWN;
    t->waiting = t->broken = 0;
}

void transport_down(struct transport *t, int code)
{
    struct sink *s = t->sink;
    uv_timer_stop(&t->retry);
    transport_unwatch(t);
    pthread_mutex_lock(&s->lock);
    if (!t->kind->keeps_partial)
        transport_give_back(t, code);
    let_go(t);
    s->starting = false;
    s->counters.failures++;
    t->counters.failures++;
    if (s->gone && !s->spool)
        sink_drop_all(s, &s->counters.dropped_refused);
    pthread_mutex_unlock(&s->lock);
    uint64_t pause = pause_ms(t);
    say_down(t, code, pause);
    t->failures++;
    t->resting = !sink_needs(t);
    if (!s->gone && !t->resting)
        uv_timer_start(&t->retry, on_retry, pause, 0);
    else if (s->gone && s->room)
        s->room(s->room_context);
    sink_share(s);
    pthread_mutex_lock(&s->lock);
    sink_distribute(s); /* what it gave back, to the others */
    pthread_mutex_unlock(&s->lock);
    sink_end_if_done(s);
    sink_call_room(s);
}

void transport_leave(struct transport *t)
{
    uv_timer_stop(&t->retry);
    t->kind->stop(t);
    transport_unwatch(t);
    pthread_mutex_lock(&t->sink->lock);
    transport_give_back(t, UV_EOF);
    let_go(t);
    pthread_mutex_unlock(&t->sink->lock);
}

void transport_init(struct transport *t, struct sink *s)
{
    t->sink = s;
    t->kind = s->kind;
    t->settings = s->settings;
    if (t->settings->receiver_count) {
        t->host = t->settings->receivers[t - s->transports].host;
        t->port = t->settings->receivers[t - s->transports].port;
    } else {
        t->host = t->settings->host;
        t->port = t->settings->port;
    }
    t->resting = true;
    t->fd = -1;
    t->random = uv_hrtime() ^ (uint64_t)(uintptr_t)t ^ 1;
    t->retry.data = t->resolve.data = t;
    uv_timer_init(s->loop, &t->retry);
    s->handles++;
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct transport *t = handle->data;
    sink_request_done(t->sink);
}

void transport_close(struct transport *t)
{
    t->kind->stop(t);
    transport_unwatch(t);
    pthread_mutex_lock(&t->sink->lock);
    let_go(t);
    pthread_mutex_unlock(&t->sink->lock);
    uv_close((uv_handle_t *)&t->retry, on_timer_closed);
}
