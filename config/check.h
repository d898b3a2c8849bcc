/* What a schema cannot say: keys that depend on each other, names that must differ. */
#pragma once

#include "config/document.h"

/* Also sets the defaults that depend on other keys. */
void check_settings(struct complaints *complaints, const struct node *root,
                    struct settings *settings);

/* `name`: the file's, without .yaml. */
void check_detector(struct complaints *complaints, const struct node *root, const char *name,
                    struct detector_settings *detector);

/* `names`: detectors that were found, NULL-terminated. */
void check_detector_names(struct complaints *complaints, const struct node *root,
                          const struct settings *settings, const char *const *names);
