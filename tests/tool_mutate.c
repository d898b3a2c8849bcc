/*
 * Spoils lines: tool_mutate N SEED FILE ... prints N lines, each one of the files' with up to four
 * awkward things put into it, cut out of it or written over it. What goes in is what breaks readers
 * and writers of CEF, CSV and quoted pairs. Never a NUL or a line break: line N stays line N.
 */
#include "tests/tool.h"

#define LINES_MAX  200000
#define LINE_ROOM  65536
#define GROWTH_MAX 8192

static const char *const pieces[] = {
    "|",
    "=",
    "\\",
    "\\\\",
    "\r",
    "\t",
    "\x1b",
    "\xff",
    "\xc3",
    "\xe2\x82\xac",
    " act=allow",
    "CEF:0|x|",
    "\\n",
    "\"",
    ",",
    "; ",
    "\x7f",
    "  ",
    "a=b=c",
    "]",
    "\xed\xa0\x80",
    "\xf0\x9f\x98\x80",
    "\xc2\x85",
    "<1>",
    "99999999999999999999",
    "::",
    "%",
};

static uint64_t state;

static uint32_t random_below(size_t n)
{
    uint64_t z = state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return (uint32_t)((z >> 33) % n);
}

static size_t put(char *line, size_t len, size_t at, const char *piece)
{
    size_t n = strlen(piece);
    /* Now and then so many of them that limits are reached. */
    unsigned times = random_below(40) ? 1 : 1 + random_below(GROWTH_MAX / 4 / n + 1);
    for (; times && len + n < LINE_ROOM; times--) {
        memmove(line + at + n, line + at, len - at);
        memcpy(line + at, piece, n);
        len += n;
    }
    return len;
}

static size_t spoil(char *line, size_t len)
{
    size_t at = random_below(len + 1), n;
    switch (random_below(8)) {
    case 0:
        n = len - at < 5 ? len - at : 1 + random_below(5);
        memmove(line + at, line + at + n, len - at - n);
        return len - n;
    case 1:
        if (at < len)
            line[at] = (char)(random_below(255) + 1);
        return len;
    default:
        return put(line, len, at, pieces[random_below(sizeof(pieces) / sizeof(pieces[0]))]);
    }
}

int main(int argc, char **argv)
{
    static char *lines[LINES_MAX], spoiled[LINE_ROOM];
    size_t n_lines = 0, room = 0;
    if (argc < 4)
        tool_fail("usage: tool_mutate N SEED FILE ...");
    uint64_t n = tool_number(argv[1], "N", 100000000);
    state = tool_number(argv[2], "SEED", UINT32_MAX);
    for (int i = 3; i < argc; i++) {
        FILE *file = fopen(argv[i], "r");
        if (!file)
            tool_fail("%s: %s", argv[i], strerror(errno));
        while (n_lines < LINES_MAX && getline(&lines[n_lines], &room, file) > 0) {
            room = 0;
            n_lines++;
        }
        fclose(file);
    }
    if (n_lines == 0)
        tool_fail("the files have no lines");
    for (; n; n--) {
        const char *line = lines[random_below(n_lines)];
        size_t len = strcspn(line, "\n");
        if (len > LINE_ROOM - 1)
            len = LINE_ROOM - 1;
        memcpy(spoiled, line, len);
        for (unsigned times = 1 + random_below(4); times; times--)
            len = spoil(spoiled, len);
        for (size_t i = 0; i < len; i++)
            if (spoiled[i] == '\n')
                spoiled[i] = '\r';
        printf("%.*s\n", (int)len, spoiled);
    }
    for (size_t i = 0; i <= n_lines && i < LINES_MAX; i++)
        free(lines[i]);
    return fflush(stdout) ? 1 : 0;
}
