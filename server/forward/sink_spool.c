/* A sink's queue on disk as the others see it; sink_spool_thread.c is the work behind it. */
#include "server/forward/sink_spool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "server/forward/framing.h"
#include "server/ops/log.h"

void sink_spool_wake(struct sink *s)
{
    if (s->spool && s->spool->in_use)
        pthread_cond_signal(&s->spool->wake);
}

void sink_spool_released(struct sink *s)
{
    if (!s->spool)
        return;
    s->spool->released = true;
    pthread_cond_signal(&s->spool->wake);
}

/* From now on the disk is used. What waits in memory goes first; but what is to be sent again stays
 * there, and what is numbered is on disk already. */
static void begin_use(struct sink_spool *p)
{
    struct batch *batch, *kept = NULL, **end = &kept;
    p->in_use = true;
    while ((batch = sink_take(p->sink))) {
        if (batch->number || batch->counted > batch->begin) {
            *end = batch;
            end = &batch->next;
        } else {
            sink_spool_put(p, batch);
        }
    }
    sink_put_back(p->sink, kept);
}

void sink_spool_turn(struct sink *s)
{
    struct sink_spool *p = s->spool;
    if (!p)
        return;
    if (!p->in_use && !p->ending && (sink_away(s) || sink_waiting(s) > s->settings->queue_size / 4))
        begin_use(p);
    sink_spool_wake(s);
}

bool sink_spool_takes(struct sink *s, struct batch *batch)
{
    struct sink_spool *p = s->spool;
    if (!p || !p->in_use)
        return false;
    sink_spool_put(p, batch);
    pthread_cond_signal(&p->wake);
    return true;
}

static struct batch *take_newest(struct sink_spool *p)
{
    struct batch *newest = p->tail, *before = p->head;
    while (before != newest && before->next != newest)
        before = before->next;
    p->bytes -= newest->len;
    p->tail = before == newest ? NULL : before;
    if (p->tail)
        before->next = NULL;
    else
        p->head = NULL;
    return newest;
}

bool sink_spool_keep_size(struct sink *s)
{
    struct sink_spool *p = s->spool;
    enum when_full when_full = s->settings->spool.when_full;
    if (p->bytes <= sink_spool_incoming(s))
        return true;
    if (when_full == WHEN_FULL_BLOCK) {
        s->refused = true;
        return false;
    }
    while (p->bytes > sink_spool_incoming(s) && p->head != p->tail) {
        bool oldest = when_full == WHEN_FULL_DROP_OLDEST;
        struct batch *batch = oldest ? sink_spool_take(p) : take_newest(p);
        *(oldest ? &s->counters.dropped_oldest : &s->counters.dropped_queue_full) += batch->count;
        s->counters.queued -= batch->count;
        sink_recycle(s, batch);
    }
    return true;
}

bool sink_spool_has_room(const struct sink *s)
{
    return s->spool->bytes <= sink_spool_incoming(s) / 2;
}

bool sink_spool_is_empty(const struct sink *s)
{
    const struct sink_spool *p = s->spool;
    return !p->head && !p->busy && sink_spool_unread(p) == 0;
}

/* ---- opening and closing ---- */

static void on_said(void *context, const char *sentence)
{
    const struct forward_settings *settings = context;
    log_say(LOG_WARNING, "output %s: spool %s: %s", settings->name, settings->spool.directory,
            sentence);
}

static bool start_thread(struct sink_spool *p)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&p->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return pthread_create(&p->thread, NULL, sink_spool_run, p) == 0;
}

int sink_open_spool(struct sink *s, char error[SPOOL_ERROR_MAX])
{
    const struct forward_settings *settings = s->settings;
    if (!settings->has_spool)
        return 0;
    struct spool_plan plan = {.directory = settings->spool.directory,
                              .size = settings->spool.size,
                              .framing = (uint8_t)framing_of(settings),
                              .say = on_said,
                              .context = (void *)settings};
    struct sink_spool *p = calloc(1, sizeof(*p));
    snprintf(error, SPOOL_ERROR_MAX, "less: no memory is left");
    int code = p ? spool_open(&p->disk, &plan, error) : -ENOMEM;
    if (code < 0) {
        free(p);
        return code;
    }
    p->sink = s;
    p->is = spool_state(p->disk);
    p->in_use = sink_spool_always(s) || p->is.recovered > 0;
    p->sync_at = p->write_at = p->read_at = SINK_SPOOL_NEVER;
    if (p->is.recovered)
        log_say(LOG_NOTE, "output %s: spool %s: %llu messages of before are sent first",
                settings->name, settings->spool.directory, (unsigned long long)p->is.recovered);
    pthread_mutex_lock(&s->lock);
    s->counters.recovered += p->is.recovered;
    s->counters.queued += p->is.recovered;
    s->counters.spool_bytes = p->is.bytes;
    s->spool = p;
    bool started = start_thread(p);
    if (!started)
        s->spool = NULL;
    pthread_mutex_unlock(&s->lock);
    if (started)
        return 0;
    pthread_cond_destroy(&p->wake);
    spool_close(p->disk);
    free(p);
    return -EAGAIN;
}

void sink_spool_close(struct sink *s)
{
    struct sink_spool *p = s->spool;
    struct batch *released = NULL;
    uint64_t written;
    pthread_mutex_lock(&s->lock);
    for (struct transport *t = s->transports; t < s->transports + s->transport_count; t++) {
        if (t->state == TRANSPORT_UP)
            transport_confirm(t);
        sink_put_back(s, flight_return(&t->flight, 0, &released, &written));
    }
    while (released) {
        struct batch *next = released->next;
        sink_recycle(s, released);
        released = next;
    }
    p->ending = true;
    pthread_cond_signal(&p->wake);
    pthread_mutex_unlock(&s->lock);
    pthread_join(p->thread, NULL);
    spool_close(p->disk);
    pthread_cond_destroy(&p->wake);
    s->spool = NULL;
    free(p);
}
