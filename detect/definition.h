/* A detector's definition as a number: what its groups mean depends on it. */
#pragma once

#include "detect/detector.h"

/* Differs when the detector counts something else, or up to another threshold; its texts, severities
 * and scores may change. The same in every run. */
uint64_t definition_digest(const struct detector *detector);

/* What stands for the detector in the hashes of its groups: of its name alone. */
uint64_t definition_salt(const struct detector *detector);
