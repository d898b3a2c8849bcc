/*
 * An output whose settings have changed, in place: what waits goes on waiting in its order and leaves
 * by the new way; a message that was only partly written is written again whole.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/forward/framing.h"
#include "server/forward/sink_kind.h"

/* The queue anew, with another framing. */
struct reframing {
    struct sink *sink;
    enum cef_framing from, to;
    struct batch *head, *tail;
};

/* With room for one more message of so many bytes; NULL: no memory. */
static struct batch *batch_for(struct reframing *r, size_t len)
{
    struct batch *t = r->tail;
    if (t && t->len + len <= BATCH_BYTES && t->count < BATCH_MESSAGES)
        return t;
    struct batch *batch = malloc(sizeof(*batch));
    if (!batch)
        return NULL;
    batch->next = NULL;
    batch->len = 0;
    batch->count = batch->events = batch->alerts = 0;
    if (t)
        t->next = batch;
    else
        r->head = batch;
    return r->tail = batch;
}

static void reframe_message(struct reframing *r, struct slice framed)
{
    struct slice message = framing_strip(r->from, framed);
    struct batch *batch = batch_for(r, message.len + FRAMING_EXTRA);
    struct sink *s = r->sink;
    if (!batch) {
        s->counters.queued--;
        s->counters.dropped_too_long++;
        return;
    }
    size_t len = framing_write(r->to, message, batch->bytes + batch->len);
    batch->len += len;
    batch->ends[batch->count++] = (uint32_t)batch->len;
    s->queued_bytes += len;
}

static void reframe(struct sink *s, enum cef_framing from, enum cef_framing to)
{
    struct reframing r = {.sink = s, .from = from, .to = to};
    s->queued_bytes = 0;
    for (struct batch *batch = s->head, *next; batch; batch = next) {
        next = batch->next;
        for (uint32_t i = batch == s->head ? s->head_done : 0; i < batch->count; i++) {
            uint32_t begin = i ? batch->ends[i - 1] : 0;
            reframe_message(&r, slice_make(batch->bytes + begin, batch->ends[i] - begin));
        }
        if (batch != s->head)
            free(batch);
    }
    free(s->head);
    s->head = r.head;
    s->tail = r.tail;
    s->head_off = 0;
    s->head_done = 0;
}

/* The rest of a message belongs into the file that its beginning is in. */
static bool same_file(const struct forward_settings *a, const struct forward_settings *b)
{
    return a->protocol == FORWARD_FILE && b->protocol == FORWARD_FILE &&
           strcmp(a->path, b->path) == 0 && a->framing == b->framing;
}

void sink_change(struct sink *s, const struct forward_settings *settings)
{
    const struct forward_settings *before = s->settings;
    uv_timer_stop(&s->retry);
    s->kind->stop(s);
    sink_unwatch(s);
    pthread_mutex_lock(&s->lock);
    if (s->fd > STDERR_FILENO)
        close(s->fd);
    s->fd = -1;
    s->state = SINK_DOWN;
    s->waiting = false;
    s->broken = 0;
    s->gone = NULL;
    if (!same_file(before, settings))
        sink_rewind(s);
    s->settings = settings;
    s->kind = sink_kind_of(settings->protocol);
    if (framing_of(before) != framing_of(settings))
        reframe(s, framing_of(before), framing_of(settings));
    pthread_mutex_unlock(&s->lock);
    s->failures = 0;
    uv_timer_start(&s->retry, sink_on_retry, 0, 0);
}
