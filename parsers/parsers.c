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

/* What most messages of a parser begin with, and none of another's; it would claim them, too. */
static inline const struct parser *opened_by(struct slice body)
{
    if (slice_starts(body, "%ASA-"))
        return &parser_asa;
    if (slice_starts(body, "[action:\""))
        return &parser_checkpoint;
    if (slice_starts(body, "flows src="))
        return &parser_meraki;
    return NULL;
}

const struct parser *parser_claiming(const struct syslog *header, struct slice body)
{
    const struct parser *opened = opened_by(body);
    if (opened)
        return opened;
    for (const struct parser *const *p = parsers; *p; p++)
        if ((*p)->claims(header, body))
            return *p;
    return NULL;
}
