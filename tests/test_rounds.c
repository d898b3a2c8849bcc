/*
 * That messages are taken in rounds nobody notices: a pipeline that tells each message before it takes
 * the next one, and one that is flushed when a file of samples ends, write the same in the same order.
 * Once more with the lines of all vendors among each other.
 */
#include "tests/pipeline_setup.h"

#include "parsers/record_json.h"
#include "server/forward/alert_json.h"

#define KEPT_MAX 4096 /* lines of a file, each twice */
#define ALL_MAX  16384
#define STRIDE   7919 /* a prime: from one vendor's lines to another's, and to all in the end */

struct run {
    struct pipeline_setup setup;
    char *text; /* all that was told */
    size_t len, room;
    char *kept[KEPT_MAX]; /* messages that are not told yet */
    unsigned count;
    struct slice all[ALL_MAX]; /* the vendors' lines, once more */
    unsigned lines;
    unsigned seen, observed;
    bool at_once;
};

static void write_json(void *context, const char *bytes, size_t len)
{
    struct run *run = context;
    if (run->len + len > run->room) {
        run->room = (run->len + len) * 2;
        run->text = realloc(run->text, run->room);
        assert_non_null(run->text);
    }
    memcpy(run->text + run->len, bytes, len);
    run->len += len;
}

static void on_event(void *context, struct record *r)
{
    record_json(r, write_json, context);
    write_json(context, "\n", 1);
}

static void on_unparsed(void *context, struct record *r, const struct unparsed *message)
{
    assert_int_equal(message->arrival_ms, NOW_MS);
    record_json_unparsed(r, message->status, message->raw, write_json, context);
    write_json(context, "\n", 1);
}

static void on_alert_told(void *context, const struct alert *alert)
{
    alert_json(alert, write_json, context);
    write_json(context, "\n", 1);
}

/* Time goes on between one message and the next. */
static void on_observed(void *context, struct parsed *parsed)
{
    struct run *run = context;
    run->observed++;
    if (run->observed % 5 || !RECORD_HAS(&parsed->record, time))
        return;
    pipeline_tell(&run->setup.pipeline);
    detect_tick(run->setup.detection, parsed->record.time, on_alert_told, run);
}

static void flush(struct run *run)
{
    pipeline_flush(&run->setup.pipeline);
    while (run->count)
        free(run->kept[--run->count]);
}

static void take(struct run *run, const char *text, size_t len)
{
    assert_in_range(run->count, 0, KEPT_MAX - 1);
    char *block = malloc(len ? len : 1);
    memcpy(block, text, len);
    run->kept[run->count++] = block;
    run->seen++;
    pipeline_message(&run->setup.pipeline, &run->setup.sender, slice_make(block, len), NOW_MS,
                     run->seen % 11 == 0);
    if (run->at_once)
        flush(run);
}

/* The line as a shipper sends it, with every escape that it needs and one that it does not. */
static size_t wrap(char *out, struct slice line)
{
    size_t len = (size_t)sprintf(out, "{\"message\":\"");
    for (size_t i = 0; i < line.len; i++) {
        if (line.ptr[i] == '"' || line.ptr[i] == '\\' || line.ptr[i] == '/')
            out[len++] = '\\';
        out[len++] = line.ptr[i];
    }
    return len + (size_t)sprintf(out + len, "\"}");
}

static void take_line(struct run *run, struct slice line)
{
    static char room[2 * ENVELOPE_LINE_MAX + 64];
    take(run, line.ptr, line.len);
    if (line.len < ENVELOPE_LINE_MAX && run->seen % 3 == 0)
        take(run, room, wrap(room, line));
    if (run->count > KEPT_MAX / 2)
        flush(run);
}

static void feed(void *context, const char *file, struct slice line)
{
    struct run *run = context;
    bool detect = strstr(file, "/detect/");
    if (detect && run->seen % 64 == 0)
        flush(run);
    take_line(run, line);
    if (detect)
        return; /* of one vendor, and many */
    assert_in_range(run->lines, 0, ALL_MAX - 1);
    char *copy = malloc(line.len + 1);
    memcpy(copy, line.ptr, line.len);
    run->all[run->lines++] = slice_make(copy, line.len);
}

static void feed_mixed(struct run *run)
{
    assert_int_not_equal(run->lines % STRIDE, 0);
    for (unsigned i = 0; i < run->lines; i++)
        take_line(run, run->all[(size_t)i * STRIDE % run->lines]);
    flush(run);
    while (run->lines)
        free((char *)run->all[--run->lines].ptr);
}

static void run_all(struct run *run, bool at_once)
{
    struct pipeline_output output = {on_event, on_unparsed, on_alert_told, on_observed, run};
    memset(run, 0, sizeof(*run));
    run->at_once = at_once;
    assert_int_equal(pipeline_setup_open(&run->setup, &output), 0);
    run->setup.pipeline.replay = true;
    each_sample(feed, run);
    flush(run);
    feed_mixed(run);
    assert_int_equal(run->observed, run->seen);
    pipeline_setup_close(&run->setup);
}

static void same_in_rounds(void **state)
{
    static struct run one, rounds;
    (void)state;
    run_all(&one, true);
    run_all(&rounds, false);
    assert_int_equal(one.seen, rounds.seen);
    assert_int_equal(one.len, rounds.len);
    assert_memory_equal(one.text, rounds.text, one.len);
    write_json(&one, "", 1);
    assert_non_null(strstr(one.text, "\"phase\":\"end\""));
    assert_non_null(strstr(one.text, "\"unknown\""));
    free(one.text);
    free(rounds.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(same_in_rounds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
