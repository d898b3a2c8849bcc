/* Which outputs a configuration keeps from the one before, which it opens, and how the others leave. */
#include "server/opening_outputs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/same.h"
#include "server/serve.h"

#define LEAVE_MS 5000 /* for an output that was removed to send what waits */

/* Without any output that still takes something there is nothing left to do. */
static void on_room(void *context)
{
    struct opened_output *output = context;
    struct server *server = output->server;
    bool alive = !server->now.settings;
    for (unsigned i = 0; i < server->worker_count; i++)
        worker_room(server->workers[i]);
    for (size_t i = 0; !alive && i < server->now.settings->forward_count; i++)
        alive |= sink_gone(server->now.sinks[i]) == NULL;
    if (!alive && !server->stopping)
        serve_stop(server);
}

static void complain_output(struct opening *o, size_t i, const char *error, int code)
{
    char key[64], sentence[256];
    bool file = o->settings->forward[i].protocol == FORWARD_FILE;
    snprintf(key, sizeof(key), "forward[%zu]%s", i, file ? ".path" : "");
    snprintf(sentence, sizeof(sentence), "an output that can be opened: %s: %s", error,
             uv_strerror(code));
    config_complain(o->basis->config, NULL, key, NULL, sentence, NULL);
}

/* The output of the same name that is open, or NULL. */
static struct opened_output *open_already(const struct opening *now, const char *name)
{
    for (size_t i = 0; now->settings && i < now->settings->forward_count; i++)
        if (strcmp(now->settings->forward[i].name, name) == 0)
            return now->outputs[i];
    return NULL;
}

static struct opened_output *open_output(struct opening *o, struct server *server, size_t i)
{
    const struct forward_settings *settings = &o->settings->forward[i];
    struct opened_output *output = calloc(1, sizeof(*output));
    const char *error = "no memory for the output";
    int code = UV_ENOMEM;
    if (output)
        code = sink_new(&output->sink, &server->loop, settings, on_room, output, &error);
    if (code < 0) {
        complain_output(o, i, error, code);
        free(output);
        return NULL;
    }
    output->server = server;
    output->basis = basis_share(o->basis);
    output->settings = settings;
    output->before = open_already(&server->now, settings->name);
    server->outputs_open++;
    return output;
}

/* Whether the output before it has the spool that it asks for. */
static bool has_spool_of(const struct opened_output *before,
                         const struct forward_settings *settings)
{
    return before && before->settings->has_spool && settings->has_spool &&
           strcmp(before->settings->spool.directory, settings->spool.directory) == 0;
}

static bool open_spool(struct opening *o, size_t i)
{
    char key[64], expected[SPOOL_ERROR_MAX];
    const struct opened_output *output = o->outputs[i];
    if (has_spool_of(output->before, output->settings) ||
        sink_open_spool(output->sink, expected) == 0)
        return true;
    snprintf(key, sizeof(key), "forward[%zu].spool.directory", i);
    config_complain(o->basis->config, NULL, key, output->settings->spool.directory, expected, NULL);
    return false;
}

bool opening_outputs(struct opening *o, struct server *server)
{
    size_t count = o->settings->forward_count;
    o->outputs = calloc(count + 1, sizeof(*o->outputs));
    o->sinks = calloc(count + 1, sizeof(*o->sinks));
    if (!o->outputs || !o->sinks) {
        opening_no_memory(o);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        struct opened_output *already = open_already(&server->now, o->settings->forward[i].name);
        bool same = already && same_transport(already->settings, &o->settings->forward[i]) &&
                    !sink_has_moved(already->sink);
        o->outputs[i] = same ? already : open_output(o, server, i);
        if (!o->outputs[i] || (!same && !open_spool(o, i)))
            return false;
        o->sinks[i] = o->outputs[i]->sink;
    }
    if (outputs_init(&o->alerts, o->basis->rules, o->sinks, NULL, NULL) == 0)
        return true;
    opening_no_memory(o);
    return false;
}

static bool is_among(const struct opening *o, const struct opened_output *output)
{
    for (size_t i = 0; o->outputs && i < o->settings->forward_count; i++)
        if (o->outputs[i] == output)
            return true;
    return false;
}

static void on_left(void *context)
{
    struct opened_output *output = context;
    output->closed = true;
    serve_output_closed(output->server);
}

/* It sends what waits, then closes. */
static void leave(struct opened_output *output)
{
    struct server *server = output->server;
    output->next = server->leaving;
    server->leaving = output;
    sink_close(output->sink, LEAVE_MS, on_left, output);
}

void opening_leave_outputs(struct opening *o, const struct opening *than)
{
    for (size_t i = 0; o->outputs && i < o->settings->forward_count; i++)
        if (o->outputs[i] && !is_among(than, o->outputs[i]))
            leave(o->outputs[i]);
}

void opening_start_outputs(struct opening *o, const struct opening *now)
{
    for (size_t i = 0; i < o->settings->forward_count; i++) {
        struct opened_output *output = o->outputs[i];
        if (o->basis->rules->forward_tls[i])
            sink_use_tls(output->sink, o->basis->rules->forward_tls[i]);
        if (is_among(now, output))
            continue;
        /* A spool in another folder is emptied by who has it, as far as there is time. */
        if (output->before && (!output->before->settings->has_spool ||
                               has_spool_of(output->before, output->settings)))
            sink_hand_over(output->before->sink, output->sink);
        output->before = NULL;
        sink_start(output->sink);
    }
}

static void free_output(struct server *server, struct opened_output *output)
{
    struct output_counters c = sink_counters(output->sink);
    output_counters_add(&server->ended_outputs, &c);
    sink_free(output->sink);
    basis_release(output->basis);
    free(output);
}

static void reap(struct server *server, bool all)
{
    for (struct opened_output **at = &server->leaving, *output; (output = *at);) {
        if (output->closed || all) {
            *at = output->next;
            free_output(server, output);
        } else {
            at = &output->next;
        }
    }
}

void opening_reap(struct server *server)
{
    reap(server, false);
}

void opening_free_outputs(struct server *server)
{
    const struct opening *o = &server->now;
    reap(server, true);
    for (size_t i = 0; o->outputs && i < o->settings->forward_count; i++)
        free_output(server, o->outputs[i]);
}
