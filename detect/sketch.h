/*
 * How many distinct values there were, about (HyperLogLog, Flajolet and others 2007, with linear
 * counting while registers are empty): 3 % off with 1,024 registers of a byte. The sum that the
 * estimate needs is kept up to date, so asking after every value costs nothing.
 */
#pragma once

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#define SKETCH_REGISTERS 1024

struct sketch {
    uint64_t sum; /* of 2^(32 - register) */
    uint32_t empty;
    uint8_t registers[SKETCH_REGISTERS];
};

static inline void sketch_begin(struct sketch *s)
{
    *s = (struct sketch){.sum = (uint64_t)SKETCH_REGISTERS << 32, .empty = SKETCH_REGISTERS};
}

/* True when the estimate has changed. */
static inline bool sketch_add(struct sketch *s, uint64_t key)
{
    uint64_t x = key + UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    x ^= x >> 31;
    uint8_t *reg = &s->registers[x % SKETCH_REGISTERS];
    uint8_t rank = (uint8_t)(__builtin_ctzll(x >> 10 | UINT64_C(1) << 31) + 1);
    if (rank <= *reg)
        return false;
    s->empty -= *reg == 0;
    s->sum -= (UINT64_C(1) << 32) >> *reg;
    s->sum += (UINT64_C(1) << 32) >> rank;
    *reg = rank;
    return true;
}

static inline uint64_t sketch_estimate(const struct sketch *s)
{
    double m = SKETCH_REGISTERS, estimate = 0.7213 / (1 + 1.079 / m) * m * m * 4294967296.0;
    estimate /= (double)s->sum;
    if (estimate <= 2.5 * m && s->empty)
        estimate = m * log(m / s->empty);
    return (uint64_t)(estimate + 0.5);
}
