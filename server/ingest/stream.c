/* Reading and taking leave, with TLS and without. */
#include "server/ingest/stream.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TLS_HANDSHAKE_RECORD 0x16 /* the first byte of a hello; no syslog message begins so */

int stream_open(struct stream *s, int fd, struct tls_context *context)
{
    *s = (struct stream){.fd = fd, .tls = context ? tls_new(context, NULL) : NULL};
    return context && !s->tls ? UV_ENOMEM : 0;
}

static void say(struct ingest *ingest, enum notice notice, const struct sender *sender,
                const char *why)
{
    notices_say(&ingest->notices, notice, sender->address, why, uv_now(ingest->loop));
}

static bool is_tls_hello(const char *bytes, size_t len)
{
    return (unsigned char)bytes[0] == TLS_HANDSHAKE_RECORD && (len < 2 || bytes[1] == 3);
}

/* A request line: a method, a target, "HTTP/". */
static bool is_http(const char *bytes, size_t len)
{
    static const char *const methods[] = {"GET /", "HEAD /",   "POST /",
                                          "PUT /", "OPTIONS ", "PRI *"};
    const char *end = memchr(bytes, '\n', len);
    size_t line = end ? (size_t)(end - bytes) : len;
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
        if (line > strlen(methods[i]) && memcmp(bytes, methods[i], strlen(methods[i])) == 0)
            return memmem(bytes, line, " HTTP/", 6) != NULL;
    return false;
}

/* Looks at the first bytes of what should be syslog. Returns UV_EPROTO when they are not. */
static int look_at_first(struct stream *s, struct ingest *ingest, const struct sender *sender,
                         const char *text, size_t *len)
{
    struct counters *counters = &ingest->pipeline->counters;
    if (!s->tls && is_tls_hello(text, *len)) {
        counters->connections_tls_hello++;
        say(ingest, NOTICE_TLS_HELLO, sender, "");
    } else if (is_http(text, *len)) {
        counters->connections_http++;
        say(ingest, NOTICE_HTTP, sender, "");
    } else {
        return 0;
    }
    *len = 0;
    return UV_EPROTO;
}

static int tls_failed(struct stream *s, struct ingest *ingest, const struct sender *sender)
{
    struct counters *counters = &ingest->pipeline->counters;
    bool certificate = tls_failure(s->tls) == TLS_FAILURE_CERTIFICATE;
    if (tls_established(s->tls))
        counters->tls_broken++;
    else if (certificate)
        counters->tls_failed_certificate++;
    else
        counters->tls_failed_protocol++;
    say(ingest, certificate ? NOTICE_CERTIFICATE : NOTICE_TLS, sender, tls_why(s->tls));
    return UV_EPROTO;
}

/* The peer has closed, or broken off, without a close_notify before. */
static int tls_cut_off(struct stream *s, struct ingest *ingest, int code)
{
    struct counters *counters = &ingest->pipeline->counters;
    if (tls_established(s->tls))
        counters->tls_truncated++;
    else
        counters->tls_failed_gone++;
    return code;
}

static int read_tls(struct stream *s, struct ingest *ingest, const struct sender *sender,
                    char *text, size_t *len)
{
    struct counters *counters = &ingest->pipeline->counters;
    ssize_t n = recv(s->fd, ingest->ciphertext, INGEST_CIPHERTEXT_BYTES, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return UV_EAGAIN;
    if (n <= 0)
        return tls_cut_off(s, ingest, n < 0 ? -errno : UV_EOF);
    if (!s->heard && (unsigned char)ingest->ciphertext[0] != TLS_HANDSHAKE_RECORD) {
        counters->tls_failed_plain++;
        say(ingest, NOTICE_PLAIN, sender, "");
        return UV_EPROTO;
    }
    bool before = tls_established(s->tls);
    enum tls_status status = tls_receive(s->tls, ingest->ciphertext, (size_t)n, text, len);
    s->heard = true;
    if (!before && tls_established(s->tls)) {
        counters->tls_handshakes++;
        counters->tls_resumed += tls_resumed(s->tls);
    }
    stream_flush(s);
    return status == TLS_GOES_ON ? 0 : status == TLS_ENDED ? UV_EOF : tls_failed(s, ingest, sender);
}

static int read_plain(struct stream *s, char *text, size_t *len)
{
    ssize_t n = recv(s->fd, text, INGEST_READ_BYTES, MSG_DONTWAIT);
    if (n <= 0)
        return n == 0 ? UV_EOF : errno == EINTR ? UV_EAGAIN : -errno;
    *len = (size_t)n;
    return 0;
}

int stream_read(struct stream *s, struct ingest *ingest, const struct sender *sender, char *text,
                size_t *len)
{
    *len = 0;
    int code = s->tls ? read_tls(s, ingest, sender, text, len) : read_plain(s, text, len);
    if (*len && !s->text) {
        s->text = true;
        if (look_at_first(s, ingest, sender, text, len) < 0)
            return UV_EPROTO;
    }
    return code;
}

int stream_events(const struct stream *s)
{
    size_t waiting = 0;
    if (s->tls)
        tls_outgoing(s->tls, &waiting);
    return UV_READABLE | (waiting ? UV_WRITABLE : 0);
}

void stream_flush(struct stream *s)
{
    size_t len;
    const char *bytes = tls_outgoing(s->tls, &len);
    ssize_t n = len ? send(s->fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL) : 0;
    if (n > 0)
        tls_outgoing_sent(s->tls, (size_t)n);
}

bool stream_in_handshake(const struct stream *s)
{
    return s->tls && !tls_established(s->tls);
}

void stream_count_timeout(const struct stream *s, struct ingest *ingest,
                          const struct sender *sender)
{
    if (!stream_in_handshake(s)) {
        ingest->pipeline->counters.connections_idle++;
        return;
    }
    ingest->pipeline->counters.tls_failed_timeout++;
    say(ingest, NOTICE_TLS, sender, "no handshake within handshake-timeout");
}

static void say_goodbye(struct stream *s)
{
    tls_end(s->tls);
    stream_flush(s);
}

void stream_end(struct stream *s)
{
    if (s->tls)
        say_goodbye(s);
    shutdown(s->fd, SHUT_WR);
}

void stream_close(struct stream *s)
{
    if (s->tls) {
        say_goodbye(s);
        tls_free(s->tls);
        s->tls = NULL;
    }
    close(s->fd);
    s->fd = -1;
}
