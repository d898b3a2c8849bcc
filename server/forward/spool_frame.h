/*
 * A spool's frame: some messages, compressed, with checksums of head and payload. All numbers are
 * little-endian:
 *
 *   magic (4), payload on disk (4), payload unpacked (4), messages (4), number of the first (8),
 *   zstd or not (1), framing (1), zero (6), hash of the payload on disk (8), hash of this head (8)
 *
 *   payload, unpacked: length of each message (4 each), the messages back to back
 *
 * The head's hash is seeded with the number its segment begins with, so that a frame which has
 * strayed into another file is none there. Pure: bytes in, bytes out.
 */
#pragma once

#include <stdbool.h>

#include "server/forward/batch.h"

#define SPOOL_FRAME_HEAD  48
#define SPOOL_PAYLOAD_MAX (BATCH_BYTES + BATCH_MESSAGES * sizeof(uint32_t))
#define SPOOL_FRAME_MAX   (SPOOL_FRAME_HEAD + SPOOL_PAYLOAD_MAX)

struct spool_frame {
    uint64_t first; /* the number of its first message */
    uint32_t count; /* messages */
    uint32_t stored, raw;
    uint64_t hash;
    uint8_t framing;
    bool packed;
};

struct spool_codec;
struct spool_codec *spool_codec_new(void);
void spool_codec_free(struct spool_codec *codec);

/* What a frame is to be. */
struct spool_frame_plan {
    uint64_t first, segment;
    uint8_t framing;
    bool pack; /* worth the time: it stays for a while */
};

/* Writes the batch's messages, at least one, as a frame: at most SPOOL_FRAME_MAX bytes. Returns its
 * length. */
size_t spool_frame_write(struct spool_codec *codec, const struct batch *batch,
                         const struct spool_frame_plan *plan, uint8_t *out);

/* Whether SPOOL_FRAME_HEAD bytes are the head of a frame of that segment. */
bool spool_frame_head(const uint8_t *bytes, uint64_t segment, struct spool_frame *out);

/* Where the next head may begin: offset of the magic, or `len` when it is not in these bytes. */
size_t spool_frame_find(const uint8_t *bytes, size_t len);

/* Unpacks frame->stored bytes into `raw`, which has room for SPOOL_PAYLOAD_MAX. Whether they are
 * what was written, and the lengths add up. */
bool spool_frame_unpack(struct spool_codec *codec, const struct spool_frame *frame,
                        const uint8_t *stored, uint8_t *raw);

static inline void spool_put(uint8_t *at, uint64_t n, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        at[i] = (uint8_t)(n >> 8 * i);
}

static inline uint64_t spool_get(const uint8_t *at, unsigned bytes)
{
    uint64_t n = 0;
    for (unsigned i = 0; i < bytes; i++)
        n |= (uint64_t)at[i] << 8 * i;
    return n;
}

uint64_t spool_hash(const void *bytes, size_t len, uint64_t seed);
