/* One command of the program: a file cmd_<name>.c that ends in its description, a row of main.c. */
#pragma once

enum exit_code { EXIT_DONE = 0, EXIT_USAGE = 1, EXIT_INPUT = 2 };

struct command {
    const char *name;
    const char *usage;   /* what follows the name: "[-c FILE] FILE|- ..." */
    const char *summary; /* one line of --help */
    const char *options; /* further lines of `parapet NAME --help`; NULL when there are none */
    int (*run)(int argc, char **argv); /* argv[0] is the command's name; returns an exit_code */
};
