/*
 * The look-alikes: hosts that do all day what a careless detector takes for a scan. Each role has a
 * range of addresses, told in the truth, so that an alert can be laid at its door. Working hours are
 * 8 to 18; most of them do less at night.
 * A call draws one number at most among its arguments: their order is the compiler's.
 */
#pragma once

#include "tests/flows.h"

struct host {
    uint32_t address, role, turn;
};

static struct {
    uint32_t hosts, servers, days;
    double rate; /* flows a day of one client */
} site;

static bool at_work(uint32_t now)
{
    uint32_t hour = now / 3600 % 24;
    return hour >= 8 && hour < 18;
}

static uint32_t server(uint32_t i)
{
    return SERVERS + (i / 200 << 8) + i % 200 + 10;
}

static uint32_t any_server(void)
{
    return server(random_below(site.servers));
}

static uint32_t any_web(void)
{
    uint32_t popular = random_below(1 + random_below(60000));
    return WEB + 256 + popular;
}

static uint32_t any_far(void)
{
    return WEB + random_below(65536);
}

static uint16_t any_high_port(void)
{
    return (uint16_t)(1025 + random_below(60000));
}

static uint16_t web_port(void)
{
    return chance(0.1) ? 80 : 443;
}

static void talk(uint32_t at, uint32_t src, uint32_t dst, uint8_t protocol, uint16_t port,
                 enum fate fate)
{
    flow_open((struct flow){
        .at = at, .src = src, .dst = dst, .protocol = protocol, .dst_port = port, .fate = fate});
}

/* What becomes of a connection to the Internet: now and then nothing. */
static enum fate mostly(double trouble)
{
    if (!chance(trouble))
        return DATA;
    uint32_t dice = random_below(4);
    return dice < 2 ? ABORTED : dice == 2 ? NO_ANSWER : REFUSED;
}

/* A page: a question or two to the resolver, then connections to several servers, some of them
 * opened in advance and closed unused; now and then mail, files, the directory, the time. */
static uint32_t browser(struct host *h, uint32_t now)
{
    uint32_t resolver = INFRASTRUCTURE + 53 + random_below(2);
    static const uint16_t office[] = {88, 389, 445, 135, 445, 993, 9100, 49155};
    talk(now, h->address, resolver, UDP, 53, DATA);
    for (uint32_t n = 4 + random_below(5); n; n--) {
        uint32_t at = now + random_below(8), page = any_web();
        uint8_t protocol = chance(0.2) ? UDP : TCP;
        talk(at, h->address, page, protocol, web_port(), DATA);
    }
    if (chance(0.4)) {
        uint32_t page = any_web();
        talk(now + 9, h->address, page, TCP, 443, mostly(0.5));
    }
    if (h->turn++ % 6 == 0)
        for (unsigned i = 0; i < 8; i++)
            talk(now + 2 + i, h->address,
                 i < 4 ? INFRASTRUCTURE + 11 + random_below(4) : any_server(), TCP, office[i],
                 DATA);
    if (chance(0.1))
        talk(now, h->address, INFRASTRUCTURE + 23, UDP, 123, DATA);
    double pages = site.rate / 10;
    return pause_of(at_work(now) ? 36000 / pages : 36000 / pages * 15);
}

/* Asks all the world's name servers; some never answer. */
static uint32_t recursive_resolver(struct host *h, uint32_t now)
{
    uint32_t asked = any_far();
    talk(now, h->address, asked, UDP, 53, chance(0.03) ? NO_ANSWER : DATA);
    if (chance(0.03)) {
        asked = any_far();
        talk(now, h->address, asked, TCP, 53, mostly(0.02));
    }
    return pause_of(at_work(now) ? 3 : 20);
}

/* Replicates with the others, asks for names, and calls clients back. */
static uint32_t domain_controller(struct host *h, uint32_t now)
{
    static const uint16_t ports[] = {53, 88, 135, 389, 445, 464, 636, 3268, 3269, 49155, 49667};
    uint32_t other = INFRASTRUCTURE + 11 + random_below(4);
    if (other != h->address)
        for (unsigned i = 0; i < 11; i++)
            talk(now + i, h->address, other, TCP, ports[i], DATA);
    for (unsigned i = 0; i < 2; i++) {
        uint32_t called = CLIENTS + 2 + random_below(200);
        talk(now + i, h->address, called, TCP, i % 2 ? 445 : 135, chance(0.03) ? NO_ANSWER : DATA);
    }
    talk(now, h->address, PARTNER + 123, UDP, 123, DATA);
    return pause_of(180);
}

/* On the list vuln_scanners: once a night all ports of some servers, quickly. */
static uint32_t vulnerability_scanner(struct host *h, uint32_t now)
{
    static const enum fate fates[] = {REFUSED, ABORTED, NO_ANSWER, DENIED};
    for (unsigned i = 0; i < 40; i++)
        talk(now + i / 8, h->address, server(h->turn / 10 % site.servers), TCP,
             (uint16_t)(1 + (h->turn % 10 * 40 + i) * 7 % 1500), fates[random_below(4)]);
    talk(now, h->address, server(h->turn / 2 % site.servers), TCP, 1433, REFUSED);
    return ++h->turn % 60 == 0 ? 86400 - 60 * 10 : 10;
}

/* On the list nms_ips: asks every server for its state, and looks whether some ports open. */
static uint32_t monitoring(struct host *h, uint32_t now)
{
    uint32_t s = server(h->turn++ % site.servers);
    talk(now, h->address, s, UDP, 161, DATA);
    talk(now, h->address, s, ICMP, 0, DATA);
    talk(now + 1, h->address, s, TCP, 443, DATA);
    if (h->turn % site.servers < 8)
        talk(now + 2, h->address, s, TCP, 5432, ABORTED);
    return 1 + 300 / site.servers;
}

/* At night one server after the other. */
static uint32_t backup(struct host *h, uint32_t now)
{
    if (at_work(now))
        return 3600;
    flow_open((struct flow){.at = now,
                            .src = h->address,
                            .dst = server(h->turn++ % site.servers),
                            .protocol = TCP,
                            .dst_port = 10000,
                            .fate = chance(0.01) ? REFUSED : DATA,
                            .sent = 9000000,
                            .received = 90000,
                            .seconds = 600});
    return 20 + random_below(20);
}

/* Opens and drops a connection to each of eight servers, all day: the purest abort there is. */
static uint32_t load_balancer(struct host *h, uint32_t now)
{
    for (unsigned i = 0; i < 8; i++)
        talk(now, h->address, server(10 + i), TCP, i % 2 ? 8080 : 8443, ABORTED);
    return 30;
}

/* Everybody's browser in one. */
static uint32_t proxy(struct host *h, uint32_t now)
{
    uint32_t page = any_web();
    uint16_t port = web_port();
    talk(now, h->address, page, TCP, port, mostly(0.015));
    return pause_of(at_work(now) ? 2 : 20);
}

/* A branch behind one address: clients' business of all kinds, quickly. */
static uint32_t nat_gateway(struct host *h, uint32_t now)
{
    static const uint16_t ports[] = {443, 445, 53, 88, 389, 993, 3389, 8080};
    uint32_t i = random_below(8);
    bool outward = i == 0 || i == 5 || i == 7;
    uint32_t other = outward ? any_web() : any_server();
    talk(now, h->address, other, ports[i] == 53 ? UDP : TCP, ports[i], mostly(0.01));
    return pause_of(at_work(now) ? 2 : 30);
}

static uint32_t print_server(struct host *h, uint32_t now)
{
    uint32_t printer = PRINTERS + 10 + h->turn++ % 24;
    talk(now, h->address, printer, UDP, 161, DATA);
    if (chance(0.3))
        talk(now + 1, h->address, printer, TCP, 9100, chance(0.02) ? NO_ANSWER : DATA);
    return at_work(now) ? 30 : 120;
}

/* Distant peers on any port; many of them are switched off. */
static uint32_t peer_to_peer(struct host *h, uint32_t now)
{
    for (unsigned i = 0; i < 6; i++) {
        uint32_t peer = any_far();
        uint16_t port = any_high_port();
        talk(now + i, h->address, peer, UDP, port, chance(0.4) ? NO_ANSWER : DATA);
    }
    uint32_t peer = any_far();
    uint16_t port = any_high_port();
    talk(now + 2, h->address, peer, TCP, port, mostly(0.5));
    return pause_of(at_work(now) ? 60 : 900);
}

/* Tries many paths at once, then keeps one. */
static uint32_t video_call(struct host *h, uint32_t now)
{
    uint32_t bridge = PARTNER + 64 + random_below(32);
    for (unsigned i = 0; i < 12; i++) {
        uint32_t other = i < 8 ? bridge : CLIENTS + 2 + random_below(200);
        uint16_t port = (uint16_t)(i == 0 ? 3478 : 49152 + random_below(10000));
        talk(now + i / 6, h->address, other, UDP, port, i % 4 ? DATA : NO_ANSWER);
    }
    talk(now, h->address, bridge, TCP, 443, DATA);
    return pause_of(at_work(now) ? 3600 : 43200);
}

/* Thirty hops, three probes each, to ports that nobody listens on. */
static uint32_t traceroute(struct host *h, uint32_t now)
{
    uint32_t target = chance(0.5) ? any_server() : any_web();
    for (unsigned i = 0; i < 60; i++)
        talk(now + i / 10, h->address, target, UDP, (uint16_t)(33434 + i),
             i % 7 == 0 ? DENIED : NO_ANSWER);
    return pause_of(at_work(now) ? 14400 : 43200);
}

/* A server outside that opens the data connections to its client, a port each. */
static uint32_t active_ftp(struct host *h, uint32_t now)
{
    uint32_t partner = PARTNER + 20 + h->address % 4;
    talk(now, h->address, partner, TCP, 21, DATA);
    for (unsigned i = 0; i < 30; i++)
        flow_open((struct flow){.at = now + 2 + 3 * i,
                                .src = partner,
                                .src_port = 20,
                                .dst = h->address,
                                .dst_port = (uint16_t)(50000 + random_below(9000)),
                                .protocol = TCP,
                                .fate = i % 10 ? DATA : ABORTED, /* nothing to send */
                                .child = true});
    return pause_of(14400);
}

static uint32_t ntp_server(struct host *h, uint32_t now)
{
    uint32_t clock = PARTNER + 120 + random_below(8);
    talk(now, h->address, clock, UDP, 123, chance(0.1) ? NO_ANSWER : DATA);
    return 64;
}

/* One service that is down, asked again and again from a new port. */
static uint32_t retrying_client(struct host *h, uint32_t now)
{
    static const enum fate fates[] = {REFUSED, NO_ANSWER, DENIED};
    talk(now, h->address, server(h->address % 7), TCP, h->address % 2 ? 8443 : 1433,
         fates[h->address % 3]);
    return 10 + random_below(5);
}

/* Four closed ports in the agreed order, then the door opens. */
static uint32_t port_knocking(struct host *h, uint32_t now)
{
    static const uint16_t knocks[] = {7000, 800, 9000, 700};
    for (unsigned i = 0; i < 4; i++)
        talk(now + i, h->address, server(3), TCP, knocks[i], DENIED);
    talk(now + 5, h->address, server(3), TCP, 22, DATA);
    return pause_of(3600);
}

/* Answers of a flooded server to addresses that were forged: ours among them. */
static uint32_t backscatter(struct host *h, uint32_t now)
{
    uint32_t victim = h->address + random_below(64);
    for (unsigned i = 0; i < 12; i++) {
        uint32_t to = any_server();
        flow_open((struct flow){.at = now + i,
                                .src = victim,
                                .src_port = i % 3 ? 443 : 80,
                                .dst = to,
                                .dst_port = any_high_port(),
                                .protocol = TCP,
                                .fate = STRAY});
    }
    return pause_of(600);
}

/* Somebody outside who wants what is offered. */
static uint32_t visitor(struct host *h, uint32_t now)
{
    static const uint16_t offered[] = {443, 443, 443, 80, 25, 993};
    for (uint32_t n = 1 + random_below(6); n; n--) {
        uint32_t wanted = server(random_below(5));
        uint16_t port = offered[random_below(6)];
        talk(now, h->address, wanted, TCP, port, mostly(0.02));
    }
    return pause_of(at_work(now) ? 300 : 900);
}

/* How many there are: a share of the clients, or a number of their own at an address. */
struct role {
    const char *name;
    uint32_t (*step)(struct host *, uint32_t now);
    unsigned per_mille; /* of the clients */
    uint32_t address;
    unsigned count;
    unsigned spread; /* addresses each one uses */
};

static const struct role roles[] = {
    {"peer-to-peer client", peer_to_peer, 2, 0, 0, 1},
    {"video call", video_call, 40, 0, 0, 1},
    {"traceroute", traceroute, 4, 0, 0, 1},
    {"active FTP", active_ftp, 2, 0, 0, 1},
    {"client retrying one dead service", retrying_client, 4, 0, 0, 1},
    {"port knocking", port_knocking, 2, 0, 0, 1},
    {"browser", browser, 1000, 0, 0, 1}, /* all others */
    {"vulnerability scanner", vulnerability_scanner, 0, INFRASTRUCTURE + 5, 1, 1},
    {"monitoring", monitoring, 0, INFRASTRUCTURE + 6, 1, 1},
    {"backup", backup, 0, INFRASTRUCTURE + 7, 1, 1},
    {"load-balancer health checks", load_balancer, 0, INFRASTRUCTURE + 8, 2, 1},
    {"domain controller", domain_controller, 0, INFRASTRUCTURE + 11, 4, 1},
    {"proxy", proxy, 0, INFRASTRUCTURE + 20, 1, 1},
    {"NAT gateway", nat_gateway, 0, INFRASTRUCTURE + 21, 1, 1},
    {"print server", print_server, 0, INFRASTRUCTURE + 22, 1, 1},
    {"NTP", ntp_server, 0, INFRASTRUCTURE + 23, 1, 1},
    {"recursive resolver", recursive_resolver, 0, INFRASTRUCTURE + 53, 2, 1},
    {"backscatter", backscatter, 0, BACKSCATTER, 2, 64},
    {"visitor", visitor, 0, VISITORS + 1, 40, 1},
};
enum { ROLES = sizeof(roles) / sizeof(roles[0]) };

static struct host *hosts;
static uint32_t host_count;

static uint32_t client(uint32_t i)
{
    return CLIENTS + (i / 250 << 8) + i % 250 + 2;
}

static void range_write(FILE *truth, const char *kind, uint32_t first, uint32_t last,
                        const char *name)
{
    if (truth)
        fprintf(truth, "%s\t%u.%u.%u.%u\t%u.%u.%u.%u\t%s\n", kind, first >> 24, first >> 16 & 255,
                first >> 8 & 255, first & 255, last >> 24, last >> 16 & 255, last >> 8 & 255,
                last & 255, name);
}

static void host_new(uint32_t address, uint32_t role, uint32_t start)
{
    hosts[host_count] = (struct host){.address = address, .role = role};
    queue_put(start + random_below(3600), DUE_STEP, host_count++);
}

static void hosts_settle(uint32_t start, FILE *truth)
{
    uint32_t next = 0;
    hosts = calloc(site.hosts + 256, sizeof(*hosts));
    if (!hosts)
        tool_fail("no memory for %u hosts", site.hosts);
    range_write(truth, "host", PARTNER + 20, PARTNER + 23, "active FTP");
    range_write(truth, "host", PARTNER + 64, PARTNER + 95, "video call");
    for (uint32_t r = 0; r < ROLES; r++) {
        const struct role *role = &roles[r];
        uint32_t n = role->count ? role->count : site.hosts * role->per_mille / 1000;
        if (!role->count) {
            n = n == 0 ? 1 : n > site.hosts - next ? site.hosts - next : n;
            range_write(truth, "host", client(next), client(next + n - 1), role->name);
        } else {
            range_write(truth, "host", role->address, role->address + n * role->spread - 1,
                        role->name);
        }
        for (uint32_t i = 0; i < n; i++)
            host_new(role->count ? role->address + i * role->spread : client(next++), r, start);
    }
}
