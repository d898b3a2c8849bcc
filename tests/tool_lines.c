/*
 * Writes firewall lines for load tests: tool_lines KIND N [SEED [START [RATE]]], KIND asa,
 * panos, checkpoint, meraki or mix. The same seed gives the same lines. A line is a row of a table whose
 * text is filled in from a made-up flow: clients of 10/8 that mostly go out to 198.18/15, servers
 * that are visited and probed from the RFC 5737 networks, and now and then a scanner. START (epoch
 * seconds) is the first line's time; RATE lines make a second of theirs (1000).
 */
#include "tests/put.h"

enum way { OUTWARD, INWARD, INSIDE, PROBE }; /* who opens the flow to whom */
enum life { ONCE, OPENS, ENDS };             /* ENDS: of a flow that a row OPENS of the same pool */
enum pool { TCP_OUT, TCP_IN, UDP_OUT, ICMP_OUT, POOLS };
enum fate { DATA, NO_ANSWER, REFUSED, ABORTED }; /* how a connection comes out */

struct flow {
    uint32_t client, server, nat, id, seconds;
    uint16_t client_port, nat_port;
    uint64_t sent, received;
    const struct service *service;
    enum fate fate;
};

struct service {
    uint16_t port;
    const char *lower, *upper, *number; /* the protocol, three ways */
    const char *name, *application;
};

static const struct service services[] = {
    {443, "tcp", "TCP", "6", "https", "ssl"},
    {443, "tcp", "TCP", "6", "https", "web-browsing"},
    {80, "tcp", "TCP", "6", "http", "web-browsing"},
    {22, "tcp", "TCP", "6", "ssh", "ssh"},
    {445, "tcp", "TCP", "6", "microsoft-ds", "smb"},
    {25, "tcp", "TCP", "6", "smtp", "smtp"},
    {993, "tcp", "TCP", "6", "imaps", "imap"},
    {3389, "tcp", "TCP", "6", "ms-rdp", "ms-rdp"},
    {1433, "tcp", "TCP", "6", "ms-sql", "mssql-db"},
    {8443, "tcp", "TCP", "6", "https-alt", "ssl"},
    {53, "udp", "UDP", "17", "domain-udp", "dns"},
    {123, "udp", "UDP", "17", "ntp", "ntp"},
    {443, "udp", "UDP", "17", "quic", "quic"},
    {161, "udp", "UDP", "17", "snmp", "snmp"},
};
enum { TCP_SERVICES = 10, ALL_SERVICES = 14 };

/*
 * Texts: %a %A client's address, port; %b %B server's; %n %N client's after translation;
 * %i connection; %s %r %t bytes sent, received, both; %p %P %q packets likewise; %d h:mm:ss,
 * %e seconds; %l %L %k protocol as word, capitals, number; %v service, %o application; %y %z end
 * reason in ASA's and PAN-OS's words; %h eight hexadecimal digits, %u two of decimal; times:
 * %1 Mar 02 2026 09:00:00, %2 Mar  2 09:00:00, %3 2026/03/02 09:00:00, %4 ISO, %5 epoch,
 * %6 epoch with nanoseconds, %7 ISO with milliseconds and zone.
 */
struct row {
    unsigned weight;
    enum way way;
    enum life life;
    enum pool pool;
    const char *text;
};

#define ASA(level) "<16" level ">%1 fw-%u : %%ASA-" level "-"
static const struct row asa[] = {
    {22, OUTWARD, OPENS, TCP_OUT,
     ASA("6") "302013: Built outbound TCP connection %i for outside:%b/%B (%b/%B) to inside:%a/%A "
              "(%n/%N)"},
    {20, OUTWARD, ENDS, TCP_OUT,
     ASA("6") "302014: Teardown TCP connection %i for outside:%b/%B to inside:%a/%A duration %d "
              "bytes %t %y"},
    {5, INWARD, OPENS, TCP_IN,
     ASA("6") "302013: Built inbound TCP connection %i for outside:%a/%A (%a/%A) to dmz:%b/%B "
              "(203.0.113.%u/%B)"},
    {5, INWARD, ENDS, TCP_IN,
     ASA("6") "302014: Teardown TCP connection %i for outside:%a/%A to dmz:%b/%B duration %d bytes "
              "%t %y"},
    {12, OUTWARD, OPENS, UDP_OUT,
     ASA("6") "302015: Built outbound UDP connection %i for outside:%b/%B (%b/%B) to inside:%a/%A "
              "(%n/%N)"},
    {11, OUTWARD, ENDS, UDP_OUT,
     ASA("6") "302016: Teardown UDP connection %i for outside:%b/%B to inside:%a/%A duration %d "
              "bytes %t"},
    {8, PROBE, ONCE, TCP_IN,
     ASA("4") "106023: Deny tcp src outside:%a/%A dst inside:%b/%B by access-group \"outside_in\" "
              "[0x%h, 0x0]"},
    {2, INSIDE, ONCE, UDP_OUT,
     ASA("4") "106023: Deny udp src inside:%a/%A dst dmz:%b/%B by access-group \"inside_in\" [0x0, "
              "0x0]"},
    {5, OUTWARD, ONCE, TCP_OUT,
     ASA("6") "106100: access-list inside_in permitted tcp inside/%a(%A) -> outside/%b(%B) hit-cnt "
              "1 first hit [0x%h, 0x%h]"},
    {2, INSIDE, ONCE, TCP_OUT,
     ASA("4") "106100: access-list inside_in denied tcp inside/%a(%A) -> dmz/%b(%B) hit-cnt 3 "
              "300-second interval [0x%h, 0x0]"},
    {2, OUTWARD, OPENS, ICMP_OUT,
     ASA("6") "302020: Built outbound ICMP connection for faddr %b/0 gaddr %n/%u laddr %a/%u type "
              "8 code 0"},
    {2, OUTWARD, ENDS, ICMP_OUT,
     ASA("6") "302021: Teardown ICMP connection for faddr %b/0 gaddr %n/%u laddr %a/%u type 8 code "
              "0"},
    {1, PROBE, ONCE, TCP_IN,
     ASA("6") "106015: Deny TCP (no connection) from %a/%A to %b/%B flags RST ACK  on interface "
              "outside"},
    {1, PROBE, ONCE, UDP_OUT,
     ASA("2") "106006: Deny inbound UDP from %a/%A to %b/%B on interface outside"},
    {1, PROBE, ONCE, TCP_IN,
     ASA("2") "106001: Inbound TCP connection denied from %a/%A to %b/%B flags SYN  on interface "
              "outside"},
    {1, PROBE, ONCE, TCP_IN,
     ASA("3") "710003: TCP access denied by ACL from %a/%A to outside:203.0.113.1/22"},
    {0, OUTWARD, ONCE, TCP_OUT, NULL},
};

/* Columns 35 to 114 of TRAFFIC in release 10.1, from the end of what differs between subtypes. */
#define PANOS_REST                                                                                 \
    ",0,%i2%u,0x8000000000000000,10.0.0.0-10.255.255.255,Reserved,,%p,%P,%z"                       \
    ",31,45,0,0,,fw-%u,from-policy,,,0,,0,,N/A,0,0,0,0,5b1c7f7e-00aa-4c1e-9c55-1d6c%h,0,0"         \
    ",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,%7,,,encrypted-tunnel,networking,browser-based,4"          \
    ",\"used-by-malware,has-known-vulnerability\",,%o,no,no,0"
#define PANOS(subtype, rule, from, to, application, action)                                        \
    "<14>%2 fw-%u 1,%3,0070510000001%u,TRAFFIC," subtype ",2561,%3,%a,%b,%n,%b," rule              \
    ",example\\user%u,," application ",vsys1," from "," to                                         \
    ",ae1.10,ae2.20,siem,%3,%i,1,%A,%B,%N,%B"                                                      \
    ",0x400053,%l," action ",%t,%s,%r,%q,%3,%e,business-and-economy" PANOS_REST
static const struct row panos[] = {
    {55, OUTWARD, ONCE, TCP_OUT, PANOS("end", "allow web out", "trust", "untrust", "%o", "allow")},
    {17, OUTWARD, ONCE, UDP_OUT, PANOS("end", "allow dns", "trust", "untrust", "%o", "allow")},
    {8, OUTWARD, ONCE, TCP_OUT, PANOS("start", "allow web out", "trust", "untrust", "%o", "allow")},
    {5, INSIDE, ONCE, TCP_OUT, PANOS("end", "servers", "trust", "dmz", "%o", "allow")},
    {10, PROBE, ONCE, TCP_IN,
     PANOS("drop", "interzone-default", "untrust", "dmz", "not-applicable", "deny")},
    {5, INSIDE, ONCE, TCP_OUT, PANOS("deny", "no admin", "trust", "dmz", "%o", "reset-both")},
    {0, OUTWARD, ONCE, TCP_OUT, NULL},
};

#define CHECKPOINT(action, direction, interface, more)                                             \
    "<134>1 %4 gw-%u CheckPoint 19%u - [action:\"" action "\"; conn_direction:\"" direction "\"; " \
    "flags:\"411908\"; ifdir:\"inbound\"; ifname:\"" interface "\"; logid:\"0\"; "                 \
    "loguid:\"{0x%h,0x1,0x16401a8c,0x%h}\"; origin:\"192.0.2.%u\"; "                               \
    "originsicname:\"CN=gw-%u,O=mgmt.example.com.k3n5xz\"; sequencenum:\"%u\"; time:\"%5\"; "      \
    "version:\"5\"; __policy_id_tag:\"product=VPN-1 & FireWall-1"                                  \
    "[db_tag={%h-0000-4C11-A1B2-00112233%u44};mgmt=mgmt;date=1771000000;"                          \
    "policy_name=Standard\\]\"; dst:\"%b\"; inzone:\"Internal\"; layer_name:\"Network\"; "         \
    "layer_uuid:\"8a8d4b6c-13f2-4c0e-9b57-0d%h60\"; match_id:\"%u\"; outzone:\"External\"; "       \
    "parent_rule:\"0\"; product:\"VPN-1 & FireWall-1\"; proto:\"%k\"; "                            \
    "rule_action:\"" action "\"; rule_name:\"rule %u\"; "                                          \
    "rule_uid:\"1f0c5ac3-77aa-4dd0-88e0-%h0a0b\"; s_port:\"%A\"; service:\"%B\"; "                 \
    "service_id:\"%v\"; src:\"%a\"; " more "]"
static const struct row checkpoint[] = {
    {55, OUTWARD, ONCE, TCP_OUT,
     CHECKPOINT("Accept", "Outgoing", "eth1",
                "xlatedport:\"0\"; xlatedst:\"0.0.0.0\"; xlatesport:\"%N\"; xlatesrc:\"%n\"; ")},
    {20, OUTWARD, ONCE, UDP_OUT, CHECKPOINT("Accept", "Outgoing", "eth1", "")},
    {15, PROBE, ONCE, TCP_IN, CHECKPOINT("Drop", "Incoming", "eth2", "")},
    {5, INSIDE, ONCE, TCP_OUT, CHECKPOINT("Reject", "Internal", "eth1", "")},
    {5, INSIDE, ONCE, TCP_OUT,
     CHECKPOINT("Accept", "Internal", "eth1",
                "bytes:\"%t\"; client_inbound_bytes:\"%s\"; client_outbound_bytes:\"%r\"; "
                "elapsed:\"%e\"; ")},
    {0, OUTWARD, ONCE, TCP_OUT, NULL},
};

#define MERAKI     "<134>1 %6 MX84_%u "
#define MERAKI_MAC " mac=00:00:5E:00:53:%u "
static const struct row meraki[] = {
    {35, OUTWARD, ONCE, TCP_OUT,
     MERAKI "flows src=%a dst=%b" MERAKI_MAC "protocol=%l sport=%A dport=%B pattern: allow all"},
    {10, OUTWARD, ONCE, UDP_OUT,
     MERAKI "flows allow src=%a dst=%b" MERAKI_MAC "protocol=%l sport=%A dport=%B"},
    {12, PROBE, ONCE, TCP_IN,
     MERAKI "flows src=%a dst=%b protocol=%l sport=%A dport=%B pattern: 1 all"},
    {8, INSIDE, ONCE, TCP_OUT,
     MERAKI "firewall src=%a dst=%b" MERAKI_MAC
            "protocol=%l sport=%A dport=%B pattern: deny (dst port %B)"},
    {15, OUTWARD, ONCE, TCP_OUT,
     MERAKI "ip_flow_start src=%a dst=%b protocol=%l sport=%A dport=%B translated_src_ip=%n "
            "translated_port=%N"},
    {20, OUTWARD, ONCE, TCP_OUT,
     MERAKI "urls src=%a:%A dst=%b:%B" MERAKI_MAC
            "request: UNKNOWN https://host%u.example.com/..."},
    {0, OUTWARD, ONCE, TCP_OUT, NULL},
};

static const struct {
    const char *name;
    const struct row *rows;
    unsigned share; /* of 100 lines of mix */
} kinds[] = {
    {"asa", asa, 40},
    {"panos", panos, 25},
    {"checkpoint", checkpoint, 20},
    {"meraki", meraki, 15},
};
enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static const char *const asa_ends[] = {[DATA] = "TCP FINs",
                                       [NO_ANSWER] = "SYN Timeout",
                                       [REFUSED] = "TCP Reset-O",
                                       [ABORTED] = "TCP Reset-I"};
static const char *const panos_ends[] = {[DATA] = "tcp-fin",
                                         [NO_ANSWER] = "aged-out",
                                         [REFUSED] = "tcp-rst-from-server",
                                         [ABORTED] = "tcp-rst-from-client"};

#define OPEN_MAX 4096
static uint64_t random_state;
static struct flow open_flows[POOLS][OPEN_MAX];
static unsigned n_open[POOLS];
static uint32_t next_id = 812000;
static uint64_t now_ms;
static char stamps[8][40]; /* %1 to %7; rewritten when the second changes */

/* splitmix64: seeded, even, quick. */
static uint64_t random_bits(void)
{
    uint64_t z = random_state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static uint32_t random_below(uint32_t n)
{
    return (uint32_t)((random_bits() >> 32) * n >> 32);
}

/* Few are busy, many are not: the lower of two draws, twice over. */
static uint32_t random_favouring_low(uint32_t n)
{
    return random_below(random_below(n) + 1);
}

static uint32_t client_inside(void)
{
    uint32_t n = random_favouring_low(4000);
    return 0x0a010000 + (n / 200 << 8) + n % 200 + 10;
}

static uint32_t server_inside(void)
{
    return 0x0a640000 + random_favouring_low(200) + 10; /* 10.100.0.x */
}

static uint32_t host_outside(enum way way)
{
    static const uint32_t documentation[] = {0xc0000200, 0xc6336400, 0xcb007100};
    if (way == PROBE || way == INWARD)
        return documentation[random_below(3)] + 1 + random_below(254);
    return 0xc6120000 + random_favouring_low(1 << 17);
}

static void flow_fate(struct flow *f)
{
    uint32_t dice = random_below(100);
    f->fate = dice < 92 ? DATA : dice < 95 ? NO_ANSWER : dice < 98 ? REFUSED : ABORTED;
    f->sent = f->received = f->seconds = 0;
    if (f->fate == NO_ANSWER)
        f->seconds = 30;
    if (f->fate != DATA)
        return;
    f->sent = 200 + random_favouring_low(20000);
    f->received = 400 + random_favouring_low(2000000);
    f->seconds = random_favouring_low(7200);
}

static struct flow flow_new(enum way way, enum pool pool)
{
    struct flow f = {.id = next_id++, .nat = 0xcb007100 + 200 + random_below(8)};
    f.service = &services[pool == UDP_OUT ? TCP_SERVICES + random_below(ALL_SERVICES - TCP_SERVICES)
                                          : random_favouring_low(TCP_SERVICES)];
    f.client_port = (uint16_t)(1024 + random_below(64000));
    f.nat_port = (uint16_t)(1024 + random_below(64000));
    f.client = way == OUTWARD || way == INSIDE ? client_inside() : host_outside(way);
    f.server = way == OUTWARD ? host_outside(way) : server_inside();
    /* One probe in eight is part of a sweep: the same source, every server and service in turn. */
    if ((way == PROBE || way == INSIDE) && random_below(8) == 0)
        f.client = way == PROBE ? 0xcb007163 : 0x0a010a63;
    flow_fate(&f);
    return f;
}

static struct flow flow_for(const struct row *row)
{
    unsigned *n = &n_open[row->pool];
    struct flow *open = open_flows[row->pool];
    if (row->life == ENDS && *n) {
        unsigned i = random_below(*n);
        struct flow f = open[i];
        open[i] = open[--*n];
        return f;
    }
    struct flow f = flow_new(row->way, row->pool);
    if (row->life == OPENS)
        open[*n < OPEN_MAX ? (*n)++ : random_below(OPEN_MAX)] = f;
    return f;
}

static void put_hex(uint32_t n)
{
    for (int shift = 28; shift >= 0; shift -= 4)
        *out++ = "0123456789abcdef"[n >> shift & 15];
}

static void put_duration(uint32_t s)
{
    put_number(s / 3600);
    *out++ = ':';
    put_two(s / 60 % 60);
    *out++ = ':';
    put_two(s % 60);
}

static void put_stamp(int which)
{
    put_text(stamps[which]);
    if (which == 6) {
        put_two((uint32_t)(now_ms % 1000 / 10));
        put_two((uint32_t)(now_ms % 10 * 10));
        put_two(random_below(100));
        put_text("121");
    } else if (which == 7) {
        *out++ = (char)('0' + now_ms % 1000 / 100);
        put_two((uint32_t)(now_ms % 100));
        put_text("+00:00");
    }
}

static void stamps_write(void)
{
    static const char *const formats[] = {
        NULL, "%b %d %Y %H:%M:%S", "%b %e %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "",
        "",   "%Y-%m-%dT%H:%M:%S."};
    time_t s = (time_t)(now_ms / 1000);
    struct tm t;
    gmtime_r(&s, &t);
    for (int i = 1; i <= 7; i++)
        strftime(stamps[i], sizeof(stamps[i]), formats[i], &t);
    snprintf(stamps[5], sizeof(stamps[5]), "%lld", (long long)s);
    snprintf(stamps[6], sizeof(stamps[6]), "%lld.", (long long)s);
}

/* What stands for a letter: its text if it has one, else its number. */
struct values {
    const char *text['z' + 1];
    uint64_t number['z' + 1];
};

static struct values values_of(const struct flow *f)
{
    const struct service *s = f->service;
    uint64_t packets = f->sent / 700 + (f->fate == DATA ? 5 : 1);
    uint64_t answers = f->fate == NO_ANSWER ? 0 : f->received / 1300 + 1;
    return (struct values){
        .text = {['l'] = s->lower,
                 ['L'] = s->upper,
                 ['k'] = s->number,
                 ['v'] = s->name,
                 ['o'] = f->fate == DATA ? s->application : "incomplete",
                 ['y'] = asa_ends[f->fate],
                 ['z'] = panos_ends[s->upper[0] == 'U' ? NO_ANSWER : f->fate],
                 ['%'] = "%"},
        .number = {['a'] = f->client,
                   ['A'] = f->client_port,
                   ['b'] = f->server,
                   ['B'] = s->port,
                   ['n'] = f->nat,
                   ['N'] = f->nat_port,
                   ['i'] = f->id,
                   ['s'] = f->sent,
                   ['r'] = f->received,
                   ['t'] = f->sent + f->received,
                   ['p'] = packets,
                   ['P'] = answers,
                   ['q'] = packets + answers,
                   ['d'] = f->seconds,
                   ['e'] = f->seconds,
                   ['u'] = f->client % 89 + 10},
    };
}

static void put_value(char which, const void *values)
{
    const struct values *v = values;
    uint64_t number = v->number[(unsigned char)which];
    if (v->text[(unsigned char)which])
        put_text(v->text[(unsigned char)which]);
    else if (which >= '1' && which <= '7')
        put_stamp(which - '0');
    else if (which == 'a' || which == 'b' || which == 'n')
        put_address((uint32_t)number);
    else if (which == 'd')
        put_duration((uint32_t)number);
    else if (which == 'h')
        put_hex((uint32_t)random_bits());
    else
        put_number(number);
}

static void write_line(const struct row *rows)
{
    unsigned all = 0, dice;
    for (const struct row *r = rows; r->text; r++)
        all += r->weight;
    dice = random_below(all);
    while (dice >= rows->weight)
        dice -= rows++->weight;
    struct flow f = flow_for(rows);
    struct values v = values_of(&f);
    put_filled(rows->text, put_value, &v);
}

static const struct row *rows_of_mix(void)
{
    unsigned dice = random_below(100), i = 0;
    while (dice >= kinds[i].share)
        dice -= kinds[i++].share;
    return kinds[i].rows;
}

int main(int argc, char **argv)
{
    const struct row *rows = NULL;
    if (argc < 3 || argc > 6)
        tool_fail("usage: tool_lines asa|panos|checkpoint|meraki|mix N [SEED [START [RATE]]]");
    for (size_t i = 0; i < KINDS; i++)
        if (!strcmp(argv[1], kinds[i].name))
            rows = kinds[i].rows;
    if (!rows && strcmp(argv[1], "mix"))
        tool_fail("no kind %s", argv[1]);
    uint64_t n = tool_number(argv[2], "N", 1000000000), second = 0;
    random_state = argc > 3 ? tool_number(argv[3], "SEED", UINT64_MAX / 2) : 1;
    uint64_t start_ms = 1000 * (argc > 4 ? tool_number(argv[4], "START", 4000000000) : 1772442000);
    uint64_t rate = argc > 5 ? tool_number(argv[5], "RATE", 1000000000) : 1000;

    for (uint64_t i = 0; i < n; i++) {
        now_ms = start_ms + i * 1000 / (rate ? rate : 1);
        if (now_ms / 1000 != second)
            stamps_write();
        second = now_ms / 1000;
        write_line(rows ? rows : rows_of_mix());
    }
    put_flush();
    return fflush(stdout) ? 1 : 0;
}
