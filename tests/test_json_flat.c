/* Flat JSON, read from heap blocks of exactly their size, whole and at every shorter length. */
#include "parsers/text/json_flat.h"

#include "parsers/text/digits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

/* All pairs as name=value joined by blanks, '~' behind an escaped one, '/' behind a cut one; '!' at
 * the end of a broken text. */
static unsigned read_all(const char *text, size_t len, char *out, size_t size)
{
    char *block = malloc(len ? len : 1);
    memcpy(block, text, len);
    struct json_flat it = json_flat_over(slice_make(block, len));
    struct kv pair;
    size_t used = 0;
    unsigned pairs = 0;
    *out = '\0';
    for (; json_flat_next(&it, &pair); pairs++) {
        assert_true(pair.value.len == 0 || slice_end(pair.value) <= block + len);
        if (used < size)
            used += (size_t)snprintf(out + used, size - used, "%s%.*s=%.*s%s%s", used ? " " : "",
                                     (int)pair.name.len, pair.name.ptr, (int)pair.value.len,
                                     pair.value.ptr, pair.escaped ? "~" : "", pair.cut ? "/" : "");
    }
    if (it.broken && used < size)
        snprintf(out + used, size - used, "!");
    free(block);
    return pairs;
}

static const char *const rows[][2] = {
    {"{\"a\":\"1\",\"b\":2,\"c\":true,\"d\":null}", "a=1 b=2 c=true d="},
    {" { \"a\" : \"1\" ,\t\"b\" : [ 1 , \"x\" ] } more", "a=1 b=1 b=x"},
    {"{\"a\":[],\"b\":{},\"c\":{\"d\":1,\"e\":[2,{\"f\":3},4]},\"g\":5}", "d=1 e=2 f=3 e=4 g=5"},
    {"{\"a\":\"x\\\"y\\\\\",\"b\":\"\\\\\\\"\"}", "a=x\\\"y\\\\~ b=\\\\\\\"~"},
    {"{\"a\":-1.5e+9,\"b\":\"\"}", "a=-1.5e+9 b="},
    {"{\"a\":\"cut", "a=cut/"},
    {"{\"a\":\"cut\\", "a=cut\\~/"},
    {"{\"a\":12", "a=12/"},
    {"{\"a\":", ""},
    {"{\"a\"", ""},
    {"{", ""},
    {"", ""},
    {"{}", ""},
    {"[1]", "!"},
    {"{\"a\" 1}", "!"},
    {"{a:1}", "!"},
    {"{\"a\":1 \"b\":2}", "a=1!"},
    {"{\"a\":1]", "a=1!"},
    {"{\"a\":?}", "!"},
    {"{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}}}}}", "a=1"},
    {"{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}}}}}}", "a=1"},
    {"{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}}}}}}}", "!"},
};

static void objects(void **state)
{
    (void)state;
    char got[256];
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        read_all(rows[i][0], strlen(rows[i][0]), got, sizeof(got));
        if (strcmp(got, rows[i][1]) != 0)
            fail_msg("'%s', not '%s', of %s", got, rows[i][1], rows[i][0]);
        for (size_t len = strlen(rows[i][0]); len-- > 0;)
            read_all(rows[i][0], len, got, sizeof(got));
    }
}

static void unescape(void **state)
{
    (void)state;
    static const char *const texts[][2] = {
        {"\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t"},
        {"\\u0041\\u00e9\\u20AC\\ud83d\\ude00", "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"},
        {"\\ud83dx\\ude00", "\xef\xbf\xbdx\xef\xbf\xbd"},
        {"\\u12", "\\u12"},
        {"\\uzzzz\\q\\", "\\uzzzz\\q\\"},
        {"", ""},
    };
    char out[64];
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        size_t n = json_flat_unescape(slice(texts[i][0]), out);
        assert_int_equal(n, strlen(texts[i][1]));
        assert_memory_equal(out, texts[i][1], n);
    }
}

/* Many keys, deep nesting, endless strings: bounded and quick. */
static void hostile(void **state)
{
    (void)state;
    static char text[1 << 20], got[64];
    size_t n = (size_t)sprintf(text, "{\"k\":1");
    while (n + 16 < sizeof(text))
        n += (size_t)sprintf(text + n, ",\"k\":1");
    assert_int_equal(read_all(text, n, got, sizeof(got)), JSON_FLAT_PAIRS);
    memset(text, '[', sizeof(text));
    memcpy(text, "{\"a\":", 5);
    assert_int_equal(read_all(text, sizeof(text), got, sizeof(got)), 0);
    memset(text + 5, '\\', sizeof(text) - 5);
    text[5] = '"';
    assert_int_equal(read_all(text, sizeof(text), got, sizeof(got)), 1);
    for (size_t i = 6; i + 1 < sizeof(text); i += 2)
        text[i + 1] = '"'; /* \"\"\"\" */
    assert_int_equal(read_all(text, sizeof(text), got, sizeof(got)), 1);
}

static void digits(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t len;
        int64_t value;
    } numbers[] = {
        {"12345678", 8, 12345678},
        {"99999999", 8, 99999999},
        {"00000000", 8, 0},
        {"443\"; src", 3, 443},
        {"6\"; xxxxx", 1, 6},
        {"65535\"; ", 5, 65535},
        {"44x\"; src", 3, -1},
        {"-1\"; xxxx", 2, -1},
        {":9999999", 1, -1},
        {"/9999999", 1, -1},
        {"\xff"
         "9999999",
         2, -1},
    };
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        assert_int_equal(digits_8(numbers[i].text, numbers[i].len), numbers[i].value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objects),
        cmocka_unit_test(unescape),
        cmocka_unit_test(hostile),
        cmocka_unit_test(digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
