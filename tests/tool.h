/*
 * What the test tools share: failing with a sentence, strict numbers, a clock that all processes of
 * a run agree on, sockets on the loopback interface. Tools are one file each, so this is inline.
 */
#pragma once

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

_Noreturn __attribute__((format(printf, 1, 2))) static inline void tool_fail(const char *format,
                                                                             ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(2);
}

/* Digits and nothing else, at most `max`. */
static inline uint64_t tool_number(const char *text, const char *what, uint64_t max)
{
    uint64_t value = 0;
    const char *p = text;
    for (; *p >= '0' && *p <= '9' && value <= (UINT64_MAX - 9) / 10; p++)
        value = value * 10 + (uint64_t)(*p - '0');
    if (p == text || *p || value > max)
        tool_fail("%s: '%s' is not a number up to %llu", what, text, (unsigned long long)max);
    return value;
}

/* Seconds on the clock that only runs forward; the same for every process of this machine. */
static inline double tool_now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Processor time of this process so far. */
static inline double tool_cpu_s(void)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static inline struct sockaddr_in tool_loopback(uint16_t port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return a;
}

static inline void tool_nonblocking(int fd)
{
    if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) < 0)
        tool_fail("fcntl: %s", strerror(errno));
}

/* A non-blocking socket bound to 127.0.0.1:port, listening if it is TCP. Port 0: any free one. */
static inline int tool_bind(int type, uint16_t port)
{
    int one = 1, fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
    struct sockaddr_in a = tool_loopback(port);
    if (fd < 0)
        tool_fail("socket: %s", strerror(errno));
    if (type == SOCK_STREAM)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0)
        tool_fail("bind 127.0.0.1:%u: %s", port, strerror(errno));
    if (type == SOCK_STREAM && listen(fd, 511) < 0)
        tool_fail("listen 127.0.0.1:%u: %s", port, strerror(errno));
    tool_nonblocking(fd);
    return fd;
}

/* The port a socket is bound to. */
static inline unsigned tool_port(int fd)
{
    struct sockaddr_in a;
    socklen_t len = sizeof(a);
    if (getsockname(fd, (struct sockaddr *)&a, &len) < 0)
        tool_fail("getsockname: %s", strerror(errno));
    return ntohs(a.sin_port);
}

/* Closes with a reset: the other side sees an error, not an end. */
static inline void tool_reset(int fd)
{
    struct linger abort = {.l_onoff = 1, .l_linger = 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &abort, sizeof(abort));
    close(fd);
}
