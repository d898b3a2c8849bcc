/*
 * A spool's life: what it holds at the start, appending, acknowledging, dropping. Every run begins a
 * segment of its own, so that nothing is ever written behind a torn end.
 */
#include "server/forward/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/forward/spool_parts.h"

/* What dropping the oldest drops at a time, and how much is written before a sync at the latest. */
#define SEGMENT_MAX   (32 * 1024 * 1024)
#define SEGMENT_MIN   (64 * 1024)
#define SEGMENT_SHARE 16

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* ---- what is there at the start ---- */

static bool first_is_done(const struct spool *s)
{
    return s->segment_count && s->segments[0].end <= s->state.acknowledged &&
           !(s->segment_count == 1 && s->fd >= 0);
}

/* The position is on disk before what it makes superfluous is deleted: a segment that is missing is
 * one that was lost. */
static int remove_acknowledged(struct spool *s)
{
    int code = first_is_done(s) ? spool_position_sync(s) : 0;
    while (code == 0 && first_is_done(s))
        spool_remove_segment(s, 0);
    return code;
}

static int take_stock(struct spool *s, char error[SPOOL_ERROR_MAX])
{
    int code = spool_list(s, error);
    if (code < 0)
        return code;
    uint64_t position = spool_position_read(s);
    if (s->position < 0) {
        code = -errno;
        snprintf(error, SPOOL_ERROR_MAX, "a folder whose files can be written (position: %s)",
                 strerror(errno));
        return code;
    }
    if (s->segment_count) {
        struct spool_segment *last = &s->segments[s->segment_count - 1];
        last->end = spool_segment_end(s, last);
        s->state.next = last->end;
        s->state.acknowledged = position ? position : s->segments[0].first;
        if (!position)
            spool_say(s, "no position is known: everything in it is sent, perhaps again");
    }
    bool fresh = !position && !s->segment_count;
    if (s->state.next < position)
        s->state.next = position;
    if (s->state.next == 0)
        s->state.next = 1;
    if (s->segment_count == 0)
        s->state.acknowledged = s->state.next;
    s->state.read = s->position_number = s->state.acknowledged;
    s->state.recovered = s->state.next - s->state.acknowledged;
    if (fresh)
        spool_position_write(s);
    remove_acknowledged(s);
    return 0;
}

int spool_open(struct spool **out, const struct spool_plan *plan, char error[SPOOL_ERROR_MAX])
{
    struct spool *s = calloc(1, sizeof(*s));
    *out = NULL;
    snprintf(error, SPOOL_ERROR_MAX, "less: no memory is left");
    if (!s)
        return -ENOMEM;
    s->plan = *plan;
    if (!s->plan.io)
        s->plan.io = &spool_io_system;
    s->directory = s->lock = s->position = s->fd = s->reader.fd = -1;
    s->segment_size = plan->size / SEGMENT_SHARE;
    if (s->segment_size > SEGMENT_MAX)
        s->segment_size = SEGMENT_MAX;
    if (s->segment_size < SEGMENT_MIN)
        s->segment_size = SEGMENT_MIN;
    s->codec = spool_codec_new();
    int code = s->codec ? spool_claim(s, error) : -ENOMEM;
    if (code == 0)
        code = take_stock(s, error);
    if (code == 0)
        *out = s;
    else
        spool_close(s);
    return code;
}

void spool_close(struct spool *s)
{
    if (!s)
        return;
    if (s->state.next)
        spool_trim(s);
    spool_reader_close(s);
    close_fd(&s->fd);
    close_fd(&s->position);
    close_fd(&s->directory);
    close_fd(&s->lock);
    spool_codec_free(s->codec);
    free(s->segments);
    free(s);
}

/* ---- appending ---- */

static int sync_segment(struct spool *s)
{
    if (!s->dirty)
        return 0;
    if (s->plan.io->sync(s->fd) != 0)
        return -errno;
    s->dirty = false;
    return 0;
}

/* After a failed sync nobody knows what of it is on disk, and syncing again would not tell: what
 * follows goes into another file, and reading finds out. */
static int end_segment(struct spool *s)
{
    int code = sync_segment(s);
    close_fd(&s->fd);
    s->dirty = false;
    return code;
}

static int begin_segment(struct spool *s)
{
    if (s->segment_count && s->segments[s->segment_count - 1].first == s->state.next)
        spool_remove_segment(s, s->segment_count - 1); /* nothing is in it, and it has that name */
    struct spool_segment segment = {
        .first = s->state.next, .end = s->state.next, .len = SPOOL_SEGMENT_HEAD};
    uint8_t head[SPOOL_SEGMENT_HEAD] = SPOOL_MAGIC;
    char name[SPOOL_NAME_MAX];
    spool_put(head + 8, SPOOL_VERSION, 8);
    spool_put(head + 16, spool_hash(head, 16, segment.first), 8);
    spool_segment_name(name, segment.first, "spool");
    int fd = s->plan.io->open(s->directory, name, O_RDWR | O_CREAT | O_TRUNC);
    if (fd < 0)
        return -errno;
    int code = spool_write_all(s, fd, head, sizeof(head), 0);
    if (code == 0 && !spool_add_segment(s, &segment))
        code = -ENOMEM;
    s->directory_dirty = true;
    if (code == 0) {
        s->fd = fd;
        return 0;
    }
    close(fd);
    s->plan.io->remove(s->directory, name);
    return code;
}

/* The segment to write to. */
static int writable_segment(struct spool *s)
{
    int code = 0;
    if (s->fd >= 0 && s->segments[s->segment_count - 1].len >= s->segment_size)
        code = end_segment(s);
    return code == 0 && s->fd < 0 ? begin_segment(s) : code;
}

int spool_append(struct spool *s, const struct batch *batch, bool pack)
{
    if (batch->count == 0)
        return 0;
    /* Before anything is made: a full spool does not leave empty segments behind. */
    if (s->state.bytes + SPOOL_SEGMENT_HEAD + SPOOL_FRAME_HEAD >= s->plan.size)
        return SPOOL_FULL;
    int code = writable_segment(s);
    if (code < 0)
        return code;
    struct spool_segment *segment = &s->segments[s->segment_count - 1];
    struct spool_frame_plan plan = {.first = s->state.next,
                                    .segment = segment->first,
                                    .framing = s->plan.framing,
                                    .pack = pack};
    size_t len = spool_frame_write(s->codec, batch, &plan, s->frame);
    if (s->state.bytes + len > s->plan.size)
        return SPOOL_FULL;
    code = spool_write_all(s, s->fd, s->frame, len, segment->len);
    s->dirty = true;
    if (code < 0) {
        if (ftruncate(s->fd, (off_t)segment->len) != 0)
            end_segment(s); /* half a frame stays there, and is never written behind */
        return code;
    }
    segment->len += len;
    s->state.bytes += len;
    s->state.next += batch->count;
    segment->end = s->state.next;
    return 0;
}

void spool_set_size(struct spool *s, uint64_t size)
{
    s->plan.size = size;
}

int spool_sync(struct spool *s)
{
    int code = s->fd >= 0 ? sync_segment(s) : 0;
    if (code < 0)
        end_segment(s);
    int position = spool_position_sync(s);
    int directory = s->directory_dirty && s->plan.io->sync(s->directory) != 0 ? -errno : 0;
    s->directory_dirty = false;
    return code ? code : position ? position : directory;
}

/* ---- delivering ---- */

void spool_skip(struct spool *s, uint64_t to)
{
    if (to > s->state.read && to <= s->state.next)
        s->state.read = to;
}

int spool_acknowledge(struct spool *s, uint64_t to)
{
    if (to > s->state.acknowledged && to <= s->state.next)
        s->state.acknowledged = to;
    if (s->state.acknowledged == s->position_number)
        return 0;
    spool_skip(s, s->state.acknowledged);
    int code = spool_position_write(s);
    return code == 0 ? remove_acknowledged(s) : code;
}

uint64_t spool_drop_oldest(struct spool *s)
{
    size_t i = spool_segment_of(s, s->state.read);
    if (i >= s->segment_count || (i == s->segment_count - 1 && s->fd >= 0))
        return 0;
    uint64_t end = s->segments[i].end, count = end - s->state.read;
    spool_acknowledge(s, end);
    return count;
}

void spool_trim(struct spool *s)
{
    if (s->state.acknowledged < s->state.next)
        return;
    close_fd(&s->fd);
    s->dirty = false;
    remove_acknowledged(s);
}

struct spool_state spool_state(const struct spool *s)
{
    return s->state;
}
