/*
 * Functions for machines with AVX2 and what came with it, beside the ones for every machine, where
 * that was measured to pay. They may be called where wide_here() is true.
 */
#pragma once

#include <stdbool.h>

#ifdef __x86_64__
#include <immintrin.h>

#define WIDE __attribute__((target("avx2,bmi,bmi2,popcnt")))

static inline bool wide_here(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
}
#else
static inline bool wide_here(void)
{
    return false;
}
#endif
