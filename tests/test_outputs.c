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

#define TEXT_MAX (8 << 20)

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
    assert_int_equal(run->received,
                     c.offered_events + c.filtered + c.sampled + c.aggregated + c.aggregating);
    assert_int_equal(c.offered_events + c.offered_alerts,
                     c.forwarded + c.queued + c.dropped_queue_full + c.dropped_too_long +
                         c.dropped_refused + c.dropped_at_exit);
}

static void end_run(struct run *run)
{
    conserve(run);
    outputs_end(&run->outputs);
    conserve(run);
    assert_int_equal(run->counted.aggregating, 0);
    sink_close(run->sink, 1000, on_closed, NULL);
    uv_run(&run->loop, UV_RUN_DEFAULT);
    conserve(run);
    FILE *f = fopen(run->path, "rb");
    run->text = calloc(1, TEXT_MAX);
    assert_non_null(f);
    assert_true(fread(run->text, 1, TEXT_MAX - 1, f) < TEXT_MAX - 1);
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
    char *exact = memcpy(malloc(len), line, len);
    pipeline_message(&run->pipeline, &sender, slice_make(exact, len), run->now_ms, false);
    pipeline_flush(&run->pipeline);
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

/* ---- sampling ---- */

static void opened_and_closed(struct run *run, unsigned i)
{
    char line[256];
    snprintf(line, sizeof(line),
             "%%ASA-6-302013: Built outbound TCP connection %u for outside:203.0.113.9/443 "
             "(203.0.113.9/443) to inside:10.1.%u.8/%u (192.0.2.1/%u)",
             i, i % 200, 1024 + i, 1024 + i);
    message(run, line);
    snprintf(line, sizeof(line),
             "%%ASA-6-302014: Teardown TCP connection %u for outside:203.0.113.9/443 to "
             "inside:10.1.%u.8/%u duration 0:00:01 bytes 5000 TCP FINs",
             i, i % 200, 1024 + i);
    message(run, line);
}

static void samples_of_what_is_allowed(void **state)
{
    struct run run;
    (void)state;
    begin_run(&run, ", show: [events], sample: {allowed: 1/10}");
    for (unsigned i = 0; i < 1000; i++)
        opened_and_closed(&run, i);
    conserve(&run);
    uint64_t kept = run.counted.offered_events;
    assert_in_range(kept, 120, 280);
    for (unsigned port = 1; port <= 24; port++)
        probe(&run, port);
    message(&run, iptables);
    message(&run, "nobody's");
    /* From here on the source is one for which a detector fires. */
    message(&run, "%ASA-6-302013: Built outbound TCP connection 17 for outside:203.0.113.9/443 "
                  "(203.0.113.9/443) to inside:10.1.1.7/50001 (192.0.2.1/50001)");
    end_run(&run);
    assert_int_equal(run.counted.offered_events, kept + 27);
    assert_int_equal(run.counted.sampled, 2000 - kept);
    assert_int_equal(count(run.text, " flexNumber1Label=Sample Rate flexNumber1=10"), kept);
    /* Each that was opened is closed. */
    assert_int_equal(count(run.text, "|302013|"), kept / 2 + 1);
    assert_int_equal(count(run.text, "|302014|"), kept / 2);
    for (const char *line = strstr(run.text, "|302013|"); line; line = strstr(line, "|302013|")) {
        char id[64];
        line = strstr(line, " cn3=");
        snprintf(id, sizeof(id), "%.*s ", (int)strcspn(line + 1, " ") + 1, line);
        assert_int_equal(count(run.text, id), strstr(id, "=17 ") ? 1 : 2);
    }
    free(run.text);
}

/* ---- aggregation ---- */

#define AGGREGATE ", show: [events, alerts], aggregate: "

static void refused(struct run *run, unsigned source, unsigned from_port, unsigned port)
{
    char line[256];
    snprintf(line, sizeof(line),
             "%%ASA-4-106023: Deny tcp src outside:203.0.113.%u/%u dst inside:10.1.1.5/%u by "
             "access-group \"outside_in\"",
             source, from_port, port);
    message(run, line);
}

static void repeats_become_one(void **state)
{
    struct run run;
    (void)state;
    begin_run(&run, AGGREGATE "{interval: 10s}");
    for (unsigned i = 0; i < 5; i++) {
        refused(&run, 7, 40001, 22);
        run.now_ms += 1000;
    }
    refused(&run, 7, 40001, 23);
    refused(&run, 8, 40001, 22);
    message(&run, "nobody's");
    message(&run, "%ASA-5-111008: User 'enable_15' executed the 'reload' command.");
    conserve(&run);
    assert_int_equal(run.counted.aggregated, 4);
    assert_int_equal(run.counted.aggregating, 3);
    assert_int_equal(run.counted.offered_events, 2);
    outputs_tick(&run.outputs, START_MS + 9999);
    conserve(&run);
    assert_int_equal(run.counted.aggregating, 3);
    outputs_tick(&run.outputs, START_MS + 10000);
    conserve(&run);
    assert_int_equal(run.counted.aggregating, 2);
    /* The interval is over: this one is the first of others. */
    refused(&run, 7, 40001, 22);
    end_run(&run);
    assert_int_equal(run.counted.offered_events, 6);
    assert_int_equal(count(run.text, " cnt="), 1);
    assert_non_null(strstr(run.text, " cnt=5 start=1795262400000 end=1795262404000"));
    assert_non_null(strstr(run.text, "rt=1795262404000 "));
    assert_int_equal(count(run.text, " spt=40001 "), 4);
    free(run.text);
}

/* Ports and extras differ, bytes are added up, what is not equal in all is not said of all. */
static void what_all_of_them_say(void **state)
{
    struct run run;
    (void)state;
    begin_run(&run, AGGREGATE "{interval: 10s, fields: [src_ip, dst_ip, event_id]}");
    for (unsigned i = 1; i <= 3; i++) {
        char line[256];
        snprintf(line, sizeof(line),
                 "%%ASA-6-302014: Teardown TCP connection %u for outside:203.0.113.9/443 to "
                 "inside:10.1.1.8/%u duration 0:00:0%u bytes %u00 TCP %s",
                 i, 50000 + i, i, i, i == 3 ? "Reset-I" : "FINs");
        message(&run, line);
    }
    end_run(&run);
    assert_int_equal(run.counted.aggregated, 2);
    assert_int_equal(count(run.text, "\n"), 1);
    assert_non_null(strstr(run.text, " cnt=3 "));
    assert_null(strstr(run.text, " cn3="));
    assert_null(strstr(run.text, " cn2="));
    assert_null(strstr(run.text, " reason="));
    assert_int_equal(count(run.text, "=50001"), 0);
    assert_non_null(strstr(run.text, "443"));
    free(run.text);

    begin_run(&run, AGGREGATE "{interval: 10s}, format: json");
    for (unsigned i = 1; i <= 3; i++) {
        char line[256];
        snprintf(line, sizeof(line),
                 "<4>kernel: DROP-%u IN=eth0 OUT= SRC=203.0.113.8 DST=10.1.1.9 LEN=60 TTL=%u "
                 "PROTO=UDP SPT=%u DPT=161 LEN=40",
                 i, i < 3 ? 64 : 63, 5000 + i);
        message(&run, line);
    }
    end_run(&run);
    assert_int_equal(count(run.text, "\n"), 1);
    assert_non_null(strstr(run.text, "\"count\":3,\"first_seen\":\"2026-11-21T12:00:00.000Z\""));
    assert_non_null(strstr(run.text, "\"dst_port\":161"));
    assert_null(strstr(run.text, "\"src_port\""));
    assert_null(strstr(run.text, "TTL"));
    free(run.text);
}

/* What a scan has sent before leaves before its alert; what fires is not held. */
static void alerts_come_after(void **state)
{
    struct run run;
    (void)state;
    begin_run(&run, AGGREGATE "{interval: 10s}");
    refused(&run, 7, 40001, 22);
    for (unsigned port = 1; port <= 24; port++) {
        probe(&run, port);
        probe(&run, port);
    }
    conserve(&run);
    assert_int_equal(run.counted.aggregating, 1);
    assert_int_equal(run.counted.aggregated, 19);
    end_run(&run);
    const char *alert = strstr(run.text, "type=2");
    assert_non_null(alert);
    unsigned before = 0;
    for (const char *at = run.text; (at = strstr(at, " src=10.1.1.7 ")) && at < alert; at++)
        before++;
    assert_int_equal(before, 19);
    assert_int_equal(count(run.text, " cnt=2 "), 19);
    free(run.text);

    begin_run(&run, AGGREGATE "{interval: 10s, firing: true}");
    for (unsigned port = 1; port <= 24; port++) {
        probe(&run, port);
        probe(&run, port);
    }
    end_run(&run);
    assert_int_equal(run.counted.aggregated, 24);
    free(run.text);
}

/* Many more than the ring holds: the oldest leave early, all leave in the end, in order. */
static void in_bounded_memory(void **state)
{
    struct run run;
    (void)state;
    begin_run(&run, AGGREGATE "{interval: 1h, memory: 1 MiB}");
    for (unsigned round = 0; round < 2; round++)
        for (unsigned i = 0; i < 3000; i++)
            refused(&run, i % 250, 1, 1000 + i);
    conserve(&run);
    assert_in_range(run.counted.aggregating, 500, 1500);
    assert_int_equal(run.counted.aggregated, 0);
    for (unsigned i = 2999; i > 2900; i--)
        refused(&run, i % 250, 1, 1000 + i);
    conserve(&run);
    assert_int_equal(run.counted.aggregated, 99);
    /* A clock that was put back holds nothing up. */
    outputs_tick(&run.outputs, START_MS - 1);
    conserve(&run);
    assert_int_equal(run.counted.aggregating, 0);
    end_run(&run);
    assert_int_equal(count(run.text, "\n"), 6000);
    const char *at = run.text;
    for (unsigned i = 0; i < 6000; i++) {
        char port[16];
        snprintf(port, sizeof(port), " dpt=%u ", 1000 + i % 3000);
        const char *end = strchr(at, '\n');
        at = strstr(at, port);
        assert_true(at && at < end);
        at = end + 1;
    }
    free(run.text);
}

/* Whatever comes, whenever: what leaves stands for all that came. */
static void all_are_counted(void **state)
{
    struct run run;
    uint32_t seed = 1;
    uint64_t sum = 0;
    (void)state;
    begin_run(&run, AGGREGATE "{interval: 10s, memory: 1 MiB, firing: true}");
    for (unsigned i = 0; i < 20000; i++) {
        seed = seed * 1664525 + 1013904223;
        unsigned draw = seed >> 8;
        run.now_ms += draw % 97 == 0 ? 7000 : draw % 5;
        if (draw % 11 == 0)
            probe(&run, draw % 40);
        else if (draw % 7 == 0)
            opened_and_closed(&run, draw % 50);
        else
            refused(&run, draw % 200, 1, draw / 200 % (i % 2 ? 2 : 200));
        if (draw % 1009 == 0)
            outputs_tick(&run.outputs, run.now_ms);
        if (i % 1000 == 0)
            conserve(&run);
    }
    end_run(&run);
    for (char *line = strtok(run.text, "\n"); line; line = strtok(NULL, "\n")) {
        const char *cnt = strstr(line, " cnt=");
        if (!strstr(line, "type=2"))
            sum += cnt ? strtoull(cnt + 5, NULL, 10) : 1;
    }
    assert_int_equal(sum, run.received);
    assert_true(run.counted.aggregated > 2000);
    free(run.text);
}

/* With a sample's rate; messages that are sampled and others are not one. */
static void sampled_and_aggregated(void **state)
{
    struct run run;
    (void)state;
    begin_run(&run, AGGREGATE "{interval: 10s}, sample: {allowed: 1/2}");
    for (unsigned i = 0; i < 400; i++)
        opened_and_closed(&run, i);
    end_run(&run);
    assert_int_equal(count(run.text, "flexNumber1=2"), count(run.text, "\n"));
    assert_true(run.counted.sampled > 300 && run.counted.aggregated > 50);
    free(run.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conditions),
        cmocka_unit_test(what_detectors_saw),
        cmocka_unit_test(samples_of_what_is_allowed),
        cmocka_unit_test(repeats_become_one),
        cmocka_unit_test(what_all_of_them_say),
        cmocka_unit_test(alerts_come_after),
        cmocka_unit_test(in_bounded_memory),
        cmocka_unit_test(all_are_counted),
        cmocka_unit_test(sampled_and_aggregated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
