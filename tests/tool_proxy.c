/*
 * Fault proxy between two TCP ports of 127.0.0.1: tool_proxy LISTEN TARGET [WHEN:ACTION ...]. It
 * passes bytes both ways and does what its schedule says, one step after the other. WHEN counts from
 * the step before: 300ms, or 20000b, which is after exactly so many bytes from client to target.
 * Actions:
 *
 *   pause, resume   stop reading from clients, go on
 *   cut             close every connection in order; behind 20000b this is in mid-frame
 *   reset           close every connection with a reset
 *   refuse, accept  close the listening port, open it again
 *   delay=MS        hold each block back so long
 *   end             leave
 *
 * SIGUSR1 pauses and resumes, SIGUSR2 resets, SIGHUP refuses and accepts. At its end (SIGTERM, or
 * 600 s) it prints connections=N forwarded=BYTES returned=BYTES steps=N.
 */
#include "tests/tool.h"

#include <poll.h>
#include <signal.h>

#define PAIRS_MAX   256
#define BLOCK_BYTES 65536
#define LIMIT_S     600
#define DELAY_MAX   60000

/* One direction of a connection: a block that was read and is to be written. */
struct flow {
    char *block;
    size_t pos, len;
    double due; /* when it may be written */
    bool ended; /* nothing more will be read */
    bool told;  /* and the other side knows */
};

struct pair {
    int client, target;
    struct flow up, down; /* client to target, target to client */
};

enum action { PAUSE, RESUME, CUT, RESET, REFUSE, ACCEPT, DELAY, END, ACTIONS };
static const char *const action_names[] = {"pause",  "resume", "cut",    "reset",
                                           "refuse", "accept", "delay=", "end"};

struct step {
    bool by_bytes;
    uint64_t when, delay_ms;
    enum action action;
};

static struct pair pairs[PAIRS_MAX];
static unsigned n_pairs, accepted, port, target_port, n_steps, step_now;
static struct step *steps;
static uint64_t forwarded, returned;
static uint64_t step_bytes; /* forwarded when the last step was done */
static double step_time, delay_s;
static int listener = -1;
static bool paused;
static volatile sig_atomic_t toggle_pause, do_reset, toggle_refuse, stopped;

static void on_signal(int number)
{
    *(number == SIGUSR1   ? &toggle_pause
      : number == SIGUSR2 ? &do_reset
      : number == SIGHUP  ? &toggle_refuse
                          : &stopped) = 1;
}

static void close_in_order(int fd)
{
    close(fd);
}

static void pair_close(struct pair *p, bool with_reset)
{
    void (*close_one)(int) = with_reset ? tool_reset : close_in_order;
    close_one(p->client);
    close_one(p->target);
    free(p->up.block);
    free(p->down.block);
    *p = pairs[--n_pairs];
}

static void pairs_close(bool with_reset)
{
    while (n_pairs)
        pair_close(&pairs[n_pairs - 1], with_reset);
}

static void listen_or_refuse(bool listening)
{
    if (listening && listener < 0) {
        listener = tool_bind(SOCK_STREAM, (uint16_t)port);
    } else if (!listening && listener >= 0) {
        close(listener);
        listener = -1;
    }
}

static void step_do(const struct step *s)
{
    switch (s->action) {
    case PAUSE:
    case RESUME:
        paused = s->action == PAUSE;
        break;
    case CUT:
    case RESET:
        pairs_close(s->action == RESET);
        break;
    case REFUSE:
    case ACCEPT:
        listen_or_refuse(s->action == ACCEPT);
        break;
    case DELAY:
        delay_s = (double)s->delay_ms / 1000;
        break;
    default:
        stopped = 1;
    }
}

/* Does the steps that are due. */
static void steps_run(void)
{
    while (step_now < n_steps && !stopped) {
        const struct step *s = &steps[step_now];
        if (s->by_bytes ? forwarded - step_bytes < s->when
                        : tool_now_s() - step_time < (double)s->when / 1000)
            return;
        step_now++;
        step_bytes = forwarded;
        step_time = tool_now_s();
        step_do(s);
    }
}

/* How many bytes may go from clients to the target before the next step is due. */
static size_t bytes_allowed(void)
{
    if (step_now == n_steps || !steps[step_now].by_bytes)
        return BLOCK_BYTES;
    uint64_t left = steps[step_now].when - (forwarded - step_bytes);
    return left < BLOCK_BYTES ? (size_t)left : BLOCK_BYTES;
}

/* False: the connection is broken. */
static bool flow_read(struct flow *f, int from)
{
    if (!f->block && !(f->block = malloc(BLOCK_BYTES)))
        tool_fail("no memory");
    ssize_t n = recv(from, f->block, BLOCK_BYTES, MSG_DONTWAIT);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    f->ended = n == 0;
    f->pos = 0;
    f->len = (size_t)n;
    f->due = tool_now_s() + delay_s;
    return true;
}

/* Writes what is due, at most `allowed`; hands the end on. False: the connection is broken. */
static bool flow_write(struct flow *f, int to, size_t allowed, uint64_t *count)
{
    if (f->pos < f->len && tool_now_s() >= f->due && allowed) {
        size_t len = f->len - f->pos < allowed ? f->len - f->pos : allowed;
        ssize_t n = send(to, f->block + f->pos, len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0)
            return errno == EAGAIN || errno == EINTR;
        f->pos += (size_t)n;
        *count += (uint64_t)n;
    }
    if (f->ended && f->pos == f->len && !f->told) {
        shutdown(to, SHUT_WR);
        f->told = true;
    }
    return true;
}

static void pair_accept(void)
{
    struct sockaddr_in to = tool_loopback((uint16_t)target_port);
    int one = 1, client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (client < 0)
        return;
    accepted++;
    int target = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    /* On the loopback interface this is at once; a refusing target is passed on as a reset. */
    if (n_pairs == PAIRS_MAX || target < 0 ||
        connect(target, (struct sockaddr *)&to, sizeof(to)) < 0) {
        tool_reset(client);
        if (target >= 0)
            close(target);
        return;
    }
    tool_nonblocking(client);
    tool_nonblocking(target);
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    setsockopt(target, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    pairs[n_pairs++] = (struct pair){.client = client, .target = target};
}

/* What to wait for at the two ends of a direction. Returns whether a held-back block waits. */
static bool flow_events(const struct flow *f, bool may_read, short *from, short *to)
{
    if (f->pos == f->len) {
        if (!f->ended && may_read)
            *from |= POLLIN;
        return false;
    }
    if (tool_now_s() < f->due)
        return true;
    *to |= POLLOUT;
    return false;
}

static bool pair_serve(struct pair *p, short client, short target)
{
    const short readable = POLLIN | POLLHUP | POLLERR;
    bool good = true;
    if (p->up.pos == p->up.len && !p->up.ended && !paused && client & readable)
        good &= flow_read(&p->up, p->client);
    if (p->down.pos == p->down.len && !p->down.ended && target & readable)
        good &= flow_read(&p->down, p->target);
    good &= flow_write(&p->up, p->target, bytes_allowed(), &forwarded);
    good &= flow_write(&p->down, p->client, BLOCK_BYTES, &returned);
    return good && !(p->up.told && p->down.told);
}

static void turn(void)
{
    static struct pollfd polled[2 * PAIRS_MAX + 1];
    unsigned n = n_pairs;
    int wait_ms = step_now < n_steps ? 2 : 50;
    for (unsigned i = 0; i < n; i++) {
        struct pollfd *client = &polled[2 * i], *target = &polled[2 * i + 1];
        *client = (struct pollfd){.fd = pairs[i].client};
        *target = (struct pollfd){.fd = pairs[i].target};
        bool held = flow_events(&pairs[i].up, !paused, &client->events, &target->events);
        held |= flow_events(&pairs[i].down, true, &target->events, &client->events);
        wait_ms = held ? 1 : wait_ms;
        /* An end that waits for nothing would only report its hang-up again and again. */
        client->fd = client->events ? client->fd : -1;
        target->fd = target->events ? target->fd : -1;
    }
    polled[2 * n] = (struct pollfd){.fd = listener, .events = POLLIN};
    if (poll(polled, 2 * n + 1, wait_ms) < 0 && errno != EINTR)
        tool_fail("poll: %s", strerror(errno));
    for (unsigned i = n; i-- > 0;) {
        if (!pair_serve(&pairs[i], polled[2 * i].revents, polled[2 * i + 1].revents))
            pair_close(&pairs[i], true);
        steps_run();
        if (n_pairs < i)
            return; /* a step closed them all */
    }
    if (listener >= 0 && polled[2 * n].revents)
        pair_accept();
}

static void signals_obey(void)
{
    if (toggle_pause)
        paused = !paused;
    if (do_reset)
        pairs_close(true);
    if (toggle_refuse)
        listen_or_refuse(listener < 0);
    toggle_pause = do_reset = toggle_refuse = 0;
}

static struct step step_parse(const char *text)
{
    struct step s = {.action = 0};
    char *colon = strchr(text, ':'), number[24];
    size_t digits = strspn(text, "0123456789");
    if (!colon || !digits || digits >= sizeof(number))
        tool_fail("'%s' is not WHEN:ACTION", text);
    snprintf(number, sizeof(number), "%.*s", (int)digits, text);
    s.when = tool_number(number, text, UINT32_MAX);
    s.by_bytes = text[digits] == 'b';
    if (!s.by_bytes && strncmp(text + digits, "ms:", 3))
        tool_fail("'%s': WHEN is 300ms or 20000b", text);
    for (; s.action < ACTIONS; s.action++) {
        if (s.action == DELAY && !strncmp(colon + 1, "delay=", 6)) {
            s.delay_ms = tool_number(colon + 7, text, DELAY_MAX);
            return s;
        }
        if (!strcmp(colon + 1, action_names[s.action]))
            return s;
    }
    tool_fail("'%s': no such action", text);
}

int main(int argc, char **argv)
{
    struct sigaction action = {.sa_handler = on_signal};
    static const int signals[] = {SIGUSR1, SIGUSR2, SIGHUP, SIGTERM, SIGINT};
    if (argc < 3)
        tool_fail("usage: tool_proxy LISTEN TARGET [WHEN:ACTION ...]");
    port = (unsigned)tool_number(argv[1], "LISTEN", 65535);
    target_port = (unsigned)tool_number(argv[2], "TARGET", 65535);
    n_steps = (unsigned)argc - 3;
    steps = calloc(n_steps + 1, sizeof(*steps));
    for (unsigned i = 0; steps && i < n_steps; i++)
        steps[i] = step_parse(argv[i + 3]);
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
        sigaction(signals[i], &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    listen_or_refuse(true);
    port = tool_port(listener);
    double end = tool_now_s() + LIMIT_S;
    step_time = tool_now_s();
    steps_run(); /* the first ones hold before anybody can connect */
    fprintf(stderr, "listening on 127.0.0.1:%u\n", port);
    while (!stopped && tool_now_s() < end) {
        signals_obey();
        steps_run();
        turn();
    }
    pairs_close(false);
    printf("connections=%u forwarded=%llu returned=%llu steps=%u\n", accepted,
           (unsigned long long)forwarded, (unsigned long long)returned, step_now);
    free(steps);
    return 0;
}
