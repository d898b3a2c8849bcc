/*
 * The file of dead letters: bounded, rotated, written by a thread of its own, so that no worker ever
 * waits for a disk. What does not fit between the two is dropped and counted.
 */
#pragma once

#include "server/forward/dead_letter.h"

#define DEAD_LETTERS_ROOM                                                                          \
    (4 * 1024 * 1024) /* bytes that wait for the disk, and as many under way */

struct dead_letters;

/* At every moment offered = dead_lettered + queued + dropped. */
struct dead_letter_counters {
#define DEAD_LETTER_COUNTER(name, meaning) uint64_t name;
#include "server/counters.h"
#undef DEAD_LETTER_COUNTER
};

/*
 * `size`: bytes at which the file becomes path.1, path.1 path.2 and so on, until
 * there are `files`. `divert`: the outputs do not get what stands there. 0, or a negative libuv code: UV_EBUSY when another process has the file.
 */
int dead_letters_open(struct dead_letters **letters, const char *path, uint64_t size,
                      unsigned files, bool divert);

/* The same with other settings from now on, but for the path. */
void dead_letters_change(struct dead_letters *letters, uint64_t size, unsigned files, bool divert);

/* From any thread: takes a copy, or drops it. Never waits for the disk. */
void dead_letters_add(struct dead_letters *letters, const struct dead_letter *letter);

bool dead_letters_divert(const struct dead_letters *letters);

struct dead_letter_counters dead_letters_counters(struct dead_letters *letters);
void dead_letter_counters_add(struct dead_letter_counters *total,
                              const struct dead_letter_counters *more);

/* Nobody adds any more: writes what waits, once, and ends the thread. The counters remain until
 * dead_letters_free. Both take NULL. */
void dead_letters_close(struct dead_letters *letters);
void dead_letters_free(struct dead_letters *letters);
