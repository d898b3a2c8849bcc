/*
 * Dead letters: every message comes back byte for byte, a torn line is none; the file stays within
 * its bounds, survives a full disk, renaming and a torn end, and each letter is accounted for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>
#include <uv.h>

#include "server/forward/dead_letters.h"

#define TIME_MS INT64_C(1795262400123) /* 2026-11-21T12:00:00.123Z */

/* ---- a line ---- */

static char *written(const struct dead_letter *letter, size_t *len)
{
    char *line = malloc(dead_letter_room(letter));
    *len = (size_t)(dead_letter_write(line, letter) - line);
    assert_true(*len <= dead_letter_room(letter));
    assert_int_equal(line[*len - 1], '\n');
    return line;
}

static void what_a_line_says(void **state)
{
    (void)state;
    struct dead_letter letter = {
        slice("malformed"), TIME_MS, {0, 0},
        slice("asa"),       true,    slice("<164>%ASA-4-106023: \"Deny\"\n\\ \x01\x7f \xc3\xa9")};
    size_t len;
    assert_true(address_parse(slice("192.0.2.10"), &letter.sender));
    char *line = written(&letter, &len);
    static const char expected[] =
        "{\"dead_letter\":\"malformed\",\"time\":\"2026-11-21T12:00:00.123Z\","
        "\"sender\":\"192.0.2.10\",\"parser\":\"asa\",\"cut\":true,"
        "\"raw\":\"<164>%ASA-4-106023: \\\"Deny\\\"\\n\\\\ \\u0001\x7f \xc3\xa9\"}\n";
    assert_int_equal(len, sizeof(expected) - 1);
    assert_memory_equal(line, expected, len);
    free(line);
    letter = (struct dead_letter){slice("unclaimed"), TIME_MS, {0, 0},
                                  SLICE_NONE,         false,   slice_make("\xff\x00", 2)};
    line = written(&letter, &len);
    static const char binary[] = "{\"dead_letter\":\"unclaimed\",\"time\":"
                                 "\"2026-11-21T12:00:00.123Z\",\"raw_base64\":\"/wA=\"}\n";
    assert_int_equal(len, sizeof(binary) - 1);
    assert_memory_equal(line, binary, len);
    free(line);
}

/* Back from a heap block of exactly its size; every shorter one is refused. */
static void comes_back(const char *raw, size_t raw_len)
{
    struct dead_letter letter = {slice("unknown"), TIME_MS,     {0, 7},
                                 slice("panos"),   raw_len & 1, slice_make(raw, raw_len)};
    struct dead_letter back;
    size_t len;
    char *line = written(&letter, &len);
    for (size_t n = 0; n < len; n++) {
        char *exact = malloc(n ? n : 1);
        memcpy(exact, line, n);
        assert_int_equal(dead_letter_read(exact, n, &back), n == len - 1);
        if (n == len - 1) {
            assert_int_equal(back.raw.len, raw_len);
            assert_memory_equal(back.raw.ptr, raw, raw_len);
            assert_int_equal(back.arrival_ms, TIME_MS);
            assert_true(address_equals(back.sender, letter.sender));
            assert_true(slice_is(back.reason, "unknown") && slice_is(back.parser, "panos"));
            assert_int_equal(back.cut, letter.cut);
        }
        free(exact);
    }
    free(line);
}

static void byte_for_byte(void **state)
{
    static const char *const texts[] = {"",
                                        "x",
                                        "}",
                                        "\"}",
                                        "\\",
                                        "\\\"",
                                        "\\u0000",
                                        "a\r",
                                        "{\"raw\":\"x\"}",
                                        "\xed\xa0\x80",
                                        "\xc0\x80",
                                        "\xe2\x80\xa8",
                                        "\xf0\x9f\x98\x80",
                                        "\xef\xbf\xbd"};
    char all[256];
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        comes_back(texts[i], strlen(texts[i]));
    for (unsigned i = 0; i < 256; i++)
        all[i] = (char)i;
    comes_back(all, 256);
    comes_back(all, 128);
    for (unsigned i = 0; i < 256; i++)
        comes_back(all + i, 1);
    comes_back("a\0b\0", 4);
}

static void no_letters(void **state)
{
    static const char *const lines[] = {
        "{\"dead_letter\":\"unknown\",\"raw\":\"x\"}",
        "{\"dead_letter\":\"unknown\",\"time\":\"2026-11-21T12:00:00.000Z\"}",
        "{\"dead_letter\":\"unknown\",\"time\":\"yesterday\",\"raw\":\"x\"}",
        "{\"dead_letter\":\"unknown\",\"time\":\"2026-11-21T12:00:00.000Z\",\"sender\":\"x\","
        "\"raw\":\"x\"}",
        "{\"dead_letter\":\"unknown\",\"time\":\"2026-11-21T12:00:00.000Z\",\"raw_base64\":"
        "\"abc\"}",
        "{\"dead_letter\":\"unknown\",\"time\":\"2026-11-21T12:00:00.000Z\",\"raw_base64\":\"ab="
        "c\"}",
        "{\"dead_letter\":\"unknown\",\"time\":\"2026-11-21T12:00:00.000Z\",\"raw_base64\":\"a==="
        "\"}",
        "{\"dead_letter\":\"unknown\",\"time\":\"2026-11-21T12:00:00.000Z\" \"raw\":\"x\"}",
        "{\"parse\":\"unknown\",\"raw\":\"x\"}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct dead_letter letter;
        size_t len = strlen(lines[i]);
        char *exact = malloc(len);
        memcpy(exact, lines[i], len);
        if (dead_letter_read(exact, len, &letter))
            fail_msg("%s", lines[i]);
        free(exact);
    }
}

/* ---- the file ---- */

static char path[64];

static const char *numbered(unsigned i)
{
    static char name[80];
    snprintf(name, sizeof(name), i ? "%s.%u" : "%s", path, i);
    return name;
}

static void clean(void)
{
    snprintf(path, sizeof(path), "/tmp/parapet-dead-%d", (int)getpid());
    for (unsigned i = 0; i < 10; i++)
        unlink(numbered(i));
}

static void add(struct dead_letters *letters, unsigned number, size_t size)
{
    char *raw = malloc(size + 32);
    memset(raw, 'x', size);
    int n = snprintf(raw, 32, "letter %08u ", number);
    struct dead_letter letter = {
        slice("unclaimed"), TIME_MS, {0, 1},
        SLICE_NONE,         false,   slice_make(raw, size > (size_t)n ? size : (size_t)n)};
    dead_letters_add(letters, &letter);
    free(raw);
}

/* Lines of a file, all of which must be letters with ascending numbers; adds to *last. */
static unsigned read_file(const char *name, int *last)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t len;
    unsigned lines = 0;
    FILE *f = fopen(name, "rb");
    if (!f)
        return 0;
    while ((len = getline(&line, &room, f)) > 0) {
        struct dead_letter letter;
        int number = -1;
        assert_int_equal(line[len - 1], '\n');
        assert_true(dead_letter_read(line, (size_t)len - 1, &letter));
        assert_int_equal(sscanf(letter.raw.ptr, "letter %d ", &number), 1);
        assert_true(number > *last);
        *last = number;
        lines++;
    }
    free(line);
    fclose(f);
    return lines;
}

static struct dead_letter_counters conserved(struct dead_letters *letters)
{
    struct dead_letter_counters c = dead_letters_counters(letters);
    assert_int_equal(c.offered, c.dead_lettered + c.queued + c.dropped_dead_letter_full +
                                    c.dropped_dead_letter_failed);
    return c;
}

static void wait_until_written(struct dead_letters *letters)
{
    for (unsigned tries = 0; conserved(letters).queued; tries++) {
        assert_true(tries < 20000);
        usleep(1000);
    }
}

static void within_bounds(void **state)
{
    (void)state;
    struct dead_letters *letters;
    struct stat info;
    unsigned lines = 0;
    int last = -1;
    clean();
    assert_int_equal(dead_letters_open(&letters, path, 10000, 3, true), 0);
    for (unsigned i = 0; i < 500; i++) {
        add(letters, i, 100 + i % 50);
        if (i % 100 == 0)
            wait_until_written(letters);
    }
    dead_letters_close(letters);
    struct dead_letter_counters c = conserved(letters);
    assert_int_equal(c.dead_lettered, 500);
    assert_int_equal(c.diverted, 500);
    assert_in_range(c.rotations, 9, 13);
    dead_letters_free(letters);
    for (unsigned i = 3; i-- > 0;) {
        assert_int_equal(stat(numbered(i), &info), 0);
        assert_true(info.st_size <= 10000);
        assert_int_equal(info.st_mode & 0777, 0640 & ~umask(022));
        lines += read_file(numbered(i), &last);
    }
    assert_int_not_equal(stat(numbered(3), &info), 0);
    assert_int_equal(last, 499);
    assert_true(lines > 60);
    clean();
}

static void one_file(void **state)
{
    (void)state;
    struct dead_letters *letters;
    struct stat info;
    int last = -1;
    clean();
    assert_int_equal(dead_letters_open(&letters, path, 3000, 1, false), 0);
    for (unsigned i = 0; i < 100; i++)
        add(letters, i, 100);
    dead_letters_close(letters);
    assert_int_equal(conserved(letters).dead_lettered, 100);
    assert_int_equal(conserved(letters).diverted, 0);
    dead_letters_free(letters);
    assert_true(stat(path, &info) == 0 && info.st_size <= 3000);
    assert_int_not_equal(stat(numbered(1), &info), 0);
    assert_true(read_file(path, &last) > 0);
    clean();
}

static void renamed_and_torn(void **state)
{
    (void)state;
    struct dead_letters *letters, *second;
    char elsewhere[80];
    int last = -1;
    clean();
    assert_int_equal(dead_letters_open(&letters, path, 1 << 20, 3, true), 0);
    assert_int_equal(dead_letters_open(&second, path, 1 << 20, 3, true), UV_EBUSY);
    assert_null(second);
    add(letters, 1, 100);
    wait_until_written(letters);
    snprintf(elsewhere, sizeof(elsewhere), "%s.9", path);
    assert_int_equal(rename(path, elsewhere), 0);
    add(letters, 2, 100);
    wait_until_written(letters);
    assert_int_equal(unlink(path), 0);
    add(letters, 3, 100);
    wait_until_written(letters);
    dead_letters_free(letters);
    assert_int_equal(read_file(elsewhere, &last), 1);
    last = -1;
    assert_int_equal(read_file(path, &last), 1);
    assert_int_equal(last, 3);

    FILE *f = fopen(path, "ab");
    fputs("{\"dead_letter\":\"unkn", f);
    fclose(f);
    assert_int_equal(dead_letters_open(&letters, path, 1 << 20, 3, true), 0);
    add(letters, 4, 100);
    dead_letters_free(letters);
    char text[1024] = "";
    f = fopen(path, "rb");
    assert_true(fread(text, 1, sizeof(text) - 1, f) > 0);
    fclose(f);
    assert_non_null(strstr(text, "{\"dead_letter\":\"unkn\n{\"dead_letter\":\"unclaimed\""));
    clean();
}

static bool has_failed(struct dead_letters *letters)
{
    return conserved(letters).failures > 0;
}

/* A file that may not grow, as on a full disk; then it may again. */
static void full_disk(void **state)
{
    (void)state;
    struct dead_letters *letters;
    struct rlimit all, few;
    int last = -1;
    clean();
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(dead_letters_open(&letters, path, 1 << 20, 2, true), 0);
    getrlimit(RLIMIT_FSIZE, &all);
    few = all;
    few.rlim_cur = 1000;
    setrlimit(RLIMIT_FSIZE, &few);
    for (unsigned i = 0; i < 20; i++)
        add(letters, i, 100);
    for (unsigned tries = 0; !has_failed(letters); tries++) {
        assert_true(tries < 20000);
        usleep(1000);
    }
    assert_int_equal(read_file(path, &last), 5);
    setrlimit(RLIMIT_FSIZE, &all);
    wait_until_written(letters);
    setrlimit(RLIMIT_FSIZE, &few);
    for (unsigned i = 20; i < 30; i++)
        add(letters, i, 100);
    dead_letters_close(letters);
    setrlimit(RLIMIT_FSIZE, &all);
    struct dead_letter_counters c = conserved(letters);
    assert_int_equal(c.dead_lettered, 20);
    assert_int_equal(c.dropped_dead_letter_failed, 10);
    assert_int_equal(c.queued, 0);
    dead_letters_free(letters);
    last = -1;
    assert_int_equal(read_file(path, &last), 20);
    clean();
}

/* More than the buffers hold while nothing can be written. */
static void faster_than_the_disk(void **state)
{
    (void)state;
    struct dead_letters *letters;
    struct rlimit all, none;
    clean();
    assert_int_equal(dead_letters_open(&letters, path, 1 << 30, 2, true), 0);
    getrlimit(RLIMIT_FSIZE, &all);
    none = all;
    none.rlim_cur = 0;
    setrlimit(RLIMIT_FSIZE, &none);
    for (unsigned i = 0; i < 400; i++)
        add(letters, i, 60000);
    struct dead_letter_counters c = conserved(letters);
    assert_true(c.dropped_dead_letter_full > 200);
    assert_true(c.queued > 50);
    setrlimit(RLIMIT_FSIZE, &all);
    dead_letters_close(letters);
    c = conserved(letters);
    assert_int_equal(c.dead_lettered + c.dropped_dead_letter_full, 400);
    dead_letters_free(letters);
    clean();
}

static void files_that_cannot_be(void **state)
{
    (void)state;
    struct dead_letters *letters;
    clean();
    assert_int_equal(dead_letters_open(&letters, "/nowhere/at/all", 1 << 20, 3, true), UV_ENOENT);
    assert_int_equal(dead_letters_open(&letters, "/dev/null", 1 << 20, 3, true), UV_EINVAL);
    assert_int_equal(dead_letters_open(&letters, "/tmp", 1 << 20, 3, true), UV_EISDIR);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(dead_letters_open(&letters, path, 1 << 20, 3, true), UV_EINVAL);
    assert_null(letters);
    dead_letters_close(NULL);
    dead_letters_free(NULL);
    clean();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_line_says),
        cmocka_unit_test(byte_for_byte),
        cmocka_unit_test(no_letters),
        cmocka_unit_test(within_bounds),
        cmocka_unit_test(one_file),
        cmocka_unit_test(renamed_and_torn),
        cmocka_unit_test(full_disk),
        cmocka_unit_test(faster_than_the_disk),
        cmocka_unit_test(files_that_cannot_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
