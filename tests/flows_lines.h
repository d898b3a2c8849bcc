/*
 * A flow in the words of a vendor. An ASA writes a line when a connection is built and one when it
 * is torn down; PAN-OS and Check Point (with accounting) one at the end that says how it went; Meraki
 * one at the beginning that says only whether it was let through. What is refused is one line.
 *
 * Texts: %a %A source's address and port, %b %B destination's, %n %N source's after translation,
 * %x %X their sides of the firewall, %w firewall; %i connection; %s %r %t bytes sent, received,
 * both, %p %P %q packets likewise; %d h:mm:ss, %e seconds; %l protocol, %L in capitals, %k its
 * number; %o application, %c action, %z end; %h eight hexadecimal digits, %u two of decimal; times:
 * %1 Mar 02 2026 09:00:00, %2 Mar  2 09:00:00, %3 2026/03/02 09:00:00, %4 ISO, %5 epoch.
 */
#pragma once

#include "tests/flows.h"
#include "tests/put.h"

struct line {
    const char *text; /* NULL: the vendor writes nothing then */
    uint8_t sees;
};

struct vendor {
    const char *name;
    struct line (*line)(const struct flow *f, enum due due);
    unsigned header; /* bytes of a packet that are counted beyond its payload */
};

static bool is_refused(const struct flow *f)
{
    return f->fate == DENIED || f->fate == STRAY;
}

static uint8_t sees_end(const struct flow *f)
{
    static const uint8_t sees[FATES] = {S_DATA,    S_NO_ANSWER, S_REFUSED,
                                        S_ABORTED, S_DENIED,    S_DENIED};
    return sees[f->fate];
}

/* ---- ASA */

#define ASA(level)   "<16" level ">%1 %w : %%ASA-" level "-"
#define ASA_FIRST    "%x:%a/%A (%a/%A) to %X:%b/%B (%b/%B)" /* the opener is less trusted */
#define ASA_SECOND   "%X:%b/%B (%b/%B) to %x:%a/%A (%n/%N)"
#define ASA_FIRST_E  "%x:%a/%A to %X:%b/%B duration %d bytes %t"
#define ASA_SECOND_E "%X:%b/%B to %x:%a/%A duration %d bytes %t"

static struct line asa_line(const struct flow *f, enum due due)
{
    static const char *const built[2][2] = {
        {ASA("6") "302013: Built inbound TCP connection %i for " ASA_FIRST,
         ASA("6") "302013: Built outbound TCP connection %i for " ASA_SECOND},
        {ASA("6") "302015: Built inbound UDP connection %i for " ASA_FIRST,
         ASA("6") "302015: Built outbound UDP connection %i for " ASA_SECOND},
    };
    static const char *const torn_down[2][2] = {
        {ASA("6") "302014: Teardown TCP connection %i for " ASA_FIRST_E " %z",
         ASA("6") "302014: Teardown TCP connection %i for " ASA_SECOND_E " %z"},
        {ASA("6") "302016: Teardown UDP connection %i for " ASA_FIRST_E,
         ASA("6") "302016: Teardown UDP connection %i for " ASA_SECOND_E},
    };
    static const char *const ping[2] = {
        ASA("6") "302020: Built inbound ICMP connection for faddr %a/%u gaddr %b/0 laddr %b/0 type "
                 "8 code 0",
        ASA("6") "302021: Teardown ICMP connection for faddr %a/%u gaddr %b/0 laddr %b/0 type 8 "
                 "code 0"};
    bool outward = way_of(f) == OUTWARD, udp = f->protocol == UDP, end = due == DUE_END;
    if (f->fate == STRAY)
        return (struct line){
            end ? NULL
                : ASA("6") "106015: Deny TCP (no connection) from %a/%A to %b/%B flags SYN ACK  on "
                           "interface %x",
            S_DENIED};
    if (f->fate == DENIED && f->protocol == ICMP)
        return (struct line){end ? NULL
                                 : ASA("4") "106023: Deny icmp src %x:%a dst %X:%b (type 8, code "
                                            "0) by access-group \"%x_in\" [0x%h, 0x0]",
                             S_DENIED};
    if (f->fate == DENIED)
        return (struct line){end ? NULL
                                 : ASA("4") "106023: Deny %l src %x:%a/%A dst %X:%b/%B by "
                                            "access-group \"%x_in\" [0x%h, 0x0]",
                             S_DENIED};
    uint8_t sees = !end ? S_NONE : udp ? S_DATA : sees_end(f);
    if (f->protocol == ICMP)
        return (struct line){ping[end], S_NONE};
    return (struct line){end ? torn_down[udp][outward] : built[udp][outward], sees};
}

static const char *asa_end(const struct flow *f)
{
    static const char *const ends[3][3] = {
        {"TCP FINs", "TCP FINs from outside", "TCP FINs from inside"},
        {"TCP Reset-I", "TCP Reset-I", "TCP Reset-I"},
        {"TCP Reset-O", "TCP Reset-O", "TCP Reset-O"},
    };
    unsigned how = paint_below(3);
    bool opener_is_inner = way_of(f) == OUTWARD; /* printed second, the more trusted side */
    if (f->fate == NO_ANSWER)
        return "SYN Timeout";
    if (f->fate == ABORTED)
        how = how == 0 ? 0 : opener_is_inner ? 1 : 2;
    if (f->fate == REFUSED)
        how = opener_is_inner ? 2 : 1;
    return ends[how][how == 0 ? paint_below(3) : 0];
}

/* ---- PAN-OS: the columns before 69, of release 10.1 */

#define PANOS_REST                                                                                 \
    ",0,%i%u,0x8000000000000000,10.0.0.0-10.255.255.255,Reserved,,%p,%P,%z,0,0,0,0,,%w,"           \
    "from-policy,,,0,,%m,,N/A,0,0,0,0,5b1c7f7e-00aa-4c1e-9c55-1d6c%h,0,0"
#define PANOS(subtype, rule)                                                                       \
    "<14>%2 %w 1,%3,0070510000001%u,TRAFFIC," subtype ",2561,%3,%a,%b,%n,%b," rule                 \
    ",,,%o,vsys1,%x,%X,ae1.10,ae2.20,siem,%3,%i,1,%A,%B,%N,%B,0x400053,%l,%c,%t,%s,%r,%q,%3,%e,"   \
    "any" PANOS_REST

static struct line panos_line(const struct flow *f, enum due due)
{
    if (is_refused(f) && due == DUE_OPEN)
        return (struct line){PANOS("drop", "interzone-default"), S_DENIED};
    if (!is_refused(f) && due == DUE_END)
        return (struct line){PANOS("end", "as agreed"), sees_end(f)};
    return (struct line){NULL, 0};
}

static const char *panos_end(const struct flow *f)
{
    if (f->fate == NO_ANSWER || f->protocol != TCP)
        return is_refused(f) ? "policy-deny" : "aged-out";
    if (f->fate == DATA)
        return paint_below(3)   ? "tcp-fin"
               : paint_below(2) ? "tcp-rst-from-client"
                                : "tcp-rst-from-server";
    if (f->fate == ABORTED)
        return f->id % 2 ? "tcp-fin" : "tcp-rst-from-client";
    return f->fate == REFUSED ? "tcp-rst-from-server" : "policy-deny";
}

static const char *application(const struct flow *f)
{
    static const struct {
        uint16_t port;
        const char *name;
    } known[] = {{443, "ssl"},         {80, "web-browsing"}, {53, "dns-base"},
                 {445, "ms-ds-smbv3"}, {88, "kerberos"},     {389, "ldap"},
                 {123, "ntp-base"},    {161, "snmpv2"},      {22, "ssh"},
                 {21, "ftp"},          {993, "imap"},        {135, "msrpc-base"},
                 {9100, "jetdirect"},  {25, "smtp-base"},    {8080, "web-browsing"}};
    if (is_refused(f))
        return "not-applicable";
    if (f->protocol == ICMP)
        return "ping";
    if (f->fate != DATA)
        return f->protocol == TCP ? "incomplete" : "unknown-udp";
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (known[i].port == f->dst_port)
            return known[i].name;
    return f->child ? "ftp" : f->protocol == TCP ? "unknown-tcp" : "unknown-udp";
}

/* ---- Check Point */

#define CHECKPOINT(action, more)                                                                   \
    "<134>1 %4 mgmt1 CheckPoint 2201 - [action:\"" action "\"; flags:\"411908\"; "                 \
    "ifdir:\"inbound\"; ifname:\"eth1\"; logid:\"0\"; loguid:\"{0x%h,0x1,0x1640a8c0,0xc0000001}\"" \
    "; origin:\"10.101.0.1\"; originsicname:\"CN=%w,O=mgmt1..k3n5xz\"; sequencenum:\"%u\"; "       \
    "time:\"%5\"; version:\"5\"; dst:\"%b\"; inzone:\"%x\"; layer_name:\"Network\"; "              \
    "match_id:\"%u\"; outzone:\"%X\"; product:\"VPN-1 & FireWall-1\"; proto:\"%k\"; "              \
    "rule_action:\"" action "\"; rule_name:\"rule %u\"; src:\"%a\"; " more "]"
#define PORTS_SAID "s_port:\"%A\"; service:\"%B\"; "
#define PING_SAID  "icmp_type:\"8\"; icmp_code:\"0\"; "
#define COUNTED                                                                                    \
    "bytes:\"%t\"; packets:\"%q\"; client_inbound_bytes:\"%r\"; client_inbound_packets:\"%P\"; "   \
    "client_outbound_bytes:\"%s\"; client_outbound_packets:\"%p\"; elapsed:\"%e\"; "

static struct line checkpoint_line(const struct flow *f, enum due due)
{
    bool ping = f->protocol == ICMP;
    if (f->fate == STRAY && due == DUE_OPEN)
        return (struct line){CHECKPOINT("Drop", PORTS_SAID "tcp_flags:\"SYN-ACK\"; tcp_packet_out_"
                                                           "of_state:\"First packet isn't SYN\"; "),
                             S_DENIED};
    if (f->fate == DENIED && due == DUE_OPEN)
        return (struct line){ping ? CHECKPOINT("Drop", PING_SAID) : CHECKPOINT("Drop", PORTS_SAID),
                             S_DENIED};
    if (!is_refused(f) && due == DUE_END)
        return (struct line){ping ? CHECKPOINT("Accept", PING_SAID COUNTED)
                                  : CHECKPOINT("Accept", PORTS_SAID COUNTED),
                             sees_end(f)};
    return (struct line){NULL, 0};
}

/* ---- Meraki */

#define MERAKI "<134>1 %5.000%u%u%u %w flows src=%a dst=%b mac=00:00:5E:00:53:%u protocol=%l "

static struct line meraki_line(const struct flow *f, enum due due)
{
    static const char *const texts[2][2][2] = {
        {{MERAKI "sport=%A dport=%B pattern: allow all", MERAKI "type=8 pattern: allow all"},
         {MERAKI "sport=%A dport=%B pattern: deny (dst port %B)",
          MERAKI "type=8 pattern: deny all"}},
        {{MERAKI "sport=%A dport=%B pattern: 0 all", MERAKI "type=8 pattern: 0 all"},
         {MERAKI "sport=%A dport=%B pattern: 1 all", MERAKI "type=8 pattern: 1 all"}},
    };
    if (due == DUE_END)
        return (struct line){NULL, 0};
    return (struct line){texts[way_of(f) == INWARD][is_refused(f)][f->protocol == ICMP],
                         is_refused(f) ? S_DENIED : S_NONE};
}

static const struct vendor vendors[] = {
    {"asa", asa_line, 0},
    {"panos", panos_line, 66},
    {"checkpoint", checkpoint_line, 52},
    {"meraki", meraki_line, 0},
};
enum { VENDORS = sizeof(vendors) / sizeof(vendors[0]) };

/* ---- the texts filled in */

static char stamps[6][40]; /* %1 to %5, of the second stamps_at */
static uint32_t stamps_at;
static uint64_t lines_written;

static void stamps_write(uint32_t at)
{
    static const char *const formats[] = {"", "%b %d %Y %H:%M:%S", "%b %e %H:%M:%S",
                                          "%Y/%m/%d %H:%M:%S", "%Y-%m-%dT%H:%M:%SZ"};
    time_t s = at;
    struct tm t;
    if (at == stamps_at)
        return;
    gmtime_r(&s, &t);
    for (int i = 1; i <= 4; i++)
        strftime(stamps[i], sizeof(stamps[i]), formats[i], &t);
    snprintf(stamps[5], sizeof(stamps[5]), "%u", at);
    stamps_at = at;
}

/* Packets each way: what a handshake and its end take, and what carries the payload. */
static void packets_of(const struct flow *f, uint32_t *sent, uint32_t *received)
{
    bool tcp = f->protocol == TCP, fin = f->id % 2;
    uint32_t table[FATES][2] = {
        [DATA] = {tcp ? 4 + f->sent / 1400 : 1, tcp ? 4 + f->received / 1400 : 1},
        [NO_ANSWER] = {tcp ? 3 : 1, 0},
        [REFUSED] = {1, 1},
        [ABORTED] = {fin ? 4 : 3, fin ? 3 : 1},
        [DENIED] = {1, 0},
        [STRAY] = {1, 0},
    };
    *sent = table[f->fate][0];
    *received = table[f->fate][1];
}

/* What stands for a letter: its text if it has one, else its number. */
struct values {
    const char *text['z' + 1];
    uint64_t number['z' + 1];
};

static void values_fill(struct values *v, const struct vendor *vendor, const struct flow *f)
{
    static const char *const sides[WAYS][2] = {
        {"clients", "servers"}, {"inside", "outside"}, {"outside", "dmz"}};
    enum way way = way_of(f);
    bool tcp = f->protocol == TCP;
    uint32_t p, q;
    packets_of(f, &p, &q);
    uint64_t asa_bytes = tcp ? f->sent + f->received : f->sent + f->received + 40;
    uint64_t sent = f->sent + (uint64_t)p * vendor->header;
    uint64_t received = f->received + (uint64_t)q * vendor->header;
    v->text['%'] = "%";
    v->text['x'] = sides[way][0];
    v->text['X'] = sides[way][1];
    v->text['w'] = way == INSIDE ? "fw-core" : f->dst & 1 ? "fw-edge1" : "fw-edge2";
    v->text['l'] = tcp ? "tcp" : f->protocol == UDP ? "udp" : "icmp";
    v->text['o'] = application(f);
    v->text['c'] = is_refused(f) ? "deny" : "allow";
    v->text['z'] = vendor->header ? panos_end(f) : asa_end(f);
    v->number['k'] = f->protocol;
    v->number['a'] = f->src;
    v->number['A'] = f->src_port;
    v->number['b'] = f->dst;
    v->number['B'] = f->dst_port;
    v->number['n'] = way == OUTWARD ? 0xcb007110 + f->src % 4 : f->src; /* 203.0.113.16 */
    v->number['N'] = way == OUTWARD ? 1024 + f->id % 64000 : f->src_port;
    v->number['i'] = f->id;
    v->number['s'] = sent;
    v->number['r'] = received;
    v->number['t'] = vendor->header ? sent + received : asa_bytes;
    v->number['p'] = p;
    v->number['P'] = q;
    v->number['q'] = p + q;
    v->number['d'] = v->number['e'] = f->seconds;
    v->number['m'] = f->child ? f->id - 1 : 0;
    v->number['u'] = f->src % 89 + 10;
}

static void put_value(char which, const void *values)
{
    const struct values *v = values;
    uint64_t number = v->number[(unsigned char)which];
    if (v->text[(unsigned char)which])
        put_text(v->text[(unsigned char)which]);
    else if (which >= '1' && which <= '5')
        put_text(stamps[which - '0']);
    else if (which == 'a' || which == 'b' || which == 'n')
        put_address((uint32_t)number);
    else if (which == 'd') {
        put_number(number / 3600);
        *out++ = ':';
        put_two((uint32_t)(number / 60));
        out[-2] = (char)('0' + number / 60 % 60 / 10);
        out[-1] = (char)('0' + number / 60 % 10);
        *out++ = ':';
        put_two((uint32_t)(number % 60));
    } else if (which == 'h') {
        uint32_t n = (uint32_t)random_next(&paint_state);
        for (int shift = 28; shift >= 0; shift -= 4)
            *out++ = "0123456789"[(n >> shift & 15) % 10];
    } else
        put_number(number);
}

/* Writes the line that is due; false: there is none. */
static uint8_t line_write(const struct vendor *vendor, const struct flow *f, enum due due,
                          uint32_t at)
{
    struct line line = vendor->line(f, due);
    if (!line.text)
        return 0;
    struct values v = {0};
    values_fill(&v, vendor, f);
    stamps_write(at);
    put_filled(line.text, put_value, &v);
    lines_written++;
    return line.sees;
}
