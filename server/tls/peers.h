/*
 * Which peers are let in, by what their certificates say: names (RFC 5425 section 5.2, RFC 6125)
 * and fingerprints (RFC 5425 section 4.2.2). No files and no sockets.
 */
#pragma once

#include <openssl/x509.h>

#include "config/settings.h"

/* Whether a certificate is for one of the names. A name is a host name, "*.example.com" (any one
 * label in that place) or an IP address. The certificate's own names are its subjectAltNames, where
 * `*` may be the whole leftmost label; its common name counts when it has none of type dNSName. */
bool peers_match_name(X509 *certificate, const char *name);

struct fingerprint {
    const EVP_MD *digest;
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned len;
};

/* "sha-256:E1:2D:..." or "sha-1:...", in capitals or not, with colons or without, "sha256" and
 * "sha1" too. False: it is none. */
bool peers_read_fingerprint(const char *text, struct fingerprint *out);

bool peers_is_address(const char *text);

/* Whether text can be a name to compare with. */
bool peers_is_name(const char *text);

bool peers_match_fingerprint(X509 *certificate, const struct fingerprint *fingerprints,
                             size_t count);
