/*
 * Spool files that somebody else wrote. Once the input is the files: its first bytes say how it is cut
 * into two segments and a position. Once a valid spool is changed where the input says, and its
 * checksums made right again, so that what stands behind them is met too. Whatever is there, what is
 * found is read or set aside, and the spool takes messages afterwards.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/forward/spool.h"
#include "server/forward/spool_frame.h"

#define HEAD     24 /* of a segment */
#define FIRST    UINT64_C(0x20)
#define SEGMENT  "0000000000000020.spool"
#define SEGMENT2 "0000000000000040.spool"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[64];
static struct batch batch;
static uint8_t model[4096];
static size_t model_len;

static void folder_empty(void)
{
    DIR *d = opendir(folder);
    for (struct dirent *e; d && (e = readdir(d));)
        unlinkat(dirfd(d), e->d_name, 0);
    if (d)
        closedir(d);
}

static void at_end(void)
{
    folder_empty();
    rmdir(folder);
}

static void put(const char *name, const uint8_t *bytes, size_t len)
{
    char path[128];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || write(fd, bytes, len) != (ssize_t)len)
        abort();
    close(fd);
}

static int no_sync(int fd)
{
    (void)fd;
    return 0;
}

static void messages(unsigned count)
{
    batch.len = batch.count = 0;
    for (unsigned i = 0; i < count; i++) {
        batch.len += (size_t)sprintf(batch.bytes + batch.len, "message %u of the same\n", i);
        batch.ends[batch.count++] = (uint32_t)batch.len;
    }
}

static void use(uint8_t framing)
{
    static struct spool_io io;
    char error[SPOOL_ERROR_MAX];
    struct spool *s;
    struct spool_plan plan = {.directory = folder, .size = 1 << 20, .framing = framing, .io = &io};
    uint64_t first, read = 0;
    int code;
    io = spool_io_system;
    io.sync = no_sync;
    if (spool_open(&s, &plan, error) != 0)
        return;
    messages(5);
    bool appended = spool_append(s, &batch, true) == 0;
    do {
        batch.len = batch.count = 0;
        read += spool_read(s, &batch, &first, &code);
        if (batch.count && (batch.ends[batch.count - 1] != batch.len || batch.len > BATCH_BYTES))
            abort();
    } while (batch.count);
    struct spool_state is = spool_state(s);
    if (code == 0 && (is.read != is.next || read + is.set_aside != is.recovered + 5 * appended))
        abort();
    spool_acknowledge(s, is.next);
    spool_close(s);
}

/* Three frames in one segment. */
static void make_model(void)
{
    struct spool_codec *codec = spool_codec_new();
    static uint8_t frame[SPOOL_FRAME_MAX];
    uint64_t next = FIRST;
    model_len = HEAD;
    for (unsigned count = 3; codec && count < 9; count += 2) {
        messages(count);
        struct spool_frame_plan plan = {
            .first = next, .segment = FIRST, .framing = count % 3, .pack = count > 3};
        size_t len = spool_frame_write(codec, &batch, &plan, frame);
        memcpy(model + model_len, frame, len);
        model_len += len;
        next += count;
    }
    spool_codec_free(codec);
}

/* The checksums of whatever looks like a frame are made right. */
static void make_right(uint8_t *bytes, size_t len)
{
    for (size_t at = HEAD; at + SPOOL_FRAME_HEAD <= len;) {
        uint8_t *head = bytes + at;
        uint64_t stored = spool_get(head + 4, 4);
        if (memcmp(head, model + HEAD, 4) == 0) {
            if (stored <= len - at - SPOOL_FRAME_HEAD)
                spool_put(head + 32, spool_hash(head + SPOOL_FRAME_HEAD, stored, 0), 8);
            spool_put(head + 40, spool_hash(head, 40, FIRST), 8);
        }
        at++;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 3 || size > 8192 || (data[0] >= ' ' && data[0] < 0x7f))
        return 0; /* a line of text is no spool, and files take their time */
    if (!folder[0]) {
        snprintf(folder, sizeof(folder), "/tmp/parapet-fuzz-XXXXXX");
        if (!mkdtemp(folder))
            abort();
        atexit(at_end);
        make_model();
    }
    size_t rest = size - 3, one = rest * data[0] / 255, two = (rest - one) * data[1] / 255;
    put(SEGMENT, data + 3, one);
    put(SEGMENT2, data + 3 + one, two);
    put("position", data + 3 + one + two, rest - one - two);
    use(data[2] % 3);
    folder_empty();

    static uint8_t changed[sizeof(model)];
    memcpy(changed, model, model_len);
    for (size_t i = 3; i + 3 <= size && i < 100; i += 3)
        changed[(data[i] | (size_t)data[i + 1] << 8) % model_len] ^= data[i + 2];
    if (data[0] & 1)
        make_right(changed, model_len);
    put(SEGMENT, changed, model_len);
    use(data[2] % 3);
    folder_empty();
    return 0;
}
