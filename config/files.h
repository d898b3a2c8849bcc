/* Reading whole files, and where they are looked for. */
#pragma once

#include "config/document.h"

/*
 * The whole of a regular file of at most `limit` bytes, in the complaints' arena. NULL: it cannot
 * be had; *why then says so. Never blocks on pipes or devices.
 */
const char *files_read(struct arena *arena, const char *path, size_t limit, size_t *len,
                       const char **why);

/* `name` as seen from the folder of the file `beside`. */
const char *files_beside(struct arena *arena, const char *beside, const char *name);

/*
 * The names in a folder that end so, sorted, NULL-terminated; at most FILES_MAX of them. NULL: it
 * cannot be read; *why says so.
 */
#define FILES_MAX 1000
const char **files_list(struct arena *arena, const char *folder, const char *ending,
                        const char **why);
