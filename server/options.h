/*
 * The options of the commands that read lines by hand: -c, --parser, --now and --timezone, and the
 * rules and the device they make.
 */
#pragma once

#include <getopt.h>

#include "server/load.h"

struct options {
    const char *command; /* for complaints */
    const char *usage;   /* the command's options, printed after a complaint */
    const char *config_file, *parser_name, *timezone;
    int64_t now_ms;
    struct config *config;
    struct rules *rules;
    struct device device; /* of every line */
};

/* Their rows of a command's getopt_long table; the short ones are OPTIONS_SHORT. */
#define OPTIONS_SHORT "c:"
#define OPTIONS_LONG                                                                               \
    {"parser", required_argument, NULL, 'p'}, {"now", required_argument, NULL, 'n'},               \
    {                                                                                              \
        "timezone", required_argument, NULL, 'z'                                                   \
    }

/* Their lines of a command's help. */
#define OPTIONS_TEXT                                                                               \
    "  -c FILE             configuration; without it " DEFAULT_CONFIG " or the built-in one\n"     \
    "  --parser NAME       read every line with this parser\n"                                     \
    "  --now TIME          when the lines arrived: completes stamps without a year (RFC 3339)\n"   \
    "  --timezone ZONE     of stamps without one (IANA name, default UTC)\n"

/* Nothing chosen yet; the time is the clock's. */
void options_init(struct options *o, const char *command, const char *usage);

/* What getopt_long returned, when it is none of the command's own. False after a complaint. */
bool options_take(struct options *o, int option, char **argv);

/* "parapet COMMAND: what: value", then the usage. Returns EXIT_USAGE. */
int options_complain(const struct options *o, const char *what, const char *value);

/* Loads rules and device. False after a complaint; options_close in any case. */
bool options_open(struct options *o);
void options_close(struct options *o);
