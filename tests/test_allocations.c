/*
 * Nothing is allocated for a message: not by its parser, not by detection, not by the CEF line. Every
 * allocation of the process is counted while all samples go through the pipeline into a batch, and
 * while sources scan, fire, end and are forgotten.
 */
#include "server/rules.h"
#include "tests/detect_testing.h"

#include <glob.h>
#include <stdio.h>

#include "server/forward/cef.h"

#define NOW_MS INT64_C(1795262400000) /* 2026-11-21T12:00:00Z */

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

static void complain(void *context, const char *sentence)
{
    (void)context;
    print_error("%s\n", sentence);
}

struct setup {
    struct config *config;
    struct rules *rules;
    struct detection *detection;
    struct pipeline pipeline;
};

static int start(void **state)
{
    static struct setup setup;
    unsigned complaints = 0;
    struct pipeline_output output = {on_event, on_unparsed, on_alert_here, NULL};
    setup.config = config_load(NULL, complain, NULL, &complaints);
    if (complaints || !(setup.rules = rules_new(setup.config, NULL)))
        return -1;
    setup.detection = rules_detection(setup.rules);
    if (pipeline_init(&setup.pipeline, setup.rules, setup.detection, &output) < 0)
        return -1;
    format.memory = cef_memory_new();
    setup.pipeline.replay = true;
    *state = &setup;
    return 0;
}

static int stop(void **state)
{
    struct setup *setup = *state;
    cef_memory_free(format.memory);
    pipeline_close(&setup->pipeline);
    detection_free(setup->detection);
    rules_free(setup->rules);
    config_free(setup->config);
    return 0;
}

static struct slice read_all(const char *path)
{
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    size_t len = (size_t)ftell(f);
    char *text = malloc(len + 1);
    rewind(f);
    assert_int_equal(fread(text, 1, len, f), len);
    fclose(f);
    return slice_make(text, len);
}

/* Returns how often something was allocated. */
static uint64_t feed(struct setup *setup, struct slice lines)
{
    struct sender sender = {.address = address_v4(0x0a000001),
                            .device = &setup->rules->devices[setup->rules->settings->device_count]};
    counted(true);
    while (lines.len) {
        size_t len = slice_find(lines, '\n');
        pipeline_message(&setup->pipeline, &sender, slice_first(lines, len), NOW_MS, false);
        lines = slice_from(lines, len < lines.len ? len + 1 : len);
    }
    return counted(false);
}

/* The first round may still make what is made once: a time zone's table, say. */
static void messages(void **state)
{
    struct setup *setup = *state;
    glob_t files;
    assert_int_equal(glob("samples/*/*.log", 0, NULL, &files), 0);
    for (unsigned round = 0; round < 2; round++)
        for (size_t i = 0; i < files.gl_pathc; i++) {
            struct slice text = read_all(files.gl_pathv[i]);
            uint64_t n = feed(setup, text);
            if (round && n)
                fail_msg("%s: %llu allocations", files.gl_pathv[i], (unsigned long long)n);
            free((void *)(uintptr_t)text.ptr);
        }
    globfree(&files);
    assert_true(events > 1000 && alerts > 20);
}

/* ---- detection */

/* Two days: sources that scan for a while, new ones all the time, one an hour that touches a thousand
 * services, and the clock. */
static void detection(void **state)
{
    static struct record r;
    struct setup *setup = *state;
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
