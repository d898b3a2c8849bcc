/* Alerts as JSON, the keys in the order DESIGN gives them; what does not apply is absent. */
#include "server/forward/alert_json.h"

#include <libfastjson/json.h>
#include <stdlib.h>

static void add_text(struct fjson_object *object, const char *key, const char *text)
{
    if (text && *text)
        fjson_object_object_add(object, key, json_text(slice(text)));
}

static void add_number(struct fjson_object *object, const char *key, uint64_t n)
{
    fjson_object_object_add(object, key, fjson_object_new_int64((int64_t)n));
}

static void add_time(struct fjson_object *object, const char *key, int64_t ms)
{
    fjson_object_object_add(object, key, json_time(ms));
}

/* Ports and protocols read better as what they are. */
static struct fjson_object *value_of(const struct alert_value *value)
{
    size_t len = strlen(value->name);
    if (len > 5 && strcmp(value->name + len - 5, "_port") == 0)
        return fjson_object_new_int64(atoi(value->text));
    return json_text(slice(value->text));
}

static struct fjson_object *group_of(const struct alert *a)
{
    struct fjson_object *group = fjson_object_new_object();
    for (unsigned i = 0; i < a->group_count; i++)
        fjson_object_object_add(group, a->group[i].name, value_of(&a->group[i]));
    return group;
}

static void add_lists(struct fjson_object *object, const struct alert *a)
{
    struct fjson_object *samples = fjson_object_new_array(), *evidence = fjson_object_new_array();
    struct fjson_object *devices = fjson_object_new_array();
    for (unsigned i = 0; i < a->sample_count; i++)
        fjson_object_array_add(samples, value_of(&a->samples[i]));
    for (unsigned i = 0; i < EVIDENCE_COUNT; i++)
        if (a->evidence >> i & 1)
            fjson_object_array_add(evidence,
                                   fjson_object_new_string(record_word(KIND_EVIDENCE, i)));
    for (unsigned i = 0; i < a->device_count; i++)
        fjson_object_array_add(devices, json_text(a->devices[i]));
    fjson_object_object_add(object, "samples", samples);
    fjson_object_object_add(object, "evidence", evidence);
    fjson_object_object_add(object, "devices", devices);
}

void alert_json(const struct alert *a, json_write write, void *context)
{
    static const char *const phases[] = {"start", "ongoing", "end"};
    struct fjson_object *object = fjson_object_new_object();
    add_text(object, "alert", a->detector->name);
    add_text(object, "id", a->id);
    add_text(object, "phase", phases[a->phase]);
    add_time(object, "time", a->time_ms);
    fjson_object_object_add(object, "group", group_of(a));
    add_number(object, "count", a->count);
    if (a->count_estimated)
        fjson_object_object_add(object, "count_estimated", fjson_object_new_boolean(1));
    add_number(object, "threshold", a->threshold);
    add_time(object, "window_start", a->window_start_ms);
    add_time(object, "window_end", a->window_end_ms);
    add_time(object, "first_seen", a->first_seen_ms);
    add_time(object, "last_seen", a->last_seen_ms);
    add_lists(object, a);
    add_number(object, "severity", a->severity);
    add_number(object, "score", a->score);
    add_number(object, "risk", a->risk);
    add_text(object, "techniques", a->detector->techniques);
    add_text(object, "summary", a->summary);
    add_text(object, "next_steps", a->detector->next_steps);
    json_print(object, write, context);
    fjson_object_put(object);
}
