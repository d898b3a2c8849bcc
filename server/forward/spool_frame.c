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

size_t spool_frame_write(struct spool_codec *codec, const struct batch *batch, uint64_t first,
                         uint8_t framing, uint64_t segment, uint8_t *out)
{
    uint8_t *raw = codec->raw, *payload = out + SPOOL_FRAME_HEAD;
    size_t lengths = batch->count * sizeof(uint32_t), len = lengths + batch->len;
    for (uint32_t i = 0, begin = 0; i < batch->count; begin = batch->ends[i++])
        spool_put(raw + i * sizeof(uint32_t), batch->ends[i] - begin, 4);
    memcpy(raw + lengths, batch->bytes, batch->len);
    /* Less room than it has now: what would not shrink is an error, and stored as it is. */
    size_t stored = ZSTD_compressCCtx(codec->pack, payload, len - 1, raw, len, LEVEL);
    bool packed = !ZSTD_isError(stored);
    if (!packed) {
        stored = len;
        memcpy(payload, raw, len);
    }
    memcpy(out, MAGIC, 4);
    spool_put(out + 4, stored, 4);
    spool_put(out + 8, len, 4);
    spool_put(out + 12, batch->count, 4);
    spool_put(out + 16, first, 8);
    spool_put(out + 24, packed, 1);
    spool_put(out + 25, framing, 7);
    spool_put(out + 32, spool_hash(payload, stored, 0), 8);
    spool_put(out + 40, spool_hash(out, 40, segment), 8);
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
