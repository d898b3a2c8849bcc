/* How messages are told apart on an output's transport. */
#pragma once

#include "config/settings.h"
#include "parsers/text/slice.h"
#include "server/forward/cef.h"

#define FRAMING_EXTRA 22 /* bytes that framing adds to a message, at most */

enum cef_framing framing_of(const struct forward_settings *settings);

/* The message without the framing that it was written with. */
struct slice framing_strip(enum cef_framing framing, struct slice framed);

/* Writes the message with its framing; returns the bytes written, len + FRAMING_EXTRA at most. */
size_t framing_write(enum cef_framing framing, struct slice message, char *out);
