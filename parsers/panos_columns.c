/*
 * The columns of PAN-OS logs, type by type, in the order the vendor's administrator guide lists
 * them under "Syslog Field Descriptions" (releases 8.1 to 11.2; a newer release only appends).
 * Names are the guide's, in snake_case, with src_ and dst_ for source and destination.
 * https://docs.paloaltonetworks.com/ngfw/administration/monitoring/use-syslog-for-monitoring/syslog-field-descriptions
 */
#include "parsers/panos_columns.h"

#include <stddef.h>

/* One column a row, so that rows can be counted off against the guide. */
/* clang-format off */
#define ROW(how, none, field, offset, name)                                                        \
    {PANOS_##how, PANOS_NONE_##none, field, offset, SLICE(name)}

#define SKIP                   ROW(SKIP, EMPTY, 0, 0, "")
#define PUT(how, field, name)  ROW(how, EMPTY, FIELD_##field, offsetof(struct record, field), name)
#define SOME(how, field, name) ROW(how, ZERO, FIELD_##field, offsetof(struct record, field), name)
#define KEEP(name)             ROW(KEEP, EMPTY, 0, 0, name)
#define VALUE(name)            ROW(KEEP, ZERO, 0, 0, name)
#define ODD(name)              ROW(KEEP, ODD, 0, 0, name)
#define ENDED                                                                                      \
    ROW(TEXT, ODD, FIELD_reason, offsetof(struct record, reason), "session_end_reason")
#define REPEATED               ROW(KEEP, ONE, 0, 0, "repeat_count")
#define SPECIAL(how, name)     ROW(how, EMPTY, 0, 0, name)

#define COLUMNS(columns, from) {columns, from, sizeof(columns) / sizeof(columns[0])}

/* Groups of columns that many types have in the same order. */
#define DEVICE_GROUPS                                                                              \
    VALUE("dg_hierarchy_level_1"), VALUE("dg_hierarchy_level_2"), VALUE("dg_hierarchy_level_3"),   \
    VALUE("dg_hierarchy_level_4"), KEEP("vsys_name"), SPECIAL(DEVICE, "device_name")
#define SRC_DEVICE                                                                                 \
    KEEP("src_device_category"), KEEP("src_device_profile"), KEEP("src_device_model"),             \
    KEEP("src_device_vendor"), KEEP("src_device_os_family"), KEEP("src_device_os_version"),    \
    PUT(TEXT, src_host, "src_hostname"), PUT(TEXT, src_mac, "src_mac_address")
#define DST_DEVICE                                                                                 \
    KEEP("dst_device_category"), KEEP("dst_device_profile"), KEEP("dst_device_model"),             \
    KEEP("dst_device_vendor"), KEEP("dst_device_os_family"), KEEP("dst_device_os_version"),    \
    PUT(TEXT, dst_host, "dst_hostname"), PUT(TEXT, dst_mac, "dst_mac_address")
#define CONTAINER   KEEP("container_id"), KEEP("pod_namespace"), KEEP("pod_name")
#define SLICE_OF_5G VALUE("slice_service_type"), VALUE("slice_differentiator")
#define APPLICATION                                                                                \
    KEEP("application_subcategory"), KEEP("application_category"), KEEP("application_technology"), \
    VALUE("application_risk"), KEEP("application_characteristic"),                             \
    KEEP("application_container")
#define SANCTIONED KEEP("application_saas"), KEEP("application_sanctioned_state")

static const struct panos_column every[] = {
    SKIP,                                     /* 0: reserved */
    SPECIAL(RECEIVED, "receive_time"),
    KEEP("serial"),
    SKIP,                                     /* 3: type */
    SKIP,                                     /* 4: subtype */
    SKIP,                                     /* 5: reserved; holds the log format's version */
    SKIP,                                     /* 6: generated time */
};

static const struct panos_column session[] = {
    PUT(ADDRESS, src_ip, "src_address"),      /* 7 */
    PUT(ADDRESS, dst_ip, "dst_address"),
    SOME(ADDRESS, src_nat_ip, "nat_src_ip"),
    SOME(ADDRESS, dst_nat_ip, "nat_dst_ip"),  /* 10 */
    PUT(TEXT, rule, "rule_name"),
    PUT(TEXT, src_user, "src_user"),
    PUT(TEXT, dst_user, "dst_user"),
    PUT(TEXT, application, "application"),
    KEEP("vsys"),
    PUT(TEXT, src_zone, "src_zone"),
    PUT(TEXT, dst_zone, "dst_zone"),
    PUT(TEXT, src_interface, "inbound_interface"),
    PUT(TEXT, dst_interface, "outbound_interface"),
    KEEP("log_action"),                       /* 20 */
    SKIP,
    SOME(TEXT, session_id, "session_id"),
    REPEATED,
    PUT(PORT, src_port, "src_port"),
    PUT(PORT, dst_port, "dst_port"),
    SOME(PORT, src_nat_port, "nat_src_port"),
    SOME(PORT, dst_nat_port, "nat_dst_port"),
    VALUE("flags"),
    PUT(PROTOCOL, protocol, "ip_protocol"),
    SPECIAL(ACTION, "action"),                /* 30 */
};

static const struct panos_column traffic[] = {
    VALUE("bytes"),                           /* 31 */
    PUT(NUMBER, src_bytes, "bytes_sent"),
    PUT(NUMBER, dst_bytes, "bytes_received"),
    VALUE("packets"),
    KEEP("start_time"),
    SPECIAL(SECONDS, "elapsed_time"),
    KEEP("category"),
    SKIP,
    VALUE("sequence_number"),
    VALUE("action_flags"),                    /* 40 */
    VALUE("src_location"),
    VALUE("dst_location"),
    SKIP,
    PUT(NUMBER, src_packets, "packets_sent"),
    PUT(NUMBER, dst_packets, "packets_received"),
    ENDED,                                    /* 46: since 6.1 */
    DEVICE_GROUPS,                            /* 47 to 52: since 7.0 */
    KEEP("action_source"),
    KEEP("src_vm_uuid"),                      /* 54: since 8.0 */
    KEEP("dst_vm_uuid"),
    ODD("tunnel_id"),
    KEEP("monitor_tag"),
    VALUE("parent_session_id"),
    KEEP("parent_start_time"),
    ODD("tunnel_type"),                     /* 60 */
    VALUE("sctp_association_id"),             /* 61: since 8.1 */
    VALUE("sctp_chunks"),
    VALUE("sctp_chunks_sent"),
    VALUE("sctp_chunks_received"),
    KEEP("rule_uuid"),                        /* 65: since 9.0 */
    VALUE("http2_connection"),
    VALUE("app_flap_count"),                  /* 67: since 9.1 */
    KEEP("policy_id"),
    KEEP("link_switches"),
    KEEP("sdwan_cluster"),                    /* 70 */
    KEEP("sdwan_device_type"),
    KEEP("sdwan_cluster_type"),
    KEEP("sdwan_site"),
    KEEP("dynamic_user_group_name"),
    KEEP("xff_address"),                      /* 75: since 10.0 */
    SRC_DEVICE,                               /* 76 to 83 */
    DST_DEVICE,                               /* 84 to 91 */
    CONTAINER,
    KEEP("src_external_dynamic_list"),        /* 95 */
    KEEP("dst_external_dynamic_list"),
    KEEP("host_id"),
    KEEP("user_device_serial_number"),
    KEEP("src_dynamic_address_group"),
    KEEP("dst_dynamic_address_group"),        /* 100 */
    KEEP("session_owner"),
    SKIP,                                     /* 102: high resolution timestamp */
    SLICE_OF_5G,
    APPLICATION,                              /* 105 to 110: since 10.1 */
    KEEP("tunneled_application"),
    SANCTIONED,
    VALUE("offloaded"),
    KEEP("flow_type"),                        /* 115: since 10.2 */
    KEEP("cluster_name"),
};

static const struct panos_column threat[] = {
    SPECIAL(MISC, "url_filename"),            /* 31 */
    SPECIAL(THREAT, "threat_id"),
    KEEP("category"),
    SPECIAL(SEVERITY, "severity"),
    KEEP("direction"),
    VALUE("sequence_number"),
    VALUE("action_flags"),
    VALUE("src_location"),
    VALUE("dst_location"),
    SKIP,                                     /* 40 */
    KEEP("content_type"),
    VALUE("pcap_id"),
    PUT(TEXT, hash, "file_digest"),
    KEEP("cloud"),
    ODD("url_index"),
    KEEP("user_agent"),
    KEEP("file_type"),
    KEEP("x_forwarded_for"),
    KEEP("referer"),
    KEEP("sender"),                           /* 50 */
    KEEP("subject"),
    KEEP("recipient"),
    VALUE("report_id"),
    DEVICE_GROUPS,                            /* 54 to 59 */
    SKIP,
    KEEP("src_vm_uuid"),
    KEEP("dst_vm_uuid"),
    KEEP("http_method"),
    ODD("tunnel_id"),
    KEEP("monitor_tag"),
    VALUE("parent_session_id"),
    KEEP("parent_start_time"),
    ODD("tunnel_type"),
    ODD("threat_category"),
    KEEP("content_version"),                  /* 70 */
    SKIP,
    VALUE("sctp_association_id"),
    ODD("payload_protocol_id"),
    KEEP("http_headers"),
    KEEP("url_category_list"),                /* 75: since 9.0 */
    KEEP("rule_uuid"),
    VALUE("http2_connection"),
    KEEP("dynamic_user_group_name"),
    KEEP("xff_address"),                      /* 79: since 10.0 */
    SRC_DEVICE,                               /* 80 to 87 */
    DST_DEVICE,                               /* 88 to 95 */
    CONTAINER,
    KEEP("src_external_dynamic_list"),
    KEEP("dst_external_dynamic_list"),        /* 100 */
    KEEP("host_id"),
    KEEP("user_device_serial_number"),
    KEEP("domain_edl"),
    KEEP("src_dynamic_address_group"),
    KEEP("dst_dynamic_address_group"),
    VALUE("partial_hash"),
    SKIP,                                     /* 107: high resolution timestamp */
    PUT(TEXT, reason, "reason"),
    KEEP("justification"),
    VALUE("slice_service_type"),              /* 110 */
    APPLICATION,                              /* 111 to 116: since 10.1 */
    KEEP("tunneled_application"),
    SANCTIONED,
    VALUE("cloud_report_id"),                 /* 120: since 10.2 */
    KEEP("cluster_name"),
    KEEP("flow_type"),
};

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

static const struct panos_column decryption[] = {
    ODD("tunnel"),                          /* 31 */
    SKIP,
    SKIP,
    KEEP("src_vm_uuid"),
    KEEP("dst_vm_uuid"),
    KEEP("rule_uuid"),
    KEEP("stage_client_to_firewall"),
    KEEP("stage_firewall_to_server"),
    KEEP("tls_version"),
    KEEP("key_exchange_algorithm"),           /* 40 */
    KEEP("encryption_algorithm"),
    KEEP("hash_algorithm"),
    KEEP("policy_name"),
    KEEP("elliptic_curve"),
    KEEP("error_index"),
    KEEP("root_status"),
    KEEP("chain_status"),
    KEEP("proxy_type"),
    KEEP("certificate_serial_number"),
    KEEP("fingerprint"),                      /* 50 */
    KEEP("certificate_start_date"),
    KEEP("certificate_end_date"),
    KEEP("certificate_version"),
    VALUE("certificate_size"),
    VALUE("common_name_length"),
    VALUE("issuer_common_name_length"),
    VALUE("root_common_name_length"),
    VALUE("sni_length"),
    KEEP("certificate_flags"),
    KEEP("subject_common_name"),              /* 60 */
    KEEP("issuer_common_name"),
    KEEP("root_common_name"),
    PUT(TEXT, dst_host, "server_name_indication"),
    PUT(TEXT, reason, "error"),
    CONTAINER,
    KEEP("src_external_dynamic_list"),
    KEEP("dst_external_dynamic_list"),
    KEEP("src_dynamic_address_group"),        /* 70 */
    KEEP("dst_dynamic_address_group"),
    SKIP,                                     /* 72: high resolution timestamp */
    SRC_DEVICE,                               /* 73 to 80 */
    KEEP("dst_device_category"),
    KEEP("dst_device_profile"),
    KEEP("dst_device_model"),
    KEEP("dst_device_vendor"),
    KEEP("dst_device_os_family"),
    KEEP("dst_device_os_version"),
    KEEP("dst_hostname"),                     /* dst_host is the name the client asked for */
    PUT(TEXT, dst_mac, "dst_mac_address"),
    VALUE("sequence_number"),
    VALUE("action_flags"),                    /* 90 */
    DEVICE_GROUPS,                            /* 91 to 96 */
    KEEP("vsys_id"),
    APPLICATION,
    KEEP("tunneled_application"),
    SANCTIONED,
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

static const struct panos_column tunnel[] = {
    SPECIAL(SEVERITY, "severity"),            /* 31 */
    VALUE("sequence_number"),
    VALUE("action_flags"),
    VALUE("src_location"),
    VALUE("dst_location"),
    DEVICE_GROUPS,                            /* 36 to 41 */
    ODD("tunnel_id"),
    KEEP("monitor_tag"),
    VALUE("parent_session_id"),
    KEEP("parent_start_time"),
    ODD("tunnel_type"),
    VALUE("bytes"),
    PUT(NUMBER, src_bytes, "bytes_sent"),
    PUT(NUMBER, dst_bytes, "bytes_received"),
    VALUE("packets"),                         /* 50 */
    PUT(NUMBER, src_packets, "packets_sent"),
    PUT(NUMBER, dst_packets, "packets_received"),
    VALUE("maximum_encapsulation"),
    VALUE("unknown_protocol"),
    VALUE("strict_check"),
    VALUE("tunnel_fragment"),
    VALUE("sessions_created"),
    VALUE("sessions_closed"),
    ENDED,
    KEEP("action_source"),                    /* 60 */
    KEEP("start_time"),
    SPECIAL(SECONDS, "elapsed_time"),
    KEEP("tunnel_inspection_rule"),
    ODD("remote_user_ip"),
    VALUE("remote_user_id"),
    KEEP("rule_uuid"),
    VALUE("pcap_id"),
};

static const struct panos_column gtp[] = {
    KEEP("gtp_event_type"),                   /* 31 */
    KEEP("msisdn"),
    KEEP("access_point_name"),
    KEEP("radio_access_technology"),
    KEEP("gtp_message_type"),
    ODD("end_user_ip_address"),
    VALUE("tunnel_endpoint_identifier_1"),
    VALUE("tunnel_endpoint_identifier_2"),
    KEEP("gtp_interface"),
    VALUE("gtp_cause"),                       /* 40 */
    SPECIAL(SEVERITY, "severity"),
    VALUE("serving_country_mcc"),
    VALUE("serving_network_mnc"),
    VALUE("area_code"),
    VALUE("cell_id"),
    KEEP("gtp_event_code"),
    SKIP,
    SKIP,
    VALUE("src_location"),
    VALUE("dst_location"),                    /* 50 */
    SKIP, SKIP, SKIP, SKIP, SKIP, SKIP, SKIP,
    VALUE("imsi"),
    VALUE("imei"),
    SKIP, SKIP, SKIP, SKIP, SKIP, SKIP, SKIP,
    SKIP,                                     /* 60 */
    SKIP, SKIP, SKIP, SKIP, SKIP, SKIP, SKIP, SKIP,
    KEEP("start_time"),                       /* 76 */
    SPECIAL(SECONDS, "elapsed_time"),
    KEEP("tunnel_inspection_rule"),
    ODD("remote_user_ip"),
    VALUE("remote_user_id"),                  /* 80 */
    KEEP("rule_uuid"),
    VALUE("pcap_id"),
    SKIP,                                     /* 83: high resolution timestamp */
    SLICE_OF_5G,
    APPLICATION,
    SANCTIONED,
};

static const struct panos_column sctp[] = {
    DEVICE_GROUPS,                            /* 31 to 36 */
    VALUE("sequence_number"),
    SKIP,
    VALUE("sctp_association_id"),
    ODD("payload_protocol_id"),             /* 40 */
    SPECIAL(SEVERITY, "severity"),
    SKIP,                                     /* chunk type, the event's id */
    SKIP,
    VALUE("sctp_verification_tag_1"),
    VALUE("sctp_verification_tag_2"),
    VALUE("sctp_cause_code"),
    ODD("diameter_app_id"),
    ODD("diameter_command_code"),
    VALUE("diameter_avp_code"),
    VALUE("sctp_stream_id"),                  /* 50 */
    PUT(TEXT, reason, "sctp_association_end_reason"),
    VALUE("op_code"),
    VALUE("sccp_calling_party_ssn"),
    KEEP("sccp_calling_party_global_title"),
    KEEP("sctp_filter"),
    VALUE("sctp_chunks"),
    VALUE("sctp_chunks_sent"),
    VALUE("sctp_chunks_received"),
    VALUE("packets"),
    PUT(NUMBER, src_packets, "packets_sent"), /* 60 */
    PUT(NUMBER, dst_packets, "packets_received"),
    KEEP("rule_uuid"),
};

const struct panos_columns panos_every = COLUMNS(every, 0);
const struct panos_columns panos_session = COLUMNS(session, 7);
const struct panos_columns panos_traffic = COLUMNS(traffic, 31);
const struct panos_columns panos_threat = COLUMNS(threat, 31);
const struct panos_columns panos_system = COLUMNS(system_log, 7);
const struct panos_columns panos_config = COLUMNS(config, 7);
const struct panos_columns panos_userid = COLUMNS(userid, 7);
const struct panos_columns panos_hipmatch = COLUMNS(hipmatch, 7);
const struct panos_columns panos_globalprotect = COLUMNS(globalprotect, 7);
const struct panos_columns panos_authentication = COLUMNS(authentication, 7);
const struct panos_columns panos_decryption = COLUMNS(decryption, 31);
const struct panos_columns panos_correlation = COLUMNS(correlation, 7);
const struct panos_columns panos_iptag = COLUMNS(iptag, 7);
const struct panos_columns panos_tunnel = COLUMNS(tunnel, 31);
const struct panos_columns panos_gtp = COLUMNS(gtp, 31);
const struct panos_columns panos_sctp = COLUMNS(sctp, 31);
/* clang-format on */
