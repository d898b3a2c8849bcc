/*
 * Every sample line through the whole pipeline, and so is every shorter length of it, each in a heap
 * block of exactly its size: nothing may read past its end. What comes out is written as JSON and as
 * CEF in every framing, so that the writers see it all too.
 */
#include "tests/pipeline_setup.h"

#include "parsers/record_json.h"
#include "server/forward/alert_json.h"
#include "server/forward/cef.h"

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

static int start(void **state)
{
    static struct pipeline_setup setup;
    struct pipeline_output output = {
        .event = on_event, .unparsed = on_unparsed, .alert = on_alert_here};
    formats[0].memory = formats[1].memory = cef_memory_new();
    *state = &setup;
    int code = pipeline_setup_open(&setup, &output);
    setup.pipeline.replay = true;
    return code;
}

static int stop(void **state)
{
    cef_memory_free(formats[0].memory);
    pipeline_setup_close(*state);
    return 0;
}

static void feed(struct pipeline_setup *setup, struct slice line)
{
    char *block = malloc(line.len ? line.len : 1);
    memcpy(block, line.ptr, line.len);
    pipeline_message(&setup->pipeline, &setup->sender, slice_make(block, line.len), NOW_MS, false);
    pipeline_flush(&setup->pipeline);
    free(block);
}

static void feed_prefixes(void *setup, const char *file, struct slice line)
{
    for (size_t n = strstr(file, "/detect/") ? line.len : 0; n <= line.len; n++)
        feed(setup, slice_first(line, n));
}

static void every_prefix(void **state)
{
    struct pipeline_setup *setup = *state;
    size_t lines = each_sample(feed_prefixes, setup);
    assert_true(lines > 100 && written > 0);
    const struct counters *n = &setup->pipeline.counters;
    assert_int_equal(n->received, n->parsed + n->unknown + n->malformed + n->unclaimed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_prefix)};
    return cmocka_run_group_tests(tests, start, stop);
}
