/*
 * Loads the configuration: a file or the built-in default, the built-in detector files and those in
 * `detectors: directories`. Whatever is wrong becomes a sentence with file, line, column and key;
 * everything is looked at, so that one run shows all that is wrong.
 */
#pragma once

#include "config/settings.h"

/* Receives one complaint, without a line end: "parapet.yaml:12:9: forward[0].port: expected ...". */
typedef void (*on_complaint)(void *context, const char *sentence);

struct config;

/*
 * `path` NULL: the built-in default. complaints > 0 means the settings must not be used; NULL, with
 * one complaint: no memory. Wrong detector files are complained about, too, and left out: they are
 * counted in settings->wrong_detectors alone. A file that a key names is looked for relative to the
 * configuration's own folder.
 */
struct config *config_load(const char *path, on_complaint complain, void *context,
                           unsigned *complaints);

/* The same from memory; `name` is what complaints call it. For tests, fuzzing and checks. */
struct config *config_load_text(const char *name, const char *text, size_t len,
                                on_complaint complain, void *context, unsigned *complaints);
void config_free(struct config *config);
const struct settings *config_settings(const struct config *config);

/*
 * For the server, which knows the names: complains about the value at a key path of the
 * configuration ("devices[1].parser") or, with `detector` not NULL, of that detector's file
 * ("where.class[0]"), with its position. `known` (NULL-terminated, may be NULL) adds the nearest
 * known name and, when there are few, all of them.
 */
void config_complain(struct config *config, const struct detector_settings *detector,
                     const char *key, const char *value, const char *expected,
                     const char *const *known);

/* Writes the place of a key path, "parapet.yaml:12:9: forward[0].port: ", cut to fit. */
void config_place(const struct config *config, const char *key, char *out, size_t size);

/* The nearest of the known names by edit distance, NULL when none is near. */
const char *config_nearest(const char *word, const char *const *known);

/* Files carried inside the binary: config/parapet.yaml and config/detectors/, by make. */
struct embedded_file {
    const char *name; /* "parapet.yaml", "detectors/internal_port_scan.yaml" */
    const char *text;
    size_t len;
};
extern const struct embedded_file embedded_files[]; /* the last has a NULL name */
