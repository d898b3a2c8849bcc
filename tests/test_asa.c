/* Cisco ASA: every kind of message by a table of line and fields, and the joins of built and torn down
 * connections. */
#include "tests/asa_setup.h"

static const struct {
    const char *line, *fields;
} kinds[] = {
    {"%ASA-2-106001: Inbound TCP connection denied from 198.51.100.7/43803 to 203.0.113.20/3389 "
     "flags SYN ACK  on interface outside",
     "vendor=Cisco;product=ASA;event_id=106001;event_name=Inbound TCP connection denied;severity=8;"
     "category=connection;action=deny;outcome=failure;evidence=denied;protocol=tcp;"
     "src_ip=198.51.100.7;src_port=43803;dst_ip=203.0.113.20;dst_port=3389;+tcp_flags=SYN ACK;"
     "src_interface=outside;dst_interface=;message="},
    {"%ASA-2-106002: udp connection denied by outbound list 30 src 10.1.0.5 138 dest 198.51.100.7 "
     "139",
     "evidence=denied;protocol=udp;rule=30;src_ip=10.1.0.5;src_port=138;dst_ip=198.51.100.7;"
     "dst_port=139"},
    {"%PIX-2-106006: Deny inbound UDP from 198.51.100.9/53306 to 203.0.113.21/53413 on interface "
     "outside",
     "product=PIX;evidence=denied;protocol=udp;src_port=53306;dst_port=53413;"
     "src_interface=outside"},
    {"%ASA-2-106007: Deny inbound UDP from outside:198.51.100.53/53 to inside:10.1.0.5/51620 due "
     "to DNS Response",
     "protocol=udp;src_interface=outside;dst_interface=inside;reason=DNS Response"},
    {"%ASA-3-106010: Deny inbound protocol 47 src outside:198.51.100.7 dst inside:10.1.0.5",
     "protocol=gre;src_ip=198.51.100.7;dst_ip=10.1.0.5;severity=6;src_port="},
    {"%ASA-3-106010: Deny inbound sctp src outside:198.51.100.7/5114 dst inside:10.1.0.5/2",
     "protocol=sctp;src_port=5114;dst_port=2"},
    {"%ASA-3-106011: Deny inbound (No xlate) udp src outside:198.51.100.7/137 dst outside:"
     "203.0.113.20/137",
     "protocol=udp;src_port=137;dst_ip=203.0.113.20"},
    {"%PIX-3-106011: Deny inbound (No xlate) udp src outside:198.51.100.7/137",
     "protocol=udp;src_port=137;dst_ip="},
    {"%ASA-3-106012: Deny IP from 198.51.100.7 to 10.1.0.5, IP options 0x1f.",
     "src_ip=198.51.100.7;dst_ip=10.1.0.5;+ip_options=0x1f;message="},
    {"%ASA-3-106014: Deny inbound icmp src outside:198.51.100.7 dst inside:10.1.0.5(type 8, code "
     "0)",
     "protocol=icmp;src_ip=198.51.100.7;dst_ip=10.1.0.5;icmp_type=8;icmp_code=0;dst_user="},
    {"%ASA-6-106015: Deny TCP (no connection) from 198.51.100.80/443 to 203.0.113.20/51000 flags "
     "FIN PSH ACK  on interface outside",
     "evidence=denied;severity=2;+tcp_flags=FIN PSH ACK;src_interface=outside;dst_port=51000"},
    {"%ASA-2-106016: Deny IP spoof from (0.0.0.0) to 10.1.0.5 on interface dmz",
     "src_ip=0.0.0.0;dst_ip=10.1.0.5;src_interface=dmz"},
    {"%ASA-2-106017: Deny IP due to Land Attack from 203.0.113.20 to 203.0.113.20",
     "src_ip=203.0.113.20;dst_ip=203.0.113.20"},
    {"%ASA-2-106018: ICMP packet type 8 denied by outbound list out src 10.1.0.5 dest 198.51.100.7",
     "icmp_type=8;rule=out;src_ip=10.1.0.5;dst_ip=198.51.100.7"},
    {"%ASA-2-106020: Deny IP teardrop fragment (size = 1480, offset = 0) from 198.51.100.7 to "
     "10.1.0.5",
     "+size=1480;+offset=0;src_ip=198.51.100.7"},
    {"%ASA-1-106021: Deny TCP reverse path check from 10.9.0.4 to 203.0.113.20 on interface "
     "outside",
     "severity=9;protocol=tcp;src_ip=10.9.0.4;src_interface=outside"},
    {"%ASA-1-106022: Deny tcp connection spoof from 10.9.0.4 to 203.0.113.20 on interface outside.",
     "protocol=tcp;src_ip=10.9.0.4;src_interface=outside"},
    {"%ASA-4-106023: Deny tcp src outside:198.51.100.7/40001 dst inside:10.1.0.5/445 by "
     "access-group \"outside_in\" [0x71a87d94, 0x0]",
     "severity=5;action=deny;evidence=denied;protocol=tcp;src_ip=198.51.100.7;src_port=40001;"
     "src_interface=outside;dst_ip=10.1.0.5;dst_port=445;dst_interface=inside;rule=outside_in;"
     "+acl_entry=0x71a87d94, 0x0;message="},
    {"%ASA-4-106023: Deny icmp src dmz:10.2.0.5 dst outside:198.51.100.8 type 3, code 1, by "
     "access-group \"dmz_in\" [0x0, 0x0]",
     "protocol=icmp;icmp_type=3;icmp_code=1;rule=dmz_in;+acl_entry="},
    {"%ASA-6-106100: access-list inside_in permitted tcp inside/10.1.0.31(50200) -> "
     "outside/198.51.100.80(443) hit-cnt 1 first hit [0x71a87d94, 0x0]",
     "action=allow;outcome=success;evidence=none;protocol=tcp;src_interface=inside;"
     "src_ip=10.1.0.31;src_port=50200;dst_interface=outside;dst_ip=198.51.100.80;dst_port=443;"
     "rule=inside_in;+hit_cnt=1;+interval=;+acl_entry=0x71a87d94, 0x0"},
    {"%ASA-6-106100: access-list inside_in denied icmp inside/10.1.0.31(8) -> "
     "outside/198.51.100.80(0) hit-cnt 144 300-second interval [0x3c8b88c1, 0xbee595c3]",
     "action=deny;evidence=denied;icmp_type=8;icmp_code=0;src_port=;dst_port=;+hit_cnt=144;"
     "+interval=300-second interval;+acl_entry=0x3c8b88c1, 0xbee595c3"},
    {"%ASA-6-106100: access-list inside_in est-allowed tcp inside/10.1.0.31(50202) -> "
     "outside/198.51.100.80(443) hit-cnt 1 first hit",
     "action=allow;evidence=none"},
    {"%ASA-6-106102: access-list vpn_in permitted udp for user carol outside/10.8.0.20(49721) -> "
     "inside/10.1.0.53(53) hit-cnt 1 first hit [0x3c8b88c1, 0xbee595c3]",
     "action=allow;src_user=carol;src_port=49721"},
    {"%ASA-4-106103: access-list vpn_in denied tcp for user carol outside/10.8.0.20(49722) -> "
     "inside/10.1.0.9(22) hit-cnt 1 first hit",
     "action=deny;evidence=denied;src_user=carol;dst_port=22"},
    {"%ASA-6-302020: Built inbound ICMP connection for faddr 198.51.100.7/6553 gaddr 203.0.113.5/0 "
     "laddr 10.1.0.5/0 type 8 code 0",
     "evidence=none;direction=inbound;src_ip=198.51.100.7;dst_ip=10.1.0.5;dst_nat_ip=203.0.113.5;"
     "src_port=;dst_port=;dst_nat_port=;+icmp_id=6553;icmp_type=8;icmp_code=0"},
    {"%ASA-6-302020: Built outbound ICMP connection for faddr 198.51.100.8/0 gaddr 203.0.113.2/512 "
     "laddr 10.1.0.31/512(LOCAL\\alice) (alice) type 8 code 0",
     "direction=outbound;src_ip=10.1.0.31;src_nat_ip=203.0.113.2;dst_ip=198.51.100.8;"
     "+icmp_id=512;src_user=LOCAL\\alice;+user="},
    {"%ASA-6-302021: Teardown ICMP connection for faddr 198.51.100.8/0 gaddr 10.1.0.31/512 laddr "
     "10.1.0.31/512",
     "evidence=unknown;src_ip=10.1.0.31;dst_ip=198.51.100.8;src_nat_ip=;direction=;icmp_type="},
    {"%ASA-6-302021: Teardown ICMP connection for faddr fw-mgmt/8396 gaddr 203.0.113.5/0 laddr "
     "203.0.113.5/0 type 8 code 0",
     "src_host=fw-mgmt;src_ip=;dst_ip=203.0.113.5;+icmp_id=8396"},
    {"%ASA-7-710002: TCP access permitted from 10.1.0.31/50700 to inside:10.1.0.1/ssh",
     "severity=1;action=allow;evidence=none;protocol=tcp;src_port=50700;dst_interface=inside;"
     "dst_port=22"},
    {"%ASA-3-710003: TCP access denied by ACL from 198.51.100.7/8949 to outside:203.0.113.1/23",
     "severity=6;action=deny;evidence=denied;protocol=tcp;dst_ip=203.0.113.1;dst_port=23"},
    {"%ASA-7-710005: UDP request discarded from 10.1.0.33/68 to inside:255.255.255.255/67",
     "evidence=denied;protocol=udp;dst_ip=255.255.255.255"},
    {"%ASA-4-733100: [ Scanning] drop rate-1 exceeded. Current burst rate is 12 per second, max "
     "configured rate is 10; Current average rate is 6 per second, max configured rate is 5; "
     "Cumulative total count is 3841",
     "category=scan;action=alert;evidence=;threat=Scanning;+rate=rate-1;+burst_rate=12;"
     "+burst_limit=10;+average_rate=6;+average_limit=5;+total=3841;message="},
    {"%ASA-4-733101: Host 198.51.100.7 is attacking. Current burst rate is 200 per second, max "
     "configured rate is 10; Current average rate is 24 per second, max configured rate is 5; "
     "Cumulative total count is 14400",
     "category=scan;src_ip=198.51.100.7;dst_ip=;threat=attacking;+object=Host;+total=14400"},
    {"%ASA-4-733101: Host 10.1.0.5 is targeted. Current burst rate is 180 per second, max "
     "configured rate is 10; Current average rate is 22 per second, max configured rate is 5; "
     "Cumulative total count is 13200",
     "category=scan;dst_ip=10.1.0.5;src_ip=;threat=targeted"},
};

static void each_kind(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        check(kinds[i].line, PARSE_OK, kinds[i].fields);
}

static void built_says_who_opened(void **state)
{
    (void)state;
    check("%ASA-6-302013: Built outbound TCP connection 70001 for outside:198.51.100.80/443 "
          "(198.51.100.80/443) to inside:10.1.0.31/50300 (203.0.113.2/12001)",
          PARSE_OK,
          "direction=outbound;action=allow;evidence=none;protocol=tcp;session_id=70001;"
          "src_ip=10.1.0.31;src_port=50300;src_interface=inside;src_nat_ip=203.0.113.2;"
          "src_nat_port=12001;dst_ip=198.51.100.80;dst_port=443;dst_interface=outside;dst_nat_ip=;"
          "dst_nat_port=;message=");
    check("%ASA-6-302015: Built inbound UDP connection 70002 for outside:198.51.100.9/500 "
          "(198.51.100.9/500) to dmz:10.2.0.9/500 (203.0.113.20/4500)",
          PARSE_OK,
          "direction=inbound;protocol=udp;src_ip=198.51.100.9;src_nat_ip=;dst_ip=10.2.0.9;"
          "dst_nat_ip=203.0.113.20;dst_nat_port=4500");
    check("%ASA-6-302013: Built outbound Probe TCP connection 70013 for outside:198.51.100.84/80 "
          "(198.51.100.84/80) to identity:203.0.113.1/50400 (203.0.113.1/50400)",
          PARSE_OK, "src_interface=identity;dst_port=80;protocol=tcp");
    check("%ASA-6-302017: Built inbound GRE connection 70014 from outside:198.51.100.90 "
          "(198.51.100.90) to inside:10.1.0.41/1 (203.0.113.41/1)",
          PARSE_OK, "protocol=gre;src_ip=198.51.100.90;src_nat_ip=;dst_nat_ip=203.0.113.41");
    check("%ASA-6-302013: Built inbound TCP connection 70016 for outside:[2001:db8::7]/1 "
          "([2001:db8::7]/1) to inside:[2001:db8:1::5]/443 ([2001:db8:1::5]/443) "
          "Internal-Data0/1:RX[3] (alice)",
          PARSE_OK, "src_ip=2001:db8::7;src_nat_ip=;src_user=alice;dst_ip=2001:db8:1::5;+user=");
    check("%ASA-6-302015: Built inbound UDP connection 70017 for outside:198.51.100.9/1 "
          "(198.51.100.9/1) to inside:10.1.0.5/53 (10.1.0.5/53) Internal-Data0/1:RX[3]",
          PARSE_OK, "src_user=;+user=");
    check("%ASA-6-302303: Built TCP state-bypass connection 70018 from inside:10.1.0.31/1"
          "(10.1.0.31/1) to dmz:10.2.0.9/9101 (10.2.0.9/9101)",
          PARSE_OK, "direction=;src_ip=10.1.0.31;src_nat_ip=;dst_port=9101");
    check("%ASA-6-302013: Built TCP connection 70019 from inside:10.1.0.31/1 (10.1.0.31/1) to "
          "dmz:10.2.0.9/9101 (10.2.0.9/9101)",
          PARSE_MALFORMED, "");
    check("%ASA-6-302037: Built outbound IPINIP connection 70020 from outside:198.51.100.62/"
          "198.51.100.62 to inside:10.1.0.62/203.0.113.62",
          PARSE_OK, "protocol=ipip;src_ip=10.1.0.62;src_nat_ip=203.0.113.62;dst_nat_ip=;src_port=");
    check("%ASA-6-302303: Built inbound TCP state-bypass connection 70015 from inside:10.1.0.31/1 "
          "(10.1.0.31/1) to inside:10.1.4.9/9101 (10.1.4.9/9101)",
          PARSE_OK, "protocol=tcp;session_id=70015;dst_port=9101");
}

/* Kinds beyond connections and access lists, and ids without a row. */
static const struct {
    const char *line, *fields;
} others[] = {
    {"%ASA-6-110002: Failed to locate egress interface for TCP from inside:10.1.0.5/7777 to "
     "198.51.100.7/443",
     "action=drop;evidence=unknown;protocol=tcp;src_interface=inside;dst_ip=198.51.100.7"},
    {"%ASA-6-110003: Routing failed to locate next hop for udp from inside:10.1.0.5/1 to "
     "outside:198.51.100.7/53",
     "dst_interface=outside;dst_port=53;message="},
    {"%ASA-5-111008: User 'alice' executed the 'write memory' command.",
     "category=configuration;src_user=alice;+command=write memory;message="},
    {"%ASA-5-111010: User 'alice', running 'CLI' from IP 10.1.0.9, executed 'no access-list x'",
     "src_user=alice;src_ip=10.1.0.9;+application=CLI;+command=no access-list x"},
    {"%ASA-6-113004: AAA user authentication Successful : server =  10.1.0.40 : user = alice",
     "category=authentication;outcome=success;src_user=alice;evidence="},
    {"%ASA-6-113005: AAA user authentication Rejected : reason = AAA failure : server = 10.1.0.40 "
     ": user = alice : user IP = 198.51.100.7",
     "outcome=failure;action=deny;src_user=alice;src_ip=198.51.100.7"},
    {"%ASA-6-113015: AAA user authentication Rejected : reason = Invalid password : local database "
     ": user = alice : user IP = 198.51.100.7",
     "outcome=failure;reason=Invalid password;src_user=alice;src_ip=198.51.100.7"},
    {"%ASA-4-113019: Group = staff, Username = alice, IP = 198.51.100.7, Session disconnected. "
     "Session Type: SSL, Duration: 1d 2h:27m:34s, Bytes xmt: 45323, Bytes rcv: 43252, Reason: Idle "
     "Timeout",
     "category=vpn;src_user=alice;src_ip=198.51.100.7;duration_ms=95254000;dst_bytes=45323;"
     "src_bytes=43252;reason=Idle Timeout;+group=staff;message="},
    {"%ASA-4-209005: Discard IP fragment set with more than 24 elements:  src = 10.1.0.5, dest = "
     "198.51.100.7, proto = UDP, id = 48916",
     "protocol=udp;src_ip=10.1.0.5;dst_ip=198.51.100.7;+limit=24;+ip_id=48916"},
    {"%ASA-6-303002: FTP connection from inside:10.1.0.5/63656 to outside:198.51.100.7/21, user "
     "alice Stored file report.pdf",
     "category=file;src_user=alice;file=report.pdf;+operation=Stored;dst_port=21"},
    {"%ASA-5-304001: alice@10.1.0.5(LOCAL\alice) Accessed JAVA URL "
     "198.51.100.7:http://www.example.com/a?b=c",
     "category=web;action=allow;src_ip=10.1.0.5;src_user=LOCAL\alice;dst_ip=198.51.100.7;"
     "url=http://www.example.com/a?b=c"},
    {"%ASA-5-304001: 10.1.0.5 Accessed URL mirror:http://mirror.example.com/x",
     "src_ip=10.1.0.5;dst_host=mirror;url=http://mirror.example.com/x"},
    {"%ASA-5-304001: 10.1.0.5 Accessed URL 198.51.100.7:/app", "dst_ip=198.51.100.7;url=/app"},
    {"%ASA-5-304002: Access denied URL http://www.example.com/x SRC 10.1.0.5 DEST 198.51.100.7 on "
     "interface inside",
     "category=web;evidence=denied;src_ip=10.1.0.5;dst_ip=198.51.100.7;src_interface=inside"},
    {"%ASA-3-305005: No translation group found for icmp src outside:198.51.100.7 dst "
     "inside:10.1.0.5 (type 3, code 0)",
     "evidence=denied;icmp_type=3;icmp_code=0"},
    {"%ASA-3-305006: portmap translation creation failed for udp src inside:10.1.0.5/1 dst "
     "outside:198.51.100.7/53",
     "+translation=portmap;dst_port=53;evidence=denied"},
    {"%ASA-6-305011: Built dynamic TCP translation from inside:10.1.0.5/50000(LOCAL\alice) to "
     "outside:203.0.113.2/12001",
     "category=nat;evidence=;protocol=tcp;src_ip=10.1.0.5;src_port=50000;src_nat_ip=203.0.113.2;"
     "src_nat_port=12001;dst_ip=;dst_interface=outside;src_user=LOCAL\alice;message="},
    {"%ASA-6-305012: Teardown dynamic UDP translation from inside:10.1.0.5/50000 to "
     "outside:203.0.113.2/12001 duration 0:00:31",
     "duration_ms=31000;protocol=udp"},
    {"%ASA-5-305013: Asymmetric NAT rules matched for forward and reverse flows; Connection for "
     "tcp src outside:198.51.100.7/1 dst inside:10.1.0.5/80 denied due to NAT reverse path failure",
     "evidence=denied;dst_port=80;message="},
    {"%ASA-3-313001: Denied ICMP type=8, code=0 from 198.51.100.7 on interface outside",
     "evidence=denied;icmp_type=8;icmp_code=0;src_ip=198.51.100.7;dst_ip=;src_interface=outside"},
    {"%ASA-4-313004: Denied ICMP type=0, from laddr 10.1.0.5 on interface inside to 198.51.100.7: "
     "no matching session",
     "evidence=none;icmp_type=0;src_ip=10.1.0.5;src_interface=inside;dst_ip=198.51.100.7"},
    {"%ASA-4-313005: No matching connection for ICMP error message: icmp src outside:198.51.100.7 "
     "dst inside:10.1.0.5 (type 3, code 3) on outside interface.  Original IP payload: udp src "
     "10.1.0.5/53 dst 198.51.100.7/40000.",
     "evidence=none;icmp_type=3;src_port=;dst_port=;"
     "+payload=udp src 10.1.0.5/53 dst 198.51.100.7/40000"},
    {"%ASA-3-313008: Denied IPv6-ICMP type=134, code=0 from fe80::5:1 on interface outside",
     "protocol=icmp6;icmp_type=134;src_ip=fe80::5:1"},
    {"%ASA-4-313009: Denied invalid ICMP code 9, for inside:10.1.0.5/8795 (10.1.0.5/8795) to "
     "identity:10.1.0.1/0 (10.1.0.1/0), ICMP id 295, ICMP type 8",
     "protocol=icmp;icmp_code=9;icmp_type=8;src_port=;dst_port=;+icmp_id=295;dst_ip=10.1.0.1"},
    {"%ASA-4-338008: Dynamic Filter dropped blacklisted TCP traffic from inside:10.1.0.5/33340 "
     "(203.0.113.2/33340) to outside:198.51.100.66/80 (198.51.100.66/80), destination "
     "198.51.100.66 resolved from dynamic list: bad.example.com, threat-level: very-high, "
     "category: Malware",
     "category=threat;action=drop;evidence=denied;src_nat_ip=203.0.113.2;dst_port=80;"
     "threat=Malware;+threat_level=very-high;+entry=bad.example.com;+list=black"},
    {"%ASA-4-338002: Dynamic Filter permitted black listed TCP traffic from inside:10.1.0.5/6798 "
     "(203.0.113.2/7890) to outside:198.51.100.66/80 (198.51.100.66/80), destination "
     "198.51.100.66 resolved from dynamic list: bad.example.com",
     "action=allow;evidence=none;src_nat_port=7890;+entry=bad.example.com;threat="},
    {"%ASA-4-400013: IDS:2003 ICMP redirect from 198.51.100.7 to 10.1.0.5 on interface dmz",
     "category=threat;threat=ICMP redirect;+signature=2003;src_ip=198.51.100.7;src_interface=dmz"},
    {"%ASA-4-401004: Shunned packet: 198.51.100.7 ==> 10.1.0.5 on interface outside",
     "evidence=denied;src_ip=198.51.100.7;dst_ip=10.1.0.5"},
    {"%ASA-4-410001: Dropped UDP DNS reply from outside:198.51.100.53/53 to inside:10.1.0.5/51234; "
     "packet length 579 bytes exceeds configured limit of 512 bytes",
     "category=dns;evidence=denied;+packet=reply;src_port=53;dst_port=51234"},
    {"%ASA-4-419002: Duplicate TCP SYN from inside:10.1.0.5/42736 to outside:198.51.100.7/80 with "
     "different initial sequence number",
     "evidence=;protocol=tcp;dst_port=80"},
    {"%ASA-4-434002: SFR requested to drop TCP packet from outside:198.51.100.7/51115 to "
     "dmz:10.2.0.9/443",
     "category=threat;evidence=denied;protocol=tcp"},
    {"%ASA-5-500003: Bad TCP hdr length (hdrlen=4, pktlen=74) from 198.51.100.7/34160 to "
     "10.2.0.9/443, flags: INVALID, on interface outside",
     "evidence=denied;+tcp_flags=INVALID;src_interface=outside;+header_len=4"},
    {"%ASA-4-500004: Invalid transport field for protocol=UDP, from 198.51.100.7/45682 to "
     "10.2.0.9/0",
     "protocol=udp;dst_port=0;src_port=45682"},
    {"%ASA-5-502103: User priv level changed: Uname: alice From: 1 To: 15",
     "category=configuration;src_user=alice;+from=1;+to=15"},
    {"%ASA-3-507003: tcp flow from inside:10.1.0.5/49574 to outside:198.51.100.7/80 terminated by "
     "inspection engine, reason - disconnected, dropped packet.",
     "protocol=tcp;reason=disconnected, dropped packet;evidence=unknown"},
    {"%ASA-6-602303: IPSEC: An outbound LAN-to-LAN SA (SPI= 0xF81283) between 203.0.113.1 and "
     "198.51.100.9 (user= alice) has been created.",
     "category=vpn;src_ip=203.0.113.1;dst_ip=198.51.100.9;src_user=alice;+spi=0xF81283;message="},
    {"%ASA-6-605004: Login denied from 10.1.0.9/51923 to inside:10.1.0.1/https for user \"alice\"",
     "outcome=failure;src_ip=10.1.0.9;dst_port=443;src_user=alice;evidence="},
    {"%ASA-7-609002: Teardown local-host inside:10.1.0.5 duration 0:00:05",
     "src_ip=10.1.0.5;src_interface=inside;duration_ms=5000;evidence="},
    {"%ASA-6-611101: User authentication succeeded: IP address: 10.1.0.9, Uname: alice",
     "outcome=success;src_ip=10.1.0.9;src_user=alice"},
    {"%ASA-6-716039: Group <staff> User <alice> IP <198.51.100.7> Authentication: rejected, "
     "Session Type: WebVPN.",
     "outcome=failure;src_user=alice;src_ip=198.51.100.7;+session_type=WebVPN"},
    {"%ASA-4-722051: Group <staff> User <alice> IP <198.51.100.7> IPv4 Address <10.8.0.20> IPv6 "
     "address <::> assigned to session",
     "category=vpn;src_user=alice;src_ip=198.51.100.7;+assigned=10.8.0.20"},
    {"%ASA-5-750002: Local:203.0.113.1:500 Remote:198.51.100.9:500 Username:alice Received a "
     "IKE_INIT_SA request",
     "category=vpn;src_user=alice;src_ip=198.51.100.9;src_port=500;dst_ip=203.0.113.1"},
    {"%ASA-5-750002: Local: 203.0.113.1:500 Remote: 2001:db8::9:500 Username: Unknown Received a "
     "IKE_INIT_SA request",
     "src_ip=2001:db8::9;src_port=500;dst_port=500;src_user="},
    {"%ASA-6-305009: Built static translation from dmz(nat_list):10.2.0.9 to outside:203.0.113.9",
     "src_interface=dmz;src_ip=10.2.0.9;src_nat_ip=203.0.113.9;rule=nat_list;message="},
    {"%ASA-4-405001: Received ARP request collision from 10.1.0.5/0200.5e00.5301 on interface "
     "inside "
     "with existing ARP entry 10.1.0.5/0200.5e00.5302",
     "src_mac=0200.5e00.5301;dst_mac=0200.5e00.5302;src_port=;+src_port="},
    {"%ASA-5-415006: HTTP - matched games in policy-map http, URI matched Resetting connection "
     "from "
     "inside:10.1.0.5/1 to outside:198.51.100.7/80",
     "category=web;action=reset;evidence=denied;rule=http;dst_port=80"},
    {"%ASA-6-415006: HTTP - matched games in policy-map http, URI matched Logging from "
     "inside:10.1.0.5/1 to outside:198.51.100.7/80",
     "action=alert;evidence=;outcome="},
    {"%ASA-7-722030: Group <staff> User <alice> IP <198.51.100.7> SVC Session Termination: In: "
     "4321 "
     "(+12) bytes, 21 (+2) packets, 0 drops",
     "src_bytes=4321;dst_bytes=;src_user=alice;message="},
    {"%ASA-4-733201: Threat-detection: Service[remote-access-authentication] Peer[198.51.100.7]: "
     "failure threshold of 20 exceeded: adding shun to interface outside. SSL: RA failures.",
     "category=scan;action=deny;src_ip=198.51.100.7;src_interface=outside;message="},
    /* no rows of their own */
    {"%ASA-5-713999: peer[2001:db8::9] and inside:10.1.0.5/80 about Group:staff, 255.255.255.0, "
     "10:30:45 and a/b",
     "src_ip=2001:db8::9;dst_ip=10.1.0.5;dst_port=80;dst_interface=inside;+group=staff"},
    {"%ASA-6-302099: Seen between faddr 198.51.100.7/1720 gaddr 203.0.113.5/0 laddr 10.1.0.5/1",
     "src_port=1720;dst_ip=10.1.0.5;dst_port=1;src_nat_ip="},
    {"%ASA-1-105099: (Primary) Failover interface failed on interface dmz, neighbor 10.1.0.2:44442",
     "+unit=Primary;src_interface=dmz;src_ip=10.1.0.2;src_port=44442"},
    {"%ASA-6-999998: from fw-mgmt/22 to [truncated, Username=Unknown, user 'EXAMPLE\\alice'",
     "src_ip=;dst_ip=;src_user=EXAMPLE\\alice"},
    {"%ASA-6-999997: (not a unit: 7) interface of nothing", "+unit=;src_interface="},
    {"%ASA-5-713905: Group = 198.51.100.9, IP = 198.51.100.9, PHASE 2 STARTED (msgid=bbe383e8)",
     "category=vpn;event_name=IKE;src_ip=198.51.100.9;+group=198.51.100.9;"
     "message=Group = 198.51.100.9, IP = 198.51.100.9, PHASE 2 STARTED (msgid=bbe383e8)"},
    {"%ASA-6-725001: Starting SSL handshake with client outside:198.51.100.7/50000 to "
     "203.0.113.1/443 for TLSv1.2 session",
     "category=vpn;src_interface=outside;src_ip=198.51.100.7;src_port=50000;dst_ip=203.0.113.1"},
    {"%ASA-6-302099: Nobody knows this, from 198.51.100.7/80 on interface outside",
     "category=connection;evidence=;severity=2;src_port=80;src_interface=outside"},
    {"%ASA-6-998877: User authentication of user=alice, User <bob> went by",
     "event_name=Message;category=system;src_user=alice;message=User authentication of user=alice,"
     " User <bob> went by"},
};

static void each_other_kind(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        check(others[i].line, PARSE_OK, others[i].fields);
}

/* Opens connection 5, unless `way` is NULL, and tears it down; what is proven? */
static const struct {
    const char *way, *ending, *evidence, *source;
} endings[] = {
    {"inbound", "0:00:01 bytes 1 TCP Reset-O", "data", "198.51.100.7"},
    {"outbound", "0:00:01 bytes 1 TCP FINs", "data", "10.1.0.5"},
    {"outbound", "0:00:30 bytes 7 SYN Timeout", "data", "10.1.0.5"},
    {"inbound", "0:00:30 bytes 0 SYN Timeout", "no_answer", "198.51.100.7"},
    {"outbound", "0:00:30 bytes 0 SYN Timeout", "no_answer", "10.1.0.5"},
    {NULL, "0:00:30 bytes 0 SYN Timeout", "no_answer", "10.1.0.5"},
    {"inbound", "0:00:00 bytes 0 TCP Reset-O", "aborted", "198.51.100.7"},
    {"inbound", "0:00:00 bytes 0 TCP Reset-I", "refused", "198.51.100.7"},
    {"outbound", "0:00:00 bytes 0 TCP Reset-I", "aborted", "10.1.0.5"},
    {"outbound", "0:00:00 bytes 0 TCP Reset-O", "refused", "10.1.0.5"},
    {NULL, "0:00:00 bytes 0 TCP Reset-O", "unknown", "10.1.0.5"},
    {NULL, "0:00:00 bytes 0 TCP Reset-I", "unknown", "10.1.0.5"},
    {NULL, "0:00:00 bytes 9 TCP Reset-I", "data", "10.1.0.5"},
    {"inbound", "0:00:00 bytes 0 TCP Reset-O from outside", "aborted", "198.51.100.7"},
    {"inbound", "0:00:00 bytes 0 TCP Reset-I from inside", "refused", "198.51.100.7"},
    {"outbound", "0:00:00 bytes 0 TCP Reset-O from outside", "refused", "10.1.0.5"},
    {"outbound", "0:00:00 bytes 0 TCP Reset-O from inside", "aborted", "10.1.0.5"},
    {"outbound", "0:00:00 bytes 0 TCP Reset-I from elsewhere", "aborted", "10.1.0.5"},
    {"inbound", "0:00:05 bytes 0 TCP FINs", "aborted", "198.51.100.7"},
    {"outbound", "0:00:05 bytes 0 TCP FINs from inside", "aborted", "10.1.0.5"},
    {"inbound", "0:00:06 bytes 0 TCP FINs", "unknown", "198.51.100.7"},
    {NULL, "0:00:02 bytes 0 TCP FINs", "aborted", "10.1.0.5"},
    {"inbound", "0:00:02 bytes 0 FIN Timeout", "unknown", "198.51.100.7"},
    {"inbound", "1:00:00 bytes 0 Connection timeout", "unknown", "198.51.100.7"},
    {"inbound", "0:00:00 bytes 0 Flow closed by inspection", "unknown", "198.51.100.7"},
    {"inbound", "0:00:00 bytes 0 Xlate Clear", "unknown", "198.51.100.7"},
    {"inbound", "0:00:00 bytes 0 Failover primary closed", "unknown", "198.51.100.7"},
    {"inbound", "0:00:00 bytes 0 TCP Reset", "unknown", "198.51.100.7"},
    {"inbound", "0:00:00 bytes 0", "unknown", "198.51.100.7"},
};

static void endings_prove_what_they_prove(void **state)
{
    char line[512], fields[128];
    (void)state;
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        if (endings[i].way) {
            snprintf(line, sizeof(line),
                     "%%ASA-6-302013: Built %s TCP connection 5 for outside:198.51.100.7/443 "
                     "(198.51.100.7/443) to inside:10.1.0.5/50000 (203.0.113.20/50000)",
                     endings[i].way);
            check(line, PARSE_OK, "evidence=none");
        }
        snprintf(line, sizeof(line),
                 "%%ASA-6-302014: Teardown TCP connection 5 for outside:198.51.100.7/443 to "
                 "inside:10.1.0.5/50000 duration %s",
                 endings[i].ending);
        snprintf(fields, sizeof(fields), "evidence=%s;src_ip=%s;direction=%s", endings[i].evidence,
                 endings[i].source, endings[i].way ? endings[i].way : "");
        check(line, PARSE_OK, fields);
    }
}

static void joins_by_device_and_protocol(void **state)
{
    static const char built[] = "%ASA-6-302013: Built inbound TCP connection 6 for "
                                "outside:198.51.100.7/80 (198.51.100.7/80) to "
                                "inside:10.1.0.5/50000 (10.1.0.5/50000)";
    static const char tcp[] = "%ASA-6-302014: Teardown TCP connection 6 for "
                              "outside:198.51.100.7/80 to inside:10.1.0.5/50000 duration 0:00:00 "
                              "bytes 0 TCP Reset-O";
    static const char udp[] = "%ASA-6-302016: Teardown UDP connection 6 for "
                              "outside:198.51.100.7/80 to inside:10.1.0.5/50000 duration 0:00:00 "
                              "bytes 0";
    (void)state;
    parse_len(built, strlen(built), 1);
    parse_len(tcp, strlen(tcp), 2);
    expect(tcp, "evidence=unknown;direction=;src_ip=10.1.0.5");
    parse_len(udp, strlen(udp), 1);
    expect(udp, "evidence=unknown;direction=;src_ip=10.1.0.5");
    parse_len(tcp, strlen(tcp), 1);
    expect(tcp, "evidence=aborted;direction=inbound;src_ip=198.51.100.7");
    parse_len(tcp, strlen(tcp), 1);
    expect(tcp, "evidence=unknown;direction=");

    struct connections *kept = table;
    table = NULL;
    parse_len(built, strlen(built), 1);
    assert_int_equal(parse_len(tcp, strlen(tcp), 1), PARSE_OK);
    expect(tcp, "evidence=unknown");
    table = kept;
}

static void teardown_fields(void **state)
{
    (void)state;
    check("%ASA-6-302014: Teardown TCP connection 61 for outside:10.8.0.20/50120(LOCAL\\carol) to "
          "outside:198.51.100.80/443 duration 92:02:05 bytes 9610 TCP FINs from outside (carol)",
          PARSE_OK,
          "duration_ms=331325000;+bytes=9610;reason=TCP FINs;+ended_from=outside;"
          "src_user=LOCAL\\carol;+user=;evidence=data;session_id=61;src_bytes=;dst_bytes=");
    check("%ASA-6-302016: Teardown UDP connection 62 for outside:198.51.100.53/53 dave to "
          "inside:10.1.0.35/52925 erin duration 10:00:00 bytes 9999999",
          PARSE_OK, "src_user=erin;dst_user=dave;evidence=data;reason=");
    check("%ASA-6-302016: Teardown UDP connection 63 for outside:198.51.100.9/500 to "
          "identity:203.0.113.1/500 duration 0:00:30 bytes 0",
          PARSE_OK, "evidence=unknown;src_ip=198.51.100.9");
    check("%ASA-6-302016: Teardown UDP connection 64 for inside:10.1.0.33/68 to NP Identity "
          "Ifc:255.255.255.255/67 duration 0:02:01 bytes 600 (dave)",
          PARSE_OK,
          "src_ip=10.1.0.33;dst_ip=255.255.255.255;dst_interface=NP Identity Ifc;src_user=dave");
}

static void survives_changed_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        change_bytes(kinds[i].line);
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        change_bytes(others[i].line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind),
        cmocka_unit_test(each_other_kind),
        cmocka_unit_test(built_says_who_opened),
        cmocka_unit_test(endings_prove_what_they_prove),
        cmocka_unit_test(joins_by_device_and_protocol),
        cmocka_unit_test(teardown_fields),
        cmocka_unit_test(survives_changed_bytes),
    };
    return run_group("asa", tests, sizeof(tests) / sizeof(tests[0]));
}
