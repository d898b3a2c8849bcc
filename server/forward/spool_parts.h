/* What the files of the spool share; nobody else includes it. */
#pragma once

#include "server/forward/spool.h"
#include "server/forward/spool_frame.h"

#define SPOOL_MAGIC        "PSspool\x1a"
#define SPOOL_SEGMENT_HEAD 24 /* magic (8), version (4), zero (4), hash (8) */
#define SPOOL_VERSION      1
#define SPOOL_NAME_MAX     32

struct spool_segment {
    uint64_t first, end; /* numbers of its messages: end is the next one's */
    uint64_t len;        /* bytes */
    bool damaged;        /* some of it could not be read */
};

struct spool {
    struct spool_plan plan;
    struct spool_state state;
    struct spool_codec *codec;
    int directory, lock, position;             /* descriptors; -1: none */
    uint64_t position_serial, position_number; /* as last written */
    bool directory_dirty, position_dirty;

    struct spool_segment *segments; /* by number; the last may be the one that is written */
    size_t segment_count, segment_room;
    uint64_t segment_size;
    int fd; /* of the one that is written; -1: the next append begins one */
    bool dirty;
    uint8_t frame[SPOOL_FRAME_MAX]; /* being written, or read */

    struct spool_reader {
        int fd;           /* -1: none */
        uint64_t segment; /* its number */
        uint64_t at;      /* the next frame, in bytes */
        struct spool_frame pending;
        uint32_t done; /* messages of it that were given */
        size_t offset; /* where the next one begins in raw */
        uint8_t raw[SPOOL_PAYLOAD_MAX];
    } reader;
};

/* spool_files.c */

/* The folder, for this process alone. 0 or an error with its sentence. */
int spool_claim(struct spool *s, char error[SPOOL_ERROR_MAX]);
/* The segments that are there, by number; `end` only of those that another follows. */
int spool_list(struct spool *s, char error[SPOOL_ERROR_MAX]);
bool spool_add_segment(struct spool *s, const struct spool_segment *segment);
void spool_segment_name(char out[SPOOL_NAME_MAX], uint64_t first, const char *suffix);
/* Deletes the segment at this place in the table, or keeps it under another name. */
void spool_remove_segment(struct spool *s, size_t i);
/* 0 when there is none that can be trusted. */
uint64_t spool_position_read(struct spool *s);
int spool_position_write(struct spool *s);
int spool_position_sync(struct spool *s);
int spool_write_all(const struct spool *s, int fd, const void *bytes, size_t len, uint64_t at);
/* Returns how many bytes were read before the end, or an error. */
ssize_t spool_read_all(const struct spool *s, int fd, void *bytes, size_t len, uint64_t at);
void spool_say(const struct spool *s, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* spool_read.c */

/* The place in the table of the segment that has the number, or the next one behind it. */
size_t spool_segment_of(const struct spool *s, uint64_t number);
/* The number behind a segment's last message, found by looking at its frames. */
uint64_t spool_segment_end(struct spool *s, struct spool_segment *segment);
void spool_reader_close(struct spool *s);
