/*
 * A worker: a thread with its own loop, listening sockets, pipeline, batches and counters. What the
 * workers share: the rules (read-only), the detection state (locks by itself), the sinks.
 */
#pragma once

#include <stdatomic.h>

#include "server/forward/sink.h"
#include "server/ingest/listeners.h"
#include "server/ops/state.h"
#include "server/rules.h"

struct worker;

/* What it works by. What is pointed at stays the caller's until another plan is in force. */
struct worker_plan {
    const struct rules *rules;
    struct detection *detection;
    struct state *state;                   /* that is told of alerts; NULL: none is kept */
    struct dead_letters *dead_letters;     /* NULL: no file of them */
    struct sink **sinks;                   /* in the order of settings->forward */
    atomic_uint *connections;              /* open TCP connections, all workers together */
    const struct listener_plan *listeners; /* in the order of settings->listen */
    void (*answer)(void *context,
                   bool ok); /* to prepare, commit, abandon; on the worker's thread */
    void *context;
};

/* Starts the thread. NULL: no memory or no thread; the sockets are closed then. */
struct worker *worker_start(const struct worker_plan *plan);

/*
 * Another plan, in two steps; each is answered. worker_prepare: it finishes what is in its hands, hands
 * over its batches, stops reading and gets ready everything that can fail; not ok: it works on as
 * before, nothing is open that was not, and the plan's new sockets are closed. worker_commit, which
 * cannot fail, or worker_abandon ends the waiting.
 */
void worker_prepare(struct worker *w, const struct worker_plan *plan);
void worker_commit(struct worker *w);
void worker_abandon(struct worker *w);

/* From any thread: a sink that may have made the worker stop reading has room again. */
void worker_room(struct worker *w);

/* From any thread: adds what it has counted, at most one turn of its loop ago. */
void worker_count(struct worker *w, struct counters *total);

/* Asks it to take what the kernel still holds, hand over its batches and end. */
void worker_stop(struct worker *w);

/* Waits for its end and frees it; *total gets its last counts. */
void worker_join(struct worker *w, struct counters *total);

void counters_add(struct counters *total, const struct counters *more);
