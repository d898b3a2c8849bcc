/*
 * parapet serve: opens the outputs, then the sockets, then starts the workers; the main loop keeps
 * signals, the outputs' transports and the detectors' clock. At SIGTERM the workers take what the
 * kernel holds and end, the outputs send what waits, and the counters are printed.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "server/command.h"
#include "server/ingest/ingest.h"
#include "server/serve.h"

#define FLUSH_AT_EXIT_MS 5000
#define TICK_MS          1000
#define LAST_WORDS_MS    1000 /* standard error may take its time for the last counters */

/* ---- the end ---- */

void serve_output_closed(struct server *server)
{
    if (--server->outputs_open || !server->stopping)
        return;
    uv_close((uv_handle_t *)&server->sigterm, NULL);
    uv_close((uv_handle_t *)&server->sigint, NULL);
    uv_close((uv_handle_t *)&server->sigusr1, NULL);
    uv_close((uv_handle_t *)&server->sighup, NULL);
    uv_close((uv_handle_t *)&server->tick, NULL);
}

static void on_output_closed(void *context)
{
    struct opened_output *output = context;
    serve_output_closed(output->server);
}

void serve_stop(struct server *server)
{
    struct opening *now = &server->now;
    server->stopping = true;
    for (unsigned i = 0; i < server->worker_count; i++)
        worker_stop(server->workers[i]);
    for (unsigned i = 0; i < server->worker_count; i++)
        worker_join(server->workers[i], &server->ended);
    server->worker_count = 0;
    reload_stop(server->reload);
    outputs_flush(&now->alerts);
    state_close(now->state);
    dead_letters_close(now->dead_letters);
    server->outputs_open++; /* there may be none at all */
    for (size_t i = 0; now->outputs && i < now->settings->forward_count; i++)
        sink_close(now->sinks[i], FLUSH_AT_EXIT_MS, on_output_closed, now->outputs[i]);
    serve_output_closed(server);
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

/* SIGHUP is also what the kernel sends when the terminal that it was started from is closed: then it
 * ends, as every program does that was left in the foreground. */
static bool terminal_is_gone(void)
{
    struct pollfd terminal = {.fd = STDIN_FILENO};
    return poll(&terminal, 1, 0) == 1 && terminal.revents & POLLHUP;
}

static void on_reload_signal(uv_signal_t *handle, int number)
{
    struct server *server = handle->data;
    (void)number;
    if (server->stopping)
        return;
    if (server->has_terminal && terminal_is_gone())
        serve_stop(server);
    else
        reload_ask(server->reload);
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
    struct opening *now = &server->now;
    struct pipeline_output output = outputs_callbacks(&now->alerts);
    opening_reap(server);
    if (server->stopping || reload_is_holding(server->reload))
        return;
    detect_tick(now->detection, ingest_now_ms(), output.alert, output.context);
    outputs_flush(&now->alerts);
    state_tick(now->state, ingest_now_ms());
}

static void start_clock_and_signals(struct server *server)
{
    uv_signal_t *signals[] = {&server->sigterm, &server->sigint, &server->sigusr1, &server->sighup};
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        uv_signal_init(&server->loop, signals[i]);
        signals[i]->data = server;
    }
    uv_signal_start(&server->sigterm, on_end_signal, SIGTERM);
    uv_signal_start(&server->sigint, on_end_signal, SIGINT);
    uv_signal_start(&server->sigusr1, on_print_signal, SIGUSR1);
    uv_signal_start(&server->sighup, on_reload_signal, SIGHUP);
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

static bool start_workers(struct server *server)
{
    unsigned count = server->now.settings->workers;
    server->workers = calloc(count, sizeof(*server->workers));
    for (unsigned w = 0; server->workers && w < count; w++) {
        server->workers[w] = worker_start(&server->now.plans[w]);
        if (!server->workers[w])
            break;
        server->worker_count++;
    }
    if (server->worker_count == count)
        return true;
    fprintf(stderr, "parapet serve: not enough memory for worker %u\n", server->worker_count + 1);
    return false;
}

/* Whatever fails has said so. */
static bool start(struct server *server, struct basis *basis)
{
    struct opening opening, none;
    if (!opening_open(&opening, server, basis, reload_answer, server->reload))
        return false;
    opening_commit(&opening, server, &none);
    opening_release(&none, server);
    return start_workers(server);
}

/* Runs until a signal ends it. */
static int run_server(struct server *server, struct basis *basis)
{
    hold_standard_descriptors();
    raise_descriptor_limit();
    signal(SIGPIPE, SIG_IGN);
    server->has_terminal = isatty(STDIN_FILENO);
    uv_loop_init(&server->loop);
    server->reload = reload_new(server);
    if (!server->reload) {
        fprintf(stderr, "parapet serve: not enough memory\n");
        return EXIT_USAGE;
    }
    start_clock_and_signals(server);
    bool started = start(server, basis);
    if (started)
        opening_print(&server->now);
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
    opening_end(server);
    reload_free(server->reload);
    free(server->workers);
}

static int serve_run(int argc, char **argv)
{
    static struct server server;
    opterr = 0;
    for (int option; (option = getopt(argc, argv, "c:")) != -1;) {
        if (option != 'c') {
            fprintf(stderr, "parapet serve: unknown option, or one without its value: %s\n",
                    argv[optind - 1]);
            return EXIT_USAGE;
        }
        server.file = optarg;
    }
    if (optind < argc) {
        fprintf(stderr, "parapet serve: the file goes behind -c: parapet serve -c %s\n",
                argv[optind]);
        return EXIT_USAGE;
    }
    const char *file = load_file(server.file);
    struct basis *basis = basis_load(file);
    if (!basis) {
        fprintf(stderr, "parapet: %s cannot be used; nothing was started\n",
                file ? file : "the built-in configuration");
        return EXIT_USAGE;
    }
    if (basis->rules->wrong_detectors)
        fprintf(stderr, LOAD_LEFT_OUT, basis->rules->wrong_detectors);
    int code = run_server(&server, basis);
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
        "  SIGHUP reads the configuration anew: it is put in force as a whole, without a message\n"
        "  or a connection being lost, or it is said what is wrong with it and nothing changes.\n"
        "  SIGUSR1 prints the counters on standard error, SIGTERM and SIGINT end it: what was\n"
        "  received is forwarded first, and the counters printed.\n",
    .run = serve_run,
};
