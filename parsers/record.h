/*
 * The shared record: what a message of any vendor says, in one form. Its fields are the rows of
 * record_fields.h; `has` holds one bit for each that is set, so that a reset clears one word and
 * writers visit only what is there. Read a member only when its bit is set.
 *
 * Slices point into the message, into the record's own scratch area, or at static text. The record
 * is valid until the next message; nothing is allocated.
 */
#pragma once

#include "parsers/text/address.h"

enum field_kind {
    KIND_TEXT,    /* struct slice, never empty */
    KIND_NUMBER,  /* uint64_t */
    KIND_PORT,    /* uint16_t, 0 to 65535 */
    KIND_ADDRESS, /* struct address */
    KIND_TIME,    /* int64_t, milliseconds since 1970 UTC */
    KIND_FLAG,    /* bool */
    KIND_SEVERITY,
    KIND_PROTOCOL,
    KIND_CATEGORY, /* the words below, in a byte each */
    KIND_ACTION,
    KIND_OUTCOME,
    KIND_EVIDENCE,
    KIND_DIRECTION,
    KIND_EXTRA, /* the extra pairs: record_extra() only */
};

enum category {
    CATEGORY_CONNECTION, /* a flow was allowed, refused, began or ended */
    CATEGORY_NAT,
    CATEGORY_THREAT,         /* intrusion, malware, data filtering */
    CATEGORY_SCAN,           /* the device's own scan and flood detection */
    CATEGORY_WEB,            /* a URL was asked for */
    CATEGORY_AUTHENTICATION, /* log-in, log-out, refused */
    CATEGORY_VPN,
    CATEGORY_CONFIGURATION,
    CATEGORY_SYSTEM,
    CATEGORY_DNS,
    CATEGORY_DHCP,
    CATEGORY_WIRELESS,
    CATEGORY_FILE,
    CATEGORY_COUNT
};

enum action {
    ACTION_ALLOW,
    ACTION_DENY,  /* refused; how is not said */
    ACTION_DROP,  /* refused silently */
    ACTION_RESET, /* refused with an answer: TCP reset, ICMP unreachable */
    ACTION_ALERT, /* let through and reported */
    ACTION_COUNT
};

enum outcome { OUTCOME_SUCCESS, OUTCOME_FAILURE, OUTCOME_UNKNOWN, OUTCOME_COUNT };

/* What a message proves about a connection; DETECTION: which line proves what. */
enum evidence {
    EVIDENCE_NONE,      /* no statement about a finished or refused connection */
    EVIDENCE_DENIED,    /* policy refused it */
    EVIDENCE_NO_ANSWER, /* SYN sent, nothing came back */
    EVIDENCE_REFUSED,   /* the responder reset it, no payload */
    EVIDENCE_ABORTED,   /* answered, then ended with no payload either way */
    EVIDENCE_DATA,      /* payload was carried */
    EVIDENCE_UNKNOWN,   /* it ended, but the message does not say how */
    EVIDENCE_COUNT
};

enum direction { DIRECTION_INBOUND, DIRECTION_OUTBOUND, DIRECTION_COUNT };

enum { PROTOCOL_ICMP = 1, PROTOCOL_TCP = 6, PROTOCOL_UDP = 17, PROTOCOL_ICMP6 = 58 };

enum record_field {
#define FIELD(kind, name, cef, meaning) FIELD_##name,
#include "parsers/record_fields.h"
#undef FIELD
    FIELD_COUNT
};

_Static_assert(FIELD_COUNT <= 64, "struct record.has holds one bit for each field");

/* Among these fields are the numbers, ports and addresses that most messages have. */
#define RECORD_PRINTED_FIRST FIELD_src_ip
#define RECORD_PRINTED       (FIELD_dst_packets - RECORD_PRINTED_FIRST + 1)
#define RECORD_PRINTED_ROOM  16 /* bytes that may be read where the text of one begins */

#define RECORD_EXTRA_MAX   128  /* pairs; what comes after is counted in extra_lost */
#define RECORD_SCRATCH_MAX 4096 /* bytes for values that had to be unescaped */

struct record_extra {
    struct slice name; /* the vendor's key, as sent */
    struct slice value;
};

typedef struct slice field_TEXT;
typedef uint64_t field_NUMBER;
typedef uint16_t field_PORT;
typedef struct address field_ADDRESS;
typedef int64_t field_TIME;
typedef bool field_FLAG;
typedef uint8_t field_SEVERITY, field_PROTOCOL, field_CATEGORY, field_ACTION, field_OUTCOME,
    field_EVIDENCE, field_DIRECTION;
typedef uint16_t field_EXTRA; /* how many extras are set */

struct record {
    uint64_t has; /* bit FIELD_x: member x is set */
#define FIELD(kind, name, cef, meaning) field_##kind name;
#define RARE_FIELD(kind, name, cef, meaning)
#include "parsers/record_fields.h"
#undef FIELD
    uint64_t src_lists, dst_lists; /* which networks hold the addresses; detect/networks.h */
    uint16_t extra_lost;           /* pairs beyond RECORD_EXTRA_MAX */
    bool time_suspect;             /* the message's time was refused; time is the arrival */
    bool cut;                      /* the message was longer than accepted and was cut */
    bool counted;                  /* some detector counted it */
    uint32_t sample_rate; /* an output was sent one connection in so many; 0: all of them */
    uint32_t count; /* messages that this one stands for, the first and last of these times; */
    int64_t first_ms, last_ms; /* 0: itself alone */
    uint8_t detected_severity; /* of the worst detector that fires for it now, 0 when none */
    struct slice extra_prefix; /* the parser's, see parser.h */
    /* The message: bytes around a slice may be looked at as far as it goes. Empty: not known. */
    struct slice source;
    size_t scratch_used;
    uint64_t printed; /* bit FIELD_x: record_set_printed() said so of x */
    const char *printed_at[RECORD_PRINTED];
    uint8_t printed_len[RECORD_PRINTED];
#define FIELD(kind, name, cef, meaning)
#define RARE_FIELD(kind, name, cef, meaning) field_##kind name;
#include "parsers/record_fields.h"
#undef FIELD
    struct record_extra extras[RECORD_EXTRA_MAX];
    char scratch[RECORD_SCRATCH_MAX];
};

#define RECORD_HAS(record, name) ((record)->has >> FIELD_##name & 1)

/* record_set_<name>(record, value): sets the member and its bit. An empty text sets nothing. */
#define FIELD(kind, name, cef, meaning)                                                            \
    static inline void record_set_##name(struct record *r, field_##kind value)                     \
    {                                                                                              \
        if (field_##kind##_is_set(&value)) {                                                       \
            r->name = value;                                                                       \
            r->has |= UINT64_C(1) << FIELD_##name;                                                 \
        }                                                                                          \
    }
static inline bool field_TEXT_is_set(const struct slice *text)
{
    return text->len != 0;
}
#define field_NUMBER_is_set(value)    1
#define field_PORT_is_set(value)      1
#define field_ADDRESS_is_set(value)   1
#define field_TIME_is_set(value)      1
#define field_FLAG_is_set(value)      1
#define field_SEVERITY_is_set(value)  1
#define field_PROTOCOL_is_set(value)  1
#define field_CATEGORY_is_set(value)  1
#define field_ACTION_is_set(value)    1
#define field_OUTCOME_is_set(value)   1
#define field_EVIDENCE_is_set(value)  1
#define field_DIRECTION_is_set(value) 1
#define field_EXTRA_is_set(value)     1
#include "parsers/record_fields.h"
#undef FIELD

/* The words are 0 where they are not set: what is told apart by them all stays the same. */
static inline void record_reset(struct record *r)
{
    r->has = r->printed = 0;
    r->category = r->action = r->outcome = 0;
    r->evidence = r->direction = r->protocol = 0;
    r->extra = 0;
    r->src_lists = r->dst_lists = 0;
    r->time_suspect = r->cut = r->counted = false;
    r->extra_lost = 0;
    r->source = SLICE_NONE;
    r->sample_rate = r->count = 0;
    r->detected_severity = 0;
    r->scratch_used = 0;
}

/* Says of a number, a port or an address that is set where in the message its text stands as writers
 * print it, so that they may copy it. The field must not be changed any more. */
static inline void record_set_printed(struct record *r, enum record_field field, struct slice text)
{
    r->printed |= UINT64_C(1) << field;
    r->printed_at[field - RECORD_PRINTED_FIRST] = text.ptr;
    r->printed_len[field - RECORD_PRINTED_FIRST] = (uint8_t)text.len;
}

/* Of the message, or of the worst detector that fires for it: 0 to 10. */
static inline uint8_t record_severity(const struct record *r)
{
    uint8_t severity = RECORD_HAS(r, severity) ? r->severity : 0;
    if (severity < r->detected_severity)
        severity = r->detected_severity;
    return severity > 10 ? 10 : severity;
}

/* What the tables know of a field. */
struct field_info {
    const char *name;
    const char *cef;
    const char *meaning;
    enum field_kind kind;
    uint16_t offset; /* of the member in struct record */
};
extern const struct field_info record_fields[FIELD_COUNT];

/*
 * Sets a field from a vendor's text, by the field's kind: numbers, ports and addresses strictly.
 * Returns false, and leaves the field unset, when the text is not a value of that kind. An empty
 * text is no value and no error: true, and nothing is set. For tables of key or column -> field.
 */
bool record_put(struct record *r, enum record_field field, struct slice text);

/*
 * The last thing a parser does: of action and outcome, what only one vendor's message says follows
 * from the other, so that the same is said whatever the vendor's words are. What was let succeeded,
 * unless nobody answered, and what was refused failed; a log-in, a tunnel or an administrator's change
 * that succeeded was let, and one that failed was refused.
 */
static inline void record_settle(struct record *r)
{
    const unsigned tried =
        1u << CATEGORY_AUTHENTICATION | 1u << CATEGORY_VPN | 1u << CATEGORY_CONFIGURATION;
    bool action = RECORD_HAS(r, action), outcome = RECORD_HAS(r, outcome);
    if (action == outcome)
        return;
    if (action && r->action != ACTION_ALERT) {
        bool vain = RECORD_HAS(r, evidence) &&
                    (r->evidence == EVIDENCE_NO_ANSWER || r->evidence == EVIDENCE_REFUSED);
        record_set_outcome(r,
                           r->action == ACTION_ALLOW && !vain ? OUTCOME_SUCCESS : OUTCOME_FAILURE);
    } else if (outcome && r->outcome != OUTCOME_UNKNOWN && RECORD_HAS(r, category) &&
               tried >> r->category & 1) {
        record_set_action(r, r->outcome == OUTCOME_SUCCESS ? ACTION_ALLOW : ACTION_DENY);
    }
}

/* Keeps a pair that has no field, neither being empty; a name may come several times. Beyond the
 * bound: counted, dropped. */
static inline void record_add_extra(struct record *r, struct slice name, struct slice value)
{
    if (r->extra == RECORD_EXTRA_MAX) {
        r->extra_lost++;
        return;
    }
    struct record_extra *extra = &r->extras[r->extra];
    *extra = (struct record_extra){name, value};
    record_set_extra(r, (uint16_t)(r->extra + 1));
}

/* The same; a pair of which one is empty is not kept. */
static inline void record_extra(struct record *r, struct slice name, struct slice value)
{
    if (value.len && name.len)
        record_add_extra(r, name, value);
}

/* Whether what a parser set is static text: the same bytes as long as the process lives. */
static inline bool record_is_static(const struct record *r, struct slice text)
{
    uintptr_t at = (uintptr_t)text.ptr;
    return r->source.len && at - (uintptr_t)r->source.ptr > r->source.len &&
           at - (uintptr_t)r >= sizeof(*r);
}

/* Room for `len` bytes that live as long as the record, or NULL when the scratch area is full. */
char *record_scratch(struct record *r, size_t len);

/* The words: "allow", "denied", "connection", "tcp" or a number. Never NULL for values in range. */
const char *record_word(enum field_kind kind, unsigned value);
struct slice record_word_text(enum field_kind kind, unsigned value);

/* The value of a word of KIND_CATEGORY, ACTION, OUTCOME, EVIDENCE or DIRECTION; -1: none such. */
int record_word_value(enum field_kind kind, struct slice word);

/* An IP protocol's number from its name in any case ("tcp", "ICMP6", "ipv6-icmp") or digits; -1. */
int protocol_number(struct slice text);

/* Its name, or NULL when it has none here: then writers print the number. */
const char *protocol_name(unsigned number);

/* 0 to 10 for a syslog severity (RFC 5424 table 2), 7 debug to 0 emergency. */
uint8_t severity_of_syslog(unsigned level);

/* The whole text as a number, strictly: digits only, no sign, no blanks. */
bool port_parse(struct slice text, uint16_t *out);

/* The same of a text behind which bytes may be looked at up to `end`: mostly all digits at once. */
static inline bool port_read(struct slice text, const char *end, uint16_t *out)
{
    if (text.len - 1 > 7 || end - text.ptr < 8)
        return port_parse(text, out);
    int64_t port = digits_8(text.ptr, text.len);
    if (port < 0 || port > UINT16_MAX)
        return false;
    *out = (uint16_t)port;
    return true;
}

bool number_parse(struct slice text, uint64_t *out);
