/*
 * How far the clocks of devices are off, those that are off too far to be believed. What such a device
 * sends is told apart by its own clock, as long as that goes on being off as far, so that messages
 * that arrive together keep their distances. A small table: two devices that share a row learn anew
 * in turn, and what a device sends first after that counts as of its arrival.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define CLOCKS_ROWS 256

struct clocks {
    struct {
        uint64_t device; /* 0: none */
        int64_t ahead_ms;
    } rows[CLOCKS_ROWS];
};

/*
 * The time of a message whose own time_ms lies further than lateness_ms before its arrival, or ahead_ms
 * after it: its own by the device's clock, put right, and never after its arrival. `device` tells
 * devices apart.
 */
int64_t clocks_correct(struct clocks *clocks, uint64_t device, int64_t time_ms, int64_t arrival_ms,
                       int64_t lateness_ms);
