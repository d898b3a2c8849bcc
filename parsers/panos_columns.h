/* PAN-OS logs are rows without names: which column of which type is what. panos.c reads by it. */
#pragma once

#include "parsers/record.h"

/* What to do with a column: the kinds of the record's fields, set from the text, and more. What
 * does not fit its field, and what comes second to one that is set, is kept by name. */
enum panos_how {
    PANOS_TEXT,
    PANOS_NUMBER,
    PANOS_PORT,
    PANOS_SECONDS, /* a duration */
    PANOS_ADDRESS,
    PANOS_PROTOCOL,
    PANOS_KEEP,     /* kept by name */
    PANOS_RECEIVED, /* kept by name when it is another time than the generated one */
    PANOS_DEVICE,   /* the firewall's name: the record's host unless the header named one */
    PANOS_ACTION,
    PANOS_SEVERITY,
    PANOS_THREAT, /* "name(number)" */
    PANOS_MISC,   /* URL or file, by the subtype */
};

/* What a firewall writes for "nothing"; an empty column always is. */
enum panos_none {
    PANOS_NONE_EMPTY,
    PANOS_NONE_ZERO, /* 0, and of an address 0.0.0.0 or :: */
    PANOS_NONE_ONE,  /* 0, and 1: a repeat count that says nothing */
    PANOS_NONE_ODD,  /* 0, -1 and that in 32 bits, N/A, n/a, 0.0.0.0, :: */
};

struct panos_column {
    uint64_t bit;    /* of its field in the record's has */
    uint16_t offset; /* of its member in struct record */
    uint8_t how;     /* enum panos_how */
    uint8_t none;    /* enum panos_none */
    struct slice name;
};

#define PANOS_COLUMNS_MAX 128

struct panos_row;

struct panos_columns {
    const struct panos_column *row; /* row[0] is column 0 */
    unsigned count;
    /* The same list as code, for the types that nearly all rows are of, else NULL: reads the columns
     * behind the front, as the loop in panos_row.c does, and returns how many columns the row has. 0:
     * it is not of the usual form. *next is where the next extra belongs. */
    unsigned (*walk)(struct panos_row *row, struct slice rest, struct record_extra **next);
    uint8_t tags[PANOS_COLUMNS_MAX]; /* of the names: panos_tag */
};

/* A byte of a name that few share. The macro is for literals in tables. */
#define PANOS_TAG(len, first, last) (uint8_t)((len)*31 + (uint8_t)(first)*7 + (uint8_t)(last))
#define PANOS_TAG_OF(literal)                                                                      \
    PANOS_TAG(sizeof(literal) - 1, (literal)[0], (literal)[sizeof(literal) - 2])

static inline uint8_t panos_tag(struct slice name)
{
    return PANOS_TAG(name.len, name.ptr[0], name.ptr[name.len - 1]);
}

/* By type; panos_every is what stands in rows of all types. */
extern const struct panos_columns panos_every, panos_traffic, panos_threat, panos_system,
    panos_config, panos_audit, panos_userid, panos_hipmatch, panos_globalprotect,
    panos_authentication, panos_decryption, panos_correlation, panos_iptag, panos_tunnel, panos_gtp,
    panos_sctp;
