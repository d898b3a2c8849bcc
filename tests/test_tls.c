/*
 * Both sides of a connection in memory: handshakes cut into pieces of any size, text in records of
 * any size, records that are broken, peers that take leave, certificates that are refused, sessions
 * that are resumed.
 */
#include "tests/tls_setup.h"

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
        cmocka_unit_test(pieces_of_any_size),  cmocka_unit_test(leave_is_taken),
        cmocka_unit_test(broken_records),      cmocka_unit_test(certificates_decide),

        cmocka_unit_test(fingerprints_decide), cmocka_unit_test(sessions_are_resumed),
    };
    return cmocka_run_group_tests(tests, make_files, remove_files);
}
