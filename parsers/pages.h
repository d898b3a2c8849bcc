/*
 * Memory for the large tables that every message reads at another place: zero, aligned to a cache
 * line, and from a few MiB on in huge pages, where the system has them, so that a look-up does not
 * have to walk page tables first. What nobody has touched takes no memory; what is, by 2 MiB.
 */
#pragma once

#include <stddef.h>

/* NULL: there is none. */
void *pages_new(size_t bytes);
/* Has the system give memory for all of it at once, which costs a fifth of one page after the other as
 * they are written to. Memory of any kind; what is in it stays. */
void pages_take(void *memory, size_t bytes);
/* `bytes` as they were asked for; NULL is fine. */
void pages_free(void *memory, size_t bytes);
