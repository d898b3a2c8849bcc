/*
 * Formatted messages on their way out: bytes back to back as they will stand on the wire, and where
 * each message ends. A worker fills one per output and hands it over whole; the sink gives empty
 * ones back. One owner at a time.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BATCH_BYTES    (640 * 1024)
#define BATCH_FULL     (512 * 1024) /* hand it over when this much is in it */
#define BATCH_MESSAGES 4096         /* and when so many messages are */

struct batch {
    struct batch *next;            /* the owner's list */
    size_t len;                    /* bytes used */
    uint32_t count;                /* messages */
    uint32_t events, alerts;       /* of which */
    uint32_t begin;                /* the sink's: messages before this one need not be sent */
    uint32_t counted;              /* the sink's: those before this one count as forwarded */
    uint64_t number;               /* the spool's, of the first message; 0: it is not on disk */
    uint32_t ends[BATCH_MESSAGES]; /* ends[i]: where message i ends in bytes */
    char bytes[BATCH_BYTES];
};

/* Where message i begins, or where the last one ends. */
static inline size_t batch_begin(const struct batch *b, uint32_t i)
{
    return i ? b->ends[i - 1] : 0;
}

/* What it has to be sent, in bytes. */
static inline size_t batch_left(const struct batch *b)
{
    return b->len - batch_begin(b, b->begin);
}

/* Appends a small one to another that has room, so that lists of them are mostly full. False: it has
 * to stand for itself. */
bool batch_join(struct batch *to, const struct batch *from);
