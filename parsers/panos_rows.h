/* How the tables of panos_columns*.c write a column, and groups of columns that many types have. */
#pragma once

#include "parsers/panos_columns.h"

#include <stddef.h>

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
    KEEP("src_device_vendor"), KEEP("src_device_os_family"), KEEP("src_device_os_version"),        \
    PUT(TEXT, src_host, "src_hostname"), PUT(TEXT, src_mac, "src_mac_address")
#define DST_DEVICE                                                                                 \
    KEEP("dst_device_category"), KEEP("dst_device_profile"), KEEP("dst_device_model"),             \
    KEEP("dst_device_vendor"), KEEP("dst_device_os_family"), KEEP("dst_device_os_version"),        \
    PUT(TEXT, dst_host, "dst_hostname"), PUT(TEXT, dst_mac, "dst_mac_address")
#define CONTAINER   KEEP("container_id"), KEEP("pod_namespace"), KEEP("pod_name")
#define SLICE_OF_5G VALUE("slice_service_type"), VALUE("slice_differentiator")
#define APPLICATION                                                                                \
    KEEP("application_subcategory"), KEEP("application_category"), KEEP("application_technology"), \
    VALUE("application_risk"), KEEP("application_characteristic"),                                 \
    KEEP("application_container")
#define SANCTIONED KEEP("application_saas"), KEEP("application_sanctioned_state")
/* clang-format on */
