/*
 * Messages without a form of their own: the whole text is the record's message, and addresses,
 * users and interfaces are found by the words that stand before them ("from", "User =", "IP <").
 */
#include "parsers/asa.h"

enum pointer {
    NOTHING,
    SOURCE,
    DESTINATION,
    USER,
    GROUP,
    INTERFACE,
};

static const struct {
    const char *word;
    enum pointer to;
} pointers[] = {
    {"from", SOURCE},         {"ip", SOURCE},       {"src", SOURCE},       {"source", SOURCE},
    {"client", SOURCE},       {"addr", SOURCE},     {"address", SOURCE},   {"peer", SOURCE},
    {"to", DESTINATION},      {"dst", DESTINATION}, {"dest", DESTINATION}, {"server", DESTINATION},
    {"user", USER},           {"username", USER},   {"uname", USER},       {"group", GROUP},
    {"interface", INTERFACE},
};

static enum pointer pointer_of(struct slice word)
{
    if (word.len < 2 || word.len > 9)
        return NOTHING;
    for (size_t i = 0; i < sizeof(pointers) / sizeof(pointers[0]); i++)
        if (slice_is_nocase(word, pointers[i].word))
            return pointers[i].to;
    return NOTHING;
}

static void set_side(struct record *r, enum pointer to, struct slice word)
{
    struct asa_endpoint e;
    struct cursor c = cursor_over(word);
    if (word.len == 0)
        return;
    asa_endpoint(&c, false, &e);
    if (!e.has_ip)
        return;
    if (to == SOURCE && !RECORD_HAS(r, src_ip))
        asa_set_source(r, &e);
    else if (to == DESTINATION && !RECORD_HAS(r, dst_ip))
        asa_set_destination(r, &e);
}

/* `marked`: by "=", ":", quotes or brackets; without, "User authentication" would be a user. */
static void set_pointed(struct record *r, enum pointer to, struct slice word, bool marked)
{
    switch (to) {
    case USER:
        if (marked && !RECORD_HAS(r, src_user))
            record_set_src_user(r, word);
        break;
    case GROUP:
        if (marked)
            record_extra(r, slice("group"), word);
        break;
    case INTERFACE:
        if (!RECORD_HAS(r, src_interface))
            record_set_src_interface(r, word);
        break;
    default:
        set_side(r, to, word);
        break;
    }
}

/* The next word; what is quoted or in angle brackets is one. */
static struct slice next_word(struct cursor *c, bool *marked)
{
    static const char opens[] = "<'\"", closes[] = ">'\"";
    char first = cursor_peek(c);
    const char *kind = first ? strchr(opens, first) : NULL;
    if (kind) {
        size_t close = slice_find(slice_from(c->rest, 1), closes[kind - opens]);
        if (close + 1 < c->rest.len) {
            struct slice word = slice_make(c->rest.ptr + 1, close);
            cursor_advance(c, close + 2);
            *marked = true;
            return word;
        }
    }
    return cursor_until_or_end(c, ' ');
}

static struct slice without_stops(struct slice word)
{
    while (word.len && strchr(",.;)\r\n", word.ptr[word.len - 1]))
        word.len--;
    return word;
}

bool asa_loose(struct parse_context *context, const struct asa_kind *kind, struct cursor *c,
               struct record *r)
{
    enum pointer to = NOTHING;
    bool marked = false;
    (void)context;
    (void)kind;

    record_set_message(r, slice_trim(c->rest));
    while (!cursor_at_end(c)) {
        cursor_skip_blanks(c);
        bool quoted = false;
        struct slice word = next_word(c, &quoted);
        if (slice_is(word, "=") || slice_is(word, ":")) {
            marked = true;
            continue;
        }
        struct slice value = without_stops(word);
        if (to != NOTHING && value.len)
            set_pointed(r, to, value, marked || quoted);
        size_t equals = slice_find(word, '=');
        if (equals > 0 && equals + 1 < word.len) { /* user=alice */
            set_pointed(r, pointer_of(slice_first(word, equals)),
                        without_stops(slice_from(word, equals + 1)), true);
            to = NOTHING;
            continue;
        }
        marked = word.len && (word.ptr[word.len - 1] == ':' || word.ptr[word.len - 1] == '=');
        to = pointer_of(marked ? slice_first(word, word.len - 1) : value);
    }
    return true;
}
