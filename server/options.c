/* Options that several commands share, read and complained about in one way. */
#include "server/options.h"

#include <stdio.h>
#include <time.h>

#include "parsers/text/timestamp.h"
#include "server/command.h"

void options_init(struct options *o, const char *command, const char *usage)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    *o = (struct options){.command = command, .usage = usage};
    o->now_ms = now.tv_sec * 1000 + now.tv_nsec / 1000000;
    opterr = 0; /* getopt's own sentences are not ours */
}

int options_complain(const struct options *o, const char *what, const char *value)
{
    fprintf(stderr, "parapet %s: %s%s%s\n%s", o->command, what, value ? ": " : "",
            value ? value : "", o->usage);
    return EXIT_USAGE;
}

static bool read_time(const char *text, int64_t *ms)
{
    struct cursor c = cursor_over(slice(text));
    return (timestamp_iso(&c, NULL, ms) || timestamp_epoch(&c, ms)) && cursor_at_end(&c);
}

bool options_take(struct options *o, int option, char **argv)
{
    switch (option) {
    case 'c':
        o->config_file = optarg;
        return true;
    case 'p':
        o->parser_name = optarg;
        return true;
    case 'z':
        o->timezone = optarg;
        return true;
    case 'n':
        if (read_time(optarg, &o->now_ms))
            return true;
        options_complain(o, "--now is a time like 2026-11-21T08:56:00Z", optarg);
        return false;
    default:
        options_complain(o, "unknown option, or one without its value", argv[optind - 1]);
        return false;
    }
}

bool options_open(struct options *o)
{
    o->rules = load_rules(o->config_file, o->timezone, &o->config);
    if (!o->rules)
        return false;
    o->device = o->rules->devices[o->rules->settings->device_count];
    if (!o->parser_name || (o->device.parser = parser_named(slice(o->parser_name))))
        return true;
    fprintf(stderr, "parapet %s: no parser %s; there are:", o->command, o->parser_name);
    for (const struct parser *const *p = parsers; *p; p++)
        fprintf(stderr, " %s", (*p)->name.ptr);
    fputc('\n', stderr);
    return false;
}

void options_close(struct options *o)
{
    rules_free(o->rules);
    config_free(o->config);
    o->rules = NULL;
    o->config = NULL;
}
