/*
 * The thread between a sink and its spool: it writes what came in, reads what may be sent, tells the
 * disk what is delivered, syncs. Each step is called with the sink's lock and gives it away for the
 * time that the disk takes; only this thread calls the spool.
 */
#include "server/forward/sink_spool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "server/ops/log.h"

#define SYNC_MS  100  /* what is written is safe from a power cut within so long */
#define RETRY_MS 1000 /* after a failure, and while the spool is full */

#define NEVER SINK_SPOOL_NEVER

static uint64_t now_ms(void)
{
    return uv_hrtime() / 1000000;
}

/* ---- what is to be written ---- */

void sink_spool_put(struct sink_spool *p, struct batch *batch)
{
    /* What is dropped is dropped by the batch: each is a small part of all. */
    bool small = p->tail && p->tail->len + batch->len <= sink_spool_incoming(p->sink) / 4;
    batch->next = NULL;
    p->bytes += batch->len;
    if (small && batch_join(p->tail, batch)) {
        sink_recycle(p->sink, batch);
        return;
    }
    if (p->tail)
        p->tail->next = batch;
    else
        p->head = batch;
    p->tail = batch;
}

struct batch *sink_spool_take(struct sink_spool *p)
{
    struct batch *batch = p->head;
    if (!batch)
        return NULL;
    p->head = batch->next;
    if (!p->head)
        p->tail = NULL;
    batch->next = NULL;
    p->bytes -= batch->len;
    return batch;
}

static void put_back(struct sink_spool *p, struct batch *batch)
{
    batch->next = p->head;
    p->head = batch;
    if (!p->tail)
        p->tail = batch;
    p->bytes += batch->len;
}

/* ---- the lock ---- */

static void unlock(struct sink_spool *p)
{
    pthread_mutex_unlock(&p->sink->lock);
}

/* Takes over what the disk has come to. */
static void relock(struct sink_spool *p)
{
    struct sink *s = p->sink;
    struct spool_state is = spool_state(p->disk);
    pthread_mutex_lock(&s->lock);
    s->counters.set_aside += is.set_aside - p->is.set_aside;
    s->counters.queued -= is.set_aside - p->is.set_aside;
    s->counters.spooled += is.next - p->is.next;
    s->counters.spool_bytes = is.bytes;
    p->is = is;
}

static void say_failed(struct sink_spool *p, int code)
{
    const struct spool_settings *to = &p->sink->settings->spool;
    p->sink->counters.spool_failures++;
    if (!p->failing)
        log_say(LOG_WARNING, "output %s: spool %s: cannot be written: %s; %s",
                p->sink->settings->name, to->directory, strerror(-code),
                to->when_full == WHEN_FULL_BLOCK ? "senders wait when the memory is full"
                                                 : "what the memory cannot hold is dropped");
    p->failing = true;
}

static void say_full(struct sink_spool *p)
{
    static const char *const then[] = {
        [WHEN_FULL_BLOCK] = "senders wait",
        [WHEN_FULL_DROP_NEWEST] = "the newest messages are dropped",
        [WHEN_FULL_DROP_OLDEST] = "the oldest messages are dropped",
    };
    const struct forward_settings *to = p->sink->settings;
    if (!p->full)
        log_say(LOG_WARNING, "output %s: spool %s is full: %s", to->name, to->spool.directory,
                then[to->spool.when_full]);
    p->full = true;
}

static void say_works(struct sink_spool *p)
{
    if (p->failing)
        log_say(LOG_NOTE, "output %s: spool %s: can be written again", p->sink->settings->name,
                p->sink->settings->spool.directory);
    p->failing = false;
    if (p->full && p->is.bytes < p->sink->settings->spool.size / 4 * 3)
        p->full = false;
}

/* Messages that need not be sent are not written. */
static void trim(struct batch *batch)
{
    size_t gone = batch_begin(batch, batch->begin);
    batch->counted = 0;
    if (!gone)
        return;
    memmove(batch->bytes, batch->bytes + gone, batch->len - gone);
    for (uint32_t i = batch->begin; i < batch->count; i++)
        batch->ends[i - batch->begin] = batch->ends[i] - (uint32_t)gone;
    batch->len -= gone;
    batch->count -= batch->begin;
    batch->begin = 0;
}

/* Without the lock. */
static int append(struct sink_spool *p, const struct batch *batch, bool pack, uint64_t *dropped)
{
    bool drops = p->sink->settings->spool.when_full == WHEN_FULL_DROP_OLDEST;
    uint64_t n = 1;
    int code = spool_append(p->disk, batch, pack);
    while (drops && (code == SPOOL_FULL || code == -ENOSPC || code == -EDQUOT) && n) {
        n = spool_drop_oldest(p->disk);
        *dropped += n;
        code = spool_append(p->disk, batch, pack);
    }
    return code;
}

/* Whether a batch may go on in memory: nothing older than `number` waits on disk. */
static bool may_pass(const struct sink_spool *p, uint64_t number)
{
    const struct sink *s = p->sink;
    return p->is.read == number && sink_takes(s) && sink_waiting(s) <= sink_spool_ahead(s);
}

/* `number` 0: it is not on disk. */
static void pass_on(struct sink_spool *p, struct batch *batch, uint64_t number)
{
    batch->number = number;
    if (number)
        spool_skip(p->disk, number + batch->count);
    p->is = spool_state(p->disk);
    sink_enqueue(p->sink, batch);
    sink_distribute(p->sink);
}

static int write_batch(struct sink_spool *p, struct batch *batch)
{
    struct sink *s = p->sink;
    uint64_t dropped = 0;
    bool stays = !may_pass(p, p->is.next);
    p->busy = true;
    unlock(p);
    trim(batch);
    int code = append(p, batch, stays, &dropped);
    relock(p);
    p->busy = false;
    s->counters.dropped_oldest += dropped;
    s->counters.queued -= dropped;
    if (code == SPOOL_FULL || dropped)
        say_full(p);
    if (code < 0)
        say_failed(p, code);
    if (code == 0)
        say_works(p);
    p->write_at = code ? now_ms() + RETRY_MS : NEVER;
    if (code == 0 && p->sync_at == NEVER)
        p->sync_at = now_ms() + SYNC_MS;
    return code;
}

/* Writes the first of what came in; while that cannot be, sends it on if possible. Whether there was
 * something to do. */
static bool store(struct sink_spool *p)
{
    struct sink *s = p->sink;
    bool writes = p->write_at == NEVER || now_ms() >= p->write_at;
    if (!p->head || (!writes && !may_pass(p, p->is.next)))
        return false;
    struct batch *batch = sink_spool_take(p);
    uint64_t number = p->is.next;
    bool written = writes && write_batch(p, batch) == 0;
    if (may_pass(p, number))
        pass_on(p, batch, written ? number : 0);
    else if (written)
        sink_recycle(s, batch);
    else
        put_back(p, batch);
    if (s->refused && sink_spool_has_room(s))
        uv_async_send(&s->wake);
    return true;
}

/* Brings what is on disk into memory, as far as there is room. */
static bool load(struct sink_spool *p)
{
    struct sink *s = p->sink;
    uint64_t first = 0;
    int code = 0;
    if (sink_spool_unread(p) == 0 || !sink_takes(s) || sink_waiting(s) > sink_spool_ahead(s) ||
        (p->read_at != NEVER && now_ms() < p->read_at))
        return false;
    p->busy = true;
    unlock(p);
    struct batch *batch = sink_batch(s);
    uint32_t count = batch ? spool_read(p->disk, batch, &first, &code) : 0;
    relock(p);
    p->busy = false;
    if (count) {
        batch->number = first;
        sink_enqueue(s, batch);
        sink_distribute(s);
    } else if (batch) {
        sink_recycle(s, batch);
    }
    p->read_at = code < 0 || !batch ? now_ms() + RETRY_MS : NEVER;
    return p->read_at == NEVER;
}

static uint64_t lowest_of(const struct batch *list, uint64_t lowest)
{
    for (; list; list = list->next)
        if (list->number && list->number + list->begin < lowest)
            lowest = list->number + list->begin;
    return lowest;
}

static uint64_t lowest(const struct sink_spool *p)
{
    const struct sink *s = p->sink;
    uint64_t number = lowest_of(s->head, p->is.read);
    for (unsigned i = 0; i < s->transport_count; i++)
        number = lowest_of(s->transports[i].flight.first, number);
    return number;
}

/* What has been delivered need not be kept. */
static bool acknowledge(struct sink_spool *p)
{
    uint64_t number = p->released ? lowest(p) : p->is.acknowledged;
    p->released = false;
    if (number <= p->is.acknowledged)
        return false;
    unlock(p);
    int code = spool_acknowledge(p->disk, number);
    if (!p->in_use)
        spool_trim(p->disk);
    relock(p);
    if (code < 0)
        say_failed(p, code);
    if (p->full)
        p->write_at = NEVER; /* there may be room now */
    return true;
}

static bool synchronize(struct sink_spool *p)
{
    if (now_ms() < p->sync_at)
        return false;
    unlock(p);
    int code = spool_sync(p->disk);
    relock(p);
    p->sync_at = NEVER;
    if (code < 0)
        say_failed(p, code);
    return true;
}

static void end_use_if_done(struct sink_spool *p)
{
    struct sink *s = p->sink;
    if (p->in_use && !sink_spool_always(s) && !p->head && sink_spool_unread(p) == 0 &&
        sink_takes(s) && sink_waiting(s) <= sink_spool_ahead(s) / 2)
        p->in_use = false;
}

static void rest(struct sink_spool *p)
{
    uint64_t until = p->sync_at;
    until = p->head && p->write_at < until ? p->write_at : until;
    until = sink_spool_unread(p) && p->read_at < until ? p->read_at : until;
    if (until == NEVER) {
        pthread_cond_wait(&p->wake, &p->sink->lock);
        return;
    }
    struct timespec at = {.tv_sec = (time_t)(until / 1000),
                          .tv_nsec = (long)(until % 1000) * 1000000};
    pthread_cond_timedwait(&p->wake, &p->sink->lock, &at);
}

/* The end: what is only in memory is written, a little beyond the size if need be. */
static void store_rest(struct sink_spool *p)
{
    struct sink *s = p->sink;
    struct batch *batch, *numbered = NULL;
    uint64_t number = lowest(p);
    spool_set_size(p->disk, s->settings->spool.size + s->settings->queue_size);
    while ((batch = sink_take(s)) || (batch = sink_spool_take(p))) {
        uint32_t counted = batch->counted > batch->begin ? batch->counted - batch->begin : 0;
        trim(batch);
        int code = batch->number ? 0 : spool_append(p->disk, batch, true);
        if (code < 0)
            say_failed(p, code);
        if (code) {
            s->counters.dropped_at_exit += batch->count - counted;
            s->counters.queued -= batch->count - counted;
        }
        batch->next = numbered;
        numbered = batch;
    }
    while ((batch = numbered)) {
        numbered = batch->next;
        free(batch);
    }
    spool_acknowledge(p->disk, number);
    int code = spool_sync(p->disk);
    if (code < 0)
        say_failed(p, code);
}

void *sink_spool_run(void *context)
{
    struct sink_spool *p = context;
    pthread_mutex_lock(&p->sink->lock);
    while (!p->ending) {
        bool did = store(p);
        did |= load(p);
        did |= acknowledge(p);
        did |= synchronize(p);
        end_use_if_done(p);
        if (!did && !p->ending)
            rest(p);
    }
    store_rest(p);
    p->is = spool_state(p->disk);
    p->sink->counters.spool_bytes = p->is.bytes;
    pthread_mutex_unlock(&p->sink->lock);
    return NULL;
}
