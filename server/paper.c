/* Rows of text on standard output. */
#include "server/paper.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "parsers/text/utf8.h"

#define GUTTER      8  /* in front of a message's rows: the column's number */
#define MESSAGE_ROW 90 /* bytes of a message in a row */

static const char *const codes[] = {
    [INK_PLAIN] = "",   [INK_BOLD] = "1",    [INK_DIM] = "2",     [INK_DEVICE] = "32",
    [INK_EVENT] = "33", [INK_SOURCE] = "36", [INK_TARGET] = "35", [INK_OTHER] = "94",
};

void paper_init(struct paper *paper)
{
    const char *no = getenv("NO_COLOR"), *terminal = getenv("TERM");
    paper->colours = isatty(STDOUT_FILENO) && !(no && *no) && terminal && *terminal &&
                     strcmp(terminal, "dumb") != 0;
}

static void use_ink(const struct paper *paper, enum ink ink)
{
    if (paper->colours && ink != INK_PLAIN)
        printf("\033[%sm", codes[ink]);
}

static void end_ink(const struct paper *paper, enum ink ink)
{
    if (paper->colours && ink != INK_PLAIN)
        fputs("\033[0m", stdout);
}

/* The bytes of the next character; *shown is whether a terminal may see it as it is. */
static size_t character(const char *p, const char *end, bool *shown)
{
    size_t len = utf8_sequence(p, end);
    unsigned char c = (unsigned char)*p;
    bool control = c < 0x20 || c == 0x7f || (len == 2 && c == 0xc2 && (unsigned char)p[1] < 0xa0);
    *shown = len && !control;
    return len ? len : 1;
}

static const char *put_character(const char *p, const char *end)
{
    bool shown;
    size_t len = character(p, end, &shown);
    if (shown)
        fwrite(p, 1, len, stdout);
    else
        putchar('?');
    return p + len;
}

size_t paper_columns(struct slice text)
{
    size_t n = 0;
    bool shown;
    for (const char *p = text.ptr, *end = slice_end(text); p < end; n++)
        p += character(p, end, &shown);
    return n;
}

size_t paper_text(const struct paper *paper, enum ink ink, struct slice text, size_t columns)
{
    const char *p = text.ptr, *end = slice_end(text);
    size_t wanted = paper_columns(text), n = 0;
    bool cut = wanted > columns;
    size_t room = cut ? (columns > 3 ? columns - 3 : 0) : wanted;
    use_ink(paper, ink);
    for (; n < room; n++)
        p = put_character(p, end);
    for (; cut && n < columns; n++)
        putchar('.');
    end_ink(paper, ink);
    return n;
}

void paper_cell(const struct paper *paper, enum ink ink, struct slice text, size_t columns)
{
    size_t n = paper_text(paper, ink, text, columns);
    printf("%*s", (int)(columns - n), "");
}

size_t paper_wrapped(const struct paper *paper, enum ink ink, struct slice text, size_t indent)
{
    size_t width = PAPER_WIDTH - indent, n = 0;
    use_ink(paper, ink);
    for (const char *p = text.ptr, *end = slice_end(text); p < end; n++) {
        if (n == width) {
            printf("\n%*s", (int)indent, "");
            n = 0;
        }
        p = put_character(p, end);
    }
    end_ink(paper, ink);
    return n;
}

void paper_message(const struct paper *paper, struct slice message, const unsigned char *inks)
{
    const char *p = message.ptr, *end = slice_end(message);
    bool shown;
    while (p < end) {
        const char *row = p;
        enum ink ink = INK_PLAIN;
        use_ink(paper, INK_DIM);
        printf("%*zu", GUTTER - 2, (size_t)(p - message.ptr) + 1);
        end_ink(paper, INK_DIM);
        fputs("  ", stdout);
        while (p < end && p + character(p, end, &shown) <= row + MESSAGE_ROW) {
            enum ink next = (enum ink)inks[p - message.ptr];
            if (next != ink) {
                end_ink(paper, ink);
                use_ink(paper, next);
                ink = next;
            }
            p = put_character(p, end);
        }
        end_ink(paper, ink);
        putchar('\n');
    }
}

void paper_line(const struct paper *paper)
{
    putchar('\n');
    use_ink(paper, INK_DIM);
    for (int i = 0; i < PAPER_WIDTH; i++)
        putchar('-');
    end_ink(paper, INK_DIM);
    fputs("\n\n", stdout);
}
