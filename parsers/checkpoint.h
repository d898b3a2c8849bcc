/* What the files of the Check Point parser share: the table of its keys, and a message while it is
 * read. */
#pragma once

#include "parsers/parser.h"
#include "parsers/text/kv.h"

/* How a key's value is read; `what` of its row says where it goes. */
enum checkpoint_how {
    AS_TEXT,    /* a text field; the first of several keys wins, the others are kept as extras */
    AS_ADDRESS, /* an address field; a name goes to the host field of that side */
    AS_PORT,    /* a port field */
    AS_VALUE,   /* a field of another kind */
    AS_NAT,     /* address or port, but 0 and 0.0.0.0 say that nothing was translated */
    AS_SECONDS, /* a moment, seconds since 1970 */
    AS_NOTE,    /* kept until the end, when its neighbours are known: checkpoint_meaning */
};

/* What is kept until then. */
enum checkpoint_note {
    NOTE_ACTION,
    NOTE_PRODUCT,
    NOTE_OPERATION,
    NOTE_SEVERITY,
    NOTE_STATUS,
    NOTE_IFNAME,
    NOTE_IFDIR,
    NOTE_CONN_DIRECTION,
    NOTE_SICNAME,
    NOTE_HOSTNAME,
    NOTE_LOGUID,
    NOTE_RULE,
    NOTE_RULE_NAME,
    NOTE_SERVICE_ID,
    NOTE_APPLICATION,
    NOTE_SRC_USER,
    NOTE_USER,
    NOTE_ADMINISTRATOR,
    NOTE_CLIENT_IP,
    NOTE_MACHINE,
    NOTE_IKE,
    NOTE_PROTECTION,
    NOTE_ATTACK,
    NOTE_MALWARE,
    NOTE_SHA256,
    NOTE_SHA1,
    NOTE_MD5,
    NOTE_PACKETS, /* of the connection, or a bundle of dropped ones */
    NOTE_BYTES,
    NOTE_CLIENT_OUTBOUND_BYTES,
    NOTE_SERVER_INBOUND_BYTES,
    NOTE_SENT_BYTES,
    NOTE_CLIENT_INBOUND_BYTES,
    NOTE_SERVER_OUTBOUND_BYTES,
    NOTE_RECEIVED_BYTES,
    NOTE_CLIENT_OUTBOUND_PACKETS,
    NOTE_SERVER_INBOUND_PACKETS,
    NOTE_CLIENT_INBOUND_PACKETS,
    NOTE_SERVER_OUTBOUND_PACKETS,
    NOTE_ELAPSED,
    NOTE_DURATION,
    NOTE_COUNT,
    NO_NOTE = NOTE_COUNT
};

/* The keys. One that has no row is kept as an extra under its own name. */
#define CHECKPOINT_DRAWERS (KV_NAME_MAX + 1)
extern const struct kv_drawer checkpoint_drawers[CHECKPOINT_DRAWERS];

/* What is known of a message while its pairs go by. */
struct checkpoint {
    struct record *out;
    uint64_t seen;         /* bit n: notes[n] is set */
    unsigned rule_names;   /* how many layers named their rule so far */
    unsigned inline_rules; /* outer layers that left the decision to an inner one */
    struct record_extra notes[NOTE_COUNT];
};

_Static_assert(NOTE_COUNT < 64, "struct checkpoint.seen holds one bit for each note");

#define CHECKPOINT_BIT(n)         (UINT64_C(1) << (n))
#define CHECKPOINT_SEEN(cp, note) ((cp)->seen >> NOTE_##note & 1)

/* After the last pair: what the notes say together, and what that means. */
void checkpoint_meaning(struct checkpoint *cp);

/* Reads a protocol, a counter or the like into its field; false when it is none. */
bool checkpoint_value(struct record *r, enum record_field field, struct slice value);
