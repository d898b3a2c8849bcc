/*
 * Every sample line through the whole pipeline, and so is every shorter length of it, each in a heap
 * block of exactly its size: nothing may read past its end. What comes out is written as JSON and as
 * CEF in every framing, so that the writers see it all too.
 */
#include "server/rules.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "parsers/record_json.h"
#include "server/forward/alert_json.h"
#include "server/forward/cef.h"

#define NOW_MS INT64_C(1795262400000) /* 2026-11-21T12:00:00Z */

static struct batch batch;
static uint64_t written;

static void count_bytes(void *context, const char *bytes, size_t len)
{
    (void)context;
    (void)bytes;
    written += len;
}

static struct cef_format formats[] = {
    {CEF_FRAME_NEWLINE, CEF_HEADER_NONE, 16, true, false, 8192, NULL},
    {CEF_FRAME_OCTET_COUNTING, CEF_HEADER_RFC5424, 16, false, true, 512, NULL},
};

/* A CEF line never holds a byte that ends it or that no receiver takes. */
static void check_line(void)
{
    for (size_t i = 0; i + 1 < batch.len; i++)
        assert_true((unsigned char)batch.bytes[i] >= 0x20 && batch.bytes[i] != 0x7f);
    batch.len = batch.count = 0;
}

static void on_event(void *context, struct record *r)
{
    (void)context;
    record_json(r, count_bytes, NULL);
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        cef_event(&formats[i], r, &batch);
        check_line();
    }
}

static void on_unparsed(void *context, struct record *r, const struct unparsed *message)
{
    (void)context;
    record_json_unparsed(r, message->status, message->raw, count_bytes, NULL);
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        cef_unparsed(&formats[i], r, message->status, message->raw, &batch);
        check_line();
    }
}

static void on_alert_here(void *context, const struct alert *alert)
{
    (void)context;
    alert_json(alert, count_bytes, NULL);
    cef_alert(&formats[0], alert, &batch);
    check_line();
}

struct setup {
    struct config *config;
    struct rules *rules;
    struct detection *detection;
    struct pipeline pipeline;
};

static void complain(void *context, const char *sentence)
{
    (void)context;
    print_error("%s\n", sentence);
}

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
    formats[0].memory = formats[1].memory = cef_memory_new();
    setup.pipeline.replay = true;
    *state = &setup;
    return 0;
}

static int stop(void **state)
{
    struct setup *setup = *state;
    cef_memory_free(formats[0].memory);
    pipeline_close(&setup->pipeline);
    detection_free(setup->detection);
    rules_free(setup->rules);
    config_free(setup->config);
    return 0;
}

static void feed(struct setup *setup, const char *line, size_t len)
{
    struct sender sender = {.device = &setup->rules->devices[setup->rules->settings->device_count]};
    char *block = malloc(len ? len : 1);
    memcpy(block, line, len);
    pipeline_message(&setup->pipeline, &sender, slice_make(block, len), NOW_MS, false);
    free(block);
}

static void every_prefix(void **state)
{
    struct setup *setup = *state;
    glob_t files;
    size_t lines = 0;
    assert_int_equal(glob("samples/*/*.log", 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        FILE *f = fopen(files.gl_pathv[i], "r");
        char *line = NULL;
        size_t room = 0;
        ssize_t len;
        bool whole_only = strstr(files.gl_pathv[i], "/detect/") != NULL;
        assert_non_null(f);
        while ((len = getline(&line, &room, f)) > 0) {
            len -= line[len - 1] == '\n';
            for (ssize_t n = whole_only ? len : 0; n <= len; n++)
                feed(setup, line, (size_t)n);
            lines++;
        }
        free(line);
        fclose(f);
    }
    globfree(&files);
    assert_true(lines > 100 && written > 0);
    const struct counters *n = &setup->pipeline.counters;
    assert_int_equal(n->received, n->parsed + n->unknown + n->malformed + n->unclaimed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_prefix)};
    return cmocka_run_group_tests(tests, start, stop);
}
