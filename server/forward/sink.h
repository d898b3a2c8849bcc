/*
 * An output: takes whole batches from any worker, never blocks, says when it is full.
 *
 * Life: sink_open on the main loop; sink_push from any thread; sink_close on the main loop after
 * the last push. Each kind is one row of sinks.c. Messages leave in the order in which batches were
 * pushed; forwarded, queued and dropped are counted by message, so that for each sink
 * offered = forwarded + queued + dropped at every moment.
 */
#pragma once

#include <uv.h>

#include "config/settings.h"
#include "server/forward/batch.h"
#include "server/forward/spool.h"

struct output_counters {
#define OUTPUT_COUNTER(name, meaning) uint64_t name;
#include "server/counters.h"
#undef OUTPUT_COUNTER
};

void output_counters_add(struct output_counters *total, const struct output_counters *more);

/* Of one receiver of an output. */
struct receiver_counters {
#define RECEIVER_COUNTER(name, meaning) uint64_t name;
#include "server/counters.h"
#undef RECEIVER_COUNTER
};

struct sink;

/* "file", "udp", ... */
const char *sink_name(enum forward_protocol protocol);

/* Called on the main loop's thread when a sink that refused a batch has room again. */
typedef void (*on_sink_room)(void *context);

/* 0 or a negative libuv code; *error then points at a sentence that says what was tried. */
int sink_open(struct sink **sink, uv_loop_t *loop, const struct forward_settings *settings,
              on_sink_room room, void *context, const char **error);

/* The same in two steps: it only waits until it is started. */
int sink_new(struct sink **sink, uv_loop_t *loop, const struct forward_settings *settings,
             on_sink_room room, void *context, const char **error);
void sink_start(struct sink *sink);

/* Whether a new one by the same settings would write to something else: a file that was rotated. */
bool sink_has_moved(struct sink *sink);

/*
 * Gives the output its spool, when settings->has_spool; on the main loop, before the first push. What
 * is in it leaves first. 0, or a negative libuv code: `error` says what spool.directory should be.
 */
int sink_open_spool(struct sink *sink, char error[SPOOL_ERROR_MAX]);

/*
 * `to`, not started yet, takes the place of `from`: connections of that one end in order, and all that
 * it has not got rid of, and its counters, are the other's. What the receiver had not yet acknowledged
 * is sent again, the new way. With a spool, which must be in the same folder, the other opens it then.
 * On the main loop, while nothing is pushed.
 */
void sink_hand_over(struct sink *from, struct sink *to);

/* Connections to come use it; it is shared. On the main loop, of sinks of protocol tls. */
struct tls_context;
void sink_use_tls(struct sink *sink, struct tls_context *context);

/* An empty batch, from the sink's pool; NULL only when there is no memory at all. Any thread. */
struct batch *sink_batch(struct sink *sink);

/*
 * Hands a batch over; it is the sink's from then on, sent, kept or dropped and counted. Returns
 * false when the caller should stop reading until `room` is called: the batch is taken all the same.
 */
bool sink_push(struct sink *sink, struct batch *batch);

/* Whether a sink that refused a batch has room again; if not, `room` will be called. Any thread. */
bool sink_room(struct sink *sink);

/* Adds what a worker has counted for it by itself: what did not come to a batch. Any thread. */
void sink_count(struct sink *sink, const struct output_counters *more);

struct output_counters sink_counters(struct sink *sink);

/* The receivers of an output, which are in the order of its settings. Any thread. */
unsigned sink_receiver_count(const struct sink *sink);
struct receiver_counters sink_receiver_counters(struct sink *sink, unsigned receiver);

/* Sends what is queued for at most `flush_ms`, then closes; what is left is dropped_at_exit.
 * `closed` is called on the loop. The sink is freed by sink_free, after the loop has run. */
void sink_close(struct sink *sink, int64_t flush_ms, void (*closed)(void *context), void *context);
void sink_free(struct sink *sink);

/* Why it takes nothing ever again (standard output was closed), else NULL. `room` is called then. */
const char *sink_gone(struct sink *sink);
