/*
 * Scan, then success: a source that set off one of the detectors named in `after` later does what
 * the sequence's `where` says with a target of that scan.
 *
 * From the moment a scan's window is full, told or muted, its targets are kept in the second set of
 * values of the sequence's own group for that source: a target is what the scan's detector groups by
 * and counts, so a record is one of them if that detector would have counted it there. The
 * SEQUENCE_TARGETS last ones are kept at least, for `timespan` from their last sighting. A record that
 * follows is counted in the first set, as in any other detector. Sources that have never set off
 * anything cost one load (risk_may_have).
 */
#pragma once

#include "detect/episodes.h"

#define SEQUENCE_TARGETS 2048

struct sequences {
    uint64_t all;                 /* detectors that are sequences: bit n for detector n */
    uint64_t feeding;             /* detectors that some sequence comes after */
    uint64_t after[DETECTOR_MAX]; /* of a sequence: what it comes after */
};

void sequences_init(struct sequences *sequences, const struct detector *detectors, unsigned count);

/* A feeding detector has counted a record. Called with the stripe locked. */
void sequences_feed(const struct sequences *sequences, struct watch *watch, struct stripe *stripe,
                    const struct sighting *s, enum episode_event event);

/* Whether the record goes to a target of the sequence's source. Locks the stripe. */
bool sequences_follows(const struct sequences *sequences, const struct detector *detectors,
                       struct watch *watch, unsigned sequence, const struct record *r,
                       uint64_t source_hash, enum watch_side side, int64_t t);
