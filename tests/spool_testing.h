/* What the tests of the spool share: a folder, numbered messages, files as bytes, calls that fail. */
#pragma once

#include "server/forward/spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "server/forward/cef.h"

#define MESSAGE 100 /* bytes of one, about */

static char folder[64];
static struct batch batch_out, batch_in;
static char heard[1024]; /* the last sentence */

static inline void hear(void *context, const char *sentence)
{
    (void)context;
    snprintf(heard, sizeof(heard), "%s", sentence);
}

static inline void folder_empty(void)
{
    DIR *d = opendir(folder);
    for (struct dirent *e; d && (e = readdir(d));)
        unlinkat(dirfd(d), e->d_name, 0);
    if (d)
        closedir(d);
}

static inline int folder_new(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/parapet-spool-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static inline int folder_gone(void **state)
{
    (void)state;
    chmod(folder, 0700);
    folder_empty();
    return rmdir(folder);
}

/* The files whose names end so, and of them the one at a place by name. Returns how many. */
static inline unsigned files(const char *suffix, unsigned place, char path[512])
{
    struct dirent **names = NULL;
    unsigned found = 0;
    int n = scandir(folder, &names, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        size_t len = strlen(names[i]->d_name), end = strlen(suffix);
        if (len > end && strcmp(names[i]->d_name + len - end, suffix) == 0 && found++ == place &&
            path)
            snprintf(path, 512, "%s/%s", folder, names[i]->d_name);
        free(names[i]);
    }
    free(names);
    return found;
}

static inline size_t file_read(const char *path, uint8_t **bytes)
{
    struct stat st;
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0 && fstat(fd, &st) == 0);
    *bytes = malloc((size_t)st.st_size + 1);
    assert_int_equal(read(fd, *bytes, (size_t)st.st_size), st.st_size);
    close(fd);
    return (size_t)st.st_size;
}

static inline void file_write(const char *path, const uint8_t *bytes, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, len), len);
    close(fd);
}

/* ---- calls that fail: from the `after`-th on, `times` of them ---- */

static struct faults {
    unsigned calls, after, times;
    int code;
    bool half;  /* writes do half of it first */
    bool reads; /* reading and opening to read fail too */
} faults;

static inline bool fails(void)
{
    unsigned call = faults.calls++;
    errno = faults.code;
    return faults.code && call >= faults.after && call - faults.after < faults.times;
}

static inline int faulty_open(int directory, const char *name, int flags)
{
    if ((flags & O_CREAT || faults.reads) && fails())
        return -1;
    return spool_io_system.open(directory, name, flags);
}

static inline ssize_t faulty_read(int fd, void *bytes, size_t len, off_t at)
{
    return faults.reads && fails() ? -1 : pread(fd, bytes, len, at);
}

static inline ssize_t faulty_write(int fd, const void *bytes, size_t len, off_t at)
{
    if (!fails())
        return pwrite(fd, bytes, len, at);
    int code = errno;
    if (faults.half)
        assert_int_equal(pwrite(fd, bytes, len / 2, at), len / 2);
    errno = code;
    return -1;
}

static inline int faulty_sync(int fd)
{
    (void)fd;
    return fails() ? -1 : 0; /* no test waits for a disk */
}

static inline int faulty_rename(int directory, const char *from, const char *to)
{
    return fails() ? -1 : spool_io_system.rename(directory, from, to);
}

static inline int faulty_remove(int directory, const char *name)
{
    return fails() ? -1 : spool_io_system.remove(directory, name);
}

static const struct spool_io faulty_io = {
    .open = faulty_open,
    .read = faulty_read,
    .write = faulty_write,
    .sync = faulty_sync,
    .rename = faulty_rename,
    .remove = faulty_remove,
};

/* ---- messages ---- */

static inline struct spool *spool_of(uint64_t size, enum cef_framing framing)
{
    char error[SPOOL_ERROR_MAX] = "";
    struct spool *s;
    struct spool_plan plan = {.directory = folder,
                              .size = size,
                              .framing = (uint8_t)framing,
                              .io = &faulty_io,
                              .say = hear};
    if (spool_open(&s, &plan, error) != 0)
        fail_msg("%s", error);
    return s;
}

static inline struct spool *opened(void)
{
    return spool_of(UINT64_C(64) << 20, CEF_FRAME_NEWLINE);
}

/* "message 17 (some text that grows)\n" */
static inline size_t message_write(char *out, unsigned number)
{
    int len = sprintf(out, "message %u %.*s\n", number, (int)(number * 7 % MESSAGE),
                      "so that it is neither too short nor always of one length, and compresses; "
                      "something more");
    return (size_t)len;
}

static inline int append(struct spool *s, unsigned first, unsigned count)
{
    batch_out.len = batch_out.count = 0;
    for (unsigned i = 0; i < count; i++) {
        batch_out.len += message_write(batch_out.bytes + batch_out.len, first + i);
        batch_out.ends[batch_out.count++] = (uint32_t)batch_out.len;
    }
    return spool_append(s, &batch_out, first % 2);
}

/* Reads one batch; its messages are whole, and numbered as the spool says (number i is message i). */
static inline unsigned read_batch(struct spool *s, uint64_t *first)
{
    char expected[256];
    int code;
    batch_in.len = batch_in.count = 0;
    unsigned count = spool_read(s, &batch_in, first, &code);
    assert_int_equal(count, batch_in.count);
    for (unsigned i = 0, begin = 0; i < count; begin = batch_in.ends[i++]) {
        size_t len = message_write(expected, (unsigned)(*first + i));
        assert_int_equal(batch_in.ends[i] - begin, len);
        assert_memory_equal(batch_in.bytes + begin, expected, len);
    }
    return count;
}

/* Reads all there is; returns how many messages. */
static inline unsigned read_all(struct spool *s)
{
    unsigned total = 0;
    uint64_t first, next = spool_state(s).read;
    for (unsigned n; (n = read_batch(s, &first)); total += n) {
        assert_true(first >= next);
        next = first + n;
    }
    return total;
}

/* Every message that was found is read or set aside. Returns how many were read. */
static inline unsigned adds_up(struct spool *s)
{
    unsigned total = read_all(s);
    struct spool_state is = spool_state(s);
    assert_int_equal(is.read, is.next);
    assert_int_equal(is.recovered, total + is.set_aside);
    return total;
}
