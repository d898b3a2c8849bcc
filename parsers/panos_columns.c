/*
 * The columns of PAN-OS logs about sessions, type by type, in the order the vendor's
 * administrator guide lists them under "Syslog Field Descriptions" (releases 8.1 to 11.2; a newer
 * release only appends). Names are the guide's, in snake_case, with src_ and dst_ for source and
 * destination.
 * https://docs.paloaltonetworks.com/ngfw/administration/monitoring/use-syslog-for-monitoring/syslog-field-descriptions
 */
#include "parsers/panos_columns.h"

#include "parsers/panos_rows.h"

/* One column a row, so that rows can be counted off against the guide. */
/* clang-format off */
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
const struct panos_columns panos_decryption = COLUMNS(decryption, 31);
const struct panos_columns panos_tunnel = COLUMNS(tunnel, 31);
const struct panos_columns panos_gtp = COLUMNS(gtp, 31);
const struct panos_columns panos_sctp = COLUMNS(sctp, 31);
/* clang-format on */
