/*
 * One worker's thread. Batches leave when they are full, at once after a pause, and otherwise every
 * FLUSH_MS: an idle line is not delayed, a busy one not sent in crumbs.
 */
#include "server/worker.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "server/forward/outputs.h"

#define FLUSH_MS 5
#define TIDY_MS  500 /* how often drops that no datagram told of are asked for */

enum request { REQUEST_NONE, REQUEST_PREPARE, REQUEST_COMMIT, REQUEST_ABANDON };

/* What the settings decide, ready to be put in force. */
struct preparation {
    const struct worker_plan *plan; /* NULL: nothing is prepared */
    struct outputs outputs;
    struct connections *connections; /* NULL: they stay */
    struct listeners listeners;
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
    struct listeners listeners;
    struct preparation next;
    uint64_t flushed_ms; /* loop time */
    bool refused;        /* an output asked to stop */
    bool held;           /* between prepare and commit */
    bool stopping;
    atomic_bool stop, room; /* set by others, taken by the worker */
    _Atomic enum request request;
    const struct worker_plan *_Atomic asked; /* of REQUEST_PREPARE */
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

/* Reads, or does not. */
static void update_reading(struct worker *w)
{
    bool paused = w->refused || w->held;
    if (paused == w->ingest.paused)
        return;
    w->ingest.paused = paused;
    if (paused)
        listeners_pause(&w->listeners);
    else
        listeners_resume(&w->listeners);
}

/* An output is full. Called while messages are being handled: what is in hand is finished first. */
static void on_refused(void *context)
{
    struct worker *w = context;
    w->refused = true;
    update_reading(w);
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
    outputs_tick(&w->outputs, ingest_now_ms());
    listeners_tidy(&w->listeners, w->ingest.paused);
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

/* ---- another plan ---- */

static void abandon(struct worker *w)
{
    listeners_abandon(&w->next.listeners);
    outputs_close(&w->next.outputs);
    connections_free(w->next.connections);
    w->next = (struct preparation){0};
    w->held = false;
    update_reading(w);
}

static void on_alerts(void *context)
{
    state_note(context);
}

static void close_sockets(const struct worker_plan *plan)
{
    for (size_t i = 0; i < plan->rules->settings->listen_count; i++)
        if (plan->listeners[i].from == LISTENER_NEW)
            close(plan->listeners[i].fd);
}

/* The listeners last: until they are there, the sockets are this function's to close. */
static int prepare(struct worker *w, const struct worker_plan *plan)
{
    const struct settings *settings = plan->rules->settings;
    struct preparation *next = &w->next;
    next->plan = plan;
    int code = outputs_init(&next->outputs, plan->rules, plan->sinks, on_refused, w);
    next->outputs.dead_letters = plan->dead_letters;
    next->outputs.on_alerts = on_alerts;
    next->outputs.alerts_context = plan->state;
    if (w->plan.rules->settings->connection_memory != settings->connection_memory) {
        next->connections = connections_new(settings->connection_memory);
        if (!next->connections)
            code = UV_ENOMEM;
    }
    if (code == 0)
        return listeners_prepare(&w->listeners, &next->listeners, &w->ingest, plan->listeners,
                                 plan->rules);
    close_sockets(plan);
    return code;
}

static void commit(struct worker *w)
{
    struct preparation *next = &w->next;
    w->plan = *next->plan;
    outputs_replace(&w->outputs, &next->outputs);
    w->refused = !outputs_room(&w->outputs);
    pipeline_change(&w->pipeline, w->plan.rules, w->plan.detection, next->connections);
    ingest_change(&w->ingest, w->plan.rules);
    listeners_commit(&w->listeners, &next->listeners, w->plan.rules);
    *next = (struct preparation){0};
    w->held = false;
    w->ingest.paused = true; /* new listeners are */
    update_reading(w);
    listeners_tidy(&w->listeners, w->ingest.paused);
}

static void take_request(struct worker *w)
{
    enum request request = atomic_exchange(&w->request, REQUEST_NONE);
    if (request == REQUEST_NONE)
        return;
    const struct worker_plan *plan = request == REQUEST_PREPARE ? w->asked : w->next.plan;
    bool ok = true;
    if (request == REQUEST_PREPARE) {
        w->held = true;
        update_reading(w);
        outputs_end(&w->outputs);
        ok = prepare(w, plan) == 0;
    }
    if (request == REQUEST_COMMIT)
        commit(w);
    else if (request == REQUEST_ABANDON || !ok)
        abandon(w);
    publish(w);
    plan->answer(plan->context, ok);
}

static void ask(struct worker *w, enum request request)
{
    atomic_store(&w->request, request);
    uv_async_send(&w->wake);
}

void worker_prepare(struct worker *w, const struct worker_plan *plan)
{
    atomic_store(&w->asked, plan);
    ask(w, REQUEST_PREPARE);
}

void worker_commit(struct worker *w)
{
    ask(w, REQUEST_COMMIT);
}

void worker_abandon(struct worker *w)
{
    ask(w, REQUEST_ABANDON);
}

/* ---- life ---- */

static void stop_now(struct worker *w)
{
    w->stopping = true;
    if (w->next.plan)
        abandon(w);
    listeners_close(&w->listeners);
    outputs_end(&w->outputs);
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
    if (atomic_exchange(&w->room, false)) {
        w->refused = !outputs_room(&w->outputs);
        update_reading(w);
    }
    take_request(w);
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

static void free_worker(struct worker *w)
{
    uv_loop_close(&w->loop);
    pipeline_close(&w->pipeline);
    outputs_close(&w->outputs);
    ingest_close(&w->ingest);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

static int init(struct worker *w, const struct worker_plan *plan)
{
    struct pipeline_output output = outputs_callbacks(&w->outputs);
    int code = pipeline_init(&w->pipeline, plan->rules, plan->detection, &output);
    if (code == 0)
        code = ingest_init(&w->ingest, &w->loop, &w->pipeline, plan->rules, plan->connections);
    return code;
}

/* Everything is closed again when this fails. */
static int init_handles(struct worker *w)
{
    int code = uv_async_init(&w->loop, &w->wake, on_wake);
    if (code < 0)
        return code;
    uv_prepare_init(&w->loop, &w->before_sleep);
    uv_timer_init(&w->loop, &w->flush);
    uv_timer_init(&w->loop, &w->tidy);
    w->wake.data = w->before_sleep.data = w->flush.data = w->tidy.data = w;
    uv_prepare_start(&w->before_sleep, on_before_sleep);
    uv_timer_start(&w->tidy, on_tidy, TIDY_MS, TIDY_MS);
    return 0;
}

struct worker *worker_start(const struct worker_plan *plan)
{
    struct worker *w = calloc(1, sizeof(*w));
    if (w && uv_loop_init(&w->loop) < 0) {
        free(w);
        w = NULL;
    }
    if (!w) {
        close_sockets(plan);
        return NULL;
    }
    w->plan = *plan;
    pthread_mutex_init(&w->lock, NULL);
    if (init(w, plan) < 0 || init_handles(w) < 0) {
        close_sockets(plan);
        free_worker(w);
        return NULL;
    }
    int code = prepare(w, plan);
    if (code == 0)
        commit(w);
    if (code < 0 || pthread_create(&w->thread, NULL, run, w) != 0) {
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
