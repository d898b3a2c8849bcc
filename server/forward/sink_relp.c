/*
 * RELP, the Reliable Event Logging Protocol (https://www.rsyslog.com/doc/relp.html), the client's
 * side of version 0, which is what librelp and its receivers speak. Each message is a transaction
 * that the receiver's program answers; it counts as forwarded when that answer has come, and goes out
 * again on the next connection when it has not. A message that is answered with anything but 200 is
 * refused for good. Nothing but the window limits how many wait for their answers.
 *
 *     frame = TXNR SP COMMAND SP DATALEN [SP DATA] LF        numbers have at most 9 digits
 */
#include "server/forward/sink_kind.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define ROUNDS     16
#define WINDOW     1024 /* messages that wait for their answers */
#define ANSWER_MAX 4096 /* of an answer's frame; a real one has less than 300 bytes */
#define HEADER_MAX 32   /* of a syslog frame */
#define TXNR_MAX   999999999u
#define COMMAND    "syslog"

struct relp {
    uint32_t txnr;    /* the next one */
    bool open;        /* the receiver has answered our offers */
    unsigned first;   /* of the slots: the oldest that waits for its answer */
    unsigned waiting; /* how many do */
    uint64_t acked;   /* bytes of the flight whose messages are all answered */
    uint32_t refused; /* of them, since it was last asked */
    struct {
        uint64_t end; /* of the message, in bytes of the flight */
        bool answered, refused;
    } slots[WINDOW];
    size_t in_len, out_begin, out_len;
    char in[ANSWER_MAX];
    char out[BATCH_BYTES + HEADER_MAX];
};

struct relp_answer {
    uint32_t txnr;
    const char *command, *data;
    size_t command_len, data_len;
};

/* ---- frames that come ---- */

/* Up to nine digits. Returns what follows them, or NULL; at the end of what there is, `end`. */
static const char *read_number(const char *p, const char *end, uint32_t *number)
{
    const char *begin = p;
    *number = 0;
    for (; p < end && *p >= '0' && *p <= '9'; p++)
        *number = *number * 10 + (uint32_t)(*p - '0');
    return (p == begin && p < end) || p - begin > 9 ? NULL : p;
}

/*
 * Returns the length of the frame that p begins with, 0: it is not whole yet, or UV_EPROTO. One that
 * fills the whole buffer is too long.
 */
static ssize_t read_answer(const char *p, size_t len, struct relp_answer *a)
{
    const char *begin = p, *end = p + len;
    const ssize_t not_whole = len < ANSWER_MAX ? 0 : UV_EPROTO;
    uint32_t data_len;
    p = read_number(p, end, &a->txnr);
    if (!p || p == end)
        return p ? not_whole : UV_EPROTO;
    if (*p != ' ')
        return UV_EPROTO;
    a->command = ++p;
    while (p < end && *p >= 'a' && *p <= 'z')
        p++;
    a->command_len = (size_t)(p - a->command);
    if (p == end)
        return not_whole;
    p = *p == ' ' ? read_number(p + 1, end, &data_len) : NULL;
    if (!p || p == end)
        return p ? not_whole : UV_EPROTO;
    if (data_len > ANSWER_MAX || (data_len && *p != ' '))
        return UV_EPROTO;
    a->data = p += *p == ' ';
    a->data_len = data_len;
    if ((size_t)(end - p) <= data_len)
        return not_whole;
    return p[data_len] == '\n' ? p + data_len + 1 - begin : UV_EPROTO;
}

static bool is(const struct relp_answer *a, const char *command)
{
    return a->command_len == strlen(command) && memcmp(a->command, command, a->command_len) == 0;
}

static bool is_good(const struct relp_answer *a)
{
    return a->data_len >= 3 && memcmp(a->data, "200", 3) == 0;
}

/* The receiver's offers must name what we are going to send. */
static int take_offers(struct relp *r, const struct relp_answer *a)
{
    bool has_version = memmem(a->data, a->data_len, "\nrelp_version=", 14) != NULL;
    const char *commands = memmem(a->data, a->data_len, "\ncommands=", 10);
    size_t left = commands ? a->data_len - (size_t)(commands - a->data) : 0;
    if (a->txnr != 1 || !is_good(a) || !has_version || !commands ||
        !memmem(commands, left, COMMAND, sizeof(COMMAND) - 1))
        return UV_EPROTO;
    r->open = true;
    return 0;
}

static int take_answer(struct relp *r, const struct relp_answer *a)
{
    if (a->txnr == 0) /* a hint */
        return is(a, "serverclose") ? UV_EOF : 0;
    if (!is(a, "rsp"))
        return UV_EPROTO;
    if (!r->open)
        return take_offers(r, a);
    uint32_t oldest = (r->txnr + TXNR_MAX - 1 - r->waiting) % TXNR_MAX + 1;
    unsigned place = (a->txnr + TXNR_MAX - oldest) % TXNR_MAX;
    unsigned slot = (r->first + place) % WINDOW;
    if (a->txnr > TXNR_MAX || place >= r->waiting || r->slots[slot].answered)
        return UV_EPROTO;
    r->slots[slot].answered = true;
    r->slots[slot].refused = !is_good(a);
    for (; r->waiting && r->slots[r->first].answered; r->waiting--) {
        r->acked = r->slots[r->first].end;
        r->refused += r->slots[r->first].refused;
        r->first = (r->first + 1) % WINDOW;
    }
    return 0;
}

/* Reads once, and takes every whole frame. */
static int take_answers(struct transport *t)
{
    struct relp *r = t->own;
    struct relp_answer a;
    size_t at = 0;
    ssize_t n = recv(t->fd, r->in + r->in_len, sizeof(r->in) - r->in_len, MSG_DONTWAIT);
    if (n <= 0)
        return n == 0 ? UV_EOF : errno == EINTR ? UV_EAGAIN : -errno;
    r->in_len += (size_t)n;
    while ((n = read_answer(r->in + at, r->in_len - at, &a)) > 0) {
        int code = take_answer(r, &a);
        if (code)
            return code;
        at += (size_t)n;
    }
    memmove(r->in, r->in + at, r->in_len -= at);
    return (int)n;
}

static int sink_relp_read(struct transport *t)
{
    struct relp *r = t->own;
    struct output_counters *counters = &t->sink->counters;
    int code = take_answers(t);
    transport_confirm(t);
    counters->forwarded -= r->refused;
    counters->dropped_refused += r->refused;
    r->refused = 0;
    return code;
}

static uint64_t sink_relp_acked(struct transport *t)
{
    return ((struct relp *)t->own)->acked;
}

/* ---- frames that go ---- */

static void put_frame(struct relp *r, const char *command, const char *data, size_t len)
{
    char *out = r->out + r->out_len;
    int n =
        snprintf(out, HEADER_MAX, "%u %s %zu%s", (unsigned)r->txnr, command, len, len ? " " : "");
    memcpy(out + n, data, len);
    out[(size_t)n + len] = '\n';
    r->out_len += (size_t)n + len + 1;
    r->txnr = r->txnr % TXNR_MAX + 1;
}

static int send_out(struct transport *t)
{
    struct relp *r = t->own;
    while (r->out_begin < r->out_len) {
        ssize_t n = send(t->fd, r->out + r->out_begin, r->out_len - r->out_begin,
                         MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n >= 0)
            r->out_begin += (size_t)n;
        else if (errno != EINTR)
            return errno == EAGAIN ? UV_EAGAIN : -errno;
    }
    r->out_begin = r->out_len = 0;
    return 0;
}

/* Frames messages as long as there is room for them and for their answers. */
static void fill_out(struct transport *t)
{
    struct relp *r = t->own;
    while (r->waiting < WINDOW) {
        size_t len;
        const char *bytes = transport_next(t, &len);
        if (!bytes)
            return;
        const struct batch *batch = t->flight.writing;
        uint32_t message = flight_message(&t->flight);
        len = batch->ends[message] - batch_begin(batch, message);
        if (r->out_len + len + HEADER_MAX > sizeof(r->out))
            return;
        put_frame(r, COMMAND, bytes, len);
        transport_sent(t, len);
        unsigned slot = (r->first + r->waiting++) % WINDOW;
        r->slots[slot].end = t->flight.written;
        r->slots[slot].answered = false;
    }
}

static int sink_relp_write(struct transport *t)
{
    struct relp *r = t->own;
    for (int round = 0; round < ROUNDS; round++) {
        int code = send_out(t);
        if (code)
            return code;
        fill_out(t);
        if (r->out_len == 0)
            return r->waiting == WINDOW ? UV_EBUSY : 0;
    }
    return UV_EAGAIN;
}

/* ---- the connection ---- */

static int sink_relp_greet(struct transport *t)
{
    static const char offers[] =
        "relp_version=0\nrelp_software=parapet," PARAPET_VERSION "\ncommands=" COMMAND;
    struct relp *r = t->own;
    if (!r) {
        t->own = r = calloc(1, sizeof(*r));
        if (!r)
            return UV_ENOMEM;
        r->txnr = 1;
        put_frame(r, "open", offers, sizeof(offers) - 1);
    }
    int code = send_out(t);
    t->greeting_events = UV_READABLE | (code == UV_EAGAIN ? UV_WRITABLE : 0);
    if (code)
        return code;
    code = take_answers(t);
    return code ? code : r->open ? 0 : UV_EAGAIN;
}

/* Says farewell when nothing is left in the way; nobody waits for the answer. */
static void sink_relp_end(struct transport *t)
{
    struct relp *r = t->own;
    if (t->state == TRANSPORT_UP && send_out(t) == 0) {
        put_frame(r, "close", "", 0);
        send_out(t);
    }
    free(r);
    t->own = NULL;
}

const struct sink_kind sink_relp = {
    .protocol = FORWARD_RELP,
    .name = "relp",
    .start = sink_socket_start,
    .stop = sink_socket_stop,
    .greet = sink_relp_greet,
    .write = sink_relp_write,
    .read = sink_relp_read,
    .acked = sink_relp_acked,
    .end = sink_relp_end,
};
