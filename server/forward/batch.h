/*
 * Formatted messages on their way out: bytes back to back as they will stand on the wire, and where
 * each message ends. A worker fills one per output and hands it over whole; the sink gives empty
 * ones back. One owner at a time.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define BATCH_BYTES    (256 * 1024)
#define BATCH_FULL     (128 * 1024) /* hand it over when this much is in it */
#define BATCH_MESSAGES 4096         /* and when so many messages are */

struct batch {
    struct batch *next;            /* the owner's list */
    size_t len;                    /* bytes used */
    uint32_t count;                /* messages */
    uint32_t events, alerts;       /* of which */
    uint32_t ends[BATCH_MESSAGES]; /* ends[i]: where message i ends in bytes */
    char bytes[BATCH_BYTES];
};
