/* Copies of the detectors in force with other thresholds, in engines that only count starts. */
#include "server/report_curves.h"

#include <stdio.h>
#include <stdlib.h>

#define DAY_MS      INT64_C(86400000)
#define ENGINES_MAX (2 * CURVE_POINTS_MAX)

/* One engine and what its starts count for. */
struct engine {
    struct detection *detection;
    struct detector detectors[DETECTOR_MAX];
    char names[DETECTOR_MAX][4]; /* groups are told apart by them: two copies of one may share an
                                    engine */
    struct curve_point *points[DETECTOR_MAX];
    unsigned count;
};

struct curves {
    const struct rules *rules;
    struct curve all[2 * DETECTOR_MAX];
    unsigned count;
    struct engine *engines[ENGINES_MAX];
    unsigned engine_count;
};

static const struct curve thresholds = {
    .kind = CURVE_CONDITION,
    .count = 5,
    .points = {{.at = 5}, {.at = 10}, {.at = 20}, {.at = 50}, {.at = 100}}};
static const struct curve windows = {
    .kind = CURVE_WINDOW,
    .count = 3,
    .points = {{.at = DAY_MS}, {.at = 7 * DAY_MS}, {.at = 30 * DAY_MS}}};

const struct curve *report_curves_usual(enum curve_kind kind)
{
    return kind == CURVE_WINDOW ? &windows : &thresholds;
}

/* Points beyond the usual ones, of detectors whose threshold lies there. */
static const int64_t high[] = {200, 500, 1000};
#define HIGH_FROM 100

static void add_point(struct curve *curve, int64_t at)
{
    unsigned i = curve->count;
    for (unsigned same = 0; same < i; same++)
        if (curve->points[same].at == at)
            return;
    for (; i > 0 && curve->points[i - 1].at > at; i--)
        curve->points[i] = curve->points[i - 1];
    curve->points[i] = (struct curve_point){.at = at};
    curve->count++;
}

static void add_curve(struct curves *curves, unsigned detector, enum curve_kind kind, int64_t set)
{
    struct curve *curve = &curves->all[curves->count++];
    *curve = *report_curves_usual(kind);
    curve->kind = kind;
    curve->detector = detector;
    if (kind != CURVE_WINDOW && set >= HIGH_FROM)
        for (unsigned i = 0; i < sizeof(high) / sizeof(high[0]); i++)
            add_point(curve, high[i]);
    add_point(curve, set);
    for (unsigned i = 0; i < curve->count; i++)
        curve->points[i].is_set = curve->points[i].at == set;
}

static void add_curves(struct curves *curves, unsigned index)
{
    const struct detector *detector = &curves->rules->detectors[index];
    switch (detector->type) {
    case DETECTOR_VALUE_COUNT:
    case DETECTOR_EVENT_COUNT:
        add_curve(curves, index, CURVE_CONDITION, (int64_t)detector->tiers[0].gte);
        if (detector->has_also)
            add_curve(curves, index, CURVE_ALSO, (int64_t)detector->also_gte);
        break;
    case DETECTOR_FIRST_SEEN:
        add_curve(curves, index, CURVE_WINDOW, detector->timespan_ms);
        break;
    case DETECTOR_SEQUENCE: /* by what other detectors told before: no threshold makes it alone */
        curves->all[curves->count++] = (struct curve){.kind = CURVE_NONE, .detector = index};
        break;
    }
}

/* The detector as the point wants it. It carries no risk, so that nothing but starts comes of it. */
static struct detector copy_of(const struct curves *curves, const struct curve *curve,
                               const struct curve_point *point)
{
    struct detector copy = curves->rules->detectors[curve->detector];
    copy.tier_count = 1;
    copy.entity_count = 0;
    copy.score = 0;
    if (curve->kind == CURVE_CONDITION)
        copy.tiers[0].gte = (uint64_t)point->at;
    else if (curve->kind == CURVE_ALSO)
        copy.also_gte = (uint64_t)point->at;
    else
        copy.timespan_ms = point->at;
    return copy;
}

/* The copies of all curves' points of that column, in as many engines as they need. */
static bool add_column(struct curves *curves, unsigned column)
{
    struct engine *engine = NULL;
    for (unsigned i = 0; i < curves->count; i++) {
        struct curve *curve = &curves->all[i];
        if (column >= curve->count)
            continue;
        if (!engine || engine->count == DETECTOR_MAX) {
            engine = calloc(1, sizeof(*engine));
            if (!engine)
                return false;
            curves->engines[curves->engine_count++] = engine;
        }
        engine->detectors[engine->count] = copy_of(curves, curve, &curve->points[column]);
        sprintf(engine->names[engine->count], "%u", engine->count % DETECTOR_MAX);
        engine->detectors[engine->count].name = engine->names[engine->count];
        engine->points[engine->count++] = &curve->points[column];
    }
    return true;
}

struct curves *report_curves_new(const struct rules *rules)
{
    struct curves *curves = calloc(1, sizeof(*curves));
    struct detect_limits limits;
    bool ok = curves != NULL;
    if (!ok)
        return NULL;
    curves->rules = rules;
    for (unsigned i = 0; i < rules->detector_count; i++)
        add_curves(curves, i);
    for (unsigned column = 0; ok && column < CURVE_POINTS_MAX; column++)
        ok = add_column(curves, column);
    for (unsigned i = 0; ok && i < curves->engine_count; i++) {
        struct engine *engine = curves->engines[i];
        ok = rules_limits(rules, &limits);
        limits.storm_starts = UINT32_MAX;
        if (ok)
            engine->detection = detection_new(engine->detectors, engine->count, &limits);
        ok = ok && engine->detection;
    }
    if (!ok) {
        report_curves_free(curves);
        return NULL;
    }
    return curves;
}

void report_curves_free(struct curves *curves)
{
    if (!curves)
        return;
    for (unsigned i = 0; i < curves->engine_count; i++) {
        detection_free(curves->engines[i]->detection);
        free(curves->engines[i]);
    }
    free(curves);
}

static void count_start(void *context, const struct alert *alert)
{
    struct engine *engine = context;
    if (alert->phase == ALERT_START)
        engine->points[alert->detector - engine->detectors]->starts++;
}

void report_curves_observe(struct curves *curves, struct record *r)
{
    for (unsigned i = 0; i < curves->engine_count; i++) {
        struct engine *engine = curves->engines[i];
        detect_observe(engine->detection, r, count_start, engine);
    }
}

void report_curves_tick(struct curves *curves, int64_t now_ms)
{
    for (unsigned i = 0; i < curves->engine_count; i++)
        detect_tick(curves->engines[i]->detection, now_ms, count_start, curves->engines[i]);
}

const struct curve *report_curves_all(const struct curves *curves, unsigned *count)
{
    *count = curves->count;
    return curves->all;
}

unsigned report_curves_engines(const struct curves *curves)
{
    return curves->engine_count;
}

bool report_curves_short(const struct curves *curves)
{
    for (unsigned i = 0; i < curves->engine_count; i++) {
        struct detect_counters n = detect_counters(curves->engines[i]->detection);
        if (n.evicted_groups || n.refused_pairs || n.evicted_values)
            return true;
    }
    return false;
}
