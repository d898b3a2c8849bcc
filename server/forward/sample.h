/*
 * Sampling: of allowed traffic that has nothing to do with any detector, an output may be sent one
 * connection in so many. Which ones, the connection's ends decide alone, whichever of them is the
 * source: its opening and its close go together, on every device that logs it, in every run.
 */
#pragma once

#include "parsers/record.h"

/* Whether it may be left out: something between two addresses, allowed, and no detector counted it
 * or fires for its source. */
bool sample_applies(const struct record *r);

/* Whether it is among the one in `rate`. */
bool sample_keeps(const struct record *r, uint32_t rate);
