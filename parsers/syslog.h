/*
 * The syslog header: RFC 5424, RFC 3164, and what firewalls send instead of either. It never fails:
 * what is not understood stays in the body, and a message without any header is all body.
 */
#pragma once

#include "parsers/text/timestamp.h"

enum syslog_form {
    SYSLOG_NONE,    /* no header at all, or only a PRI */
    SYSLOG_RFC5424, /* version 1: app, procid, msgid and structured data are set ("-" is empty) */
    SYSLOG_RFC3164, /* a stamp of any form, perhaps a host and a tag */
    SYSLOG_EPOCH,   /* "1 1763715360.123456789 host": Cisco Meraki */
};

struct syslog {
    enum syslog_form form;
    bool has_pri, has_time;
    uint8_t facility; /* 0 to 23 */
    uint8_t severity; /* 0 (emergency) to 7 (debug), RFC 5424 section 6.2.1 */
    int64_t time_ms;
    struct slice host;
    struct slice app; /* APP-NAME, or the tag of RFC 3164 without [pid] and colon */
    struct slice procid;
    struct slice msgid;
    struct slice structured_data; /* with its brackets; empty when nil */
    struct slice body;            /* what the vendor's parser reads; no blanks in front */
};

/*
 * Headers read lately, all zero at first: a device's lines of one second begin with the same bytes.
 * One a thread; it changes nothing but the time that reading takes.
 */
#define SYSLOG_REMEMBERED 96 /* bytes of a header and the text behind it */
struct syslog_memory {
    struct syslog_known { /* what every message looks at stands together */
        uint8_t len;      /* of what must be the same; 0: nothing is known */
        uint8_t body_at, host_at, app_at, procid_at, msgid_at;
        uint8_t host_len, app_len, procid_len, msgid_len;
        const struct zone *zone;
        int64_t arrival_ms;
        unsigned char
            said[offsetof(struct syslog, host)]; /* of the header, in front of its texts */
        char text[SYSLOG_REMEMBERED];
    } known[256];
};

/* `zone` is the device's, NULL for UTC; `arrival_ms` completes stamps without a year; `memory` may
 * be NULL. */
void syslog_parse(struct slice message, const struct zone *zone, int64_t arrival_ms,
                  struct syslog_memory *memory, struct syslog *out);
