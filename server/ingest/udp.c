/*
 * UDP by recvmmsg on a polled descriptor: many datagrams a call, and the control data says how many
 * the kernel had to drop. Being woken for each datagram costs twice what the datagram does, so a
 * busy socket is not polled but emptied every few milliseconds, until it is quiet again.
 */
#include "server/ingest/ingest.h"

#include <linux/sock_diag.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/ingest/listen.h"

#define SLOTS 64 /* datagrams a call */
/* Slots a page apart would all fall into the same few cache lines: some lines more, and they spread. */
#define SLOT_STEP     (MESSAGE_SIZE_MAX + 5 * 64)
#define ROUNDS        16     /* calls before others on the loop have their turn */
#define DRAIN_ROUNDS  1024   /* at the end */
#define LEFT_MAX      200000 /* more than a socket holds, if nobody goes on sending */
#define BUSY          32     /* a wake-up that found so many: by the clock from now on */
#define QUIET         16     /* a tick that found fewer: wake-ups again */
#define TICK_MS       4
#define PATIENT_BYTES (4 << 20) /* a receive buffer that holds some busy milliseconds */
#define SENDERS       256       /* a power of two */

struct known_sender {
    struct sender sender;
    bool valid, allowed;
};

struct udp {
    struct ingest *ingest;
    int fd;
    uv_poll_t poll;
    uv_timer_t timer;
    unsigned handles;
    bool patient; /* the receive buffer allows waiting */
    bool ticking; /* emptied by the clock */
    bool closing;
    uint32_t dropped; /* the kernel's count, as last seen */
    char *bytes;
    struct known_sender senders[SENDERS];
    struct mmsghdr messages[SLOTS];
    struct iovec parts[SLOTS];
    struct sockaddr_storage from[SLOTS];
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(uint32_t))];
    } control[SLOTS];
};

/* Whether a sender may, and what is known of it: remembered by a few bits of its address. */
static const struct known_sender *sender_of(struct udp *u, const struct sockaddr_storage *from)
{
    struct address a = ingest_address(from);
    uint64_t h = (a.hi ^ a.lo) * UINT64_C(0x9e3779b97f4a7c15);
    struct known_sender *known = &u->senders[h >> 56 & (SENDERS - 1)];
    if (known->valid && address_equals(known->sender.address, a))
        return known;
    known->valid = true;
    known->allowed = rules_allow(u->ingest->rules, a);
    known->sender = (struct sender){a, rules_device(u->ingest->rules, a)};
    return known;
}

/* The count wraps, and a datagram may carry an older one than was read from the socket since. */
static void count_drops(struct udp *u, uint32_t dropped)
{
    int32_t more = (int32_t)(dropped - u->dropped);
    if (more <= 0)
        return;
    u->dropped = dropped;
    u->ingest->pipeline->counters.kernel_dropped += (uint32_t)more;
}

void udp_count_drops(struct udp *u)
{
    uint32_t info[SK_MEMINFO_VARS] = {0};
    socklen_t len = sizeof(info);
    if (getsockopt(u->fd, SOL_SOCKET, SO_MEMINFO, info, &len) == 0 &&
        len > SK_MEMINFO_DROPS * sizeof(info[0]))
        count_drops(u, info[SK_MEMINFO_DROPS]);
}

static void read_control(struct udp *u, struct msghdr *header)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c)) {
        uint32_t dropped;
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SO_RXQ_OVFL)
            continue;
        memcpy(&dropped, CMSG_DATA(c), sizeof(dropped));
        count_drops(u, dropped);
    }
}

/* A datagram is one message, or one a line: relays and people with netcat send several at once. */
static void take(struct udp *u, unsigned i)
{
    struct ingest *ingest = u->ingest;
    struct counters *counters = &ingest->pipeline->counters;
    const struct known_sender *known = sender_of(u, &u->from[i]);
    struct slice rest = slice_make(u->parts[i].iov_base, u->messages[i].msg_len);
    bool truncated = u->messages[i].msg_hdr.msg_flags & MSG_TRUNC, empty = true;

    while (rest.len) {
        size_t end = slice_find(rest, '\n');
        bool cut = truncated && end == rest.len;
        struct slice message = slice_first(rest, end);
        rest = slice_from(rest, end + 1);
        while (message.len &&
               (message.ptr[message.len - 1] == '\r' || message.ptr[message.len - 1] == '\0'))
            message.len--;
        if (message.len == 0)
            continue;
        empty = false;
        counters->datagrams_truncated += cut;
        if (known->allowed) {
            pipeline_message(ingest->pipeline, &known->sender, message, ingest->arrival_ms, cut);
        } else {
            counters->received++;
            counters->received_bytes += message.len;
            counters->sender_refused++;
        }
    }
    ingest->framing.empty += empty;
}

/* Returns how many datagrams there were. */
static unsigned empty(struct udp *u, unsigned rounds)
{
    unsigned total = 0;
    for (unsigned round = 0; round < rounds && !u->ingest->paused; round++) {
        for (unsigned i = 0; i < SLOTS; i++) {
            u->messages[i].msg_hdr.msg_namelen = sizeof(u->from[i]);
            u->messages[i].msg_hdr.msg_controllen = sizeof(u->control[i]);
        }
        int n = recvmmsg(u->fd, u->messages, SLOTS, MSG_DONTWAIT, NULL);
        if (n <= 0)
            break;
        u->ingest->arrival_ms = ingest_now_ms();
        for (unsigned i = 0; i < (unsigned)n; i++)
            take(u, i);
        read_control(u, &u->messages[n - 1].msg_hdr);
        total += (unsigned)n;
        if (n < SLOTS)
            break;
    }
    return total;
}

static void on_readable(uv_poll_t *poll, int status, int events);

static void on_tick(uv_timer_t *timer)
{
    struct udp *u = timer->data;
    if (empty(u, ROUNDS) >= QUIET || u->ingest->paused)
        return;
    u->ticking = false;
    uv_timer_stop(&u->timer);
    uv_poll_start(&u->poll, UV_READABLE, on_readable);
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    struct udp *u = poll->data;
    (void)events;
    unsigned n = empty(u, ROUNDS);
    if (u->ingest->paused || u->closing)
        return;
    if (n >= BUSY && u->patient) {
        u->ticking = true;
        uv_poll_stop(&u->poll);
        uv_timer_start(&u->timer, on_tick, TICK_MS, TICK_MS);
    } else if (status < 0) {
        /* An error of the socket stops polling; reading has taken it off. */
        uv_poll_start(&u->poll, UV_READABLE, on_readable);
    }
}

void udp_pause(struct udp *u)
{
    uv_poll_stop(&u->poll);
    uv_timer_stop(&u->timer);
}

void udp_resume(struct udp *u)
{
    if (u->ticking)
        uv_timer_start(&u->timer, on_tick, TICK_MS, TICK_MS);
    else
        uv_poll_start(&u->poll, UV_READABLE, on_readable);
}

/* Nobody will read them any more: an output blocks, or they come without end. */
static void count_left(struct udp *u)
{
    char nothing;
    for (unsigned i = 0; i < LEFT_MAX; i++) {
        if (recv(u->fd, &nothing, 1, MSG_DONTWAIT | MSG_TRUNC) < 0)
            return;
        u->ingest->pipeline->counters.datagrams_left++;
    }
}

void udp_drain(struct udp *u)
{
    empty(u, DRAIN_ROUNDS);
    count_left(u);
    udp_count_drops(u);
}

static void on_closed(uv_handle_t *handle)
{
    struct udp *u = handle->data;
    if (--u->handles)
        return;
    close(u->fd);
    free(u->bytes);
    free(u);
}

void udp_close(struct udp *u)
{
    u->closing = true;
    uv_close((uv_handle_t *)&u->timer, on_closed);
    uv_close((uv_handle_t *)&u->poll, on_closed);
}

static bool make_slots(struct udp *u)
{
    u->bytes = malloc(SLOTS * SLOT_STEP);
    for (unsigned i = 0; i < SLOTS && u->bytes; i++) {
        u->parts[i].iov_base = u->bytes + i * SLOT_STEP;
        u->messages[i].msg_hdr = (struct msghdr){.msg_name = &u->from[i],
                                                 .msg_iov = &u->parts[i],
                                                 .msg_iovlen = 1,
                                                 .msg_control = &u->control[i]};
    }
    return u->bytes;
}

void udp_change(struct udp *u)
{
    const struct settings *settings = u->ingest->rules->settings;
    size_t granted = 0;
    memset(u->senders, 0, sizeof(u->senders));
    for (unsigned i = 0; i < SLOTS; i++)
        u->parts[i].iov_len = settings->max_message_size;
    listen_set_receive_buffer(u->fd, settings->receive_buffer, &granted);
    u->patient = granted >= PATIENT_BYTES;
}

int udp_start(struct udp **out, struct ingest *ingest, int fd)
{
    struct udp *u = calloc(1, sizeof(*u));
    int code = UV_ENOMEM;
    if (u) {
        u->ingest = ingest;
        u->fd = fd;
        u->poll.data = u->timer.data = u;
    }
    if (!u || !make_slots(u) || (code = uv_poll_init(ingest->loop, &u->poll, fd)) < 0) {
        close(fd);
        if (u)
            free(u->bytes);
        free(u);
        return code;
    }
    uv_timer_init(ingest->loop, &u->timer);
    u->handles = 2;
    udp_change(u);
    uv_poll_start(&u->poll, UV_READABLE, on_readable);
    *out = u;
    return 0;
}
