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
