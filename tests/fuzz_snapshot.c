/*
 * Any bytes as a snapshot, as they are and with their checksums put right, so that what stands behind
 * these is reached; then records and time pass over what was restored. A snapshot that was refused
 * must have left nothing.
 */
#include "detect/snapshot.h"

#include <stdlib.h>
#include <zlib.h>

#include "detect/definition.h"
#include "detect/snapshot_format.h"

#define START       INT64_C(1790000000000)
#define SIZE_MAX_IN 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const after[] = {"a", NULL};
static const struct detector detectors[] = {
    {.name = "a",
     .title = "",
     .type = DETECTOR_VALUE_COUNT,
     .where = {.any_protocol = true},
     .group_by = {DETECT_SRC_IP, DETECT_DST_IP},
     .group_count = 2,
     .counted = DETECT_DST_PORT,
     .tiers = {{3, 3}, {5, 6}},
     .tier_count = 2,
     .has_also = true,
     .also = {.any_protocol = true},
     .also_gte = 2,
     .timespan_ms = 100000,
     .update_interval_ms = 1000,
     .score = 7,
     .entities = {FIELD_src_ip},
     .entity_count = 1,
     .techniques = "",
     .tactics = "",
     .summary = "{{src_ip}}"},
    {.name = "b",
     .title = "",
     .type = DETECTOR_FIRST_SEEN,
     .where = {.any_protocol = true},
     .group_by = {DETECT_DST_IP},
     .group_count = 1,
     .tiers = {{1, 3}},
     .tier_count = 1,
     .timespan_ms = 100000,
     .score = 7,
     .entities = {FIELD_dst_ip},
     .entity_count = 1,
     .techniques = "",
     .tactics = "",
     .summary = ""},
    {.name = "c",
     .title = "",
     .type = DETECTOR_EVENT_COUNT,
     .where = {.any_protocol = true},
     .group_by = {DETECT_DEVICE},
     .group_count = 1,
     .tiers = {{4, 3}},
     .tier_count = 1,
     .timespan_ms = 100000,
     .techniques = "",
     .tactics = "",
     .summary = "{{device}}"},
    {.name = "d",
     .title = "",
     .type = DETECTOR_SEQUENCE,
     .where = {.any_protocol = true},
     .group_by = {DETECT_SRC_IP},
     .group_count = 1,
     .counted = DETECT_DST_PORT,
     .after = after,
     .tiers = {{2, 3}},
     .tier_count = 1,
     .timespan_ms = 100000,
     .techniques = "",
     .tactics = "",
     .summary = ""},
};

#define COUNT (sizeof(detectors) / sizeof(detectors[0]))

static uint64_t alerts;

static void hear(void *context, const struct alert *alert)
{
    (void)context;
    alerts += alert->count + alert->sample_count + strlen(alert->summary);
}

static struct detection *engine(void)
{
    static const struct detect_limits limits = {.memory = 1 << 20,
                                                .pairs_per_source = 8,
                                                .lateness_ms = 1000,
                                                .risk_window_ms = START,
                                                .risk_threshold = 12,
                                                .key = {7}};
    struct detection *d = detection_new(detectors, COUNT, &limits);
    if (!d)
        abort();
    return d;
}

static struct record record;

static void records(struct detection *d, int64_t t, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        record_reset(&record);
        record_set_time(&record, t + i * 100);
        record_set_host(&record, slice("fw.example.com"));
        record_set_protocol(&record, PROTOCOL_TCP);
        record_set_evidence(&record, EVIDENCE_REFUSED);
        record_set_src_ip(&record, address_v4(0x0a000000 + i % 3));
        record_set_dst_ip(&record, address_v4(0x0a000100 + i % 2));
        record_set_src_port(&record, 50000);
        record_set_dst_port(&record, (uint16_t)(1 + i));
        detect_observe(d, &record, hear, NULL);
    }
}

struct bytes {
    uint8_t at[1 << 20];
    size_t len;
};

static bool append(void *context, const void *bytes, size_t len)
{
    struct bytes *b = context;
    if (b->len + len > sizeof(b->at))
        return false;
    memcpy(b->at + b->len, bytes, len);
    b->len += len;
    return true;
}

/* An engine is dear, and one that has refused is as good as new. */
static struct detection *unused;

static void use(const uint8_t *data, size_t size, bool save)
{
    static struct bytes again;
    struct detection *d = unused ? unused : engine();
    struct restored r = detect_restore(d, data, size);
    unused = r.status == RESTORE_DONE ? NULL : d;
    if (unused) {
        if (detect_counters(d).groups != 0)
            abort();
        return;
    }
    records(d, START, 12);
    detect_tick(d, START + 1000000, hear, NULL);
    again.len = 0;
    if (save && detect_save(d, START, append, &again)) {
        struct detection *e = engine();
        if (detect_restore(e, again.at, again.len).status != RESTORE_DONE)
            abort(); /* what it writes, it can read */
        detection_free(e);
    }
    detection_free(d);
}

/* A snapshot of an engine that has seen something. */
static void fill(struct bytes *b)
{
    struct detection *d = engine();
    bool lost;
    detect_note_changes(d);
    records(d, START, 12);
    if (!detect_save(d, START, append, b) || !detect_save_changes(d, append, b, &lost))
        abort();
    detection_free(d);
}

/* The input says which bytes of it to change. */
static void mutate(const uint8_t *data, size_t size)
{
    static struct bytes model, b;
    bool save = size % 4 == 0;
    if (model.len == 0)
        fill(&model);
    b.len = model.len;
    memcpy(b.at, model.at, b.len);
    for (; size >= 3; size -= 3, data += 3)
        b.at[(data[0] | (size_t)data[1] << 8) % b.len] ^= data[2];
    uint8_t *at = b.at + SNAPSHOT_PREFIX, *end = b.at + b.len;
    while (end - at >= SECTION_EXTRA) {
        struct snapshot_reader r = {at + 4, end, false};
        size_t len = get32(&r);
        if ((size_t)(end - at) - SECTION_EXTRA < len)
            break;
        uint8_t *crc = at + 8 + len;
        put32(&crc, crc32(0, at, (uInt)len + 8));
        at = crc;
    }
    uint8_t *block = malloc(b.len);
    memcpy(block, b.at, b.len);
    use(block, b.len, save);
    free(block);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > SIZE_MAX_IN)
        return 0;
    use(data, size, true);
    if (size <= 64 * 3)
        mutate(data, size);
    return 0;
}
