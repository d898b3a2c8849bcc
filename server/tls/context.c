/*
 * From settings to OpenSSL's context. Every way in which a file can be wrong becomes a sentence that
 * names the key; what is read of OpenSSL's own configuration is the system's policy (MinProtocol,
 * SECLEVEL), which can only make this stricter.
 */
#include "server/tls/context.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "server/tls/inside.h"

/* Forward secrecy and authenticated encryption only: with these begins what RFC 9662 demands. */
#define CIPHERS_TLS12 "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM"
#define CHAIN_BYTES   (64 * 1024) /* of the certificates that a peer may send */
#define CHAIN_DEPTH   8
#define SESSION_S     3600         /* a resumed session is no older */
#define SOON_S        (14 * 86400) /* a certificate that expires is told of before */

struct reading {
    struct tls_context *context;
    const struct tls_settings *settings;
    const struct tls_report *report;
    bool failed, encrypted;
};

static void wrong(struct reading *r, const char *key, const char *value, const char *format,
                  const char *why)
{
    char sentence[512];
    snprintf(sentence, sizeof(sentence), format, why);
    r->failed = true;
    r->report->wrong(r->report->context, key, value, sentence);
    ERR_clear_error();
}

/* What OpenSSL says went wrong first, without its codes. */
static const char *reason(void)
{
    unsigned long error = ERR_peek_error();
    if (ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE)
        return "there is none in PEM in it";
    const char *text = ERR_reason_error_string(error);
    return text ? text : "it cannot be read";
}

/* OpenSSL's words for files that are not there are for programmers; and a pipe would be waited for. */
static bool can_be_read(struct reading *r, const char *key, const char *path)
{
    struct stat s;
    FILE *file = stat(path, &s) == 0 && S_ISREG(s.st_mode) ? fopen(path, "re") : NULL;
    if (file) {
        fclose(file);
        return true;
    }
    wrong(r, key, path, "a file that can be read (%s)",
          stat(path, &s) == 0 && !S_ISREG(s.st_mode) ? "it is no regular file" : strerror(errno));
    return false;
}

static void check_dates(struct reading *r, X509 *certificate)
{
    const ASN1_TIME *end = X509_get0_notAfter(certificate);
    time_t soon = time(NULL) + SOON_S;
    const char *what = NULL;
    if (X509_cmp_current_time(end) < 0)
        what = "the certificate has expired: peers will refuse it";
    else if (X509_cmp_time(end, &soon) < 0)
        what = "the certificate expires within 14 days";
    else if (X509_cmp_current_time(X509_get0_notBefore(certificate)) > 0)
        what = "the certificate is not valid yet: peers will refuse it";
    if (what)
        r->report->warn(r->report->context, "certificate", what);
}

static void read_certificate(struct reading *r)
{
    const char *path = r->settings->certificate;
    if (!can_be_read(r, "certificate", path))
        return;
    if (SSL_CTX_use_certificate_chain_file(r->context->ssl, path) == 1)
        check_dates(r, SSL_CTX_get0_certificate(r->context->ssl));
    else
        wrong(r, "certificate", path, "a certificate in PEM, with its chain (%s)", reason());
}

static int on_passphrase(char *buffer, int size, int writing, void *argument)
{
    struct reading *r = argument;
    (void)buffer, (void)size, (void)writing;
    r->encrypted = true;
    return -1;
}

static void read_key(struct reading *r)
{
    const char *path = r->settings->key;
    struct stat s;
    if (!can_be_read(r, "key", path))
        return;
    SSL_CTX_set_default_passwd_cb(r->context->ssl, on_passphrase);
    SSL_CTX_set_default_passwd_cb_userdata(r->context->ssl, r);
    bool read = SSL_CTX_use_PrivateKey_file(r->context->ssl, path, SSL_FILETYPE_PEM) == 1;
    if (r->encrypted)
        wrong(r, "key", path, "a key without a passphrase%s", "");
    else if (read ? SSL_CTX_check_private_key(r->context->ssl) != 1
                  : ERR_GET_LIB(ERR_peek_last_error()) == ERR_LIB_X509)
        wrong(r, "key", path, "the key of the certificate in %s", r->settings->certificate);
    else if (!read)
        wrong(r, "key", path, "a private key in PEM (%s)", reason());
    else if (stat(path, &s) == 0 && s.st_mode & S_IRWXO)
        r->report->warn(r->report->context, "key",
                        "the private key is open to every user (chmod o= would close it)");
    SSL_CTX_set_default_passwd_cb(r->context->ssl, NULL);
    SSL_CTX_set_default_passwd_cb_userdata(r->context->ssl, NULL);
}

static void read_authorities(struct reading *r, enum tls_side side)
{
    const char *path = r->settings->ca, *key = side == TLS_LISTENER ? "client-ca" : "ca";
    if (!path || !can_be_read(r, key, path))
        return;
    if (SSL_CTX_load_verify_file(r->context->ssl, path) != 1) {
        wrong(r, key, path, "certificates of authorities in PEM (%s)", reason());
        return;
    }
    /* Peers choose their certificate by this list; one that is let in by its fingerprint may be
     * signed by nobody, and would not be shown. */
    if (side == TLS_LISTENER && r->settings->fingerprints.count == 0)
        SSL_CTX_set_client_CA_list(r->context->ssl, SSL_load_client_CA_file(path));
}

static void read_names(struct reading *r)
{
    static const char expected[] =
        "a host name, *.example.com for any one label in its place, or an IP address%s";
    const struct text_list *names = &r->settings->names;
    struct tls_context *c = r->context;
    if (r->settings->server_name && !peers_is_name(r->settings->server_name))
        wrong(r, "server-name", r->settings->server_name, expected, "");
    c->names = calloc(names->count + 1, sizeof(*c->names));
    for (size_t i = 0; c->names && i < names->count; i++) {
        char place[64];
        snprintf(place, sizeof(place), "allowed-names[%zu]", i);
        if (!peers_is_name(names->items[i]))
            wrong(r, place, names->items[i], expected, "");
        c->names[c->name_count] = strdup(names->items[i]);
        c->name_count += c->names[c->name_count] != NULL;
    }
}

static void read_fingerprints(struct reading *r)
{
    const struct text_list *texts = &r->settings->fingerprints;
    struct tls_context *c = r->context;
    bool weak = false;
    c->fingerprints = calloc(texts->count + 1, sizeof(*c->fingerprints));
    for (size_t i = 0; c->fingerprints && i < texts->count; i++) {
        struct fingerprint *f = &c->fingerprints[c->fingerprint_count];
        char place[64];
        snprintf(place, sizeof(place), "fingerprints[%zu]", i);
        if (peers_read_fingerprint(texts->items[i], f))
            c->fingerprint_count++;
        else
            wrong(r, place, texts->items[i], "a fingerprint such as sha-256:E1:2D:53:..., %s",
                  "of 32 bytes (sha-1: of 20)");
        if (f->digest == EVP_sha1() && !weak)
            r->report->warn(r->report->context, place,
                            "sha-1 is weak: whoever makes both of two certificates can give them "
                            "the same fingerprint; prefer sha-256");
        weak |= f->digest == EVP_sha1();
    }
}

static void set_policy(SSL_CTX *ssl)
{
    SSL_CTX_set_min_proto_version(ssl, TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(ssl, CIPHERS_TLS12);
    SSL_CTX_set_dh_auto(ssl, 1);
    SSL_CTX_set_options(ssl, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                 SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(ssl, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN |
                              SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_max_cert_list(ssl, CHAIN_BYTES);
    SSL_CTX_set_verify_depth(ssl, CHAIN_DEPTH);
    SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(ssl, tls_new_session);
    SSL_CTX_set_session_id_context(ssl, (const unsigned char *)"parapet", 7);
    SSL_CTX_set_timeout(ssl, SESSION_S);
}

static void set_verify(struct reading *r, enum tls_side side)
{
    struct tls_context *c = r->context;
    const struct tls_settings *s = r->settings;
    bool asks = side == TLS_OUTPUT || s->ca || s->fingerprints.count;
    int mode = asks ? SSL_VERIFY_PEER : SSL_VERIFY_NONE;
    if (asks && s->client == TLS_CLIENT_REQUIRED)
        mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    /* An output that is told of no authority and no fingerprint believes the system's. */
    c->path_counts = s->ca || (side == TLS_OUTPUT && s->fingerprints.count == 0);
    if (c->path_counts && !s->ca)
        SSL_CTX_set_default_verify_paths(c->ssl);
    SSL_CTX_set_verify(c->ssl, mode, NULL);
    SSL_CTX_set_cert_verify_callback(c->ssl, verify_peer, c);
}

struct tls_context *tls_context_new(enum tls_side side, const struct tls_settings *settings,
                                    const struct tls_report *report)
{
    struct tls_context *c = calloc(1, sizeof(*c));
    struct reading r = {.context = c, .settings = settings, .report = report};
    if (!c)
        return NULL;
    atomic_init(&c->shares, 1);
    c->side = side;
    c->memory = tls_memory_method();
    c->ssl = SSL_CTX_new(side == TLS_LISTENER ? TLS_server_method() : TLS_client_method());
    if (!c->memory || !c->ssl) {
        wrong(&r, "protocol", "tls", "OpenSSL to work (%s)", reason());
        tls_context_free(c);
        return NULL;
    }
    set_policy(c->ssl);
    if (settings->certificate)
        read_certificate(&r);
    if (settings->key && !r.failed)
        read_key(&r);
    read_authorities(&r, side);
    read_names(&r);
    read_fingerprints(&r);
    set_verify(&r, side);
    if (!r.failed && c->names && c->fingerprints)
        return c;
    tls_context_free(c);
    return NULL;
}

struct tls_context *tls_context_share(struct tls_context *c)
{
    atomic_fetch_add(&c->shares, 1);
    return c;
}

void tls_context_free(struct tls_context *c)
{
    if (!c || atomic_fetch_sub(&c->shares, 1) > 1)
        return;
    SSL_CTX_free(c->ssl);
    BIO_meth_free(c->memory);
    for (size_t i = 0; i < c->name_count; i++)
        free(c->names[i]);
    free(c->names);
    free(c->fingerprints);
    free(c);
}

const char *tls_context_fingerprint(const struct tls_context *c, char out[TLS_FINGERPRINT_TEXT])
{
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    X509 *certificate = SSL_CTX_get0_certificate(c->ssl);
    int at = snprintf(out, TLS_FINGERPRINT_TEXT, "sha-256");
    if (!certificate || !X509_digest(certificate, EVP_sha256(), bytes, &len))
        return "";
    for (unsigned i = 0; i < len; i++)
        at += snprintf(out + at, (size_t)(TLS_FINGERPRINT_TEXT - at), ":%02X", bytes[i]);
    return out;
}
