/* Sockets are made here and not by libuv, which sets no SO_REUSEPORT. */
#include "server/ingest/listen.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#define BACKLOG 1024

static int to_sockaddr(const struct listen_settings *settings, struct sockaddr_storage *out)
{
    if (uv_ip4_addr(settings->address, settings->port, (struct sockaddr_in *)out) == 0)
        return 0;
    return uv_ip6_addr(settings->address, settings->port, (struct sockaddr_in6 *)out);
}

static socklen_t sockaddr_len(const struct sockaddr_storage *a)
{
    return a->ss_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
}

const char *listen_name(enum listen_protocol protocol)
{
    static const char *const names[] = {
        [LISTEN_UDP] = "udp", [LISTEN_TCP] = "tcp", [LISTEN_TLS] = "tls"};
    return names[protocol];
}

uint16_t listen_port(int fd)
{
    struct sockaddr_storage a;
    socklen_t len = sizeof(a);
    if (getsockname(fd, (struct sockaddr *)&a, &len) < 0)
        return 0;
    return ntohs(a.ss_family == AF_INET ? ((struct sockaddr_in *)&a)->sin_port
                                        : ((struct sockaddr_in6 *)&a)->sin6_port);
}

static int bound_socket(const struct sockaddr_storage *a, int type, bool shared)
{
    int one = 1, off = 0;
    int fd = socket(a->ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    if (type == SOCK_STREAM) /* or a restart would wait for its old connections' last minutes */
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (shared)
        setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one));
    if (a->ss_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
    if (bind(fd, (const struct sockaddr *)a, sockaddr_len(a)) < 0) {
        int code = -errno;
        close(fd);
        return code;
    }
    return fd;
}

/* FORCE goes beyond net.core.rmem_max where we may; the kernel doubles what it is told. */
void listen_set_receive_buffer(int fd, size_t receive_buffer, size_t *granted)
{
    int bytes = receive_buffer > INT_MAX / 2 ? INT_MAX / 2 : (int)receive_buffer;
    socklen_t len = sizeof(bytes);
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) < 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
    if (granted && getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, &len) == 0)
        *granted = (size_t)bytes / 2;
}

int listen_open(const struct listen_settings *settings, unsigned count, bool ours, int *fds,
                size_t receive_buffer, size_t *granted)
{
    int type = settings->protocol == LISTEN_UDP ? SOCK_DGRAM : SOCK_STREAM;
    struct sockaddr_storage a = {0};
    int code = to_sockaddr(settings, &a);
    unsigned n = 0;
    if (code < 0)
        return code;
    code = bound_socket(&a, type, ours); /* is anybody there? */
    if (code < 0)
        return code;
    if (settings->port == 0 && a.ss_family == AF_INET)
        ((struct sockaddr_in *)&a)->sin_port = htons(listen_port(code));
    else if (settings->port == 0)
        ((struct sockaddr_in6 *)&a)->sin6_port = htons(listen_port(code));
    close(code);
    for (; n < count; n++) {
        code = fds[n] = bound_socket(&a, type, true);
        if (code >= 0 && type == SOCK_STREAM && listen(fds[n], BACKLOG) < 0) {
            code = -errno;
            close(fds[n]);
        }
        if (code < 0)
            break;
        if (type == SOCK_DGRAM)
            listen_set_receive_buffer(fds[n], receive_buffer, granted);
    }
    while (code < 0 && n > 0)
        close(fds[--n]);
    return code < 0 ? code : 0;
}
