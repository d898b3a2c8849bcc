/*
 * What the keys of PAN-OS' CEF and LEEF templates stand for: columns of the row that the firewall
 * would have written, see panos_keyed.c.
 * https://docs.paloaltonetworks.com/resources/cef
 * https://www.ibm.com/docs/en/dsm?topic=series-creating-syslog-destination-your-palo-alto-pa-device
 * https://docs.paloaltonetworks.com/strata-logging-service/log-reference
 */
#include "parsers/panos_keyed.h"

#define COUNT(table) (sizeof(table) / sizeof(table[0]))

/*
 * Keys, and the labels of cs1, cn1 and their like, that do not give a column's name away: which
 * column it is, by its name in panos_columns*.c, the first of these that the type has. Names like
 * SessionEndReason need no row: they become session_end_reason. The tables are in the order of the
 * templates, so that the next one looked for is near the last one found.
 */
static const struct panos_key keys[] = {
#define TELLS(name, what)                                                                          \
    {                                                                                              \
        .key = SLICE(name), .meaning = PANOS_KEY_##what                                            \
    }
#define IS(name, a)                                                                                \
    {                                                                                              \
        .key = SLICE(name), .columns = { SLICE(a) }                                                \
    }
#define ONE(name, a, b)                                                                            \
    {                                                                                              \
        .key = SLICE(name), .columns = { SLICE(a), SLICE(b) }                                      \
    }
#define OF(name, a, b, c)                                                                          \
    {                                                                                              \
        .key = SLICE(name), .columns = { SLICE(a), SLICE(b), SLICE(c) }                            \
    }
#define AMONG(name, a, b, c, d)                                                                    \
    {                                                                                              \
        .key = SLICE(name), .columns = { SLICE(a), SLICE(b), SLICE(c), SLICE(d) }                  \
    }
    TELLS("dtz", ZONE),
    TELLS("rt", RECEIVED),
    IS("deviceExternalId", "serial"),
    AMONG("src", "src_address", "src_ip", "host", "public_ip"),
    IS("dst", "dst_address"),
    IS("sourceTranslatedAddress", "nat_src_ip"),
    IS("destinationTranslatedAddress", "nat_dst_ip"),
    IS("Rule", "rule_name"),
    IS("cs1", "rule_name"), /* in templates without labels, as the next ones */
    ONE("suser", "src_user", "user"),
    OF("duser", "dst_user", "admin", "user"),
    IS("app", "application"),
    IS("Virtual System", "vsys"),
    IS("cs3", "vsys"),
    IS("cs4", "src_zone"),
    IS("cs5", "dst_zone"),
    IS("deviceInboundInterface", "inbound_interface"),
    IS("deviceOutboundInterface", "outbound_interface"),
    IS("LogProfile", "log_action"),
    IS("cs6", "log_action"),
    IS("cn1", "session_id"),
    IS("cnt", "repeat_count"),
    IS("spt", "src_port"),
    IS("dpt", "dst_port"),
    IS("sourceTranslatedPort", "nat_src_port"),
    IS("destinationTranslatedPort", "nat_dst_port"),
    IS("flexString1", "flags"),
    IS("proto", "ip_protocol"),
    ONE("act", "action", "command"),
    IS("Total bytes", "bytes"),
    IS("flexNumber1", "bytes"),
    IS("in", "bytes_sent"), /* of the firewall; the logging service has them the other way round */
    IS("out", "bytes_received"),
    IS("cn2", "packets"),
    TELLS("start", GENERATED),
    IS("Elapsed time in seconds", "elapsed_time"),
    IS("cn3", "elapsed_time"),
    IS("URL Category", "category"),
    IS("cs2", "category"),
    IS("externalId", "sequence_number"),
    ONE("reason", "session_end_reason", "reason"),
    IS("DGl1", "dg_hierarchy_level_1"),
    IS("DGl2", "dg_hierarchy_level_2"),
    IS("DGl3", "dg_hierarchy_level_3"),
    IS("DGl4", "dg_hierarchy_level_4"),
    IS("DGHierarchyLevel1", "dg_hierarchy_level_1"),
    IS("DGHierarchyLevel2", "dg_hierarchy_level_2"),
    IS("DGHierarchyLevel3", "dg_hierarchy_level_3"),
    IS("DGHierarchyLevel4", "dg_hierarchy_level_4"),
    IS("DeviceGroupHierarchyL1", "dg_hierarchy_level_1"),
    IS("DeviceGroupHierarchyL2", "dg_hierarchy_level_2"),
    IS("DeviceGroupHierarchyL3", "dg_hierarchy_level_3"),
    IS("DeviceGroupHierarchyL4", "dg_hierarchy_level_4"),
    IS("VirtualSystemName", "vsys_name"),
    IS("dvchost", "device_name"),
    AMONG("cat", "action_source", "threat_id", "event_id", "hip"),
    IS("SrcUUID", "src_vm_uuid"),
    IS("DstUUID", "dst_vm_uuid"),
    IS("SCTPAssocID", "sctp_association_id"),
    IS("SCTPChunkSent", "sctp_chunks_sent"),
    IS("SCTPChunksRcv", "sctp_chunks_received"),
    IS("HTTP2Con", "http2_connection"),
    IS("LinkChange", "app_flap_count"),
    IS("LinkDetail", "link_switches"),
    IS("SDWANCluster", "sdwan_cluster"),
    IS("SDWANDevice", "sdwan_device_type"),
    IS("SDWANClustype", "sdwan_cluster_type"),
    IS("SDWANSite", "sdwan_site"),
    IS("DynamicUsrgrp", "dynamic_user_group_name"),
    /* THREAT */
    IS("request", "url_filename"),
    IS("flexString2", "direction"),
    IS("requestContext", "content_type"),
    IS("fileId", "pcap_id"),
    IS("requestMethod", "http_method"),
    IS("requestClientApplication", "user_agent"),
    IS("XForwarderfor", "x_forwarded_for"),
    IS("ContentVer", "content_version"),
    IS("AssocID", "sctp_association_id"),
    IS("PPID", "payload_protocol_id"),
    IS("HTTPHeader", "http_headers"),
    IS("URLCatList", "url_category_list"),
    IS("filePath", "cloud"),
    IS("fileHash", "file_digest"),
    IS("suid", "sender"),
    OF("msg", "description", "configuration_path", "subject"),
    IS("duid", "recipient"),
    IS("oldFileId", "report_id"),
    /* CONFIG, SYSTEM, HIPMATCH, USERID, GLOBALPROTECT */
    ONE("shost", "machine_name", "host"),
    IS("duser0", "admin"),
    IS("destinationServiceName", "client"),
    TELLS("EventResult", EVENT),
    IS("fname", "object"),
    IS("Virtual System ID", "vsys_id"),
    IS("c6a2", "ipv6_src_address"),
    IS("IPv6 Source Address", "ipv6_src_address"),
    IS("Timeout Threshold", "time_out_threshold"),
    IS("end", "factor_completion_time"),
    IS("UGFlags", "user_group_flags"),
    IS("DeviceSN", "serial"),
    TELLS("LogTimeStamp", GENERATED),
    TELLS("EventTime", GENERATED),
    IS("VirtualSystem", "vsys"),
    TELLS("EventIDValue", EVENT),
    IS("AuthMethod", "authentication_method"),
    IS("SourceUserName", "src_user"),
    IS("SourceRegion", "src_region"),
    IS("EndpointDeviceName", "machine_name"),
    IS("PublicIPv4", "public_ip"),
    IS("PublicIPv6", "public_ipv6"),
    IS("PrivateIPv4", "private_ip"),
    IS("PrivateIPv6", "private_ipv6"),
    IS("EndpointSN", "user_device_serial_number"),
    IS("GlobalProtectClientVersion", "client_version"),
    IS("EndpointOSType", "client_os"),
    IS("EndpointOSVersion", "client_os_version"),
    IS("CountOfRepeats", "repeat_count"),
    IS("QuarantineReason", "reason"),
    IS("ConnectionError", "error"),
    IS("EventStatus", "status"),
    IS("GPGatewayLocation", "location"),
    IS("GlobalProtectGatewayLocation", "location"),
    IS("ConnectionMethod", "connect_method"),
    IS("ConnectionErrorID", "error_code"),
    IS("SequenceNo", "sequence_number"),
    IS("SessionStartTime", "start_time"),
    IS("SessionDuration", "elapsed_time"),
    IS("PacketsTotal", "packets"),
    IS("VirtualLocation", "vsys"),
    TELLS("TimeGeneratedHighResolution", PRECISE),
    /* LEEF */
    TELLS("ReceiveTime", RECEIVED),
    TELLS("TimeReceived", RECEIVED),
    TELLS("devTime", RECEIVED),
    TELLS("devTimeFormat", GENERATED),
    IS("SerialNumber", "serial"),
    TELLS("Type", TYPE),
    TELLS("Subtype", TYPE),
    TELLS("SubType", TYPE),
    IS("srcPostNAT", "nat_src_ip"),
    IS("dstPostNAT", "nat_dst_ip"),
    OF("usrName", "src_user", "user", "admin"),
    IS("FromZone", "src_zone"),
    IS("ToZone", "dst_zone"),
    IS("SourceZone", "src_zone"),
    IS("IngressInterface", "inbound_interface"),
    IS("EgressInterface", "outbound_interface"),
    IS("LogForwardingProfile", "log_action"),
    IS("LogSetting", "log_action"),
    IS("srcPort", "src_port"),
    IS("dstPort", "dst_port"),
    IS("srcPostNATPort", "nat_src_port"),
    IS("dstPostNATPort", "nat_dst_port"),
    IS("totalBytes", "bytes"),
    IS("srcBytes", "bytes_sent"),
    IS("dstBytes", "bytes_received"),
    IS("totalPackets", "packets"),
    IS("srcPackets", "packets_sent"),
    IS("dstPackets", "packets_received"),
    IS("URLCategory", "category"),
    IS("sequence", "sequence_number"),
    IS("vSrcName", "vsys_name"),
    IS("Miscellaneous", "url_filename"),
    IS("FileName", "url_filename"),
    IS("ThreatID", "threat_id"),
    TELLS("sev", SEVERITY),
    IS("VendorSeverity", "severity"),
    IS("DirectionOfAttack", "direction"),
    IS("PCAP_ID", "pcap_id"),
    IS("FileDigest", "file_digest"),
    IS("identHostName", "machine_name"),
    TELLS("Result", EVENT),
    TELLS("EventID", EVENT),
    IS("Filename", "object"),
#undef TELLS
#undef IS
#undef ONE
#undef OF
#undef AMONG
};

const struct panos_key *panos_key(struct slice name, unsigned *last)
{
    for (unsigned i = 0, n = *last; i < COUNT(keys); i++) {
        if (++n >= COUNT(keys))
            n = 0;
        if (keys[n].key.len == name.len && keys[n].key.ptr[0] == name.ptr[0] &&
            slice_equals(keys[n].key, name)) {
            *last = n;
            return &keys[n];
        }
    }
    return NULL;
}
