/*
 * A message parsed again and again with a piece of it changed. Between explain.c and its part; nobody
 * else includes this.
 */
#pragma once

#include "server/explain.h"

#define TRIAL_MAX  64 /* bytes of what can be put in the place of a piece */
#define BIT(field) (UINT64_C(1) << (field))

struct trials {
    const struct sender *sender;
    struct slice message;
    int64_t arrival_ms;
    struct pipeline of_base, of_trial; /* without any memory; their lines may be pointed into */
    struct parsed base, trial;         /* the message as it is and changed */
    uint64_t values; /* the fields of `base` that hold values of the message: texts, numbers ... */
    uint64_t words;  /* and those that hold a meaning: severity, action ... */
    unsigned left;   /* how many more there may be */
    char *text;      /* the message with a piece changed */
};

/* Has parsed the message once. NULL: no memory. */
struct trials *trials_new(const struct rules *rules, const struct sender *sender,
                          struct slice message, int64_t arrival_ms);
void trials_free(struct trials *t);

/* Parses the message with a piece replaced. False: there were too many already. */
bool trial_with(struct trials *t, struct piece piece, struct slice other);

/* The same with one byte changed. */
bool trial_byte(struct trials *t, size_t at, char byte);

/* Whether the field is another one now, or set no more. */
bool trial_changed(const struct trials *t, unsigned field);

/* Whether it still is a message of the same kind. */
bool trial_same_kind(const struct trials *t);

/* And has lost no value: so that a difference in meaning is not one of form. */
bool trial_same_form(const struct trials *t);

bool trial_same_value(const struct record *a, unsigned field, const struct record *b,
                      unsigned other);
bool trial_same_field(const struct record *a, const struct record *b, unsigned field);

static inline const void *record_member(const struct record *r, unsigned field)
{
    return (const char *)r + record_fields[field].offset;
}
