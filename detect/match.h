/*
 * Which detectors a record counts towards, by their predicates: one bit a detector. Category, class,
 * evidence and protocol pick a word of candidates; action, destination port and what the record is
 * otherwise take away from it; only the few conditions that no word knows are looked at in full.
 * Sequences are left out: whether a record counts towards one depends on what came before.
 */
#pragma once

#include "detect/detector.h"

#define MATCH_CLASSES   5 /* and CLASS_UNKNOWN */
#define MATCH_PROTOCOLS 5 /* any other, TCP, UDP, ICMP of both kinds, not given */

struct match {
    /* by category (the last: none given) and class, evidence and protocol */
    uint64_t candidates[CATEGORY_COUNT + 1][MATCH_CLASSES][EVIDENCE_COUNT][MATCH_PROTOCOLS];
    uint64_t actions[ACTION_COUNT + 1]; /* the last: none given */
    uint64_t without_port; /* the detectors that a record without destination port can match */
    uint64_t *port_masks;  /* the detectors of a class of ports */
    uint16_t port_class[65536];
    uint64_t answered, not_reversed, no_parent; /* the detectors that have this condition */
    uint64_t by_lists; /* those that do not want what is in one of these lists */
    uint64_t lists;
    uint64_t in_full; /* those with conditions that no word knows */
    const struct detector *detectors;
};

/* Borrows the detectors. False: no memory. */
bool match_init(struct match *match, const struct detector *detectors, unsigned count);
void match_close(struct match *match);

uint64_t match_record(const struct match *match, const struct record *r);

/* Whether a predicate holds, all of it. */
bool match_predicate(const struct predicate *p, const struct record *r, uint32_t class);
