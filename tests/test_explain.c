/*
 * Where the values of a record stand in its message: exactly for a few lines of each vendor, and for
 * every sample line that what stands there is the value.
 */
#include "server/explain.h"
#include "tests/parser_setup.h"
#include "tests/pipeline_setup.h"

#include "parsers/text/timestamp.h"

struct setup {
    struct pipeline_setup shared;
    struct parsed parsed;
    struct explanation explanation;
    char *block; /* the message, in a heap block of exactly its size */
    struct slice message;
};

static int start(void **state)
{
    static struct setup setup;
    struct pipeline_output nobody = {0};
    *state = &setup;
    int code = pipeline_setup_open(&setup.shared, &nobody);
    setup.shared.pipeline.replay = true;
    return code;
}

static int stop(void **state)
{
    struct setup *setup = *state;
    free(setup->block);
    pipeline_setup_close(&setup->shared);
    return 0;
}

static void explain(struct setup *s, const char *line, size_t len)
{
    struct pipeline_setup *shared = &s->shared;
    free(s->block);
    s->block = malloc(len ? len : 1);
    memcpy(s->block, line, len);
    s->message = slice_make(s->block, len);
    pipeline_parse(&shared->pipeline, &shared->sender, s->message, NOW_MS, false, &s->parsed);
    assert_true(explain_record(shared->rules, &shared->sender, s->message, NOW_MS,
                               &s->parsed.record, &s->explanation));
}

static struct slice text_at(const struct setup *s, struct piece piece)
{
    return slice_make(s->message.ptr + piece.at, piece.len);
}

/* "text@column text@column" of a field's pieces; "-" when there is none, "+name" is an extra. */
static void pieces_text(const struct setup *s, const char *name, char *out, size_t size)
{
    const struct record *r = &s->parsed.record;
    struct origin o = {0};
    size_t used = 0;
    for (unsigned f = 0; f < FIELD_COUNT; f++)
        if (strcmp(record_fields[f].name, name) == 0)
            o = s->explanation.fields[f];
    for (unsigned i = 0; i < r->extra && name[0] == '+'; i++) {
        if (slice_is(r->extras[i].name, name + 1)) {
            o.pieces[0] = s->explanation.extras[i];
            o.count = o.pieces[0].len != 0;
        }
    }
    snprintf(out, size, "-");
    for (unsigned i = 0; i < o.count; i++)
        used += (size_t)snprintf(out + used, size - used, "%s%.*s@%u", i ? " " : "",
                                 (int)o.pieces[i].len, s->message.ptr + o.pieces[i].at,
                                 o.pieces[i].at + 1);
}

/* `expected`: a line for each field, "name: pieces". */
static void expect_pieces(struct setup *s, const char *line, const char *expected)
{
    char want[256], got[1024];
    explain(s, line, strlen(line));
    while (*expected) {
        const char *pieces = next_expected(&expected, want, sizeof(want), ": ");
        pieces_text(s, want, got, sizeof(got));
        if (strcmp(got, pieces) != 0)
            fail_msg("%s comes from '%s', not '%s', in\n%s", want, got, pieces, line);
    }
}

static void asa(void **state)
{
    expect_pieces(*state,
                  "<166>Nov 20 2026 09:20:09 fw-edge : %ASA-6-302014: Teardown TCP connection "
                  "70001 for outside:198.51.100.80/443 to inside:10.1.0.31/50300 duration 0:00:08 "
                  "bytes 15234 TCP FINs",
                  "time: Nov 20 2026 09:20:09@6\n"
                  "host: fw-edge@27\n"
                  "product: ASA@38\n"
                  "event_id: 302014@44\n"
                  "event_name: -\n"
                  "severity: 6@42\n"
                  "action: -\n"
                  "reason: TCP FINs@167\n"
                  "evidence: 15234@161\n"
                  "src_ip: 10.1.0.31@122\n"
                  "src_port: 50300@132\n"
                  "src_interface: inside@115\n"
                  "dst_ip: 198.51.100.80@94\n"
                  "dst_port: 443@108\n"
                  "duration_ms: 0:00:08@147\n"
                  "session_id: 70001@76\n"
                  "+bytes: 15234@161\n");
    /* Nothing carried: then the ending and the time decide. */
    expect_pieces(*state,
                  "%ASA-6-302014: Teardown TCP connection 7 for outside:198.51.100.80/443 to "
                  "inside:10.1.0.31/50300 duration 0:00:02 bytes 0 TCP FINs",
                  "time: -\n"
                  "evidence: 0:00:02@107 0 TCP FINs@121\n");
    expect_pieces(*state,
                  "<164>%ASA-4-106023: Deny udp src outside:2001:db8::7/53 dst "
                  "inside:2001:db8::7/53 by access-group \"outside_in\" [0x0, 0x0]",
                  "protocol: udp@26\n"
                  "src_ip: 2001:db8::7@42\n"
                  "src_port: 53@54\n"
                  "dst_ip: 2001:db8::7@68\n"
                  "dst_port: 53@80\n"
                  "rule: outside_in@100\n");
}

static void panos(void **state)
{
    expect_pieces(
        *state,
        "<14>Nov 20 08:02:20 pa-berlin 1,2026/11/20 08:02:20,012801000042,THREAT,url,2561,"
        "2026/11/20 08:02:20,10.1.20.31,198.51.100.25,10.1.20.31,198.51.100.25,allow web,"
        "example\\anna,,web-browsing,vsys1,trust,untrust,ethernet1/2,ethernet1/1,to-siem,"
        "2026/11/20 08:02:20,52114,1,51514,443,51514,443,0x400019,tcp,block-url,"
        "\"shop.example.net/search?q=\"\"a,b\"\"&v=1\",(9999),shopping,informational,"
        "client-to-server,7461020,0x8000000000000000",
        "event_id: url@73\n"
        "event_name: THREAT@66\n"
        "action: block-url@302\n"
        "evidence: block-url@302\n"
        "protocol: tcp@298\n"
        "src_ip: 10.1.20.31@102\n"
        "src_nat_ip: 10.1.20.31@127\n"
        "dst_ip: 198.51.100.25@113\n"
        "dst_nat_ip: 198.51.100.25@138\n"
        "src_port: 51514@269\n"
        "src_nat_port: 51514@279\n"
        "dst_port: 443@275\n"
        "dst_nat_port: 443@285\n"
        "src_user: anna@170\n"
        "rule: allow web@152\n"
        "url: shop.example.net/search?q=\"\"a,b\"\"&v=1@313\n"
        "severity: informational@368\n");
}

static void checkpoint(void **state)
{
    expect_pieces(
        *state,
        "<134>1 2026-11-21T09:16:20Z mgmt1 CheckPoint 2201 - [action:\"Drop\"; "
        "ifdir:\"inbound\"; ifname:\"eth1\"; origin:\"192.168.7.1\"; time:\"1795252580\"; "
        "dst:\"198.51.100.20\"; rule_name:\"say \\\"no\\\"\"; proto:\"17\"; "
        "s_port:\"53\"; service:\"53\"; src:\"198.51.100.20\"; ]",
        "time: 1795252580@129\n"
        "host: mgmt1@29\n"
        "device_ip: 192.168.7.1@109\n"
        "event_id: Drop@62\n"
        "action: Drop@62\n"
        "evidence: Drop@62\n"
        "direction: inbound@76\n"
        "protocol: 17@194\n"
        "src_interface: eth1@94\n"
        "dst_ip: 198.51.100.20@147\n"
        "rule: say \\\"no\\\"@174\n"
        "src_port: 53@207\n"
        "dst_port: 53@221\n"
        "src_ip: 198.51.100.20@231\n");
}

static void meraki(void **state)
{
    expect_pieces(*state,
                  "<134>1 1795252562.125456795 MX84 flows src=203.0.113.66 dst=192.0.2.10 "
                  "protocol=tcp sport=51111 dport=23 pattern: 1 all",
                  "time: 1795252562.125456795@8\n"
                  "host: MX84@29\n"
                  "event_id: flows@34\n"
                  "action: 1@115\n"
                  "evidence: 1@115\n"
                  "protocol: tcp@81\n"
                  "src_ip: 203.0.113.66@44\n"
                  "dst_ip: 192.0.2.10@61\n"
                  "src_port: 51111@91\n"
                  "dst_port: 23@103\n"
                  "rule: 1 all@115\n");
    expect_pieces(*state,
                  "<134>1 1795252602.165456915 MX84 urls src=fe80:0:0:0:1ff:fe23:4567:8329:64194 "
                  "dst=2001:db8:0:0:0:0:0:80:80 mac=02:00:5E:00:53:07 request: POST "
                  "http://v6.example.com/form",
                  "src_ip: fe80:0:0:0:1ff:fe23:4567:8329@43\n"
                  "src_port: 64194@73\n"
                  "dst_ip: 2001:db8:0:0:0:0:0:80@83\n"
                  "dst_port: 80@105\n"
                  "url: http://v6.example.com/form@144\n"
                  "+request_method: POST@139\n");
}

/* The line that opened a connection says who opened it; the one that ends it does not. */
static void memory(void **state)
{
    struct setup *s = *state;
    static const char built[] = "%ASA-6-302013: Built inbound TCP connection 9 for "
                                "outside:198.51.100.7/443 (198.51.100.7/443) to "
                                "inside:10.1.0.31/50300 (10.1.0.31/50300)";
    explain(s, built, sizeof(built) - 1);
    assert_int_equal(s->explanation.remembered, 0);
    expect_pieces(s,
                  "%ASA-6-302014: Teardown TCP connection 9 for outside:198.51.100.7/443 to "
                  "inside:10.1.0.31/50300 duration 0:00:08 bytes 15234 TCP FINs",
                  "direction: -\n"
                  "src_ip: 198.51.100.7@54\n"
                  "src_port: 443@67\n"
                  "dst_ip: 10.1.0.31@81\n"
                  "dst_port: 50300@91\n");
    assert_true(s->explanation.remembered >> FIELD_direction & 1);
    assert_true(s->explanation.remembered >> FIELD_src_ip & 1);
}

static void clocks(void **state)
{
    static const struct {
        const char *line;
        enum time_origin time;
        bool zone_added;
    } rows[] = {
        {"%ASA-6-302010: 5 in use, 9 most used", TIME_OF_ARRIVAL, false},
        {"<166>Nov 20 09:20:09 fw : %ASA-6-302010: 5 in use, 9 most used", TIME_YEAR_ADDED, true},
        {"<166>Nov 20 2026 09:20:09 fw : %ASA-6-302010: 5 in use, 9 most used", TIME_STATED, true},
        {"<166>Nov 20 2026 09:20:09 UTC: %ASA-6-302010: 5 in use, 9 most used", TIME_STATED, false},
        {"<134>1 1795252562.125456795 MX84 flows src=203.0.113.66 dst=192.0.2.10", TIME_STATED,
         false},
        {"<134>1 2026-11-21T09:16:20+02:00 gw CheckPoint 1 - [action:\"Drop\"; ]", TIME_STATED,
         false},
    };
    struct setup *s = *state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        explain(s, rows[i].line, strlen(rows[i].line));
        if (s->explanation.time != rows[i].time || s->explanation.zone_added != rows[i].zone_added)
            fail_msg("%d %d: %s", s->explanation.time, s->explanation.zone_added, rows[i].line);
    }
}

static void escapes(void **state)
{
    static const struct {
        const char *raw, *value;
        size_t len;
    } rows[] = {
        {"abc", "ab", 2},        {"abc", "abd", 0},
        {"a", "ab", 0},          {"a\\\"b\"", "a\"b", 4},
        {"a\"\"b\"", "a\"b", 4}, {"C:\\temp", "C:\\temp", 7},
        {"a\\\\b", "a\\b", 4},   {"one\\ntwo", "one\ntwo", 8},
        {"a\\", "a\\", 2},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(explain_unescaped(slice(rows[i].raw), slice(rows[i].value)), rows[i].len);
}

/* ---- every sample ---- */

static size_t set_count, found_count;

/* A value that stands in one piece is what the piece says. */
static void check_value(const struct setup *s, unsigned f, struct slice text)
{
    const struct record *r = &s->parsed.record;
    const void *member = (const char *)r + record_fields[f].offset;
    struct address address;
    uint64_t number;
    bool good = true;
    switch (record_fields[f].kind) {
    case KIND_TEXT:
        good = slice_equals(text, *(const struct slice *)member) ||
               explain_unescaped(text, *(const struct slice *)member) == text.len;
        break;
    case KIND_PORT:
        good = number_parse(text, &number) ? number == *(const uint16_t *)member
                                           : !(text.ptr[0] >= '0' && text.ptr[0] <= '9');
        break;
    case KIND_NUMBER:
        good = f == FIELD_duration_ms ||
               (number_parse(text, &number) && number == *(const uint64_t *)member);
        break;
    case KIND_ADDRESS:
        good = address_parse(text, &address) &&
               address_equals(address, *(const struct address *)member);
        break;
    default:
        break;
    }
    if (!good)
        fail_msg("%s does not stand in '%.*s' of\n%.*s", record_fields[f].name, (int)text.len,
                 text.ptr, (int)s->message.len, s->message.ptr);
}

static void check_line(struct setup *s)
{
    const struct record *r = &s->parsed.record;
    for (unsigned f = 0; f < FIELD_COUNT; f++) {
        const struct origin *o = &s->explanation.fields[f];
        enum field_kind kind = record_fields[f].kind;
        assert_true(o->count <= EXPLAIN_PIECES_MAX);
        assert_true(o->count == 0 || r->has >> f & 1);
        for (unsigned i = 0; i < o->count; i++) {
            assert_true(o->pieces[i].len > 0);
            assert_true((size_t)o->pieces[i].at + o->pieces[i].len <= s->message.len);
            assert_true(i == 0 || o->pieces[i].at >= o->pieces[i - 1].at + o->pieces[i - 1].len);
        }
        if (o->count == 1)
            check_value(s, f, text_at(s, o->pieces[0]));
        if ((r->has >> f & 1) &&
            (kind == KIND_PORT || kind == KIND_ADDRESS || kind == KIND_NUMBER)) {
            set_count++;
            found_count += o->count != 0;
            if (!o->count)
                print_message("# %s is nowhere in %.*s\n", record_fields[f].name,
                              (int)slice_first(s->message, 300).len, s->message.ptr);
        }
    }
    for (unsigned i = 0; i < r->extra; i++) {
        struct piece piece = s->explanation.extras[i];
        assert_true((size_t)piece.at + piece.len <= s->message.len);
        if (piece.len)
            assert_int_equal(explain_unescaped(text_at(s, piece), r->extras[i].value), piece.len);
    }
}

static void check_sample(void *context, const char *file, struct slice line)
{
    struct setup *s = context;
    if (strstr(file, "/detect/"))
        return;
    explain(s, line.ptr, line.len);
    check_line(s);
    explain(s, line.ptr, line.len * 2 / 3);
    check_line(s);
}

static void samples(void **state)
{
    assert_true(each_sample(check_sample, *state) > 100);
    print_message("# %zu of %zu numbers found\n", found_count, set_count);
    assert_true(found_count * 100 >= set_count * 98);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asa),     cmocka_unit_test(panos),   cmocka_unit_test(checkpoint),
        cmocka_unit_test(meraki),  cmocka_unit_test(memory),  cmocka_unit_test(clocks),
        cmocka_unit_test(escapes), cmocka_unit_test(samples),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
