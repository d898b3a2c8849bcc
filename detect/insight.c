/* The alert about an entity whose detectors add up: it lists them, as samples and in its summary. */
#include "detect/insight.h"

#include "detect/alert_text.h"

static const struct detector insight_detector = {
    .name = "insight",
    .title = "Insight: risk above the threshold",
    .techniques = "",
    .tactics = "",
    .explanation = "Several detectors have fired for the same address, host or user within the "
                   "risk window; together their scores reach the threshold.",
    .next_steps = "Read the listed detectors' alerts in the order of their times: together they "
                  "tell what the host was after.",
};

static const void *member_at(const struct record *r, enum record_field field)
{
    return (const char *)r + record_fields[field].offset;
}

static void copy_text(char out[ALERT_VALUE_MAX], struct slice text)
{
    text = slice_first(text, ALERT_VALUE_MAX - 1);
    memcpy(out, text.ptr, text.len);
    out[text.len] = '\0';
}

void insight_alert(struct alert *alert, const struct record *r, enum record_field field,
                   const struct risk_state *state, const struct alert *cause,
                   const struct detector *detectors)
{
    *alert = (struct alert){
        .detector = &insight_detector,
        .phase = ALERT_START,
        .time_ms = cause->time_ms,
        .group = {{.name = record_fields[field].name}},
        .group_count = 1,
        .count = (uint64_t)__builtin_popcountll(state->scored),
        .threshold = state->risk,
        .window_start_ms = cause->window_start_ms,
        .window_end_ms = cause->window_end_ms,
        .first_seen_ms = cause->first_seen_ms,
        .last_seen_ms = cause->last_seen_ms,
        .evidence = cause->evidence,
        .device_count = cause->device_count,
        .severity = 8,
        .risk = state->risk,
        .record = r,
    };
    if (record_fields[field].kind == KIND_ADDRESS)
        *address_format(alert->group[0].text, *(const struct address *)member_at(r, field)) = '\0';
    else
        copy_text(alert->group[0].text, *(const struct slice *)member_at(r, field));
    memcpy(alert->devices, cause->devices, sizeof(alert->devices));
    char *end = alert->summary + ALERT_SUMMARY_MAX - 1;
    char *at =
        stpcpy(stpcpy(alert->summary, alert->group[0].text), " has reached the risk threshold:");
    for (unsigned i = 0; i < DETECTOR_MAX; i++) {
        if (!(state->scored >> i & 1))
            continue;
        struct slice name = slice(detectors[i].name);
        if (alert->sample_count < ALERT_SAMPLES_MAX) {
            struct alert_value *sample = &alert->samples[alert->sample_count++];
            sample->name = "detector";
            copy_text(sample->text, name);
        }
        if ((size_t)(end - at) > name.len + 1)
            at = stpcpy(stpcpy(at, " "), detectors[i].name);
    }
    alert_id(alert, cause->window_start_ms);
}
