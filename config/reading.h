/*
 * One configuration being read, and what stays of it: the settings, and the documents, so that the
 * server's own complaints find their places.
 */
#pragma once

#include "config/complaints.h"
#include "config/document.h"
#include "config/schema.h"

struct detector_file {
    const char *name; /* the file's, without .yaml */
    const struct node *root;
    struct detector_settings settings;
    bool usable; /* false: complained about */
    struct detector_file *next;
};

struct config {
    struct arena *arena;
    struct complaints complaints;
    const struct node *root;
    struct settings settings;
    struct detector_file *detectors; /* all that were looked at, by name, each name once */
    unsigned about_detectors;        /* of the complaints: these cost a detector, no more */
    on_complaint complain;
    void *context;
};

/* A document through all stages into a struct; NULL when there is no mapping to begin with. */
const struct node *reading_fill(struct config *config, const struct source *source,
                                const char *text, size_t len, const struct row *rows, void *base);

/* The settings without any detector; false when nothing of them could be had. */
bool reading_settings(struct config *config, const struct source *source, const char *text,
                      size_t len);

/* The detectors inside the program, then those in the folders of the settings. */
void detector_files_read(struct config *config, const char *config_path);

/* The names of all detectors that were looked at, NULL-terminated. */
const char *const *detector_files_names(struct config *config);

/* Into settings.detectors, sorted by name. */
void detector_files_store(struct config *config);
