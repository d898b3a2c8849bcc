/*
 * Runs a command and writes what it cost to a file: tool_run FILE COMMAND [ARGUMENT ...]
 *
 *   seconds=0.412 cpu=0.401 mib=33.2
 *
 * mib is the peak of its memory. Exit: the command's own.
 */
#include "tests/tool.h"

#include <sys/resource.h>
#include <sys/wait.h>

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

int main(int argc, char **argv)
{
    struct rusage used;
    int status;
    if (argc < 3)
        tool_fail("usage: tool_run FILE COMMAND [ARGUMENT ...]");
    double begin = tool_now_s();
    pid_t pid = fork();
    if (pid == 0) {
        execvp(argv[2], argv + 2);
        tool_fail("%s: %s", argv[2], strerror(errno));
    }
    if (pid < 0 || wait4(pid, &status, 0, &used) != pid)
        tool_fail("%s: %s", argv[2], strerror(errno));
    double end = tool_now_s();
    FILE *file = fopen(argv[1], "w");
    if (!file)
        tool_fail("%s: %s", argv[1], strerror(errno));
    fprintf(file, "seconds=%.3f cpu=%.3f mib=%.1f\n", end - begin,
            seconds(used.ru_utime) + seconds(used.ru_stime), (double)used.ru_maxrss / 1024);
    fclose(file);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
