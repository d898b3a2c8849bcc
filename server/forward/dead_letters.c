/*
 * Two buffers: workers fill one while the thread writes the other. A file that somebody has renamed
 * or removed is noticed before the next write, and a new one begun; what a full disk has torn off is
 * cut away again, so that the file holds whole lines, and tried again a second later.
 */
#include "server/forward/dead_letters.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#include "server/ops/log.h"

#define RETRY_S 1

struct buffer {
    size_t len;
    uint64_t lines;
    char bytes[DEAD_LETTERS_ROOM];
};

struct dead_letters {
    char *path;
    _Atomic uint64_t size; /* these three may change */
    atomic_uint files;
    atomic_bool divert;
    pthread_t thread;

    /* Everybody's, under the lock. */
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct buffer *filling;
    bool closing, closed;
    struct dead_letter_counters counters; /* queued is kept up to date */

    /* The thread's. */
    struct buffer *writing;
    int fd; /* -1: to be opened */
    uint64_t file_size;
    bool failed; /* it has been said */
};

/* ---- the file ---- */

/* A file that ends in the middle of a line was torn by the end of another process. */
static int end_torn_line(struct dead_letters *d)
{
    char last = '\n';
    if (d->file_size && pread(d->fd, &last, 1, (off_t)d->file_size - 1) != 1)
        return -errno;
    if (last == '\n')
        return 0;
    if (write(d->fd, "\n", 1) != 1)
        return -errno;
    d->file_size++;
    return 0;
}

static void close_file(struct dead_letters *d)
{
    if (d->fd >= 0)
        close(d->fd);
    d->fd = -1;
}

/* Not blocking: a FIFO that nobody reads would hold up the start. */
static int open_file(struct dead_letters *d)
{
    struct stat info;
    int code = 0;
    d->fd = open(d->path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0640);
    if (d->fd < 0)
        return -errno;
    if (fstat(d->fd, &info) < 0)
        code = -errno;
    else if (!S_ISREG(info.st_mode))
        code = UV_EINVAL;
    else if (flock(d->fd, LOCK_EX | LOCK_NB) < 0)
        code = errno == EWOULDBLOCK ? UV_EBUSY : -errno;
    d->file_size = (uint64_t)info.st_size;
    if (code == 0)
        code = end_torn_line(d);
    if (code < 0)
        close_file(d);
    return code;
}

/* Whether the path still names the open file; somebody may have emptied it, too. */
static bool is_in_place(struct dead_letters *d)
{
    struct stat ours, there;
    if (d->fd < 0 || fstat(d->fd, &ours) < 0 || stat(d->path, &there) < 0)
        return false;
    d->file_size = (uint64_t)ours.st_size;
    return ours.st_ino == there.st_ino && ours.st_dev == there.st_dev;
}

/* path.3 becomes path.4, path.2 path.3, path path.1; the oldest is overwritten. */
static int rotate(struct dead_letters *d)
{
    char from[4200], to[4200];
    close_file(d);
    for (unsigned i = d->files - 1; i > 0; i--) {
        snprintf(to, sizeof(to), "%s.%u", d->path, i);
        snprintf(from, sizeof(from), i > 1 ? "%s.%u" : "%s", d->path, i - 1);
        if (rename(from, to) < 0 && errno != ENOENT)
            return -errno;
    }
    if (d->files == 1 && unlink(d->path) < 0 && errno != ENOENT)
        return -errno;
    pthread_mutex_lock(&d->lock);
    d->counters.rotations++;
    pthread_mutex_unlock(&d->lock);
    return open_file(d);
}

/* ---- writing ---- */

/* As many whole lines as the file has room for; one at least. */
static size_t lines_that_fit(const struct dead_letters *d, const char *bytes, size_t len)
{
    uint64_t size = d->size, room = size > d->file_size ? size - d->file_size : 0;
    if (len <= room)
        return len;
    const char *end = room ? memrchr(bytes, '\n', (size_t)room) : NULL;
    if (!end)
        end = memchr(bytes, '\n', len);
    return (size_t)(end - bytes) + 1;
}

static uint64_t count_lines(const char *bytes, size_t len)
{
    uint64_t n = 0;
    for (const char *end = bytes + len; (bytes = memchr(bytes, '\n', (size_t)(end - bytes)));
         bytes++)
        n++;
    return n;
}

static void wrote(struct dead_letters *d, const char *bytes, size_t len)
{
    uint64_t lines = count_lines(bytes, len);
    d->file_size += len;
    d->writing->lines -= lines;
    pthread_mutex_lock(&d->lock);
    d->counters.dead_lettered += lines;
    d->counters.queued -= lines;
    pthread_mutex_unlock(&d->lock);
}

/* Writes some lines; *done says how many bytes. A line that is only begun is taken back. */
static int write_some(struct dead_letters *d, const char *bytes, size_t len, size_t *done)
{
    int code = is_in_place(d) ? 0 : (close_file(d), open_file(d));
    if (code == 0 && d->file_size && d->file_size + len > d->size &&
        d->file_size + lines_that_fit(d, bytes, len) > d->size)
        code = rotate(d);
    *done = 0;
    if (code < 0)
        return code;
    size_t most = lines_that_fit(d, bytes, len);
    ssize_t n = write(d->fd, bytes, most);
    if (n < 0)
        return errno == EINTR ? 0 : -errno;
    const char *end = memrchr(bytes, '\n', (size_t)n);
    *done = end ? (size_t)(end - bytes) + 1 : 0;
    wrote(d, bytes, *done);
    if (*done == (size_t)n)
        return 0;
    if (ftruncate(d->fd, (off_t)d->file_size) < 0)
        close_file(d); /* opening it again ends the torn line */
    return UV_ENOSPC;
}

static void say(struct dead_letters *d, int code)
{
    if (code < 0 && !d->failed)
        log_say(LOG_WARNING, "dead letters: %s: %s; next attempt in %d s", d->path,
                uv_strerror(code), RETRY_S);
    else if (code == 0 && d->failed)
        log_say(LOG_NOTE, "dead letters: %s is written again", d->path);
    d->failed = code < 0;
}

static bool is_closing(struct dead_letters *d)
{
    pthread_mutex_lock(&d->lock);
    bool closing = d->closing;
    pthread_mutex_unlock(&d->lock);
    return closing;
}

/* A pause that closing ends. */
static void pause_after_failure(struct dead_letters *d)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += RETRY_S;
    pthread_mutex_lock(&d->lock);
    d->counters.failures++;
    if (!d->closing)
        pthread_cond_timedwait(&d->more, &d->lock, &until);
    pthread_mutex_unlock(&d->lock);
}

/* All of it, however long that takes; at the end what can be written at once. */
static void write_buffer(struct dead_letters *d)
{
    struct buffer *b = d->writing;
    for (size_t at = 0, done; at < b->len; at += done) {
        bool last = is_closing(d);
        int code = write_some(d, b->bytes + at, b->len - at, &done);
        say(d, code);
        if (code < 0)
            pause_after_failure(d);
        if (code < 0 && last)
            break;
    }
    pthread_mutex_lock(&d->lock);
    d->counters.dropped_dead_letter_failed += b->lines;
    d->counters.queued -= b->lines;
    pthread_mutex_unlock(&d->lock);
    b->len = 0;
    b->lines = 0;
}

static void *run(void *context)
{
    struct dead_letters *d = context;
    bool more = true;
    while (more) {
        pthread_mutex_lock(&d->lock);
        while (!d->filling->len && !d->closing)
            pthread_cond_wait(&d->more, &d->lock);
        struct buffer *full = d->filling;
        d->filling = d->writing;
        d->writing = full;
        more = full->len != 0;
        pthread_mutex_unlock(&d->lock);
        write_buffer(d);
    }
    close_file(d);
    return NULL;
}

/* ---- life ---- */

int dead_letters_open(struct dead_letters **out, const char *path, uint64_t size, unsigned files,
                      bool divert)
{
    struct dead_letters *d = calloc(1, sizeof(*d));
    *out = NULL;
    if (!d)
        return UV_ENOMEM;
    d->path = strdup(path);
    d->size = size;
    d->files = files;
    d->divert = divert;
    d->fd = -1;
    pthread_mutex_init(&d->lock, NULL);
    pthread_cond_init(&d->more, NULL);
    /* The pages are the kernel's until somebody fills them. */
    d->filling = calloc(1, sizeof(*d->filling));
    d->writing = calloc(1, sizeof(*d->writing));
    int code = d->path && d->filling && d->writing ? open_file(d) : UV_ENOMEM;
    if (code == 0)
        code = -pthread_create(&d->thread, NULL, run, d);
    d->closed = code < 0;
    if (code < 0) {
        close_file(d);
        dead_letters_free(d);
        return code;
    }
    *out = d;
    return 0;
}

void dead_letters_change(struct dead_letters *d, uint64_t size, unsigned files, bool divert)
{
    d->size = size;
    d->files = files;
    d->divert = divert;
}

void dead_letters_add(struct dead_letters *d, const struct dead_letter *letter)
{
    pthread_mutex_lock(&d->lock);
    struct buffer *b = d->filling;
    d->counters.offered++;
    d->counters.diverted += d->divert;
    if (dead_letter_room(letter) > sizeof(b->bytes) - b->len) {
        d->counters.dropped_dead_letter_full++;
    } else {
        bool first = b->len == 0;
        b->len = (size_t)(dead_letter_write(b->bytes + b->len, letter) - b->bytes);
        b->lines++;
        d->counters.queued++;
        if (first)
            pthread_cond_signal(&d->more);
    }
    pthread_mutex_unlock(&d->lock);
}

bool dead_letters_divert(const struct dead_letters *d)
{
    return d->divert;
}

struct dead_letter_counters dead_letters_counters(struct dead_letters *d)
{
    pthread_mutex_lock(&d->lock);
    struct dead_letter_counters counters = d->counters;
    pthread_mutex_unlock(&d->lock);
    return counters;
}

void dead_letter_counters_add(struct dead_letter_counters *total,
                              const struct dead_letter_counters *more)
{
#define DEAD_LETTER_COUNTER(name, meaning) total->name += more->name;
#include "server/counters.h"
#undef DEAD_LETTER_COUNTER
}

void dead_letters_close(struct dead_letters *d)
{
    if (!d || d->closed)
        return;
    pthread_mutex_lock(&d->lock);
    d->closing = true;
    pthread_cond_signal(&d->more);
    pthread_mutex_unlock(&d->lock);
    pthread_join(d->thread, NULL);
    d->closed = true;
}

void dead_letters_free(struct dead_letters *d)
{
    if (!d)
        return;
    dead_letters_close(d);
    pthread_mutex_destroy(&d->lock);
    pthread_cond_destroy(&d->more);
    free(d->path);
    free(d->filling);
    free(d->writing);
    free(d);
}
