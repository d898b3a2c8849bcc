/* A detector file's words turned into the numbers and bits that the engine tests. */
#include "server/rules_build.h"

#include <stdio.h>
#include <stdlib.h>

static const struct rule_word types[] = {{"value_count", DETECTOR_VALUE_COUNT},
                                         {"event_count", DETECTOR_EVENT_COUNT},
                                         {"first_seen", DETECTOR_FIRST_SEEN},
                                         {"sequence", DETECTOR_SEQUENCE},
                                         {NULL, 0}};
static const struct rule_word group_fields[] = {{"src_ip", DETECT_SRC_IP},
                                                {"dst_ip", DETECT_DST_IP},
                                                {"src_port", DETECT_SRC_PORT},
                                                {"dst_port", DETECT_DST_PORT},
                                                {"protocol", DETECT_PROTOCOL},
                                                {"device", DETECT_DEVICE},
                                                {"src_host", DETECT_SRC_HOST},
                                                {"src_user", DETECT_SRC_USER},
                                                {"dst_host", DETECT_DST_HOST},
                                                {"event_id", DETECT_EVENT_ID},
                                                {NULL, 0}};
static const struct rule_word counted_fields[] = {{"src_ip", DETECT_SRC_IP},
                                                  {"dst_ip", DETECT_DST_IP},
                                                  {"src_port", DETECT_SRC_PORT},
                                                  {"dst_port", DETECT_DST_PORT},
                                                  {"protocol", DETECT_PROTOCOL},
                                                  {"service", DETECT_SERVICE},
                                                  {NULL, 0}};
static const struct rule_word severities[] = {{"informational", 1}, {"low", 3},       {"medium", 6},
                                              {"high", 8},          {"critical", 10}, {NULL, 0}};
static const struct rule_word entities[] = {{"src_ip", FIELD_src_ip},
                                            {"src_host", FIELD_src_host},
                                            {"src_user", FIELD_src_user},
                                            {"dst_ip", FIELD_dst_ip},
                                            {"dst_host", FIELD_dst_host},
                                            {"dst_user", FIELD_dst_user},
                                            {NULL, 0}};

/* The names must be those of detectors that count values; which are in force is another matter. */
static const char *const *build_after(struct builder *b, const struct detector_settings *s)
{
    const struct settings *settings = b->rules->settings;
    const char **known = rules_allocated(b, calloc(settings->detector_count + 1, sizeof(*known)));
    char path[64];
    size_t n = 0;
    for (size_t i = 0; known && i < settings->detector_count; i++)
        if (settings->detectors[i].type && !strcmp(settings->detectors[i].type, "value_count"))
            known[n++] = settings->detectors[i].name;
    for (size_t i = 0; known && i < s->after.count; i++) {
        size_t at = 0;
        while (known[at] && strcmp(known[at], s->after.items[i]) != 0)
            at++;
        if (!known[at])
            rules_complain(b, rules_item(path, sizeof(path), "", "after", i), s->after.items[i],
                           "the name of a detector of type value_count", known);
    }
    free(known);
    return rules_texts(b, &s->after);
}

/* "T1046,T1595": as the record and CEF show them. */
static const char *joined(struct builder *b, const struct text_list *list)
{
    size_t len = 1;
    for (size_t i = 0; i < list->count; i++)
        len += strlen(list->items[i]) + 1;
    char *text = rules_allocated(b, malloc(len)), *p = text;
    if (!text)
        return NULL;
    for (size_t i = 0; i < list->count; i++)
        p += sprintf(p, "%s%s", i ? "," : "", list->items[i]);
    *p = '\0';
    return text;
}

static void build_tiers(struct builder *b, const struct detector_settings *s, struct detector *out)
{
    static const char expected[] = "how bad it is";
    char path[64];
    out->tiers[0] =
        (struct tier){s->type && strcmp(s->type, "first_seen") == 0 ? 1 : s->gte,
                      (uint8_t)rules_word(b, "severity", s->severity, severities, expected)};
    out->tier_count = 1;
    for (size_t i = 0; i < s->tier_count; i++) {
        snprintf(path, sizeof(path), "tiers[%zu].severity", i);
        if (out->tier_count == DETECTOR_TIERS_MAX) {
            rules_complain(b, path, s->tiers[i].severity, "at most 7 further tiers", NULL);
            return;
        }
        out->tiers[out->tier_count++] =
            (struct tier){s->tiers[i].gte,
                          (uint8_t)rules_word(b, path, s->tiers[i].severity, severities, expected)};
    }
}

void rules_build_detector(struct builder *b, const struct detector_settings *s,
                          struct detector *out)
{
    char path[64];
    b->detector = s;
    out->name = s->name;
    out->title = s->title ? s->title : s->name;
    out->type = rules_word(b, "type", s->type, types, "a type of detector");
    rules_build_predicate(b, "where.", &s->where, &out->where);
    if (s->group_by.count > DETECTOR_GROUP_MAX)
        rules_complain(b, "group-by", s->group_by.items[DETECTOR_GROUP_MAX], "at most three fields",
                       NULL);
    for (size_t i = 0; i < s->group_by.count && i < DETECTOR_GROUP_MAX; i++)
        out->group_by[out->group_count++] =
            rules_word(b, rules_item(path, sizeof(path), "", "group-by", i), s->group_by.items[i],
                       group_fields, "a field to group by");
    out->keep_missing = s->missing && strcmp(s->missing, "keep") == 0;
    out->after = build_after(b, s);
    if (out->type == DETECTOR_VALUE_COUNT || out->type == DETECTOR_SEQUENCE)
        out->counted = rules_word(b, "condition.field", s->counted ? s->counted : "service",
                                  counted_fields, "a field to count");
    build_tiers(b, s, out);
    out->has_also = s->has_also;
    out->also_gte = s->also_gte;
    if (s->has_also)
        rules_build_predicate(b, "also.where.", &s->also_where, &out->also);
    out->timespan_ms = s->timespan_ms;
    out->suppress_ms = s->suppress_ms;
    out->suppress_max_ms = s->suppress_max_ms;
    out->update_interval_ms = s->update_interval_ms;
    out->score = s->score;
    for (size_t i = 0; i < s->entities.count && i < 4; i++)
        out->entities[out->entity_count++] =
            rules_word(b, rules_item(path, sizeof(path), "", "entities", i), s->entities.items[i],
                       entities, "a field that names who carries the risk");
    out->techniques = joined(b, &s->techniques);
    out->tactics = joined(b, &s->tactics);
    out->summary = s->summary ? s->summary : out->title;
    out->explanation = s->explanation;
    out->next_steps = s->next_steps;
    const char *expected = NULL, *key = NULL;
    if (!b->wrong)
        key = detector_fault(out, rules_lateness(b->rules->settings), &expected);
    if (key)
        rules_complain(b, key, NULL, expected, NULL);
    b->detector = NULL;
}

void rules_free_detector(struct detector *detector)
{
    rules_free_predicate(&detector->where);
    rules_free_predicate(&detector->also);
    free((void *)detector->after);
    free((void *)detector->techniques);
    free((void *)detector->tactics);
}
