/* The spool's folder: whose it is, which segments are in it, how far the receiver acknowledged. */
#include "server/forward/spool_parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define POSITION_MAGIC "PSposit\x1a"
#define POSITION_BYTES 32 /* magic (8), serial (8), number (8), hash (8) */
#define BAD_KEPT       4  /* damaged segments that are kept; the oldest goes first */

static int system_open(int directory, const char *name, int flags)
{
    return openat(directory, name, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
}

static int system_rename(int directory, const char *from, const char *to)
{
    return renameat(directory, from, directory, to);
}

static int system_remove(int directory, const char *name)
{
    return unlinkat(directory, name, 0);
}

const struct spool_io spool_io_system = {
    .open = system_open,
    .read = pread,
    .write = pwrite,
    .sync = fdatasync,
    .rename = system_rename,
    .remove = system_remove,
};

void spool_say(const struct spool *s, const char *format, ...)
{
    char sentence[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof(sentence), format, arguments);
    va_end(arguments);
    if (s->plan.say)
        s->plan.say(s->plan.context, sentence);
}

int spool_write_all(const struct spool *s, int fd, const void *bytes, size_t len, uint64_t at)
{
    for (size_t done = 0; done < len;) {
        ssize_t n =
            s->plan.io->write(fd, (const char *)bytes + done, len - done, (off_t)(at + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : -EIO;
        done += (size_t)n;
    }
    return 0;
}

ssize_t spool_read_all(const struct spool *s, int fd, void *bytes, size_t len, uint64_t at)
{
    size_t done = 0;
    while (done < len) {
        ssize_t n = s->plan.io->read(fd, (char *)bytes + done, len - done, (off_t)(at + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        if (n == 0)
            break;
        done += (size_t)n;
    }
    return (ssize_t)done;
}

/* ---- the folder ---- */

static int refuse(char error[SPOOL_ERROR_MAX], int code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error, SPOOL_ERROR_MAX, format, arguments);
    va_end(arguments);
    return code;
}

static int claim_lock(struct spool *s, char error[SPOOL_ERROR_MAX])
{
    char holder[16] = "";
    s->lock = s->plan.io->open(s->directory, "lock", O_RDWR | O_CREAT);
    if (s->lock < 0)
        return refuse(error, -errno, "a folder whose files can be written (lock: %s)",
                      strerror(errno));
    if (flock(s->lock, LOCK_EX | LOCK_NB) != 0) {
        int code = -errno;
        if (spool_read_all(s, s->lock, holder, sizeof(holder) - 1, 0) < 0)
            holder[0] = '\0';
        return refuse(error, code, "a folder that no other process uses (process %d has it)",
                      atoi(holder));
    }
    int len = snprintf(holder, sizeof(holder), "%d\n", (int)getpid());
    spool_write_all(s, s->lock, holder, (size_t)len, 0); /* without space we start all the same */
    return 0;
}

int spool_claim(struct spool *s, char error[SPOOL_ERROR_MAX])
{
    const char *path = s->plan.directory;
    struct stat st;
    if (mkdir(path, 0700) != 0 && errno != EEXIST && errno != EROFS)
        return refuse(error, -errno, "a folder that is there or can be made (%s)", strerror(errno));
    s->directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (s->directory < 0 || fstat(s->directory, &st) != 0)
        return refuse(error, -errno, "a folder that can be opened (%s)", strerror(errno));
    if (st.st_uid != geteuid())
        return refuse(error, -EPERM,
                      "a folder of the user who runs this, %u: it belongs to user %u",
                      (unsigned)geteuid(), (unsigned)st.st_uid);
    return claim_lock(s, error);
}

/* ---- segments ---- */

void spool_segment_name(char out[SPOOL_NAME_MAX], uint64_t first, const char *suffix)
{
    snprintf(out, SPOOL_NAME_MAX, "%016" PRIx64 ".%s", first, suffix);
}

static bool parse_name(const char *name, const char *suffix, uint64_t *first)
{
    char again[SPOOL_NAME_MAX];
    *first = strtoull(name, NULL, 16);
    spool_segment_name(again, *first, suffix);
    return *first > 0 && *first <= UINT64_MAX / 2 && strcmp(name, again) == 0;
}

bool spool_add_segment(struct spool *s, const struct spool_segment *segment)
{
    if (s->segment_count == s->segment_room) {
        size_t room = s->segment_room ? 2 * s->segment_room : 64;
        struct spool_segment *more = realloc(s->segments, room * sizeof(*more));
        if (!more)
            return false;
        s->segments = more;
        s->segment_room = room;
    }
    s->segments[s->segment_count++] = *segment;
    s->state.bytes += segment->len;
    return true;
}

static int by_number(const void *a, const void *b)
{
    const struct spool_segment *x = a, *y = b;
    return (x->first > y->first) - (x->first < y->first);
}

/* What this program did not write is left alone; what it wrote in another version is not touched. */
static int look_at(struct spool *s, const char *name, uint64_t first, char error[SPOOL_ERROR_MAX])
{
    uint8_t head[SPOOL_SEGMENT_HEAD];
    struct spool_segment segment = {.first = first};
    struct stat st;
    int fd = s->plan.io->open(s->directory, name, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return refuse(error, -errno, "a folder whose files can be read (%s: %s)", name,
                      strerror(errno));
    bool regular = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    ssize_t n = spool_read_all(s, fd, head, sizeof(head), 0);
    close(fd);
    if (!regular)
        return 0;
    segment.len = (uint64_t)st.st_size;
    if (n == sizeof(head) && memcmp(head, SPOOL_MAGIC, 8) == 0 &&
        spool_hash(head, 16, first) == spool_get(head + 16, 8) &&
        spool_get(head + 8, 4) != SPOOL_VERSION)
        return refuse(error, -EINVAL, "a spool of version %d: %s is of version %" PRIu64,
                      SPOOL_VERSION, name, spool_get(head + 8, 4));
    return spool_add_segment(s, &segment) ? 0 : refuse(error, -ENOMEM, "less: no memory is left");
}

int spool_list(struct spool *s, char error[SPOOL_ERROR_MAX])
{
    int fd = dup(s->directory), code = 0;
    DIR *directory = fd >= 0 ? fdopendir(fd) : NULL;
    if (!directory) {
        code = -errno;
        if (fd >= 0)
            close(fd);
        return refuse(error, code, "a folder that can be listed (%s)", strerror(-code));
    }
    rewinddir(directory);
    for (struct dirent *entry; code == 0 && (entry = readdir(directory));) {
        uint64_t first;
        if (parse_name(entry->d_name, "spool", &first))
            code = look_at(s, entry->d_name, first, error);
    }
    closedir(directory);
    if (s->segment_count)
        qsort(s->segments, s->segment_count, sizeof(*s->segments), by_number);
    for (size_t i = 0; i + 1 < s->segment_count; i++)
        s->segments[i].end = s->segments[i + 1].first;
    return code;
}

/* ---- damaged segments ---- */

static void forget_old_bad(struct spool *s)
{
    uint64_t oldest = 0, first;
    unsigned count = 0;
    int fd = dup(s->directory);
    DIR *directory = fd >= 0 ? fdopendir(fd) : NULL;
    if (!directory) {
        if (fd >= 0)
            close(fd);
        return;
    }
    rewinddir(directory);
    for (struct dirent *entry; (entry = readdir(directory));) {
        if (!parse_name(entry->d_name, "bad", &first))
            continue;
        if (count++ == 0 || first < oldest)
            oldest = first;
    }
    closedir(directory);
    if (count > BAD_KEPT) {
        char name[SPOOL_NAME_MAX];
        spool_segment_name(name, oldest, "bad");
        s->plan.io->remove(s->directory, name);
    }
}

void spool_remove_segment(struct spool *s, size_t i)
{
    struct spool_segment *segment = &s->segments[i];
    char name[SPOOL_NAME_MAX], bad[SPOOL_NAME_MAX];
    bool kept = false;
    spool_segment_name(name, segment->first, "spool");
    spool_segment_name(bad, segment->first, "bad");
    if (s->reader.segment == segment->first)
        spool_reader_close(s);
    if (segment->damaged && s->plan.io->rename(s->directory, name, bad) == 0) {
        spool_say(s, "damaged segment kept as %s", bad);
        forget_old_bad(s);
        kept = true;
    }
    if (!kept && s->plan.io->remove(s->directory, name) != 0 && errno != ENOENT)
        spool_say(s, "cannot delete %s: %s", name, strerror(errno));
    s->state.bytes -= segment->len;
    memmove(segment, segment + 1, (s->segment_count - i - 1) * sizeof(*segment));
    s->segment_count--;
    s->directory_dirty = true;
}

/* ---- how far ---- */

uint64_t spool_position_read(struct spool *s)
{
    uint8_t slots[2 * POSITION_BYTES] = {0};
    uint64_t number = 0;
    s->position = s->plan.io->open(s->directory, "position", O_RDWR | O_CREAT);
    if (s->position < 0 || spool_read_all(s, s->position, slots, sizeof(slots), 0) < 0)
        return 0;
    for (unsigned i = 0; i < 2; i++) {
        const uint8_t *slot = slots + i * POSITION_BYTES;
        uint64_t serial = spool_get(slot + 8, 8);
        if (memcmp(slot, POSITION_MAGIC, 8) != 0 || serial < s->position_serial ||
            spool_get(slot + 24, 8) != spool_hash(slot, 24, 0))
            continue;
        s->position_serial = serial;
        number = spool_get(slot + 16, 8);
    }
    return number <= UINT64_MAX / 2 ? number : 0;
}

/* The two slots by turns: a torn write leaves the other. */
int spool_position_write(struct spool *s)
{
    uint8_t slot[POSITION_BYTES];
    uint64_t serial = s->position_serial + 1;
    memcpy(slot, POSITION_MAGIC, 8);
    spool_put(slot + 8, serial, 8);
    spool_put(slot + 16, s->state.acknowledged, 8);
    spool_put(slot + 24, spool_hash(slot, 24, 0), 8);
    if (s->position < 0)
        s->position = s->plan.io->open(s->directory, "position", O_RDWR | O_CREAT);
    if (s->position < 0)
        return -errno;
    int code = spool_write_all(s, s->position, slot, sizeof(slot), serial % 2 ? POSITION_BYTES : 0);
    if (code < 0)
        return code;
    s->position_serial = serial;
    s->position_number = s->state.acknowledged;
    s->position_dirty = true;
    return 0;
}

int spool_position_sync(struct spool *s)
{
    int code = s->position_dirty && s->plan.io->sync(s->position) != 0 ? -errno : 0;
    s->position_dirty &= code != 0;
    return code;
}
