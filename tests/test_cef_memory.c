/*
 * What is remembered from line to line makes no difference, nor what is known of the message: each
 * line is written twice, once with a memory that has seen all lines before and once with a fresh one
 * of a record that does not tell where its texts stand, and both are the same.
 */
#include "server/forward/cef.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static struct batch seasoned, fresh;
static struct cef_format format = {
    CEF_FRAME_OCTET_COUNTING, CEF_HEADER_RFC5424, 16, true, true, 4096, NULL};
static struct record record;
static uint32_t seed = 1;

static unsigned pick(unsigned of)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % of;
}

static void same_with_both(void)
{
    struct cef_format other = format;
    seasoned.len = seasoned.count = fresh.len = fresh.count = 0;
    other.memory = cef_memory_new();
    assert_non_null(other.memory);
    struct slice source = record.source;
    bool cut = cef_event(&format, &record, &seasoned);
    record.source = SLICE_NONE;
    assert_int_equal(cut, cef_event(&other, &record, &fresh));
    record.source = source;
    cef_memory_free(other.memory);
    assert_int_equal(seasoned.len, fresh.len);
    assert_memory_equal(seasoned.bytes, fresh.bytes, fresh.len);
}

static struct slice text(const char *alphabet, unsigned len)
{
    char *copy = record_scratch(&record, len);
    for (unsigned i = 0; i < len; i++)
        copy[i] = alphabet[pick((unsigned)strlen(alphabet))];
    return slice_make(copy, len);
}

/* Before 1970, with fewer digits than now, and in few seconds that come again; headers of two forms. */
static void times_in_any_order(void **state)
{
    static const int64_t seconds[] = {-1795262400, -1, 0, 1, 9, 1763726400, 1795262400, 1795262401};
    (void)state;
    for (int i = 0; i < 2000; i++) {
        record_reset(&record);
        record_set_time(&record, seconds[pick(8)] * 1000 + (int)pick(1000));
        record_set_device_time(&record, seconds[pick(8)] * 1000 + (int)pick(1000));
        format.header = pick(4) ? CEF_HEADER_RFC5424 : CEF_HEADER_RFC3164;
        format.facility = 16 + pick(2);
        same_with_both();
    }
    format.header = CEF_HEADER_RFC5424;
}

/* Headers of few texts, so that they share slots and differ in little; words of all kinds. */
static void headers_and_words_in_any_order(void **state)
{
    (void)state;
    for (int i = 0; i < 2000; i++) {
        record_reset(&record);
        record_set_vendor(&record, text("V|", pick(3)));
        record_set_product(&record, text("P", pick(40)));
        record_set_device_version(&record, text("1\\", pick(3)));
        record_set_event_id(&record, text("12", pick(2) * 6));
        record_set_event_name(&record, text("ab", 17 + pick(2)));
        if (pick(2))
            record_set_action(&record, (uint8_t)pick(ACTION_COUNT));
        if (pick(2))
            record_set_evidence(&record, (uint8_t)pick(EVIDENCE_COUNT));
        record_set_protocol(&record, (uint8_t)pick(20));
        same_with_both();
    }
}

/* Names of every length, some of which become the same key, in the same order and in any. */
static void names_in_any_order(void **state)
{
    char names[60][48];
    (void)state;
    for (unsigned i = 0; i < 60; i++) {
        for (unsigned n = 0; n < 47; n++)
            names[i][n] = n % 5 == 4 ? "_-."[i % 3] : (char)('a' + (n + i / 7) % 26);
        names[i][i % 40 + 1] = '\0';
    }
    for (unsigned round = 0; round < 600; round++) {
        record_reset(&record);
        record.extra_prefix = slice(round % 8 ? "Example" : "AnExampleWithAVeryLongPrefixOfItsOwn");
        for (unsigned i = 0; i < 20; i++)
            record_extra(&record, slice(names[round % 3 ? i * 3 : pick(60)]),
                         text("1a=\\", 1 + pick(40)));
        same_with_both();
    }
}

/* More kinds of lines, and more names in them, than are remembered. */
static void more_than_is_remembered(void **state)
{
    static char ids[90][12], names[400][12];
    (void)state;
    for (unsigned i = 0; i < 400; i++)
        snprintf(names[i], sizeof(names[i]), "name_%u", i);
    for (unsigned i = 0; i < 90; i++)
        snprintf(ids[i], sizeof(ids[i]), i % 2 ? "%u" : "%09u", i);
    for (unsigned round = 0; round < 600; round++) {
        unsigned first = pick(3) * 100;
        record_reset(&record);
        record.source = slice("the names are static text, and stand elsewhere");
        record.extra_prefix = slice(pick(4) ? "Example" : "Other");
        record_set_vendor(&record, slice("Vendor"));
        record_set_product(&record, slice("Product"));
        record_set_event_id(&record, slice(ids[pick(round % 5 ? 3 : 90)]));
        record_set_event_name(&record, slice(pick(2) ? "Name" : "Another name"));
        record_set_action(&record, (uint8_t)pick(ACTION_COUNT));
        record_set_severity(&record, (uint8_t)pick(11));
        for (unsigned i = 0; i < RECORD_EXTRA_MAX; i++)
            record_extra(&record, slice(names[pick(9) ? first + i : pick(400)]), slice("1"));
        same_with_both();
    }
}

/* A piece of a message, of every length and often up to its end. */
static struct slice piece(struct slice message)
{
    size_t len = pick(45), at = pick(4) ? pick((unsigned)message.len) : message.len;
    if (len > message.len)
        len = message.len;
    return slice_make(message.ptr + (at > message.len - len ? message.len - len : at), len);
}

/* A message in a block of its own size: texts from everywhere in it, in lines of every length. The
 * names are static text, pieces of the message, or copies of both; some come twice. */
static void texts_of_a_message(void **state)
{
    static const char *const names[] = {
        "user",   "user_name", "username", "a",
        "flags",  "rule_uid",  "Flags",    "layer",
        "layer2", "b",         "c",        "a_name_that_is_longer_than_what_is_remembered"};
    static const char rare[] = "\\=\n\r\t\x7f\x80\xc3\xa9\xff|";
    static const size_t sizes[] = {64, 300, 512, 1024, 4096};
    (void)state;
    for (unsigned round = 0; round < 3000; round++) {
        size_t len = 1 + pick(200);
        char *bytes = malloc(len);
        struct slice message = slice_make(bytes, len);
        assert_non_null(bytes);
        for (size_t i = 0; i < message.len; i++)
            bytes[i] =
                pick(60) ? (char)((round % 4 ? 'a' : '7') + pick(3)) : rare[pick(sizeof(rare) - 1)];
        record_reset(&record);
        record.source = message;
        record.extra_prefix = slice(round % 8 ? "Example" : "Other");
        record_set_host(&record, piece(message));
        record_set_event_name(&record, piece(message));
        record_set_src_user(&record, piece(message));
        record_set_application(&record, piece(message));
        record_set_session_id(&record, piece(message));
        record_set_rule(&record, piece(message));
        record_set_message(&record, piece(message));
        for (unsigned i = 0; i < 20; i++) {
            const char *name = names[round % 3 ? i % 12 : pick(12)];
            record_extra(&record, pick(9) ? slice(name) : piece(message), piece(message));
            if (pick(5) == 0)
                record_extra(&record, text(name, 1 + pick(4)), piece(message));
        }
        format.max_message_size = sizes[pick(5)];
        same_with_both();
        free(bytes);
    }
    format.max_message_size = 4096;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_in_any_order), cmocka_unit_test(headers_and_words_in_any_order),
        cmocka_unit_test(names_in_any_order), cmocka_unit_test(more_than_is_remembered),
        cmocka_unit_test(texts_of_a_message),
    };
    format.memory = cef_memory_new();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    cef_memory_free(format.memory);
    return failed;
}
