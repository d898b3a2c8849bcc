/* A detector's definition in the eyes of its groups: as a number, and as the table needs it. */
#pragma once

#include "detect/detector.h"
#include "detect/watch.h"

/* Differs when the detector counts something else, or up to another threshold; its texts, severities
 * and scores may change. The same in every run. */
uint64_t definition_digest(const struct detector *detector);

/* What stands for the detector in the hashes of its groups: of its name alone. */
uint64_t definition_salt(const struct detector *detector);

/* What the table of groups needs to know of it. */
struct watch_rule definition_rule(const struct detector *detector, int64_t lateness_ms);
