/* What a configuration opens: outputs, listening sockets, the detectors' state, workers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/ingest/listen.h"
#include "server/ops/log.h"
#include "server/serve.h"

/* ---- outputs ---- */

/* Without any output that still takes something there is nothing left to do. */
static void on_room(void *context)
{
    struct server *server = context;
    bool alive = false;
    for (unsigned i = 0; i < server->worker_count; i++)
        worker_room(server->workers[i]);
    for (size_t i = 0; i < server->sink_count; i++)
        alive |= sink_gone(server->sinks[i]) == NULL;
    if (!alive && !server->stopping)
        serve_stop(server);
}

static bool open_sinks(struct server *server)
{
    const struct settings *settings = server->settings;
    server->sinks = calloc(settings->forward_count + 1, sizeof(*server->sinks));
    if (!server->sinks)
        return false;
    for (size_t i = 0; i < settings->forward_count; i++) {
        const char *error;
        int code = sink_open(&server->sinks[i], &server->loop, &settings->forward[i], on_room,
                             server, &error);
        if (code < 0) {
            char key[64], sentence[256];
            bool file = settings->forward[i].protocol == FORWARD_FILE;
            snprintf(key, sizeof(key), "forward[%zu]%s", i, file ? ".path" : "");
            snprintf(sentence, sizeof(sentence), "an output that can be opened: %s: %s", error,
                     uv_strerror(code));
            config_complain(server->config, NULL, key, NULL, sentence, NULL);
            return false;
        }
        if (server->rules->forward_tls[i])
            sink_use_tls(server->sinks[i], server->rules->forward_tls[i]);
        server->sink_count++;
    }
    return outputs_init(&server->outputs, server->rules, server->sinks, NULL, NULL) == 0;
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
             listen_name(l->protocol), address ? "address" : "port",
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
                                   .dead_letters = server->dead_letters,
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

static bool open_dead_letters(struct server *server)
{
    const struct dead_letter_settings *s = &server->settings->dead_letters;
    if (s->to == DEAD_LETTERS_TO_OUTPUTS)
        return true;
    int code = dead_letters_open(&server->dead_letters, s->path, s->size, s->files,
                                 s->to == DEAD_LETTERS_TO_FILE);
    if (code < 0) {
        char sentence[128];
        snprintf(sentence, sizeof(sentence), "a file that can be written (%s)",
                 code == UV_EBUSY    ? "another process writes it"
                 : code == UV_EINVAL ? "it is no file"
                                     : uv_strerror(code));
        config_complain(server->config, NULL, "dead-letters.path", s->path, sentence, NULL);
    }
    return code == 0;
}

void serve_print_ready(const struct server *server)
{
    const struct settings *s = server->settings;
    const struct listen_settings *plain = s->listen, *end = s->listen + s->listen_count;
    while (plain < end && plain->protocol == LISTEN_TLS)
        plain++;
    fprintf(stderr, "listening on ");
    for (size_t i = 0; i < s->listen_count; i++)
        fprintf(stderr, "%s%s %s:%u",
                i == 0                     ? ""
                : i + 1 == s->listen_count ? " and "
                                           : ", ",
                listen_name(s->listen[i].protocol), s->listen[i].address,
                (unsigned)s->listen[i].port);
    if (s->listen_count == 0)
        fprintf(stderr, "nothing");
    else if (plain < end)
        fprintf(stderr, " - try: nc %s-w1 127.0.0.1 %u < samples/asa/deny.log",
                plain->protocol == LISTEN_UDP ? "-u " : "", (unsigned)plain->port);
    fputc('\n', stderr);
}

bool serve_open(struct server *server)
{
    return rules_open_tls(server->rules) && open_sinks(server) && open_sockets(server) &&
           open_state(server) && open_dead_letters(server) && start_workers(server);
}
