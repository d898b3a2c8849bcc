/* Message time against arrival: what is believed, and what a clock that is off makes of it. */
#include "tests/pipeline_setup.h"

#include <time.h>

#define SECOND   INT64_C(1000)
#define HOUR     (3600 * SECOND)
#define LATENESS (60 * SECOND)
#define AHEAD    (2 * SECOND)

static struct pipeline_setup setup;

/* Of the latest message. */
static int64_t time_ms, device_time_ms; /* device_time: 0 when there is none */
static bool suspect;
static unsigned starts;

static void on_event(void *context, struct record *r)
{
    (void)context;
    time_ms = r->time;
    device_time_ms = RECORD_HAS(r, device_time) ? r->device_time : 0;
    suspect = r->time_suspect;
}

static void on_alert_here(void *context, const struct alert *alert)
{
    (void)context;
    starts +=
        alert->phase == ALERT_START && strcmp(alert->detector->name, "internal_port_scan") == 0;
}

static int start(void **state)
{
    struct pipeline_output output = {.event = on_event, .alert = on_alert_here};
    (void)state;
    starts = 0;
    return pipeline_setup_open(&setup, &output);
}

static int stop(void **state)
{
    (void)state;
    pipeline_setup_close(&setup);
    return 0;
}

/* A refusal to a port of one host, as a device stamps it, and as it arrives. */
static void deny(const char *device, unsigned port, int64_t stamp_ms, int64_t arrival_ms)
{
    setup.sender.address = address_v4(0xc0000201);
    char stamp[64], line[512];
    time_t t = (time_t)(stamp_ms / SECOND);
    struct tm tm;
    gmtime_r(&t, &tm);
    strftime(stamp, sizeof(stamp), "%b %d %Y %H:%M:%S", &tm);
    int len = snprintf(line, sizeof(line),
                       "<164>%s %s : %%ASA-4-106023: Deny tcp src inside:10.1.0.7/40001 dst "
                       "inside:10.1.0.9/%u by access-group \"a\" [0x0, 0x0]",
                       stamp, device, port);
    char *block = malloc((size_t)len);
    memcpy(block, line, (size_t)len);
    pipeline_message(&setup.pipeline, &setup.sender, slice_make(block, (size_t)len), arrival_ms,
                     false);
    pipeline_flush(&setup.pipeline);
    free(block);
}

static void expect(int64_t time, bool is_suspect)
{
    assert_int_equal(time_ms, time);
    assert_int_equal(suspect, is_suspect);
}

static void as_far_as_is_believed(void **state)
{
    (void)state;
    deny("fw1", 22, NOW_MS, NOW_MS + LATENESS);
    expect(NOW_MS, false);
    assert_int_equal(device_time_ms, 0);
    deny("fw1", 22, NOW_MS, NOW_MS - AHEAD);
    expect(NOW_MS, false);
    deny("fw2", 22, NOW_MS, NOW_MS + LATENESS + 1);
    expect(NOW_MS + LATENESS + 1, true);
    assert_int_equal(device_time_ms, NOW_MS);
    deny("fw3", 22, NOW_MS, NOW_MS - AHEAD - 1);
    expect(NOW_MS - AHEAD - 1, true);
    assert_int_equal(setup.pipeline.counters.time_suspect, 2);
}

/* Ten minutes ahead, steadily: what arrives together keeps its distances; nothing is in the future. */
static void a_clock_that_is_off(void **state)
{
    (void)state;
    const int64_t off = 600 * SECOND;
    deny("fw1", 22, NOW_MS + off, NOW_MS + 300);
    expect(NOW_MS + 300, true);
    deny("fw1", 22, NOW_MS + 10 * SECOND + off,
         NOW_MS + 15 * SECOND); /* held up with the next one */
    expect(NOW_MS + 10 * SECOND + 300, true);
    deny("fw1", 22, NOW_MS + 14 * SECOND + off, NOW_MS + 15 * SECOND);
    expect(NOW_MS + 14 * SECOND + 300, true);
    deny("fw1", 22, NOW_MS + 20 * SECOND + off, NOW_MS + 20 * SECOND + 100); /* a quicker one */
    expect(NOW_MS + 20 * SECOND + 100, true);
    deny("fw2", 22, NOW_MS + 21 * SECOND, NOW_MS + 22 * SECOND); /* another device is right */
    expect(NOW_MS + 21 * SECOND, false);
    deny("fw1", 22, NOW_MS + 30 * SECOND - HOUR, NOW_MS + 30 * SECOND); /* set, and wrong again */
    expect(NOW_MS + 30 * SECOND, true);
    deny("fw1", 22, NOW_MS + 40 * SECOND, NOW_MS + 41 * SECOND); /* right at last */
    expect(NOW_MS + 40 * SECOND, false);
}

/* A scan is a scan, whatever year its device believes to be in; and one that lies in the future moves
 * nobody's window. */
static void scans_by_wrong_clocks(void **state)
{
    (void)state;
    for (unsigned n = 0; n < 19; n++)
        deny("fw1", 600 + n, NOW_MS + n * SECOND, NOW_MS + n * SECOND);
    deny("fw2", 22, NOW_MS + 24 * 365 * HOUR, NOW_MS + 20 * SECOND);
    assert_int_equal(starts, 1); /* with that one there are twenty */
    for (unsigned n = 0; n < 20; n++)
        deny("fw3", 700 + n, NOW_MS + 24 * HOUR - 24 * 365 * HOUR + n * 10 * SECOND,
             NOW_MS + 24 * HOUR + n * 10 * SECOND);
    assert_int_equal(starts, 2);
    for (unsigned n = 0; n < 20; n++) /* too slowly, by its own clock as by ours */
        deny("fw3", 800 + n, NOW_MS + 48 * HOUR - 24 * 365 * HOUR + n * 16 * SECOND,
             NOW_MS + 48 * HOUR + n * 16 * SECOND);
    assert_int_equal(starts, 2);
}

/* Files have no arrival: their own time stands. */
static void replay_believes(void **state)
{
    (void)state;
    setup.pipeline.replay = true;
    deny("fw1", 22, NOW_MS - 24 * 365 * HOUR, NOW_MS);
    expect(NOW_MS - 24 * 365 * HOUR, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(as_far_as_is_believed, start, stop),
        cmocka_unit_test_setup_teardown(a_clock_that_is_off, start, stop),
        cmocka_unit_test_setup_teardown(scans_by_wrong_clocks, start, stop),
        cmocka_unit_test_setup_teardown(replay_believes, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
