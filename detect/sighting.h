/* One record as several detectors see it: what they share is worked out once. */
#pragma once

#include "detect/episodes.h"
#include "detect/risk.h"

struct view {
    const struct record *record;
    uint32_t class; /* record_class */
    int64_t t;
    unsigned evidence;
    uint64_t source_hash, event_key; /* 0: not needed yet */
};

/* The hash of the record's source, which it must have. */
uint64_t view_source(struct view *view, const struct risk *risk);

enum watch_side view_side(const struct view *view);

/* What the detectors of a mask make of the record, but for what only the locked stripes tell: group and
 * device. They are taken out of the mask, as far as there is room; returns how many sightings they
 * are: a detector whose fields the record does not have makes none. Where their groups may stand is
 * fetched. */
unsigned sightings_make(struct sighting *sightings, unsigned room, struct view *view,
                        uint64_t *mask, const struct detector *detectors, const struct watch *watch,
                        const struct risk *risk);
