/* One JSON line at the end of a batch, written piece by piece and framed at last. */
#pragma once

#include "server/forward/cef.h"

struct json_line {
    struct batch *batch;
    size_t len;    /* bytes so far, beyond what the batch holds */
    bool too_long; /* there was no room for it: it is not to be ended */
};

/* `line` is a struct json_line, as writers of JSON call it. */
void json_line_append(void *line, const char *bytes, size_t len);
void json_line_end(struct json_line *line, enum cef_framing framing, bool alert);
