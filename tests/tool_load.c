/*
 * Load generator: replays a file of lines to 127.0.0.1 over TCP connections or UDP, as fast as they
 * are taken or at a rate, and says how many were handed over, when and how fast:
 *
 *   sent=200000 seconds=0.412 rate=485436 first=81.250113 last=81.662113 cpu=0.052 broken=0
 *
 * first and last are seconds of the monotonic clock, as tool_sink prints them, cpu is the processor
 * time that sending took. A connection counts as broken when the other side closes it or refuses; its
 * unfinished line is not counted as sent.
 * Exit: 0 when all were sent, 1 when not.
 */
#include "tests/tool.h"

#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>

#define CONNECTIONS_MAX 20000
#define BLOCK_BYTES     65536 /* what a connection takes at a time */
#define DATAGRAMS       64
#define FILE_MAX_BYTES  (2ull << 30)

enum framing { NEWLINE, OCTET_COUNTING, CRLF, NUL, FRAMINGS };
static const char *const framing_names[] = {"newline", "octet", "crlf", "nul"};

static struct {
    unsigned port, connections;
    bool udp, trickle, keep;
    enum framing framing;
    const char *file;
    uint64_t count, rate;
    double wait_s, limit_s;
} options = {.connections = 1, .wait_s = 5, .limit_s = 300};

/* The file's lines as they go out, back to back; line i is frames[ends[i-1] .. ends[i]). */
static char *frames;
static size_t *ends, n_lines;

static uint64_t taken, sent; /* lines given to connections, and wholly handed to the kernel */
static double started;
static volatile sig_atomic_t ended; /* SIGTERM, with -k */

struct connection {
    int fd;
    size_t line;     /* the first line of the block that is not wholly sent */
    size_t pos, end; /* the block: bytes of frames still to send */
};

static size_t line_start(size_t line)
{
    return line ? ends[line - 1] : 0;
}

static char *file_read(const char *path, size_t *len)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0)
        tool_fail("%s: %s", path, strerror(errno));
    if (st.st_size <= 0 || (uint64_t)st.st_size > FILE_MAX_BYTES)
        tool_fail("%s: empty, or too long", path);
    char *text = malloc((size_t)st.st_size + 1);
    ssize_t got;
    *len = 0;
    while (text && (got = read(fd, text + *len, (size_t)st.st_size - *len)) > 0)
        *len += (size_t)got;
    if (!text || !*len)
        tool_fail("%s: cannot be read", path);
    close(fd);
    if (text[*len - 1] != '\n')
        text[(*len)++] = '\n';
    return text;
}

static size_t frame_write(char *to, const char *line, size_t len)
{
    size_t n = 0;
    if (options.framing == OCTET_COUNTING && !options.udp)
        n = (size_t)sprintf(to, "%zu ", len);
    memcpy(to + n, line, len);
    n += len;
    if (options.udp || options.framing == OCTET_COUNTING)
        return n;
    if (options.framing == CRLF)
        to[n++] = '\r';
    to[n++] = options.framing == NUL ? '\0' : '\n';
    return n;
}

static void frames_build(void)
{
    size_t len, used = 0;
    char *text = file_read(options.file, &len);
    for (const char *p = text; p < text + len; p++)
        n_lines += *p == '\n';
    frames = malloc(len + n_lines * 12);
    ends = malloc(n_lines * sizeof(*ends));
    if (!frames || !ends)
        tool_fail("no memory for %zu lines", n_lines);
    n_lines = 0;
    for (char *p = text, *end; p < text + len; p = end + 1) {
        end = memchr(p, '\n', (size_t)(text + len - p));
        used += frame_write(frames + used, p, (size_t)(end - p));
        ends[n_lines++] = used;
    }
    free(text);
}

/* How many lines may be under way by now. */
static uint64_t allowed_now(void)
{
    if (!options.rate)
        return options.count;
    double so_far = (tool_now_s() - started) * (double)options.rate + 1;
    return so_far < (double)options.count ? (uint64_t)so_far : options.count;
}

/* The next block of lines for a connection; false when there is none now. */
static bool block_take(struct connection *c)
{
    uint64_t may = allowed_now();
    if (taken >= may)
        return false;
    c->line = taken % n_lines;
    c->pos = c->end = line_start(c->line);
    for (size_t line = c->line; line < n_lines && taken < may; line++, taken++) {
        if (line > c->line && (ends[line] - c->pos > BLOCK_BYTES || options.trickle))
            break;
        c->end = ends[line];
    }
    return true;
}

/* What it had taken and not sent goes with it: no other connection sends it. */
static void connection_break(struct connection *c, unsigned *broken)
{
    close(c->fd);
    c->fd = -1;
    ++*broken;
}

/* Sends until the kernel takes no more or nothing is left. True: something is waiting to be sent. */
static bool connection_send(struct connection *c, unsigned *broken)
{
    for (;;) {
        if (c->pos == c->end && !block_take(c))
            return false;
        ssize_t n = send(c->fd, frames + c->pos, c->end - c->pos, MSG_NOSIGNAL);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            return true;
        if (n < 0) {
            connection_break(c, broken);
            return false;
        }
        c->pos += (size_t)n;
        while (c->line < n_lines && ends[c->line] <= c->pos) {
            c->line++;
            sent++;
        }
        if (options.rate)
            return c->pos < c->end; /* others get their turn */
    }
}

/* Connects, trying again while the port refuses: the server may still be starting. */
static int connect_patiently(void)
{
    struct sockaddr_in to = tool_loopback((uint16_t)options.port);
    double give_up = tool_now_s() + options.wait_s;
    for (;;) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd < 0)
            tool_fail("socket: %s", strerror(errno));
        if (!connect(fd, (struct sockaddr *)&to, sizeof(to))) {
            int one = 1;
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
            tool_nonblocking(fd);
            return fd;
        }
        if (errno != ECONNREFUSED || tool_now_s() > give_up)
            tool_fail("connect 127.0.0.1:%u: %s", options.port, strerror(errno));
        close(fd);
        poll(NULL, 0, 20);
    }
}

static unsigned tcp_run(void)
{
    static struct connection connections[CONNECTIONS_MAX];
    struct pollfd polled[CONNECTIONS_MAX];
    unsigned broken = 0;
    for (unsigned i = 0; i < options.connections; i++)
        connections[i].fd = connect_patiently();
    started = tool_now_s();
    while (broken < options.connections && tool_now_s() - started < options.limit_s) {
        bool waiting = false;
        for (unsigned i = 0; i < options.connections; i++) {
            struct connection *c = &connections[i];
            bool more = c->fd >= 0 && connection_send(c, &broken);
            polled[i] = (struct pollfd){.fd = more ? c->fd : -1, .events = POLLOUT};
            waiting |= more;
        }
        if (!waiting && taken >= options.count)
            break;
        poll(polled, options.connections, options.rate ? 1 : 100);
    }
    while (options.keep && !ended)
        poll(NULL, 0, 100);
    for (unsigned i = 0; i < options.connections; i++)
        if (connections[i].fd >= 0)
            close(connections[i].fd);
    return broken;
}

static void udp_run(void)
{
    struct sockaddr_in to = tool_loopback((uint16_t)options.port);
    struct iovec parts[DATAGRAMS];
    struct mmsghdr messages[DATAGRAMS];
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0)
        tool_fail("socket: %s", strerror(errno));
    started = tool_now_s();
    while (sent < options.count && tool_now_s() - started < options.limit_s) {
        uint64_t may = allowed_now() - sent;
        unsigned n = 0;
        for (; n < DATAGRAMS && n < may; n++) {
            size_t line = (sent + n) % n_lines;
            parts[n].iov_base = frames + line_start(line);
            parts[n].iov_len = ends[line] - line_start(line);
            memset(&messages[n], 0, sizeof(messages[n]));
            messages[n].msg_hdr.msg_iov = &parts[n];
            messages[n].msg_hdr.msg_iovlen = 1;
        }
        int taken_now = n ? sendmmsg(fd, messages, n, 0) : 0;
        if (taken_now > 0)
            sent += (uint64_t)taken_now;
        else if (taken_now < 0 && errno != ENOBUFS && errno != EINTR && errno != ECONNREFUSED)
            tool_fail("send to 127.0.0.1:%u: %s", options.port, strerror(errno));
        if (options.rate && n < DATAGRAMS)
            poll(NULL, 0, 1);
    }
    close(fd);
}

static void on_end(int number)
{
    (void)number;
    ended = 1;
}

static void usage(void)
{
    tool_fail(
        "usage: tool_load -p PORT -f FILE [-n COUNT (0: each line once)] [-u (UDP)]\n"
        "  [-c CONNECTIONS] [-F newline|octet|crlf|nul] [-r LINES A SECOND] [-1 (a line a send)]\n"
        "  [-k (keep the connections open until SIGTERM)]\n"
        "  [-w SECONDS to wait for the port] [-t SECONDS at most]");
}

static void options_read(int argc, char **argv)
{
    for (int o; (o = getopt(argc, argv, "p:f:n:c:F:r:w:t:u1k")) != -1;) {
        switch (o) {
        case 'p':
            options.port = (unsigned)tool_number(optarg, "-p", 65535);
            break;
        case 'f':
            options.file = optarg;
            break;
        case 'n':
            options.count = tool_number(optarg, "-n", 1000000000);
            break;
        case 'c':
            options.connections = (unsigned)tool_number(optarg, "-c", CONNECTIONS_MAX);
            break;
        case 'r':
            options.rate = tool_number(optarg, "-r", 100000000);
            break;
        case 'w':
            options.wait_s = (double)tool_number(optarg, "-w", 600);
            break;
        case 't':
            options.limit_s = (double)tool_number(optarg, "-t", 3600);
            break;
        case 'u':
            options.udp = true;
            break;
        case '1':
            options.trickle = true;
            break;
        case 'k':
            options.keep = true;
            signal(SIGTERM, on_end);
            break;
        case 'F':
            while (options.framing < FRAMINGS && strcmp(optarg, framing_names[options.framing]))
                options.framing++;
            break;
        default:
            usage();
        }
    }
    if (!options.port || !options.file || !options.connections || options.framing == FRAMINGS ||
        optind != argc)
        usage();
}

int main(int argc, char **argv)
{
    options_read(argc, argv);
    signal(SIGPIPE, SIG_IGN);
    frames_build();
    if (!options.count)
        options.count = n_lines;
    unsigned broken = 0;
    double cpu_before = tool_cpu_s();
    if (options.udp)
        udp_run();
    else
        broken = tcp_run();
    double last = tool_now_s(), seconds = last - started;
    printf("sent=%llu seconds=%.3f rate=%.0f first=%.6f last=%.6f cpu=%.3f broken=%u\n",
           (unsigned long long)sent, seconds, seconds > 0 ? (double)sent / seconds : 0, started,
           last, tool_cpu_s() - cpu_before, broken);
    return sent == options.count && !broken ? 0 : 1;
}
