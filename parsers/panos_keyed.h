/* PAN-OS messages whose columns have names: CEF, LEEF and JSON. */
#pragma once

#include "parsers/panos_row.h"

/* What a key says. */
enum panos_key_meaning {
    PANOS_KEY_COLUMN,
    PANOS_KEY_RECEIVED, /* times */
    PANOS_KEY_GENERATED,
    PANOS_KEY_PRECISE,
    PANOS_KEY_ZONE,     /* of the times */
    PANOS_KEY_TYPE,     /* and subtype: what columns there are at all */
    PANOS_KEY_EVENT,    /* the event's id, of types that have one */
    PANOS_KEY_SEVERITY, /* as a number */
};

#define PANOS_KEY_COLUMNS_MAX 4

struct panos_key {
    struct slice key;
    enum panos_key_meaning meaning;
    struct slice columns[PANOS_KEY_COLUMNS_MAX]; /* by name; the first that the type has */
};

/* The row of a key or a label, NULL when its own name is a column's. */
const struct panos_key *panos_key(struct slice name);

bool panos_is_keyed(struct slice body);

/* Reads a message for which panos_is_keyed was true. */
enum parse_status panos_keyed(const struct parse_context *context, struct slice body,
                              struct record *out);
