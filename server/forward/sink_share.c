/*
 * Several receivers of one output: which of them are connected, and which take batches.
 *
 * balance: all, and each batch goes to the one that has least to acknowledge. failover: the first
 * that works. One behind it is connected only when all before it have failed, and stays connected
 * then until it fails itself; one before it takes over again when it has worked for a while, so that
 * a receiver that comes and goes is not waited for.
 *
 * What a receiver had not acknowledged when it failed goes to the others, by way of the queue's
 * front: whole messages, in their order. Between receivers there is no order.
 */
#include "server/forward/sink_kind.h"
#include "server/forward/sink_spool.h"

bool sink_needs(const struct transport *t)
{
    if (t->settings->share == SHARE_BALANCE)
        return true;
    for (const struct transport *before = t->sink->transports; before < t; before++)
        if (before->failures == 0)
            return false;
    return true;
}

/* Of failover, with the lock held. The one that is chosen remains it until a steady one is there. */
static struct transport *first_that_works(struct sink *s)
{
    struct transport *found = NULL;
    for (struct transport *t = s->transports; t < s->transports + s->transport_count; t++) {
        if (t->state != TRANSPORT_UP || t->broken)
            continue;
        if (t->failures == 0)
            return t;
        if (!found || t->chosen)
            found = t;
    }
    return found;
}

void sink_share(struct sink *s)
{
    struct transport *end = s->transports + s->transport_count;
    pthread_mutex_lock(&s->lock);
    struct transport *first = first_that_works(s);
    for (struct transport *t = s->transports; t < end; t++)
        t->chosen = s->settings->share == SHARE_BALANCE || t == first;
    sink_spool_turn(s);
    pthread_mutex_unlock(&s->lock);
    for (struct transport *t = s->transports; t < end && !s->closed; t++) {
        if (!t->resting || !sink_needs(t))
            continue;
        t->resting = false;
        t->kind->start(t);
    }
}
