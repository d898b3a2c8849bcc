/* Frames of a spool. zstd at a fast level: a line of CEF shrinks to a fifth for less than it cost
 * to write; what does not shrink is stored as it is. */
#include "server/forward/spool_frame.h"

#include <stdlib.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>
#include <zstd.h>

#define MAGIC "PSf1"
#define LEVEL -3

struct spool_codec {
    ZSTD_CCtx *pack;
    ZSTD_DCtx *unpack;
    uint8_t raw[SPOOL_PAYLOAD_MAX];
};

struct spool_codec *spool_codec_new(void)
{
    struct spool_codec *codec = malloc(sizeof(*codec));
    if (!codec)
        return NULL;
    codec->pack = ZSTD_createCCtx();
    codec->unpack = ZSTD_createDCtx();
    if (codec->pack && codec->unpack)
        return codec;
    spool_codec_free(codec);
    return NULL;
}

void spool_codec_free(struct spool_codec *codec)
{
    if (!codec)
        return;
    ZSTD_freeCCtx(codec->pack);
    ZSTD_freeDCtx(codec->unpack);
    free(codec);
}

uint64_t spool_hash(const void *bytes, size_t len, uint64_t seed)
{
    return XXH3_64bits_withSeed(bytes, len, seed);
}

/* Lengths, then messages. Returns the length of it all. */
static size_t write_raw(uint8_t *out, const struct batch *batch)
{
    size_t lengths = batch->count * sizeof(uint32_t);
    for (uint32_t i = 0, begin = 0; i < batch->count; begin = batch->ends[i++])
        spool_put(out + i * sizeof(uint32_t), batch->ends[i] - begin, 4);
    memcpy(out + lengths, batch->bytes, batch->len);
    return lengths + batch->len;
}

/* Returns the packed length, or 0: it would not shrink. */
static size_t pack(struct spool_codec *codec, uint8_t *out, size_t len)
{
    size_t packed = ZSTD_compressCCtx(codec->pack, out, len - 1, codec->raw, len, LEVEL);
    return ZSTD_isError(packed) ? 0 : packed;
}

size_t spool_frame_write(struct spool_codec *codec, const struct batch *batch,
                         const struct spool_frame_plan *plan, uint8_t *out)
{
    uint8_t *payload = out + SPOOL_FRAME_HEAD;
    size_t len = 0, packed = 0;
    if (plan->pack) {
        len = write_raw(codec->raw, batch);
        packed = pack(codec, payload, len);
    }
    if (!packed)
        len = write_raw(payload, batch);
    size_t stored = packed ? packed : len;
    memcpy(out, MAGIC, 4);
    spool_put(out + 4, stored, 4);
    spool_put(out + 8, len, 4);
    spool_put(out + 12, batch->count, 4);
    spool_put(out + 16, plan->first, 8);
    spool_put(out + 24, packed != 0, 1);
    spool_put(out + 25, plan->framing, 7);
    spool_put(out + 32, spool_hash(payload, stored, 0), 8);
    spool_put(out + 40, spool_hash(out, 40, plan->segment), 8);
    return SPOOL_FRAME_HEAD + stored;
}

bool spool_frame_head(const uint8_t *bytes, uint64_t segment, struct spool_frame *out)
{
    if (memcmp(bytes, MAGIC, 4) != 0 || spool_get(bytes + 40, 8) != spool_hash(bytes, 40, segment))
        return false;
    out->stored = (uint32_t)spool_get(bytes + 4, 4);
    out->raw = (uint32_t)spool_get(bytes + 8, 4);
    out->count = (uint32_t)spool_get(bytes + 12, 4);
    out->first = spool_get(bytes + 16, 8);
    out->packed = bytes[24] == 1;
    out->framing = bytes[25];
    out->hash = spool_get(bytes + 32, 8);
    return out->count > 0 && out->count <= BATCH_MESSAGES && out->raw <= SPOOL_PAYLOAD_MAX &&
           out->raw >= out->count * sizeof(uint32_t) && out->stored <= out->raw &&
           (out->packed || out->stored == out->raw) && out->first >= segment &&
           out->first <= UINT64_MAX / 2;
}

size_t spool_frame_find(const uint8_t *bytes, size_t len)
{
    const uint8_t *at = memmem(bytes, len, MAGIC, 4);
    return at ? (size_t)(at - bytes) : len;
}

bool spool_frame_unpack(struct spool_codec *codec, const struct spool_frame *frame,
                        const uint8_t *stored, uint8_t *raw)
{
    size_t lengths = frame->count * sizeof(uint32_t), sum = lengths, len = frame->raw;
    if (spool_hash(stored, frame->stored, 0) != frame->hash)
        return false;
    if (frame->packed)
        len = ZSTD_decompressDCtx(codec->unpack, raw, frame->raw, stored, frame->stored);
    else
        memcpy(raw, stored, frame->raw);
    if (len != frame->raw)
        return false;
    for (size_t at = 0; at < lengths; at += sizeof(uint32_t)) {
        size_t message = spool_get(raw + at, 4);
        if (message == 0 || message > len)
            return false;
        sum += message;
    }
    return sum == len;
}
