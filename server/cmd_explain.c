/* parapet explain: messages taken apart for a person, each by itself but in their order. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "server/command.h"
#include "server/explain_page.h"
#include "server/options.h"

struct explain {
    struct options options;
    struct detection *detection;
    struct pipeline pipeline;
    struct sender sender;
    struct page page;
};

static bool explain_message(struct explain *e, const char *line, size_t len)
{
    size_t max = e->options.rules->settings->max_message_size;
    struct page *page = &e->page;
    page->message = slice_make(line, len > max ? max : len);
    pipeline_parse(&e->pipeline, &e->sender, page->message, e->options.now_ms, len > max,
                   &page->parsed);
    if (explain_page(page))
        return true;
    fprintf(stderr, "parapet explain: not enough memory for a message of %zu bytes\n", len);
    return false;
}

static int explain_input(struct explain *e)
{
    char *line = NULL;
    size_t room = 0, number = 0;
    ssize_t len;
    bool done = true;
    while (done && (len = getline(&line, &room, stdin)) >= 0) {
        while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == '\r'))
            len--;
        if (number++)
            paper_line(&e->page.paper);
        done = explain_message(e, line, (size_t)len);
    }
    free(line);
    if (ferror(stdin))
        fprintf(stderr, "parapet explain: standard input: %s\n", strerror(errno));
    return done && !ferror(stdin) ? EXIT_DONE : EXIT_INPUT;
}

static const char options_text[] = OPTIONS_TEXT
    "  --fields            the fields of a record and what they mean, instead of a message\n"
    "  LINE                a message; - or none reads them from standard input, one a line\n";

static void explain_fields(const struct paper *paper)
{
    for (unsigned f = 0; f < FIELD_COUNT; f++) {
        paper_cell(paper, INK_BOLD, slice(record_fields[f].name), 17);
        paper_wrapped(paper, INK_PLAIN, slice(record_fields[f].meaning), 17);
        putchar('\n');
    }
}

static int explain_lines(struct explain *e, int argc, char **argv)
{
    struct pipeline_output nobody = {0};
    if (!options_open(&e->options))
        return EXIT_USAGE;
    e->detection = rules_detection(e->options.rules);
    if (!e->detection || pipeline_init(&e->pipeline, e->options.rules, e->detection, &nobody) < 0) {
        fprintf(stderr, "parapet explain: not enough memory for the tables of `memory:`\n");
        return EXIT_USAGE;
    }
    e->pipeline.replay = true;
    e->sender.device = &e->options.device;
    e->page.rules = e->options.rules;
    e->page.detection = e->detection;
    e->page.sender = &e->sender;
    e->page.timezone = e->options.timezone;
    e->page.pinned = e->options.parser_name;
    e->page.arrival_ms = e->options.now_ms;
    if (optind == argc || strcmp(argv[optind], "-") == 0)
        return explain_input(e);
    return explain_message(e, argv[optind], strlen(argv[optind])) ? EXIT_DONE : EXIT_INPUT;
}

static int explain_run(int argc, char **argv)
{
    static const struct option long_options[] = {
        OPTIONS_LONG, {"fields", no_argument, NULL, 'F'}, {NULL, 0, NULL, 0}};
    static struct explain e; /* large, and one is enough for a process */
    bool fields = false;
    options_init(&e.options, "explain", options_text);
    paper_init(&e.page.paper);
    for (int option; (option = getopt_long(argc, argv, OPTIONS_SHORT, long_options, NULL)) != -1;) {
        if (option == 'F')
            fields = true;
        else if (!options_take(&e.options, option, argv))
            return EXIT_USAGE;
    }
    if (argc - optind > 1)
        return options_complain(&e.options, "one message at a time, in quotes", argv[optind + 1]);
    int code = EXIT_DONE;
    if (fields)
        explain_fields(&e.page.paper);
    else
        code = explain_lines(&e, argc, argv);
    pipeline_close(&e.pipeline);
    detection_free(e.detection);
    options_close(&e.options);
    return code;
}

const struct command command_explain = {
    .name = "explain",
    .usage = "[options] [LINE|-]",
    .summary = "one message taken apart: every value and where it stands",
    .options = options_text,
    .run = explain_run,
};
