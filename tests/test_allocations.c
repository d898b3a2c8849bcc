/*
 * Nothing is allocated for a message: not by its parser, not by detection, not by the CEF line. Every
 * allocation of the process is counted while all samples go through the pipeline into a batch, and
 * while sources scan, fire, end and are forgotten.
 */
#include "tests/detect_testing.h"
#include "tests/pipeline_setup.h"

#include "server/forward/cef.h"

/* AddressSanitizer's, which every build of the tests has. */
typedef void (*on_allocation)(const volatile void *block, size_t size);
typedef void (*on_free)(const volatile void *block);
int __sanitizer_install_malloc_and_free_hooks(on_allocation, on_free) __attribute__((weak));

static uint64_t allocations;
static bool counting;

static void count_one(const volatile void *block, size_t size)
{
    (void)block;
    (void)size;
    allocations += counting;
}

static void count_none(const volatile void *block)
{
    (void)block;
}

/* What has been allocated since the last call; counting goes on or stops. */
static uint64_t counted(bool go_on)
{
    uint64_t n = allocations;
    allocations = 0;
    counting = go_on;
    return n;
}

/* ---- messages */

static struct cef_format format = {
    CEF_FRAME_OCTET_COUNTING, CEF_HEADER_RFC5424, 16, true, true, 8192, NULL};
static struct batch batch;
static unsigned events, alerts;

static void make_room(void)
{
    if (batch.len >= BATCH_FULL || batch.count >= BATCH_MESSAGES - 2)
        batch.len = batch.count = 0;
}

static void on_event(void *context, struct record *r)
{
    (void)context;
    make_room();
    cef_event(&format, r, &batch);
    events++;
}

static void on_unparsed(void *context, struct record *r, const struct unparsed *message)
{
    (void)context;
    make_room();
    cef_unparsed(&format, r, message->status, message->raw, &batch);
}

static void on_alert_here(void *context, const struct alert *alert)
{
    (void)context;
    make_room();
    cef_alert(&format, alert, &batch);
    alerts++;
}

static int start(void **state)
{
    static struct pipeline_setup setup;
    struct pipeline_output output = {
        .event = on_event, .unparsed = on_unparsed, .alert = on_alert_here};
    format.memory = cef_memory_new();
    *state = &setup;
    int code = pipeline_setup_open(&setup, &output);
    setup.pipeline.replay = true;
    setup.sender.address = address_v4(0x0a000001);
    return code;
}

static int stop(void **state)
{
    cef_memory_free(format.memory);
    pipeline_setup_close(*state);
    return 0;
}

static void feed(void *context, const char *file, struct slice line)
{
    struct pipeline_setup *setup = context;
    (void)file;
    pipeline_message(&setup->pipeline, &setup->sender, line, NOW_MS, false);
    pipeline_flush(&setup->pipeline);
}

static void feed_counted(void *context, const char *file, struct slice line)
{
    counted(true);
    feed(context, file, line);
    uint64_t n = counted(false);
    if (n)
        fail_msg("%s: %llu allocations for\n%.*s", file, (unsigned long long)n, (int)line.len,
                 line.ptr);
}

/* The first round may still make what is made once: a time zone's table, say. */
static void messages(void **state)
{
    each_sample(feed, *state);
    each_sample(feed_counted, *state);
    assert_true(events > 1000 && alerts > 20);
}

/* ---- detection */

/* Two days: sources that scan for a while, new ones all the time, one an hour that touches a thousand
 * services, and the clock. */
static void detection(void **state)
{
    static struct record r;
    struct pipeline_setup *setup = *state;
    struct detect_limits limits;
    struct heard *heard = calloc(1, sizeof(*heard));
    assert_true(rules_limits(setup->rules, &limits));
    limits.memory = 4 << 20;
    struct detection *d =
        detection_new(setup->rules->detectors, setup->rules->detector_count, &limits);
    assert_non_null(d);
    counted(true);
    for (uint32_t i = 0; i < 200000; i++) {
        int64_t t = START + i * INT64_C(900);
        uint32_t source = (i % 2 ? 0x0a010000 : 0xcb000000) + i / 400 + i % 7;
        if (i % 4000 < 1000)
            source = 0x0a020000 + i / 4000;
        tcp(&r, t, address_v4(source), address_v4(0x0a030000 + i % 251), (uint16_t)(i % 1000 + 1),
            (enum evidence)(i % EVIDENCE_COUNT));
        r.src_lists = r.src_internal;
        r.dst_lists = r.dst_internal;
        detect_observe(d, &r, hear, heard);
        if (i % 100 == 0)
            detect_tick(d, t, hear, heard);
    }
    assert_int_equal(counted(false), 0);
    struct detect_counters c = detect_counters(d);
    assert_true(heard->phases[ALERT_START] > 100 && heard->phases[ALERT_ONGOING] > 0 &&
                heard->phases[ALERT_END] > 100 && c.evicted_groups > 0);
    detection_free(d);
    free(heard);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(messages), cmocka_unit_test(detection)};
    if (!__sanitizer_install_malloc_and_free_hooks)
        return 77; /* cannot be counted here */
    __sanitizer_install_malloc_and_free_hooks(count_one, count_none);
    return cmocka_run_group_tests(tests, start, stop);
}
