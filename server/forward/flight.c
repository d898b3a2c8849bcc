/* The list of batches that a connection has been given, with its marks; see flight.h. */
#include "server/forward/flight.h"

#include <string.h>

bool batch_join(struct batch *to, const struct batch *from)
{
    bool follows = from->number == (to->number ? to->number + to->count : 0);
    if (!follows || from->len >= BATCH_FULL || from->begin || from->counted ||
        to->len + from->len > BATCH_BYTES || to->count + from->count > BATCH_MESSAGES)
        return false;
    memcpy(to->bytes + to->len, from->bytes, from->len);
    for (uint32_t i = 0; i < from->count; i++)
        to->ends[to->count + i] = (uint32_t)to->len + from->ends[i];
    to->len += from->len;
    to->count += from->count;
    return true;
}

struct batch *flight_give(struct flight *f, struct batch *batch)
{
    f->given += batch_left(batch);
    if (!f->first) {
        f->first = f->acking = f->writing = batch;
        f->acking_message = batch->begin;
        f->writing_byte = batch_begin(batch, batch->begin);
    } else if (batch_join(f->last, batch)) {
        return batch;
    } else {
        f->last->next = batch;
    }
    f->last = batch;
    batch->next = NULL;
    return NULL;
}

static void write_next_batch(struct flight *f)
{
    f->writing = f->writing->next;
    f->writing_byte = f->writing ? batch_begin(f->writing, f->writing->begin) : 0;
}

char *flight_next(struct flight *f, size_t *len)
{
    while (f->writing && f->writing_byte == f->writing->len && f->writing->next)
        write_next_batch(f);
    *len = f->writing ? f->writing->len - f->writing_byte : 0;
    return *len ? f->writing->bytes + f->writing_byte : NULL;
}

uint32_t flight_message(const struct flight *f)
{
    uint32_t low = 0, high = f->writing->count - 1;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (f->writing->ends[middle] <= f->writing_byte)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void flight_wrote(struct flight *f, size_t len)
{
    f->writing_byte += len;
    f->written += len;
}

static void ack_next_batch(struct flight *f)
{
    f->acking = f->acking->next;
    f->acking_message = f->acking ? f->acking->begin : 0;
}

uint32_t flight_acked(struct flight *f, uint64_t bytes)
{
    uint32_t fresh = 0;
    while (f->acking && bytes > f->acked) {
        struct batch *b = f->acking;
        uint64_t base = f->acked - batch_begin(b, f->acking_message);
        uint32_t message = f->acking_message;
        if (bytes - base >= b->len)
            message = b->count;
        while (message < b->count && bytes - base >= b->ends[message])
            message++;
        f->acked = base + batch_begin(b, message);
        f->acking_message = message;
        if (message > b->counted) {
            fresh += message - b->counted;
            b->counted = message;
        }
        if (message < b->count || !b->next)
            break;
        ack_next_batch(f);
    }
    return fresh;
}

void flight_skip(struct flight *f)
{
    uint32_t message = flight_message(f);
    flight_wrote(f, f->writing->ends[message] - f->writing_byte);
    if (f->writing->counted <= message)
        f->writing->counted = message + 1;
    flight_acked(f, f->written);
}

struct batch *flight_release(struct flight *f, uint64_t keep)
{
    struct batch *b = f->first;
    if (!b || f->acked - f->oldest < batch_left(b) + keep)
        return NULL;
    f->oldest += batch_left(b);
    if (f->acking == b)
        ack_next_batch(f);
    if (f->writing == b)
        write_next_batch(f);
    f->first = b->next;
    if (!f->first)
        f->last = NULL;
    b->next = NULL;
    return b;
}

/* How many messages of a batch, whose bytes[0] is byte `base` of the connection, end by `place`. */
static uint32_t messages_until(const struct batch *b, uint64_t base, uint64_t place)
{
    uint32_t n = b->begin;
    while (n < b->count && (int64_t)(base + b->ends[n] - place) <= 0)
        n++;
    return n;
}

struct batch *flight_return(struct flight *f, uint64_t keep, struct batch **released,
                            uint64_t *written)
{
    uint64_t place = f->acked - f->oldest > keep ? f->acked - keep : f->oldest;
    struct batch *again = f->first;
    uint64_t at = f->oldest;
    *written = 0;
    while (again && at + batch_left(again) <= place) {
        struct batch *next = again->next;
        at += batch_left(again);
        again->next = *released;
        *released = again;
        again = next;
    }
    for (struct batch *b = again; b; b = b->next) {
        uint64_t base = at - batch_begin(b, b->begin);
        at += batch_left(b);
        b->begin = messages_until(b, base, place);
        uint32_t whole = messages_until(b, base, f->written);
        bool part = whole < b->count && f->written > base + batch_begin(b, whole);
        *written += whole - b->begin + part;
    }
    memset(f, 0, sizeof(*f));
    return again;
}
