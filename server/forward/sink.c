/*
 * A sink's life on the main loop: attempts with growing pauses between them, sending on when the
 * transport is writable, noticing its end, closing.
 */
#include "server/forward/sink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/forward/sink_kind.h"
#include "server/ops/log.h"

#define STEADY_MS    3000 /* a connection that lasted so long makes the next pause short again */
#define RESOLVING_MS 20   /* until the look-up of another name is looked for again */

static void on_handle_closed(uv_handle_t *handle)
{
    sink_request_done(handle->data);
}

static void on_poll_closed(uv_handle_t *handle)
{
    struct sink *s = handle->data;
    free(handle);
    sink_request_done(s);
}

void sink_request_done(struct sink *s)
{
    if (--s->handles == 0 && s->closed)
        s->closed(s->closed_context);
}

static void call_room(struct sink *s)
{
    pthread_mutex_lock(&s->lock);
    bool call = s->refused && sink_has_room(s);
    if (call)
        s->refused = false;
    pthread_mutex_unlock(&s->lock);
    if (call && s->room)
        s->room(s->room_context);
}

void sink_unwatch(struct sink *s)
{
    if (!s->poll)
        return;
    uv_close((uv_handle_t *)s->poll, on_poll_closed);
    s->poll = NULL;
}

/* Closes everything; what is still queued is lost. */
static void finish(struct sink *s)
{
    if (s->state == SINK_CLOSED)
        return;
    s->kind->stop(s);
    sink_unwatch(s);
    pthread_mutex_lock(&s->lock);
    sink_drop_all(s, &s->counters.dropped_at_exit);
    if (s->fd > STDERR_FILENO)
        close(s->fd);
    s->fd = -1;
    s->state = SINK_CLOSED;
    pthread_mutex_unlock(&s->lock);
    uv_close((uv_handle_t *)&s->wake, on_handle_closed);
    uv_close((uv_handle_t *)&s->retry, on_handle_closed);
    uv_close((uv_handle_t *)&s->deadline, on_handle_closed);
}

/* Sends what waits; called on the loop while the transport is up. */
static void flush(struct sink *s)
{
    pthread_mutex_lock(&s->lock);
    int code = s->broken;
    if (!code && s->head)
        code = s->kind->write(s);
    s->waiting = code != 0;
    bool empty = !s->head;
    pthread_mutex_unlock(&s->lock);
    if (code && code != UV_EAGAIN)
        sink_down(s, code);
    else if (s->closing && empty)
        finish(s);
}

static void on_poll(uv_poll_t *poll, int status, int events);

/* Asks the loop for what the state needs. */
static void update_poll(struct sink *s)
{
    if (!s->poll)
        return;
    pthread_mutex_lock(&s->lock);
    bool up = s->state == SINK_UP;
    int events = (s->waiting || !up ? UV_WRITABLE : 0) | (up && s->kind->reads ? UV_READABLE : 0);
    pthread_mutex_unlock(&s->lock);
    if (events)
        uv_poll_start(s->poll, events, on_poll);
    else
        uv_poll_stop(s->poll);
}

/* What the peer says is not for us; its end is. Returns whether the transport is still there. */
static bool read_peer(struct sink *s)
{
    char nothing[4096];
    ssize_t n = recv(s->fd, nothing, sizeof(nothing), MSG_DONTWAIT);
    if (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
        return true;
    if (n == 0 && s->settings->protocol == FORWARD_UDP)
        return true; /* an empty datagram */
    sink_down(s, n == 0 ? UV_EOF : -errno);
    return false;
}

/* A status below 0 is an error of the descriptor, with polling stopped: the next call on it says
 * which. */
static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct sink *s = poll->data;
    if (status < 0)
        events = UV_READABLE | UV_WRITABLE;
    if (s->state == SINK_CONNECTING) {
        int code = 0;
        socklen_t len = sizeof(code);
        if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &code, &len) < 0)
            code = errno;
        if (code) {
            sink_socket_failed(s, -code);
        } else {
            s->kind->stop(s); /* the other addresses */
            sink_up(s, s->fd, true);
        }
        return;
    }
    if (events & UV_READABLE && s->kind->reads && !read_peer(s))
        return;
    if (events & UV_WRITABLE)
        flush(s);
    update_poll(s);
    call_room(s);
}

/* A worker could not write all: wait for writability, or see to the break. */
static void on_wake(uv_async_t *wake)
{
    struct sink *s = wake->data;
    pthread_mutex_lock(&s->lock);
    bool up = s->state == SINK_UP;
    int broken = up ? s->broken : 0;
    bool waiting = up && s->waiting;
    pthread_mutex_unlock(&s->lock);
    if (broken)
        sink_down(s, broken);
    else if (waiting && !s->poll)
        flush(s);
    else
        update_poll(s);
    call_room(s);
}

void sink_watch(struct sink *s, int fd)
{
    sink_unwatch(s);
    s->poll = malloc(sizeof(*s->poll));
    if (!s->poll || uv_poll_init(s->loop, s->poll, fd) < 0) {
        free(s->poll);
        s->poll = NULL;
        s->pollable = false; /* /dev/null and the like: they never say EAGAIN */
        return;
    }
    s->poll->data = s;
    s->handles++;
    update_poll(s);
}

/* Only now is it said: a receiver that accepts and closes would fill the log. */
static void on_steady(uv_timer_t *timer)
{
    struct sink *s = timer->data;
    log_say(LOG_NOTE, "output %s: works again", s->settings->name);
    s->failures = 0;
}

void sink_up(struct sink *s, int fd, bool pollable)
{
    uv_timer_stop(&s->retry);
    pthread_mutex_lock(&s->lock);
    s->fd = fd;
    s->pollable = pollable;
    s->state = SINK_UP;
    s->waiting = true; /* until the queue is empty, only the loop writes */
    s->broken = 0;
    s->counters.reconnects += s->ups++ > 0;
    pthread_mutex_unlock(&s->lock);
    if (s->failures)
        uv_timer_start(&s->retry, on_steady, STEADY_MS, 0);
    if (pollable && !s->poll)
        sink_watch(s, fd);
    flush(s);
    update_poll(s);
}

void sink_on_retry(uv_timer_t *timer)
{
    struct sink *s = timer->data;
    if (s->resolving) /* still, for settings that have changed since */
        uv_timer_start(timer, sink_on_retry, RESOLVING_MS, 0);
    else
        s->kind->start(s);
}

/* Between half the pause and all of it: receivers that come back are not met by all at once. */
static uint64_t pause_ms(struct sink *s)
{
    uint64_t pause =
        (uint64_t)(s->settings->reconnect_min_ms > 0 ? s->settings->reconnect_min_ms : 1);
    uint64_t most = (uint64_t)s->settings->reconnect_max_ms;
    for (unsigned i = 0; i < s->failures && pause < most; i++)
        pause *= 2;
    if (pause > most)
        pause = most > 0 ? most : 1;
    s->random ^= s->random << 13;
    s->random ^= s->random >> 7;
    s->random ^= s->random << 17;
    return pause / 2 + s->random % (pause / 2 + 1);
}

static void say_down(struct sink *s, int code, uint64_t pause)
{
    const struct forward_settings *to = s->settings;
    const char *why = code == UV_EOF ? "the receiver closed the connection" : uv_strerror(code);
    if (s->gone)
        log_say(LOG_WARNING, "output %s: %s", to->name, s->gone);
    else if (s->failures == 0)
        log_say(LOG_WARNING, "output %s: %s %s: %s; next attempt in %.1f s", to->name,
                s->kind->name, to->protocol == FORWARD_FILE ? to->path : to->host, why,
                (double)pause / 1000);
}

void sink_down(struct sink *s, int code)
{
    uv_timer_stop(&s->retry);
    sink_unwatch(s);
    pthread_mutex_lock(&s->lock);
    if (s->fd > STDERR_FILENO)
        close(s->fd);
    s->fd = -1;
    s->state = s->gone ? SINK_GONE : SINK_DOWN;
    s->waiting = false;
    s->broken = 0;
    s->counters.failures++;
    if (!s->kind->keeps_partial)
        sink_rewind(s);
    if (s->gone)
        sink_drop_all(s, &s->counters.dropped_refused);
    pthread_mutex_unlock(&s->lock);
    uint64_t pause = pause_ms(s);
    say_down(s, code, pause);
    s->failures++;
    if (!s->gone)
        uv_timer_start(&s->retry, sink_on_retry, pause, 0);
    else if (s->closing)
        finish(s);
    else if (s->room)
        s->room(s->room_context);
    call_room(s);
}

const struct sink_kind *sink_kind_of(enum forward_protocol protocol)
{
    const struct sink_kind *const *kind = sink_kinds;
    while ((*kind)->protocol != protocol)
        kind++;
    return *kind;
}

int sink_check(const struct forward_settings *settings, const char **error)
{
    const struct sink_kind *kind = sink_kind_of(settings->protocol);
    *error = "the file cannot be opened for writing";
    return kind->check ? kind->check(settings) : 0;
}

int sink_open(struct sink **out, uv_loop_t *loop, const struct forward_settings *settings,
              on_sink_room room, void *context, const char **error)
{
    struct sink *s = calloc(1, sizeof(*s));
    int code = sink_check(settings, error);
    *out = NULL;
    if (!s)
        *error = "no memory for the output";
    if (!s || code < 0) {
        free(s);
        return s ? code : UV_ENOMEM;
    }
    s->kind = sink_kind_of(settings->protocol);
    s->settings = settings;
    s->loop = loop;
    s->room = room;
    s->room_context = context;
    s->fd = -1;
    s->random = uv_hrtime() ^ (uint64_t)(uintptr_t)s ^ 1;
    s->wake.data = s->retry.data = s->deadline.data = s->resolve.data = s;
    code = uv_async_init(loop, &s->wake, on_wake);
    if (code < 0) {
        *error = "cannot make the output's wake-up";
        free(s);
        return code;
    }
    pthread_mutex_init(&s->lock, NULL);
    uv_timer_init(loop, &s->retry);
    uv_timer_init(loop, &s->deadline);
    s->handles = 3;
    s->kind->start(s);
    *out = s;
    return 0;
}

static void on_deadline(uv_timer_t *timer)
{
    finish(timer->data);
}

void sink_close(struct sink *s, int64_t flush_ms, void (*closed)(void *context), void *context)
{
    s->closing = true;
    s->closed = closed;
    s->closed_context = context;
    pthread_mutex_lock(&s->lock);
    bool empty = !s->head;
    pthread_mutex_unlock(&s->lock);
    if (empty || s->state == SINK_GONE)
        finish(s);
    else
        uv_timer_start(&s->deadline, on_deadline, (uint64_t)flush_ms, 0);
}

void sink_free(struct sink *s)
{
    if (!s)
        return;
    sink_free_batches(s);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

const char *sink_gone(struct sink *s)
{
    pthread_mutex_lock(&s->lock);
    const char *gone = s->state == SINK_GONE ? s->gone : NULL;
    pthread_mutex_unlock(&s->lock);
    return gone;
}
