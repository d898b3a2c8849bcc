/* The engine's parts, for who keeps them over a restart (snapshot.h). */
#pragma once

#include "detect/coverage.h"
#include "detect/detectors.h"
#include "detect/episodes.h"
#include "detect/risk.h"

struct detection_parts {
    const struct detector *detectors;
    unsigned count;
    struct watch *watch;
    struct episodes *episodes;
    struct risk *risk;
    struct coverage *coverage;
};

struct detection_parts detection_parts(struct detection *d);
