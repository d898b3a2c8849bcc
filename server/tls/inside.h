/* What the files of this folder know of each other. */
#pragma once

#include <openssl/ssl.h>
#include <stdatomic.h>

#include "server/tls/peers.h"
#include "server/tls/tls.h"

struct tls_context {
    atomic_uint shares;
    enum tls_side side;
    SSL_CTX *ssl;
    BIO_METHOD *memory; /* how OpenSSL is handed bytes, see tls.c */
    bool path_counts;   /* certificates that an authority signed are believed */
    char **names;       /* then one of these; none: any */
    size_t name_count;
    struct fingerprint *fingerprints;
    size_t fingerprint_count;
};

/* tls.c */
BIO_METHOD *tls_memory_method(void);
int tls_new_session(SSL *ssl, SSL_SESSION *session);
/* Whom the certificate must be for; NULL: what the context says counts. */
const char *tls_asked_name(const struct tls *tls);
/* Why the peer's certificate is refused; `certificate` may be NULL. */
void tls_refuse(struct tls *tls, const char *why, X509 *certificate);

/* verify.c: OpenSSL's callback for the peer's certificate; the argument is the context. */
int verify_peer(X509_STORE_CTX *store, void *context);
