/* From a host and port to a connected socket: resolve, then try each address in turn. */
#include "server/forward/sink_kind.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECT_MS 10000

static void free_addresses(struct sink *s)
{
    if (s->addresses)
        uv_freeaddrinfo(s->addresses);
    s->addresses = s->next_address = NULL;
}

/* Silence is noticed within a minute: by probes when there is nothing to send, by data that stays
 * unacknowledged otherwise. */
static void set_tcp_options(int fd)
{
    static const struct {
        int level, name, value;
    } options[] = {
        {SOL_SOCKET, SO_KEEPALIVE, 1},
        {IPPROTO_TCP, TCP_KEEPIDLE, 30},
        {IPPROTO_TCP, TCP_KEEPINTVL, 10},
        {IPPROTO_TCP, TCP_KEEPCNT, 3},
        {IPPROTO_TCP, TCP_USER_TIMEOUT, 60000},
        {IPPROTO_TCP, TCP_NODELAY, 1}, /* batches are large already; the last line must not wait */
    };
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
        setsockopt(fd, options[i].level, options[i].name, &options[i].value,
                   sizeof(options[i].value));
}

static void on_connect_timeout(uv_timer_t *timer)
{
    sink_socket_failed(timer->data, UV_ETIMEDOUT);
}

static void set_state(struct sink *s, enum sink_state state, int fd)
{
    pthread_mutex_lock(&s->lock);
    s->state = state;
    s->fd = fd;
    pthread_mutex_unlock(&s->lock);
}

/* Tries addresses until one is connected or connecting. */
static void connect_next(struct sink *s, int code)
{
    while (s->next_address) {
        struct addrinfo *a = s->next_address;
        s->next_address = a->ai_next;
        int fd = socket(a->ai_family, a->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (fd < 0) {
            code = -errno;
            continue;
        }
        if (a->ai_socktype == SOCK_STREAM)
            set_tcp_options(fd);
        int failed = connect(fd, a->ai_addr, a->ai_addrlen) < 0 ? errno : 0;
        if (!failed) {
            free_addresses(s);
            sink_up(s, fd, true);
            return;
        }
        if (failed == EINPROGRESS) {
            set_state(s, SINK_CONNECTING, fd);
            sink_watch(s, fd);
            uv_timer_start(&s->retry, on_connect_timeout, CONNECT_MS, 0);
            return;
        }
        close(fd);
        code = -failed;
    }
    free_addresses(s);
    sink_down(s, code);
}

void sink_socket_failed(struct sink *s, int code)
{
    uv_timer_stop(&s->retry);
    if (!s->next_address) {
        free_addresses(s);
        sink_down(s, code);
        return;
    }
    sink_unwatch(s);
    close(s->fd);
    set_state(s, SINK_DOWN, -1);
    connect_next(s, code);
}

static void on_resolved(uv_getaddrinfo_t *request, int status, struct addrinfo *addresses)
{
    struct sink *s = request->data;
    bool wanted = s->state != SINK_CLOSED && s->resolving == s->settings;
    s->resolving = NULL;
    if (!wanted) {
        if (addresses)
            uv_freeaddrinfo(addresses);
    } else if (status < 0) {
        sink_down(s, status);
    } else {
        s->addresses = s->next_address = addresses;
        connect_next(s, UV_EADDRNOTAVAIL);
    }
    sink_request_done(s);
}

void sink_socket_start(struct sink *s)
{
    struct addrinfo hints = {
        .ai_family = AF_UNSPEC,
        .ai_socktype = s->settings->protocol == FORWARD_UDP ? SOCK_DGRAM : SOCK_STREAM,
        .ai_flags = AI_NUMERICSERV,
    };
    char port[8];
    snprintf(port, sizeof(port), "%u", (unsigned)s->settings->port);
    int code = uv_getaddrinfo(s->loop, &s->resolve, on_resolved, s->settings->host, port, &hints);
    if (code < 0)
        sink_down(s, code);
    else
        s->handles++;
    s->resolving = code < 0 ? NULL : s->settings;
}

void sink_socket_stop(struct sink *s)
{
    uv_cancel((uv_req_t *)&s->resolve);
    free_addresses(s);
}
