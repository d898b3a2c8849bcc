/*
 * Which detectors a record counts towards, by their predicates: one bit a detector. Category, class,
 * evidence and protocol pick a word of candidates; action, destination port and what the record is
 * otherwise take away from it; only the few conditions that no word knows are looked at in full.
 * Sequences are left out: whether a record counts towards one depends on what came before.
 */
#pragma once

#include "detect/detector.h"

/* Powers of two: the candidates' place is put together of bits. */
#define MATCH_CATEGORIES 16 /* the last: not given */
#define MATCH_CLASSES    8
#define MATCH_EVIDENCES  8
#define MATCH_PROTOCOLS                                                                            \
    4                   /* any other or not given, TCP, UDP, ICMP of both kinds: match_protocols */
#define MATCH_ANSWERS 2 /* whether the record counts what the responder sent */
_Static_assert(CATEGORY_COUNT < MATCH_CATEGORIES && EVIDENCE_COUNT <= MATCH_EVIDENCES,
               "there is a place for each");

struct match {
    uint64_t candidates[MATCH_CATEGORIES][MATCH_CLASSES][MATCH_EVIDENCES][MATCH_PROTOCOLS]
                       [MATCH_ANSWERS];
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

/* The number of a protocol's group among the candidates. */
extern const uint8_t match_protocols[256];

/* The number of the bit of a record's class. */
static inline unsigned match_class(const struct record *r)
{
    const uint64_t ends = UINT64_C(1) << FIELD_src_ip | UINT64_C(1) << FIELD_dst_ip;
    const uint64_t sides = UINT64_C(1) << FIELD_src_internal | UINT64_C(1) << FIELD_dst_internal;
    if ((r->has & (ends | sides)) == (ends | sides))
        return 3 - (r->src_internal << 1 | r->dst_internal);
    if ((r->has & ends) != ends)
        return 4;
    unsigned src = RECORD_HAS(r, src_internal) && r->src_internal;
    unsigned dst = RECORD_HAS(r, dst_internal) && r->dst_internal;
    return 3 - (src << 1 | dst);
}

/* The detectors that a record may count towards: of most, none. */
static inline uint64_t match_candidates(const struct match *match, const struct record *r)
{
    const uint64_t counts = UINT64_C(1) << FIELD_dst_bytes | UINT64_C(1) << FIELD_dst_packets;
    unsigned category = RECORD_HAS(r, category) ? r->category : MATCH_CATEGORIES - 1;
    unsigned evidence = RECORD_HAS(r, evidence) ? r->evidence : EVIDENCE_NONE;
    unsigned protocol = RECORD_HAS(r, protocol) ? match_protocols[r->protocol] : 0;
    return match->candidates[category % MATCH_CATEGORIES][match_class(r)]
                            [evidence % MATCH_EVIDENCES][protocol][(r->has & counts) != 0];
}

/* Which of them it does count towards. */
uint64_t match_narrowed(const struct match *match, const struct record *r, uint64_t candidates);

static inline uint64_t match_record(const struct match *match, const struct record *r)
{
    uint64_t candidates = match_candidates(match, r);
    return candidates ? match_narrowed(match, r, candidates) : 0;
}

/* Whether a predicate holds, all of it. */
bool match_predicate(const struct predicate *p, const struct record *r, uint32_t class);
