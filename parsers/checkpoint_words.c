/*
 * What Check Point's words mean: action words of all blades, severities, and the blades' own names.
 * A word without a row says nothing; it stays in the record as event_id, product or extra.
 */
#include "parsers/checkpoint.h"

#define NONE CHECKPOINT_NONE

static const struct checkpoint_verdict verdicts[] = {
    {SLICE("Accept"), ACTION_ALLOW, NONE, NONE, 2},
    {SLICE("Drop"), ACTION_DROP, NONE, NONE, 4},
    {SLICE("Reject"), ACTION_RESET, NONE, NONE, 4},
    {SLICE("Allow"), ACTION_ALLOW, NONE, NONE, 2},
    {SLICE("Permit"), ACTION_ALLOW, NONE, NONE, 2},
    {SLICE("Pass"), ACTION_ALLOW, NONE, NONE, 2},
    {SLICE("Deny"), ACTION_DENY, NONE, NONE, 4},
    {SLICE("Encrypt"), ACTION_ALLOW, NONE, NONE, 2},
    {SLICE("Decrypt"), ACTION_ALLOW, NONE, NONE, 2},
    {SLICE("VPN Routing"), ACTION_ALLOW, NONE, NONE, 2},
    {SLICE("Bypass"), ACTION_ALLOW, NONE, NONE, 2},
    {SLICE("HTTPS Bypass"), ACTION_ALLOW, NONE, NONE, 2},
    {SLICE("HTTPS Inspect"), ACTION_ALLOW, NONE, NONE, 2},
    {SLICE("Inspect"), ACTION_ALLOW, NONE, NONE, 2},
    {SLICE("Redirect"), ACTION_ALLOW, NONE, NONE, 2},
    {SLICE("Inform User"), ACTION_ALLOW, NONE, NONE, 2},
    {SLICE("Detect"), ACTION_ALERT, NONE, NONE, 5},
    {SLICE("Monitor"), ACTION_ALERT, NONE, NONE, 5},
    {SLICE("Monitored"), ACTION_ALERT, NONE, NONE, 5},
    {SLICE("Flag"), ACTION_ALERT, NONE, NONE, 5},
    {SLICE("Block"), ACTION_DENY, NONE, NONE, 6},
    {SLICE("Prevent"), ACTION_DENY, NONE, NONE, 6},
    {SLICE("Quarantine"), ACTION_DENY, NONE, NONE, 6},
    {SLICE("Ask User"), ACTION_DENY, NONE, NONE, 4},
    {SLICE("Replace Malicious code"), ACTION_DENY, NONE, NONE, 6},
    {SLICE("Dropped"), ACTION_DROP, NONE, NONE, 4},
    {SLICE("Blocked"), ACTION_DENY, NONE, NONE, 6},
    {SLICE("Detected"), ACTION_ALERT, NONE, NONE, 5},
    {SLICE("Prevented"), ACTION_DENY, NONE, NONE, 6},
    {SLICE("IP Changed"), NONE, CATEGORY_AUTHENTICATION, NONE, 2},
    {SLICE("keyinst"), NONE, CATEGORY_VPN, NONE, 2},
    {SLICE("ctl"), NONE, CATEGORY_SYSTEM, NONE, 2},
    {SLICE("Key Install"), NONE, CATEGORY_VPN, NONE, 2},
    {SLICE("Log In"), NONE, CATEGORY_AUTHENTICATION, OUTCOME_SUCCESS, 2},
    {SLICE("Login"), NONE, CATEGORY_AUTHENTICATION, OUTCOME_SUCCESS, 2},
    {SLICE("Log Out"), NONE, CATEGORY_AUTHENTICATION, OUTCOME_SUCCESS, 2},
    {SLICE("Logout"), NONE, CATEGORY_AUTHENTICATION, OUTCOME_SUCCESS, 2},
    {SLICE("Failed Login"), NONE, CATEGORY_AUTHENTICATION, OUTCOME_FAILURE, 5},
    {SLICE("Failed Log In"), NONE, CATEGORY_AUTHENTICATION, OUTCOME_FAILURE, 5},
    {SLICE("authcrypt"), NONE, CATEGORY_AUTHENTICATION, OUTCOME_SUCCESS, 2}, /* as fw log has it */
    {SLICE("authcrypt_failed"), NONE, CATEGORY_AUTHENTICATION, OUTCOME_FAILURE, 5},
    {SLICE("Authorize"), NONE, CATEGORY_AUTHENTICATION, OUTCOME_SUCCESS, 2},
    {SLICE("Deauthorize"), NONE, CATEGORY_AUTHENTICATION, OUTCOME_SUCCESS, 2},
    {SLICE("Update"), NONE, CATEGORY_AUTHENTICATION, NONE, 2},
};

static const struct checkpoint_verdict no_verdict = {SLICE(""), NONE, NONE, NONE, 2};

/* Check Point's severities, words and numbers, on our scale. */
static const struct {
    struct slice word;
    uint8_t severity;
} severities[] = {
    {SLICE("Informational"), 2},
    {SLICE("Low"), 3},
    {SLICE("Medium"), 5},
    {SLICE("High"), 8},
    {SLICE("Critical"), 10},
    {SLICE("Very-High"), 10},
    {SLICE("Very High"), 10},
    {SLICE("0"), 2},
    {SLICE("1"), 3},
    {SLICE("2"), 5},
    {SLICE("3"), 8},
    {SLICE("4"), 10},
};

/* The blades whose messages are not about connections as such; the others: as their keys say. */
static const struct {
    struct slice name;
    uint8_t category;
} products[] = {
    {SLICE("IPS"), CATEGORY_THREAT},
    {SLICE("SmartDefense"), CATEGORY_THREAT},
    {SLICE("Anti Malware"), CATEGORY_THREAT},
    {SLICE("Anti-Malware"), CATEGORY_THREAT},
    {SLICE("New Anti Virus"), CATEGORY_THREAT},
    {SLICE("Anti Virus"), CATEGORY_THREAT},
    {SLICE("Anti-Virus"), CATEGORY_THREAT},
    {SLICE("Anti Bot"), CATEGORY_THREAT},
    {SLICE("Anti-Bot"), CATEGORY_THREAT},
    {SLICE("Anti Phishing"), CATEGORY_THREAT},
    {SLICE("Zero Phishing"), CATEGORY_THREAT},
    {SLICE("Anti-Ransomware"), CATEGORY_THREAT},
    {SLICE("Anti-Exploit"), CATEGORY_THREAT},
    {SLICE("Anti-Spam and Email Security"), CATEGORY_THREAT},
    {SLICE("Threat Emulation"), CATEGORY_THREAT},
    {SLICE("Threat Extraction"), CATEGORY_THREAT},
    {SLICE("Forensics"), CATEGORY_THREAT},
    {SLICE("DDoS Protector"), CATEGORY_THREAT},
    {SLICE("DLP"), CATEGORY_THREAT},
    {SLICE("Malware"), CATEGORY_THREAT},
    {SLICE("MTA"), CATEGORY_THREAT},
    {SLICE("Endpoint Anti-Malware"), CATEGORY_THREAT},
    {SLICE("SmartConsole"), CATEGORY_CONFIGURATION},
    {SLICE("SmartDashboard"), CATEGORY_CONFIGURATION},
    {SLICE("SmartUpdate"), CATEGORY_CONFIGURATION},
    {SLICE("WEB_API"), CATEGORY_CONFIGURATION},
    {SLICE("WEB-UI"), CATEGORY_CONFIGURATION},
    {SLICE("CPMI Client"), CATEGORY_CONFIGURATION},
    {SLICE("Database Tool"), CATEGORY_CONFIGURATION},
    {SLICE("Security Management Server"), CATEGORY_CONFIGURATION},
    {SLICE("System Monitor"), CATEGORY_SYSTEM},
    {SLICE("Linux OS"), CATEGORY_SYSTEM},
    {SLICE("Identity Awareness"), CATEGORY_AUTHENTICATION},
    {SLICE("Mobile Access"), CATEGORY_AUTHENTICATION},
    {SLICE("Connectra"), CATEGORY_AUTHENTICATION},
};

/* Services as SmartConsole predefines them, which fw log and older gateways print for the port. */
static const struct {
    struct slice name;
    uint16_t port;
} services[] = {
    {SLICE("http"), 80},
    {SLICE("https"), 443},
    {SLICE("ssh"), 22},
    {SLICE("telnet"), 23},
    {SLICE("ftp"), 21},
    {SLICE("ftp-data"), 20},
    {SLICE("smtp"), 25},
    {SLICE("domain-udp"), 53},
    {SLICE("domain-tcp"), 53},
    {SLICE("dns"), 53},
    {SLICE("ntp-udp"), 123},
    {SLICE("ntp-tcp"), 123},
    {SLICE("snmp"), 161},
    {SLICE("snmp-trap"), 162},
    {SLICE("syslog"), 514},
    {SLICE("tftp"), 69},
    {SLICE("pop-3"), 110},
    {SLICE("imap"), 143},
    {SLICE("ldap"), 389},
    {SLICE("ldap-ssl"), 636},
    {SLICE("nbname"), 137},
    {SLICE("nbdatagram"), 138},
    {SLICE("nbsession"), 139},
    {SLICE("microsoft-ds"), 445},
    {SLICE("MS-SQL-Server"), 1433},
    {SLICE("MS-SQL-Monitor"), 1434},
    {SLICE("Remote_Desktop_Protocol"), 3389},
    {SLICE("IKE"), 500},
    {SLICE("IKE_NAT_TRAVERSAL"), 4500},
    {SLICE("HTTP_proxy"), 8080},
    {SLICE("bootp"), 67},
    {SLICE("ident"), 113},
    {SLICE("RADIUS"), 1645},
    {SLICE("NEW-RADIUS"), 1812},
    {SLICE("TACACSplus"), 49},
    {SLICE("FW1_log"), 257},
    {SLICE("FW1_ica_services"), 18264},
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* The searches are apart from what most messages have, which then needs no stack. */
__attribute__((noinline)) static const struct checkpoint_verdict *find_verdict(struct slice word)
{
    for (size_t i = 0; i < COUNT(verdicts); i++)
        if (slice_equals(word, verdicts[i].word))
            return &verdicts[i];
    for (size_t i = 0; word.len && i < COUNT(verdicts); i++) /* fw log prints them small */
        if (slice_is_nocase(word, verdicts[i].word.ptr))
            return &verdicts[i];
    return &no_verdict;
}

const struct checkpoint_verdict *checkpoint_verdict(struct slice word)
{
    return slice_is(word, "Accept") ? &verdicts[0] : find_verdict(word);
}

int checkpoint_severity(struct slice word)
{
    for (size_t i = 0; word.len && i < COUNT(severities); i++)
        if (slice_equals(word, severities[i].word))
            return severities[i].severity;
    return -1;
}

int checkpoint_service(struct slice name)
{
    for (size_t i = 0; i < COUNT(services); i++)
        if (slice_equals(name, services[i].name))
            return services[i].port;
    return -1;
}

__attribute__((noinline)) static int find_category(struct slice blade)
{
    for (size_t i = 0; blade.len && i < COUNT(products); i++)
        if (slice_equals(blade, products[i].name))
            return products[i].category;
    return -1;
}

int checkpoint_category(struct slice blade)
{
    return slice_is(blade, "VPN-1 & FireWall-1") ? -1 : find_category(blade);
}
