/* What the listeners of one worker share, and the listeners themselves: udp.c and tcp.c. Everything
 * here belongs to the worker's thread. */
#pragma once

#include <stdatomic.h>
#include <uv.h>

#include "server/ingest/frame.h"
#include "server/ingest/notices.h"
#include "server/rules.h"
#include "server/tls/tls.h"

#define INGEST_READ_BYTES       (256 * 1024)
#define INGEST_CIPHERTEXT_BYTES (INGEST_READ_BYTES - TLS_RECORD_MAX)
#define INGEST_HEADROOM         FRAME_HEADROOM(MESSAGE_SIZE_MAX) /* whatever max-message-size becomes */

struct ingest {
    uv_loop_t *loop;
    struct pipeline *pipeline;
    const struct rules *rules;
    struct framing framing; /* of all TCP connections; UDP counts its empty datagrams there too */
    char *buffer;     /* INGEST_HEADROOM and INGEST_READ_BYTES: all connections read into it */
    char *ciphertext; /* INGEST_CIPHERTEXT_BYTES: all TLS connections do; NULL: there are none */
    struct notices notices;
    atomic_uint *connections;    /* open, over all workers */
    bool paused;                 /* an output is full: nobody reads */
    const struct sender *sender; /* of the bytes that are being read */
    int64_t arrival_ms;
};

int ingest_init(struct ingest *ingest, uv_loop_t *loop, struct pipeline *pipeline,
                const struct rules *rules, atomic_uint *connections);
/* Other rules from now on; X_change tells the listeners. */
void ingest_change(struct ingest *ingest, const struct rules *rules);
void ingest_close(struct ingest *ingest);

/* The wall clock. */
int64_t ingest_now_ms(void);
struct sockaddr_storage; /* IPv4 or IPv6 */
struct address ingest_address(const struct sockaddr_storage *from);

/*
 * A listening socket of one worker. `fd` becomes its own, also when it fails. Pausing and resuming
 * may be asked twice. X_change: the ingest has other rules, which hold for senders and connections
 * that are known already, too. X_drain takes what the kernel still holds, within bounds, and X_close
 * frees.
 */
struct udp;
int udp_start(struct udp **udp, struct ingest *ingest, int fd);
void udp_pause(struct udp *udp);
void udp_resume(struct udp *udp);
void udp_count_drops(struct udp *udp); /* brings kernel_dropped up to date */
void udp_change(struct udp *udp);
void udp_drain(struct udp *udp);
void udp_close(struct udp *udp);

struct tcp; /* `context` NULL: without TLS; it is shared */
int tcp_start(struct tcp **tcp, struct ingest *ingest, int fd, struct tls_context *context);
void tcp_pause(struct tcp *tcp);
void tcp_resume(struct tcp *tcp);
/* As udp_change; connections to come use the context, NULL: that of before. */
void tcp_change(struct tcp *tcp, struct tls_context *context);
/* Listens no more. Senders are told by an orderly end of our side, and heard until they close theirs or
 * some seconds have passed: then tcp_is_over. Paused afterwards. */
void tcp_retire(struct tcp *tcp);
bool tcp_is_over(const struct tcp *tcp);
void tcp_drain(struct tcp *tcp);
void tcp_close(struct tcp *tcp);
