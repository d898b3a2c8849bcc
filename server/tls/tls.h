/*
 * One TLS connection, without its socket: bytes from the peer go in, text and bytes for the peer
 * come out. One thread at a time. TLS 1.2 and 1.3 only; no renegotiation, no compression, no early
 * data; sessions are resumed by tickets, which cost the server no memory.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "server/tls/context.h"

enum tls_status {
    TLS_GOES_ON,
    TLS_ENDED, /* the peer's close_notify: nothing more comes */
    TLS_FAILED,
};

/* Why a connection failed. */
enum tls_failure {
    TLS_FAILURE_PROTOCOL,    /* not TLS, no version or cipher in common, broken records */
    TLS_FAILURE_CERTIFICATE, /* theirs is refused, or they refuse ours */
};

/* What a record holds at most, and so how much text may come beyond the bytes that came in. */
#define TLS_RECORD_MAX 16384

struct tls;

/* NULL: no memory. The connection shares the context. `name`: of outputs, whom the receiver's
 * certificate must be for, a host name or an address; NULL for listeners. */
struct tls *tls_new(struct tls_context *context, const char *name);
void tls_free(struct tls *tls); /* NULL is nothing */

/*
 * Takes all of `len` bytes from the peer; `text` has room for `len` + TLS_RECORD_MAX and gets
 * *text_len. There may be text also when the status says that the connection is over.
 */
enum tls_status tls_receive(struct tls *tls, const char *bytes, size_t len, char *text,
                            size_t *text_len);

/* Makes records of text, once established; they wait to be sent. False: it has failed. */
bool tls_send(struct tls *tls, const char *text, size_t len);

/* What waits to be sent to the peer, and that the first `len` bytes of it were. */
const char *tls_outgoing(const struct tls *tls, size_t *len);
void tls_outgoing_sent(struct tls *tls, size_t len);

/*
 * Of outputs: the latest session that the receiver gave, to be offered on the next connection to the
 * same receiver. A resumed session is as good as the certificate was at its beginning.
 */
struct tls_session;
struct tls_session *tls_session_take(struct tls *tls);                /* NULL: none came */
void tls_session_offer(struct tls *tls, struct tls_session *session); /* NULL is nothing */
void tls_session_free(struct tls_session *session);                   /* NULL is nothing */

/* Says close_notify. */
void tls_end(struct tls *tls);

bool tls_established(const struct tls *tls);
bool tls_resumed(const struct tls *tls);

/* After TLS_FAILED. The sentence lives as long as the connection. */
enum tls_failure tls_failure(const struct tls *tls);
const char *tls_why(const struct tls *tls);
