/*
 * The same fact has the same fields and the same values from every vendor: a table of facts, and for
 * each the lines of those who can tell it. What all must say stands with the fact, what only some
 * know with their line.
 */
#include "tests/fields.h"

#define ASA(level, id, text)     "<166>Nov 21 2026 09:16:00 fw-edge : %ASA-" level "-" id ": " text
#define PAN_UNTIL_TYPE           "<14>Nov 21 09:16:00 pa-1 1,2026/11/21 09:16:00,012801000042,"
#define PAN(type, subtype, rest) PAN_UNTIL_TYPE type "," subtype ",2561,2026/11/21 09:16:00," rest
#define CP(pairs)                "<134>1 2026-11-21T09:16:00Z mgmt1 CheckPoint 2201 - [" pairs "; ]"
#define MERAKI(text)             "<134>1 1795252560.123456789 MX84 " text

struct said {
    const char *parser, *line, *also;
};

struct fact {
    const char *name, *fields; /* as expect_fields wants them */
    struct said by[6];         /* the first without a parser ends them */
};

static const struct fact facts[] = {
    {"a TCP connection is denied by a rule",
     "category=connection\naction=deny\noutcome=failure\nevidence=denied\nprotocol=6\n"
     "src_ip=198.51.100.9\nsrc_port=40001\ndst_ip=10.1.0.5\ndst_port=22",
     {{"asa",
       ASA("4", "106023",
           "Deny tcp src outside:198.51.100.9/40001 dst inside:10.1.0.5/22 by access-group "
           "\"no ssh\" [0x0, 0x0]"),
       "rule=no ssh\nsrc_interface=outside\ndst_interface=inside"},
      {"panos",
       PAN("TRAFFIC", "deny",
           "198.51.100.9,10.1.0.5,0.0.0.0,0.0.0.0,no ssh,,,not-applicable,vsys1,untrust,trust,"
           "ethernet1/1,ethernet1/2,to-siem,2026/11/21 09:16:00,0,1,40001,22,0,0,0x0,tcp,deny,74,"
           "74,0,1,2026/11/21 09:16:00,0,any,,1,0x0,US,10.0.0.0-10.255.255.255,,1,0,policy-deny"),
       "rule=no ssh\nsrc_zone=untrust\ndst_zone=trust"},
      {"meraki",
       MERAKI("flows src=198.51.100.9 dst=10.1.0.5 protocol=tcp sport=40001 dport=22 pattern: "
              "deny all"),
       "rule=deny all"}}},
    {"a TCP connection is dropped silently",
     "category=connection\naction=drop\noutcome=failure\nevidence=denied\nprotocol=6\n"
     "src_ip=198.51.100.9\nsrc_port=40001\ndst_ip=10.1.0.5\ndst_port=22",
     {{"checkpoint",
       CP("action:\"Drop\"; ifdir:\"inbound\"; src:\"198.51.100.9\"; s_port:\"40001\"; "
          "dst:\"10.1.0.5\"; service:\"22\"; proto:\"6\"; rule_name:\"no ssh\"; product:\"VPN-1 & "
          "FireWall-1\""),
       "rule=no ssh\ndirection=inbound"},
      {"panos",
       PAN("TRAFFIC", "drop",
           "198.51.100.9,10.1.0.5,0.0.0.0,0.0.0.0,no ssh,,,not-applicable,vsys1,untrust,trust,"
           "ethernet1/1,,to-siem,2026/11/21 09:16:00,0,1,40001,22,0,0,0x0,tcp,drop,74,74,0,1"),
       "rule=no ssh"},
      {"iptables",
       "<4>Nov 21 09:16:00 gw kernel: DROP-IN IN=eth0 OUT= SRC=198.51.100.9 DST=10.1.0.5 "
       "LEN=60 PROTO=TCP SPT=40001 DPT=22 SYN",
       "src_interface=eth0"}}},
    {"a translated connection ended after it had carried data",
     "category=connection\naction=allow\noutcome=success\nevidence=data\nprotocol=6\n"
     "src_ip=10.1.0.5\nsrc_port=40001\ndst_ip=198.51.100.20\ndst_port=443\nduration_ms=16000",
     {{"panos",
       PAN("TRAFFIC", "end",
           "10.1.0.5,198.51.100.20,203.0.113.9,198.51.100.20,web out,example\\anna,,ssl,vsys1,"
           "trust,untrust,ethernet1/2,ethernet1/1,to-siem,2026/11/21 09:16:00,52114,1,40001,443,"
           "18022,443,0x400053,tcp,allow,53531,5321,48210,75,2026/11/21 09:15:44,16,web,,2,0x0,"
           "10.0.0.0-10.255.255.255,US,,31,44,tcp-fin"),
       "src_nat_ip=203.0.113.9\nsrc_nat_port=18022\nsrc_bytes=5321\ndst_bytes=48210\n"
       "src_packets=31\ndst_packets=44\nsession_id=52114\nrule=web out\napplication=ssl"},
      {"checkpoint",
       CP("action:\"Accept\"; src:\"10.1.0.5\"; s_port:\"40001\"; dst:\"198.51.100.20\"; "
          "service:\"443\"; proto:\"6\"; xlatesrc:\"203.0.113.9\"; xlatesport:\"18022\"; "
          "xlatedst:\"0.0.0.0\"; client_outbound_bytes:\"5321\"; client_inbound_bytes:\"48210\"; "
          "client_outbound_packets:\"31\"; client_inbound_packets:\"44\"; elapsed:\"16\"; "
          "rule_name:\"web out\"; service_id:\"https\"; loguid:\"{0x1,0x2,0x3,0x4}\""),
       "src_nat_ip=203.0.113.9\nsrc_nat_port=18022\nsrc_bytes=5321\ndst_bytes=48210\n"
       "src_packets=31\ndst_packets=44\ndst_nat_ip=\nrule=web out"},
      {"asa",
       ASA("6", "302014",
           "Teardown TCP connection 52114 for inside:10.1.0.5/40001 to outside:198.51.100.20/443 "
           "duration 0:00:16 bytes 53531 TCP FINs"),
       "session_id=52114\nreason=TCP FINs"}}},
    {"nobody answered a connection that was let through",
     "category=connection\naction=allow\noutcome=failure\nevidence=no_answer\nprotocol=6\n"
     "src_ip=10.1.0.5\ndst_ip=198.51.100.20\ndst_port=443",
     {{"asa",
       ASA("6", "302014",
           "Teardown TCP connection 52115 for inside:10.1.0.5/40001 to outside:198.51.100.20/443 "
           "duration 0:00:30 bytes 0 SYN Timeout"),
       "reason=SYN Timeout"},
      {"panos",
       PAN("TRAFFIC", "end",
           "10.1.0.5,198.51.100.20,0.0.0.0,0.0.0.0,web out,,,incomplete,vsys1,trust,untrust,"
           "ethernet1/2,ethernet1/1,to-siem,2026/11/21 09:16:00,52114,1,40001,443,0,0,0x19,tcp,"
           "allow,222,222,0,3,2026/11/21 09:15:44,5,any,,2,0x0,US,US,,3,0,aged-out"),
       "reason=aged-out"},
      {"checkpoint",
       CP("action:\"Accept\"; src:\"10.1.0.5\"; s_port:\"40001\"; dst:\"198.51.100.20\"; "
          "service:\"443\"; proto:\"6\"; client_outbound_bytes:\"180\"; "
          "client_inbound_bytes:\"0\"; client_outbound_packets:\"3\"; "
          "client_inbound_packets:\"0\"; elapsed:\"30\""),
       ""}}},
    {"a user is let into the VPN",
     "action=allow\noutcome=success\nsrc_user=carol\nsrc_ip=198.51.100.9",
     {{"asa",
       ASA("6", "716038",
           "Group <staff> User <carol> IP <198.51.100.9> Authentication: successful, Session Type: "
           "WebVPN."),
       "category=authentication"},
      {"panos",
       PAN("GLOBALPROTECT", "0",
           "vsys1,gateway-auth,login,LDAP,,carol,DE,nb-7,198.51.100.9,0.0.0.0,0.0.0.0,"
           "0.0.0.0,id,sn,6.1.4,Linux,\"\",1,,,,success,,0,,0,gw-1,1,0x0"),
       "category=authentication"},
      {"checkpoint",
       CP("action:\"Log In\"; product:\"Mobile Access\"; src:\"198.51.100.9\"; user:\"carol\"; "
          "status:\"Success\"; loguid:\"{0x1,0x2,0x3,0x4}\""),
       "category=authentication"},
      {"meraki",
       MERAKI("events type=anyconnect_vpn_auth_success msg= 'RADIUS[12] Server IP=10.1.0.40 Server "
              "port=1812 Peer IP=198.51.100.9 Peer port=56193 User=carol: accepted. '"),
       "category=authentication"},
      {"meraki",
       MERAKI("events client_vpn_connect user id 'carol' local ip 10.9.0.7 connected from "
              "198.51.100.9"),
       "category=vpn"}}},
    {"a user is refused",
     "category=authentication\naction=deny\noutcome=failure\nsrc_user=mallory\n"
     "src_ip=198.51.100.66",
     {{"asa",
       ASA("6", "113015",
           "AAA user authentication Rejected : reason = Invalid password : local database : user = "
           "mallory : user IP = 198.51.100.66"),
       "reason=Invalid password"},
      {"panos",
       PAN("GLOBALPROTECT", "0",
           "vsys1,portal-auth,login,LDAP,,mallory,US,,198.51.100.66,0.0.0.0,0.0.0.0,0.0.0.0,,,"
           "6.1.4,Linux,\"\",1,Invalid password,,,failure,,0,,0,portal-1,1,0x0"),
       "reason=Invalid password"},
      {"panos",
       PAN("SYSTEM", "auth",
           ",auth-fail,local,0,0,general,medium,\"failed authentication for user 'mallory'.  "
           "Reason: Invalid password. From: 198.51.100.66.\",1,0x0,0,0,0,0,,pa-1"),
       "reason=Invalid password"},
      {"checkpoint",
       CP("action:\"Failed Log In\"; product:\"Mobile Access\"; src:\"198.51.100.66\"; "
          "user:\"mallory\"; reason:\"Invalid password\"; loguid:\"{0x1,0x2,0x3,0x4}\""),
       "reason=Invalid password"},
      {"meraki",
       MERAKI("events type=anyconnect_vpn_auth_failure msg= 'RADIUS[13] Server IP=10.1.0.40 Server "
              "port=1812 Peer IP=198.51.100.66 Peer port=51193 User=mallory: rejected. '"),
       ""}}},
    {"an attack is blocked",
     "category=threat\noutcome=failure\nevidence=denied\nprotocol=6\nsrc_ip=198.51.100.66\n"
     "src_port=40001\ndst_ip=10.1.0.5\ndst_port=80",
     {{"panos",
       PAN("THREAT", "vulnerability",
           "198.51.100.66,10.1.0.5,0.0.0.0,0.0.0.0,dmz in,,,web-browsing,vsys1,untrust,dmz,"
           "ethernet1/1,ethernet1/3,to-siem,2026/11/21 09:16:00,52116,1,40001,80,0,0,0x0,tcp,"
           "reset-both,\"index.php\",SQL Injection(30514),any,high,client-to-server,3,0x0"),
       "action=reset\nthreat=SQL Injection\nseverity=8"},
      {"checkpoint",
       CP("action:\"Prevent\"; product:\"IPS\"; src:\"198.51.100.66\"; s_port:\"40001\"; "
          "dst:\"10.1.0.5\"; service:\"80\"; proto:\"6\"; protection_name:\"SQL Injection\"; "
          "severity:\"High\"; loguid:\"{0x1,0x2,0x3,0x4}\""),
       "action=deny\nthreat=SQL Injection\nseverity=8"},
      {"meraki",
       MERAKI("security_event ids_alerted signature=1:30514:2 priority=1 timestamp=1795252560.1 "
              "direction=ingress protocol=tcp/ip src=198.51.100.66:40001 dst=10.1.0.5:80 "
              "decision=blocked message: SQL Injection"),
       "action=deny\nthreat=SQL Injection\nseverity=8\ndirection=inbound"}}},
    {"an attack is let through and reported",
     "category=threat\naction=alert\noutcome=\nevidence=none\nprotocol=6\nsrc_ip=198.51.100.66\n"
     "dst_ip=10.1.0.5\ndst_port=80",
     {{"panos",
       PAN("THREAT", "vulnerability",
           "198.51.100.66,10.1.0.5,0.0.0.0,0.0.0.0,dmz in,,,web-browsing,vsys1,untrust,dmz,"
           "ethernet1/1,ethernet1/3,to-siem,2026/11/21 09:16:00,52116,1,40001,80,0,0,0x0,tcp,"
           "alert,\"index.php\",SQL Injection(30514),any,high,client-to-server,3,0x0"),
       ""},
      {"checkpoint",
       CP("action:\"Detect\"; product:\"IPS\"; src:\"198.51.100.66\"; s_port:\"40001\"; "
          "dst:\"10.1.0.5\"; service:\"80\"; proto:\"6\"; protection_name:\"SQL Injection\"; "
          "severity:\"High\"; loguid:\"{0x1,0x2,0x3,0x4}\""),
       ""},
      {"meraki",
       MERAKI("security_event ids_alerted signature=1:30514:2 priority=1 timestamp=1795252560.1 "
              "direction=ingress protocol=tcp/ip src=198.51.100.66:40001 dst=10.1.0.5:80 "
              "decision=allowed message: SQL Injection"),
       ""},
      {"meraki",
       MERAKI("ids-alerts signature=1:30514:2 priority=1 timestamp=1795252560.1 direction=ingress "
              "protocol=tcp/ip src=198.51.100.66:40001 dst=10.1.0.5:80 decision=allowed message: "
              "SQL Injection"),
       ""}}},
    {"a URL is asked for",
     "category=web\naction=allow\noutcome=success\nevidence=none\nsrc_ip=10.1.0.5\n"
     "dst_ip=198.51.100.20\nurl=http://www.example.com/a",
     {{"asa", ASA("5", "304001", "10.1.0.5 Accessed URL 198.51.100.20:http://www.example.com/a"),
       ""},
      {"checkpoint",
       CP("action:\"Accept\"; product:\"URL Filtering\"; src:\"10.1.0.5\"; s_port:\"40001\"; "
          "dst:\"198.51.100.20\"; service:\"80\"; proto:\"6\"; "
          "resource:\"http://www.example.com/a\"; loguid:\"{0x1,0x2,0x3,0x4}\""),
       ""},
      {"meraki",
       MERAKI("urls src=10.1.0.5:40001 dst=198.51.100.20:80 mac=02:00:5E:00:53:07 request: GET "
              "http://www.example.com/a"),
       ""}}},
    {"a URL is refused",
     "category=web\naction=deny\noutcome=failure\nevidence=denied\nsrc_ip=10.1.0.5\n"
     "dst_ip=198.51.100.20",
     {{"asa",
       ASA("5", "304002",
           "Access denied URL http://www.example.com/a SRC 10.1.0.5 DEST 198.51.100.20 on "
           "interface "
           "inside"),
       "url=http://www.example.com/a"},
      {"panos",
       PAN("THREAT", "url",
           "10.1.0.5,198.51.100.20,0.0.0.0,0.0.0.0,web out,,,web-browsing,vsys1,trust,untrust,"
           "ethernet1/2,ethernet1/1,to-siem,2026/11/21 09:16:00,52116,1,40001,80,0,0,0x0,tcp,"
           "block-url,\"www.example.com/a\",(9999),gambling,informational,client-to-server,3,0x0"),
       "url=www.example.com/a"},
      {"checkpoint",
       CP("action:\"Block\"; product:\"URL Filtering\"; src:\"10.1.0.5\"; s_port:\"40001\"; "
          "dst:\"198.51.100.20\"; service:\"80\"; proto:\"6\"; "
          "resource:\"http://www.example.com/a\"; loguid:\"{0x1,0x2,0x3,0x4}\""),
       "url=http://www.example.com/a"}}},
    {"an administrator changes the configuration",
     "category=configuration\naction=allow\noutcome=success\nsrc_user=alice\nsrc_ip=10.1.0.60",
     {{"asa",
       ASA("5", "111010",
           "User 'alice', running 'CLI' from IP 10.1.0.60, executed 'no access-list outside_in'"),
       ""},
      {"panos",
       PAN("CONFIG", "0", "10.1.0.60,,set,alice,Web,Succeeded, config shared address web-1,1,0x0"),
       ""},
      {"checkpoint",
       CP("action:\"Accept\"; administrator:\"alice\"; client_ip:\"10.1.0.60\"; operation:\"Modify "
          "Rule\"; product:\"SmartConsole\"; origin:\"192.0.2.1\""),
       ""}}},
    {"the other unit takes over",
     "category=system\naction=\noutcome=",
     {{"asa", ASA("1", "104001", "(Secondary) Switching to ACTIVE - mate failed."),
       "event_name=Became active\nreason=mate failed"},
      {"panos",
       PAN("SYSTEM", "ha",
           ",state-change,,0,0,general,critical,\"HA Group 1: Moved from state Passive to state "
           "Active\",1,0x0,0,0,0,0,,pa-1"),
       "event_id=ha\nseverity=10"},
      {"meraki", MERAKI("events failover to cellular"), "event_name=Uplink failover"}}},
};

static void facts_agree(void **state)
{
    (void)state;
    static struct parsed parsed;
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        for (const struct said *said = facts[i].by; said->parser; said++) {
            const struct parser *parser = parser_named(slice(said->parser));
            assert_non_null(parser);
            parse_line(parser, said->line, strlen(said->line), &parsed);
            if (!parsed.claimed || parsed.status != PARSE_OK)
                fail_msg("%s: not read: %s", facts[i].name, said->line);
            expect_fields(&parsed.record, said->line, facts[i].fields);
            expect_fields(&parsed.record, said->line, said->also);
            free(parsed.block);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(facts_agree)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
