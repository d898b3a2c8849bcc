/* A detector file's words turned into the numbers and bits that the engine tests. */
#include "server/rules_build.h"

#include <stdio.h>
#include <stdlib.h>

#include "config/convert.h"

/* A word of a detector file and its number. Tables end in a NULL name. */
struct word {
    const char *name;
    unsigned value;
};
static const struct word classes[] = {{"int_int", CLASS_INT_INT}, {"int_ext", CLASS_INT_EXT},
                                      {"ext_int", CLASS_EXT_INT}, {"ext_ext", CLASS_EXT_EXT},
                                      {"unknown", CLASS_UNKNOWN}, {NULL, 0}};
static const struct word types[] = {{"value_count", DETECTOR_VALUE_COUNT},
                                    {"event_count", DETECTOR_EVENT_COUNT},
                                    {"first_seen", DETECTOR_FIRST_SEEN},
                                    {"sequence", DETECTOR_SEQUENCE},
                                    {NULL, 0}};
static const struct word group_fields[] = {{"src_ip", DETECT_SRC_IP},
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
static const struct word counted_fields[] = {{"src_ip", DETECT_SRC_IP},
                                             {"dst_ip", DETECT_DST_IP},
                                             {"src_port", DETECT_SRC_PORT},
                                             {"dst_port", DETECT_DST_PORT},
                                             {"protocol", DETECT_PROTOCOL},
                                             {"service", DETECT_SERVICE},
                                             {NULL, 0}};
static const struct word severities[] = {{"informational", 1}, {"low", 3},       {"medium", 6},
                                         {"high", 8},          {"critical", 10}, {NULL, 0}};
static const struct word sides[] = {{"source", LISTED_SOURCE},
                                    {"destination", LISTED_DESTINATION},
                                    {"either", LISTED_EITHER},
                                    {NULL, 0}};
static const struct word entities[] = {{"src_ip", FIELD_src_ip},
                                       {"src_host", FIELD_src_host},
                                       {"src_user", FIELD_src_user},
                                       {"dst_ip", FIELD_dst_ip},
                                       {"dst_host", FIELD_dst_host},
                                       {"dst_user", FIELD_dst_user},
                                       {NULL, 0}};

/* The number of a word, or 0 after a complaint. */
static unsigned word_value(struct builder *b, const char *key, const char *text,
                           const struct word *table, const char *expected)
{
    const char *known[32];
    size_t n = 0;
    for (const struct word *w = table; w->name; w++) {
        if (strcmp(w->name, text) == 0)
            return w->value;
        known[n++] = w->name;
    }
    known[n] = NULL;
    rules_complain(b, key, text, expected, known);
    return 0;
}

static const char *item_key(char *out, size_t room, const char *prefix, const char *key, size_t i)
{
    snprintf(out, room, "%s%s[%zu]", prefix, key, i);
    return out;
}

static uint32_t mask_of(struct builder *b, const char *prefix, const char *key,
                        const struct text_list *list, const struct word *table,
                        const char *expected)
{
    uint32_t mask = 0;
    char path[96];
    for (size_t i = 0; i < list->count; i++)
        mask |= word_value(b, item_key(path, sizeof(path), prefix, key, i), list->items[i], table,
                           expected);
    return mask;
}

/* Words of the record: its own table knows them. */
static uint32_t record_mask(struct builder *b, const char *prefix, const char *key,
                            const struct text_list *list, enum field_kind kind, int count,
                            const char *expected)
{
    uint32_t mask = 0;
    const char *known[32];
    char path[96];
    for (int i = 0; i < count; i++)
        known[i] = record_word(kind, (unsigned)i);
    known[count] = NULL;
    for (size_t i = 0; i < list->count; i++) {
        int value = record_word_value(kind, slice(list->items[i]));
        if (value < 0)
            rules_complain(b, item_key(path, sizeof(path), prefix, key, i), list->items[i],
                           expected, known);
        else
            mask |= UINT32_C(1) << value;
    }
    return mask;
}

static void build_protocols(struct builder *b, const char *prefix, const struct text_list *list,
                            struct predicate *out)
{
    char path[96];
    out->any_protocol = list->count == 0;
    for (size_t i = 0; i < list->count; i++) {
        int number = protocol_number(slice(list->items[i]));
        if (number < 0)
            rules_complain(b, item_key(path, sizeof(path), prefix, "protocol", i), list->items[i],
                           "the name or number of an IP protocol: tcp, udp, icmp, 0 to 255", NULL);
        else
            out->protocols[number >> 6] |= UINT64_C(1) << (number & 63);
    }
}

static uint64_t build_lists(struct builder *b, const char *prefix, const char *key,
                            const struct text_list *list)
{
    const struct settings *s = b->rules->settings;
    const char *known[NETWORKS_LISTS_MAX + 1];
    uint64_t mask = 0;
    size_t n = 0;
    char path[96];
    for (; n < s->list_count && n < NETWORKS_LISTS_MAX; n++)
        known[n] = s->lists[n].name;
    known[n] = NULL;
    for (size_t i = 0; i < list->count; i++) {
        size_t at = 0;
        while (known[at] && strcmp(known[at], list->items[i]) != 0)
            at++;
        if (known[at])
            mask |= UINT64_C(2) << at;
        else
            rules_complain(b, item_key(path, sizeof(path), prefix, key, i), list->items[i],
                           "the name of a list under `lists:`", known);
    }
    return mask;
}

/* The prefixes of one key are a set of their own beside the lists. */
static bool add_prefix(struct builder *b, const struct net *net)
{
    struct network *more = realloc(b->prefixes, (b->prefix_count + 1) * sizeof(*more));
    if (!more)
        return false;
    b->prefixes = more;
    more[b->prefix_count++] = net_range(net, b->next_set);
    return true;
}

/* Names of lists, `internal`, and prefixes. */
static uint64_t build_sets(struct builder *b, const char *prefix, const char *key,
                           const struct text_list *list)
{
    const struct settings *s = b->rules->settings;
    const char *known[NETWORKS_LISTS_MAX + 2] = {"internal"};
    uint64_t mask = 0;
    bool own = false;
    char path[96];
    for (size_t n = 0; n < s->list_count && n < NETWORKS_LISTS_MAX; n++)
        known[n + 1] = s->lists[n].name;
    for (size_t i = 0; i < list->count; i++) {
        const char *text = list->items[i];
        struct net net;
        size_t at = 0;
        item_key(path, sizeof(path), prefix, key, i);
        if (convert_network(text, strlen(text), &net) == CONVERT_OK) {
            if (b->next_set > NETWORKS_LISTS_MAX || !add_prefix(b, &net))
                rules_complain(b, path, text, "a list: there are too many keys with prefixes",
                               NULL);
            own = true;
            continue;
        }
        while (known[at] && strcmp(known[at], text) != 0)
            at++;
        if (known[at])
            mask |= UINT64_C(1) << at;
        else
            rules_complain(b, path, text,
                           "a prefix, `internal` or the name of a list under "
                           "`lists:`",
                           known);
    }
    return own && b->next_set <= NETWORKS_LISTS_MAX ? mask | UINT64_C(1) << b->next_set++ : mask;
}

static void build_icmp(struct builder *b, const char *prefix, const struct port_ranges *ranges,
                       struct predicate *out)
{
    char path[96];
    out->by_icmp_type = ranges->count != 0;
    for (size_t i = 0; i < ranges->count; i++) {
        if (ranges->items[i].last > 255)
            rules_complain(b, item_key(path, sizeof(path), prefix, "icmp_type", i), NULL,
                           "an ICMP type from 0 to 255, or a range of them", NULL);
        for (unsigned t = ranges->items[i].first; t <= ranges->items[i].last && t < 256; t++)
            out->icmp_types[t >> 6] |= UINT64_C(1) << (t & 63);
    }
}

static struct port_set *build_ports(const struct port_ranges *ranges)
{
    if (ranges->count == 0)
        return NULL;
    struct port_set *set = calloc(1, sizeof(*set));
    for (size_t i = 0; set && i < ranges->count; i++)
        for (unsigned port = ranges->items[i].first; port <= ranges->items[i].last; port++)
            set->bits[port >> 6] |= UINT64_C(1) << (port & 63);
    return set;
}

static const char *const *build_texts(const struct text_list *list)
{
    if (list->count == 0)
        return NULL;
    const char **texts = calloc(list->count + 1, sizeof(*texts));
    for (size_t i = 0; texts && i < list->count; i++)
        texts[i] = list->items[i];
    return texts;
}

static void build_predicate(struct builder *b, const char *prefix,
                            const struct predicate_settings *s, struct predicate *out)
{
    char path[96];
    out->classes = mask_of(b, prefix, "class", &s->class, classes, "a class of flows");
    out->evidence = record_mask(b, prefix, "evidence", &s->evidence, KIND_EVIDENCE, EVIDENCE_COUNT,
                                "what a message proves about a connection");
    out->actions = record_mask(b, prefix, "action", &s->action, KIND_ACTION, ACTION_COUNT,
                               "what a device did");
    out->categories = record_mask(b, prefix, "category", &s->category, KIND_CATEGORY,
                                  CATEGORY_COUNT, "what a message is about");
    build_protocols(b, prefix, &s->protocol, out);
    out->dst_port = build_ports(&s->dst_port);
    out->not_dst_port = build_ports(&s->not_dst_port);
    out->src_port = build_ports(&s->src_port);
    out->not_src_port = build_ports(&s->not_src_port);
    out->listed = build_lists(b, prefix, "listed", &s->listed);
    out->not_listed = build_lists(b, prefix, "not_listed", &s->not_listed);
    if (s->listed_side) {
        snprintf(path, sizeof(path), "%slisted_side", prefix);
        out->listed_side = word_value(b, path, s->listed_side, sides, "which side is looked up");
    }
    out->src_networks = build_sets(b, prefix, "src_network", &s->src_network);
    out->dst_networks = build_sets(b, prefix, "dst_network", &s->dst_network);
    out->not_src_networks = build_sets(b, prefix, "not_src_network", &s->not_src_network);
    out->not_dst_networks = build_sets(b, prefix, "not_dst_network", &s->not_dst_network);
    build_icmp(b, prefix, &s->icmp_type, out);
    out->answered = s->answered;
    out->no_parent = s->no_parent;
    out->not_reversed = s->not_reversed;
    out->event_ids = build_texts(&s->event_id);
    out->devices = build_texts(&s->device);
}

/* The names must be those of detectors that count values; which are in force is another matter. */
static const char *const *build_after(struct builder *b, const struct detector_settings *s)
{
    const struct settings *settings = b->rules->settings;
    const char **known = calloc(settings->detector_count + 1, sizeof(*known));
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
            rules_complain(b, item_key(path, sizeof(path), "", "after", i), s->after.items[i],
                           "the name of a detector of type value_count", known);
    }
    free(known);
    return build_texts(&s->after);
}

/* "T1046,T1595": as the record and CEF show them. */
static const char *joined(const struct text_list *list)
{
    size_t len = 1;
    for (size_t i = 0; i < list->count; i++)
        len += strlen(list->items[i]) + 1;
    char *text = malloc(len), *p = text;
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
                      (uint8_t)word_value(b, "severity", s->severity, severities, expected)};
    out->tier_count = 1;
    for (size_t i = 0; i < s->tier_count; i++) {
        snprintf(path, sizeof(path), "tiers[%zu].severity", i);
        if (out->tier_count == DETECTOR_TIERS_MAX) {
            rules_complain(b, path, s->tiers[i].severity, "at most 7 further tiers", NULL);
            return;
        }
        out->tiers[out->tier_count++] =
            (struct tier){s->tiers[i].gte,
                          (uint8_t)word_value(b, path, s->tiers[i].severity, severities, expected)};
    }
}

void rules_build_detector(struct builder *b, const struct detector_settings *s,
                          struct detector *out)
{
    char path[64];
    b->detector = s;
    out->name = s->name;
    out->title = s->title ? s->title : s->name;
    out->type = word_value(b, "type", s->type, types, "a type of detector");
    build_predicate(b, "where.", &s->where, &out->where);
    if (s->group_by.count > DETECTOR_GROUP_MAX)
        rules_complain(b, "group-by", s->group_by.items[DETECTOR_GROUP_MAX], "at most three fields",
                       NULL);
    for (size_t i = 0; i < s->group_by.count && i < DETECTOR_GROUP_MAX; i++)
        out->group_by[out->group_count++] =
            word_value(b, item_key(path, sizeof(path), "", "group-by", i), s->group_by.items[i],
                       group_fields, "a field to group by");
    out->keep_missing = s->missing && strcmp(s->missing, "keep") == 0;
    out->after = build_after(b, s);
    if (out->type == DETECTOR_VALUE_COUNT || out->type == DETECTOR_SEQUENCE)
        out->counted = word_value(b, "condition.field", s->counted ? s->counted : "service",
                                  counted_fields, "a field to count");
    build_tiers(b, s, out);
    out->has_also = s->has_also;
    out->also_gte = s->also_gte;
    if (s->has_also)
        build_predicate(b, "also.where.", &s->also_where, &out->also);
    out->timespan_ms = s->timespan_ms;
    out->suppress_ms = s->suppress_ms;
    out->suppress_max_ms = s->suppress_max_ms;
    out->update_interval_ms = s->update_interval_ms;
    out->score = s->score;
    for (size_t i = 0; i < s->entities.count && i < 4; i++)
        out->entities[out->entity_count++] =
            word_value(b, item_key(path, sizeof(path), "", "entities", i), s->entities.items[i],
                       entities, "a field that names who carries the risk");
    out->techniques = joined(&s->techniques);
    out->tactics = joined(&s->tactics);
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

static void free_predicate(struct predicate *p)
{
    free(p->dst_port);
    free(p->not_dst_port);
    free(p->src_port);
    free(p->not_src_port);
    free((void *)p->event_ids);
    free((void *)p->devices);
}

void rules_free_detector(struct detector *detector)
{
    free_predicate(&detector->where);
    free_predicate(&detector->also);
    free((void *)detector->after);
    free((void *)detector->techniques);
    free((void *)detector->tactics);
}
