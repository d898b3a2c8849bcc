/*
 * The running server, shared by the files of `parapet serve`: cmd_serve.c its life and signals,
 * serve_open.c what a configuration opens, serve_counters.c what is printed. All of it belongs to the
 * main loop's thread.
 */
#pragma once

#include "server/forward/outputs.h"
#include "server/ops/state.h"
#include "server/worker.h"

struct server {
    struct config *config;
    struct rules *rules;
    const struct settings *settings;
    struct detection *detection;
    struct state *state;               /* NULL: none is kept */
    struct dead_letters *dead_letters; /* NULL: no file of them */
    uv_loop_t loop;
    uv_signal_t sigterm, sigint, sigusr1;
    uv_timer_t tick;
    struct sink **sinks;
    size_t sink_count, sinks_open;
    struct worker **workers;
    unsigned worker_count;
    struct counters ended;  /* of workers that are no more */
    struct outputs outputs; /* for alerts that the clock brings */
    atomic_uint connections;
    int *fds; /* [worker][listen] */
    bool stopping;
};

/* Opens everything that the settings ask for, in the order in which it can be undone. False: it has
 * been said why. */
bool serve_open(struct server *server);

/* "listening on ... - try: ..." */
void serve_print_ready(const struct server *server);

/* On standard error; a reader that is behind is given so much time. */
void serve_print_counters(struct server *server, int patience_ms);

/* Begins the end: workers take what the kernel holds and end, outputs send what waits. */
void serve_stop(struct server *server);
