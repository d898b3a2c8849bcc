/* What the table of groups needs to know of a detector. */
#include "detect/definition.h"
#include "detect/detectors.h"
#include "detect/sequences.h"

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

struct watch_rule watch_rule_of(const struct detector *detector, int64_t lateness_ms)
{
    struct watch_rule rule = {
        .salt = definition_salt(detector),
        .window = (uint32_t)detector->timespan_ms,
        .lateness = (uint32_t)(lateness_ms + DETECTOR_AHEAD_MS),
        .first_seen = detector->type == DETECTOR_FIRST_SEEN,
        .sequence = detector->type == DETECTOR_SEQUENCE,
        .expires_ms = detector->timespan_ms + lateness_ms + DETECTOR_AHEAD_MS,
        .quiet_ms = larger(detector->timespan_ms + detector->suppress_ms,
                           detector->timespan_ms + lateness_ms + DETECTOR_AHEAD_MS),
    };
    for (unsigned i = 0; i < detector->group_count; i++)
        rule.pair |= detector->group_count > 1 && detector->group_by[i] == DETECT_SRC_IP;
    if (rule.first_seen) {
        rule.expires_ms = rule.quiet_ms = larger(detector->timespan_ms, detector->suppress_ms);
        return rule;
    }
    rule.keep[0] = (uint32_t)detector->tiers[detector->tier_count - 1].gte;
    rule.first_gte[0] = (uint32_t)detector->tiers[0].gte;
    if (detector->has_also)
        rule.keep[1] = rule.first_gte[1] = (uint32_t)detector->also_gte;
    if (rule.sequence)
        rule.keep[1] = SEQUENCE_TARGETS;
    return rule;
}
