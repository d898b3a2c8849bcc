/*
 * Messages out of the bytes of one TCP connection: octet counting (RFC 6587 section 3.4.1) or lines
 * ended by LF, CRLF or NUL, found out for each message. Complete messages are handed over where they
 * stand; only an unfinished tail is copied to the connection. No libuv, no clock.
 *
 * What a message is does not depend on how the bytes were cut into reads.
 *
 *   digits, blank, `<`    an octet count; on a connection that counts, digits and a blank suffice
 *   anything else         a line; on a connection that counts only when it begins with `<`,
 *                         otherwise the count is malformed and the connection must be closed
 */
#pragma once

#include "parsers/text/slice.h"

/* `message` borrows. `cut`: it has lost its end. Never empty. */
typedef void (*on_frame)(void *context, struct slice message, bool cut);

/* What all connections of a worker share. */
struct framing {
    size_t max; /* bytes of a message; the rest of a longer one is skipped */
    on_frame deliver;
    void (*delivered)(void *context); /* the bytes of all messages so far are about to go */
    void *context;
    uint64_t empty;      /* messages without a byte; not delivered */
    uint64_t unfinished; /* messages cut off by the end of their connection; delivered */
    size_t held;         /* bytes that all tails have */
};

/* One connection; all zero at first. */
struct frame {
    char *tail; /* the unfinished message, from its first byte on; NULL when there is none */
    size_t tail_len, tail_size;
    size_t need;       /* bytes of the counted frame in the tail, count included; 0: not known */
    size_t skip;       /* bytes still to skip of a counted frame that was too long */
    bool skip_line;    /* skipping up to the end of a line that was too long */
    bool counting;     /* the latest message was counted */
    bool lines_by_lf;  /* the first line ended in LF: NUL is a byte like any other */
    bool lines_by_nul; /* the first line ended in NUL: lines end at NUL or LF */
    bool started;      /* a message has begun */
};

enum frame_status {
    FRAME_OK,
    FRAME_MALFORMED, /* a malformed octet count: close the connection */
    FRAME_NO_MEMORY, /* the tail found no room; what there was of it is delivered: close, too */
};

/* Unfinished messages together: beyond this only small tails may still grow, so that whoever fills
 * it takes nothing from those who send lines of ordinary length. */
#define FRAME_HELD_MAX   (64u << 20)
#define FRAME_SMALL_TAIL 4096

/* Writable bytes that must lie before those handed to frame_feed, for the tail to be put there. */
#define FRAME_HEADROOM(max) ((max) + 64)

enum frame_status frame_feed(struct frame *f, struct framing *framing, char *bytes, size_t len);

/* The stream has ended: delivers what is there of an unfinished message. */
void frame_end(struct frame *f, struct framing *framing);
void frame_close(struct frame *f, struct framing *framing);
