/*
 * UDP: one datagram a message. A receiver that is not there may answer with ICMP, which the kernel
 * reports at the next call. The output is down from then on: what waits is kept and tried again after
 * a pause, as over TCP. What the kernel took before it knew counts as forwarded, as every datagram
 * does that UDP loses on its way.
 */
#include "server/forward/sink_kind.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#define ROUNDS 64 /* calls before others on the loop have their turn */
#define SLOTS  64 /* datagrams a call */

/* Sends up to SLOTS messages of a batch. Returns how many were taken, or -1 with errno. */
static int send_some(struct transport *t, char *bytes)
{
    struct mmsghdr messages[SLOTS];
    struct iovec parts[SLOTS];
    const struct batch *batch = t->flight.writing;
    uint32_t first = flight_message(&t->flight);
    unsigned n = 0;
    memset(messages, 0, sizeof(messages));
    for (; n < SLOTS && first + n < batch->count; n++) {
        parts[n].iov_base = bytes;
        parts[n].iov_len = batch->ends[first + n] - batch_begin(batch, first + n);
        messages[n].msg_hdr.msg_iov = &parts[n];
        messages[n].msg_hdr.msg_iovlen = 1;
        bytes += parts[n].iov_len;
    }
    int sent = sendmmsg(t->fd, messages, n, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0)
        transport_sent(t, batch_begin(batch, first + (uint32_t)sent) - batch_begin(batch, first));
    return sent;
}

static int sink_udp_write(struct transport *t)
{
    size_t len;
    for (int round = 0; round < ROUNDS; round++) {
        char *bytes = transport_next(t, &len);
        if (!bytes)
            return 0;
        if (send_some(t, bytes) > 0 || errno == EINTR)
            continue;
        if (errno != EMSGSIZE)
            return errno == EAGAIN ? UV_EAGAIN : -errno;
        transport_skip(t, &t->sink->counters.dropped_too_long);
    }
    return UV_EAGAIN;
}

const struct sink_kind sink_udp = {
    .protocol = FORWARD_UDP,
    .name = "udp",
    .start = sink_socket_start,
    .stop = sink_socket_stop,
    .write = sink_udp_write,
    .read = sink_socket_discard,
};
