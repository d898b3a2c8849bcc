/*
 * Log shippers hand on the device's line as a member of a JSON object:
 *
 *   {"@timestamp":"2026-11-21T08:56:00Z","host":{"name":"relay"},"message":"<166>Nov 21 2026 ..."}
 *
 * Which member it is they do not agree on ("message", "_raw", "original", "full_log", "log"): every
 * text that is long enough may be it, and the parsers tell.
 */
#pragma once

#include "parsers/text/json_flat.h"

#define ENVELOPE_LINE_MAX 8192 /* of a line with escapes; longer ones stay in their envelope */

struct envelope {
    struct json_flat members;
    unsigned tries;
};

/* Whether the text may be such an object at all. */
static inline bool envelope_is(struct slice text)
{
    return text.len && text.ptr[0] == '{';
}

struct envelope envelope_over(struct slice text);

/* The next text that may be the line; false when there is none. It points into the envelope, or at
 * `room` of ENVELOPE_LINE_MAX bytes where escapes had to be undone. */
bool envelope_next(struct envelope *e, char *room, struct slice *line);
