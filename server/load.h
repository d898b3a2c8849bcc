/* Configuration to rules for every command, and what is wrong with it. */
#pragma once

#include "server/rules.h"

#define DEFAULT_CONFIG "/etc/parapet/parapet.yaml"
#define LOAD_LEFT_OUT  "parapet: %u wrong detectors are left out; the others are in force\n"

/* `file`, or without one: DEFAULT_CONFIG if there is such a file, else NULL, the built-in configuration. */
const char *load_file(const char *file);

/* `file` as load_file says it; `default_zone` NULL: UTC. Returns NULL after the complaints; *config is
 * then NULL too. Wrong detectors are complained about and left out: rules->wrong_detectors. The caller
 * frees both, the rules first. */
struct rules *load_checked(const char *file, const char *default_zone, on_complaint complain,
                           void *context, struct config **config);

/* The same with everything that a running server needs besides: certificates and keys. */
struct rules *load_whole(const char *file, on_complaint complain, void *context,
                         struct config **config);

/* load_checked for a command that cannot go on without: complains on standard error. `file` may be NULL. */
struct rules *load_rules(const char *file, const char *default_zone, struct config **config);
