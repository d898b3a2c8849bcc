/*
 * From settings to rules: every name the configuration only carries as text is matched here with
 * what the program knows, and complained about with its position and the nearest known name.
 */
#include "server/rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "server/rules_build.h"

#define ZONE_DIRECTORY "/usr/share/zoneinfo/"
#define ZONE_FILE_MAX  (256 * 1024)

void rules_complain(struct builder *b, const char *key, const char *value, const char *expected,
                    const char *const *known)
{
    b->wrong = true;
    config_complain(b->rules->config, b->detector, key, value, expected, known);
}

void *rules_allocated(struct builder *b, void *block)
{
    b->no_memory |= !block;
    b->wrong |= !block;
    return block;
}

/* ---- zones and devices ---- */

static struct zone *read_zone(const char *name)
{
    char path[256], bytes[ZONE_FILE_MAX];
    struct zone *zone = NULL;
    if (name[0] == '/' || strstr(name, "..") ||
        snprintf(path, sizeof(path), ZONE_DIRECTORY "%s", name) >= (int)sizeof(path))
        return NULL;
    FILE *f = fopen(path, "rb");
    if (!f)
        return NULL;
    size_t len = fread(bytes, 1, sizeof(bytes), f);
    if (!ferror(f))
        zone = zone_new(bytes, len);
    fclose(f);
    return zone;
}

static bool is_utc(const char *name)
{
    return !name || strcmp(name, "UTC") == 0 || strcmp(name, "Etc/UTC") == 0;
}

void rules_parser_names(const char *names[RULES_PARSERS_MAX + 1])
{
    size_t n = 0;
    for (const struct parser *const *p = parsers; *p && n < RULES_PARSERS_MAX; p++)
        names[n++] = (*p)->name.ptr;
    names[n] = NULL;
}

static void build_devices(struct builder *b, const char *default_zone)
{
    static const char expected_zone[] = "an IANA time zone, for example Europe/Berlin or UTC";
    const struct settings *s = b->rules->settings;
    const char *names[RULES_PARSERS_MAX + 1];
    char key[64];

    rules_parser_names(names);
    for (size_t i = 0; i <= s->device_count; i++) {
        struct device *device = &b->rules->devices[i];
        const char *zone = i < s->device_count ? s->devices[i].timezone : NULL;
        device->host = SLICE_NONE;
        if (!zone)
            zone = default_zone;
        if (!is_utc(zone) && !(device->zone = b->rules->zones[i] = read_zone(zone))) {
            snprintf(key, sizeof(key), "devices[%zu].timezone", i);
            rules_complain(b, i < s->device_count ? key : "", zone, expected_zone, NULL);
        }
        if (i == s->device_count)
            break;
        if (s->devices[i].host)
            device->host = slice(s->devices[i].host);
        if (s->devices[i].parser && !(device->parser = parser_named(slice(s->devices[i].parser)))) {
            snprintf(key, sizeof(key), "devices[%zu].parser", i);
            rules_complain(b, key, s->devices[i].parser, "the name of a parser", names);
        }
    }
}

/* ---- networks ---- */

static struct address net_address(const uint8_t *bytes)
{
    struct address a = {0, 0};
    for (int i = 0; i < 8; i++) {
        a.hi = a.hi << 8 | bytes[i];
        a.lo = a.lo << 8 | bytes[i + 8];
    }
    return a;
}

struct network net_range(const struct net *net, unsigned set)
{
    struct network range = {.first = net_address(net->bytes), .set = set};
    unsigned host = 128 - net->prefix;
    range.last = range.first;
    if (host >= 64)
        range.last.lo = UINT64_MAX;
    else if (host)
        range.last.lo |= (UINT64_C(1) << host) - 1;
    if (host == 128)
        range.last.hi = UINT64_MAX;
    else if (host > 64)
        range.last.hi |= (UINT64_C(1) << (host - 64)) - 1;
    return range;
}

static size_t add_ranges(struct network *out, const struct net_list *list, unsigned set)
{
    for (size_t i = 0; i < list->count; i++)
        out[i] = net_range(&list->items[i], set);
    return list->count;
}

static bool build_networks(struct builder *b)
{
    struct rules *rules = b->rules;
    const struct settings *s = rules->settings;
    size_t total = s->internal.count + s->allow.count + b->prefix_count + 1, n;
    for (size_t i = 0; i < s->list_count; i++)
        total += s->lists[i].entries.count;
    struct network *ranges = calloc(total, sizeof(*ranges));
    if (!ranges)
        return false;
    n = add_ranges(ranges, &s->internal, 0);
    for (size_t i = 0; i < s->list_count && i < NETWORKS_LISTS_MAX; i++)
        n += add_ranges(ranges + n, &s->lists[i].entries, (unsigned)i + 1);
    if (b->prefix_count)
        memcpy(ranges + n, b->prefixes, b->prefix_count * sizeof(*ranges));
    rules->networks = networks_new(ranges, n + b->prefix_count);
    n = add_ranges(ranges, &s->allow, 0);
    rules->senders = networks_new(ranges, n);
    free(ranges);
    return rules->networks && rules->senders;
}

/* ---- detectors ---- */

static bool listed(const struct text_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i], name) == 0)
            return true;
    return false;
}

bool rules_enabled(const struct settings *settings, const struct detector_settings *detector)
{
    return (detector->enabled || listed(&settings->enable, detector->name)) &&
           !listed(&settings->disable, detector->name);
}

/* All of them are built, so that a wrong one is found before somebody enables it. It is left out: the
 * others watch on without it. */
static void build_detectors(struct builder *b)
{
    const struct settings *s = b->rules->settings;
    struct rules *rules = b->rules;
    bool wrong = b->wrong;
    rules->wrong_detectors = s->wrong_detectors;
    for (size_t i = 0; i < s->detector_count; i++) {
        struct detector *out = &rules->detectors[rules->built_count++];
        b->wrong = false;
        rules_build_detector(b, &s->detectors[i], out);
        out->is_wrong = b->wrong;
        rules->wrong_detectors += b->wrong;
    }
    b->wrong = wrong;
    /* Those in force first: the engine takes a prefix of the array. */
    for (size_t i = 0; i < rules->built_count; i++) {
        if (rules->detectors[i].is_wrong || !rules_enabled(s, &s->detectors[i]))
            continue;
        if (rules->detector_count == DETECTOR_MAX) {
            rules_complain(b, "detectors.enable", s->detectors[i].name,
                           "at most 64 detectors in force at once", NULL);
            return;
        }
        struct detector moved = rules->detectors[rules->detector_count];
        rules->detectors[rules->detector_count++] = rules->detectors[i];
        rules->detectors[i] = moved;
    }
}

/* ---- outputs ---- */

/* Times differ in any case, and extras are many. */
static void build_aggregate(struct builder *b, size_t index, const struct text_list *names,
                            struct rules_output *out)
{
    const char *known[FIELD_COUNT + 1];
    enum record_field fields[FIELD_COUNT];
    char key[64];
    size_t count = 0, at;
    for (unsigned i = 0; i < FIELD_COUNT; i++) {
        if (record_fields[i].kind == KIND_TIME || record_fields[i].kind == KIND_EXTRA)
            continue;
        fields[count] = (enum record_field)i;
        known[count++] = record_fields[i].name;
    }
    known[count] = NULL;
    for (size_t i = 0; i < names->count; i++) {
        for (at = 0; known[at] && strcmp(known[at], names->items[i]) != 0; at++)
            ;
        if (known[at]) {
            out->aggregate[out->aggregate_count++] = fields[at];
            continue;
        }
        snprintf(key, sizeof(key), "forward[%zu].aggregate.fields[%zu]", index, i);
        rules_complain(b, key, names->items[i], "a field of the record that is no time", known);
    }
}

static void build_outputs(struct builder *b)
{
    const struct settings *s = b->rules->settings;
    char prefix[64];
    for (size_t i = 0; i < s->forward_count; i++) {
        struct rules_output *out = &b->rules->outputs[i];
        snprintf(prefix, sizeof(prefix), "forward[%zu].where.", i);
        rules_build_predicate(b, prefix, &s->forward[i].where, &out->where);
        build_aggregate(b, i, &s->forward[i].aggregate.fields, out);
    }
}

/* ---- life ---- */

struct rules *rules_new(struct config *config, const char *default_zone)
{
    const struct settings *s = config_settings(config);
    struct rules *rules = calloc(1, sizeof(*rules));
    if (!rules)
        return NULL;
    struct builder b = {.rules = rules, .next_set = (unsigned)s->list_count + 1};
    rules->config = config;
    rules->settings = s;
    rules->devices = calloc(s->device_count + 1, sizeof(*rules->devices));
    rules->zones = calloc(s->device_count + 1, sizeof(*rules->zones));
    rules->detectors = calloc(s->detector_count + 1, sizeof(*rules->detectors));
    rules->outputs = calloc(s->forward_count + 1, sizeof(*rules->outputs));
    if (!rules->devices || !rules->zones || !rules->detectors || !rules->outputs) {
        rules_free(rules);
        return NULL;
    }
    build_devices(&b, default_zone);
    build_detectors(&b);
    build_outputs(&b);
    rules_allocated(&b, build_networks(&b) ? rules : NULL);
    free(b.prefixes);
    if (b.no_memory)
        config_complain(config, NULL, "", NULL, "more memory than there is", NULL);
    if (b.wrong) {
        rules_free(rules);
        return NULL;
    }
    return rules;
}

void rules_free(struct rules *rules)
{
    if (!rules)
        return;
    for (unsigned i = 0; i < rules->built_count; i++)
        rules_free_detector(&rules->detectors[i]);
    for (size_t i = 0; rules->outputs && i < rules->settings->forward_count; i++)
        rules_free_predicate(&rules->outputs[i].where);
    if (rules->zones)
        for (size_t i = 0; i <= rules->settings->device_count; i++)
            zone_free(rules->zones[i]);
    rules_close_tls(rules);
    free(rules->zones);
    free(rules->devices);
    free(rules->detectors);
    free(rules->outputs);
    networks_free(rules->networks);
    networks_free(rules->senders);
    free(rules);
}

bool rules_allow(const struct rules *rules, struct address sender)
{
    return networks_of(rules->senders, sender) & 1;
}

/* The first row whose network holds the sender. Asked once a connection, and by UDP once for each
 * run of datagrams of one sender. */
const struct device *rules_device(const struct rules *rules, struct address sender)
{
    const struct settings *s = rules->settings;
    for (size_t i = 0; i < s->device_count; i++) {
        struct network range = net_range(&s->devices[i].sender, 0);
        if (!address_less(sender, range.first) && !address_less(range.last, sender))
            return &rules->devices[i];
    }
    return &rules->devices[s->device_count];
}

int64_t rules_lateness(const struct settings *s)
{
    return s->lateness_ms + (s->ahead_ms > 2000 ? s->ahead_ms - 2000 : 0);
}

bool rules_limits(const struct rules *rules, struct detect_limits *limits)
{
    const struct settings *s = rules->settings;
    *limits = (struct detect_limits){
        .memory = s->detection_memory,
        .pairs_per_source = s->pairs_per_source,
        .lateness_ms = rules_lateness(s),
        .risk_window_ms = s->risk_window_ms,
        .risk_threshold = s->risk_threshold,
    };
    return getrandom(limits->key, sizeof(limits->key), 0) == (ssize_t)sizeof(limits->key);
}

struct detection *rules_detection(const struct rules *rules)
{
    struct detect_limits limits;
    if (!rules_limits(rules, &limits))
        return NULL;
    return detection_new(rules->detectors, rules->detector_count, &limits);
}
