/*
 * One sink takes the place of another: its settings have changed. What waits goes over in its order,
 * framed anew where the new way asks for that, and the counters with it.
 */
#include <stdlib.h>

#include "server/forward/framing.h"
#include "server/forward/sink_spool.h"
#include "server/ops/log.h"

/* A queue anew, with another framing. */
struct reframing {
    struct sink *sink;
    enum cef_framing from, to;
    struct batch *head, *tail;
};

/* With room for one more message of so many bytes; NULL: no memory. `counted` ones come first in a
 * batch. */
static struct batch *batch_for(struct reframing *r, size_t len, bool counted)
{
    struct batch *t = r->tail;
    if (t && t->len + len <= BATCH_BYTES && t->count < BATCH_MESSAGES &&
        (!counted || t->counted == t->count))
        return t;
    struct batch *batch = sink_batch(r->sink);
    if (!batch)
        return NULL;
    if (t)
        t->next = batch;
    else
        r->head = batch;
    return r->tail = batch;
}

static void reframe_message(struct reframing *r, struct slice framed, bool counted)
{
    struct slice message = framing_strip(r->from, framed);
    struct batch *batch = batch_for(r, message.len + FRAMING_EXTRA, counted);
    struct sink *s = r->sink;
    if (!batch) {
        s->counters.queued -= !counted;
        s->counters.dropped_too_long += !counted;
        return;
    }
    size_t len = framing_write(r->to, message, batch->bytes + batch->len);
    batch->len += len;
    batch->ends[batch->count++] = (uint32_t)batch->len;
    batch->counted += counted;
    s->queued_bytes += len;
}

static void reframe(struct sink *s, enum cef_framing from, enum cef_framing to)
{
    struct reframing r = {.sink = s, .from = from, .to = to};
    s->queued_bytes = 0;
    for (struct batch *batch = s->head, *next; batch; batch = next) {
        next = batch->next;
        for (uint32_t i = batch->begin; i < batch->count; i++) {
            size_t begin = batch_begin(batch, i);
            reframe_message(&r, slice_make(batch->bytes + begin, batch->ends[i] - begin),
                            i < batch->counted);
        }
        free(batch);
    }
    s->head = r.head;
    s->tail = r.tail;
}

bool sink_has_moved(struct sink *s)
{
    bool moved = false;
    pthread_mutex_lock(&s->lock);
    for (unsigned i = 0; s->kind->has_moved && i < s->transport_count; i++)
        moved |= s->kind->has_moved(&s->transports[i]);
    pthread_mutex_unlock(&s->lock);
    return moved;
}

/* The folder that both have: what was in it is found in it. */
static void hand_over_spool(struct sink *from, struct sink *to)
{
    char expected[SPOOL_ERROR_MAX];
    uint64_t queued = from->counters.queued;
    from->counters.queued = 0;
    from->counters.recovered -= queued;
    to->counters = from->counters;
    from->counters = (struct output_counters){0};
    if (sink_open_spool(to, expected) != 0)
        log_say(LOG_ERROR, "output %s: spool %s: expected %s; going on without it",
                to->settings->name, to->settings->spool.directory, expected);
}

void sink_hand_over(struct sink *from, struct sink *to)
{
    for (unsigned i = 0; i < from->transport_count; i++)
        transport_leave(&from->transports[i]);
    if (from->spool) {
        sink_spool_close(from);
        hand_over_spool(from, to);
        return;
    }
    pthread_mutex_lock(&to->lock); /* it may have a spool already, with messages of before */
    to->head = from->head;
    to->tail = from->tail;
    to->queued_bytes = from->queued_bytes;
    output_counters_add(&to->counters, &from->counters);
    pthread_mutex_unlock(&to->lock);
    from->head = from->tail = NULL;
    from->queued_bytes = 0;
    from->counters = (struct output_counters){0};
    if (framing_of(from->settings) != framing_of(to->settings))
        reframe(to, framing_of(from->settings), framing_of(to->settings));
}
