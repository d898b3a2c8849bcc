/*
 * CEF lines read back by a reader of the test's own, as strict as the strictest receiver: what was
 * put in comes out, whatever the text, and nothing else does.
 */
#include "server/forward/cef.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static struct batch batch;
static struct record record;

static struct cef_format bare = {CEF_FRAME_NONE, CEF_HEADER_NONE, 16, true, false, 8192, NULL};

/* ---- the strict reader ---- */

struct pair {
    char key[128];
    char value[16384];
    size_t len;
};
struct line {
    char header[7][1200]; /* CEF:0, vendor, product, version, class id, name, severity */
    struct pair *pairs;
    size_t count;
};

static const char *read_header(const char *p, const char *end, struct line *out)
{
    for (int i = 0; i < 7; i++) {
        size_t n = 0;
        for (;; p++) {
            assert_true(p < end);
            if (*p == '|')
                break;
            if (*p == '\\') {
                p++;
                assert_true(p < end && (*p == '\\' || *p == '|'));
            }
            out->header[i][n++] = *p;
        }
        assert_true(n > 0);
        out->header[i][n] = '\0';
        p++;
    }
    return p;
}

/* The end of a value: before " key=", a blank and a key that nothing escapes; or the line's end. */
static const char *value_end(const char *p, const char *end)
{
    for (; p < end; p++) {
        if (*p == '\\')
            p++;
        else if (*p == '=')
            break;
    }
    if (p >= end)
        return end;
    while (p[-1] != ' ')
        p--;
    return p - 1;
}

static void read_pairs(const char *p, const char *end, struct line *out)
{
    while (p < end) {
        struct pair *pair = &out->pairs[out->count++];
        assert_true(out->count < 256);
        size_t n = 0;
        for (; p < end && *p != '='; p++) {
            assert_true((unsigned)((*p | 32) - 'a') < 26 || (n && (unsigned)(*p - '0') < 10));
            pair->key[n++] = *p;
        }
        assert_true(n > 0 && p < end);
        pair->key[n] = '\0';
        for (size_t i = 0; i + 1 < out->count; i++)
            assert_string_not_equal(out->pairs[i].key, pair->key);
        const char *stop = value_end(++p, end);
        pair->len = 0;
        for (; p < stop; p++) {
            char c = *p;
            if (c == '\\') {
                c = *++p;
                assert_true(c == '\\' || c == '=' || c == 'n' || c == 'r');
                c = c == 'n' ? '\n' : c == 'r' ? '\r' : c;
            }
            pair->value[pair->len++] = c;
        }
        assert_true(pair->len > 0);
        pair->value[pair->len] = '\0';
        p = stop < end ? stop + 1 : end;
    }
}

static struct line *read_line(const char *p, size_t len)
{
    static struct line line;
    if (!line.pairs)
        line.pairs = calloc(256, sizeof(*line.pairs));
    line.count = 0;
    const char *end = p + len;
    for (const char *q = p; q < end; q++)
        assert_true((unsigned char)*q >= 0x20 && *q != 0x7f);
    read_pairs(read_header(p, end, &line), end, &line);
    for (size_t i = 0; i + 1 < line.count; i++)
        assert_string_not_equal(line.pairs[i].key, "msg");
    return &line;
}

static const char *value_of(const struct line *line, const char *key)
{
    for (size_t i = 0; i < line->count; i++)
        if (strcmp(line->pairs[i].key, key) == 0)
            return line->pairs[i].value;
    return NULL;
}

static struct line *write_and_read(const struct cef_format *format)
{
    batch.len = batch.count = 0;
    cef_event(format, &record, &batch);
    return read_line(batch.bytes, batch.len);
}

static void new_record(void)
{
    record_reset(&record);
    record_set_vendor(&record, slice("Example"));
    record_set_product(&record, slice("Wall"));
    record_set_event_id(&record, slice("1"));
    record_set_event_name(&record, slice("Name"));
    record.extra_prefix = slice("Example");
}

/* ---- tests ---- */

static void hostile_text_stays_a_value(void **state)
{
    static const char *const hostile[] = {
        "a|b",
        "a\\b",
        "a=b",
        "line\nbreak",
        "line\r\nbreak",
        "x act=allow",
        "CEF:0|x|y|z|1|2|3|",
        "\nCEF:0|Fake|Fake|1|1|1|10|src=1.2.3.4",
        "\\",
        "\\\\",
        "=",
        "==",
        "trailing\\",
        " lead",
        "\\n",
        "\\=",
        "x\\ y=z",
        "caf\xc3\xa9",
        "a b c=d e=f",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
        size_t len = strlen(hostile[i]);
        char *block = malloc(len);
        memcpy(block, hostile[i], len);
        struct slice text = slice_make(block, len);
        new_record();
        record_set_src_user(&record, text);
        record_set_rule(&record, text);
        record_set_url(&record, text);
        record_set_message(&record, text);
        record_extra(&record, slice("odd_key"), text);
        struct line *line = write_and_read(&bare);
        static const char *const carriers[] = {"suser", "cs1", "request", "msg", "ExampleOddKey"};
        for (size_t k = 0; k < 5; k++)
            assert_string_equal(value_of(line, carriers[k]), hostile[i]);
        assert_string_equal(value_of(line, "cs1Label"), "Rule");
        assert_int_equal(line->count, 6);
        assert_string_equal(line->header[0], "CEF:0");
        free(block);
    }
}

static void bytes_no_receiver_takes(void **state)
{
    (void)state;
    new_record();
    record_set_src_user(&record, slice_make("a\0b\tc\x1b[31m\x7f", 10));
    record_set_dst_user(&record, slice("\xff\xc0\xaf\xed\xa0\x80z"));
    struct line *line = write_and_read(&bare);
    assert_string_equal(value_of(line, "suser"), "a b c [31m");
    assert_string_equal(
        value_of(line, "duser"),
        "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz");
}

static void header_is_escaped_and_never_empty(void **state)
{
    (void)state;
    new_record();
    record_set_event_name(&record, slice("a|b\\c\nd=e"));
    struct line *line = write_and_read(&bare);
    assert_string_equal(line->header[5], "a|b\\c d=e");
    assert_string_equal(line->header[3], "unknown");
    assert_string_equal(line->header[6], "0");
    record_reset(&record);
    line = write_and_read(&bare);
    assert_string_equal(line->header[1], "Parapet");
    assert_string_equal(line->header[4], "unknown");
    assert_int_equal(line->count, 0);
}

static void numbers_addresses_and_words(void **state)
{
    struct address a;
    (void)state;
    new_record();
    assert_true(address_parse(slice("2001:db8::5"), &a));
    record_set_src_ip(&record, a);
    record_set_dst_ip(&record, address_v4(0xc0000201));
    record_set_src_port(&record, 0);
    record_set_dst_port(&record, 65535);
    record_set_protocol(&record, PROTOCOL_TCP);
    record_set_src_bytes(&record, UINT64_MAX);
    record_set_time(&record, INT64_C(1795262400123));
    record_set_direction(&record, DIRECTION_OUTBOUND);
    record_set_evidence(&record, EVIDENCE_NO_ANSWER);
    record_set_severity(&record, 3);
    record.detected_severity = 8;
    struct cef_format format = bare;
    format.ipv6_c6a = true;
    struct line *line = write_and_read(&format);
    assert_string_equal(value_of(line, "src"), "2001:db8::5");
    assert_string_equal(value_of(line, "c6a2"), "2001:db8::5");
    assert_null(value_of(line, "c6a3"));
    assert_string_equal(value_of(line, "dst"), "192.0.2.1");
    assert_string_equal(value_of(line, "spt"), "0");
    assert_string_equal(value_of(line, "dpt"), "65535");
    assert_string_equal(value_of(line, "proto"), "tcp");
    assert_string_equal(value_of(line, "in"), "18446744073709551615");
    assert_string_equal(value_of(line, "rt"), "1795262400123");
    assert_string_equal(value_of(line, "deviceDirection"), "1");
    assert_string_equal(value_of(line, "cs6"), "no_answer");
    assert_string_equal(line->header[6], "8");
}

static void what_outputs_have_made_of_it(void **state)
{
    (void)state;
    new_record();
    record.count = 4711;
    record.first_ms = INT64_C(1795262400123);
    record.last_ms = INT64_C(1795262410000);
    record.sample_rate = 100;
    struct line *line = write_and_read(&bare);
    assert_string_equal(value_of(line, "cnt"), "4711");
    assert_string_equal(value_of(line, "start"), "1795262400123");
    assert_string_equal(value_of(line, "end"), "1795262410000");
    assert_string_equal(value_of(line, "flexNumber1"), "100");
    assert_string_equal(value_of(line, "flexNumber1Label"), "Sample Rate");
    record.count = record.sample_rate = 1;
    line = write_and_read(&bare);
    assert_null(value_of(line, "cnt"));
    assert_null(value_of(line, "flexNumber1"));
}

static void repeated_names_get_numbers(void **state)
{
    (void)state;
    new_record();
    record_extra(&record, slice("layer_name"), slice("one"));
    record_extra(&record, slice("layer_name"), slice("two"));
    record_extra(&record, slice("LayerName2"), slice("own"));
    record_extra(&record, slice("layer-name"), slice("three"));
    struct line *line = write_and_read(&bare);
    assert_string_equal(value_of(line, "ExampleLayerName"), "one");
    assert_string_equal(value_of(line, "ExampleLayerName2"), "two");
    assert_string_equal(value_of(line, "ExampleLayerName22"), "own");
    assert_string_equal(value_of(line, "ExampleLayerName3"), "three");
    struct cef_format format = bare;
    /* Remembered keys are the same keys, also the second time. */
    line = write_and_read(&format);
    assert_string_equal(value_of(line, "ExampleLayerName22"), "own");
    assert_string_equal(value_of(line, "ExampleLayerName3"), "three");
    format.keep_unmapped = false;
    assert_int_equal(write_and_read(&format)->count, 0);
}

static void long_texts_are_cut_first(void **state)
{
    static char text[60000], name[RECORD_EXTRA_MAX][16];
    (void)state;
    memset(text, 'x', sizeof(text));
    new_record();
    record_set_src_user(&record, slice("alice"));
    record_set_message(&record, slice_make(text, sizeof(text)));
    for (int i = 0; i < RECORD_EXTRA_MAX; i++) {
        snprintf(name[i], sizeof(name[i]), "k%d", i);
        record_extra(&record, slice(name[i]), slice_make(text, 900));
    }
    for (size_t max = 512; max <= 16384; max *= 2) {
        struct cef_format format = bare;
        format.max_message_size = max;
        struct line *line = write_and_read(&format);
        assert_true(batch.len <= max);
        assert_string_equal(value_of(line, "suser"), "alice");
        assert_string_equal(value_of(line, "ParapetCut"), "1");
        assert_string_equal(line->header[1], "Example");
    }
}

/* What is remembered is compared byte for byte: the same buffer with other text in it, texts that
 * only together are the same, words set and unset. */
static void memory_tells_lines_apart(void **state)
{
    char text[8] = "111111";
    (void)state;
    for (int round = 0; round < 3; round++)
        for (char c = '1'; c <= '9'; c++) {
            memset(text, c, 6);
            new_record();
            record_set_event_id(&record, slice_make(text, 6));
            record_set_event_name(&record, slice(c % 2 ? "ab" : "a"));
            record_set_device_version(&record, slice(c % 3 ? "1" : "b1"));
            if (c % 4)
                record_set_action(&record, c % 5);
            record_set_protocol(&record, (uint8_t)c);
            record_set_time(&record, INT64_C(1795262400000) + c * 400);
            struct line *line = write_and_read(&bare);
            assert_string_equal(line->header[4], text);
            assert_string_equal(line->header[5], c % 2 ? "ab" : "a");
            assert_string_equal(line->header[3], c % 3 ? "1" : "b1");
            if (c % 4)
                assert_string_equal(value_of(line, "act"), record_word(KIND_ACTION, c % 5));
            else
                assert_null(value_of(line, "act"));
        }
}

/* Every field there is, all of them long: the shortest limit still holds. */
static void every_field_at_once(void **state)
{
    static char text[5000];
    (void)state;
    memset(text, 'x', sizeof(text));
    record_reset(&record);
    for (int f = 0; f < FIELD_COUNT; f++) {
        if (record_fields[f].kind == KIND_TEXT)
            record_put(&record, (enum record_field)f, slice_make(text, sizeof(text)));
        else if (record_fields[f].kind == KIND_ADDRESS)
            record_put(&record, (enum record_field)f,
                       slice("2001:db8:1111:2222:3333:4444:5555:6666"));
        else if (record_fields[f].kind == KIND_NUMBER)
            record_put(&record, (enum record_field)f, slice("18446744073709551615"));
    }
    for (size_t max = 1024; max <= 65536; max *= 4) {
        struct cef_format format = bare;
        format.header = CEF_HEADER_RFC5424;
        format.max_message_size = max;
        batch.len = batch.count = 0;
        assert_true(cef_event(&format, &record, &batch));
        assert_true(batch.len <= max);
    }
}

static void framing_and_syslog_headers(void **state)
{
    static char text[9000];
    (void)state;
    memset(text, 'y', sizeof(text));
    /* Lengths of two to four digits: the count is always that of the bytes behind it. */
    for (size_t n = 1; n < 1000; n += 37) {
        struct cef_format format = {
            CEF_FRAME_OCTET_COUNTING, CEF_HEADER_NONE, 16, true, false, 8192, bare.memory};
        new_record();
        record_set_message(&record, slice_make(text, n));
        batch.len = batch.count = 0;
        cef_event(&format, &record, &batch);
        cef_event(&format, &record, &batch);
        char *after;
        unsigned long count = strtoul(batch.bytes, &after, 10);
        assert_int_equal(*after, ' ');
        assert_int_equal((size_t)(after + 1 - batch.bytes) + count, batch.ends[0]);
        assert_int_equal(batch.ends[1], 2 * batch.ends[0]);
        assert_memory_equal(batch.bytes, batch.bytes + batch.ends[0], batch.ends[0]);
    }
    struct cef_format format = {CEF_FRAME_NEWLINE, CEF_HEADER_RFC5424, 16, true, false, 8192,
                                bare.memory};
    new_record();
    record_set_time(&record, INT64_C(1795262400123));
    record_set_host(&record, slice("fw 1\n"));
    batch.len = batch.count = 0;
    cef_event(&format, &record, &batch);
    static const char expected[] = "<134>1 2026-11-21T12:00:00.123Z fw_1_ parapet - - - CEF:0|";
    assert_memory_equal(batch.bytes, expected, sizeof(expected) - 1);
    assert_int_equal(batch.bytes[batch.len - 1], '\n');
    format.header = CEF_HEADER_RFC3164;
    batch.len = batch.count = 0;
    cef_event(&format, &record, &batch);
    static const char bsd[] = "<134>Nov 21 12:00:00 fw_1_ CEF:0|";
    assert_memory_equal(batch.bytes, bsd, sizeof(bsd) - 1);
}

static void unparsed_keeps_the_text(void **state)
{
    static const char raw[] = "<13>what = this | \\ even?\x01";
    (void)state;
    record_reset(&record);
    batch.len = batch.count = 0;
    cef_unparsed(&bare, &record, "unknown", slice_make(raw, sizeof(raw) - 1), &batch);
    struct line *line = read_line(batch.bytes, batch.len);
    assert_string_equal(value_of(line, "msg"), "<13>what = this | \\ even? ");
    assert_string_equal(value_of(line, "ParapetParseStatus"), "unknown");
}

static void alerts(void **state)
{
    static const struct detector detector = {.name = "connscan",
                                             .title = "Scan",
                                             .techniques = "T1046",
                                             .tactics = "TA0007",
                                             .next_steps = "Look at a=b"};
    (void)state;
    struct alert alert = {.detector = &detector,
                          .phase = ALERT_START,
                          .time_ms = 1000,
                          .id = "0123456789abcdef0123456789abcdef",
                          .count = 20,
                          .threshold = 20,
                          .group_count = 1,
                          .sample_count = 2,
                          .severity = 3,
                          .evidence = 1 << 4,
                          .summary = "10.0.0.1 = bad"};
    alert.group[0].name = "src_ip";
    strcpy(alert.group[0].text, "10.0.0.1");
    strcpy(alert.samples[0].text, "10.0.0.2:22/tcp");
    strcpy(alert.samples[1].text, "10.0.0.3:22/tcp");
    batch.len = batch.count = batch.alerts = 0;
    cef_alert(&bare, &alert, &batch);
    struct line *line = read_line(batch.bytes, batch.len);
    assert_string_equal(line->header[4], "connscan");
    assert_string_equal(line->header[6], "3");
    assert_string_equal(value_of(line, "src"), "10.0.0.1");
    assert_string_equal(value_of(line, "cnt"), "20");
    assert_string_equal(value_of(line, "type"), "2");
    assert_string_equal(value_of(line, "cs6"), "aborted");
    assert_string_equal(value_of(line, "ParapetSamples"), "10.0.0.2:22/tcp,10.0.0.3:22/tcp");
    assert_string_equal(value_of(line, "msg"), "10.0.0.1 = bad");
    assert_string_equal(value_of(line, "externalId"), "0123456789abcdef0123456789abcdef");
    assert_int_equal(batch.alerts, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hostile_text_stays_a_value),
        cmocka_unit_test(bytes_no_receiver_takes),
        cmocka_unit_test(header_is_escaped_and_never_empty),
        cmocka_unit_test(numbers_addresses_and_words),
        cmocka_unit_test(what_outputs_have_made_of_it),
        cmocka_unit_test(repeated_names_get_numbers),
        cmocka_unit_test(long_texts_are_cut_first),
        cmocka_unit_test(memory_tells_lines_apart),
        cmocka_unit_test(every_field_at_once),
        cmocka_unit_test(framing_and_syslog_headers),
        cmocka_unit_test(unparsed_keeps_the_text),
        cmocka_unit_test(alerts),
    };
    bare.memory = cef_memory_new();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    cef_memory_free(bare.memory);
    return failed;
}
