/*
 * One worker's thread. Batches leave when they are full, at once after a pause, and otherwise every
 * FLUSH_MS: an idle line is not delayed, a busy one not sent in crumbs.
 */
#include "server/worker.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "server/forward/outputs.h"
#include "server/ingest/ingest.h"

#define FLUSH_MS 5
#define TIDY_MS  500 /* how often drops that no datagram told of are asked for */

struct listener {
    enum listen_protocol protocol;
    struct udp *udp;
    struct tcp *tcp;
};

struct worker {
    struct worker_plan plan;
    pthread_t thread;
    uv_loop_t loop;
    uv_async_t wake;
    uv_prepare_t before_sleep;
    uv_timer_t flush, tidy;
    struct pipeline pipeline;
    struct outputs outputs;
    struct ingest ingest;
    struct listener *listeners;
    size_t listener_count;
    uint64_t flushed_ms; /* loop time */
    bool stopping;
    atomic_bool stop;
    atomic_bool room; /* set by others, taken by the worker */
    pthread_mutex_t lock;
    struct counters published; /* under the lock */
};

void counters_add(struct counters *total, const struct counters *more)
{
#define COUNTER(name, meaning) total->name += more->name;
#include "server/counters.h"
#undef COUNTER
}

static void publish(struct worker *w)
{
    w->pipeline.counters.frames_empty = w->ingest.framing.empty;
    w->pipeline.counters.frames_unfinished = w->ingest.framing.unfinished;
    pthread_mutex_lock(&w->lock);
    w->published = w->pipeline.counters;
    pthread_mutex_unlock(&w->lock);
}

/* An output is full. Called while messages are being handled: what is in hand is finished first. */
static void on_refused(void *context)
{
    struct worker *w = context;
    if (w->ingest.paused)
        return;
    w->ingest.paused = true;
    for (struct listener *l = w->listeners; l < w->listeners + w->listener_count; l++) {
        if (l->udp)
            udp_pause(l->udp);
        if (l->tcp)
            tcp_pause(l->tcp);
    }
}

static void resume(struct worker *w)
{
    if (!w->ingest.paused)
        return;
    w->ingest.paused = false;
    for (struct listener *l = w->listeners; l < w->listeners + w->listener_count; l++) {
        if (l->udp)
            udp_resume(l->udp);
        if (l->tcp)
            tcp_resume(l->tcp);
    }
}

static void flush(struct worker *w)
{
    outputs_flush(&w->outputs);
    w->flushed_ms = uv_now(&w->loop);
}

static void on_flush(uv_timer_t *timer)
{
    flush(timer->data);
}

static void on_tidy(uv_timer_t *timer)
{
    struct worker *w = timer->data;
    for (struct listener *l = w->listeners; l < w->listeners + w->listener_count; l++)
        if (l->udp)
            udp_count_drops(l->udp);
}

/* The last thing before the loop sleeps. */
static void on_before_sleep(uv_prepare_t *prepare)
{
    struct worker *w = prepare->data;
    if (w->outputs.pending) {
        uint64_t age = uv_now(&w->loop) - w->flushed_ms;
        if (age >= FLUSH_MS)
            flush(w);
        else if (!uv_is_active((uv_handle_t *)&w->flush))
            uv_timer_start(&w->flush, on_flush, FLUSH_MS - age, 0);
    }
    publish(w);
}

static void stop_now(struct worker *w)
{
    w->stopping = true;
    for (struct listener *l = w->listeners; l < w->listeners + w->listener_count; l++) {
        if (l->udp) {
            udp_drain(l->udp);
            udp_close(l->udp);
        }
        if (l->tcp) {
            tcp_drain(l->tcp);
            tcp_close(l->tcp);
        }
        l->udp = NULL;
        l->tcp = NULL;
    }
    outputs_flush(&w->outputs);
    uv_close((uv_handle_t *)&w->wake, NULL);
    uv_close((uv_handle_t *)&w->before_sleep, NULL);
    uv_close((uv_handle_t *)&w->flush, NULL);
    uv_close((uv_handle_t *)&w->tidy, NULL);
}

static void on_wake(uv_async_t *wake)
{
    struct worker *w = wake->data;
    if (w->stopping)
        return;
    if (atomic_exchange(&w->room, false) && outputs_room(&w->outputs))
        resume(w);
    if (atomic_load(&w->stop))
        stop_now(w);
}

static void *run(void *context)
{
    struct worker *w = context;
    uv_run(&w->loop, UV_RUN_DEFAULT);
    publish(w);
    return NULL;
}

/* Takes over the sockets: all are closed with the worker, or here when one cannot be used. */
static int start_listeners(struct worker *w)
{
    const struct settings *settings = w->plan.rules->settings;
    int code = 0;
    for (size_t i = 0; i < settings->listen_count; i++) {
        struct listener *l = &w->listeners[i];
        if (code < 0)
            close(w->plan.fds[i]);
        else if (settings->listen[i].protocol == LISTEN_UDP)
            code = udp_start(&l->udp, &w->ingest, w->plan.fds[i]);
        else
            code = tcp_start(&l->tcp, &w->ingest, w->plan.fds[i]);
    }
    w->listener_count = settings->listen_count;
    return code;
}

static void free_worker(struct worker *w)
{
    uv_loop_close(&w->loop);
    pipeline_close(&w->pipeline);
    outputs_close(&w->outputs);
    ingest_close(&w->ingest);
    pthread_mutex_destroy(&w->lock);
    free(w->listeners);
    free(w);
}

static void on_alerts(void *context)
{
    state_note(context);
}

static int init(struct worker *w)
{
    const struct rules *rules = w->plan.rules;
    int code = outputs_init(&w->outputs, rules, w->plan.sinks, on_refused, w);
    struct pipeline_output output = outputs_callbacks(&w->outputs);
    w->outputs.dead_letters = w->plan.dead_letters;
    w->outputs.on_alerts = on_alerts;
    w->outputs.alerts_context = w->plan.state;
    w->listeners = calloc(rules->settings->listen_count + 1, sizeof(*w->listeners));
    if (code == 0 && !w->listeners)
        code = UV_ENOMEM;
    if (code == 0)
        code = pipeline_init(&w->pipeline, rules, w->plan.detection, &output);
    if (code == 0)
        code = ingest_init(&w->ingest, &w->loop, &w->pipeline, rules, w->plan.connections);
    return code;
}

static void init_handles(struct worker *w)
{
    uv_prepare_init(&w->loop, &w->before_sleep);
    uv_timer_init(&w->loop, &w->flush);
    uv_timer_init(&w->loop, &w->tidy);
    w->wake.data = w->before_sleep.data = w->flush.data = w->tidy.data = w;
    uv_prepare_start(&w->before_sleep, on_before_sleep);
    uv_timer_start(&w->tidy, on_tidy, TIDY_MS, TIDY_MS);
}

struct worker *worker_start(const struct worker_plan *plan)
{
    struct worker *w = calloc(1, sizeof(*w));
    if (w && uv_loop_init(&w->loop) < 0) {
        free(w);
        w = NULL;
    }
    if (!w) {
        for (size_t i = 0; i < plan->rules->settings->listen_count; i++)
            close(plan->fds[i]);
        return NULL;
    }
    w->plan = *plan;
    pthread_mutex_init(&w->lock, NULL);
    int code = init(w);
    if (code < 0 || uv_async_init(&w->loop, &w->wake, on_wake) < 0) {
        for (size_t i = 0; i < plan->rules->settings->listen_count; i++)
            close(plan->fds[i]);
        free_worker(w);
        return NULL;
    }
    init_handles(w);
    if (start_listeners(w) < 0 || pthread_create(&w->thread, NULL, run, w) != 0) {
        stop_now(w);
        uv_run(&w->loop, UV_RUN_DEFAULT);
        free_worker(w);
        return NULL;
    }
    return w;
}

void worker_room(struct worker *w)
{
    atomic_store(&w->room, true);
    uv_async_send(&w->wake);
}

void worker_count(struct worker *w, struct counters *total)
{
    pthread_mutex_lock(&w->lock);
    counters_add(total, &w->published);
    pthread_mutex_unlock(&w->lock);
}

void worker_stop(struct worker *w)
{
    atomic_store(&w->stop, true);
    uv_async_send(&w->wake);
}

void worker_join(struct worker *w, struct counters *total)
{
    pthread_join(w->thread, NULL);
    worker_count(w, total);
    free_worker(w);
}
