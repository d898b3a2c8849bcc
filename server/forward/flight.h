/*
 * What one connection has been given to send, in order, and how far it is:
 *
 *     first        acking         writing        last
 *       | retained   | unacknowledged | unwritten  |
 *     oldest       acked          written        given        the same places in bytes
 *
 * Batches are given whole and released whole. What the other side has surely got (`acked`) is retained
 * as far as the caller wants, to be sent again when it turns out that it was not read. No locks, no
 * clock, no I/O: transport.c knows what is written and acknowledged.
 */
#pragma once

#include "server/forward/batch.h"

struct flight {
    struct batch *first, *last;
    struct batch *acking; /* the batch of the first message that is not acknowledged */
    uint32_t acking_message;
    struct batch *writing; /* the batch of the next byte to write */
    size_t writing_byte;
    uint64_t oldest, acked, written, given;
};

/* Appends. Returns the batch when its messages were copied behind others and it is free, else NULL. */
struct batch *flight_give(struct flight *f, struct batch *batch);

/* What is to be written next, of one batch; NULL: nothing is. */
char *flight_next(struct flight *f, size_t *len);
/* The message in which that begins, an index of f->writing. Only when there is something. */
uint32_t flight_message(const struct flight *f);
void flight_wrote(struct flight *f, size_t len);

/* The first so many bytes of all are acknowledged. Returns how many messages are so for the first
 * time, ever. */
uint32_t flight_acked(struct flight *f, uint64_t bytes);

/* Passes over the message to be written next, of which nothing is written yet: it counts as
 * acknowledged, but flight_acked will not tell of it. */
void flight_skip(struct flight *f);

/* The oldest batch when all of it lies more than `keep` bytes behind what is acknowledged, else NULL.
 * It is the caller's then. */
struct batch *flight_release(struct flight *f, uint64_t keep);

/*
 * The connection is over: empties the flight and returns what has to be sent again, from the first
 * unacknowledged message on, and `keep` bytes before it (messages that begin in them). What need not
 * is appended to *released. *written: how many messages of those returned were written, at least
 * partly: the other side may have got them.
 */
struct batch *flight_return(struct flight *f, uint64_t keep, struct batch **released,
                            uint64_t *written);

static inline uint64_t flight_unacked(const struct flight *f)
{
    return f->given - f->acked;
}

static inline uint64_t flight_held(const struct flight *f)
{
    return f->given - f->oldest;
}
