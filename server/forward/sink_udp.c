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

/* Sends up to SLOTS messages of the head batch. Returns how many were taken, or -1 with errno. */
static int send_some(struct sink *s)
{
    struct mmsghdr messages[SLOTS];
    struct iovec parts[SLOTS];
    const struct batch *head = s->head;
    size_t begin = sink_front(s);
    unsigned n = 0;
    memset(messages, 0, sizeof(messages));
    for (; n < SLOTS && s->head_done + n < head->count; n++) {
        size_t end = head->ends[s->head_done + n];
        parts[n].iov_base = s->head->bytes + begin;
        parts[n].iov_len = end - begin;
        messages[n].msg_hdr.msg_iov = &parts[n];
        messages[n].msg_hdr.msg_iovlen = 1;
        begin = end;
    }
    return sendmmsg(s->fd, messages, n, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static int sink_udp_write(struct sink *s)
{
    for (int round = 0; s->head && round < ROUNDS; round++) {
        int sent = send_some(s);
        if (sent > 0) {
            sink_sent(s, s->head->ends[s->head_done + (uint32_t)sent - 1] - s->head_off);
        } else if (errno == EAGAIN) {
            return UV_EAGAIN;
        } else if (errno == EMSGSIZE) {
            sink_skip(s, &s->counters.dropped_too_long);
        } else if (errno != EINTR) {
            return -errno;
        }
    }
    return s->head ? UV_EAGAIN : 0;
}

const struct sink_kind sink_udp = {
    .protocol = FORWARD_UDP,
    .name = "udp",
    .start = sink_socket_start,
    .stop = sink_socket_stop,
    .write = sink_udp_write,
    .reads = true,
};
