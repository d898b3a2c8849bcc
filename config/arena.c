/*
 * Blocks of memory in a list, each filled from its front. Settings are built once and dropped as a
 * whole, so nothing is ever given back singly.
 */
#include "config/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES ((size_t)16 * 1024)

struct block {
    struct block *next;
    size_t used, size;
    _Alignas(max_align_t) char bytes[];
};

struct arena {
    struct block *blocks;
    jmp_buf *no_memory;
    struct arena *parent, *child;
};

struct arena *arena_new(jmp_buf *no_memory)
{
    struct arena *arena = calloc(1, sizeof(*arena));
    if (arena)
        arena->no_memory = no_memory;
    return arena;
}

struct arena *arena_within(struct arena *parent)
{
    struct arena *arena = arena_new(parent->no_memory);
    if (!arena)
        arena_give_up(parent);
    arena->parent = parent;
    return parent->child = arena;
}

_Noreturn void arena_give_up(struct arena *arena)
{
    longjmp(*arena->no_memory, 1);
}

void *arena_alloc(struct arena *arena, size_t size)
{
    const size_t align = _Alignof(max_align_t);
    if (size > SIZE_MAX / 2)
        arena_give_up(arena);
    size = (size + align - 1) / align * align;
    struct block *block = arena->blocks;
    if (!block || block->size - block->used < size) {
        size_t room = size > BLOCK_BYTES ? size : BLOCK_BYTES;
        block = calloc(1, sizeof(*block) + room);
        if (!block)
            arena_give_up(arena);
        block->size = room;
        block->next = arena->blocks;
        arena->blocks = block;
    }
    void *at = block->bytes + block->used;
    block->used += size;
    return at;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / 2 / size)
        arena_give_up(arena);
    return arena_alloc(arena, count * size);
}

char *arena_text(struct arena *arena, const char *text, size_t len)
{
    char *copy = arena_alloc(arena, len + 1);
    if (len)
        memcpy(copy, text, len);
    return copy;
}

void arena_free(struct arena *arena)
{
    if (!arena)
        return;
    arena_free(arena->child);
    if (arena->parent)
        arena->parent->child = NULL;
    while (arena->blocks) {
        struct block *block = arena->blocks;
        arena->blocks = block->next;
        free(block);
    }
    free(arena);
}
