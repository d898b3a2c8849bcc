/*
 * Counting receiver on 127.0.0.1, TCP (newline or octet counting, found out per connection) or UDP.
 * Ends after -n messages, after silence, at a signal or at its time limit, and prints
 *
 *   messages=200000 bytes=81234567 connections=1 unfinished=0 bad=0 first=81.250 last=81.662 cpu=0.1
 *
 * bytes are the messages' own, unfinished are messages cut off by the end of their connection, bad
 * are connections closed here for a frame that cannot be; first and last are when the first and the
 * last bytes came, in seconds of the monotonic clock, cpu is its processor time. It can misbehave as
 * receivers do: close, reset, read slowly, accept and close, be away at first. Exit: 0 when -n were
 * received or no -n was given, else 1.
 */
#include "tests/tool.h"

#include <getopt.h>
#include <poll.h>
#include <signal.h>

#define CONNECTIONS_MAX 1000
#define MESSAGE_MAX     (1 << 20)
#define READ_BYTES      (1 << 20)
#define DATAGRAMS       64

enum framing { UNDECIDED, NEWLINE, OCTET_COUNTING };

struct connection {
    int fd;
    enum framing framing;
    uint64_t received;
    char *tail; /* of a message that is not whole yet */
    size_t tail_len;
};

static struct {
    unsigned port;
    bool udp, accept_close, reset, store_first;
    const char *file;
    uint64_t count, close_after, slow, refuse_ms, idle_ms;
    double limit_s;
} options = {.idle_ms = 10000, .limit_s = 600};

static struct connection connections[CONNECTIONS_MAX];
static unsigned n_connections;
static uint64_t messages, bytes, accepted, unfinished, bad;
static double first, last;
static FILE *copy;
static volatile sig_atomic_t stopped;

static void on_signal(int number)
{
    (void)number;
    stopped = 1;
}

static void message_take(const char *text, size_t len)
{
    messages++;
    bytes += len;
    if (copy && (fwrite(text, 1, len, copy) != len || putc('\n', copy) == EOF))
        tool_fail("%s: %s", options.file, strerror(errno));
}

/*
 * The length of the whole frame at the beginning of p[0..len) and where its message lies; 0: not
 * whole yet; -1: cannot be.
 */
static ssize_t frame_next(struct connection *c, const char *p, size_t len, size_t *from, size_t *to)
{
    if (c->framing == UNDECIDED)
        c->framing = *p >= '1' && *p <= '9' ? OCTET_COUNTING : NEWLINE;
    if (c->framing == NEWLINE) {
        const char *end = memchr(p, '\n', len);
        *from = 0;
        *to = end ? (size_t)(end - p) : 0;
        return end ? (ssize_t)(*to + 1) : len >= MESSAGE_MAX ? -1 : 0;
    }
    size_t n = 0, i = 0;
    for (; i < len && p[i] >= '0' && p[i] <= '9' && n <= MESSAGE_MAX; i++)
        n = n * 10 + (size_t)(p[i] - '0');
    if (i == len && n <= MESSAGE_MAX)
        return 0;
    if (n == 0 || n > MESSAGE_MAX || p[0] == '0' || p[i] != ' ')
        return -1;
    *from = i + 1;
    *to = i + 1 + n;
    return *to <= len ? (ssize_t)*to : 0;
}

static void connection_close(struct connection *c)
{
    unfinished += c->tail_len != 0;
    free(c->tail);
    if (options.reset)
        tool_reset(c->fd);
    else
        close(c->fd);
    *c = connections[--n_connections];
}

/* Takes the whole messages out of p[0..len), keeps the rest. False: the connection is no good. */
static bool connection_parse(struct connection *c, const char *p, size_t len)
{
    size_t from, to;
    ssize_t n = 0;
    while (len && (n = frame_next(c, p, len, &from, &to)) > 0) {
        message_take(p + from, to - from);
        p += n;
        len -= (size_t)n;
    }
    if (len && n < 0)
        return false;
    if (len && !c->tail && !(c->tail = malloc(MESSAGE_MAX + 16)))
        tool_fail("no memory");
    if (len)
        memmove(c->tail, p, len);
    c->tail_len = len;
    return true;
}

/* Reads once. False: the connection has ended and is gone. */
static bool connection_read(struct connection *c)
{
    static char buffer[MESSAGE_MAX + 16 + READ_BYTES];
    size_t room = READ_BYTES;
    if (options.slow && options.slow / 20 < room)
        room = options.slow / 20 ? options.slow / 20 : 1;
    if (options.close_after && options.close_after - c->received < room)
        room = options.close_after - c->received;
    memcpy(buffer, c->tail ? c->tail : "", c->tail_len);
    int peek = options.store_first ? MSG_PEEK : 0;
    ssize_t n = recv(c->fd, buffer + c->tail_len, room, MSG_DONTWAIT | peek);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return true;
    if (n > 0) {
        last = tool_now_s();
        first = first ? first : last;
        c->received += (uint64_t)n;
        bool good = connection_parse(c, buffer, c->tail_len + (size_t)n);
        bad += !good;
        if (peek && (fflush(copy) || recv(c->fd, NULL, (size_t)n, MSG_TRUNC) != n))
            tool_fail("%s: %s", options.file, strerror(errno));
        if (good && (!options.close_after || c->received < options.close_after))
            return true;
    }
    connection_close(c);
    return false;
}

static void connection_accept(int listener)
{
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0)
        return;
    accepted++;
    if (options.accept_close || n_connections == CONNECTIONS_MAX) {
        close(fd);
        return;
    }
    connections[n_connections++] = (struct connection){.fd = fd};
}

static bool finished(double idle_since)
{
    return stopped || (options.count && messages >= options.count) ||
           (options.idle_ms && tool_now_s() - idle_since > (double)options.idle_ms / 1000);
}

static void tcp_run(double since)
{
    struct pollfd polled[CONNECTIONS_MAX + 1];
    double end = since + options.limit_s;
    int listener = tool_bind(SOCK_STREAM, (uint16_t)options.port);
    int small = 4096;
    if (options.slow) /* the kernel must not read ahead of us */
        setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
    fprintf(stderr, "listening on 127.0.0.1:%u\n", tool_port(listener));
    while (!finished(last ? last : since) && tool_now_s() < end) {
        unsigned n = n_connections;
        polled[n] = (struct pollfd){.fd = listener, .events = POLLIN};
        for (unsigned i = 0; i < n; i++)
            polled[i] = (struct pollfd){.fd = connections[i].fd, .events = POLLIN};
        if (poll(polled, n + 1, 20) < 0 && errno != EINTR)
            tool_fail("poll: %s", strerror(errno));
        /* From the last to the first: a connection that ends is replaced by the last one. */
        for (unsigned i = n; i-- > 0;)
            if (polled[i].revents)
                connection_read(&connections[i]);
        if (polled[n].revents)
            connection_accept(listener);
        if (options.slow)
            poll(NULL, 0, 50);
    }
    while (n_connections)
        connection_close(&connections[0]);
    close(listener);
}

static void udp_run(double since)
{
    static char buffers[DATAGRAMS][65536];
    struct iovec parts[DATAGRAMS];
    struct mmsghdr headers[DATAGRAMS] = {0};
    int fd = tool_bind(SOCK_DGRAM, (uint16_t)options.port), size = 64 << 20;
    double end = since + options.limit_s;
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
    fprintf(stderr, "listening on 127.0.0.1:%u\n", tool_port(fd));
    for (int i = 0; i < DATAGRAMS; i++) {
        parts[i] = (struct iovec){.iov_base = buffers[i], .iov_len = sizeof(buffers[i])};
        headers[i].msg_hdr = (struct msghdr){.msg_iov = &parts[i], .msg_iovlen = 1};
    }
    while (!finished(last ? last : since) && tool_now_s() < end) {
        int n = recvmmsg(fd, headers, DATAGRAMS, MSG_DONTWAIT, NULL);
        for (int i = 0; i < n; i++)
            message_take(buffers[i], headers[i].msg_len);
        if (n > 0) {
            last = tool_now_s();
            first = first ? first : last;
        } else {
            struct pollfd polled = {.fd = fd, .events = POLLIN};
            poll(&polled, 1, 20);
        }
    }
    close(fd);
}

static void usage(void)
{
    tool_fail("usage: tool_sink -p PORT [-u (UDP)] [-n MESSAGES] [-i IDLE MS (0: for ever)]\n"
              "  [-t SECONDS at most] [-o FILE for the messages, one a line]\n"
              "  [--close-after BYTES of each connection] [--reset (instead of close)]\n"
              "  [--slow BYTES A SECOND] [--accept-close] [--refuse-for MS]\n"
              "  [--store-first: what the file does not have is not taken from the kernel]");
}

static void options_read(int argc, char **argv)
{
    static const struct option names[] = {
        {"close-after", required_argument, NULL, 'C'},
        {"slow", required_argument, NULL, 'S'},
        {"refuse-for", required_argument, NULL, 'R'},
        {"accept-close", no_argument, NULL, 'A'},
        {"reset", no_argument, NULL, 'X'},
        {"store-first", no_argument, NULL, 'F'},
        {0},
    };
    for (int o; (o = getopt_long(argc, argv, "p:un:i:t:o:", names, NULL)) != -1;) {
        switch (o) {
        case 'p':
            options.port = (unsigned)tool_number(optarg, "-p", 65535);
            break;
        case 'u':
            options.udp = true;
            break;
        case 'n':
            options.count = tool_number(optarg, "-n", UINT32_MAX);
            break;
        case 'i':
            options.idle_ms = tool_number(optarg, "-i", 600000);
            break;
        case 't':
            options.limit_s = (double)tool_number(optarg, "-t", 3600);
            break;
        case 'o':
            options.file = optarg;
            break;
        case 'C':
            options.close_after = tool_number(optarg, "--close-after", UINT32_MAX);
            break;
        case 'S':
            options.slow = tool_number(optarg, "--slow", UINT32_MAX);
            break;
        case 'R':
            options.refuse_ms = tool_number(optarg, "--refuse-for", 600000);
            break;
        case 'A':
            options.accept_close = true;
            break;
        case 'X':
            options.reset = true;
            break;
        case 'F':
            options.store_first = true;
            break;
        default:
            usage();
        }
    }
    if (optind != argc || (options.store_first && !options.file))
        usage();
}

int main(int argc, char **argv)
{
    options_read(argc, argv);
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    if (options.file && !(copy = fopen(options.file, "w")))
        tool_fail("%s: %s", options.file, strerror(errno));
    if (options.refuse_ms)
        poll(NULL, 0, (int)options.refuse_ms);
    if (options.udp)
        udp_run(tool_now_s());
    else
        tcp_run(tool_now_s());
    if (copy && fclose(copy))
        tool_fail("%s: %s", options.file, strerror(errno));
    printf("messages=%llu bytes=%llu connections=%llu unfinished=%llu bad=%llu first=%.6f "
           "last=%.6f cpu=%.3f\n",
           (unsigned long long)messages, (unsigned long long)bytes, (unsigned long long)accepted,
           (unsigned long long)unfinished, (unsigned long long)bad, first, last, tool_cpu_s());
    return options.count && messages < options.count ? 1 : 0;
}
