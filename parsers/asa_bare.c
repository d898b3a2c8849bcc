/*
 * ASA messages whose mark was lost on the way: a relay or a collector that has read "%ASA-6-302013: "
 * hands on the text alone. The most frequent kinds begin in a way of their own, by which their id is
 * found again.
 */
#include "parsers/asa.h"

struct bare {
    unsigned id;
    const char *first, *then; /* how the text begins, and what stands further on */
};

#define ROWS(...)                                                                                  \
    (const struct bare[])                                                                          \
    {                                                                                              \
        __VA_ARGS__,                                                                               \
        {                                                                                          \
            0, NULL, NULL                                                                          \
        }                                                                                          \
    }

/* By what all rows of a group begin with. Of a group the first row that fits counts. */
static const struct {
    struct slice word;
    const struct bare *rows;
} groups[] = {
    {SLICE("Built "),
     ROWS({302013, "inbound TCP connection ", " for "},
          {302013, "outbound TCP connection ", " for "},
          {302015, "inbound UDP connection ", " for "},
          {302015, "outbound UDP connection ", " for "},
          {302017, "inbound GRE connection ", " from "},
          {302017, "outbound GRE connection ", " from "},
          {302020, "inbound ICMP connection for faddr ", " laddr "},
          {302020, "outbound ICMP connection for faddr ", " laddr "},
          {305009, "dynamic translation from ", " to "},
          {305009, "static translation from ", " to "}, {305011, "dynamic ", " translation from "},
          {305011, "static ", " translation from "}, {609001, "local-host ", ":"})},
    {SLICE("Teardown "),
     ROWS({302014, "TCP connection ", " bytes "}, {302016, "UDP connection ", " bytes "},
          {302018, "GRE connection ", " duration "},
          {302021, "ICMP connection for faddr ", " laddr "},
          {305010, "dynamic translation from ", " duration "},
          {305010, "static translation from ", " duration "},
          {305012, "dynamic ", " translation from "}, {305012, "static ", " translation from "},
          {609002, "local-host ", " duration "})},
    {SLICE("Deny "),
     ROWS({106007, "inbound UDP from ", " due to DNS "},
          {106006, "inbound UDP from ", " on interface "}, {106014, "inbound icmp src ", " dst "},
          {106010, "inbound protocol ", " src "}, {106011, "inbound (No xlate) ", " src "},
          {106015, "TCP (no connection) from ", " to "}, {106016, "IP spoof from ", " to "},
          {106017, "IP due to Land Attack from ", " to "}, {106012, "IP from ", ", IP options"},
          {106021, "", " reverse path check from "}, {106027, "src ", " by access-group "},
          {106023, "", " by access-group "})},
    {SLICE("Denied "),
     ROWS({313004, "ICMP type=", ": no matching session"}, {313001, "ICMP type=", " on interface "},
          {313008, "IPv6-ICMP type=", " on interface "})},
    {SLICE("Inbound "), ROWS({106001, "TCP connection denied from ", " flags "})},
    {SLICE("access-list "), ROWS({106102, "", " for user "}, {106100, "", " -> "})},
    {SLICE("No matching "), ROWS({313005, "connection for ICMP error message: ", " src "})},
    {SLICE("Asymmetric "), ROWS({305013, "NAT rules matched for ", " src "})},
    {SLICE("TCP "), ROWS({710002, "access permitted from ", " to "},
                         {710003, "access denied by ACL from ", " to "},
                         {710005, "request discarded from ", " to "})},
    {SLICE("UDP "), ROWS({710002, "access permitted from ", " to "},
                         {710003, "access denied by ACL from ", " to "},
                         {710005, "request discarded from ", " to "})},
    {SLICE("AAA "), ROWS({113012, "user authentication Successful", " local database "},
                         {113015, "user authentication Rejected", " local database "},
                         {113004, "user ", " Successful"}, {113005, "user ", " Rejected"},
                         {113008, "transaction status ACCEPT", " user ="})},
    {SLICE("Login "),
     ROWS({605004, "denied from ", " for user "}, {605005, "permitted from ", " for user "})},
    {SLICE("User "),
     ROWS({111008, "'", "' executed the '"}, {111009, "'", "' executed cmd: "},
          {111010, "'", "', running '"}, {611101, "authentication succeeded: ", ", Uname: "},
          {611102, "authentication failed: ", ", Uname: "})},
    {SLICE("Group = "), ROWS({113019, "", ", Session disconnected. "})},
    {SLICE("Group <"),
     ROWS({113039, "", "> AnyConnect parent session started"},
          {716001, "", "> WebVPN session started"}, {716002, "", "> WebVPN session terminated"},
          {716038, "", "> Authentication: successful"}, {716039, "", "> Authentication: rejected"},
          {716058, "", "> AnyConnect session lost connection"},
          {716059, "", "> AnyConnect session resumed"}, {722011, "", "> SVC Message: 17/"},
          {722012, "", "> SVC Message: 16/"}, {722022, "", " SVC connection established with"},
          {722023, "", " SVC connection terminated with"},
          {722028, "", "> Stale SVC connection closed"},
          {722032, "", " SVC connection replacing old connection"},
          {722033, "", " SVC connection established for SVC session"},
          {722034, "", " SVC connection, no existing connection"},
          {722037, "", "> SVC closing connection"}, {722051, "", " assigned to session"},
          {722055, "", "> Client Type: "})},
    {SLICE("TunnelGroup <"), ROWS({722041, "", "> No IPv6 address available for SVC connection"})},
    {SLICE("Starting "), ROWS({725001, "SSL handshake with ", ":"})},
    {SLICE("Device "), ROWS({725002, "completed SSL handshake with ", ":"},
                            {725006, "failed SSL handshake with ", ":"})},
    {SLICE("SSL session "), ROWS({725007, "with ", " terminated"})},
};

unsigned asa_bare(struct slice body)
{
    /* All begin with a capital, or access-list: other vendors' texts are told apart at once. */
    if (body.len <= 32 || ((unsigned)(body.ptr[0] - 'A') > 'Z' - 'A' && body.ptr[0] != 'a'))
        return 0;
    for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
        const struct slice word = groups[i].word;
        if (body.ptr[0] != word.ptr[0] || memcmp(body.ptr, word.ptr, word.len) != 0)
            continue;
        struct slice text = slice_from(body, word.len);
        for (const struct bare *row = groups[i].rows; row->id; row++)
            if (slice_starts(text, row->first) && slice_find_text(text, row->then) < text.len)
                return row->id;
    }
    return 0;
}
