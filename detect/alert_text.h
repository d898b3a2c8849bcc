/* The texts of an alert: group members, counted values, the summary, the id. */
#pragma once

#include "detect/episodes.h"

/* Values that are too long for a key (VALUE_WIDE), by the key: who asks for a sample's text finds it here. */
struct wide_value {
    uint64_t key;
    struct address address;
    uint16_t port;
    uint8_t protocol;
};

/* What is to be remembered of a record's value. */
struct wide_value alert_wide_value(const struct sighting *s);

void alert_member(struct alert_value *out, enum detector_field field, const union member *member);

/* "src_ip": the name of a field to group by or to count. */
const char *alert_field_name(enum detector_field field);

/* False: its text is not remembered any more. */
bool alert_sample(struct alert_value *out, enum detector_field field, uint64_t key,
                  const struct wide_value *wide, unsigned wide_count);

/* Renders the template; `{{name}}` is a member of the group, `count`, `threshold`, `title` or a
 * field of the record. What is not known is written as "-". */
void alert_summary(struct alert *alert, const char *template);

/* The alert's id, from the detector's name, the group and the window's start: a replay gives the
 * same. */
void alert_id(struct alert *alert, int64_t window_start_ms);
