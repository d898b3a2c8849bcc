/* The table of open connections: joins, keys, and what a full table forgets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "parsers/connections.h"

static void remembers_and_forgets(void **state)
{
    (void)state;
    struct connections *table = connections_new(16 * CONNECTIONS_SET_BYTES);
    bool second;

    assert_false(connections_take(table, 7, 6, 1, &second));
    connections_open(table, 7, 6, 1, true);
    connections_open(table, 7, 6, 2, false);
    assert_true(connections_take(table, 7, 6, 1, &second));
    assert_true(second);
    assert_false(connections_take(table, 7, 6, 1, &second));
    assert_true(connections_take(table, 7, 6, 2, &second));
    assert_false(second);
    connections_free(table);
}

static void every_part_of_the_key_counts(void **state)
{
    (void)state;
    struct connections *table = connections_new(16 * CONNECTIONS_SET_BYTES);
    bool second;

    connections_open(table, 7, 6, 0, false);
    assert_false(connections_take(table, 8, 6, 0, &second));
    assert_false(connections_take(table, 7, 17, 0, &second));
    assert_false(connections_take(table, 7, 6, 1, &second));
    assert_false(connections_take(table, 7, 6, UINT64_C(1) << 56, &second));
    assert_true(connections_take(table, 7, 6, 0, &second));
    connections_open(table, 7, 6, UINT64_MAX, false);
    assert_false(connections_take(table, 7, 6, UINT64_MAX, &second));
    connections_free(table);
}

static void an_id_used_again_is_the_new_connection(void **state)
{
    (void)state;
    struct connections *table = connections_new(1);
    bool second;

    connections_open(table, 7, 6, 3, false);
    connections_open(table, 7, 17, 3, false);
    connections_open(table, 7, 6, 3, true);
    assert_true(connections_take(table, 7, 6, 3, &second));
    assert_true(second);
    assert_false(connections_take(table, 7, 6, 3, &second));
    assert_true(connections_take(table, 7, 17, 3, &second));
    assert_false(second);
    connections_free(table);
}

static void the_oldest_of_a_set_makes_room(void **state)
{
    (void)state;
    struct connections *table = connections_new(1); /* one set */
    unsigned known = 0;
    bool second;

    for (uint64_t id = 100; id < 200; id++)
        connections_open(table, 7, 6, id, id % 3 == 0);
    for (uint64_t id = 100; id < 200; id++)
        if (connections_take(table, 7, 6, id, &second)) {
            assert_true(second == (id % 3 == 0));
            assert_true(id >= 192);
            known++;
        }
    assert_int_equal(known, 8);
    connections_free(table);
}

/* As the newest go first and the oldest last, or any other: the rest of a full set stays known. */
static void taken_in_any_order(void **state)
{
    (void)state;
    bool second;
    for (uint64_t step = 1; step < 8; step += 2) {
        struct connections *table = connections_new(1);
        for (uint64_t id = 0; id < 8; id++)
            connections_open(table, 7, 6, id, id & 1);
        for (uint64_t i = 0; i < 8; i++) {
            assert_true(connections_take(table, 7, 6, i * step % 8, &second));
            assert_true(second == (i * step & 1));
            assert_false(connections_take(table, 7, 6, i * step % 8, &second));
        }
        connections_free(table);
    }
}

/* Half as many open connections as the table has entries, of several devices, ids in a row each. */
static void holds_what_it_was_made_for(void **state)
{
    (void)state;
    enum { DEVICES = 8, EACH = 4000, PER_SET = 4 };
    const uint64_t odd = UINT64_C(0x123456789abcdef1);
    struct connections *table = connections_new(DEVICES * EACH / PER_SET * CONNECTIONS_SET_BYTES);
    unsigned lost = 0;
    bool second;

    for (uint64_t id = 0; id < EACH; id++)
        for (uint64_t device = 0; device < DEVICES; device++)
            connections_open(table, device * odd, 6, id + 77, (id ^ device) & 1);
    for (uint64_t id = 0; id < EACH; id++)
        for (uint64_t device = 0; device < DEVICES; device++) {
            if (!connections_take(table, device * odd, 6, id + 77, &second))
                lost++;
            else
                assert_int_equal(second, (id ^ device) & 1);
        }
    assert_true(lost < DEVICES * EACH / 4);
    connections_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(remembers_and_forgets),
        cmocka_unit_test(every_part_of_the_key_counts),
        cmocka_unit_test(an_id_used_again_is_the_new_connection),
        cmocka_unit_test(the_oldest_of_a_set_makes_room),
        cmocka_unit_test(taken_in_any_order),
        cmocka_unit_test(holds_what_it_was_made_for),
    };
    return cmocka_run_group_tests_name("connections", tests, NULL, NULL);
}
