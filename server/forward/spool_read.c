/* Reading a spool: frames in order, over whatever is damaged. A frame is looked at when it is read,
 * not at the start: a spool of many gigabytes opens at once. */
#include "server/forward/spool_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "server/forward/framing.h"

#define STEP  65536 /* bytes looked through at a time for the next frame */
#define BLOCK 4096  /* what an unreadable place costs */

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

/* Appends the message with that number as the plan has messages framed; whether there was room. */
static bool put(struct spool *s, struct batch *batch, uint64_t number, struct slice message)
{
    bool same = s->reader.pending.framing == s->plan.framing;
    size_t need = message.len + (same ? 0 : FRAMING_EXTRA);
    if (batch->count == BATCH_MESSAGES || batch->len + need > BATCH_BYTES) {
        if (batch->count == 0)
            set_aside(s, number + 1); /* this program has never written one so long */
        return batch->count == 0;
    }
    char *out = batch->bytes + batch->len;
    if (same)
        memcpy(out, message.ptr, message.len);
    batch->len += same ? message.len
                       : framing_write(s->plan.framing,
                                       framing_strip(s->reader.pending.framing, message), out);
    batch->ends[batch->count++] = (uint32_t)batch->len;
    s->state.read = number + 1;
    return true;
}

/* The next message of the pending frame; whether there was room for it. */
static bool take_message(struct spool *s, struct batch *batch, uint64_t *first)
{
    struct spool_reader *r = &s->reader;
    size_t len = spool_get(r->raw + r->done * sizeof(uint32_t), 4);
    uint64_t number = r->pending.first + r->done;
    if (batch->count == 0)
        *first = number;
    if (number >= s->state.read &&
        !put(s, batch, number, (struct slice){(const char *)r->raw + r->offset, len}))
        return false;
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
        if (batch->count && s->state.read != before)
            break; /* messages of a batch follow each other */
        while (r->done < r->pending.count && take_message(s, batch, first))
            continue;
        if (r->done < r->pending.count)
            break; /* full */
    }
    return batch->count;
}
