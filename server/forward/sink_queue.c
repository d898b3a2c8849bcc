/*
 * The queue between the workers and one transport: batches in the order they were pushed, the front
 * one perhaps partly sent. Small batches are joined, so that a quiet night with the receiver away
 * does not cost a whole batch for each message.
 */
#include "server/forward/sink_kind.h"

#include <stdlib.h>
#include <string.h>

#define POOL_MAX 16 /* empty batches kept for the next; more are freed */

struct batch *sink_batch(struct sink *s)
{
    pthread_mutex_lock(&s->lock);
    struct batch *batch = s->pool;
    if (batch) {
        s->pool = batch->next;
        s->pooled--;
    }
    pthread_mutex_unlock(&s->lock);
    if (!batch)
        batch = malloc(sizeof(*batch));
    if (batch) {
        batch->next = NULL;
        batch->len = 0;
        batch->count = batch->events = batch->alerts = 0;
    }
    return batch;
}

static void recycle(struct sink *s, struct batch *batch)
{
    if (s->pooled >= POOL_MAX) {
        free(batch);
        return;
    }
    batch->next = s->pool;
    s->pool = batch;
    s->pooled++;
}

void sink_free_batches(struct sink *s)
{
    while (s->pool) {
        struct batch *batch = s->pool;
        s->pool = batch->next;
        free(batch);
    }
}

static void enqueue(struct sink *s, struct batch *batch)
{
    struct batch *t = s->tail;
    s->queued_bytes += batch->len;
    s->counters.queued += batch->count;
    if (t && t->len + batch->len <= BATCH_BYTES && t->count + batch->count <= BATCH_MESSAGES) {
        memcpy(t->bytes + t->len, batch->bytes, batch->len);
        for (uint32_t i = 0; i < batch->count; i++)
            t->ends[t->count + i] = (uint32_t)t->len + batch->ends[i];
        t->len += batch->len;
        t->count += batch->count;
        recycle(s, batch);
        return;
    }
    if (t)
        t->next = batch;
    else
        s->head = batch;
    s->tail = batch;
}

/* Takes the head out when all of it is done. */
static void finish_head(struct sink *s)
{
    struct batch *head = s->head;
    if (!head || s->head_done < head->count)
        return;
    s->head = head->next;
    if (!s->head)
        s->tail = NULL;
    s->head_off = 0;
    s->head_done = 0;
    recycle(s, head);
}

void sink_sent(struct sink *s, size_t bytes)
{
    struct batch *head = s->head;
    s->head_off += bytes;
    s->queued_bytes -= bytes;
    while (s->head_done < head->count && head->ends[s->head_done] <= s->head_off) {
        s->head_done++;
        s->counters.forwarded++;
        s->counters.queued--;
    }
    finish_head(s);
}

void sink_skip(struct sink *s, uint64_t *reason)
{
    s->queued_bytes -= s->head->ends[s->head_done] - s->head_off;
    s->head_off = s->head->ends[s->head_done++];
    s->counters.queued--;
    ++*reason;
    finish_head(s);
}

void sink_rewind(struct sink *s)
{
    if (!s->head)
        return;
    s->queued_bytes += s->head_off - sink_front(s);
    s->head_off = sink_front(s);
}

void sink_drop_all(struct sink *s, uint64_t *reason)
{
    while (s->head)
        sink_skip(s, reason);
}

static void remove_tail(struct sink *s)
{
    struct batch *t = s->tail, *before = s->head;
    while (before->next != t)
        before = before->next;
    before->next = NULL;
    s->tail = before;
    recycle(s, t);
}

/* Drops the newest messages until the queue keeps its size; never one that is partly sent. */
static void drop_newest(struct sink *s)
{
    while (s->tail && s->queued_bytes > s->settings->queue_size) {
        struct batch *t = s->tail;
        uint32_t kept = t == s->head ? s->head_done + (s->head_off > sink_front(s)) : 0;
        if (t->count == kept)
            return; /* only in the head: another tail is removed below when it is empty */
        size_t begin = t->count > 1 ? t->ends[t->count - 2] : 0;
        s->queued_bytes -= t->len - begin;
        t->len = begin;
        t->count--;
        s->counters.queued--;
        s->counters.dropped_queue_full++;
        if (t == s->head)
            finish_head(s);
        else if (t->count == 0)
            remove_tail(s);
    }
}

bool sink_has_room(const struct sink *s)
{
    return s->state != SINK_UP || s->broken || s->queued_bytes <= s->settings->queue_size / 2;
}

/* Writes what waits, from the calling thread. The main loop is woken for what is left to do. */
static void write_now(struct sink *s)
{
    int code = s->kind->write(s);
    if (code == 0)
        return;
    s->waiting = true;
    if (code != UV_EAGAIN)
        s->broken = code;
    uv_async_send(&s->wake);
}

bool sink_push(struct sink *s, struct batch *batch)
{
    bool go_on = true;
    pthread_mutex_lock(&s->lock);
    s->counters.offered_events += batch->events;
    s->counters.offered_alerts += batch->alerts;
    if (batch->count == 0 || s->state == SINK_GONE || s->state == SINK_CLOSED) {
        if (s->state == SINK_CLOSED)
            s->counters.dropped_at_exit += batch->count;
        else
            s->counters.dropped_refused += batch->count;
        recycle(s, batch);
        pthread_mutex_unlock(&s->lock);
        return true;
    }
    enqueue(s, batch);
    if (s->state == SINK_UP && !s->waiting)
        write_now(s);
    if (s->queued_bytes > s->settings->queue_size) {
        if (s->state == SINK_UP && !s->broken && s->settings->when_full == WHEN_FULL_BLOCK) {
            s->refused = true;
            go_on = false;
        } else {
            drop_newest(s);
        }
    }
    pthread_mutex_unlock(&s->lock);
    return go_on;
}

bool sink_room(struct sink *s)
{
    pthread_mutex_lock(&s->lock);
    bool room = sink_has_room(s);
    s->refused |= !room;
    pthread_mutex_unlock(&s->lock);
    return room;
}

void sink_count(struct sink *s, const struct output_counters *more)
{
    pthread_mutex_lock(&s->lock);
#define OUTPUT_COUNTER(name, meaning) s->counters.name += more->name;
#include "server/counters.h"
#undef OUTPUT_COUNTER
    pthread_mutex_unlock(&s->lock);
}

struct output_counters sink_counters(struct sink *s)
{
    pthread_mutex_lock(&s->lock);
    struct output_counters counters = s->counters;
    pthread_mutex_unlock(&s->lock);
    return counters;
}
