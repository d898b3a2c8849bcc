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
    EXECUTED, /* a command of an administrator */
    SYSTEM,
    SCANNING,
    THREAT,
    BLOCKED_THREAT,
    RESET_THREAT,
    BLOCKED_DNS,
    LEASED,
    NOTED,   /* about a connection, but neither its beginning nor its end */
    REFUSED, /* as DENIED, of kinds too rare to count as evidence */
    WEB,
    WEB_REFUSED,
    DNS,
    NAME_LISTED,
    NATTING, /* about translations, but none was made or given back */
    VPN_UP,
    VPN_REFUSED,
    SHUNNED,
    MEANINGS
};

#define UNSET ASA_UNSET

const struct asa_meaning asa_meanings[] = {
    [DENIED] = {CATEGORY_CONNECTION, ACTION_DENY, OUTCOME_FAILURE, EVIDENCE_DENIED},
    [DROPPED] = {CATEGORY_CONNECTION, ACTION_DROP, OUTCOME_FAILURE, EVIDENCE_UNKNOWN},
    [STRAY] = {CATEGORY_CONNECTION, ACTION_DENY, OUTCOME_FAILURE, EVIDENCE_NONE},
    [OPENED] = {CATEGORY_CONNECTION, ACTION_ALLOW, OUTCOME_SUCCESS, EVIDENCE_NONE},
    [CLOSED] = {CATEGORY_CONNECTION, ACTION_ALLOW, UNSET, EVIDENCE_UNKNOWN},
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
    [EXECUTED] = {CATEGORY_CONFIGURATION, ACTION_ALLOW, OUTCOME_SUCCESS, UNSET},
    [SYSTEM] = {CATEGORY_SYSTEM, UNSET, UNSET, UNSET},
    [SCANNING] = {CATEGORY_SCAN, ACTION_ALERT, UNSET, UNSET},
    [THREAT] = {CATEGORY_THREAT, ACTION_ALERT, UNSET, EVIDENCE_NONE},
    [BLOCKED_THREAT] = {CATEGORY_THREAT, ACTION_DROP, OUTCOME_FAILURE, EVIDENCE_DENIED},
    [RESET_THREAT] = {CATEGORY_THREAT, ACTION_RESET, OUTCOME_FAILURE, EVIDENCE_DENIED},
    [LEASED] = {CATEGORY_DHCP, UNSET, UNSET, UNSET},
    [NOTED] = {CATEGORY_CONNECTION, UNSET, UNSET, UNSET},
    [REFUSED] = {CATEGORY_CONNECTION, ACTION_DENY, OUTCOME_FAILURE, UNSET},
    [WEB] = {CATEGORY_WEB, UNSET, UNSET, UNSET},
    [WEB_REFUSED] = {CATEGORY_WEB, ACTION_DENY, OUTCOME_FAILURE, UNSET},
    [DNS] = {CATEGORY_DNS, UNSET, UNSET, UNSET},
    [NATTING] = {CATEGORY_NAT, UNSET, UNSET, UNSET},
    [NAME_LISTED] = {CATEGORY_THREAT, UNSET, UNSET, UNSET},
    [VPN_UP] = {CATEGORY_VPN, ACTION_ALLOW, OUTCOME_SUCCESS, UNSET},
    [VPN_REFUSED] = {CATEGORY_VPN, ACTION_DENY, OUTCOME_FAILURE, UNSET},
    [SHUNNED] = {CATEGORY_SCAN, ACTION_DENY, UNSET, UNSET},
    [BLOCKED_DNS] = {CATEGORY_DNS, ACTION_DROP, OUTCOME_FAILURE, EVIDENCE_DENIED},
};

#define TCP  PROTOCOL_TCP
#define UDP  PROTOCOL_UDP
#define ICMP PROTOCOL_ICMP
#define GRE  47
#define IPIP 4
#define SCTP 132

/* What stands in front of many messages about tunnels and sessions. */
#define PEER         "[Group = %{group}, ][Username = %u, ][IP = %s, ]"
#define SESSION_HEAD "Group %{group} User %u IP %s"
#define SESSION      SESSION_HEAD " "
#define MEMBER       "Group %{group}, User %u, IP %s|" SESSION_HEAD
#define ENDS         "Local:[ ]%L Remote:[ ]%R Username:[ ]%u"

/* Failover. */
static const struct asa_kind kinds_104[] = {
    [1] = {asa_form, SLICE("Became active"), SYSTEM, 0, 1,
           "(%{unit}) Switching to %{state} - %r|(%{unit}) Switching to %{state} (cause: %r)"},
    [2] = {asa_form, SLICE("Became standby"), SYSTEM, 0, 1,
           "(%{unit}) Switching to %{state} - %r|(%{unit}) Switching to %{state} (cause: %r)"},
    [3] = {asa_form, SLICE("Unit failed"), SYSTEM, 0, 1, "(%{unit}) Switching to %{state}."},
    [4] = {asa_form, SLICE("Unit recovered"), SYSTEM, 0, 1, "(%{unit}) Switching to %{state}."},
    [500] = {asa_form, SLICE("Became active"), SYSTEM, 0, 6,
             "(%{unit}) Switching to %{state} (cause: %r)"},
    [501] = {asa_form, SLICE("Became standby"), SYSTEM, 0, 6,
             "(%{unit}) Switching to %{state} (cause: %r)"},
};
static const struct asa_kind kinds_105[] = {
    [3] = {asa_form, SLICE("Failover interface monitored"), SYSTEM, 0, 1,
           "(%{unit}) Monitoring on interface %i %{state}"},
    [4] = {asa_form, SLICE("Failover interface monitored"), SYSTEM, 0, 1,
           "(%{unit}) Monitoring on interface %i %{state}"},
    [5] = {asa_form, SLICE("Failover communication lost"), SYSTEM, 0, 1,
           "(%{unit}) Lost Failover communications with mate on interface %i"},
    [6] = {asa_form, SLICE("Failover link up"), SYSTEM, 0, 1,
           "(%{unit}) Link status %{state} on interface %i"},
    [7] = {asa_form, SLICE("Failover link down"), SYSTEM, 0, 1,
           "(%{unit}) Link status %{state} on interface %i"},
    [8] = {asa_form, SLICE("Failover interface tested"), SYSTEM, 0, 1,
           "(%{unit}) Testing Interface %i"},
    [9] = {asa_form, SLICE("Failover interface tested"), SYSTEM, 0, 1,
           "(%{unit}) Testing on interface %i %{state}"},
};

/* Access lists and what the device refuses by itself. */
static const struct asa_kind kinds_106[] = {
    [1] = {asa_form, SLICE("Inbound TCP connection denied"), DENIED, TCP, 2,
           "Inbound TCP connection denied from %s to %d flags[ %{tcp_flags} on interface %i]"},
    [2] = {asa_form, SLICE("Connection denied by outbound list"), DENIED, 0, 2,
           "%p Connection denied by outbound list %l src %s dest %d|"
           "%p connection denied by outbound list %l src %s %q dest %d %Q"},
    [6] = {asa_form, SLICE("Deny inbound UDP"), DENIED, UDP, 2,
           "Deny inbound UDP from %s to %d on[ interface %i]"},
    [7] = {asa_form, SLICE("Deny inbound UDP due to DNS"), DENIED, UDP, 2,
           "Deny inbound UDP from %s to %d due to[ %r]"},
    [10] = {asa_form, SLICE("Deny inbound"), DENIED, 0, 3, "Deny inbound %p src %S dst %D"},
    [11] = {asa_form, SLICE("Deny inbound, no translation"), DENIED, 0, 3,
            "Deny inbound (No xlate) %p src %S dst[ %D]|Deny inbound (No xlate) %p src %S|"
            "Deny inbound (No xlate) %r"},
    [12] = {asa_form, SLICE("Deny IP options"), DENIED, 0, 3,
            "Deny IP from %s to %d, IP options %{ip_options}|"
            "Deny IP from %s to %d, IP options: %{ip_options}"},
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

/* Mail. */
static const struct asa_kind kinds_108[] = {
    [2] = {asa_form, SLICE("SMTP address replaced"), NOTED, TCP, 2,
           "SMTP replaced %{replaced}: out %s in %d data: %{data}"},
    [3] = {asa_form, SLICE("Malicious mail address"), RESET_THREAT, TCP, 2,
           "Terminating %x connection; malicious pattern detected in the mail address from %S to "
           "%D. Data:%{data}"},
    [4] = {asa_form, SLICE("ESMTP inspection"), NOTED, TCP, 4,
           "%{class}: %a ESMTP %{packet} from %S to %D;%r"},
    [5] = {asa_form, SLICE("ESMTP inspection"), NOTED, TCP, 6,
           "%{class}: %a ESMTP %{packet} from %S to %D;%r"},
    [6] = {asa_form, SLICE("ESMTP size violation"), NOTED, TCP, 7,
           "Detected ESMTP size violation from %S to %D; %r"},
    [7] = {asa_form, SLICE("TLS on ESMTP started"), NOTED, TCP, 6,
           "TLS started on ESMTP session between client %S and server %D"},
};

/* Users who authenticate through the device. */
static const struct asa_kind kinds_109[] = {
    [1] = {asa_form, SLICE("Authentication started"), AUTHENTICATION, 0, 6,
           "Auth start for user %u from %s to %d"},
    [2] = {asa_form, SLICE("Authentication failed, server"), LOGIN_FAILED, 0, 6,
           "Auth from %s to %d failed (%r) on interface %i"},
    [3] = {asa_form, SLICE("Authentication failed, servers"), LOGIN_FAILED, 0, 6,
           "Auth from %s to %d failed (%r) on interface %i"},
    [5] = {asa_form, SLICE("Authentication succeeded"), LOGGED_IN, 0, 6,
           "Authentication succeeded for user %u from %s to %d on interface %i"},
    [6] = {asa_form, SLICE("Authentication failed"), LOGIN_FAILED, 0, 6,
           "Authentication failed for user %u from %s to %d on interface %i"},
    [7] = {asa_form, SLICE("Authorization permitted"), LOGGED_IN, 0, 6,
           "Authorization permitted for user %u from %s to %d on interface %i"},
    [8] = {asa_form, SLICE("Authorization denied"), LOGIN_FAILED, 0, 6,
           "Authorization denied for user %u from %s to %d on interface %i"},
    [10] = {asa_form, SLICE("Authentication failed, too many pending"), LOGIN_FAILED, 0, 3,
            "Auth from %s to %d failed (%r) on interface %i"},
    [11] = {asa_form, SLICE("Authentication session started"), AUTHENTICATION, 0, 2,
            "Authen Session Start: user %u, sid %n"},
    [12] = {asa_form, SLICE("Authentication session ended"), AUTHENTICATION, 0, 5,
            "Authen Session End: user %u, sid %n, elapsed %{seconds} seconds"},
    [17] = {asa_form, SLICE("Authentication proxy limit exceeded"), LOGIN_FAILED, 0, 4,
            "User at %s exceeded auth proxy connection limit (%{limit})"},
    [23] = {asa_form, SLICE("User must authenticate"), LOGIN_FAILED, 0, 3,
            "User from %s to %d on interface %i must authenticate before using %{service}"},
    [24] = {asa_form, SLICE("Authorization denied, not authenticated"), DENIED, 0, 6,
            "Authorization denied from %s to %d (%r) on interface %i using %p"},
    [25] = {asa_form, SLICE("Authorization denied by access list"), DENIED, 0, 6,
            "Authorization denied (acl=%l) for user %u from %s to %d on interface %i using %p"},
    [33] = {asa_form, SLICE("Administrator's authentication failed"), LOGIN_FAILED, 0, 4,
            "Authentication failed for admin user %u from %s. %r"},
    [34] = {asa_form, SLICE("User's authentication failed"), LOGIN_FAILED, 0, 4,
            "Authentication failed for network user %u from %s to %d. %r"},
    [40] = {asa_form, SLICE("Authentication proxy limit exceeded"), LOGIN_FAILED, 0, 4,
            "User at %s exceeded auth proxy rate limit of %{limit} connections/sec"},
    [100] =
        {asa_form, SLICE("Change of authorization"), AUTHENTICATION, 0, 6,
         "Received CoA update from %{server} for user %u, with session ID: %{session}, changing "
         "authorization attributes|"
         "Received CoA update from %{server} for user %u, with session ID: %{session}"},
    [101] = {asa_form, SLICE("Disconnect requested"), AUTHENTICATION, 0, 6,
             "Received CoA disconnect request from %{server} for user %u, with audit-session-id: "
             "%{session}"},
    [31] = {asa_form, SLICE("Guest refused"), LOGIN_FAILED, 0, 4,
            "NT Domain Authentication Failed: rejecting guest login for %u."},
    [102] = {asa_form, SLICE("Change of authorization, no session"), AUTHENTICATION, 0, 4,
             "Received CoA %{coa} from %{server}, but cannot find named session %{session}"},
    [103] = {asa_form, SLICE("Change of authorization failed"), AUTHENTICATION, 0, 3,
             "CoA %{coa} from %{server} failed for user %u, with session ID: %{session}."},
    [104] = {asa_form, SLICE("Change of authorization failed"), AUTHENTICATION, 0, 3,
             "CoA %{coa} from %{server} failed for user %u, session ID: %{session}. %r"},
    [105] = {asa_form, SLICE("No egress interface"), DROPPED, 0, 3,
             "Failed to determine the egress interface for locally generated traffic destined to "
             "%p %D|Failed to determine the egress interface for locally generated traffic "
             "destined to %p %d:%Q."},
};

/* Routing. */
static const struct asa_kind kinds_110[] = {
    [2] = {asa_form, SLICE("No egress interface"), DROPPED, 0, 6,
           "Failed to locate egress interface for %p from %S to %d"},
    [3] = {asa_form, SLICE("No next hop"), DROPPED, 0, 6,
           "Routing failed to locate %x for %p from %S to %D"},
    [4] = {asa_form, SLICE("Egress interface changed"), NOTED, 0, 6,
           "Egress interface changed from %{from} to %{to} on %p connection %n for %S to %D"},
    [5] = {asa_form, SLICE("No next hop"), DROPPED, 0, 6,
           "Routing failed to locate next hop for %p from %S to %D"},
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
    [8] = {asa_form, SLICE("Command executed"), EXECUTED, 0, 5,
           "User %u executed the %{command} command.|User %u executed the command %{command}"},
    [9] = {asa_form, SLICE("Command executed"), EXECUTED, 0, 7,
           "User %u executed cmd: %{command}|User %u executed cmd:%{command}"},
    [10] = {asa_form, SLICE("Command executed"), EXECUTED, 0, 5,
            "User %u, running %{application} from IP %s, executed %{command}"},
    [13] = {asa_form, SLICE("Command executed"), EXECUTED, 0, 3,
            "User %u executed the %{command} command.|User %u executed the command %{command}"},
};

/* Log-ins against AAA servers and the local database. */
static const struct asa_kind kinds_113[] = {
    [3] = {asa_form, SLICE("AAA group policy set"), AUTHENTICATION, 0, 6,
           "AAA group policy for user %u is being set to %{policy}"},
    [4] = {asa_form, SLICE("AAA successful"), LOGGED_IN, 0, 6,
           "AAA user %{aaa} Successful: server = %{server}: user = %u|"
           "AAA user %{aaa} Successful: server = %{server}, User = %u|"
           "AAA user %{aaa} Successful: server = %{server} , User = %u"},
    [5] = {asa_form, SLICE("AAA rejected"), LOGIN_FAILED, 0, 6,
           "AAA user %{aaa} Rejected: reason = %r: server = %{server}: user = %u: user IP = None|"
           "AAA user %{aaa} Rejected: reason = %r: server = %{server}: user = %u: user IP = %s|"
           "AAA user %{aaa} Rejected: reason = %r: server = %{server}, User = %u: user IP = %s|"
           "AAA user %{aaa} Rejected: reason = %r: server = %{server}, User = %u|"
           "AAA user %{aaa} Rejected: reason = %r: server = %{server}: user = %u"},
    [6] = {asa_form, SLICE("User locked out"), LOGIN_FAILED, 0, 6,
           "User %u locked out on exceeding %{limit} successive failed authentication attempts"},
    [7] = {asa_form, SLICE("User unlocked"), AUTHENTICATION, 0, 6,
           "User %u unlocked by %{administrator}"},
    [8] = {asa_form, SLICE("AAA transaction accepted"), LOGGED_IN, 0, 6,
           "AAA transaction status ACCEPT: user = %u"},
    [9] = {asa_form, SLICE("AAA default group policy"), AUTHENTICATION, 0, 6,
           "AAA retrieved default group policy (%{policy}) for user = %u|"
           "AAA retrieved default group policy %{policy} for user %u"},
    [10] = {asa_form, SLICE("AAA challenge"), AUTHENTICATION, 0, 6,
            "AAA challenge received for user %u from server %d"},
    [11] = {asa_form, SLICE("AAA user's group policy"), AUTHENTICATION, 0, 6,
            "AAA retrieved user specific group policy (%{policy}) for user = %u"},
    [12] = {asa_form, SLICE("Local authentication successful"), LOGGED_IN, 0, 6,
            "AAA user authentication Successful: local database: user = %u"},
    [13] = {asa_form, SLICE("AAA request not completed"), LOGIN_FAILED, 0, 6,
            "AAA unable to complete the request Error: reason = %r: user = %u"},
    [14] = {asa_form, SLICE("AAA server not accessible"), LOGIN_FAILED, 0, 6,
            "AAA %{aaa} server not accessible: server = %{server}: user = %u"},
    [15] = {asa_form, SLICE("Local authentication rejected"), LOGIN_FAILED, 0, 6,
            "AAA user authentication Rejected: reason = %r: local database: user = %u: user IP = "
            "%s|AAA user authentication Rejected: reason = %r: local database: user = %u"},
    [16] = {asa_form, SLICE("AAA credentials rejected"), LOGIN_FAILED, 0, 6,
            "AAA credentials rejected: reason = %r: server = %{server}: user = %u: user IP = "
            "%s|AAA credentials rejected: reason = %r: server = %{server}: user = %u"},
    [17] = {asa_form, SLICE("Local credentials rejected"), LOGIN_FAILED, 0, 6,
            "AAA credentials rejected: reason = %r: local database: user = %u: user IP = %s|AAA "
            "credentials rejected: reason = %r: local database: user = %u"},
    [19] = {asa_form, SLICE("VPN session disconnected"), VPN, 0, 4,
            "Group = %{group}, Username = %u, IP = %s, Session disconnected. Session Type: "
            "%{session_type}, Duration: %t, Bytes xmt: %B, Bytes rcv: %b, Reason: %r"},
    [21] = {asa_form, SLICE("Console log-in failed"), LOGIN_FAILED, 0, 6,
            "Attempted console login failed. User %u did NOT have appropriate Admin Rights."},
    [22] = {asa_form, SLICE("AAA server failed"), SYSTEM, 0, 2,
            "AAA Marking %{aaa} server %d in aaa-server group %{group} as %{state}"},
    [23] = {asa_form, SLICE("AAA server active"), SYSTEM, 0, 2,
            "AAA Marking %{aaa} server %d in aaa-server group %{group} as %{state}"},
    [24] = {asa_form, SLICE("Authenticating by certificate"), AUTHENTICATION, 0, 5,
            "Group %{group}: Authenticating %{connection} connection from %s with username, %u, "
            "from client certificate"},
    [25] = {asa_form, SLICE("Certificate authentication failed"), LOGIN_FAILED, 0, 5,
            "Group %{group}: %r connection from %s"},
    [29] = {asa_form, SLICE("Session limit reached"), VPN_REFUSED, 0, 4, SESSION "%r"},
    [30] = {asa_form, SLICE("AAA access list refused"), VPN_REFUSED, 0, 4, SESSION "%r"},
    [31] = {asa_form, SLICE("VPN filter not applied"), VPN, 0, 4, SESSION "%r"},
    [32] = {asa_form, SLICE("VPN filter not applied"), VPN, 0, 4, SESSION "%r"},
    [33] = {asa_form, SLICE("AAA access list refused"), VPN_REFUSED, 0, 6, SESSION "%r"},
    [34] = {asa_form, SLICE("AAA access list ignored"), VPN, 0, 4, SESSION "%r"},
    [35] = {asa_form, SLICE("Session terminated"), VPN_REFUSED, 0, 4, SESSION "%r"},
    [36] = {asa_form, SLICE("AAA parameter not valid"), VPN, 0, 4, SESSION "%r"},
    [37] = {asa_loose, SLICE("Log-in denied, restart pending"), LOGIN_FAILED, 0, 6, ""},
    [38] = {asa_form, SLICE("AnyConnect parent session failed"), VPN_REFUSED, 0, 4, SESSION "%r"},
    [39] = {asa_form, SLICE("AnyConnect parent session started"), VPN, 0, 6,
            "Group %{group} User %u IP %s AnyConnect parent session started."},
    [40] = {asa_form, SLICE("Group locked"), VPN_REFUSED, 0, 4,
            "Terminating the VPN connection attempt from %{group}. Reason: %r"},
    [42] =
        {asa_form, SLICE("Redirect filter denied"), DENIED, 0, 4,
         "[CoA: ]Non-HTTP connection from %S to %D for user %u at %x denied by redirect filter; %r|"
         "[CoA: ]Non-HTTP connection from %S to %D denied by redirect filter; %r"},
};

/* The device itself. */
static const struct asa_kind kinds_199[] = {
    [1] = {asa_form, SLICE("Device reloaded"), SYSTEM, 0, 5,
           "Reloaded at %{at} by %u. Reload reason: %r|Reload command executed from %{terminal} "
           "(remote %s)"},
};

/* Limits on connections, addresses for translation, fragments. */
static const struct asa_kind kinds_201[] = {
    [2] = {asa_form, SLICE("Too many TCP connections"), DROPPED, TCP, 3,
           "Too many %x connections on %{translation} %d! %{limit}"},
    [3] = {asa_loose, SLICE("Embryonic limit exceeded"), DROPPED, TCP, 2, ""},
    [4] = {asa_form, SLICE("Too many UDP connections"), DROPPED, UDP, 3,
           "Too many %x connections on %{translation} %d! %{limit}"},
    [9] = {asa_form, SLICE("Connection limit exceeded"), NOTED, 0, 3,
           "%p connection limit of %{limit} for host %s on %i exceeded"},
    [10] = {asa_form, SLICE("Embryonic connection limit exceeded"), DROPPED, TCP, 6,
            "Embryonic connection limit exceeded %{limit} for %{flow} packet from %s to %d on "
            "interface %i"},
    [11] = {asa_form, SLICE("Connection limit exceeded"), DROPPED, 0, 3,
            "Connection limit exceeded %{limit} for %{flow} packet from %s to %d on interface %i"},
    [12] = {asa_form, SLICE("Embryonic limit of a client exceeded"), DROPPED, TCP, 6,
            "Per-client embryonic connection limit exceeded %{limit} for %{flow} packet from %s to "
            "%d on interface %i"},
    [13] = {asa_form, SLICE("Connection limit of a client exceeded"), DROPPED, 0, 3,
            "Per-client connection limit exceeded %{limit} for %{flow} packet from %s to %d on "
            "interface %i"},
};
static const struct asa_kind kinds_202[] = {
    [10] = {asa_form, SLICE("Translation pool exhausted"), DROPPED, 0, 3,
            "%x pool exhausted. Unable to create %p connection from %S to %D|"
            "%x pool exhausted in pool %{pool} IP %x Unable to create %p connection from %S to %D|"
            "%x pool exhausted in pool %{pool} IP %{pool_ip}. Unable to create connection"},
    [11] = {asa_form, SLICE("Connection limit exceeded"), DROPPED, 0, 3,
            "Connection limit exceeded %{limit} for %{flow} packet from %s to %d on interface %i"},
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
    [6] = {asa_form, SLICE("Fragment queue exceeded"), DROPPED, 0, 4,
           "Fragment queue threshold exceeded, dropped %p fragment from %s to %d on %i interface"},
};

/* SNMP. */
static const struct asa_kind kinds_212[] = {
    [6] = {asa_form, SLICE("SNMP request dropped"), DENIED, UDP, 3,
           "Dropping SNMP request from %s to %D because: %r"},
};

/* Connections. */
static const struct asa_kind kinds_302[] = {
    [3] = {asa_form, SLICE("Built H.245 connection"), NOTED, TCP, 6,
           "Built H245 connection for faddr %s laddr %d"},
    [9] = {asa_form, SLICE("Rebuilt TCP connection"), NOTED, TCP, 6,
           "Rebuilt TCP connection %n for foreign_address %s global_address %x local_address %d"},
    [10] = {asa_form, SLICE("Connections in use"), SYSTEM, 0, 6,
            "%{in_use} in use, %{most_used} most used"},
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
    [35] = {asa_built, SLICE("Built SCTP connection"), OPENED, SCTP, 6, ""},
    [36] = {asa_teardown, SLICE("Teardown SCTP connection"), CLOSED, SCTP, 6, ""},
    [37] = {asa_built, SLICE("Built IP-in-IP connection"), OPENED, IPIP, 6, ""},
    [38] = {asa_teardown, SLICE("Teardown IP-in-IP connection"), CLOSED, IPIP, 6, ""},
    [303] = {asa_built, SLICE("Built TCP state-bypass connection"), OPENED, TCP, 6, ""},
    [304] = {asa_teardown, SLICE("Teardown TCP state-bypass connection"), CLOSED, TCP, 6, ""},
    [305] = {asa_built, SLICE("Built SCTP state-bypass connection"), OPENED, SCTP, 6, ""},
    [306] = {asa_teardown, SLICE("Teardown SCTP state-bypass connection"), CLOSED, SCTP, 6, ""},
    [311] = {asa_form, SLICE("Connection not created"), DROPPED, 0, 4,
             "Failed to create a new %p connection from %S to %D due to %r"},
};

/* Files and URLs. */
static const struct asa_kind kinds_303[] = {
    [2] = {asa_form, SLICE("FTP transfer"), TRANSFERRED, TCP, 6,
           "FTP connection from %S to %D, user %u %{operation} file %f"},
    [4] = {asa_form, SLICE("FTP command refused"), DENIED, TCP, 5,
           "FTP %{command} command unsupported - failed strict inspection, terminating connection "
           "from %S to %D"},
    [5] = {asa_form, SLICE("FTP inspection"), NOTED, TCP, 5,
           "Strict FTP inspection matched %{matched} in policy-map %l, %a from %S to %D"},
};
static const struct asa_kind kinds_304[] = {
    [1] = {asa_accessed, SLICE("URL accessed"), ASKED_URL, TCP, 5, ""},
    [2] =
        {asa_form, SLICE("URL denied"), REFUSED_URL, TCP, 5,
         "Access denied URL %k SRC %s DEST %d on interface %i|Access denied URL %k SRC %s DEST %d"},
    [3] = {asa_form, SLICE("URL server timed out"), WEB, 0, 3, "URL Server %d timed out URL %k"},
    [4] = {asa_form, SLICE("URL server failed"), WEB, 0, 6, "URL Server %d request failed URL %k"},
    [5] = {asa_form, SLICE("URL server pending"), WEB, 0, 7,
           "URL Server %d request pending URL %k"},
    [6] = {asa_form, SLICE("URL server not responding"), SYSTEM, 0, 3,
           "URL Server %d not responding"},
    [7] = {asa_form, SLICE("URL server not responding"), SYSTEM, 0, 2,
           "URL Server %d not responding, %r"},
    [8] = {asa_form, SLICE("URL server up"), SYSTEM, 0, 2, "%r, URL Server is up."},
};

/* Translations. */
static const struct asa_kind kinds_305[] = {
    [5] = {asa_form, SLICE("No translation group"), DENIED, 0, 3,
           "No translation group found for %p src %S dst %D[ (type %T, code %C)]"},
    [6] = {asa_form, SLICE("Translation failed"), DENIED, 0, 3,
           "%{translation} translation creation failed for %p src %S[ (%u)] dst %D[ (type %T, code "
           "%C)]"
           "[ (%U)][ (type %T, code %C)]"},
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
            "dst %D[ (type %T, code %C)] denied due to NAT reverse path failure|"
            "Asymmetric NAT rules matched for forward and reverse flows; Connection %p src %S "
            "dst %D[ (type %T, code %C)] denied due to NAT reverse path failure"},
    [14] = {asa_form, SLICE("Ports allocated"), TRANSLATED, 0, 6,
            "Allocated %{ports} block of ports for translation from %S to %M"},
    [15] = {asa_form, SLICE("Ports released"), TRANSLATED, 0, 6,
            "Released %{ports} block of ports for translation from %S to %M"},
    [16] = {asa_form, SLICE("No ports left"), DROPPED, 0, 3,
            "Unable to create %p connection from %S to %D due to %r|Unable to create connection "
            "from %S to %D due to %r|Port blocks exhausted in PAT pool %{pool} IP %{pool_ip}. "
            "Unable to create connection"},
    [17] = {asa_form, SLICE("Ports in use"), TRANSLATED, 0, 3,
            "Pba-interim-logging: Active %{ports} block of ports for translation from %s to %M"},
    [21] = {asa_form, SLICE("Ports of an address exhausted"), TRANSLATED, 0, 4,
            "Ports exhausted in pre-allocated PAT pool IP %{pool_ip} for host %s. Allocating from "
            "new PAT pool IP %M"},
    [23] = {asa_form, SLICE("No ports left"), DROPPED, 0, 3,
            "Unable to create %p connection from %S to %D due to %r|Unable to create connection "
            "from %S to %D due to %r|Port blocks exhausted in PAT pool %{pool} IP %{pool_ip}. "
            "Unable to create connection"},
    [18] = {asa_form, SLICE("MAP translation"), TRANSLATED, 0, 6,
            "MAP translation from %{from} to %{to}"},
};
static const struct asa_kind kinds_308[] = {
    [1] = {asa_form, SLICE("Enable password incorrect"), LOGIN_FAILED, 0, 6,
           "console enable password incorrect for %{tries} tries (from %s)|%x password incorrect "
           "for %{tries} tries (from %s)"},
    [4] = {asa_form, SLICE("Enable password set"), CONFIGURED, 0, 4,
           "The enable password has been configured by user %u"},
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

/* RTSP. */
static const struct asa_kind kinds_314[] = {
    [3] = {asa_form, SLICE("RTSP dropped"), REFUSED, 0, 6,
           "Dropped RTSP traffic from %S due to: %r"},
    [4] = {asa_form, SLICE("RTSP URL accessed"), ASKED_URL, TCP, 6,
           "RTSP client %S accessed RTSP URL %k"},
    [5] = {asa_form, SLICE("RTSP URL denied"), REFUSED_URL, TCP, 6,
           "RTSP client %S denied access to URL %k"},
    [6] = {asa_form, SLICE("RTSP rate exceeded"), NOTED, TCP, 6,
           "RTSP client %S exceeds configured rate limit of %{limit} for %{request} messages"},
};

/* SSH. */
static const struct asa_kind kinds_315[] = {
    [9] = {asa_form, SLICE("SSH timed out"), AUTHENTICATION, TCP, 4,
           "SSH: connection timed out: username %u, IP %s"},
    [11] =
        {asa_form, SLICE("SSH session disconnected"), AUTHENTICATION, 0, 6,
         "SSH session from on interface %i for user %u disconnected by SSH server, reason: %r "
         "(%{code})|"
         "SSH session from on interface %i for user %u %r|"
         "SSH session from %s on interface %i for user %u disconnected by SSH server, reason: %r "
         "(%{code})|"
         "SSH session from %s on interface %i for user %u disconnected by SSH server, reason: %r|"
         "SSH session from %s on interface %i for user %u %r"},
    [13] = {asa_form, SLICE("SSH rekeyed"), AUTHENTICATION, TCP, 6,
            "SSH session from %s on interface %i for user %u rekeyed successfully"},
};

/* Limits of VPN. */
static const struct asa_kind kinds_316[] = {
    [1] = {asa_form, SLICE("Tunnel denied, peer limit"), VPN_REFUSED, 0, 3,
           "Denied new tunnel to %d. VPN peer limit (%{limit}) exceeded"},
};

/* Routes. */
static const struct asa_kind kinds_317[] = {
    [7] =
        {asa_form, SLICE("Route added"), SYSTEM, 0, 6,
         "Added %{route_type} route %{network} %{netmask} via %{gateway} %[%{metric}%] on %[%i%]"},
    [8] = {asa_form, SLICE("Route deleted"), SYSTEM, 0, 6,
           "Deleted %{route_type} route %{network} %{netmask} via %{gateway} %[%{metric}%] on "
           "%[%i%]"},
    [77] = {asa_form, SLICE("Route added"), SYSTEM, 0, 6,
            "Added %{route_type} route %{network} %{netmask} via %{gateway} %[%{metric}%] on "
            "%[%i%] %[%{vrf}%] tableid %[%{table}%]"},
    [78] = {asa_form, SLICE("Route deleted"), SYSTEM, 0, 6,
            "Deleted %{route_type} route %{network} %{netmask} via %{gateway} %[%{metric}%] on "
            "%[%i%] %[%{vrf}%] tableid %[%{table}%]"},
};

/* Resources. */
static const struct asa_kind kinds_321[] = {
    [1] = {asa_form, SLICE("Resource limit reached"), SYSTEM, 0, 5,
           "Resource %{resource} limit of %{limit} reached[ for context %{context}]"},
    [2] = {asa_form, SLICE("Resource rate limit reached"), SYSTEM, 0, 5,
           "Resource %{resource} rate limit of %{limit} reached[ for context %{context}]"},
};
static const struct asa_kind kinds_322[] = {
    [1] = {asa_form, SLICE("Deny MAC address"), DENIED, 0, 3,
           "Deny MAC address %m, possible spoof attempt on interface %i"},
    [2] = {asa_form, SLICE("ARP inspection failed"), STRAY, 0, 3,
           "ARP inspection check failed for arp %{arp} received from host %m on interface %i. This "
           "host is advertising MAC Address %{advertised} for IP Address %s, which is %r"},
    [3] = {asa_form, SLICE("ARP inspection failed"), STRAY, 0, 3,
           "ARP inspection check failed for arp %{arp} received from host %m on interface %i. This "
           "host is advertising MAC Address %{advertised} for IP Address %s, which is %r"},
    [4] = {asa_form, SLICE("No management address"), DROPPED, 0, 6,
           "No management IP address configured for transparent firewall. Dropping protocol %p "
           "packet from %S to %D"},
};

/* GTP. */
static const struct asa_kind kinds_324[] = {
    [0] = {asa_form, SLICE("GTP message dropped"), REFUSED, UDP, 3,
           "Drop GTP%{version} message %{gtp_message} from %S to %D Reason: %r|Drop GTP message "
           "%{gtp_message} from %S to %D Reason: %r"},
    [1] = {asa_form, SLICE("GTP packet not understood"), NOTED, UDP, 3,
           "%{version} packet parsing error from %S to %D, TID: %{tid}, Reason: %r"},
    [2] = {asa_form, SLICE("GTP without context"), NOTED, UDP, 3,
           "No PDP%[MCB%] exists to process %{version} %{gtp_message} from %S to %D, TID: %{tid}"},
    [3] = {asa_form, SLICE("GTP without request"), NOTED, UDP, 3,
           "No matching request to process %{version} %{gtp_message} from %S to %D"},
    [4] = {asa_form, SLICE("GTP version refused"), NOTED, UDP, 3,
           "GTP packet with version %{version} from %S to %D is not supported"},
    [5] = {asa_form, SLICE("GTP tunnel not created"), NOTED, UDP, 3,
           "Unable to create tunnel from %S to %D"},
    [6] = {asa_form, SLICE("GTP tunnel limit exceeded"), NOTED, UDP, 3,
           "GSN %s tunnel limit %{limit} exceeded, PDP Context TID %{tid} failed"},
};

/* IPv6. */
static const struct asa_kind kinds_325[] = {
    [4] = {asa_form, SLICE("IPv6 extension header"), NOTED, 0, 4,
           "IPv6 Extension Header %r. %p from %S to %D"},
    [5] = {asa_form, SLICE("IPv6 extension header invalid"), NOTED, 0, 4,
           "Invalid IPv6 Extension Header Content: %r. %p from %S to %D"},
    [6] = {asa_form, SLICE("IPv6 extension headers out of order"), NOTED, 0, 4,
           "IPv6 Extension Header not in order: %r. %p from %S to %D"},
    [7] = {asa_form, SLICE("IPv6 security check failed"), DROPPED, 0, 7,
           "IPv6 security check failed. Dropped packet from %S to %d with source MAC address %m "
           "and hop limit %{hop_limit}"},
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
    [101] = {asa_form, SLICE("Whitelisted source"), THREAT, 0, 4, FILTERED},
    [102] = {asa_form, SLICE("Whitelisted destination"), THREAT, 0, 4, FILTERED},
    [103] = {asa_form, SLICE("Whitelisted source"), THREAT, 0, 4, FILTERED},
    [104] = {asa_form, SLICE("Whitelisted destination"), THREAT, 0, 4, FILTERED},
    [201] = {asa_form, SLICE("Greylisted source"), THREAT, 0, 4, FILTERED},
    [202] = {asa_form, SLICE("Greylisted destination"), THREAT, 0, 4, FILTERED},
    [203] = {asa_form, SLICE("Greylisted source dropped"), BLOCKED_THREAT, 0, 4, FILTERED},
    [204] = {asa_form, SLICE("Greylisted destination dropped"), BLOCKED_THREAT, 0, 4, FILTERED},
    [301] = {asa_form, SLICE("Listed name resolved"), NAME_LISTED, UDP, 4,
             "Intercepted DNS reply for name %{domain} from %S to %D, matched %{list}|Intercepted "
             "DNS reply for domain %{domain} from %S to %D, matched %{list}"},
    [302] = {asa_form, SLICE("Listed address discovered"), NAME_LISTED, 0, 5,
             "Address %{listed} discovered for domain %{domain} from %{list}, Adding rule"},
    [303] = {asa_form, SLICE("Listed address aged out"), NAME_LISTED, 0, 5,
             "Address %{listed} (%{domain}) timed out. Removing rule"},
};

/* Shunned hosts. */
static const struct asa_kind kinds_401[] = {
    [1] = {asa_form, SLICE("Shuns cleared"), CONFIGURED, 0, 4, "Shuns cleared"},
    [2] = {asa_form, SLICE("Shun added"), CONFIGURED, 0, 4, "Shun added: %s %d %{ports}"},
    [3] = {asa_form, SLICE("Shun deleted"), CONFIGURED, 0, 4, "Shun deleted: %s"},
    [4] = {asa_form, SLICE("Shunned packet"), DENIED, 0, 4,
           "Shunned packet: %s ==> %d on interface %i|Shunned packet: %s = %d on interface %i"},
};
static const struct asa_kind kinds_402[] = {
    [114] = {asa_form, SLICE("IPsec, invalid SPI"), VPN_REFUSED, 0, 4,
             "IPSEC: Received an %{tunnel} packet (SPI= %{spi}, sequence number= %{sequence}) from "
             "%s to %d with %r"},
    [115] = {asa_form, SLICE("IPsec, wrong protocol"), VPN_REFUSED, 0, 4,
             "IPSEC: Received a packet from %s to %d %r"},
    [116] = {asa_form, SLICE("IPsec, packet against policy"), VPN_REFUSED, 0, 4,
             "IPSEC: Received an %{tunnel} packet (SPI= %{spi}, sequence number= %{sequence}) from "
             "%s[ (user= %u)][ (%u)] to %d. %r"},
    [117] = {asa_form, SLICE("Packet without IPsec"), VPN_REFUSED, 0, 4,
             "IPSEC: Received a non-IPSec packet (protocol= %p) from %s to %d"},
    [118] = {asa_form, SLICE("IPsec, illegal fragment"), VPN_REFUSED, 0, 4,
             "IPSEC: Received an %{tunnel} packet (SPI= %{spi}, sequence number= %{sequence}) from "
             "%s[ (user= %u)][ (%u)] to %d %r"},
    [119] = {asa_form, SLICE("IPsec anti-replay failed"), VPN_REFUSED, 0, 4,
             "IPSEC: Received an %{tunnel} packet (SPI= %{spi}, sequence number= %{sequence}) from "
             "%s[ (user= %u)][ (%u)] to %d that failed anti-replay checking."},
    [120] = {asa_form, SLICE("IPsec authentication failed"), VPN_REFUSED, 0, 4,
             "IPSEC: Received an %{tunnel} packet (SPI= %{spi}, sequence number= %{sequence}) from "
             "%s[ (user= %u)][ (%u)] to %d that %r"},
    [121] = {asa_form, SLICE("IPsec packet dropped"), VPN_REFUSED, 0, 4,
             "IPSEC: Received an %{tunnel} packet (SPI= %{spi}, sequence number= %{sequence}) from "
             "%s[ (user= %u)][ (%u)] to %d that was dropped by %x (%r)"},
    [122] = {asa_form, SLICE("Clear packet dropped"), VPN_REFUSED, 0, 4,
             "IPSEC: Received a cleartext packet from %s to %d that was to be encapsulated in "
             "%x that was dropped by %x (%r)"},
    [130] = {asa_form, SLICE("IPsec, wrong padding"), VPN_REFUSED, 0, 4,
             "CRYPTO: Received an %{tunnel} packet (SPI = %{spi}, sequence number= %{sequence}) "
             "from %s[ (user= %u)][ (%u)] to %d with %r"},
};

/* ARP and H.323. */
static const struct asa_kind kinds_405[] = {
    [1] = {asa_form, SLICE("ARP collision"), SYSTEM, 0, 4,
           "Received ARP %{arp} collision from %s on interface %i with existing ARP entry %d|"
           "Received ARP %{arp} collision from %s on interface %i to %d on interface %I"},
    [2] = {asa_form, SLICE("MAC mismatch"), SYSTEM, 0, 4,
           "Received mac mismatch packet from %s for authenticated host"},
    [3] = {asa_form, SLICE("Address collision"), SYSTEM, 0, 4,
           "IP address collision detected between host %s at %m and interface %i, %{mac}"},
    [101] = {asa_form, SLICE("H.225 channel not allocated"), NOTED, TCP, 4,
             "Unable to Pre-allocate H225 Call Signalling Connection for foreign_address %s to "
             "local_address %d"},
    [102] = {asa_form, SLICE("H.245 channel not allocated"), NOTED, TCP, 4,
             "Unable to Pre-allocate H245 Connection for foreign_address %s to local_address %d"},
    [103] = {asa_form, SLICE("H.225 message malformed"), NOTED, TCP, 4,
             "H225 message from %s to %d contains bad protocol discriminator %{discriminator}"},
    [104] = {asa_form, SLICE("H.225 message out of order"), NOTED, TCP, 4,
             "H225 message %{packet} received from %s to %d before %{expected}"},
    [105] =
        {asa_form, SLICE("H.323 admission out of order"), NOTED, 0, 4,
         "H323 RAS message AdmissionConfirm received from %s to %d without an AdmissionRequest"},
    [106] = {asa_form, SLICE("H.323 channel not created"), NOTED, 0, 4,
             "H323 %{channel} channel is not created from %s to %d"},
    [107] = {asa_form, SLICE("H.245 tunnel dropped"), REFUSED, TCP, 4,
             "H245 Tunnel is detected and connection dropped from %s to %d"},
    [201] = {asa_form, SLICE("ILS address wrong"), NOTED, 0, 4,
             "ILS %{ils_message} from %S to %D has wrong embedded address %{embedded}"},
    [300] = {asa_form, SLICE("RADIUS accounting refused"), REFUSED, UDP, 4,
             "Radius Accounting Request received from %s is not allowed"},
};

/* FTP's port command. */
static const struct asa_kind kinds_406[] = {
    [1] = {asa_form, SLICE("FTP port command, low port"), REFUSED, TCP, 4,
           "FTP port command low port: %s to %d on interface %i"},
    [2] = {asa_port_command, SLICE("FTP port command, other address"), REFUSED, TCP, 4,
           "to %d on interface %i"},
};

/* Inspection, and modules that decide. */
static const struct asa_kind kinds_407[] = {
    [1] = {asa_form, SLICE("Host limit exceeded"), DENIED, 0, 4,
           "Deny traffic for local-host %S, license limit of %{limit} exceeded"},
    [2] =
        {asa_form, SLICE("Embryonic limit exceeded"), DROPPED, TCP, 4,
         "Embryonic limit %{limit} for through connections exceeded.[ ]%s to %{global} (%d)/%Q on "
         "interface %i"},
};

/* Servers that do not answer. */
static const struct asa_kind kinds_409[] = {
    [23] = {asa_form, SLICE("AAA fallback"), AUTHENTICATION, 0, 4,
            "Attempting AAA Fallback method %{method} for %{request} request for user %u: %r"},
};
static const struct asa_kind kinds_410[] = {
    [1] = {asa_form, SLICE("Dropped DNS"), BLOCKED_DNS, UDP, 4,
           "Dropped UDP DNS %{packet} from %S to %D; %r"},
    [2] = {asa_form, SLICE("DNS responses dropped"), BLOCKED_DNS, UDP, 2,
           "Dropped %{count} DNS responses with mis-matched id in the past %{seconds} second(s): "
           "from %S to %D"},
    [3] = {asa_form, SLICE("DNS inspection"), DNS, 0, 4,
           "%{class}: %a DNS %{packet} from %S to %D; %r"},
    [4] = {asa_form, SLICE("DNS inspection"), DNS, 0, 6,
           "%{class}: %a DNS %{packet} from %S to %D; %r"},
};

/* Interfaces. */
static const struct asa_kind kinds_411[] = {
    [1] = {asa_form, SLICE("Line protocol up"), SYSTEM, 0, 4,
           "Line protocol on Interface %i, changed state to %{state}"},
    [2] = {asa_form, SLICE("Line protocol down"), SYSTEM, 0, 4,
           "Line protocol on Interface %i, changed state to %{state}"},
    [3] = {asa_form, SLICE("Interface enabled"), SYSTEM, 0, 4,
           "Interface %i, changed state to %{state}"},
    [4] = {asa_form, SLICE("Interface disabled"), SYSTEM, 0, 4,
           "Interface %i, changed state to %{state}"},
};
static const struct asa_kind kinds_412[] = {
    [1] = {asa_form, SLICE("MAC address moved"), SYSTEM, 0, 4, "MAC %m moved from %i to %I"},
};

/* Syslog servers. */
static const struct asa_kind kinds_414[] = {
    [3] =
        {asa_form, SLICE("Syslog server not responding"), SYSTEM, TCP, 3,
         "TCP Syslog Server %I: %d not responding, %r|TCP Syslog Server %I:%d not responding, %r"},
};
static const struct asa_kind kinds_416[] = {
    [1] = {asa_form, SLICE("SNMP packet dropped"), DENIED, UDP, 4,
           "Dropped UDP SNMP packet from %S to %D; %r"},
};
static const struct asa_kind kinds_418[] = {
    [1] = {asa_form, SLICE("Management-only network"), DENIED, 0, 4,
           "Through-the-device packet to/from management-only network is denied: %p src %S dst %D|"
           "Through-the-device packet to/from management-only network is denied: %p from %i %s "
           "(%q) to "
           "%I %d (%Q)"},
};
static const struct asa_kind kinds_419[] = {
    [1] = {asa_form, SLICE("Dropping TCP packet"), DROPPED, TCP, 4,
           "Dropping TCP packet from %S to %D, reason: %r"},
    [2] = {asa_form, SLICE("Duplicate TCP SYN"), NOTED, TCP, 4,
           "Duplicate TCP SYN from %S to %D with %r|Received duplicate TCP SYN from %S to %D with "
           "%r"},
    [3] = {asa_form, SLICE("Urgent flag cleared"), NOTED, TCP, 4,
           "Cleared TCP urgent flag from %S to %D"},
    [4] = {asa_form, SLICE("Dead connection probed"), NOTED, TCP, 6,
           "TCP connection %n from %S to %D is probed by DCD"},
    [5] = {asa_form, SLICE("Dead connection kept"), NOTED, TCP, 6,
           "TCP connection %n from %S to %D duration %t data %{bytes}, is kept open by DCD as "
           "valid connection"},
    [6] = {asa_form, SLICE("Dead connection closed"), CLOSED, TCP, 6,
           "Teardown TCP connection %n from %S to %D duration %t data %{bytes}, DCD probe was not "
           "responded from %r"},
};
static const struct asa_kind kinds_420[] = {
    [1] = {asa_form, SLICE("IPS down, dropped"), DROPPED, 0, 3,
           "IPS card not up and fail-close mode used, dropping %p packet [from ]%S to %D"},
    [2] = {asa_form, SLICE("IPS dropped"), BLOCKED_THREAT, 0, 4,
           "IPS requested to drop %p packet from %S to %D"},
    [3] = {asa_form, SLICE("IPS reset"), RESET_THREAT, 0, 4,
           "IPS requested to reset %p connection from %S to %D"},
    [6] = {asa_form, SLICE("IPS sensor missing, dropped"), DROPPED, 0, 3,
           "Virtual %x not present and fail-close mode used, dropping %p packet from %S to %D"},
};
static const struct asa_kind kinds_421[] = {
    [1] = {asa_form, SLICE("Flow dropped, module failed"), DROPPED, 0, 3,
           "%p flow from %S to %D is dropped because %r"},
    [2] = {asa_form, SLICE("Flow not checked"), NOTED, 0, 6,
           "%p flow from %S to %D bypassed application checking because %r"},
    [7] = {asa_form, SLICE("Flow not checked, module failed"), NOTED, 0, 3,
           "%p flow from %S to %D is skipped because %r"},
};
static const struct asa_kind kinds_424[] = {
    [1] = {asa_form, SLICE("Backup interface, packet denied"), REFUSED, 0, 4,
           "Packet denied: %p %S %D. %r|Packet denied %p %S %D. %r"},
    [2] = {asa_form, SLICE("Backup interface, connection denied"), REFUSED, 0, 4,
           "Connection to the backup interface is denied: %p %S %D"},
};
static const struct asa_kind kinds_429[] = {
    [1] = {asa_form, SLICE("CX down, dropped"), DROPPED, 0, 3,
           "%x card not up and fail-close mode used, dropping %p packet from %S to %D|%x card not "
           "up and fail-close mode used. Dropping %p packet from %S to %D"},
    [2] = {asa_form, SLICE("CX dropped"), BLOCKED_THREAT, 0, 4,
           "%x requested to drop %p packet from %S to %D"},
    [3] = {asa_form, SLICE("CX reset"), RESET_THREAT, 0, 4,
           "%x requested to reset %p connection from %S to %D"},
};

/* Media. */
static const struct asa_kind kinds_431[] = {
    [1] = {asa_form, SLICE("RTP packet dropped"), DROPPED, UDP, 4,
           "RTP conformance: Dropping RTP packet from %S to %D, Drop reason: %r"},
    [2] = {asa_form, SLICE("RTCP packet dropped"), DROPPED, UDP, 4,
           "RTCP conformance: Dropping RTCP packet from %S to %D, Drop reason: %r"},
};
static const struct asa_kind kinds_434[] = {
    [1] = {asa_form, SLICE("SFR down, dropped"), DROPPED, 0, 4,
           "SFR card not up and fail-close mode used, dropping %p packet from %S to %D"},
    [2] = {asa_form, SLICE("SFR dropped"), BLOCKED_THREAT, 0, 4,
           "SFR requested to drop %p packet from %S to %D"},
    [3] = {asa_form, SLICE("SFR reset"), RESET_THREAT, 0, 4,
           "SFR requested to reset %p connection from %S to %D"},
    [4] = {asa_form, SLICE("SFR bypass"), NOTED, 0, 6,
           "SFR requested %x to bypass further packet redirection and process %p flow from %S to "
           "%D locally"},
};
static const struct asa_kind kinds_446[] = {
    [3] = {asa_form, SLICE("TLS proxy session denied"), REFUSED, TCP, 4,
           "Denied TLS Proxy session from %S to %D, %r"},
};
static const struct asa_kind kinds_448[] = {
    [1] = {asa_form, SLICE("SRTP session denied"), REFUSED, UDP, 4,
           "Denied SRTP crypto session setup on flow from %S to %D, %r"},
};
static const struct asa_kind kinds_450[] = {
    [1] = {asa_form, SLICE("Host limit exceeded"), DENIED, 0, 4,
           "Deny traffic for protocol %p src %S dst %D, licensed host limit of %{limit} exceeded"},
};
static const struct asa_kind kinds_500[] = {
    [1] = {asa_form, SLICE("ActiveX removed"), NOTED, TCP, 5,
           "ActiveX content in %x is modified: src %s dest %d on interface %i"},
    [2] = {asa_form, SLICE("Java removed"), NOTED, TCP, 5,
           "Java content in %x is modified: src %s dest %d on interface %i"},
    [3] = {asa_form, SLICE("Bad TCP header length"), DENIED, TCP, 5,
           "Bad TCP hdr length (hdrlen=%{header_len}, pktlen=%{packet_len}) from %s to %d, flags: "
           "%{tcp_flags}, on interface %i"},
    [4] = {asa_form, SLICE("Invalid transport field"), DENIED, 0, 4,
           "Invalid transport field for protocol=%p, from %s to %d"},
    [5] = {asa_form, SLICE("Connection terminated, inspections"), DROPPED, TCP, 3,
           "connection terminated from %S to %D due to %r|connection terminated for %p from %S to "
           "%D due to %r"},
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

/* OSPF. */
static const struct asa_kind kinds_503[] = {
    [1] = {asa_form, SLICE("OSPF neighbor changed"), SYSTEM, 0, 5,
           "Process %{process}, Nbr %s on %i from %{from} to %{to}, %r"},
    [101] = {asa_form, SLICE("OSPFv3 neighbor changed"), SYSTEM, 0, 5,
             "Process %{process}, Nbr %s on %i from %{from} to %{to}, %r"},
};
static const struct asa_kind kinds_507[] = {
    [1] = {asa_form, SLICE("Proxied connection ended"), DROPPED, TCP, 5,
           "Terminating TCP-Proxy connection from %S to %D - %r"},
    [3] = {asa_form, SLICE("Flow ended by inspection"), DROPPED, 0, 3,
           "%p flow from %S to %D terminated by inspection engine, reason - %r|"
           "%p flow from %S to %D terminated by inspection engine, reason-%r"},
};
static const struct asa_kind kinds_508[] = {
    [1] = {asa_form, SLICE("DCERPC version refused"), REFUSED, TCP, 5,
           "DCERPC %{packet} non-standard %{version} from %S to %D, %r"},
    [2] = {asa_form, SLICE("DCERPC low port"), REFUSED, TCP, 5,
           "DCERPC response has low endpoint port %{port} from %S to %D, %r"},
};
static const struct asa_kind kinds_509[] = {
    [1] = {asa_form, SLICE("Forwarding not allowed"), REFUSED, 0, 5,
           "Connection attempt from %S to %D was prevented by %r command: %x"},
};

/* Tunnels. */
#define REKEY                                                                                      \
    "IPSEC: An %{flow} %{tunnel} SA (SPI= %{spi}) between %s and %d[ (user= %u)][ (%u)] is "       \
    "rekeying due "                                                                                \
    "to %r"
static const struct asa_kind kinds_602[] = {
    [101] = {asa_form, SLICE("Packet too large"), NOTED, 0, 6,
             "PMTU-D packet %{size} bytes greater than effective mtu %{mtu}, dest_addr=%d, "
             "src_addr=%s, prot=%p"},
    [303] = {asa_form, SLICE("IPsec SA created"), VPN, 0, 6,
             "IPSEC: An %{flow} %{tunnel} SA (SPI= %{spi}) between %s and %d[ (user= %u)][ (%u)] "
             "has been "
             "created."},
    [304] = {asa_form, SLICE("IPsec SA deleted"), VPN, 0, 6,
             "IPSEC: An %{flow} %{tunnel} SA (SPI= %{spi}) between %s and %d[ (user= %u)][ (%u)] "
             "has been "
             "deleted."},
};

/* PPTP, L2TP and PPPoE. */
static const struct asa_kind kinds_603[] = {
    [104] = {asa_form, SLICE("PPTP tunnel created"), VPN_UP, 0, 6,
             "PPTP Tunnel created, tunnel_id is %n, remote_peer_ip is %s, %x_interface_id is "
             "%{virtual_interface}, client_dynamic_ip is %{assigned}, username is %u, "
             "MPPE_key_strength is %{strength}"},
    [105] = {asa_form, SLICE("PPTP tunnel deleted"), VPN, 0, 6,
             "PPTP Tunnel deleted, tunnel_id = %n, remote_peer_ip = %s"},
    [106] = {asa_form, SLICE("L2TP tunnel created"), VPN_UP, 0, 6,
             "L2TP Tunnel created, tunnel_id is %n, remote_peer_ip is %s, %x_interface_id is "
             "%{virtual_interface}, client_dynamic_ip is %{assigned}, username is %u"},
    [107] = {asa_form, SLICE("L2TP tunnel deleted"), VPN, 0, 6,
             "L2TP Tunnel deleted, tunnel_id = %n, remote_peer_ip = %s"},
    [108] = {asa_form, SLICE("Tunnel built"), VPN_UP, 0, 6,
             "Built %{tunnel} Tunnel at %i, tunnel-id = %n, remote-peer = %s, virtual-interface = "
             "%{virtual_interface}, client-dynamic-ip = %{assigned}, username = %u, "
             "MPPE-key-strength = %{strength}"},
    [109] = {asa_form, SLICE("Tunnel torn down"), VPN, 0, 6,
             "Teardown %{tunnel} Tunnel at %i, tunnel-id = %n, remote-peer = %s"},
    [110] =
        {asa_form, SLICE("L2TP session refused"), VPN_REFUSED, 0, 4,
         "Failed to establish L2TP session, tunnel_id = %n, remote_peer_ip = %s, user = %u. %r"},
};

/* DHCP. */
static const struct asa_kind kinds_604[] = {
    [101] = {asa_form, SLICE("Address leased by the device"), LEASED, UDP, 6,
             "DHCP client interface %I: Allocated ip = %{assigned}, mask = %{netmask}, gw = "
             "%{gateway}"},
    [103] = {asa_form, SLICE("Address granted"), LEASED, UDP, 6,
             "DHCP daemon interface %i: address granted %m (%s)"},
    [104] = {asa_form, SLICE("Address released"), LEASED, UDP, 6,
             "DHCP daemon interface %i: address released %m (%s)"},
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
    [3] = {asa_form, SLICE("ASDM logging session started"), LOGGED_IN, TCP, 6,
           "ASDM logging session number %n from %s started"},
    [4] = {asa_form, SLICE("ASDM logging session ended"), AUTHENTICATION, TCP, 6,
           "ASDM logging session number %n from %s ended"},
};

/* Skinny. */
static const struct asa_kind kinds_607[] = {
    [1] = {asa_form, SLICE("SIP channel allocated"), NOTED, 0, 6,
           "Pre-allocate SIP %{channel} secondary channel for %S to %D from %{packet} message"},
    [2] = {asa_form, SLICE("SIP inspection"), NOTED, 0, 4,
           "%{class}: %a %{packet} from %S to %D; %r"},
    [3] = {asa_form, SLICE("SIP inspection"), NOTED, 0, 6,
           "%{class}: %a %{packet} from %S to %D; %r"},
    [4] = {asa_form, SLICE("SIP message dropped"), REFUSED, 0, 4,
           "Phone Proxy: Dropping SIP message from %S to %D with source MAC %m due to %r"},
};
static const struct asa_kind kinds_608[] = {
    [2] = {asa_form, SLICE("Skinny message dropped"), REFUSED, TCP, 4,
           "Dropping Skinny message for %S to %D, %r"},
    [3] = {asa_form, SLICE("Skinny message dropped"), REFUSED, TCP, 4,
           "Dropping Skinny message for %S to %D, %r"},
    [4] = {asa_form, SLICE("Skinny message dropped"), REFUSED, TCP, 4,
           "Dropping Skinny message for %S to %D, %r"},
    [5] = {asa_form, SLICE("Skinny message dropped"), REFUSED, TCP, 4,
           "Dropping Skinny message for %S to %D, %r"},
};

/* Hosts behind interfaces. */
static const struct asa_kind kinds_609[] = {
    [1] = {asa_form, SLICE("Built local host"), NOTED, 0, 7, "Built local-host %S"},
    [2] = {asa_form, SLICE("Teardown local host"), NOTED, 0, 7,
           "Teardown local-host %S duration %t"},
};

/* NTP, and commands. */
static const struct asa_kind kinds_610[] = {
    [1] = {asa_form, SLICE("NTP packet denied"), REFUSED, UDP, 3,
           "NTP daemon interface %i: Packet denied from %s"},
    [2] = {asa_form, SLICE("NTP authentication failed"), REFUSED, UDP, 3,
           "NTP daemon interface %i: Authentication failed for packet from %s"},
    [101] = {asa_form, SLICE("Command not authorized"), LOGIN_FAILED, 0, 6,
             "Authorization failed: Cmd: %{command} Cmdtype: %{command_type}"},
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
    [310] = {asa_form, SLICE("VPN client authenticated"), LOGGED_IN, 0, 6,
             "VPNClient: XAUTH Succeeded: Peer: %d"},
    [311] = {asa_form, SLICE("VPN client refused"), LOGIN_FAILED, 0, 6,
             "%x: XAUTH Failed: Peer: %d"},
};

/* STUN. */
static const struct asa_kind kinds_618[] = {
    [1] = {asa_form, SLICE("STUN packet denied"), REFUSED, 0, 6,
           "Denied STUN packet %{packet} from %S to %D for connection %n, %r"},
};

/* Tracked routes. */
static const struct asa_kind kinds_622[] = {
    [1] = {asa_form, SLICE("Tracked route changed"), SYSTEM, 0, 6,
           "%{change} tracked route %{network} %{netmask} %{gateway}, distance %{distance}, table "
           "%{table}, on interface %i"},
};
static const struct asa_kind kinds_634[] = {
    [1] = {asa_form, SLICE("DAP records selected"), VPN, 0, 6,
           "DAP: User %u, Addr %s, Connection %{connection}; The following DAP records were "
           "selected for this connection: %{records}"},
};
static const struct asa_kind kinds_702[] = {
    [305] = {asa_form, SLICE("IPsec SA rekeys"), VPN, 0, 3, REKEY},
    [307] = {asa_form, SLICE("IPsec SA rekeys"), VPN, 0, 7, REKEY},
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
    [7] = {asa_form, SLICE("NAT-T keepalive"), NOTED, UDP, 7,
           "NAT-T keepalive received from %s to %D"},
};

/* IKE. */
static const struct asa_kind kinds_713[] = {
    [49] = {asa_loose, SLICE("IKE security negotiated"), VPN_UP, 0, 5, ""},
    [50] = {asa_form, SLICE("IKE connection terminated"), VPN, 0, 5,
            PEER "Connection terminated for peer %x. Reason: %r Remote Proxy %{remote_proxy}, "
                 "Local Proxy %{local_proxy}"},
    [52] = {asa_form, SLICE("IKE user authenticated"), LOGGED_IN, 0, 7,
            PEER "User (%u) authenticated|" PEER "User %u authenticated"},
    [56] = {asa_loose, SLICE("Tunnel rejected"), VPN_REFUSED, 0, 3, ""},
    [60] = {asa_loose, SLICE("Tunnel rejected, group lock"), VPN_REFUSED, 0, 3, ""},
    [61] = {asa_loose, SLICE("Tunnel rejected, no policy"), VPN_REFUSED, 0, 3, ""},
    [119] = {asa_form, SLICE("IKE phase 1 completed"), VPN_UP, 0, 5, PEER "PHASE 1 COMPLETED"},
    [120] = {asa_form, SLICE("IKE phase 2 completed"), VPN_UP, 0, 5,
             PEER "PHASE 2 COMPLETED (msgid=%{message_id})"},
    [123] = {asa_loose, SLICE("IKE peer lost"), VPN, 0, 3, ""},
    [162] = {asa_loose, SLICE("User rejected by firewall server"), VPN_REFUSED, 0, 3, ""},
    [166] = {asa_loose, SLICE("IKE authentication failed"), LOGIN_FAILED, 0, 3, ""},
    [167] = {asa_loose, SLICE("IKE authentication failed"), LOGIN_FAILED, 0, 3, ""},
    [198] = {asa_loose, SLICE("IKE authorization failed"), LOGIN_FAILED, 0, 3, ""},
    [206] = {asa_loose, SLICE("Tunnel rejected, protocols"), VPN_REFUSED, 0, 3, ""},
    [218] = {asa_loose, SLICE("Tunnel rejected, client"), VPN_REFUSED, 0, 3, ""},
    [228] = {asa_form, SLICE("Address assigned"), VPN_UP, 0, 6,
             PEER "Assigned private IP address %{assigned} to remote user"},
    [239] = {asa_loose, SLICE("Tunnel rejected, limit"), VPN_REFUSED, 0, 5, ""},
    [251] = {asa_loose, SLICE("IKE authentication failed"), LOGIN_FAILED, 0, 4, ""},
    [259] = {asa_form, SLICE("IKE session torn down"), VPN, 0, 5,
             PEER "Session is being torn down. Reason: %r"},
};

/* Remote access. */
static const struct asa_kind kinds_716[] = {
    [1] = {asa_form, SLICE("WebVPN session started"), VPN, 0, 6,
           "Group %{group} User %u IP %s WebVPN session started."},
    [2] = {asa_form, SLICE("WebVPN session ended"), VPN, 0, 6,
           "Group %{group} User %u IP %s WebVPN session terminated: %r"},
    [3] = {asa_form, SLICE("WebVPN access granted"), ASKED_URL, 0, 6,
           SESSION "WebVPN access GRANTED: %k"},
    [4] = {asa_form, SLICE("WebVPN access denied"), WEB_REFUSED, 0, 6,
           SESSION "WebVPN access DENIED to specified location: %k|"
                   "Group %{group} User %u WebVPN access DENIED to specified location: %k"},
    [7] = {asa_loose, SLICE("WebVPN session not created"), VPN_REFUSED, 0, 4, ""},
    [9] = {asa_loose, SLICE("WebVPN session not allowed"), VPN_REFUSED, 0, 6, ""},
    [23] = {asa_loose, SLICE("WebVPN session limit reached"), VPN_REFUSED, 0, 4, ""},
    [38] =
        {asa_form, SLICE("WebVPN authentication successful"), LOGGED_IN, 0, 6,
         "Group %{group} User %u IP %s Authentication: successful, Session Type: %{session_type}"},
    [39] = {asa_form, SLICE("WebVPN authentication rejected"), LOGIN_FAILED, 0, 6,
            "Group %{group} User %u IP %s Authentication: rejected, Session Type: "
            "%{session_type}|Authentication: rejected, group = %{group} user = %u , Session Type: "
            "%{session_type}"},
    [40] = {asa_loose, SLICE("Log-in denied, restart pending"), LOGIN_FAILED, 0, 6, ""},
    [41] =
        {asa_form, SLICE("WebVPN access list hit"), NOTED, 0, 6,
         "access-list %l %a url %k hit_cnt %{hit_cnt}|access-list %l %a url %k hit-cnt %{hit_cnt}"},
    [42] = {asa_form, SLICE("WebVPN access list hit"), NOTED, 0, 6,
            "access-list %l %a %p %i/%s (%q) - %I/%d (%Q) hit-cnt %{hit_cnt}"},
    [58] = {asa_form, SLICE("AnyConnect connection lost"), VPN, 0, 6,
            SESSION "AnyConnect session lost connection. %r"},
    [59] = {asa_form, SLICE("AnyConnect session resumed"), VPN_UP, 0, 6,
            "Group %{group} User IP %s AnyConnect session resumed connection from IP "
            "%{resumed_from}|" SESSION
            "AnyConnect session resumed. Connection from %{resumed_from}|" SESSION
            "AnyConnect session resumed connection from IP %{resumed_from}"},
};

/* Certificates. */
static const struct asa_kind kinds_717[] = {
    [9] = {asa_loose, SLICE("Certificate refused"), VPN_REFUSED, 0, 3, ""},
    [22] = {asa_loose, SLICE("Certificate accepted"), VPN_UP, 0, 6, ""},
    [27] = {asa_loose, SLICE("Certificate chain refused"), VPN_REFUSED, 0, 3, ""},
    [28] = {asa_loose, SLICE("Certificate chain accepted"), VPN_UP, 0, 6, ""},
    [47] = {asa_loose, SLICE("Certificate revoked"), CONFIGURED, 0, 6, ""},
    [48] = {asa_loose, SLICE("Certificate restored"), CONFIGURED, 0, 6, ""},
    [52] = {asa_form, SLICE("Certificate authentication failed"), VPN_REFUSED, 0, 5,
            "Group %{group} User %u IP %s %r"},
};

/* The mail proxy. */
static const struct asa_kind kinds_719[] = {
    [19] = {asa_form, SLICE("Mail proxy authorization failed"), LOGIN_FAILED, 0, 6,
            "WebVPN user: %u authorization failed"},
    [20] = {asa_form, SLICE("Mail proxy authorized"), LOGGED_IN, 0, 6,
            "WebVPN user %u authorization completed successfully"},
    [22] = {asa_form, SLICE("Mail proxy log-in"), LOGGED_IN, 0, 6,
            "WebVPN user %u has been authenticated"},
    [23] = {asa_form, SLICE("Mail proxy log-in failed"), LOGIN_FAILED, 0, 6,
            "WebVPN user %u has not been successfully authenticated. %r"},
};

/* Remote access on the standby unit. */
static const struct asa_kind kinds_721[] = {
    [16] = {asa_form, SLICE("Standby session created"), VPN, 0, 6,
            "(%{unit}) WebVPN session for client user %u, IP %s has been %{change}|"
            "(%{unit}) WebVPN session for client user %u, IPv4 %s has been %{change}"},
    [17] = {asa_form, SLICE("Standby session failed"), VPN, 0, 4,
            "(%{unit}) Fail to %{change} WebVPN session for [client ]user %u, IP %s"},
    [18] = {asa_form, SLICE("Standby session deleted"), VPN, 0, 6,
            "(%{unit}) WebVPN session for client user %u, IP %s has been %{change}|"
            "(%{unit}) WebVPN session for client user %u, IPv4 %s has been %{change}"},
    [19] = {asa_form, SLICE("Standby session failed"), VPN, 0, 4,
            "(%{unit}) Fail to %{change} WebVPN session for [client ]user %u, IP %s"},
};
static const struct asa_kind kinds_722[] = {
    [10] = {asa_form, SLICE("AnyConnect message"), VPN, 0, 5,
            SESSION "SVC Message: %{svc_message}"},
    [11] = {asa_form, SLICE("AnyConnect message"), VPN, 0, 5,
            SESSION "SVC Message: %{svc_message}"},
    [12] = {asa_form, SLICE("AnyConnect message"), VPN, 0, 5,
            SESSION "SVC Message: %{svc_message}"},
    [20] = {asa_loose, SLICE("No address for AnyConnect"), VPN_REFUSED, 0, 3, ""},
    [22] = {asa_form, SLICE("AnyConnect connection established"), VPN_UP, 0, 6,
            SESSION "%{connection} SVC connection established %{compression} compression"},
    [23] = {asa_form, SLICE("AnyConnect connection terminated"), VPN, 0, 6,
            SESSION "%{connection} SVC connection terminated %{compression} compression"},
    [28] = {asa_form, SLICE("AnyConnect connection stale"), VPN, 0, 5,
            SESSION "Stale SVC connection closed"},
    [30] = {asa_form, SLICE("AnyConnect bytes in"), VPN, 0, 7,
            SESSION "SVC Session Termination: In: %b (%{control_bytes}) bytes, %{packets} "
                    "(%{control_packets}) packets, %{drops} drops"},
    [31] = {asa_form, SLICE("AnyConnect bytes out"), VPN, 0, 7,
            SESSION "SVC Session Termination: Out: %B (%{control_bytes}) bytes, %{packets} "
                    "(%{control_packets}) packets, %{drops} drops"},
    [32] = {asa_form, SLICE("AnyConnect connection replaced"), VPN_UP, 0, 5,
            SESSION "New %{connection} SVC connection replacing old connection"},
    [33] = {asa_form, SLICE("AnyConnect connection established"), VPN_UP, 0, 5,
            SESSION "First %{connection} SVC connection established for SVC session"},
    [34] = {asa_form, SLICE("AnyConnect connection established"), VPN_UP, 0, 5,
            SESSION "New %{connection} SVC connection, no existing connection"},
    [37] = {asa_form, SLICE("AnyConnect connection closed"), VPN, 0, 4,
            "Group %{group} User %u IP %s SVC closing connection: %r"},
    [41] = {asa_form, SLICE("No IPv6 address for AnyConnect"), VPN, 0, 4,
            "TunnelGroup %{tunnel_group} GroupPolicy %{group} User %u IP %s No IPv6 address "
            "available for SVC connection"},
    [51] = {asa_form, SLICE("AnyConnect address assigned"), VPN, 0, 4,
            "Group %{group} User %u IP %s IPv4 Address %{assigned} IPv6 address %{assigned6} "
            "assigned to session"},
    [55] = {asa_form, SLICE("AnyConnect client"), VPN, 0, 6, SESSION "Client Type: %{client}"},
};

/* TLS of the device itself. */
static const struct asa_kind kinds_725[] = {
    [1] = {asa_form, SLICE("SSL handshake started"), VPN, TCP, 6,
           "Starting SSL handshake with %{peer} %S to %d for %{tls} session|Starting SSL handshake "
           "with %{peer} %S for %{tls} session"},
    [2] = {asa_form, SLICE("SSL handshake completed"), VPN_UP, TCP, 6,
           "Device completed SSL handshake with %{peer} %S to %d for %{tls} session|Device "
           "completed SSL handshake with %{peer} %S to %d for %{tls}"},
    [3] = {asa_form, SLICE("SSL session resumed"), VPN, TCP, 6,
           "SSL %{peer} %S to %d requesting to resume previous session"},
    [5] = {asa_form, SLICE("SSL certificate requested"), VPN, TCP, 6,
           "SSL %{peer} %S to %d requesting our device certificate for authentication"},
    [6] = {asa_form, SLICE("SSL handshake failed"), VPN_REFUSED, TCP, 6,
           "Device failed SSL handshake with %{peer} %S to %d"},
    [7] = {asa_form, SLICE("SSL session terminated"), VPN, TCP, 6,
           "SSL session with %{peer} %S to %d terminated"},
    [8] = {asa_form, SLICE("SSL ciphers proposed"), VPN, TCP, 7,
           "SSL %{peer} %S to %d proposes the following %{ciphers} cipher(s)"},
    [12] = {asa_form, SLICE("SSL cipher chosen"), VPN, TCP, 7,
            "Device chooses cipher %{cipher} for the SSL session with %{peer} %S to %d"},
    [13] = {asa_form, SLICE("SSL cipher chosen"), VPN, TCP, 7,
            "SSL %{peer} %S to %d chooses cipher %{cipher}"},
    [16] = {asa_form, SLICE("SSL trust-point selected"), VPN, TCP, 6,
            "Device selects trust-point %{trustpoint} for %{peer} %S to %d"},
};

/* Threat detection. */
#define RATES                                                                                      \
    "Current burst rate is %{burst_rate} per second, max configured rate is %{burst_limit}"        \
    "[; Current average rate is %{average_rate} per second, max configured rate is "               \
    "%{average_limit}; Cumulative total count is %{total}]"
static const struct asa_kind kinds_733[] = {
    [100] = {asa_form, SLICE("Drop rate exceeded"), SCANNING, 0, 4,
             "%[%h#012 %] drop %{rate} exceeded. " RATES "|%[%h%] drop %{rate} exceeded. " RATES
             "|%h drop %{rate} exceeded. " RATES},
    [101] = {asa_attack, SLICE("Scanning threat detected"), SCANNING, 0, 4,
             "%{object} %s is %h. " RATES "|%s is %h. " RATES},
    [102] = {asa_form, SLICE("Attacker shunned"), SHUNNED, 0, 4,
             "Threat-detection adds host %s to shun list"},
    [103] = {asa_form, SLICE("Attacker no longer shunned"), SYSTEM, 0, 4,
             "Threat-detection removes host %s from shun list"},
    [104] = {asa_form, SLICE("SYN flood"), SCANNING, TCP, 4,
             "TCP Intercept %h detected to %d. Average rate of %{average_rate} SYNs/sec exceeded "
             "the threshold of %{average_limit}."},
    [105] = {asa_form, SLICE("SYN flood"), SCANNING, TCP, 4,
             "TCP Intercept %h detected to %d. Burst rate of %{burst_rate} SYNs/sec exceeded the "
             "threshold of %{burst_limit}."},
    [201] = {asa_form, SLICE("VPN attack shunned"), SHUNNED, 0, 4,
             "Threat-detection: Service%[%{service}%] Peer%[%s%]: failure threshold of %{limit} "
             "exceeded: adding shun to interface %i. %h"},
};
static const struct asa_kind kinds_734[] = {
    [1] = {asa_form, SLICE("DAP records selected"), VPN, 0, 6,
           "DAP: User %u, Addr %s, Connection %{connection}: The following DAP records were "
           "selected for this connection: %{records}"},
    [2] = {asa_form, SLICE("Terminated by DAP"), VPN_REFUSED, 0, 5,
           "DAP: User %u, Addr %s: Connection terminated by the following DAP records: %{records}"},
    [3] = {asa_form, SLICE("DAP attribute"), VPN, 0, 7,
           "DAP: User %u, Addr %s: Session Attribute %{attribute}|DAP: User %u, Addr %s: Session "
           "Attribute: %{attribute}"},
};

/* Addresses of remote clients. */
static const struct asa_kind kinds_737[] = {
    [16] = {asa_form, SLICE("Address freed"), VPN, 0, 6,
            "IPAA: Session=%{session}, Freeing local pool %{pool} address %s|IPAA: Freeing local "
            "pool %{pool} address %s|IPAA: [Session=%{session}, ]Freeing local pool address %s"},
    [26] = {asa_form, SLICE("Address assigned"), VPN_UP, 0, 6,
            "IPAA: Session=%{session}, Client assigned from local pool %s|"
            "IPAA: Session=%{session}, Client assigned %s from local pool %{pool}|IPAA: "
            "[Session=%{session}, ]Client assigned %s from local pool[ %{pool}]"},
    [36] = {asa_form, SLICE("Address assigned"), VPN_UP, 0, 6,
            "IPAA: Session=%{session}, Client assigned %s from %{pool}"},
};

/* Who has which address. */
static const struct asa_kind kinds_746[] = {
    [12] = {asa_form, SLICE("User's address added"), AUTHENTICATION, 0, 5,
            "user-identity: Add IP-User mapping %s - %u %{result} - %r"},
    [13] = {asa_form, SLICE("User's address deleted"), AUTHENTICATION, 0, 5,
            "user-identity: Delete IP-User mapping %s - %u %{result} - %r"},
};

#define IKE2 ENDS " %r"
static const struct asa_kind kinds_750[] = {
    [1] = {asa_form, SLICE("IKEv2 request received"), VPN, UDP, 5, IKE2},
    [2] = {asa_form, SLICE("IKEv2 request received"), VPN, UDP, 5, IKE2},
    [3] = {asa_form, SLICE("IKEv2 negotiation aborted"), VPN_REFUSED, UDP, 4,
           ENDS " IKEv2 Negotiation aborted due to ERROR: %r|" ENDS
                " Negotiation aborted due to ERROR: %r|" IKE2},
    [4] = {asa_form, SLICE("IKEv2 cookie challenge"), VPN, UDP, 5, IKE2},
    [6] = {asa_form, SLICE("IKEv2 SA up"), VPN_UP, UDP, 5, ENDS " SA UP. Reason: %r|" IKE2},
    [7] = {asa_form, SLICE("IKEv2 SA down"), VPN, UDP, 5, ENDS " SA DOWN. Reason: %r|" IKE2},
    [8] = {asa_form, SLICE("IKEv2 refused, resources"), VPN_REFUSED, UDP, 5, IKE2},
    [9] = {asa_form, SLICE("IKEv2 refused, admission control"), VPN_REFUSED, UDP, 5, IKE2},
    [14] = {asa_form, SLICE("IKEv2 session aborted"), VPN, UDP, 4, IKE2},
};
static const struct asa_kind kinds_751[] = {
    [11] = {asa_form, SLICE("IKEv2 authentication failed"), LOGIN_FAILED, UDP, 3, IKE2},
    [25] = {asa_form, SLICE("IKEv2 address assigned"), VPN_UP, UDP, 5,
            ENDS
            " IKEv2 Group:%{group} IPv4 Address=%{assigned} IPv6 address=%{assigned6} assigned "
            "to session|" ENDS
            " Group:%{group} IPv4 Address=%{assigned} IPv6 address=%{assigned6} assigned to "
            "session"},
};
static const struct asa_kind kinds_767[] = {
    [1] = {asa_form, SLICE("Unsupported packet dropped"), REFUSED, 0, 6,
           "%{inspection}: Dropping an unsupported %x packet from %S to %D (%r)"},
};

/* Passwords. */
static const struct asa_kind kinds_772[] = {
    [2] = {asa_form, SLICE("Log-in with expired password"), AUTHENTICATION, 0, 3,
           "PASSWORD: %{session} login %{login}, user %u, IP %s, cause: %r|PASSWORD: %{session} "
           "login %{login}, user %u, cause: %r"},
    [3] = {asa_form, SLICE("Password expired"), LOGIN_FAILED, 0, 2,
           "PASSWORD: %{session} login %{login}, user %u, IP %s, cause: %r|PASSWORD: %{session} "
           "login %{login}, user %u, cause: %r"},
    [4] = {asa_form, SLICE("Password expired"), LOGIN_FAILED, 0, 3,
           "PASSWORD: %{session} login %{login}, user %u, IP %s, cause: %r|PASSWORD: %{session} "
           "login %{login}, user %u, cause: %r"},
    [5] = {asa_form, SLICE("Authenticated again"), LOGGED_IN, 0, 6,
           "REAUTH: user %u passed authentication"},
    [6] = {asa_form, SLICE("Authenticated again, failed"), LOGIN_FAILED, 0, 2,
           "REAUTH: user %u failed authentication"},
};

/* Scansafe. */
static const struct asa_kind kinds_775[] = {
    [1] = {asa_form, SLICE("Scansafe redirected"), NOTED, 0, 6,
           "Scansafe: %p connection %n from %S to %D redirected to %{server}"},
    [3] = {asa_form, SLICE("Scansafe let through"), NOTED, 0, 6,
           "Scansafe: %p connection %n from %S to %D %r"},
};
static const struct asa_kind kinds_801[] = {
    [1] = {asa_form, SLICE("UDP dropped"), DENIED, UDP, 6,
           "Dropping UDP from %s to %d on interface %i"},
    [2] = {asa_form, SLICE("TCP dropped"), DENIED, TCP, 6,
           "Dropping TCP from %s to %d %{tcp_flags} on interface %i"},
    [3] = {asa_form, SLICE("ICMP dropped"), DENIED, ICMP, 6,
           "Dropping ICMP type=%T, code=%C from %s to %d on interface %i"},
};

/* Flows handed to hardware. */
static const struct asa_kind kinds_805[] = {
    [1] = {asa_form, SLICE("Flow offloaded"), NOTED, 0, 6,
           "Offloaded %p Flow for connection %n from %S to %D"},
    [2] = {asa_form, SLICE("Flow no longer offloaded"), NOTED, 0, 6,
           "%p Flow is no longer offloaded for connection %n from %S to %D"},
    [3] = {asa_form, SLICE("Flow not offloaded"), NOTED, 0, 6,
           "%p Flow could not be offloaded for connection %n from %S to %D %r"},
};
static const struct asa_kind kinds_815[] = {
    [2] = {asa_form, SLICE("Object search limit exceeded"), DENIED, 0, 2,
           "Denied packet, hard limit, %{limit}, for object-group search exceeded for %p from %S "
           "to %D"},
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
    [104] = {LOOSE("Failover", SYSTEM), KINDS(104)},
    [105] = {LOOSE("Failover", SYSTEM), KINDS(105)},
    [106] = {LOOSE("Access list", NOTED), KINDS(106)},
    [107] = {LOOSE("Routing", SYSTEM), NONE},
    [108] = {LOOSE("Mail inspection", NOTED), KINDS(108)},
    [109] = {LOOSE("User authentication", AUTHENTICATION), KINDS(109)},
    [110] = {LOOSE("Routing", NOTED), KINDS(110)},
    [111] = {LOOSE("Management", CONFIGURED), KINDS(111)},
    [112] = {LOOSE("Management", CONFIGURED), NONE},
    [113] = {LOOSE("AAA", AUTHENTICATION), KINDS(113)},
    [114] = {LOOSE("Module", SYSTEM), NONE},
    [115] = {LOOSE("System", SYSTEM), NONE},
    [120] = {LOOSE("Smart Call Home", SYSTEM), NONE},
    [121] = {LOOSE("Telemetry", SYSTEM), NONE},
    [199] = {LOOSE("System", SYSTEM), KINDS(199)},
    [201] = {LOOSE("Connection limits", NOTED), KINDS(201)},
    [202] = {LOOSE("Translation limits", NOTED), KINDS(202)},
    [208] = {LOOSE("System", SYSTEM), NONE},
    [209] = {LOOSE("Fragments", NOTED), KINDS(209)},
    [210] = {LOOSE("Failover", SYSTEM), NONE},
    [211] = {LOOSE("Memory", SYSTEM), NONE},
    [212] = {LOOSE("SNMP", SYSTEM), KINDS(212)},
    [213] = {LOOSE("PPTP", VPN), NONE},
    [214] = {LOOSE("Management", SYSTEM), NONE},
    [215] = {LOOSE("System", SYSTEM), NONE},
    [216] = {LOOSE("System", SYSTEM), NONE},
    [217] = {LOOSE("Memory", SYSTEM), NONE},
    [218] = {LOOSE("Hardware", SYSTEM), NONE},
    [219] = {LOOSE("Hardware", SYSTEM), NONE},
    [302] = {LOOSE("Connection", NOTED), KINDS(302)},
    [303] = {LOOSE("FTP", NOTED), KINDS(303)},
    [304] = {LOOSE("URL filtering", WEB), KINDS(304)},
    [305] = {LOOSE("Translation", NATTING), KINDS(305)},
    [308] = {LOOSE("Management", AUTHENTICATION), KINDS(308)},
    [311] = {LOOSE("Failover", SYSTEM), NONE},
    [312] = {LOOSE("RIP", SYSTEM), NONE},
    [313] = {LOOSE("ICMP", NOTED), KINDS(313)},
    [314] = {LOOSE("RTSP", NOTED), KINDS(314)},
    [315] = {LOOSE("SSH", AUTHENTICATION), KINDS(315)},
    [316] = {LOOSE("VPN limits", VPN), KINDS(316)},
    [317] = {LOOSE("Routing", SYSTEM), KINDS(317)},
    [318] = {LOOSE("OSPF", SYSTEM), NONE},
    [319] = {LOOSE("Routing", SYSTEM), NONE},
    [320] = {LOOSE("Certificates", VPN), NONE},
    [321] = {LOOSE("Resources", SYSTEM), KINDS(321)},
    [322] = {LOOSE("ARP inspection", NOTED), KINDS(322)},
    [323] = {LOOSE("Module", SYSTEM), NONE},
    [324] = {LOOSE("GTP", NOTED), KINDS(324)},
    [325] = {LOOSE("IPv6", SYSTEM), KINDS(325)},
    [326] = {LOOSE("Multicast", SYSTEM), NONE},
    [327] = {LOOSE("IP SLA", SYSTEM), NONE},
    [328] = {LOOSE("System", SYSTEM), NONE},
    [329] = {LOOSE("System", SYSTEM), NONE},
    [331] = {LOOSE("Dynamic DNS", SYSTEM), NONE},
    [332] = {LOOSE("Cache service", SYSTEM), NONE},
    [333] = {LOOSE("NAC", AUTHENTICATION), NONE},
    [334] = {LOOSE("NAC", AUTHENTICATION), NONE},
    [335] = {LOOSE("NAC", AUTHENTICATION), NONE},
    [336] = {LOOSE("EIGRP", SYSTEM), NONE},
    [337] = {LOOSE("BFD", SYSTEM), NONE},
    [338] = {LOOSE("Botnet traffic filter", SYSTEM), KINDS(338)},
    [339] = {LOOSE("Umbrella", SYSTEM), NONE},
    [340] = {LOOSE("Vnet proxy", SYSTEM), NONE},
    [341] = {LOOSE("Policy agent", SYSTEM), NONE},
    [342] = {LOOSE("REST API", SYSTEM), NONE},
    [400] = {{asa_form, SLICE("Intrusion signature"), THREAT, 0, 4,
              "IDS:%{signature} %h from %s to %d on interface %i|"
              "IPS:%{signature} %h from %s to %d on interface %i"},
             NONE},
    [401] = {LOOSE("Shun", NOTED), KINDS(401)},
    [402] = {LOOSE("IPsec", VPN), KINDS(402)},
    [403] = {LOOSE("PPP", VPN), NONE},
    [404] = {LOOSE("ISAKMP", VPN), NONE},
    [405] = {LOOSE("ARP", SYSTEM), KINDS(405)},
    [406] = {LOOSE("FTP inspection", NOTED), KINDS(406)},
    [407] = {LOOSE("Host limits", NOTED), KINDS(407)},
    [408] = {LOOSE("Routing", SYSTEM), NONE},
    [409] = {LOOSE("OSPF", SYSTEM), KINDS(409)},
    [410] = {LOOSE("DNS inspection", NOTED), KINDS(410)},
    [411] = {LOOSE("Interface", SYSTEM), KINDS(411)},
    [412] = {LOOSE("MAC table", SYSTEM), KINDS(412)},
    [413] = {LOOSE("Module", SYSTEM), NONE},
    [414] = {LOOSE("Logging", SYSTEM), KINDS(414)},
    [415] = {{asa_form, SLICE("HTTP inspection"), WEB, TCP, 5,
              "[HTTP - ]matched %{matched} in policy-map %l, %{part} matched %a from %S to %D|"
              "[HTTP - ]matched %{matched} in policy-map %l, %{part} exceeded %a from %S to %D|"
              "[HTTP - ]matched %{matched} in policy-map %l, %{part} failed %a from %S to %D|"
              "[HTTP - ]policy-map %l:%{part} exceeded %a from %S to %D|"
              "[HTTP - ]policy-map %l:%{part} violation %a from %S to %D"},
             NONE},
    [416] = {LOOSE("SNMP inspection", NOTED), KINDS(416)},
    [417] = {LOOSE("Inspection", NOTED), NONE},
    [418] = {LOOSE("BGP", SYSTEM), KINDS(418)},
    [419] = {LOOSE("TCP", NOTED), KINDS(419)},
    [420] = {LOOSE("IPS module", NOTED), KINDS(420)},
    [421] = {LOOSE("CSC module", NOTED), KINDS(421)},
    [422] = {LOOSE("IP SLA", SYSTEM), NONE},
    [423] = {{asa_form, SLICE("NetBIOS inspection"), NOTED, UDP, 4,
              "%a NBNS %{packet} with %r from %S to %D|%a NBDGM %{packet} with %r from %S to %D"},
             NONE},
    [424] = {LOOSE("Backup interface", NOTED), KINDS(424)},
    [425] = {LOOSE("Redundant interface", SYSTEM), NONE},
    [426] = {{asa_form, SLICE("Port channel"), SYSTEM, 0, 6,
              "PORT-CHANNEL:Interface %i %{change} EtherChannel interface %I"},
             NONE},
    [427] = {LOOSE("Module", SYSTEM), NONE},
    [428] = {LOOSE("WAAS", NOTED), NONE},
    [429] = {LOOSE("CX module", NOTED), KINDS(429)},
    [431] = {LOOSE("RTP inspection", NOTED), KINDS(431)},
    [434] = {LOOSE("SFR module", NOTED), KINDS(434)},
    [444] = {LOOSE("License", SYSTEM), NONE},
    [445] = {LOOSE("System", SYSTEM), NONE},
    [446] = {LOOSE("TLS proxy", NOTED), KINDS(446)},
    [447] = {LOOSE("System", SYSTEM), NONE},
    [448] = {LOOSE("SRTP", NOTED), KINDS(448)},
    [450] = {LOOSE("Host limits", NOTED), KINDS(450)},
    [500] = {LOOSE("TCP", NOTED), KINDS(500)},
    [501] = {LOOSE("Management", SYSTEM), NONE},
    [502] = {LOOSE("Accounts", CONFIGURED), KINDS(502)},
    [503] = {LOOSE("OSPF", SYSTEM), KINDS(503)},
    [504] = {LOOSE("Context", SYSTEM), NONE},
    [505] = {LOOSE("Module", SYSTEM), NONE},
    [506] = {LOOSE("Event source", SYSTEM), NONE},
    [507] = {LOOSE("Inspection", NOTED), KINDS(507)},
    [508] = {LOOSE("DCERPC inspection", NOTED), KINDS(508)},
    [509] = {LOOSE("Forwarding", NOTED), KINDS(509)},
    [520] = {LOOSE("System", SYSTEM), NONE},
    [602] = {LOOSE("IPsec", VPN), KINDS(602)},
    [603] = {LOOSE("PPTP and PPPoE", VPN), KINDS(603)},
    [604] = {LOOSE("DHCP", LEASED), KINDS(604)},
    [605] = {LOOSE("Management log-in", AUTHENTICATION), KINDS(605)},
    [606] = {LOOSE("ASDM", AUTHENTICATION), KINDS(606)},
    [607] = {LOOSE("SIP", NOTED), KINDS(607)},
    [608] = {LOOSE("Skinny", NOTED), KINDS(608)},
    [609] = {LOOSE("Local host", NOTED), KINDS(609)},
    [610] = {LOOSE("NTP", SYSTEM), KINDS(610)},
    [611] = {LOOSE("User authentication", AUTHENTICATION), KINDS(611)},
    [612] = {LOOSE("Auto update", SYSTEM), NONE},
    [613] = {LOOSE("OSPF", SYSTEM), NONE},
    [614] = {LOOSE("Split DNS", SYSTEM), NONE},
    [615] = {LOOSE("VLAN", SYSTEM), NONE},
    [616] = {LOOSE("MGCP", NOTED), NONE},
    [617] = {LOOSE("GTP", NOTED), NONE},
    [618] = {LOOSE("STUN", NOTED), KINDS(618)},
    [620] = {LOOSE("CTIQBE", NOTED), NONE},
    [621] = {LOOSE("Multicast", SYSTEM), NONE},
    [622] = {LOOSE("Track", SYSTEM), KINDS(622)},
    [634] = {LOOSE("Dynamic access policy", VPN), KINDS(634)},
    [701] = {LOOSE("System", SYSTEM), NONE},
    [702] = {LOOSE("IPsec", VPN), KINDS(702)},
    [703] = {LOOSE("H.323", NOTED), NONE},
    [709] = {LOOSE("Failover", SYSTEM), NONE},
    [710] = {LOOSE("Access to the device", NOTED), KINDS(710)},
    [711] = {LOOSE("System", SYSTEM), NONE},
    [713] = {LOOSE("IKE", VPN), KINDS(713)},
    [714] = {LOOSE("IKE", VPN), NONE},
    [715] = {LOOSE("IKE", VPN), NONE},
    [716] = {{asa_form, SLICE("WebVPN"), VPN, 0, 6, MEMBER}, KINDS(716)},
    [717] = {LOOSE("Certificates", VPN), KINDS(717)},
    [718] = {LOOSE("VPN load balancing", VPN), NONE},
    [719] = {LOOSE("Mail proxy", VPN), KINDS(719)},
    [720] = {LOOSE("VPN failover", VPN), NONE},
    [721] = {LOOSE("WebVPN failover", VPN), KINDS(721)},
    [722] = {{asa_form, SLICE("AnyConnect"), VPN, 0, 6, MEMBER}, KINDS(722)},
    [723] = {{asa_form, SLICE("Citrix"), VPN, 0, 6, MEMBER}, NONE},
    [724] = {{asa_form, SLICE("WebVPN"), VPN, 0, 6, MEMBER}, NONE},
    [725] = {LOOSE("SSL", VPN), KINDS(725)},
    [726] = {LOOSE("Inspection", NOTED), NONE},
    [730] = {{asa_form, SLICE("VLAN"), VPN, 0, 6, "Group %{group}, User %u, IP %s[,][:] %r"}, NONE},
    [731] = {LOOSE("NAC", AUTHENTICATION), NONE},
    [732] = {{asa_form, SLICE("NAC"), AUTHENTICATION, 0, 6,
              "Group %{group}, User %u, IP %s[,][:] %r"},
             NONE},
    [733] = {LOOSE("Threat detection", SYSTEM), KINDS(733)},
    [734] = {LOOSE("Dynamic access policy", VPN), KINDS(734)},
    [735] = {LOOSE("Environment", SYSTEM), NONE},
    [736] = {LOOSE("System", SYSTEM), NONE},
    [737] = {LOOSE("Address assignment", VPN), KINDS(737)},
    [741] = {LOOSE("Coredump", SYSTEM), NONE},
    [742] = {LOOSE("Password encryption", SYSTEM), NONE},
    [743] = {LOOSE("System", SYSTEM), NONE},
    [746] = {LOOSE("User identity", AUTHENTICATION), KINDS(746)},
    [747] = {LOOSE("Cluster", SYSTEM), NONE},
    [748] = {LOOSE("Cluster", SYSTEM), NONE},
    [750] = {{asa_form, SLICE("IKEv2"), VPN, UDP, 5, IKE2}, KINDS(750)},
    [751] = {{asa_form, SLICE("IKEv2"), VPN, UDP, 4, IKE2}, KINDS(751)},
    [752] = {LOOSE("Tunnel manager", VPN), NONE},
    [753] = {LOOSE("IKEv2", VPN), NONE},
    [767] = {LOOSE("Inspection", SYSTEM), KINDS(767)},
    [768] = {LOOSE("Resources", SYSTEM), NONE},
    [769] = {LOOSE("Update", SYSTEM), NONE},
    [770] = {LOOSE("Resources", SYSTEM), NONE},
    [771] = {LOOSE("Clock", SYSTEM), NONE},
    [772] = {LOOSE("Password", AUTHENTICATION), KINDS(772)},
    [774] = {LOOSE("POST", SYSTEM), NONE},
    [775] = {LOOSE("Scansafe", NOTED), KINDS(775)},
    [776] = {LOOSE("TrustSec", SYSTEM), NONE},
    [778] = {LOOSE("VXLAN", SYSTEM), NONE},
    [779] = {LOOSE("STS", NOTED), NONE},
    [780] = {LOOSE("Rule engine", SYSTEM), NONE},
    [785] = {LOOSE("Cluster", NOTED), NONE},
    [801] = {LOOSE("Inspection", NOTED), KINDS(801)},
    [802] = {LOOSE("Mobile devices", SYSTEM), NONE},
    [803] = {LOOSE("Hardware bypass", SYSTEM), NONE},
    [804] = {LOOSE("Interface", SYSTEM), NONE},
    [805] = {LOOSE("Flow offload", NOTED), KINDS(805)},
    [806] = {LOOSE("Alarm", SYSTEM), NONE},
    [812] = {LOOSE("Inline pair", SYSTEM), NONE},
    [815] = {LOOSE("Object groups", SYSTEM), KINDS(815)},
    [840] = {LOOSE("IKEv2", VPN), NONE},
    [850] = {LOOSE("Snort", SYSTEM), NONE},
    [852] = {LOOSE("Snort", NOTED), NONE},
    [861] = {LOOSE("Application visibility", SYSTEM), NONE},
    [870] = {LOOSE("Policy routing", SYSTEM), NONE},
    [880] = {LOOSE("Policy routing", SYSTEM), NONE},
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
