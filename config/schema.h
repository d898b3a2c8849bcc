/*
 * What a key may hold: one row each, with its default, its range and where its value goes. shape.c
 * compares a document with the rows, loader.c builds libcyaml's schema from them, fill.c converts by
 * them. A new setting is a row here, a member in settings.h and an entry in parapet.yaml.
 */
#pragma once

#include "config/settings.h"

enum value_kind {
    VALUE_TEXT,     /* const char *: one line */
    VALUE_LINES,    /* const char *: one line or more */
    VALUE_NAME,     /* const char *: letters, digits, _ - . */
    VALUE_ADDRESS,  /* const char *, an IP address */
    VALUE_NETWORK,  /* struct net */
    VALUE_BOOL,     /* bool */
    VALUE_NUMBER,   /* an integer of the member's size */
    VALUE_SIZE,     /* bytes */
    VALUE_DURATION, /* milliseconds */
    VALUE_SHARE,    /* one in so many: the number */
    VALUE_WORD,     /* one of `words`: its value, in the member's size */
    LIST_TEXT,      /* struct text_list */
    LIST_NETWORK,   /* struct net_list */
    LIST_PORTS,     /* struct port_ranges */
    LIST_FLAGS,     /* some of `words`: the bool at the word's value is set */
    LIST_MAPPING,   /* an array of `size` bytes each, its length at count_offset */
    MAPPING,        /* keys that fill the same struct, from `offset` on */
};

struct word {
    const char *text; /* the last has NULL */
    size_t value;
};

struct row {
    const char *key; /* the last has NULL */
    enum value_kind kind;
    size_t offset, size;      /* where the value goes in the struct, and how large that is */
    size_t count_offset;      /* of LIST_MAPPING */
    const char *fallback;     /* the default, as YAML; NULL: stays empty, or is required */
    uint64_t min, max;        /* of numbers; bytes of a text; entries of a list (max 0: no limit) */
    const struct word *words; /* also of VALUE_TEXT and LIST_TEXT: only these */
    const struct row *rows;   /* of MAPPING and LIST_MAPPING */
    bool required;
    bool one_will_do;     /* a list of one may be written as its entry alone */
    bool told;            /* MAPPING: the bool at count_offset tells whether it is there */
    const char *expected; /* in a complaint; NULL: made from the kind and the range */
};

#define ROWS_MAX 32 /* in one mapping */

extern const struct row schema_settings[]; /* fills struct settings */
extern const struct row schema_detector[]; /* fills struct detector_settings */

/* What a row expects, in words: "a size from 1 KiB to 64 KiB, such as 64 KiB". */
#define EXPECTATION_MAX 256
const char *schema_expects(char out[EXPECTATION_MAX], const struct row *row);
/* The same for one entry of a list of plain values. */
const char *schema_expects_entry(char out[EXPECTATION_MAX], const struct row *row);
