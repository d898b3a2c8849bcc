/*
 * The running server, shared by the files of `parapet serve`: cmd_serve.c its life and signals,
 * opening.c what a configuration has open, reload.c the change to another one, serve_counters.c what
 * is printed. All of it belongs to the main loop's thread.
 */
#pragma once

#include "server/forward/dead_letters.h"
#include "server/opening.h"
#include "server/reload.h"
#include "server/worker.h"

struct server {
    const char *file; /* of -c; NULL: as load_rules chooses */
    uv_loop_t loop;
    uv_signal_t sigterm, sigint, sigusr1, sighup;
    uv_timer_t tick;
    struct opening now; /* what is open */
    struct reload *reload;
    struct worker **workers;
    unsigned worker_count;
    atomic_uint connections;
    struct opened_output *leaving; /* outputs that a reload has removed and that still send */
    size_t outputs_open;           /* those that leave among them */
    struct counters ended;         /* of workers that are no more, and of reloads */
    struct output_counters ended_outputs;
    struct detect_counters ended_detection;
    struct dead_letter_counters ended_dead_letters; /* of other files */
    bool has_terminal;                              /* standard input was one at the start */
    bool stopping;
};

/* On standard error; a reader that is behind is given so much time. */
void serve_print_counters(struct server *server, int patience_ms);

/* One of server->outputs_open has closed. */
void serve_output_closed(struct server *server);

/* Begins the end: workers take what the kernel holds and end, outputs send what waits. */
void serve_stop(struct server *server);
