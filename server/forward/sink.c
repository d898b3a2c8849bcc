/* A sink's life on the main loop: opening, what workers wake it for, asking what is acknowledged,
 * closing. */
#include "server/forward/sink.h"

#include <stdlib.h>

#include "server/forward/sink_kind.h"
#include "server/forward/sink_spool.h"
#include "server/tls/context.h"

#define CONFIRM_MS 20

static void on_handle_closed(uv_handle_t *handle)
{
    sink_request_done(handle->data);
}

void sink_request_done(struct sink *s)
{
    if (--s->handles == 0 && s->on_closed)
        s->on_closed(s->closed_context);
}

void sink_call_room(struct sink *s)
{
    pthread_mutex_lock(&s->lock);
    bool call = s->refused && sink_has_room(s);
    if (call)
        s->refused = false;
    pthread_mutex_unlock(&s->lock);
    if (call && s->room)
        s->room(s->room_context);
}

/* Closes everything; what is still queued is lost when there is no spool. */
static void finish(struct sink *s)
{
    if (s->closed)
        return;
    pthread_mutex_lock(&s->lock);
    s->closed = true;
    if (!s->spool)
        sink_drop_all(s, &s->counters.dropped_at_exit);
    pthread_mutex_unlock(&s->lock);
    if (s->spool)
        sink_spool_close(s);
    for (unsigned i = 0; i < s->transport_count; i++)
        transport_close(&s->transports[i]);
    uv_close((uv_handle_t *)&s->wake, on_handle_closed);
    uv_close((uv_handle_t *)&s->confirm, on_handle_closed);
    uv_close((uv_handle_t *)&s->deadline, on_handle_closed);
}

void sink_end_if_done(struct sink *s)
{
    if (!s->closing)
        return;
    pthread_mutex_lock(&s->lock);
    bool done = s->gone || sink_is_empty(s) || (s->spool && !sink_takes(s));
    pthread_mutex_unlock(&s->lock);
    if (done)
        finish(s);
}

/* A receiver that takes and does not answer; where the kernel answers, it sees to that itself. */
static bool is_silent(struct transport *t, uint64_t now_ms)
{
    if (t->answered != t->flight.acked || flight_unacked(&t->flight) == 0) {
        t->answered = t->flight.acked;
        t->answered_ms = now_ms;
    }
    return !t->kind->retains && now_ms - t->answered_ms > (uint64_t)t->settings->answer_timeout_ms;
}

static void on_confirm(uv_timer_t *timer)
{
    struct sink *s = timer->data;
    struct transport *silent = NULL;
    bool again = false;
    pthread_mutex_lock(&s->lock);
    for (struct transport *t = s->transports; t < s->transports + s->transport_count; t++) {
        if (t->state != TRANSPORT_UP || !t->kind->acked)
            continue;
        transport_confirm(t);
        transport_judge_window(t);
        again |= flight_unacked(&t->flight) > 0;
        if (is_silent(t, uv_now(s->loop)))
            silent = t;
    }
    s->confirming = again;
    pthread_mutex_unlock(&s->lock);
    if (again)
        uv_timer_start(timer, on_confirm, CONFIRM_MS, 0);
    if (silent)
        transport_down(silent, UV_ETIMEDOUT);
    sink_end_if_done(s);
    sink_call_room(s);
}

static void start_confirming(struct sink *s)
{
    for (unsigned i = 0; i < s->transport_count; i++)
        s->transports[i].answered_ms = uv_now(s->loop);
    uv_timer_start(&s->confirm, on_confirm, CONFIRM_MS, 0);
}

/* A worker could not write all, or what it wrote is to be confirmed. */
static void on_wake(uv_async_t *wake)
{
    struct sink *s = wake->data;
    pthread_mutex_lock(&s->lock);
    bool confirm = s->confirming;
    pthread_mutex_unlock(&s->lock);
    if (confirm && !uv_is_active((uv_handle_t *)&s->confirm))
        start_confirming(s);
    for (unsigned i = 0; i < s->transport_count; i++)
        transport_tend(&s->transports[i]);
    sink_call_room(s);
}

static const struct sink_kind *kind_of(enum forward_protocol protocol)
{
    const struct sink_kind *const *kind = sink_kinds;
    while ((*kind)->protocol != protocol)
        kind++;
    return *kind;
}

const char *sink_name(enum forward_protocol protocol)
{
    return kind_of(protocol)->name;
}

static void free_sink(struct sink *s)
{
    if (s) {
        tls_context_free(s->tls);
        free(s->transports);
    }
    free(s);
}

int sink_new(struct sink **out, uv_loop_t *loop, const struct forward_settings *settings,
             on_sink_room room, void *context, const char **error)
{
    struct sink *s = calloc(1, sizeof(*s));
    const struct sink_kind *kind = kind_of(settings->protocol);
    int code = kind->check ? kind->check(settings) : 0;
    *out = NULL;
    *error = "the file cannot be opened for writing";
    if (s)
        s->transport_count = settings->receiver_count ? (unsigned)settings->receiver_count : 1;
    if (s)
        s->transports = calloc(s->transport_count, sizeof(*s->transports));
    if (!s || !s->transports) {
        *error = "no memory for the output";
        code = UV_ENOMEM;
    }
    if (code < 0) {
        free_sink(s);
        return code;
    }
    s->kind = kind;
    s->settings = settings;
    s->loop = loop;
    s->room = room;
    s->room_context = context;
    s->wake.data = s->confirm.data = s->deadline.data = s;
    code = uv_async_init(loop, &s->wake, on_wake);
    if (code < 0) {
        *error = "cannot make the output's wake-up";
        free_sink(s);
        return code;
    }
    pthread_mutex_init(&s->lock, NULL);
    uv_timer_init(loop, &s->confirm);
    uv_timer_init(loop, &s->deadline);
    s->handles = 3;
    for (unsigned i = 0; i < s->transport_count; i++)
        transport_init(&s->transports[i], s);
    *out = s;
    return 0;
}

void sink_use_tls(struct sink *s, struct tls_context *context)
{
    tls_context_free(s->tls);
    s->tls = tls_context_share(context);
}

void sink_start(struct sink *s)
{
    s->starting = true;
    sink_share(s);
}

int sink_open(struct sink **out, uv_loop_t *loop, const struct forward_settings *settings,
              on_sink_room room, void *context, const char **error)
{
    int code = sink_new(out, loop, settings, room, context, error);
    if (code == 0)
        sink_start(*out);
    return code;
}

static void on_deadline(uv_timer_t *timer)
{
    finish(timer->data);
}

void sink_close(struct sink *s, int64_t flush_ms, void (*closed)(void *context), void *context)
{
    s->closing = true;
    s->on_closed = closed;
    s->closed_context = context;
    uv_timer_start(&s->deadline, on_deadline, (uint64_t)flush_ms, 0);
    sink_end_if_done(s);
}

void sink_free(struct sink *s)
{
    if (!s)
        return;
    sink_free_batches(s);
    pthread_mutex_destroy(&s->lock);
    free_sink(s);
}

const char *sink_gone(struct sink *s)
{
    pthread_mutex_lock(&s->lock);
    const char *gone = s->gone;
    pthread_mutex_unlock(&s->lock);
    return gone;
}
