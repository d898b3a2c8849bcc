/*
 * What senders do wrong, said in the log: once in an hour for each sender and kind, and no more than
 * a few lines a minute, however many senders there are. Belongs to one worker.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "parsers/text/address.h"

enum notice {
    NOTICE_TLS_HELLO,
    NOTICE_HTTP,
    NOTICE_PLAIN,
    NOTICE_CERTIFICATE,
    NOTICE_TLS,
};

#define NOTICES_KEPT 256

struct notices {
    struct said {
        struct address address;
        enum notice notice;
        uint64_t said_ms; /* 0: the place is free */
    } said[NOTICES_KEPT];
    uint64_t minute;    /* that the budget below is of */
    unsigned in_minute; /* lines */
};

/* `why`: the end of the sentence; "" when it says all without. Returns whether it was said. */
bool notices_say(struct notices *notices, enum notice notice, struct address sender,
                 const char *why, uint64_t now_ms);
