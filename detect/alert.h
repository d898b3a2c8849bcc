/* What an alert says. It borrows everything and is valid during the callback that delivers it. */
#pragma once

#include "detect/detector.h"

enum alert_phase { ALERT_START, ALERT_ONGOING, ALERT_END };

#define ALERT_SAMPLES_MAX 32
#define ALERT_DEVICES_MAX 8
#define ALERT_ID_LEN      32 /* hexadecimal digits; the same for the same group and start */
#define ALERT_SUMMARY_MAX 512
#define ALERT_VALUE_MAX   64 /* the longest text of a counted value: "[IPv6]:port/proto" */

/* A value of a field, as text and with the field's name: a member of the group, or a sample. */
struct alert_value {
    const char *name; /* the field: "src_ip", "dst_port", "service" */
    char text[ALERT_VALUE_MAX];
};

struct alert {
    const struct detector *detector;
    enum alert_phase phase;
    char id[ALERT_ID_LEN + 1];
    int64_t time_ms; /* when it fired, event time */
    struct alert_value group[DETECTOR_GROUP_MAX];
    unsigned group_count;
    uint64_t count; /* distinct values in the window; beyond the highest tier an estimate */
    bool count_estimated;
    uint64_t threshold;                     /* the tier that was crossed */
    int64_t window_start_ms, window_end_ms; /* (start, end] */
    int64_t first_seen_ms, last_seen_ms;    /* of the episode */
    struct alert_value samples[ALERT_SAMPLES_MAX];
    unsigned sample_count;
    uint32_t evidence; /* bit n: enum evidence n was counted */
    struct slice devices[ALERT_DEVICES_MAX];
    unsigned device_count;
    uint8_t severity; /* 0 to 10, CEF's scale */
    unsigned score;
    uint64_t risk; /* of the group's first entity, after this alert */
    char summary[ALERT_SUMMARY_MAX];
    const struct record
        *record; /* the event that fired it; NULL for ends and insights by the clock */
};
