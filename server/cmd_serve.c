/*
 * parapet serve: opens the outputs, then the sockets, then starts the workers; the main loop keeps
 * signals, the outputs' transports and the detectors' clock. At SIGTERM the workers take what the
 * kernel holds and end, the outputs send what waits, and the counters are printed.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "server/command.h"
#include "server/ingest/ingest.h"
#include "server/load.h"
#include "server/serve.h"

#define FLUSH_AT_EXIT_MS 5000
#define TICK_MS          1000
#define LAST_WORDS_MS    1000 /* standard error may take its time for the last counters */

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

void serve_stop(struct server *server)
{
    server->stopping = true;
    for (unsigned i = 0; i < server->worker_count; i++)
        worker_stop(server->workers[i]);
    for (unsigned i = 0; i < server->worker_count; i++)
        worker_join(server->workers[i], &server->ended);
    server->worker_count = 0;
    outputs_flush(&server->outputs);
    state_close(server->state);
    dead_letters_close(server->dead_letters);
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
        serve_stop(server);
}

static void on_print_signal(uv_signal_t *handle, int number)
{
    (void)number;
    serve_print_counters(handle->data, 0);
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
    bool started = serve_open(server);
    if (started)
        serve_print_ready(server);
    else
        serve_stop(server);
    uv_run(&server->loop, UV_RUN_DEFAULT);
    if (started)
        serve_print_counters(server, LAST_WORDS_MS);
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
    dead_letters_free(server->dead_letters);
    detection_free(server->detection);
    rules_free(server->rules);
    config_free(server->config);
    free(server->sinks);
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
