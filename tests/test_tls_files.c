/* Certificates, keys, names and fingerprints that are wrong in every way, with the sentence that each is
 * answered with. */
#include "tests/tls_setup.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_that_are_wrong),
        cmocka_unit_test(files_that_are_warned_of),
        cmocka_unit_test(peers_that_are_wrong),
    };
    return cmocka_run_group_tests(tests, make_files, remove_files);
}
