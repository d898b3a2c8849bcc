/*
 * The peer's certificate, judged in the middle of a handshake. A fingerprint that is listed counts
 * whatever else the certificate says, its dates too: that is what listing it means. Otherwise its
 * path must lead to an authority that is trusted, and one of its names must be asked for.
 *
 * A resumed session is not judged again: it lives an hour at most, and ends with its context.
 */
#include "server/tls/inside.h"

static bool name_is_asked_for(const struct tls_context *context, const struct tls *tls,
                              X509 *certificate)
{
    if (tls_asked_name(tls))
        return peers_match_name(certificate, tls_asked_name(tls));
    for (size_t i = 0; i < context->name_count; i++)
        if (peers_match_name(certificate, context->names[i]))
            return true;
    return context->name_count == 0;
}

int verify_peer(X509_STORE_CTX *store, void *argument)
{
    const struct tls_context *context = argument;
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct tls *tls = SSL_get_app_data(ssl);
    X509 *certificate = X509_STORE_CTX_get0_cert(store);
    if (peers_match_fingerprint(certificate, context->fingerprints, context->fingerprint_count)) {
        X509_STORE_CTX_set_error(store, X509_V_OK);
        return 1;
    }
    if (!context->path_counts) {
        tls_refuse(tls, "its fingerprint is not listed", certificate);
        X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_UNTRUSTED);
        return 0;
    }
    if (X509_verify_cert(store) != 1) {
        int error = X509_STORE_CTX_get_error(store);
        tls_refuse(tls, X509_verify_cert_error_string(error), certificate);
        return 0;
    }
    if (!name_is_asked_for(context, tls, certificate)) {
        tls_refuse(tls, "none of its names is asked for", certificate);
        X509_STORE_CTX_set_error(store, X509_V_ERR_HOSTNAME_MISMATCH);
        return 0;
    }
    return 1;
}
