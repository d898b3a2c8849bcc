/* The parsers, in the order they are asked. The cheapest and surest marks come first. */
#include "parsers/parser.h"

extern const struct parser parser_asa;
extern const struct parser parser_panos;
extern const struct parser parser_checkpoint;
extern const struct parser parser_meraki;
extern const struct parser parser_iptables;

const struct parser *const parsers[] = {
    &parser_panos, &parser_asa, &parser_checkpoint, &parser_meraki, &parser_iptables, NULL,
};

const struct parser *parser_named(struct slice name)
{
    for (const struct parser *const *p = parsers; *p; p++)
        if (slice_equals(name, (*p)->name))
            return *p;
    return NULL;
}

const struct parser *parser_claiming(const struct syslog *header, struct slice body)
{
    for (const struct parser *const *p = parsers; *p; p++)
        if (slice_begins(body, (*p)->opening))
            return *p;
    for (const struct parser *const *p = parsers; *p; p++)
        if ((*p)->claims(header, body))
            return *p;
    return NULL;
}
