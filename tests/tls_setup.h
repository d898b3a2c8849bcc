/*
 * For the tests of TLS: an authority and certificates in a folder of their own, contexts made of
 * them, and what is reported. Inline, for each test is one file.
 */
#pragma once

#include "server/tls/tls.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

/* ---- files ---- */

static char folder[] = "/tmp/test_tls_XXXXXX";
static EVP_PKEY *authority_key;
static X509 *authority;

static inline const char *path_of(const char *name)
{
    static char paths[64][128];
    static unsigned next;
    char *path = paths[next++ % 64];
    snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
    return path;
}

static inline void write_key(const char *name, EVP_PKEY *key, const EVP_CIPHER *cipher)
{
    FILE *f = fopen(path_of(name), "w");
    assert_int_equal(
        PEM_write_PrivateKey(f, key, cipher, (const unsigned char *)"secret", 6, NULL, NULL), 1);
    fclose(f);
    chmod(path_of(name), 0600);
}

/* NAME.pem and NAME.key; from and until are seconds from now. */
static inline X509 *make(const char *name, const char *alternatives, long from, long until)
{
    char file[64];
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x = X509_new();
    X509V3_CTX context;
    X509_set_version(x, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x), (long)(intptr_t)x & 0xffffff);
    X509_gmtime_adj(X509_getm_notBefore(x), from);
    X509_gmtime_adj(X509_getm_notAfter(x), until);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
                               (const unsigned char *)name, -1, -1, 0);
    X509_set_issuer_name(x, X509_get_subject_name(authority ? authority : x));
    X509_set_pubkey(x, key);
    X509V3_set_ctx(&context, x, x, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(
        NULL, &context, authority ? NID_subject_alt_name : NID_basic_constraints,
        authority ? alternatives : "critical,CA:TRUE");
    X509_add_ext(x, extension, -1);
    X509_EXTENSION_free(extension);
    assert_true(X509_sign(x, authority ? authority_key : key, EVP_sha256()) > 0);
    snprintf(file, sizeof(file), "%s.pem", name);
    FILE *f = fopen(path_of(file), "w");
    PEM_write_X509(f, x);
    fclose(f);
    snprintf(file, sizeof(file), "%s.key", name);
    write_key(file, key, NULL);
    if (!authority) {
        authority = x;
        authority_key = key;
        return x;
    }
    EVP_PKEY_free(key);
    X509_free(x);
    return NULL;
}

static inline void write_text(const char *name, const char *text)
{
    FILE *f = fopen(path_of(name), "w");
    fputs(text, f);
    fclose(f);
}

static inline int make_files(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(folder));
    make("ca", NULL, -10, 3600);
    make("server", "DNS:parapet.example.com", -10, 30 * 86400);
    make("fw", "DNS:fw.example.com", -10, 30 * 86400);
    make("expired", "DNS:parapet.example.com", -7200, -3600);
    make("soon", "DNS:parapet.example.com", -7200, 3600);
    make("early", "DNS:parapet.example.com", 3600, 30 * 86400);
    write_text("empty.pem", "");
    write_text("text.pem", "this is no certificate\n");
    write_text("torn.pem", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
    mkdir(path_of("a-folder"), 0700);
    FILE *f = fopen(path_of("fw.key"), "r");
    EVP_PKEY *key = PEM_read_PrivateKey(f, NULL, NULL, NULL);
    fclose(f);
    write_key("locked.key", key, EVP_aes_128_cbc());
    write_key("open.key", key, NULL);
    chmod(path_of("open.key"), 0644);
    EVP_PKEY_free(key);
    EVP_PKEY *rsa = EVP_RSA_gen(2048);
    write_key("rsa.key", rsa, NULL);
    EVP_PKEY_free(rsa);
    return 0;
}

static inline int remove_files(void **state)
{
    char command[64];
    (void)state;
    EVP_PKEY_free(authority_key);
    X509_free(authority);
    snprintf(command, sizeof(command), "rm -r %s", folder);
    return system(command);
}

/* ---- what is reported ---- */

struct told {
    unsigned wrong, warned;
    char key[64], text[512];
};

static inline void on_wrong(void *context, const char *key, const char *value, const char *expected)
{
    struct told *told = context;
    assert_non_null(value);
    told->wrong++;
    snprintf(told->key, sizeof(told->key), "%s", key);
    snprintf(told->text, sizeof(told->text), "%s", expected);
}

static inline void on_warning(void *context, const char *key, const char *sentence)
{
    struct told *told = context;
    told->warned++;
    snprintf(told->key, sizeof(told->key), "%s", key);
    snprintf(told->text, sizeof(told->text), "%s", sentence);
}

static inline struct tls_context *context_new(enum tls_side side, const char *name, const char *ca,
                                              const char *asked, struct told *told)
{
    char certificate[64], key[64];
    struct told ignored;
    struct tls_report report = {on_wrong, on_warning, told ? told : &ignored};
    struct tls_settings settings = {.ca = ca ? path_of(ca) : NULL};
    snprintf(certificate, sizeof(certificate), "%s.pem", name ? name : "");
    snprintf(key, sizeof(key), "%s.key", name ? name : "");
    if (name) {
        settings.certificate = path_of(certificate);
        settings.key = path_of(key);
    }
    if (asked)
        settings.names = (struct text_list){&asked, 1};
    return tls_context_new(side, &settings, &report);
}
