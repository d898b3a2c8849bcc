/* Names and fingerprints as settings hold them: a fingerprint that is read is written as it is read
 * again, and what is a name is one without a byte that could end it early. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/tls/peers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void again(const struct fingerprint *f)
{
    char text[16 + 3 * EVP_MAX_MD_SIZE];
    struct fingerprint same;
    int at = snprintf(text, sizeof(text), f->len == 32 ? "SHA-256" : "SHA-1");
    for (unsigned i = 0; i < f->len; i++)
        at += snprintf(text + at, sizeof(text) - (size_t)at, ":%02X", f->bytes[i]);
    if (!peers_read_fingerprint(text, &same) || same.digest != f->digest ||
        memcmp(same.bytes, f->bytes, f->len) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fingerprint f;
    if (size > 1024)
        return 0;
    char *text = malloc(size + 1);
    memcpy(text, data, size);
    text[size] = '\0';
    if (peers_read_fingerprint(text, &f))
        again(&f);
    if (peers_is_name(text) && strpbrk(text, " \t\r\n\"'/\\%"))
        abort();
    free(text);
    return 0;
}
