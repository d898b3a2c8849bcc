/* parapet check: loads everything that a start would load, opens nothing, and says what is wrong. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "server/command.h"
#include "server/forward/sink.h"
#include "server/ingest/listen.h"
#include "server/load.h"

static void print_complaint(void *context, const char *sentence)
{
    unsigned *errors = context;
    fprintf(stderr, "%s\n", sentence);
    ++*errors;
}

static void print_receivers(const struct forward_settings *f)
{
    printf("%s", sink_name(f->protocol));
    if (f->receiver_count == 0)
        printf(" %s:%u", f->host, (unsigned)f->port);
    for (size_t i = 0; i < f->receiver_count; i++)
        printf("%s %s:%u",
               i == 0                      ? ""
               : f->share == SHARE_BALANCE ? " and"
                                           : ", else",
               f->receivers[i].host, (unsigned)f->receivers[i].port);
}

static void print_outputs(const struct settings *s)
{
    for (size_t i = 0; i < s->forward_count; i++) {
        const struct forward_settings *f = &s->forward[i];
        printf("  forwards %s to ",
               f->show_events ? f->show_alerts ? "events and alerts" : "events" : "alerts");
        if (f->protocol == FORWARD_FILE)
            printf("%s", strcmp(f->path, "-") == 0 ? "standard output" : f->path);
        else
            print_receivers(f);
        printf(" (%s)\n", f->name);
    }
}

static void print_certificates(const struct rules *rules)
{
    const struct settings *s = rules->settings;
    char text[TLS_FINGERPRINT_TEXT];
    for (size_t i = 0; i < s->listen_count; i++)
        if (rules->listen_tls[i])
            printf("  shows senders on port %u the certificate %s\n", (unsigned)s->listen[i].port,
                   tls_context_fingerprint(rules->listen_tls[i], text));
    for (size_t i = 0; i < s->forward_count; i++)
        if (rules->forward_tls[i] && s->forward[i].tls.certificate)
            printf("  shows %s the certificate %s\n", s->forward[i].name,
                   tls_context_fingerprint(rules->forward_tls[i], text));
}

static void print_summary(const char *name, const struct rules *rules)
{
    const struct settings *s = rules->settings;
    printf("%s: ok\n  %u worker%s;", name, s->workers, s->workers == 1 ? "" : "s");
    for (size_t i = 0; i < s->listen_count; i++)
        printf("%s %s %s:%u", i ? "," : " listens on", listen_name(s->listen[i].protocol),
               s->listen[i].address, (unsigned)s->listen[i].port);
    printf("\n  takes messages from %zu network%s; knows %zu device%s\n", s->allow.count,
           s->allow.count == 1 ? "" : "s", s->device_count, s->device_count == 1 ? "" : "s");
    print_certificates(rules);
    printf("  %u of %zu detectors in force\n", rules->detector_count, s->detector_count);
    print_outputs(s);
}

static int check_run(int argc, char **argv)
{
    const char *file = NULL;
    unsigned errors = 0;
    opterr = 0;
    for (int option; (option = getopt(argc, argv, "c:")) != -1;) {
        if (option != 'c') {
            fprintf(stderr, "parapet check: unknown option, or one without its value: %s\n",
                    argv[optind - 1]);
            return EXIT_USAGE;
        }
        file = optarg;
    }
    if (optind < argc) {
        fprintf(stderr, "parapet check: the file goes behind -c: parapet check -c %s\n",
                argv[optind]);
        return EXIT_USAGE;
    }
    struct config *config;
    file = load_file(file);
    struct rules *rules = load_whole(file, print_complaint, &errors, &config);
    bool whole = rules && !rules->wrong_detectors;
    if (whole)
        print_summary(file ? file : "built-in configuration", rules);
    else
        fprintf(stderr, "%u error%s\n", errors, errors == 1 ? "" : "s");
    int code = whole ? EXIT_DONE : EXIT_USAGE;
    rules_free(rules);
    config_free(config);
    return code;
}

const struct command command_check = {
    .name = "check",
    .usage = "[-c FILE]",
    .summary = "say what is wrong with a configuration, with file, line and column",
    .options =
        "  -c FILE  configuration; without it /etc/parapet/parapet.yaml or the built-in one\n",
    .run = check_run,
};
