/*
 * Messages on disk, in the order they came, for one output: a folder of segments, each a file of
 * frames (spool_frame.h), named by the number of its first message. Numbers count up over all runs;
 * three of them say how things are:
 *
 *   acknowledged <= read <= next
 *
 * What is before `acknowledged` has been delivered and its segments are deleted; `read` is what
 * spool_read gives next; `next` is the number that the next message gets. `acknowledged` is kept in the
 * file `position`, so that the next run begins there.
 *
 * Damage is found when it is read: what a bad frame, a torn end or a missing segment held is counted
 * as set aside, the rest goes on, and the segment is kept as NUMBER.bad instead of being deleted.
 *
 * One thread at a time. Every call may wait for the disk. Errors are negative errno values; after one,
 * the same call may be made again.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "server/forward/batch.h"

#define SPOOL_FULL      1 /* what spool_append says when the size is reached */
#define SPOOL_ERROR_MAX 512

/* The calls that may fail, for the tests; errno as theirs. */
struct spool_io {
    int (*open)(int directory, const char *name, int flags);
    ssize_t (*read)(int fd, void *bytes, size_t len, off_t at);
    ssize_t (*write)(int fd, const void *bytes, size_t len, off_t at);
    int (*sync)(int fd);
    int (*rename)(int directory, const char *from, const char *to);
    int (*remove)(int directory, const char *name);
};
extern const struct spool_io spool_io_system;

struct spool_plan {
    const char *directory; /* made when only its last part is missing */
    uint64_t size;         /* bytes of all segments, at most */
    uint8_t framing;       /* enum cef_framing: messages of another are framed anew when read */
    const struct spool_io *io;
    void (*say)(void *context, const char *sentence); /* what an operator should know */
    void *context;
};

struct spool_state {
    uint64_t acknowledged, read, next;
    uint64_t recovered; /* messages found at the start */
    uint64_t set_aside; /* messages that could not be read */
    uint64_t bytes;     /* of all segments */
};

struct spool;

/* 0; else `error` is a sentence: what would be right, and what is wrong. */
int spool_open(struct spool **out, const struct spool_plan *plan, char error[SPOOL_ERROR_MAX]);
/* What is acknowledged to the end leaves no segment behind. */
void spool_close(struct spool *s);

/* 0, SPOOL_FULL or an error: then nothing was appended. A batch is a frame: the larger the better.
 * `pack`: by zstd, which is worth its time when the batch stays for a while. */
int spool_append(struct spool *s, const struct batch *batch, bool pack);

/* What was appended and acknowledged survives a power cut. */
int spool_sync(struct spool *s);

/*
 * Fills an empty batch with messages that follow each other, and says the first one's number. Returns
 * how many; 0: there are none, or *code says why they cannot be read now.
 */
uint32_t spool_read(struct spool *s, struct batch *batch, uint64_t *first, int *code);

/* Another size, from the next append on. */
void spool_set_size(struct spool *s, uint64_t size);

/* The caller has everything before this number itself: it is not read any more. */
void spool_skip(struct spool *s, uint64_t to);

/* Everything before this number is delivered. */
int spool_acknowledge(struct spool *s, uint64_t to);

/* Deletes the oldest messages up to the end of the segment that is read; returns how many of them were
 * unread. 0: only the segment that is being written is left. */
uint64_t spool_drop_oldest(struct spool *s);

/* Deletes the segment that is being written when all of it is acknowledged. */
void spool_trim(struct spool *s);

struct spool_state spool_state(const struct spool *s);
