/*
 * Eight hashes that share a cache line, compared at once. A mask has two bits of a place: bit 2 n
 * for place n.
 */
#pragma once

#include <stdint.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* The places of the bucket that hold that hash; 0: the free ones. `hashes` is aligned to 64. */
static inline uint32_t bucket_matching(const uint64_t *hashes, uint64_t hash)
{
#ifdef __SSE2__
    const __m128i *pair = (const __m128i *)(const void *)hashes;
    __m128i wanted = _mm_set1_epi64x((long long)hash);
    __m128i low = _mm_packs_epi32(_mm_cmpeq_epi32(_mm_load_si128(&pair[0]), wanted),
                                  _mm_cmpeq_epi32(_mm_load_si128(&pair[1]), wanted));
    __m128i high = _mm_packs_epi32(_mm_cmpeq_epi32(_mm_load_si128(&pair[2]), wanted),
                                   _mm_cmpeq_epi32(_mm_load_si128(&pair[3]), wanted));
    uint32_t halves = (uint32_t)_mm_movemask_epi8(_mm_packs_epi16(low, high));
    return halves & halves >> 1 & 0x5555;
#else
    uint32_t mask = 0;
    for (unsigned i = 0; i < 8; i++)
        mask |= (uint32_t)(hashes[i] == hash) << 2 * i;
    return mask;
#endif
}

/* The first place of a mask that is not empty. */
static inline uint32_t bucket_place(uint32_t mask)
{
    return (uint32_t)__builtin_ctz(mask) / 2;
}

/* How many places a mask has. */
static inline unsigned bucket_count(uint32_t mask)
{
    mask = (mask & 0x1111) + (mask >> 2 & 0x1111);
    return (mask * 0x1111) >> 12 & 15;
}
