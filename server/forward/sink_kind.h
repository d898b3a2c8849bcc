/*
 * What the kinds of sink share. A kind is one file that ends in its description and has a row in
 * sinks.c. A sink has one queue (sink_queue.c) and a transport for each receiver (transport.c), which
 * takes batches from the queue into its flight (flight.h) and writes them.
 *
 * Workers write to a transport themselves while it takes all; whatever it does not take at once
 * waits in the queue, and the main loop sends it when the transport is writable again.
 *
 * Delivery. A message leaves the queue for a transport's flight, is written, and stays in the flight
 * until the kind knows that the receiver has it: acked. When the connection ends, what is not
 * acknowledged goes back to the front of the queue. A kind that `retains` learns only what the
 * receiver's kernel has, not its program. So the flight keeps as much behind that point as the
 * receiver can hold unread: twice the largest window that it has offered, for its buffer holds more
 * than the window tells (measured on Linux: at most 1.7 times), but not more than `retain` and half
 * of the queue. A receiver that ends in order has read all that its kernel acknowledged: a
 * system that closes a socket with something unread in it resets the connection (RFC 1122 section
 * 4.2.2.13). Only after an orderly end is what was retained let go; after any other it is sent again.
 */
#pragma once

#include <pthread.h>

#include "server/forward/flight.h"
#include "server/forward/sink.h"

enum transport_state {
    TRANSPORT_DOWN, /* waits for the next attempt */
    TRANSPORT_CONNECTING,
    TRANSPORT_GREETING, /* connected, and the kind's handshake goes on */
    TRANSPORT_UP,
};

struct transport;

struct sink_kind {
    enum forward_protocol protocol;
    const char *name;
    /* At the start, NULL: nothing to look at. 0, or why this output can never work. */
    int (*check)(const struct forward_settings *settings);
    /* On the main loop. Begins to connect; ends, now or later, in transport_connected or
     * transport_down. */
    void (*start)(struct transport *t);
    /* On the main loop. Ends what start has left under way. */
    void (*stop)(struct transport *t);
    /*
     * NULL: there is no handshake. On the main loop: called when the transport is connected, and
     * whenever it is readable or writable, as t->greeting_events asks. 0: up; UV_EAGAIN: not yet;
     * anything else: it failed.
     */
    int (*greet)(struct transport *t);
    /*
     * With the lock held, on any thread: writes what transport_next gives and says so with
     * transport_sent. 0: all is sent; UV_EAGAIN: go on when it is writable; UV_EBUSY: when something
     * was read; anything else: it broke.
     */
    int (*write)(struct transport *t);
    /*
     * NULL: the transport is not read. With the lock held, on the main loop, when it is readable.
     * 0 or UV_EAGAIN: it goes on; UV_EOF: an orderly end; anything else: it broke.
     */
    int (*read)(struct transport *t);
    /*
     * NULL: what is written is acknowledged. With the lock held, on any thread: how many bytes, of
     * all that this connection was given with transport_sent, the other side is known to have.
     */
    uint64_t (*acked)(struct transport *t);
    /* NULL: nothing. With the lock held: the connection is over, frees t->own. */
    void (*end)(struct transport *t);
    /* NULL: it cannot. What it writes to is no longer what its settings name: a log was rotated. */
    bool (*has_moved)(const struct transport *t);
    bool retains;       /* acked tells of the receiver's kernel, not of its program */
    bool keeps_partial; /* after a break the rest of a message is written, not all of it again */
};

extern const struct sink_kind *const sink_kinds[];

/* The way to one receiver. */
struct transport {
    struct sink *sink;
    const struct sink_kind *kind;
    const struct forward_settings *settings;
    const char *host; /* of sockets */
    uint16_t port;

    /* The main loop's. */
    uv_timer_t retry; /* the next attempt, the end of one that takes too long, steadiness */
    uv_poll_t *poll;  /* NULL: the transport cannot be polled, or there is none */
    int greeting_events;
    unsigned failures; /* since it last worked for a while */
    bool resting;      /* not needed as long as one before it works: no attempt is made */
    unsigned ups;
    uint64_t random;
    uv_getaddrinfo_t resolve;
    struct addrinfo *addresses, *next_address;

    /* Everybody's, under the sink's lock. */
    enum transport_state state;
    int fd;
    bool pollable; /* epoll takes the descriptor; a regular file never says EAGAIN */
    int waiting;   /* what write returned: the main loop goes on; 0: whoever has something writes */
    bool chosen;   /* it may take batches; see sink_share.c */
    int broken;    /* a negative libuv code: a worker's write failed, the main loop sees to it */
    void *own;     /* the kind's, of this connection */
    struct flight flight;
    uint64_t asked;   /* flight.written when acked was asked last */
    char why[320];    /* the connection ended, when the kind knows more than a code; "" else */
    uint64_t window;  /* at most so much has the receiver offered on this connection, */
    uint64_t offered; /* and at least so much on any */
    bool window_told;
    struct receiver_counters counters;
    uint64_t answered;    /* the main loop's: flight.acked when it last looked, */
    uint64_t answered_ms; /* and when that had last changed, or nothing was unacknowledged */
};

struct sink {
    const struct sink_kind *kind;
    const struct forward_settings *settings;
    struct tls_context *tls; /* of connections to come; NULL: the kind has no use for it */

    /* The main loop's. */
    uv_loop_t *loop;
    on_sink_room room;
    void *room_context;
    uv_async_t wake;
    uv_timer_t confirm;  /* asks what is acknowledged, while something is not */
    uv_timer_t deadline; /* of closing */
    unsigned handles;    /* open handles and requests; closed when none is left */
    bool closing;
    void (*on_closed)(void *context);
    void *closed_context;

    /* Everybody's, under the lock. */
    pthread_mutex_t lock;
    bool closed;
    bool confirming;  /* the timer runs, or the main loop has been asked to start it */
    bool starting;    /* the first attempt is under way: as good as connected */
    bool refused;     /* somebody waits for room */
    const char *gone; /* why it takes nothing ever again */
    struct batch *head, *tail, *pool;
    unsigned pooled;
    size_t filled;                   /* bytes of the last batch pushed: the next one will be, too */
    size_t queued_bytes;             /* from head to tail */
    struct output_counters counters; /* queued is kept up to date */
    struct sink_spool *spool;        /* NULL: there is none */
    unsigned transport_count;
    struct transport *transports;
};

/* transport.c, for the kinds. On the main loop; the descriptor is the transport's from then on. */
void transport_connected(struct transport *t, int fd, bool pollable);
void transport_down(struct transport *t, int code);
/* Watches a descriptor, which is connecting or up; ends that, before the descriptor is closed. */
void transport_watch(struct transport *t, int fd);
void transport_unwatch(struct transport *t);

/* transport_flight.c, with the lock held. What to write next, of one batch; NULL: nothing waits. */
char *transport_next(struct transport *t, size_t *len);
void transport_sent(struct transport *t, size_t bytes);
/* Asks the kind what is acknowledged. A kind that learns it by reading calls this then. */
void transport_confirm(struct transport *t);
/* Drops the message that is next, of which nothing is written, counted there. */
void transport_skip(struct transport *t, uint64_t *reason);
/* Says once when the receiver may have more unread than is kept. */
void transport_judge_window(struct transport *t);
/* The connection has ended: what has to be sent again goes back to the queue. EPIPE is what the kernel
 * reports for a reset after an orderly end. */
void transport_give_back(struct transport *t, int code);

/* transport.c, for sink.c. */
void transport_init(struct transport *t, struct sink *s);
void transport_flush(struct transport *t); /* sends what waits, on the main loop */
void transport_tend(struct transport *t);  /* sees to what a worker has left to do */
void transport_close(struct transport *t);
/* Ends the connection in order; what is not acknowledged goes back to the queue. */
void transport_leave(struct transport *t);

/* sink_socket.c: the way to a socket that udp, tcp and what stands on it share. */
void sink_socket_start(struct transport *t);
void sink_socket_stop(struct transport *t);
void sink_socket_failed(struct transport *t, int code);
int sink_socket_discard(struct transport *t); /* a `read`: what the receiver says is not for us */

/* sink.c, on the main loop. */
void sink_request_done(struct sink *s);
void sink_call_room(struct sink *s);
void sink_end_if_done(struct sink *s); /* when it is closing and everything is acknowledged */

/* sink_share.c, on the main loop: whenever a receiver has come, gone, or proved itself. */
void sink_share(struct sink *s);
bool sink_needs(const struct transport *t); /* whether it should be connected */

/* sink_queue.c, with the lock held. */
void sink_distribute(struct sink *s); /* writes what waits, from the calling thread */
void sink_enqueue(struct sink *s, struct batch *batch); /* it is counted as queued already */
struct batch *sink_take(struct sink *s);
void sink_put_back(struct sink *s, struct batch *list); /* to the front */
void sink_recycle(struct sink *s, struct batch *batch);
void sink_drop_all(struct sink *s, uint64_t *reason);
bool sink_has_room(const struct sink *s);
bool sink_takes(const struct sink *s);     /* some transport is up */
bool sink_away(const struct sink *s);      /* none is, and none may be in a moment */
size_t sink_waiting(const struct sink *s); /* bytes in memory that are not acknowledged */
bool sink_is_empty(const struct sink *s);  /* nothing waits, nothing is unacknowledged */
void sink_free_batches(struct sink *s);
