/*
 * What is wrong with a configuration, gathered while it is looked at and told sorted by place, so
 * that one run shows everything. Bounded: beyond COMPLAINTS_MAX they are only counted.
 */
#pragma once

#include "config/arena.h"
#include "config/config.h"

#define COMPLAINTS_MAX 200

/* A file that was read, by the name complaints give it; rank: the order in which files came. */
struct source {
    const char *name;
    unsigned rank;
};

/* Where in it: lines and columns count from 1; line 0 is the file as a whole. */
struct place {
    const struct source *source;
    unsigned line, column;
};

struct complaint {
    struct place place;
    const char *sentence;
};

struct complaints {
    struct arena *arena;
    unsigned sources;
    unsigned total; /* made, also those beyond the bound */
    struct complaint kept[COMPLAINTS_MAX];
};

const struct source *complaints_source(struct complaints *all, const char *name);

/* "file:line:column: key: " and the formatted rest; `key` NULL or empty: no key. */
void complain(struct complaints *all, struct place place, const char *key, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* No more than counting would come of further ones: a walk over hostile input may stop. */
bool complaints_full(const struct complaints *all);

void complaints_deliver(struct complaints *all, on_complaint deliver, void *context);

/* "file:line:column: key: " or what of it there is; returns the length, cut to size - 1. */
size_t complaints_head(char *out, size_t size, struct place place, const char *key);

/* Control characters, which a path may hold, become blanks: a sentence is one line. */
void complaints_flatten(char *sentence);

/* A value as complaints show it: in quotes, shortened, without control characters. */
#define QUOTED_MAX 96
const char *complaints_quote(char out[QUOTED_MAX], const char *value);
