/* The files behind `lists:`, and the lists that are always there. */
#pragma once

#include "config/document.h"

/* Adds what the lists' files hold to their entries; they lie beside the configuration. */
void lists_read(struct complaints *complaints, const char *config_path, const struct node *root,
                struct settings *settings);

/* Adds, empty, the lists that the shipped detectors name and the configuration does not. */
void lists_complete(struct arena *arena, struct settings *settings);
