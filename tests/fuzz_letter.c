/* Any bytes as a dead letter: written and read again they are the same; and as a line of the file. */
#include "server/forward/dead_letter.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void there_and_back(const uint8_t *data, size_t size)
{
    char *raw = malloc(size ? size : 1);
    struct dead_letter back;
    memcpy(raw, data, size);
    struct dead_letter letter = {.reason = slice("unknown"),
                                 .arrival_ms = (int64_t)size * 1000003,
                                 .sender = {0, size},
                                 .parser = slice(size & 1 ? "asa" : ""),
                                 .cut = size & 2,
                                 .raw = slice_make(raw, size)};
    size_t room = dead_letter_room(&letter);
    char *line = malloc(room);
    size_t len = (size_t)(dead_letter_write(line, &letter) - line);
    if (len > room || line[len - 1] != '\n' || memchr(line, '\n', len) != line + len - 1)
        abort();
    char *exact = malloc(len - 1);
    memcpy(exact, line, len - 1);
    free(line);
    if (!dead_letter_begins(exact, len - 1) || !dead_letter_read(exact, len - 1, &back))
        abort();
    if (back.raw.len != size || memcmp(back.raw.ptr, raw, size) != 0 ||
        back.arrival_ms != letter.arrival_ms || back.cut != letter.cut ||
        !address_equals(back.sender, letter.sender) || back.parser.len != letter.parser.len)
        abort();
    free(exact);
    free(raw);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dead_letter letter;
    char *line = malloc(size ? size : 1);
    there_and_back(data, size);
    memcpy(line, data, size);
    if (dead_letter_read(line, size, &letter) &&
        (letter.raw.ptr < line || letter.raw.ptr + letter.raw.len > line + size))
        abort();
    free(line);
    return 0;
}
