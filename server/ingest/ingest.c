/* What the listeners of one worker share. */
#include "server/ingest/ingest.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <time.h>

static void on_message(void *context, struct slice message, bool cut)
{
    struct ingest *ingest = context;
    pipeline_message(ingest->pipeline, ingest->sender, message, ingest->arrival_ms, cut);
}

static void on_delivered(void *context)
{
    struct ingest *ingest = context;
    pipeline_flush(ingest->pipeline);
}

int ingest_init(struct ingest *ingest, uv_loop_t *loop, struct pipeline *pipeline,
                const struct rules *rules, atomic_uint *connections)
{
    *ingest = (struct ingest){.loop = loop,
                              .pipeline = pipeline,
                              .rules = rules,
                              .connections = connections,
                              .framing = {.max = rules->settings->max_message_size,
                                          .deliver = on_message,
                                          .delivered = on_delivered,
                                          .context = ingest},
                              .buffer = malloc(INGEST_HEADROOM + INGEST_READ_BYTES)};
    return ingest->buffer ? 0 : UV_ENOMEM;
}

void ingest_change(struct ingest *ingest, const struct rules *rules)
{
    ingest->rules = rules;
    ingest->framing.max = rules->settings->max_message_size;
}

void ingest_close(struct ingest *ingest)
{
    free(ingest->buffer);
    free(ingest->ciphertext);
    ingest->buffer = ingest->ciphertext = NULL;
}

int64_t ingest_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct address ingest_address(const struct sockaddr_storage *from)
{
    if (from->ss_family == AF_INET)
        return address_v4(ntohl(((const struct sockaddr_in *)from)->sin_addr.s_addr));
    struct address a = {0, 0};
    if (from->ss_family != AF_INET6)
        return a;
    const uint8_t *bytes = ((const struct sockaddr_in6 *)from)->sin6_addr.s6_addr;
    for (int i = 0; i < 8; i++) {
        a.hi = a.hi << 8 | bytes[i];
        a.lo = a.lo << 8 | bytes[i + 8];
    }
    return a;
}
