/* What the tests of the detectors share: detectors written by hand, records, and a list of alerts. */
#pragma once

#include "detect/detectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define MINUTE INT64_C(60000)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)
#define START  INT64_C(1790000000000) /* some day in September 2026 */

/* What is left of an alert after its callback; the latest few and a count of each phase. */
struct heard {
    unsigned count, phases[3];
    struct alert last[64];
    char devices[64][64]; /* the first device of each */
};

static inline void hear(void *context, const struct alert *alert)
{
    struct heard *heard = context;
    unsigned at = heard->count++ % 64;
    heard->phases[alert->phase]++;
    heard->last[at] = *alert;
    struct slice device = alert->device_count ? alert->devices[0] : SLICE_NONE;
    memcpy(heard->devices[at], device.ptr, device.len);
    heard->devices[at][device.len] = '\0';
}

static inline const struct alert *latest(const struct heard *heard)
{
    assert_true(heard->count > 0);
    return &heard->last[(heard->count - 1) % 64];
}

static inline struct detect_limits limits_of(size_t memory)
{
    return (struct detect_limits){
        .memory = memory,
        .pairs_per_source = 1024,
        .lateness_ms = 60000,
        .risk_window_ms = 14 * DAY,
        .risk_threshold = 12,
        .key = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16},
    };
}

static inline struct address ip(const char *text)
{
    struct address a = {0, 0};
    assert_true(address_parse(slice(text), &a));
    return a;
}

/* A TCP connection between two addresses; which are internal is seen by their first octet. */
static inline void tcp(struct record *r, int64_t t, struct address src, struct address dst,
                       uint16_t port, enum evidence evidence)
{
    record_reset(r);
    record_set_time(r, t);
    record_set_host(r, slice("fw.example.com"));
    record_set_category(r, CATEGORY_CONNECTION);
    record_set_action(r, evidence == EVIDENCE_DENIED ? ACTION_DENY : ACTION_ALLOW);
    record_set_evidence(r, (uint8_t)evidence);
    record_set_protocol(r, PROTOCOL_TCP);
    record_set_src_ip(r, src);
    record_set_dst_ip(r, dst);
    record_set_src_port(r, 51000);
    record_set_dst_port(r, port);
    record_set_src_internal(r,
                            address_is_v4(src) ? (src.lo >> 24 & 255) == 10 : src.hi >> 56 == 0xfd);
    record_set_dst_internal(r,
                            address_is_v4(dst) ? (dst.lo >> 24 & 255) == 10 : dst.hi >> 56 == 0xfd);
}

static inline void ports(struct port_set *set, unsigned first, unsigned last)
{
    for (unsigned port = first; port <= last; port++)
        set->bits[port >> 6] |= UINT64_C(1) << (port & 63);
}

static inline void protocol_bit(struct predicate *p, uint8_t protocol)
{
    p->protocols[protocol >> 6] |= UINT64_C(1) << (protocol & 63);
}

/* ---- the five shipped detectors, as config/detectors/ has them */

enum shipped {
    INTERNAL_PORT_SCAN,
    CONNSCAN_INTERNAL,
    CONNSCAN_EXTERNAL,
    PORT_1433,
    UNUSUAL_OPEN,
    SHIPPED_COUNT
};

#define EXCEPTED UINT64_C(2) /* the lists that internal_port_scan leaves out */

struct shipped_detectors {
    struct detector of[SHIPPED_COUNT];
    struct port_set well_known, not_well_known, sql, covered;
};

static inline struct detector detector_like(const char *name, enum detector_type type)
{
    return (struct detector){
        .name = name,
        .title = name,
        .type = type,
        .group_by = {DETECT_SRC_IP},
        .group_count = 1,
        .counted = DETECT_SERVICE,
        .tiers = {{20, 3}},
        .tier_count = 1,
        .timespan_ms = 5 * MINUTE,
        .suppress_ms = 12 * HOUR,
        .suppress_max_ms = 72 * HOUR,
        .update_interval_ms = HOUR,
        .score = 1,
        .entities = {FIELD_src_ip},
        .entity_count = 1,
        .techniques = "T1046",
        .tactics = "TA0007",
        .summary = "{{src_ip}}: {{count}}",
        .explanation = "",
        .next_steps = "",
    };
}

static inline void shipped(struct shipped_detectors *s)
{
    static const uint16_t covered[] = {22,   25,   53,   80,   88,   139,   389,  443,  445,
                                       515,  541,  587,  631,  636,  993,   995,  1801, 3389,
                                       4444, 8080, 8443, 9090, 9100, 12345, 44818};
    memset(s, 0, sizeof(*s));
    ports(&s->well_known, 1, 1024);
    ports(&s->well_known, 3389, 3389);
    ports(&s->not_well_known, 53, 53);
    ports(&s->not_well_known, 80, 80);
    ports(&s->not_well_known, 443, 443);
    ports(&s->not_well_known, 137, 139);
    ports(&s->sql, 1433, 1433);
    for (size_t i = 0; i < sizeof(covered) / sizeof(covered[0]); i++)
        ports(&s->covered, covered[i], covered[i]);
    ports(&s->covered, 33434, 33534);

    struct detector *d = &s->of[INTERNAL_PORT_SCAN];
    *d = detector_like("internal_port_scan", DETECTOR_VALUE_COUNT);
    d->where = (struct predicate){.classes = CLASS_INT_INT,
                                  .any_protocol = true,
                                  .dst_port = &s->well_known,
                                  .not_dst_port = &s->not_well_known,
                                  .not_listed = EXCEPTED,
                                  .listed_side = LISTED_EITHER};
    d->group_by[1] = DETECT_DST_IP;
    d->group_count = 2;
    d->counted = DETECT_DST_PORT;
    d->techniques = "T1046,T1595,T1595.001";
    d->tactics = "TA0043";
    d->summary = "Internal port scan from IP: {{src_ip}}";
    d->entities[1] = FIELD_src_host;
    d->entities[2] = FIELD_src_user;
    d->entity_count = 3;

    d = &s->of[CONNSCAN_INTERNAL];
    *d = detector_like("connscan_internal_internal", DETECTOR_VALUE_COUNT);
    d->where.classes = CLASS_INT_INT;
    d->where.evidence = 1 << EVIDENCE_ABORTED;
    protocol_bit(&d->where, PROTOCOL_TCP);
    d->tiers[1] = (struct tier){100, 6};
    d->tiers[2] = (struct tier){500, 8};
    d->tier_count = 3;
    d->score = 2;

    s->of[CONNSCAN_EXTERNAL] = *d;
    d = &s->of[CONNSCAN_EXTERNAL];
    d->name = d->title = "connscan_external_internal";
    d->where.classes = CLASS_EXT_INT;
    d->tiers[1].severity = d->tiers[2].severity = 3;
    d->score = 1;
    d->techniques = "T1595";

    d = &s->of[PORT_1433];
    *d = detector_like("port_1433_scanning_internal", DETECTOR_VALUE_COUNT);
    d->where.classes = CLASS_INT_INT;
    d->where.dst_port = &s->sql;
    protocol_bit(&d->where, PROTOCOL_TCP);
    d->counted = DETECT_DST_IP;
    d->tiers[0].severity = 6;
    d->has_also = true;
    d->also.any_protocol = true;
    d->also.evidence = 1 << EVIDENCE_DENIED | 1 << EVIDENCE_NO_ANSWER | 1 << EVIDENCE_REFUSED |
                       1 << EVIDENCE_ABORTED;
    d->also_gte = 10;
    d->score = 3;

    d = &s->of[UNUSUAL_OPEN];
    *d = detector_like("unusual_open_tcp_ports", DETECTOR_FIRST_SEEN);
    d->where = (struct predicate){.classes = CLASS_EXT_INT,
                                  .actions = 1 << ACTION_ALLOW,
                                  .not_dst_port = &s->covered,
                                  .answered = true,
                                  .not_reversed = true,
                                  .no_parent = true};
    protocol_bit(&d->where, PROTOCOL_TCP);
    d->group_by[0] = DETECT_DST_IP;
    d->group_by[1] = DETECT_DST_PORT;
    d->group_count = 2;
    d->tiers[0].gte = 1;
    d->timespan_ms = 7 * DAY;
    d->entities[0] = FIELD_dst_ip;
    d->techniques = "T1133,T1205";
    d->summary = "{{dst_ip}}:{{dst_port}} answers {{src_ip}}";
}
