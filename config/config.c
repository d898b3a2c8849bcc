/*
 * A configuration from its text to the settings: read (document.c), compared with the schema
 * (shape.c), loaded (loader.c), converted (fill.c), checked (check.c); the same for each detector
 * file. Complaints are gathered on the way and told at the end, sorted.
 */
#include "config/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/check.h"
#include "config/files.h"
#include "config/fill.h"
#include "config/lists.h"
#include "config/reading.h"
#include "config/shape.h"

#define DEFAULT_FILE "parapet.yaml" /* of the embedded files */
#define KNOWN_SHOWN  16             /* more known names than these are not listed */

const struct node *reading_fill(struct config *config, const struct source *source,
                                const char *text, size_t len, const struct row *rows, void *base)
{
    struct complaints *complaints = &config->complaints;
    struct node *root = document_read(complaints, source, text, len);
    struct loaded *loaded;
    if (!root)
        return NULL;
    shape_check(complaints, root, rows);
    if (root->wrong || complaints_full(complaints))
        return NULL;
    const struct slot *slots = loader_read(complaints, root, rows, &loaded);
    if (slots)
        fill_struct(complaints, root, rows, slots, base);
    loader_free(loaded);
    return slots ? root : NULL;
}

static struct config *config_new(struct arena *arena, on_complaint complain_to, void *context)
{
    struct config *config = arena_alloc(arena, sizeof(*config));
    config->arena = config->complaints.arena = arena;
    config->complain = complain_to;
    config->context = context;
    return config;
}

static void complete_path(struct config *config, const struct source *source, const char **path)
{
    if (*path)
        *path = files_beside(config->arena, source->name, *path);
}

static void complete_tls_paths(struct config *config, const struct source *source,
                               struct tls_settings *tls)
{
    complete_path(config, source, &tls->certificate);
    complete_path(config, source, &tls->key);
    complete_path(config, source, &tls->ca);
}

bool reading_settings(struct config *config, const struct source *source, const char *text,
                      size_t len)
{
    struct complaints *complaints = &config->complaints;
    struct settings *settings = &config->settings;
    config->root = reading_fill(config, source, text, len, schema_settings, settings);
    if (!config->root)
        return false;
    check_settings(complaints, config->root, settings);
    complete_path(config, source, &settings->state_directory);
    complete_path(config, source, &settings->dead_letters.path);
    for (size_t i = 0; i < settings->listen_count; i++)
        complete_tls_paths(config, source, &settings->listen[i].tls);
    for (size_t i = 0; i < settings->forward_count; i++)
        complete_tls_paths(config, source, &settings->forward[i].tls);
    for (size_t i = 0; i < settings->forward_count; i++)
        complete_path(config, source, &settings->forward[i].spool.directory);
    lists_read(complaints, source->name, config->root, settings);
    lists_complete(config->arena, settings);
    return true;
}

static void read_config(struct config *config, const struct source *source, const char *text,
                        size_t len)
{
    if (!reading_settings(config, source, text, len))
        return;
    detector_files_read(config, source->name);
    check_detector_names(&config->complaints, config->root, &config->settings,
                         detector_files_names(config));
    detector_files_store(config);
}

static struct config *finish(struct config *config, unsigned *complaints)
{
    complaints_deliver(&config->complaints, config->complain, config->context);
    if (complaints)
        *complaints = config->complaints.total - config->about_detectors;
    return config;
}

/* A text, or the file of that name. */
static void read_source(struct config *config, const char *name, const char *text, size_t len)
{
    const struct source *source = complaints_source(&config->complaints, name);
    const char *why;
    if (!text)
        text = files_read(config->arena, name, DOCUMENT_BYTES_MAX, &len, &why);
    if (text)
        read_config(config, source, text, len);
    else
        complain(&config->complaints, (struct place){source, 0, 0}, NULL, "cannot be read: %s",
                 why);
}

/* Without memory everything is dropped but what libraries were just at work with, which is lost. */
static struct config *load(const char *name, const char *text, size_t len, on_complaint complain_to,
                           void *context, unsigned *complaints)
{
    jmp_buf no_memory;
    struct arena *arena = arena_new(&no_memory);
    if (!arena || setjmp(no_memory)) {
        arena_free(arena);
        if (complain_to)
            complain_to(context, "there is no memory for the configuration");
        if (complaints)
            *complaints = 1;
        return NULL;
    }
    struct config *config = config_new(arena, complain_to, context);
    read_source(config, name, text, len);
    return finish(config, complaints);
}

struct config *config_load_text(const char *name, const char *text, size_t len,
                                on_complaint complain_to, void *context, unsigned *complaints)
{
    return load(name, text, len, complain_to, context, complaints);
}

struct config *config_load(const char *path, on_complaint complain_to, void *context,
                           unsigned *complaints)
{
    const struct embedded_file *f = embedded_files;
    if (path)
        return load(path, NULL, 0, complain_to, context, complaints);
    while (f->name && strcmp(f->name, DEFAULT_FILE) != 0)
        f++;
    return load("built-in:" DEFAULT_FILE, f->name ? f->text : "", f->len, complain_to, context,
                complaints);
}

void config_free(struct config *config)
{
    if (config)
        arena_free(config->arena);
}

const struct settings *config_settings(const struct config *config)
{
    return &config->settings;
}

static const struct node *root_of(const struct config *config,
                                  const struct detector_settings *detector)
{
    if (!detector)
        return config->root;
    for (const struct detector_file *f = config->detectors; f; f = f->next)
        if (f->usable && strcmp(f->name, detector->name) == 0)
            return f->root;
    return NULL;
}

/* "; did you mean "asa"? Known are asa, panos": what of it there is. */
static void append_known(char *out, size_t size, const char *value, const char *const *known)
{
    const char *nearest = value ? config_nearest(value, known) : NULL;
    size_t count = 0, len = 0;
    out[0] = '\0';
    if (nearest)
        len += (size_t)snprintf(out, size, "; did you mean \"%s\"?", nearest);
    while (known && known[count])
        count++;
    if (count == 0 || count > KNOWN_SHOWN)
        return;
    for (size_t i = 0; i < count && len < size; i++)
        len += (size_t)snprintf(out + len, size - len, "%s%s",
                                i         ? ", "
                                : nearest ? " Known are "
                                          : "; known are ",
                                known[i]);
}

void config_place(const struct config *config, const char *key, char *out, size_t size)
{
    out[0] = '\0';
    if (config->root)
        complaints_head(out, size, document_find(config->root, key)->place, key);
}

void config_complain(struct config *config, const struct detector_settings *detector,
                     const char *key, const char *value, const char *expected,
                     const char *const *known)
{
    const struct node *root = root_of(config, detector);
    char text[1024], quoted[QUOTED_MAX], names[512];
    size_t len = 0;
    if (root)
        len = complaints_head(text, sizeof(text), document_find(root, key)->place, key);
    append_known(names, sizeof(names), value, known);
    snprintf(text + len, sizeof(text) - len, "expected %s%s%s%s", expected, value ? ", not " : "",
             value ? complaints_quote(quoted, value) : "", names);
    complaints_flatten(text);
    if (config->complain)
        config->complain(config->context, text);
}
