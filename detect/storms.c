/* Starts are counted by the minute of event time; a late one belongs to the minute that is on. */
#include "detect/storms.h"

#include "detect/alert_text.h"

#define MINUTE_MS 60000

static const struct detector storm_detector = {
    .name = "detector_storm",
    .title = "Detector storm",
    .techniques = "",
    .tactics = "",
    .summary = "{{detector}} starts too many alerts: {{count}} in a minute",
    .explanation = "A detector starts so many alerts that they are counted instead of sent. Its "
                   "threshold does not fit the network, or addresses are being forged.",
    .next_steps = "Look at the detector's latest alerts for what they share: a list, a network or "
                  "a threshold may be missing in the configuration.",
};

void storms_init(struct storms *storms, uint32_t limit)
{
    storms->limit = limit ? limit : STORM_STARTS;
    pthread_mutex_init(&storms->lock, NULL);
    for (unsigned i = 0; i < DETECTOR_MAX; i++)
        storms->of[i] = (struct storm){.minute = INT64_MIN};
}

void storms_close(struct storms *storms)
{
    pthread_mutex_destroy(&storms->lock);
}

bool storms_allow(struct storms *storms, unsigned index, const struct detector *detector, int64_t t,
                  struct alert *alert, bool *report)
{
    struct storm *storm = &storms->of[index];
    int64_t minute = t / MINUTE_MS - (t % MINUTE_MS < 0);
    uint32_t told = 0;
    pthread_mutex_lock(&storms->lock);
    if (minute > storm->minute) {
        if (storm->on)
            told = storm->starts;
        storm->on = storm->starts > storms->limit;
        storm->starts = 0;
        storm->minute = minute;
    }
    storm->starts++;
    if (!storm->on && storm->starts > storms->limit) {
        storm->on = true;
        told = storm->starts;
    }
    bool allowed = !storm->on && !told;
    pthread_mutex_unlock(&storms->lock);
    *report = told != 0;
    if (!told)
        return allowed;
    *alert = (struct alert){
        .detector = &storm_detector,
        .phase = ALERT_START,
        .time_ms = t,
        .group = {{.name = "detector"}},
        .group_count = 1,
        .count = told,
        .threshold = storms->limit,
        .window_start_ms = t - MINUTE_MS,
        .window_end_ms = t,
        .first_seen_ms = t - MINUTE_MS,
        .last_seen_ms = t,
        .severity = 6,
    };
    struct slice name = slice_first(slice(detector->name), ALERT_VALUE_MAX - 1);
    memcpy(alert->group[0].text, name.ptr, name.len);
    alert_id(alert, minute);
    alert_summary(alert, storm_detector.summary);
    return allowed;
}

struct storm storms_get(struct storms *storms, unsigned index)
{
    pthread_mutex_lock(&storms->lock);
    struct storm storm = storms->of[index];
    pthread_mutex_unlock(&storms->lock);
    return storm;
}

void storms_put(struct storms *storms, unsigned index, struct storm storm)
{
    pthread_mutex_lock(&storms->lock);
    storms->of[index] = storm;
    pthread_mutex_unlock(&storms->lock);
}
