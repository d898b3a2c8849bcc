/*
 * A sink's queue on disk, between what workers push and the queue in memory. One thread of its own
 * does all that may wait for the disk.
 *
 *     pushed ──▶ incoming ──▶ disk ──▶ queue in memory ──▶ flights ──▶ receiver
 *         └──── while the disk is not in use ────▶┘
 *
 * While the disk is in use, everything that is pushed goes through it, in order. What was just written
 * stays in memory too when nothing older waits on disk and the queue is short, so that a receiver
 * that keeps up never causes a read. Batches that are on disk know their first message's number; what
 * is before the lowest number in memory, retained batches included, is acknowledged to the disk.
 *
 * `disk: always` has it in use always; `when-needed` from when no receiver is there, or a quarter
 * of the queue's size waits, until nothing is left on disk that is not in memory.
 *
 * Calls with the lock held, but for those that say otherwise.
 */
#pragma once

#include "server/forward/sink_kind.h"
#include "server/forward/spool.h"

#define SINK_SPOOL_NEVER UINT64_MAX

struct sink_spool {
    struct sink *sink;
    struct spool *disk; /* the thread's */
    pthread_t thread;

    /* Under the sink's lock. */
    pthread_cond_t wake;
    struct batch *head, *tail; /* to be written, in order */
    size_t bytes;
    struct spool_state is; /* of the disk, when it was last left */
    bool in_use;
    bool busy;     /* the thread has a batch in its hands */
    bool released; /* what was on disk left the memory */
    bool ending;

    /* The thread's: when to do what, in milliseconds of uv_hrtime; or NEVER. */
    uint64_t sync_at, write_at, read_at;
    bool failing, full; /* it has been said */
};

/* Whether a pushed batch goes to disk; it is the spool's then. */
bool sink_spool_takes(struct sink *s, struct batch *batch);

/* After a push. Whether the caller may go on. */
bool sink_spool_keep_size(struct sink *s);
bool sink_spool_has_room(const struct sink *s);
bool sink_spool_is_empty(const struct sink *s);

/* Something is acknowledged, a transport came or went: there may be something to do. */
void sink_spool_wake(struct sink *s);
void sink_spool_turn(struct sink *s);
void sink_spool_released(struct sink *s); /* a batch that is on disk has left the memory */

/* On the main loop, without the lock, when nothing is pushed any more: what is not acknowledged goes
 * to disk, the thread ends. What is queued then is on disk. */
void sink_spool_close(struct sink *s);

/* sink_spool_thread.c: the thread; what it writes next. */
void *sink_spool_run(void *context);
void sink_spool_put(struct sink_spool *p, struct batch *batch);
struct batch *sink_spool_take(struct sink_spool *p);

/* Parts of the queue's memory: what may be retained, half of it, wait to be sent while there is more on
 * disk, and wait to be written come to its size together. */
static inline size_t sink_spool_ahead(const struct sink *s)
{
    return s->settings->queue_size / 8;
}

static inline size_t sink_spool_incoming(const struct sink *s)
{
    return s->settings->queue_size / 8 * 3;
}

static inline uint64_t sink_spool_unread(const struct sink_spool *p)
{
    return p->is.next - p->is.read;
}

static inline bool sink_spool_always(const struct sink *s)
{
    return s->settings->spool.use == SPOOL_ALWAYS;
}
