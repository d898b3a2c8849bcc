/*
 * The settings, compiled: names matched with parsers and fields, detectors in force, networks,
 * devices with their zones. Read-only once built, shared by all workers.
 */
#pragma once

#include "config/config.h"
#include "server/pipeline.h"
#include "server/tls/context.h"

/* What an output is shown, and the fields in which messages must be equal to become one. */
struct rules_output {
    struct predicate where;
    enum record_field aggregate[AGGREGATE_FIELDS_MAX];
    unsigned aggregate_count;
};

struct rules {
    struct config *config; /* owned by whoever called rules_new */
    const struct settings *settings;
    struct networks *networks;
    struct networks *senders;     /* set 0: allow */
    struct detector *detectors;   /* all; those in force come first */
    unsigned detector_count;      /* in force */
    unsigned built_count;         /* all */
    unsigned wrong_detectors;     /* left out, with those that the settings left out */
    struct rules_output *outputs; /* by settings->forward */
    struct device *devices;       /* by settings->devices; [device_count] is the default */
    struct zone **zones;
    /* By settings->listen and settings->forward, NULL where it is not tls; both NULL: not read. */
    struct tls_context **listen_tls, **forward_tls;
};

/* Complains through config_complain; NULL when anything was wrong. */
struct rules *rules_new(struct config *config, const char *default_zone);
void rules_free(struct rules *rules);

/* Reads the certificates and keys that the settings name. False: it was complained about. */
bool rules_open_tls(struct rules *rules);

/* Whether a detector is in force: its own `enabled`, overridden by enable and disable. */
bool rules_enabled(const struct settings *settings, const struct detector_settings *detector);

bool rules_allow(const struct rules *rules, struct address sender);
const struct device *rules_device(const struct rules *rules, struct address sender);

/* What the settings allow detection, with a key that was never used before. False: no randomness. */
bool rules_limits(const struct rules *rules, struct detect_limits *limits);

/* The detection state that these rules ask for. */
struct detection *rules_detection(const struct rules *rules);
