/*
 * TCP: whole batches into one connection. The kernel tells how much of it the receiver's has
 * acknowledged; sink_kind.h tells what follows from that.
 */
#include "server/forward/sink_kind.h"

#include <errno.h>
#include <sys/socket.h>

#include "server/forward/tcp_state.h"

#define ROUNDS 16 /* sends before others on the loop have their turn */

static int sink_tcp_write(struct transport *t)
{
    size_t len;
    for (int round = 0; round < ROUNDS; round++) {
        const char *bytes = transport_next(t, &len);
        if (!bytes)
            return 0;
        ssize_t n = send(t->fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n >= 0)
            transport_sent(t, (size_t)n);
        else if (errno != EINTR)
            return errno == EAGAIN ? UV_EAGAIN : -errno;
    }
    return UV_EAGAIN;
}

static uint64_t sink_tcp_acked(struct transport *t)
{
    uint64_t unacked = tcp_state_unacked(t->fd);
    return unacked < t->flight.written ? t->flight.written - unacked : 0;
}

const struct sink_kind sink_tcp = {
    .protocol = FORWARD_TCP,
    .name = "tcp",
    .start = sink_socket_start,
    .stop = sink_socket_stop,
    .write = sink_tcp_write,
    .read = sink_socket_discard,
    .acked = sink_tcp_acked,
    .retains = true,
};
