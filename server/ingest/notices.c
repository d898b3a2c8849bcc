/* A small table of who was told of, by address; two that share a place only cause a line too many. */
#include "server/ingest/notices.h"

#include "server/ops/log.h"

#define QUIET_MS  (3600 * UINT64_C(1000))
#define MINUTE_MS (60 * UINT64_C(1000))
#define LINES     10 /* a minute */

static const char *const sentences[] = {
    [NOTICE_TLS_HELLO] =
        "speaks TLS to a port without it; closed (it needs a listener of protocol tls)",
    [NOTICE_HTTP] = "asks for a web page on a syslog port; closed",
    [NOTICE_PLAIN] = "sends plain text to a TLS port; closed",
    [NOTICE_CERTIFICATE] = "is not let in over TLS: ",
    [NOTICE_TLS] = "fails at TLS: ",
};

bool notices_say(struct notices *n, enum notice notice, struct address sender, const char *why,
                 uint64_t now_ms)
{
    char text[ADDRESS_TEXT_MAX + 1];
    uint64_t mixed = (sender.hi ^ sender.lo * 31 ^ (uint64_t)notice) * UINT64_C(0x9e3779b97f4a7c15);
    struct said *s = &n->said[mixed >> 56];
    if (now_ms / MINUTE_MS != n->minute) {
        n->minute = now_ms / MINUTE_MS;
        n->in_minute = 0;
    }
    bool known = s->said_ms && s->notice == notice && address_equals(s->address, sender) &&
                 now_ms - s->said_ms < QUIET_MS;
    if (known || n->in_minute >= LINES)
        return false;
    n->in_minute++;
    *s = (struct said){sender, notice, now_ms ? now_ms : 1};
    *address_format(text, sender) = '\0';
    log_say(LOG_WARNING, "sender %s %s%s", text, sentences[notice], why);
    return true;
}
