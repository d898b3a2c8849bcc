/*
 * Check Point's keys and where they go, in drawers by the length of their names, the frequent ones
 * in front. svc, sport_svc and the like are what SMB gateways call service and s_port.
 */
#include "parsers/checkpoint.h"

#define KEY(name, how, field)                                                                      \
    {                                                                                              \
        name, AS_##how, FIELD_##field                                                              \
    }
#define NOTE(name, note)                                                                           \
    {                                                                                              \
        name, AS_NOTE, NOTE_##note                                                                 \
    }

static const struct kv_key keys_3[] = {
    KEY("src", ADDRESS, src_ip), KEY("dst", ADDRESS, dst_ip), KEY("svc", PORT, dst_port),
    KEY("ike", TEXT, message),   KEY("url", TEXT, url),
};
static const struct kv_key keys_4[] = {
    KEY("time", SECONDS, time),
    NOTE("rule", RULE),
    NOTE("user", USER),
};
static const struct kv_key keys_5[] = {
    KEY("proto", VALUE, protocol),
    NOTE("bytes", BYTES),
    NOTE("ifdir", IFDIR),
};
static const struct kv_key keys_6[] = {
    NOTE("action", ACTION),        KEY("origin", ADDRESS, device_ip),
    KEY("s_port", PORT, src_port), NOTE("loguid", LOGUID),
    KEY("inzone", TEXT, src_zone), NOTE("ifname", IFNAME),
    NOTE("scheme", IKE),           NOTE("status", STATUS),
    NOTE("attack", ATTACK),        KEY("reason", TEXT, reason),
};
static const struct kv_key keys_7[] = {
    NOTE("product", PRODUCT),      KEY("service", PORT, dst_port), KEY("outzone", TEXT, dst_zone),
    NOTE("elapsed", ELAPSED),      NOTE("packets", PACKETS),       NOTE("machine", MACHINE),
    KEY("message", TEXT, message), KEY("src_mac", TEXT, src_mac),
};
static const struct kv_key keys_8[] = {
    KEY("xlatesrc", NAT, src_nat_ip), KEY("xlatedst", NAT, dst_nat_ip), NOTE("duration", DURATION),
    NOTE("severity", SEVERITY),       KEY("resource", TEXT, url),       NOTE("file_md5", MD5),
    NOTE("hostname", HOSTNAME),
};
static const struct kv_key keys_9[] = {
    NOTE("rule_name", RULE_NAME),       NOTE("file_sha1", SHA1),
    KEY("file_name", TEXT, file),       NOTE("appi_name", APPLICATION),
    KEY("icmp_type", VALUE, icmp_type), KEY("icmp_code", VALUE, icmp_code),
    KEY("ICMP Type", VALUE, icmp_type), KEY("ICMP Code", VALUE, icmp_code),
    KEY("sport_svc", PORT, src_port),   NOTE("client_ip", CLIENT_IP),
    NOTE("operation", OPERATION),
};
static const struct kv_key keys_10[] = {
    KEY("xlatesport", NAT, src_nat_port), KEY("xlatedport", NAT, dst_nat_port),
    NOTE("service_id", SERVICE_ID),       NOTE("sent_bytes", SENT_BYTES),
    NOTE("virus_name", MALWARE),
};
static const struct kv_key keys_11[] = {
    NOTE("file_sha256", SHA256),       NOTE("ProductName", PRODUCT),
    KEY("sys_message", TEXT, message), KEY("information", TEXT, message),
    KEY("description", TEXT, message), NOTE("auth_status", STATUS),
    KEY("mac_address", TEXT, src_mac), KEY("drop_reason", TEXT, reason),
};
static const struct kv_key keys_12[] = {
    KEY("message_info", TEXT, message),
    NOTE("audit_status", STATUS),
};
static const struct kv_key keys_13[] = {
    NOTE("originsicname", SICNAME),       NOTE("src_user_name", SRC_USER),
    KEY("dst_user_name", TEXT, dst_user), NOTE("administrator", ADMINISTRATOR),
    KEY("action_reason", TEXT, reason),
};
static const struct kv_key keys_14[] = {
    NOTE("received_bytes", RECEIVED_BYTES),   KEY("xlatesport_svc", NAT, src_nat_port),
    KEY("xlatedport_svc", NAT, dst_nat_port), NOTE("malware_family", MALWARE),
    NOTE("conn_direction", CONN_DIRECTION),
};
static const struct kv_key keys_15[] = {
    NOTE("origin_sic_name", SICNAME),
    KEY("reject_category", TEXT, reason),
    NOTE("protection_name", PROTECTION),
};
static const struct kv_key keys_16[] = {
    KEY("src_machine_name", TEXT, src_host),
    KEY("dst_machine_name", TEXT, dst_host),
    NOTE("vpn_feature_name", IKE),
};
static const struct kv_key keys_18[] = {
    KEY("mac_source_address", TEXT, src_mac),
    KEY("encryption_failure", TEXT, reason),
};
static const struct kv_key keys_20[] = {
    NOTE("server_inbound_bytes", SERVER_INBOUND_BYTES),
    NOTE("client_inbound_bytes", CLIENT_INBOUND_BYTES),
};
static const struct kv_key keys_21[] = {
    NOTE("client_outbound_bytes", CLIENT_OUTBOUND_BYTES),
    NOTE("server_outbound_bytes", SERVER_OUTBOUND_BYTES),
};
static const struct kv_key keys_22[] = {
    NOTE("server_inbound_packets", SERVER_INBOUND_PACKETS),
    NOTE("client_inbound_packets", CLIENT_INBOUND_PACKETS),
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
    [15] = KV_DRAWER(keys_15), [16] = KV_DRAWER(keys_16), [18] = KV_DRAWER(keys_18),
    [20] = KV_DRAWER(keys_20), [21] = KV_DRAWER(keys_21), [22] = KV_DRAWER(keys_22),
    [23] = KV_DRAWER(keys_23),
};
