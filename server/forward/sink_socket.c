/* From a host and port to a connected socket: resolve, then try each address in turn. */
#include "server/forward/sink_kind.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECT_MS 10000

static void free_addresses(struct transport *t)
{
    if (t->addresses)
        uv_freeaddrinfo(t->addresses);
    t->addresses = t->next_address = NULL;
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

/* Whether that is this machine itself. */
static bool is_loopback(const struct sockaddr *a)
{
    if (a->sa_family == AF_INET6)
        return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)(const void *)a)->sin6_addr);
    return a->sa_family == AF_INET &&
           ntohl(((const struct sockaddr_in *)(const void *)a)->sin_addr.s_addr) >> 24 == 127;
}

/* Where BBR is what the system does, each connection is paced by timers: towards this machine itself
 * there is no network to spare, and the timers cost more than the copying does. Reno needs none, and
 * is in every kernel. */
static void set_no_pacing(int fd)
{
    static const char reno[] = "reno";
    setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, reno, sizeof(reno) - 1);
}

static void on_connect_timeout(uv_timer_t *timer)
{
    sink_socket_failed(timer->data, UV_ETIMEDOUT);
}

static void set_state(struct transport *t, enum transport_state state, int fd)
{
    pthread_mutex_lock(&t->sink->lock);
    t->state = state;
    t->fd = fd;
    pthread_mutex_unlock(&t->sink->lock);
}

/* Tries addresses until one is connected or connecting. */
static void connect_next(struct transport *t, int code)
{
    while (t->next_address) {
        struct addrinfo *a = t->next_address;
        t->next_address = a->ai_next;
        int fd = socket(a->ai_family, a->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (fd < 0) {
            code = -errno;
            continue;
        }
        if (a->ai_socktype == SOCK_STREAM)
            set_tcp_options(fd);
        if (a->ai_socktype == SOCK_STREAM && is_loopback(a->ai_addr))
            set_no_pacing(fd);
        int failed = connect(fd, a->ai_addr, a->ai_addrlen) < 0 ? errno : 0;
        if (!failed) {
            free_addresses(t);
            transport_connected(t, fd, true);
            return;
        }
        if (failed == EINPROGRESS) {
            set_state(t, TRANSPORT_CONNECTING, fd);
            transport_watch(t, fd);
            uv_timer_start(&t->retry, on_connect_timeout, CONNECT_MS, 0);
            return;
        }
        close(fd);
        code = -failed;
    }
    free_addresses(t);
    transport_down(t, code);
}

void sink_socket_failed(struct transport *t, int code)
{
    uv_timer_stop(&t->retry);
    if (!t->next_address) {
        free_addresses(t);
        transport_down(t, code);
        return;
    }
    transport_unwatch(t);
    close(t->fd);
    set_state(t, TRANSPORT_DOWN, -1);
    connect_next(t, code);
}

static void on_resolved(uv_getaddrinfo_t *request, int status, struct addrinfo *addresses)
{
    struct transport *t = request->data;
    if (t->sink->closed) {
        if (addresses)
            uv_freeaddrinfo(addresses);
    } else if (status < 0) {
        transport_down(t, status);
    } else {
        t->addresses = t->next_address = addresses;
        connect_next(t, UV_EADDRNOTAVAIL);
    }
    sink_request_done(t->sink);
}

void sink_socket_start(struct transport *t)
{
    struct addrinfo hints = {
        .ai_family = AF_UNSPEC,
        .ai_socktype = t->settings->protocol == FORWARD_UDP ? SOCK_DGRAM : SOCK_STREAM,
        .ai_flags = AI_NUMERICSERV,
    };
    char port[8];
    snprintf(port, sizeof(port), "%u", (unsigned)t->port);
    int code = uv_getaddrinfo(t->sink->loop, &t->resolve, on_resolved, t->host, port, &hints);
    if (code < 0)
        transport_down(t, code);
    else
        t->sink->handles++;
}

void sink_socket_stop(struct transport *t)
{
    uv_cancel((uv_req_t *)&t->resolve);
    free_addresses(t);
}

int sink_socket_discard(struct transport *t)
{
    char nothing[4096];
    ssize_t n = recv(t->fd, nothing, sizeof(nothing), MSG_DONTWAIT);
    if (n > 0 || (n == 0 && t->settings->protocol == FORWARD_UDP)) /* an empty datagram */
        return 0;
    return n == 0 ? UV_EOF : errno == EINTR ? UV_EAGAIN : -errno;
}
