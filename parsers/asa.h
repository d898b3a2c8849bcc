/*
 * What the files of the ASA parser share. asa.c reads the mark and hands the text to the reader that
 * the row in asa_kinds.c names: asa_connection.c and asa_access.c for what is frequent, asa_form.c by
 * the row's form for what is not, asa_loose.c for what has no form. asa_endpoint.c and asa_text.c
 * know how things are written. Nobody else includes this.
 */
#pragma once

#include "parsers/parser.h"

struct asa_kind;

/* What a kind says; what its reader finds in the text goes over it. */
struct asa_meaning {
    uint8_t category, action, outcome, evidence; /* ASA_UNSET: says nothing about it */
};
#define ASA_UNSET 0xff
extern const struct asa_meaning asa_meanings[];

/* Reads the text behind the id; false when it is not the kind's. */
typedef bool asa_reader(struct parse_context *context, const struct asa_kind *kind,
                        struct cursor *c, struct record *r);

/* A kind of message: a row of the tables in asa.c. */
struct asa_kind {
    asa_reader *read; /* NULL: not read yet, the message stays UNKNOWN */
    struct slice name;
    uint8_t meaning;  /* of asa_meanings */
    uint8_t protocol; /* IANA's number where the kind implies it, 0 where the text says it */
    uint8_t level;    /* ASA's own, where the line does not say it */
    const char *form; /* of asa_form, see there */
};

/* The row of an id; ids without one have their family's. Never NULL. */
const struct asa_kind *asa_kind_of(unsigned id);

/* The id of a text that has lost its mark, 0 when it is none that is known; in asa_bare.c. */
unsigned asa_bare(struct slice body);

/* One side of a connection as printed: [iface:]addr[/port] [(mapped/port)][(user)] */
struct asa_endpoint {
    struct slice interface;
    struct slice text; /* addr/port as printed */
    struct address ip, nat_ip;
    uint16_t port, nat_port;
    bool has_ip, has_port;
    bool has_mapped;               /* a mapped address was printed, */
    bool has_nat_ip, has_nat_port; /* and is another one */
    bool has_more;                 /* what follows is set, else it is not even empty */
    struct slice host;             /* what stands in the address's place and is none: a name */
    struct slice port_text;        /* a port that is no number up to 65535 */
    struct slice mac;              /* where ARP's messages print it behind the slash */
    struct slice list;             /* the access list of a policy translation */
    struct slice user;
    struct slice group; /* the security group: "9999:name" */
    struct slice nat_host;
};

/*
 * Takes an endpoint. `interface_first`: the message always prints the interface, so what stands
 * before the first colon is one even where the rest would do as IPv6 ("dc:2001:db8::1").
 */
void asa_endpoint(struct cursor *c, bool interface_first, struct asa_endpoint *out);

/* Both ends of a connection, their interfaces printed: "outside:1.2.3.4/80 to inside:10.0.0.5/50000". A
 * user may stand between as a plain word. */
void asa_endpoints(struct cursor *c, struct asa_endpoint *first, struct asa_endpoint *second);

/* An endpoint as 106100 prints it: iface/addr(port)[(user)] */
void asa_endpoint_slashed(struct cursor *c, struct asa_endpoint *out);

/* A word that is no user of the message's own parentheses but stands behind the endpoint. */
void asa_endpoint_user(struct asa_endpoint *e, struct slice user);

/* A name that stands in the address's place. */
void asa_endpoint_host(struct asa_endpoint *e, struct slice host);

void asa_set_source(struct record *r, const struct asa_endpoint *e);
void asa_set_destination(struct record *r, const struct asa_endpoint *e);
/* What the source is translated to, and the interface by which it leaves. */
void asa_set_translated(struct record *r, const struct asa_endpoint *e);

/* "0:01:02" or "0h:01m:02s" or "1d 0h:01m:02s", in milliseconds. */
uint64_t asa_duration(struct cursor *c);

/* The user who logged in through the device, unless the source is known as that user already. */
void asa_set_login(struct record *r, struct slice user);

/* The user of the source; "Unknown" is none. */
void asa_set_user(struct record *r, struct slice user);

/* "(type 8, code 0)", "type 8 code 0": anywhere in the text. */
void asa_icmp_type(struct slice text, struct record *r);

/* "tcp", "47" or "protocol 47", up to the next blank, which stays. Unknown words become extras. */
void asa_protocol(struct cursor *c, struct record *r);

asa_reader asa_form;         /* by the row's form, see asa_form.c */
asa_reader asa_loose;        /* no form: what common words point at, asa_loose.c */
asa_reader asa_attack;       /* 733101, by its form too */
asa_reader asa_port_command; /* 406002, likewise */
asa_reader asa_built;        /* 302013, 302015, 302017, 302303 */
asa_reader asa_teardown;     /* 302014, 302016, 302018, 302304 */
asa_reader asa_stub;         /* 302022 to 302027 */
asa_reader asa_icmp;         /* 302020, 302021 */
asa_reader asa_acl_deny;     /* 106023 */
asa_reader asa_acl_log;      /* 106100, 106102, 106103 */
asa_reader asa_accessed;     /* 304001 */
