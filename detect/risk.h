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

/* Entities with a risk that others have pushed out. */
uint64_t risk_evicted(const struct risk *risk);

/* False: the source has certainly neither risk nor detectors firing. Costs one load. */
bool risk_may_have(const struct risk *risk, struct address source);

/* ---- what a snapshot keeps of an entity */

#define RISK_ENTRIES 12 /* distinct detectors of one entity; with more, the oldest is forgotten */

struct risk_entry {
    uint32_t started_s;      /* 0: fires, but has not scored */
    uint32_t firing_until_s; /* 0: does not */
    uint8_t detector;
};

struct risk_entity {
    uint64_t hash; /* 0: free */
    uint32_t bit;  /* of a source, in the map of those that may have a risk */
    uint8_t count;
    bool above; /* the threshold has been crossed and told */
    struct risk_entry entries[RISK_ENTRIES];
};

/* How many entities there is room for; the one in a place, false: none. */
size_t risk_room(const struct risk *risk);
bool risk_get(struct risk *risk, size_t place, struct risk_entity *out);

/* An entity of an earlier run under the same key; replaces what is known of it. */
void risk_put(struct risk *risk, const struct risk_entity *entity, int64_t now);
void risk_rekey(struct risk *risk, struct siphash_key key);

/* From now on risk_add notes whose risk changed; *lost: more than could be noted. */
#define RISK_CHANGES 256
void risk_note_changes(struct risk *risk);
unsigned risk_changes(struct risk *risk, uint64_t hashes[RISK_CHANGES], bool *lost);
bool risk_find(struct risk *risk, uint64_t hash, struct risk_entity *out);

/* Tells sources that had a risk once from those that have; to be called now and then. */
void risk_tidy(struct risk *risk, int64_t now);
