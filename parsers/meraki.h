/* Between the files of the Meraki parser: meraki.c knows the kinds of message, meraki_pairs.c the keys
 * of their pairs, meraki_flow.c what nearly all flows begin with, meraki_events.c what events say in
 * words. Nobody else includes this. */
#pragma once

#include "parsers/parser.h"
#include "parsers/text/kv_order.h"

enum meraki_kind { FLOW, IDS, SECURITY, EVENT };

/* A kind of message. `severity` is that of an ordinary one. */
struct meraki_type {
    struct slice word, name;
    uint8_t kind, category, severity;
    bool ports; /* src=ADDRESS:PORT rather than sport=PORT */
};

/* What is known of a message beside its record while its pairs go by. */
struct meraki {
    struct record *out;
    struct kv_order *order;
    const char *end; /* of the text */
    const struct meraki_type *type;
    bool translated_dst;    /* translated_port belongs to the destination */
    bool refused;           /* a decision or a rule said so */
    struct slice signature; /* Snort's number of it */
};

/* Takes "allow", "deny", "blocked", ... for the message's action; other words say nothing. */
void meraki_decide(struct meraki *m, struct slice word);

/* Reads what flows begin with mostly: addresses, protocol and ports. Returns its length, 0 where
 * something else stands there: then nothing is said of it. */
size_t meraki_flow(struct record *r, struct slice text);

/* Pairs and words to the end. */
void meraki_pairs(struct meraki *m, struct slice text);

/* What an event is about and what it says in words: `type` is its type=, or empty where all of the
 * event is text. */
void meraki_event_says(struct record *r, struct slice type, struct slice text);
