/*
 * Twins: two detectors that count records by the same member within the same time, the one (the
 * leader) from a lower threshold and of wider conditions than the other (the follower). As long as all
 * records of a group have counted towards both, one group stands for the two: it is the leader's, and
 * shared. Before anything is done to it that is not the follower's too, and before it could set off
 * the leader, it is divided into two that are what they would have been.
 */
#pragma once

#include "detect/episodes.h"

/* Finds them. */
void twins_init(struct watch_rule *rules, const struct detector *detectors, unsigned count);

/*
 * Before a sighting of a twin is counted, with its stripe locked and its place looked up: has its group
 * stand for whom it counts. True: the follower has to count the record besides, by itself.
 */
bool twins_settle(struct watch *watch, struct sighting *s);

/* What a follower's group is known by, from the leader's, and the other way round. */
static inline uint64_t twins_hash(const struct watch *watch, unsigned detector, uint64_t hash)
{
    const struct watch_rule *rule = &watch->rules[detector];
    return hash ^ rule->salt ^ watch->rules[rule->twin].salt;
}
