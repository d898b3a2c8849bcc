/*
 * Functions for machines with AVX2 and what came with it, beside the ones for every machine, where
 * that was measured to pay. They may be called where wide_here() is true. NARROW: there are none of
 * them, which is how tests see the others where they would never run.
 */
#pragma once

#include <stdbool.h>

#if defined(__x86_64__) && !defined(NARROW)
#include <immintrin.h>

#define WIDE __attribute__((target("avx2,bmi,bmi2,popcnt")))

/* Machines that have these have the other two. */
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
