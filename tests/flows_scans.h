/*
 * Scans of every shape and speed, one of each kind a day, each from an address of its own, so that
 * what is found can be told apart: 10.66.kind.day from inside, 198.19.kind.day from outside.
 */
#pragma once

#include "tests/flows_roles.h"

enum shape { VERTICAL, HORIZONTAL, BOX, INTO_THE_DARK, MANY_SOURCES, FORGED };

struct scan_kind {
    const char *name;
    enum shape shape;
    enum way way;
    uint8_t protocol;
    uint16_t port;   /* of HORIZONTAL; the first of the others */
    uint32_t values; /* probes: ports, hosts, or ports times hosts */
    uint32_t gap_ms; /* between two of them */
    uint8_t mix;     /* enum mix */
    uint8_t every;   /* days between two of them, where it lasts longer than one */
    uint16_t then;   /* so many seconds after the last probe, data with its target; 0: not */
};

/* Of 100 probes: denied, no answer, refused, aborted. CONNECT is what a connect scan of one host
 * meets: closed ports. */
enum mix { DENIES, SILENCE, REFUSALS, ABORTS, MIXED, IN_VAIN, CONNECT };
static const uint8_t mixes[][4] = {
    [DENIES] = {100, 0, 0, 0},  [SILENCE] = {0, 100, 0, 0}, [REFUSALS] = {0, 0, 100, 0},
    [ABORTS] = {0, 0, 0, 100},  [MIXED] = {30, 30, 30, 10}, [IN_VAIN] = {40, 30, 30, 0},
    [CONNECT] = {0, 10, 84, 6},
};

/* Nineteen gaps of 15,737 ms are 299 s, one window; of 15,790 ms they are 300 s, one second too
 * much. */
static const struct scan_kind scan_kinds[] = {
    {"19 ports of a host", VERTICAL, INSIDE, TCP, 21, 19, 1000, DENIES, 1, 0},
    {"20 ports of a host", VERTICAL, INSIDE, TCP, 21, 20, 1000, DENIES, 1, 0},
    {"21 ports of a host", VERTICAL, INSIDE, TCP, 21, 21, 1000, DENIES, 1, 0},
    {"20 ports in 299 s", VERTICAL, INSIDE, TCP, 100, 20, 15737, DENIES, 1, 0},
    {"20 ports in 300 s", VERTICAL, INSIDE, TCP, 100, 20, 15790, DENIES, 1, 0},
    {"ports of a host, 1 a second", VERTICAL, INSIDE, TCP, 1, 400, 1000, MIXED, 1, 0},
    {"ports of a host, 15 s apart", VERTICAL, INSIDE, TCP, 200, 120, 15000, MIXED, 1, 0},
    {"ports of a host, 1 a minute", VERTICAL, INSIDE, TCP, 300, 120, 60000, MIXED, 1, 0},
    {"ports of a host, 50 a second", VERTICAL, INSIDE, TCP, 1, 1000, 20, REFUSALS, 1, 0},
    {"connect scan of a host", VERTICAL, INSIDE, TCP, 1, 300, 200, CONNECT, 1, 0},
    {"UDP ports of a host", VERTICAL, INSIDE, UDP, 500, 60, 2000, DENIES, 1, 0},
    {"9 in vain for 1433", HORIZONTAL, INSIDE, TCP, 1433, 9, 5000, REFUSALS, 1, 0},
    {"10 in vain for 1433", HORIZONTAL, INSIDE, TCP, 1433, 10, 29000, REFUSALS, 1, 0},
    {"search for 1433", HORIZONTAL, INSIDE, TCP, 1433, 150, 3000, MIXED, 1, 0},
    {"search for 445", HORIZONTAL, INSIDE, TCP, 445, 200, 500, SILENCE, 1, 0},
    {"search for 22, 5 s apart", HORIZONTAL, INSIDE, TCP, 22, 60, 5000, MIXED, 1, 0},
    {"search for 5985", HORIZONTAL, INSIDE, TCP, 5985, 40, 12000, REFUSALS, 1, 0},
    {"search for SNMP", HORIZONTAL, INSIDE, UDP, 161, 100, 1000, DENIES, 1, 0},
    {"ping sweep", HORIZONTAL, INSIDE, ICMP, 0, 100, 1000, DENIES, 1, 0},
    {"box, in random order", BOX, INSIDE, TCP, 2000, 600, 300, MIXED, 1, 0},
    {"19 services opened and dropped", BOX, INSIDE, TCP, 6000, 19, 3000, ABORTS, 1, 0},
    {"20 services opened and dropped", BOX, INSIDE, TCP, 6000, 20, 3000, ABORTS, 1, 0},
    {"21 services opened and dropped", BOX, INSIDE, TCP, 6000, 21, 14000, ABORTS, 1, 0},
    {"120 services opened and dropped", BOX, INSIDE, TCP, 7000, 120, 1000, ABORTS, 1, 0},
    {"600 services opened and dropped", BOX, INSIDE, TCP, 7000, 600, 100, ABORTS, 1, 0},
    {"slow, one in 5 min", BOX, INSIDE, TCP, 3000, 400, 300000, IN_VAIN, 2, 0},
    {"slow, one in 14 min", BOX, INSIDE, TCP, 3000, 200, 840000, IN_VAIN, 3, 0},
    {"slow, one in 15 min", BOX, INSIDE, TCP, 3000, 200, 900000, IN_VAIN, 3, 0},
    {"services, then one is used", BOX, INSIDE, TCP, 5000, 60, 1000, DENIES, 1, 600},
    {"search for 389, then it is used", HORIZONTAL, INSIDE, TCP, 389, 40, 2000, MIXED, 1, 7200},
    {"a touch of the dark", INTO_THE_DARK, INSIDE, TCP, 80, 1, 1000, SILENCE, 1, 0},
    {"a walk in the dark", INTO_THE_DARK, INSIDE, TCP, 80, 12, 60000, SILENCE, 1, 0},
    {"19 ports from outside", VERTICAL, INWARD, TCP, 100, 19, 1000, DENIES, 1, 0},
    {"20 ports from outside", VERTICAL, INWARD, TCP, 100, 20, 15000, DENIES, 1, 0},
    {"ports from outside, 5 s apart", VERTICAL, INWARD, TCP, 1, 300, 5000, DENIES, 1, 0},
    {"19 services dropped from outside", BOX, INWARD, TCP, 443, 19, 3000, ABORTS, 1, 0},
    {"20 services dropped from outside", BOX, INWARD, TCP, 8000, 20, 15000, ABORTS, 1, 0},
    {"150 services dropped from outside", BOX, INWARD, TCP, 9000, 150, 1500, ABORTS, 1, 0},
    {"search for 3389 from outside", HORIZONTAL, INWARD, TCP, 3389, 100, 2000, DENIES, 1, 0},
    {"search for 23 from outside", HORIZONTAL, INWARD, TCP, 23, 60, 15000, SILENCE, 1, 0},
    {"slow, from outside", BOX, INWARD, TCP, 4000, 300, 600000, DENIES, 3, 0},
    {"search for 445 outwards", HORIZONTAL, OUTWARD, TCP, 445, 200, 300, DENIES, 1, 0},
    {"600 denies outwards", HORIZONTAL, OUTWARD, TCP, 6667, 600, 400, DENIES, 1, 0},
    {"services dropped outwards", HORIZONTAL, OUTWARD, TCP, 8443, 60, 2000, ABORTS, 1, 0},
    {"ports of a host outside", VERTICAL, OUTWARD, TCP, 1, 200, 1000, MIXED, 1, 0},
    {"300 sources on a host", MANY_SOURCES, INWARD, TCP, 50, 300, 500, DENIES, 1, 0},
    {"forged sources", FORGED, INWARD, TCP, 80, 1, 0, DENIES, 1, 0},
};
enum { SCAN_KINDS = sizeof(scan_kinds) / sizeof(scan_kinds[0]) };

struct scan {
    uint32_t kind, day, source, start, done, stride, offset, ports;
    uint32_t suspected; /* when a detector that a sequence comes after has fired; 0: none */
};

static struct scan *scans;
static uint32_t scan_count;
static uint32_t flood_rate = 300, flood_seconds = 60;

static uint32_t common_divisor(uint32_t a, uint32_t b)
{
    return b ? common_divisor(b, a % b) : a;
}

static uint32_t probes_of(const struct scan_kind *kind)
{
    return kind->shape == FORGED ? flood_rate * flood_seconds : kind->values;
}

static uint32_t target_of(const struct scan_kind *kind, uint32_t i)
{
    if (kind->way == OUTWARD)
        return WEB + 20000 + i;
    return i < site.servers ? server(i) : CLIENTS + 2 + (i / 200 << 8) + i % 200;
}

/* The probes come in an order that jumps about: value k is at place k * stride + offset. */
static struct flow probe(const struct scan *s, uint32_t now)
{
    const struct scan_kind *kind = &scan_kinds[s->kind];
    uint32_t n = kind->values, at = (uint32_t)(((uint64_t)s->done * s->stride + s->offset) % n);
    struct flow f = {.at = now, .src = s->source, .protocol = kind->protocol, .scan = true};
    f.dst_port = (uint16_t)(kind->port + (kind->shape == VERTICAL ? at : 0));
    f.dst = target_of(kind, kind->shape == HORIZONTAL ? at : s->offset % 20);
    if (kind->shape == BOX) {
        f.dst_port = (uint16_t)(kind->port + at % s->ports);
        f.dst = target_of(kind, at / s->ports);
    }
    if (kind->shape == INTO_THE_DARK)
        f.dst = NOBODY + at;
    if (kind->shape == MANY_SOURCES || kind->shape == FORGED) {
        f.src = kind->shape == FORGED ? SPOOFED + random_below(32768) : s->source + s->done % 300;
        f.dst = server(s->day % 10 + (kind->shape == FORGED ? 10 : 0));
        f.dst_port = (uint16_t)(kind->port + (kind->shape == FORGED ? 0 : s->done % 40));
        f.scan = kind->shape == MANY_SOURCES;
    }
    uint32_t dice = random_below(100);
    static const enum fate fates[] = {DENIED, NO_ANSWER, REFUSED, ABORTED};
    for (unsigned i = 0; i < 4; i++) {
        f.fate = (uint8_t)fates[i];
        if (dice < mixes[kind->mix][i])
            break;
        dice -= mixes[kind->mix][i];
    }
    return f;
}

/* Sends a probe; returns when the next is due, 0 after the last. */
static uint32_t scan_step(struct scan *s, uint32_t now)
{
    const struct scan_kind *kind = &scan_kinds[s->kind];
    struct flow f = probe(s, now);
    if (s->done == probes_of(kind)) { /* the success: the first probe's target once more */
        f.fate = DATA;
        flow_open(f);
        return 0;
    }
    flow_open(f);
    if (++s->done == probes_of(kind))
        return kind->then ? now + kind->then : 0;
    if (kind->shape == FORGED)
        return s->start + s->done / flood_rate;
    return s->start + (uint32_t)((uint64_t)s->done * kind->gap_ms / 1000);
}

/* Many sources have a block of a thousand addresses for each day. */
static uint32_t source_of(uint32_t kind, uint32_t day)
{
    if (scan_kinds[kind].shape == MANY_SOURCES)
        return BACKSCATTER + 4096 + day % 11 * 1024;
    return (scan_kinds[kind].way == INWARD ? SCANNERS_OUT : SCANNERS) + (kind << 8) + day % 250 + 1;
}

static void scan_plan(uint32_t kind, uint32_t day, uint32_t start, FILE *truth)
{
    const struct scan_kind *k = &scan_kinds[kind];
    uint32_t lasts = (uint32_t)((uint64_t)k->values * k->gap_ms / 1000);
    uint32_t latest = lasts + 3600 < 86400 ? 86400 - lasts - 3600 : 7200;
    struct scan *s = &scans[scan_count];
    *s = (struct scan){.kind = kind, .day = day, .source = source_of(kind, day), .ports = 1};
    s->start = start + day * 86400 + 1200 + random_below(latest);
    s->offset = random_below(k->values);
    while (k->shape == BOX && (s->ports + 1) * (s->ports + 1) <= k->values)
        s->ports++;
    do
        s->stride = 1 + random_below(k->values);
    while (common_divisor(s->stride, k->values) != 1);
    queue_put(s->start, DUE_STEP, 0x20000000 | scan_count++);
    uint32_t last = s->source + (k->shape == MANY_SOURCES ? 299 : 0);
    range_write(truth, "scan", k->shape == FORGED ? SPOOFED : s->source,
                k->shape == FORGED ? SPOOFED + 32767 : last, k->name);
}

static void scans_plan(uint32_t start, FILE *truth)
{
    scans = calloc((size_t)site.days * SCAN_KINDS, sizeof(*scans));
    if (!scans)
        tool_fail("no memory for the scans of %u days", site.days);
    for (uint32_t day = 0; day < site.days; day++)
        for (uint32_t kind = 0; kind < SCAN_KINDS; kind++)
            if (day % scan_kinds[kind].every == 0)
                scan_plan(kind, day, start, truth);
}
