/* What the program says about itself, on standard error: one short line each, never a message that
 * passes through, never a secret. Safe from any thread. */
#pragma once

enum log_level { LOG_NOTE, LOG_WARNING, LOG_ERROR };

void log_say(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));
