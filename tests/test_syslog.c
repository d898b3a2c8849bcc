/* Headers: rows of text and what must be taken off it; and every prefix of every row. */
#include "parsers/syslog.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

/* 2026-11-21T09:00:00Z */
#define ARRIVAL_MS INT64_C(1795251600000)
#define NO_PRI     -1

struct row {
    const char *text;
    enum syslog_form form;
    int pri;
    const char *time; /* "" for none; without the date of the arrival where it is that day */
    const char *host, *app, *procid, *body;
};

#define ASA "%ASA-6-302013: Built inbound TCP connection 7"
#define PAN "1,2026/11/21 08:56:00,0123456789,TRAFFIC,end"
#define CP  "[action:\"Accept\"; ifdir:\"inbound\"; src:\"192.0.2.1\"]"
#define MX  "flows allow src=192.0.2.1 dst=198.51.100.2 protocol=tcp pattern: 1 all"
#define BSD SYSLOG_RFC3164
#define NEW SYSLOG_RFC5424
#define NON SYSLOG_NONE
#define EPO SYSLOG_EPOCH

static const struct row cisco[] = {
    {ASA, NON, NO_PRI, "", "", "", "", ASA},
    {"<166>" ASA, NON, 166, "", "", "", "", ASA},
    {"<166> " ASA, NON, 166, "", "", "", "", ASA},
    {"<163>: " ASA, NON, 163, "", "", "", "", ASA},
    {"<163>:" ASA, NON, 163, "", "", "", "", ASA},
    {"<166>fw-1 " ASA, BSD, 166, "", "fw-1", "", "", ASA},
    {"<166>fw-1: " ASA, BSD, 166, "", "fw-1", "", "", ASA},
    {"<166>fw-1 : " ASA, BSD, 166, "", "fw-1", "", "", ASA},
    {"<166>192.0.2.7 " ASA, BSD, 166, "", "192.0.2.7", "", "", ASA},
    {"<166>2001:db8::7 " ASA, BSD, 166, "", "2001:db8::7", "", "", ASA},
    {"<166>Nov 21 2026 08:56:00: " ASA, BSD, 166, "08:56:00.000", "", "", "", ASA},
    {"<166>Nov 21 2026 08:56:00 " ASA, BSD, 166, "08:56:00.000", "", "", "", ASA},
    {"<142>Nov 21 2026 08:56:00 fw-1 : " ASA, BSD, 142, "08:56:00.000", "fw-1", "", "", ASA},
    {"<142>Nov 21 2026 08:56:00 fw-1: " ASA, BSD, 142, "08:56:00.000", "fw-1", "", "", ASA},
    {"Nov 21 2026 08:56:00 fw-1 " ASA, BSD, NO_PRI, "08:56:00.000", "fw-1", "", "", ASA},
    {"Nov 21 08:56:00 192.0.2.7: " ASA, BSD, NO_PRI, "08:56:00.000", "192.0.2.7", "", "", ASA},
    {"Nov 21 08:56:00 2001:db8::7 " ASA, BSD, NO_PRI, "08:56:00.000", "2001:db8::7", "", "", ASA},
    {"Nov 21 08:56:00 <IP>: " ASA, BSD, NO_PRI, "08:56:00.000", "<IP>", "", "", ASA},
    {"Nov 21 08:56:00 2026 fw-1 " ASA, BSD, NO_PRI, "08:56:00.000", "fw-1", "", "", ASA},
    {"2026 Nov 21 08:56:00 fw-1: " ASA, BSD, NO_PRI, "08:56:00.000", "fw-1", "", "", ASA},
    {"Nov 21 2026 08:56:00 EDT: " ASA, BSD, NO_PRI, "08:56:00.000", "", "", "", ASA},
    {"<111>:Nov 21 08:56:00 UTC: " ASA, BSD, 111, "08:56:00.000", "", "", "", ASA},
    {"<111>:Nov  1 08:56:00 UTC: " ASA, BSD, 111, "2026-11-01T08:56:00.000", "", "", "", ASA},
    {"Nov 1 08:56:00.407: " ASA, BSD, NO_PRI, "2026-11-01T08:56:00.407", "", "", "", ASA},
    {"Dec  6 08:56:00 fw-1 " ASA, BSD, NO_PRI, "2025-12-06T08:56:00.000", "fw-1", "", "", ASA},
    {"<189>*Nov 21 08:56:00: " ASA, BSD, 189, "08:56:00.000", "", "", "", ASA},
    {"<189>.Nov 21 08:56:00: " ASA, BSD, 189, "08:56:00.000", "", "", "", ASA},
    {"<189>123: " ASA, NON, 189, "", "", "", "", ASA},
    {"<189>123: *Nov 21 08:56:00.1: " ASA, BSD, 189, "08:56:00.100", "", "", "", ASA},
    {"<189>123: fw-1: *Nov 21 08:56:00: " ASA, BSD, 189, "08:56:00.000", "fw-1", "", "", ASA},
    {"Nov 21 08:00:00 192.0.2.7 123: Nov 21 08:56:00.5: " ASA, BSD, NO_PRI, "08:56:00.500",
     "192.0.2.7", "", "", ASA},
    {"<189>123: no header at all", NON, 189, "", "", "", "", "123: no header at all"},
    {"<166>2026-11-21T08:56:00Z fw-1 : " ASA, BSD, 166, "08:56:00.000", "fw-1", "", "", ASA},
    {"<166> 2026-11-21T08:56:00Z fw-1 " ASA, BSD, 166, "08:56:00.000", "fw-1", "", "", ASA},
    {"2026-11-21T08:56:00Z fw-1  " ASA, BSD, NO_PRI, "08:56:00.000", "fw-1", "", "", ASA},
    {"2026-11-21T08:56:00.5+02:00 " ASA, BSD, NO_PRI, "06:56:00.500", "", "", "", ASA},
    {"<118>2026-11-21T08:56:00Z %FTD-6-430003: SrcIP: 192.0.2.1", BSD, 118, "08:56:00.000", "", "",
     "", "%FTD-6-430003: SrcIP: 192.0.2.1"},
    {"Nov 21 08:56:00 fw-1 CiscoASA[999]: " ASA, BSD, NO_PRI, "08:56:00.000", "fw-1", "CiscoASA",
     "999", ASA},
    {"Nov 21 08:56:00 CiscoASA[999]: " ASA, BSD, NO_PRI, "08:56:00.000", "", "CiscoASA", "999",
     ASA},
    {"Nov 21 08:56:00 fw-1 ASA-6-302013: Built", BSD, NO_PRI, "08:56:00.000", "fw-1", "", "",
     "ASA-6-302013: Built"},
    {"ASA-6-302013: Built", NON, NO_PRI, "", "", "", "", "ASA-6-302013: Built"},
    {"Nov 21 08:56:00 fw-1 SFIMS: Protocol: TCP, SrcIP: 192.0.2.1", BSD, NO_PRI, "08:56:00.000",
     "fw-1", "SFIMS", "", "Protocol: TCP, SrcIP: 192.0.2.1"},
    {"LOCAL4.WARNING: fw-1 " ASA, BSD, 164, "", "fw-1", "", "", ASA},
    {"2026-11-21 08:56:00\tLocal4.Warning\t192.0.2.7\t" ASA, BSD, 164, "08:56:00.000", "192.0.2.7",
     "", "", ASA},
    {"Nov 21 08:00:00 relay Nov 21 2026 08:56:00: " ASA, BSD, NO_PRI, "08:56:00.000", "relay", "",
     "", ASA},
    {"Nov 21 08:00:00 relay Nov 21 2026 08:56:00 fw-1 : " ASA, BSD, NO_PRI, "08:56:00.000", "fw-1",
     "", "", ASA},
    {"<13>Nov 21 08:00:00 relay <166>Nov 21 2026 08:56:00 fw-1 : " ASA, BSD, 166, "08:56:00.000",
     "fw-1", "", "", ASA},
    {"<13>Nov 21 08:56:00 relay fw-1 : " ASA, BSD, 13, "08:56:00.000", "fw-1", "", "", ASA},
    {"<13>1 2026-11-21T08:00:00Z relay - - - - Nov 21 2026 08:56:00: " ASA, BSD, 13, "08:56:00.000",
     "relay", "", "", ASA},
    {"<13>1 2026-11-21T08:00:00Z relay - - - - <166>Nov 21 2026 08:56:00 fw-1 : " ASA, BSD, 166,
     "08:56:00.000", "fw-1", "", "", ASA},
    {"<13>1 2026-11-21T08:56:00Z fw-1 %ASA-6-302013 - - - Built", NEW, 13, "08:56:00.000", "fw-1",
     "", "", "%ASA-6-302013 - - - Built"},
    {"<189>:2026-11-21T08:56:00Z: " ASA, BSD, 189, "08:56:00.000", "", "", "", ASA},
    {"<189>00:01:02: " ASA, NON, 189, "", "", "", "", ASA},
    {"<189>Nov 21 08:00:00 Original Address=192.0.2.9 fw-1 : " ASA, BSD, 189, "08:00:00.000",
     "fw-1", "", "", ASA},
    {"<189>Original Address=192.0.2.9 " ASA, BSD, 189, "", "192.0.2.9", "", "", ASA},
    {"<166>Nov 21 2026 25:56:00 fw-1 : " ASA, BSD, 166, "", "fw-1", "", "", ASA},
    {"<166>2026-11-21T25:56:00Z fw-1 : " ASA, BSD, 166, "", "fw-1", "", "", ASA},
};

static const struct row panos[] = {
    {PAN, NON, NO_PRI, "", "", "", "", PAN},
    {": " PAN, NON, NO_PRI, "", "", "", "", PAN},
    {"<14>Nov 21 08:56:00 pa-1.example.com " PAN, BSD, 14, "08:56:00.000", "pa-1.example.com", "",
     "", PAN},
    {"<14> Nov 21 08:56:00 pa-1 " PAN, BSD, 14, "08:56:00.000", "pa-1", "", "", PAN},
    {"<14>Nov 21 08:56:00 " PAN, BSD, 14, "08:56:00.000", "", "", "", PAN},
    {"Nov 21 08:56:00 " PAN, BSD, NO_PRI, "08:56:00.000", "", "", "", PAN},
    {"Nov 00 00:00:00 XX-1 " PAN, BSD, NO_PRI, "", "XX-1", "", "", PAN},
    {"<14>1 2026-11-21T08:56:00+01:00 pa-1 - - - - " PAN, NEW, 14, "07:56:00.000", "pa-1", "", "",
     PAN},
    {"<14>1 2026-11-21T08:56:00+01:00 pa-1 - - - -  " PAN, NEW, 14, "07:56:00.000", "pa-1", "", "",
     PAN},
    {"<14>1 2026-11-21T08:56:00Z pa-1 - - - " PAN, NEW, 14, "08:56:00.000", "pa-1", "", "", PAN},
    {"<14>1 2026-11-21T08:56:00Z pa-1 " PAN, NEW, 14, "08:56:00.000", "pa-1", "", "", PAN},
    {"535 <14>1 2026-11-21T08:56:00+01:00 pa-1 - - - - " PAN, NEW, 14, "07:56:00.000", "pa-1", "",
     "", PAN},
    {"Nov 21 08:00:00 relay 1028 <142>1 2026-11-21T08:56:00Z pa-1 logforwarder - - - " PAN, NEW,
     142, "08:56:00.000", "pa-1", "logforwarder", "", PAN},
    {"0,2026/11/21 08:56:00,0123456789,THREAT", NON, NO_PRI, "", "", "", "",
     "0,2026/11/21 08:56:00,0123456789,THREAT"},
    {"2026/11/21 08:56:00,0123456789,TRAFFIC", NON, NO_PRI, "", "", "", "",
     "2026/11/21 08:56:00,0123456789,TRAFFIC"},
    {"<14>Nov 21 08:56:00 pa-1 CEF:0|Palo Alto Networks|PAN-OS|", BSD, 14, "08:56:00.000", "pa-1",
     "", "", "CEF:0|Palo Alto Networks|PAN-OS|"},
    {"<14>Nov 21 08:56:00 CEF: 0|Palo Alto Networks|PAN-OS|", BSD, 14, "08:56:00.000", "", "", "",
     "CEF: 0|Palo Alto Networks|PAN-OS|"},
    {"<14>Nov 21 08:56:00 pa-1 LEEF:2.0|Example|", BSD, 14, "08:56:00.000", "pa-1", "", "",
     "LEEF:2.0|Example|"},
    {"<14>Nov 21 08:56:00 pa-1 {\"LogType\": 1}", BSD, 14, "08:56:00.000", "pa-1", "", "",
     "{\"LogType\": 1}"},
};

static const struct row checkpoint[] = {
    {"<134>1 2026-11-21T08:56:00Z gw-1 CheckPoint 1930 - " CP, NEW, 134, "08:56:00.000", "gw-1",
     "CheckPoint", "1930", CP},
    {"1 2026-11-21T08:56:00Z gw-1 CheckPoint 1930 - " CP " ", NEW, NO_PRI, "08:56:00.000", "gw-1",
     "CheckPoint", "1930", CP},
    {"<134>1 2026-11-21T08:56:00Z gw-1 CheckPoint 1930 " CP, NEW, 134, "08:56:00.000", "gw-1",
     "CheckPoint", "1930", CP},
    {"<134>1 2026-11-21T08:56:00Z gw-1 CheckPoint 1930 - [action:\"Mon", NEW, 134, "08:56:00.000",
     "gw-1", "CheckPoint", "1930", "[action:\"Mon"},
    {"<134>1 2026-11-21T08:56:00Z gw-1 CheckPoint 1930 - [sc4s@2620 a=\"b\" c=\"\\\"]\"]", NEW, 134,
     "08:56:00.000", "gw-1", "CheckPoint", "1930", "[sc4s@2620 a=\"b\" c=\"\\\"]\"]"},
    {"<134>1 2026-11-21T08:56:00Z gw-1 CheckPoint 1930 - [sc4s@2620 a=\"b\"", NEW, 134,
     "08:56:00.000", "gw-1", "CheckPoint", "1930", "[sc4s@2620 a=\"b\""},
    {"<85>1 2026-11-21T08:56:00--5:00 192.0.2.9 CP-GW - Log [Fields@1.3.6 src=\"192.0.2.1\" ]", NEW,
     85, "", "192.0.2.9", "CP-GW", "", "[Fields@1.3.6 src=\"192.0.2.1\" ]"},
    {"<13>1 2026-11-21T08:56:00Z gw-1 CheckPoint 1930 - - time=1795251360|hostname=gw-1|", NEW, 13,
     "08:56:00.000", "gw-1", "CheckPoint", "1930", "time=1795251360|hostname=gw-1|"},
    {"Nov 21 08:56:00 gw-1 time=1795251360|hostname=gw-1|", BSD, NO_PRI, "08:56:00.000", "gw-1", "",
     "", "time=1795251360|hostname=gw-1|"},
    {"Nov 21 08:56:00 gw-1 |hostname=gw-1|product=Firewall|", BSD, NO_PRI, "08:56:00.000", "gw-1",
     "", "", "|hostname=gw-1|product=Firewall|"},
    {"time=1795251360|hostname=gw-1|", NON, NO_PRI, "", "", "", "",
     "time=1795251360|hostname=gw-1|"},
    {"Nov 21 08:56:00 gw-1 syslog" CP, BSD, NO_PRI, "08:56:00.000", "gw-1", "syslog", "", CP},
    {"Nov 21 08:00:00 relay 1 2026-11-21T08:56:00Z gw-1 CheckPoint 1930 - " CP, NEW, NO_PRI,
     "08:56:00.000", "gw-1", "CheckPoint", "1930", CP},
    {"{\"action\": \"Drop\"}", NON, NO_PRI, "", "", "", "", "{\"action\": \"Drop\"}"},
};

static const struct row meraki[] = {
    {"<134>1 1795251360.289402144 MX84_4 " MX, EPO, 134, "08:56:00.289", "MX84_4", "", "", MX},
    {"<134> 1795251360.123 MX84 " MX, EPO, 134, "08:56:00.123", "MX84", "", "", MX},
    {"<134> 1 1795251360.123 MX84 " MX, EPO, 134, "08:56:00.123", "MX84", "", "", MX},
    {"1 1795251360.123 MX84 " MX, EPO, NO_PRI, "08:56:00.123", "MX84", "", "", MX},
    {"1795251360.123 MX84 " MX, EPO, NO_PRI, "08:56:00.123", "MX84", "", "", MX},
    {"<134>1 948077334.886213117 MX60 urls src=192.0.2.1:1", EPO, 134, "2000-01-17T02:48:54.886",
     "MX60", "", "", "urls src=192.0.2.1:1"},
    {"<134>1 1795251360.1 Main Office MX84 ids-alerts signature=1", EPO, 134, "08:56:00.100",
     "Main Office MX84", "", "", "ids-alerts signature=1"},
    {"<134>1 1795251360.1 events events type=x", EPO, 134, "08:56:00.100", "events", "", "",
     "events type=x"},
    {"<134>1 1795251360.1 events type=x", EPO, 134, "08:56:00.100", "", "", "", "events type=x"},
    {"<134>1 1795251360.1 MX84 something new", EPO, 134, "08:56:00.100", "MX84", "", "",
     "something new"},
    {"<134>1 1795251360.1 MX84", EPO, 134, "08:56:00.100", "MX84", "", "", ""},
    {"<134>1 1795251360.1", EPO, 134, "08:56:00.100", "", "", "", ""},
    {"<134>1 1795251360.1 a=b c", EPO, 134, "08:56:00.100", "", "", "", "a=b c"},
    {"<134>1 1795251360.1 m bridge_anyconnect_client_vpn_firewall src=", EPO, 134, "08:56:00.100",
     "m", "", "", "bridge_anyconnect_client_vpn_firewall src="},
    {"<134>1 1795251360.1 m security_event ids_alerted", EPO, 134, "08:56:00.100", "m", "", "",
     "security_event ids_alerted"},
    {"<134>1 1795251360.1 m cellular_firewall src=", EPO, 134, "08:56:00.100", "m", "", "",
     "cellular_firewall src="},
    {"<134>1 1795251360.1 m airmarshal_events type=", EPO, 134, "08:56:00.100", "m", "", "",
     "airmarshal_events type="},
    {"<134>1 1795251360.1 m vpn_firewall src=", EPO, 134, "08:56:00.100", "m", "", "",
     "vpn_firewall src="},
    {"<134>1 1795251360.1 m firewall src=", EPO, 134, "08:56:00.100", "m", "", "", "firewall src="},
    {"<134>1 1795251360.1 m ip_flow_end src=", EPO, 134, "08:56:00.100", "m", "", "",
     "ip_flow_end src="},
    {"<134>Nov 21 08:00:00 192.0.2.9 1 1795251360.88 MX_1 ip_flow_start src=", EPO, 134,
     "08:56:00.880", "MX_1", "", "", "ip_flow_start src="},
    {"Nov 21 08:00:00 192.0.2.9 1 1795251360.88 MX84 " MX, EPO, NO_PRI, "08:56:00.880", "MX84", "",
     "", MX},
    {"2026-11-21 08:00:00 Local0.Info 1 1795251360.88 MX84 " MX, EPO, 134, "08:56:00.880", "MX84",
     "", "", MX},
    {"<134>Original Address=192.0.2.9 1 1795251360.88 MX84 " MX, EPO, 134, "08:56:00.880", "MX84",
     "", "", MX},
    {"1795251360.123 184 192.0.2.1 TCP_MISS/404 461", NON, NO_PRI, "", "", "", "",
     "1795251360.123 184 192.0.2.1 TCP_MISS/404 461"},
    {"Nov 21 08:56:00 proxy 1795251360.123 184 192.0.2.1 TCP_MISS", BSD, NO_PRI, "08:56:00.000",
     "proxy", "", "", "1795251360.123 184 192.0.2.1 TCP_MISS"},
};

static const struct row others[] = {
    {"", NON, NO_PRI, "", "", "", "", ""},
    {"hello", NON, NO_PRI, "", "", "", "", "hello"},
    {" hello world \r\n", NON, NO_PRI, "", "", "", "", "hello world"},
    {"hello#012", NON, NO_PRI, "", "", "", "", "hello"},
    {"hello #015#012 ", NON, NO_PRI, "", "", "", "", "hello"},
    {"hello #011", NON, NO_PRI, "", "", "", "", "hello #011"},
    {"#012", NON, NO_PRI, "", "", "", "", ""},
    {"\xef\xbb\xbf<14>hello", NON, 14, "", "", "", "", "hello"},
    {"<0>hello", NON, 0, "", "", "", "", "hello"},
    {"<191>hello", NON, 191, "", "", "", "", "hello"},
    {"<192>hello", NON, NO_PRI, "", "", "", "", "<192>hello"},
    {"<>hello", NON, NO_PRI, "", "", "", "", "<>hello"},
    {"<999999999999>hello", NON, NO_PRI, "", "", "", "", "<999999999999>hello"},
    {"<-1>hello", NON, NO_PRI, "", "", "", "", "<-1>hello"},
    {"<1", NON, NO_PRI, "", "", "", "", "<1"},
    {"<", NON, NO_PRI, "", "", "", "", "<"},
    {"<0x>hello", NON, NO_PRI, "", "", "", "", "<0x>hello"},
    {"<14>", NON, 14, "", "", "", "", ""},
    {"<30>2026:11:21-08:56:00 utm ulogd[12511]: id=\"2001\"", BSD, 30, "08:56:00.000", "utm",
     "ulogd", "12511", "id=\"2001\""},
    {"<30>Nov 21 08:00:00 utm 2026:11:21-08:56:00 utm-1 ulogd[1]: id=\"2001\"", BSD, 30,
     "08:56:00.000", "utm-1", "ulogd", "1", "id=\"2001\""},
    {"<30>Nov 21 08:56:00 srv sshd[99]: Accepted", BSD, 30, "08:56:00.000", "srv", "sshd", "99",
     "Accepted"},
    {"<30>Nov 21 08:56:00 srv sshd: Accepted", BSD, 30, "08:56:00.000", "srv", "sshd", "",
     "Accepted"},
    {"<30>Nov 21 08:56:00 sshd: Accepted", BSD, 30, "08:56:00.000", "", "sshd", "", "Accepted"},
    {"<30>sshd[99]: Accepted", BSD, 30, "", "", "sshd", "99", "Accepted"},
    {"sshd[99]: Accepted", NON, NO_PRI, "", "", "", "", "sshd[99]: Accepted"},
    {"<189>date=2026-11-21 time=08:56:00", NON, 189, "", "", "", "",
     "date=2026-11-21 time=08:56:00"},
    {"<189>Nov 21 08:56:00 date=2026-11-21 time=08:56:00", BSD, 189, "08:56:00.000", "", "", "",
     "date=2026-11-21 time=08:56:00"},
    {"<14>Nov 21 08:56:00 srv 2026-11-21 08:55:00,123, text", BSD, 14, "08:56:00.000", "srv", "",
     "", "2026-11-21 08:55:00,123, text"},
    {"<14>1 - - - - - -", NEW, 14, "", "", "", "", ""},
    {"<14>1 - srv app 1 ID - hello", NEW, 14, "", "srv", "app", "1", "hello"},
    {"<14>1 2026-11-21T08:56:00Z srv app - - - \xef\xbb\xbfhello", NEW, 14, "08:56:00.000", "srv",
     "app", "", "hello"},
    {"<14>1 2026-11-21T08:56:00Z srv app - - [x@1 a=\"b\"][y@2 c=\"d\"] hello", NEW, 14,
     "08:56:00.000", "srv", "app", "", "hello"},
    {"<14>1 2026-11-21T08:56:00Z srv app - - [x@1] hello", NEW, 14, "08:56:00.000", "srv", "app",
     "", "hello"},
    {"<14>1 2026-11-21T08:56:00Z srv app - - 2026-11-21 08:55:00 ERROR text", NEW, 14,
     "08:56:00.000", "srv", "app", "", "2026-11-21 08:55:00 ERROR text"},
    {"<14>1 2026-11-21T08:56:00Z srv", NEW, 14, "08:56:00.000", "srv", "", "", ""},
    {"<14>1 2026-11-21T08:56:00Z", NEW, 14, "08:56:00.000", "", "", "", ""},
    {"<14>1 2026-11", NON, 14, "", "", "", "", "1 2026-11"},
    {"<14>1 ", NON, 14, "", "", "", "", "1"},
};

static bool is_inside(struct slice s, struct slice block)
{
    return s.len == 0 || (s.ptr >= block.ptr && slice_end(s) <= slice_end(block));
}

static bool is_same(struct slice a, struct slice b)
{
    return a.len == b.len && (a.len == 0 || a.ptr == b.ptr);
}

/* Parses a block of exactly that size, and checks what holds for every text. */
static struct slice parse(const char *text, size_t len, const struct zone *zone, struct syslog *out)
{
    char *copy = malloc(len ? len : 1);
    memcpy(copy, text, len);
    struct slice block = slice_make(copy, len);
    memset(out, 0x5a, sizeof(*out));
    syslog_parse(block, zone, ARRIVAL_MS, NULL, out);
    /* Whatever stamp is remembered, of another line or of this one, it is read the same. */
    static struct syslog_memory memory;
    for (int i = 0; i < 2; i++) {
        struct syslog again;
        memset(&again, 0x5a, sizeof(again));
        syslog_parse(block, zone, ARRIVAL_MS, &memory, &again);
        assert_true(again.form == out->form && again.has_pri == out->has_pri &&
                    again.has_time == out->has_time && again.facility == out->facility &&
                    again.severity == out->severity && again.time_ms == out->time_ms);
        assert_true(is_same(again.host, out->host) && is_same(again.app, out->app) &&
                    is_same(again.procid, out->procid) && is_same(again.msgid, out->msgid) &&
                    is_same(again.structured_data, out->structured_data) &&
                    is_same(again.body, out->body));
    }
    assert_true(is_inside(out->host, block) && is_inside(out->app, block));
    assert_true(is_inside(out->procid, block) && is_inside(out->msgid, block));
    assert_true(is_inside(out->structured_data, block) && is_inside(out->body, block));
    assert_true(out->facility <= 23 && out->severity <= 7);
    assert_true(out->body.len == 0 || (out->body.ptr[0] != ' ' && slice_end(out->body)[-1] != ' '));
    return block;
}

static void same(const struct row *row, const char *what, struct slice got, const char *expected)
{
    if (!slice_is(got, expected))
        fail_msg("%s\n%s: \"%.*s\" instead of \"%s\"", row->text, what, (int)got.len, got.ptr,
                 expected);
}

static void check(const struct row *row)
{
    struct syslog h;
    char time[48] = "";
    struct slice block = parse(row->text, strlen(row->text), NULL, &h);
    if (h.has_time)
        *(timestamp_format(time, h.time_ms) - 1) = '\0';
    char *got_time = strncmp(time, "2026-11-21T", 11) ? time : time + 11;
    same(row, "time", slice(got_time), row->time);
    same(row, "host", h.host, row->host);
    same(row, "app", h.app, row->app);
    same(row, "procid", h.procid, row->procid);
    same(row, "body", h.body, row->body);
    int pri = h.has_pri ? h.facility * 8 + h.severity : NO_PRI;
    if (h.form != row->form || pri != row->pri)
        fail_msg("%s\nform %d, PRI %d", row->text, h.form, pri);
    free((void *)block.ptr);
    for (size_t n = 0; n < strlen(row->text); n++)
        free((void *)parse(row->text, n, NULL, &h).ptr);
}

static void check_all(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        check(&rows[i]);
}

static void cisco_headers(void **state)
{
    (void)state;
    check_all(cisco, COUNT(cisco));
}

static void panos_headers(void **state)
{
    (void)state;
    check_all(panos, COUNT(panos));
}

static void checkpoint_headers(void **state)
{
    (void)state;
    check_all(checkpoint, COUNT(checkpoint));
}

static void meraki_headers(void **state)
{
    (void)state;
    check_all(meraki, COUNT(meraki));
}

static void other_headers(void **state)
{
    (void)state;
    check_all(others, COUNT(others));
}

static void structured_data(void **state)
{
    (void)state;
    static const struct {
        const char *text, *data, *body, *msgid;
    } rows[] = {
        {"[x@1 a=\"b\"][y@2 c=\"\\]\"] hello", "[x@1 a=\"b\"][y@2 c=\"\\]\"]", "hello", "ID"},
        {"[x@1 a=\"b\"]", "[x@1 a=\"b\"]", "[x@1 a=\"b\"]", "ID"},
        {"[x@1 a=\"b\" ] hello", "[x@1 a=\"b\" ]", "hello", "ID"},
        {"[x@1 a=\"b\"]hello", "", "[x@1 a=\"b\"]hello", "ID"},
        {"[x@1 a=b] hello", "", "[x@1 a=b] hello", "ID"},
        {"[x@1 a=\"b\"c=\"d\"] hello", "", "[x@1 a=\"b\"c=\"d\"] hello", "ID"},
        {"[] hello", "", "[] hello", "ID"},
        {"[x@1 a=\"b\\", "", "[x@1 a=\"b\\", "ID"},
        {"- hello", "", "hello", "ID"},
        {"-", "", "", "ID"},
        {"-hello", "", "-hello", "ID"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[256];
        struct syslog h;
        int len = snprintf(text, sizeof(text), "<14>1 2026-11-21T08:56:00Z srv app 1 ID %s",
                           rows[i].text);
        struct row row = {.text = text};
        struct slice block = parse(text, (size_t)len, NULL, &h);
        same(&row, "structured data", h.structured_data, rows[i].data);
        same(&row, "body", h.body, rows[i].body);
        same(&row, "msgid", h.msgid, rows[i].msgid);
        free((void *)block.ptr);
    }
}

/* Whether a number is Meraki's stamp is decided by words behind it: what is known of the one line says
 * nothing of the other. */
static void epoch_by_a_word_behind(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "1795252562 <134>fw-edge-of-the-site %ASA-4-106023 Deny tcp src outside:203.0.113.7/40001 "
        "dst inside:10.1.1.5/22",
        "1795252562 <134>fw-edge-of-the-site %ASA-4-106023 flows src=203.0.113.7 dst=192.0.2.10 "
        "mac=00:00:5E:00:53:01 protocol=tcp",
    };
    struct syslog h;
    for (size_t i = 0; i < COUNT(lines); i++) {
        free((void *)parse(lines[i], strlen(lines[i]), NULL, &h).ptr);
        assert_int_equal(h.form == SYSLOG_EPOCH, i == 1);
    }
}

/* NUL bytes end no text, but are trimmed at its end. */
static void nul_bytes(void **state)
{
    (void)state;
    static const char text[] = "<14>a\0b\0\n\0";
    struct syslog h;
    struct slice block = parse(text, sizeof(text), NULL, &h);
    assert_true(h.body.len == 3 && memcmp(h.body.ptr, "a\0b", 3) == 0);
    free((void *)block.ptr);
}

/* The device's zone moves stamps that name none. */
static void zone(void **state)
{
    (void)state;
    FILE *f = fopen("/usr/share/zoneinfo/Europe/Berlin", "rb");
    assert_non_null(f);
    static char bytes[65536];
    struct zone *berlin = zone_new(bytes, fread(bytes, 1, sizeof(bytes), f));
    fclose(f);
    assert_non_null(berlin);
    static const struct {
        const char *text;
        int64_t before_arrival_ms;
    } rows[] = {
        {"<14>Nov 21 09:56:00 fw %ASA-", 240000},
        {"<14>Nov 21 2026 09:56:00 fw %ASA-", 240000},
        {"<14>Nov 21 2026 08:56:00 UTC fw %ASA-", 240000},
        {"<14>2026-11-21T09:56:00 fw %ASA-", 240000},
        {"<14>2026-11-21T08:56:00Z fw %ASA-", 240000},
        {"<14>1 2026-11-21T08:56:00Z fw - - - - x", 240000},
        {"<14>1 1795251360.0 fw flows x", 240000},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct syslog h;
        struct slice block = parse(rows[i].text, strlen(rows[i].text), berlin, &h);
        assert_true(h.has_time);
        assert_int_equal(ARRIVAL_MS - h.time_ms, rows[i].before_arrival_ms);
        free((void *)block.ptr);
    }
    zone_free(berlin);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cisco_headers),
        cmocka_unit_test(panos_headers),
        cmocka_unit_test(checkpoint_headers),
        cmocka_unit_test(meraki_headers),
        cmocka_unit_test(other_headers),
        cmocka_unit_test(structured_data),
        cmocka_unit_test(epoch_by_a_word_behind),
        cmocka_unit_test(nul_bytes),
        cmocka_unit_test(zone),
    };
    return cmocka_run_group_tests_name("syslog", tests, NULL, NULL);
}
