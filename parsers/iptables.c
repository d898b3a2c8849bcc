/*
 * Linux kernel: what the iptables target LOG and the nftables statement log write, and so UFW,
 * Shorewall, firewalld, VyOS and OpenWrt, which set their rules up by them. The form is that of the
 * kernel's net/netfilter/nf_log_syslog.c: words and KEY=value between blanks. What was done with the
 * packet is not in it: only the prefix, free text of who wrote the rule, may tell.
 * https://www.netfilter.org/documentation/, man iptables-extensions (LOG), man nft (LOG STATEMENT)
 */
#include "parsers/parser.h"
#include "parsers/text/kv.h"

#define PREFIX_MAX 256 /* the kernel takes 127 bytes of prefix; relays leave theirs in front */

enum how { AS_FIELD, AS_PROTOCOL, AS_MAC };

static const struct kv_key keys2[] = {KV_KEY("IN", AS_FIELD, FIELD_src_interface)};
static const struct kv_key keys3[] = {
    KV_KEY("OUT", AS_FIELD, FIELD_dst_interface), KV_KEY("MAC", AS_MAC, 0),
    KV_KEY("SRC", AS_FIELD, FIELD_src_ip),        KV_KEY("DST", AS_FIELD, FIELD_dst_ip),
    KV_KEY("SPT", AS_FIELD, FIELD_src_port),      KV_KEY("DPT", AS_FIELD, FIELD_dst_port),
};
static const struct kv_key keys4[] = {
    KV_KEY("TYPE", AS_FIELD, FIELD_icmp_type),
    KV_KEY("CODE", AS_FIELD, FIELD_icmp_code),
};
static const struct kv_key keys5[] = {KV_KEY("PROTO", AS_PROTOCOL, 0)};
static const struct kv_key keys6[] = {
    KV_KEY("MACSRC", AS_FIELD, FIELD_src_mac),
    KV_KEY("MACDST", AS_FIELD, FIELD_dst_mac),
};
static const struct kv_drawer drawers[] = {
    [2] = KV_DRAWER(keys2), [3] = KV_DRAWER(keys3), [4] = KV_DRAWER(keys4),
    [5] = KV_DRAWER(keys5), [6] = KV_DRAWER(keys6),
};
#define N_DRAWERS (sizeof(drawers) / sizeof(drawers[0]))

/* Words that people put into prefixes, after the names of targets and of UFW's levels. */
static const struct {
    const char *word;
    int action;
} verdicts[] = {
    {"drop", ACTION_DROP},      {"dropped", ACTION_DROP},    {"reject", ACTION_RESET},
    {"rejected", ACTION_RESET}, {"block", ACTION_DENY},      {"blocked", ACTION_DENY},
    {"deny", ACTION_DENY},      {"denied", ACTION_DENY},     {"accept", ACTION_ALLOW},
    {"accepted", ACTION_ALLOW}, {"allow", ACTION_ALLOW},     {"allowed", ACTION_ALLOW},
    {"permit", ACTION_ALLOW},   {"permitted", ACTION_ALLOW}, {"pass", ACTION_ALLOW},
    {"passed", ACTION_ALLOW},
};
#define N_VERDICTS (sizeof(verdicts) / sizeof(verdicts[0]))

static const struct {
    const char *name;
    uint8_t severity;
} told[ACTION_COUNT] = {
    [ACTION_ALLOW] = {"Packet allowed", 2},
    [ACTION_DENY] = {"Packet denied", 4},
    [ACTION_DROP] = {"Packet dropped", 4},
    [ACTION_RESET] = {"Packet rejected", 4},
};

/* A run of words that belong together: "ACK PSH". */
struct run {
    const char *begin, *end;
};

struct iptables {
    struct record *out;
    struct run ip_flags, tcp_flags;
    bool no_ports; /* a later fragment, or the packet was cut */
};

/* Where the packet begins: the IN= that an OUT= follows. body.len: this is no packet. */
static size_t iptables_packet(struct slice body)
{
    struct slice head = slice_first(body, PREFIX_MAX);
    for (size_t at = 0; at < head.len; at += 3) {
        at += slice_find_text(slice_from(head, at), "IN=");
        if (at == head.len)
            break;
        struct slice rest = slice_from(body, at);
        if (slice_starts(slice_from(rest, slice_find(slice_first(rest, 64), ' ')), " OUT="))
            return at;
    }
    return body.len;
}

static bool iptables_claims(const struct syslog *header, struct slice body)
{
    (void)header;
    struct slice packet = slice_from(body, iptables_packet(body));
    return body.len && body.ptr[0] != '{' && slice_find_text(packet, " SRC=") < packet.len;
}

/* The length of a bracket that holds blanks, one of two letters (if any), and digits with or
 * without a dot; 0: none stands here. */
static size_t iptables_bracket(struct slice s, const char *letters, bool dotted)
{
    size_t n = 1, dots = 0;
    if (s.len < 3 || s.ptr[0] != '[')
        return 0;
    while (n < s.len && s.ptr[n] == ' ')
        n++;
    if (*letters && (n == s.len || (s.ptr[n] != letters[0] && s.ptr[n] != letters[1])))
        return 0;
    n += *letters != '\0';
    for (; n < s.len && s.ptr[n] != ']'; n++) {
        if ((unsigned)(s.ptr[n] - '0') > 9 && s.ptr[n] != '.')
            return 0;
        dots += s.ptr[n] == '.';
    }
    return n < s.len && dots == dotted ? n + 1 : 0;
}

/* "[ 1234.567890] ", and "[T42] " behind it where the kernel names its threads and processors. */
static struct slice iptables_after_uptime(struct slice s)
{
    size_t uptime = iptables_bracket(s, "", true);
    s = slice_trim(slice_from(s, uptime));
    return uptime ? slice_trim(slice_from(s, iptables_bracket(s, "TC", false))) : s;
}

/* What the rule's author wrote: without a relay's header, the uptime, brackets and the colon. */
static struct slice iptables_prefix(const struct syslog *header, struct slice text)
{
    size_t at;
    while ((at = slice_find_text(text, "kernel:")) < text.len)
        text = slice_from(text, at + strlen("kernel:"));
    text = iptables_after_uptime(slice_trim(text));
    /* Without the kernel's tag the prefix itself was read as one. */
    if (text.len == 0 && header->procid.len == 0 && !slice_is(header->app, "kernel") &&
        header->form == SYSLOG_RFC3164)
        text = header->app;
    /* firewalld's are in quotes: "filter_IN_public_REJECT: " */
    text = slice_from(text, text.len && text.ptr[0] == '"');
    while (text.len && memchr(": \"", text.ptr[text.len - 1], 3))
        text.len--;
    if (text.len > 2 && text.ptr[0] == '[' && slice_find(text, ']') == text.len - 1)
        text = slice_make(text.ptr + 1, text.len - 2);
    return text;
}

/* VyOS and its kin end in the rule's action: "WAN_IN-10-D". -1: this is no such prefix. */
static int iptables_vyos_verdict(struct slice prefix)
{
    size_t len = prefix.len, dash = slice_find(prefix, '-');
    if (len < 5 || dash + 2 >= len || prefix.ptr[len - 2] != '-')
        return -1;
    switch (prefix.ptr[len - 1]) {
    case 'A':
        return ACTION_ALLOW;
    case 'D':
        return ACTION_DROP;
    case 'R':
        return ACTION_RESET;
    default:
        return -1;
    }
}

static bool is_letter(char c)
{
    return (unsigned)((c | 32) - 'a') < 26;
}

static const int *iptables_verdict_word(struct slice word)
{
    for (size_t i = 0; i < N_VERDICTS; i++)
        if (slice_is_nocase(word, verdicts[i].word))
            return &verdicts[i].action;
    return NULL;
}

/* The last word that is a verdict: names of zones and chains, which may be called "drop" or "block"
 * too, come before it. -1: none is. */
static int iptables_verdict(struct slice prefix)
{
    int verdict = -1;
    const char *p = prefix.ptr, *end = slice_end(prefix);
    bool negated = false;
    for (;;) {
        while (p < end && !is_letter(*p))
            p++;
        const char *begin = p;
        while (p < end && is_letter(*p))
            p++;
        if (p == begin)
            return verdict;
        const int *found = iptables_verdict_word(slice_between(begin, p));
        if (found)
            verdict = negated && *found == ACTION_ALLOW ? ACTION_DENY : *found;
        negated = slice_is_nocase(slice_between(begin, p), "not");
    }
}

/* The device's own bytes: destination, source and type of Ethernet, sometimes more behind them. Of
 * tunnels and others they are something else, and stay as they are. */
static bool iptables_mac(struct record *r, struct slice bytes)
{
    struct slice type = slice_first(slice_from(bytes, 36), 5);
    bool ethernet = bytes.len == 41 || slice_is(type, "08:00") || slice_is(type, "86:dd") ||
                    slice_is(type, "81:00");
    if (!ethernet || bytes.ptr[17] != ':' || bytes.ptr[35] != ':')
        return false;
    record_set_dst_mac(r, slice_first(bytes, 17));
    record_set_src_mac(r, slice_first(slice_from(bytes, 18), 17));
    return true;
}

static void iptables_pair(struct record *r, struct slice name, struct slice value)
{
    const struct kv_key *key = kv_find(drawers, N_DRAWERS, name);
    bool taken = false;
    if (key && key->how == AS_MAC)
        taken = iptables_mac(r, value);
    else if (key && key->how == AS_PROTOCOL)
        taken = !RECORD_HAS(r, protocol) && record_put(r, FIELD_protocol, value);
    else if (key)
        taken = !(r->has >> key->what & 1) && record_put(r, key->what, value);
    if (!taken)
        record_extra(r, name, value);
}

/* Flags stand together in the text, and are kept as they stand. */
static bool run_take(struct run *run, struct slice word, const char *const *words)
{
    for (; *words; words++) {
        if (!slice_is(word, *words))
            continue;
        run->begin = run->begin ? run->begin : word.ptr;
        run->end = slice_end(word);
        return true;
    }
    return false;
}

static void run_keep(const struct run *run, struct record *r, const char *name)
{
    if (run->begin)
        record_extra(r, slice(name), slice_between(run->begin, run->end));
}

/* A word without a value: a flag, FRAG:185, OPT (020405B4), INCOMPLETE [8 bytes]. */
static void iptables_word(struct iptables *t, struct cursor *c, struct slice word)
{
    static const char *const ip[] = {"CE", "DF", "MF", NULL};
    static const char *const tcp[] = {"SYN", "ACK", "FIN", "RST", "PSH",
                                      "URG", "ECE", "CWR", "AE",  NULL};
    size_t colon = slice_find(word, ':');
    cursor_skip_blanks(c);
    char open = cursor_peek(c);
    t->no_ports |= slice_starts(word, "FRAG:") || slice_is(word, "INCOMPLETE");
    if (RECORD_HAS(t->out, protocol) ? run_take(&t->tcp_flags, word, tcp)
                                     : run_take(&t->ip_flags, word, ip))
        return;
    if (colon < word.len) {
        record_extra(t->out, slice_first(word, colon), slice_from(word, colon + 1));
    } else if ((open == '(' && slice_is(word, "OPT")) ||
               (open == '[' && slice_is(word, "INCOMPLETE"))) {
        cursor_advance(c, 1);
        record_extra(t->out, word, slice_trim(cursor_until_or_end(c, open == '(' ? ')' : ']')));
    }
}

/* "[SRC=... PROTO=UDP SPT=53 DPT=4 LEN=9 ]": the packet that an ICMP error is about. Its addresses
 * and ports are not those of this one. */
static void iptables_inner(struct record *r, struct cursor *c)
{
    size_t n = 0;
    int depth = 0;
    for (; n < c->rest.len; n++) {
        depth += c->rest.ptr[n] == '[';
        depth -= c->rest.ptr[n] == ']';
        if (depth == 0)
            break;
    }
    record_extra(r, slice("INNER"), slice_trim(slice_from(slice_first(c->rest, n), 1)));
    cursor_advance(c, n + (n < c->rest.len));
}

static void iptables_packet_read(struct iptables *t, struct slice packet)
{
    struct cursor c = cursor_over(packet);
    for (cursor_skip_blanks(&c); !cursor_at_end(&c); cursor_skip_blanks(&c)) {
        if (cursor_peek(&c) == '[') {
            iptables_inner(t->out, &c);
            continue;
        }
        struct slice word = cursor_until_or_end(&c, ' ');
        size_t equals = slice_find(word, '=');
        if (equals < word.len)
            iptables_pair(t->out, slice_first(word, equals), slice_from(word, equals + 1));
        else
            iptables_word(t, &c, word);
    }
    run_keep(&t->ip_flags, t->out, "IP_FLAGS");
    run_keep(&t->tcp_flags, t->out, "TCP_FLAGS");
}

/* Whether the line holds what the kernel always writes. */
static bool iptables_complete(const struct iptables *t)
{
    const struct record *r = t->out;
    if (!RECORD_HAS(r, src_ip) || !RECORD_HAS(r, dst_ip) || !RECORD_HAS(r, protocol))
        return false;
    bool ports = r->protocol == PROTOCOL_TCP || r->protocol == PROTOCOL_UDP;
    return !ports || t->no_ports || (RECORD_HAS(r, src_port) && RECORD_HAS(r, dst_port));
}

/* kernel: [ 1234.567890] DROP IN=eth0 OUT= MAC=02:00:5e:00:53:01:02:00:5e:00:53:02:08:00
 * SRC=198.51.100.7 DST=10.0.0.1 LEN=60 TOS=0x00 PREC=0x00 TTL=52 ID=4711 DF PROTO=TCP SPT=40001
 * DPT=22 WINDOW=64240 RES=0x00 SYN URGP=0 */
static enum parse_status iptables_parse(struct parse_context *context, struct slice body,
                                        struct record *out)
{
    struct iptables t = {.out = out};
    size_t at = iptables_packet(body);
    struct slice prefix = iptables_prefix(context->header, slice_first(body, at));
    int verdict = iptables_vyos_verdict(prefix);
    if (verdict < 0)
        verdict = iptables_verdict(prefix);
    record_set_vendor(out, slice("Netfilter"));
    record_set_product(out, slice("Netfilter"));
    record_set_event_id(out, slice("LOG"));
    record_set_event_name(out, slice(verdict < 0 ? "Packet logged" : told[verdict].name));
    record_set_category(out, CATEGORY_CONNECTION);
    record_set_rule(out, prefix);
    if (verdict >= 0) {
        record_set_action(out, (uint8_t)verdict);
        record_set_severity(out, told[verdict].severity);
    }
    iptables_packet_read(&t, slice_from(body, at));
    record_set_evidence(out,
                        verdict < 0 || verdict == ACTION_ALLOW ? EVIDENCE_NONE : EVIDENCE_DENIED);
    if (RECORD_HAS(out, src_interface) != RECORD_HAS(out, dst_interface))
        record_set_direction(out, RECORD_HAS(out, src_interface) ? DIRECTION_INBOUND
                                                                 : DIRECTION_OUTBOUND);
    record_settle(out);
    return iptables_complete(&t) ? PARSE_OK : PARSE_MALFORMED;
}

const struct parser parser_iptables = {
    .name = SLICE("iptables"),
    .extra_prefix = SLICE("Netfilter"),
    .claims = iptables_claims,
    .parse = iptables_parse,
};
