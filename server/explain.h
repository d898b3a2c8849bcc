/*
 * Where in a message the values of its record stand: found out by asking the parser again. A piece
 * of the text is changed, and what changes in the record came from it. So this knows no vendor's
 * format, and what it says is what the parser does. For people, one message at a time: a message is
 * parsed hundreds of times.
 */
#pragma once

#include "server/rules.h"

#define EXPLAIN_PIECES_MAX 6

struct piece {
    uint32_t at, len; /* bytes; len 0: none */
};

/* The pieces of one value, from left to right. None: no piece of the message alone decides it. */
struct origin {
    unsigned count;
    struct piece pieces[EXPLAIN_PIECES_MAX];
};

enum time_origin {
    TIME_STATED, /* the stamp says it all, or as much as the zone leaves open */
    TIME_YEAR_ADDED /* the stamp has no year */,
    TIME_OF_ARRIVAL, /* there is no stamp */
};

struct explanation {
    struct origin fields[FIELD_COUNT];
    struct piece extras[RECORD_EXTRA_MAX]; /* of their values */
    uint64_t remembered;                   /* bit FIELD_x: taken from an earlier message */
    enum time_origin time;
    bool zone_added; /* the stamp is local time of the device's zone */
};

/*
 * Explains the record that pipeline_parse made of `message`: `r` borrows from it. False: no memory,
 * and nothing is known.
 */
bool explain_record(const struct rules *rules, const struct sender *sender, struct slice message,
                    int64_t arrival_ms, const struct record *r, struct explanation *out);

/* Whether the text is the value as the message escapes it: backslashes, doubled quotes, JSON's \n.
 * Returns the bytes of `raw` it takes, 0: it does not stand at its front. */
size_t explain_unescaped(struct slice raw, struct slice value);
