/* One write a line, so that lines of several threads do not mix. O_NONBLOCK would also be the shell's
 * (see sink_file.c): a pipe that is writable takes PIPE_BUF bytes without blocking. */
#include "server/ops/log.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

void log_text(const char *text, size_t len, int patience_ms)
{
    while (len) {
        struct pollfd ready = {.fd = STDERR_FILENO, .events = POLLOUT};
        if (poll(&ready, 1, patience_ms) <= 0)
            return;
        ssize_t n = write(STDERR_FILENO, text, len < PIPE_BUF ? len : PIPE_BUF);
        if (n < 0 && errno != EINTR)
            return; /* nowhere to complain to when standard error is gone */
        text += n > 0 ? n : 0;
        len -= n > 0 ? (size_t)n : 0;
    }
}

void log_say(enum log_level level, const char *format, ...)
{
    static const char *const prefix[] = {"", "warning: ", "error: "};
    char line[1024];
    va_list arguments;
    int at = snprintf(line, sizeof(line), "parapet: %s", prefix[level]);
    va_start(arguments, format);
    int n = vsnprintf(line + at, sizeof(line) - (size_t)at, format, arguments);
    va_end(arguments);
    at += n;
    if (at > (int)sizeof(line) - 1)
        at = (int)sizeof(line) - 1;
    line[at++] = '\n';
    log_text(line, (size_t)at, 0);
}
