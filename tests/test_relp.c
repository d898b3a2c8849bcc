/*
 * RELP against a receiver that answers as each case tells it: in order, backwards, byte by byte, late,
 * with a refusal, with nonsense. A connection that cannot be trusted ends; what it had not answered
 * comes again on the next, which is a good one.
 */
#include "tests/sink_setup.h"

#define COUNT 3000
#define SIZE  100
#define OFFERS                                                                                     \
    "1 rsp 77 200 OK\nrelp_version=0\nrelp_software=test,1,http://example.com\ncommands=syslog\n"

struct relp_server {
    pthread_t thread;
    int listener;
    const char *offers; /* the first connection's answer to "open"; NULL: a good one */
    const char *answer; /* the first connection's answer to the first message; NULL: a good one */
    unsigned held;      /* answers are held back until so many messages wait for theirs; */
    bool backwards;     /* then they come backwards, */
    bool byte_by_byte;  /* or in single bytes */
    unsigned silent;    /* so many connections answer ten messages and no more */
    int64_t timeout_ms; /* 0: a minute */
    unsigned char seen[COUNT];
    unsigned refused; /* this message is, plus 1; 0: none */
    unsigned connections, most_waiting, closes, falls;
};

struct frame {
    unsigned txnr, message;
};

static void say(int fd, const char *text, size_t len, bool byte_by_byte)
{
    for (size_t step = byte_by_byte ? 1 : len; len; text += step, len -= step)
        if (send(fd, text, step, MSG_NOSIGNAL) < 0)
            return;
}

/* Reads "TXNR COMMAND LENGTH[ DATA]\n". False: the end. */
static bool read_frame(FILE *in, unsigned *txnr, char command[16], char data[BATCH_BYTES])
{
    size_t len;
    if (fscanf(in, "%u %15s %zu", txnr, command, &len) != 3)
        return false;
    if (len && (getc(in) != ' ' || fread(data, 1, len, in) != len))
        return false;
    data[len] = '\0';
    return getc(in) == '\n';
}

static void answer_all(struct relp_server *s, int fd, const struct frame *frames, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        const struct frame *f = &frames[s->backwards ? n - 1 - i : i];
        char text[64];
        bool refused = s->refused && f->message == s->refused - 1;
        int len = snprintf(text, sizeof(text), "%u rsp %s\n", f->txnr,
                           refused ? "13 500 not today" : "6 200 OK");
        say(fd, text, (size_t)len, s->byte_by_byte);
    }
}

static void serve_connection(struct relp_server *s, int fd)
{
    static struct frame frames[COUNT];
    static char data[BATCH_BYTES];
    FILE *in = fdopen(fd, "r");
    char command[16];
    unsigned txnr, n = 0, last = 0, taken = 0;
    bool good = s->connections > 1;
    while (read_frame(in, &txnr, command, data)) {
        const char *offers = good || !s->offers ? OFFERS : s->offers;
        if (strcmp(command, "open") == 0) {
            say(fd, offers, strlen(offers), s->byte_by_byte);
            continue;
        }
        if (strcmp(command, "close") == 0) {
            s->closes++;
            continue;
        }
        unsigned message = (unsigned)strtoul(data + 8, NULL, 10);
        s->falls += message < last;
        last = message;
        s->seen[message]++;
        if (!good && s->answer && message == 0) {
            say(fd, s->answer, strlen(s->answer), false);
            continue;
        }
        if (s->connections <= s->silent && taken++ >= 10)
            continue;
        frames[n++] = (struct frame){txnr, message};
        s->most_waiting = n > s->most_waiting ? n : s->most_waiting;
        if (n >= s->held || message == COUNT - 1) {
            answer_all(s, fd, frames, n);
            n = 0;
        }
    }
    fclose(in);
}

static void *server_run(void *context)
{
    struct relp_server *s = context;
    for (int fd; (fd = accept(s->listener, NULL, NULL)) >= 0;) {
        s->connections++;
        serve_connection(s, fd);
    }
    return NULL;
}

/* COUNT messages through a receiver that behaves so. */
static struct output_counters deliver(struct relp_server *s)
{
    struct setup t = {.settings.queue_size = 64 << 20, .settings.answer_timeout_ms = s->timeout_ms};
    uint16_t port = 0;
    s->listener = bound(SOCK_STREAM, &port);
    assert_int_equal(listen(s->listener, 8), 0);
    assert_int_equal(pthread_create(&s->thread, NULL, server_run, s), 0);
    setup_open(&t, FORWARD_RELP, port, NULL);
    for (unsigned i = 0; i < COUNT; i += 100)
        push(&t, i, 100, SIZE);
    run_until(&t, all_forwarded);
    struct output_counters c = finish(&t, PATIENCE_MS);
    shutdown(s->listener, SHUT_RDWR);
    pthread_join(s->thread, NULL);
    close(s->listener);
    for (unsigned i = 0; i < COUNT; i++)
        assert_true(s->seen[i] > 0);
    assert_int_equal(s->falls, 0);
    assert_int_equal(c.forwarded + c.dropped_refused, COUNT);
    return c;
}

static unsigned twice(const struct relp_server *s)
{
    unsigned n = 0;
    for (unsigned i = 0; i < COUNT; i++)
        n += s->seen[i] - 1u;
    return n;
}

static void answered_in_order(void **state)
{
    (void)state;
    static struct relp_server s;
    struct output_counters c = deliver(&s);
    assert_int_equal(s.connections, 1);
    assert_int_equal(c.failures, 0);
    assert_int_equal(twice(&s), 0);
    assert_int_equal(s.closes, 1);
}

static void answered_backwards_and_in_pieces(void **state)
{
    (void)state;
    static struct relp_server s = {.held = 500, .backwards = true, .byte_by_byte = true};
    struct output_counters c = deliver(&s);
    assert_int_equal(c.failures, 0);
    assert_int_equal(twice(&s), 0);
}

/* Held until the window is full: then nothing more comes, and nothing is stuck. */
static void window(void **state)
{
    (void)state;
    static struct relp_server s = {.held = 1024};
    struct output_counters c = deliver(&s);
    assert_int_equal(s.most_waiting, 1024);
    assert_int_equal(c.failures, 0);
}

static void refused(void **state)
{
    (void)state;
    static struct relp_server s = {.refused = 1234 + 1};
    struct output_counters c = deliver(&s);
    assert_int_equal(c.dropped_refused, 1);
    assert_int_equal(c.failures, 0);
}

/* A receiver that takes messages and answers no more is left, also right after a new connection, and
 * what it has not answered comes again. */
static void silent(void **state)
{
    (void)state;
    static struct relp_server s = {.silent = 2, .timeout_ms = 200};
    uint64_t begin = uv_hrtime();
    struct output_counters c = deliver(&s);
    assert_true(uv_hrtime() - begin >= UINT64_C(2 * 200 * 1000000));
    assert_true(s.connections >= 3 && c.failures == s.connections - 1);
    assert_int_equal(c.forwarded, COUNT);
    assert_true(twice(&s) > 0 && twice(&s) <= c.resent);
}

static char long_answer[5000];

/* Whatever a receiver says instead of its offers, or of an answer. */
static void nonsense(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "\n",
        "220 mail.example.com ESMTP\r\n",
        "1234567890 rsp 6 200 OK\n",
        "1 rsp 1234567890 200 OK\n",
        "1 rsp 999999999 200 OK\n",
        "1 rsp 6 200 OKX",
        "1 rsp 6200 OK\n",
        "1 rsp -6 200 OK\n",
        "1 RSP 6 200 OK\n",
        "1  rsp 6 200 OK\n",
        "1 open 6 200 OK\n",
        "1 rsp 6 500 NO\n",
        "1 rsp 2 20\n",
        "1 rsp 0\n",
        "3000 rsp 6 200 OK\n",
        "2 rsp 6 200 OK\n2 rsp 6 200 OK\n2 rsp 6 200 OK\n",
        "0 rsp 6 200 OK\n0 serverclose 0\n",
        "1 rsp 21 200 OK\nrelp_version=0\n",
        "1 rsp 36 200 OK\nrelp_version=0\ncommands=other\n",
        long_answer,
    };
    memset(long_answer, '1', sizeof(long_answer) - 1);
    memcpy(long_answer, "2 rsp 4500 200 ", 15);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        static struct relp_server s;
        memset(&s, 0, sizeof(s));
        s.offers = texts[i];
        struct output_counters c = deliver(&s);
        assert_true(c.failures >= 1);
        assert_int_equal(twice(&s), 0);
    }
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        static struct relp_server s;
        memset(&s, 0, sizeof(s));
        s.answer = texts[i];
        struct output_counters c = deliver(&s);
        if (strncmp(texts[i], "2 rsp 6 ", 8) != 0)
            assert_true(c.failures >= 1);
        assert_true(twice(&s) <= c.resent);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answered_in_order),
        cmocka_unit_test(answered_backwards_and_in_pieces),
        cmocka_unit_test(window),
        cmocka_unit_test(refused),
        cmocka_unit_test(silent),
        cmocka_unit_test(nonsense),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
