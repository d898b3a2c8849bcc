/*
 * Files, pipes and terminals; "-" is standard output. O_NONBLOCK belongs to the open file that
 * standard output shares with the shell and others, so it is never set there: a pipe or terminal is
 * opened anew through /proc, a socket is written with MSG_DONTWAIT. Where that is not allowed, small
 * pieces are written and only when the descriptor is writable.
 */
#include "server/forward/sink_kind.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROUNDS 16
#define PIECE  4096 /* PIPE_BUF: a pipe that is writable takes so much without blocking */

static bool is_standard_output(const struct transport *t)
{
    return strcmp(t->settings->path, "-") == 0;
}

static void start_standard_output(struct transport *t)
{
    struct stat st;
    if (fstat(STDOUT_FILENO, &st) < 0) {
        t->sink->gone = "standard output is closed";
        transport_down(t, -errno);
        return;
    }
    int fd = -1;
    if (!S_ISREG(st.st_mode) && !S_ISSOCK(st.st_mode))
        fd = open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    transport_connected(t, fd >= 0 ? fd : STDOUT_FILENO, !S_ISREG(st.st_mode));
}

static int open_file(const char *path)
{
    return open(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0640);
}

/* ENXIO: a named pipe that nobody reads yet. */
static int sink_file_check(const struct forward_settings *settings)
{
    if (strcmp(settings->path, "-") == 0)
        return 0;
    int fd = open_file(settings->path);
    if (fd < 0)
        return errno == ENXIO ? 0 : -errno;
    close(fd);
    return 0;
}

static void sink_file_start(struct transport *t)
{
    if (is_standard_output(t)) {
        start_standard_output(t);
        return;
    }
    struct stat st;
    int fd = open_file(t->settings->path);
    if (fd < 0 || fstat(fd, &st) < 0) {
        int code = -errno;
        if (fd >= 0)
            close(fd);
        transport_down(t, code);
        return;
    }
    transport_connected(t, fd, !S_ISREG(st.st_mode));
}

static void sink_file_stop(struct transport *t)
{
    (void)t;
}

static ssize_t write_some(struct transport *t, const char *bytes, size_t len)
{
    if (t->fd != STDOUT_FILENO || !t->pollable)
        return write(t->fd, bytes, len);
    ssize_t n = send(t->fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n >= 0 || errno != ENOTSOCK)
        return n;
    struct pollfd ready = {.fd = t->fd, .events = POLLOUT};
    if (poll(&ready, 1, 0) == 0) {
        errno = EAGAIN;
        return -1;
    }
    return write(t->fd, bytes, len < PIECE ? len : PIECE);
}

static int sink_file_write(struct transport *t)
{
    size_t len;
    for (int round = 0; round < ROUNDS || !t->pollable; round++) {
        const char *bytes = transport_next(t, &len);
        if (!bytes)
            return 0;
        ssize_t n = write_some(t, bytes, len);
        if (n >= 0) {
            transport_sent(t, (size_t)n);
            continue;
        }
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN && errno != ENOSPC && errno != EDQUOT && is_standard_output(t))
            t->sink->gone = "standard output was closed";
        return errno == EAGAIN ? UV_EAGAIN : -errno;
    }
    return UV_EAGAIN;
}

static bool sink_file_has_moved(const struct transport *t)
{
    struct stat ours, there;
    if (is_standard_output(t) || t->fd < 0 || fstat(t->fd, &ours) < 0)
        return false;
    return stat(t->settings->path, &there) < 0 || ours.st_ino != there.st_ino ||
           ours.st_dev != there.st_dev;
}

const struct sink_kind sink_file = {
    .protocol = FORWARD_FILE,
    .name = "file",
    .check = sink_file_check,
    .start = sink_file_start,
    .stop = sink_file_stop,
    .write = sink_file_write,
    .has_moved = sink_file_has_moved,
    .keeps_partial = true,
};
