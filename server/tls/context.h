/*
 * What the TLS connections of one listener or output have in common: our certificate and key, whom
 * we believe, sessions that may be resumed. Read from files once and never changed: to read them
 * anew (a reload), make another one; connections keep the one they began with until they end.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "config/settings.h"

enum tls_side { TLS_LISTENER, TLS_OUTPUT };

/* What is wrong with the files, or will be. `key`: of the settings ("certificate", "fingerprints[2]");
 * `value`: as it is there; `expected` completes "expected ...". A warning is a sentence of its own. */
struct tls_report {
    void (*wrong)(void *context, const char *key, const char *value, const char *expected);
    void (*warn)(void *context, const char *key, const char *sentence);
    void *context;
};

struct tls_context;

/* NULL: it was reported. */
struct tls_context *tls_context_new(enum tls_side side, const struct tls_settings *settings,
                                    const struct tls_report *report);

/* Any thread. */
struct tls_context *tls_context_share(struct tls_context *context);
void tls_context_free(struct tls_context *context); /* NULL is nothing */

/* Our certificate's SHA-256, as RFC 5425 writes fingerprints: "sha-256:E1:2D:...". Empty without one. */
#define TLS_FINGERPRINT_TEXT 104
const char *tls_context_fingerprint(const struct tls_context *context,
                                    char out[TLS_FINGERPRINT_TEXT]);
