/*
 * Records and alerts as CEF lines (CEF Implementation Standard, version 0), framed and with the
 * syslog header that the output asks for. Also unparsed messages: with their raw text as msg.
 */
#pragma once

#include "detect/alert.h"
#include "server/forward/batch.h"

/* What lines have in common with those before them, ready written. One a thread. */
struct cef_memory;
struct cef_memory *cef_memory_new(void);
void cef_memory_free(struct cef_memory *memory);

struct cef_format {
    enum cef_framing { CEF_FRAME_OCTET_COUNTING, CEF_FRAME_NEWLINE, CEF_FRAME_NONE } framing;
    enum cef_header { CEF_HEADER_RFC5424, CEF_HEADER_RFC3164, CEF_HEADER_NONE } header;
    unsigned facility;         /* 0 to 23 */
    bool keep_unmapped;        /* extras become additional keys */
    bool ipv6_c6a;             /* c6a2 and c6a3 beside src and dst */
    size_t max_message_size;   /* of the syslog message, header included */
    struct cef_memory *memory; /* the calling thread's; never NULL */
};

/*
 * Each appends one message to the batch, which must have BATCH_FULL or less in it and room in
 * `ends`: it then always fits. Return whether values were cut to max_message_size.
 */
bool cef_event(const struct cef_format *format, const struct record *r, struct batch *out);
bool cef_unparsed(const struct cef_format *format, const struct record *r, const char *status,
                  struct slice raw, struct batch *out);
bool cef_alert(const struct cef_format *format, const struct alert *alert, struct batch *out);
