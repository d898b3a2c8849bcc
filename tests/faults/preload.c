/*
 * Loaded before the program (LD_PRELOAD, by process.sh): memory that runs out, a clock that jumps, a
 * disk that takes its time. The file named by FAULTS says what, in text that may change at any time:
 *
 *   ROUND ALLOCATIONS CLOCK_S SYNC_MS
 *
 * With each new ROUND so many allocations succeed, then one fails, or, when ALLOCATIONS ends in +, all
 * from then on; 0: none. CLOCK_S is added to the wall clock; fsync and fdatasync take SYNC_MS more.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define FILE_BYTES 128

static const char *text;
static atomic_long round_seen, allocations;

static void *(*real_malloc)(size_t);
static void *(*real_calloc)(size_t, size_t);
static void *(*real_realloc)(void *, size_t);
static int (*real_clock)(clockid_t, struct timespec *);
static int (*real_fsync)(int), (*real_fdatasync)(int);

static __attribute__((constructor)) void begin(void)
{
    const char *path = getenv("FAULTS");
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    real_malloc = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
    real_calloc = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "calloc");
    real_realloc = (void *(*)(void *, size_t))dlsym(RTLD_NEXT, "realloc");
    real_clock = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    real_fsync = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    if (fd < 0)
        return;
    void *mapped = mmap(NULL, FILE_BYTES, PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    if (mapped != MAP_FAILED)
        text = mapped;
}

/* The number at a place in the line. */
static long number(unsigned place, bool *plus)
{
    const char *p = text;
    char *end;
    long n = 0;
    for (unsigned i = 0; p && i <= place; i++, p = *end == '+' ? end + 1 : end) {
        n = strtol(p, &end, 10);
        if (plus)
            *plus = *end == '+';
    }
    return n;
}

/* Whether this allocation fails. */
static bool runs_out(void)
{
    bool plus = false;
    if (!text)
        return false;
    long round = number(0, NULL), allowed = number(1, &plus);
    if (atomic_exchange(&round_seen, round) != round)
        atomic_store(&allocations, 0);
    if (allowed == 0)
        return false;
    long n = atomic_fetch_add(&allocations, 1) + 1;
    return n == allowed || (plus && n > allowed);
}

void *malloc(size_t size)
{
    if (runs_out()) {
        errno = ENOMEM;
        return NULL;
    }
    return real_malloc(size);
}

/* dlsym itself allocates before the real one is known. */
void *calloc(size_t count, size_t size)
{
    static char first[4096];
    if (!real_calloc)
        return first;
    if (runs_out()) {
        errno = ENOMEM;
        return NULL;
    }
    return real_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
    if (runs_out()) {
        errno = ENOMEM;
        return NULL;
    }
    return real_realloc(block, size);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int code = real_clock(clock, now);
    if (code == 0 && clock == CLOCK_REALTIME && text)
        now->tv_sec += number(2, NULL);
    return code;
}

static void take_time(void)
{
    long ms = text ? number(3, NULL) : 0;
    struct timespec pause = {ms / 1000, ms % 1000 * 1000000};
    if (ms)
        nanosleep(&pause, NULL);
}

int fsync(int fd)
{
    take_time();
    return real_fsync(fd);
}

int fdatasync(int fd)
{
    take_time();
    return real_fdatasync(fd);
}
