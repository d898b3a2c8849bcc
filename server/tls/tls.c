/*
 * A connection over a BIO of our own: OpenSSL reads what the caller has just received, in place, and
 * writes to a small buffer that the caller sends. So one call of recv brings many records, the text
 * of all of them is handled at once, and OpenSSL keeps no more than an unfinished record.
 */
#include "server/tls/tls.h"

#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/tls/inside.h"

#define OUT_MAX (256u * 1024) /* for a peer that asks and asks, and never reads the answers */

struct tls {
    struct tls_context *context;
    SSL *ssl;
    const char *in; /* only during a call */
    size_t in_len;
    char *out; /* for the peer; NULL while there is nothing */
    size_t out_begin, out_len, out_size;
    SSL_SESSION *session; /* the latest that the receiver gave */
    char *name;
    bool established;
    bool refused; /* by verify_peer */
    enum tls_failure failure;
    char why[320];
};

/* ---- the BIO ---- */

static int memory_read(BIO *bio, char *to, int size)
{
    struct tls *t = BIO_get_data(bio);
    size_t n = t->in_len < (size_t)size ? t->in_len : (size_t)size;
    BIO_clear_retry_flags(bio);
    if (n == 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    memcpy(to, t->in, n);
    t->in += n;
    t->in_len -= n;
    return (int)n;
}

static bool grow_out(struct tls *t, size_t needed)
{
    size_t size = t->out_size ? t->out_size : 1024;
    while (size < needed)
        size *= 2;
    char *grown = size > OUT_MAX ? NULL : realloc(t->out, size);
    if (!grown)
        return false;
    t->out = grown;
    t->out_size = size;
    return true;
}

static int memory_write(BIO *bio, const char *from, int len)
{
    struct tls *t = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (len <= 0)
        return 0;
    if (t->out_len + (size_t)len > t->out_size && !grow_out(t, t->out_len + (size_t)len))
        return -1;
    memcpy(t->out + t->out_len, from, (size_t)len);
    t->out_len += (size_t)len;
    return len;
}

static long memory_control(BIO *bio, int command, long number, void *pointer)
{
    (void)bio, (void)number, (void)pointer;
    return command == BIO_CTRL_FLUSH;
}

BIO_METHOD *tls_memory_method(void)
{
    BIO_METHOD *method = BIO_meth_new(BIO_TYPE_SOURCE_SINK | BIO_TYPE_MEM, "memory");
    if (method && BIO_meth_set_read(method, memory_read) &&
        BIO_meth_set_write(method, memory_write) && BIO_meth_set_ctrl(method, memory_control))
        return method;
    BIO_meth_free(method);
    return NULL;
}

/* ---- life ---- */

struct tls *tls_new(struct tls_context *context, const char *name)
{
    struct tls *t = calloc(1, sizeof(*t));
    if (t && name && !(t->name = strdup(name))) {
        free(t);
        return NULL;
    }
    SSL *ssl = t ? SSL_new(context->ssl) : NULL;
    BIO *bio = ssl ? BIO_new(context->memory) : NULL;
    if (!bio) {
        SSL_free(ssl);
        if (t)
            free(t->name);
        free(t);
        ERR_clear_error();
        return NULL;
    }
    t->context = tls_context_share(context);
    t->ssl = ssl;
    BIO_set_data(bio, t);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl, bio, bio);
    SSL_set_app_data(ssl, t);
    if (context->side == TLS_LISTENER)
        SSL_set_accept_state(ssl);
    else
        SSL_set_connect_state(ssl);
    if (name && !peers_is_address(name))
        SSL_set_tlsext_host_name(ssl, name);
    return t;
}

void tls_free(struct tls *t)
{
    if (!t)
        return;
    /* A session outlives a connection that was cut off; OpenSSL would think less of it. */
    SSL_set_shutdown(t->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    SSL_free(t->ssl);
    SSL_SESSION_free(t->session);
    free(t->name);
    tls_context_free(t->context);
    free(t->out);
    free(t);
}

const char *tls_asked_name(const struct tls *t)
{
    return t->name;
}

/* ---- sessions ---- */

/* OpenSSL's callback; the session becomes ours. */
int tls_new_session(SSL *ssl, SSL_SESSION *session)
{
    struct tls *t = SSL_get_app_data(ssl);
    SSL_SESSION_free(t->session);
    t->session = session;
    return 1;
}

struct tls_session *tls_session_take(struct tls *t)
{
    SSL_SESSION *session = t->session;
    t->session = NULL;
    return (struct tls_session *)session;
}

void tls_session_offer(struct tls *t, struct tls_session *session)
{
    if (session)
        SSL_set_session(t->ssl, (SSL_SESSION *)session);
}

void tls_session_free(struct tls_session *session)
{
    SSL_SESSION_free((SSL_SESSION *)session);
}

/* ---- failures ---- */

void tls_refuse(struct tls *t, const char *why, X509 *certificate)
{
    char subject[200] = "";
    t->refused = true;
    if (certificate)
        X509_NAME_oneline(X509_get_subject_name(certificate), subject, sizeof(subject));
    snprintf(t->why, sizeof(t->why), "the certificate %s: %s", subject, why);
}

/* What a peer says that does not take our certificate, or wants one: alerts 42 to 48 and 116. */
static bool is_their_refusal(unsigned long error)
{
    int reason = ERR_GET_REASON(error);
    if (ERR_GET_LIB(error) != ERR_LIB_SSL)
        return false;
    return (reason >= SSL_R_SSLV3_ALERT_BAD_CERTIFICATE && reason <= SSL_R_TLSV1_ALERT_UNKNOWN_CA &&
            reason != SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER) ||
           reason == SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED;
}

static enum tls_status fail(struct tls *t)
{
    unsigned long error = ERR_peek_error();
    const char *reason = ERR_reason_error_string(error);
    bool ours = ERR_GET_LIB(error) == ERR_LIB_SSL &&
                ERR_GET_REASON(error) == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE;
    bool theirs = is_their_refusal(error);
    t->failure = t->refused || ours || theirs ? TLS_FAILURE_CERTIFICATE : TLS_FAILURE_PROTOCOL;
    if (ours)
        snprintf(t->why, sizeof(t->why), "the peer has no certificate");
    else if (theirs)
        snprintf(t->why, sizeof(t->why), "the peer refuses our certificate: %s", reason);
    else if (!t->refused)
        snprintf(t->why, sizeof(t->why), "%s", reason ? reason : "broken off");
    ERR_clear_error();
    return TLS_FAILED;
}

/* ---- bytes ---- */

enum tls_status tls_receive(struct tls *t, const char *bytes, size_t len, char *text,
                            size_t *text_len)
{
    size_t n, room = len + TLS_RECORD_MAX;
    enum tls_status status = TLS_GOES_ON;
    *text_len = 0;
    t->in = bytes;
    t->in_len = len;
    ERR_clear_error();
    while (SSL_read_ex(t->ssl, text + *text_len, room - *text_len, &n))
        *text_len += n;
    switch (SSL_get_error(t->ssl, 0)) {
    case SSL_ERROR_WANT_READ:
        break;
    case SSL_ERROR_ZERO_RETURN:
        status = TLS_ENDED;
        break;
    default:
        status = fail(t);
    }
    t->in = NULL;
    t->in_len = 0;
    t->established |= SSL_is_init_finished(t->ssl);
    return status;
}

bool tls_send(struct tls *t, const char *text, size_t len)
{
    size_t n;
    ERR_clear_error();
    while (len && SSL_write_ex(t->ssl, text, len, &n)) {
        text += n;
        len -= n;
    }
    if (len)
        fail(t);
    return len == 0;
}

const char *tls_outgoing(const struct tls *t, size_t *len)
{
    *len = t->out_len - t->out_begin;
    return t->out ? t->out + t->out_begin : NULL;
}

void tls_outgoing_sent(struct tls *t, size_t len)
{
    t->out_begin += len;
    if (t->out_begin < t->out_len)
        return;
    free(t->out);
    t->out = NULL;
    t->out_begin = t->out_len = t->out_size = 0;
}

void tls_end(struct tls *t)
{
    if (t->established)
        SSL_shutdown(t->ssl);
    ERR_clear_error();
}

bool tls_established(const struct tls *t)
{
    return t->established;
}

bool tls_resumed(const struct tls *t)
{
    return SSL_session_reused(t->ssl);
}

enum tls_failure tls_failure(const struct tls *t)
{
    return t->failure;
}

const char *tls_why(const struct tls *t)
{
    return t->why;
}
