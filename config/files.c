/* Files of the configuration: read whole, at start-up, within bounds. */
#include "config/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *error_text(struct arena *arena)
{
    const char *text = strerror(errno);
    return arena_text(arena, text, strlen(text));
}

static const char *too_long(struct arena *arena, size_t limit)
{
    char text[64];
    int len = snprintf(text, sizeof(text), "longer than %zu bytes", limit);
    return arena_text(arena, text, (size_t)len);
}

static const char *read_all(struct arena *arena, int fd, size_t limit, size_t *len,
                            const char **why)
{
    struct stat status;
    if (fstat(fd, &status) != 0) {
        *why = error_text(arena);
        return NULL;
    }
    if (!S_ISREG(status.st_mode)) {
        *why = S_ISDIR(status.st_mode) ? "a folder, not a file" : "not a regular file";
        return NULL;
    }
    if (status.st_size < 0 || (uintmax_t)status.st_size > limit) {
        *why = too_long(arena, limit);
        return NULL;
    }
    /* Not by st_size alone: it may grow meanwhile, and files in /proc have none. */
    size_t room = status.st_size ? (size_t)status.st_size : limit;
    char *text = arena_alloc(arena, room + 1);
    *len = 0;
    while (*len < room) {
        ssize_t n = read(fd, text + *len, room - *len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            *why = error_text(arena);
            return NULL;
        }
        if (n == 0)
            break;
        *len += (size_t)n;
    }
    return text;
}

const char *files_read(struct arena *arena, const char *path, size_t limit, size_t *len,
                       const char **why)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        *why = error_text(arena);
        return NULL;
    }
    const char *text = read_all(arena, fd, limit, len, why);
    close(fd);
    return text;
}

const char *files_beside(struct arena *arena, const char *beside, const char *name)
{
    const char *slash = strrchr(beside, '/');
    size_t folder = slash && name[0] != '/' ? (size_t)(slash - beside) + 1 : 0;
    char *path = arena_alloc(arena, folder + strlen(name) + 1);
    memcpy(path, beside, folder);
    strcpy(path + folder, name);
    return path;
}

static int by_name(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

const char **files_list(struct arena *arena, const char *folder, const char *ending,
                        const char **why)
{
    DIR *dir = opendir(folder);
    if (!dir) {
        *why = error_text(arena);
        return NULL;
    }
    const char **names = arena_array(arena, FILES_MAX + 1, sizeof(*names));
    size_t count = 0;
    struct dirent *entry;
    while (count < FILES_MAX && (entry = readdir(dir))) {
        size_t len = strlen(entry->d_name);
        if (entry->d_name[0] != '.' && len > strlen(ending) &&
            strcmp(entry->d_name + len - strlen(ending), ending) == 0)
            names[count++] = arena_text(arena, entry->d_name, len);
    }
    closedir(dir);
    qsort(names, count, sizeof(*names), by_name);
    return names;
}
