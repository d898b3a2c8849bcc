/* Pairs in their three ways of writing, read from heap blocks of exactly their size. */
#include "parsers/text/kv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum style { QUOTED, PIPED, PLAIN, LISTED };

/* All pairs as "name=value", '~' behind an escaped and '/' behind a cut one, joined by blanks. */
static void read_all(enum style style, const char *text, size_t len, char *out, size_t size)
{
    char *block = malloc(len ? len : 1);
    memcpy(block, text, len);
    struct kv_quoted it = kv_quoted_over(slice_make(block, len));
    struct cursor c = cursor_over(slice_make(block, len));
    struct kv pair;
    size_t used = 0;
    *out = '\0';
    while (style == QUOTED   ? kv_quoted_next(&it, &pair)
           : style == PIPED  ? kv_piped_next(&c, &pair)
           : style == LISTED ? kv_listed_next(&c, &pair)
                             : kv_plain_next(&c, &pair)) {
        assert_true(pair.name.ptr >= block && slice_end(pair.name) <= block + len);
        assert_true(pair.value.ptr >= block && slice_end(pair.value) <= block + len);
        if (used < size)
            used += (size_t)snprintf(out + used, size - used, "%s%.*s=%.*s%s%s", used ? " " : "",
                                     (int)pair.name.len, pair.name.ptr, (int)pair.value.len,
                                     pair.value.ptr, pair.escaped ? "~" : "", pair.cut ? "/" : "");
    }
    if (style >= PLAIN && c.rest.len && used < size)
        snprintf(out + used, size - used, " |%.*s", (int)c.rest.len, c.rest.ptr);
    free(block);
}

static const struct {
    enum style style;
    const char *text, *expected;
} rows[] = {
    {QUOTED, "a:\"1\"; b:\"2\"; ]", "a=1 b=2"},
    {QUOTED, "a:\"1\"; b:\"2\"]", "a=1 b=2"},
    {QUOTED, "a:\"1\"; b:\"2\"  ", "a=1 b=2"},
    {QUOTED, "a:\"1\"; b:\"2\";", "a=1 b=2"},
    {QUOTED, "a:\"1\"; b::\"2\"; c:\"\"; d:\"x\"", "a=1 b=2 c= d=x"},
    {QUOTED, "[a:\"1\";b:\"2\";  c:\"3\"; ]", "a=1 b=2 c=3"},
    {QUOTED, "a:\"1\"; b:\"cut", "a=1 b=cut/"},
    {QUOTED, "a:\"1\"; b:\"", "a=1 b=/"},
    {QUOTED, "a:\"1\"; b", "a=1"},
    {QUOTED, "a:\"x\\\"y\"; b:\"[z\\]\"; c:\"\\\\\"; d:\"1\"", "a=x\\\"y~ b=[z\\]~ c=\\\\~ d=1"},
    {QUOTED, "a:\"an \"odd\" one\"; b:\"2\"", "a=an \"odd\" one b=2"},
    {QUOTED, "a:\"\\", "a=\\~/"},
    {QUOTED, "a:\"x; y: z] w\"; b:\"2\"; ", "a=x; y: z] w b=2"},
    {QUOTED, "a=\"1\" b c=\"2\" d=\"a b\" e=\"\"]", "a=1 b c=2 d=a b e="},
    {QUOTED, "a=\"say \"x\" now\" b=\"2\"", "a=say \"x\" now b=2"},
    {QUOTED, "\"\"\"\"\"", "=\"\"\""},
    {QUOTED, "", ""},
    {QUOTED, ";;;", ""},
    {QUOTED,
     "a:\"0123456789012345678901234567890123456789012345678901234567890123456789\"; b:\"2\"",
     "a=0123456789012345678901234567890123456789012345678901234567890123456789 b=2"},
    {PIPED, "a=1|b=2|", "a=1 b=2"},
    {PIPED, "|a=1||b=2", "a=1 b=2"},
    {PIPED, "a=1|2|b=x\\=y|c=|d= z ", "a=1|2 b=x\\=y~ c= d= z "},
    {PIPED, "a=1|b", "a=1|b"},
    {PIPED, "i/f_dir=in|Protection Name=x|/=y", "i/f_dir=in Protection Name=x|/=y"},
    {PIPED, "a", ""},
    {PIPED, "=|=", ""},
    {LISTED, "a: 1; b: 2;", "a=1 b=2"},
    {LISTED, "a: 1; b: 2", "a=1 b=2/"},
    {LISTED, "a=1; b=2", "a=1 b=2"},
    {LISTED, " a: x y;  long name: [m={1};n=2]; c:: z; ", "a=x y long name=[m={1};n=2] c=z"},
    {LISTED, "a: no; not that; b: ; c:;", "a=no; not that b= c="},
    {LISTED, "a: 1; b: 2; cut", "a=1 b=2 |cut"},
    {LISTED, "a: http://x/?y=z; b: \\;", "a=http://x/?y=z b=\\~"},
    {LISTED, "> N/A; a: 1;", " |> N/A; a: 1;"},
    {PLAIN, "a=1 b=2", "a=1 b=2"},
    {PLAIN, "  a=1   b= c=3 ", "a=1 b= c=3"},
    {PLAIN, "a='x y' b=\"p q\" c='it's me' d=1", "a=x y b=p q c=it's me d=1"},
    {PLAIN, "a='x y", "a=x y/"},
    {PLAIN, "a='", "a=/"},
    {PLAIN, "a=1 word b=2", "a=1 |word b=2"},
    {PLAIN, "a=b=c d=http://x/?y=z", "a=b=c d=http://x/?y=z"},
    {PLAIN, "http://x?a=b", " |http://x?a=b"},
};

static void pairs(void **state)
{
    (void)state;
    char got[512];
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        read_all(rows[i].style, rows[i].text, strlen(rows[i].text), got, sizeof(got));
        if (strcmp(got, rows[i].expected) != 0)
            fail_msg("'%s', not '%s', of %s", got, rows[i].expected, rows[i].text);
    }
}

/* Every shorter length, and every place relative to the blocks of 64 bytes. */
static void lengths(void **state)
{
    (void)state;
    char text[512], got[2048];
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (size_t len = strlen(rows[i].text); len-- > 0;)
            read_all(rows[i].style, rows[i].text, len, got, sizeof(got));
        for (size_t shift = 0; shift < 130; shift++) {
            memset(text, ' ', shift);
            strcpy(text + shift, rows[i].text);
            read_all(rows[i].style, text, strlen(text), got, sizeof(got));
            assert_true(strcmp(got, rows[i].expected) == 0 || rows[i].style >= PLAIN);
        }
    }
}

/* Nothing but quotes, and names and values of every length in the usual form. */
static void long_values(void **state)
{
    (void)state;
    static char text[4096], got[8192];
    memset(text, '"', sizeof(text));
    for (size_t len = sizeof(text); len > 7; len -= 7)
        read_all(QUOTED, text, len, got, sizeof(got));
    for (size_t name = 1; name < 40; name++) {
        for (size_t value = 0; value < 100; value++) {
            char *p = text + sprintf(text, "first:\"1\"; ");
            memset(p, 'n', name);
            p += name + (size_t)sprintf(p + name, value % 2 ? ":\"" : "::\"");
            memset(p, 'v', value);
            strcpy(p + value, "\"; b:\"\\\"2\\\"\"; c:\"3\"; ]");
            read_all(QUOTED, text, strlen(text), got, sizeof(got));
            assert_true(strspn(got, "first=1 n=v") == strlen("first=1 n=") + name - 1 + value + 1);
            assert_string_equal(strstr(got, " b="), " b=\\\"2\\\"~ c=3");
        }
    }
}

static void unescape(void **state)
{
    (void)state;
    static const char *const texts[][2] = {
        {"a\\\"b", "a\"b"}, {"\\]", "]"}, {"\\\\", "\\"},   {"x\\=y", "x=y"}, {"\\|", "|"},
        {"C:\\t", "C:\\t"}, {"\\", "\\"}, {"a\\\\", "a\\"}, {"", ""},
    };
    char out[16];
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        size_t n = kv_unescape(slice(texts[i][0]), out);
        assert_int_equal(n, strlen(texts[i][1]));
        assert_memory_equal(out, texts[i][1], n);
    }
}

static void find(void **state)
{
    (void)state;
    static const struct kv_key keys_3[] = {{"src", 1, 1}, {"dst", 1, 2}};
    static const struct kv_key keys_6[] = {{"action", 1, 3}, {"origin", 1, 4}};
    static const struct kv_key keys_20[] = {{"client_inbound_bytes", 1, 5}};
    static const struct kv_drawer drawers[] = {
        [3] = KV_DRAWER(keys_3), [6] = KV_DRAWER(keys_6), [20] = KV_DRAWER(keys_20)};
    size_t count = sizeof(drawers) / sizeof(drawers[0]);
    assert_int_equal(kv_find(drawers, count, slice("dst"))->what, 2);
    assert_int_equal(kv_find(drawers, count, slice("origin"))->what, 4);
    assert_int_equal(kv_find(drawers, count, slice("client_inbound_bytes"))->what, 5);
    static const char *const others[] = {"",
                                         "sr",
                                         "sRc",
                                         "actioN",
                                         "axtion",
                                         "Action",
                                         "client_inbounx_bytes",
                                         "client_inbound_bytes_more"};
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        assert_null(kv_find(drawers, count, slice(others[i])));
}

/* With more bytes behind the name than are its own. */
static void find_wide(void **state)
{
    (void)state;
    static const struct kv_key keys_3[] = {{"src", 1, 1}, {"dst", 1, 2}};
    static const struct kv_key keys_8[] = {{"xlatesrc", 1, 3}};
    static const struct kv_key keys_10[] = {{"xlatesport", 1, 4}, {"layer_name", 1, 5}};
    static const struct kv_key keys_20[] = {{"client_inbound_bytes", 1, 6}};
    static const struct kv_drawer drawers[KV_NAME_MAX + 1] = {[3] = KV_DRAWER(keys_3),
                                                              [8] = KV_DRAWER(keys_8),
                                                              [10] = KV_DRAWER(keys_10),
                                                              [20] = KV_DRAWER(keys_20)};
    static const struct {
        const char *text;
        uint8_t len, what;
    } names[] = {
        {"src:\"10.0", 3, 1},
        {"dst:\"10.0", 3, 2},
        {"dsT:\"10.0", 3, 0},
        {"xlatesrc:\"", 8, 3},
        {"xlatesrx:\"", 8, 0},
        {"xlatesport:", 10, 4},
        {"layer_name:", 10, 5},
        {"layer_uuid:", 10, 0},
        {"client_inbound_bytes:", 20, 6},
        {"abcd:\"xyz", 4, 0},
        {"client_inboundXbytes:", 20, 0},
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const struct kv_key *key = kv_find_wide(drawers, slice_make(names[i].text, names[i].len));
        assert_int_equal(key ? key->what : 0, names[i].what);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs),    cmocka_unit_test(lengths), cmocka_unit_test(long_values),
        cmocka_unit_test(unescape), cmocka_unit_test(find),    cmocka_unit_test(find_wide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
