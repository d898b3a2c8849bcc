/*
 * The guard against storms: a detector that starts more than 1,000 alerts a minute is told of once a
 * minute, with a count, instead of once a start, until a minute has been calm.
 */
#pragma once

#include <pthread.h>

#include "detect/alert.h"

#define STORM_STARTS 1000 /* a minute of one detector */

/* Starts of one detector in one minute. */
struct storm {
    int64_t minute;
    uint32_t starts;
    bool on;
};

struct storms {
    uint32_t limit; /* starts of one detector in a minute that leave one by one */
    pthread_mutex_t lock;
    struct storm of[DETECTOR_MAX];
};

/* `limit` 0: STORM_STARTS. */
void storms_init(struct storms *storms, uint32_t limit);
void storms_close(struct storms *storms);

/* One detector's, read and written by snapshots. */
struct storm storms_get(struct storms *storms, unsigned index);
void storms_put(struct storms *storms, unsigned index, struct storm storm);

/* Whether a start at t may leave. If not, *report says that *alert, about the storm, is due. */
bool storms_allow(struct storms *storms, unsigned index, const struct detector *detector, int64_t t,
                  struct alert *alert, bool *report);
