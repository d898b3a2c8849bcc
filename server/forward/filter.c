/* The predicates of the detectors, asked for an output. */
#include "server/forward/filter.h"

#include "detect/detectors.h"
#include "detect/match.h"

bool filter_record(const struct predicate *where, const struct record *r)
{
    return match_predicate(where, r, record_class(r));
}

bool filter_alert(const struct predicate *where, const struct alert *alert)
{
    return alert->severity >= where->min_severity;
}
