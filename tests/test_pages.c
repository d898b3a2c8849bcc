/* The memory of large tables: zero, aligned, and not taken before it is touched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <sys/mman.h>

#include "parsers/pages.h"

static bool is_zero(const unsigned char *p, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (p[i])
            return false;
    return true;
}

static void sizes(void **state)
{
    static const size_t of[] = {
        1, 64, 100, 4096, (4 << 20) - 1, 4 << 20, (4 << 20) + 1, (6 << 20) + 4097, 33 << 20};
    (void)state;
    for (unsigned round = 0; round < 2; round++)
        for (unsigned i = 0; i < sizeof(of) / sizeof(of[0]); i++) {
            unsigned char *memory = pages_new(of[i]);
            assert_non_null(memory);
            assert_int_equal((uintptr_t)memory % 64, 0);
            assert_true(is_zero(memory, of[i]));
            memset(memory, 0xff, of[i]);
            pages_free(memory, of[i]);
        }
    pages_free(NULL, 1);
    pages_free(NULL, 33 << 20);
}

static size_t resident(void *memory, size_t bytes)
{
    static unsigned char pages[64 << 20 >> 12];
    size_t count = 0;
    assert_int_equal(mincore(memory, bytes, pages), 0);
    for (size_t i = 0; i < bytes >> 12; i++)
        count += pages[i] & 1;
    return count << 12;
}

static void untouched(void **state)
{
    const size_t bytes = 64 << 20;
    (void)state;
    unsigned char *memory = pages_new(bytes);
    assert_non_null(memory);
    assert_int_equal(resident(memory, bytes), 0);
    memory[bytes / 2] = 1;
    assert_in_range(resident(memory, bytes), 4096, 2 << 20);
    pages_free(memory, bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sizes), cmocka_unit_test(untouched)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
