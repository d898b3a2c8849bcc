/*
 * Memory that is given back all at once: everything one configuration holds lives in one arena. No call
 * returns NULL: when there is no memory, arena_give_up leaves by longjmp for where the arena was made,
 * and all that it holds is dropped there.
 */
#pragma once

#include <setjmp.h>
#include <stddef.h>

struct arena;

/* NULL: no memory. `no_memory` is set by the caller, and must be for as long as the arena grows. */
struct arena *arena_new(jmp_buf *no_memory);

/* One that goes with another: freed before it or with it; one at a time. */
struct arena *arena_within(struct arena *arena);

void *arena_alloc(struct arena *arena, size_t size); /* zeroed, aligned for anything */
void *arena_array(struct arena *arena, size_t count, size_t size);
char *arena_text(struct arena *arena, const char *text, size_t len); /* a copy, ended by NUL */
_Noreturn void arena_give_up(struct arena *arena);
void arena_free(struct arena *arena); /* NULL is nothing */
