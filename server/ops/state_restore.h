/* What a state folder holds at the start. Only state.c includes this. */
#pragma once

#include "server/ops/state.h"

#define STATE_FILE "detection.state"

/* Puts back into the plan's detection what the file in the folder holds, or sets it aside; says which.
 * *counters: what came back. */
void state_restore(const struct state_plan *plan, int directory, struct state_counters *counters);

/* The file gets a name that nothing has yet, for somebody may want to look at it. `why` and `then` are
 * said. */
void state_set_aside(const struct state_plan *plan, int directory, const char *why,
                     const char *then);
