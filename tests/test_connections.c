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
    struct connection out, first = {.opened_ms = 1763715360123, .second_opened = true};
    struct connection before = {.opened_ms = -5, .second_opened = true};

    assert_false(connections_take(table, 7, 6, 1, &out));
    connections_open(table, 7, 6, 1, &first);
    connections_open(table, 7, 6, 2, &before);
    assert_true(connections_take(table, 7, 6, 1, &out));
    assert_true(out.opened_ms == first.opened_ms && out.second_opened);
    assert_false(connections_take(table, 7, 6, 1, &out));
    assert_true(connections_take(table, 7, 6, 2, &out));
    assert_true(out.opened_ms == -5 && out.second_opened);
    connections_free(table);
}

static void every_part_of_the_key_counts(void **state)
{
    (void)state;
    struct connections *table = connections_new(16 * CONNECTIONS_SET_BYTES);
    struct connection out, c = {.opened_ms = 5, .second_opened = false};

    connections_open(table, 7, 6, 0, &c);
    assert_false(connections_take(table, 8, 6, 0, &out));
    assert_false(connections_take(table, 7, 17, 0, &out));
    assert_false(connections_take(table, 7, 6, 1, &out));
    assert_false(connections_take(table, 7, 6, UINT64_C(1) << 56, &out));
    assert_true(connections_take(table, 7, 6, 0, &out));
    connections_open(table, 7, 6, UINT64_MAX, &c);
    assert_false(connections_take(table, 7, 6, UINT64_MAX, &out));
    connections_free(table);
}

static void an_id_used_again_is_the_new_connection(void **state)
{
    (void)state;
    struct connections *table = connections_new(1);
    struct connection out, c = {.opened_ms = 1, .second_opened = false};

    connections_open(table, 7, 6, 3, &c);
    connections_open(table, 7, 17, 3, &c);
    c = (struct connection){.opened_ms = 2, .second_opened = true};
    connections_open(table, 7, 6, 3, &c);
    assert_true(connections_take(table, 7, 6, 3, &out));
    assert_true(out.opened_ms == 2 && out.second_opened);
    assert_false(connections_take(table, 7, 6, 3, &out));
    assert_true(connections_take(table, 7, 17, 3, &out));
    connections_free(table);
}

static void the_oldest_of_a_set_makes_room(void **state)
{
    (void)state;
    struct connections *table = connections_new(1); /* one set */
    struct connection out, c = {.opened_ms = 0, .second_opened = false};
    uint64_t known = 0;

    for (uint64_t id = 100; id < 200; id++) {
        c.opened_ms = (int64_t)(1000 - id); /* the order of arrival decides, not the clock */
        connections_open(table, 7, 6, id, &c);
    }
    for (uint64_t id = 100; id < 200; id++)
        if (connections_take(table, 7, 6, id, &out)) {
            assert_true(out.opened_ms == (int64_t)(1000 - id));
            assert_true(id >= 196);
            known++;
        }
    assert_int_equal(known, 4);
    connections_free(table);
}

/* As many open connections as the table has entries, of several devices, ids in a row each. */
static void holds_what_it_was_made_for(void **state)
{
    (void)state;
    enum { DEVICES = 8, EACH = 4000 };
    struct connections *table = connections_new(DEVICES * EACH * CONNECTIONS_SET_BYTES);
    struct connection out, c = {.opened_ms = 0, .second_opened = false};
    unsigned lost = 0;

    for (uint64_t id = 0; id < EACH; id++)
        for (uint64_t device = 0; device < DEVICES; device++) {
            c.second_opened = (id ^ device) & 1;
            connections_open(table, device * UINT64_C(0x123456789abcdef1), 6, id + 77, &c);
        }
    for (uint64_t id = 0; id < EACH; id++)
        for (uint64_t device = 0; device < DEVICES; device++) {
            if (!connections_take(table, device * UINT64_C(0x123456789abcdef1), 6, id + 77, &out))
                lost++;
            else
                assert_int_equal(out.second_opened, (id ^ device) & 1);
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
        cmocka_unit_test(holds_what_it_was_made_for),
    };
    return cmocka_run_group_tests_name("connections", tests, NULL, NULL);
}
