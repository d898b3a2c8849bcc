/*
 * The main function that turns a fuzz target into a regression test for any compiler: every line of
 * samples/, each of its files whole, and tests/corpus/<target>/, each in a heap block of exactly its
 * size. Run from the root of the tree.
 */
#include <glob.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t inputs;

static void run_block(const char *bytes, size_t len)
{
    uint8_t *block = malloc(len ? len : 1);
    if (!block)
        abort();
    if (len)
        memcpy(block, bytes, len);
    LLVMFuzzerTestOneInput(block, len);
    free(block);
    inputs++;
}

/* The bytes of a file, or NULL. The caller frees them. */
static char *read_file(const char *path, size_t *len)
{
    FILE *f = fopen(path, "rb");
    char *bytes = NULL;
    *len = 0;
    if (!f)
        return NULL;
    for (size_t room = 0, got = 1; got; *len += got) {
        if (*len == room) {
            room = room ? room * 2 : 65536;
            char *larger = realloc(bytes, room);
            if (!larger)
                abort();
            bytes = larger;
        }
        got = fread(bytes + *len, 1, room - *len, f);
    }
    fclose(f);
    return bytes;
}

static void run_file(const char *path, int by_line)
{
    size_t len;
    char *bytes = read_file(path, &len);
    if (!bytes)
        return;
    run_block(bytes, len);
    for (char *line = bytes; by_line && line < bytes + len;) {
        char *newline = memchr(line, '\n', (size_t)(bytes + len - line));
        char *end = newline ? newline : bytes + len;
        run_block(line, (size_t)(end - line));
        line = end + 1;
    }
    free(bytes);
}

static void run_all(const char *pattern, int by_line)
{
    glob_t found;
    if (glob(pattern, 0, NULL, &found) == 0)
        for (size_t i = 0; i < found.gl_pathc; i++)
            run_file(found.gl_pathv[i], by_line);
    globfree(&found);
}

int main(int argc, char **argv)
{
    (void)argc;
    const char *name = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];
    const char *target = strncmp(name, "fuzz_", 5) == 0 ? name + 5 : name;
    char corpus[512];
    int target_len = (int)strcspn(target, "_");
    snprintf(corpus, sizeof(corpus), "tests/corpus/%.*s/*", target_len, target);
    run_block("", 0);
    run_all("samples/*/*.log", 1);
    run_all("config/*.yaml", 0);
    run_all("config/detectors/*.yaml", 0);
    run_all("tests/wrong/*.yaml", 0);
    run_all(corpus, 0);
    printf("1..1\nok 1 - %zu inputs\n", inputs);
    return 0;
}
