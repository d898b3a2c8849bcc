/* The listening sockets of an opening. Only opening.c includes this. */
#pragma once

#include "server/opening.h"

/* Fills o->listeners: what `now` listens on already is kept, the rest opened. False: it was said why;
 * what was opened is there to be closed. */
bool opening_sockets(struct opening *o, const struct opening *now);

/* Those that were opened. */
void opening_close_sockets(struct opening *o);
