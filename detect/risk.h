/*
 * The risk of entities (addresses, hosts, users): the sum of the scores of the distinct detectors
 * that started for them within the risk window; and which detectors fire for a source right now,
 * so that every event of that source can say so. A fixed table with locks of its own.
 */
#pragma once

#include "detect/detector.h"
#include "detect/siphash.h"

struct risk;

/* What is known of an entity at a time. */
struct risk_state {
    uint64_t risk;
    uint64_t scored; /* the detectors whose scores are in it: bit n for detector n */
    uint64_t firing; /* the detectors that fire now */
    bool crossed;    /* of risk_add: the threshold has just been reached */
};

/* Borrows the detectors; NULL: no memory. */
struct risk *risk_new(const struct detector *detectors, size_t memory, int64_t window_ms,
                      unsigned threshold, struct siphash_key key);
void risk_free(struct risk *risk);

/* What stands for an entity: a field's value. A record without the field: 0. */
uint64_t risk_entity(const struct risk *risk, const struct record *r, enum record_field field);
uint64_t risk_address(const struct risk *risk, struct address a, enum record_field field);

/* A detector started for the entity. */
struct risk_state risk_add(struct risk *risk, uint64_t entity, unsigned detector, int64_t t);

/* A detector fires for a source until then; risk_fired: it is over, unless more is known. */
void risk_firing(struct risk *risk, struct address source, unsigned detector, int64_t until);
void risk_fired(struct risk *risk, struct address source, unsigned detector, int64_t t,
                int64_t unless_after);

struct risk_state risk_of(struct risk *risk, uint64_t entity, int64_t t);

/* False: the source has certainly neither risk nor detectors firing. Costs one load. */
bool risk_may_have(const struct risk *risk, struct address source);

/* Tells sources that had a risk once from those that have; to be called now and then. */
void risk_tidy(struct risk *risk, int64_t now);
