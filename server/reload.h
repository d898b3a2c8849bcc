/*
 * SIGHUP: the configuration is read anew and put in force as a whole, or not at all.
 *
 *   1 load      in a thread: file, detectors, lists, zones, everything `parapet check` looks at
 *   2 open      on the main loop: new sockets and outputs, beside those in use (opening.h)
 *   3 prepare   each worker finishes what is in its hands, stops reading and gets ready (worker.h)
 *   4 carry     only when detectors, the names of lists or the memory have changed: in a thread, what
 *               the old engine knows goes into the new one, as over a restart (snapshot.h)
 *   5 commit    changed outputs connect anew, each worker works by the new settings and reads on
 *   6 release   removed outputs send what waits, then close; what nobody uses is freed
 *
 * Whatever fails up to 4 is said and undone: nothing has changed. Nobody reads between 3 and 5: a
 * moment, or as long as 4 takes; TCP senders wait, datagrams wait in the receive buffer. A signal that
 * comes meanwhile begins another reload afterwards; there are at most some a second.
 */
#pragma once

#include <stdbool.h>

struct server;
struct reload;

/* NULL: no memory. Needs the loop. */
struct reload *reload_new(struct server *server);

/* The signal has come. */
void reload_ask(struct reload *r);

/* A worker's answer, on its thread; the context is the reload. */
void reload_answer(void *context, bool ok);

/* Whether nobody may use detection and outputs now: between 3 and 5. */
bool reload_is_holding(const struct reload *r);

/* The workers have ended: undoes or ends what has begun, and closes its handles. */
void reload_stop(struct reload *r);
void reload_free(struct reload *r);
