/* Which events and alerts an output is shown: its `where`, after all detectors have seen them. */
#pragma once

#include "detect/alert.h"

/* Whether a record passes, understood or not: a condition on what it does not tell does not hold. */
bool filter_record(const struct predicate *where, const struct record *r);

/* Alerts are about many records: of the conditions only the severity is theirs. */
bool filter_alert(const struct predicate *where, const struct alert *alert);
