/* Certificates, keys and whom to trust, of every listener that speaks TLS: read at the start, by
 * `parapet check`, and with every new set of rules. Other commands do without. */
#include <stdio.h>
#include <stdlib.h>

#include "server/ops/log.h"
#include "server/rules.h"

struct entry {
    struct rules *rules;
    const char *list; /* "listen" or "forward" */
    size_t index;
};

static const char *key_of(const struct entry *entry, const char *key, char out[128])
{
    snprintf(out, 128, "%s[%zu].%s", entry->list, entry->index, key);
    return out;
}

static void on_wrong(void *context, const char *key, const char *value, const char *expected)
{
    const struct entry *entry = context;
    char path[128];
    config_complain(entry->rules->config, NULL, key_of(entry, key, path), value, expected, NULL);
}

static void on_warning(void *context, const char *key, const char *sentence)
{
    const struct entry *entry = context;
    char path[128], place[512];
    config_place(entry->rules->config, key_of(entry, key, path), place, sizeof(place));
    log_say(LOG_WARNING, "%s%s", place, sentence);
}

bool rules_open_tls(struct rules *rules)
{
    const struct settings *s = rules->settings;
    bool whole = true;
    rules->listen_tls = calloc(s->listen_count + 1, sizeof(struct tls_context *));
    for (size_t i = 0; rules->listen_tls && i < s->listen_count; i++) {
        struct entry entry = {rules, "listen", i};
        struct tls_report report = {on_wrong, on_warning, &entry};
        if (s->listen[i].protocol != LISTEN_TLS)
            continue;
        rules->listen_tls[i] = tls_context_new(TLS_LISTENER, &s->listen[i].tls, NULL, &report);
        whole &= rules->listen_tls[i] != NULL;
    }
    return rules->listen_tls && whole;
}
