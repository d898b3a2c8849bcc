/* Certificates against names and fingerprints. OpenSSL compares names; what it is asked for is
 * RFC 5425's: a wildcard is one whole leftmost label, on either side. */
#include "server/tls/peers.h"

#include <arpa/inet.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <strings.h>

#define NAME_MAX_LEN 255

bool peers_is_address(const char *text)
{
    unsigned char bytes[16];
    return inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1;
}

bool peers_match_name(X509 *certificate, const char *name)
{
    unsigned flags = X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_SINGLE_LABEL_SUBDOMAINS;
    if (peers_is_address(name))
        return X509_check_ip_asc(certificate, name, 0) == 1;
    if (name[0] == '*') /* OpenSSL's way to ask for any label in this place: a leading dot */
        name++;
    return X509_check_host(certificate, name, 0, flags, NULL) == 1;
}

bool peers_is_name(const char *text)
{
    size_t len = strlen(text), label = 0;
    if (peers_is_address(text))
        return true;
    if (len > NAME_MAX_LEN)
        return false;
    if (text[0] == '*') {
        if (text[1] != '.' || !strchr(text + 2, '.'))
            return false;
        text += 2;
    }
    for (const char *p = text; *p; p++) {
        bool letter = (*p | 32) >= 'a' && (*p | 32) <= 'z';
        if (*p == '.' && label == 0)
            return false;
        if (*p != '.' && !letter && !(*p >= '0' && *p <= '9') && *p != '-' && *p != '_')
            return false;
        label = *p == '.' ? 0 : label + 1;
        if (label > 63)
            return false;
    }
    return label > 0;
}

static int hex(char c)
{
    return c >= '0' && c <= '9'                 ? c - '0'
           : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                : -1;
}

bool peers_read_fingerprint(const char *text, struct fingerprint *out)
{
    static const struct {
        const char *label;
        const EVP_MD *(*digest)(void);
    } kinds[] = {
        {"sha-256:", EVP_sha256},
        {"sha256:", EVP_sha256},
        {"sha-1:", EVP_sha1},
        {"sha1:", EVP_sha1},
    };
    *out = (struct fingerprint){0};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && !out->digest; i++) {
        size_t len = strlen(kinds[i].label);
        if (strncasecmp(text, kinds[i].label, len) == 0) {
            out->digest = kinds[i].digest();
            text += len;
        }
    }
    if (!out->digest)
        return false;
    unsigned wanted = (unsigned)EVP_MD_get_size(out->digest);
    while (*text && out->len < wanted) {
        int high = hex(text[0]), low = high < 0 ? -1 : hex(text[1]);
        if (low < 0)
            return false;
        out->bytes[out->len++] = (unsigned char)(high << 4 | low);
        text += 2;
        text += *text == ':' && out->len < wanted;
    }
    return out->len == wanted && *text == '\0';
}

bool peers_match_fingerprint(X509 *certificate, const struct fingerprint *fingerprints,
                             size_t count)
{
    unsigned char bytes[EVP_MAX_MD_SIZE];
    const EVP_MD *digest = NULL;
    unsigned len = 0;
    for (size_t i = 0; i < count; i++) {
        const struct fingerprint *f = &fingerprints[i];
        if (f->digest != digest) {
            if (!X509_digest(certificate, f->digest, bytes, &len))
                return false;
            digest = f->digest;
        }
        if (f->len == len && memcmp(f->bytes, bytes, len) == 0)
            return true;
    }
    return false;
}
