/*
 * How the tables of panos_columns*.c are written, and the columns that many types have. A table is
 * a list of rows
 *
 *   X(column, how, none, field, name)
 *
 * numbered as in the vendor's guide; a column that has no row is reserved, or read elsewhere.
 */
#pragma once

#include "parsers/panos_columns.h"

#include <stddef.h>

/* clang-format off */
#define ROW(n, how, none, field, name)                                                          \
    [n] = {UINT64_C(1) << FIELD_##field, offsetof(struct record, field), PANOS_##how,           \
           PANOS_NONE_##none, SLICE(name)},
#define TAG(n, how, none, field, name) [n] = PANOS_TAG_OF(name),

/* Defines panos_<type> from a list. */
#define TABLE(type, LIST)                                                                       \
    TABLE_ROWS(type, LIST)                                                                      \
    TABLE_WALK(type, LIST, NULL)
#define TABLE_ROWS(type, LIST) static const struct panos_column type##_rows[] = {LIST(ROW)};
#define TABLE_WALK(type, LIST, how)                                                             \
    const struct panos_columns panos_##type = {                                                 \
        .row = type##_rows,                                                                     \
        .count = sizeof(type##_rows) / sizeof(type##_rows[0]),                                  \
        .walk = how,                                                                            \
        .tags = {LIST(TAG)},                                                                    \
    }

/* Columns of every type, and of the types about a session. */
#define EVERY(X)                                                                                \
    X(  1, RECEIVED, EMPTY, extra,         "receive_time")                                      \
    X(  2, KEEP,     EMPTY, extra,         "serial")

#define SESSION(X)                                                                              \
    EVERY(X)                                       /* 0 to 6 */                                 \
    X(  7, ADDRESS,  EMPTY, src_ip,        "src_address")                                       \
    X(  8, ADDRESS,  EMPTY, dst_ip,        "dst_address")                                       \
    X(  9, ADDRESS,  ZERO,  src_nat_ip,    "nat_src_ip")                                        \
    X( 10, ADDRESS,  ZERO,  dst_nat_ip,    "nat_dst_ip")                                        \
    X( 11, TEXT,     EMPTY, rule,          "rule_name")                                         \
    X( 12, TEXT,     EMPTY, src_user,      "src_user")                                          \
    X( 13, TEXT,     EMPTY, dst_user,      "dst_user")                                          \
    X( 14, TEXT,     EMPTY, application,   "application")                                       \
    X( 15, KEEP,     EMPTY, extra,         "vsys")                                              \
    X( 16, TEXT,     EMPTY, src_zone,      "src_zone")                                          \
    X( 17, TEXT,     EMPTY, dst_zone,      "dst_zone")                                          \
    X( 18, TEXT,     EMPTY, src_interface, "inbound_interface")                                 \
    X( 19, TEXT,     EMPTY, dst_interface, "outbound_interface")                                \
    X( 20, KEEP,     EMPTY, extra,         "log_action")                                        \
    X( 22, TEXT,     ZERO,  session_id,    "session_id")                                        \
    X( 23, KEEP,     ONE,   extra,         "repeat_count")                                      \
    X( 24, PORT,     EMPTY, src_port,      "src_port")                                          \
    X( 25, PORT,     EMPTY, dst_port,      "dst_port")                                          \
    X( 26, PORT,     ZERO,  src_nat_port,  "nat_src_port")                                      \
    X( 27, PORT,     ZERO,  dst_nat_port,  "nat_dst_port")                                      \
    X( 28, KEEP,     ZERO,  extra,         "flags")                                             \
    X( 29, PROTOCOL, EMPTY, protocol,      "ip_protocol")                                       \
    X( 30, ACTION,   EMPTY, action,        "action")

/* Groups of columns that many types have in the same order. */
#define DEVICE_GROUPS(X, n)                                                                     \
    X(n,     KEEP,     ZERO,  extra,         "dg_hierarchy_level_1")                            \
    X(n + 1, KEEP,     ZERO,  extra,         "dg_hierarchy_level_2")                            \
    X(n + 2, KEEP,     ZERO,  extra,         "dg_hierarchy_level_3")                            \
    X(n + 3, KEEP,     ZERO,  extra,         "dg_hierarchy_level_4")                            \
    X(n + 4, KEEP,     EMPTY, extra,         "vsys_name")                                       \
    X(n + 5, DEVICE,   EMPTY, host,          "device_name")

#define SRC_DEVICE(X, n)                                                                        \
    X(n,     KEEP,     EMPTY, extra,         "src_device_category")                             \
    X(n + 1, KEEP,     EMPTY, extra,         "src_device_profile")                              \
    X(n + 2, KEEP,     EMPTY, extra,         "src_device_model")                                \
    X(n + 3, KEEP,     EMPTY, extra,         "src_device_vendor")                               \
    X(n + 4, KEEP,     EMPTY, extra,         "src_device_os_family")                            \
    X(n + 5, KEEP,     EMPTY, extra,         "src_device_os_version")                           \
    X(n + 6, TEXT,     EMPTY, src_host,      "src_hostname")                                    \
    X(n + 7, TEXT,     EMPTY, src_mac,       "src_mac_address")

#define DST_DEVICE(X, n)                                                                        \
    X(n,     KEEP,     EMPTY, extra,         "dst_device_category")                             \
    X(n + 1, KEEP,     EMPTY, extra,         "dst_device_profile")                              \
    X(n + 2, KEEP,     EMPTY, extra,         "dst_device_model")                                \
    X(n + 3, KEEP,     EMPTY, extra,         "dst_device_vendor")                               \
    X(n + 4, KEEP,     EMPTY, extra,         "dst_device_os_family")                            \
    X(n + 5, KEEP,     EMPTY, extra,         "dst_device_os_version")                           \
    X(n + 6, TEXT,     EMPTY, dst_host,      "dst_hostname")                                    \
    X(n + 7, TEXT,     EMPTY, dst_mac,       "dst_mac_address")

#define CONTAINER(X, n)                                                                         \
    X(n,     KEEP,     EMPTY, extra,         "container_id")                                    \
    X(n + 1, KEEP,     EMPTY, extra,         "pod_namespace")                                   \
    X(n + 2, KEEP,     EMPTY, extra,         "pod_name")

#define SLICE_OF_5G(X, n)                                                                       \
    X(n,     KEEP,     ZERO,  extra,         "slice_service_type")                              \
    X(n + 1, KEEP,     ZERO,  extra,         "slice_differentiator")

#define APPLICATION(X, n)                                                                       \
    X(n,     KEEP,     EMPTY, extra,         "application_subcategory")                         \
    X(n + 1, KEEP,     EMPTY, extra,         "application_category")                            \
    X(n + 2, KEEP,     EMPTY, extra,         "application_technology")                          \
    X(n + 3, KEEP,     ZERO,  extra,         "application_risk")                                \
    X(n + 4, KEEP,     EMPTY, extra,         "application_characteristic")                      \
    X(n + 5, KEEP,     EMPTY, extra,         "application_container")

#define SANCTIONED(X, n)                                                                        \
    X(n,     KEEP,     EMPTY, extra,         "application_saas")                                \
    X(n + 1, KEEP,     EMPTY, extra,         "application_sanctioned_state")
/* clang-format on */
