/*
 * Detector files: those carried inside the program, then those in `detectors: directories`, where
 * the same name replaces. A wrong file is left out; the others are not the worse for it.
 */
#include <stdio.h>
#include <string.h>

#include "config/check.h"
#include "config/files.h"
#include "config/reading.h"

#define ENDING ".yaml"
#define FOLDER "detectors/" /* of the embedded files */

/* The place of a name in the sorted list: the file with this name, or where it belongs. */
static struct detector_file **find(struct config *config, const char *name)
{
    struct detector_file **at = &config->detectors;
    while (*at && strcmp((*at)->name, name) < 0)
        at = &(*at)->next;
    return at;
}

/* A wrong file costs its detector, and nothing else. */
static void leave_out(struct config *config, unsigned complaints_before)
{
    config->settings.wrong_detectors++;
    config->about_detectors += config->complaints.total - complaints_before;
}

static void read_text(struct config *config, const char *file, const char *name, const char *text,
                      size_t len)
{
    struct complaints *complaints = &config->complaints;
    unsigned before = complaints->total;
    struct detector_file *detector = arena_alloc(config->arena, sizeof(*detector));
    const struct source *source = complaints_source(complaints, file);
    detector->name = name;
    detector->root = reading_fill(config, source, text, len, schema_detector, &detector->settings);
    detector->settings.file = source->name;
    if (detector->root)
        check_detector(complaints, detector->root, name, &detector->settings);
    detector->usable = detector->root && complaints->total == before;
    if (!detector->usable)
        leave_out(config, before);

    struct detector_file **at = find(config, name);
    bool replaces = *at && strcmp((*at)->name, name) == 0;
    if (replaces && !detector->usable)
        return;
    detector->next = replaces ? (*at)->next : *at;
    *at = detector;
}

static const char *base_name(struct arena *arena, const char *file)
{
    return arena_text(arena, file, strlen(file) - strlen(ENDING));
}

static void read_embedded(struct config *config)
{
    for (const struct embedded_file *f = embedded_files; f->name; f++) {
        if (strncmp(f->name, FOLDER, strlen(FOLDER)) != 0)
            continue;
        const char *name = f->name + strlen(FOLDER);
        char file[256];
        snprintf(file, sizeof(file), "built-in:%s", name);
        read_text(config, file, base_name(config->arena, name), f->text, f->len);
    }
}

static void read_file(struct config *config, const char *folder, const char *name)
{
    struct arena *arena = config->arena;
    size_t folder_len = strlen(folder), len;
    const char *why;
    char *path = arena_alloc(arena, folder_len + strlen(name) + 2);
    memcpy(path, folder, folder_len);
    path[folder_len] = '/';
    strcpy(path + folder_len + 1, name);
    const char *text = files_read(arena, path, DOCUMENT_BYTES_MAX, &len, &why);
    if (text) {
        read_text(config, path, base_name(arena, name), text, len);
        return;
    }
    complain(&config->complaints,
             (struct place){complaints_source(&config->complaints, path), 0, 0}, NULL,
             "cannot be read: %s", why);
    leave_out(config, config->complaints.total - 1);
}

static void read_folder(struct config *config, const char *config_path, const struct node *node)
{
    const char *why, *folder = files_beside(config->arena, config_path, node->text);
    const char **names = files_list(config->arena, folder, ENDING, &why);
    if (!names) {
        char path[PATH_MAX_LEN];
        complain(&config->complaints, node->place, document_path(path, node),
                 "expected a folder of detector files: %s: %s", folder, why);
        return;
    }
    for (; *names && !complaints_full(&config->complaints); names++)
        read_file(config, folder, *names);
}

void detector_files_read(struct config *config, const char *config_path)
{
    read_embedded(config);
    const struct node *detectors = document_child(config->root, "detectors");
    const struct node *folders = document_child(detectors, "directories");
    if (!folders || folders->wrong || detectors->wrong)
        return;
    for (struct node *f = document_right(folders->first); f; f = document_right(f->next))
        read_folder(config, config_path, f);
}

static size_t count_files(const struct config *config)
{
    size_t count = 0;
    for (const struct detector_file *f = config->detectors; f; f = f->next)
        count++;
    return count;
}

const char *const *detector_files_names(struct config *config)
{
    const char **names = arena_array(config->arena, count_files(config) + 1, sizeof(*names));
    size_t count = 0;
    for (const struct detector_file *f = config->detectors; f; f = f->next)
        names[count++] = f->name;
    return names;
}

void detector_files_store(struct config *config)
{
    struct settings *settings = &config->settings;
    settings->detectors =
        arena_array(config->arena, count_files(config), sizeof(*settings->detectors));
    for (const struct detector_file *f = config->detectors; f; f = f->next)
        if (f->usable)
            settings->detectors[settings->detector_count++] = f->settings;
}
