/* Loading the configuration, the same way for every command. */
#include "server/load.h"

#include <stdio.h>
#include <unistd.h>

static void print_complaint(void *context, const char *sentence)
{
    (void)context;
    fprintf(stderr, "%s\n", sentence);
}

const char *load_file(const char *file)
{
    return !file && access(DEFAULT_CONFIG, F_OK) == 0 ? DEFAULT_CONFIG : file;
}

struct rules *load_checked(const char *file, const char *default_zone, on_complaint complain,
                           void *context, struct config **config)
{
    unsigned complaints = 0;
    *config = config_load(file, complain, context, &complaints);
    struct rules *rules = complaints == 0 ? rules_new(*config, default_zone) : NULL;
    if (!rules) {
        config_free(*config);
        *config = NULL;
    }
    return rules;
}

struct rules *load_whole(const char *file, on_complaint complain, void *context,
                         struct config **config)
{
    struct rules *rules = load_checked(file, NULL, complain, context, config);
    if (!rules || rules_open_tls(rules))
        return rules;
    rules_free(rules);
    config_free(*config);
    *config = NULL;
    return NULL;
}

struct rules *load_rules(const char *file, const char *default_zone, struct config **config)
{
    file = load_file(file);
    struct rules *rules = load_checked(file, default_zone, print_complaint, NULL, config);
    if (!rules)
        fprintf(stderr, "parapet: %s cannot be used; nothing was started\n",
                file ? file : "the built-in configuration");
    else if (rules->wrong_detectors)
        fprintf(stderr, LOAD_LEFT_OUT, rules->wrong_detectors);
    return rules;
}
