/*
 * Kills the program with SIGKILL again and again, at random moments under load, with a spool and a
 * receiver that comes and goes: it reads a part of each connection and closes it, with something unread
 * mostly, which resets it, and is away for moments. After each kill the spool is looked into. At the
 * end the program runs until everything is there, and this is said:
 *
 *   kills=1000 sent=1234567 lost=0 twice=4567 disordered=0 connections=2345 torn=299 damaged=0
 *
 * sent are messages that were on disk or arrived, and all of the same run before them; lost of these
 * did not arrive; disordered came within one connection behind a later one. torn are those of frames
 * that a kill cut off while they were being written, each the last of its segment; damaged are any
 * others that cannot be read. Exit: 1 when some are lost, damaged or disordered.
 */
#include "tests/tool.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "server/forward/cef.h"
#include "server/forward/spool_parts.h"

#define LINES_A_RUN 4096      /* numbers: run * LINES_A_RUN + line */
#define BUFFER      65536     /* of the receiver's sockets: what it may hold unread */
#define RETAIN      "256 KiB" /* is more */
#define PATIENCE_S  120

static struct {
    const char *program, *folder;
    unsigned kills;
    uint64_t seed;
} options = {.kills = 20};

static _Atomic(uint8_t) *seen; /* how often each number arrived, at most 255 */
static uint32_t *top;          /* of each run: one more than its last line that was on disk */
static atomic_uint twice, disordered, connections;
static atomic_bool steady, ended;
static uint64_t torn, damaged;

static unsigned random_below(uint64_t *state, unsigned most)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (unsigned)(*state >> 20) % most;
}

static void pause_ms(unsigned ms)
{
    poll(NULL, 0, (int)ms);
}

/* "... spool 00000017 ..."; -1: it is none of ours. */
static int64_t number_of(const char *line, size_t len)
{
    const char *at = memmem(line, len, "spool ", 6);
    return at && at + 14 <= line + len ? (int64_t)strtoul(at + 6, NULL, 10) : -1;
}

/* ---- the receiver ---- */

static void take_line(const char *line, size_t len, int64_t *last)
{
    int64_t number = number_of(line, len);
    if (number < 0 || number >= (int64_t)options.kills * LINES_A_RUN)
        return;
    if (number <= *last)
        disordered++;
    *last = number;
    if (seen[number])
        twice++;
    if (seen[number] < 255)
        seen[number]++;
}

static void receive(int fd, size_t limit)
{
    static char bytes[1 << 17];
    size_t len = 0;
    int64_t last = -1;
    for (size_t total = 0; !ended && (steady || total < limit);) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        if (poll(&ready, 1, 20) == 0)
            continue;
        ssize_t n = recv(fd, bytes + len, sizeof(bytes) - len, 0);
        if (n <= 0)
            break;
        total += (size_t)n;
        len += (size_t)n;
        char *line = bytes, *end;
        while ((end = memchr(line, '\n', (size_t)(bytes + len - line)))) {
            take_line(line, (size_t)(end - line), &last);
            line = end + 1;
        }
        len -= (size_t)(line - bytes);
        memmove(bytes, line, len);
    }
    close(fd);
}

/* Somebody else's connection may have taken the port for a moment. Port 0: any. */
static int listen_again(uint16_t port)
{
    struct sockaddr_in a = tool_loopback(port);
    int one = 1, size = BUFFER / 2; /* the kernel doubles it */
    for (double end = tool_now_s() + PATIENCE_S; tool_now_s() < end; pause_ms(20)) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
        if (bind(fd, (struct sockaddr *)&a, sizeof(a)) == 0 && listen(fd, 511) == 0)
            return fd;
        close(fd);
    }
    tool_fail("port %u cannot be had again: %s", port, strerror(errno));
}

static void *receiver_run(void *context)
{
    int listener = *(int *)context;
    uint16_t port = (uint16_t)tool_port(listener);
    uint64_t random = options.seed ^ 0x9e3779b97f4a7c15;
    while (!ended) {
        struct pollfd ready = {.fd = listener, .events = POLLIN};
        int fd = poll(&ready, 1, 20) > 0 ? accept(listener, NULL, NULL) : -1;
        if (fd < 0)
            continue;
        connections++;
        receive(fd, 400000 + random_below(&random, 3000000));
        if (random_below(&random, 3) == 0 && !steady) {
            close(listener);
            pause_ms(random_below(&random, 150));
            listener = listen_again(port);
        }
    }
    close(listener);
    return NULL;
}

/* ---- the program ---- */

static void write_settings(const char *path, uint16_t in, uint16_t out)
{
    FILE *f = fopen(path, "w");
    if (!f)
        tool_fail("%s: %s", path, strerror(errno));
    fprintf(f,
            "listen:\n  - {protocol: tcp, address: 127.0.0.1, port: %u}\n"
            "forward:\n  - {name: siem, protocol: tcp, host: 127.0.0.1, port: %u,\n"
            "     framing: newline, reconnect: {min: 10ms, max: 30ms},\n"
            "     queue: {retain: " RETAIN "},\n"
            "     spool: {directory: %s/spool, disk: always}}\n",
            in, out, options.folder);
    fclose(f);
}

/* *says: what it says on standard error. */
static pid_t start_program(const char *settings, int *says)
{
    int ends[2];
    pid_t pid = pipe2(ends, O_CLOEXEC) == 0 ? fork() : -1;
    if (pid < 0)
        tool_fail("fork: %s", strerror(errno));
    *says = ends[0];
    if (pid) {
        close(ends[1]);
        return pid;
    }
    dup2(ends[1], STDERR_FILENO);
    dup2(ends[1], STDOUT_FILENO);
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* does not outlive us, however we end */
    execl(options.program, options.program, "serve", "-c", settings, (char *)NULL);
    _exit(127);
}

static void wait_until_ready(int says)
{
    char text[4096];
    size_t len = 0;
    while (len < sizeof(text)) {
        ssize_t n = read(says, text + len, sizeof(text) - len);
        if (n <= 0)
            tool_fail("the program does not start: %.*s", (int)len, text);
        len += (size_t)n;
        if (memmem(text, len, "listening on", 12))
            return;
    }
}

static int connect_to(uint16_t port)
{
    struct sockaddr_in a = tool_loopback(port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(fd, (struct sockaddr *)&a, sizeof(a)) != 0)
        tool_fail("connect: %s", strerror(errno));
    return fd;
}

/* Some lines of the run, as far as they are taken at once. Returns how many lines there are now. */
static unsigned send_some(int fd, unsigned run, unsigned line)
{
    char text[128];
    for (unsigned i = 0; i < 50 && line < LINES_A_RUN; i++, line++) {
        int len = sprintf(text, "<14>Nov 21 08:56:00 fw.example.com spool %08u is to arrive\n",
                          run * LINES_A_RUN + line);
        if (send(fd, text, (size_t)len, MSG_NOSIGNAL) != len)
            break;
    }
    return line;
}

/* Messages from one number up to another cannot be read. SIGKILL cuts a write short: such a frame was
 * never told to be on disk, and stands at the end of its segment, for every run begins another. */
static void note_gap(const char *directory, uint64_t from, uint64_t to, uint64_t end)
{
    char name[SPOOL_NAME_MAX], path[4200];
    struct stat segment;
    spool_segment_name(name, to, "spool");
    snprintf(path, sizeof(path), "%s/%s", directory, name);
    if (to - from <= BATCH_MESSAGES && (to == end || stat(path, &segment) == 0))
        torn += to - from;
    else
        damaged += to - from;
}

/* What is on disk, once the program is dead. */
static void look_into_spool(unsigned run)
{
    static struct batch batch;
    char directory[4096], error[SPOOL_ERROR_MAX];
    struct spool *spool;
    uint64_t first;
    int code;
    snprintf(directory, sizeof(directory), "%s/spool", options.folder);
    struct spool_plan plan = {.directory = directory, .size = 1, .framing = CEF_FRAME_NEWLINE};
    if (spool_open(&spool, &plan, error) != 0)
        tool_fail("%s: expected %s", directory, error);
    uint64_t next = spool_state(spool).read, end = spool_state(spool).next;
    do {
        batch.len = batch.count = 0;
        spool_read(spool, &batch, &first, &code);
        if (batch.count && first != next)
            note_gap(directory, next, first, end);
        next = batch.count ? first + batch.count : next;
        for (uint32_t i = 0, begin = 0; i < batch.count; begin = batch.ends[i++]) {
            int64_t number = number_of(batch.bytes + begin, batch.ends[i] - begin);
            if (number / LINES_A_RUN == run && number % LINES_A_RUN >= top[run])
                top[run] = (uint32_t)(number % LINES_A_RUN) + 1;
        }
    } while (batch.count);
    if (next != end)
        note_gap(directory, next, end, end);
    spool_close(spool);
}

static void kill_once(const char *settings, uint16_t port, unsigned run, uint64_t *random)
{
    int says, fd = -1;
    pid_t pid = start_program(settings, &says);
    bool early = random_below(random, 10) == 0; /* while it starts */
    double end = tool_now_s() + random_below(random, 200) / 1000.0;
    if (!early) {
        wait_until_ready(says);
        fd = connect_to(port);
        end = tool_now_s() + random_below(random, 250) / 1000.0;
    }
    for (unsigned line = 0; tool_now_s() < end; pause_ms(1))
        line = early ? 0 : send_some(fd, run, line);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    close(says);
    if (fd >= 0)
        close(fd);
    look_into_spool(run);
}

/* Of all that has to be there: how many are not, and how many there are. */
static unsigned count_lost(unsigned *sent)
{
    unsigned lost = 0;
    *sent = 0;
    for (unsigned run = 0; run < options.kills; run++) {
        uint32_t last = LINES_A_RUN;
        while (last > top[run] && !seen[run * LINES_A_RUN + last - 1])
            last--;
        *sent += last;
        for (uint32_t i = 0; i < last; i++)
            lost += !seen[run * LINES_A_RUN + i];
    }
    return lost;
}

static void options_read(int argc, char **argv)
{
    for (int o; (o = getopt(argc, argv, "n:s:")) != -1;) {
        if (o == 'n')
            options.kills = (unsigned)tool_number(optarg, "-n", 10000);
        else if (o == 's')
            options.seed = tool_number(optarg, "-s", UINT32_MAX);
        else
            optind = argc + 1;
    }
    if (optind + 2 != argc)
        tool_fail("usage: tool_kills [-n KILLS] [-s SEED] PROGRAM FOLDER");
    options.program = argv[optind];
    options.folder = argv[optind + 1];
    if (!options.seed)
        options.seed = (uint64_t)(tool_now_s() * 1e6);
}

int main(int argc, char **argv)
{
    char settings[4096];
    pthread_t receiver;
    options_read(argc, argv);
    seen = calloc(options.kills, LINES_A_RUN);
    top = calloc(options.kills, sizeof(*top));
    int probe = tool_bind(SOCK_STREAM, 0), listener = listen_again(0);
    uint16_t port = (uint16_t)tool_port(probe);
    close(probe);
    snprintf(settings, sizeof(settings), "%s/parapet.yaml", options.folder);
    write_settings(settings, port, (uint16_t)tool_port(listener));
    pthread_create(&receiver, NULL, receiver_run, &listener);
    uint64_t random = options.seed | 1;
    for (unsigned run = 0; run < options.kills; run++) {
        kill_once(settings, port, run, &random);
        if (run % 100 == 99)
            fprintf(stderr, "# %u kills\n", run + 1);
    }
    steady = true;
    int says;
    pid_t pid = start_program(settings, &says);
    unsigned sent;
    wait_until_ready(says);
    for (double end = tool_now_s() + PATIENCE_S; count_lost(&sent) && tool_now_s() < end;)
        pause_ms(50);
    kill(pid, SIGTERM);
    for (char rest[4096]; read(says, rest, sizeof(rest)) > 0;)
        continue;
    waitpid(pid, NULL, 0);
    ended = true;
    pthread_join(receiver, NULL);
    unsigned lost = count_lost(&sent);
    printf("kills=%u sent=%u lost=%u twice=%u disordered=%u connections=%u torn=%llu "
           "damaged=%llu\n",
           options.kills, sent, lost, (unsigned)twice, (unsigned)disordered, (unsigned)connections,
           (unsigned long long)torn, (unsigned long long)damaged);
    free(seen);
    free(top);
    return lost || disordered || damaged;
}
