/*
 * The columns of PAN-OS logs about events, type by type, in the order the vendor's
 * administrator guide lists them under "Syslog Field Descriptions" (releases 8.1 to 11.2; a newer
 * release only appends). Names are the guide's, in snake_case, with src_ and dst_ for source and
 * destination.
 * https://docs.paloaltonetworks.com/ngfw/administration/monitoring/use-syslog-for-monitoring/syslog-field-descriptions
 */
#include "parsers/panos_columns.h"

#include "parsers/panos_rows.h"

/* clang-format off */
#define SYSTEM(X)                                                                               \
    EVERY(X)                                                                                    \
    X(  7, KEEP,     EMPTY, extra,         "vsys")                                              \
    X(  8, KEEP,     EMPTY, extra,         "event_id")                                          \
    X(  9, KEEP,     EMPTY, extra,         "object")                                            \
    X( 12, KEEP,     EMPTY, extra,         "module")                                            \
    X( 13, SEVERITY, EMPTY, severity,      "severity")                                          \
    X( 14, TEXT,     EMPTY, message,       "description")                                       \
    X( 15, KEEP,     ZERO,  extra,         "sequence_number")                                   \
    X( 16, KEEP,     ZERO,  extra,         "action_flags")                                      \
    DEVICE_GROUPS(X, 17)

#define CONFIG(X)                                                                               \
    EVERY(X)                                                                                    \
    X(  7, ADDRESS,  ZERO,  src_ip,        "host")                                              \
    X(  8, KEEP,     EMPTY, extra,         "vsys")                                              \
    X(  9, KEEP,     EMPTY, extra,         "command")                                           \
    X( 10, TEXT,     EMPTY, src_user,      "admin")                                             \
    X( 11, KEEP,     EMPTY, extra,         "client")                                            \
    X( 13, TEXT,     EMPTY, message,       "configuration_path")                                \
    X( 14, KEEP,     ZERO,  extra,         "sequence_number")                                   \
    X( 15, KEEP,     ZERO,  extra,         "action_flags")                                      \
    DEVICE_GROUPS(X, 16)                                                                        \
    X( 22, KEEP,     ZERO,  extra,         "device_group")                                      \
    X( 23, KEEP,     EMPTY, extra,         "audit_comment")                                     \
    X( 26, KEEP,     EMPTY, extra,         "before_change_detail")                              \
    X( 27, KEEP,     EMPTY, extra,         "after_change_detail")

/* What administrators do, without the columns of other rows: serial, time, "audit", ... */
#define AUDIT(X)                                                                                \
    X(  0, KEEP,     EMPTY, extra,         "serial")                                            \
    X(  5, TEXT,     EMPTY, src_user,      "admin")                                             \
    X(  6, TEXT,     EMPTY, message,       "command")                                           \
    X(  7, KEEP,     EMPTY, extra,         "result")

#define USERID(X)                                                                               \
    EVERY(X)                                                                                    \
    X(  7, KEEP,     EMPTY, extra,         "vsys")                                              \
    X(  8, ADDRESS,  EMPTY, src_ip,        "src_ip")                                            \
    X(  9, TEXT,     EMPTY, src_user,      "user")                                              \
    X( 10, KEEP,     EMPTY, extra,         "data_source_name")                                  \
    X( 11, KEEP,     ZERO,  extra,         "event_id")                                          \
    X( 12, KEEP,     ONE,   extra,         "repeat_count")                                      \
    X( 13, KEEP,     ZERO,  extra,         "time_out_threshold")                                \
    X( 14, KEEP,     ZERO,  extra,         "src_port")                                          \
    X( 15, KEEP,     ZERO,  extra,         "dst_port")                                          \
    X( 16, KEEP,     EMPTY, extra,         "data_source")                                       \
    X( 17, KEEP,     EMPTY, extra,         "data_source_type")                                  \
    X( 18, KEEP,     ZERO,  extra,         "sequence_number")                                   \
    X( 19, KEEP,     ZERO,  extra,         "action_flags")                                      \
    DEVICE_GROUPS(X, 20)                                                                        \
    X( 26, KEEP,     EMPTY, extra,         "vsys_id")                                           \
    X( 27, KEEP,     EMPTY, extra,         "factor_type")                                       \
    X( 28, KEEP,     EMPTY, extra,         "factor_completion_time")                            \
    X( 29, KEEP,     ZERO,  extra,         "factor_number")                                     \
    X( 30, KEEP,     ZERO,  extra,         "user_group_flags")                                  \
    X( 31, KEEP,     EMPTY, extra,         "user_by_source")                                    \
    X( 32, KEEP,     EMPTY, extra,         "tag_name")                                          \
    X( 34, KEEP,     EMPTY, extra,         "origin_data_source")                                \
    X( 36, KEEP,     EMPTY, extra,         "cluster_name")

#define HIPMATCH(X)                                                                             \
    EVERY(X)                                                                                    \
    X(  7, TEXT,     EMPTY, src_user,      "src_user")                                          \
    X(  8, KEEP,     EMPTY, extra,         "vsys")                                              \
    X(  9, TEXT,     EMPTY, src_host,      "machine_name")                                      \
    X( 10, KEEP,     EMPTY, extra,         "operating_system")                                  \
    X( 11, ADDRESS,  ZERO,  src_ip,        "src_address")                                       \
    X( 12, KEEP,     EMPTY, extra,         "hip")                                               \
    X( 13, KEEP,     ONE,   extra,         "repeat_count")                                      \
    X( 17, KEEP,     ZERO,  extra,         "sequence_number")                                   \
    X( 18, KEEP,     ZERO,  extra,         "action_flags")                                      \
    DEVICE_GROUPS(X, 19)                                                                        \
    X( 25, KEEP,     EMPTY, extra,         "vsys_id")                                           \
    X( 26, KEEP,     ODD,   extra,         "ipv6_src_address")                                  \
    X( 27, KEEP,     EMPTY, extra,         "host_id")                                           \
    X( 28, KEEP,     EMPTY, extra,         "user_device_serial_number")                         \
    X( 29, TEXT,     EMPTY, src_mac,       "device_mac_address")                                \
    X( 31, KEEP,     EMPTY, extra,         "cluster_name")

#define GLOBALPROTECT(X)                                                                        \
    EVERY(X)                                                                                    \
    X(  7, KEEP,     EMPTY, extra,         "vsys")                                              \
    X(  9, KEEP,     EMPTY, extra,         "stage")                                             \
    X( 10, KEEP,     EMPTY, extra,         "authentication_method")                             \
    X( 11, KEEP,     EMPTY, extra,         "tunnel_type")                                       \
    X( 12, TEXT,     EMPTY, src_user,      "src_user")                                          \
    X( 13, KEEP,     EMPTY, extra,         "src_region")                                        \
    X( 14, TEXT,     EMPTY, src_host,      "machine_name")                                      \
    X( 15, ADDRESS,  ZERO,  src_ip,        "public_ip")                                         \
    X( 16, ADDRESS,  ZERO,  src_ip,        "public_ipv6")                                       \
    X( 17, KEEP,     ODD,   extra,         "private_ip")                                        \
    X( 18, KEEP,     ODD,   extra,         "private_ipv6")                                      \
    X( 19, KEEP,     EMPTY, extra,         "host_id")                                           \
    X( 20, KEEP,     EMPTY, extra,         "user_device_serial_number")                         \
    X( 21, KEEP,     EMPTY, extra,         "client_version")                                    \
    X( 22, KEEP,     EMPTY, extra,         "client_os")                                         \
    X( 23, KEEP,     EMPTY, extra,         "client_os_version")                                 \
    X( 24, KEEP,     ONE,   extra,         "repeat_count")                                      \
    X( 25, TEXT,     EMPTY, reason,        "reason")                                            \
    X( 26, KEEP,     EMPTY, extra,         "error")                                             \
    X( 27, TEXT,     EMPTY, message,       "description")                                       \
    X( 28, KEEP,     EMPTY, extra,         "status")                                            \
    X( 29, KEEP,     EMPTY, extra,         "location")                                          \
    X( 30, SECONDS,  EMPTY, duration_ms,   "login_duration")                                    \
    X( 31, KEEP,     EMPTY, extra,         "connect_method")                                    \
    X( 32, KEEP,     ZERO,  extra,         "error_code")                                        \
    X( 33, KEEP,     EMPTY, extra,         "portal")                                            \
    X( 34, KEEP,     ZERO,  extra,         "sequence_number")                                   \
    X( 35, KEEP,     ZERO,  extra,         "action_flags")                                      \
    X( 37, KEEP,     EMPTY, extra,         "selection_type")                                    \
    X( 38, KEEP,     ZERO,  extra,         "response_time")                                     \
    X( 39, KEEP,     EMPTY, extra,         "priority")                                          \
    X( 40, KEEP,     EMPTY, extra,         "attempted_gateways")                                \
    X( 41, KEEP,     EMPTY, extra,         "gateway")                                           \
    DEVICE_GROUPS(X, 42)                                                                        \
    X( 48, KEEP,     EMPTY, extra,         "vsys_id")                                           \
    X( 49, KEEP,     EMPTY, extra,         "cluster_name")

#define AUTHENTICATION(X)                                                                       \
    EVERY(X)                                                                                    \
    X(  7, KEEP,     EMPTY, extra,         "vsys")                                              \
    X(  8, ADDRESS,  ZERO,  src_ip,        "src_ip")                                            \
    X(  9, TEXT,     EMPTY, src_user,      "user")                                              \
    X( 10, KEEP,     EMPTY, extra,         "normalize_user")                                    \
    X( 11, KEEP,     EMPTY, extra,         "object")                                            \
    X( 12, TEXT,     EMPTY, rule,          "authentication_policy")                             \
    X( 13, KEEP,     ONE,   extra,         "repeat_count")                                      \
    X( 14, KEEP,     ZERO,  extra,         "authentication_id")                                 \
    X( 15, KEEP,     EMPTY, extra,         "vendor")                                            \
    X( 16, KEEP,     EMPTY, extra,         "log_action")                                        \
    X( 17, KEEP,     EMPTY, extra,         "server_profile")                                    \
    X( 18, TEXT,     EMPTY, message,       "description")                                       \
    X( 19, KEEP,     EMPTY, extra,         "client_type")                                       \
    X( 21, KEEP,     ZERO,  extra,         "factor_number")                                     \
    X( 22, KEEP,     ZERO,  extra,         "sequence_number")                                   \
    X( 23, KEEP,     ZERO,  extra,         "action_flags")                                      \
    DEVICE_GROUPS(X, 24)                                                                        \
    X( 30, KEEP,     EMPTY, extra,         "vsys_id")                                           \
    X( 31, KEEP,     ODD,   extra,         "authentication_protocol")                           \
    X( 32, KEEP,     EMPTY, extra,         "rule_uuid")                                         \
    SRC_DEVICE(X, 34)                                                                           \
    X( 42, KEEP,     EMPTY, extra,         "region")                                            \
    X( 44, KEEP,     EMPTY, extra,         "user_agent")                                        \
    X( 45, TEXT,     ZERO,  session_id,    "session_id")                                        \
    X( 46, KEEP,     EMPTY, extra,         "cluster_name")

#define CORRELATION(X)                                                                          \
    EVERY(X)                                                                                    \
    X(  7, ADDRESS,  ZERO,  src_ip,        "src_address")                                       \
    X(  8, TEXT,     EMPTY, src_user,      "src_user")                                          \
    X(  9, KEEP,     EMPTY, extra,         "vsys")                                              \
    X( 10, TEXT,     EMPTY, threat,        "category")                                          \
    X( 11, SEVERITY, EMPTY, severity,      "severity")                                          \
    DEVICE_GROUPS(X, 12)                                                                        \
    X( 18, KEEP,     EMPTY, extra,         "vsys_id")                                           \
    X( 20, KEEP,     ZERO,  extra,         "object_id")                                         \
    X( 21, TEXT,     EMPTY, message,       "evidence")

#define IPTAG(X)                                                                                \
    EVERY(X)                                                                                    \
    X(  7, KEEP,     EMPTY, extra,         "vsys")                                              \
    X(  8, ADDRESS,  ZERO,  src_ip,        "src_ip")                                            \
    X(  9, KEEP,     EMPTY, extra,         "tag_name")                                          \
    X( 11, KEEP,     ONE,   extra,         "repeat_count")                                      \
    X( 12, KEEP,     ZERO,  extra,         "timeout")                                           \
    X( 13, KEEP,     EMPTY, extra,         "data_source_name")                                  \
    X( 14, KEEP,     EMPTY, extra,         "data_source_type")                                  \
    X( 15, KEEP,     EMPTY, extra,         "data_source_subtype")                               \
    X( 16, KEEP,     ZERO,  extra,         "sequence_number")                                   \
    X( 17, KEEP,     ZERO,  extra,         "action_flags")                                      \
    DEVICE_GROUPS(X, 18)                                                                        \
    X( 24, KEEP,     EMPTY, extra,         "vsys_id")                                           \
    X( 26, KEEP,     EMPTY, extra,         "cluster_name")

TABLE(every, EVERY);
TABLE(system, SYSTEM);
TABLE(config, CONFIG);
TABLE(audit, AUDIT);
TABLE(userid, USERID);
TABLE(hipmatch, HIPMATCH);
TABLE(globalprotect, GLOBALPROTECT);
TABLE(authentication, AUTHENTICATION);
TABLE(correlation, CORRELATION);
TABLE(iptag, IPTAG);
/* clang-format on */
