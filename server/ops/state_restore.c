/* Reading a state file at the start. Whatever is wrong with it, it is kept aside and said. */
#include "server/ops/state_restore.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "detect/snapshot.h"
#include "server/ops/log.h"

#define EMPTY     "detection starts empty"
#define READ_MORE (UINT64_C(128) << 20)

void state_set_aside(const struct state_plan *plan, int directory, const char *why,
                     const char *then)
{
    char aside[64];
    int64_t now = time(NULL);
    for (int i = 0; i < 100; i++) {
        snprintf(aside, sizeof(aside), STATE_FILE ".bad-%" PRId64 "%s%.0d", now, i ? "-" : "", i);
        if (faccessat(directory, aside, F_OK, AT_SYMLINK_NOFOLLOW) != 0)
            break;
    }
    if (renameat(directory, STATE_FILE, directory, aside) != 0)
        log_say(LOG_WARNING, "state: %s/" STATE_FILE " %s; %s", plan->directory, why, then);
    else
        log_say(LOG_WARNING, "state: %s/" STATE_FILE " %s: kept as %s; %s", plan->directory, why,
                aside, then);
}

static void say_restored(const struct state_plan *plan, const struct restored *r)
{
    log_say(LOG_NOTE,
            "state: %s: %" PRIu64 " groups and %" PRIu64 " entities of %" PRId64 " s ago, "
            "%" PRIu64 " changes since",
            plan->directory, r->groups, r->entities, time(NULL) - r->saved_ms / 1000, r->changes);
    if (r->outdated)
        log_say(LOG_NOTE, "state: %" PRIu64 " groups left out: their detectors changed or are gone",
                r->outdated);
    if (r->homeless)
        log_say(LOG_NOTE, "state: %" PRIu64 " groups left out: memory.detection has changed",
                r->homeless);
    if (r->torn_changes)
        log_say(LOG_WARNING, "state: the last %zu bytes were not written to their end: left out",
                r->torn_changes);
}

static void restore_bytes(const struct state_plan *plan, int directory, const char *bytes,
                          size_t len, struct state_counters *counters)
{
    struct restored r = detect_restore(plan->detection, bytes, len);
    switch (r.status) {
    case RESTORE_DONE:
        counters->restored_groups = r.groups;
        counters->outdated_groups = r.outdated;
        say_restored(plan, &r);
        break;
    case RESTORE_FOREIGN:
        state_set_aside(plan, directory, "is not a state of this program", EMPTY);
        break;
    case RESTORE_VERSION:
        state_set_aside(plan, directory, "is of another version", EMPTY);
        break;
    case RESTORE_TORN:
        state_set_aside(plan, directory, "is torn or has changed", EMPTY);
        break;
    }
}

/* The whole file in a block of its own; NULL: *why. */
static char *read_file(int fd, uint64_t most, size_t *len, const char **why)
{
    struct stat st;
    char *bytes = NULL;
    *why = "is not a regular file, or too large";
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size < 0 ||
        (uint64_t)st.st_size > most)
        return NULL;
    *why = "does not fit into memory";
    bytes = malloc((size_t)st.st_size + 1);
    for (*len = 0; bytes && *len < (size_t)st.st_size;) {
        ssize_t n = read(fd, bytes + *len, (size_t)st.st_size - *len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            *why = strerror(errno);
            free(bytes);
            return NULL;
        }
        if (n == 0)
            break;
        *len += (size_t)n;
    }
    return bytes;
}

void state_restore(const struct state_plan *plan, int directory, struct state_counters *counters)
{
    const char *why = NULL;
    char *bytes = NULL;
    size_t len = 0;
    int fd = openat(directory, STATE_FILE, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 && errno == ENOENT) {
        log_say(LOG_NOTE, "state: %s: nothing kept yet", plan->directory);
        return;
    }
    if (fd < 0)
        why = strerror(errno);
    else
        bytes = read_file(fd, 2 * (uint64_t)plan->memory + READ_MORE, &len, &why);
    if (bytes)
        restore_bytes(plan, directory, bytes, len, counters);
    else
        state_set_aside(plan, directory, why, EMPTY);
    free(bytes);
    if (fd >= 0)
        close(fd);
}
