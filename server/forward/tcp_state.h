/* What the kernel knows of a TCP connection. */
#pragma once

#include <stdint.h>

/* Bytes that were written and that the peer has not acknowledged. */
uint64_t tcp_state_unacked(int fd);

/* How much the peer offers to take now, in bytes; 0 when the kernel does not tell (before 5.4). */
uint64_t tcp_state_window(int fd);
