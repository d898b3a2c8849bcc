/*
 * The bytes of a TCP connection, as they come or out of TLS; and what is no syslog at all by its
 * first bytes: a TLS hello where TLS is not spoken, text where it is, a web browser or a probe.
 */
#pragma once

#include "server/ingest/ingest.h"
#include "server/tls/tls.h"

struct stream {
    int fd;
    struct tls *tls;  /* NULL: bytes as they come */
    bool heard, text; /* the first bytes have come; the first text */
};

/* `context` NULL: without TLS. 0, or UV_ENOMEM and the descriptor stays the caller's. */
int stream_open(struct stream *s, int fd, struct tls_context *context);

/*
 * One read into the worker's buffer, at `text`; what happens to the connection itself is counted.
 * Returns 0 when there may be more, UV_EAGAIN when there is none now, UV_EOF at the end, UV_EPROTO
 * when the connection is nothing for us, or another libuv code. There may be text (*len) with each.
 */
int stream_read(struct stream *s, struct ingest *ingest, const struct sender *sender, char *text,
                size_t *len);

/* What to poll for. */
int stream_events(const struct stream *s);
/* Sends on what waits for the peer, when it is writable. */
void stream_flush(struct stream *s);

/* Whether it is waiting for the handshake's end. */
bool stream_in_handshake(const struct stream *s);
void stream_count_timeout(const struct stream *s, struct ingest *ingest,
                          const struct sender *sender);

/* Takes leave of the peer, whose own last words are still heard. */
void stream_end(struct stream *s);
/* Takes leave of the peer and closes the descriptor. */
void stream_close(struct stream *s);
