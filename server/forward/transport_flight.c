/*
 * What a transport has been given: writing it, learning what is acknowledged, keeping what may be
 * unread, and what goes back to the queue when the connection ends.
 */
#include "server/forward/sink_kind.h"
#include "server/forward/sink_spool.h"
#include "server/forward/tcp_state.h"
#include "server/ops/log.h"

#define RETAIN_SHARE  2            /* one half of the queue, for all receivers together */
#define CONFIRM_BYTES (256 * 1024) /* written before the kernel is asked what is acknowledged */

static uint64_t retain_at_most(const struct transport *t)
{
    uint64_t most = t->settings->queue_size / RETAIN_SHARE / t->sink->transport_count;
    return most < t->settings->retain ? most : t->settings->retain;
}

/* How much behind the acknowledged point may be unread; see sink_kind.h. */
static uint64_t retain(const struct transport *t)
{
    if (!t->kind->retains)
        return 0;
    uint64_t most = retain_at_most(t);
    return t->window && t->window * 2 < most ? t->window * 2 : most;
}

static void release(struct transport *t)
{
    struct batch *done;
    while ((done = flight_release(&t->flight, retain(t))))
        sink_recycle(t->sink, done);
}

void transport_confirm(struct transport *t)
{
    uint64_t acked = t->kind->acked ? t->kind->acked(t) : t->flight.written;
    uint64_t gained = acked > t->flight.acked ? acked - t->flight.acked : 0;
    /* The window may have been larger since it was asked last, but never went beyond where it ends
     * now: receivers do not shrink what they have offered. */
    uint64_t offered = t->kind->retains ? tcp_state_window(t->fd) : 0;
    uint64_t window = t->kind->retains ? gained + offered : 0;
    uint32_t fresh = flight_acked(&t->flight, acked);
    t->asked = t->flight.written;
    if (window > t->window)
        t->window = window;
    if (offered > t->offered)
        t->offered = offered;
    t->sink->counters.forwarded += fresh;
    t->counters.forwarded += fresh;
    t->sink->counters.queued -= fresh;
    release(t);
    sink_spool_wake(t->sink);
}

char *transport_next(struct transport *t, size_t *len)
{
    char *bytes = flight_next(&t->flight, len);
    struct batch *batch = bytes || !t->chosen ? NULL : sink_take(t->sink);
    if (!batch)
        return bytes;
    struct batch *copied = flight_give(&t->flight, batch);
    if (copied)
        sink_recycle(t->sink, copied);
    return flight_next(&t->flight, len);
}

void transport_sent(struct transport *t, size_t bytes)
{
    struct sink *s = t->sink;
    flight_wrote(&t->flight, bytes);
    if (!t->kind->acked || (t->kind->retains && t->flight.written - t->asked >= CONFIRM_BYTES))
        transport_confirm(t);
    if (!t->kind->acked || s->confirming || flight_unacked(&t->flight) == 0)
        return;
    s->confirming = true;
    uv_async_send(&s->wake);
}

void transport_skip(struct transport *t, uint64_t *reason)
{
    flight_skip(&t->flight);
    t->sink->counters.queued--;
    ++*reason;
    release(t);
}

void transport_judge_window(struct transport *t)
{
    uint64_t most = retain_at_most(t);
    if (t->settings->retain == 0 || t->offered <= most || t->window_told)
        return;
    uint64_t enough = (t->offered * 2 >> 20) + 1;
    t->window_told = true;
    log_say(
        LOG_WARNING,
        "output %s: %s offers to take %llu KiB unread, but only %llu KiB are kept to be sent "
        "again; "
        "the rest is lost when it is killed: queue: {retain: %llu MiB, size: %llu MiB} keeps all",
        t->settings->name, t->host, (unsigned long long)t->offered / 1024,
        (unsigned long long)most / 1024, (unsigned long long)enough,
        (unsigned long long)enough * RETAIN_SHARE * t->sink->transport_count);
}

void transport_give_back(struct transport *t, int code)
{
    struct sink *s = t->sink;
    struct batch *released = NULL;
    uint64_t written;
    bool orderly = code == UV_EOF || code == UV_EPIPE;
    if (code == UV_EOF && t->state == TRANSPORT_UP)
        transport_confirm(t);
    sink_put_back(s, flight_return(&t->flight, orderly ? 0 : retain(t), &released, &written));
    s->counters.resent += written;
    t->counters.resent += written;
    while (released) {
        struct batch *next = released->next;
        sink_recycle(s, released);
        released = next;
    }
}
