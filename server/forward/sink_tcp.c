/* TCP: whole batches into one connection. What breaks off in the middle of a message is sent again
 * from its beginning on the next connection. */
#include "server/forward/sink_kind.h"

#include <errno.h>
#include <sys/socket.h>

#define ROUNDS 16 /* sends before others on the loop have their turn */

static int sink_tcp_write(struct sink *s)
{
    for (int round = 0; s->head && round < ROUNDS; round++) {
        ssize_t n = send(s->fd, s->head->bytes + s->head_off, s->head->len - s->head_off,
                         MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n >= 0)
            sink_sent(s, (size_t)n);
        else if (errno == EAGAIN)
            return UV_EAGAIN;
        else if (errno != EINTR)
            return -errno;
    }
    return s->head ? UV_EAGAIN : 0;
}

const struct sink_kind sink_tcp = {
    .protocol = FORWARD_TCP,
    .name = "tcp",
    .start = sink_socket_start,
    .stop = sink_socket_stop,
    .write = sink_tcp_write,
    .reads = true,
};
