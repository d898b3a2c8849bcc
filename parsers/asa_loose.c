/*
 * Messages without a form of their own: the whole text is the record's message, and addresses,
 * users and interfaces are found by the words that stand before them ("from", "User =", "IP <").
 * What is written as interface:address or address/port needs no such word: the first is the source,
 * the next one the destination.
 */
#include "parsers/asa.h"

enum pointer {
    NOTHING,
    SOURCE,
    DESTINATION,
    USER,
    GROUP,
    INTERFACE,
    IGNORED, /* what follows is neither side's own address */
};

static const struct {
    const char *word;
    enum pointer to;
} pointers[] = {
    {"from", SOURCE},
    {"ip", SOURCE},
    {"src", SOURCE},
    {"source", SOURCE},
    {"src_addr", SOURCE},
    {"saddr", SOURCE},
    {"faddr", SOURCE}, /* the foreign side, which is printed first */
    {"client", SOURCE},
    {"host", SOURCE},
    {"addr", SOURCE},
    {"address", SOURCE},
    {"peer", SOURCE},
    {"remote-peer", SOURCE},
    {"remote_peer_ip", SOURCE},
    {"foreign_address", SOURCE},
    {"neighbor", SOURCE},
    {"nbr", SOURCE},
    {"for", SOURCE},
    {"to", DESTINATION},
    {"dst", DESTINATION},
    {"dest", DESTINATION},
    {"dest_addr", DESTINATION},
    {"destination", DESTINATION},
    {"daddr", DESTINATION},
    {"laddr", DESTINATION},
    {"local_address", DESTINATION},
    {"gaddr", IGNORED},
    {"server", DESTINATION},
    {"user", USER},
    {"username", USER},
    {"uname", USER},
    {"group", GROUP},
    {"interface", INTERFACE},
};

static enum pointer pointer_of(struct slice word)
{
    if (word.len < 2 || word.len > 15)
        return NOTHING;
    for (size_t i = 0; i < sizeof(pointers) / sizeof(pointers[0]); i++)
        if (slice_is_nocase(word, pointers[i].word))
            return pointers[i].to;
    return NOTHING;
}

static void set_side(struct record *r, enum pointer to, const struct asa_endpoint *e)
{
    if (to == SOURCE && !RECORD_HAS(r, src_ip))
        asa_set_source(r, e);
    else if (to == DESTINATION && !RECORD_HAS(r, dst_ip))
        asa_set_destination(r, e);
}

static bool read_side(struct slice word, struct asa_endpoint *e)
{
    struct cursor c = cursor_over(word);
    if (word.len == 0)
        return false;
    asa_endpoint(&c, false, e);
    return e->has_ip;
}

/* "inside:10.1.0.31", "10.1.0.31/443" and both; a word without these marks is soon done with. */
static void set_unpointed(struct record *r, struct slice word)
{
    struct asa_endpoint e;
    if ((RECORD_HAS(r, src_ip) && RECORD_HAS(r, dst_ip)) || word.len < 6 ||
        (slice_find(word, '/') == word.len && slice_find(word, ':') == word.len))
        return;
    if (!read_side(word, &e) || !(e.has_port || e.interface.len))
        return;
    size_t colon = slice_find_last(e.interface, ':'); /* "packet:Vlan110:198.51.100.7" */
    if (colon < e.interface.len)
        e.interface = slice_from(e.interface, colon + 1);
    set_side(r, RECORD_HAS(r, src_ip) ? DESTINATION : SOURCE, &e);
}

/* `marked`: by "=", ":", quotes, brackets or "for user"; else "User authentication" would be one. */
static void set_pointed(struct record *r, enum pointer to, struct slice word, bool marked)
{
    struct asa_endpoint e;
    switch (to) {
    case USER:
        if (marked && !RECORD_HAS(r, src_user))
            asa_set_user(r, word);
        break;
    case GROUP:
        if (marked)
            record_extra(r, slice("group"), word);
        break;
    case INTERFACE:
        if (!RECORD_HAS(r, src_interface))
            record_set_src_interface(r, word);
        break;
    case IGNORED:
        break;
    default:
        if (read_side(word, &e))
            set_side(r, to, &e);
        break;
    }
}

/* "UDP packet from ..."; of a text without sides it would say nothing. */
static void set_protocol(struct record *r, struct slice word)
{
    if ((word.len != 3 && word.len != 4) || RECORD_HAS(r, protocol))
        return;
    if (slice_is_nocase(word, "tcp") || slice_is_nocase(word, "udp") ||
        slice_is_nocase(word, "icmp") || slice_is_nocase(word, "sctp"))
        record_set_protocol(r, (uint8_t)protocol_number(word));
}

/* The next word; what is quoted or in brackets is one. */
static struct slice next_word(struct cursor *c, bool *marked)
{
    static const char opens[] = "<'\"[", closes[] = ">'\"]";
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
    while (word.len && strchr(",.:;)]\r\n", word.ptr[word.len - 1]))
        word.len--;
    return word;
}

/* Where "=", ":" or "[" stands inside a word, or its length. */
static size_t mark_in(struct slice word)
{
    size_t n = 0;
    while (n < word.len && word.ptr[n] != '=' && word.ptr[n] != ':' && word.ptr[n] != '[')
        n++;
    return n;
}

/* "on interface inside", "DHCP client interface inside:"; but not "Failover interface failed". */
static bool is_named(struct slice before, struct slice name)
{
    static const char *const words[] = {"on", "of", "in", "to", "from", "into", "via", "redundant"};
    if (slice_ends(name, ":"))
        return true;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (slice_is_nocase(before, words[i]))
            return true;
    return false;
}

/* "(Primary) Switching to OK": which unit of a failover pair or cluster speaks. */
static void read_unit(struct cursor *c, struct record *r)
{
    struct cursor ahead = *c;
    if (cursor_peek(c) != '(')
        return;
    cursor_advance(&ahead, 1);
    struct slice unit = cursor_until(&ahead, ')');
    if (ahead.bad || unit.len > 24 || slice_find(unit, ':') < unit.len)
        return;
    record_extra(r, slice("unit"), unit);
    *c = ahead;
}

bool asa_loose(struct parse_context *context, const struct asa_kind *kind, struct cursor *c,
               struct record *r)
{
    enum pointer to = NOTHING;
    bool marked = false;
    struct slice before = SLICE_NONE; /* the word before "interface" or "user" */
    (void)context;
    (void)kind;

    record_set_message(r, slice_trim(c->rest));
    read_unit(c, r);
    bool member = cursor_peek(c) == 'G'; /* "Group staff User alice IP 198.51.100.9 ..." */
    while (!cursor_at_end(c)) {
        cursor_skip_blanks(c);
        bool quoted = false;
        struct slice word = next_word(c, &quoted);
        if (slice_is(word, "=") || slice_is(word, ":")) {
            marked = true;
            continue;
        }
        struct slice value = without_stops(word);
        size_t mark = mark_in(word);
        enum pointer inside = mark + 1 < word.len ? pointer_of(slice_first(word, mark)) : NOTHING;
        if (inside != NOTHING) { /* user=alice, peer[192.0.2.1] */
            set_pointed(r, inside, without_stops(slice_from(word, mark + 1)), true);
            to = NOTHING;
            continue;
        }
        if (to == INTERFACE && !(marked || quoted || is_named(before, word)))
            to = NOTHING;
        if ((to == USER && slice_is(before, "for")) || (member && (to == USER || to == GROUP)))
            marked = true;
        member = member && (to != NOTHING || pointer_of(value) != NOTHING);
        if (to != NOTHING && value.len)
            set_pointed(r, to, value, marked || quoted);
        else
            set_unpointed(r, value);
        set_protocol(r, value);
        marked = word.len && (word.ptr[word.len - 1] == ':' || word.ptr[word.len - 1] == '=');
        to = pointer_of(marked ? slice_first(word, word.len - 1) : value);
        if (to == INTERFACE && word.ptr[0] == 'I')
            before = slice("on");
        else if (to != INTERFACE && to != USER)
            before = value;
    }
    return true;
}
