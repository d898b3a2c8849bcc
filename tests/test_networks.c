/* networks_of against asking every range, one after the other. */
#include "detect/networks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static struct address at(const char *text)
{
    struct address a;
    assert_true(address_parse(slice(text), &a));
    return a;
}

static uint64_t brute(const struct network *entries, size_t count, struct address a)
{
    uint64_t mask = 0;
    for (size_t i = 0; i < count; i++)
        if (!address_less(a, entries[i].first) && !address_less(entries[i].last, a))
            mask |= UINT64_C(1) << entries[i].set;
    return mask;
}

static void defaults(void **state)
{
    (void)state;
    const struct network entries[] = {
        {at("10.0.0.0"), at("10.255.255.255"), 0},
        {at("172.16.0.0"), at("172.31.255.255"), 0},
        {at("192.168.0.0"), at("192.168.255.255"), 0},
        {at("169.254.0.0"), at("169.254.255.255"), 0},
        {at("fc00::"), at("fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), 0},
        {at("fe80::"), at("febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), 0},
        {at("10.1.1.5"), at("10.1.1.5"), 1},
        {at("10.1.1.0"), at("10.1.1.127"), 2},
    };
    struct networks *n = networks_new(entries, sizeof(entries) / sizeof(entries[0]));
    assert_non_null(n);
    assert_int_equal(networks_of(n, at("10.0.0.0")), 1);
    assert_int_equal(networks_of(n, at("9.255.255.255")), 0);
    assert_int_equal(networks_of(n, at("11.0.0.0")), 0);
    assert_int_equal(networks_of(n, at("10.1.1.4")), 5);
    assert_int_equal(networks_of(n, at("10.1.1.5")), 7);
    assert_int_equal(networks_of(n, at("10.1.1.128")), 1);
    assert_int_equal(networks_of(n, at("100.64.0.1")), 0);
    assert_int_equal(networks_of(n, at("172.31.255.255")), 1);
    assert_int_equal(networks_of(n, at("172.32.0.0")), 0);
    assert_int_equal(networks_of(n, at("fd00::1")), 1);
    assert_int_equal(networks_of(n, at("fec0::1")), 0);
    assert_int_equal(networks_of(n, at("2001:db8::1")), 0);
    assert_int_equal(networks_of(n, at("::")), 0);
    networks_free(n);
}

static void none_and_all(void **state)
{
    (void)state;
    struct networks *n = networks_new(NULL, 0);
    assert_int_equal(networks_of(n, at("10.0.0.1")), 0);
    assert_int_equal(networks_of(n, at("2001:db8::1")), 0);
    networks_free(n);
    const struct network all[] = {
        {at("::"), at("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), 63},
        {at("0.0.0.0"), at("255.255.255.255"), 1},
        {at("9.0.0.0"), at("8.0.0.0"), 2}, /* the wrong way round: holds nothing */
    };
    n = networks_new(all, 3);
    assert_int_equal(networks_of(n, at("0.0.0.0")), UINT64_C(1) << 63 | 2);
    assert_int_equal(networks_of(n, at("255.255.255.255")), UINT64_C(1) << 63 | 2);
    assert_int_equal(networks_of(n, at("::")), UINT64_C(1) << 63);
    assert_int_equal(networks_of(n, at("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")), UINT64_C(1)
                                                                                        << 63);
    networks_free(n);
}

static uint64_t seed = 7;
static uint64_t next(void)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return seed >> 33 ^ seed >> 11;
}

/* Addresses that fall together often: few pages, few hosts, both families. */
static struct address any(void)
{
    static const uint32_t masks[] = {0x0003ffff, 0x030f00ff, 0xffffffff, 0x0a0000ff};
    uint64_t r = next();
    if (r % 4 == 0)
        return (struct address){UINT64_C(0x20010db8) << 32 | (next() & 3), next() & 15};
    return address_v4((uint32_t)next() & masks[r / 4 % 4]);
}

static void against_brute_force(void **state)
{
    (void)state;
    for (int round = 0; round < 300; round++) {
        size_t count = next() % 40;
        struct network *entries = malloc((count + 1) * sizeof(*entries));
        for (size_t i = 0; i < count; i++) {
            struct address a = any(), b = next() % 3 ? any() : a;
            bool swap = address_less(b, a);
            entries[i] = (struct network){swap ? b : a, swap ? a : b, (unsigned)(next() % 64)};
        }
        struct networks *n = networks_new(entries, count);
        for (int probe = 0; probe < 300; probe++) {
            struct address a = any();
            if (count && probe % 3 == 0)
                a = probe % 2 ? entries[next() % count].first : entries[next() % count].last;
            if (probe % 5 == 0)
                a.lo += next() % 3 - 1;
            assert_true(networks_of(n, a) == brute(entries, count, a));
        }
        networks_free(n);
        free(entries);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),
        cmocka_unit_test(none_and_all),
        cmocka_unit_test(against_brute_force),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
