/* The engine's insides: between what keeps the time (detectors.c) and what counts records (rounds.c). */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "detect/coverage.h"
#include "detect/detectors.h"
#include "detect/match.h"
#include "detect/risk.h"
#include "detect/sequences.h"

#define ENDED_MAX 16 /* ends that are put in order before they leave */

struct detection {
    const struct detector *detectors;
    unsigned count;
    struct match match;
    struct watch watch;
    struct episodes *episodes;
    struct risk *risk;
    struct sequences sequences;
    struct coverage coverage;
    struct watch_rule rules[DETECTOR_MAX];
    struct slice names[DETECTOR_MAX], techniques[DETECTOR_MAX];
    uint64_t of_source; /* the detectors that group by the source */
    pthread_mutex_t pass_lock;
    unsigned leaps;
    int64_t tidied_ms;
    _Atomic uint64_t built_in;     /* alerts: insights, coverage gaps */
    struct alert ended[ENDED_MAX]; /* of detection_time */
};

/* An alert that is no start leaves. */
void detection_deliver(struct detection *d, struct alert *alert, on_alert to, void *context);

/* A record of that time has come after the time at which some episode may end. */
void detection_time(struct detection *d, int64_t t, on_alert to, void *context);
