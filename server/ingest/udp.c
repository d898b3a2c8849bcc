/*
 * UDP by recvmmsg: many datagrams a call. A quiet socket is polled, and answers at once. Being woken
 * for every datagram costs twice what the datagram does, so a busy one is left alone for some
 * milliseconds, as long as its receive buffer stands whatever may come meanwhile, and emptied then.
 */
#include "server/ingest/ingest.h"

#include <linux/sock_diag.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/ingest/listen.h"

#define SLOTS 64 /* datagrams a call */
/* Slots a page apart would all fall into the same few cache lines: some lines more, and they spread. */
#define SLOT_STEP    (MESSAGE_SIZE_MAX + 5 * 64)
#define ROUNDS       16     /* calls before others on the loop have their turn */
#define DRAIN_ROUNDS 1024   /* at the end */
#define LEFT_MAX     200000 /* more than a socket holds, if nobody goes on sending */
#define REST_MS_MAX  5
/* What a millisecond may bring, as the kernel reckons it: 10 Gbit/s, or 800,000 short datagrams a second. */
#define BYTES_A_MS (2 << 20)
#define SPAN_MS    4
#define BUSY       16  /* so many datagrams within a span: rests from now on */
#define QUIET      8   /* a rest that brought fewer was the last */
#define SENDERS    256 /* a power of two */

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
    unsigned rest_ms; /* what the receive buffer stands; 0: it is too small */
    bool resting;     /* emptied by the clock, not polled */
    bool closing;
    uint64_t span_ms; /* loop time since when the datagrams of this span are counted */
    unsigned span_count;
    uint32_t dropped; /* the kernel's count, as last seen */
    char *bytes;
    struct known_sender senders[SENDERS];
    struct mmsghdr messages[SLOTS];
    struct iovec parts[SLOTS];
    struct sockaddr_storage from[SLOTS];
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

/* The kernel's count wraps. */
void udp_count_drops(struct udp *u)
{
    uint32_t info[SK_MEMINFO_VARS] = {0};
    socklen_t len = sizeof(info);
    if (getsockopt(u->fd, SOL_SOCKET, SO_MEMINFO, info, &len) < 0 ||
        len <= SK_MEMINFO_DROPS * sizeof(info[0]))
        return;
    u->ingest->pipeline->counters.kernel_dropped += info[SK_MEMINFO_DROPS] - u->dropped;
    u->dropped = info[SK_MEMINFO_DROPS];
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
        for (unsigned i = 0; i < SLOTS; i++)
            u->messages[i].msg_hdr.msg_namelen = sizeof(u->from[i]);
        int n = recvmmsg(u->fd, u->messages, SLOTS, MSG_DONTWAIT, NULL);
        if (n <= 0)
            break;
        u->ingest->arrival_ms = ingest_now_ms();
        for (unsigned i = 0; i < (unsigned)n; i++)
            take(u, i);
        pipeline_flush(u->ingest->pipeline);
        total += (unsigned)n;
        if (n < SLOTS)
            break;
    }
    return total;
}

static void on_readable(uv_poll_t *poll, int status, int events);

/* More than one turn takes is left to the poll: others on the loop have theirs, and no rest. */
static bool may_rest(const struct udp *u, unsigned n)
{
    return u->rest_ms && n < ROUNDS * SLOTS;
}

static void on_rested(uv_timer_t *timer)
{
    struct udp *u = timer->data;
    unsigned n = empty(u, ROUNDS);
    if (u->ingest->paused)
        return;
    u->resting = n >= QUIET && may_rest(u, n);
    if (u->resting)
        uv_timer_start(&u->timer, on_rested, u->rest_ms, 0);
    else
        uv_poll_start(&u->poll, UV_READABLE, on_readable);
}

/* Whether there is so much that a rest is worth it. */
static bool is_busy(struct udp *u, unsigned n)
{
    uint64_t now_ms = uv_now(u->ingest->loop);
    if (now_ms - u->span_ms >= SPAN_MS) {
        u->span_ms = now_ms;
        u->span_count = 0;
    }
    u->span_count += n;
    return u->span_count >= BUSY;
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    struct udp *u = poll->data;
    (void)events;
    unsigned n = empty(u, ROUNDS);
    if (u->ingest->paused || u->closing)
        return;
    u->resting = is_busy(u, n) && may_rest(u, n);
    if (u->resting) {
        uv_poll_stop(&u->poll);
        uv_timer_start(&u->timer, on_rested, u->rest_ms, 0);
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
    if (u->resting)
        uv_timer_start(&u->timer, on_rested, 0, 0);
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
        u->messages[i].msg_hdr =
            (struct msghdr){.msg_name = &u->from[i], .msg_iov = &u->parts[i], .msg_iovlen = 1};
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
    /* The kernel reckons with twice what it grants. */
    u->rest_ms =
        granted * 2 / BYTES_A_MS < REST_MS_MAX ? (unsigned)(granted * 2 / BYTES_A_MS) : REST_MS_MAX;
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
