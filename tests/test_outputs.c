/*
 * What an output is spared: messages go through a whole pipeline into an output that is a file, and
 * the test reads what stands there. After each, everything received is accounted for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "server/forward/outputs.h"
#include "server/rules.h"

#define START_MS INT64_C(1795262400000) /* 2026-11-21T12:00:00Z */

struct run {
    struct config *config;
    struct rules *rules;
    struct detection *detection;
    struct pipeline pipeline;
    struct outputs outputs;
    struct sink *sink;
    uv_loop_t loop;
    int64_t now_ms;
    char path[64];
    char *text; /* what the file holds, after end_run */
    struct output_counters counted;
    uint64_t received;
};

static void on_closed(void *context)
{
    (void)context;
}

/* `output`: further keys of the output, each with a comma in front. */
static void begin_run(struct run *run, const char *output)
{
    char settings[1024];
    const char *error;
    unsigned complaints = 0;
    memset(run, 0, sizeof(*run));
    snprintf(run->path, sizeof(run->path), "/tmp/parapet-outputs-%d", (int)getpid());
    unlink(run->path);
    snprintf(settings, sizeof(settings),
             "memory: {detection: 4 MiB}\n"
             "detectors: {enable: [internal_port_scan]}\n"
             "forward: [{name: test, protocol: file, path: %s%s}]\n",
             run->path, output);
    run->config = config_load_text("test", settings, strlen(settings), NULL, NULL, &complaints);
    assert_int_equal(complaints, 0);
    run->rules = rules_new(run->config, NULL);
    assert_non_null(run->rules);
    run->detection = rules_detection(run->rules);
    uv_loop_init(&run->loop);
    assert_int_equal(
        sink_open(&run->sink, &run->loop, &run->rules->settings->forward[0], NULL, NULL, &error),
        0);
    assert_int_equal(outputs_init(&run->outputs, run->rules, &run->sink, NULL, NULL), 0);
    struct pipeline_output output_callbacks = outputs_callbacks(&run->outputs);
    assert_int_equal(pipeline_init(&run->pipeline, run->rules, run->detection, &output_callbacks),
                     0);
    run->now_ms = START_MS;
}

/* Everything received was offered or spared, and everything offered has gone somewhere. */
static void conserve(struct run *run)
{
    struct output_counters c;
    outputs_flush(&run->outputs);
    c = run->counted = sink_counters(run->sink);
    run->received = run->pipeline.counters.received;
    assert_int_equal(run->received, c.offered_events + c.filtered);
    assert_int_equal(c.offered_events + c.offered_alerts,
                     c.forwarded + c.queued + c.dropped_queue_full + c.dropped_too_long +
                         c.dropped_refused + c.dropped_at_exit);
}

static void end_run(struct run *run)
{
    conserve(run);
    sink_close(run->sink, 1000, on_closed, NULL);
    uv_run(&run->loop, UV_RUN_DEFAULT);
    conserve(run);
    FILE *f = fopen(run->path, "rb");
    run->text = calloc(1, 1 << 20);
    assert_non_null(f);
    assert_true(fread(run->text, 1, (1 << 20) - 1, f) < (1 << 20) - 1);
    fclose(f);
    unlink(run->path);
    outputs_close(&run->outputs);
    sink_free(run->sink);
    uv_loop_close(&run->loop);
    pipeline_close(&run->pipeline);
    detection_free(run->detection);
    rules_free(run->rules);
    config_free(run->config);
}

static void message(struct run *run, const char *line)
{
    struct device device = {.host = slice("fw1.example.com")};
    struct sender sender = {.device = &device};
    size_t len = strlen(line);
    char *exact = malloc(len);
    memcpy(exact, line, len);
    pipeline_message(&run->pipeline, &sender, slice_make(exact, len), run->now_ms, false);
    free(exact);
}

static unsigned count(const char *text, const char *piece)
{
    unsigned n = 0;
    for (; (text = strstr(text, piece)); text += strlen(piece))
        n++;
    return n;
}

static const char deny[] = "%ASA-4-106023: Deny tcp src outside:203.0.113.7/40001 dst "
                           "inside:10.1.1.5/22 by access-group \"outside_in\" [0x0, 0x0]";
static const char built[] = "%ASA-6-302013: Built outbound TCP connection 17 for "
                            "outside:203.0.113.9/443 (203.0.113.9/443) to inside:10.1.1.8/50001 "
                            "(192.0.2.1/50001)";
static const char iptables[] = "<4>kernel: DROP IN=eth0 OUT= SRC=203.0.113.8 DST=10.1.1.9 LEN=60 "
                               "PROTO=UDP SPT=5353 DPT=161 LEN=40";

/* How many of deny, built, iptables and a line of nobody's pass. */
static unsigned passing(const char *where)
{
    struct run run;
    char output[256];
    snprintf(output, sizeof(output), ", show: [events], where: %s", where);
    begin_run(&run, output);
    message(&run, deny);
    message(&run, built);
    message(&run, iptables);
    message(&run, "<13>nobody's line");
    end_run(&run);
    unsigned lines = count(run.text, "\n");
    assert_int_equal(run.counted.filtered, 4 - lines);
    unsigned bits = (strstr(run.text, "spt=40001") ? 1 : 0) | (strstr(run.text, "=50001") ? 2 : 0) |
                    (strstr(run.text, "dpt=161") ? 4 : 0) | (strstr(run.text, "nobody") ? 8 : 0);
    free(run.text);
    return bits;
}

static void conditions(void **state)
{
    static const struct {
        const char *where;
        unsigned passing;
    } cases[] = {
        {"{}", 15},
        {"{parser: asa}", 3},
        {"{parser: [asa, iptables]}", 7},
        {"{vendor: cisco}", 3},
        {"{vendor: [NETFILTER, Check Point]}", 4},
        {"{action: [deny, drop, reset]}", 5},
        {"{category: connection}", 7},
        {"{class: ext_int}", 5},
        {"{class: unknown}", 8},
        {"{min_severity: 5}", 1},
        {"{min_severity: 4}", 5},
        {"{min_severity: 3}", 13},
        {"{min_severity: 10}", 0},
        {"{dst_port: [1-100, 443], protocol: tcp}", 3},
        {"{not_dst_port: 22}", 14},
        {"{event_id: \"106023\"}", 1},
        {"{device: fw1.example.com}", 15},
        {"{src_network: internal}", 2},
        {"{dst_network: [10.1.1.9]}", 4},
        {"{not_src_network: [203.0.113.0/29]}", 14},
        {"{detected: true}", 5},
        {"{firing: true}", 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (passing(cases[i].where) != cases[i].passing)
            fail_msg("%s: %u pass, not %u", cases[i].where, passing(cases[i].where),
                     cases[i].passing);
}

static void probe(struct run *run, unsigned port)
{
    char line[256];
    snprintf(line, sizeof(line),
             "%%ASA-4-106023: Deny tcp src inside:10.1.1.7/40001 dst inside:10.1.1.5/%u by "
             "access-group \"inside_in\"",
             port);
    message(run, line);
}

/* A scan's first 19 probes are counted, the rest fire; others are neither. */
static void scans(const char *where, unsigned events, unsigned alerts)
{
    struct run run;
    char output[256];
    snprintf(output, sizeof(output), ", where: %s", where);
    begin_run(&run, output);
    for (unsigned port = 1; port <= 24; port++) {
        probe(&run, port);
        message(&run, built);
    }
    end_run(&run);
    assert_int_equal(run.counted.offered_events, events);
    assert_int_equal(run.counted.filtered, 48 - events);
    assert_int_equal(run.counted.offered_alerts, alerts);
    assert_int_equal(count(run.text, "type=2"), alerts);
    assert_int_equal(run.counted.offered_alerts + run.counted.filtered_alerts, 1);
    free(run.text);
}

static void what_detectors_saw(void **state)
{
    (void)state;
    scans("{detected: true}", 24, 1);
    scans("{firing: true}", 5, 1);
    scans("{firing: true, min_severity: 3}", 5, 1);
    scans("{min_severity: 9}", 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conditions),
        cmocka_unit_test(what_detectors_saw),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
