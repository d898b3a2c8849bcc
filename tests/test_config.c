/*
 * The configuration: defaults, what reaches the settings, the files of tests/wrong with the
 * complaints beside them, and inputs that are meant to do harm.
 */
#include "tests/told.h"

#include <dirent.h>

#include "config/convert.h"
#include "config/schema.h"

#define WRONG "tests/wrong/"

/* The sentences that a text gives; the caller frees. */
static struct told *complaints_of(const char *text, size_t len)
{
    struct told *told = told_new();
    unsigned complaints = 0;
    config_free(load_text(text, len, told, &complaints));
    assert_int_equal(complaints == 0, told->len == 0);
    return told;
}

static void write_networks(FILE *out, const char *name, const struct net_list *list)
{
    char text[NETWORK_TEXT_MAX];
    fprintf(out, "%s:", name);
    for (size_t i = 0; i < list->count; i++)
        fprintf(out, " %s", convert_network_text(text, &list->items[i]));
    fputc('\n', out);
}

static void write_texts(FILE *out, const char *name, const struct text_list *list)
{
    fprintf(out, "%s:", name);
    for (size_t i = 0; i < list->count; i++)
        fprintf(out, " %s", list->items[i]);
    fputc('\n', out);
}

static const char *text_or(const char *text)
{
    return text ? text : "(none)";
}

/* Everything but the detectors; the caller frees. */
static char *settings_text(const struct settings *s)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    fprintf(out, "%u %zu %u %lld %zu %lld %lld %zu %u %zu %lld %u\n", s->workers,
            s->max_message_size, s->max_connections, (long long)s->idle_timeout_ms,
            s->receive_buffer, (long long)s->lateness_ms, (long long)s->ahead_ms,
            s->detection_memory, s->pairs_per_source, s->connection_memory,
            (long long)s->risk_window_ms, s->risk_threshold);
    for (size_t i = 0; i < s->listen_count; i++)
        fprintf(out, "listen %d %s %u\n", s->listen[i].protocol, s->listen[i].address,
                s->listen[i].port);
    fprintf(out, "state %s %lld\n", text_or(s->state_directory), (long long)s->state_interval_ms);
    write_networks(out, "allow", &s->allow);
    write_networks(out, "internal", &s->internal);
    for (size_t i = 0; i < s->device_count; i++)
        fprintf(out, "device %u %s %s %s\n", s->devices[i].sender.prefix,
                text_or(s->devices[i].parser), text_or(s->devices[i].host),
                text_or(s->devices[i].timezone));
    for (size_t i = 0; i < s->list_count; i++)
        write_networks(out, s->lists[i].name, &s->lists[i].entries);
    for (size_t i = 0; i < s->forward_count; i++) {
        const struct forward_settings *f = &s->forward[i];
        fprintf(out, "forward %s %d %s %u %s %d %d %d %u %d %d %d %d %zu %zu %d %lld %lld\n",
                f->name, f->protocol, text_or(f->host), f->port, text_or(f->path), f->framing,
                f->header, f->format, f->facility, f->show_events, f->show_alerts, f->keep_unmapped,
                f->ipv6_c6a, f->max_message_size, f->queue_size, f->when_full,
                (long long)f->reconnect_min_ms, (long long)f->reconnect_max_ms);
        if (f->answer_timeout_ms)
            fprintf(out, "answer-timeout %lld\n", (long long)f->answer_timeout_ms);
        if (f->has_spool)
            fprintf(out, "spool %s %llu %d %d\n", f->spool.directory,
                    (unsigned long long)f->spool.size, f->spool.when_full, f->spool.use);
    }
    write_texts(out, "directories", &s->detector_directories);
    write_texts(out, "enable", &s->enable);
    write_texts(out, "disable", &s->disable);
    fclose(out);
    return text;
}

static const struct embedded_file *embedded_default(void)
{
    const struct embedded_file *f = embedded_files;
    while (f->name && strcmp(f->name, "parapet.yaml") != 0)
        f++;
    assert_non_null(f->name);
    return f;
}

static void default_file(void **state)
{
    (void)state;
    struct told *told = told_new();
    unsigned complaints = 1;
    struct config *config = config_load(NULL, on_sentence, told, &complaints);
    assert_string_equal(told->text, "");
    assert_int_equal(complaints, 0);
    const struct settings *s = config_settings(config);
    assert_int_equal(s->listen_count, 2);
    assert_int_equal(s->listen[0].port, 5514);
    assert_string_equal(s->forward[0].path, "-");
    assert_int_equal(s->enable.count, 1);
    config_free(config);
    free(told);
}

/* The manual says the truth: its values are those of keys that are left out. */
static void defaults_are_those_of_the_manual(void **state)
{
    (void)state;
    const struct embedded_file *manual = embedded_default();
    struct told *told = told_new();
    struct config *full = load_text(manual->text, manual->len, told, NULL);
    struct config *bare = load_text("workers: 1\n", 11, told, NULL);
    /* The one value that differs on purpose. */
    assert_int_equal(config_settings(full)->enable.count, 1);
    struct settings s = *config_settings(full);
    s.enable.count = 0;
    char *a = settings_text(&s), *b = settings_text(config_settings(bare));
    assert_string_equal(a, b);
    free(a);
    free(b);
    config_free(full);
    config_free(bare);
    free(told);
}

static void demand_keys(const char *manual, const struct row *rows)
{
    for (; rows->key; rows++) {
        if (!strstr(manual, rows->key))
            fail_msg("parapet.yaml does not mention %s", rows->key);
        if (rows->rows)
            demand_keys(manual, rows->rows);
    }
}

static void manual_has_every_key(void **state)
{
    (void)state;
    const struct embedded_file *manual = embedded_default();
    char *text = calloc(1, manual->len + 1);
    memcpy(text, manual->text, manual->len);
    demand_keys(text, schema_settings);
    free(text);
}

static void rows_fit_their_bounds(void **state)
{
    (void)state;
    const struct row *const tables[] = {schema_settings, schema_detector};
    char text[EXPECTATION_MAX];
    for (size_t t = 0; t < 2; t++) {
        size_t n = 0;
        for (const struct row *row = tables[t]; row->key; row++, n++) {
            size_t inner = 0;
            assert_true(strlen(schema_expects(text, row)) > 0);
            while (row->rows && row->rows[inner].key)
                inner++;
            assert_true(inner <= ROWS_MAX);
        }
        assert_true(n <= ROWS_MAX);
    }
}

static void keys_reach_the_settings(void **state)
{
    (void)state;
    static const char text[] =
        "workers: 2\n"
        "listen: [{protocol: tcp, address: \"::1\", port: 25514}]\n"
        "allow: []\n"
        "limits: {idle-timeout: 0s, lateness: 5m}\n"
        "state: {directory: /var/lib/parapet, interval: 10s}\n"
        "devices:\n"
        "  - {sender: 192.0.2.10, parser: asa, host: fw-berlin, timezone: Europe/Berlin}\n"
        "lists: [{name: nms_ips, entries: [192.0.2.1, 198.51.100.0/24]}]\n"
        "forward:\n"
        "  - {name: sink, protocol: tcp, host: 127.0.0.1, port: 25600, framing: newline,\n"
        "     header: rfc3164, format: json, facility: local7, show: [alerts], unmapped: drop,\n"
        "     ipv6: c6a, max-message-size: 4096, queue: {size: 1 MiB, when-full: drop-newest},\n"
        "     reconnect: {min: 1s}, spool: {directory: kept, size: 1 GiB, disk: always}}\n"
        "  - {name: wire, protocol: udp, host: siem.example.com, port: 514}\n"
        "  - {name: relp, protocol: relp, host: siem.example.com, port: 2514}\n"
        "  - {name: slow, protocol: relp, host: siem.example.com, port: 2515,\n"
        "     answer-timeout: 5m}\n";
    struct told *told = told_new();
    unsigned complaints = 1;
    struct config *config = load_text(text, sizeof(text) - 1, told, &complaints);
    assert_string_equal(told->text, "");
    char *found = settings_text(config_settings(config));
    assert_string_equal(
        found,
        "2 65536 10000 0 67108864 300000 2000 268435456 4096 16777216 1209600000 12\n"
        "listen 1 ::1 25514\n"
        "state /var/lib/parapet 10000\n"
        "allow:\n"
        "internal: 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 169.254.0.0/16 fc00::/7 fe80::/10\n"
        "device 128 asa fw-berlin Europe/Berlin\n"
        "nms_ips: 192.0.2.1 198.51.100.0/24\n"
        "proxy_servers:\n"
        "lan_scanner_exception_ips:\n"
        "vuln_scanners:\n"
        "dark_addresses:\n"
        "forward sink 2 127.0.0.1 25600 (none) 1 1 1 23 0 1 0 1 4096 1048576 1 1000 60000\n"
        "spool kept 1073741824 0 1\n"
        "forward wire 1 siem.example.com 514 (none) 0 0 0 16 1 1 1 0 8192 67108864 0 500 60000\n"
        "forward relp 4 siem.example.com 2514 (none) 0 0 0 16 1 1 1 0 8192 67108864 0 500 60000\n"
        "answer-timeout 60000\n"
        "forward slow 4 siem.example.com 2515 (none) 0 0 0 16 1 1 1 0 8192 67108864 0 500 60000\n"
        "answer-timeout 300000\n"
        "directories:\n"
        "enable:\n"
        "disable:\n");
    free(found);
    config_free(config);
    free(told);
}

static void state_is_beside_its_file(void **state)
{
    (void)state;
    static const char text[] = "state: {directory: kept}\n";
    struct told *told = told_new();
    struct config *config =
        config_load_text("/etc/parapet/site.yaml", text, sizeof(text) - 1, on_sentence, told, NULL);
    assert_string_equal(told->text, "");
    assert_string_equal(config_settings(config)->state_directory, "/etc/parapet/kept");
    config_free(config);
    free(told);
}

/* What passes through libcyaml comes out as it was, whatever it means to YAML. */
static void texts_are_kept(void **state)
{
    (void)state;
    static const char text[] =
        "forward: [{name: a, protocol: file, path: "
        "\"\\uFEFF\\u2028\\N\\U0001F525\303\251 : # ' \\\" \\\\ {[]}, *&!|>%@`~\"}]\n"
        "devices: [{sender: 192.0.2.1, host: 'null', parser: \"~\"}]\n";
    struct told *told = told_new();
    unsigned complaints = 1;
    struct config *config = load_text(text, sizeof(text) - 1, told, &complaints);
    assert_string_equal(told->text, "");
    const struct settings *s = config_settings(config);
    assert_string_equal(s->forward[0].path,
                        "\xef\xbb\xbf\xe2\x80\xa8\xc2\x85\xf0\x9f\x94\xa5\xc3\xa9"
                        " : # ' \" \\ {[]}, *&!|>%@`~");
    assert_string_equal(s->devices[0].host, "null");
    assert_string_equal(s->devices[0].parser, "~");
    config_free(config);
    free(told);
}

/* As an editor on another system writes it. */
static void byte_order_mark_and_crlf(void **state)
{
    (void)state;
    static const char text[] = "\xef\xbb\xbfworkers: 2\r\nlimits:\r\n  lateness: 5s\r\n";
    struct told *told = told_new();
    struct config *config = load_text(text, sizeof(text) - 1, told, NULL);
    assert_string_equal(told->text, "");
    assert_int_equal(config_settings(config)->workers, 2);
    assert_int_equal(config_settings(config)->lateness_ms, 5000);
    config_free(config);
    free(told);
    static const char open_quote[] = "\xef\xbb\xbf"
                                     "a: \"\303\251\" \"";
    told = complaints_of(open_quote, sizeof(open_quote) - 1);
    assert_non_null(strstr(told->text, "test.yaml:1:9: not YAML"));
    free(told);
}

static char *read_whole(const char *path)
{
    FILE *file = fopen(path, "r");
    char *text = calloc(1, 256 * 1024);
    if (file) {
        size_t len = fread(text, 1, 256 * 1024 - 1, file);
        text[len] = '\0';
        fclose(file);
    }
    return text;
}

static int by_name(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* Each tests/wrong/NAME.yaml gives exactly the lines of NAME.expected. */
static void wrong_files(void **state)
{
    (void)state;
    char *names[200], path[512];
    size_t count = 0;
    DIR *dir = opendir(WRONG);
    assert_non_null(dir);
    for (struct dirent *e; (e = readdir(dir)) && count < 200;)
        if (strlen(e->d_name) > 5 && strcmp(e->d_name + strlen(e->d_name) - 5, ".yaml") == 0)
            names[count++] = strndup(e->d_name, strlen(e->d_name) - 5);
    closedir(dir);
    qsort(names, count, sizeof(names[0]), by_name);
    assert_true(count >= 25);
    for (size_t i = 0; i < count; i++) {
        struct told *told = told_new();
        unsigned complaints = 0;
        snprintf(path, sizeof(path), WRONG "%s.expected", names[i]);
        char *expected = read_whole(path);
        snprintf(path, sizeof(path), WRONG "%s.yaml", names[i]);
        struct config *config = config_load(path, on_sentence, told, &complaints);
        complaints += config_settings(config)->wrong_detectors;
        config_free(config);
        if (strcmp(told->text, expected) != 0 || complaints == 0)
            fail_msg("%s: found:\n%s\nexpected:\n%s", path, told->text, expected);
        free(expected);
        free(told);
        free(names[i]);
    }
}

static void unreadable_files(void **state)
{
    (void)state;
    char name[5000];
    memset(name, 'n', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    const char *const paths[] = {WRONG "no_such.yaml", "tests", "/dev/zero", "", name};
    const char *const whys[] = {"No such file", "a folder, not a file", "not a regular file",
                                "No such file", "File name too long"};
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        struct told *told = told_new();
        unsigned complaints = 0;
        config_free(config_load(paths[i], on_sentence, told, &complaints));
        assert_int_equal(complaints, 1);
        if (strlen(paths[i]) < 1000)
            assert_non_null(strstr(told->text, whys[i]));
        free(told);
    }
}

/* `times` times a piece of text, as one configuration: complained about, and quickly. */
static void hostile(const char *before, const char *piece, size_t times, const char *sentence)
{
    size_t piece_len = strlen(piece), len = strlen(before);
    char *text = malloc(len + piece_len * times + 1);
    memcpy(text, before, len);
    for (size_t i = 0; i < times; i++, len += piece_len)
        memcpy(text + len, piece, piece_len);
    struct told *told = complaints_of(text, len);
    if (!strstr(told->text, sentence))
        fail_msg("%zu times %s: %.500s", times, piece, told->text);
    free(told);
    free(text);
}

static void hostile_texts(void **state)
{
    (void)state;
    hostile("", "[", 100000, "nested more deeply");
    hostile("", "{a: ", 100000, "nested more deeply");
    hostile("", "- ", 100000, "nested more deeply");
    hostile("", "? ", 100000, "not a list or a mapping");
    hostile("", "x", 10 * 1024 * 1024, "longer than 1048576 bytes");
    hostile("", "k: 1\n", 100000, "only the first 200 are shown");
    hostile("workers: 1\n", "workers: 1\n", 50000, "only the first 200 are shown");
    hostile("allow:\n", "- 300.1.1.1\n", 9000, "only the first 200 are shown");
    hostile("allow:\n", "- 10.0.0.0/8\n", 60000, "a list of at most 10000");
    hostile("workers: ", "9", 1000000, "a whole number from 1 to 64");
    hostile("detectors:\n  enable:\n", "  - an_unknown_detector\n", 900, "only the first");
    hostile("workers: 1 #", "\xff", 1, "expected UTF-8");
    hostile("a: &a 1\nb: ", "*a", 1, "aliases");
}

/* A file that ends anywhere is read without touching a byte behind it. */
static void cut_anywhere(void **state)
{
    (void)state;
    const struct embedded_file *manual = embedded_default();
    for (size_t len = 0; len < manual->len; len += 37)
        free(complaints_of(manual->text, len));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(default_file),
        cmocka_unit_test(defaults_are_those_of_the_manual),
        cmocka_unit_test(manual_has_every_key),
        cmocka_unit_test(rows_fit_their_bounds),
        cmocka_unit_test(keys_reach_the_settings),
        cmocka_unit_test(state_is_beside_its_file),
        cmocka_unit_test(texts_are_kept),
        cmocka_unit_test(byte_order_mark_and_crlf),
        cmocka_unit_test(wrong_files),
        cmocka_unit_test(unreadable_files),
        cmocka_unit_test(hostile_texts),
        cmocka_unit_test(cut_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
