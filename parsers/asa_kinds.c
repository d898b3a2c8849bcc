/*
 * The tables of the ASA parser: what a kind of message means, then a row for each kind by the first
 * and the last three digits of its id (106023 is kinds_106[23]), then the families of ids. A row
 * names the function that reads the text; asa_form does it by the row's form.
 * https://www.cisco.com/c/en/us/td/docs/security/asa/syslog/b_syslog.html
 */
#include "parsers/asa.h"

enum {
    DENIED,  /* refused by policy */
    DROPPED, /* refused for another reason: no route, broken packet, a limit */
    STRAY,   /* belongs to no connection and says nothing about one */
    OPENED,
    CLOSED,
    COPIED, /* a cluster member's copy of a connection */
    TRANSLATED,
    TRANSFERRED,
    ASKED_URL,
    REFUSED_URL,
    LOGGED_IN,
    LOGIN_FAILED,
    AUTHENTICATION,
    VPN,
    CONFIGURED,
    SYSTEM,
    SCANNING,
    THREAT,
    BLOCKED_THREAT,
    BLOCKED_DNS,
    LEASED,
    NOTED, /* about a connection, but neither its beginning nor its end */
    MEANINGS
};

#define UNSET ASA_UNSET

const struct asa_meaning asa_meanings[] = {
    [DENIED] = {CATEGORY_CONNECTION, ACTION_DENY, OUTCOME_FAILURE, EVIDENCE_DENIED},
    [DROPPED] = {CATEGORY_CONNECTION, ACTION_DROP, OUTCOME_FAILURE, EVIDENCE_UNKNOWN},
    [STRAY] = {CATEGORY_CONNECTION, ACTION_DENY, OUTCOME_FAILURE, EVIDENCE_NONE},
    [OPENED] = {CATEGORY_CONNECTION, ACTION_ALLOW, OUTCOME_SUCCESS, EVIDENCE_NONE},
    [CLOSED] = {CATEGORY_CONNECTION, ACTION_ALLOW, OUTCOME_SUCCESS, EVIDENCE_UNKNOWN},
    [COPIED] = {CATEGORY_CONNECTION, ACTION_ALLOW, OUTCOME_SUCCESS, EVIDENCE_NONE},
    [TRANSLATED] = {CATEGORY_NAT, ACTION_ALLOW, OUTCOME_SUCCESS, UNSET},
    [TRANSFERRED] = {CATEGORY_FILE, ACTION_ALLOW, OUTCOME_SUCCESS, EVIDENCE_NONE},
    [ASKED_URL] = {CATEGORY_WEB, ACTION_ALLOW, OUTCOME_SUCCESS, EVIDENCE_NONE},
    [REFUSED_URL] = {CATEGORY_WEB, ACTION_DENY, OUTCOME_FAILURE, EVIDENCE_DENIED},
    [LOGGED_IN] = {CATEGORY_AUTHENTICATION, ACTION_ALLOW, OUTCOME_SUCCESS, UNSET},
    [LOGIN_FAILED] = {CATEGORY_AUTHENTICATION, ACTION_DENY, OUTCOME_FAILURE, UNSET},
    [AUTHENTICATION] = {CATEGORY_AUTHENTICATION, UNSET, UNSET, UNSET},
    [VPN] = {CATEGORY_VPN, UNSET, UNSET, UNSET},
    [CONFIGURED] = {CATEGORY_CONFIGURATION, UNSET, UNSET, UNSET},
    [SYSTEM] = {CATEGORY_SYSTEM, UNSET, UNSET, UNSET},
    [SCANNING] = {CATEGORY_SCAN, ACTION_ALERT, UNSET, UNSET},
    [THREAT] = {CATEGORY_THREAT, ACTION_ALERT, UNSET, EVIDENCE_NONE},
    [BLOCKED_THREAT] = {CATEGORY_THREAT, ACTION_DENY, OUTCOME_FAILURE, EVIDENCE_DENIED},
    [LEASED] = {CATEGORY_DHCP, UNSET, UNSET, UNSET},
    [NOTED] = {CATEGORY_CONNECTION, UNSET, UNSET, UNSET},
    [BLOCKED_DNS] = {CATEGORY_DNS, ACTION_DROP, OUTCOME_FAILURE, EVIDENCE_DENIED},
};

#define TCP  PROTOCOL_TCP
#define UDP  PROTOCOL_UDP
#define ICMP PROTOCOL_ICMP
#define GRE  47

/* Access lists and what the device refuses by itself. */
static const struct asa_kind kinds_106[] = {
    [1] = {asa_form, SLICE("Inbound TCP connection denied"), DENIED, TCP, 2,
           "Inbound TCP connection denied from %s to %d flags[ %{tcp_flags} on interface %i]"},
    [2] = {asa_form, SLICE("Connection denied by outbound list"), DENIED, 0, 2,
           "%p Connection denied by outbound list %l src %s dest %d|"
           "%p connection denied by outbound list %l src %s %{src_port} dest %d %{dst_port}"},
    [6] = {asa_form, SLICE("Deny inbound UDP"), DENIED, UDP, 2,
           "Deny inbound UDP from %s to %d on[ interface %i]"},
    [7] = {asa_form, SLICE("Deny inbound UDP due to DNS"), DENIED, UDP, 2,
           "Deny inbound UDP from %s to %d due to[ %r]"},
    [10] = {asa_form, SLICE("Deny inbound"), DENIED, 0, 3, "Deny inbound %p src %S dst %D"},
    [11] = {asa_form, SLICE("Deny inbound, no translation"), DENIED, 0, 3,
            "Deny inbound (No xlate) %p src %S dst[ %D]|Deny inbound (No xlate) %p src %S|"
            "Deny inbound (No xlate) %r"},
    [12] = {asa_form, SLICE("Deny IP options"), DENIED, 0, 3,
            "Deny IP from %s to %d, IP options %{ip_options}"},
    [13] = {asa_form, SLICE("Dropping echo request to PAT address"), DENIED, ICMP, 3,
            "Dropping echo request from %s to PAT address %d"},
    [14] = {asa_form, SLICE("Deny inbound ICMP"), DENIED, ICMP, 3,
            "Deny inbound icmp src %S dst %D (type %T, code %C)"},
    [15] = {asa_form, SLICE("Deny TCP, no connection"), DENIED, TCP, 6,
            "Deny TCP (no connection) from %s to %d flags[ %{tcp_flags} on interface %i]"},
    [16] = {asa_form, SLICE("Deny IP spoof"), DENIED, 0, 2,
            "Deny IP spoof from (%s) to %d on interface %i"},
    [17] = {asa_form, SLICE("Deny IP due to Land Attack"), DENIED, 0, 2,
            "Deny IP due to Land Attack from %s to %d"},
    [18] = {asa_form, SLICE("ICMP packet denied by outbound list"), DENIED, ICMP, 2,
            "ICMP packet type %T denied by outbound list %l src %s dest %d"},
    [20] = {asa_form, SLICE("Deny IP teardrop fragment"), DENIED, 0, 2,
            "Deny IP teardrop fragment (size = %{size}, offset = %{offset}) from %s to %d"},
    [21] = {asa_form, SLICE("Deny reverse path check"), DENIED, 0, 1,
            "Deny %p reverse path check from %s to %d on[ interface %i]"},
    [22] = {asa_form, SLICE("Deny connection spoof"), DENIED, 0, 1,
            "Deny %p connection spoof from %s to %d on[ interface %i]"},
    [23] = {asa_acl_deny, SLICE("Deny by access group"), DENIED, 0, 4, ""},
    [27] = {asa_form, SLICE("Deny by access group, not IP"), DENIED, 0, 4,
            "Deny src %{src} dst %{dst} by access-group %l|"
            "%x: Deny src %{src} dst %{dst} by access-group %l"},
    [100] = {asa_acl_log, SLICE("Access list hit"), OPENED, 0, 6, ""},
    [101] = {asa_form, SLICE("Cached deny flows at limit"), SYSTEM, 0, 1,
             "Number of cached deny-flows for ACL log has reached limit (%{limit})"},
    [102] = {asa_acl_log, SLICE("Access list hit, permitted user"), OPENED, 0, 6, ""},
    [103] = {asa_acl_log, SLICE("Access list hit, denied user"), DENIED, 0, 4, ""},
};

/* Connections. */
static const struct asa_kind kinds_302[] = {
    [13] = {asa_built, SLICE("Built TCP connection"), OPENED, TCP, 6, ""},
    [14] = {asa_teardown, SLICE("Teardown TCP connection"), CLOSED, TCP, 6, ""},
    [15] = {asa_built, SLICE("Built UDP connection"), OPENED, UDP, 6, ""},
    [16] = {asa_teardown, SLICE("Teardown UDP connection"), CLOSED, UDP, 6, ""},
    [17] = {asa_built, SLICE("Built GRE connection"), OPENED, GRE, 6, ""},
    [18] = {asa_teardown, SLICE("Teardown GRE connection"), CLOSED, GRE, 6, ""},
    [20] = {asa_icmp, SLICE("Built ICMP connection"), OPENED, ICMP, 6, ""},
    [21] = {asa_icmp, SLICE("Teardown ICMP connection"), CLOSED, ICMP, 6, ""},
    [22] = {asa_stub, SLICE("Built stub TCP connection"), COPIED, 0, 6, ""},
    [23] = {asa_stub, SLICE("Teardown stub TCP connection"), COPIED, 0, 6, ""},
    [24] = {asa_stub, SLICE("Built stub UDP connection"), COPIED, 0, 6, ""},
    [25] = {asa_stub, SLICE("Teardown stub UDP connection"), COPIED, 0, 6, ""},
    [26] = {asa_stub, SLICE("Built stub ICMP connection"), COPIED, 0, 6, ""},
    [27] = {asa_stub, SLICE("Teardown stub ICMP connection"), COPIED, 0, 6, ""},
    [303] = {asa_built, SLICE("Built TCP state-bypass connection"), OPENED, TCP, 6, ""},
    [304] = {asa_teardown, SLICE("Teardown TCP state-bypass connection"), CLOSED, TCP, 6, ""},
};

/* To the device itself. */
static const struct asa_kind kinds_710[] = {
    [1] = {asa_form, SLICE("Access to the device requested"), OPENED, 0, 7,
           "%p access requested from %s to %D"},
    [2] = {asa_form, SLICE("Access to the device permitted"), OPENED, 0, 7,
           "%p access permitted from %s to %D"},
    [3] = {asa_form, SLICE("Access to the device denied"), DENIED, 0, 3,
           "%p access denied by ACL from %s to %D"},
    [4] = {asa_form, SLICE("Connection limit of the device exceeded"), DENIED, 0, 7,
           "%p connection limit exceeded from %s to %D (current connections/connection limit = "
           "%{connections})"},
    [5] = {asa_form, SLICE("Request to the device discarded"), DENIED, 0, 7,
           "%p request discarded from %s to %D"},
    [6] = {asa_form, SLICE("Request to the device discarded"), DENIED, 0, 7,
           "%p request discarded from %s to %D"},
};

/* Threat detection. */
static const struct asa_kind kinds_733[] = {
    [100] = {asa_form, SLICE("Drop rate exceeded"), SCANNING, 0, 4,
             "%[%h%] drop %{rate} exceeded. Current burst rate is %{burst_rate} per second, max "
             "configured rate is %{burst_limit}; Current average rate is %{average_rate} per "
             "second, max configured rate is %{average_limit}; Cumulative total count is %{total}|"
             "%h drop %{rate} exceeded. Current burst rate is %{burst_rate} per second, max "
             "configured rate is %{burst_limit}; Current average rate is %{average_rate} per "
             "second, max configured rate is %{average_limit}; Cumulative total count is %{total}"},
    [101] = {asa_attack, SLICE("Scanning threat detected"), SCANNING, 0, 4,
             "%{object} %s is %h. Current burst rate is %{burst_rate} per second, max "
             "configured rate is %{burst_limit}; Current average rate is %{average_rate} per "
             "second, max configured rate is %{average_limit}; Cumulative total count is %{total}"},
};

/* Routing. */
static const struct asa_kind kinds_110[] = {
    [2] = {asa_form, SLICE("No egress interface"), DROPPED, 0, 6,
           "Failed to locate egress interface for %p from %S to %d"},
    [3] = {asa_form, SLICE("No next hop"), DROPPED, 0, 6,
           "Routing failed to locate %x for %p from %S to %D"},
};

/* Commands and configurations. */
static const struct asa_kind kinds_111[] = {
    [1] = {asa_form, SLICE("Configuration written"), CONFIGURED, 0, 5,
           "Begin configuration: %s writing to %{device}"},
    [2] = {asa_form, SLICE("Configuration read"), CONFIGURED, 0, 5,
           "Begin configuration: %s reading from %{device}"},
    [3] = {asa_form, SLICE("Configuration erased"), CONFIGURED, 0, 5, "%s Erase configuration"},
    [4] = {asa_form, SLICE("Configuration ended"), CONFIGURED, 0, 5, "%s end configuration: %r"},
    [5] = {asa_form, SLICE("Configuration ended"), CONFIGURED, 0, 5, "%s end configuration: %r"},
    [7] = {asa_form, SLICE("Configuration read"), CONFIGURED, 0, 5,
           "Begin configuration: %s reading from %{device}"},
    [8] = {asa_form, SLICE("Command executed"), CONFIGURED, 0, 5,
           "User %u executed the %{command} command.|User %u executed the command %{command}"},
    [9] = {asa_form, SLICE("Command executed"), CONFIGURED, 0, 7,
           "User %u executed cmd: %{command}|User %u executed cmd:%{command}"},
    [10] = {asa_form, SLICE("Command executed"), CONFIGURED, 0, 5,
            "User %u, running %{application} from IP %s, executed %{command}"},
};

/* Log-ins against AAA servers and the local database. */
static const struct asa_kind kinds_113[] = {
    [4] = {asa_form, SLICE("AAA successful"), LOGGED_IN, 0, 6,
           "AAA user %{aaa} Successful: server = %{server}: user = %u|"
           "AAA user %{aaa} Successful: server = %{server}, User = %u|"
           "AAA user %{aaa} Successful: server = %{server} , User = %u"},
    [5] = {asa_form, SLICE("AAA rejected"), LOGIN_FAILED, 0, 6,
           "AAA user %{aaa} Rejected: reason = %r: server = %{server}: user = %u: user IP = %s|"
           "AAA user %{aaa} Rejected: reason = %r: server = %{server}, User = %u: user IP = %s|"
           "AAA user %{aaa} Rejected: reason = %r: server = %{server}: user = %u"},
    [6] = {asa_form, SLICE("User locked out"), LOGIN_FAILED, 0, 6,
           "User %u locked out on exceeding %{limit} successive failed authentication attempts"},
    [8] = {asa_form, SLICE("AAA transaction accepted"), LOGGED_IN, 0, 6,
           "AAA transaction status ACCEPT: user = %u"},
    [12] = {asa_form, SLICE("Local authentication successful"), LOGGED_IN, 0, 6,
            "AAA user authentication Successful: local database: user = %u"},
    [14] = {asa_form, SLICE("AAA server not accessible"), LOGIN_FAILED, 0, 6,
            "AAA %{aaa} server not accessible: server = %{server}: user = %u"},
    [15] = {asa_form, SLICE("Local authentication rejected"), LOGIN_FAILED, 0, 6,
            "AAA user authentication Rejected: reason = %r: local database: user = %u: user IP = "
            "%s|AAA user authentication Rejected: reason = %r: local database: user = %u"},
    [19] = {asa_form, SLICE("VPN session disconnected"), VPN, 0, 4,
            "Group = %{group}, Username = %u, IP = %s, Session disconnected. Session Type: "
            "%{session_type}, Duration: %t, Bytes xmt: %{bytes_sent}, Bytes rcv: "
            "%{bytes_received}, Reason: %r"},
    [21] = {asa_form, SLICE("Console log-in failed"), LOGIN_FAILED, 0, 6,
            "Attempted console login failed. User %u did NOT have appropriate Admin Rights."},
    [39] = {asa_form, SLICE("AnyConnect parent session started"), VPN, 0, 6,
            "Group %{group} User %u IP %s AnyConnect parent session started."},
};

/* Limits on connections, addresses for translation, fragments. */
static const struct asa_kind kinds_201[] = {
    [10] = {asa_form, SLICE("Embryonic connection limit exceeded"), DROPPED, 0, 6,
            "Embryonic connection limit exceeded %{limit} for %{flow} packet from %s to %d on "
            "interface %i"},
    [11] = {asa_form, SLICE("Connection limit exceeded"), DROPPED, 0, 3,
            "Connection limit exceeded %{limit} for %{flow} packet from %s to %d on interface %i"},
};
static const struct asa_kind kinds_202[] = {
    [10] = {asa_form, SLICE("Translation pool exhausted"), DROPPED, 0, 3,
            "%x pool exhausted. Unable to create %p connection from %S to %D"},
};
static const struct asa_kind kinds_209[] = {
    [3] = {asa_form, SLICE("Fragment database limit exceeded"), DROPPED, 0, 4,
           "Fragment database limit of %{limit} exceeded: src = %s, dest = %d, proto = %p, id = "
           "%{ip_id}"},
    [4] = {asa_form, SLICE("Invalid fragment"), DROPPED, 0, 4,
           "Invalid IP fragment, size = %{size} exceeds maximum size = %{limit}: src = %s, dest = "
           "%d, proto = %p, id = %{ip_id}"},
    [5] = {asa_form, SLICE("Too many fragments"), DROPPED, 0, 4,
           "Discard IP fragment set with more than %{limit} elements: src = %s, dest = %d, proto = "
           "%p, id = %{ip_id}"},
};

/* Files and URLs. */
static const struct asa_kind kinds_303[] = {
    [2] = {asa_form, SLICE("FTP transfer"), TRANSFERRED, TCP, 6,
           "FTP connection from %S to %D, user %u %{operation} file %f"},
};
static const struct asa_kind kinds_304[] = {
    [1] = {asa_accessed, SLICE("URL accessed"), ASKED_URL, TCP, 5, ""},
    [2] =
        {asa_form, SLICE("URL denied"), REFUSED_URL, TCP, 5,
         "Access denied URL %k SRC %s DEST %d on interface %i|Access denied URL %k SRC %s DEST %d"},
};

/* Translations. */
static const struct asa_kind kinds_305[] = {
    [5] = {asa_form, SLICE("No translation group"), DENIED, 0, 3,
           "No translation group found for %p src %S dst %D[ (type %T, code %C)]"},
    [6] = {asa_form, SLICE("Translation failed"), DENIED, 0, 3,
           "%{translation} translation creation failed for %p src %S dst %D[ (type %T, code %C)]"},
    [9] = {asa_form, SLICE("Built translation"), TRANSLATED, 0, 6,
           "Built %{translation} translation from %S to %M"},
    [10] = {asa_form, SLICE("Teardown translation"), TRANSLATED, 0, 6,
            "Teardown %{translation} translation from %S to %M duration %t"},
    [11] = {asa_form, SLICE("Built translation"), TRANSLATED, 0, 6,
            "Built %{translation} %p translation from %S to %M"},
    [12] = {asa_form, SLICE("Teardown translation"), TRANSLATED, 0, 6,
            "Teardown %{translation} %p translation from %S to %M duration %t"},
    [13] = {asa_form, SLICE("Asymmetric translation"), DENIED, 0, 5,
            "Asymmetric NAT rules matched for forward and reverse flows; Connection for %p src %S "
            "dst %D[ (type %T, code %C)] denied due to NAT reverse path failure"},
};

static const struct asa_kind kinds_308[] = {
    [1] = {asa_form, SLICE("Enable password incorrect"), LOGIN_FAILED, 0, 6,
           "console enable password incorrect for %{tries} tries (from %s)|%x password incorrect "
           "for %{tries} tries (from %s)"},
};

/* ICMP. */
static const struct asa_kind kinds_313[] = {
    [1] = {asa_form, SLICE("Denied ICMP"), DENIED, ICMP, 3,
           "Denied ICMP type=%T, code=%C from %s on interface %i"},
    [4] = {asa_form, SLICE("Denied ICMP, no session"), STRAY, ICMP, 4,
           "Denied ICMP type=%T, from laddr %s on interface %i to %d: no matching session|Denied "
           "ICMP type=%T, from %s on interface %i to %d:no matching session"},
    [5] = {asa_form, SLICE("No connection for ICMP error"), STRAY, ICMP, 4,
           "No matching connection for ICMP error message: icmp src %S dst %D (type %T, code %C) "
           "on %x interface. Original IP payload: %{payload}"},
    [8] = {asa_form, SLICE("Denied IPv6-ICMP"), DENIED, PROTOCOL_ICMP6, 3,
           "Denied IPv6-ICMP type=%T, code=%C from %s on interface %i"},
    [9] = {asa_form, SLICE("Denied invalid ICMP code"), DENIED, ICMP, 4,
           "Denied invalid ICMP code %C, for %S to %D, ICMP id %{icmp_id}, ICMP type %T"},
};

/* SSH. */
static const struct asa_kind kinds_315[] = {
    [11] =
        {asa_form, SLICE("SSH session disconnected"), AUTHENTICATION, 0, 6,
         "SSH session from %s on interface %i for user %u disconnected by SSH server, reason: %r"},
};
static const struct asa_kind kinds_322[] = {
    [1] = {asa_form, SLICE("Deny MAC address"), DENIED, 0, 3,
           "Deny MAC address %m, possible spoof attempt on interface %i"},
};

/* The botnet traffic filter: which list held the address. */
#define FILTERED                                                                                   \
    "Dynamic %x %a %{list}listed %p traffic from %S to %D, %{listed_side} %{listed} resolved "     \
    "from "                                                                                        \
    "%{list_kind} list: %{entry}, threat-level: %{threat_level}, category: %h|"                    \
    "Dynamic %x %a %{list}listed %p traffic from %S to %D, %{listed_side} %{listed} resolved "     \
    "from "                                                                                        \
    "%{list_kind} list: %{entry}"
static const struct asa_kind kinds_338[] = {
    [1] = {asa_form, SLICE("Blacklisted source"), THREAT, 0, 4, FILTERED},
    [2] = {asa_form, SLICE("Blacklisted destination"), THREAT, 0, 4, FILTERED},
    [3] = {asa_form, SLICE("Blacklisted source"), THREAT, 0, 4, FILTERED},
    [4] = {asa_form, SLICE("Blacklisted destination"), THREAT, 0, 4, FILTERED},
    [5] = {asa_form, SLICE("Blacklisted source dropped"), BLOCKED_THREAT, 0, 4, FILTERED},
    [6] = {asa_form, SLICE("Blacklisted destination dropped"), BLOCKED_THREAT, 0, 4, FILTERED},
    [7] = {asa_form, SLICE("Blacklisted source dropped"), BLOCKED_THREAT, 0, 4, FILTERED},
    [8] = {asa_form, SLICE("Blacklisted destination dropped"), BLOCKED_THREAT, 0, 4, FILTERED},
    [201] = {asa_form, SLICE("Greylisted source"), THREAT, 0, 4, FILTERED},
    [202] = {asa_form, SLICE("Greylisted destination"), THREAT, 0, 4, FILTERED},
    [203] = {asa_form, SLICE("Greylisted source dropped"), BLOCKED_THREAT, 0, 4, FILTERED},
    [204] = {asa_form, SLICE("Greylisted destination dropped"), BLOCKED_THREAT, 0, 4, FILTERED},
};

/* Shunned hosts. */
static const struct asa_kind kinds_401[] = {
    [4] = {asa_form, SLICE("Shunned packet"), DENIED, 0, 4,
           "Shunned packet: %s ==> %d on interface %i|Shunned packet: %s = %d on interface %i"},
};

/* Inspection, and modules that decide. */
static const struct asa_kind kinds_407[] = {
    [1] = {asa_form, SLICE("Host limit exceeded"), DENIED, 0, 4,
           "Deny traffic for local-host %S, license limit of %{limit} exceeded"},
};
static const struct asa_kind kinds_410[] = {
    [1] = {asa_form, SLICE("Dropped DNS"), BLOCKED_DNS, UDP, 4,
           "Dropped UDP DNS %{packet} from %S to %D; %r"},
};
static const struct asa_kind kinds_418[] = {
    [1] = {asa_form, SLICE("Management-only network"), DENIED, 0, 4,
           "Through-the-device packet to/from management-only network is denied: %p src %S dst %D"},
};
static const struct asa_kind kinds_419[] = {
    [1] = {asa_form, SLICE("Dropping TCP packet"), DROPPED, TCP, 4,
           "Dropping TCP packet from %S to %D, reason: %r"},
    [2] = {asa_form, SLICE("Duplicate TCP SYN"), NOTED, TCP, 4,
           "Duplicate TCP SYN from %S to %D with %r"},
};
static const struct asa_kind kinds_420[] = {
    [2] = {asa_form, SLICE("IPS dropped"), BLOCKED_THREAT, 0, 4,
           "IPS requested to drop %p packet from %S to %D"},
    [3] = {asa_form, SLICE("IPS reset"), BLOCKED_THREAT, 0, 4,
           "IPS requested to reset %p connection from %S to %D"},
};
static const struct asa_kind kinds_421[] = {
    [1] = {asa_form, SLICE("Flow dropped, module failed"), DROPPED, 0, 3,
           "%p flow from %S to %D is dropped because %r"},
    [2] = {asa_form, SLICE("Flow not checked"), NOTED, 0, 6,
           "%p flow from %S to %D bypassed application checking because %r"},
    [7] = {asa_form, SLICE("Flow not checked, module failed"), NOTED, 0, 3,
           "%p flow from %S to %D is skipped because %r"},
};
static const struct asa_kind kinds_434[] = {
    [1] = {asa_form, SLICE("SFR down, dropped"), DROPPED, 0, 4,
           "SFR card not up and fail-close mode used, dropping %p packet from %S to %D"},
    [2] = {asa_form, SLICE("SFR dropped"), BLOCKED_THREAT, 0, 4,
           "SFR requested to drop %p packet from %S to %D"},
    [3] = {asa_form, SLICE("SFR reset"), BLOCKED_THREAT, 0, 4,
           "SFR requested to reset %p connection from %S to %D"},
    [4] = {asa_form, SLICE("SFR bypass"), NOTED, 0, 6,
           "SFR requested %x to bypass further packet redirection and process %p flow from %S to "
           "%D locally"},
};
static const struct asa_kind kinds_500[] = {
    [3] = {asa_form, SLICE("Bad TCP header length"), DENIED, TCP, 5,
           "Bad TCP hdr length (hdrlen=%{header_len}, pktlen=%{packet_len}) from %s to %d, flags: "
           "%{tcp_flags}, on interface %i"},
    [4] = {asa_form, SLICE("Invalid transport field"), DENIED, 0, 4,
           "Invalid transport field for protocol=%p, from %s to %d"},
};
static const struct asa_kind kinds_507[] = {
    [3] = {asa_form, SLICE("Flow ended by inspection"), DROPPED, 0, 3,
           "%p flow from %S to %D terminated by inspection engine, reason - %r"},
};

/* Accounts of the device. */
static const struct asa_kind kinds_502[] = {
    [101] = {asa_form, SLICE("User added"), CONFIGURED, 0, 5,
             "New user added to local dbase: Uname: %u Priv: %{privilege} Encpass: %x"},
    [102] = {asa_form, SLICE("User deleted"), CONFIGURED, 0, 5,
             "User deleted from local dbase: Uname: %u Priv: %{privilege} Encpass: %x"},
    [103] = {asa_form, SLICE("Privilege changed"), CONFIGURED, 0, 5,
             "User priv level changed: Uname: %u From: %{from} To: %{to}"},
    [111] = {asa_form, SLICE("Group policy added"), CONFIGURED, 0, 5,
             "New group policy added: name: %{policy} Type: %{type}"},
    [112] = {asa_form, SLICE("Group policy deleted"), CONFIGURED, 0, 5,
             "Group policy deleted: name: %{policy} Type: %{type}"},
};

/* Tunnels. */
static const struct asa_kind kinds_602[] = {
    [303] = {asa_form, SLICE("IPsec SA created"), VPN, 0, 6,
             "IPSEC: An %{flow} %{tunnel} SA (SPI= %{spi}) between %s and %d (user= %u) has been "
             "created."},
    [304] = {asa_form, SLICE("IPsec SA deleted"), VPN, 0, 6,
             "IPSEC: An %{flow} %{tunnel} SA (SPI= %{spi}) between %s and %d (user= %u) has been "
             "deleted."},
};
static const struct asa_kind kinds_402[] = {
    [119] = {asa_form, SLICE("IPsec anti-replay failed"), VPN, 0, 4,
             "IPSEC: Received an %{tunnel} packet (SPI= %{spi}, sequence number= %{sequence}) from "
             "%s (user= %u) to %d that failed anti-replay checking."},
};

/* Management sessions. */
static const struct asa_kind kinds_605[] = {
    [4] = {asa_form, SLICE("Log-in denied"), LOGIN_FAILED, TCP, 6,
           "Login denied from %s to %D for user %u"},
    [5] = {asa_form, SLICE("Log-in permitted"), LOGGED_IN, TCP, 6,
           "Login permitted from %s to %D for user %u"},
};
static const struct asa_kind kinds_606[] = {
    [1] = {asa_form, SLICE("ASDM session started"), LOGGED_IN, TCP, 6,
           "ASDM session number %n from %s started"},
    [2] = {asa_form, SLICE("ASDM session ended"), AUTHENTICATION, TCP, 6,
           "ASDM session number %n from %s ended"},
};
static const struct asa_kind kinds_611[] = {
    [101] = {asa_form, SLICE("User authentication succeeded"), LOGGED_IN, 0, 6,
             "User authentication succeeded: IP address: %s, Uname: %u|User authentication "
             "succeeded: IP = %s, Uname: %u|User authentication succeeded: Uname: %u"},
    [102] = {asa_form, SLICE("User authentication failed"), LOGIN_FAILED, 0, 6,
             "User authentication failed: IP address: %s, Uname: %u|User authentication failed: IP "
             "= %s, Uname: %u|User authentication failed: Uname: %u"},
    [103] = {asa_form, SLICE("User logged out"), AUTHENTICATION, 0, 5,
             "User logged out: Uname: %u"},
};

/* Hosts behind interfaces. */
static const struct asa_kind kinds_609[] = {
    [1] = {asa_form, SLICE("Built local host"), NOTED, 0, 7, "Built local-host %S"},
    [2] = {asa_form, SLICE("Teardown local host"), NOTED, 0, 7,
           "Teardown local-host %S duration %t"},
};

/* Remote access. */
static const struct asa_kind kinds_716[] = {
    [1] = {asa_form, SLICE("WebVPN session started"), VPN, 0, 6,
           "Group %{group} User %u IP %s WebVPN session started."},
    [2] = {asa_form, SLICE("WebVPN session ended"), VPN, 0, 6,
           "Group %{group} User %u IP %s WebVPN session terminated: %r"},
    [38] =
        {asa_form, SLICE("WebVPN authentication successful"), LOGGED_IN, 0, 6,
         "Group %{group} User %u IP %s Authentication: successful, Session Type: %{session_type}"},
    [39] = {asa_form, SLICE("WebVPN authentication rejected"), LOGIN_FAILED, 0, 6,
            "Group %{group} User %u IP %s Authentication: rejected, Session Type: "
            "%{session_type}|Authentication: rejected, group = %{group} user = %u , Session Type: "
            "%{session_type}"},
};
static const struct asa_kind kinds_722[] = {
    [37] = {asa_form, SLICE("AnyConnect connection closed"), VPN, 0, 4,
            "Group %{group} User %u IP %s SVC closing connection: %r"},
    [51] = {asa_form, SLICE("AnyConnect address assigned"), VPN, 0, 4,
            "Group %{group} User %u IP %s IPv4 Address %{assigned} IPv6 address %{assigned6} "
            "assigned to session"},
};
static const struct asa_kind kinds_734[] = {
    [1] = {asa_form, SLICE("DAP records selected"), VPN, 0, 6,
           "DAP: User %u, Addr %s, Connection %{connection}: The following DAP records were "
           "selected for this connection: %{records}"},
};
#define IKE2 "Local:%{local} Remote:%{remote} Username:%u %r"
static const struct asa_kind kinds_750[] = {
    [1] = {asa_form, SLICE("IKEv2 request received"), VPN, UDP, 5, IKE2},
    [2] = {asa_form, SLICE("IKEv2 request received"), VPN, UDP, 5, IKE2},
    [3] = {asa_form, SLICE("IKEv2 negotiation aborted"), VPN, UDP, 4, IKE2},
    [6] = {asa_form, SLICE("IKEv2 SA up"), VPN, UDP, 5, IKE2},
    [7] = {asa_form, SLICE("IKEv2 SA down"), VPN, UDP, 5, IKE2},
};

/* Flows handed to hardware. */
static const struct asa_kind kinds_805[] = {
    [1] = {asa_form, SLICE("Flow offloaded"), NOTED, 0, 6,
           "Offloaded %p Flow for connection %n from %S to %D"},
    [2] = {asa_form, SLICE("Flow no longer offloaded"), NOTED, 0, 6,
           "%p Flow is no longer offloaded for connection %n from %S to %D"},
};

/* A family of ids, by their first three digits; `other` is the row of those without one. */
#define LOOSE(name, meaning)                                                                       \
    {                                                                                              \
        asa_loose, SLICE(name), meaning, 0, 6, ""                                                  \
    }
#define KINDS(digits) kinds_##digits, sizeof(kinds_##digits) / sizeof(kinds_##digits[0])
#define NONE          NULL, 0
static const struct asa_family {
    struct asa_kind other;
    const struct asa_kind *kinds;
    size_t count;
} families[1000] = {
    [101] = {LOOSE("Failover", SYSTEM), NONE},
    [102] = {LOOSE("Failover", SYSTEM), NONE},
    [103] = {LOOSE("Failover", SYSTEM), NONE},
    [104] = {LOOSE("Failover", SYSTEM), NONE},
    [105] = {LOOSE("Failover", SYSTEM), NONE},
    [106] = {LOOSE("Access list", NOTED), KINDS(106)},
    [107] = {LOOSE("Routing", SYSTEM), NONE},
    [108] = {LOOSE("Mail inspection", NOTED), NONE},
    [109] = {LOOSE("User authentication", AUTHENTICATION), NONE},
    [110] = {LOOSE("Routing", NOTED), KINDS(110)},
    [111] = {LOOSE("Management", CONFIGURED), KINDS(111)},
    [112] = {LOOSE("Management", CONFIGURED), NONE},
    [113] = {LOOSE("AAA", AUTHENTICATION), KINDS(113)},
    [114] = {LOOSE("Module", SYSTEM), NONE},
    [115] = {LOOSE("System", SYSTEM), NONE},
    [120] = {LOOSE("Smart Call Home", SYSTEM), NONE},
    [199] = {LOOSE("System", SYSTEM), NONE},
    [201] = {LOOSE("Connection limits", NOTED), KINDS(201)},
    [202] = {LOOSE("Translation limits", NOTED), KINDS(202)},
    [208] = {LOOSE("System", SYSTEM), NONE},
    [209] = {LOOSE("Fragments", NOTED), KINDS(209)},
    [210] = {LOOSE("Failover", SYSTEM), NONE},
    [211] = {LOOSE("Memory", SYSTEM), NONE},
    [212] = {LOOSE("SNMP", SYSTEM), NONE},
    [213] = {LOOSE("PPTP", VPN), NONE},
    [214] = {LOOSE("Management", SYSTEM), NONE},
    [215] = {LOOSE("SNMP", SYSTEM), NONE},
    [302] = {LOOSE("Connection", NOTED), KINDS(302)},
    [303] = {LOOSE("FTP", NOTED), KINDS(303)},
    [304] = {LOOSE("URL filtering", NOTED), KINDS(304)},
    [305] = {LOOSE("Translation", NOTED), KINDS(305)},
    [308] = {LOOSE("Management", AUTHENTICATION), KINDS(308)},
    [311] = {LOOSE("Failover", SYSTEM), NONE},
    [312] = {LOOSE("RIP", SYSTEM), NONE},
    [313] = {LOOSE("ICMP", NOTED), KINDS(313)},
    [314] = {LOOSE("RTSP", NOTED), NONE},
    [315] = {LOOSE("SSH", AUTHENTICATION), KINDS(315)},
    [316] = {LOOSE("VPN limits", VPN), NONE},
    [317] = {LOOSE("Routing", SYSTEM), NONE},
    [318] = {LOOSE("OSPF", SYSTEM), NONE},
    [319] = {LOOSE("Routing", SYSTEM), NONE},
    [321] = {LOOSE("Resources", SYSTEM), NONE},
    [322] = {LOOSE("ARP inspection", NOTED), KINDS(322)},
    [323] = {LOOSE("Module", SYSTEM), NONE},
    [324] = {LOOSE("GTP", NOTED), NONE},
    [325] = {LOOSE("IPv6", SYSTEM), NONE},
    [326] = {LOOSE("Multicast", SYSTEM), NONE},
    [331] = {LOOSE("Dynamic DNS", SYSTEM), NONE},
    [332] = {LOOSE("Cache service", SYSTEM), NONE},
    [334] = {LOOSE("NAC", AUTHENTICATION), NONE},
    [335] = {LOOSE("NAC", AUTHENTICATION), NONE},
    [336] = {LOOSE("EIGRP", SYSTEM), NONE},
    [337] = {LOOSE("BFD", SYSTEM), NONE},
    [338] = {LOOSE("Botnet traffic filter", SYSTEM), KINDS(338)},
    [339] = {LOOSE("Umbrella", SYSTEM), NONE},
    [340] = {LOOSE("Loopback proxy", SYSTEM), NONE},
    [400] = {{asa_form, SLICE("Intrusion signature"), THREAT, 0, 4,
              "IDS:%{signature} %h from %s to %d on interface %i"},
             NONE},
    [401] = {LOOSE("Shun", NOTED), KINDS(401)},
    [402] = {LOOSE("IPsec", VPN), KINDS(402)},
    [403] = {LOOSE("PPPoE", VPN), NONE},
    [404] = {LOOSE("ISAKMP", VPN), NONE},
    [405] = {LOOSE("ARP", SYSTEM), NONE},
    [406] = {LOOSE("FTP inspection", NOTED), NONE},
    [407] = {LOOSE("Host limits", NOTED), KINDS(407)},
    [408] = {LOOSE("Routing", SYSTEM), NONE},
    [409] = {LOOSE("OSPF", SYSTEM), NONE},
    [410] = {LOOSE("DNS inspection", NOTED), KINDS(410)},
    [411] = {LOOSE("Interface", SYSTEM), NONE},
    [412] = {LOOSE("MAC table", SYSTEM), NONE},
    [413] = {LOOSE("Module", SYSTEM), NONE},
    [414] = {LOOSE("Logging", SYSTEM), NONE},
    [415] = {LOOSE("HTTP inspection", NOTED), NONE},
    [416] = {LOOSE("SNMP inspection", NOTED), NONE},
    [417] = {LOOSE("Inspection", NOTED), NONE},
    [418] = {LOOSE("Management-only network", NOTED), KINDS(418)},
    [419] = {LOOSE("TCP", NOTED), KINDS(419)},
    [420] = {LOOSE("IPS module", NOTED), KINDS(420)},
    [421] = {LOOSE("CSC module", NOTED), KINDS(421)},
    [422] = {LOOSE("IP SLA", SYSTEM), NONE},
    [423] = {LOOSE("NetBIOS inspection", NOTED), NONE},
    [424] = {LOOSE("Inspection", NOTED), NONE},
    [425] = {LOOSE("Redundant interface", SYSTEM), NONE},
    [426] = {LOOSE("Port channel", SYSTEM), NONE},
    [427] = {LOOSE("Module", SYSTEM), NONE},
    [429] = {LOOSE("CX module", NOTED), NONE},
    [431] = {LOOSE("RTP inspection", NOTED), NONE},
    [434] = {LOOSE("SFR module", NOTED), KINDS(434)},
    [444] = {LOOSE("License", SYSTEM), NONE},
    [445] = {LOOSE("System", SYSTEM), NONE},
    [446] = {LOOSE("Phone proxy", NOTED), NONE},
    [447] = {LOOSE("System", SYSTEM), NONE},
    [500] = {LOOSE("TCP", NOTED), KINDS(500)},
    [501] = {LOOSE("Management", SYSTEM), NONE},
    [502] = {LOOSE("Accounts", CONFIGURED), KINDS(502)},
    [503] = {LOOSE("OSPF", SYSTEM), NONE},
    [504] = {LOOSE("Context", SYSTEM), NONE},
    [505] = {LOOSE("Module", SYSTEM), NONE},
    [506] = {LOOSE("Event source", SYSTEM), NONE},
    [507] = {LOOSE("Inspection", NOTED), KINDS(507)},
    [508] = {LOOSE("DCERPC inspection", NOTED), NONE},
    [509] = {LOOSE("Inspection", NOTED), NONE},
    [520] = {LOOSE("System", SYSTEM), NONE},
    [602] = {LOOSE("IPsec", VPN), KINDS(602)},
    [603] = {LOOSE("PPTP and PPPoE", VPN), NONE},
    [604] = {LOOSE("DHCP", LEASED), NONE},
    [605] = {LOOSE("Management log-in", AUTHENTICATION), KINDS(605)},
    [606] = {LOOSE("ASDM", AUTHENTICATION), KINDS(606)},
    [607] = {LOOSE("SIP", NOTED), NONE},
    [608] = {LOOSE("Skinny", NOTED), NONE},
    [609] = {LOOSE("Local host", NOTED), KINDS(609)},
    [610] = {LOOSE("NTP", SYSTEM), NONE},
    [611] = {LOOSE("User authentication", AUTHENTICATION), KINDS(611)},
    [612] = {LOOSE("Auto update", SYSTEM), NONE},
    [613] = {LOOSE("OSPF", SYSTEM), NONE},
    [614] = {LOOSE("Split DNS", SYSTEM), NONE},
    [615] = {LOOSE("VLAN", SYSTEM), NONE},
    [616] = {LOOSE("Pause frames", SYSTEM), NONE},
    [617] = {LOOSE("GTP", NOTED), NONE},
    [620] = {LOOSE("CTIQBE", NOTED), NONE},
    [621] = {LOOSE("Multicast", SYSTEM), NONE},
    [622] = {LOOSE("Track", SYSTEM), NONE},
    [701] = {LOOSE("Logging", SYSTEM), NONE},
    [702] = {LOOSE("IPsec", VPN), NONE},
    [703] = {LOOSE("H.323", NOTED), NONE},
    [709] = {LOOSE("Failover", SYSTEM), NONE},
    [710] = {LOOSE("Access to the device", NOTED), KINDS(710)},
    [711] = {LOOSE("System", SYSTEM), NONE},
    [713] = {LOOSE("IKE", VPN), NONE},
    [714] = {LOOSE("IKE", VPN), NONE},
    [715] = {LOOSE("IKE", VPN), NONE},
    [716] = {LOOSE("WebVPN", VPN), KINDS(716)},
    [717] = {LOOSE("Certificates", VPN), NONE},
    [718] = {LOOSE("VPN load balancing", VPN), NONE},
    [719] = {LOOSE("Mail proxy", VPN), NONE},
    [720] = {LOOSE("VPN failover", VPN), NONE},
    [721] = {LOOSE("WebVPN failover", VPN), NONE},
    [722] = {LOOSE("AnyConnect", VPN), KINDS(722)},
    [723] = {LOOSE("Citrix", VPN), NONE},
    [724] = {LOOSE("WebVPN", VPN), NONE},
    [725] = {LOOSE("SSL", VPN), NONE},
    [726] = {LOOSE("Inspection", NOTED), NONE},
    [730] = {LOOSE("VLAN", VPN), NONE},
    [731] = {LOOSE("NAC", AUTHENTICATION), NONE},
    [732] = {LOOSE("NAC", AUTHENTICATION), NONE},
    [733] = {LOOSE("Threat detection", SYSTEM), KINDS(733)},
    [734] = {LOOSE("Dynamic access policy", VPN), KINDS(734)},
    [735] = {LOOSE("Environment", SYSTEM), NONE},
    [736] = {LOOSE("Unicast", SYSTEM), NONE},
    [737] = {LOOSE("Address assignment", VPN), NONE},
    [741] = {LOOSE("Packet capture", SYSTEM), NONE},
    [742] = {LOOSE("Password encryption", SYSTEM), NONE},
    [743] = {LOOSE("System", SYSTEM), NONE},
    [746] = {LOOSE("User identity", AUTHENTICATION), NONE},
    [747] = {LOOSE("Cluster", SYSTEM), NONE},
    [750] = {LOOSE("IKEv2", VPN), KINDS(750)},
    [751] = {LOOSE("IKEv2", VPN), NONE},
    [752] = {LOOSE("Tunnel manager", VPN), NONE},
    [753] = {LOOSE("IKEv2", VPN), NONE},
    [767] = {LOOSE("System", SYSTEM), NONE},
    [768] = {LOOSE("Resources", SYSTEM), NONE},
    [769] = {LOOSE("Update", SYSTEM), NONE},
    [770] = {LOOSE("Resources", SYSTEM), NONE},
    [771] = {LOOSE("Clock", SYSTEM), NONE},
    [772] = {LOOSE("Password", AUTHENTICATION), NONE},
    [774] = {LOOSE("POST", SYSTEM), NONE},
    [775] = {LOOSE("Scansafe", NOTED), NONE},
    [776] = {LOOSE("TrustSec", SYSTEM), NONE},
    [778] = {LOOSE("VXLAN", SYSTEM), NONE},
    [779] = {LOOSE("STS", NOTED), NONE},
    [780] = {LOOSE("Rule engine", SYSTEM), NONE},
    [803] = {LOOSE("License", SYSTEM), NONE},
    [804] = {LOOSE("Interface", SYSTEM), NONE},
    [805] = {LOOSE("Flow offload", NOTED), KINDS(805)},
    [815] = {LOOSE("Object groups", SYSTEM), NONE},
    /* Firepower's own events: lists of keys and values, not texts. */
    [430] = {{NULL, SLICE("Firepower event"), SYSTEM, 0, 6, ""}, NONE},
};

static const struct asa_kind unheard_of = LOOSE("Message", SYSTEM);

const struct asa_kind *asa_kind_of(unsigned id)
{
    const struct asa_family *family = &families[id / 1000];
    unsigned row = id % 1000;
    if (row < family->count && family->kinds[row].read)
        return &family->kinds[row];
    return family->other.name.len ? &family->other : &unheard_of;
}
