/*
 * What a schema cannot say, checked once everything is converted. A key that was complained about
 * already is wrong here and left alone, so that nothing is said twice.
 */
#include "config/check.h"

#include <stdio.h>
#include <string.h>

#define TLS_PORT          6514 /* RFC 5425 */
#define ANSWER_TIMEOUT_MS 60000

/* The value of a key, when it is there and right. */
static const struct node *right(const struct node *map, const char *key)
{
    const struct node *child = document_child(map, key);
    return child && !child->wrong ? child : NULL;
}

static struct node *first_entry(const struct node *map, const char *key)
{
    const struct node *list = right(map, key);
    return list ? document_right(list->first) : NULL;
}

static void complain_value(struct complaints *complaints, const struct node *node,
                           const char *sentence)
{
    char path[PATH_MAX_LEN];
    complain(complaints, node->place, document_path(path, node), "%s", sentence);
}

/* The entry before `node` whose `key` has the same text. */
static const struct node *same_before(const struct node *node, const char *key)
{
    const struct node *mine = right(node, key);
    for (const struct node *other = mine ? node->parent->first : node; other != node;
         other = other->next) {
        const struct node *theirs = other->wrong ? NULL : right(other, key);
        if (theirs && strcmp(theirs->text, mine->text) == 0)
            return theirs;
    }
    return NULL;
}

static void check_unique(struct complaints *complaints, const struct node *entry, const char *key)
{
    char path[PATH_MAX_LEN], quoted[QUOTED_MAX];
    const struct node *other = same_before(entry, key);
    const struct node *node = right(entry, key);
    if (other)
        complain(complaints, node->place, document_path(path, node),
                 "expected another name than %s, which line %u has already",
                 complaints_quote(quoted, node->text), other->place.line);
}

static bool is_any(const char *address)
{
    return strcmp(address, "0.0.0.0") == 0 || strcmp(address, "::") == 0;
}

static bool same_family(const char *a, const char *b)
{
    return !strchr(a, ':') == !strchr(b, ':');
}

static bool listeners_collide(const struct listen_settings *a, const struct listen_settings *b)
{
    bool both_tcp = a->protocol != LISTEN_UDP && b->protocol != LISTEN_UDP;
    return (both_tcp || a->protocol == b->protocol) && a->port && a->port == b->port &&
           a->address && b->address &&
           (strcmp(a->address, b->address) == 0 ||
            (same_family(a->address, b->address) && (is_any(a->address) || is_any(b->address))));
}

static void needs(struct complaints *complaints, const struct node *entry, const char *key,
                  const char *who)
{
    char path[PATH_MAX_LEN];
    if (!document_child(entry, key))
        complain(complaints, entry->place, document_path(path, entry),
                 "the key \"%s\" is missing: %s needs it", key, who);
}

static void has_no(struct complaints *complaints, const struct node *entry, const char *key,
                   const char *protocol)
{
    char path[PATH_MAX_LEN];
    const struct node *node = document_child(entry, key);
    if (node)
        complain(complaints, node->key_place, document_path(path, node),
                 "protocol %s has no %s: leave it out", protocol, key);
}

static void has_none(struct complaints *complaints, const struct node *entry,
                     const char *const *keys, const char *protocol)
{
    for (; *keys; keys++)
        has_no(complaints, entry, *keys, protocol);
}

static void check_listener(struct complaints *complaints, const struct node *entry,
                           struct listen_settings *listen)
{
    static const char *const tls_keys[] = {"certificate",   "key",          "client-ca", "client",
                                           "allowed-names", "fingerprints", NULL};
    const char *protocol = right(entry, "protocol")->text;
    if (listen->protocol != LISTEN_TLS) {
        needs(complaints, entry, "port",
              listen->protocol == LISTEN_UDP ? "protocol udp" : "protocol tcp");
        has_none(complaints, entry, tls_keys, protocol);
        return;
    }
    needs(complaints, entry, "certificate", "protocol tls");
    needs(complaints, entry, "key", "protocol tls");
    if (!document_child(entry, "port"))
        listen->port = TLS_PORT;
    if (document_child(entry, "allowed-names"))
        needs(complaints, entry, "client-ca", "allowed-names");
    if (document_child(entry, "client") && !document_child(entry, "fingerprints"))
        needs(complaints, entry, "client-ca", "client");
}

static void check_listeners(struct complaints *complaints, const struct node *root,
                            const struct settings *settings)
{
    struct node *entry = first_entry(root, "listen");
    for (size_t i = 0; entry && i < settings->listen_count; i++) {
        if (right(entry, "protocol"))
            check_listener(complaints, entry, &settings->listen[i]);
        for (size_t j = 0; j < i; j++) {
            if (!right(entry, "protocol") ||
                !listeners_collide(&settings->listen[i], &settings->listen[j]))
                continue;
            complain_value(complaints, right(entry, "port") ? right(entry, "port") : entry,
                           "expected a port that no listener above has with the same protocol "
                           "and address");
            break;
        }
        entry = document_right(entry->next);
    }
}

static bool covers(const struct net *wide, const struct net *narrow)
{
    for (unsigned i = 0; i < 16 && wide->prefix > i * 8; i++) {
        unsigned bits = wide->prefix - i * 8;
        uint8_t mask = bits >= 8 ? 0xff : (uint8_t)(0xff00 >> bits);
        if ((wide->bytes[i] ^ narrow->bytes[i]) & mask)
            return false;
    }
    return wide->prefix <= narrow->prefix;
}

/* The first that has the sender counts: one that an entry above covers would never be asked. */
static void check_devices(struct complaints *complaints, const struct node *root,
                          const struct settings *settings)
{
    struct node *entry = first_entry(root, "devices");
    for (size_t i = 0; entry && i < settings->device_count; i++) {
        const struct node *sender = right(entry, "sender");
        const struct node *above = first_entry(root, "devices");
        for (size_t j = 0; sender && j < i; j++, above = document_right(above->next)) {
            char path[PATH_MAX_LEN];
            if (!right(above, "sender") ||
                !covers(&settings->devices[j].sender, &settings->devices[i].sender))
                continue;
            complain(complaints, sender->place, document_path(path, sender),
                     "expected a sender that line %u does not have already: the first entry "
                     "counts, narrower ones come before wider ones",
                     right(above, "sender")->place.line);
            break;
        }
        entry = document_right(entry->next);
    }
}

static void check_tls_output(struct complaints *complaints, const struct node *entry,
                             struct forward_settings *forward)
{
    if (!document_child(entry, "port"))
        forward->port = TLS_PORT;
    if (document_child(entry, "certificate"))
        needs(complaints, entry, "key", "certificate");
    if (document_child(entry, "key"))
        needs(complaints, entry, "certificate", "key");
}

/* One receiver, or several. */
static void check_receivers(struct complaints *complaints, const struct node *entry,
                            const char *who, bool port_known)
{
    char path[PATH_MAX_LEN];
    const struct node *receivers = document_child(entry, "receivers");
    static const char *const keys[] = {"host", "port"};
    for (size_t i = 0; i < 2; i++) {
        const struct node *node = document_child(entry, keys[i]);
        if (!receivers && (i == 0 || !port_known))
            needs(complaints, entry, keys[i], who);
        else if (receivers && node)
            complain(complaints, node->key_place, document_path(path, node),
                     "receivers has it already: leave one of them out");
    }
}

static void check_forward_keys(struct complaints *complaints, const struct node *entry,
                               struct forward_settings *forward)
{
    static const char *const tls_keys[] = {"ca",          "certificate",  "key",
                                           "server-name", "fingerprints", NULL};
    const char *protocol = right(entry, "protocol")->text;
    char who[32];
    snprintf(who, sizeof(who), "protocol %s", protocol);
    if (forward->protocol != FORWARD_TLS)
        has_none(complaints, entry, tls_keys, protocol);
    if (forward->protocol != FORWARD_RELP)
        has_no(complaints, entry, "answer-timeout", protocol);
    else if (!document_child(entry, "answer-timeout"))
        forward->answer_timeout_ms = ANSWER_TIMEOUT_MS;
    if (forward->protocol == FORWARD_FILE) {
        needs(complaints, entry, "path", who);
        has_no(complaints, entry, "host", protocol);
        has_no(complaints, entry, "port", protocol);
        has_no(complaints, entry, "receivers", protocol);
        /* A file holds lines; a header that a network wants would be in the way there. */
        if (!document_child(entry, "framing"))
            forward->framing = FRAMING_NEWLINE;
        if (!document_child(entry, "header"))
            forward->header = HEADER_NONE;
        return;
    }
    check_receivers(complaints, entry, who, forward->protocol == FORWARD_TLS);
    if (forward->protocol == FORWARD_TLS)
        check_tls_output(complaints, entry, forward);
    has_no(complaints, entry, "path", protocol);
    if (forward->protocol == FORWARD_UDP || forward->protocol == FORWARD_RELP)
        has_no(complaints, entry, "framing", protocol);
}

/* Each output writes into a folder of its own. */
static void check_spools(struct complaints *complaints, const struct node *entry)
{
    const struct node *mine = right(right(entry, "spool"), "directory");
    for (const struct node *other = entry->parent->first; mine && other != entry;
         other = other->next) {
        const struct node *theirs = other->wrong ? NULL : right(right(other, "spool"), "directory");
        if (theirs && strcmp(theirs->text, mine->text) == 0)
            complain_value(complaints, mine, "expected a folder that no output above has");
    }
}

static void check_forward(struct complaints *complaints, const struct node *root,
                          const struct settings *settings)
{
    struct node *entry = first_entry(root, "forward");
    for (size_t i = 0; entry && i < settings->forward_count; i++) {
        struct forward_settings *forward = &settings->forward[i];
        const struct node *reconnect = right(entry, "reconnect");
        check_unique(complaints, entry, "name");
        check_spools(complaints, entry);
        if (right(entry, "protocol"))
            check_forward_keys(complaints, entry, forward);
        if (right(reconnect, "min") && right(reconnect, "max") &&
            forward->reconnect_min_ms > forward->reconnect_max_ms)
            complain_value(complaints, right(reconnect, "min"),
                           "expected a duration that is not longer than max");
        entry = document_right(entry->next);
    }
}

static void check_lists(struct complaints *complaints, const struct node *root)
{
    for (struct node *entry = first_entry(root, "lists"); entry;
         entry = document_right(entry->next))
        check_unique(complaints, entry, "name");
}

static void check_dead_letters(struct complaints *complaints, const struct node *root,
                               struct settings *settings)
{
    const struct node *node = right(root, "dead-letters"), *to = document_child(node, "to");
    if (!to && settings->dead_letters.path)
        settings->dead_letters.to = DEAD_LETTERS_TO_FILE;
    if (to && !to->wrong && settings->dead_letters.to != DEAD_LETTERS_TO_OUTPUTS &&
        !document_child(node, "path"))
        complain_value(complaints, to, "the key \"path\" is missing: which file?");
}

void check_settings(struct complaints *complaints, const struct node *root,
                    struct settings *settings)
{
    check_listeners(complaints, root, settings);
    check_devices(complaints, root, settings);
    check_lists(complaints, root);
    check_forward(complaints, root, settings);
    check_dead_letters(complaints, root, settings);
}

static void check_name(struct complaints *complaints, const struct node *node,
                       const char *const *names)
{
    char path[PATH_MAX_LEN], quoted[QUOTED_MAX];
    for (const char *const *name = names; *name; name++)
        if (strcmp(*name, node->text) == 0)
            return;
    const char *nearest = config_nearest(node->text, names);
    complain(complaints, node->place, document_path(path, node),
             nearest ? "expected the name of a detector, not %s; did you mean \"%s\"?"
                     : "expected the name of a detector, not %s",
             complaints_quote(quoted, node->text), nearest);
}

void check_detector_names(struct complaints *complaints, const struct node *root,
                          const struct settings *settings, const char *const *names)
{
    const struct node *detectors = right(root, "detectors");
    struct node *node;
    for (node = first_entry(detectors, "enable"); node; node = document_right(node->next))
        check_name(complaints, node, names);
    for (node = first_entry(detectors, "disable"); node; node = document_right(node->next)) {
        check_name(complaints, node, names);
        for (size_t i = 0; i < settings->enable.count; i++)
            if (strcmp(settings->enable.items[i], node->text) == 0)
                complain_value(complaints, node,
                               "expected a detector that enable does not list as well");
    }
}

static void check_tiers(struct complaints *complaints, const struct node *root,
                        const struct detector_settings *detector)
{
    struct node *entry = first_entry(root, "tiers");
    uint64_t below = detector->gte;
    for (size_t i = 0; entry && i < detector->tier_count; i++) {
        const struct node *gte = right(entry, "gte");
        if (gte && detector->tiers[i].gte <= below)
            complain_value(complaints, gte,
                           "expected a number above that of the tier before and the condition's");
        below = gte ? detector->tiers[i].gte : below;
        entry = document_right(entry->next);
    }
}

static bool is_type(const struct detector_settings *detector, const char *type)
{
    return detector->type && strcmp(detector->type, type) == 0;
}

static void check_counting(struct complaints *complaints, const struct node *root,
                           const struct detector_settings *detector)
{
    const struct node *condition = document_child(root, "condition");
    const struct node *also = right(root, "also");
    if (is_type(detector, "value_count") && !(condition && condition->wrong) &&
        !document_child(condition, "field")) {
        char path[PATH_MAX_LEN];
        const struct node *at = condition ? condition : root;
        complain(complaints, at->place, document_path(path, at),
                 "the key \"%s\" is missing: type value_count needs the field that it counts",
                 at == root ? "condition" : "field");
    }
    if (is_type(detector, "event_count") && right(condition, "field"))
        complain_value(complaints, right(condition, "field"),
                       "type event_count counts records, not values: leave it out");
    if (is_type(detector, "first_seen") && detector->gte > 1)
        complain_value(complaints, right(condition, "gte"),
                       "type first_seen counts nothing: leave it out");
    if (right(also, "gte") && right(condition, "gte") && detector->also_gte >= detector->gte)
        complain_value(complaints, right(also, "gte"),
                       "expected a number below the condition's, or this says nothing new");
}

static void check_sequence(struct complaints *complaints, const struct node *root,
                           const struct detector_settings *detector)
{
    char path[PATH_MAX_LEN];
    const struct node *after = document_child(root, "after");
    if (is_type(detector, "sequence") && !after)
        complain(complaints, root->place, document_path(path, root),
                 "the key \"after\" is missing: type sequence needs the names of the detectors "
                 "that come before");
    else if (detector->type && !is_type(detector, "sequence") && after)
        complain(complaints, after->key_place, document_path(path, after),
                 "only type sequence comes after other detectors: leave it out");
}

/* What is known only after all detectors have seen a record. */
static void check_where(struct complaints *complaints, const struct node *where,
                        const struct predicate_settings *predicate)
{
    static const char sentence[] = "only an output can ask this, under forward: leave it out";
    if (predicate->detected)
        complain_value(complaints, right(where, "detected"), sentence);
    if (predicate->firing)
        complain_value(complaints, right(where, "firing"), sentence);
}

void check_detector(struct complaints *complaints, const struct node *root, const char *name,
                    struct detector_settings *detector)
{
    char path[PATH_MAX_LEN], quoted[QUOTED_MAX];
    const struct node *node = right(root, "name");
    if (node && strcmp(node->text, name) != 0)
        complain(complaints, node->place, document_path(path, node),
                 "expected the name of the file, \"%s\", not %s", name,
                 complaints_quote(quoted, node->text));
    check_counting(complaints, root, detector);
    check_sequence(complaints, root, detector);
    check_tiers(complaints, root, detector);
    check_where(complaints, right(root, "where"), &detector->where);
    check_where(complaints, right(right(root, "also"), "where"), &detector->also_where);
    if (right(root, "suppress") && right(root, "suppress-max") &&
        detector->suppress_ms > detector->suppress_max_ms)
        complain_value(complaints, right(root, "suppress"),
                       "expected a duration that is not longer than suppress-max");
    detector->name = detector->name ? detector->name : name;
    detector->title = detector->title ? detector->title : detector->name;
    detector->summary = detector->summary ? detector->summary : detector->title;
    detector->explanation = detector->explanation ? detector->explanation : "";
    detector->next_steps = detector->next_steps ? detector->next_steps : "";
    detector->missing = detector->missing ? detector->missing : "skip";
    if (!detector->where.listed_side)
        detector->where.listed_side = "source";
    if (!detector->also_where.listed_side)
        detector->also_where.listed_side = "source";
}
