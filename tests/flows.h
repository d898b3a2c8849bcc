/*
 * What the parts of the flow generator share: a seeded source of numbers, the plan of addresses, a
 * flow, and the queue of what is due next in message time. Only tool_flows.c includes these parts.
 *
 *   flows_roles.h   who lives in the site and what they do all day (the look-alikes)
 *   flows_scans.h   scans of every shape and speed, and floods
 *   flows_lines.h   a flow in the words of a vendor
 *   flows_truth.h   which rules of a detector the scans' lines fulfil, counted the slow way
 */
#pragma once

#include "tests/tool.h"

#include <math.h>

enum { ICMP = 1, TCP = 6, UDP = 17 };
enum way { INSIDE, OUTWARD, INWARD, WAYS };                            /* who opens it to whom */
enum fate { DATA, NO_ANSWER, REFUSED, ABORTED, DENIED, STRAY, FATES }; /* how it comes out */
/* STRAY: refused because it belongs to no connection: an answer to a question nobody asked. */

/* What a line proves: one bit each. */
enum sees {
    S_NONE = 1,
    S_DENIED = 2,
    S_NO_ANSWER = 4,
    S_REFUSED = 8,
    S_ABORTED = 16,
    S_DATA = 32,
    S_ANY = 255
};

/* Times are whole seconds since 1970, so that all vendors' stamps say the same. */
struct flow {
    uint32_t at, seconds; /* when it was opened, how long it lasted */
    uint32_t src, dst;
    uint16_t src_port, dst_port;
    uint8_t protocol;
    uint8_t fate;
    bool scan;               /* its lines count in the truth */
    bool child;              /* another session announced it (FTP data) */
    uint32_t sent, received; /* payload */
    uint32_t id;
};

/* Addresses of the site; what is not 10/8 is outside. Roles have ranges of their own. */
enum {
    CLIENTS = 0x0a010000,        /* 10.1.0.0 and up, 250 of each 256 */
    SCANNERS = 0x0a420000,       /* 10.66.kind.day */
    SERVERS = 0x0a640000,        /* 10.100.0.0 and up */
    INFRASTRUCTURE = 0x0a650000, /* 10.101.0.0 */
    PRINTERS = 0x0a660000,       /* 10.102.0.0 */
    NOBODY = 0x0a670000,         /* 10.103.0.0/24: given to nobody */
};
#define WEB          0xc6120000u /* 198.18/16: the Internet's servers */
#define SCANNERS_OUT 0xc6130000u /* 198.19.kind.day, kind below 64 */
#define BACKSCATTER  0xc6134000u /* 198.19.64/18 */
#define SPOOFED      0xc6138000u /* 198.19.128/17 */
#define VISITORS     0xc6336400u /* 198.51.100/24 */
#define PARTNER      0xc0000200u /* 192.0.2/24: FTP servers, video bridges, mail */

static inline bool is_inside(uint32_t a)
{
    return a >> 24 == 10;
}

static inline bool is_dark(uint32_t a)
{
    return a >> 8 == NOBODY >> 8;
}

static inline enum way way_of(const struct flow *f)
{
    return !is_inside(f->src) ? INWARD : is_inside(f->dst) ? INSIDE : OUTWARD;
}

/* ---- numbers: splitmix64; what is written has a state of its own, so that the same seed is the
 * same flows in every vendor's words. */

static uint64_t random_state, paint_state;

static uint64_t random_next(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static uint32_t random_below(uint32_t n)
{
    return (uint32_t)((random_next(&random_state) >> 32) * n >> 32);
}

static uint32_t paint_below(uint32_t n)
{
    return (uint32_t)((random_next(&paint_state) >> 32) * n >> 32);
}

static bool chance(double p)
{
    return (double)random_below(1000000) < p * 1e6;
}

/* A pause whose mean is `mean` seconds, at least one. */
static uint32_t pause_of(double mean)
{
    double u = (random_below(1000000) + 1) / 1e6;
    return 1 + (uint32_t)(-log(u) * mean);
}

/* ---- the queue: a heap by time, then by order of entry */

enum due { DUE_STEP, DUE_OPEN, DUE_END }; /* of a host or a scan; of a flow */

struct event {
    uint32_t at, what; /* what: enum due << 30 | index */
    uint64_t order;
};

static struct event *queue;
static size_t queue_count, queue_room;
static uint64_t queue_order;

static bool sooner(const struct event *a, const struct event *b)
{
    return a->at != b->at ? a->at < b->at : a->order < b->order;
}

static void queue_put(uint32_t at, enum due due, uint32_t index)
{
    if (queue_count == queue_room) {
        queue_room = queue_room ? 2 * queue_room : 4096;
        queue = realloc(queue, queue_room * sizeof(*queue));
        if (!queue)
            tool_fail("no memory for %zu events", queue_room);
    }
    struct event e = {at, (uint32_t)due << 30 | index, queue_order++};
    size_t i = queue_count++;
    for (; i > 0 && sooner(&e, &queue[(i - 1) / 2]); i = (i - 1) / 2)
        queue[i] = queue[(i - 1) / 2];
    queue[i] = e;
}

static struct event queue_take(void)
{
    struct event first = queue[0], last = queue[--queue_count];
    size_t i = 0, child;
    for (; (child = 2 * i + 1) < queue_count; i = child) {
        child += child + 1 < queue_count && sooner(&queue[child + 1], &queue[child]);
        if (!sooner(&queue[child], &last))
            break;
        queue[i] = queue[child];
    }
    queue[i] = last;
    return first;
}

/* ---- flows that wait for their lines */

static struct flow *flows;
static uint32_t *free_flows;
static size_t flows_count, flows_room, free_count;
static uint32_t next_id = 100001;

static uint32_t flow_slot(void)
{
    if (free_count)
        return free_flows[--free_count];
    if (flows_count == flows_room) {
        flows_room = flows_room ? 2 * flows_room : 4096;
        flows = realloc(flows, flows_room * sizeof(*flows));
        free_flows = realloc(free_flows, flows_room * sizeof(*free_flows));
        if (!flows || !free_flows)
            tool_fail("no memory for %zu flows", flows_room);
    }
    return (uint32_t)flows_count++;
}

static void flow_release(uint32_t slot)
{
    free_flows[free_count++] = slot;
}

/* Bytes and seconds that go with a fate, where the flow does not have its own. */
static void flow_dress(struct flow *f)
{
    if (!f->src_port && f->protocol != ICMP)
        f->src_port = (uint16_t)(32768 + random_below(28000));
    if (f->fate == DATA && !f->sent) {
        bool small = f->protocol != TCP;
        f->sent = small ? 40 + random_below(60) : 300 + random_below(4000);
        f->received = small ? 60 + random_below(300) : 500 + random_below(200000);
    }
    if (f->fate == NO_ANSWER)
        f->seconds = 30;
    if (f->fate == DATA && !f->seconds && f->protocol == TCP)
        f->seconds = random_below(1 + random_below(240));
    if (f->fate == ABORTED)
        f->seconds = random_below(3);
    if (f->fate == REFUSED || f->fate == DENIED || f->fate == STRAY)
        f->seconds = 0;
}

static void flow_open(struct flow f)
{
    flow_dress(&f);
    f.id = next_id++;
    uint32_t slot = flow_slot();
    flows[slot] = f;
    queue_put(f.at, DUE_OPEN, slot);
}
