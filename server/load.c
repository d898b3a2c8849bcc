/* Loading the configuration, the same way for every command. */
#include "server/load.h"

#include <stdio.h>
#include <unistd.h>

static void print_complaint(void *context, const char *sentence)
{
    (void)context;
    fprintf(stderr, "%s\n", sentence);
}

struct rules *load_rules(const char *file, const char *default_zone, struct config **config)
{
    unsigned complaints = 0;
    struct rules *rules = NULL;
    if (!file && access(DEFAULT_CONFIG, F_OK) == 0)
        file = DEFAULT_CONFIG;
    *config = config_load(file, print_complaint, NULL, &complaints);
    if (complaints == 0)
        rules = rules_new(*config, default_zone);
    if (!rules) {
        fprintf(stderr, "parapet: %s cannot be used; nothing was started\n",
                file ? file : "the built-in configuration");
        config_free(*config);
        *config = NULL;
    }
    return rules;
}
