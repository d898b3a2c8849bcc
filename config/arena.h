/* Memory that is given back all at once: everything one configuration holds lives in one arena. */
#pragma once

#include <stddef.h>

struct arena;

/* These never return NULL: without memory for its settings the program cannot start, and aborts. */
struct arena *arena_new(void);
void *arena_alloc(struct arena *arena, size_t size); /* zeroed, aligned for anything */
void *arena_array(struct arena *arena, size_t count, size_t size);
char *arena_text(struct arena *arena, const char *text, size_t len); /* a copy, ended by NUL */
void arena_free(struct arena *arena);
