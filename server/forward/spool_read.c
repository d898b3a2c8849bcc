/* Reading a spool: frames in order, over whatever is damaged. A frame is looked at when it is read,
 * not at the start: a spool of many gigabytes opens at once. */
#include "server/forward/spool_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "server/forward/cef.h"

#define STEP       65536 /* bytes looked through at a time for the next frame */
#define BLOCK      4096  /* what an unreadable place costs */
#define COUNT_ROOM 8     /* of an octet count */

size_t spool_segment_of(const struct spool *s, uint64_t number)
{
    size_t low = 0, high = s->segment_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (s->segments[middle].end <= number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void spool_reader_close(struct spool *s)
{
    if (s->reader.fd >= 0)
        close(s->reader.fd);
    s->reader.fd = -1;
    s->reader.segment = 0;
}

/* What is before this number and not read yet is lost. */
static void set_aside(struct spool *s, uint64_t to)
{
    uint64_t count = to - s->state.read;
    s->state.set_aside += count;
    spool_say(s, "%" PRIu64 " messages from number %" PRIu64 " on cannot be read", count,
              s->state.read);
    s->state.read = to;
}

static int open_segment(struct spool *s, uint64_t first)
{
    char name[SPOOL_NAME_MAX];
    if (s->reader.segment == first)
        return 0;
    spool_reader_close(s);
    spool_segment_name(name, first, "spool");
    s->reader.fd = s->plan.io->open(s->directory, name, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (s->reader.fd < 0)
        return -errno;
    s->reader.segment = first;
    s->reader.at = SPOOL_SEGMENT_HEAD;
    return 0;
}

/* Moves on to what may be a frame, at `at` or behind it. */
static uint64_t candidate(struct spool *s, const struct spool_segment *segment, uint64_t at)
{
    uint8_t bytes[STEP];
    while (at < segment->len) {
        size_t want = segment->len - at < STEP ? (size_t)(segment->len - at) : STEP;
        ssize_t n = spool_read_all(s, s->reader.fd, bytes, want, at);
        if (n < 0) {
            at += BLOCK;
            continue;
        }
        if (n < SPOOL_FRAME_HEAD)
            break;
        size_t found = spool_frame_find(bytes, (size_t)n);
        if (found < (size_t)n)
            return at + found;
        at += (uint64_t)n - 3; /* the magic may begin in the last three */
    }
    return segment->len;
}

/* The next head at reader.at or behind it, which is put behind its frame. `junk` tells whether there
 * was something else before it, or instead of it. */
static bool next_head(struct spool *s, const struct spool_segment *segment,
                      struct spool_frame *frame, bool *junk)
{
    uint8_t head[SPOOL_FRAME_HEAD];
    *junk = false;
    while (s->reader.at < segment->len) {
        ssize_t n = spool_read_all(s, s->reader.fd, head, sizeof(head), s->reader.at);
        if (n == (ssize_t)sizeof(head) && spool_frame_head(head, segment->first, frame)) {
            s->reader.at += SPOOL_FRAME_HEAD + frame->stored;
            return true;
        }
        *junk = true;
        s->reader.at = candidate(s, segment, s->reader.at + 1);
    }
    return false;
}

uint64_t spool_segment_end(struct spool *s, struct spool_segment *segment)
{
    uint64_t end = segment->first;
    struct spool_frame frame;
    bool junk = false;
    if (open_segment(s, segment->first) < 0)
        return end + 1;
    while (next_head(s, segment, &frame, &junk)) {
        segment->damaged |= junk;
        if (frame.first + frame.count > end)
            end = frame.first + frame.count;
    }
    /* What a torn end held, nobody knows: one message at least. */
    segment->damaged |= junk || (s->reader.at > segment->len && end > segment->first);
    spool_reader_close(s);
    return end + junk;
}

/* The frame that holds the number to read next, unpacked; false: not in this segment any more. */
static bool load_frame(struct spool *s, struct spool_segment *segment)
{
    struct spool_reader *r = &s->reader;
    struct spool_frame *frame = &r->pending;
    bool junk;
    while (s->state.read < segment->end && next_head(s, segment, frame, &junk)) {
        uint64_t end = frame->first + frame->count;
        segment->damaged |= junk;
        if (end <= s->state.read || end > segment->end)
            continue;
        if (frame->first > s->state.read) {
            segment->damaged = true;
            set_aside(s, frame->first);
        }
        ssize_t n = spool_read_all(s, r->fd, s->frame, frame->stored, r->at - frame->stored);
        if (n == (ssize_t)frame->stored && spool_frame_unpack(s->codec, frame, s->frame, r->raw)) {
            r->done = 0;
            r->offset = frame->count * sizeof(uint32_t);
            return true;
        }
        segment->damaged = true;
        set_aside(s, end);
    }
    return false;
}

/* Makes reader.pending hold the number to read next. False: there is none, or *code. */
static bool next_frame(struct spool *s, int *code)
{
    while (s->state.read < s->state.next) {
        size_t i = spool_segment_of(s, s->state.read);
        if (i == s->segment_count) {
            set_aside(s, s->state.next);
            return false;
        }
        struct spool_segment *segment = &s->segments[i];
        if (segment->first > s->state.read)
            set_aside(s, segment->first); /* the segments before it are gone */
        *code = open_segment(s, segment->first);
        if (*code < 0 && *code != -ENOENT)
            return false;
        if (*code == 0 && load_frame(s, segment))
            return true;
        *code = 0;
        if (s->state.read < segment->end) {
            segment->damaged = true;
            set_aside(s, segment->end);
        }
    }
    return false;
}

/* ---- into a batch ---- */

/* A message without the framing that it was written with. */
static void strip(uint8_t framing, const char **message, size_t *len)
{
    const char *space = framing == CEF_FRAME_OCTET_COUNTING ? memchr(*message, ' ', *len) : NULL;
    if (space) {
        *len -= (size_t)(space + 1 - *message);
        *message = space + 1;
    } else if (framing == CEF_FRAME_NEWLINE && (*message)[*len - 1] == '\n') {
        --*len;
    }
}

/* Writes it framed as the plan says; returns its length. */
static size_t frame_anew(const struct spool *s, char *out, const char *message, size_t len)
{
    size_t at = 0;
    if (s->plan.framing == CEF_FRAME_OCTET_COUNTING) {
        char digits[COUNT_ROOM];
        size_t n = 0;
        for (size_t rest = len; n == 0 || rest; rest /= 10)
            digits[n++] = (char)('0' + rest % 10);
        while (n)
            out[at++] = digits[--n];
        out[at++] = ' ';
    }
    memcpy(out + at, message, len);
    at += len;
    if (s->plan.framing == CEF_FRAME_NEWLINE)
        out[at++] = '\n';
    return at;
}

/* The next message of the pending frame; whether there was room for it. */
static bool take_message(struct spool *s, struct batch *batch)
{
    struct spool_reader *r = &s->reader;
    size_t len = spool_get(r->raw + r->done * sizeof(uint32_t), 4);
    const char *message = (const char *)r->raw + r->offset;
    uint64_t number = r->pending.first + r->done;
    bool same = r->pending.framing == s->plan.framing;
    size_t need = same ? len : len + COUNT_ROOM, kept = len;
    if (number >= s->state.read && need > BATCH_BYTES) {
        set_aside(s, number + 1);
    } else if (number >= s->state.read) {
        if (batch->count == BATCH_MESSAGES || batch->len + need > BATCH_BYTES)
            return false;
        if (!same) {
            strip(r->pending.framing, &message, &kept);
            batch->len += frame_anew(s, batch->bytes + batch->len, message, kept);
        } else {
            memcpy(batch->bytes + batch->len, message, len);
            batch->len += len;
        }
        batch->ends[batch->count++] = (uint32_t)batch->len;
        s->state.read = number + 1;
    }
    r->done++;
    r->offset += len;
    return true;
}

uint32_t spool_read(struct spool *s, struct batch *batch, uint64_t *first, int *code)
{
    struct spool_reader *r = &s->reader;
    *code = 0;
    for (;;) {
        bool pending = r->done < r->pending.count && r->pending.first + r->done <= s->state.read;
        uint64_t before = s->state.read;
        if (!pending && !next_frame(s, code))
            break;
        if (batch->count == 0)
            *first = s->state.read;
        else if (s->state.read != before)
            break; /* messages of a batch follow each other */
        while (r->done < r->pending.count && take_message(s, batch))
            continue;
        if (r->done < r->pending.count)
            break; /* full */
    }
    return batch->count;
}
