/*
 * The report's numbers against what the lines were made to give: the threshold curves exactly, on
 * either side of each threshold and in a storm; and the page, whatever names the messages carry.
 */
#include "server/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "parsers/text/timestamp.h"
#include "server/words.h"

#define START_MS INT64_C(1790000000000)
#define MINUTE   INT64_C(60000)
#define DAY      (1440 * MINUTE)

struct run {
    struct config *config;
    struct rules *rules;
    struct detection *detection;
    struct pipeline pipeline;
    struct report report;
    const char *host; /* of all messages; NULL: as they say */
    char *text;
    size_t len;
};

static void on_alert_of_run(void *context, const struct alert *alert)
{
    report_alert(&((struct run *)context)->report, alert);
}

static void on_observed_of_run(void *context, struct parsed *parsed)
{
    if (parsed->status == PARSE_OK)
        report_message(&((struct run *)context)->report, &parsed->record);
}

static void open_run(struct run *run, unsigned mebibytes)
{
    char settings[128];
    snprintf(settings, sizeof(settings),
             "memory: {detection: %u MiB}\ndetectors: {enable: [internal_port_scan]}\n", mebibytes);
    unsigned complaints = 0;
    memset(run, 0, sizeof(*run));
    run->config = config_load_text("test", settings, strlen(settings), NULL, NULL, &complaints);
    assert_int_equal(complaints, 0);
    run->rules = rules_new(run->config, NULL);
    assert_non_null(run->rules);
    run->detection = rules_detection(run->rules);
    struct pipeline_output output = {
        .alert = on_alert_of_run, .observed = on_observed_of_run, .context = run};
    assert_int_equal(pipeline_init(&run->pipeline, run->rules, run->detection, &output), 0);
    run->pipeline.replay = true;
    assert_true(report_open(&run->report, run->rules, run->detection, &run->pipeline));
}

static void close_run(struct run *run)
{
    free(run->text);
    report_close(&run->report);
    pipeline_close(&run->pipeline);
    detection_free(run->detection);
    rules_free(run->rules);
    config_free(run->config);
}

static void message(struct run *run, const char *line)
{
    struct device device = {.host = slice(run->host ? run->host : "")};
    struct sender sender = {.device = &device};
    size_t len = strlen(line);
    char *exact = malloc(len);
    memcpy(exact, line, len);
    pipeline_message(&run->pipeline, &sender, slice_make(exact, len), START_MS, false);
    pipeline_flush(&run->pipeline);
    free(exact);
}

/* An ASA that refuses, at t. */
static void deny(struct run *run, int64_t t, unsigned source, unsigned host, unsigned port)
{
    char line[256], stamp[TIMESTAMP_TEXT_LEN + 1] = "";
    timestamp_format(stamp, t);
    snprintf(line, sizeof(line),
             "<164>1 %s fw-core - - - - %%ASA-4-106023: Deny tcp src a:10.1.%u.%u/50000 dst "
             "b:10.3.%u.%u/%u by access-group \"x\" [0x0, 0x0]",
             stamp, source >> 8, source & 255, host >> 8, host & 255, port);
    message(run, line);
}

/* A server that has answered somebody outside. */
static void answer(struct run *run, int64_t t)
{
    char line[256], stamp[TIMESTAMP_TEXT_LEN + 1] = "";
    timestamp_format(stamp, t - 2000);
    snprintf(line, sizeof(line),
             "<166>1 %s fw-edge - - - - %%ASA-6-302013: Built inbound TCP connection 7 for "
             "outside:198.51.100.30/40000 (198.51.100.30/40000) to dmz:10.2.0.9/2222 "
             "(10.2.0.9/2222)",
             stamp);
    message(run, line);
    timestamp_format(stamp, t);
    snprintf(
        line, sizeof(line),
        "<166>1 %s fw-edge - - - - %%ASA-6-302014: Teardown TCP connection 7 for "
        "outside:198.51.100.30/40000 to dmz:10.2.0.9/2222 duration 0:00:02 bytes 5200 TCP FINs",
        stamp);
    message(run, line);
}

static const struct report_row *row_named(const struct run *run, const char *name)
{
    for (unsigned i = 0; i < run->report.row_count; i++)
        if (strcmp(run->report.rows[i].detector->name, name) == 0)
            return &run->report.rows[i];
    return NULL;
}

static void check_curve(const struct run *run, const char *name, unsigned which,
                        const unsigned *expected)
{
    unsigned count;
    const struct report_row *row = row_named(run, name);
    const struct curve *curve = report_curves_of(&run->report, row, &count) + which;
    assert_true(which < count);
    for (unsigned i = 0; i < curve->count; i++)
        assert_int_equal(curve->points[i].starts, expected[i]);
}

static const unsigned sizes[] = {4, 5, 9, 10, 19, 20, 49, 50, 99, 100};
#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

static void run_sizes(struct run *run)
{
    for (unsigned s = 0; s < SIZES; s++)
        for (unsigned i = 0; i < sizes[s]; i++) {
            deny(run, START_MS + s * 10 * MINUTE + i * 1000, s, 1, 200 + i);
            deny(run, START_MS + s * 10 * MINUTE + i * 1000, s, i, 1433);
        }
}

static void test_curve_of_the_condition(void **state)
{
    struct run run;
    (void)state;
    open_run(&run, 32);
    run_sizes(&run);
    check_curve(&run, "internal_port_scan", 0, (unsigned[]){9, 7, 5, 3, 1});
    assert_int_equal(row_named(&run, "internal_port_scan")->alerts[ALERT_START], 5);
    assert_int_equal(row_named(&run, "internal_port_scan")->matched, 365);
    close_run(&run);
}

/* The lower threshold on refused connections holds the condition's curve up, and the other way. */
static void test_curve_of_also(void **state)
{
    struct run run;
    (void)state;
    open_run(&run, 32);
    run_sizes(&run);
    check_curve(&run, "port_1433_scanning_internal", 0, (unsigned[]){9, 7, 7, 7, 7});
    check_curve(&run, "port_1433_scanning_internal", 1, (unsigned[]){9, 7, 5, 5, 5});
    assert_int_equal(row_named(&run, "port_1433_scanning_internal")->alerts[ALERT_START], 7);
    close_run(&run);
}

static void test_curve_of_windows(void **state)
{
    struct run run;
    (void)state;
    open_run(&run, 32);
    answer(&run, START_MS);
    answer(&run, START_MS + 2 * DAY);
    answer(&run, START_MS + 10 * DAY);
    answer(&run, START_MS + 50 * DAY);
    check_curve(&run, "unusual_open_tcp_ports", 0, (unsigned[]){4, 3, 2});
    assert_int_equal(row_named(&run, "unusual_open_tcp_ports")->alerts[ALERT_START], 3);
    close_run(&run);
}

static void storm(struct run *run)
{
    for (unsigned source = 0; source < 1200; source++)
        for (unsigned i = 0; i < 20; i++)
            deny(run, START_MS, source, 1, 200 + i);
}

/* In force, a storm is told instead of the starts; the curve counts every one. */
static void test_curve_in_a_storm(void **state)
{
    struct run run;
    (void)state;
    open_run(&run, 256);
    storm(&run);
    assert_false(report_curves_short(run.report.curves));
    check_curve(&run, "internal_port_scan", 0, (unsigned[]){1200, 1200, 1200, 0, 0});
    assert_int_equal(row_named(&run, "internal_port_scan")->alerts[ALERT_START], 1000);
    assert_in_range(row_named(&run, "detector_storm")->alerts[ALERT_START], 1, 24);
    close_run(&run);
}

/* Counts that may be wrong are said to be. */
static void test_too_little_memory(void **state)
{
    struct run run;
    char text[256];
    bool told = false;
    const char *caveat;
    (void)state;
    open_run(&run, 2);
    storm(&run);
    assert_true(report_curves_short(run.report.curves));
    for (unsigned i = 0; (caveat = report_caveat(&run.report, i, text, sizeof(text))); i++)
        told = told || strstr(caveat, "The copies with other thresholds ran out of memory");
    assert_true(told);
    close_run(&run);
}

/* ---- what it looks like ---- */

static void print(struct run *run, void (*report)(const struct report *, FILE *))
{
    free(run->text);
    FILE *out = open_memstream(&run->text, &run->len);
    report(&run->report, out);
    fclose(out);
}

static void assert_has(const struct run *run, const char *text)
{
    if (!strstr(run->text, text)) {
        fputs(run->text, stderr);
        fail_msg("\"%s\" is not in the report", text);
    }
}

static void assert_has_not(const struct run *run, const char *text)
{
    if (strstr(run->text, text))
        fail_msg("\"%s\" is in the report", text);
}

/* Every element that begins ends, in order; nothing else looks like one. */
static void assert_well_formed(const struct run *run)
{
    char open[64][16];
    unsigned depth = 0;
    for (const char *p = strchr(run->text, '<'); p; p = strchr(p + 1, '<')) {
        bool closes = p[1] == '/';
        const char *name = p + 1 + closes, *end = strchr(p, '>');
        size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz123456");
        assert_non_null(end);
        if (*name == '!')
            continue;
        assert_in_range(len, 1, 15);
        if (end[-1] == '/' || strncmp(name, "meta ", 5) == 0 || strncmp(name, "wbr>", 4) == 0)
            continue;
        if (closes) {
            assert_true(depth > 0);
            depth--;
            assert_int_equal(strlen(open[depth]), len);
            assert_memory_equal(open[depth], name, len);
        } else {
            assert_in_range(depth, 0, 63);
            memcpy(open[depth], name, len);
            open[depth++][len] = '\0';
        }
    }
    assert_int_equal(depth, 0);
}

/* Nothing that would be fetched or run, and no number that is none. */
static void assert_self_contained(const struct run *run)
{
    static const char *const none[] = {"http:",   "https:", " src=",  "url(",   "@import",
                                       "<script", "<link",  "=\"nan", "=\"inf", "-nan"};
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
        assert_has_not(run, none[i]);
    assert_has(run, "default-src 'none'");
}

static void test_nothing_read(void **state)
{
    struct run run;
    (void)state;
    open_run(&run, 32);
    print(&run, report_text);
    assert_has(&run, "no message was parsed");
    assert_has(&run, "\ninternal_port_scan ");
    print(&run, report_html);
    assert_has(&run, "No message was parsed");
    assert_well_formed(&run);
    assert_self_contained(&run);
    close_run(&run);
}

static void test_page_of_all(void **state)
{
    struct run run;
    (void)state;
    open_run(&run, 32);
    report_file(&run.report, "a.log");
    run_sizes(&run);
    answer(&run, START_MS + DAY);
    message(&run, "no firewall says this");
    print(&run, report_text);
    assert_has(&run, "733: 732 parsed (99.9 %), 0 unknown, 0 malformed, 1 of no known vendor");
    assert_has(&run, "devices     2: fw-core 730, fw-edge 2");
    assert_has(&run, "        9         7        [5]        3         1 ");
    assert_has(&run, "            20        1  2026-09-21 15:43  10.1.0.9, 10.3.0.1\n");
    print(&run, report_html);
    assert_has(&run, "<dt>Messages</dt><dd>733<small>in 1 file</small>");
    assert_has(&run, "9 at 5, 7 at 10, 5 at 20 (set), 3 at 50, 1 at 100");
    assert_has(&run, "; of also: 9 at 5, 7 at 10 (set), 5 at 20, 5 at 50, 5 at 100");
    assert_has(&run, "<code>10.1.0.9, 10.3.0.1</code>");
    assert_well_formed(&run);
    assert_self_contained(&run);
    close_run(&run);
}

static void test_hostile_names(void **state)
{
    static const char host[] = "<script>alert('1')</script>&\"\xff\x1b[31m\xe2\x80\xae";
    struct run run;
    (void)state;
    open_run(&run, 32);
    run.host = host;
    report_file(&run.report, "</code><script>.log");
    deny(&run, START_MS, 1, 1, 22);
    static const struct detector odd = {.name = "insight<b>", .title = "<i>\"odd\""};
    struct alert alert = {.detector = &odd,
                          .time_ms = START_MS,
                          .group = {{"src_user", "<img onerror=x>\r\n"}},
                          .group_count = 1,
                          .count = 3};
    report_alert(&run.report, &alert);
    print(&run, report_html);
    assert_has(&run, "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;&quot;\xef\xbf\xbd");
    assert_has(&run, "src_user &lt;img onerror=x&gt;");
    assert_has(&run, "insight&lt;b&gt;");
    assert_has(&run, "&lt;i&gt;&quot;odd&quot;");
    assert_has(&run, "&lt;/code&gt;&lt;script&gt;.log");
    assert_has_not(&run, "\x1b");
    assert_has_not(&run, "\xe2\x80\xae");
    assert_has_not(&run, "\xff");
    assert_has_not(&run, "<img");
    assert_well_formed(&run);
    assert_self_contained(&run);
    print(&run, report_text);
    assert_has_not(&run, "\x1b");
    assert_has_not(&run, "\xff");
    assert_has_not(&run, "\r");
    close_run(&run);
}

/* ---- the pieces ---- */

static void test_tally(void **state)
{
    struct tally tally;
    const struct tally_entry *top[3];
    char name[16];
    uint32_t all;
    (void)state;
    assert_true(report_tally_init(&tally, 100));
    for (unsigned i = 0; i < 150; i++) {
        snprintf(name, sizeof(name), "n%u", i);
        for (unsigned n = 0; n <= i; n++)
            report_tally_add(&tally, (uint16_t)(i & 1), slice(name), 1000 - n);
    }
    assert_int_equal(tally.count, 100);
    assert_int_equal(tally.lost, (101 + 150) * 50 / 2);
    assert_int_equal(report_tally_top(&tally, 1, 3, top, &all), 3);
    assert_int_equal(all, 50);
    assert_true(slice_is(report_tally_text(top[0]), "n99"));
    assert_int_equal(top[0]->total, 100);
    assert_int_equal(top[0]->first_ms, 901);
    assert_int_equal(top[0]->last_ms, 1000);
    assert_true(slice_is(report_tally_text(top[2]), "n95"));
    report_tally_close(&tally);
}

static void test_times(void **state)
{
    struct times times;
    int64_t from, to;
    uint64_t left_out, bins[5];
    unsigned n;
    (void)state;
    assert_true(report_times_init(&times));
    assert_false(report_times_range(&times, &from, &to, &left_out));
    for (unsigned i = 0; i < 5000; i++)
        report_times_add(&times, TIMES_MESSAGES, START_MS + i * MINUTE);
    report_times_add(&times, TIMES_MESSAGES, START_MS + 9000 * DAY); /* a clock gone wrong */
    report_times_add(&times, TIMES_MESSAGES, -1);
    report_times_add(&times, 3, START_MS + DAY);
    assert_true(report_times_range(&times, &from, &to, &left_out));
    assert_int_equal(left_out, 2);
    assert_int_equal(from, START_MS - START_MS % MINUTE);
    assert_int_equal(to, from + 5000 * MINUTE);
    assert_int_equal(report_times_width(&from, to, 5, &n), DAY);
    assert_int_equal(n, 5);
    report_times_bins(&times, TIMES_MESSAGES, from, DAY, n, bins);
    assert_int_equal(bins[0] + bins[1] + bins[2] + bins[3] + bins[4], 5000);
    assert_int_equal(bins[1], 1440);
    report_times_bins(&times, 3, from, DAY, n, bins);
    assert_int_equal(bins[1], 1);
    report_times_close(&times);
}

static void test_words(void **state)
{
    char out[WORDS_MAX];
    (void)state;
    assert_string_equal(words_number(out, 0), "0");
    assert_string_equal(words_number(out, 999), "999");
    assert_string_equal(words_number(out, 1000), "1,000");
    assert_string_equal(words_number(out, UINT64_MAX), "18,446,744,073,709,551,615");
    assert_string_equal(words_duration(out, 90000), "1m 30s");
    assert_string_equal(words_duration(out, 0), "0s");
    assert_string_equal(words_duration(out, 30 * DAY), "30d");
    assert_string_equal(words_share(out, 0, 0), "-");
    assert_string_equal(words_share(out, 1, 3), "33 %");
    assert_string_equal(words_share(out, 1, 1000000), "<0.1 %");
    assert_string_equal(words_share(out, 999999, 1000000), ">99.9 %");
    assert_string_equal(words_share(out, 5, 5), "100 %");
    assert_string_equal(words_time(out, START_MS), "2026-09-21 14:13");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_curve_of_the_condition),
        cmocka_unit_test(test_curve_of_also),
        cmocka_unit_test(test_curve_of_windows),
        cmocka_unit_test(test_curve_in_a_storm),
        cmocka_unit_test(test_too_little_memory),
        cmocka_unit_test(test_nothing_read),
        cmocka_unit_test(test_page_of_all),
        cmocka_unit_test(test_hostile_names),
        cmocka_unit_test(test_tally),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
