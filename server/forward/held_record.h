/*
 * Records that outlive their message: copied with all their text into one block, and brought back.
 * And the record that several become: it says what all of them say.
 */
#pragma once

#include "parsers/record.h"

/* The bytes that a record takes. */
size_t held_record_size(const struct record *r);

/* Copies it to `out`, which is aligned for a struct record and has held_record_size bytes. */
void held_record_put(char *out, const struct record *r);

/* Fills *r, which then points into `held`. */
void held_record_get(const char *held, struct record *r);

/*
 * Makes *into, which held_record_get has filled, stand for one more record: fields in which the two
 * differ are unset, but bytes and packets are added up, the worst severity and risk remain, and the
 * latest time. Extras that differ are removed. Counts it, and minds the first and the last time.
 */
void held_record_join(struct record *into, const struct record *more);

/* Writes back what joining has changed. */
void held_record_update(char *held, const struct record *r);
/* Whether both say the same in a field, or neither says anything. */
bool held_record_agrees(const struct record *a, const struct record *b, enum record_field field);
