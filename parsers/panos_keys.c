/*
 * What the keys of PAN-OS' CEF and LEEF templates and of JSON stand for: columns of the row that the firewall
 * would have written, see panos_keyed.c.
 * https://docs.paloaltonetworks.com/resources/cef
 * https://www.ibm.com/docs/en/dsm?topic=series-creating-syslog-destination-your-palo-alto-pa-device
 * https://docs.paloaltonetworks.com/strata-logging-service/log-reference
 */
#include "parsers/panos_keyed.h"

/*
 * Keys, and the labels of cs1, cn1 and their like, that do not give a column's name away: which
 * column it is, by its name in panos_columns*.c, the first of these that the type has. Names like
 * SessionEndReason need no row: they become session_end_reason.
 */
/* clang-format off */
#define KEYS(IS, ONE, OF, AMONG, TELLS)                                                            \
    TELLS("rt", RECEIVED)                                                                          \
    IS("to", "dst_zone")                                                                           \
    IS("in", "bytes_sent")  /* by the firewall; the logging service has the two exchanged */       \
    TELLS("dtz", ZONE)                                                                             \
    AMONG("src", "src_address", "src_ip", "host", "public_ip")                                     \
    IS("dst", "dst_address")                                                                       \
    IS("cs1", "rule_name")  /* without a label, as the other numbered ones */                      \
    IS("app", "application")                                                                       \
    IS("cs3", "vsys")                                                                              \
    IS("cs4", "src_zone")                                                                          \
    IS("cs5", "dst_zone")                                                                          \
    IS("cs6", "log_action")                                                                        \
    IS("cn1", "session_id")                                                                        \
    IS("cnt", "repeat_count")                                                                      \
    IS("spt", "src_port")                                                                          \
    IS("dpt", "dst_port")                                                                          \
    ONE("act", "action", "command")                                                                \
    IS("out", "bytes_received")                                                                    \
    IS("cn2", "packets")                                                                           \
    IS("cn3", "elapsed_time")                                                                      \
    IS("cs2", "category")                                                                          \
    AMONG("cat", "action_source", "threat_id", "event_id", "hip")                                  \
    OF("msg", "description", "configuration_path", "subject")                                      \
    IS("end", "factor_completion_time")                                                            \
    TELLS("sev", SEVERITY)                                                                         \
    IS("URL", "url_filename")                                                                      \
    IS("Rule", "rule_name")                                                                        \
    IS("DGl1", "dg_hierarchy_level_1")                                                             \
    IS("DGl2", "dg_hierarchy_level_2")                                                             \
    IS("DGl3", "dg_hierarchy_level_3")                                                             \
    IS("DGl4", "dg_hierarchy_level_4")                                                             \
    IS("PPID", "payload_protocol_id")                                                              \
    IS("suid", "sender")                                                                           \
    IS("duid", "recipient")                                                                        \
    IS("c6a2", "ipv6_src_address")                                                                 \
    TELLS("Type", TYPE)                                                                            \
    TELLS("type", TYPE)                                                                            \
    IS("rule", "rule_name")                                                                        \
    IS("from", "src_zone")                                                                         \
    IS("misc", "url_filename")                                                                     \
    ONE("suser", "src_user", "user")                                                               \
    OF("duser", "dst_user", "admin", "user")                                                       \
    IS("proto", "ip_protocol")                                                                     \
    TELLS("start", GENERATED)                                                                      \
    ONE("shost", "machine_name", "host")                                                           \
    IS("fname", "object")                                                                          \
    IS("sport", "src_port")                                                                        \
    IS("dport", "dst_port")                                                                        \
    ONE("reason", "session_end_reason", "reason")                                                  \
    IS("fileId", "pcap_id")                                                                        \
    IS("duser0", "admin")                                                                          \
    IS("ToZone", "dst_zone")                                                                       \
    TELLS("Result", EVENT)                                                                         \
    IS("natsrc", "nat_src_ip")                                                                     \
    IS("natdst", "nat_dst_ip")                                                                     \
    IS("Tunnel", "tunnel_type")                                                                    \
    IS("dvchost", "device_name")                                                                   \
    IS("SrcUUID", "src_vm_uuid")                                                                   \
    IS("DstUUID", "dst_vm_uuid")                                                                   \
    IS("request", "url_filename")                                                                  \
    IS("AssocID", "sctp_association_id")                                                           \
    IS("UGFlags", "user_group_flags")                                                              \
    TELLS("devTime", RECEIVED)                                                                     \
    TELLS("Subtype", TYPE)                                                                         \
    TELLS("SubType", TYPE)                                                                         \
    OF("usrName", "src_user", "user", "admin")                                                     \
    IS("srcPort", "src_port")                                                                      \
    IS("dstPort", "dst_port")                                                                      \
    IS("PCAP_ID", "pcap_id")                                                                       \
    TELLS("EventID", EVENT)                                                                        \
    TELLS("LogType", TYPE)                                                                         \
    TELLS("subtype", TYPE)                                                                         \
    TELLS("eventid", EVENT)                                                                        \
    ONE("srcuser", "src_user", "user")                                                             \
    IS("dstuser", "dst_user")                                                                      \
    IS("elapsed", "elapsed_time")                                                                  \
    TELLS("LogTime", RECEIVED)                                                                     \
    IS("HTTP2Con", "http2_connection")                                                             \
    IS("filePath", "cloud")                                                                        \
    IS("fileHash", "file_digest")                                                                  \
    IS("DeviceSN", "serial")                                                                       \
    IS("FromZone", "src_zone")                                                                     \
    IS("srcBytes", "bytes_sent")                                                                   \
    IS("dstBytes", "bytes_received")                                                               \
    IS("sequence", "sequence_number")                                                              \
    IS("vSrcName", "vsys_name")                                                                    \
    IS("FileName", "url_filename")                                                                 \
    IS("ThreatID", "threat_id")                                                                    \
    IS("Filename", "object")                                                                       \
    IS("Protocol", "ip_protocol")                                                                  \
    IS("FileHash", "file_digest")                                                                  \
    IS("threatid", "threat_id")                                                                    \
    IS("natsport", "nat_src_port")                                                                 \
    IS("natdport", "nat_dst_port")                                                                 \
    ONE("SourceIP", "src_ip", "src_address")                                                       \
    IS("PacketID", "pcap_id")                                                                      \
    IS("SDWANSite", "sdwan_site")                                                                  \
    IS("oldFileId", "report_id")                                                                   \
    TELLS("EventTime", GENERATED)                                                                  \
    IS("NATSource", "nat_src_ip")                                                                  \
    IS("sessionid", "session_id")                                                                  \
    IS("pkts_sent", "packets_sent")                                                                \
    IS("EventName", "event_id")                                                                    \
    IS("LogProfile", "log_action")                                                                 \
    IS("externalId", "sequence_number")                                                            \
    IS("LinkChange", "app_flap_count")                                                             \
    IS("LinkDetail", "link_switches")                                                              \
    IS("ContentVer", "content_version")                                                            \
    IS("HTTPHeader", "http_headers")                                                               \
    IS("URLCatList", "url_category_list")                                                          \
    IS("AuthMethod", "authentication_method")                                                      \
    IS("PublicIPv4", "public_ip")                                                                  \
    IS("PublicIPv6", "public_ipv6")                                                                \
    IS("EndpointSN", "user_device_serial_number")                                                  \
    IS("SequenceNo", "sequence_number")                                                            \
    IS("srcPostNAT", "nat_src_ip")                                                                 \
    IS("dstPostNAT", "nat_dst_ip")                                                                 \
    IS("SourceZone", "src_zone")                                                                   \
    IS("LogSetting", "log_action")                                                                 \
    IS("totalBytes", "bytes")                                                                      \
    IS("srcPackets", "packets_sent")                                                               \
    IS("dstPackets", "packets_received")                                                           \
    IS("FileDigest", "file_digest")                                                                \
    IS("inbound_if", "inbound_interface")                                                          \
    IS("URLCounter", "url_index")                                                                  \
    IS("flexString1", "flags")                                                                     \
    IS("Total bytes", "bytes")                                                                     \
    IS("flexNumber1", "bytes")                                                                     \
    IS("SCTPAssocID", "sctp_association_id")                                                       \
    IS("DNSCategory", "category")                                                                  \
    IS("SDWANDevice", "sdwan_device_type")                                                         \
    IS("flexString2", "direction")                                                                 \
    TELLS("EventResult", EVENT)                                                                    \
    IS("PrivateIPv4", "private_ip")                                                                \
    IS("PrivateIPv6", "private_ipv6")                                                              \
    IS("LogSourceID", "serial")                                                                    \
    IS("EventStatus", "status")                                                                    \
    TELLS("ReceiveTime", RECEIVED)                                                                 \
    IS("URLCategory", "category")                                                                  \
    IS("outbound_if", "outbound_interface")                                                        \
    IS("SenderEmail", "sender")                                                                    \
    IS("URL Category", "category")                                                                 \
    IS("SDWANCluster", "sdwan_cluster")                                                            \
    TELLS("LogTimeStamp", GENERATED)                                                               \
    TELLS("EventIDValue", EVENT)                                                                   \
    IS("SourceRegion", "src_region")                                                               \
    IS("PacketsTotal", "packets")                                                                  \
    TELLS("TimeReceived", RECEIVED)                                                                \
    IS("SerialNumber", "serial")                                                                   \
    IS("totalPackets", "packets")                                                                  \
    TELLS("receive_time", RECEIVED)                                                                \
    IS("EmailSubject", "subject")                                                                  \
    IS("HipMatchName", "hip")                                                                      \
    IS("SCTPChunkSent", "sctp_chunks_sent")                                                        \
    IS("DNSResolverIP", "dst_address")                                                             \
    IS("SCTPChunksRcv", "sctp_chunks_received")                                                    \
    IS("SDWANClustype", "sdwan_cluster_type")                                                      \
    IS("DynamicUsrgrp", "dynamic_user_group_name")                                                 \
    IS("requestMethod", "http_method")                                                             \
    IS("XForwarderfor", "x_forwarded_for")                                                         \
    IS("VirtualSystem", "vsys")                                                                    \
    TELLS("devTimeFormat", GENERATED)                                                              \
    IS("Miscellaneous", "url_filename")                                                            \
    IS("identHostName", "machine_name")                                                            \
    TELLS("TimeGenerated", GENERATED)                                                              \
    IS("NATSourcePort", "nat_src_port")                                                            \
    IS("pkts_received", "packets_received")                                                        \
    IS("LogSourceName", "device_name")                                                             \
    IS("Virtual System", "vsys")                                                                   \
    IS("requestContext", "content_type")                                                           \
    IS("SourceUserName", "src_user")                                                               \
    ONE("EndpointOSType", "client_os", "operating_system")                                         \
    IS("CountOfRepeats", "repeat_count")                                                           \
    IS("srcPostNATPort", "nat_src_port")                                                           \
    IS("dstPostNATPort", "nat_dst_port")                                                           \
    IS("VendorSeverity", "severity")                                                               \
    IS("NATDestination", "nat_dst_ip")                                                             \
    TELLS("time_generated", GENERATED)                                                             \
    IS("EventComponent", "object")                                                                 \
    IS("RecipientEmail", "recipient")                                                              \
    IS("ConnectionError", "error")                                                                 \
    IS("SessionDuration", "elapsed_time")                                                          \
    IS("VirtualLocation", "vsys")                                                                  \
    IS("EgressInterface", "outbound_interface")                                                    \
    IS("VirtualSystemID", "vsys_id")                                                               \
    IS("ParentStarttime", "parent_start_time")                                                     \
    IS("deviceExternalId", "serial")                                                               \
    IS("QuarantineReason", "reason")                                                               \
    IS("ConnectionMethod", "connect_method")                                                       \
    IS("SessionStartTime", "start_time")                                                           \
    ONE("EventDescription", "description", "configuration_path")                                   \
    IS("IngressInterface", "inbound_interface")                                                    \
    IS("ApplianceOrCloud", "cloud")                                                                \
    IS("DGHierarchyLevel1", "dg_hierarchy_level_1")                                                \
    IS("DGHierarchyLevel2", "dg_hierarchy_level_2")                                                \
    IS("DGHierarchyLevel3", "dg_hierarchy_level_3")                                                \
    IS("DGHierarchyLevel4", "dg_hierarchy_level_4")                                                \
    IS("VirtualSystemName", "vsys_name")                                                           \
    IS("Virtual System ID", "vsys_id")                                                             \
    IS("Timeout Threshold", "time_out_threshold")                                                  \
    IS("EndpointOSVersion", "client_os_version")                                                   \
    IS("GPGatewayLocation", "location")                                                            \
    IS("ConnectionErrorID", "error_code")                                                          \
    IS("DirectionOfAttack", "direction")                                                           \
    IS("EndpointDeviceName", "machine_name")                                                       \
    IS("NATDestinationPort", "nat_dst_port")                                                       \
    TELLS("high_res_timestamp", PRECISE)                                                           \
    IS("IPv6 Source Address", "ipv6_src_address")                                                  \
    IS("sourceTranslatedPort", "nat_src_port")                                                     \
    IS("LogForwardingProfile", "log_action")                                                       \
    IS("EndpointSerialNumber", "user_device_serial_number")                                        \
    IS("deviceInboundInterface", "inbound_interface")                                              \
    IS("DeviceGroupHierarchyL1", "dg_hierarchy_level_1")                                           \
    IS("DeviceGroupHierarchyL2", "dg_hierarchy_level_2")                                           \
    IS("DeviceGroupHierarchyL3", "dg_hierarchy_level_3")                                           \
    IS("DeviceGroupHierarchyL4", "dg_hierarchy_level_4")                                           \
    IS("destinationServiceName", "client")                                                         \
    IS("sourceTranslatedAddress", "nat_src_ip")                                                    \
    IS("deviceOutboundInterface", "outbound_interface")                                            \
    IS("Elapsed time in seconds", "elapsed_time")                                                  \
    IS("requestClientApplication", "user_agent")                                                   \
    IS("destinationTranslatedPort", "nat_dst_port")                                                \
    IS("GlobalProtectClientVersion", "client_version")                                             \
    TELLS("TimeGeneratedHighResolution", PRECISE)                                                  \
    IS("destinationTranslatedAddress", "nat_dst_ip")                                               \
    IS("GlobalProtectGatewayLocation", "location")
/* clang-format on */

#define TELLS(name, what) {.key = SLICE(name), .meaning = PANOS_KEY_##what},
#define IS(name, a)       {.key = SLICE(name), .columns = {SLICE(a)}},
#define ONE(name, a, b)   {.key = SLICE(name), .columns = {SLICE(a), SLICE(b)}},
#define OF(name, a, b, c) {.key = SLICE(name), .columns = {SLICE(a), SLICE(b), SLICE(c)}},
#define AMONG(name, a, b, c, d)                                                                    \
    {.key = SLICE(name), .columns = {SLICE(a), SLICE(b), SLICE(c), SLICE(d)}},
#define TAG(name, ...) PANOS_TAG_OF(name),

static const struct panos_key keys[] = {KEYS(IS, ONE, OF, AMONG, TELLS)};
static const uint8_t tags[] = {KEYS(TAG, TAG, TAG, TAG, TAG)};

const struct panos_key *panos_key(struct slice name)
{
    const uint8_t *at = tags, *end = tags + sizeof(tags);
    for (; name.len && (at = memchr(at, panos_tag(name), (size_t)(end - at))); at++)
        if (slice_equals(keys[at - tags].key, name))
            return &keys[at - tags];
    return NULL;
}
