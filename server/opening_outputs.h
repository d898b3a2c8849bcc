/* The outputs of an opening. Only opening.c includes this. */
#pragma once

#include "server/opening.h"

/* Fills o->outputs and o->sinks: what is open already is kept, the rest opened. False: it was said why;
 * what was opened is there to leave. */
bool opening_outputs(struct opening *o, struct server *server);

/* Those that *now has not got begin, with what waits for those whose place they take. Certificates are
 * read anew for all, and used when they connect. */
void opening_start_outputs(struct opening *o, const struct opening *now);

/* Outputs that *than has not got send what waits, then close. */
void opening_leave_outputs(struct opening *o, const struct opening *than);

/* After the end of the loop: all. */
void opening_free_outputs(struct server *server);
