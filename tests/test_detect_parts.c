/* The small parts that the engine stands on: SipHash, the pool of blocks, the sketch. */
#include "detect/pool.h"
#include "detect/siphash.h"
#include "detect/sketch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

/* Vectors of the reference implementation: key 00..0f, input 00..(n-1). */
static void siphash_vectors(void **state)
{
    static const struct {
        size_t len;
        uint64_t hash;
    } rows[] = {
        {0, UINT64_C(0x726fdb47dd0e0e31)},  {1, UINT64_C(0x74f839c593dc67fd)},
        {2, UINT64_C(0x0d6c8009d9a94f5a)},  {3, UINT64_C(0x85676696d7fb7e2d)},
        {7, UINT64_C(0xab0200f58b01d137)},  {8, UINT64_C(0x93f5f5799a932462)},
        {15, UINT64_C(0xa129ca6149be45e5)},
    };
    uint8_t key[16], input[16];
    (void)state;
    for (uint8_t i = 0; i < 16; i++)
        key[i] = input[i] = i;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t *exact = malloc(rows[i].len ? rows[i].len : 1);
        memcpy(exact, input, rows[i].len);
        assert_true(siphash_bytes(siphash_key(key), exact, rows[i].len, 2, 4) == rows[i].hash);
        free(exact);
    }
}

static uint64_t seed = 3;
static uint64_t next(void)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return seed >> 33;
}

enum { UNITS = 1000, HELD = 300, TURNS = 3 };

struct held {
    uint32_t unit;
    unsigned order;
    bool is_taken;
};

static void give(struct pool *pool, struct held *held, unsigned char mark)
{
    const unsigned char *block = pool_at(pool, held->unit);
    for (uint32_t u = held->unit; u < held->unit + (1u << held->order); u++) {
        uint32_t first;
        unsigned order;
        assert_true(pool_block_of(pool, u, &first, &order));
        assert_true(first == held->unit && order == held->order);
    }
    for (size_t i = 0; i < (size_t)POOL_UNIT << held->order; i++)
        assert_int_equal(block[i], mark);
    pool_give(pool, held->unit, held->order);
    held->is_taken = false;
}

static void take(struct pool *pool, struct held *held, unsigned char mark)
{
    held->order = (unsigned)(next() % 6);
    held->unit = pool_take(pool, held->order);
    held->is_taken = held->unit != POOL_NONE;
    if (!held->is_taken)
        return;
    assert_in_range(held->unit + (1u << held->order), 1, UNITS);
    memset(pool_at(pool, held->unit), mark, (size_t)POOL_UNIT << held->order);
}

/* Blocks at random of pools that take turns; none may overlap another, and all must come together again
 * in the end. */
static void pool_blocks(void **state)
{
    (void)state;
    struct pool pools[TURNS];
    void *memory = aligned_alloc(64, pool_bytes(UNITS, POOL_ORDERS - 1, TURNS));
    uint8_t *states = calloc(TURNS, UNITS);
    struct held held[HELD] = {{0}};
    for (uint32_t turn = 0; turn < TURNS; turn++)
        pool_init(&pools[turn], memory, states + turn * UNITS, UNITS, POOL_ORDERS - 1, TURNS, turn);
    for (int step = 0; step < 200000; step++) {
        unsigned i = (unsigned)(next() % HELD);
        struct pool *pool = &pools[i % TURNS];
        if (held[i].is_taken)
            give(pool, &held[i], (unsigned char)i);
        else
            take(pool, &held[i], (unsigned char)i);
    }
    for (unsigned i = 0; i < HELD; i++)
        if (held[i].is_taken)
            give(&pools[i % TURNS], &held[i], (unsigned char)i);
    for (uint32_t turn = 0; turn < TURNS; turn++) {
        assert_int_equal(pools[turn].used, 0);
        assert_true(pool_take(&pools[turn], 8) != POOL_NONE); /* 256 of the 1,000, in one piece */
    }
    free(memory);
    free(states);
}

static void sketch_is_about_right(void **state)
{
    static struct sketch s;
    (void)state;
    sketch_begin(&s);
    assert_int_equal(sketch_estimate(&s), 0);
    for (uint64_t n = 1; n <= 2000000; n++) {
        sketch_add(&s, n * 65537);
        sketch_add(&s, n * 65537);
        if (n == 20 || n == 200 || n == 2000 || n == 5000 || n == 20000 || n == 200000 ||
            n == 2000000)
            assert_in_range(sketch_estimate(&s), n * 90 / 100, n * 110 / 100);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(siphash_vectors),
        cmocka_unit_test(pool_blocks),
        cmocka_unit_test(sketch_is_about_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
