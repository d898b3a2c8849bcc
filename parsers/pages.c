/* A mapping begins at any page, a huge page at multiples of its size: more is mapped, and what lies
 * before and behind is given back. */
#include "parsers/pages.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define HUGE_PAGE  ((size_t)2 << 20)
#define PAGE       ((size_t)4 << 10)
#define CACHE_LINE 64

static size_t rounded(size_t bytes, size_t to)
{
    return (bytes + to - 1) / to * to;
}

static bool is_large(size_t bytes)
{
    return bytes >= 2 * HUGE_PAGE;
}

static void *map(size_t bytes)
{
    size_t mapped = bytes + HUGE_PAGE;
    char *all = mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (all == MAP_FAILED)
        return NULL;
    size_t before = rounded((uintptr_t)all, HUGE_PAGE) - (uintptr_t)all;
    if (before)
        munmap(all, before);
    if (before < HUGE_PAGE)
        munmap(all + before + bytes, HUGE_PAGE - before);
    madvise(all + before, bytes, MADV_HUGEPAGE); /* refused, small ones do */
    return all + before;
}

void *pages_new(size_t bytes)
{
    if (is_large(bytes))
        return map(rounded(bytes, HUGE_PAGE));
    size_t size = rounded(bytes, CACHE_LINE);
    void *memory = aligned_alloc(CACHE_LINE, size);
    if (memory)
        memset(memory, 0, size);
    return memory;
}

void pages_take(void *memory, size_t bytes)
{
#ifdef MADV_POPULATE_WRITE
    uintptr_t begin = rounded((uintptr_t)memory, PAGE), end = (uintptr_t)memory + bytes;
    if (end - end % PAGE > begin)
        madvise((char *)memory + (begin - (uintptr_t)memory), end - end % PAGE - begin,
                MADV_POPULATE_WRITE); /* refused, they come one by one */
#else
    (void)memory;
    (void)bytes;
#endif
}

void pages_free(void *memory, size_t bytes)
{
    if (memory && is_large(bytes))
        munmap(memory, rounded(bytes, HUGE_PAGE));
    else
        free(memory);
}
