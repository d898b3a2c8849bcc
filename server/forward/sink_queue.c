/*
 * The queue between the workers and the transports: batches in the order they were pushed, before
 * them what a broken connection has given back. Small batches are joined, so that a quiet night with
 * the receiver away does not cost a whole batch for each message.
 */
#include "server/forward/sink_kind.h"

#include <stdlib.h>

#include "parsers/pages.h"
#include "server/forward/sink_spool.h"

#define POOL_MAX 8 /* empty batches kept for the next; more are freed */
#define BUSY     (BATCH_FULL / 4)

struct batch *sink_batch(struct sink *s)
{
    pthread_mutex_lock(&s->lock);
    struct batch *batch = s->pool;
    if (batch) {
        s->pool = batch->next;
        s->pooled--;
    }
    size_t filled = s->filled;
    pthread_mutex_unlock(&s->lock);
    if (!batch && (batch = malloc(sizeof(*batch))) && filled >= BUSY)
        pages_take(batch, offsetof(struct batch, bytes) + filled);
    if (batch) {
        batch->next = NULL;
        batch->len = 0;
        batch->count = batch->events = batch->alerts = 0;
        batch->begin = batch->counted = 0;
        batch->number = 0;
    }
    return batch;
}

void sink_recycle(struct sink *s, struct batch *batch)
{
    if (batch->number)
        sink_spool_released(s);
    if (s->pooled >= POOL_MAX) {
        free(batch);
        return;
    }
    batch->next = s->pool;
    s->pool = batch;
    s->pooled++;
}

static void free_list(struct batch *list)
{
    while (list) {
        struct batch *next = list->next;
        free(list);
        list = next;
    }
}

void sink_free_batches(struct sink *s)
{
    free_list(s->pool);
    s->pool = NULL;
    s->pooled = 0;
}

void sink_enqueue(struct sink *s, struct batch *batch)
{
    s->queued_bytes += batch_left(batch);
    if (s->tail && batch_join(s->tail, batch)) {
        sink_recycle(s, batch);
        return;
    }
    if (s->tail)
        s->tail->next = batch;
    else
        s->head = batch;
    s->tail = batch;
}

struct batch *sink_take(struct sink *s)
{
    struct batch *batch = s->head;
    if (!batch)
        return NULL;
    s->head = batch->next;
    if (!s->head)
        s->tail = NULL;
    batch->next = NULL;
    s->queued_bytes -= batch_left(batch);
    return batch;
}

void sink_put_back(struct sink *s, struct batch *list)
{
    struct batch *last = NULL;
    for (struct batch *b = list; b; b = b->next) {
        s->queued_bytes += batch_left(b);
        last = b;
    }
    if (!last)
        return;
    last->next = s->head;
    s->head = list;
    if (!s->tail)
        s->tail = last;
}

void sink_drop_all(struct sink *s, uint64_t *reason)
{
    *reason += s->counters.queued;
    s->counters.queued = 0;
    free_list(s->head);
    s->head = s->tail = NULL;
    s->queued_bytes = 0;
    for (struct transport *t = s->transports; t < s->transports + s->transport_count; t++) {
        free_list(t->flight.first);
        t->flight = (struct flight){0};
    }
}

static void remove_tail(struct sink *s)
{
    struct batch *t = s->tail, *before = s->head;
    while (before != t && before->next != t)
        before = before->next;
    if (before == t) {
        s->head = s->tail = NULL;
    } else {
        before->next = NULL;
        s->tail = before;
    }
    sink_recycle(s, t);
}

/* What is waiting, unacknowledged and retained. */
static size_t held_bytes(const struct sink *s)
{
    size_t held = s->queued_bytes;
    for (unsigned i = 0; i < s->transport_count; i++)
        held += flight_held(&s->transports[i].flight);
    return held;
}

/* Drops the newest messages until the queue keeps its size; never one that may have been sent. */
static void drop_newest(struct sink *s, size_t held)
{
    while (s->tail && held > s->settings->queue_size) {
        struct batch *t = s->tail;
        uint32_t kept = t->begin > t->counted ? t->begin : t->counted;
        if (t->count > kept) {
            size_t begin = batch_begin(t, t->count - 1), dropped = t->len - begin;
            s->queued_bytes -= dropped;
            held -= dropped;
            t->len = begin;
            t->count--;
            s->counters.queued--;
            s->counters.dropped_queue_full++;
        }
        if (t->count > t->begin && t->count <= kept)
            return; /* forwarded once, and to be sent again: there is nothing newer */
        if (t->count == t->begin)
            remove_tail(s);
    }
}

static bool takes(const struct transport *t)
{
    return t->state == TRANSPORT_UP && t->chosen && !t->broken;
}

bool sink_takes(const struct sink *s)
{
    for (unsigned i = 0; i < s->transport_count; i++)
        if (takes(&s->transports[i]))
            return true;
    return false;
}

bool sink_away(const struct sink *s)
{
    return !s->starting && !sink_takes(s);
}

bool sink_is_empty(const struct sink *s)
{
    bool empty = !s->head;
    for (unsigned i = 0; i < s->transport_count; i++)
        empty &= flight_unacked(&s->transports[i].flight) == 0;
    return empty && (!s->spool || sink_spool_is_empty(s));
}

size_t sink_waiting(const struct sink *s)
{
    size_t bytes = s->queued_bytes;
    for (unsigned i = 0; i < s->transport_count; i++)
        bytes += flight_unacked(&s->transports[i].flight);
    return bytes;
}

bool sink_has_room(const struct sink *s)
{
    if (s->spool)
        return sink_spool_has_room(s);
    /* Well below what blocks, which is half of it when all that may be is retained. */
    return sink_away(s) || sink_waiting(s) <= s->settings->queue_size / 4;
}

/* The transport that is written to from here: of those that take all at once, the one with least to
 * acknowledge. NULL: the main loop has to go on first. */
static struct transport *pick(struct sink *s)
{
    struct transport *least = NULL;
    for (struct transport *t = s->transports; t < s->transports + s->transport_count; t++)
        if (takes(t) && !t->waiting &&
            (!least || flight_unacked(&t->flight) < flight_unacked(&least->flight)))
            least = t;
    return least;
}

void sink_distribute(struct sink *s)
{
    struct transport *t;
    while (s->head && (t = pick(s))) {
        int code = t->kind->write(t);
        if (code == 0)
            continue;
        t->waiting = code; /* the main loop is woken for what is left to do */
        if (code != UV_EAGAIN && code != UV_EBUSY)
            t->broken = code;
        uv_async_send(&s->wake);
    }
    sink_spool_turn(s);
}

/* Holds the queue to its size. Returns whether the caller may go on. */
static bool keep_size(struct sink *s)
{
    if (s->spool)
        return sink_spool_keep_size(s);
    size_t held = held_bytes(s);
    if (held <= s->settings->queue_size)
        return true;
    if (!sink_away(s) && s->settings->when_full == WHEN_FULL_BLOCK) {
        s->refused = true;
        return false;
    }
    drop_newest(s, held);
    return true;
}

bool sink_push(struct sink *s, struct batch *batch)
{
    bool go_on = true;
    pthread_mutex_lock(&s->lock);
    s->counters.offered_events += batch->events;
    s->counters.offered_alerts += batch->alerts;
    s->filled = batch->len;
    if (batch->count == 0 || s->gone || s->closed) {
        uint64_t *reason = s->closed ? &s->counters.dropped_at_exit : &s->counters.dropped_refused;
        *reason += batch->count;
        sink_recycle(s, batch);
    } else {
        s->counters.queued += batch->count;
        if (!sink_spool_takes(s, batch)) {
            sink_enqueue(s, batch);
            sink_distribute(s);
        }
        go_on = keep_size(s);
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

void output_counters_add(struct output_counters *total, const struct output_counters *more)
{
#define OUTPUT_COUNTER(name, meaning) total->name += more->name;
#include "server/counters.h"
#undef OUTPUT_COUNTER
}

struct output_counters sink_counters(struct sink *s)
{
    pthread_mutex_lock(&s->lock);
    struct output_counters counters = s->counters;
    pthread_mutex_unlock(&s->lock);
    return counters;
}

unsigned sink_receiver_count(const struct sink *s)
{
    return s->transport_count;
}

struct receiver_counters sink_receiver_counters(struct sink *s, unsigned receiver)
{
    struct transport *t = &s->transports[receiver];
    pthread_mutex_lock(&s->lock);
    struct receiver_counters counters = t->counters;
    counters.connected = t->state == TRANSPORT_UP;
    counters.unacknowledged = flight_unacked(&t->flight);
    pthread_mutex_unlock(&s->lock);
    return counters;
}
