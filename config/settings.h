/*
 * The settings as the program uses them: converted, checked, with defaults filled in. config.h
 * loads them. This folder knows no parser, no detector and no socket: names of those are text here,
 * and the server matches them. Texts are owned by struct config and live as long as it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An address or prefix as written: network byte order, IPv4 as IPv4-mapped (prefix += 96). */
struct net {
    uint8_t bytes[16];
    unsigned prefix; /* 0 to 128 */
};

struct net_list {
    struct net *items;
    size_t count;
};

struct text_list {
    const char **items;
    size_t count;
};

enum listen_protocol { LISTEN_UDP, LISTEN_TCP, LISTEN_TLS };
enum tls_client { TLS_CLIENT_REQUIRED, TLS_CLIENT_OPTIONAL };

/* Of protocol tls: our certificate, and whom we believe. Paths are complete. */
struct tls_settings {
    const char *certificate, *key;        /* PEM; NULL: none */
    const char *ca;                       /* PEM: who signs the peers' certificates; NULL: none */
    struct text_list names, fingerprints; /* of peers that are let in; empty: not asked */
    enum tls_client client;               /* of a listener that asks for certificates */
    const char *server_name;              /* of an output; NULL: the host */
};

struct listen_settings {
    enum listen_protocol protocol;
    const char *address;
    uint16_t port;
    struct tls_settings tls;
};

struct device_settings {
    struct net sender;    /* one address, or a prefix */
    const char *parser;   /* NULL: found out by the text */
    const char *host;     /* NULL: as the message says */
    const char *timezone; /* IANA name; NULL: UTC */
};

struct list_settings {
    const char *name;
    struct net_list entries;
    const char
        *file; /* NULL: none; one address or prefix a line, # comments; already read into entries */
};

enum dead_letters_to { DEAD_LETTERS_TO_OUTPUTS, DEAD_LETTERS_TO_FILE, DEAD_LETTERS_TO_BOTH };

/* What no parser understood. */
struct dead_letter_settings {
    const char *path; /* NULL: no file; `to` is then DEAD_LETTERS_TO_OUTPUTS */
    size_t size;      /* bytes of one file */
    unsigned files;
    enum dead_letters_to to;
};

/* A range of ports, both ends inclusive. */
struct port_range {
    uint16_t first, last;
};

struct port_ranges {
    struct port_range *items;
    size_t count;
};

/* `where` of an output and of a detector file, and its `also: where`; an empty list is no condition. */
struct predicate_settings {
    struct text_list class, protocol, evidence, action, category, device, event_id;
    struct text_list parser, vendor;
    unsigned min_severity;
    struct text_list listed, not_listed;
    const char *listed_side;                   /* "source" (default), "destination" or "either" */
    struct text_list src_network, dst_network; /* names of lists, "internal", or prefixes */
    struct text_list not_src_network, not_dst_network;
    struct port_ranges dst_port, not_dst_port, src_port, not_src_port;
    struct port_ranges icmp_type;
    bool answered, no_parent;
    bool detected, firing; /* of outputs: some detector has counted it, or fires for it now */
    bool not_reversed; /* not what looks like an answer: source port below 1024, destination not */
};

enum forward_protocol { FORWARD_FILE, FORWARD_UDP, FORWARD_TCP, FORWARD_TLS, FORWARD_RELP };
enum forward_framing { FRAMING_OCTET_COUNTING, FRAMING_NEWLINE };
enum forward_header { HEADER_RFC5424, HEADER_RFC3164, HEADER_NONE };
enum forward_format { FORMAT_CEF, FORMAT_JSON };
enum forward_share { SHARE_FAILOVER, SHARE_BALANCE };
enum when_full { WHEN_FULL_BLOCK, WHEN_FULL_DROP_NEWEST, WHEN_FULL_DROP_OLDEST };
enum spool_use { SPOOL_WHEN_NEEDED, SPOOL_ALWAYS };

struct spool_settings {
    const char *directory;
    uint64_t size; /* bytes on disk */
    enum when_full when_full;
    enum spool_use use; /* disk: when-needed | always */
};

struct receiver_settings {
    const char *host;
    uint16_t port;
};

/* `aggregate` of an output: an interval of 0 is none. */
#define AGGREGATE_FIELDS_MAX 16
struct aggregate_settings {
    int64_t interval_ms;
    struct text_list fields;
    size_t memory; /* of each worker */
    bool firing;   /* also what some detector fires for */
};

struct forward_settings {
    const char *name;
    enum forward_protocol protocol;
    const char *host; /* of a protocol with one; NULL: receivers has several */
    uint16_t port;
    struct receiver_settings *receivers; /* in the order of preference; none: host and port */
    size_t receiver_count;
    enum forward_share share;
    const char *path; /* file; "-" is standard output */
    struct tls_settings tls;
    enum forward_framing framing;
    enum forward_header header;
    enum forward_format format;
    unsigned facility; /* 0 to 23; written as its name: local0 is 16 */
    bool show_events, show_alerts;
    bool has_where;
    struct predicate_settings where;
    uint32_t sample_allowed; /* 1/N of what is allowed and of no detector's concern; 1: all */
    struct aggregate_settings aggregate;
    bool keep_unmapped; /* unmapped: keep | drop */
    bool ipv6_c6a;      /* ipv6: src | c6a */
    size_t max_message_size;
    size_t queue_size; /* bytes */
    size_t retain;     /* bytes kept behind what the receiver's kernel acknowledged, at most */
    enum when_full when_full;
    bool has_spool;
    struct spool_settings spool;
    int64_t reconnect_min_ms, reconnect_max_ms; /* backoff between these, with jitter */
    int64_t answer_timeout_ms; /* relp: a receiver that answers nothing for so long is gone */
};

struct tier_settings {
    uint64_t gte;
    const char *severity; /* low, medium, high, critical */
};

struct detector_settings {
    const char *file; /* "built-in:connscan_internal_internal.yaml" or the path */
    const char *name, *title, *type;
    bool enabled;
    struct predicate_settings where;
    struct text_list after; /* of sequence: the detectors that come before */
    struct text_list group_by;
    const char *missing; /* "skip" (default) or "keep": records without a field of group_by */
    const char *counted; /* condition: field */
    uint64_t gte;        /* condition: gte */
    struct tier_settings *tiers;
    size_t tier_count;
    bool has_also;
    struct predicate_settings also_where;
    uint64_t also_gte;
    int64_t timespan_ms, suppress_ms, suppress_max_ms, update_interval_ms;
    const char *severity;
    unsigned score;
    struct text_list entities, techniques, tactics;
    const char *summary, *explanation, *next_steps;
};

#define MESSAGE_SIZE_MAX ((size_t)64 * 1024) /* no max-message-size is larger */

#define WORKERS_MAX 64

struct settings {
    unsigned workers;
    struct listen_settings *listen;
    size_t listen_count;
    struct net_list allow;
    size_t max_message_size;      /* limits: bytes of one message; longer ones are cut */
    unsigned max_connections;     /* over all workers */
    int64_t idle_timeout_ms;      /* a silent TCP connection is closed after this; 0: never */
    int64_t handshake_timeout_ms; /* of TLS, from the connection to the first message */
    size_t receive_buffer;        /* SO_RCVBUF of UDP sockets */
    int64_t lateness_ms;          /* how far behind arrival a message's time may be */
    int64_t ahead_ms;             /* how far ahead of it */
    struct device_settings *devices;
    size_t device_count;
    struct net_list internal;
    struct list_settings *lists;
    size_t list_count;
    size_t detection_memory;
    unsigned pairs_per_source;
    size_t connection_memory; /* of the table of open connections, each worker */
    int64_t risk_window_ms;
    unsigned risk_threshold;
    const char *state_directory; /* NULL: detectors forget at the end */
    int64_t state_interval_ms;
    struct dead_letter_settings dead_letters;
    struct text_list detector_directories, enable, disable;
    struct forward_settings *forward;
    size_t forward_count;
    struct detector_settings *detectors; /* all that were read, enabled or not, by name */
    size_t detector_count;
    unsigned wrong_detectors; /* files that are left out */
};
