/* PAN-OS logs are rows without names: which column of which type is what. panos.c reads by it. */
#pragma once

#include "parsers/record.h"

/* What to do with a column: the kinds of the record's fields, set from the text, and more. What
 * does not fit its field, and what comes second to one that is set, is kept by name. */
enum panos_how {
    PANOS_SKIP, /* reserved by the vendor, or read elsewhere */
    PANOS_TEXT,
    PANOS_NUMBER,
    PANOS_PORT,
    PANOS_ADDRESS,
    PANOS_PROTOCOL,
    PANOS_LAST_KIND = PANOS_PROTOCOL,
    PANOS_KEEP,     /* kept by name */
    PANOS_RECEIVED, /* kept by name when it is another time than the generated one */
    PANOS_SECONDS,  /* a duration */
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
    PANOS_NONE_ONE,  /* 1: a repeat count that says nothing */
    PANOS_NONE_ODD,  /* 0, -1 and that in 32 bits, N/A, n/a, 0.0.0.0, :: */
};

struct panos_column {
    uint8_t how;     /* enum panos_how */
    uint8_t none;    /* enum panos_none */
    uint8_t field;   /* enum record_field */
    uint16_t offset; /* of its member in struct record */
    struct slice name;
};

struct panos_columns {
    const struct panos_column *row;
    unsigned first; /* the column that row[0] describes */
    unsigned count;
};

/* Columns 0 to 6 of every type; 7 to 30 of the types about a session; the rest by type. */
extern const struct panos_columns panos_every, panos_session;
extern const struct panos_columns panos_traffic, panos_threat, panos_system, panos_config,
    panos_userid, panos_hipmatch, panos_globalprotect, panos_authentication, panos_decryption,
    panos_correlation, panos_iptag, panos_tunnel, panos_gtp, panos_sctp;
