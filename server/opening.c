/* What a configuration opens, and what it takes over from the one before. */
#include "server/opening.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/same.h"
#include "server/ingest/listen.h"
#include "server/opening_outputs.h"
#include "server/opening_sockets.h"
#include "server/ops/log.h"
#include "server/ops/state.h"
#include "server/serve.h"

#define PATIENCE_MS 100 /* with who reads standard error */

static void print_complaint(void *context, const char *sentence)
{
    char line[2048];
    (void)context;
    int len = snprintf(line, sizeof(line), "%s\n", sentence);
    log_text(line, (size_t)len < sizeof(line) ? (size_t)len : sizeof(line) - 1, PATIENCE_MS);
}

struct basis *basis_load(const char *file)
{
    struct basis *basis = calloc(1, sizeof(*basis));
    if (!basis)
        return NULL;
    basis->users = 1;
    basis->rules = load_whole(file, print_complaint, NULL, &basis->config);
    if (basis->rules)
        return basis;
    free(basis);
    return NULL;
}

void basis_release(struct basis *basis)
{
    if (!basis || --basis->users)
        return;
    rules_free(basis->rules);
    config_free(basis->config);
    free(basis);
}

struct basis *basis_share(struct basis *basis)
{
    basis->users++;
    return basis;
}

void opening_no_memory(struct opening *o)
{
    config_complain(o->basis->config, NULL, "", NULL, "more memory than there is", NULL);
}

/* ---- detection and state ---- */

static bool open_detection(struct opening *o, struct server *server)
{
    const struct opening *now = &server->now;
    if (now->settings && same_detection(now->settings, o->settings)) {
        o->detection = now->detection;
        o->detection_basis = basis_share(now->detection_basis);
        return true;
    }
    o->detection = rules_detection(o->basis->rules);
    o->detection_basis = basis_share(o->basis);
    if (!o->detection)
        config_complain(o->basis->config, NULL, "memory.detection", NULL,
                        "a size that there is memory for", NULL);
    return o->detection;
}

static bool same_directory(const struct settings *a, const struct settings *b)
{
    return a->state_directory && b->state_directory
               ? strcmp(a->state_directory, b->state_directory) == 0
               : a->state_directory == b->state_directory;
}

static bool open_state(struct opening *o, struct server *server)
{
    const struct settings *s = o->settings, *before = server->now.settings;
    if (before && same_directory(before, s)) {
        o->state = server->now.state;
        return true;
    }
    if (!s->state_directory)
        return true;
    struct state_plan plan = {.loop = &server->loop,
                              .detection = o->detection,
                              .directory = s->state_directory,
                              .interval_ms = s->state_interval_ms,
                              .memory = s->detection_memory,
                              .running = before != NULL};
    int code = state_open(&o->state, &plan);
    if (code < 0)
        config_complain(o->basis->config, NULL, "state.directory", s->state_directory,
                        code == UV_EBUSY ? "a folder that no other process uses"
                                         : "a folder that there is memory for",
                        NULL);
    return code == 0;
}

static bool open_dead_letters(struct opening *o, struct server *server)
{
    const struct settings *before = server->now.settings;
    const struct dead_letter_settings *s = &o->settings->dead_letters;
    if (s->to == DEAD_LETTERS_TO_OUTPUTS)
        return true;
    if (before && before->dead_letters.path && strcmp(before->dead_letters.path, s->path) == 0 &&
        server->now.dead_letters) {
        o->dead_letters = server->now.dead_letters;
        return true;
    }
    int code = dead_letters_open(&o->dead_letters, s->path, s->size, s->files,
                                 s->to == DEAD_LETTERS_TO_FILE);
    if (code < 0) {
        char sentence[128];
        snprintf(sentence, sizeof(sentence), "a file that can be written (%s)",
                 code == UV_EBUSY    ? "another process writes it"
                 : code == UV_EINVAL ? "it is no file"
                                     : uv_strerror(code));
        config_complain(o->basis->config, NULL, "dead-letters.path", s->path, sentence, NULL);
    }
    return code == 0;
}

static void close_dead_letters(struct server *server, struct dead_letters *letters)
{
    if (!letters)
        return;
    dead_letters_close(letters);
    struct dead_letter_counters c = dead_letters_counters(letters);
    dead_letter_counters_add(&server->ended_dead_letters, &c);
    dead_letters_free(letters);
}

/* ---- all of it ---- */

static void on_alerts(void *context)
{
    state_note(context);
}

static bool make_plans(struct opening *o, struct server *server,
                       void (*answer)(void *context, bool ok), void *context)
{
    o->plans = calloc(o->settings->workers, sizeof(*o->plans));
    for (unsigned w = 0; o->plans && w < o->settings->workers; w++)
        o->plans[w] =
            (struct worker_plan){.rules = o->basis->rules,
                                 .detection = o->detection,
                                 .state = o->state,
                                 .dead_letters = o->dead_letters,
                                 .sinks = o->sinks,
                                 .connections = &server->connections,
                                 .listeners = o->listeners + w * o->settings->listen_count,
                                 .answer = answer,
                                 .context = context};
    o->alerts.on_alerts = on_alerts;
    o->alerts.alerts_context = o->state;
    if (!o->plans)
        opening_no_memory(o);
    return o->plans;
}

bool opening_open(struct opening *o, struct server *server, struct basis *basis,
                  void (*answer)(void *context, bool ok), void *context)
{
    *o = (struct opening){.basis = basis, .settings = basis->rules->settings};
    bool ok = opening_outputs(o, server) && opening_sockets(o, &server->now) &&
              open_detection(o, server) && open_state(o, server) && open_dead_letters(o, server) &&
              make_plans(o, server, answer, context);
    if (!ok)
        opening_abandon(o, server);
    return ok;
}

static void free_opening(struct opening *o)
{
    outputs_close(&o->alerts);
    free(o->outputs);
    free(o->sinks);
    free(o->listeners);
    free(o->plans);
    basis_release(o->detection_basis);
    basis_release(o->basis);
    *o = (struct opening){0};
}

void opening_abandon(struct opening *o, struct server *server)
{
    if (!o->sockets_given)
        opening_close_sockets(o);
    opening_leave_outputs(o, &server->now);
    if (o->state != server->now.state)
        state_free(o->state);
    if (o->dead_letters != server->now.dead_letters)
        close_dead_letters(server, o->dead_letters);
    if (o->detection != server->now.detection)
        detection_free(o->detection);
    free_opening(o);
}

void opening_commit(struct opening *next, struct server *server, struct opening *before)
{
    outputs_replace(&server->now.alerts, &next->alerts);
    next->alerts = server->now.alerts; /* on its way to the same place */
    server->now.alerts = (struct outputs){0};
    opening_start_outputs(next, &server->now);
    if (next->state)
        state_change(next->state, next->detection, next->settings->state_interval_ms,
                     next->settings->detection_memory);
    if (next->dead_letters) {
        const struct dead_letter_settings *s = &next->settings->dead_letters;
        dead_letters_change(next->dead_letters, s->size, s->files, s->to == DEAD_LETTERS_TO_FILE);
    }
    *before = server->now;
    server->now = *next;
    *next = (struct opening){0};
}

static void keep_detect_counters(struct server *server, const struct detection *d)
{
    struct detect_counters c = detect_counters(d);
    detect_counters_add(&server->ended_detection, &c);
    server->ended_detection.groups = 0;
}

void opening_release(struct opening *before, struct server *server)
{
    opening_leave_outputs(before, &server->now);
    if (before->state != server->now.state) {
        state_close(before->state);
        state_free(before->state);
    }
    if (before->dead_letters != server->now.dead_letters)
        close_dead_letters(server, before->dead_letters);
    if (before->detection != server->now.detection && before->detection) {
        keep_detect_counters(server, before->detection);
        detection_free(before->detection);
    }
    free_opening(before);
}

void opening_end(struct server *server)
{
    struct opening *o = &server->now;
    opening_free_outputs(server);
    state_free(o->state);
    dead_letters_free(o->dead_letters);
    detection_free(o->detection);
    free_opening(o);
}

void opening_print(const struct opening *o)
{
    const struct settings *s = o->settings;
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
