/*
 * What the kinds of sink share. A kind is one file that ends in its description and has a row in
 * sinks.c; sink.c is its life on the main loop, sink_queue.c the queue that the threads fill.
 *
 * Workers write to the transport themselves while nothing waits; whatever it does not take at once
 * waits in the queue, and the main loop sends it when the transport is writable again.
 */
#pragma once

#include <pthread.h>

#include "server/forward/sink.h"

enum sink_state {
    SINK_DOWN,       /* waits for the next attempt */
    SINK_CONNECTING, /* attempt under way */
    SINK_UP,
    SINK_GONE, /* for good: standard output was closed */
    SINK_CLOSED,
};

struct sink_kind {
    enum forward_protocol protocol;
    const char *name;
    /* At the start, NULL: nothing to look at. 0, or why this output can never work. */
    int (*check)(const struct forward_settings *settings);
    /* Begins to connect; ends, now or later, in sink_up or sink_down. */
    void (*start)(struct sink *s);
    /* Ends what start has left under way. */
    void (*stop)(struct sink *s);
    /*
     * With the lock held, on any thread: gives the queue's front to the transport and says so with
     * sink_sent. 0: all is sent; UV_EAGAIN: go on when it is writable; anything else: it broke.
     */
    int (*write)(struct sink *s);
    bool reads;         /* the peer's end, or its refusal, is noticed by reading */
    bool keeps_partial; /* after a break the rest of a message is written, not all of it again */
};

extern const struct sink_kind *const sink_kinds[];
const struct sink_kind *sink_kind_of(enum forward_protocol protocol);

struct sink {
    const struct sink_kind *kind;
    const struct forward_settings *settings;

    /* The main loop's. */
    uv_loop_t *loop;
    on_sink_room room;
    void *room_context;
    uv_async_t wake;
    uv_timer_t retry;    /* the next attempt, the end of one that takes too long, steadiness */
    uv_timer_t deadline; /* of closing */
    uv_poll_t *poll;     /* NULL: the transport cannot be polled, or there is none */
    unsigned handles;    /* open handles and requests; closed when none is left */
    unsigned failures;   /* since it last worked */
    unsigned ups;
    uint64_t random;
    uv_getaddrinfo_t resolve;
    const struct forward_settings *resolving; /* for which of them; NULL: no look-up is under way */
    struct addrinfo *addresses, *next_address;
    bool closing;
    void (*closed)(void *context);
    void *closed_context;

    /* Everybody's, under the lock. */
    pthread_mutex_t lock;
    enum sink_state state;
    int fd;
    bool pollable;    /* epoll takes the descriptor; a regular file never says EAGAIN */
    bool waiting;     /* the transport took no more: the main loop goes on */
    int broken;       /* a negative libuv code: a worker's write failed, the main loop sees to it */
    bool refused;     /* somebody waits for room */
    const char *gone; /* why it takes nothing ever again */
    struct batch *head, *tail, *pool;
    size_t head_off;    /* bytes of head that the transport took */
    uint32_t head_done; /* messages of head that it took whole */
    unsigned pooled;
    size_t queued_bytes;
    struct output_counters counters; /* queued is kept up to date */
};

/* sink.c, on the main loop. `pollable`: epoll takes the descriptor; it is the sink's now. */
void sink_up(struct sink *s, int fd, bool pollable);
void sink_down(struct sink *s, int code);
/* Watches a descriptor, which is connecting or up; ends that, before the descriptor is closed. */
void sink_watch(struct sink *s, int fd);
void sink_unwatch(struct sink *s);
void sink_request_done(struct sink *s);
void sink_on_retry(uv_timer_t *timer); /* begins an attempt */

/* sink_socket.c: the way to a socket that tcp and udp share. */
void sink_socket_start(struct sink *s);
void sink_socket_stop(struct sink *s);
void sink_socket_failed(struct sink *s, int code);

/* sink_queue.c, with the lock held. */
void sink_sent(struct sink *s, size_t bytes);
void sink_skip(struct sink *s, uint64_t *reason); /* drops the front message, counted there */
void sink_rewind(struct sink *s);                 /* to the beginning of the front message */
void sink_drop_all(struct sink *s, uint64_t *reason);
bool sink_has_room(const struct sink *s);
void sink_free_batches(struct sink *s);

/* Where the front message begins in the head batch. */
static inline size_t sink_front(const struct sink *s)
{
    return s->head_done ? s->head->ends[s->head_done - 1] : 0;
}
