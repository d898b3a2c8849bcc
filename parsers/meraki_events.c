/*
 * Meraki's events of MX, MR and MS: what each is about, and the facts that it puts into words:
 *
 *   client_vpn_connect user id 'carol@example.com' local ip 10.9.0.7 connected from 198.51.100.9
 *   dhcp lease of ip 10.2.0.17 from mx mac 02:00:5E:00:53:01 for client mac 02:00:5E:00:53:07 ...
 *   type=anyconnect_vpn_session_manager msg= 'Sess-ID[12] Peer IP=198.51.100.9 User[carol]: ...'
 *
 * documentation.meraki.com: Syslog Event Types and Log Samples; MS Event Log Entries and Definitions.
 */
#include "parsers/meraki.h"

#define UNSET 255

/* How an event's type, or its text, begins; the first row that fits counts. Events that are all text
 * have the name in the row, unless they begin with one of their own ("client_vpn_connect"). */
static const struct {
    const char *begins, *name;
    uint8_t category, outcome;
} events[] = {
    {"client_vpn_connect", "", CATEGORY_VPN, OUTCOME_SUCCESS},
    {"client_vpn", "", CATEGORY_VPN, UNSET},
    {"anyconnect_vpn_auth_success", "", CATEGORY_AUTHENTICATION, OUTCOME_SUCCESS},
    {"anyconnect_vpn_auth_fail", "", CATEGORY_AUTHENTICATION, OUTCOME_FAILURE},
    {"anyconnect_vpn_connect", "", CATEGORY_VPN, OUTCOME_SUCCESS},
    {"anyconnect_vpn", "", CATEGORY_VPN, UNSET},
    {"vpn", "VPN", CATEGORY_VPN, UNSET},
    {"Site-to-site VPN: failed", "Site-to-site VPN", CATEGORY_VPN, OUTCOME_FAILURE},
    {"Site-to-site VPN: phase2 negotiation failed", "Site-to-site VPN", CATEGORY_VPN,
     OUTCOME_FAILURE},
    {"Site-to-site VPN: phase1 negotiation failed", "Site-to-site VPN", CATEGORY_VPN,
     OUTCOME_FAILURE},
    {"Site-to-site VPN", "Site-to-site VPN", CATEGORY_VPN, UNSET},
    {"Non-Meraki / Client VPN", "Client VPN", CATEGORY_VPN, UNSET},
    {"msg: ISAKMP", "Client VPN", CATEGORY_VPN, UNSET},
    {"msg: IPsec", "Client VPN", CATEGORY_VPN, UNSET},
    {"failed_connection_to_radius", "", CATEGORY_AUTHENTICATION, OUTCOME_FAILURE},
    {"route_connection_change", "", CATEGORY_VPN, UNSET},
    {"8021x_eap_success", "", CATEGORY_AUTHENTICATION, OUTCOME_SUCCESS},
    {"8021x_eap_failure", "", CATEGORY_AUTHENTICATION, OUTCOME_FAILURE},
    {"8021x_auth", "", CATEGORY_AUTHENTICATION, OUTCOME_SUCCESS},
    {"8021x", "802.1X", CATEGORY_AUTHENTICATION, UNSET},
    {"splash_auth", "", CATEGORY_AUTHENTICATION, OUTCOME_SUCCESS},
    {"radius", "RADIUS", CATEGORY_AUTHENTICATION, UNSET},
    {"authentication", "Authentication", CATEGORY_AUTHENTICATION, UNSET},
    {"Auth failure", "Port authentication", CATEGORY_AUTHENTICATION, UNSET},
    {"association", "", CATEGORY_WIRELESS, UNSET},
    {"disassociation", "", CATEGORY_WIRELESS, UNSET},
    {"aps_association_reject", "", CATEGORY_WIRELESS, OUTCOME_FAILURE},
    {"wpa_auth", "", CATEGORY_WIRELESS, OUTCOME_SUCCESS},
    {"wpa", "", CATEGORY_WIRELESS, UNSET},
    {"dfs_event", "", CATEGORY_WIRELESS, UNSET},
    {"device_packet_flood", "", CATEGORY_WIRELESS, UNSET},
    {"rogue_ssid", "", CATEGORY_WIRELESS, UNSET},
    {"ssid_spoofing", "", CATEGORY_WIRELESS, UNSET},
    {"mac_spoofing_attack", "", CATEGORY_THREAT, UNSET},
    {"IDS:", "Intrusion alert", CATEGORY_THREAT, UNSET},
    {"Blocked ARP", "Blocked ARP packet", CATEGORY_THREAT, OUTCOME_FAILURE},
    {"Blocked DHCP", "Blocked DHCP server", CATEGORY_DHCP, OUTCOME_FAILURE},
    {"dhcp lease", "DHCP lease", CATEGORY_DHCP, OUTCOME_SUCCESS},
    {"dhcp no offers", "DHCP no offers", CATEGORY_DHCP, OUTCOME_FAILURE},
    {"dhcp", "DHCP", CATEGORY_DHCP, UNSET},
    {"multiple_dhcp_servers_detected", "", CATEGORY_DHCP, UNSET},
    {"content_filtering_block", "", CATEGORY_WEB, OUTCOME_FAILURE},
    {"nbar_block", "", CATEGORY_WEB, OUTCOME_FAILURE},
    {"Cellular connection", "Cellular uplink", CATEGORY_SYSTEM, UNSET},
    {"failover to", "Uplink failover", CATEGORY_SYSTEM, UNSET},
    {"port ", "Port status", CATEGORY_SYSTEM, UNSET},
    {"Virtual router", "VRRP transition", CATEGORY_SYSTEM, UNSET},
    {"Received VRRP", "VRRP collision", CATEGORY_SYSTEM, UNSET},
    {"changed from VRRP", "VRRP transition", CATEGORY_SYSTEM, UNSET},
    {"Power supply", "Power supply", CATEGORY_SYSTEM, UNSET},
};

/* What stands in front of a value, and what ends it; of rows for one field the first counts. */
static const struct {
    const char *before;
    const char *stops[3];
    enum record_field field; /* FIELD_extra: kept by the name that follows */
    struct slice name;
} phrases[] = {
    {"user id '", {"'"}, FIELD_src_user, SLICE("")},
    {"User[", {"]"}, FIELD_src_user, SLICE("")},
    {"User=", {":", " "}, FIELD_src_user, SLICE("")},
    {"connected from ", {" "}, FIELD_src_ip, SLICE("")},
    {"Peer IP=", {" ", "P"}, FIELD_src_ip, SLICE("")}, /* "Peer IP=198.51.100.9Peer port[8748]" */
    {"]...", {"["}, FIELD_src_ip, SLICE("")}, /* IKE_SA ... established between A[a]...B[b] */
    {"lease of ip ", {" "}, FIELD_src_ip, SLICE("")},
    {"with IP ", {" "}, FIELD_src_ip, SLICE("")},
    {"Peer port=", {" ", ":"}, FIELD_src_port, SLICE("")},
    {"Peer port[", {"]"}, FIELD_src_port, SLICE("")},
    {"]<=>", {"["}, FIELD_src_ip, SLICE("")}, /* before MX 15.12: A[500]<=>B[500] */
    {"]->", {"["}, FIELD_src_ip, SLICE("")},
    {"]-", {"["}, FIELD_src_ip, SLICE("")},
    {"IPsec-SA request for ", {" "}, FIELD_src_ip, SLICE("")},
    {" between ", {"["}, FIELD_dst_ip, SLICE("")},
    {" negotiation: ", {"["}, FIELD_dst_ip, SLICE("")},
    {"ESP/Tunnel ", {"["}, FIELD_dst_ip, SLICE("")},
    {"ISAKMP-SA established ", {"["}, FIELD_dst_ip, SLICE("")},
    {"ISAKMP-SA deleted ", {"["}, FIELD_dst_ip, SLICE("")},
    {"for client mac ", {" "}, FIELD_src_mac, SLICE("")},
    {"for mac ", {" "}, FIELD_src_mac, SLICE("")},
    {"Packet from ", {" "}, FIELD_src_mac, SLICE("")},
    {"response from ", {" "}, FIELD_src_mac, SLICE("")},
    {"from mx mac ", {" "}, FIELD_dst_mac, SLICE("")},
    {"from server mac ", {" "}, FIELD_dst_mac, SLICE("")},
    {"Bytes rcv: ", {",", " "}, FIELD_src_bytes, SLICE("")},
    {"Bytes xmt: ", {",", " "}, FIELD_dst_bytes, SLICE("")},
    {"Reason: ", {"\n"}, FIELD_reason, SLICE("")},
    {"local ip ", {" "}, FIELD_extra, SLICE("local_ip")},
    {"assigned IP ", {" "}, FIELD_extra, SLICE("local_ip")},
    {"Server IP=", {" "}, FIELD_extra, SLICE("server_ip")},
    {"Session Type: ", {","}, FIELD_extra, SLICE("session_type")},
    {"on VLAN ", {" "}, FIELD_extra, SLICE("vlan")},
};

#define COUNT(table) (sizeof(table) / sizeof(table[0]))

static bool begins_with(struct slice text, const char *start)
{
    return slice_is_nocase(slice_first(text, strlen(start)), start);
}

/* "Duration: 1d:02h:03m:04s" */
static void read_duration(struct record *r, struct slice text)
{
    static const char *const units[] = {"d:", "h:", "m:", "s"};
    static const uint64_t in_a_larger[] = {1, 24, 60, 60};
    const char *const stops[3] = {","};
    struct cursor c = cursor_over(slice_behind(text, "Duration: ", stops));
    uint64_t total = 0;
    for (size_t i = 0; i < COUNT(units); i++) {
        uint64_t value = cursor_number(&c);
        cursor_expect(&c, units[i]);
        total = total * in_a_larger[i] + (value < 100000 ? value : 0);
    }
    if (!c.bad)
        record_set_duration_ms(r, total * 1000);
}

static void read_sentence(struct record *r, struct slice text)
{
    for (size_t i = 0; i < COUNT(phrases); i++) {
        if (phrases[i].field != FIELD_extra && r->has >> phrases[i].field & 1)
            continue;
        struct slice value = slice_behind(text, phrases[i].before, phrases[i].stops);
        if (phrases[i].field == FIELD_extra)
            record_extra(r, phrases[i].name, value);
        else if (value.len)
            record_put(r, phrases[i].field, value);
    }
    read_duration(r, text);
}

void meraki_event_says(struct record *r, struct slice type, struct slice text)
{
    struct slice begins = type.len ? type : text;
    struct slice first = slice_first(text, slice_find(text, ' '));
    bool named = type.len == 0 && slice_find(first, '_') < first.len;

    if (named)
        record_set_event_name(r, first);
    for (size_t i = 0; i < COUNT(events); i++) {
        if (!begins_with(begins, events[i].begins))
            continue;
        record_set_category(r, events[i].category);
        if (type.len == 0 && !named && events[i].name[0])
            record_set_event_name(r, slice(events[i].name));
        if (events[i].outcome != UNSET)
            record_set_outcome(r, events[i].outcome);
        break;
    }
    read_sentence(r, text);
}
