/* What the program says about itself, on standard error: one short line each, never a message that
 * passes through, never a secret. Safe from any thread. Nobody reads it: it is left out, for nothing
 * may wait for that. */
#pragma once

#include <stddef.h>

enum log_level { LOG_NOTE, LOG_WARNING, LOG_ERROR };

void log_say(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Text of many lines; a reader that is behind is given so much time. */
void log_text(const char *text, size_t len, int patience_ms);
