/*
 * The threshold curve: how many alerts would have started had a detector's threshold been another.
 *
 * Nothing is estimated. Each detector is copied once for each threshold, without its higher tiers,
 * and the copies count the same records in engines of their own, with the same windows, episodes and
 * suppression. Only the guard against storms is off, which would hide starts. The copies of one
 * column share an engine, so that its memory (each has `memory: detection`) serves about as many
 * detectors as the real one's.
 */
#pragma once

#include "server/rules.h"

#define CURVE_POINTS_MAX 9

enum curve_kind {
    CURVE_CONDITION, /* condition.gte; `also` stays as it is */
    CURVE_ALSO,      /* also.gte; the condition stays as it is */
    CURVE_WINDOW,    /* first_seen's timespan, ms */
    CURVE_NONE,      /* of a sequence: no points */
};

struct curve_point {
    int64_t at;
    uint64_t starts;
    bool is_set; /* what the detector's file says */
};

struct curve {
    enum curve_kind kind;
    unsigned detector; /* of the rules' detectors */
    unsigned count;
    struct curve_point points[CURVE_POINTS_MAX]; /* ascending */
};

struct curves;

/* The points that every curve of the kind has, besides the one that is set. */
const struct curve *report_curves_usual(enum curve_kind kind);

/* Borrows the rules. NULL: no memory. */
struct curves *report_curves_new(const struct rules *rules);
void report_curves_free(struct curves *curves);

/* Counts one record; its risk, detections and techniques are of no use afterwards. */
void report_curves_observe(struct curves *curves, struct record *r);
void report_curves_tick(struct curves *curves, int64_t now_ms);

/* All of them, those of one detector together. */
const struct curve *report_curves_all(const struct curves *curves, unsigned *count);

/* How many engines there are, and whether their memory was too small: counts may then be wrong. */
unsigned report_curves_engines(const struct curves *curves);
bool report_curves_short(const struct curves *curves);
