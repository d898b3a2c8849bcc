/*
 * parapet serve: opens the outputs, then the sockets, then starts the workers; the main loop keeps
 * signals, the outputs' transports and the detectors' clock. At SIGTERM the workers take what the
 * kernel holds and end, the outputs send what waits, and the counters are printed.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "server/command.h"
#include "server/forward/outputs.h"
#include "server/ingest/ingest.h"
#include "server/ingest/listen.h"
#include "server/load.h"
#include "server/ops/log.h"
#include "server/ops/state.h"
#include "server/worker.h"

#define FLUSH_AT_EXIT_MS 5000
#define TICK_MS          1000
#define LAST_WORDS_MS    1000 /* standard error may take its time for the last counters */

struct server;

/* What a sink's callbacks are given. */
struct place {
    struct server *server;
    size_t index;
};

struct server {
    struct config *config;
    struct rules *rules;
    const struct settings *settings;
    struct detection *detection;
    struct state *state; /* NULL: none is kept */
    uv_loop_t loop;
    uv_signal_t sigterm, sigint, sigusr1;
    uv_timer_t tick;
    struct sink **sinks;
    struct place *places;
    size_t sink_count, sinks_open;
    struct worker **workers;
    unsigned worker_count;
    struct counters ended;  /* of workers that are no more */
    struct outputs outputs; /* for alerts that the clock brings */
    atomic_uint connections;
    int *fds; /* [worker][listen] */
    bool stopping;
};

/* ---- counters ---- */

static void print_row(FILE *to, const char *name, uint64_t value, const char *meaning)
{
    fprintf(to, "  %-22s %12" PRIu64 "  %s\n", name, value, meaning);
}

static void print_output(FILE *to, const char *name, const struct output_counters *c)
{
    fprintf(to, "output %s\n", name);
#define OUTPUT_COUNTER(name, meaning) print_row(to, #name, c->name, meaning);
#include "server/counters.h"
#undef OUTPUT_COUNTER
}

static void print_detection(FILE *to, const struct detect_counters *d)
{
    fprintf(to, "detection\n");
    print_row(to, "observed", d->observed, "records that some detector counted");
    print_row(to, "alerts_start", d->alerts[ALERT_START], "episodes that began");
    print_row(to, "alerts_ongoing", d->alerts[ALERT_ONGOING], "reports on those that went on");
    print_row(to, "alerts_end", d->alerts[ALERT_END], "episodes that ended");
    print_row(to, "suppressed", d->suppressed, "starts within the quiet time of another");
    print_row(to, "groups", d->groups, "groups that are counted now");
    print_row(to, "evicted_groups", d->evicted_groups, "groups pushed out by newer ones");
    print_row(to, "refused_pairs", d->refused_pairs, "pairs beyond what one source may hold");
    print_row(to, "evicted_values", d->evicted_values, "values that found no room");
    print_row(to, "evicted_episodes", d->evicted_episodes,
              "alerts whose news and end are not told, for want of memory");
    print_row(to, "late", d->late, "records too late to be counted exactly");
    print_row(to, "storms", d->storms, "alerts that a storm replaced");
}

static void print_state(FILE *to, const struct state_counters *s)
{
    fprintf(to, "state\n");
    print_row(to, "snapshots", s->snapshots, "times the detectors' state was written");
    print_row(to, "failures", s->failures, "times it could not be");
    print_row(to, "bytes", s->bytes, "of the file now");
    print_row(to, "restored_groups", s->restored_groups, "groups that the start brought back");
    print_row(to, "outdated_groups", s->outdated_groups, "left out: their detectors changed");
}

static void print_counters(struct server *server, int patience_ms)
{
    struct counters total = server->ended;
    char *text = NULL;
    size_t len;
    FILE *to = open_memstream(&text, &len);
    if (!to)
        return;
    for (unsigned i = 0; i < server->worker_count; i++)
        worker_count(server->workers[i], &total);
    fprintf(to, "counters\n");
#define COUNTER(name, meaning) print_row(to, #name, total.name, meaning);
#include "server/counters.h"
#undef COUNTER
    for (size_t i = 0; i < server->sink_count; i++) {
        struct output_counters c = sink_counters(server->sinks[i]);
        print_output(to, server->settings->forward[i].name, &c);
    }
    struct detect_counters d = detect_counters(server->detection);
    print_detection(to, &d);
    if (server->state) {
        struct state_counters s = state_counters(server->state);
        print_state(to, &s);
    }
    if (fclose(to) == 0)
        log_text(text, len, patience_ms);
    free(text);
}

/* ---- the end ---- */

static void on_sink_closed(void *context)
{
    struct server *server = context;
    if (--server->sinks_open)
        return;
    uv_close((uv_handle_t *)&server->sigterm, NULL);
    uv_close((uv_handle_t *)&server->sigint, NULL);
    uv_close((uv_handle_t *)&server->sigusr1, NULL);
    uv_close((uv_handle_t *)&server->tick, NULL);
}

static void stop(struct server *server)
{
    server->stopping = true;
    for (unsigned i = 0; i < server->worker_count; i++)
        worker_stop(server->workers[i]);
    for (unsigned i = 0; i < server->worker_count; i++)
        worker_join(server->workers[i], &server->ended);
    server->worker_count = 0;
    outputs_flush(&server->outputs);
    state_close(server->state);
    server->sinks_open = server->sink_count + 1;
    for (size_t i = 0; i < server->sink_count; i++)
        sink_close(server->sinks[i], FLUSH_AT_EXIT_MS, on_sink_closed, server);
    on_sink_closed(server); /* there may be no sink at all */
}

/* A second signal does not wait for the outputs. */
static void on_end_signal(uv_signal_t *handle, int number)
{
    struct server *server = handle->data;
    (void)number;
    if (server->stopping)
        uv_stop(&server->loop);
    else
        stop(server);
}

static void on_print_signal(uv_signal_t *handle, int number)
{
    (void)number;
    print_counters(handle->data, 0);
}

/* ---- outputs ---- */

/* Without any output that still takes something there is nothing left to do. */
static void on_room(void *context)
{
    struct place *place = context;
    struct server *server = place->server;
    bool alive = false;
    for (unsigned i = 0; i < server->worker_count; i++)
        worker_room(server->workers[i], place->index);
    for (size_t i = 0; i < server->sink_count; i++)
        alive |= sink_gone(server->sinks[i]) == NULL;
    if (!alive && !server->stopping)
        stop(server);
}

static bool open_sinks(struct server *server)
{
    const struct settings *settings = server->settings;
    server->sinks = calloc(settings->forward_count + 1, sizeof(*server->sinks));
    server->places = calloc(settings->forward_count + 1, sizeof(*server->places));
    if (!server->sinks || !server->places)
        return false;
    for (size_t i = 0; i < settings->forward_count; i++) {
        const char *error;
        server->places[i] = (struct place){server, i};
        int code = sink_open(&server->sinks[i], &server->loop, &settings->forward[i], on_room,
                             &server->places[i], &error);
        if (code < 0) {
            char key[64], sentence[256];
            bool file = settings->forward[i].protocol == FORWARD_FILE;
            snprintf(key, sizeof(key), "forward[%zu]%s", i, file ? ".path" : "");
            snprintf(sentence, sizeof(sentence), "an output that can be opened: %s: %s", error,
                     uv_strerror(code));
            config_complain(server->config, NULL, key, NULL, sentence, NULL);
            return false;
        }
        server->sink_count++;
    }
    return outputs_init(&server->outputs, settings, server->sinks, NULL, NULL) == 0;
}

/* ---- sockets and workers ---- */

static void complain_listen(struct server *server, size_t i, int code)
{
    const struct listen_settings *l = &server->settings->listen[i];
    char key[64], value[16], sentence[256];
    bool address = code == UV_EADDRNOTAVAIL || code == UV_EINVAL;
    snprintf(key, sizeof(key), "listen[%zu].%s", i, address ? "address" : "port");
    snprintf(value, sizeof(value), "%u", (unsigned)l->port);
    snprintf(sentence, sizeof(sentence), "a %s %s that can be listened on (%s)",
             l->protocol == LISTEN_UDP ? "udp" : "tcp", address ? "address" : "port",
             code == UV_EADDRINUSE ? "another program has it" : uv_strerror(code));
    config_complain(server->config, NULL, key, address ? l->address : value, sentence, NULL);
}

static bool open_sockets(struct server *server)
{
    const struct settings *s = server->settings;
    int *fds = calloc(s->workers, sizeof(int));
    bool said = false;
    server->fds = calloc(s->workers * s->listen_count + 1, sizeof(int));
    if (!fds || !server->fds) {
        free(fds);
        return false;
    }
    for (size_t i = 0; i < s->listen_count; i++) {
        size_t granted = s->receive_buffer;
        int code = listen_open(&s->listen[i], s->workers, fds, s->receive_buffer, &granted);
        if (code < 0) {
            complain_listen(server, i, code);
            free(fds);
            return false;
        }
        for (unsigned w = 0; w < s->workers; w++)
            server->fds[w * s->listen_count + i] = fds[w];
        if (granted < s->receive_buffer && !said)
            log_say(LOG_WARNING,
                    "receive-buffer: the kernel gives %zu KiB of %zu KiB (sysctl "
                    "net.core.rmem_max); bursts may be dropped",
                    granted / 1024, s->receive_buffer / 1024);
        said |= granted < s->receive_buffer;
    }
    free(fds);
    return true;
}

static bool start_workers(struct server *server)
{
    const struct settings *s = server->settings;
    server->workers = calloc(s->workers, sizeof(*server->workers));
    if (!server->workers)
        return false;
    for (unsigned w = 0; w < s->workers; w++) {
        struct worker_plan plan = {.rules = server->rules,
                                   .detection = server->detection,
                                   .state = server->state,
                                   .sinks = server->sinks,
                                   .connections = &server->connections,
                                   .fds = server->fds + w * s->listen_count};
        server->workers[w] = worker_start(&plan);
        if (!server->workers[w]) {
            fprintf(stderr, "parapet serve: not enough memory for worker %u\n", w + 1);
            return false;
        }
        server->worker_count++;
    }
    return true;
}

static void on_alerts(void *context)
{
    state_note(context);
}

static bool open_state(struct server *server)
{
    const struct settings *s = server->settings;
    if (!s->state_directory)
        return true;
    struct state_plan plan = {.loop = &server->loop,
                              .detection = server->detection,
                              .directory = s->state_directory,
                              .interval_ms = s->state_interval_ms,
                              .memory = s->detection_memory};
    int code = state_open(&server->state, &plan);
    if (code == UV_EBUSY)
        config_complain(server->config, NULL, "state.directory", s->state_directory,
                        "a folder that no other process uses", NULL);
    else if (code < 0)
        fprintf(stderr, "parapet serve: not enough memory for state\n");
    server->outputs.on_alerts = on_alerts;
    server->outputs.alerts_context = server->state;
    return code == 0;
}

/* Ten thousand connections need more descriptors than a shell's usual 1024. */
static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur == limit.rlim_max)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static void print_ready(struct server *server)
{
    const struct settings *s = server->settings;
    fprintf(stderr, "listening on ");
    for (size_t i = 0; i < s->listen_count; i++)
        fprintf(stderr, "%s%s %s:%u",
                i == 0                     ? ""
                : i + 1 == s->listen_count ? " and "
                                           : ", ",
                s->listen[i].protocol == LISTEN_UDP ? "udp" : "tcp", s->listen[i].address,
                (unsigned)s->listen[i].port);
    if (s->listen_count == 0)
        fprintf(stderr, "nothing");
    else
        fprintf(stderr, " - try: nc %s-w1 127.0.0.1 %u < samples/asa/deny.log",
                s->listen[0].protocol == LISTEN_UDP ? "-u " : "", (unsigned)s->listen[0].port);
    fputc('\n', stderr);
}

/* ---- the command ---- */

static void on_alert_tick(uv_timer_t *timer)
{
    struct server *server = timer->data;
    struct pipeline_output output = outputs_callbacks(&server->outputs);
    detect_tick(server->detection, ingest_now_ms(), output.alert, output.context);
    outputs_flush(&server->outputs);
    state_tick(server->state, ingest_now_ms());
}

static void start_clock_and_signals(struct server *server)
{
    uv_signal_t *signals[] = {&server->sigterm, &server->sigint, &server->sigusr1};
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        uv_signal_init(&server->loop, signals[i]);
        signals[i]->data = server;
    }
    uv_signal_start(&server->sigterm, on_end_signal, SIGTERM);
    uv_signal_start(&server->sigint, on_end_signal, SIGINT);
    uv_signal_start(&server->sigusr1, on_print_signal, SIGUSR1);
    uv_timer_init(&server->loop, &server->tick);
    server->tick.data = server;
    uv_timer_start(&server->tick, on_alert_tick, TICK_MS, TICK_MS);
}

/* Where standard output is closed, the first socket must not take its place; a folder can: writing to
 * it fails. */
static void hold_standard_descriptors(void)
{
    int fd;
    do
        fd = open("/", O_RDONLY | O_DIRECTORY);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
}

/* Runs until a signal ends it. Whatever fails before has said so. */
static int run_server(struct server *server)
{
    hold_standard_descriptors();
    raise_descriptor_limit();
    signal(SIGPIPE, SIG_IGN);
    uv_loop_init(&server->loop);
    server->detection = rules_detection(server->rules);
    if (!server->detection) {
        fprintf(stderr, "parapet serve: not enough memory for memory: detection\n");
        return EXIT_USAGE;
    }
    start_clock_and_signals(server);
    bool started =
        open_sinks(server) && open_sockets(server) && open_state(server) && start_workers(server);
    if (started)
        print_ready(server);
    else
        stop(server);
    uv_run(&server->loop, UV_RUN_DEFAULT);
    if (started)
        print_counters(server, LAST_WORDS_MS);
    return started ? EXIT_DONE : EXIT_USAGE;
}

static void free_server(struct server *server)
{
    if (uv_loop_close(&server->loop) == UV_EBUSY)
        return; /* a second signal: the process ends as it is */
    for (size_t i = 0; i < server->sink_count; i++)
        sink_free(server->sinks[i]);
    outputs_close(&server->outputs);
    state_free(server->state);
    detection_free(server->detection);
    rules_free(server->rules);
    config_free(server->config);
    free(server->sinks);
    free(server->places);
    free(server->workers);
    free(server->fds);
}

static int serve_run(int argc, char **argv)
{
    static struct server server;
    const char *file = NULL;
    opterr = 0;
    for (int option; (option = getopt(argc, argv, "c:")) != -1;) {
        if (option != 'c') {
            fprintf(stderr, "parapet serve: unknown option, or one without its value: %s\n",
                    argv[optind - 1]);
            return EXIT_USAGE;
        }
        file = optarg;
    }
    if (optind < argc) {
        fprintf(stderr, "parapet serve: the file goes behind -c: parapet serve -c %s\n",
                argv[optind]);
        return EXIT_USAGE;
    }
    server.rules = load_rules(file, NULL, &server.config);
    if (!server.rules)
        return EXIT_USAGE;
    server.settings = server.rules->settings;
    int code = run_server(&server);
    free_server(&server);
    return code;
}

const struct command command_serve = {
    .name = "serve",
    .usage = "[-c FILE]",
    .summary = "receive, detect and forward",
    .options =
        "  -c FILE  configuration; without it /etc/parapet/parapet.yaml or the built-in one\n"
        "\n"
        "  SIGUSR1 prints the counters on standard error, SIGTERM and SIGINT end it: what was\n"
        "  received is forwarded first, and the counters printed.\n",
    .run = serve_run,
};
