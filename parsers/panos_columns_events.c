/*
 * The columns of PAN-OS logs about events, type by type, in the order the vendor's
 * administrator guide lists them under "Syslog Field Descriptions" (releases 8.1 to 11.2; a newer
 * release only appends). Names are the guide's, in snake_case, with src_ and dst_ for source and
 * destination.
 * https://docs.paloaltonetworks.com/ngfw/administration/monitoring/use-syslog-for-monitoring/syslog-field-descriptions
 */
#include "parsers/panos_columns.h"

#include "parsers/panos_rows.h"

/* One column a row, so that rows can be counted off against the guide. */
/* clang-format off */
static const struct panos_column system_log[] = {
    KEEP("vsys"),                             /* 7 */
    KEEP("event_id"),
    KEEP("object"),
    SKIP,                                     /* 10 */
    SKIP,
    KEEP("module"),
    SPECIAL(SEVERITY, "severity"),
    PUT(TEXT, message, "description"),
    VALUE("sequence_number"),
    VALUE("action_flags"),
    DEVICE_GROUPS,                            /* 17 to 22 */
    SKIP,
    SKIP,
    SKIP,                                     /* 25: high resolution timestamp */
};

static const struct panos_column config[] = {
    SOME(ADDRESS, src_ip, "host"),            /* 7: where the administrator was */
    KEEP("vsys"),
    KEEP("command"),
    PUT(TEXT, src_user, "admin"),             /* 10 */
    KEEP("client"),
    SKIP,                                     /* result, the event's id */
    PUT(TEXT, message, "configuration_path"),
    VALUE("sequence_number"),
    VALUE("action_flags"),
    DEVICE_GROUPS,                            /* 16 to 21 */
    VALUE("device_group"),
    KEEP("audit_comment"),
    SKIP,
    SKIP,                                     /* 25: high resolution timestamp */
};

static const struct panos_column userid[] = {
    KEEP("vsys"),                             /* 7 */
    PUT(ADDRESS, src_ip, "src_ip"),
    PUT(TEXT, src_user, "user"),
    KEEP("data_source_name"),                 /* 10 */
    VALUE("event_id"),
    REPEATED,
    VALUE("time_out_threshold"),
    VALUE("src_port"),                        /* the user's range of ports, no connection's */
    VALUE("dst_port"),
    KEEP("data_source"),
    KEEP("data_source_type"),
    VALUE("sequence_number"),
    VALUE("action_flags"),
    DEVICE_GROUPS,                            /* 20 to 25 */
    KEEP("vsys_id"),
    KEEP("factor_type"),
    KEEP("factor_completion_time"),
    VALUE("factor_number"),
    VALUE("user_group_flags"),                /* 30 */
    KEEP("user_by_source"),
    KEEP("tag_name"),
    SKIP,                                     /* 33: high resolution timestamp */
    KEEP("origin_data_source"),
    SKIP,
    KEEP("cluster_name"),
};

static const struct panos_column hipmatch[] = {
    PUT(TEXT, src_user, "src_user"),          /* 7 */
    KEEP("vsys"),
    PUT(TEXT, src_host, "machine_name"),
    KEEP("operating_system"),                 /* 10 */
    SOME(ADDRESS, src_ip, "src_address"),
    KEEP("hip"),
    REPEATED,
    SKIP,                                     /* HIP type, the event's id */
    SKIP,
    SKIP,
    VALUE("sequence_number"),
    VALUE("action_flags"),
    DEVICE_GROUPS,                            /* 19 to 24 */
    KEEP("vsys_id"),
    ODD("ipv6_src_address"),
    KEEP("host_id"),
    KEEP("user_device_serial_number"),
    PUT(TEXT, src_mac, "device_mac_address"),
    SKIP,                                     /* 30: high resolution timestamp */
    KEEP("cluster_name"),
};

static const struct panos_column globalprotect[] = {
    KEEP("vsys"),                             /* 7 */
    SKIP,                                     /* event id, the event's id */
    KEEP("stage"),
    KEEP("authentication_method"),            /* 10 */
    KEEP("tunnel_type"),
    PUT(TEXT, src_user, "src_user"),
    KEEP("src_region"),
    PUT(TEXT, src_host, "machine_name"),
    SOME(ADDRESS, src_ip, "public_ip"),
    SOME(ADDRESS, src_ip, "public_ipv6"),
    ODD("private_ip"),
    ODD("private_ipv6"),
    KEEP("host_id"),
    KEEP("user_device_serial_number"),        /* 20 */
    KEEP("client_version"),
    KEEP("client_os"),
    KEEP("client_os_version"),
    REPEATED,
    PUT(TEXT, reason, "reason"),
    KEEP("error"),
    PUT(TEXT, message, "description"),
    KEEP("status"),
    KEEP("location"),
    SPECIAL(SECONDS, "login_duration"),       /* 30 */
    KEEP("connect_method"),
    VALUE("error_code"),
    KEEP("portal"),
    VALUE("sequence_number"),
    VALUE("action_flags"),
    SKIP,                                     /* 36: high resolution timestamp */
    KEEP("selection_type"),
    VALUE("response_time"),
    KEEP("priority"),
    KEEP("attempted_gateways"),               /* 40 */
    KEEP("gateway"),
    DEVICE_GROUPS,                            /* 42 to 47 */
    KEEP("vsys_id"),
    KEEP("cluster_name"),
};

static const struct panos_column authentication[] = {
    KEEP("vsys"),                             /* 7 */
    SOME(ADDRESS, src_ip, "src_ip"),
    PUT(TEXT, src_user, "user"),
    KEEP("normalize_user"),                   /* 10 */
    KEEP("object"),
    PUT(TEXT, rule, "authentication_policy"),
    REPEATED,
    VALUE("authentication_id"),
    KEEP("vendor"),
    KEEP("log_action"),
    KEEP("server_profile"),
    PUT(TEXT, message, "description"),
    KEEP("client_type"),
    SKIP,                                     /* 20: event type, the event's id */
    VALUE("factor_number"),
    VALUE("sequence_number"),
    VALUE("action_flags"),
    DEVICE_GROUPS,                            /* 24 to 29 */
    KEEP("vsys_id"),
    ODD("authentication_protocol"),
    KEEP("rule_uuid"),
    SKIP,                                     /* 33: high resolution timestamp */
    SRC_DEVICE,                               /* 34 to 41 */
    KEEP("region"),
    SKIP,
    KEEP("user_agent"),
    SOME(TEXT, session_id, "session_id"),
    KEEP("cluster_name"),
};

static const struct panos_column correlation[] = {
    SOME(ADDRESS, src_ip, "src_address"),     /* 7 */
    PUT(TEXT, src_user, "src_user"),
    KEEP("vsys"),
    PUT(TEXT, threat, "category"),            /* 10 */
    SPECIAL(SEVERITY, "severity"),
    DEVICE_GROUPS,                            /* 12 to 17 */
    KEEP("vsys_id"),
    SKIP,                                     /* object name, the event's id */
    VALUE("object_id"),                       /* 20 */
    PUT(TEXT, message, "evidence"),
};

static const struct panos_column iptag[] = {
    KEEP("vsys"),                             /* 7 */
    SOME(ADDRESS, src_ip, "src_ip"),
    KEEP("tag_name"),
    SKIP,                                     /* 10: event id, the event's id */
    REPEATED,
    VALUE("timeout"),
    KEEP("data_source_name"),
    KEEP("data_source_type"),
    KEEP("data_source_subtype"),
    VALUE("sequence_number"),
    VALUE("action_flags"),
    DEVICE_GROUPS,                            /* 18 to 23 */
    KEEP("vsys_id"),
    SKIP,                                     /* 25: high resolution timestamp */
    KEEP("cluster_name"),
};

const struct panos_columns panos_system = COLUMNS(system_log, 7);
const struct panos_columns panos_config = COLUMNS(config, 7);
const struct panos_columns panos_userid = COLUMNS(userid, 7);
const struct panos_columns panos_hipmatch = COLUMNS(hipmatch, 7);
const struct panos_columns panos_globalprotect = COLUMNS(globalprotect, 7);
const struct panos_columns panos_authentication = COLUMNS(authentication, 7);
const struct panos_columns panos_correlation = COLUMNS(correlation, 7);
const struct panos_columns panos_iptag = COLUMNS(iptag, 7);
/* clang-format on */
