/*
 * A worker: a thread with its own loop, listening sockets, pipeline, batches and counters. What the
 * workers share: the rules (read-only), the detection state (locks by itself), the sinks.
 */
#pragma once

#include <stdatomic.h>

#include "server/forward/sink.h"
#include "server/ops/state.h"
#include "server/rules.h"

struct worker;

struct worker_plan {
    const struct rules *rules;
    struct detection *detection;
    struct state *state;               /* that is told of alerts; NULL: none is kept */
    struct dead_letters *dead_letters; /* NULL: no file of them */
    struct sink **sinks;               /* in the order of settings->forward */
    atomic_uint *connections;          /* open TCP connections, all workers together */
    int *fds; /* one listening socket for each of settings->listen; the worker's from now on */
};

/* Starts the thread. NULL: no memory or no thread; the sockets are closed then. */
struct worker *worker_start(const struct worker_plan *plan);

/* From any thread: a sink that may have made the worker stop reading has room again. */
void worker_room(struct worker *w);

/* From any thread: adds what it has counted, at most one turn of its loop ago. */
void worker_count(struct worker *w, struct counters *total);

/* Asks it to take what the kernel still holds, hand over its batches and end. */
void worker_stop(struct worker *w);

/* Waits for its end and frees it; *total gets its last counts. */
void worker_join(struct worker *w, struct counters *total);

void counters_add(struct counters *total, const struct counters *more);
