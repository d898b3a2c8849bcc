/* Listening sockets: one a worker on the same port (SO_REUSEPORT), the kernel spreads senders. */
#pragma once

#include "config/settings.h"

/*
 * Opens `count` sockets on one address and port, bound and, for TCP, listening. Refuses a port that
 * another program has, though SO_REUSEPORT alone would share it with one of the same user; `ours`: we
 * have it, of another address. Port 0 takes a free one. `receive_buffer` is asked for on UDP sockets; *granted says what the kernel gave
 * (may be NULL). 0, or a negative libuv code and no socket.
 */
int listen_open(const struct listen_settings *settings, unsigned count, bool ours, int *fds,
                size_t receive_buffer, size_t *granted);

/* "udp", "tcp" or "tls". */
const char *listen_name(enum listen_protocol protocol);

/* Asks for a receive buffer; *granted is what the kernel gave. */
void listen_set_receive_buffer(int fd, size_t receive_buffer, size_t *granted);

/* The port that a socket is bound to. */
uint16_t listen_port(int fd);
