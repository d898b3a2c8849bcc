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

/* What the detector makes of the record, but for what only the locked stripe tells: group and device.
 * False: a field that it groups by or counts is missing. */
bool sighting_make(struct sighting *s, struct view *view, const struct detector *detector,
                   unsigned index, const struct watch *watch, const struct risk *risk);
