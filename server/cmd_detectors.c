/* parapet detectors: those that were read, in columns; or everything about one. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "server/command.h"
#include "server/load.h"
#include "server/words.h"

static void print_row(const struct settings *settings, const struct detector_settings *d)
{
    char window[WORDS_MAX];
    printf("%-34s %-3s  %-11s %9" PRIu64 "  %-7s %-9s %s\n", d->name,
           rules_enabled(settings, d) ? "on" : "off", d->type, d->gte,
           words_duration(window, d->timespan_ms), d->severity, d->title);
}

static void print_text(const char *label, const char *text)
{
    if (text && *text)
        printf("%-14s %s\n", label, text);
}

static void print_list(const char *label, const struct text_list *list)
{
    if (list->count == 0)
        return;
    printf("%-14s ", label);
    for (size_t i = 0; i < list->count; i++)
        printf("%s%s", i ? ", " : "", list->items[i]);
    putchar('\n');
}

static void print_ports(const char *label, const struct port_ranges *ports)
{
    if (ports->count == 0)
        return;
    printf("%-14s ", label);
    for (size_t i = 0; i < ports->count; i++) {
        printf("%s%u", i ? ", " : "", (unsigned)ports->items[i].first);
        if (ports->items[i].last != ports->items[i].first)
            printf("-%u", (unsigned)ports->items[i].last);
    }
    putchar('\n');
}

static void print_predicate(const struct predicate_settings *p)
{
    print_list("  class", &p->class);
    print_list("  protocol", &p->protocol);
    print_list("  evidence", &p->evidence);
    print_list("  action", &p->action);
    print_list("  category", &p->category);
    print_list("  device", &p->device);
    print_list("  event_id", &p->event_id);
    print_list("  parser", &p->parser);
    print_list("  vendor", &p->vendor);
    if (p->min_severity)
        printf("%-14s %u\n", "  min_severity", p->min_severity);
    print_list("  listed", &p->listed);
    print_list("  not_listed", &p->not_listed);
    if (p->listed.count || p->not_listed.count)
        print_text("  listed_side", p->listed_side);
    print_list("  src_network", &p->src_network);
    print_list("  dst_network", &p->dst_network);
    print_list("  not_src_network", &p->not_src_network);
    print_list("  not_dst_network", &p->not_dst_network);
    print_ports("  icmp_type", &p->icmp_type);
    print_ports("  dst_port", &p->dst_port);
    print_ports("  not_dst_port", &p->not_dst_port);
    print_ports("  src_port", &p->src_port);
    print_ports("  not_src_port", &p->not_src_port);
    if (p->answered)
        print_text("  answered", "yes");
    if (p->no_parent)
        print_text("  no_parent", "yes");
    if (p->not_reversed)
        print_text("  not_reversed", "yes");
}

static void print_conditions(const struct detector_settings *d)
{
    char text[WORDS_MAX];
    print_list("after", &d->after);
    puts("where");
    print_predicate(&d->where);
    print_list("group_by", &d->group_by);
    print_text("counts", d->counted);
    printf("%-14s %" PRIu64 " in %s\n", "threshold", d->gte, words_duration(text, d->timespan_ms));
    for (size_t i = 0; i < d->tier_count; i++)
        printf("%-14s %" PRIu64 ": %s\n", "tier", d->tiers[i].gte, d->tiers[i].severity);
    if (d->has_also) {
        printf("also           %" PRIu64 ", where\n", d->also_gte);
        print_predicate(&d->also_where);
    }
}

static void print_one(const struct settings *settings, const struct detector_settings *d)
{
    char text[WORDS_MAX];
    printf("%s: %s\n", d->name, d->title);
    print_text("file", d->file);
    print_text("in force", rules_enabled(settings, d) ? "yes" : "no");
    print_text("type", d->type);
    print_conditions(d);
    print_text("suppress", words_duration(text, d->suppress_ms));
    print_text("suppress_max", words_duration(text, d->suppress_max_ms));
    print_text("update", words_duration(text, d->update_interval_ms));
    print_text("severity", d->severity);
    printf("%-14s %u\n", "score", d->score);
    print_list("entities", &d->entities);
    print_list("techniques", &d->techniques);
    print_list("tactics", &d->tactics);
    print_text("summary", d->summary);
    print_text("explanation", d->explanation);
    print_text("next steps", d->next_steps);
}

static int print_named(const struct settings *settings, const char *name)
{
    const char *names[256] = {NULL};
    for (size_t i = 0; i < settings->detector_count; i++) {
        if (strcmp(settings->detectors[i].name, name) == 0) {
            print_one(settings, &settings->detectors[i]);
            return EXIT_DONE;
        }
        if (i < sizeof(names) / sizeof(names[0]) - 1)
            names[i] = settings->detectors[i].name;
    }
    const char *nearest = config_nearest(name, names);
    fprintf(stderr, "parapet detectors: no detector \"%s\"%s%s%s\n", name,
            nearest ? ", the nearest is \"" : "", nearest ? nearest : "", nearest ? "\"" : "");
    return EXIT_USAGE;
}

static int detectors_run(int argc, char **argv)
{
    const char *file = NULL;
    struct config *config;
    int code = EXIT_DONE;
    opterr = 0;
    for (int option; (option = getopt(argc, argv, "c:")) != -1;) {
        if (option != 'c') {
            fprintf(stderr, "parapet detectors: unknown option, or one without its value: %s\n",
                    argv[optind - 1]);
            return EXIT_USAGE;
        }
        file = optarg;
    }
    struct rules *rules = load_rules(file, NULL, &config);
    if (!rules)
        return EXIT_USAGE;
    const struct settings *settings = rules->settings;
    if (optind < argc) {
        code = print_named(settings, argv[optind]);
    } else {
        printf("%-34s %-3s  %-11s %9s  %-7s %-9s %s\n", "NAME", "", "TYPE", "THRESHOLD", "WINDOW",
               "SEVERITY", "TITLE");
        for (size_t i = 0; i < settings->detector_count; i++)
            print_row(settings, &settings->detectors[i]);
    }
    rules_free(rules);
    config_free(config);
    return code;
}

const struct command command_detectors = {
    .name = "detectors",
    .usage = "[-c FILE] [NAME]",
    .summary = "the detectors that were read; everything about one",
    .options =
        "  -c FILE  configuration; without it /etc/parapet/parapet.yaml or the built-in one\n",
    .run = detectors_run,
};
