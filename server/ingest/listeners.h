/*
 * The listening sockets of one worker: those of settings->listen in their order, and those that a
 * reload has taken away, until their senders have said what was under way. Changed in two steps, of
 * which only the first can fail. Everything belongs to the worker's thread.
 */
#pragma once

#include "server/ingest/ingest.h"

#define LISTENER_NEW SIZE_MAX

/* One entry of settings->listen. */
struct listener_plan {
    size_t from; /* the entry it was until now; LISTENER_NEW: it is opened */
    int fd;      /* its socket; a new one is the worker's from listeners_prepare on */
};

struct listener {
    struct udp *udp; /* one of the two */
    struct tcp *tcp;
    bool fresh; /* not in force yet */
};

struct listeners {
    struct listener *items; /* `count` in force, then `retired` */
    size_t count, retired;
};

/* Starts what is new, paused, and makes room for what will be retired. 0, or a negative libuv code: then
 * every new socket is closed. */
int listeners_prepare(const struct listeners *now, struct listeners *next, struct ingest *ingest,
                      const struct listener_plan *plan, const struct rules *rules);
void listeners_abandon(struct listeners *next);

/* Puts `next` in force; ingest->rules are already those it was prepared for. All stay paused. */
void listeners_commit(struct listeners *now, struct listeners *next, const struct rules *rules);

void listeners_pause(struct listeners *l);
void listeners_resume(struct listeners *l);

/* Now and then: brings kernel_dropped up to date and, unless nobody reads (`paused`), ends what is
 * retired and has nothing left to say. */
void listeners_tidy(struct listeners *l, bool paused);

/* Takes what the kernel still holds and closes all. */
void listeners_close(struct listeners *l);
