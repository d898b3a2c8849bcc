/*
 * Coverage gaps: devices whose lines cannot show how TCP connections end, so that silence about
 * opened and dropped connections is not mistaken for safety. Each is told once, as an alert of the
 * built-in detector coverage_gap.
 *
 * One line in 64 of TCP connections is looked at, by its addresses and ports. A device that tells
 * of one ended connection (evidence no_answer, refused, aborted or data) has no gap. One that does
 * not, in some 4,000 lines about connections that were let through, or 65,000 about any, has. Up
 * to COVERAGE_DEVICES devices are followed.
 */
#pragma once

#include <pthread.h>

#include "detect/alert.h"
#include "detect/devices.h"

#define COVERAGE_DEVICES 255
#define COVERAGE_GAP     1024 /* points: 16 for a connection let through, 1 for another line */

struct coverage {
    pthread_mutex_t lock;
    struct devices devices;
    uint16_t points[COVERAGE_DEVICES + 1]; /* by a device's number */
    bool told[COVERAGE_DEVICES + 1];       /* that it has a gap, or that it tells */
    bool changed;                          /* one has been told of since coverage_changed */
};

void coverage_init(struct coverage *coverage);
void coverage_close(struct coverage *coverage);

/* Whether the record is one of those that are looked at. */
static inline bool coverage_samples(const struct record *r)
{
    return r->protocol == PROTOCOL_TCP && RECORD_HAS(r, protocol) && RECORD_HAS(r, dst_ip) &&
           RECORD_HAS(r, src_port) && ((r->src_port ^ r->dst_ip.lo) & 63) == 0;
}

/* Looks at it. True: its device has a gap, and *alert says so. */
bool coverage_look(struct coverage *coverage, const struct record *r, int64_t t,
                   struct alert *alert);

/* What is known of one device, by its number from 1 on; for snapshots. */
struct coverage_device {
    struct slice name;
    uint16_t points;
    bool told;
};

/* False: there are not so many. The name lives as long as the coverage. */
bool coverage_get(struct coverage *coverage, unsigned number, struct coverage_device *out);
void coverage_put(struct coverage *coverage, const struct coverage_device *device);

/* Whether a device has been told of since the last call. */
bool coverage_changed(struct coverage *coverage);
