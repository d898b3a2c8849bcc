/* The table of commands, and the help that is printed from it. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "config/config.h"
#include "server/command.h"

extern const struct command command_serve, command_check, command_replay, command_explain,
    command_detectors;

static const struct command *const commands[] = {&command_serve, &command_replay, &command_explain,
                                                 &command_check, &command_detectors};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void print_help(FILE *out)
{
    fprintf(out, "parapet " PARAPET_VERSION ": syslog of firewalls in, scans found, CEF out\n\n");
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(out, "  parapet %-10s %-22s %s\n", commands[i]->name, commands[i]->usage,
                commands[i]->summary);
    fprintf(out, "\n  parapet COMMAND --help shows a command's options\n");
}

static void print_command_help(const struct command *command)
{
    printf("parapet %s %s\n\n  %s\n", command->name, command->usage, command->summary);
    if (command->options)
        printf("\n%s", command->options);
}

static bool is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0;
}

int main(int argc, char **argv)
{
    const char *names[COMMANDS + 1] = {NULL};
    if (argc < 2) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    if (is_help(argv[1])) {
        print_help(stdout);
        return EXIT_DONE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("parapet " PARAPET_VERSION "\n");
        return EXIT_DONE;
    }
    for (size_t i = 0; i < COMMANDS; i++) {
        names[i] = commands[i]->name;
        if (strcmp(argv[1], names[i]) != 0)
            continue;
        if (argc > 2 && is_help(argv[2])) {
            print_command_help(commands[i]);
            return EXIT_DONE;
        }
        return commands[i]->run(argc - 1, argv + 1);
    }
    const char *nearest = config_nearest(argv[1], names);
    fprintf(stderr, "parapet: no command \"%s\"%s%s%s; parapet --help shows all\n", argv[1],
            nearest ? ", the nearest is \"" : "", nearest ? nearest : "", nearest ? "\"" : "");
    return EXIT_USAGE;
}
