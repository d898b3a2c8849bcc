/*
 * An output with a spool: the receiver away, slow, coming and going, the program ending and starting
 * again, the disk full or failing. Every message arrives, or is counted, and the order is kept.
 */
#include "tests/sink_setup.h"

#include <dirent.h>
#include <sys/resource.h>

static char folder[64];

static int folder_new(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/parapet-sink-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int folder_gone(void **state)
{
    (void)state;
    DIR *d = opendir(folder);
    for (struct dirent *e; d && (e = readdir(d));)
        unlinkat(dirfd(d), e->d_name, 0);
    closedir(d);
    return rmdir(folder);
}

static void open_spooled(struct setup *t, uint16_t port, uint64_t size, enum when_full when_full,
                         enum spool_use use)
{
    char error[SPOOL_ERROR_MAX];
    t->settings.has_spool = true;
    t->settings.spool = (struct spool_settings){
        .directory = folder, .size = size, .when_full = when_full, .use = use};
    setup_open(t, FORWARD_TCP, port, NULL);
    assert_int_equal(sink_open_spool(t->sink, error), 0);
    conserve(t);
}

static struct output_counters counters(struct setup *t)
{
    return sink_counters(t->sink);
}

static bool all_spooled(struct setup *t)
{
    return counters(t).spooled >= 5000;
}

/* Away while the messages come; then the program ends, starts anew, and the receiver is back. */
static void over_a_restart(void **state)
{
    (void)state;
    for (int use = 0; use < 2; use++) {
        struct setup t = {.settings.queue_size = 8 << 20};
        struct receiver r = {.connections = 1};
        uint16_t port = 0;
        int listener = bound(SOCK_STREAM, &port);
        open_spooled(&t, port, 64 << 20, WHEN_FULL_BLOCK, (enum spool_use)use);
        for (unsigned i = 0; i < 50; i++)
            assert_true(push(&t, i * 100, 100, 200));
        run_until(&t, is_down);
        run_until(&t, all_spooled);
        push(&t, 5000, 100, 200);
        assert_int_equal(finish_spooled(&t, 10).queued, 5100);

        t = (struct setup){.settings.queue_size = 8 << 20};
        open_spooled(&t, port, 64 << 20, WHEN_FULL_BLOCK, (enum spool_use)use);
        assert_int_equal(counters(&t).recovered, 5100);
        push(&t, 5100, 10, 200);
        receiver_start(&r, listener);
        run_until(&t, all_forwarded);
        struct output_counters c = finish(&t, PATIENCE_MS);
        assert_int_equal(c.forwarded, 5110);
        assert_int_equal(c.set_aside, 0);
        receiver_check(&r, 200, 5110);
    }
}

static bool has_room(struct setup *t)
{
    return sink_room(t->sink);
}

/* More than the memory holds, a receiver that is slower than the pusher: the order is kept. */
static void slow_receiver(void **state)
{
    (void)state;
    struct setup t = {.settings.queue_size = 2 << 20};
    struct receiver r = {.connections = 1, .pause = 10};
    uint16_t port = 0;
    receiver_start(&r, bound(SOCK_STREAM, &port));
    open_spooled(&t, port, 64 << 20, WHEN_FULL_BLOCK, SPOOL_WHEN_NEEDED);
    push(&t, 0, 1, 1000);
    run_until(&t, all_forwarded);
    for (unsigned i = 0; i < 200; i++) {
        if (!push(&t, 1 + i * 50, 50, 1000))
            run_until(&t, has_room);
    }
    run_until(&t, all_forwarded);
    assert_true(counters(&t).spooled > 0);
    struct output_counters c = finish(&t, PATIENCE_MS);
    assert_int_equal(c.forwarded, 10001);
    receiver_check(&r, 1000, 10001);
}

/* The receiver is gone again and again with something unread. */
static void coming_and_going(void **state)
{
    (void)state;
    for (int use = 0; use < 2; use++) {
        static unsigned char seen[20000];
        memset(seen, 0, sizeof(seen));
        struct setup t = {.settings.queue_size = 64 << 20, .settings.retain = 16 << 20};
        struct receiver r = {
            .connections = 5, .limit = 400000, .seen = seen, .seen_size = 500, .unread = 1};
        uint16_t port = 0;
        unsigned lost = 0;
        receiver_start(&r, bound(SOCK_STREAM, &port));
        open_spooled(&t, port, 64 << 20, WHEN_FULL_BLOCK, (enum spool_use)use);
        for (unsigned i = 0; i < 200; i++) {
            push(&t, i * 100, 100, 500);
            uv_run(&t.loop, UV_RUN_NOWAIT);
        }
        run_until(&t, all_forwarded);
        struct output_counters c = finish(&t, PATIENCE_MS);
        receiver_end(&r);
        assert_int_equal(c.forwarded, 20000);
        for (unsigned i = 0; i < 20000; i++)
            lost += !seen[i];
        assert_int_equal(lost, 0);
        free(r.bytes);
    }
}

/* The spool is small, and nobody there: what then happens is what the settings say. */
static void full(void **state)
{
    (void)state;
    static const enum when_full ways[] = {WHEN_FULL_BLOCK, WHEN_FULL_DROP_NEWEST,
                                          WHEN_FULL_DROP_OLDEST};
    for (unsigned way = 0; way < 3; way++) {
        struct setup t = {.settings.queue_size = 1 << 20};
        uint16_t port = 0;
        unsigned first, next = 0, seed = 1;
        int held = bound(SOCK_STREAM, &port);
        struct receiver r = {.connections = 1};
        open_spooled(&t, port, 1 << 20, ways[way], SPOOL_ALWAYS);
        bool go_on = true;
        while (go_on && counters(&t).dropped_queue_full + counters(&t).dropped_oldest == 0) {
            struct batch *b = sink_batch(t.sink);
            for (; b->count < 100; b->events++, next++) {
                char *p = b->bytes + b->len;
                snprintf(p, 18, "message %09u", next);
                for (unsigned i = 17; i < 499; i++) /* nothing to compress */
                    p[i] = (char)('!' + (seed = seed * 1103515245 + 12345) / 65536 % 90);
                p[499] = '\n';
                b->len += 500;
                b->ends[b->count++] = (uint32_t)b->len;
            }
            go_on = sink_push(t.sink, b);
            uv_run(&t.loop, UV_RUN_NOWAIT);
            conserve(&t);
        }
        struct output_counters c = counters(&t);
        assert_int_equal(go_on, ways[way] != WHEN_FULL_BLOCK);
        assert_int_equal(c.dropped_oldest > 0, ways[way] == WHEN_FULL_DROP_OLDEST);
        assert_int_equal(c.dropped_queue_full > 0, ways[way] == WHEN_FULL_DROP_NEWEST);
        receiver_start(&r, held);
        run_until(&t, all_forwarded);
        if (!go_on)
            run_until(&t, is_room);
        c = finish(&t, PATIENCE_MS);
        receiver_end(&r);
        assert_int_equal(c.forwarded + c.dropped_oldest + c.dropped_queue_full, next);
        assert_int_equal(check_messages(r.bytes, r.len, 500, &first), c.forwarded);
        if (ways[way] != WHEN_FULL_DROP_OLDEST)
            assert_int_equal(first, 0);
        free(r.bytes);
    }
}

static bool has_failed(struct setup *t)
{
    return counters(t).spool_failures > 0;
}

/* From now on no file may grow. */
static void fill_disk(struct rlimit *before)
{
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, before);
    struct rlimit full = *before;
    full.rlim_cur = 100;
    setrlimit(RLIMIT_FSIZE, &full);
}

/* A full disk: what cannot be written goes from memory to the receiver; while it is away, what
 * the memory holds waits. */
static void failing_disk(void **state)
{
    (void)state;
    struct rlimit before;
    struct setup t = {.settings.queue_size = 4 << 20};
    struct receiver r = {.connections = 1};
    uint16_t port = 0;
    int listener = bound(SOCK_STREAM, &port);
    open_spooled(&t, port, 64 << 20, WHEN_FULL_BLOCK, SPOOL_ALWAYS);
    fill_disk(&before);
    push(&t, 0, 100, 500);
    run_until(&t, has_failed);
    for (unsigned i = 100; i < 1000; i += 100)
        assert_true(push(&t, i, 100, 500));
    receiver_start(&r, listener);
    run_until(&t, all_forwarded);
    assert_int_equal(counters(&t).spooled, 0);
    setrlimit(RLIMIT_FSIZE, &before);
    push(&t, 1000, 100, 500);
    run_until(&t, all_forwarded);
    struct output_counters c = finish(&t, PATIENCE_MS);
    assert_int_equal(c.forwarded, 1100);
    receiver_check(&r, 500, 1100);
}

/* The end without a disk: counted. */
static void failing_at_exit(void **state)
{
    (void)state;
    struct rlimit before;
    struct setup t = {.settings.queue_size = 4 << 20};
    uint16_t port = 0;
    int held = bound(SOCK_STREAM, &port);
    open_spooled(&t, port, 64 << 20, WHEN_FULL_BLOCK, SPOOL_WHEN_NEEDED);
    fill_disk(&before);
    push(&t, 0, 100, 500);
    assert_int_equal(finish(&t, 20).dropped_at_exit, 100);
    setrlimit(RLIMIT_FSIZE, &before);
    close(held);
}

static bool has_spooled(struct setup *t)
{
    return counters(t).spooled == 1000;
}

/* A reload changes the output: another with the same folder goes on, framed anew if need be. */
static void another_takes_its_place(void **state)
{
    (void)state;
    struct setup t = {.settings.queue_size = 8 << 20, .settings.framing = FRAMING_NEWLINE};
    struct receiver r = {.connections = 1};
    struct forward_settings changed;
    struct sink *before;
    const char *error;
    uint16_t port = 0;
    int listener = bound(SOCK_STREAM, &port);
    open_spooled(&t, port, 64 << 20, WHEN_FULL_BLOCK, SPOOL_ALWAYS);
    for (unsigned i = 0; i < 1000; i += 100)
        push(&t, i, 100, 200);
    run_until(&t, has_spooled);
    push(&t, 1000, 10, 200);

    before = t.sink;
    changed = t.settings;
    changed.framing = FRAMING_OCTET_COUNTING;
    changed.spool.size = 32 << 20;
    changed.spool.use = SPOOL_WHEN_NEEDED;
    assert_int_equal(sink_new(&t.sink, &t.loop, &changed, on_room, &t, &error), 0);
    sink_hand_over(before, t.sink);
    conserve(&t);
    sink_start(t.sink);
    sink_close(before, 0, on_closed, &t);
    push(&t, 1010, 10, 200);
    receiver_start(&r, listener);
    run_until(&t, all_forwarded);
    struct output_counters c = finish(&t, PATIENCE_MS);
    receiver_end(&r);
    sink_free(before);
    assert_int_equal(c.offered_events, 1020);
    assert_int_equal(c.forwarded, 1020);
    assert_int_equal(c.recovered, 0);
    assert_int_equal(r.len, 1010 * (4 + 199) + 10 * 200);
    assert_memory_equal(r.bytes, "199 message 000000000", 21);
    free(r.bytes);
}

/* A reload gives the output a spool that holds something: that leaves, too. */
static void spool_of_before(void **state)
{
    (void)state;
    struct setup t = {.settings.queue_size = 8 << 20};
    struct receiver r = {.connections = 1};
    struct forward_settings changed;
    struct sink *before;
    const char *error;
    char sentence[SPOOL_ERROR_MAX];
    uint16_t port = 0;
    int listener = bound(SOCK_STREAM, &port);
    open_spooled(&t, port, 64 << 20, WHEN_FULL_BLOCK, SPOOL_ALWAYS);
    push(&t, 0, 100, 200);
    assert_int_equal(finish_spooled(&t, 10).queued, 100);

    changed = t.settings;
    t = (struct setup){.settings.queue_size = 8 << 20};
    setup_open(&t, FORWARD_TCP, port, NULL);
    push(&t, 100, 10, 200);
    before = t.sink;
    assert_int_equal(sink_new(&t.sink, &t.loop, &changed, on_room, &t, &error), 0);
    assert_int_equal(sink_open_spool(t.sink, sentence), 0);
    sink_hand_over(before, t.sink);
    conserve(&t);
    sink_start(t.sink);
    sink_close(before, 0, on_closed, &t);
    receiver_start(&r, listener);
    run_until(&t, all_forwarded);
    assert_int_equal(finish(&t, PATIENCE_MS).forwarded, 110);
    receiver_end(&r);
    sink_free(before);
    assert_int_equal(r.len, 110 * 200);
    free(r.bytes);
}

static void taken_folder(void **state)
{
    (void)state;
    struct setup t = {0}, other = {0};
    char error[SPOOL_ERROR_MAX];
    uint16_t port = 0;
    int held = bound(SOCK_STREAM, &port);
    open_spooled(&t, port, 1 << 20, WHEN_FULL_BLOCK, SPOOL_ALWAYS);
    other.settings = t.settings;
    setup_open(&other, FORWARD_TCP, port, NULL);
    assert_int_equal(sink_open_spool(other.sink, error), UV_EAGAIN);
    assert_non_null(strstr(error, "no other process"));
    finish(&other, 10);
    finish(&t, 10);
    close(held);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_new, folder_gone)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(over_a_restart),
        TEST(slow_receiver),
        TEST(coming_and_going),
        TEST(full),
        TEST(failing_disk),
        TEST(failing_at_exit),
        TEST(another_takes_its_place),
        TEST(spool_of_before),
        TEST(taken_folder),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
