/* slice, cursor, address: small readers, each fed heap blocks of exactly the size it may read. */
#include "parsers/text/address.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "parsers/text/digits.h"
#include "parsers/text/plain.h"

/* The text in a block of its own, so that one byte too far is caught. The caller frees ptr. */
static struct slice exact(const char *text)
{
    size_t len = strlen(text);
    char *block = malloc(len ? len : 1);
    memcpy(block, text, len);
    return slice_make(block, len);
}

static void read_address(const char *text, const char *expected)
{
    struct slice s = exact(text);
    struct address a = {1, 2};
    char back[ADDRESS_TEXT_MAX + 1];
    bool ok = address_parse(s, &a);
    if (expected) {
        assert_true(ok);
        *address_format(back, a) = '\0';
        assert_string_equal(back, expected);
    } else {
        assert_false(ok);
        assert_true(a.hi == 1 && a.lo == 2);
    }
    free((void *)s.ptr);
}

static void addresses(void **state)
{
    (void)state;
    read_address("192.0.2.1", "192.0.2.1");
    read_address("0.0.0.0", "0.0.0.0");
    read_address("255.255.255.255", "255.255.255.255");
    read_address("2001:db8::1", "2001:db8::1");
    read_address("[2001:DB8:0:0::1]", "2001:db8::1");
    read_address("fe80::1%eth0", "fe80::1");
    read_address("::ffff:192.0.2.7", "192.0.2.7");
    read_address("::", "::");
    read_address("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
                 "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
    static const char *const wrong[] = {
        "",
        "1",
        "1.2.3",
        "1.2.3.",
        "1.2.3.256",
        "1.2.3.4.5",
        "1.2.3.4x",
        "01234.1.1.1",
        "1..2.3",
        "10.0.0.5551",
        "xxx.xx.x.xx",
        "host",
        ":",
        ":::",
        "1:2",
        "[::1",
        "::1]",
        "[]",
        "[",
        "1.15599155266856607338.91.1",
        "g::1",
        "::ffff:1.2.3.400",
        "%eth0",
        ":%",
        "1111:2222:3333:4444:5555:6666:7777:8888:9999",
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        read_address(wrong[i], NULL);
}

/* In front of other text, where 16 bytes can be looked at, and at the very end, where they cannot. */
static void addresses_in_front(void **state)
{
    static const struct {
        const char *text;
        size_t taken;
        uint32_t v4;
    } rows[] = {
        {"192.0.2.1", 9, 0xc0000201},
        {"255.255.255.255", 15, 0xffffffff},
        {"0.0.0.0", 7, 0},
        {"1.22.255.4", 10, 0x0116ff04},
        {"010.001.09.9", 12, 0x0a010909},
        {"256.1.1.1", 0, 0},
        {"1.1.1.256", 0, 0},
        {"1.999.1.1", 0, 0},
        {"1.2.3", 0, 0},
        {"1.2.3.4.5", 0, 0},
        {"1234.1.1.1", 0, 0},
        {"1.1.1.1234", 0, 0},
        {"1..1.1", 0, 0},
        {".1.1.1.1", 0, 0},
        {"1.1.1.", 0, 0},
        {"255.255.255.2555", 0, 0},
    };
    static const char *const tails[] = {"", "/80", " to inside:10.0.0.5/80", ":x",
                                        "(443) hit-cnt 1"};
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        for (size_t k = 0; k < sizeof(tails) / sizeof(tails[0]); k++) {
            char text[64];
            struct address a = {1, 2};
            snprintf(text, sizeof(text), "%s%s", rows[i].text, tails[k]);
            struct slice s = exact(text);
            assert_int_equal(address_read_v4(s, &a), rows[i].taken);
            if (rows[i].taken)
                assert_true(address_equals(a, address_v4(rows[i].v4)));
            else
                assert_true(a.hi == 1 && a.lo == 2);
            free((void *)s.ptr);
        }
}

/* Made-up texts of digits and dots, mostly: read as byte by byte. */
static void addresses_alike(void **state)
{
    (void)state;
    uint64_t seed = 88172645463325252u;
    unsigned taken = 0;
    for (int i = 0; i < 100000; i++) {
        char text[24];
        struct address a = {0, 0}, b = {0, 0};
        size_t len = 7 + (size_t)i % (sizeof(text) - 7);
        for (size_t k = 0; k < len; k++) {
            seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
            bool dot = k % (2 + i % 3) == 1 || seed % 16 == 0;
            text[k] = dot ? '.' : "012345678912/ :"[seed / 16 % (seed & 1 << 20 ? 15 : 12)];
        }
        size_t n = address_read_v4(slice_make(text, len), &a);
        assert_int_equal(n, address_read_v4_plain(slice_make(text, len), &b));
        assert_true(address_equals(a, b));
        taken += n != 0;
    }
    assert_true(taken > 1000);
}

/* Four in a row, and what is none among them. */
static void four_alike(void **state)
{
    static const char *const texts[] = {
        "10.0.0.5", "203.0.113.55", "198.51.100.177", "0.0.0.0", "1.2.3.4", "255.255.255.255",
        "",         "1.2.3",        "1.2.3.256",      "::1",     "1.2.3.x", "255.255.255.2555",
        "1.2.3:4",  "1,2.3.4",      "1111.2.3.4",     "host",    "0010.1",  "2001:db8::1:2:3:4:5",
    };
    const unsigned n_texts = sizeof(texts) / sizeof(texts[0]);
    (void)state;
    unsigned taken = 0;
    for (unsigned i = 0; i < 40000; i++) {
        struct address a[4], b[4];
        char text[256];
        uint64_t ends = 0;
        int at = 0;
        for (unsigned k = 0, seed = i * 2654435761u; k < 4; k++, seed = seed * 69069 + 1) {
            unsigned from = seed >> 12 & 7 ? 6 : n_texts;
            at += snprintf(text + at, sizeof(text) - (size_t)at, "%s,", texts[(seed >> 16) % from]);
            if (at <= 64)
                ends |= UINT64_C(1) << (at - 1);
        }
        if (__builtin_popcountll(ends) < 4)
            continue;
        size_t len = 80 + i % 2 * 7 - i % 3 * 7;
        memset(text + at, '7', sizeof(text) - (size_t)at);
        char *block = malloc(len);
        memcpy(block, text, len);
        bool got = address_read_four(slice_make(block, len), ends,
                                     (struct address *const[]){a, a + 1, a + 2, a + 3});
        assert_int_equal(
            got, address_read_four_plain(slice_make(block, len), ends,
                                         (struct address *const[]){b, b + 1, b + 2, b + 3}));
        for (int k = 0; got && k < 4; k++)
            assert_true(address_equals(a[k], b[k]));
        taken += got;
        free(block);
    }
    assert_true(taken > 5000);
}

/* With a port behind it, or something like one: read as byte by byte, and no byte too far. */
static void ports_alike(void **state)
{
    static const char *const octets[] = {"1", "10",  "203",  "255", "256",
                                         "0", "099", "1111", "",    "x"};
    static const char *const ports[] = {"/0",        "/80",        "/65535", "/65536", "/0000443",
                                        "/00000443", "/",          "/8x",    "",       "(53",
                                        "/99999",    "/123456789", ":80",    "/1/2",   ".5/80"};
    static const char *const tails[] = {"", " ", ")", " (203.0.113.5/50000) to dmz:10.0.0.5/22"};
    const size_t n_octets = sizeof(octets) / sizeof(octets[0]);
    (void)state;
    unsigned taken = 0;
    for (size_t i = 0; i < n_octets * n_octets * n_octets; i++)
        for (size_t k = 0; k < sizeof(ports) / sizeof(ports[0]); k++)
            for (size_t t = 0; t < sizeof(tails) / sizeof(tails[0]); t++) {
                char text[96];
                struct address a = {0, 0}, b = {0, 0};
                snprintf(text, sizeof(text), "%s.%s.%s.%s%s%s", octets[i % n_octets],
                         octets[i / n_octets % n_octets], octets[i / n_octets / n_octets],
                         octets[i * 7 % n_octets], ports[k], tails[t]);
                struct slice s = exact(text);
                char mark = ports[k][0] == '(' ? '(' : '/';
                struct address_port got = address_read_port(s, mark, &a);
                struct address_port same = address_read_port_plain(s, mark, &b);
                if (got.len != same.len || got.port != same.port ||
                    (got.len && !address_equals(a, b)))
                    fail_msg("%s: %zu, %zu", text, got.len, got.port);
                taken += got.len != 0;
                free((void *)s.ptr);
            }
    assert_true(taken > 1000);
}

/* The same behind a name of any length, or something like one. */
static void names_alike(void **state)
{
    static const char *const names[] = {"",
                                        "i:",
                                        "dmz-1:",
                                        "inside:",
                                        ":",
                                        "in side:",
                                        "a(b:",
                                        "in/side:",
                                        "0in:",
                                        "inside/",
                                        "in",
                                        "\xc3\xa9:",
                                        "fifteen-letters:",
                                        "sixteen-letters1:",
                                        "seventeen-letters:",
                                        "a-name-of-no-less-than-thirty-letters:"};
    static const char *const addresses[] = {
        "10.0.0.5/80",   "203.0.113.55/50000",
        "198.51.100.77", "1.2.3.4/65536",
        "1.2.3/80",      "1.2.3.4.5/6",
        "1.2.3.256/7",   "1/2.3.4/5",
        "1.2/3.4/5",     "255.255.255.255/0065535",
        "1.2.3.4/",      "host/80",
        "1.2.3.4(53",
    };
    static const char *const tails[] = {"", " ", ")", " (203.0.113.5/50000) to dmz:10.0.0.5/22"};
    const size_t n_names = sizeof(names) / sizeof(names[0]);
    (void)state;
    unsigned taken = 0;
    for (size_t i = 0; i < n_names * 2; i++)
        for (size_t k = 0; k < sizeof(addresses) / sizeof(addresses[0]); k++)
            for (size_t t = 0; t < sizeof(tails) / sizeof(tails[0]); t++) {
                char text[128], before = i < n_names ? ':' : '/', mark = i < n_names ? '/' : '(';
                struct address a = {0, 0}, b = {0, 0};
                struct slice name, same_name;
                snprintf(text, sizeof(text), "%s%s%s", names[i % n_names], addresses[k], tails[t]);
                struct slice s = exact(text);
                struct address_port got = address_read_named(s, before, mark, &name, &a);
                struct address_port same =
                    address_read_named_plain(s, before, mark, &same_name, &b);
                if (got.len != same.len || got.port != same.port ||
                    (got.len && (!address_equals(a, b) || !slice_equals(name, same_name))))
                    fail_msg("%s: %zu, %zu", text, got.len, got.port);
                taken += got.len != 0;
                free((void *)s.ptr);
            }
    assert_true(taken > 150);
}

/* Wherever the byte stands, and no byte too far; texts of all lengths are the same or not. */
static void found_near(void **state)
{
    char text[80];
    (void)state;
    for (size_t len = 0; len < sizeof(text); len++)
        for (size_t at = 0; at <= len; at++) {
            memset(text, 'a', sizeof(text));
            memset(text + at, '"', sizeof(text) - at);
            text[len] = '\0';
            struct slice s = exact(text);
            assert_int_equal(slice_find_near(s, '"'), at);
            assert_int_equal(slice_find_near_plain(s, '"'), at);
            struct slice other = exact(text);
            assert_true(slice_same(s.ptr, other.ptr, len));
            if (at < len) {
                ((char *)other.ptr)[at] ^= 1;
                assert_false(slice_same(s.ptr, other.ptr, len));
            }
            free((void *)other.ptr);
            free((void *)s.ptr);
        }
}

static void cursors(void **state)
{
    (void)state;
    struct slice s = exact("Deny tcp src 17 rest");
    struct cursor c = cursor_over(s);
    cursor_expect(&c, "Deny ");
    assert_true(slice_is(cursor_until(&c, ' '), "tcp"));
    assert_true(cursor_try(&c, "src "));
    assert_false(cursor_try(&c, "dst "));
    assert_int_equal(cursor_number(&c), 17);
    cursor_skip_blanks(&c);
    assert_true(slice_is(cursor_until_or_end(&c, ' '), "rest"));
    assert_true(cursor_at_end(&c) && !c.bad);
    cursor_expect(&c, "x");
    assert_true(c.bad);
    assert_int_equal(cursor_until(&c, ' ').len, 0);
    free((void *)s.ptr);
}

static void numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t value;
        bool bad;
    } rows[] = {
        {"0", 0, false},
        {"18446744073709551615", UINT64_MAX, false},
        {"18446744073709551616", 0, true},
        {"99999999999999999999999", 0, true},
        {"", 0, true},
        {"-1", 0, true},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct slice s = exact(rows[i].text);
        struct cursor c = cursor_over(s);
        assert_int_equal(cursor_number(&c), rows[i].value);
        assert_int_equal(c.bad, rows[i].bad);
        free((void *)s.ptr);
    }
}

/* The vector way copies what the plain way copies: every length, a special byte at every place. */
static void plain_text(void **state)
{
    static const char specials[] = {'\\', '=', '\n', 0x7f, (char)0x80, (char)0xff, 0, 0x1f};
    char out[64 + PLAIN_SLACK], expected[64];
    (void)state;
    for (size_t len = 0; len < 64; len++) {
        char *block = malloc(len ? len : 1);
        for (size_t at = 0; at <= len; at++)
            for (size_t s = 0; s < sizeof(specials); s++) {
                for (size_t i = 0; i < len; i++)
                    block[i] = (char)(' ' + (i * 7 + s) % 28);
                if (at < len)
                    block[at] = specials[s];
                size_t n = plain_copy_bytes(expected, block, len, '=');
                assert_int_equal(n, at);
                assert_int_equal(plain_copy(out, block, len, '='), n);
                assert_memory_equal(out, expected, n);
                if (len >= PLAIN_BLOCK && len <= 2 * PLAIN_BLOCK) {
                    assert_int_equal(plain_copy_blocks(out, block, len, '='), n == len);
                    assert_memory_equal(out, block, n == len ? len : 0);
                }
                struct plain_blocks blocks = plain_blocks_of(slice_make(block, len));
                assert_int_equal(plain_has_block(blocks, block), len >= PLAIN_BLOCK);
                for (size_t from = 0; plain_has_block(blocks, block + from); from++)
                    for (size_t some = 0; some <= PLAIN_BLOCK; some++) {
                        assert_int_equal(plain_copy_block(out, block + from, some, '='),
                                         at < from || at >= from + some);
                        assert_memory_equal(out, block + from,
                                            at < from || at >= from + some ? some : 0);
                    }
            }
        free(block);
    }
}

/* Every byte at every place of a block of digits. */
static void digits_are_copied(void **state)
{
    char block[PLAIN_BLOCK], out[PLAIN_BLOCK + PLAIN_SLACK];
    (void)state;
    for (size_t len = 0; len <= PLAIN_BLOCK; len++)
        for (size_t at = 0; at < PLAIN_BLOCK; at++)
            for (unsigned c = 0; c < 256; c++) {
                memcpy(block, "0123456789012345", sizeof(block));
                block[at] = (char)c;
                bool digits = at >= len || (c >= '0' && c <= '9');
                assert_int_equal(plain_copy_digits(out, block, len), digits);
                assert_memory_equal(out, block, digits ? len : 0);
            }
}

/* Numbers of every length, round ones and their neighbours, as the C library writes them. */
static void digits_are_printed(void **state)
{
    char out[DIGITS_MAX], expected[32];
    (void)state;
    for (unsigned n = 0; n <= UINT16_MAX; n++) {
        *digits_format_16(out, n) = '\0';
        snprintf(expected, sizeof(expected), "%u", n);
        assert_string_equal(out, expected);
    }
    for (uint64_t power = 1;; power *= 10) {
        for (uint64_t first = 1; first <= 9; first++)
            for (int near = -1; near <= 1; near++) {
                uint64_t n = power * first + (uint64_t)near;
                *digits_format(out, n) = '\0';
                snprintf(expected, sizeof(expected), "%llu", (unsigned long long)n);
                assert_string_equal(out, expected);
            }
        if (power > UINT64_MAX / 10)
            break;
    }
    for (uint64_t n = 0; n < 200000; n += n < 20000 ? 1 : 997) {
        *digits_format(out, n) = '\0';
        snprintf(expected, sizeof(expected), "%llu", (unsigned long long)n);
        assert_string_equal(out, expected);
    }
    *digits_format(out, UINT64_MAX) = '\0';
    assert_string_equal(out, "18446744073709551615");
}

/* Numbers of every length, in front of every byte and of few bytes or many, as the C library reads
 * them: where many bytes follow they are read eight at a time. */
static void digits_are_read(void **state)
{
    static const char digits[] = "90817263544536271809", behind[] = ") to outside: 1234";
    char text[64];
    (void)state;
    for (size_t len = 0; len < sizeof(digits); len++)
        for (size_t more = 0; more < sizeof(behind); more++)
            for (unsigned c = 0; c < 256; c++) {
                if (more == 0 && c)
                    break;
                snprintf(text, sizeof(text), "%.*s%.*s", (int)len, digits, (int)more, behind);
                if (more)
                    text[len] = (char)c;
                char *bytes = malloc(len + more ? len + more : 1);
                memcpy(bytes, text, len + more);
                struct cursor cursor = cursor_over(slice_make(bytes, len + more));
                char *end = text;
                errno = 0;
                uint64_t expected = (unsigned)(text[0] - '0') < 10 ? strtoull(text, &end, 10) : 0;
                bool bad = end == text || errno == ERANGE;
                assert_int_equal(cursor_number(&cursor), bad ? 0 : expected);
                assert_int_equal(cursor.bad, bad);
                if (!bad)
                    assert_ptr_equal(cursor.rest.ptr, bytes + (end - text));
                free(bytes);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses),         cmocka_unit_test(addresses_in_front),
        cmocka_unit_test(addresses_alike),   cmocka_unit_test(four_alike),
        cmocka_unit_test(ports_alike),       cmocka_unit_test(names_alike),
        cmocka_unit_test(found_near),        cmocka_unit_test(cursors),
        cmocka_unit_test(numbers),           cmocka_unit_test(plain_text),
        cmocka_unit_test(digits_are_copied), cmocka_unit_test(digits_are_printed),
        cmocka_unit_test(digits_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
