/* Certificates, keys and whom to trust, of every listener and output that speaks TLS: read at the start, by
 * `parapet check`, and with every new set of rules. Other commands do without. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/ops/log.h"
#include "server/rules_build.h"

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

/* NULL where the protocol is another; *whole says when it could not be had. */
static struct tls_context *open_entry(struct rules *rules, const char *list, size_t index,
                                      bool *whole)
{
    const struct settings *s = rules->settings;
    bool listens = strcmp(list, "listen") == 0;
    struct entry entry = {rules, list, index};
    struct tls_report report = {on_wrong, on_warning, &entry};
    const struct tls_settings *tls = listens ? &s->listen[index].tls : &s->forward[index].tls;
    if (listens ? s->listen[index].protocol != LISTEN_TLS
                : s->forward[index].protocol != FORWARD_TLS)
        return NULL;
    struct tls_context *context =
        tls_context_new(listens ? TLS_LISTENER : TLS_OUTPUT, tls, &report);
    *whole &= context != NULL;
    return context;
}

bool rules_open_tls(struct rules *rules)
{
    const struct settings *s = rules->settings;
    bool whole = true;
    rules->listen_tls = calloc(s->listen_count + 1, sizeof(struct tls_context *));
    rules->forward_tls = calloc(s->forward_count + 1, sizeof(struct tls_context *));
    if (!rules->listen_tls || !rules->forward_tls)
        return false;
    for (size_t i = 0; i < s->listen_count; i++)
        rules->listen_tls[i] = open_entry(rules, "listen", i, &whole);
    for (size_t i = 0; i < s->forward_count; i++)
        rules->forward_tls[i] = open_entry(rules, "forward", i, &whole);
    return whole;
}

void rules_close_tls(struct rules *rules)
{
    for (size_t i = 0; rules->listen_tls && i < rules->settings->listen_count; i++)
        tls_context_free(rules->listen_tls[i]);
    for (size_t i = 0; rules->forward_tls && i < rules->settings->forward_count; i++)
        tls_context_free(rules->forward_tls[i]);
    free(rules->listen_tls);
    free(rules->forward_tls);
}
