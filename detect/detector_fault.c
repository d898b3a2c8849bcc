/* What a detector cannot be, told by the key of its file. */
#include "detect/detectors.h"
#include "detect/values.h"

#define KEEP_MAX 10000 /* the highest tier: twice as many values are kept of a group */

/* The key at fault, and what it should be. */
static const char *fault(const char *key, const char *say, const char **expected)
{
    *expected = say;
    return key;
}

const char *detector_fault(const struct detector *detector, int64_t lateness_ms,
                           const char **expected)
{
    bool first_seen = detector->type == DETECTOR_FIRST_SEEN;
    bool sequence = detector->type == DETECTOR_SEQUENCE;
    if (detector->group_count == 0 || detector->group_count > DETECTOR_GROUP_MAX)
        return fault("group-by", "one to three fields", expected);
    for (unsigned i = 0; i < detector->group_count; i++)
        if (detector->group_by[i] >= DETECT_SERVICE)
            return fault("group-by", "fields other than service", expected);
    if (sequence && (detector->group_count != 1 || detector->group_by[0] != DETECT_SRC_IP))
        return fault("group-by", "src_ip alone, as the scans that a sequence comes after",
                     expected);
    if (sequence && (!detector->after || !detector->after[0]))
        return fault("after", "the names of the detectors that come before", expected);
    if (sequence && detector->has_also)
        return fault("also", "nothing: a sequence has one threshold", expected);
    if ((detector->type == DETECTOR_VALUE_COUNT || sequence) &&
        detector->counted >= DETECT_DEVICE && detector->counted != DETECT_SERVICE)
        return fault("condition.field", "an address, a port, the protocol or service", expected);
    if (detector->tier_count == 0 || detector->tier_count > DETECTOR_TIERS_MAX)
        return fault("tiers", "at most seven tiers beside the condition", expected);
    for (unsigned i = 0; i < detector->tier_count; i++)
        if (detector->tiers[i].gte == 0 || detector->tiers[i].gte > KEEP_MAX ||
            (i && detector->tiers[i].gte <= detector->tiers[i - 1].gte))
            return fault(i ? "tiers" : "condition.gte", "thresholds that rise, from 1 to 10000",
                         expected);
    if (detector->has_also && (detector->also_gte == 0 || detector->also_gte > KEEP_MAX))
        return fault("also.gte", "a threshold from 1 to 10000", expected);
    if (detector->timespan_ms <= 0)
        return fault("timespan", "a duration longer than nothing", expected);
    if (!first_seen && detector->timespan_ms <= lateness_ms + DETECTOR_AHEAD_MS)
        return fault("timespan", "a duration longer than limits.lateness and limits.ahead together",
                     expected);
    if (!first_seen && detector->timespan_ms > VALUES_WINDOW_MAX_MS)
        return fault("timespan", "a duration of at most three days", expected);
    return NULL;
}
