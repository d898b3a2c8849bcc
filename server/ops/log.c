/* One write a line, so that lines of several threads do not mix. */
#include "server/ops/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

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
    /* Nowhere to complain to when standard error is gone. */
    if (write(STDERR_FILENO, line, (size_t)at) < 0)
        return;
}
