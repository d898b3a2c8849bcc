/* JSON lines into batches: their length, which may stand in front, is known at the end. */
#include "server/forward/json_line.h"

#include <stdio.h>
#include <string.h>

#define COUNT_ROOM 8 /* for the octet count, and as much for a line's end */

void json_line_append(void *context, const char *bytes, size_t len)
{
    struct json_line *line = context;
    struct batch *batch = line->batch;
    if (len > sizeof(batch->bytes) - batch->len - line->len - 2 * COUNT_ROOM)
        line->too_long = true;
    if (line->too_long)
        return;
    memcpy(batch->bytes + batch->len + line->len, bytes, len);
    line->len += len;
}

void json_line_end(struct json_line *line, enum cef_framing framing, bool alert)
{
    struct batch *batch = line->batch;
    char *begin = batch->bytes + batch->len;
    if (framing == CEF_FRAME_OCTET_COUNTING) {
        char count[24];
        size_t n = (size_t)snprintf(count, sizeof(count), "%zu ", line->len);
        memmove(begin + n, begin, line->len);
        memcpy(begin, count, n);
        line->len += n;
    } else if (framing == CEF_FRAME_NEWLINE) {
        begin[line->len++] = '\n';
    }
    batch->len += line->len;
    batch->ends[batch->count++] = (uint32_t)batch->len;
    batch->events += !alert;
    batch->alerts += alert;
}
