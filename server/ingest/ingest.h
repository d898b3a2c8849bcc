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

struct ingest {
    uv_loop_t *loop;
    struct pipeline *pipeline;
    const struct rules *rules;
    struct framing framing; /* of all TCP connections; UDP counts its empty datagrams there too */
    char *buffer;           /* FRAME_HEADROOM and INGEST_READ_BYTES: all connections read into it */
    char *
        ciphertext; /* INGEST_CIPHERTEXT_BYTES, which all TLS connections read into; NULL: none do */
    struct notices notices;
    atomic_uint *connections;    /* open, over all workers */
    bool paused;                 /* an output is full: nobody reads */
    const struct sender *sender; /* of the bytes that are being read */
    int64_t arrival_ms;
};

int ingest_init(struct ingest *ingest, uv_loop_t *loop, struct pipeline *pipeline,
                const struct rules *rules, atomic_uint *connections);
void ingest_close(struct ingest *ingest);

/* The wall clock. */
int64_t ingest_now_ms(void);
struct sockaddr_storage; /* IPv4 or IPv6 */
struct address ingest_address(const struct sockaddr_storage *from);

/*
 * A listening socket of one worker. `fd` becomes its own, also when it fails. Pausing and resuming
 * may be asked twice. X_drain takes what the kernel still holds, within bounds, and X_close frees.
 */
struct udp;
int udp_start(struct udp **udp, struct ingest *ingest, int fd);
void udp_pause(struct udp *udp);
void udp_resume(struct udp *udp);
void udp_count_drops(struct udp *udp); /* brings kernel_dropped up to date */
void udp_drain(struct udp *udp);
void udp_close(struct udp *udp);

struct tcp; /* `context` NULL: without TLS; it is shared */
int tcp_start(struct tcp **tcp, struct ingest *ingest, int fd, struct tls_context *context);
void tcp_pause(struct tcp *tcp);
void tcp_resume(struct tcp *tcp);
void tcp_drain(struct tcp *tcp);
void tcp_close(struct tcp *tcp);
