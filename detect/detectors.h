/*
 * The engine: records go in, alerts come out. Time is the records'; every call is safe from several
 * threads at once.
 */
#pragma once

#include "detect/alert.h"
#include "detect/networks.h"

#define DETECTOR_AHEAD_MS 2000 /* how far a device's clock may run ahead: adds to the lateness */

struct detection; /* the state of all detectors */

/* Called during detect_round, detect_observe and detect_tick, on the calling thread. */
typedef void (*on_alert)(void *context, const struct alert *alert);

#define DETECT_ROUND 32

struct detect_limits {
    size_t memory;             /* bytes for groups and their values, all together */
    unsigned pairs_per_source; /* groups that one source may hold in a detector of pairs */
    int64_t lateness_ms;       /* how far behind a record may be and still be counted exactly */
    int64_t risk_window_ms;    /* 14 days */
    unsigned risk_threshold;   /* 12 */
    uint32_t storm_starts;     /* of a detector in a minute; beyond, one detector_storm; 0: 1000 */
    uint8_t key[16];           /* of the keyed hash: random at each start, fixed in tests */
};

/* What bounds have cost, and what was counted; read with detect_counters. */
struct detect_counters {
    uint64_t observed;         /* records that some detector counted */
    uint64_t alerts[3];        /* by enum alert_phase */
    uint64_t suppressed;       /* starts that fell into another episode's quiet time */
    uint64_t groups;           /* live now */
    uint64_t evicted_groups;   /* pushed out by newer ones */
    uint64_t refused_pairs;    /* beyond pairs_per_source */
    uint64_t evicted_values;   /* values that found no room */
    uint64_t evicted_episodes; /* alerts whose news and end are not told, for want of memory */
    uint64_t evicted_entities; /* whose risk is forgotten for that of others */
    uint64_t unnamed; /* records of devices whose names found no room: alerts leave them out */
    uint64_t late;    /* records later than lateness_ms behind their group */
    uint64_t storms;  /* alerts replaced by detector_storm */
};

/* What makes a detector impossible: the YAML key at fault, and in *expected what it should be; NULL:
 * nothing. */
const char *detector_fault(const struct detector *detector, int64_t lateness_ms,
                           const char **expected);

/* NULL: no memory, more than DETECTOR_MAX detectors, or one with a fault.
 * Their names must differ: groups are told apart by them. `detectors` and what they point at stay
 * the caller's and must outlive the engine. */
struct detection *detection_new(const struct detector *detectors, unsigned count,
                                const struct detect_limits *limits);
void detection_free(struct detection *d);

/*
 * Counts one record. Reads its fields, src_lists and dst_lists (networks_of the addresses); sets
 * counted, risk, detections and techniques. Alerts it completes are delivered before it returns.
 */
void detect_observe(struct detection *d, struct record *r, on_alert deliver, void *context);

/*
 * The same of up to DETECT_ROUND records, one after the other: what they need of the memory arrives
 * together. `observed`, unless NULL, is called after each, and before an alert of the next; NULL
 * among the records is nothing to count, and told all the same. The records stay the caller's, who
 * changes none of them meanwhile.
 */
void detect_round(struct detection *d, struct record *const *records, unsigned n, on_alert deliver,
                  void (*observed)(void *context), void *context);

/* Time passes without records: ends episodes whose window has gone by. */
void detect_tick(struct detection *d, int64_t now_ms, on_alert deliver, void *context);

/* Which detectors a record counts towards: bit n for detector n; sequences, which depend on what
 * came before, never. For parapet explain and tests. */
uint64_t detect_matching(const struct detection *d, const struct record *r);

struct detect_counters detect_counters(const struct detection *d);
void detect_counters_add(struct detect_counters *total, const struct detect_counters *more);

/* The record's class by src_internal and dst_internal. */
uint32_t record_class(const struct record *r);
