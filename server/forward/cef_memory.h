/*
 * What lines have in common with those before them, ready written: devices send the same few kinds
 * of message under the same few names. What is remembered is compared byte for byte before it is used,
 * where it is not static text, and what finds no room replaces something else.
 */
#pragma once

#include "server/forward/cef_write.h"

#define CEF_STAMPS     192 /* facilities times severities */
#define CEF_STAMP_MAX  32  /* "<134>1 2026-11-21T08:56:00.000Z " */
#define CEF_LISTS      32
#define CEF_LIST_NAMES RECORD_EXTRA_MAX
#define CEF_NAME_MAX   32 /* longer names of extras are made each time */
#define CEF_KEY_MAX    64
#define CEF_KEY_USUAL  32 /* most are no longer */
#define CEF_KINDS      256
#define CEF_HEAD_MAX   192 /* a longer header is written each time */
#define CEF_HEAD_TEXTS 5
#define CEF_WORDS_MAX  128 /* no combination of words is longer */

struct cef_memory {
    /* What lines of one kind begin with: CEF's header, and the fields that are words. */
    struct cef_kind {
        uint64_t what;                      /* the words, and which texts are set */
        uint64_t id;                        /* of the event's id its first bytes and its last */
        uint32_t tail;                      /* the id's length, and the severity; 0: empty */
        uint16_t len;                       /* of `out` */
        uint16_t pipe;                      /* where in it the header's last pipe stands */
        struct slice texts[CEF_HEAD_TEXTS]; /* of those that are set: static text, or in `copies` */
        struct cef_list *list;              /* of the extras' names; NULL: there were none */
        char copies[CEF_HEAD_MAX];
        char out[CEF_HEAD_MAX + CEF_WORDS_MAX + 8]; /* and the severity */
    } kinds[CEF_KINDS];
    struct cef_kind *kind; /* the line's, or one that is not remembered */
    /* The last second in which a line's rt or its device's time was, as digits with the last part of
     * it that came. */
    struct cef_second {
        int64_t begin_ms;
        uint16_t part;
        uint8_t len;
        char text[16];
    } time, device_time;
    /* What a line's syslog header begins with, up to the host's name, by the number it begins with. */
    struct cef_stamp {
        int64_t begin_ms; /* the second of the last one */
        uint16_t part;
        uint8_t len, header;
        uint8_t behind_host; /* bytes that follow the name */
        char text[CEF_STAMP_MAX];
    } stamps[CEF_STAMPS];
    /* Names of extras behind a prefix, in the order in which lines of one kind have them, and the
     * " key=" each became: no two of a list the same. */
    struct cef_list {
        const char *prefix; /* or NULL */
        uint64_t id;        /* of the lines' kind */
        unsigned count;
        struct cef_name {
            const char
                *text; /* the name, where it was static text, and the key is usual; or NULL */
            size_t len;
            uint32_t line; /* the last that had the key */
            uint32_t key_len;
            char key[CEF_KEY_MAX];
            char name[CEF_NAME_MAX];
        } names[CEF_LIST_NAMES + 1]; /* the last one stays empty */
    } lists[CEF_LISTS];
    unsigned next_list; /* to be used for other names */
    uint32_t line;      /* the number of the last line that had extras */
    uint8_t count_len;  /* of the last line's octet count, with its blank */
};

/* The part of a second, in three digits. */
static inline char *cef_put_millis(char *p, unsigned part)
{
    uint16_t rest = digits_pairs[part % 100];
    p[0] = (char)('0' + part / 100);
    p[1] = (char)rest;
    p[2] = (char)(rest >> 8);
    return p + 3;
}
