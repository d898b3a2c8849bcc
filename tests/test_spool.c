/* The spool, run after run: what was appended is read, in order, until it is acknowledged; what is
 * damaged is counted and the rest goes on; a full or failing disk loses nothing that was taken. */
#include "tests/spool_testing.h"

static void in_order_over_runs(void **state)
{
    (void)state;
    uint64_t first;
    struct spool *s = opened();
    assert_int_equal(append(s, 1, 10), 0);
    assert_int_equal(append(s, 11, 20), 0);
    assert_int_equal(read_batch(s, &first), 30);
    assert_int_equal(first, 1);
    assert_int_equal(append(s, 31, 5), 0);
    assert_int_equal(read_batch(s, &first), 5);
    assert_int_equal(first, 31);
    assert_int_equal(spool_acknowledge(s, 18), 0); /* in the middle of a batch */
    spool_close(s);

    s = opened();
    assert_int_equal(spool_state(s).recovered, 18);
    assert_int_equal(append(s, 36, 4), 0);
    assert_int_equal(read_all(s), 22);
    assert_int_equal(spool_acknowledge(s, 40), 0);
    spool_close(s);
    assert_int_equal(files(".spool", 0, NULL), 0);

    s = opened(); /* numbers go on where they were */
    assert_int_equal(spool_state(s).next, 40);
    assert_int_equal(spool_state(s).recovered, 0);
    assert_int_equal(read_all(s), 0);
    assert_int_equal(append(s, 40, 1), 0);
    assert_int_equal(read_all(s), 1);
    spool_close(s);
}

static void many_segments(void **state)
{
    (void)state;
    struct spool *s = spool_of(1 << 20, CEF_FRAME_NEWLINE); /* segments of 64 KiB */
    unsigned next = 1;
    uint64_t first = 0;
    while (files(".spool", 0, NULL) < 5)
        for (unsigned i = 0; i < 20; i++, next += 50)
            assert_int_equal(append(s, next, 50), 0);
    unsigned n = read_batch(s, &first);
    assert_true(n > 500); /* frames are joined */
    spool_acknowledge(s, first + n);
    spool_skip(s, next - 500);
    assert_int_equal(read_all(s), 500);
    spool_acknowledge(s, next - 500);
    assert_true(files(".spool", 0, NULL) <= 2);
    spool_close(s);
    s = opened();
    assert_int_equal(adds_up(s), 500);
    spool_close(s);
}

static void full(void **state)
{
    (void)state;
    struct spool *s = spool_of(1 << 20, CEF_FRAME_NEWLINE);
    unsigned next = 1;
    int code;
    while ((code = append(s, next, 100)) == 0)
        next += 100;
    assert_int_equal(code, SPOOL_FULL);
    assert_true(spool_state(s).bytes <= 1 << 20 && spool_state(s).bytes > 900 << 10);
    assert_int_equal(spool_state(s).next, next);
    uint64_t first, dropped = spool_drop_oldest(s);
    assert_true(dropped > 0 && dropped < next / 4);
    assert_int_equal(append(s, next, 100), 0);
    next += 100;
    unsigned given = read_batch(s, &first);
    assert_int_equal(first, 1 + dropped);
    uint64_t more = spool_drop_oldest(s); /* part of it was read */
    assert_true(more > 0 && more < dropped);
    spool_close(s);

    s = spool_of(512 << 10, CEF_FRAME_NEWLINE); /* smaller than what it holds: only append minds */
    assert_int_equal(append(s, next, 100), SPOOL_FULL);
    unsigned rest = adds_up(s);
    assert_int_equal(spool_state(s).set_aside, 0);
    assert_int_equal(rest, next - 1 - dropped - more - given);
    spool_acknowledge(s, next);
    assert_int_equal(append(s, next, 100), 0);
    while (spool_drop_oldest(s))
        continue;
    spool_close(s);
}

static void framed_anew(void **state)
{
    (void)state;
    static const char *const expected[] = {
        [CEF_FRAME_OCTET_COUNTING] = "3 one13 two and three",
        [CEF_FRAME_NEWLINE] = "one\ntwo and three\n",
        [CEF_FRAME_NONE] = "onetwo and three",
    };
    static const uint32_t ends[][2] = {{5, 21}, {4, 18}, {3, 16}};
    for (unsigned from = 0; from < 3; from++) {
        for (unsigned to = 0; to < 3; to++) {
            uint64_t first;
            int code;
            struct spool *s = spool_of(1 << 20, (enum cef_framing)from);
            batch_out.len = strlen(expected[from]);
            memcpy(batch_out.bytes, expected[from], batch_out.len);
            batch_out.count = 2;
            memcpy(batch_out.ends, ends[from], sizeof(ends[from]));
            assert_int_equal(spool_append(s, &batch_out, true), 0);
            spool_close(s);
            s = spool_of(1 << 20, (enum cef_framing)to);
            batch_in.len = batch_in.count = 0;
            assert_int_equal(spool_read(s, &batch_in, &first, &code), 2);
            assert_int_equal(batch_in.len, strlen(expected[to]));
            assert_memory_equal(batch_in.bytes, expected[to], batch_in.len);
            assert_memory_equal(batch_in.ends, ends[to], sizeof(ends[to]));
            spool_acknowledge(s, first + 2);
            spool_close(s);
        }
    }
}

/* As large as batches get, of what cannot be compressed; framed anew they need two. */
static void largest(void **state)
{
    (void)state;
    uint64_t first, random = 1;
    int code;
    struct spool *s = opened();
    for (batch_out.len = 0; batch_out.len < BATCH_BYTES; batch_out.len++) {
        random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
        batch_out.bytes[batch_out.len] = (char)(random >> 56);
    }
    batch_out.count = BATCH_MESSAGES;
    for (uint32_t i = 0; i < BATCH_MESSAGES; i++)
        batch_out.ends[i] = (i + 1) * (BATCH_BYTES / BATCH_MESSAGES);
    assert_int_equal(spool_append(s, &batch_out, true), 0);
    batch_in.len = batch_in.count = 0;
    assert_int_equal(spool_read(s, &batch_in, &first, &code), BATCH_MESSAGES);
    assert_memory_equal(batch_in.bytes, batch_out.bytes, BATCH_BYTES);
    spool_close(s);
    s = spool_of(1 << 20, CEF_FRAME_OCTET_COUNTING);
    unsigned total = 0;
    do {
        batch_in.len = batch_in.count = 0;
        total += spool_read(s, &batch_in, &first, &code);
    } while (batch_in.count);
    assert_int_equal(total, BATCH_MESSAGES);
    spool_close(s);
}

/* ---- damage ---- */

static void refill(void)
{
    folder_empty();
    struct spool *s = opened();
    assert_int_equal(append(s, 1, 3), 0);
    assert_int_equal(append(s, 4, 4), 0);
    assert_int_equal(append(s, 8, 2), 0);
    spool_close(s);
}

/* Whatever a changed segment holds, it adds up, and can be appended to. Returns how many messages were
 * read of the nine. */
static unsigned survives(const char *path, const uint8_t *bytes, size_t len)
{
    folder_empty();
    file_write(path, bytes, len);
    struct spool *s = opened();
    unsigned next = (unsigned)spool_state(s).next;
    assert_true(next <= 11);
    assert_int_equal(append(s, next, 2), 0);
    unsigned read = read_all(s) - 2;
    struct spool_state is = spool_state(s);
    assert_int_equal(is.recovered, read + is.set_aside);
    assert_int_equal(is.read, is.next);
    spool_acknowledge(s, is.next);
    spool_close(s);
    assert_int_equal(files(".spool", 0, NULL), 0);
    if (is.set_aside)
        assert_int_equal(files(".bad", 0, NULL), 1);
    return read;
}

static void cut_at_every_byte(void **state)
{
    (void)state;
    char path[512];
    uint8_t *bytes;
    unsigned before = 0;
    refill();
    assert_int_equal(files(".spool", 0, path), 1);
    size_t len = file_read(path, &bytes);
    for (size_t cut = 0; cut <= len; cut++) {
        unsigned read = survives(path, bytes, cut);
        assert_true(read >= before && (read == 0 || read == 3 || read == 7 || read == 9));
        before = read;
    }
    assert_int_equal(before, 9);
    free(bytes);
}

/* No flipped bit costs more than its frame. */
static void flipped_at_every_bit(void **state)
{
    (void)state;
    char path[512];
    uint8_t *bytes;
    refill();
    files(".spool", 0, path);
    size_t len = file_read(path, &bytes);
    for (size_t bit = 0; bit < 8 * len; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        unsigned read = survives(path, bytes, len);
        if (bit / 8 < 24)
            assert_int_equal(read, 9);
        else
            assert_true(read == 5 || read == 6 || read == 7);
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    free(bytes);
}

static void zeroed_and_strewn(void **state)
{
    (void)state;
    char path[512];
    uint8_t *bytes, *changed;
    refill();
    files(".spool", 0, path);
    size_t len = file_read(path, &bytes);
    changed = malloc(2 * len);
    for (size_t from = 0; from < len; from += 5) {
        for (size_t to = from + 1; to <= len; to += 17) {
            memcpy(changed, bytes, len);
            memset(changed + from, 0, to - from);
            survives(path, changed, len);
            memcpy(changed + from, bytes, to - from); /* something of the file, elsewhere in it */
            survives(path, changed, len);
        }
    }
    memcpy(changed, bytes, len); /* the file twice, and zeros behind it */
    memcpy(changed + len, bytes, len);
    assert_int_equal(survives(path, changed, 2 * len), 9);
    memset(changed + len, 0, len);
    assert_int_equal(survives(path, changed, 2 * len), 9);
    free(changed);
    free(bytes);
}

/* One after the other: the first segment, one in the middle, the last. */
static void missing_segment(void **state)
{
    (void)state;
    for (unsigned missing = 0; missing < 3; missing++) {
        char path[512];
        folder_empty();
        for (unsigned run = 0; run < 3; run++) {
            struct spool *s = opened();
            assert_int_equal(append(s, 1 + 10 * run, 10), 0);
            if (run == 0)
                spool_acknowledge(s, 3);
            spool_close(s);
        }
        assert_int_equal(files(".spool", missing, path), 3);
        unlink(path);
        struct spool *s = opened();
        unsigned read = adds_up(s);
        assert_int_equal(read, missing == 0 ? 20 : 18);
        assert_int_equal(spool_state(s).set_aside, missing == 0 ? 8 : missing == 1 ? 10 : 0);
        spool_close(s);
    }
}

static void position_damaged(void **state)
{
    (void)state;
    char path[512];
    uint8_t *bytes;
    folder_empty();
    struct spool *s = opened();
    append(s, 1, 10);
    for (unsigned to = 2; to < 6; to++)
        spool_acknowledge(s, to);
    spool_close(s);
    snprintf(path, sizeof(path), "%s/position", folder);
    size_t len = file_read(path, &bytes);
    assert_int_equal(len, 64);
    for (size_t i = 0; i < len; i++) {
        bytes[i] ^= 0x55;
        file_write(path, bytes, len);
        bytes[i] ^= 0x55;
        s = opened(); /* the other slot knows nearly as much */
        assert_true(spool_state(s).read == 5 || spool_state(s).read == 4);
        spool_close(s);
    }
    for (size_t cut = 0; cut <= len; cut++) {
        file_write(path, bytes, cut);
        s = opened();
        assert_true(spool_state(s).read <= 5);
        assert_int_equal(adds_up(s), 11 - spool_state(s).acknowledged);
        spool_close(s);
    }
    free(bytes);
}

static void bad_segments_are_few(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 7; i++) {
        char path[512];
        struct spool *s = opened();
        uint64_t next = spool_state(s).next;
        append(s, (unsigned)next, 3);
        spool_close(s);
        files(".spool", 0, path);
        assert_int_equal(truncate(path, 100), 0);
        s = opened();
        assert_int_equal(adds_up(s), 0);
        spool_acknowledge(s, spool_state(s).next);
        spool_close(s);
        assert_int_equal(files(".bad", 0, NULL), i < 4 ? i + 1 : 4);
    }
}

/* ---- what a start refuses ---- */

static void refused(const char *directory, int code, const char *why)
{
    char error[SPOOL_ERROR_MAX] = "";
    struct spool *s;
    struct spool_plan plan = {.directory = directory, .size = 1 << 20};
    assert_int_equal(spool_open(&s, &plan, error), code);
    assert_null(s);
    if (!strstr(error, why))
        fail_msg("\"%s\" does not say \"%s\"", error, why);
}

static void start_refused(void **state)
{
    (void)state;
    char path[512];
    refused("/nowhere/at/all", -ENOENT, "No such file");
    refused("/dev/null", -ENOTDIR, "Not a directory");
    struct spool *s = opened();
    refused(folder, -EWOULDBLOCK, "no other process");
    append(s, 1, 1);
    spool_close(s);

    uint8_t *bytes;
    files(".spool", 0, path);
    size_t len = file_read(path, &bytes);
    bytes[8] = 9;
    file_write(path, bytes, len);
    s = opened(); /* a flipped bit is no version */
    assert_int_equal(adds_up(s), 1);
    spool_close(s);
    free(bytes);

    if (geteuid() == 0) {
        assert_int_equal(chown(folder, 12345, 12345), 0);
        refused(folder, -EPERM, "belongs to user 12345");
        assert_int_equal(chown(folder, 0, 0), 0);
    } else {
        chmod(folder, 0500);
        refused(folder, -EACCES, "can be written");
        chmod(folder, 0700);
    }
}

/* ---- a disk that fails ---- */

/* Five batches, a sync, some acknowledged, a sync; whatever fails is tried again, once. Returns how
 * many calls were made. */
static unsigned work(struct spool *s, unsigned *next, uint64_t *acknowledged)
{
    for (unsigned i = 0; i < 5; i++) {
        int code = append(s, *next, 3);
        if (code < 0)
            code = append(s, *next, 3);
        if (code == 0)
            *next += 3;
        uint64_t to = *next > 4 ? *next - 4 : 0;
        if (i % 2 && (spool_acknowledge(s, to) == 0 || spool_acknowledge(s, to) == 0))
            *acknowledged = to;
        if (spool_sync(s) < 0)
            spool_sync(s);
    }
    return faults.calls;
}

/* Each call fails once, or from then on for ever, which is also what kill -9 does. What was appended
 * is there in the next run, but for what was acknowledged. */
static void every_call_fails(void **state)
{
    (void)state;
    static const int codes[] = {ENOSPC, EIO, EROFS, EDQUOT};
    for (unsigned way = 0; way < 16; way++) {
        unsigned calls = 1000;
        for (unsigned after = 0; after < calls; after++) {
            unsigned next = 1;
            uint64_t acknowledged = 1;
            folder_empty();
            memset(&faults, 0, sizeof(faults));
            struct spool *s = opened();
            faults = (struct faults){.after = after,
                                     .code = codes[way % 4],
                                     .half = way & 4,
                                     .times = way & 8 ? 999 : 1};
            calls = work(s, &next, &acknowledged);
            assert_int_equal(spool_state(s).next, next);
            spool_close(s);
            memset(&faults, 0, sizeof(faults));
            s = opened();
            struct spool_state is = spool_state(s);
            assert_true(is.next >= next && is.next <= next + 1); /* torn: at least one */
            assert_true(is.acknowledged <= next);
            unsigned read = adds_up(s);
            if (way & 8) /* a position that could not be written: sent again, not lost */
                assert_true(is.next - acknowledged >= read);
            assert_int_equal(read + spool_state(s).set_aside, is.next - is.acknowledged);
            assert_true(spool_state(s).set_aside <= is.next - next);
            spool_close(s);
        }
    }
}

/* Reading that fails: counted when it is for good, tried again when the program itself lacks
 * something. */
static void reading_fails(void **state)
{
    (void)state;
    int code;
    uint64_t first;
    struct spool *s = opened();
    append(s, 1, 10);
    faults = (struct faults){.reads = true, .code = EMFILE, .times = 999};
    batch_in.len = batch_in.count = 0;
    assert_int_equal(spool_read(s, &batch_in, &first, &code), 0);
    assert_int_equal(code, -EMFILE);
    memset(&faults, 0, sizeof(faults));
    assert_int_equal(read_all(s), 10);
    append(s, 11, 10);
    faults = (struct faults){.reads = true, .code = EIO, .times = 999};
    assert_int_equal(read_all(s), 0);
    assert_int_equal(spool_state(s).set_aside, 10);
    memset(&faults, 0, sizeof(faults));
    append(s, 21, 10);
    assert_int_equal(read_all(s), 10);
    spool_close(s);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_new, folder_gone)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(in_order_over_runs),
        TEST(many_segments),
        TEST(full),
        TEST(framed_anew),
        TEST(largest),
        TEST(cut_at_every_byte),
        TEST(flipped_at_every_bit),
        TEST(zeroed_and_strewn),
        TEST(missing_segment),
        TEST(position_damaged),
        TEST(bad_segments_are_few),
        TEST(start_refused),
        TEST(every_call_fails),
        TEST(reading_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
