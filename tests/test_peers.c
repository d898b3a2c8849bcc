/*
 * Who is let in by what a certificate says: host names with and without wildcards, addresses, the
 * common name where there is nothing better, names with a NUL in them, fingerprints.
 */
#include "server/tls/peers.h"

#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* A name of a certificate, of so many bytes; `type` is GEN_DNS or GEN_IPADD. */
struct name {
    int type;
    const char *bytes;
    size_t len;
};

#define DNS(text)                                                                                  \
    {                                                                                              \
        GEN_DNS, text, sizeof(text) - 1                                                            \
    }
#define IP(text)                                                                                   \
    {                                                                                              \
        GEN_IPADD, text, sizeof(text) - 1                                                          \
    }

static X509 *certificate(const char *common, size_t common_len, const struct name *names)
{
    X509 *x = X509_new();
    GENERAL_NAMES *all = names->bytes ? GENERAL_NAMES_new() : NULL;
    X509_NAME *subject = X509_get_subject_name(x);
    EVP_PKEY *key = EVP_EC_gen("P-256");
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), 0);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_set_pubkey(x, key);
    if (common)
        X509_NAME_add_entry_by_NID(subject, NID_commonName, V_ASN1_UTF8STRING,
                                   (const unsigned char *)common, (int)common_len, -1, 0);
    for (; names->bytes; names++) {
        GENERAL_NAME *name = GENERAL_NAME_new();
        ASN1_STRING *value =
            ASN1_STRING_type_new(names->type == GEN_DNS ? V_ASN1_IA5STRING : V_ASN1_OCTET_STRING);
        ASN1_STRING_set(value, names->bytes, (int)names->len);
        GENERAL_NAME_set0_value(name, names->type, value);
        sk_GENERAL_NAME_push(all, name);
    }
    if (all)
        assert_int_equal(X509_add1_ext_i2d(x, NID_subject_alt_name, all, 0, 0), 1);
    GENERAL_NAMES_free(all);
    assert_true(X509_sign(x, key, EVP_sha256()) > 0);
    EVP_PKEY_free(key);
    return x;
}

static void names_match(void **state)
{
    static const struct {
        const char *common;
        size_t common_len;
        struct name names[3];
        const char *asked;
        bool match;
    } cases[] = {
        {NULL, 0, {DNS("fw.example.com")}, "fw.example.com", true},
        {NULL, 0, {DNS("fw.example.com")}, "FW.Example.COM", true},
        {NULL, 0, {DNS("fw.example.com")}, "fw.example.co", false},
        {NULL, 0, {DNS("fw.example.com")}, "w.example.com", false},
        {NULL, 0, {DNS("a.example.com"), DNS("b.example.com")}, "b.example.com", true},
        /* a wildcard is one whole leftmost label */
        {NULL, 0, {DNS("*.example.com")}, "a.example.com", true},
        {NULL, 0, {DNS("*.example.com")}, "b.example.com", true},
        {NULL, 0, {DNS("*.example.com")}, "example.com", false},
        {NULL, 0, {DNS("*.example.com")}, "a.b.example.com", false},
        {NULL, 0, {DNS("f*.example.com")}, "fw.example.com", false},
        {NULL, 0, {DNS("*w.example.com")}, "fw.example.com", false},
        {NULL, 0, {DNS("a.*.com")}, "a.example.com", false},
        {NULL, 0, {DNS("*")}, "localhost", false},
        {NULL, 0, {DNS("*.com")}, "example.com", false},
        {NULL, 0, {DNS("*.*.example.com")}, "a.b.example.com", false},
        /* and so it is in what is asked for */
        {NULL, 0, {DNS("a.example.com")}, "*.example.com", true},
        {NULL, 0, {DNS("*.example.com")}, "*.example.com", true},
        {NULL, 0, {DNS("a.b.example.com")}, "*.example.com", false},
        {NULL, 0, {DNS("example.com")}, "*.example.com", false},
        {NULL, 0, {DNS("aexample.com")}, "*.example.com", false},
        /* the common name counts only where there is no DNS name */
        {"fw.example.com", 14, {{0}}, "fw.example.com", true},
        {"fw.example.com", 14, {IP("\xc0\x00\x02\x07")}, "fw.example.com", true},
        {"fw.example.com", 14, {DNS("other.example.com")}, "fw.example.com", false},
        {"*.example.com", 13, {{0}}, "fw.example.com", true},
        {"fw.example.com", 14, {{0}}, "*.example.com", true},
        {"192.0.2.7", 9, {{0}}, "192.0.2.7", false},
        /* addresses are compared as such */
        {NULL, 0, {IP("\xc0\x00\x02\x07")}, "192.0.2.7", true},
        {NULL, 0, {IP("\xc0\x00\x02\x07")}, "192.0.2.8", false},
        {NULL, 0, {DNS("192.0.2.7")}, "192.0.2.7", false},
        {NULL, 0, {IP("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01")}, "2001:db8::1", true},
        {NULL, 0, {IP("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01")}, "2001:DB8:0::1", true},
        {NULL, 0, {IP("\xc0\x00\x02")}, "192.0.2.0", false},
        /* what stands before a NUL is no name */
        {NULL, 0, {DNS("fw.example.com\0.attacker.example")}, "fw.example.com", false},
        {"fw.example.com\0.attacker.example", 32, {{0}}, "fw.example.com", false},
        {NULL, 0, {DNS("")}, "fw.example.com", false},
        {NULL, 0, {{0}}, "fw.example.com", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        X509 *x = certificate(cases[i].common, cases[i].common_len, cases[i].names);
        if (peers_match_name(x, cases[i].asked) != cases[i].match)
            fail_msg("case %zu: asked for %s", i, cases[i].asked);
        X509_free(x);
    }
}

static void names_are_told_from_other_text(void **state)
{
    static const char *const good[] = {"fw",        "fw.example.com", "*.example.com",
                                       "192.0.2.7", "2001:db8::1",    "fw_1-a.example",
                                       "::"};
    static const char *const bad[] = {
        "",   ".",   "*",      "*.",    "*.com", "f*.com", "a..b",      ".a",
        "a.", "a b", "*a.b.c", "a.*.c", "fw\nx", "[::1]",  "1.2.3.4/8", "f\xc3\xbc.example"};
    char label[300];
    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        if (!peers_is_name(good[i]))
            fail_msg("%s", good[i]);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (peers_is_name(bad[i]))
            fail_msg("%s", bad[i]);
    memset(label, 'a', sizeof(label));
    label[63] = '\0';
    assert_true(peers_is_name(label));
    label[63] = 'a';
    label[64] = '\0';
    assert_false(peers_is_name(label));
}

#define COLONS "E1:2D:53:2B:7C:6B:8A:29:A2:76:C8:64:36:0B:08:4B:7A:F1:9E:9D"
#define PLAIN  "e12d532b7c6b8a29a276c864360b084b7af19e9d"

static void fingerprints_are_read(void **state)
{
    static const struct {
        const char *text;
        unsigned len; /* 0: it is none */
    } cases[] = {
        {"sha-1:" COLONS, 20},
        {"SHA1:" PLAIN, 20},
        {"sha-256:" PLAIN "000102030405060708090a0b", 32},
        {"sha256:" COLONS ":00:01:02:03:04:05:06:07:08:09:0A:0B", 32},
        {"sha-256:" COLONS, 0},
        {"sha-1:" COLONS ":00", 0},
        {"sha-1:" COLONS ":", 0},
        {"sha-1:" PLAIN "0", 0},
        {"sha-1:E1:2D:5", 0},
        {"sha-1:", 0},
        {"sha-1", 0},
        {"md5:" COLONS, 0},
        {COLONS, 0},
        {"", 0},
        {"sha-1::E1" COLONS, 0},
        {"sha-1:G1:2D:53:2B:7C:6B:8A:29:A2:76:C8:64:36:0B:08:4B:7A:F1:9E:9D", 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct fingerprint f;
        char *text = strdup(cases[i].text);
        bool read = peers_read_fingerprint(text, &f);
        if (read != (cases[i].len > 0) || (read && (f.len != cases[i].len || f.bytes[1] != 0x2d)))
            fail_msg("%s", text);
        free(text);
    }
}

static void fingerprints_match(void **state)
{
    const struct name none[] = {{0}};
    X509 *x = certificate("a", 1, none), *other = certificate("a", 1, none);
    struct fingerprint f[3] = {
        {.digest = EVP_sha1()}, {.digest = EVP_sha1()}, {.digest = EVP_sha256()}};
    (void)state;
    X509_digest(other, f[0].digest, f[0].bytes, &f[0].len);
    X509_digest(x, f[1].digest, f[1].bytes, &f[1].len);
    X509_digest(x, f[2].digest, f[2].bytes, &f[2].len);
    assert_false(peers_match_fingerprint(x, f, 0));
    assert_false(peers_match_fingerprint(x, f, 1));
    assert_true(peers_match_fingerprint(x, f, 2));
    assert_true(peers_match_fingerprint(x, f + 2, 1));
    f[2].bytes[31] ^= 1;
    assert_false(peers_match_fingerprint(x, f + 2, 1));
    X509_free(x);
    X509_free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_match),
        cmocka_unit_test(names_are_told_from_other_text),
        cmocka_unit_test(fingerprints_are_read),
        cmocka_unit_test(fingerprints_match),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
