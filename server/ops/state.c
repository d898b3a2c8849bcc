/*
 * One file, detection.state, held open: snapshots replace it from a thread of libuv's pool, workers
 * append to it. What is appended to the old file while the new one is written is copied over before
 * the new one takes the name, so there is no moment without it.
 */
#include "server/ops/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "detect/snapshot.h"
#include "server/ops/log.h"
#include "server/ops/state_restore.h"

#define NEW_NAME  STATE_FILE ".new"
#define TAIL_SOON (UINT64_C(4) << 20)  /* appended bytes after which a snapshot is due */
#define TAIL_MAX  (UINT64_C(64) << 20) /* and after which nothing more is appended */

struct state {
    struct state_plan plan;
    int directory;          /* -1: not to be had */
    pthread_mutex_t saving; /* one snapshot at a time */
    pthread_mutex_t lock;   /* of what follows, and of appending */
    int fd;                 /* the file under its name; -1: none yet, or it is not to be trusted */
    uint64_t begun, end;    /* where what was appended begins and ends */
    bool early, failing;
    struct state_counters counters;
    uv_work_t work;
    bool working, closed; /* of the loop's thread */
    int64_t next_ms;
};

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

/* Once, until it works again. */
static void failed(struct state *s, const char *what, int code)
{
    pthread_mutex_lock(&s->lock);
    bool said = s->failing;
    s->failing = true;
    s->counters.failures++;
    pthread_mutex_unlock(&s->lock);
    if (!said)
        log_say(LOG_WARNING, "state: %s: cannot %s: %s; tried again, a restart now forgets",
                s->plan.directory, what, strerror(code));
}

static bool write_all(int fd, const void *bytes, size_t len)
{
    const char *at = bytes;
    while (len) {
        ssize_t n = write(fd, at, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        at += n;
        len -= (size_t)n;
    }
    return true;
}

/* ---- a snapshot ---- */

struct target {
    int fd;
    uint64_t len;
};

static bool on_bytes(void *context, const void *bytes, size_t len)
{
    struct target *target = context;
    target->len += len;
    return write_all(target->fd, bytes, len);
}

/* What was appended to the old file since `from`. */
static bool copy_tail(const struct state *s, uint64_t from, struct target *to)
{
    char bytes[16384];
    while (s->fd >= 0 && from < s->end) {
        size_t want = s->end - from < sizeof(bytes) ? s->end - from : sizeof(bytes);
        ssize_t n = pread(s->fd, bytes, want, (off_t)from);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0 || !on_bytes(to, bytes, (size_t)n))
            return false;
        from += (uint64_t)n;
    }
    return true;
}

/* The new file takes the name; false: errno says why. */
static bool take_name(struct state *s, struct target *target, uint64_t from, bool *again)
{
    pthread_mutex_lock(&s->lock);
    uint64_t begun = target->len;
    bool ok = copy_tail(s, from, target) &&
              renameat(s->directory, NEW_NAME, s->directory, STATE_FILE) == 0;
    if (ok) {
        if (s->fd >= 0)
            close(s->fd);
        s->fd = target->fd;
        s->begun = begun;
        s->end = s->counters.bytes = target->len;
        s->counters.snapshots++;
        *again = s->failing;
        s->failing = false;
    }
    pthread_mutex_unlock(&s->lock);
    return ok;
}

static void save_to(struct state *s, int fd)
{
    struct target target = {.fd = fd};
    bool again = false;
    pthread_mutex_lock(&s->lock);
    uint64_t from = s->end;
    s->early = false;
    pthread_mutex_unlock(&s->lock);
    errno = ENOMEM; /* the one failure of detect_save that has none */
    if (!detect_save(s->plan.detection, now_ms(), on_bytes, &target) || fsync(fd) != 0 ||
        !take_name(s, &target, from, &again)) {
        int code = errno;
        close(fd);
        unlinkat(s->directory, NEW_NAME, 0);
        failed(s, "write " NEW_NAME, code);
        return;
    }
    fsync(s->directory);
    if (again)
        log_say(LOG_NOTE, "state: %s: kept again", s->plan.directory);
}

static bool open_directory(struct state *s);

static void save(struct state *s)
{
    pthread_mutex_lock(&s->saving);
    if (s->directory >= 0 || open_directory(s)) {
        int fd = openat(s->directory, NEW_NAME, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
                        0600);
        if (fd >= 0)
            save_to(s, fd);
        else
            failed(s, "write " NEW_NAME, errno);
    }
    pthread_mutex_unlock(&s->saving);
}

/* ---- the folder ---- */

/* The folder, for this process alone; made when it is the last part of the path that is missing. */
static int claim_directory(struct state *s)
{
    if (mkdir(s->plan.directory, 0700) != 0 && errno != EEXIST && errno != EROFS)
        return errno;
    int fd = open(s->plan.directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return errno;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        int code = errno;
        close(fd);
        return code;
    }
    s->directory = fd;
    return 0;
}

/* Later than at the start: what lies there is not what is being counted. */
static bool open_directory(struct state *s)
{
    int code = claim_directory(s);
    if (code)
        failed(s, "open it", code);
    else if (faccessat(s->directory, STATE_FILE, F_OK, 0) == 0)
        state_set_aside(&s->plan, s->directory, "was not to be had at the start",
                        "detection goes on without it");
    return code == 0;
}

/* ---- life ---- */

int state_open(struct state **out, const struct state_plan *plan)
{
    struct state *s = calloc(1, sizeof(*s));
    *out = NULL;
    if (!s)
        return UV_ENOMEM;
    s->plan = *plan;
    s->directory = s->fd = -1;
    s->work.data = s;
    pthread_mutex_init(&s->saving, NULL);
    pthread_mutex_init(&s->lock, NULL);
    int code = claim_directory(s);
    if (code == EWOULDBLOCK) {
        state_free(s);
        return UV_EBUSY;
    }
    if (code)
        failed(s, "open it", code);
    else if (!plan->running)
        state_restore(plan, s->directory, &s->counters);
    else if (faccessat(s->directory, STATE_FILE, F_OK, 0) == 0)
        state_set_aside(&s->plan, s->directory, "is of another run",
                        "detection goes on without it");
    detect_note_changes(plan->detection);
    if (code == 0 && !plan->running)
        save(s);
    s->early = plan->running;
    s->next_ms = now_ms() + plan->interval_ms;
    *out = s;
    return 0;
}

static bool on_change(void *context, const void *bytes, size_t len)
{
    struct state *s = context;
    s->end += len;
    return write_all(s->fd, bytes, len);
}

void state_note(struct state *s)
{
    bool lost = false, ok = true;
    if (!s)
        return;
    pthread_mutex_lock(&s->lock);
    uint64_t before = s->end;
    if (s->fd >= 0 && s->end - s->begun < TAIL_MAX)
        ok = detect_save_changes(s->plan.detection, on_change, s, &lost);
    int code = errno;
    if (!ok) { /* nothing may follow a piece that is not whole */
        if (ftruncate(s->fd, (off_t)before) != 0)
            code = errno;
        close(s->fd);
        s->fd = -1;
        s->end = before;
    }
    s->early |= lost || !ok || s->end - s->begun >= TAIL_SOON;
    s->counters.bytes = s->end;
    pthread_mutex_unlock(&s->lock);
    if (!ok)
        failed(s, "append to " STATE_FILE, code);
}

/* What is appended must be of the detection that the file begins with: until the next snapshot, which
 * is due at once, nothing is. */
void state_change(struct state *s, struct detection *detection, int64_t interval_ms, size_t memory)
{
    pthread_mutex_lock(&s->lock);
    s->plan.interval_ms = interval_ms;
    s->plan.memory = memory;
    if (detection != s->plan.detection) {
        s->plan.detection = detection;
        detect_note_changes(detection);
        if (s->fd >= 0)
            close(s->fd);
        s->fd = -1;
        s->begun = s->end = 0;
        s->early = true;
    }
    pthread_mutex_unlock(&s->lock);
}

bool state_is_saving(const struct state *s)
{
    return s && s->working;
}

static void on_work(uv_work_t *work)
{
    save(work->data);
}

static void on_worked(uv_work_t *work, int status)
{
    struct state *s = work->data;
    (void)status;
    s->working = false;
}

void state_tick(struct state *s, int64_t now)
{
    if (!s || s->closed)
        return;
    state_note(s);
    pthread_mutex_lock(&s->lock);
    bool due = (s->early && !s->failing) || now >= s->next_ms ||
               s->next_ms - now > s->plan.interval_ms; /* the clock was put back */
    pthread_mutex_unlock(&s->lock);
    if (!due || s->working)
        return;
    s->next_ms = now + s->plan.interval_ms;
    s->working = uv_queue_work(s->plan.loop, &s->work, on_work, on_worked) == 0;
}

void state_close(struct state *s)
{
    if (!s || s->closed)
        return;
    s->closed = true;
    save(s);
}

void state_free(struct state *s)
{
    if (!s)
        return;
    if (s->fd >= 0)
        close(s->fd);
    if (s->directory >= 0)
        close(s->directory);
    pthread_mutex_destroy(&s->saving);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

struct state_counters state_counters(struct state *s)
{
    pthread_mutex_lock(&s->lock);
    struct state_counters counters = s->counters;
    pthread_mutex_unlock(&s->lock);
    return counters;
}
