/* What a reload asks: whether two configurations say the same, key by key as the schema has them. */
#pragma once

#include "config/settings.h"

/* Of an output, but for what it is shown and how that is written. */
bool same_transport(const struct forward_settings *a, const struct forward_settings *b);

/* All that the detectors' engine is made of: the detectors, which of them are in force, the names and
 * order of the lists that they know by number, memory, clocks, risk. What networks and lists hold is
 * no part of it. */
bool same_detection(const struct settings *a, const struct settings *b);
