/* csv: the vector reader against the plain one, quotes of every kind, exact heap blocks. */
#include "parsers/text/csv.h"
#include "parsers/text/digits_wide.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define MAX 8

struct row {
    const char *line;
    const char *fields[MAX]; /* as csv_text and csv_undouble make them */
    bool unclosed;
};

static const struct row rows[] = {
    {"", {""}, false},
    {"a", {"a"}, false},
    {"a,b,c", {"a", "b", "c"}, false},
    {",", {"", ""}, false},
    {",,x,", {"", "", "x", ""}, false},
    {"\"a,b\",c", {"a,b", "c"}, false},
    {"a,\"\",c", {"a", "", "c"}, false},
    {"\"\"", {""}, false},
    {"\"say \"\"hi\"\", then\",c", {"say \"hi\", then", "c"}, false},
    {"\"\"\"\"", {"\""}, false},
    {"\"\"\"a\"\"\",b", {"\"a\"", "b"}, false},
    {"a\"b,c\"d", {"a\"b", "c\"d"}, false},
    {"a,b\"c,d\",e", {"a", "b\"c", "d\"", "e"}, false},
    {"C:\\dir\\,\"C:\\dir\\\",x", {"C:\\dir\\", "C:\\dir\\", "x"}, false},
    {"\"user \"odd\" name, more\",x", {"user \"odd\" name, more", "x"}, false},
    {"\"odd\" name,b,c", {"\"odd\" name", "b", "c"}, false},
    {"\"odd\" name,\"b\"d,c", {"\"odd\" name", "\"b\"d", "c"}, false},
    {"a,\"cut off, here", {"a", "cut off, here"}, true},
    {"a,\"", {"a", ""}, true},
    {"a,\"x\"\"", {"a", "x\""}, true},
    {"\\\"a,b\\\",c", {"a,b", "c"}, false},
    {"x,\\\"\\\",c", {"x", "", "c"}, false},
    {"\\\"a \\\"\\\"b\\\"\\\", c\\\",d", {"a \"b\", c", "d"}, false},
    {"\\\"a,b,c", {"a,b,c"}, true},
    {"\\,\\\",\"", {"\\", "", ""}, false},
};

static char *exact(const char *text, size_t len)
{
    char *block = malloc(len ? len : 1);
    memcpy(block, text, len);
    return block;
}

static void assert_same(const struct csv *a, const struct csv *b)
{
    assert_int_equal(a->count, b->count);
    assert_memory_equal(a->quoted, b->quoted, sizeof(a->quoted));
    assert_int_equal(a->unclosed, b->unclosed);
    assert_int_equal(a->more, b->more);
    assert_memory_equal(a->start, b->start, (a->count + 1) * sizeof(a->start[0]));
}

static bool in(const uint64_t *set, unsigned n)
{
    return set[n / 64] >> n % 64 & 1;
}

/* The sets against the fields themselves. */
static void assert_sets(const struct csv *csv)
{
    for (unsigned n = 0; n < CSV_COLUMNS_MAX; n++) {
        struct slice raw = csv_raw(csv, n);
        assert_int_equal(in(csv->quoted, n), csv_is_quoted(raw));
    }
}

/* All readers, which must agree; returns the block the fields point into. */
static char *split(struct csv *csv, const char *text, size_t len)
{
    struct csv plain, narrow;
    char *block = exact(text, len);
    csv_split(csv, slice_make(block, len));
    csv_split_narrow(&narrow, slice_make(block, len));
    csv_split_plain(&plain, slice_make(block, len));
    assert_same(csv, &plain);
    assert_same(&narrow, &plain);
    assert_sets(csv);
    return block;
}

static void assert_field(const struct csv *csv, unsigned n, const char *expected)
{
    char *out = malloc(csv_raw(csv, n).len + 1);
    bool doubled;
    struct slice text = csv_text(csv_raw(csv, n), &doubled);
    size_t len = text.len;
    if (doubled)
        len = csv_undouble(text, out);
    else
        memcpy(out, text.ptr, len);
    out[len] = '\0';
    assert_string_equal(out, expected);
    free(out);
}

/* Each row as it is and behind other text, so that it lies across blocks of the vector reader. */
static void fields(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (size_t shift = 0; shift < 70; shift++) {
            struct csv csv;
            char line[256];
            size_t len = strlen(rows[i].line), front = shift ? shift + 1 : 0;
            memset(line, 'x', sizeof(line));
            if (shift)
                line[shift] = ',';
            memcpy(line + front, rows[i].line, len);
            char *block = split(&csv, line, front + len);
            unsigned first = shift ? 1 : 0, n = 0;
            for (; n < MAX && rows[i].fields[n]; n++)
                assert_field(&csv, first + n, rows[i].fields[n]);
            assert_int_equal(csv.count, first + n);
            assert_int_equal(csv.unclosed, rows[i].unclosed);
            free(block);
        }
    }
}

/* Made-up lines of the characters that matter, at every length. */
static void random_lines(void **state)
{
    (void)state;
    uint64_t seed = 88172645463325252u;
    for (int i = 0; i < 20000; i++) {
        char line[300];
        size_t len = (size_t)i % sizeof(line);
        for (size_t k = 0; k < len; k++) {
            seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
            line[k] = ",,,,\"\\abcdefghijk"[seed % (i & 1 ? 17 : 6)];
        }
        struct csv csv;
        free(split(&csv, line, len));
    }
}

static bool ends_at(const char *at, const struct csv_marks *marks, const char *end)
{
    return at < marks->to && (at == end || *at == ',');
}

static void assert_marks(const char *from, const char *end,
                         void (*mark)(struct csv_marks *, const char *, const char *))
{
    struct csv_marks marks;
    memset(&marks, 0xff, sizeof(marks));
    mark(&marks, from, end);
    const char *quote = memchr(from, '"', (size_t)(end - from));
    const char *last = quote ? quote : end + 1;
    assert_ptr_equal(marks.from, from);
    assert_true(marks.to == last || (marks.to < last && marks.to - from >= CSV_MARKED));
    for (const char *at = from; at <= marks.to; at++) {
        uint64_t near = csv_near(&marks, at);
        for (unsigned i = 0; i < CSV_NEAR; i++)
            assert_true((near >> i & 1) == ends_at(at + i, &marks, end));
    }
}

/* Where fields end from every byte of a line on, which stands in a block of exactly its size. */
static void ends(void **state)
{
    (void)state;
    uint64_t seed = 88172645463325252u;
    for (size_t len = CSV_WINDOW; len < 2400; len += len < 300 ? 1 : 151) {
        char line[2400];
        for (size_t k = 0; k < len; k++) {
            seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
            line[k] = ",,,abcdefghijk"[seed % 14];
            if (seed >> 32 & len && seed % 97 == 0)
                line[k] = '"';
        }
        char *block = exact(line, len), *end = block + len;
        size_t step = len < 128 ? 1 : 61;
        for (char *from = block; from <= end; from += step) {
            assert_marks(from, end, csv_mark);
            assert_marks(from, end, csv_mark_narrow);
        }
        free(block);
    }
}

static void bounds(void **state)
{
    (void)state;
    struct csv csv;
    char commas[10000], quotes[10000];
    memset(commas, ',', sizeof(commas));
    memset(quotes, '"', sizeof(quotes));
    free(split(&csv, commas, sizeof(commas)));
    assert_int_equal(csv.count, CSV_COLUMNS_MAX);
    assert_true(csv.more);
    free(split(&csv, commas, CSV_COLUMNS_MAX - 1));
    assert_int_equal(csv.count, CSV_COLUMNS_MAX);
    assert_false(csv.more);
    assert_int_equal(csv_raw(&csv, CSV_COLUMNS_MAX).len, 0);
    free(split(&csv, quotes, sizeof(quotes)));
    for (size_t i = 0; i + 3 < sizeof(quotes); i += 3)
        memcpy(quotes + i, ",\"a", 3);
    free(split(&csv, quotes, sizeof(quotes)));
}

static void numbers(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        bool ok;
        uint64_t value;
    } cases[] = {
        {"0", true, 0},
        {"7", true, 7},
        {"12345678", true, 12345678},
        {"xxxxxxxx,0", true, 0},
        {"xxxxxxxx,9", true, 9},
        {"xxxxxxxx,65535", true, 65535},
        {"99999999,1234567", true, 1234567},
        {"x,99999999", true, 99999999},
        {"x,18446744073709551615", true, UINT64_MAX},
        {"x,18446744073709551616", false, 0},
        {"xxxxxxxx,", false, 0},
        {"xxxxxxxx,12a4", false, 0},
        {"xxxxxxxx,-1", false, 0},
        {"xxxxxxxx,:", false, 0},
        {"xxxxxxxx,/", false, 0},
        {"xxxxxxxx,1\xb1", false, 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct csv csv;
        uint64_t value = 0;
        char *block = split(&csv, cases[i].line, strlen(cases[i].line));
        struct slice text = csv_raw(&csv, csv.count - 1);
        assert_int_equal(csv_number_any(text, &value), cases[i].ok);
        assert_true(value == cases[i].value);
        value = 0;
        if (text.ptr - block >= 8) {
            assert_int_equal(csv_number(text, &value, digits_8_back), cases[i].ok);
            assert_true(value == cases[i].value);
        }
        free(block);
    }
}

/* Up to eight bytes of each kind, read back in both ways. */
static void numbers_wide(void **state)
{
    (void)state;
    uint64_t seed = 88172645463325252u;
    for (int i = 0; wide_here() && i < 200000; i++) {
        char bytes[8];
        for (size_t k = 0; k < sizeof(bytes); k++) {
            seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
            bytes[k] = seed % 64 ? (char)('0' + seed % 10) : (char)(seed >> 8);
        }
        for (size_t len = 1; len <= sizeof(bytes); len++)
            assert_true(digits_8_back_wide(bytes + sizeof(bytes), len) ==
                        digits_8_back(bytes + sizeof(bytes), len));
    }
}

static void joined(void **state)
{
    (void)state;
    struct csv csv;
    char *block = split(&csv, "a,{b,,d},e,", 11);
    csv_join(&csv, 1, 3);
    assert_int_equal(csv.count, 4);
    assert_field(&csv, 0, "a");
    assert_field(&csv, 1, "{b,,d}");
    assert_field(&csv, 2, "e");
    assert_field(&csv, 3, "");
    assert_sets(&csv);
    csv_join(&csv, 2, 3);
    assert_int_equal(csv.count, 3);
    assert_field(&csv, 2, "e,");
    assert_sets(&csv);
    struct slice last = csv_cut(&csv);
    assert_true(slice_is(last, "e,"));
    assert_int_equal(csv.count, 2);
    assert_sets(&csv);
    free(block);
    block = split(&csv, "{a,b,c},\"d,e\",\"f\"", 18);
    csv_join(&csv, 0, 2);
    assert_int_equal(csv.count, 3);
    assert_field(&csv, 1, "d,e");
    assert_sets(&csv);
    free(block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields),  cmocka_unit_test(random_lines), cmocka_unit_test(bounds),
        cmocka_unit_test(numbers), cmocka_unit_test(numbers_wide), cmocka_unit_test(joined),
        cmocka_unit_test(ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
