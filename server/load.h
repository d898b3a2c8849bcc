/* Configuration to rules for every command: says on standard error what is wrong with it. */
#pragma once

#include "server/rules.h"

#define DEFAULT_CONFIG "/etc/parapet/parapet.yaml"

/*
 * `file` NULL: DEFAULT_CONFIG if there is one, else the built-in configuration. `default_zone` NULL:
 * UTC. Returns NULL after the complaints; *config is then NULL too. The caller frees both, the rules
 * first.
 */
struct rules *load_rules(const char *file, const char *default_zone, struct config **config);
