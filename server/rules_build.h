/* What rules.c and rules_detectors.c share while rules are built. Nobody else includes this. */
#pragma once

#include "server/rules.h"

/* What is being built, and whether anything was wrong. */
struct builder {
    struct rules *rules;
    const struct detector_settings
        *detector;            /* whose file complaints name; NULL: the configuration */
    struct network *prefixes; /* written in detectors, each list of them a set of its own */
    size_t prefix_count;
    unsigned next_set;
    bool wrong, no_memory;
};

/* Complains about a value of the file at hand, and remembers that something was wrong. */
void rules_complain(struct builder *b, const char *key, const char *value, const char *expected,
                    const char *const *known);

#define RULES_PARSERS_MAX 63
/* The names of all parsers, NULL-terminated. */
void rules_parser_names(const char *names[RULES_PARSERS_MAX + 1]);

/* A prefix as a range of a set. */
struct network net_range(const struct net *net, unsigned set);

/* How late a record may be for the engine, which takes clocks 2 s ahead for granted. */
int64_t rules_lateness(const struct settings *s);

/* One detector from its settings; what it owns is freed by rules_free_detector. */
void rules_build_detector(struct builder *b, const struct detector_settings *s,
                          struct detector *out);
void rules_free_detector(struct detector *detector);

/* A word of the settings and its number. Tables end in a NULL name. */
struct rule_word {
    const char *name;
    unsigned value;
};

/* The number of a word, or 0 after a complaint. */
unsigned rules_word(struct builder *b, const char *key, const char *text,
                    const struct rule_word *table, const char *expected);

/* rules_tls.c */
void rules_close_tls(struct rules *rules);

/* "where.class[2]" of an entry of a list; `out` itself. */
const char *rules_item(char *out, size_t room, const char *prefix, const char *key, size_t i);

/* NULL-terminated; NULL: the list is empty. The array is the caller's, the texts are the settings'. */
const char *const *rules_texts(struct builder *b, const struct text_list *list);

/* What was allocated; NULL is noted: the rules will not be used. */
void *rules_allocated(struct builder *b, void *block);

/* `prefix` is where the keys stand, with the dot: "where.". */
void rules_build_predicate(struct builder *b, const char *prefix,
                           const struct predicate_settings *s, struct predicate *out);
void rules_free_predicate(struct predicate *predicate);
