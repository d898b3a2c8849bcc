/*
 * Which detectors a record counts towards, by their predicates. Most records match none: class,
 * evidence and protocol pick a word of candidates, one bit a detector, the category and the
 * destination port take away from it, and only what is left is looked at in full. Sequences are
 * left out: whether a record counts towards one depends on what came before.
 */
#pragma once

#include "detect/detector.h"

#define MATCH_CLASSES   5 /* and CLASS_UNKNOWN */
#define MATCH_PROTOCOLS 5 /* TCP, UDP, ICMP of both kinds, any other, not given */

struct match {
    uint64_t candidates[MATCH_CLASSES][EVIDENCE_COUNT][MATCH_PROTOCOLS];
    uint64_t categories[CATEGORY_COUNT + 1]; /* the last: none given */
    uint64_t without_port; /* the detectors that a record without destination port can match */
    uint64_t *port_masks;  /* the detectors of a class of ports */
    uint16_t port_class[65536];
    const struct detector *detectors;
};

/* Borrows the detectors. False: no memory. */
bool match_init(struct match *match, const struct detector *detectors, unsigned count);
void match_close(struct match *match);

/* `class` is record_class(r): one bit. */
uint64_t match_record(const struct match *match, const struct record *r, uint32_t class);

/* Whether a predicate holds, all of it. */
bool match_predicate(const struct predicate *p, const struct record *r, uint32_t class);
