/*
 * The columns of PAN-OS logs about sessions, type by type, in the order the vendor's
 * administrator guide lists them under "Syslog Field Descriptions" (releases 8.1 to 11.2; a newer
 * release only appends). Names are the guide's, in snake_case, with src_ and dst_ for source and
 * destination.
 * https://docs.paloaltonetworks.com/ngfw/administration/monitoring/use-syslog-for-monitoring/syslog-field-descriptions
 */
#include "parsers/panos_columns.h"

#include "parsers/panos_put.h"
#include "parsers/panos_rows.h"
#include "parsers/text/wide.h"

/* clang-format off */
#define TRAFFIC(X)                                                                              \
    SESSION(X)                                     /* 0 to 30 */                                \
    X( 31, KEEP,     ZERO,  extra,         "bytes")                                             \
    X( 32, NUMBER,   EMPTY, src_bytes,     "bytes_sent")                                        \
    X( 33, NUMBER,   EMPTY, dst_bytes,     "bytes_received")                                    \
    X( 34, KEEP,     ZERO,  extra,         "packets")                                           \
    X( 35, KEEP,     EMPTY, extra,         "start_time")                                        \
    X( 36, SECONDS,  EMPTY, duration_ms,   "elapsed_time")                                      \
    X( 37, KEEP,     EMPTY, extra,         "category")                                          \
    X( 39, KEEP,     ZERO,  extra,         "sequence_number")                                   \
    X( 40, KEEP,     ZERO,  extra,         "action_flags")                                      \
    X( 41, KEEP,     ZERO,  extra,         "src_location")                                      \
    X( 42, KEEP,     ZERO,  extra,         "dst_location")                                      \
    X( 44, NUMBER,   EMPTY, src_packets,   "packets_sent")                                      \
    X( 45, NUMBER,   EMPTY, dst_packets,   "packets_received")                                  \
    X( 46, TEXT,     ODD,   reason,        "session_end_reason")                                \
    DEVICE_GROUPS(X, 47)                                                                        \
    X( 53, KEEP,     EMPTY, extra,         "action_source")                                     \
    X( 54, KEEP,     EMPTY, extra,         "src_vm_uuid")                                       \
    X( 55, KEEP,     EMPTY, extra,         "dst_vm_uuid")                                       \
    X( 56, KEEP,     ODD,   extra,         "tunnel_id")                                         \
    X( 57, KEEP,     EMPTY, extra,         "monitor_tag")                                       \
    X( 58, KEEP,     ZERO,  extra,         "parent_session_id")                                 \
    X( 59, KEEP,     EMPTY, extra,         "parent_start_time")                                 \
    X( 60, KEEP,     ODD,   extra,         "tunnel_type")                                       \
    X( 61, KEEP,     ZERO,  extra,         "sctp_association_id")                               \
    X( 62, KEEP,     ZERO,  extra,         "sctp_chunks")                                       \
    X( 63, KEEP,     ZERO,  extra,         "sctp_chunks_sent")                                  \
    X( 64, KEEP,     ZERO,  extra,         "sctp_chunks_received")                              \
    X( 65, KEEP,     EMPTY, extra,         "rule_uuid")                                         \
    X( 66, KEEP,     ZERO,  extra,         "http2_connection")                                  \
    X( 67, KEEP,     ZERO,  extra,         "app_flap_count")                                    \
    X( 68, KEEP,     EMPTY, extra,         "policy_id")                                         \
    X( 69, KEEP,     EMPTY, extra,         "link_switches")                                     \
    X( 70, KEEP,     EMPTY, extra,         "sdwan_cluster")                                     \
    X( 71, KEEP,     EMPTY, extra,         "sdwan_device_type")                                 \
    X( 72, KEEP,     EMPTY, extra,         "sdwan_cluster_type")                                \
    X( 73, KEEP,     EMPTY, extra,         "sdwan_site")                                        \
    X( 74, KEEP,     EMPTY, extra,         "dynamic_user_group_name")                           \
    X( 75, KEEP,     EMPTY, extra,         "xff_address")                                       \
    SRC_DEVICE(X, 76)                                                                           \
    DST_DEVICE(X, 84)                                                                           \
    CONTAINER(X, 92)                                                                            \
    X( 95, KEEP,     EMPTY, extra,         "src_external_dynamic_list")                         \
    X( 96, KEEP,     EMPTY, extra,         "dst_external_dynamic_list")                         \
    X( 97, KEEP,     EMPTY, extra,         "host_id")                                           \
    X( 98, KEEP,     EMPTY, extra,         "user_device_serial_number")                         \
    X( 99, KEEP,     EMPTY, extra,         "src_dynamic_address_group")                         \
    X(100, KEEP,     EMPTY, extra,         "dst_dynamic_address_group")                         \
    X(101, KEEP,     EMPTY, extra,         "session_owner")                                     \
    SLICE_OF_5G(X, 103)                                                                         \
    APPLICATION(X, 105)                                                                         \
    X(111, KEEP,     EMPTY, extra,         "tunneled_application")                              \
    SANCTIONED(X, 112)                                                                          \
    X(114, KEEP,     ZERO,  extra,         "offloaded")                                         \
    X(115, KEEP,     EMPTY, extra,         "flow_type")                                         \
    X(116, KEEP,     EMPTY, extra,         "cluster_name")

#define THREAT(X)                                                                               \
    SESSION(X)                                     /* 0 to 30 */                                \
    X( 31, MISC,     EMPTY, url,           "url_filename")                                      \
    X( 32, THREAT,   EMPTY, threat,        "threat_id")                                         \
    X( 33, KEEP,     EMPTY, extra,         "category")                                          \
    X( 34, SEVERITY, EMPTY, severity,      "severity")                                          \
    X( 35, KEEP,     EMPTY, extra,         "direction")                                         \
    X( 36, KEEP,     ZERO,  extra,         "sequence_number")                                   \
    X( 37, KEEP,     ZERO,  extra,         "action_flags")                                      \
    X( 38, KEEP,     ZERO,  extra,         "src_location")                                      \
    X( 39, KEEP,     ZERO,  extra,         "dst_location")                                      \
    X( 41, KEEP,     EMPTY, extra,         "content_type")                                      \
    X( 42, KEEP,     ZERO,  extra,         "pcap_id")                                           \
    X( 43, TEXT,     EMPTY, hash,          "file_digest")                                       \
    X( 44, KEEP,     EMPTY, extra,         "cloud")                                             \
    X( 45, KEEP,     ODD,   extra,         "url_index")                                         \
    X( 46, KEEP,     EMPTY, extra,         "user_agent")                                        \
    X( 47, KEEP,     EMPTY, extra,         "file_type")                                         \
    X( 48, KEEP,     EMPTY, extra,         "x_forwarded_for")                                   \
    X( 49, KEEP,     EMPTY, extra,         "referer")                                           \
    X( 50, KEEP,     EMPTY, extra,         "sender")                                            \
    X( 51, KEEP,     EMPTY, extra,         "subject")                                           \
    X( 52, KEEP,     EMPTY, extra,         "recipient")                                         \
    X( 53, KEEP,     ZERO,  extra,         "report_id")                                         \
    DEVICE_GROUPS(X, 54)                                                                        \
    X( 61, KEEP,     EMPTY, extra,         "src_vm_uuid")                                       \
    X( 62, KEEP,     EMPTY, extra,         "dst_vm_uuid")                                       \
    X( 63, KEEP,     EMPTY, extra,         "http_method")                                       \
    X( 64, KEEP,     ODD,   extra,         "tunnel_id")                                         \
    X( 65, KEEP,     EMPTY, extra,         "monitor_tag")                                       \
    X( 66, KEEP,     ZERO,  extra,         "parent_session_id")                                 \
    X( 67, KEEP,     EMPTY, extra,         "parent_start_time")                                 \
    X( 68, KEEP,     ODD,   extra,         "tunnel_type")                                       \
    X( 69, KEEP,     ODD,   extra,         "threat_category")                                   \
    X( 70, KEEP,     EMPTY, extra,         "content_version")                                   \
    X( 72, KEEP,     ZERO,  extra,         "sctp_association_id")                               \
    X( 73, KEEP,     ODD,   extra,         "payload_protocol_id")                               \
    X( 74, KEEP,     EMPTY, extra,         "http_headers")                                      \
    X( 75, KEEP,     EMPTY, extra,         "url_category_list")                                 \
    X( 76, KEEP,     EMPTY, extra,         "rule_uuid")                                         \
    X( 77, KEEP,     ZERO,  extra,         "http2_connection")                                  \
    X( 78, KEEP,     EMPTY, extra,         "dynamic_user_group_name")                           \
    X( 79, KEEP,     EMPTY, extra,         "xff_address")                                       \
    SRC_DEVICE(X, 80)                                                                           \
    DST_DEVICE(X, 88)                                                                           \
    CONTAINER(X, 96)                                                                            \
    X( 99, KEEP,     EMPTY, extra,         "src_external_dynamic_list")                         \
    X(100, KEEP,     EMPTY, extra,         "dst_external_dynamic_list")                         \
    X(101, KEEP,     EMPTY, extra,         "host_id")                                           \
    X(102, KEEP,     EMPTY, extra,         "user_device_serial_number")                         \
    X(103, KEEP,     EMPTY, extra,         "domain_edl")                                        \
    X(104, KEEP,     EMPTY, extra,         "src_dynamic_address_group")                         \
    X(105, KEEP,     EMPTY, extra,         "dst_dynamic_address_group")                         \
    X(106, KEEP,     ZERO,  extra,         "partial_hash")                                      \
    X(108, TEXT,     EMPTY, reason,        "reason")                                            \
    X(109, KEEP,     EMPTY, extra,         "justification")                                     \
    X(110, KEEP,     ZERO,  extra,         "slice_service_type")                                \
    APPLICATION(X, 111)                                                                         \
    X(117, KEEP,     EMPTY, extra,         "tunneled_application")                              \
    SANCTIONED(X, 118)                                                                          \
    X(120, KEEP,     ZERO,  extra,         "cloud_report_id")                                   \
    X(121, KEEP,     EMPTY, extra,         "cluster_name")                                      \
    X(122, KEEP,     EMPTY, extra,         "flow_type")

#define DECRYPTION(X)                                                                           \
    SESSION(X)                                     /* 0 to 30 */                                \
    X( 31, KEEP,     ODD,   extra,         "tunnel")                                            \
    X( 34, KEEP,     EMPTY, extra,         "src_vm_uuid")                                       \
    X( 35, KEEP,     EMPTY, extra,         "dst_vm_uuid")                                       \
    X( 36, KEEP,     EMPTY, extra,         "rule_uuid")                                         \
    X( 37, KEEP,     EMPTY, extra,         "stage_client_to_firewall")                          \
    X( 38, KEEP,     EMPTY, extra,         "stage_firewall_to_server")                          \
    X( 39, KEEP,     EMPTY, extra,         "tls_version")                                       \
    X( 40, KEEP,     EMPTY, extra,         "key_exchange_algorithm")                            \
    X( 41, KEEP,     EMPTY, extra,         "encryption_algorithm")                              \
    X( 42, KEEP,     EMPTY, extra,         "hash_algorithm")                                    \
    X( 43, KEEP,     EMPTY, extra,         "policy_name")                                       \
    X( 44, KEEP,     EMPTY, extra,         "elliptic_curve")                                    \
    X( 45, KEEP,     EMPTY, extra,         "error_index")                                       \
    X( 46, KEEP,     EMPTY, extra,         "root_status")                                       \
    X( 47, KEEP,     EMPTY, extra,         "chain_status")                                      \
    X( 48, KEEP,     EMPTY, extra,         "proxy_type")                                        \
    X( 49, KEEP,     EMPTY, extra,         "certificate_serial_number")                         \
    X( 50, KEEP,     EMPTY, extra,         "fingerprint")                                       \
    X( 51, KEEP,     EMPTY, extra,         "certificate_start_date")                            \
    X( 52, KEEP,     EMPTY, extra,         "certificate_end_date")                              \
    X( 53, KEEP,     EMPTY, extra,         "certificate_version")                               \
    X( 54, KEEP,     ZERO,  extra,         "certificate_size")                                  \
    X( 55, KEEP,     ZERO,  extra,         "common_name_length")                                \
    X( 56, KEEP,     ZERO,  extra,         "issuer_common_name_length")                         \
    X( 57, KEEP,     ZERO,  extra,         "root_common_name_length")                           \
    X( 58, KEEP,     ZERO,  extra,         "sni_length")                                        \
    X( 59, KEEP,     EMPTY, extra,         "certificate_flags")                                 \
    X( 60, KEEP,     EMPTY, extra,         "subject_common_name")                               \
    X( 61, KEEP,     EMPTY, extra,         "issuer_common_name")                                \
    X( 62, KEEP,     EMPTY, extra,         "root_common_name")                                  \
    X( 63, TEXT,     EMPTY, dst_host,      "server_name_indication")                            \
    X( 64, TEXT,     EMPTY, reason,        "error")                                             \
    CONTAINER(X, 65)                                                                            \
    X( 68, KEEP,     EMPTY, extra,         "src_external_dynamic_list")                         \
    X( 69, KEEP,     EMPTY, extra,         "dst_external_dynamic_list")                         \
    X( 70, KEEP,     EMPTY, extra,         "src_dynamic_address_group")                         \
    X( 71, KEEP,     EMPTY, extra,         "dst_dynamic_address_group")                         \
    SRC_DEVICE(X, 73)                                                                           \
    X( 81, KEEP,     EMPTY, extra,         "dst_device_category")                               \
    X( 82, KEEP,     EMPTY, extra,         "dst_device_profile")                                \
    X( 83, KEEP,     EMPTY, extra,         "dst_device_model")                                  \
    X( 84, KEEP,     EMPTY, extra,         "dst_device_vendor")                                 \
    X( 85, KEEP,     EMPTY, extra,         "dst_device_os_family")                              \
    X( 86, KEEP,     EMPTY, extra,         "dst_device_os_version")                             \
    X( 87, KEEP,     EMPTY, extra,         "dst_hostname")                                      \
    X( 88, TEXT,     EMPTY, dst_mac,       "dst_mac_address")                                   \
    X( 89, KEEP,     ZERO,  extra,         "sequence_number")                                   \
    X( 90, KEEP,     ZERO,  extra,         "action_flags")                                      \
    DEVICE_GROUPS(X, 91)                                                                        \
    X( 97, KEEP,     EMPTY, extra,         "vsys_id")                                           \
    APPLICATION(X, 98)                                                                          \
    X(104, KEEP,     EMPTY, extra,         "tunneled_application")                              \
    SANCTIONED(X, 105)                                                                          \
    X(107, KEEP,     EMPTY, extra,         "cluster_name")

#define TUNNEL(X)                                                                               \
    SESSION(X)                                     /* 0 to 30 */                                \
    X( 31, SEVERITY, EMPTY, severity,      "severity")                                          \
    X( 32, KEEP,     ZERO,  extra,         "sequence_number")                                   \
    X( 33, KEEP,     ZERO,  extra,         "action_flags")                                      \
    X( 34, KEEP,     ZERO,  extra,         "src_location")                                      \
    X( 35, KEEP,     ZERO,  extra,         "dst_location")                                      \
    DEVICE_GROUPS(X, 36)                                                                        \
    X( 42, KEEP,     ODD,   extra,         "tunnel_id")                                         \
    X( 43, KEEP,     EMPTY, extra,         "monitor_tag")                                       \
    X( 44, KEEP,     ZERO,  extra,         "parent_session_id")                                 \
    X( 45, KEEP,     EMPTY, extra,         "parent_start_time")                                 \
    X( 46, KEEP,     ODD,   extra,         "tunnel_type")                                       \
    X( 47, KEEP,     ZERO,  extra,         "bytes")                                             \
    X( 48, NUMBER,   EMPTY, src_bytes,     "bytes_sent")                                        \
    X( 49, NUMBER,   EMPTY, dst_bytes,     "bytes_received")                                    \
    X( 50, KEEP,     ZERO,  extra,         "packets")                                           \
    X( 51, NUMBER,   EMPTY, src_packets,   "packets_sent")                                      \
    X( 52, NUMBER,   EMPTY, dst_packets,   "packets_received")                                  \
    X( 53, KEEP,     ZERO,  extra,         "maximum_encapsulation")                             \
    X( 54, KEEP,     ZERO,  extra,         "unknown_protocol")                                  \
    X( 55, KEEP,     ZERO,  extra,         "strict_check")                                      \
    X( 56, KEEP,     ZERO,  extra,         "tunnel_fragment")                                   \
    X( 57, KEEP,     ZERO,  extra,         "sessions_created")                                  \
    X( 58, KEEP,     ZERO,  extra,         "sessions_closed")                                   \
    X( 59, TEXT,     ODD,   reason,        "session_end_reason")                                \
    X( 60, KEEP,     EMPTY, extra,         "action_source")                                     \
    X( 61, KEEP,     EMPTY, extra,         "start_time")                                        \
    X( 62, SECONDS,  EMPTY, duration_ms,   "elapsed_time")                                      \
    X( 63, KEEP,     EMPTY, extra,         "tunnel_inspection_rule")                            \
    X( 64, KEEP,     ODD,   extra,         "remote_user_ip")                                    \
    X( 65, KEEP,     ZERO,  extra,         "remote_user_id")                                    \
    X( 66, KEEP,     EMPTY, extra,         "rule_uuid")                                         \
    X( 67, KEEP,     ZERO,  extra,         "pcap_id")                                           \
    X( 68, KEEP,     EMPTY, extra,         "dynamic_user_group_name")                           \
    X( 69, KEEP,     EMPTY, extra,         "src_external_dynamic_list")                         \
    X( 70, KEEP,     EMPTY, extra,         "dst_external_dynamic_list")                         \
    X( 72, KEEP,     ZERO,  extra,         "slice_differentiator")                              \
    X( 73, KEEP,     ZERO,  extra,         "slice_service_type")                                \
    X( 74, KEEP,     ZERO,  extra,         "pdu_session_id")                                    \
    APPLICATION(X, 75)                                                                          \
    SANCTIONED(X, 81)

#define GTP(X)                                                                                  \
    SESSION(X)                                     /* 0 to 30 */                                \
    X( 31, KEEP,     EMPTY, extra,         "gtp_event_type")                                    \
    X( 32, KEEP,     EMPTY, extra,         "msisdn")                                            \
    X( 33, KEEP,     EMPTY, extra,         "access_point_name")                                 \
    X( 34, KEEP,     EMPTY, extra,         "radio_access_technology")                           \
    X( 35, KEEP,     EMPTY, extra,         "gtp_message_type")                                  \
    X( 36, KEEP,     ODD,   extra,         "end_user_ip_address")                               \
    X( 37, KEEP,     ZERO,  extra,         "tunnel_endpoint_identifier_1")                      \
    X( 38, KEEP,     ZERO,  extra,         "tunnel_endpoint_identifier_2")                      \
    X( 39, KEEP,     EMPTY, extra,         "gtp_interface")                                     \
    X( 40, KEEP,     ZERO,  extra,         "gtp_cause")                                         \
    X( 41, SEVERITY, EMPTY, severity,      "severity")                                          \
    X( 42, KEEP,     ZERO,  extra,         "serving_country_mcc")                               \
    X( 43, KEEP,     ZERO,  extra,         "serving_network_mnc")                               \
    X( 44, KEEP,     ZERO,  extra,         "area_code")                                         \
    X( 45, KEEP,     ZERO,  extra,         "cell_id")                                           \
    X( 46, KEEP,     EMPTY, extra,         "gtp_event_code")                                    \
    X( 49, KEEP,     ZERO,  extra,         "src_location")                                      \
    X( 50, KEEP,     ZERO,  extra,         "dst_location")                                      \
    X( 58, KEEP,     ZERO,  extra,         "imsi")                                              \
    X( 59, KEEP,     ZERO,  extra,         "imei")                                              \
    X( 76, KEEP,     EMPTY, extra,         "start_time")                                        \
    X( 77, SECONDS,  EMPTY, duration_ms,   "elapsed_time")                                      \
    X( 78, KEEP,     EMPTY, extra,         "tunnel_inspection_rule")                            \
    X( 79, KEEP,     ODD,   extra,         "remote_user_ip")                                    \
    X( 80, KEEP,     ZERO,  extra,         "remote_user_id")                                    \
    X( 81, KEEP,     EMPTY, extra,         "rule_uuid")                                         \
    X( 82, KEEP,     ZERO,  extra,         "pcap_id")                                           \
    SLICE_OF_5G(X, 84)                                                                          \
    APPLICATION(X, 86)                                                                          \
    SANCTIONED(X, 92)

#define SCTP(X)                                                                                 \
    SESSION(X)                                     /* 0 to 30 */                                \
    DEVICE_GROUPS(X, 31)                                                                        \
    X( 37, KEEP,     ZERO,  extra,         "sequence_number")                                   \
    X( 39, KEEP,     ZERO,  extra,         "sctp_association_id")                               \
    X( 40, KEEP,     ODD,   extra,         "payload_protocol_id")                               \
    X( 41, SEVERITY, EMPTY, severity,      "severity")                                          \
    X( 44, KEEP,     ZERO,  extra,         "sctp_verification_tag_1")                           \
    X( 45, KEEP,     ZERO,  extra,         "sctp_verification_tag_2")                           \
    X( 46, KEEP,     ZERO,  extra,         "sctp_cause_code")                                   \
    X( 47, KEEP,     ODD,   extra,         "diameter_app_id")                                   \
    X( 48, KEEP,     ODD,   extra,         "diameter_command_code")                             \
    X( 49, KEEP,     ZERO,  extra,         "diameter_avp_code")                                 \
    X( 50, KEEP,     ZERO,  extra,         "sctp_stream_id")                                    \
    X( 51, TEXT,     EMPTY, reason,        "sctp_association_end_reason")                       \
    X( 52, KEEP,     ZERO,  extra,         "op_code")                                           \
    X( 53, KEEP,     ZERO,  extra,         "sccp_calling_party_ssn")                            \
    X( 54, KEEP,     EMPTY, extra,         "sccp_calling_party_global_title")                   \
    X( 55, KEEP,     EMPTY, extra,         "sctp_filter")                                       \
    X( 56, KEEP,     ZERO,  extra,         "sctp_chunks")                                       \
    X( 57, KEEP,     ZERO,  extra,         "sctp_chunks_sent")                                  \
    X( 58, KEEP,     ZERO,  extra,         "sctp_chunks_received")                              \
    X( 59, KEEP,     ZERO,  extra,         "packets")                                           \
    X( 60, NUMBER,   EMPTY, src_packets,   "packets_sent")                                      \
    X( 61, NUMBER,   EMPTY, dst_packets,   "packets_received")                                  \
    X( 62, KEEP,     EMPTY, extra,         "rule_uuid")

/*
 * Nearly all rows are of these two types, so their lists are code too: each column is read by what the
 * compiler makes of its row. Columns are looked at some at a time, X(first, how many): where the ends of
 * all of them are among the next CSV_NEAR bytes, as they usually are, nobody asks for each of them.
 */
#define SESSION_LOOKS(X)                                                                        \
    X(7, 4) X(11, 2) X(13, 2) X(15, 3) X(18, 3) X(21, 7)
#define TRAFFIC_LOOKS(X)                                                                        \
    SESSION_LOOKS(X) X(28, 7) X(35, 3) X(38, 3) X(41, 2) X(43, 4) X(47, 4) X(51, 3)
#define THREAT_LOOKS(X)                                                                         \
    SESSION_LOOKS(X) X(28, 3) X(33, 6) X(39, 8)
/* Columns that have the same in most rows, which says nothing: how many from which on. */
#define TRAFFIC_IDLE(X)                                                                         \
    X(47, 4, "0,0,0,0,")                                                                        \
    X(54, 11, ",,0,,0,,N/A,0,0,0,0,")                                                           \
    X(66, 8, "0,0,,,,,,,")                                                                      \
    X(74, 16, ",,,,,,,,,,,,,,,,")                                                               \
    X(90, 12, ",,,,,,,,,,,,")
#define THREAT_IDLE(X)                                                                          \
    X(54, 4, "0,0,0,0,")                                                                        \
    X(77, 16, "0,,,,,,,,,,,,,,,,")                                                              \
    X(93, 12, ",,,,,,,,,,,,")
#define LOOK(first, count)                                                                      \
    if (due == (first) && due >= passed && !panos_walk_look(&w, count)) {                       \
        struct panos_walk copy = w; /* whose address is known: the other stays in registers */  \
        unsigned n = first;                                                                     \
        step = panos_walk_slowly(&copy, row, columns, &n, passed = (first) + (count));          \
        w = copy;                                                                               \
        if (step > PANOS_READ) {                                                                \
            due = n;                                                                            \
            goto end;                                                                           \
        }                                                                                       \
    }
#define KNOWN(first, count) || due - (first) < (count)
#define PASS(first, count, text)                                                                \
    if (due == (first) && due >= passed && panos_walk_past(&w, text))                           \
        passed = (first) + (count);
#define STEP(do)                                                                                \
    if (due >= passed && (step = do) > PANOS_READ)                                              \
        goto end;
#define WALK(n, how, none, field, name)                                                         \
    if ((n) > PANOS_GENERATED) {                                                                \
        if (due < (n)) {                                                                        \
            LOOKS(LOOK)                                                                         \
            STEP(panos_walk_skip(&w, row, due, 0 LOOKS(KNOWN)))                                 \
        }                                                                                       \
        due = (n);                                                                              \
        IDLE(PASS)                                                                              \
        LOOKS(LOOK)                                                                             \
        if ((n) == PANOS_ADDRESSES && due >= passed && panos_walk_addresses(&w, out))           \
            passed = (n) + 4;                                                                   \
        STEP(panos_walk_read(&w, row, out, n, 0 LOOKS(KNOWN), &columns[n], way))                \
        due = (n) + 1;                                                                          \
    }
#define TABLE_AS_CODE(table, LIST)                                                              \
    PANOS_INLINE unsigned table##_columns(struct panos_row *row, struct slice rest,             \
                                          struct record_extra **next, enum panos_way way)       \
    {                                                                                           \
        static const struct panos_column *const columns = table##_rows;                         \
        struct csv_marks marks;                                                                 \
        struct panos_walk w = panos_walk_begin(&marks, rest, *next);                            \
        struct record *out = row->out;                                                          \
        enum panos_step step;                                                                   \
        unsigned due = PANOS_GENERATED + 1, passed = 0;                                         \
        LIST(WALK)                                                                              \
        step = w.at > w.end ? PANOS_OVER : PANOS_UNUSUAL;                                       \
    end:                                                                                        \
        *next = w.next;                                                                         \
        return step == PANOS_OVER ? due : 0;                                                    \
    }
#define WAY(table, name, way)                                                                   \
    name(struct panos_row *row, struct slice rest, struct record_extra **next)                  \
    {                                                                                           \
        return table##_columns(row, rest, next, way);                                           \
    }
#ifdef WIDE
#define FOR_MACHINES(table)                                                                     \
    WIDE static unsigned WAY(table, table##_wide, PANOS_WALKED_WIDE)                            \
    static __attribute__((noinline)) unsigned WAY(table, table##_narrow, PANOS_WALKED)          \
    static unsigned table##_walk(struct panos_row *row, struct slice rest,                      \
                                 struct record_extra **next)                                    \
    {                                                                                           \
        return wide_here() ? table##_wide(row, rest, next) : table##_narrow(row, rest, next);   \
    }
#else
#define FOR_MACHINES(table) static unsigned WAY(table, table##_walk, PANOS_WALKED)
#endif

#define LOOKS TRAFFIC_LOOKS
#define IDLE TRAFFIC_IDLE
TABLE_ROWS(traffic, TRAFFIC)
TABLE_AS_CODE(traffic, TRAFFIC)
FOR_MACHINES(traffic)
TABLE_WALK(traffic, TRAFFIC, traffic_walk);
#undef LOOKS
#undef IDLE
#define LOOKS THREAT_LOOKS
#define IDLE THREAT_IDLE
TABLE_ROWS(threat, THREAT)
TABLE_AS_CODE(threat, THREAT)
FOR_MACHINES(threat)
TABLE_WALK(threat, THREAT, threat_walk);
TABLE(decryption, DECRYPTION);
TABLE(tunnel, TUNNEL);
TABLE(gtp, GTP);
TABLE(sctp, SCTP);
/* clang-format on */
