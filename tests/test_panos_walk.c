/* PAN-OS rows that are walked through against the same ones taken apart first and then read: every
 * sample, at every shorter length, and with every column changed into something else. */
#include "tests/fields.h"

#include "parsers/panos_row.h"

#define LINE_MAX 8192
#define FILLED   12 /* extras that leave no room to walk: then rows are taken apart */

extern const struct parser parser_panos;

static struct parse_memory memory;

static void read_row(struct slice body, struct syslog *header, uint16_t filled, struct record *out)
{
    struct parse_context context = {.header = header, .arrival_ms = NOW_MS, .memory = &memory};
    record_reset(out);
    out->source = body;
    for (out->extra = 0; out->extra < filled; out->extra++)
        out->extras[out->extra] = (struct record_extra){slice("x"), slice("y")};
    parser_panos.parse(&context, body, out);
}

static void assert_same_records(const struct record *walked, const struct record *taken)
{
    static char a[LINE_MAX], b[LINE_MAX];
    const uint64_t extra = UINT64_C(1) << FIELD_extra;
    assert_true((walked->has | extra) == (taken->has | extra));
    assert_int_equal(walked->cut, taken->cut);
    assert_int_equal(walked->extra + FILLED, taken->extra);
    for (int field = 0; field < FIELD_COUNT; field++)
        if (field != FIELD_extra && walked->has >> field & 1) {
            field_text(walked, (enum record_field)field, a, sizeof(a));
            field_text(taken, (enum record_field)field, b, sizeof(b));
            assert_string_equal(a, b);
        }
    for (unsigned i = 0; i < walked->extra; i++) {
        assert_true(slice_equals(walked->extras[i].name, taken->extras[i + FILLED].name));
        assert_true(slice_equals(walked->extras[i].value, taken->extras[i + FILLED].value));
    }
}

/* What stands in the row as writers print it, does; returns how many fields do. */
static unsigned assert_printed(const struct record *r)
{
    static char expected[LINE_MAX];
    for (uint64_t left = r->printed; left; left &= left - 1) {
        unsigned field = (unsigned)__builtin_ctzll(left), n = field - RECORD_PRINTED_FIRST;
        struct slice text = slice_make(r->printed_at[n], r->printed_len[n]);
        assert_true(n < RECORD_PRINTED && text.ptr >= r->source.ptr &&
                    slice_end(r->source) - text.ptr >= RECORD_PRINTED_ROOM);
        if (!(r->has >> field & 1))
            continue;
        field_text(r, (enum record_field)field, expected, sizeof(expected));
        assert_true(slice_equals(text, slice(expected)));
    }
    return (unsigned)__builtin_popcountll(r->printed);
}

static unsigned most_printed;

static void both_ways(struct slice row)
{
    static struct record walked, taken;
    struct syslog header = {.host = slice("pa-berlin")};
    char *block = malloc(row.len ? row.len : 1);
    memcpy(block, row.ptr, row.len);
    read_row(slice_make(block, row.len), &header, 0, &walked);
    read_row(slice_make(block, row.len), &header, FILLED, &taken);
    assert_same_records(&walked, &taken);
    assert_int_equal(assert_printed(&taken), 0);
    unsigned printed = assert_printed(&walked);
    if (most_printed < printed)
        most_printed = printed;
    free(block);
}

/* The row with another text for one of its columns. */
static void with_column(struct slice row, const struct csv *csv, unsigned n, const char *text)
{
    static char line[LINE_MAX];
    struct slice column = csv_raw(csv, n);
    size_t before = (size_t)(column.ptr - row.ptr);
    int len = snprintf(line, sizeof(line), "%.*s%s%.*s", (int)before, row.ptr, text,
                       (int)(row.len - before - column.len), slice_end(column));
    both_ways(slice_make(line, (size_t)len));
}

/* Longer than what is marked at once. */
#define AS_24   "aaaaaaaaaaaaaaaaaaaaaaaa"
#define AS_96   AS_24 AS_24 AS_24 AS_24
#define AS_384  AS_96 AS_96 AS_96 AS_96
#define AS_1536 AS_384 AS_384 AS_384 AS_384

static void every_way(struct slice row)
{
    static const char *const texts[] = {
        AS_1536,
        "\"" AS_1536 "\"",
        "",
        "0",
        "1",
        "-1",
        "N/A",
        " blank ",
        " ",
        "a,b",
        "\"a,b\"",
        "\"\"",
        "\"a\"\"b\"",
        "\"a",
        "a\"b",
        "{a,b}",
        "10.1.2.3",
        "010.1.2.3",
        "0.0.0.0",
        "::1",
        "65536",
        "007",
        "12345678",
        "12345678901234567890",
        "18446744073709551616",
        "a-text-that-is-longer-than-the-window-within-which-the-ends-of-columns-are-looked-for",
        "udp",
        "TCP",
        "deny",
        "scan(8001)",
        "2026-11-20T08:00:14.5+01:00",
        "2026/11/20 08:00:14",
    };
    struct csv csv;
    for (size_t len = 0; len <= row.len; len++)
        both_ways(slice_first(row, len));
    csv_split(&csv, row);
    for (unsigned n = 0; n < csv.count; n++)
        for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
            with_column(row, &csv, n, texts[i]);
}

static void samples(void **state)
{
    (void)state;
    static char line[LINE_MAX];
    glob_t found;
    unsigned rows = 0;
    assert_int_equal(glob("samples/panos/t*.log", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        FILE *file = fopen(found.gl_pathv[i], "r");
        assert_non_null(file);
        while (fgets(line, sizeof(line), file)) {
            struct slice text = slice_first(slice(line), strcspn(line, "\n"));
            struct syslog header;
            syslog_parse(text, NULL, NOW_MS, NULL, &header);
            every_way(header.body);
            rows++;
        }
        fclose(file);
    }
    globfree(&found);
    assert_true(rows > 20);
    assert_true(most_printed > 10);
}

/* Rows of all columns that there are, full and empty, and of more. */
static void long_rows(void **state)
{
    (void)state;
    static const char *const types[] = {"TRAFFIC", "THREAT", "DNS"};
    for (size_t t = 0; t < 3; t++)
        for (unsigned count = 7; count < 140; count++)
            for (int full = 0; full < 2; full++) {
                char line[2048];
                int len = snprintf(line, sizeof(line),
                                   "1,2026/11/20 08:00:07,0128,%s,end,2561,"
                                   "2026/11/20 08:00:07",
                                   types[t]);
                for (unsigned n = 7; n < count; n++)
                    len += snprintf(line + len, sizeof(line) - (size_t)len, full ? ",c%u" : ",", n);
                both_ways(slice_make(line, (size_t)len));
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples),
        cmocka_unit_test(long_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
