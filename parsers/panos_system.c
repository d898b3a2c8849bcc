/*
 * SYSTEM logs say most of what they say in a sentence. Of those about log-ins it names the user,
 * where he came from and why he was refused:
 *
 *   failed authentication for user 'eve'.  Reason: Invalid username/password. From: 192.0.2.66.
 *   authenticated for user 'admin'.   From: 10.1.0.5.
 *   User admin logged in via Web from 10.1.0.5 using https
 *   GlobalProtect portal user authentication failed. Login from: 192.0.2.66, Source region: US,
 *     User name: eve, Reason: Authentication failed: Invalid username or password, Auth type: profile
 */
#include "parsers/panos_meaning.h"

#define COUNT(table) (sizeof(table) / sizeof(table[0]))

/* The subtype names the daemon; the rest is CATEGORY_SYSTEM. */
static const struct {
    struct slice subtype;
    uint8_t category;
} daemons[] = {
    {SLICE("auth"), CATEGORY_AUTHENTICATION},
    {SLICE("userid"), CATEGORY_AUTHENTICATION},
    {SLICE("vpn"), CATEGORY_VPN},
    {SLICE("globalprotect"), CATEGORY_VPN},
    {SLICE("global-protect"), CATEGORY_VPN},
    {SLICE("sslvpn"), CATEGORY_VPN},
    {SLICE("ras"), CATEGORY_VPN},
    {SLICE("satd"), CATEGORY_VPN},
    {SLICE("dhcp"), CATEGORY_DHCP},
    {SLICE("dnsproxy"), CATEGORY_DNS},
    {SLICE("nat"), CATEGORY_NAT},
};

/* What stands in front of a value, and where the value ends: at the first of the stops that is
 * there, a blank after it included, else at the end. Of rows for one field the first counts. */
static const struct {
    const char *before;
    const char *stops[3];
    enum record_field field;
} phrases[] = {
    {"for user '", {"'"}, FIELD_src_user},
    {"authentication for user ", {"'", ". ", " from "}, FIELD_src_user},
    {"authenticated for user ", {"'", ". ", " from "}, FIELD_src_user},
    {"authenticating user '", {"'"}, FIELD_src_user},
    {"authenticating user ", {" from "}, FIELD_src_user},
    {"User name: ", {","}, FIELD_src_user},
    {"User ", {" logged "}, FIELD_src_user},
    {"Session for user ", {" via "}, FIELD_src_user},
    {"From: ", {",", " "}, FIELD_src_ip},
    {"Login from: ", {","}, FIELD_src_ip},
    {" from '", {"'"}, FIELD_src_ip},
    {" from ", {",", " "}, FIELD_src_ip},
    {"peer IP ", {"[", " "}, FIELD_src_ip},
    {" ip ", {" "}, FIELD_src_ip}, /* DHCP lease started ip 10.1.20.55 --> mac ... - hostname pc */
    {"--> mac ", {" "}, FIELD_src_mac},
    {"- hostname ", {","}, FIELD_src_host},
    {"Commit job succeeded for user ", {". ", " "}, FIELD_src_user},
    {"Commit job failed for user ", {". ", " "}, FIELD_src_user},
    {"Reason: ", {". From: ", ", Auth type: ", ". auth profile "}, FIELD_reason},
};

static void read_sentence(struct record *out, struct slice text)
{
    for (size_t i = 0; i < COUNT(phrases); i++) {
        if (out->has >> phrases[i].field & 1)
            continue;
        struct slice value = slice_behind(text, phrases[i].before, phrases[i].stops);
        if (slice_ends(value, ".")) /* the sentence's */
            value.len--;
        if (value.len)
            record_put(out, phrases[i].field, value);
    }
}

void panos_finish_system(struct record *out, struct slice subtype)
{
    struct slice event = panos_kept(out, "event_id");
    struct slice text = RECORD_HAS(out, message) ? out->message : SLICE_NONE;
    bool logged = slice_find_text(text, " logged in via ") < text.len ||
                  slice_find_text(text, " logged out via ") < text.len ||
                  slice_starts(text, "Session for user ");

    for (size_t i = 0; i < COUNT(daemons); i++)
        if (slice_equals(daemons[i].subtype, subtype))
            record_set_category(out, daemons[i].category);
    if (logged || slice_find_text(event, "auth") < event.len)
        record_set_category(out, CATEGORY_AUTHENTICATION);
    panos_outcome(out, event);
    if (logged)
        record_set_outcome(out, OUTCOME_SUCCESS);
    if (slice_starts(text, "Commit job ")) {
        record_set_category(out, CATEGORY_CONFIGURATION);
        panos_outcome(out, text);
    }
    const unsigned told = 1u << CATEGORY_AUTHENTICATION | 1u << CATEGORY_VPN | 1u << CATEGORY_DHCP |
                          1u << CATEGORY_CONFIGURATION;
    if (told >> out->category & 1)
        read_sentence(out, text);
}
