/* What parsers remember of the lines before changes no record: every line read behind every other one
 * of its vendor gives what it gives alone. */
#include "tests/fields.h"

#define CP       "<134>1 2026-11-21T09:16:00Z mgmt1 CheckPoint 2201 - "
#define MX       "<134>1 1763715360.123456789 MX84 "
#define LINES    1024
#define LINE_MAX 65536

/* Keys in other orders, again and again, names that begin like others, values that are none. */
static const char *const written[] = {
    CP "[action:\"Accept\"; src:\"10.1.2.3\"; dst:\"198.51.100.20\"; s_port:\"51514\"; ]",
    CP "[action:\"Accept\"; dst:\"198.51.100.20\"; src:\"10.1.2.3\"; s_port:\"51514\"; ]",
    CP
    "[s_port:\"51514\"; action:\"Drop\"; src:\"10.1.2.3\"; src:\"10.1.2.4\"; src:\"10.1.2.4\"; ]",
    CP "[action:\"Drop\"; action:\"Drop\"; action:\"Accept\"; rule:\"1\"; rule_name:\"a\"; ]",
    CP "[action:\"Drop\"; rule_name:\"a\"; rule_name:\"b\"; rule:\"1\"; rule_uid:\"x\"; ]",
    CP
    "[action:\"Drop\"; actions:\"x\"; action :\"y\"; actio:\"z\"; src_:\"1\"; sr:\"2\"; s:\"3\"; ]",
    CP "[action:\"Drop\"; src:\"\"; dst:\" \"; s_port:\"1 \"; service:\" 2\"; proto:\"6\"; ]",
    CP "[action:\"Drop\"; src:\"a \\\"quoted\\\" name\"; dst:\"an \"odd\" one\"; proto:\"17\"; ]",
    CP "[action:\"Accept\"; client_outbound_bytes:\"100\"; client_outbound_packets:\"2\"; "
       "server_outbound_bytes:\"50\"; server_outbound_packets:\"1\"; src:\"10.1.2.3\"; ]",
    CP "[action:\"Accept\"; client_outbound_packets:\"2\"; client_outbound_bytes:\"100\"; "
       "server_outbound_packets:\"1\"; server_outbound_bytes:\"50\"; src:\"10.1.2.3\"; ]",
    CP "[action:\"Accept\"; src:\"10.1.2.3\";dst:\"198.51.100.20\"; proto:\"6\"; service:\"80\"]",
    CP "[action:\"Accept\"; src::\"10.1.2.3\"; dst=\"198.51.100.20\"; proto:\"6\"; service:\"80",
    CP "[action:\"Accept\"; unknown:\"1\"; src:\"10.1.2.3\"; more:\"2\"; dst:\"198.51.100.20\"; ",
    "Action=\"accept\" inzone=\"Internal\" src=\"10.1.0.31\" dst=\"192.0.2.7\" s_port=\"5\"",
    MX "flows src=10.1.2.3 dst=192.0.2.7 mac=02:00:5E:00:53:07 protocol=tcp sport=50312 dport=443 "
       "pattern: allow all",
    MX "flows dst=192.0.2.7 src=10.1.2.3 sport=50312 dport=443 protocol=tcp pattern: deny all",
    MX "flows src=10.1.2.3 src=10.1.2.4 srcs=1 sr=2 dst= dport=443 dport=444 sport=x word sport=1",
    MX
    "urls src=10.1.2.3:50312 dst=192.0.2.7:443 mac=02:00:5E:00:53:07 agent='it's me' request: GET "
    "https://example.com/",
    MX "ids-alerts signature=1:45148:1priority=1 timestamp=1763715360.1 protocol=tcp/ip "
       "src=10.1.2.3:50312 dst=192.0.2.7:443 message: x",
};

struct line {
    const char *text;
    size_t len;
    const struct parser *parser;
    uint64_t alone; /* what becomes of it */
};

static struct line lines[LINES];
static size_t count;

static uint64_t add_bytes(uint64_t hash, const char *bytes, size_t len)
{
    for (size_t i = 0; i <= len; i++) /* the end counts as well */
        hash = (hash ^ (i < len ? (unsigned char)bytes[i] : 256)) * UINT64_C(0x100000001b3);
    return hash;
}

/* All of a record as one number. */
static uint64_t read_with(struct parse_memory *memory, const struct line *line)
{
    static struct parsed parsed;
    static char text[LINE_MAX];
    const struct record *r = &parsed.record;
    parse_line_with(memory, line->parser, line->text, line->len, &parsed);
    uint64_t hash = r->has ^ (uint64_t)r->extra_lost << 8 ^ (uint64_t)parsed.status;
    for (int field = 0; field < FIELD_COUNT; field++)
        if (field != FIELD_extra && r->has >> field & 1) {
            field_text(r, (enum record_field)field, text, sizeof(text));
            hash = add_bytes(hash, text, strlen(text));
        }
    for (unsigned i = 0; i < r->extra; i++) {
        hash = add_bytes(hash, r->extras[i].name.ptr, r->extras[i].name.len);
        hash = add_bytes(hash, r->extras[i].value.ptr, r->extras[i].value.len);
    }
    free(parsed.block);
    return hash;
}

static void add_line(const char *text, size_t len)
{
    struct syslog header;
    syslog_parse(slice_make(text, len), NULL, NOW_MS, NULL, &header);
    const struct parser *parser = parser_claiming(&header, header.body);
    if (!parser)
        return;
    assert_true(count < LINES);
    lines[count] = (struct line){strndup(text, len), len, parser, 0};
    lines[count].alone = read_with(NULL, &lines[count]);
    count++;
}

static void add_samples(const char *pattern)
{
    static char line[LINE_MAX];
    glob_t found;
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        FILE *file = fopen(found.gl_pathv[i], "r");
        assert_non_null(file);
        while (fgets(line, sizeof(line), file))
            add_line(line, strcspn(line, "\n"));
        fclose(file);
    }
    globfree(&found);
}

/* Every line behind every two others, with nothing known before. */
static void behind_others(void **state)
{
    (void)state;
    static struct parse_memory memory;
    size_t own = sizeof(written) / sizeof(written[0]); /* all are claimed */
    for (size_t a = 0; a < own; a++)
        for (size_t b = 0; b < own; b++) {
            memset(&memory, 0, sizeof(memory));
            read_with(&memory, &lines[a]);
            for (int again = 0; again < 2; again++)
                if (read_with(&memory, &lines[b]) != lines[b].alone)
                    fail_msg("another record of\n%s\nbehind\n%s", written[b], written[a]);
        }
}

/* All lines of the samples in a dozen orders. */
static void mixed(void **state)
{
    (void)state;
    static struct parse_memory memory;
    static const size_t steps[] = {1, 2, 3, 7, 31, 101};
    for (size_t s = 0; s < sizeof(steps) / sizeof(steps[0]); s++)
        for (size_t i = 0, at = 0; i < 2 * count; i++, at = (at + steps[s]) % count)
            if (read_with(&memory, &lines[at]) != lines[at].alone)
                fail_msg("another record of\n%.*s", (int)lines[at].len, lines[at].text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(behind_others),
        cmocka_unit_test(mixed),
    };
    for (size_t i = 0; i < sizeof(written) / sizeof(written[0]); i++)
        add_line(written[i], strlen(written[i]));
    add_samples("samples/checkpoint/*.log");
    add_samples("samples/meraki/*.log");
    add_samples("samples/panos/*.log");
    add_samples("samples/iptables/*.log");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
