/* CEF and LEEF lines as text: headers, pairs, escapes; every shorter length from a heap block of
 * exactly its size. */
#include "parsers/text/cefline.h"
#include "parsers/text/keys.h"
#include "parsers/text/leef.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

struct text {
    char bytes[1024];
    size_t len;
};

static void put(struct text *out, const char *before, struct slice s)
{
    if (out->len < sizeof(out->bytes))
        out->len += (size_t)snprintf(out->bytes + out->len, sizeof(out->bytes) - out->len, "%s%.*s",
                                     before, (int)s.len, s.ptr);
}

static void put_pair(struct text *out, const struct kv *pair, const char *block, size_t len)
{
    assert_true(pair->name.ptr >= block && slice_end(pair->name) <= block + len);
    assert_true(pair->value.ptr >= block && slice_end(pair->value) <= block + len);
    assert_true(pair->name.len > 0);
    put(out, out->len && out->bytes[out->len - 1] != '\n' ? "," : "", pair->name);
    put(out, "=", pair->value);
    put(out, pair->escaped ? "~" : "", SLICE_NONE);
}

static void read_cef(const char *line, size_t len, struct text *out)
{
    char *block = malloc(len ? len : 1);
    memcpy(block, line, len);
    struct cefline cef;
    struct kv pair;
    out->len = 0;
    out->bytes[0] = '\0';
    bool whole = cefline_read(slice_make(block, len), &cef);
    put(out, whole ? "" : "!", cef.vendor);
    put(out, "|", cef.product);
    put(out, "|", cef.version);
    put(out, "|", cef.class_id);
    put(out, "|", cef.name);
    put(out, "|", cef.severity);
    put(out, "\n", SLICE_NONE);
    struct cefline_pairs it = cefline_pairs(cef.extension);
    while (cefline_next(&it, &pair))
        put_pair(out, &pair, block, len);
    free(block);
}

static void read_leef(const char *line, size_t len, struct text *out)
{
    char *block = malloc(len ? len : 1);
    memcpy(block, line, len);
    struct leef leef;
    struct kv pair;
    out->len = 0;
    out->bytes[0] = '\0';
    bool whole = leef_read(slice_make(block, len), &leef);
    put(out, whole ? "" : "!", leef.vendor);
    put(out, "|", leef.product);
    put(out, "|", leef.version);
    put(out, "|", leef.event_id);
    put(out, "\n", SLICE_NONE);
    while (leef_next(&leef, &pair))
        put_pair(out, &pair, block, len);
    free(block);
}

static const struct row {
    void (*read)(const char *line, size_t len, struct text *out);
    const char *line, *expected;
} rows[] = {
    {read_cef, "CEF:0|V|P|1|id|name|3|a=1 b=two words c=3", "V|P|1|id|name|3\na=1,b=two words,c=3"},
    {read_cef, "CEF: 0|V|P|1|id|name|3| a=1", "V|P|1|id|name|3\na=1"},
    {read_cef, "CEF:1||V|P|1|id|name|3|a=1", "V|P|1|id|name|3\na=1"},
    {read_cef, "0|V|P|1|id|name|3|a=1", "V|P|1|id|name|3\na=1"},
    {read_cef, "12|V|P|1|id|name|3|a=1", "!|||||\n"},
    {read_cef, "CEF:x|V|P|1|id|name|3|a=1", "!|||||\n"},
    {read_cef, "CEF:0|V\\|W|P\\\\|1|id|name|3|", "V\\|W|P\\\\|1|id|name|3\n"},
    {read_cef, "CEF:0|V|P|1|id|name|3", "!V|P|1|id|name|\n"},
    {read_cef, "CEF:0|V|P|1|id|||a=1", "V|P|1|id||\na=1"},
    {read_cef, "0|V|P|1|i|n|3|a=x\\=y b=c=d e= f=  g", "V|P|1|i|n|3\na=x\\=y~,b=c=d,e=,f=  g"},
    {read_cef, "0|V|P|1|i|n|3|x:=1 request=http://h/?q=1&r=2 cs1Label=A B msg=",
     "V|P|1|i|n|3\nx=1,request=http://h/?q=1&r=2,cs1Label=A B,msg="},
    {read_cef, "0|V|P|1|i|n|3|a=CN\\\\\\\\=b,O\\\\=c d.e-f=1 9x=2 _y=3",
     "V|P|1|i|n|3\na=CN\\\\\\\\=b,O\\\\=c~,d.e-f=1 9x=2,_y=3"},
    {read_cef, "0|V|P|1|i|n|3|no pair a=1", "V|P|1|i|n|3\na=1"},
    {read_cef, "0|V|P|1|i|n|3|== = =", "V|P|1|i|n|3\n"},
    {read_cef, "", "!|||||\n"},
    {read_leef, "LEEF:1.0|V|P|1|id|a=1\tb=two words\tc=", "V|P|1|id\na=1,b=two words,c="},
    {read_leef, "LEEF:2.0|V|P|1|id|^|a=1^b=x|y^c", "V|P|1|id\na=1,b=x|y^c"},
    {read_leef, "LEEF:2.0|V|P|1|id|0x5E|a=1^b=2", "V|P|1|id\na=1,b=2"},
    {read_leef, "LEEF:2.0|V|P|1|id|x09|a=1\tb=2", "V|P|1|id\na=1,b=2"},
    {read_leef, "LEEF:2.0|V|P|1|id||a=1\tb=2", "V|P|1|id\na=1,b=2"},
    {read_leef, "LEEF:2.0|V|P|1|id|||a=1|b=2", "V|P|1|id\na=1,b=2"},
    {read_leef, "LEEF:2.0|V|P|1|id|a=1|b=2|c|d=4", "V|P|1|id\na=1,b=2|c,d=4"},
    {read_leef, "LEEF:2.0|V|P|1|id|0xZZ|a=1\tb=2", "V|P|1|id\na=1,b=2"},
    {read_leef, "LEEF:2.0|V|P|1|id|^|a=1\tb=2", "V|P|1|id\na=1,b=2"},
    {read_leef, "LEEF:1.0|V|P|1|id|a=1#011b=2#011", "V|P|1|id\na=1,b=2"},
    {read_leef, "LEEF:1.0|V|P|1|id|a=1 b=two words c=3", "V|P|1|id\na=1,b=two words,c=3"},
    {read_leef, "2.0|V|P|1|id|a=1\tb:=2\\=\tno pair", "V|P|1|id\na=1,b=2\\=\tno pair~"},
    {read_leef, "LEEF:1.0|V|P|1|id|junk\ta=1", "V|P|1|id\na=1"},
    {read_leef, "LEEF:3.0|V|P|1|id|a=1", "!|||\n"},
    {read_leef, "LEEF:1.0|V|P|1", "!V|P||\n"},
    {read_leef, "", "!|||\n"},
};

static void lines(void **state)
{
    (void)state;
    static struct text got;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        rows[i].read(rows[i].line, strlen(rows[i].line), &got);
        if (strcmp(got.bytes, rows[i].expected) != 0)
            fail_msg("'%s', not '%s', of %s", got.bytes, rows[i].expected, rows[i].line);
        for (size_t len = strlen(rows[i].line); len-- > 0;) {
            read_cef(rows[i].line, len, &got);
            read_leef(rows[i].line, len, &got);
        }
    }
}

static void unescape(void **state)
{
    (void)state;
    static const char *const texts[][2] = {
        {"a\\=b\\\\c\\|d", "a=b\\c|d"},
        {"1\\n2\\r3", "1\n2\r3"},
        {"C:\\temp", "C:\\temp"},
        {"\\", "\\"},
        {"", ""},
    };
    char out[32];
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        size_t n = cefline_unescape(slice(texts[i][0]), out);
        assert_int_equal(n, strlen(texts[i][1]));
        assert_memory_equal(out, texts[i][1], n);
    }
}

/* Texts made to be slow: a second for the longest message would be too much by far. */
static void hostile(void **state)
{
    (void)state;
    static const char *const pieces[] = {"=",  "a",  "a=",  " =", "\\", "|",
                                         "a|", "\t", "a\t", "^a", "#01"};
    static char line[65536];
    static struct text got;
    for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
        size_t n = (size_t)sprintf(line, i % 2 ? "LEEF:2.0|V|P|1|id|a|" : "LEEF:2.0|V|P|1|id|^|");
        while (n + 8 < sizeof(line))
            n += (size_t)sprintf(line + n, "%s", pieces[i]);
        read_leef(line, n, &got);
        n = (size_t)sprintf(line, "CEF:0|V|P|1|id|n|3|");
        while (n + 8 < sizeof(line))
            n += (size_t)sprintf(line + n, "%s", pieces[i]);
        read_cef(line, n, &got);
    }
}

/* Runs of key bytes are the same with vectors and without: random texts of exactly their size. */
static void key_runs(void **state)
{
    (void)state;
    static const char often[] = "aZ09_:.-azmM = \t@[`{/;\\\xe9";
    srandom(1);
    for (int i = 0; i < 20000; i++) {
        size_t len = (size_t)random() % 70, odd = 1 + (size_t)random() % 40;
        char *block = malloc(len ? len : 1), *end = block + len;
        for (size_t at = 0; at < len; at++)
            block[at] = (size_t)random() % odd ? often[(size_t)random() % (sizeof(often) - 1)]
                                               : (char)random();
        assert_int_equal(keys_run(block, end), keys_run_plain(block, end));
        assert_int_equal(keys_run_back(block, end), keys_run_back_plain(block, end));
        free(block);
    }
    for (int byte = 0; byte < 256; byte++) {
        char text[16] = "aaaaaaaaaaaaaaa";
        text[15] = (char)byte;
        assert_int_equal(keys_run(text, text + 16), keys_run_plain(text, text + 16));
        assert_int_equal(keys_run_back(text, text + 16), keys_run_back_plain(text, text + 16));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines),
        cmocka_unit_test(unescape),
        cmocka_unit_test(hostile),
        cmocka_unit_test(key_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
