/* Strict conversion, byte by byte, and the names nearest to a misspelt one. */
#include "config/convert.h"

#include "tests/told.h"

static void convert_amounts(void **state)
{
    (void)state;
    static const struct {
        bool (*convert)(const char *, size_t, uint64_t *);
        const char *text;
        uint64_t value;
        bool wrong;
    } rows[] = {
        {convert_number, "0", 0, false},
        {convert_number, "514", 514, false},
        {convert_number, "18446744073709551615", UINT64_MAX, false},
        {convert_number, "18446744073709551616", 0, true},
        {convert_number, "99999999999999999999999", 0, true},
        {convert_number, "0514", 0, true},
        {convert_number, "00", 0, true},
        {convert_number, "514tcp", 0, true},
        {convert_number, "1,5", 0, true},
        {convert_number, "1.5", 0, true},
        {convert_number, "1_000", 0, true},
        {convert_number, "0x10", 0, true},
        {convert_number, "1e3", 0, true},
        {convert_number, "-1", 0, true},
        {convert_number, "+1", 0, true},
        {convert_number, " 1", 0, true},
        {convert_number, "1 ", 0, true},
        {convert_number, "", 0, true},
        {convert_size, "65536", 65536, false},
        {convert_size, "64 KiB", 65536, false},
        {convert_size, "64KiB", 65536, false},
        {convert_size, "7 B", 7, false},
        {convert_size, "10 GiB", UINT64_C(10737418240), false},
        {convert_size, "1 TiB", UINT64_C(1) << 40, false},
        {convert_size, "16777215 TiB", UINT64_C(16777215) << 40, false},
        {convert_size, "16777216 TiB", 0, true},
        {convert_size, "64 KB", 0, true},
        {convert_size, "64 kib", 0, true},
        {convert_size, "64  KiB", 0, true},
        {convert_size, "64 ", 0, true},
        {convert_size, "64 KiBs", 0, true},
        {convert_size, "KiB", 0, true},
        {convert_size, "064 KiB", 0, true},
        {convert_size, "", 0, true},
        {convert_duration, "500ms", 500, false},
        {convert_duration, "300s", 300000, false},
        {convert_duration, "5m", 300000, false},
        {convert_duration, "12h", 43200000, false},
        {convert_duration, "14d", 1209600000, false},
        {convert_duration, "0s", 0, false},
        {convert_duration, "300", 0, true},
        {convert_duration, "5 m", 0, true},
        {convert_duration, "1h30m", 0, true},
        {convert_duration, "5min", 0, true},
        {convert_duration, "m", 0, true},
        {convert_duration, "99999999999999d", 0, true},
        {convert_duration, "", 0, true},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        size_t len = strlen(rows[i].text);
        char *text = exact(rows[i].text, len);
        uint64_t value = 77;
        assert_int_equal(rows[i].convert(text, len, &value), !rows[i].wrong);
        assert_int_equal(value, rows[i].wrong ? 77 : rows[i].value);
        free(text);
    }
}

static void convert_booleans(void **state)
{
    (void)state;
    static const char *const wrong[] = {"yes",  "no",    "on",  "off",   "1",      "0", "True",
                                        "TRUE", "maybe", "tru", "truee", "falsef", "",  "y"};
    bool value = false;
    char *text = exact("true", 4);
    assert_true(convert_bool(text, 4, &value) && value);
    free(text);
    text = exact("false", 5);
    assert_true(convert_bool(text, 5, &value) && !value);
    free(text);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        text = exact(wrong[i], strlen(wrong[i]));
        assert_false(convert_bool(text, strlen(wrong[i]), &value));
        free(text);
    }
}

static void convert_networks(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum convert_result result;
        const char *back; /* as convert_network_text writes it */
        unsigned prefix;
    } rows[] = {
        {"192.0.2.1", CONVERT_OK, "192.0.2.1", 128},
        {"10.0.0.0/8", CONVERT_OK, "10.0.0.0/8", 104},
        {"0.0.0.0/0", CONVERT_OK, "0.0.0.0/0", 96},
        {"192.0.2.1/32", CONVERT_OK, "192.0.2.1", 128},
        {"2001:db8::/32", CONVERT_OK, "2001:db8::/32", 32},
        {"2001:DB8::1", CONVERT_OK, "2001:db8::1", 128},
        {"::/0", CONVERT_OK, "::/0", 0},
        {"::1/128", CONVERT_OK, "::1", 128},
        {"::ffff:192.0.2.0/120", CONVERT_OK, "192.0.2.0/24", 120},
        {"10.0.0.1/8", CONVERT_HOST_BITS, "10.0.0.0/8", 104},
        {"192.0.2.129/25", CONVERT_HOST_BITS, "192.0.2.128/25", 121},
        {"2001:db8::1/32", CONVERT_HOST_BITS, "2001:db8::/32", 32},
        {"1.2.3.4/0", CONVERT_HOST_BITS, "0.0.0.0/0", 96},
        {"", CONVERT_WRONG, NULL, 0},
        {"/8", CONVERT_WRONG, NULL, 0},
        {"10.0.0.0/", CONVERT_WRONG, NULL, 0},
        {"10.0.0.0/33", CONVERT_WRONG, NULL, 0},
        {"10.0.0.0/08", CONVERT_WRONG, NULL, 0},
        {"10.0.0.0/8/8", CONVERT_WRONG, NULL, 0},
        {"10.0.0.0/8 ", CONVERT_WRONG, NULL, 0},
        {" 10.0.0.0/8", CONVERT_WRONG, NULL, 0},
        {"010.0.0.0/8", CONVERT_WRONG, NULL, 0},
        {"10.0.0", CONVERT_WRONG, NULL, 0},
        {"10.0.0.256", CONVERT_WRONG, NULL, 0},
        {"2001:db8::/129", CONVERT_WRONG, NULL, 0},
        {"fe80::1%eth0", CONVERT_WRONG, NULL, 0},
        {"[::1]", CONVERT_WRONG, NULL, 0},
        {"fw.example.com", CONVERT_WRONG, NULL, 0},
        {"1111:2222:3333:4444:5555:6666:7777:8888:9999", CONVERT_WRONG, NULL, 0},
        {"1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb", CONVERT_WRONG, NULL, 0},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        size_t len = strlen(rows[i].text);
        char *text = exact(rows[i].text, len), back[NETWORK_TEXT_MAX];
        struct net net = {.prefix = 77};
        assert_int_equal(convert_network(text, len, &net), rows[i].result);
        if (rows[i].back)
            assert_string_equal(convert_network_text(back, &net), rows[i].back);
        assert_int_equal(net.prefix, rows[i].back ? rows[i].prefix : 77);
        free(text);
    }
}

static void convert_port_ranges(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int first, last; /* -1: wrong */
    } rows[] = {
        {"0", 0, 0},       {"3389", 3389, 3389}, {"1-1024", 1, 1024}, {"0-65535", 0, 65535},
        {"7-7", 7, 7},     {"65536", -1, -1},    {"1-65536", -1, -1}, {"20-10", -1, -1},
        {"1-", -1, -1},    {"-1", -1, -1},       {"1--2", -1, -1},    {"1 - 2", -1, -1},
        {"ssh", -1, -1},   {"", -1, -1},         {"-", -1, -1},       {"022", -1, -1},
        {"1-2-3", -1, -1}, {"80,443", -1, -1},   {"514tcp", -1, -1},  {"1-0514", -1, -1},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        size_t len = strlen(rows[i].text);
        char *text = exact(rows[i].text, len);
        struct port_range range = {7, 7};
        assert_int_equal(convert_ports(text, len, &range), rows[i].first >= 0);
        if (rows[i].first >= 0)
            assert_true(range.first == rows[i].first && range.last == rows[i].last);
        free(text);
    }
}

static void amounts_as_text(void **state)
{
    (void)state;
    char text[AMOUNT_TEXT_MAX];
    assert_string_equal(convert_size_text(text, 480), "480 B");
    assert_string_equal(convert_size_text(text, 65536), "64 KiB");
    assert_string_equal(convert_size_text(text, UINT64_C(1) << 40), "1 TiB");
    assert_string_equal(convert_duration_text(text, 500), "500ms");
    assert_string_equal(convert_duration_text(text, 0), "0s");
    assert_string_equal(convert_duration_text(text, 90000), "90s");
    assert_string_equal(convert_duration_text(text, 14 * 86400000), "14d");
}

static void nearest_names(void **state)
{
    (void)state;
    static const char *const known[] = {"workers", "listen",   "limits", "internal_port_scan",
                                        "asa",     "max-size", "tcp",    NULL};
    static const struct {
        const char *word, *nearest;
    } rows[] = {
        {"lisen", "listen"},
        {"lsiten", "listen"},
        {"LISTEN", "listen"},
        {"limit", "limits"},
        {"tpc", "tcp"},
        {"internal_port_scam", "internal_port_scan"},
        {"max_size", "max-size"},
        {"zebra", NULL},
        {"", NULL},
        {"x", NULL},
        {"internal-portscan", "internal_port_scan"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *nearest = config_nearest(rows[i].word, known);
        if (rows[i].nearest)
            assert_string_equal(nearest, rows[i].nearest);
        else
            assert_null(nearest);
    }
    char long_word[5000];
    memset(long_word, 'a', sizeof(long_word) - 1);
    long_word[sizeof(long_word) - 1] = '\0';
    assert_null(config_nearest(long_word, known));
    assert_null(config_nearest("asa", NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(convert_amounts),  cmocka_unit_test(convert_booleans),
        cmocka_unit_test(convert_networks), cmocka_unit_test(convert_port_ranges),
        cmocka_unit_test(amounts_as_text),  cmocka_unit_test(nearest_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
