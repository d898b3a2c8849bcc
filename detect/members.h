/*
 * What a record says to a detector, as numbers: the members of its group, and the key of what is
 * counted. Keys are the same in every run, so that samples and estimates are.
 */
#pragma once

#include "detect/episodes.h"

/* The key of hashes that are no secret. */
extern const struct siphash_key members_key;

#define VALUE_WIDE UINT64_C(0x8000000000000000) /* of a key that is a hash: its text is elsewhere */

/* The record's member of a field to group by; false: the record does not have it. */
bool member_of(const struct record *r, enum detector_field field, union member *out);

/* The members of the group that a record belongs to. False: it does not have them all, and the detector
 * does not keep what is missing. */
bool members_of(const struct record *r, const struct detector *detector, union member *out);

/* The record's counted value as a key for values.h; false: it does not have it. */
bool value_of(const struct record *r, enum detector_field field, uint64_t *key);

/*
 * The record itself as a key: one connection's event of one kind, on one device, is one, however
 * often it is logged. A record that does not name its connection is known by its time, addresses,
 * ports and protocol.
 */
uint64_t event_of(const struct record *r);

/* What a detector that groups by a source knows of a target: the other members of the group and
 * the counted value, in one key. */
uint64_t target_of(const struct detector *detector, const union member *members, uint64_t value);
