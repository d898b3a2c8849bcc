/*
 * What a parser is. One file a vendor, no header: it ends in its description,
 *
 *   const struct parser parser_asa = {
 *       .name = SLICE("asa"), .extra_prefix = SLICE("CiscoASA"), .claims = asa_claims, ...};
 *
 * To add a vendor: write parsers/<name>.c, add its row to parsers.c, put sample lines into
 * samples/<name>/ and let `make golden` write what becomes of them. Tests and fuzzers find it there.
 *
 * Parsers are pure: they allocate nothing, do no I/O, ask no clock, keep no state but what the
 * context holds.
 */
#pragma once

#include "parsers/asa_mark.h"
#include "parsers/connections.h"
#include "parsers/panos_front.h"
#include "parsers/record.h"
#include "parsers/syslog.h"
#include "parsers/text/kv_order.h"

enum parse_status {
    PARSE_OK,
    PARSE_UNKNOWN,   /* this vendor's, but of a kind that carries nothing for the record yet */
    PARSE_MALFORMED, /* this vendor's kind of message, but broken: cut off or against its format */
};

/* What parsers remember of the messages they read, to read the next ones faster and no other way. One
 * a thread, all zero at first. */
struct parse_memory {
    struct kv_order checkpoint, meraki;
    struct panos_memory panos;
    struct asa_marks asa;
};

/* What a parser is handed beside the text. Everything here is borrowed for the call. */
struct parse_context {
    const struct syslog *header;     /* already taken off the body */
    const struct zone *zone;         /* the device's time zone, NULL for UTC */
    int64_t arrival_ms;              /* completes stamps without a year */
    uint64_t device;                 /* tells devices apart: a hash of sender and host */
    struct connections *connections; /* NULL: nothing is remembered between messages */
    struct parse_memory *memory;     /* may be NULL */
};

struct parser {
    struct slice name;         /* a NUL ends it */
    struct slice extra_prefix; /* of extras' names in CEF: "PanOS" makes PanOSSourceCountry */
    /* Whether the message is this vendor's: cheap, by a few bytes; asked in the table's order. */
    bool (*claims)(const struct syslog *header, struct slice body);
    /*
     * Fills the record. The caller has reset it and set time (where the header had one), host,
     * received, device_ip and, from the PRI, severity; the parser overrides what the body says
     * better. It sets vendor, product, event_id, event_name and category of every message that is
     * OK, and evidence of every message about a connection.
     * With UNKNOWN and MALFORMED it leaves what it could read; at least vendor and product.
     */
    enum parse_status (*parse)(struct parse_context *context, struct slice body,
                               struct record *out);
};

extern const struct parser *const parsers[]; /* in the order they are asked; NULL ends it */

/* The parser of that name, or NULL. */
const struct parser *parser_named(struct slice name);

/* The first that claims the message, or NULL. */
const struct parser *parser_claiming(const struct syslog *header, struct slice body);
