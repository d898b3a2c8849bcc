/*
 * Aggregation: of messages that are equal in some fields, one leaves, with their number, the times
 * of the first and the last, and what all of them say. The first waits for the others in a ring of
 * fixed size; when that is full, the oldest leaves early. One a thread and output; no clock.
 */
#pragma once

#include "config/settings.h"
#include "parsers/record.h"

struct aggregate;

/* What leaves; the record is valid during the call. */
typedef void (*on_leave)(void *context, struct record *r);

/* `fields` are those of settings->fields. NULL: no memory, no randomness. Both are borrowed. */
struct aggregate *aggregate_new(const struct aggregate_settings *settings,
                                const enum record_field *fields, unsigned field_count,
                                on_leave leave, void *context);
void aggregate_free(struct aggregate *a);

enum aggregate_result {
    AGGREGATE_NOT,    /* it leaves as it is: it lacks a field, is too large, or a detector fires */
    AGGREGATE_WAITS,  /* for others like it */
    AGGREGATE_JOINED, /* one that waits */
};

/* A record that arrives at now_ms. Some that wait may leave before this returns. */
enum aggregate_result aggregate_add(struct aggregate *a, const struct record *r, int64_t now_ms);

/* Those leave that have waited for the interval. */
void aggregate_expire(struct aggregate *a, int64_t now_ms);

/* Those leave whose source this is. */
void aggregate_release(struct aggregate *a, struct address source);

/* All leave. */
void aggregate_release_all(struct aggregate *a);
