/*
 * The settings, compiled: names matched with parsers and fields, detectors in force, networks,
 * devices with their zones. Read-only once built, shared by all workers.
 */
#pragma once

#include "config/config.h"
#include "server/pipeline.h"

struct rules {
    struct config *config; /* owned by whoever called rules_new */
    const struct settings *settings;
    struct networks *networks;
    struct networks *senders;   /* set 0: allow */
    struct detector *detectors; /* those in force */
    unsigned detector_count;
    struct device *devices; /* by settings->devices; [device_count] is the default */
    struct zone **zones;
};

/* Complains through config_complain; NULL when anything was wrong. */
struct rules *rules_new(struct config *config, const char *default_zone);
void rules_free(struct rules *rules);

bool rules_allow(const struct rules *rules, struct address sender);
const struct device *rules_device(const struct rules *rules, struct address sender);

/* The detection state that these rules ask for. */
struct detection *rules_detection(const struct rules *rules);
