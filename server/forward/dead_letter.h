/*
 * A message that no parser understood, as one line of JSON, and back, byte for byte:
 *
 *   {"dead_letter":"malformed","time":"2026-11-21T12:00:00.000Z","sender":"192.0.2.10",
 *    "parser":"asa","cut":true,"raw":"<164>%ASA-4-106023: Deny"}
 *
 * raw is a JSON string when the message is valid UTF-8, NUL and other control characters escaped;
 * any other message stands in raw_base64. sender, parser and cut are there when they say something.
 */
#pragma once

#include "parsers/text/address.h"

struct dead_letter {
    struct slice reason; /* unknown, malformed; unclaimed: no parser took it for its vendor's */
    int64_t arrival_ms;
    struct address sender; /* zero: not known */
    struct slice parser;   /* empty: none */
    bool cut;              /* it was longer than max-message-size and has lost its end */
    struct slice raw;
};

/* The most bytes that dead_letter_write may write. */
size_t dead_letter_room(const struct dead_letter *letter);

/* One line, its end included. Returns its end. */
char *dead_letter_write(char *out, const struct dead_letter *letter);

/* Whether a text begins like such a line: how files of them are recognized. */
bool dead_letter_begins(const char *text, size_t len);

/* Reads a line, without its end. It is decoded in place: *out points into it. False: it is none, or
 * torn; the line is then spoilt all the same. */
bool dead_letter_read(char *line, size_t len, struct dead_letter *out);
