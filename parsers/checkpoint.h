/*
 * What the files of the Check Point parser share. checkpoint.c finds out how a message is written,
 * checkpoint_cef.c and checkpoint_old.c know the ways that are more than pairs; checkpoint_keys.c
 * says where keys go, checkpoint_pairs.c takes them there, checkpoint_meaning.c says what they mean
 * together in the words of checkpoint_words.c. Nobody else includes this.
 */
#pragma once

#include "parsers/parser.h"
#include "parsers/text/kv_order.h"

/* How a key's value is read; `what` of its row says where it goes. */
enum checkpoint_how {
    AS_TEXT,    /* a text field; the first of several keys wins, the others are kept as extras */
    AS_ADDRESS, /* an address field; a name goes to the host field of that side */
    AS_PORT,    /* a port field */
    AS_VALUE,   /* a field of another kind */
    AS_NAT,     /* address or port, but 0 and 0.0.0.0 say that nothing was translated */
    AS_TIME,    /* a moment: seconds since 1970, or any of the ways its products write it */
    AS_NOTE,    /* kept until the end, when its neighbours are known: checkpoint_meaning */
    AS_LAYER,   /* one of several rules: checkpoint_layers */
    AS_INLINE,  /* what a layer's rule said */
    AS_EXTRA,   /* known, frequent, and nothing for the record */
};

/* What is kept until then. */
enum checkpoint_note {
    NOTE_ACTION,
    NOTE_PRODUCT,
    NOTE_OPERATION,
    NOTE_SEVERITY,
    NOTE_SEVERITY_10, /* on CEF's and LEEF's scale, which is ours */
    NOTE_STATUS,
    NOTE_IFNAME,
    NOTE_IFDIR,
    NOTE_CONN_DIRECTION,
    NOTE_SICNAME,
    NOTE_HOSTNAME,
    NOTE_LOGUID,
    NOTE_IKE,
    NOTE_PACKETS, /* of the connection, or a bundle of dropped ones */
    NOTE_BYTES,
    NOTE_ELAPSED,
    NOTE_DURATION,
    /* Three each that can fill one field, the preferred first: choices in checkpoint_meaning.c. The
     * client sends what leaves it (outbound) and what reaches the server (inbound). */
    NOTE_CHOICES,
    NOTE_BLADE_RULE = NOTE_CHOICES,
    NOTE_RULE,
    NOTE_APPLICATION = NOTE_CHOICES + 3,
    NOTE_SERVICE_ID,
    NOTE_SRC_USER = NOTE_CHOICES + 6,
    NOTE_USER,
    NOTE_ADMINISTRATOR,
    NOTE_CLIENT_IP = NOTE_CHOICES + 9,
    NOTE_MACHINE = NOTE_CHOICES + 12,
    NOTE_PROTECTION = NOTE_CHOICES + 15,
    NOTE_ATTACK,
    NOTE_MALWARE,
    NOTE_SHA256 = NOTE_CHOICES + 18,
    NOTE_SHA1,
    NOTE_MD5,
    NOTE_CHANGES = NOTE_CHOICES + 21,
    NOTE_ADDITIONAL,
    NOTE_SUBJECT,
    NOTE_CLIENT_OUTBOUND_BYTES = NOTE_CHOICES + 24,
    NOTE_SERVER_INBOUND_BYTES,
    NOTE_SENT_BYTES,
    NOTE_CLIENT_INBOUND_BYTES = NOTE_CHOICES + 27,
    NOTE_SERVER_OUTBOUND_BYTES,
    NOTE_RECEIVED_BYTES,
    NOTE_CLIENT_OUTBOUND_PACKETS = NOTE_CHOICES + 30,
    NOTE_SERVER_INBOUND_PACKETS,
    NOTE_CLIENT_INBOUND_PACKETS = NOTE_CHOICES + 33,
    NOTE_SERVER_OUTBOUND_PACKETS,
    NOTE_COUNT = NOTE_CHOICES + 36
};

/* The keys. One that has no row is kept as an extra under its own name. The foreign ones are what
 * CEF, LEEF, JSON and Check Point's older tools call the same; they are asked second, and only where
 * such names can occur. */
#define CHECKPOINT_DRAWERS (KV_NAME_MAX + 1)
extern const struct kv_drawer checkpoint_drawers[CHECKPOINT_DRAWERS];
extern const struct kv_drawer checkpoint_foreign[CHECKPOINT_DRAWERS];

#define CHECKPOINT_LAYERS 8 /* whose rules are remembered; a policy has two or three */

/* A pair that a note is made of. */
struct checkpoint_noted {
    const struct kv_key *key;
    struct slice value;
};

/* What is known of a message while its pairs go by. */
struct checkpoint {
    struct record *out;
    const struct zone *zone;
    int64_t arrival_ms;
    struct kv_order *order;
    bool foreign;                                     /* see checkpoint_foreign */
    size_t (*unescape)(struct slice text, char *out); /* the envelope's */
    uint64_t seen;                                    /* bit n: notes[n] is set */
    uint64_t kept;                              /* bit n: notes[n] becomes an extra in the end */
    unsigned inline_rules;                      /* layers that left it to an inner one */
    unsigned rules;                             /* how many rule_names are set */
    struct slice rule_names[CHECKPOINT_LAYERS]; /* in the order of the layers */
    struct checkpoint_noted notes[NOTE_COUNT];
};

_Static_assert(NOTE_COUNT < 64, "struct checkpoint.seen holds one bit for each note");

#define CHECKPOINT_BIT(n)         (UINT64_C(1) << (n))
#define CHECKPOINT_SEEN(cp, note) ((cp)->seen >> NOTE_##note & 1)

/* Takes a pair to its field, its note, or the extras. */
void checkpoint_pair(struct checkpoint *cp, const struct kv *pair);

/* All pairs of the form [name:"value"; ...], by far the most frequent; false when there is none. */
bool checkpoint_quoted(struct checkpoint *cp, struct slice text);

/* A time in any of the ways that CEF, LEEF and the older tools write it; false when it is none. */
bool checkpoint_clock(struct checkpoint *cp, struct slice text);

/* checkpoint_cef.c: lines of the formats "cef" and "leef". False: no pair was read. */
bool checkpoint_is_cef(struct slice text);
bool checkpoint_is_leef(struct slice text);
bool checkpoint_cef(struct checkpoint *cp, struct slice text);
bool checkpoint_leef(struct checkpoint *cp, struct slice text);

/* checkpoint_old.c: lines that fw log prints, and rows that the log viewer exports. */
bool checkpoint_is_listed(struct slice text);
bool checkpoint_is_row(struct slice text);
bool checkpoint_listed(struct checkpoint *cp, struct slice text);
bool checkpoint_row(struct checkpoint *cp, struct slice text);

/* checkpoint_words.c: what Check Point's words mean. */
#define CHECKPOINT_NONE 255

/* Of an action word. Severity is that of messages that bring none of their own. */
struct checkpoint_verdict {
    struct slice word;
    uint8_t action, category, outcome, severity; /* CHECKPOINT_NONE: says nothing about it */
};

const struct checkpoint_verdict *checkpoint_verdict(struct slice word);
int checkpoint_severity(struct slice word);  /* -1: not known */
int checkpoint_service(struct slice name);   /* the port of a predefined service; -1: not known */
int checkpoint_category(struct slice blade); /* -1: as its keys say */

/* After the last pair: what the notes say together, and what that means. */
void checkpoint_meaning(struct checkpoint *cp);

/* Reads a protocol, a counter or the like into its field; false when it is none. `end`: how far the
 * text behind it may be looked at. */
bool checkpoint_value(struct record *r, enum record_field field, struct slice value,
                      const char *end);
