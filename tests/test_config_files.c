/* Files that a configuration names: lists of addresses, detectors; and the server's complaints. */
#include "tests/told.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/convert.h"

/* A folder of its own for each test that needs files. */
struct folder {
    char path[64];
};

static void folder_make(struct folder *f)
{
    strcpy(f->path, "/tmp/parapet-test-XX"
                    "XX"
                    "XX");
    assert_non_null(mkdtemp(f->path));
}

static void folder_write(const struct folder *f, const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof(path), "%s/%s", f->path, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void folder_remove(const struct folder *f)
{
    DIR *dir = opendir(f->path);
    char path[512];
    for (struct dirent *e; dir && (e = readdir(dir));) {
        snprintf(path, sizeof(path), "%s/%s", f->path, e->d_name);
        unlink(path);
    }
    closedir(dir);
    rmdir(f->path);
}

static struct config *load_from(const struct folder *f, struct told *told, unsigned *complaints)
{
    char path[256];
    snprintf(path, sizeof(path), "%s/parapet.yaml", f->path);
    return config_load(path, on_sentence, told, complaints);
}

static void lists_from_files(void **state)
{
    (void)state;
    struct folder f;
    struct told *told = told_new();
    unsigned complaints = 1;
    folder_make(&f);
    folder_write(&f, "parapet.yaml",
                 "lists: [{name: a, entries: [192.0.2.9], file: a.txt}, {name: b, file: b.txt}]\n");
    folder_write(&f, "a.txt", "# hosts\r\n\n 192.0.2.1 # one\n2001:db8::/32\r\n\t198.51.100.0/24");
    folder_write(&f, "b.txt", "");
    struct config *config = load_from(&f, told, &complaints);
    assert_string_equal(told->text, "");
    const struct settings *s = config_settings(config);
    assert_int_equal(s->list_count, 7);
    assert_int_equal(s->lists[0].entries.count, 4);
    assert_int_equal(s->lists[1].entries.count, 0);
    char text[NETWORK_TEXT_MAX];
    assert_string_equal(convert_network_text(text, &s->lists[0].entries.items[0]), "192.0.2.9");
    assert_string_equal(convert_network_text(text, &s->lists[0].entries.items[3]),
                        "198.51.100.0/24");
    config_free(config);
    folder_remove(&f);
    free(told);
}

static const char sweep[] = "name: a_sweep\n"
                            "title: Sweep\n"
                            "enabled: false\n"
                            "type: value_count\n"
                            "where:\n"
                            "  class: int_int\n"
                            "  protocol: [tcp, udp]\n"
                            "  dst_port: [1-1024, 3389]\n"
                            "  not_dst_port: 53\n"
                            "  event_id: [106023]\n"
                            "  not_reversed: true\n"
                            "group-by: src_ip\n"
                            "condition: {field: dst_ip, gte: 20}\n"
                            "tiers:\n"
                            "  - {gte: 100, severity: medium}\n"
                            "also: {where: {evidence: [denied, refused]}, gte: 10}\n"
                            "timespan: 5m\n"
                            "severity: low\n"
                            "score: 2\n"
                            "entities: [src_ip, src_host]\n"
                            "techniques: [T1046]\n"
                            "summary: \"{{src_ip}} {{count}}\"\n";

static const struct detector_settings *detector_of(const struct settings *s, const char *name)
{
    for (size_t i = 0; i < s->detector_count; i++)
        if (strcmp(s->detectors[i].name, name) == 0)
            return &s->detectors[i];
    return NULL;
}

/* Loads with the detector files of the folder. */
static struct config *load_detectors(const struct folder *f, const char *keys, struct told *told,
                                     unsigned *complaints)
{
    char text[512];
    int len = snprintf(text, sizeof(text), "detectors: {directories: [%s]%s}\n", f->path, keys);
    return load_text(text, (size_t)len, told, complaints);
}

static void a_detector_file(void **state)
{
    (void)state;
    struct folder f;
    struct told *told = told_new();
    unsigned complaints = 1;
    folder_make(&f);
    folder_write(&f, "a_sweep.yaml", sweep);
    folder_write(&f, "notes.txt", "no detector");
    folder_write(&f, ".hidden.yaml", "no detector");
    struct config *config = load_detectors(&f, ", enable: [a_sweep]", told, &complaints);
    assert_string_equal(told->text, "");
    const struct detector_settings *d = detector_of(config_settings(config), "a_sweep");
    assert_non_null(d);
    assert_false(d->enabled);
    assert_string_equal(d->title, "Sweep");
    assert_int_equal(d->where.class.count, 1);
    assert_string_equal(d->where.class.items[0], "int_int");
    assert_int_equal(d->where.protocol.count, 2);
    assert_int_equal(d->where.dst_port.count, 2);
    assert_true(d->where.dst_port.items[0].first == 1 && d->where.dst_port.items[0].last == 1024);
    assert_true(d->where.not_dst_port.count == 1 && d->where.not_dst_port.items[0].last == 53);
    assert_string_equal(d->where.event_id.items[0], "106023");
    assert_string_equal(d->where.listed_side, "source");
    assert_true(d->where.not_reversed && !d->where.answered && !d->where.no_parent);
    assert_string_equal(d->group_by.items[0], "src_ip");
    assert_string_equal(d->counted, "dst_ip");
    assert_true(d->gte == 20 && d->tier_count == 1 && d->tiers[0].gte == 100);
    assert_string_equal(d->tiers[0].severity, "medium");
    assert_true(d->has_also && d->also_gte == 10 && d->also_where.evidence.count == 2);
    assert_string_equal(d->also_where.listed_side, "source");
    assert_true(d->timespan_ms == 300000 && d->suppress_ms == 43200000 &&
                d->suppress_max_ms == 259200000 && d->update_interval_ms == 3600000);
    assert_true(d->score == 2 && d->entities.count == 2 && d->tactics.count == 0);
    assert_string_equal(d->explanation, "");
    assert_string_equal(d->next_steps, "");
    config_free(config);
    folder_remove(&f);
    free(told);
}

/* The same name replaces what the program carries; a wrong file replaces nothing and is told. */
static void detectors_replace(void **state)
{
    (void)state;
    struct folder f;
    struct told *told = told_new();
    unsigned complaints = 1;
    folder_make(&f);
    folder_write(&f, "internal_port_scan.yaml",
                 "name: internal_port_scan\ntype: first_seen\ngroup-by: dst_ip\ntimespan: 7d\n"
                 "severity: high\ntitle: Ours\n");
    folder_write(&f, "a_sweep.yaml", sweep);
    struct config *config = load_detectors(&f, "", told, &complaints);
    assert_string_equal(told->text, "");
    const struct settings *s = config_settings(config);
    assert_string_equal(detector_of(s, "internal_port_scan")->title, "Ours");
    for (size_t i = 1; i < s->detector_count; i++)
        assert_true(strcmp(s->detectors[i - 1].name, s->detectors[i].name) < 0);
    config_free(config);

    folder_write(&f, "internal_port_scan.yaml", "name: internal_port_scan\n");
    folder_write(&f, "b_broken.yaml", "[");
    config =
        load_detectors(&f, ", enable: [b_broken, internal_port_scan, a_sweep]", told, &complaints);
    assert_int_equal(complaints, 0); /* wrong files cost their detectors, no more */
    s = config_settings(config);
    assert_int_equal(s->wrong_detectors, 2);
    unsigned lines = 0;
    for (const char *at = told->text; (at = strchr(at, '\n')); at++)
        lines++;
    assert_int_equal(lines, 5); /* four missing keys and one that is not YAML */
    assert_non_null(detector_of(s, "a_sweep"));
    assert_string_equal(detector_of(s, "internal_port_scan")->title, "Internal port scan");
    config_free(config);
    folder_remove(&f);
    free(told);
}

/* What is called a detector file and is none, and a configuration of 2 MiB. */
static void files_that_are_none(void **state)
{
    (void)state;
    struct folder f;
    struct told *told = told_new();
    unsigned complaints = 0;
    char path[256], *large = malloc(2 * 1024 * 1024 + 1);
    folder_make(&f);
    snprintf(path, sizeof(path), "%s/folder.yaml", f.path);
    assert_int_equal(mkdir(path, 0700), 0);
    struct config *config = load_detectors(&f, "", told, &complaints);
    assert_int_equal(complaints, 0);
    assert_int_equal(config_settings(config)->wrong_detectors, 1);
    config_free(config);
    assert_non_null(strstr(told->text, "folder.yaml: cannot be read: a folder, not a file\n"));
    rmdir(path);

    memset(large, '\n', 2 * 1024 * 1024);
    large[2 * 1024 * 1024] = '\0';
    folder_write(&f, "parapet.yaml", large);
    config_free(load_from(&f, told, &complaints));
    assert_int_equal(complaints, 1);
    assert_non_null(strstr(told->text, "cannot be read: longer than 1048576 bytes\n"));
    free(large);
    folder_remove(&f);
    free(told);
}

static void the_servers_complaints(void **state)
{
    (void)state;
    static const char *const parsers[] = {"asa", "panos", NULL};
    static const char text[] = "devices:\n  - sender: 192.0.2.1\n    parser: aas\n";
    struct folder f;
    struct told *told = told_new();
    unsigned complaints = 1;
    struct config *config = load_text(text, sizeof(text) - 1, told, &complaints);
    assert_int_equal(complaints, 0);
    config_complain(config, NULL, "devices[0].parser", "aas", "the name of a parser", parsers);
    config_complain(config, NULL, "devices[0].parser.x[7]", NULL, "something else", NULL);
    config_complain(config, NULL, "no.such[key]", "\n", "a line", NULL);
    config_free(config);

    folder_make(&f);
    folder_write(&f, "a_sweep.yaml", sweep);
    config = load_detectors(&f, "", told, &complaints);
    config_complain(config, detector_of(config_settings(config), "a_sweep"), "where.class[0]",
                    "int_int", "a class", NULL);
    config_free(config);
    char expected[1024];
    snprintf(expected, sizeof(expected),
             "test.yaml:3:13: devices[0].parser: expected the name of a parser, not \"aas\"; did "
             "you mean \"asa\"? Known are asa, panos\n"
             "test.yaml:3:13: devices[0].parser.x[7]: expected something else\n"
             "test.yaml:1:1: no.such[key]: expected a line, not \" \"\n"
             "%s/a_sweep.yaml:6:10: where.class[0]: expected a class, not \"int_int\"\n",
             f.path);
    assert_string_equal(told->text, expected);
    folder_remove(&f);
    free(told);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_from_files),       cmocka_unit_test(a_detector_file),
        cmocka_unit_test(detectors_replace),      cmocka_unit_test(files_that_are_none),
        cmocka_unit_test(the_servers_complaints),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
