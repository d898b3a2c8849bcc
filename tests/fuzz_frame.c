/* Any bytes as a TCP stream: the messages must not depend on how the bytes were cut into reads. */
#include "server/ingest/frame.h"

#include <stdlib.h>

#define MAX 64

struct digest {
    uint64_t hash, messages;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_message(void *context, struct slice message, bool cut)
{
    struct digest *digest = context;
    if (message.len == 0 || message.len > MAX)
        abort();
    for (size_t i = 0; i < message.len; i++)
        digest->hash = (digest->hash ^ (uint8_t)message.ptr[i]) * UINT64_C(0x100000001b3);
    digest->hash = (digest->hash ^ (256u + cut)) * UINT64_C(0x100000001b3);
    digest->messages++;
}

static void on_delivered(void *context)
{
    (void)context;
}

/* Reads of `step` bytes; 0: of sizes drawn from `seed`. Everything that came out, as one number. */
static uint64_t run(const uint8_t *data, size_t size, size_t step, uint32_t seed)
{
    struct digest digest = {0, 0};
    struct framing framing = {
        .max = MAX, .deliver = on_message, .delivered = on_delivered, .context = &digest};
    struct frame f = {0};
    enum frame_status status = FRAME_OK;
    for (size_t at = 0; at < size && status == FRAME_OK;) {
        seed = seed * 1664525 + 1013904223;
        size_t n = step ? step : 1 + (seed >> 24) % 97;
        n = n < size - at ? n : size - at;
        char *block = malloc(FRAME_HEADROOM(MAX) + n);
        memcpy(block + FRAME_HEADROOM(MAX), data + at, n);
        status = frame_feed(&f, &framing, block + FRAME_HEADROOM(MAX), n);
        free(block);
        at += n;
    }
    if (status == FRAME_OK)
        frame_end(&f, &framing);
    frame_close(&f, &framing);
    return digest.hash ^ digest.messages << 1 ^ framing.empty << 17 ^ framing.unfinished << 33 ^
           (uint64_t)status << 49;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > 4096)
        return 0;
    uint32_t seed = data[0];
    uint64_t whole = run(data + 1, size - 1, size, 0);
    if (run(data + 1, size - 1, 1, 0) != whole || run(data + 1, size - 1, 0, seed) != whole)
        abort();
    return 0;
}
