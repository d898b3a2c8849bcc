/* A detector's definition in the eyes of its groups: as a number, and as the table needs it. */
#pragma once

#include "detect/detector.h"
#include "detect/watch.h"

/* Differs when the detector counts something else, or up to another threshold; its texts, severities
 * and scores may change. The same in every run. */
uint64_t definition_digest(const struct detector *detector);

/* Numbers of sets are one configuration's: in another, the same lists may have others. What does not
 * change is their names: adds one to a digest of them, which begins with 0. */
uint64_t definition_named(uint64_t digest, const char *name);

/* What stands for the detector in the hashes of its groups: of its name alone. */
uint64_t definition_salt(const struct detector *detector);

/* What the table of groups needs to know of it. */
struct watch_rule definition_rule(const struct detector *detector, int64_t lateness_ms);
