/* PAN-OS: what a TRAFFIC row proves about its connection. */
#include "parsers/parser.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define COUNT(table) (sizeof(table) / sizeof(table[0]))

extern const struct parser parser_panos;

static struct record record; /* too large for the stack of a test */

static void parse(const char *line)
{
    size_t len = strlen(line);
    char *block = malloc(len);
    struct syslog header = {.host = slice("fw")};
    struct parse_context context = {.header = &header};
    memcpy(block, line, len);
    record_reset(&record);
    assert_int_equal(parser_panos.parse(&context, slice_make(block, len), &record), PARSE_OK);
    free(block);
}

/* What a TRAFFIC row proves: DETECTION's table, its edges, and rows without counters. */
static const struct {
    const char *subtype, *application, *action, *reason;
    int sent, received, src_bytes, dst_bytes, seconds; /* -1: the column is empty */
    const char *source;
    enum evidence evidence;
} truth[] = {
    {"start", "ssl", "allow", "n/a", 1, 0, 74, 0, 0, "10.1.1.1", EVIDENCE_NONE},
    {"start", "ssl", "deny", "policy-deny", 1, 0, 74, 0, 0, "10.1.1.1", EVIDENCE_NONE},
    {"deny", "ssl", "deny", "policy-deny", 4, 2, 400, 200, 0, "10.1.1.1", EVIDENCE_DENIED},
    {"deny", "ssl", "allow", "", 4, 2, 400, 200, 0, "10.1.1.1", EVIDENCE_DENIED},
    {"drop", "not-applicable", "drop", "n/a", 1, 0, 66, 0, 0, "10.1.1.1", EVIDENCE_DENIED},
    {"end", "ssl", "allow", "policy-deny", 4, 4, 400, 400, 0, "10.1.1.1", EVIDENCE_DENIED},
    {"end", "ssl", "reset-both", "threat", 4, 4, 400, 400, 0, "10.1.1.1", EVIDENCE_DENIED},
    {"end", "incomplete", "allow", "aged-out", 3, 0, 222, 0, 5, "10.1.1.1", EVIDENCE_NO_ANSWER},
    {"end", "dns-base", "allow", "aged-out", 1, 0, 76, 0, 30, "10.1.1.1", EVIDENCE_NO_ANSWER},
    {"end", "incomplete", "allow", "aged-out", 3, 1, 222, 74, 5, "10.1.1.1", EVIDENCE_UNKNOWN},
    {"end", "ssl", "allow", "aged-out", 3, -1, 222, 74, 5, "10.1.1.1", EVIDENCE_DATA},
    {"end", "incomplete", "allow", "aged-out", -1, -1, 222, 0, 5, "10.1.1.1", EVIDENCE_UNKNOWN},
    {"end", "incomplete", "allow", "tcp-rst-from-server", 1, 1, 74, 54, 0, "10.1.1.1",
     EVIDENCE_REFUSED},
    {"end", "incomplete", "allow", "tcp-rst-from-server", 2, 2, 128, 128, 0, "10.1.1.1",
     EVIDENCE_REFUSED},
    {"end", "ms-rdp", "allow", "tcp-rst-from-server", 1, 1, 74, 54, 0, "10.1.1.1",
     EVIDENCE_REFUSED},
    {"end", "ms-rdp", "allow", "tcp-rst-from-server", 9, 7, 900, 800, 0, "10.1.1.1", EVIDENCE_DATA},
    {"end", "insufficient-data", "allow", "tcp-rst-from-server", 3, 2, 194, 128, 0, "10.1.1.1",
     EVIDENCE_REFUSED},
    {"end", "insufficient-data", "allow", "tcp-rst-from-server", 3, 2, 900, 128, 0, "10.1.1.1",
     EVIDENCE_UNKNOWN},
    {"end", "insufficient-data", "allow", "tcp-rst-from-server", 3, 2, 280, 180, 0, "2001:db8::1",
     EVIDENCE_REFUSED},
    {"end", "insufficient-data", "allow", "tcp-rst-from-server", 3, 2, 280, 180, 0, "10.1.1.1",
     EVIDENCE_UNKNOWN},
    {"end", "insufficient-data", "allow", "tcp-rst-from-server", -1, -1, 74, 54, 0, "10.1.1.1",
     EVIDENCE_UNKNOWN},
    {"end", "incomplete", "allow", "tcp-rst-from-client", 3, 1, 194, 74, 0, "10.1.1.1",
     EVIDENCE_ABORTED},
    {"end", "insufficient-data", "allow", "tcp-rst-from-client", 4, 2, 280, 128, 0, "10.1.1.1",
     EVIDENCE_ABORTED},
    {"end", "incomplete", "allow", "tcp-rst-from-client", 3, 0, 194, 0, 0, "10.1.1.1",
     EVIDENCE_UNKNOWN},
    {"end", "incomplete", "allow", "tcp-rst-from-client", 5, 2, 320, 128, 0, "10.1.1.1",
     EVIDENCE_UNKNOWN},
    {"end", "ssl", "allow", "tcp-rst-from-client", 4, 2, 280, 128, 0, "10.1.1.1", EVIDENCE_DATA},
    {"end", "incomplete", "allow", "tcp-fin", 4, 3, 280, 200, 5, "10.1.1.1", EVIDENCE_ABORTED},
    {"end", "incomplete", "allow", "tcp-fin", 4, 3, 280, 200, 6, "10.1.1.1", EVIDENCE_UNKNOWN},
    {"end", "incomplete", "allow", "tcp-fin", 4, 0, 280, 0, 0, "10.1.1.1", EVIDENCE_UNKNOWN},
    {"end", "insufficient-data", "allow", "tcp-fin", 4, 3, 280, 200, 1, "10.1.1.1",
     EVIDENCE_UNKNOWN},
    {"end", "ssl", "allow", "tcp-fin", 20, 20, 4000, 4000, 9, "10.1.1.1", EVIDENCE_DATA},
    {"end", "ssl", "allow", "", 20, 20, 4000, 4000, 9, "10.1.1.1", EVIDENCE_DATA},
    {"end", "ssl", "allow", "tcp-fin", 20, 0, 4000, 0, 9, "10.1.1.1", EVIDENCE_UNKNOWN},
    {"end", "non-syn-tcp", "allow", "tcp-fin", 20, 20, 4000, 4000, 9, "10.1.1.1", EVIDENCE_UNKNOWN},
    {"end", "", "allow", "unknown", 20, 20, 4000, 4000, 9, "10.1.1.1", EVIDENCE_UNKNOWN},
};

static void number_text(char *out, size_t size, int value)
{
    if (value < 0)
        out[0] = '\0';
    else
        snprintf(out, size, "%d", value);
}

static void evidence(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(truth); i++) {
        char line[1024], n[5][16], got[64], wanted[64];
        int values[] = {truth[i].src_bytes, truth[i].dst_bytes, truth[i].seconds, truth[i].sent,
                        truth[i].received};
        for (size_t k = 0; k < COUNT(values); k++)
            number_text(n[k], sizeof(n[k]), values[k]);
        snprintf(line, sizeof(line),
                 "1,2026/11/20 08:00:14,0128,TRAFFIC,%s,,2026/11/20 "
                 "08:00:14,%s,10.2.2.2,,,r,,,%s,v,a,b,c,d,e,,7,1,40000,22,0,0,0,tcp,"
                 "%s,,%s,%s,,,%s,any,,1,,,,,%s,%s,%s",
                 truth[i].subtype, truth[i].source, truth[i].application, truth[i].action, n[0],
                 n[1], n[2], n[3], n[4], truth[i].reason);
        parse(line);
        snprintf(wanted, sizeof(wanted), "%zu %s", i,
                 record_word(KIND_EVIDENCE, truth[i].evidence));
        snprintf(got, sizeof(got), "%zu %s", i, record_word(KIND_EVIDENCE, record.evidence));
        assert_string_equal(got, wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(evidence)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
