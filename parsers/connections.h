/*
 * The open connections of the devices, as far as they were announced: what a teardown line leaves
 * out (who opened the connection) stands in the line that built it.
 *
 * Bounded: a fixed table, the oldest entry of a small set makes room. A connection that was pushed
 * out is simply not known any more: its end then has weaker evidence, never a wrong one.
 */
#pragma once

#include "parsers/text/slice.h"

struct connections;

#define CONNECTIONS_SET_BYTES 64 /* eight connections */

/* As many sets as `bytes` have room for, rounded down to a power of two, at least one. Memory is only
 * taken as connections come (pages.h). NULL: there is none. */
struct connections *connections_new(size_t bytes);
void connections_free(struct connections *table);

/* Fetches what either call below will read: to be asked as soon as the id is known. */
void connections_prefetch(const struct connections *table, uint64_t device, uint64_t id);

/* `device` tells devices apart whose ids overlap (a hash of sender and host); `id` is the device's own
 * number, `protocol` IANA's; `second_opened`: the endpoint printed second opened it (Cisco: outbound).
 * connections_take forgets the connection: ids are used again. */
void connections_open(struct connections *table, uint64_t device, uint8_t protocol, uint64_t id,
                      bool second_opened);
bool connections_take(struct connections *table, uint64_t device, uint8_t protocol, uint64_t id,
                      bool *second_opened);
