/* Points against a device, until it is told of or has shown that it tells. */
#include "detect/coverage.h"

#include "detect/alert_text.h"

#define DEVICES_MIX UINT64_C(0x9e3779b97f4a7c15)

static const struct detector gap_detector = {
    .name = "coverage_gap",
    .title = "Coverage gap: connections that end untold",
    .techniques = "",
    .tactics = "",
    .summary = "{{device}} does not tell how TCP connections end: scans that are answered stay "
               "unseen there",
    .explanation = "Detectors of opened and dropped connections need to be told how a connection "
                   "ended, and with how much payload. This device has sent many lines about TCP "
                   "connections and none that says so: its silence is no sign of safety.",
    .next_steps = "Have the device log the end of connections: on ASA message 302014 "
                  "(informational), on PAN-OS the log at session end, on Check Point accounting. "
                  "Some devices cannot; then only refused connections are seen there.",
};

void coverage_init(struct coverage *coverage)
{
    memset(coverage, 0, sizeof(*coverage));
    pthread_mutex_init(&coverage->lock, NULL);
}

void coverage_close(struct coverage *coverage)
{
    pthread_mutex_destroy(&coverage->lock);
}

/* Points for a record: -1 when it tells how its connection ended. */
static int points_of(const struct record *r)
{
    switch (RECORD_HAS(r, evidence) ? r->evidence : EVIDENCE_NONE) {
    case EVIDENCE_NO_ANSWER:
    case EVIDENCE_REFUSED:
    case EVIDENCE_ABORTED:
    case EVIDENCE_DATA:
        return -1;
    case EVIDENCE_DENIED:
        return 1;
    default:
        return RECORD_HAS(r, action) && r->action == ACTION_ALLOW ? 16 : 1;
    }
}

static void fill(struct alert *alert, const struct record *r, int64_t t)
{
    *alert = (struct alert){
        .detector = &gap_detector,
        .phase = ALERT_START,
        .time_ms = t,
        .group = {{.name = "device"}},
        .group_count = 1,
        .count = 1,
        .threshold = 1,
        .window_start_ms = t,
        .window_end_ms = t,
        .first_seen_ms = t,
        .last_seen_ms = t,
        .devices = {r->host},
        .device_count = 1,
        .severity = 3,
        .record = r,
    };
    struct slice name = slice_first(r->host, ALERT_VALUE_MAX - 1);
    memcpy(alert->group[0].text, name.ptr, name.len);
    alert_id(alert, 0); /* one a device, whenever it is found out */
    alert_summary(alert, gap_detector.summary);
}

bool coverage_look(struct coverage *coverage, const struct record *r, int64_t t,
                   struct alert *alert)
{
    bool gap = false;
    if (!RECORD_HAS(r, host) || !RECORD_HAS(r, category) || r->category != CATEGORY_CONNECTION)
        return false;
    int points = points_of(r);
    pthread_mutex_lock(&coverage->lock);
    uint8_t device =
        devices_number(&coverage->devices, r->host, devices_hash(r->host, DEVICES_MIX));
    if (device && !coverage->told[device]) {
        if (points > 0)
            coverage->points[device] = (uint16_t)(coverage->points[device] + points);
        gap = points > 0 && coverage->points[device] >= COVERAGE_GAP;
        coverage->told[device] = gap || points < 0;
        coverage->changed |= gap;
    }
    pthread_mutex_unlock(&coverage->lock);
    if (gap)
        fill(alert, r, t);
    return gap;
}

bool coverage_get(struct coverage *coverage, unsigned number, struct coverage_device *out)
{
    pthread_mutex_lock(&coverage->lock);
    bool there = number >= 1 && number <= coverage->devices.count;
    if (there)
        *out = (struct coverage_device){devices_name(&coverage->devices, (uint8_t)number),
                                        coverage->points[number], coverage->told[number]};
    pthread_mutex_unlock(&coverage->lock);
    return there;
}

void coverage_put(struct coverage *coverage, const struct coverage_device *device)
{
    pthread_mutex_lock(&coverage->lock);
    uint8_t number =
        devices_number(&coverage->devices, device->name, devices_hash(device->name, DEVICES_MIX));
    if (number) {
        coverage->points[number] = device->points;
        coverage->told[number] = device->told;
    }
    pthread_mutex_unlock(&coverage->lock);
}

bool coverage_changed(struct coverage *coverage)
{
    pthread_mutex_lock(&coverage->lock);
    bool changed = coverage->changed;
    coverage->changed = false;
    pthread_mutex_unlock(&coverage->lock);
    return changed;
}
