/*
 * Both sides of a connection in memory: handshakes cut into pieces of any size, text in records of
 * any size, records that are broken, peers that take leave or only ask; and files of certificates
 * and keys that are wrong in every way, with the sentence that each is answered with.
 */
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

static const char *path_of(const char *name)
{
    static char paths[64][128];
    static unsigned next;
    char *path = paths[next++ % 64];
    snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
    return path;
}

static void write_key(const char *name, EVP_PKEY *key, const EVP_CIPHER *cipher)
{
    FILE *f = fopen(path_of(name), "w");
    assert_int_equal(
        PEM_write_PrivateKey(f, key, cipher, (const unsigned char *)"secret", 6, NULL, NULL), 1);
    fclose(f);
    chmod(path_of(name), 0600);
}

/* NAME.pem and NAME.key; from and until are seconds from now. */
static X509 *make(const char *name, const char *alternatives, long from, long until)
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

static void write_text(const char *name, const char *text)
{
    FILE *f = fopen(path_of(name), "w");
    fputs(text, f);
    fclose(f);
}

static int make_files(void **state)
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

static int remove_files(void **state)
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

static void on_wrong(void *context, const char *key, const char *value, const char *expected)
{
    struct told *told = context;
    assert_non_null(value);
    told->wrong++;
    snprintf(told->key, sizeof(told->key), "%s", key);
    snprintf(told->text, sizeof(told->text), "%s", expected);
}

static void on_warning(void *context, const char *key, const char *sentence)
{
    struct told *told = context;
    told->warned++;
    snprintf(told->key, sizeof(told->key), "%s", key);
    snprintf(told->text, sizeof(told->text), "%s", sentence);
}

static struct tls_context *context_new(enum tls_side side, const char *name, const char *ca,
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

/* ---- two connections ---- */

struct pair {
    struct tls *client, *server;
    enum tls_status client_status, server_status;
    char text[1 << 20]; /* that came to the server */
    size_t text_len;
};

/* Everything that waits on one side is given to the other, `piece` bytes at a time. */
static bool pass(struct tls *from, struct tls *to, enum tls_status *status, size_t piece,
                 char *text, size_t *text_len)
{
    size_t waiting, n;
    const char *bytes = tls_outgoing(from, &waiting);
    if (!waiting || *status != TLS_GOES_ON)
        return false;
    n = waiting < piece ? waiting : piece;
    char *copy = malloc(n), *out = malloc(n + TLS_RECORD_MAX);
    memcpy(copy, bytes, n);
    tls_outgoing_sent(from, n);
    size_t got;
    *status = tls_receive(to, copy, n, out, &got);
    if (text) {
        memcpy(text + *text_len, out, got);
        *text_len += got;
    } else {
        assert_int_equal(got, 0);
    }
    free(copy);
    free(out);
    return true;
}

static void pass_all(struct pair *p, size_t piece)
{
    bool more = true;
    while (more) {
        more = pass(p->client, p->server, &p->server_status, piece, p->text, &p->text_len);
        more |= pass(p->server, p->client, &p->client_status, piece, NULL, NULL);
    }
}

/* The contexts are the pair's from now on. */
static struct pair *pair_new(struct tls_context *server, struct tls_context *client,
                             const char *asked, size_t piece)
{
    struct pair *p = calloc(1, sizeof(*p));
    char nothing[TLS_RECORD_MAX];
    size_t none;
    assert_non_null(server);
    assert_non_null(client);
    p->server = tls_new(server, NULL);
    p->client = tls_new(client, asked);
    tls_context_free(server);
    tls_context_free(client);
    p->client_status = tls_receive(p->client, "", 0, nothing, &none);
    pass_all(p, piece);
    return p;
}

static struct pair *good_pair(size_t piece)
{
    return pair_new(context_new(TLS_LISTENER, "server", "ca.pem", "fw.example.com", NULL),
                    context_new(TLS_OUTPUT, "fw", "ca.pem", NULL, NULL), "parapet.example.com",
                    piece);
}

static void pair_free(struct pair *p)
{
    tls_free(p->client);
    tls_free(p->server);
    free(p);
}

static void pieces_of_any_size(void **state)
{
    static const size_t pieces[] = {1, 2, 3, 5, 100, 1000, 1 << 20};
    (void)state;
    for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
        struct pair *p = good_pair(pieces[i]);
        char *text = malloc(50000);
        for (size_t k = 0; k < 50000; k++)
            text[k] = (char)(k * 7 / 3);
        assert_true(tls_established(p->client));
        assert_true(tls_established(p->server));
        for (size_t len = 1; len <= 50000; len = len * 3 + 1) {
            p->text_len = 0;
            assert_true(tls_send(p->client, text, len));
            pass_all(p, pieces[i]);
            assert_int_equal(p->text_len, len);
            assert_memory_equal(p->text, text, len);
        }
        free(text);
        pair_free(p);
    }
}

static void leave_is_taken(void **state)
{
    (void)state;
    struct pair *p = good_pair(1000);
    assert_true(tls_send(p->client, "last words", 10));
    tls_end(p->client);
    pass_all(p, 1 << 20);
    assert_int_equal(p->server_status, TLS_ENDED);
    assert_int_equal(p->text_len, 10);
    tls_end(p->server);
    pass_all(p, 1 << 20);
    assert_int_equal(p->client_status, TLS_ENDED);
    pair_free(p);
}

static void broken_records(void **state)
{
    (void)state;
    for (size_t at = 0; at < 10; at++) {
        struct pair *p = good_pair(1000);
        size_t len, good, got;
        assert_true(tls_send(p->client, "good", 4));
        tls_outgoing(p->client, &good);
        for (int i = 0; i < 10; i++)
            assert_true(tls_send(p->client, "spoilt", 6));
        const char *bytes = tls_outgoing(p->client, &len);
        char *copy = malloc(len), *text = malloc(len + TLS_RECORD_MAX);
        memcpy(copy, bytes, len);
        if (at == 0) /* its own type; a length would only be waited for */
            copy[good] ^= 0x40;
        else
            copy[good + at * (len - good) / 10 + 5 + at] ^= 1;
        assert_int_equal(tls_receive(p->server, copy, len, text, &got), TLS_FAILED);
        assert_true(tls_established(p->server));
        assert_true(got >= 4 && memcmp(text, "good", 4) == 0);
        assert_int_equal(tls_failure(p->server), TLS_FAILURE_PROTOCOL);
        assert_true(strlen(tls_why(p->server)) > 0);
        free(copy);
        free(text);
        pair_free(p);
    }
}

static void certificates_decide(void **state)
{
    static const struct {
        const char *server, *server_ca, *server_asks, *client, *client_ca, *client_asks, *why;
        bool by_server;
    } cases[] = {
        {"server", "ca.pem", "*.example.com", "fw", "ca.pem", "parapet.example.com", NULL, false},
        {"server", NULL, NULL, NULL, "ca.pem", "parapet.example.com", NULL, false},
        {"server", "ca.pem", NULL, NULL, "ca.pem", "parapet.example.com",
         "the peer has no certificate", true},
        {"server", "ca.pem", "fw2.example.com", "fw", "ca.pem", "parapet.example.com",
         "the certificate /CN=fw: none of its names is asked for", true},
        {"server", "ca.pem", NULL, "expired", "ca.pem", "parapet.example.com",
         "the certificate /CN=expired: certificate has expired", true},
        {"server", "fw.pem", NULL, "fw", "ca.pem", "parapet.example.com",
         "the certificate /CN=fw: unable to get local issuer certificate", true},
        {"server", NULL, NULL, NULL, "ca.pem", "siem.example.com",
         "the certificate /CN=server: none of its names is asked for", false},
        {"expired", NULL, NULL, NULL, "ca.pem", "parapet.example.com",
         "the certificate /CN=expired: certificate has expired", false},
        {"early", NULL, NULL, NULL, "ca.pem", "parapet.example.com",
         "the certificate /CN=early: certificate is not yet valid", false},
        {"server", NULL, NULL, NULL, "fw.pem", "parapet.example.com",
         "the certificate /CN=server: unable to get local issuer certificate", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct pair *p =
            pair_new(context_new(TLS_LISTENER, cases[i].server, cases[i].server_ca,
                                 cases[i].server_asks, NULL),
                     context_new(TLS_OUTPUT, cases[i].client, cases[i].client_ca, NULL, NULL),
                     cases[i].client_asks, 1 << 20);
        if (!cases[i].why) {
            assert_true(tls_established(p->server) && tls_established(p->client));
            pair_free(p);
            continue;
        }
        struct tls *judge = cases[i].by_server ? p->server : p->client;
        struct tls *other = cases[i].by_server ? p->client : p->server;
        assert_int_equal(cases[i].by_server ? p->server_status : p->client_status, TLS_FAILED);
        assert_false(tls_established(judge));
        assert_int_equal(tls_failure(judge), TLS_FAILURE_CERTIFICATE);
        assert_string_equal(tls_why(judge), cases[i].why);
        /* the other side is told, and knows it for the same reason */
        assert_int_equal(tls_failure(other), TLS_FAILURE_CERTIFICATE);
        pair_free(p);
    }
}

/* ---- contexts ---- */

static void files_that_are_wrong(void **state)
{
    static const struct {
        const char *certificate, *key, *ca, *wrong_key, *expected;
    } cases[] = {
        {"none.pem", "fw.key", NULL, "certificate",
         "a file that can be read (No such file or directory)"},
        {"a-folder", "fw.key", NULL, "certificate",
         "a file that can be read (it is no regular file)"},
        {"/dev/zero", "fw.key", NULL, "certificate",
         "a file that can be read (it is no regular file)"},
        {"empty.pem", "fw.key", NULL, "certificate",
         "a certificate in PEM, with its chain (there is none in PEM in it)"},
        {"text.pem", "fw.key", NULL, "certificate",
         "a certificate in PEM, with its chain (there is none in PEM in it)"},
        {"torn.pem", "fw.key", NULL, "certificate", "a certificate in PEM, with its chain ("},
        {"fw.key", "fw.key", NULL, "certificate",
         "a certificate in PEM, with its chain (there is none in PEM in it)"},
        {"fw.pem", "none.key", NULL, "key", "a file that can be read (No such file or directory)"},
        {"fw.pem", "text.pem", NULL, "key", "a private key in PEM ("},
        {"fw.pem", "fw.pem", NULL, "key", "a private key in PEM ("},
        {"fw.pem", "locked.key", NULL, "key", "a key without a passphrase"},
        {"fw.pem", "server.key", NULL, "key", "the key of the certificate in "},
        {"fw.pem", "rsa.key", NULL, "key", "the key of the certificate in "},
        {"fw.pem", "fw.key", "none.pem", "client-ca", "a file that can be read ("},
        {"fw.pem", "fw.key", "text.pem", "client-ca", "certificates of authorities in PEM ("},
        {"fw.pem", "fw.key", "empty.pem", "client-ca", "certificates of authorities in PEM ("},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct told told = {0};
        struct tls_report report = {on_wrong, on_warning, &told};
        const char *certificate = cases[i].certificate;
        struct tls_settings settings = {
            .certificate = certificate[0] == '/' ? certificate : path_of(certificate),
            .key = path_of(cases[i].key),
            .ca = cases[i].ca ? path_of(cases[i].ca) : NULL,
        };
        assert_null(tls_context_new(TLS_LISTENER, &settings, &report));
        assert_int_equal(told.wrong, 1);
        assert_string_equal(told.key, cases[i].wrong_key);
        if (strncmp(told.text, cases[i].expected, strlen(cases[i].expected)) != 0)
            fail_msg("case %zu: %s", i, told.text);
    }
}

static void files_that_are_warned_of(void **state)
{
    static const struct {
        const char *certificate, *key, *warned_key, *sentence;
    } cases[] = {
        {"fw.pem", "fw.key", "", ""},
        {"fw.pem", "open.key", "key", "the private key is open to every user"},
        {"expired.pem", "expired.key", "certificate", "the certificate has expired"},
        {"soon.pem", "soon.key", "certificate", "the certificate expires within 14 days"},
        {"early.pem", "early.key", "certificate", "the certificate is not valid yet"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct told told = {0};
        struct tls_report report = {on_wrong, on_warning, &told};
        struct tls_settings settings = {.certificate = path_of(cases[i].certificate),
                                        .key = path_of(cases[i].key)};
        struct tls_context *context = tls_context_new(TLS_LISTENER, &settings, &report);
        assert_non_null(context);
        assert_int_equal(told.wrong, 0);
        assert_string_equal(told.key, cases[i].warned_key);
        if (strncmp(told.text, cases[i].sentence, strlen(cases[i].sentence)) != 0)
            fail_msg("case %zu: %s", i, told.text);
        tls_context_free(context);
    }
}

static void peers_that_are_wrong(void **state)
{
    const char *names[] = {"fw.example.com", "*", "two words"};
    const char *prints[] = {"sha-1:E1:2D:53:2B:7C:6B:8A:29:A2:76:C8:64:36:0B:08:4B:7A:F1:9E:9D",
                            "sha-256:E1"};
    struct told told = {0};
    struct tls_report report = {on_wrong, on_warning, &told};
    struct tls_settings settings = {.certificate = path_of("fw.pem"),
                                    .key = path_of("fw.key"),
                                    .ca = path_of("ca.pem"),
                                    .names = {names, 3},
                                    .fingerprints = {prints, 2}};
    (void)state;
    assert_null(tls_context_new(TLS_LISTENER, &settings, &report));
    assert_int_equal(told.wrong, 3);
    assert_int_equal(told.warned, 1);
    assert_string_equal(told.key, "fingerprints[1]");
}

/* A pinned certificate is let in whatever else it says; others need the authority. */
static void fingerprints_decide(void **state)
{
    char text[TLS_FINGERPRINT_TEXT];
    struct tls_context *expired = context_new(TLS_LISTENER, "expired", NULL, NULL, NULL);
    const char *print = tls_context_fingerprint(expired, text);
    struct told told = {0};
    struct tls_report report = {on_wrong, on_warning, &told};
    struct tls_settings settings = {.certificate = path_of("server.pem"),
                                    .key = path_of("server.key"),
                                    .fingerprints = {&print, 1}};
    (void)state;
    assert_int_equal(strlen(print), 8 + 32 * 3 - 1);
    for (int i = 0; i < 3; i++) {
        settings.ca = i == 2 ? path_of("ca.pem") : NULL;
        struct pair *p =
            pair_new(tls_context_new(TLS_LISTENER, &settings, &report),
                     context_new(TLS_OUTPUT, i == 0 ? "expired" : "fw", "ca.pem", NULL, NULL),
                     "parapet.example.com", 1 << 20);
        assert_int_equal(tls_established(p->server), i != 1);
        if (i == 1)
            assert_string_equal(tls_why(p->server),
                                "the certificate /CN=fw: its fingerprint is not listed");
        pair_free(p);
    }
    tls_context_free(expired);
}

/* The second connection is short, and nobody shows a certificate: the first one's counts. */
static void sessions_are_resumed(void **state)
{
    struct told told = {0};
    struct tls_report report = {on_wrong, on_warning, &told};
    struct tls_settings ours = {.certificate = path_of("server.pem"),
                                .key = path_of("server.key"),
                                .ca = path_of("ca.pem")};
    struct tls_settings theirs = {
        .certificate = path_of("fw.pem"), .key = path_of("fw.key"), .ca = path_of("ca.pem")};
    struct tls_context *server = tls_context_new(TLS_LISTENER, &ours, &report);
    struct tls_context *client = tls_context_new(TLS_OUTPUT, &theirs, &report);
    struct tls_context *other = tls_context_new(TLS_LISTENER, &ours, &report);
    struct tls_session *session = NULL;
    (void)state;
    for (int i = 0; i < 3; i++) {
        struct pair *p = calloc(1, sizeof(*p));
        char nothing[TLS_RECORD_MAX];
        size_t none;
        p->server = tls_new(i == 2 ? other : server, NULL);
        p->client = tls_new(client, "parapet.example.com");
        tls_session_offer(p->client, session);
        tls_session_free(session);
        p->client_status = tls_receive(p->client, "", 0, nothing, &none);
        pass_all(p, 1 << 20);
        assert_true(tls_established(p->server) && tls_established(p->client));
        assert_int_equal(tls_resumed(p->server), i == 1);
        assert_int_equal(tls_resumed(p->client), i == 1);
        assert_true(tls_send(p->client, "text", 4));
        pass_all(p, 1 << 20);
        assert_int_equal(p->text_len, 4);
        session = tls_session_take(p->client);
        assert_non_null(session);
        pair_free(p);
    }
    tls_session_free(session);
    tls_context_free(server);
    tls_context_free(client);
    tls_context_free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_of_any_size),   cmocka_unit_test(leave_is_taken),
        cmocka_unit_test(broken_records),       cmocka_unit_test(certificates_decide),
        cmocka_unit_test(files_that_are_wrong), cmocka_unit_test(files_that_are_warned_of),
        cmocka_unit_test(peers_that_are_wrong), cmocka_unit_test(fingerprints_decide),
        cmocka_unit_test(sessions_are_resumed),
    };
    return cmocka_run_group_tests(tests, make_files, remove_files);
}
