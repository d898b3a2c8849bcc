/* Pairs in their three ways of writing, read from heap blocks of exactly their size. */
#include "parsers/text/kv_order.h"

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
    struct cursor c = cursor_over(slice_make(block, len));
    struct kv pair;
    size_t used = 0;
    *out = '\0';
    while (style == QUOTED   ? kv_quoted_next(&c, &pair)
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

/* Every shorter length, and every place relative to the 16 bytes that are looked at at once. */
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

/* Marks one by one are those that are found, 16 bytes at once or in a text of any length. */
static void marks(void **state)
{
    (void)state;
    static const char bytes[] = "\"\\:; ]ax\x80\xff\x5b\x22\x02\x0c";
    unsigned random = 1;
    for (size_t len = 0; len < 200; len++) {
        char *text = malloc(len ? len : 1);
        for (size_t i = 0; i < len; i++) {
            random = random * 1103515245 + 12345;
            text[i] = random >> 28 ? 'v' : bytes[(random >> 16) % (sizeof(bytes) - 1)];
        }
        for (size_t at = 0; at <= len; at++) {
            size_t mark = at;
            while (mark < len && text[mark] != '"' && text[mark] != '\\')
                mark++;
            assert_ptr_equal(kv_mark(text + at, text + len), text + mark);
            if (len - at >= 16)
                assert_int_equal(kv_marks(text + at), kv_marks_plain(text + at));
        }
        free(text);
    }
}

static void alike(void **state)
{
    (void)state;
    _Alignas(16) char a[16] = "sixteen bytes ..", b[16];
    for (unsigned bits = 0; bits < 1u << 16; bits++) {
        for (unsigned i = 0; i < 16; i++)
            b[i] = (char)(a[i] ^ (bits >> i & 1));
        assert_int_equal(kv_alike(b, a), ~bits & 0xffff);
        assert_int_equal(kv_alike(b, a), kv_alike_plain(b, a));
    }
}

/* The last byte of a value and what stands behind it: all bytes in each place. */
static void closes(void **state)
{
    (void)state;
    for (int place = 0; place < 4; place++)
        for (int byte = 0; byte < 256; byte++) {
            char text[] = "x\"; ";
            text[place] = (char)byte;
            bool usual = place == 0 ? byte > '"' : byte == "x\"; "[place];
            assert_int_equal(kv_closes(text + 1), usual);
            assert_int_equal(kv_closes_plain(text + 1), usual);
        }
}

/* Whether the pair that is due stands at the front of a text, by both ways to ask. */
static bool is_due(const struct kv_due *due, struct slice text, struct slice *value)
{
    const char *near = kv_near(text, KV_NEAR), *begin, *close;
    bool last = kv_quoted_last(due, text.ptr, slice_end(text), value);
    if (text.ptr == near)
        return last;
    begin = kv_begins(due, text.ptr, near);
    close = begin ? kv_quoted_ends(begin, near) : NULL;
    if (close)
        *value = slice_between(begin, close);
    return close != NULL;
}

/* What is due after what, and names that are nearly the due one. */
static void order(void **state)
{
    (void)state;
    static const struct kv_key keys[] = {KV_KEY("src", 1, 1), KV_KEY("fourteen_lette", 1, 2),
                                         KV_KEY("seventeen_letters", 1, 3)};
    static const struct {
        const char *text;
        int key; /* the one that is found here when it is due */
    } texts[] = {
        {"src:\"192.0.2.1\"; dst", 0},     {"srC:\"192.0.2.1\"; dst", -1},
        {"srcs:\"192.0.2.1\"; dst", -1},   {"src::\"192.0.2.1\"; dst", -1},
        {"src=\"192.0.2.1\"; dst", -1},    {"src:\"192.0.2.1\";  ", 0},
        {"src:\"192.0.2.1\";dst  ", -1},   {"src:\"192.0.2.1\\\"; dst", -1},
        {"src:\"192.0.2.1 2222\";x", -1},  {"src:\"192.0.2.1 222222", -1},
        {"src:\"192.0.2.1 \"; dst", -1},   {"src:\"\"; dst:\"x\"; s", -1},
        {"fourteen_lette:\"a\"; b", 1},    {"fourteen_lettr:\"a\"; b", -1},
        {"fourteen_lette:\"\"; b", -1},    {"fourteen_lette:\"", -1},
        {"seventeen_letters:\"a\"; b", 2}, {"seventeen_letterS:\"a\"; b", -1},
        {"seventeen_letters", -1},         {"seventeen_letters:", -1},
        {"seventeen_letters:\"", -1},      {"", -1},
    };
    static struct kv_order known;
    const struct kv_due *none = kv_order_begin(NULL);
    assert_ptr_equal(kv_order_learn(NULL, none, &keys[0], "="), none);
    for (int i = 0; i < 3; i++) {
        const struct kv_due *first = kv_order_begin(&known);
        const struct kv_due *second = kv_order_learn(&known, first, &keys[i], ":\"");
        assert_ptr_equal(first->next, second);
        assert_ptr_equal(second->key, &keys[i]);
        assert_ptr_equal(kv_order_learn(&known, second, &keys[i], ":\""), second);
        assert_ptr_equal(second->next, second);
        for (size_t n = 0; n < 2 * sizeof(texts) / sizeof(texts[0]); n++) {
            struct slice value;
            char line[128];
            bool alone = n % 2; /* or with enough behind it */
            size_t len = (size_t)sprintf(line, "%s%*s", texts[n / 2].text, alone ? 0 : 60, "");
            char *text = malloc(len ? len : 1);
            memcpy(text, line, len);
            bool expected = texts[n / 2].key == i && (i < 2 || !alone);
            assert_int_equal(is_due(second, slice_make(text, len), &value), expected);
            if (expected)
                assert_true(slice_is(value, i ? "a" : "192.0.2.1"));
            assert_false(is_due(none->next, slice_make(text, len), &value));
            free(text);
        }
    }
}

/* Values of every length, and every shorter text. */
static void due_lengths(void **state)
{
    (void)state;
    static const struct kv_key key = KV_KEY("src", 1, 1);
    static struct kv_order known;
    const struct kv_due *due = kv_order_learn(&known, kv_order_begin(&known), &key, ":\"");
    for (size_t len = 1; len < 100; len++) {
        char line[128];
        size_t whole = (size_t)sprintf(line, "src:\"%0*d\"; ]", (int)len, 1);
        for (size_t some = 0; some <= whole; some++) {
            struct slice value;
            char *text = malloc(some ? some : 1);
            memcpy(text, line, some);
            if (is_due(due, slice_make(text, some), &value))
                assert_true(some >= 5 + len + 3 && value.len == len && value.ptr == text + 5);
            free(text);
        }
    }
}

static void unescape(void **state)
{
    (void)state;
    static const char *const texts[][2] = {
        {"a\\\"b", "a\"b"}, {"\\]", "]"},
        {"\\\\", "\\"},     {"x\\=y", "x=y"},
        {"\\|", "|"},       {"C:\\t", "C:\\t"},
        {"\\", "\\"},       {"a\\\\", "a\\"},
        {"", ""},           {"a\\]bc\\x\\\"", "a]bc\\x\""},
    };
    char out[16];
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        size_t n = kv_unescape(slice(texts[i][0]), out);
        assert_int_equal(n, strlen(texts[i][1]));
        assert_memory_equal(out, texts[i][1], n);
        strcpy(out, texts[i][0]);
        assert_int_equal(kv_unescape(slice(out), out), n);
        assert_memory_equal(out, texts[i][1], n);
    }
}

static void find(void **state)
{
    (void)state;
    static const struct kv_key keys_3[] = {KV_KEY("src", 1, 1), KV_KEY("dst", 1, 2)};
    static const struct kv_key keys_6[] = {KV_KEY("action", 1, 3), KV_KEY("origin", 1, 4)};
    static const struct kv_key keys_20[] = {KV_KEY("client_inbound_bytes", 1, 5)};
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
    static const struct kv_key keys_3[] = {KV_KEY("src", 1, 1), KV_KEY("dst", 1, 2)};
    static const struct kv_key keys_8[] = {KV_KEY("xlatesrc", 1, 3)};
    static const struct kv_key keys_10[] = {KV_KEY("xlatesport", 1, 4), KV_KEY("layer_name", 1, 5)};
    static const struct kv_key keys_20[] = {KV_KEY("client_inbound_bytes", 1, 6)};
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
        cmocka_unit_test(pairs), cmocka_unit_test(lengths),     cmocka_unit_test(long_values),
        cmocka_unit_test(marks), cmocka_unit_test(alike),       cmocka_unit_test(closes),
        cmocka_unit_test(order), cmocka_unit_test(due_lengths), cmocka_unit_test(unescape),
        cmocka_unit_test(find),  cmocka_unit_test(find_wide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
