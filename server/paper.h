/*
 * Text for a person to read: rows of a hundred columns, colours where a terminal shows them, and
 * nothing from a message that would steer the terminal.
 */
#pragma once

#include "parsers/text/slice.h"

#define PAPER_WIDTH 100

enum ink { INK_PLAIN, INK_BOLD, INK_DIM, INK_DEVICE, INK_EVENT, INK_SOURCE, INK_TARGET, INK_OTHER };

struct paper {
    bool colours;
};

/* Colours only for a terminal, and not when NO_COLOR is set to anything (no-color.org). */
void paper_init(struct paper *paper);

/* Prints a text in one row, at most `columns` wide, its end replaced by "..." when it is longer.
 * Returns the columns it took. */
size_t paper_text(const struct paper *paper, enum ink ink, struct slice text, size_t columns);

/* The same, then blanks up to `columns`. */
void paper_cell(const struct paper *paper, enum ink ink, struct slice text, size_t columns);

/* A text of any length, continued below its beginning at column `indent`. Returns the columns of
 * its last row. */
size_t paper_wrapped(const struct paper *paper, enum ink ink, struct slice text, size_t indent);

/* A message in rows, each with the column that it begins at. `inks` has one for each byte. */
void paper_message(const struct paper *paper, struct slice message, const unsigned char *inks);

/* The columns a text takes on a terminal that has one for each character. */
size_t paper_columns(struct slice text);

/* A line across the page, between two messages. */
void paper_line(const struct paper *paper);
