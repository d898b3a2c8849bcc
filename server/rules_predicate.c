/* Predicates: the words of `where`, in detectors and in outputs, turned into numbers and bits. */
#include "server/rules_build.h"

#include <stdio.h>
#include <stdlib.h>

#include "config/convert.h"
#include "detect/definition.h"

static const struct rule_word classes[] = {{"int_int", CLASS_INT_INT}, {"int_ext", CLASS_INT_EXT},
                                           {"ext_int", CLASS_EXT_INT}, {"ext_ext", CLASS_EXT_EXT},
                                           {"unknown", CLASS_UNKNOWN}, {NULL, 0}};
static const struct rule_word sides[] = {{"source", LISTED_SOURCE},
                                         {"destination", LISTED_DESTINATION},
                                         {"either", LISTED_EITHER},
                                         {NULL, 0}};

/* The number of a word, or 0 after a complaint. */
unsigned rules_word(struct builder *b, const char *key, const char *text,
                    const struct rule_word *table, const char *expected)
{
    const char *known[32];
    size_t n = 0;
    for (const struct rule_word *w = table; w->name; w++) {
        if (strcmp(w->name, text) == 0)
            return w->value;
        known[n++] = w->name;
    }
    known[n] = NULL;
    rules_complain(b, key, text, expected, known);
    return 0;
}

const char *rules_item(char *out, size_t room, const char *prefix, const char *key, size_t i)
{
    snprintf(out, room, "%s%s[%zu]", prefix, key, i);
    return out;
}

static uint32_t mask_of(struct builder *b, const char *prefix, const char *key,
                        const struct text_list *list, const struct rule_word *table,
                        const char *expected)
{
    uint32_t mask = 0;
    char path[96];
    for (size_t i = 0; i < list->count; i++)
        mask |= rules_word(b, rules_item(path, sizeof(path), prefix, key, i), list->items[i], table,
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
            rules_complain(b, rules_item(path, sizeof(path), prefix, key, i), list->items[i],
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
            rules_complain(b, rules_item(path, sizeof(path), prefix, "protocol", i), list->items[i],
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
            rules_complain(b, rules_item(path, sizeof(path), prefix, key, i), list->items[i],
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
        rules_item(path, sizeof(path), prefix, key, i);
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
            rules_complain(b, rules_item(path, sizeof(path), prefix, "icmp_type", i), NULL,
                           "an ICMP type from 0 to 255, or a range of them", NULL);
        for (unsigned t = ranges->items[i].first; t <= ranges->items[i].last && t < 256; t++)
            out->icmp_types[t >> 6] |= UINT64_C(1) << (t & 63);
    }
}

static struct port_set *build_ports(struct builder *b, const struct port_ranges *ranges)
{
    if (ranges->count == 0)
        return NULL;
    struct port_set *set = rules_allocated(b, calloc(1, sizeof(*set)));
    for (size_t i = 0; set && i < ranges->count; i++)
        for (unsigned port = ranges->items[i].first; port <= ranges->items[i].last; port++)
            set->bits[port >> 6] |= UINT64_C(1) << (port & 63);
    return set;
}

const char *const *rules_texts(struct builder *b, const struct text_list *list)
{
    if (list->count == 0)
        return NULL;
    const char **texts = rules_allocated(b, calloc(list->count + 1, sizeof(*texts)));
    for (size_t i = 0; texts && i < list->count; i++)
        texts[i] = list->items[i];
    return texts;
}

static const char *const *build_parsers(struct builder *b, const char *prefix,
                                        const struct text_list *list)
{
    const char *known[RULES_PARSERS_MAX + 1];
    char path[96];
    rules_parser_names(known);
    for (size_t i = 0; i < list->count; i++)
        if (!parser_named(slice(list->items[i])))
            rules_complain(b, rules_item(path, sizeof(path), prefix, "parser", i), list->items[i],
                           "the name of a parser", known);
    return rules_texts(b, list);
}

/* Which lists and networks, by their names: their numbers may be others after the next reload. */
static uint64_t sets_digest(const struct predicate_settings *s)
{
    const struct text_list *const lists[] = {&s->listed,          &s->not_listed,
                                             &s->src_network,     &s->dst_network,
                                             &s->not_src_network, &s->not_dst_network};
    uint64_t digest = 0;
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        for (size_t n = 0; n < lists[i]->count; n++)
            digest = definition_named(digest, lists[i]->items[n]);
        digest = definition_named(digest, "");
    }
    return digest;
}

void rules_build_predicate(struct builder *b, const char *prefix,
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
    out->dst_port = build_ports(b, &s->dst_port);
    out->not_dst_port = build_ports(b, &s->not_dst_port);
    out->src_port = build_ports(b, &s->src_port);
    out->not_src_port = build_ports(b, &s->not_src_port);
    out->listed = build_lists(b, prefix, "listed", &s->listed);
    out->not_listed = build_lists(b, prefix, "not_listed", &s->not_listed);
    if (s->listed_side) {
        snprintf(path, sizeof(path), "%slisted_side", prefix);
        out->listed_side = rules_word(b, path, s->listed_side, sides, "which side is looked up");
    }
    out->src_networks = build_sets(b, prefix, "src_network", &s->src_network);
    out->dst_networks = build_sets(b, prefix, "dst_network", &s->dst_network);
    out->not_src_networks = build_sets(b, prefix, "not_src_network", &s->not_src_network);
    out->not_dst_networks = build_sets(b, prefix, "not_dst_network", &s->not_dst_network);
    out->sets_digest = sets_digest(s);
    build_icmp(b, prefix, &s->icmp_type, out);
    out->answered = s->answered;
    out->no_parent = s->no_parent;
    out->not_reversed = s->not_reversed;
    out->detected = s->detected;
    out->firing = s->firing;
    out->min_severity = (uint8_t)s->min_severity;
    out->parsers = build_parsers(b, prefix, &s->parser);
    out->vendors = rules_texts(b, &s->vendor);
    out->event_ids = rules_texts(b, &s->event_id);
    out->devices = rules_texts(b, &s->device);
}

void rules_free_predicate(struct predicate *p)
{
    free(p->dst_port);
    free(p->not_dst_port);
    free(p->src_port);
    free(p->not_src_port);
    free((void *)p->parsers);
    free((void *)p->vendors);
    free((void *)p->event_ids);
    free((void *)p->devices);
}
