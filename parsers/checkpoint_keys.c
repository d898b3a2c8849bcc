/*
 * Check Point's keys and where they go, in drawers by the length of their names, the frequent ones
 * in front. svc, sport_svc and the like are what SMB gateways call service and s_port.
 */
#include "parsers/checkpoint.h"

#define KEY(name, how, field) KV_KEY(name, AS_##how, FIELD_##field)
#define NOTE(name, note)      KV_KEY(name, AS_NOTE, NOTE_##note)
#define LAYER(name)           KV_KEY(name, AS_LAYER, FIELD_rule)
#define INLINE(name)          KV_KEY(name, AS_INLINE, FIELD_rule)
#define EXTRA(name)           KV_KEY(name, AS_EXTRA, FIELD_extra)

static const struct kv_key keys_3[] = {
    KEY("dst", ADDRESS, dst_ip), KEY("src", ADDRESS, src_ip), KEY("svc", PORT, dst_port),
    KEY("ike", TEXT, message),   KEY("url", TEXT, url),
};
static const struct kv_key keys_4[] = {
    KEY("time", TIME, time),
    NOTE("rule", RULE),
    NOTE("user", USER),
};
static const struct kv_key keys_5[] = {
    NOTE("ifdir", IFDIR), KEY("proto", VALUE, protocol), EXTRA("flags"),
    EXTRA("logid"),       NOTE("bytes", BYTES),
};
static const struct kv_key keys_6[] = {
    NOTE("action", ACTION),
    NOTE("ifname", IFNAME),
    NOTE("loguid", LOGUID),
    KEY("origin", ADDRESS, device_ip),
    KEY("inzone", TEXT, src_zone),
    KEY("s_port", PORT, src_port),
    NOTE("scheme", IKE),
    NOTE("status", STATUS),
    NOTE("attack", ATTACK),
    KEY("reason", TEXT, reason),
    EXTRA("log_id"),
};
static const struct kv_key keys_7[] = {
    KEY("outzone", TEXT, dst_zone), NOTE("product", PRODUCT),
    KEY("service", PORT, dst_port), EXTRA("version"),
    NOTE("elapsed", ELAPSED),       NOTE("packets", PACKETS),
    NOTE("machine", MACHINE),       KEY("message", TEXT, message),
    KEY("src_mac", TEXT, src_mac),  EXTRA("hll_key"),
    NOTE("subject", SUBJECT),
};
static const struct kv_key keys_8[] = {
    EXTRA("rule_uid"),
    EXTRA("match_id"),
    KEY("xlatesrc", NAT, src_nat_ip),
    KEY("xlatedst", NAT, dst_nat_ip),
    NOTE("severity", SEVERITY),
    KEY("resource", TEXT, url),
    NOTE("hostname", HOSTNAME),
    NOTE("duration", DURATION),
    NOTE("file_md5", MD5),
};
static const struct kv_key keys_9[] = {
    KEY("calc_desc", TEXT, message),
    LAYER("rule_name"),
    NOTE("file_sha1", SHA1),
    KEY("file_name", TEXT, file),
    NOTE("appi_name", APPLICATION),
    KEY("icmp_type", VALUE, icmp_type),
    KEY("icmp_code", VALUE, icmp_code),
    KEY("ICMP Type", VALUE, icmp_type),
    KEY("ICMP Code", VALUE, icmp_code),
    KEY("sport_svc", PORT, src_port),
    NOTE("client_ip", CLIENT_IP),
    NOTE("operation", OPERATION),
    EXTRA("file_path"),
};
static const struct kv_key keys_10[] = {
    NOTE("service_id", SERVICE_ID),
    EXTRA("layer_name"),
    EXTRA("layer_uuid"),
    KEY("xlatesport", NAT, src_nat_port),
    KEY("xlatedport", NAT, dst_nat_port),
    NOTE("sent_bytes", SENT_BYTES),
    NOTE("virus_name", MALWARE),
    KEY("fw_message", TEXT, message),
};
static const struct kv_key keys_11[] = {
    INLINE("rule_action"),
    EXTRA("parent_rule"),
    EXTRA("sequencenum"),
    EXTRA("nat_rulenum"),
    NOTE("file_sha256", SHA256),
    NOTE("ProductName", PRODUCT),
    KEY("sys_message", TEXT, message),
    KEY("information", TEXT, message),
    KEY("description", TEXT, message),
    NOTE("auth_status", STATUS),
    KEY("mac_address", TEXT, src_mac),
    KEY("drop_reason", TEXT, reason),
};
static const struct kv_key keys_12[] = {
    KEY("message_info", TEXT, message), NOTE("audit_status", STATUS), NOTE("spyware_name", MALWARE),
    NOTE("endpointuser", USER),         NOTE("login_status", STATUS),
};
static const struct kv_key keys_13[] = {
    NOTE("originsicname", SICNAME),       NOTE("src_user_name", SRC_USER),
    KEY("dst_user_name", TEXT, dst_user), NOTE("administrator", ADMINISTRATOR),
    KEY("action_reason", TEXT, reason),   EXTRA("protection_id"),
    NOTE("fieldschanges", CHANGES),       NOTE("app_rule_name", BLADE_RULE),
    NOTE("dlp_rule_name", BLADE_RULE),
};
static const struct kv_key keys_14[] = {
    NOTE("received_bytes", RECEIVED_BYTES),   KEY("xlatesport_svc", NAT, src_nat_port),
    KEY("xlatedport_svc", NAT, dst_nat_port), NOTE("malware_family", MALWARE),
    NOTE("conn_direction", CONN_DIRECTION),   EXTRA("lastupdatetime"),
};
static const struct kv_key keys_15[] = {
    EXTRA("__policy_id_tag"),
    NOTE("origin_sic_name", SICNAME),
    KEY("reject_category", TEXT, reason),
    NOTE("protection_name", PROTECTION),
    EXTRA("protection_type"),
    NOTE("additional_info", ADDITIONAL),
};
static const struct kv_key keys_16[] = {
    KEY("src_machine_name", TEXT, src_host),
    KEY("dst_machine_name", TEXT, dst_host),
    NOTE("vpn_feature_name", IKE),
    EXTRA("confidence_level"),
};
static const struct kv_key keys_17[] = {
    NOTE("malware_rule_name", BLADE_RULE),
};
static const struct kv_key keys_18[] = {
    EXTRA("nat_addtnl_rulenum"),
    KEY("mac_source_address", TEXT, src_mac),
    KEY("encryption_failure", TEXT, reason),
};
static const struct kv_key keys_20[] = {
    NOTE("server_inbound_bytes", SERVER_INBOUND_BYTES),
    NOTE("client_inbound_bytes", CLIENT_INBOUND_BYTES),
    EXTRA("smartdefense_profile"),
};
static const struct kv_key keys_21[] = {
    NOTE("client_outbound_bytes", CLIENT_OUTBOUND_BYTES),
    NOTE("server_outbound_bytes", SERVER_OUTBOUND_BYTES),
};
static const struct kv_key keys_22[] = {
    NOTE("server_inbound_packets", SERVER_INBOUND_PACKETS),
    NOTE("client_inbound_packets", CLIENT_INBOUND_PACKETS),
    KEY("default_device_message", TEXT, message),
};
static const struct kv_key keys_23[] = {
    KEY("mac_destination_address", TEXT, dst_mac),
    KEY("tcp_packet_out_of_state", TEXT, reason),
    NOTE("client_outbound_packets", CLIENT_OUTBOUND_PACKETS),
    NOTE("server_outbound_packets", SERVER_OUTBOUND_PACKETS),
};

const struct kv_drawer checkpoint_drawers[CHECKPOINT_DRAWERS] = {
    [3] = KV_DRAWER(keys_3),   [4] = KV_DRAWER(keys_4),   [5] = KV_DRAWER(keys_5),
    [6] = KV_DRAWER(keys_6),   [7] = KV_DRAWER(keys_7),   [8] = KV_DRAWER(keys_8),
    [9] = KV_DRAWER(keys_9),   [10] = KV_DRAWER(keys_10), [11] = KV_DRAWER(keys_11),
    [12] = KV_DRAWER(keys_12), [13] = KV_DRAWER(keys_13), [14] = KV_DRAWER(keys_14),
    [15] = KV_DRAWER(keys_15), [16] = KV_DRAWER(keys_16), [17] = KV_DRAWER(keys_17),
    [18] = KV_DRAWER(keys_18), [20] = KV_DRAWER(keys_20), [21] = KV_DRAWER(keys_21),
    [22] = KV_DRAWER(keys_22), [23] = KV_DRAWER(keys_23),
};

/*
 * CEF; LEEF; other makers' JSON; fw log and fw1-loggrabber. Whose bytes CEF's in and out are is not
 * documented: Log Exporter renames received_bytes and sent_bytes to them, and those are the client's
 * (client_inbound_bytes, what it received, is server_outbound_bytes in its accounting logs). So `in`
 * is what the destination sent, the other way round than CEF defines it for its source.
 */
static const struct kv_key foreign_2[] = {
    KEY("rt", TIME, time),
    NOTE("in", RECEIVED_BYTES),
};
static const struct kv_key foreign_3[] = {
    KEY("IKE", TEXT, message),      NOTE("act", ACTION),         KEY("spt", PORT, src_port),
    KEY("dpt", PORT, dst_port),     KEY("msg", TEXT, message),   NOTE("app", APPLICATION),
    KEY("dvc", ADDRESS, device_ip), NOTE("out", SENT_BYTES),     NOTE("sev", SEVERITY_10),
    KEY("sip", ADDRESS, src_ip),    KEY("dip", ADDRESS, dst_ip),
};
static const struct kv_key foreign_4[] = {
    KEY("smac", TEXT, src_mac), KEY("dmac", TEXT, dst_mac),      KEY("hash", TEXT, hash),
    NOTE("UUid", LOGUID),       KEY("orig", ADDRESS, device_ip), NOTE("uuid", LOGUID),
};
static const struct kv_key foreign_5[] = {
    KEY("fname", TEXT, file),
    NOTE("suser", SRC_USER),
    KEY("duser", TEXT, dst_user),
    KEY("shost", TEXT, src_host),
    KEY("dhost", TEXT, dst_host),
    KEY("sport", PORT, src_port),
    KEY("dport", PORT, dst_port),
    NOTE("login", USER),
    NOTE("IfDir", IFDIR),
    EXTRA("Flags"),
    EXTRA("LogId"),
};
static const struct kv_key foreign_6[] = {
    KEY("srcMAC", TEXT, src_mac),      KEY("dstMAC", TEXT, dst_mac),   NOTE("Action", ACTION),
    KEY("snatip", NAT, src_nat_ip),    KEY("dnatip", NAT, dst_nat_ip), NOTE("LogUid", LOGUID),
    KEY("Origin", ADDRESS, device_ip),
};
static const struct kv_key foreign_7[] = {
    KEY("request", TEXT, url),       NOTE("dvchost", HOSTNAME),
    NOTE("outcome", STATUS),         KEY("devTime", TIME, time),
    KEY("srcPort", PORT, src_port),  KEY("dstPort", PORT, dst_port),
    NOTE("usrName", USER),           NOTE("bytesIn", RECEIVED_BYTES),
    KEY("protnum", VALUE, protocol), NOTE("bytesin", RECEIVED_BYTES),
    NOTE("i/f_dir", IFDIR),
};
static const struct kv_key foreign_8[] = {
    KEY("fileHash", TEXT, hash),        NOTE("srcBytes", SENT_BYTES),
    NOTE("dstBytes", RECEIVED_BYTES),   NOTE("bytesOut", SENT_BYTES),
    NOTE("bytesout", SENT_BYTES),       KEY("snatport", NAT, src_nat_port),
    KEY("dnatport", NAT, dst_nat_port), NOTE("i/f_name", IFNAME),
    NOTE("Severity", SEVERITY),
};
static const struct kv_key foreign_9[] = {
    NOTE("packetsin", CLIENT_INBOUND_PACKETS),
};
static const struct kv_key foreign_10[] = {
    KEY("srcPostNAT", NAT, src_nat_ip),
    KEY("dstPostNAT", NAT, dst_nat_ip),
    NOTE("packetsout", CLIENT_OUTBOUND_PACKETS),
    NOTE("threatname", MALWARE),
};
static const struct kv_key foreign_11[] = {
    NOTE("cp_severity", SEVERITY),
    NOTE("application", APPLICATION),
    EXTRA("SequenceNum"),
};
static const struct kv_key foreign_13[] = {
    KEY("identHostName", TEXT, src_host),
    NOTE("InterfaceName", IFNAME),
    NOTE("OriginSicName", SICNAME),
};
static const struct kv_key foreign_14[] = {
    KEY("srcPostNATPort", NAT, src_nat_port),
    KEY("dstPostNATPort", NAT, dst_nat_port),
    KEY("HeaderDateHour", TIME, time),
    EXTRA("has_accounting"),
};
static const struct kv_key foreign_15[] = {
    NOTE("deviceDirection", IFDIR),
    NOTE("Protection Name", PROTECTION),
};
static const struct kv_key foreign_20[] = {
    KEY("sourceTranslatedPort", NAT, src_nat_port),
};
static const struct kv_key foreign_22[] = {
    KEY("deviceInboundInterface", TEXT, src_interface),
};
static const struct kv_key foreign_23[] = {
    KEY("deviceOutboundInterface", TEXT, dst_interface),
    KEY("sourceTranslatedAddress", NAT, src_nat_ip),
};
static const struct kv_key foreign_25[] = {
    KEY("destinationTranslatedPort", NAT, dst_nat_port),
};
static const struct kv_key foreign_28[] = {
    KEY("destinationTranslatedAddress", NAT, dst_nat_ip),
};

const struct kv_drawer checkpoint_foreign[CHECKPOINT_DRAWERS] = {
    [2] = KV_DRAWER(foreign_2),   [3] = KV_DRAWER(foreign_3),   [4] = KV_DRAWER(foreign_4),
    [5] = KV_DRAWER(foreign_5),   [6] = KV_DRAWER(foreign_6),   [7] = KV_DRAWER(foreign_7),
    [8] = KV_DRAWER(foreign_8),   [9] = KV_DRAWER(foreign_9),   [10] = KV_DRAWER(foreign_10),
    [11] = KV_DRAWER(foreign_11), [13] = KV_DRAWER(foreign_13), [14] = KV_DRAWER(foreign_14),
    [15] = KV_DRAWER(foreign_15), [20] = KV_DRAWER(foreign_20), [22] = KV_DRAWER(foreign_22),
    [23] = KV_DRAWER(foreign_23), [25] = KV_DRAWER(foreign_25), [28] = KV_DRAWER(foreign_28),
};
