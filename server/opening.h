/*
 * What one configuration has open: outputs, listening sockets, detection, state. The start opens the
 * first, a reload another beside it, in the same way; that one takes over what is unchanged.
 *
 *   opening_open      everything that can fail: what is new is opened, nothing that is open changes
 *   opening_commit    it is what the server works by; opening_release then lets go what only the one
 *                     before had
 *   opening_abandon   instead: what was new is closed
 */
#pragma once

#include "server/forward/outputs.h"
#include "server/load.h"
#include "server/worker.h"

struct server;

/* A configuration that was read, for as long as something points into it. */
struct basis {
    struct config *config;
    struct rules *rules;
    unsigned users;
};

/* `file` as load_file says it. NULL: it was said why. The caller is its first user. */
struct basis *basis_load(const char *file);
struct basis *basis_share(struct basis *basis); /* one user more */
void basis_release(struct basis *basis);

struct opened_output {
    struct server *server;
    struct basis *basis; /* that the sink's settings are in */
    const struct forward_settings *settings;
    struct sink *sink;
    struct opened_output *before; /* whose place it will take */
    bool closed;
    struct opened_output *next; /* among those that leave */
};

/* All zero: nothing is open. */
struct opening {
    struct basis *basis;
    const struct settings *settings; /* the basis's */
    struct opened_output **outputs;  /* in the order of settings->forward */
    struct sink **sinks;             /* theirs */
    struct outputs alerts;           /* for alerts that the clock brings */
    struct listener_plan *listeners; /* each worker's, in the order of settings->listen */
    struct worker_plan *plans;       /* each worker's */
    bool sockets_given;              /* new sockets are the workers' */
    struct detection *detection;
    struct basis *detection_basis;     /* that its detectors are in */
    struct state *state;               /* NULL: none is kept */
    struct dead_letters *dead_letters; /* NULL: no file of them */
};

/* Beside server->now. Takes the basis over; false: it was said why, and *o is empty again. `answer` is
 * the workers' (worker.h). */
bool opening_open(struct opening *o, struct server *server, struct basis *basis,
                  void (*answer)(void *context, bool ok), void *context);
void opening_abandon(struct opening *o, struct server *server);

/* Nobody uses the outputs meanwhile. *next becomes server->now, and what that was, *before. */
void opening_commit(struct opening *next, struct server *server, struct opening *before);

/* What is not also in server->now. Outputs send what waits first: they are server->leaving. */
void opening_release(struct opening *before, struct server *server);

/* Says so. */
void opening_no_memory(struct opening *o);

/* Outputs that have left are freed, and their counters kept. */
void opening_reap(struct server *server);

/* After the end of the loop: frees everything. */
void opening_end(struct server *server);

/* "listening on ... - try: ..." */
void opening_print(const struct opening *o);
