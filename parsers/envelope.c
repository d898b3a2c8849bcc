/* A device's line inside a JSON object: all texts of its members that are long enough. */
#include "parsers/envelope.h"

#define LINE_MIN  24 /* no line that a parser claims is shorter */
#define TRIES_MAX 8  /* each costs a look by every parser */

struct envelope envelope_over(struct slice text)
{
    return (struct envelope){.members = json_flat_over(text), .tries = 0};
}

bool envelope_next(struct envelope *e, char *room, struct slice *line)
{
    struct kv pair;
    while (e->tries < TRIES_MAX && json_flat_next(&e->members, &pair)) {
        if (pair.value.len < LINE_MIN || slice_find(pair.value, ' ') == pair.value.len ||
            (pair.escaped && pair.value.len > ENVELOPE_LINE_MAX))
            continue;
        e->tries++;
        *line = pair.escaped ? slice_make(room, json_flat_unescape(pair.value, room)) : pair.value;
        return true;
    }
    return false;
}
