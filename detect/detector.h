/*
 * A compiled detector: what its YAML file says, words turned into numbers and bits. Values are
 * open and owned by whoever built it (the server, from config's settings); the engine borrows it
 * for its own life.
 */
#pragma once

#include "parsers/record.h"

#define DETECTOR_MAX       64 /* detectors in force at once: one bit each in a word */
#define DETECTOR_GROUP_MAX 3
#define DETECTOR_TIERS_MAX 8

enum detector_type {
    DETECTOR_VALUE_COUNT, /* distinct values of a field in a window */
    DETECTOR_EVENT_COUNT, /* records in a window, each once: by device, connection and event id */
    DETECTOR_FIRST_SEEN,  /* a group that was not seen for as long as the window */
    DETECTOR_SEQUENCE, /* values that another detector, which fired for the source, counted before */
};

/* The direction of a record between internal and external addresses. */
enum flow_class {
    CLASS_INT_INT = 1 << 0,
    CLASS_INT_EXT = 1 << 1,
    CLASS_EXT_INT = 1 << 2,
    CLASS_EXT_EXT = 1 << 3,
    CLASS_UNKNOWN = 1 << 4, /* an address is missing */
};

/* What a record is grouped by, and what is counted. */
enum detector_field {
    DETECT_SRC_IP,
    DETECT_DST_IP,
    DETECT_SRC_PORT,
    DETECT_DST_PORT,
    DETECT_PROTOCOL,
    DETECT_DEVICE, /* this and the next: texts, to group by, never counted */
    DETECT_SRC_HOST,
    DETECT_SRC_USER,
    DETECT_DST_HOST,
    DETECT_EVENT_ID,
    DETECT_SERVICE, /* destination address, protocol and port together; counted, never grouped by */
    DETECT_FIELD_COUNT
};

enum listed_side { LISTED_SOURCE, LISTED_DESTINATION, LISTED_EITHER };

/* A set of ports: one bit each. 8 KiB, so that a test is one load. */
struct port_set {
    uint64_t bits[65536 / 64];
};

static inline bool port_set_has(const struct port_set *set, uint16_t port)
{
    return set->bits[port >> 6] >> (port & 63) & 1;
}

/* Every condition must hold; a zero mask or a NULL set is no condition. */
struct predicate {
    uint32_t classes;          /* enum flow_class bits */
    uint32_t evidence;         /* bit n: enum evidence n */
    uint32_t actions;          /* bit n: enum action n */
    uint32_t categories;       /* bit n: enum category n */
    bool any_protocol;         /* protocols is not a condition */
    uint64_t protocols[4];     /* bit n: IANA protocol n */
    struct port_set *dst_port; /* one of these; a record without a port does not match */
    struct port_set *not_dst_port;
    struct port_set *src_port;
    struct port_set *not_src_port;
    uint64_t listed;     /* networks.h sets: the side must be in one of these */
    uint64_t not_listed; /* the side must be in none of these */
    enum listed_side listed_side;
    uint64_t src_networks, dst_networks; /* networks.h sets: the address must be in one of these */
    uint64_t not_src_networks, not_dst_networks;
    uint64_t sets_digest; /* of the names behind these six, definition_named; 0: of their numbers */
    bool by_icmp_type;    /* icmp_types is a condition */
    uint64_t icmp_types[4]; /* bit n: type n; a record that does not tell its type matches too */
    bool answered;          /* evidence data or aborted, or bytes or packets from the responder */
    bool not_reversed;      /* not from a port under 1024 to one over: turned round */
    bool no_parent;         /* sessions opened by another session (FTP data) do not count */
    bool detected;          /* some detector has counted it: for who comes after the detectors */
    bool firing;            /* some detector fires for it now: the same */
    const char *const *event_ids;                /* NULL-terminated; NULL: any */
    const char *const *parsers, *const *vendors; /* one of these names; vendors in any case */
    uint8_t min_severity;                        /* at least so bad, 0 to 10 */
    const char *const *devices; /* hosts or addresses of devices, NULL-terminated; NULL: any */
};

struct tier {
    uint64_t gte;
    uint8_t severity; /* 0 to 10 */
};

struct detector {
    const char *name;
    const char *title;
    bool is_wrong; /* something in its file cannot be: not for an engine */
    enum detector_type type;
    struct predicate where;
    enum detector_field group_by[DETECTOR_GROUP_MAX];
    unsigned group_count;
    bool keep_missing; /* a record without a field of group_by has a group where it is "-" */
    enum detector_field counted;           /* of value_count and sequence */
    const char *const *after;              /* of sequence: names of detectors, NULL-terminated */
    struct tier tiers[DETECTOR_TIERS_MAX]; /* ascending; [0] is `condition` with `severity` */
    unsigned tier_count;
    bool has_also;              /* a lower threshold on a narrower predicate, */
    struct predicate also;      /* which must hold besides `where`; */
    uint64_t also_gte;          /* its start has tiers[0].severity */
    int64_t timespan_ms;        /* the window; of first_seen: how long until it is forgotten */
    int64_t suppress_ms;        /* quiet needed before a group that ended may start again: 12 h */
    int64_t suppress_max_ms;    /* after which it may in any case: 72 h */
    int64_t update_interval_ms; /* between two `ongoing` without news: 1 h */
    unsigned score;
    enum record_field entities[4]; /* who carries the risk: src_ip, src_host, src_user, dst_ip */
    unsigned entity_count;
    const char *techniques; /* comma separated, as written: "T1046,T1595"; "" when none */
    const char *tactics;
    const char *summary; /* with {{src_ip}}, {{count}} and the like */
    const char *explanation;
    const char *next_steps;
};
