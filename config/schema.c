/*
 * Every key of the configuration, one row each. parapet.yaml is the same list with an explanation
 * of each; test_config.c holds the two to the same defaults.
 */
#include "config/schema.h"

#define KIB UINT64_C(1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)
#define TIB (1024 * GIB)

#define SECOND UINT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

#define NETWORKS_MAX  10000 /* written out; the files of lists may hold more */
#define TLS_PEERS_MAX 10000

/* Where a value goes: a member of the struct that the rows fill. */
#define AT(type, member)                                                                           \
    .offset = offsetof(struct type, member), .size = sizeof(((struct type *)0)->member)
/* The same for an array: its entries' size, and where their number goes. */
#define EACH(type, member, count)                                                                  \
    .offset = offsetof(struct type, member), .size = sizeof(*((struct type *)0)->member),          \
    .count_offset = offsetof(struct type, count)

static const struct word listen_protocols[] = {
    {"udp", LISTEN_UDP},
    {"tcp", LISTEN_TCP},
    {"tls", LISTEN_TLS},
    {0},
};

static const struct word tls_clients[] = {
    {"required", TLS_CLIENT_REQUIRED},
    {"optional", TLS_CLIENT_OPTIONAL},
    {0},
};

#define FILE_NAME_MAX 4096

static const struct row listen_rows[] = {
    {"protocol", VALUE_WORD, AT(listen_settings, protocol), .words = listen_protocols,
     .required = true},
    {"address", VALUE_ADDRESS, AT(listen_settings, address), .fallback = "0.0.0.0"},
    {"port", VALUE_NUMBER, AT(listen_settings, port), .min = 1, .max = 65535,
     .expected = "a port from 1 to 65535"},
    {"certificate", VALUE_TEXT, AT(listen_settings, tls.certificate), .min = 1,
     .max = FILE_NAME_MAX},
    {"key", VALUE_TEXT, AT(listen_settings, tls.key), .min = 1, .max = FILE_NAME_MAX},
    {"client-ca", VALUE_TEXT, AT(listen_settings, tls.ca), .min = 1, .max = FILE_NAME_MAX},
    {"client", VALUE_WORD, AT(listen_settings, tls.client), .words = tls_clients},
    {"allowed-names", LIST_TEXT, AT(listen_settings, tls.names), .one_will_do = true, .min = 1,
     .max = TLS_PEERS_MAX},
    {"fingerprints", LIST_TEXT, AT(listen_settings, tls.fingerprints), .one_will_do = true,
     .min = 1, .max = TLS_PEERS_MAX},
    {0},
};

static const struct row limits_rows[] = {
    {"max-message-size", VALUE_SIZE, AT(settings, max_message_size), .fallback = "64 KiB",
     .min = KIB, .max = MESSAGE_SIZE_MAX},
    {"max-connections", VALUE_NUMBER, AT(settings, max_connections), .fallback = "10000", .min = 1,
     .max = 1000000},
    {"idle-timeout", VALUE_DURATION, AT(settings, idle_timeout_ms), .fallback = "1h",
     .max = 30 * DAY},
    {"handshake-timeout", VALUE_DURATION, AT(settings, handshake_timeout_ms), .fallback = "10s",
     .min = 100, .max = HOUR},
    {"receive-buffer", VALUE_SIZE, AT(settings, receive_buffer), .fallback = "64 MiB",
     .min = 4 * KIB, .max = GIB},
    {"lateness", VALUE_DURATION, AT(settings, lateness_ms), .fallback = "60s", .max = DAY},
    {"ahead", VALUE_DURATION, AT(settings, ahead_ms), .fallback = "2s", .max = DAY},
    {0},
};

static const struct row device_rows[] = {
    {"sender", VALUE_NETWORK, AT(device_settings, sender), .required = true},
    {"parser", VALUE_TEXT, AT(device_settings, parser), .max = 64},
    {"host", VALUE_TEXT, AT(device_settings, host), .max = 255},
    {"timezone", VALUE_TEXT, AT(device_settings, timezone), .max = 64},
    {0},
};

static const struct row networks_rows[] = {
    {"internal", LIST_NETWORK, AT(settings, internal), .max = NETWORKS_MAX,
     .fallback = "[10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 169.254.0.0/16, \"fc00::/7\", "
                 "\"fe80::/10\"]"},
    {0},
};

static const struct row list_rows[] = {
    {"name", VALUE_NAME, AT(list_settings, name), .max = 64, .required = true},
    {"entries", LIST_NETWORK, AT(list_settings, entries), .max = NETWORKS_MAX},
    {"file", VALUE_TEXT, AT(list_settings, file), .max = 4096},
    {0},
};

static const struct row memory_rows[] = {
    {"detection", VALUE_SIZE, AT(settings, detection_memory), .fallback = "256 MiB", .min = MIB,
     .max = TIB},
    {"pairs-per-source", VALUE_NUMBER, AT(settings, pairs_per_source), .fallback = "4096", .min = 1,
     .max = 1000000},
    {"connections", VALUE_SIZE, AT(settings, connection_memory), .fallback = "16 MiB",
     .min = 64 * KIB, .max = 64 * GIB},
    {0},
};

static const struct row risk_rows[] = {
    {"window", VALUE_DURATION, AT(settings, risk_window_ms), .fallback = "14d", .min = MINUTE,
     .max = 366 * DAY},
    {"threshold", VALUE_NUMBER, AT(settings, risk_threshold), .fallback = "12", .min = 1,
     .max = 1000000},
    {0},
};

static const struct row state_rows[] = {
    {"directory", VALUE_TEXT, AT(settings, state_directory), .min = 1, .max = 4000,
     .expected = "a folder, such as /var/lib/parapet"},
    {"interval", VALUE_DURATION, AT(settings, state_interval_ms), .fallback = "1m", .min = SECOND,
     .max = DAY},
    {0},
};

static const struct word dead_letters_to[] = {
    {"outputs", DEAD_LETTERS_TO_OUTPUTS},
    {"file", DEAD_LETTERS_TO_FILE},
    {"both", DEAD_LETTERS_TO_BOTH},
    {0},
};

/* to has no default here: check.c knows it by path. */
static const struct row dead_letters_rows[] = {
    {"path", VALUE_TEXT, AT(settings, dead_letters.path), .min = 1, .max = 4000,
     .expected = "a file, such as /var/lib/parapet/dead.jsonl"},
    {"size", VALUE_SIZE, AT(settings, dead_letters.size), .fallback = "100 MiB", .min = MIB,
     .max = TIB},
    {"files", VALUE_NUMBER, AT(settings, dead_letters.files), .fallback = "5", .min = 1,
     .max = 1000},
    {"to", VALUE_WORD, AT(settings, dead_letters.to), .words = dead_letters_to},
    {0},
};

static const struct row detectors_rows[] = {
    {"directories", LIST_TEXT, AT(settings, detector_directories), .max = 64},
    {"enable", LIST_TEXT, AT(settings, enable), .max = 1000},
    {"disable", LIST_TEXT, AT(settings, disable), .max = 1000},
    {0},
};

static const struct word sides[] = {{"source", 0}, {"destination", 0}, {"either", 0}, {0}};

#define TEXTS(member)                                                                              \
    LIST_TEXT, AT(predicate_settings, member), .one_will_do = true, .min = 1, .max = 1000
#define PORTS(member)                                                                              \
    LIST_PORTS, AT(predicate_settings, member), .one_will_do = true, .min = 1, .max = 1000

/* What a record must be: to be counted by a detector, to be shown to an output. */
static const struct row where_rows[] = {
    {"class", TEXTS(class)},
    {"protocol", TEXTS(protocol)},
    {"evidence", TEXTS(evidence)},
    {"action", TEXTS(action)},
    {"category", TEXTS(category)},
    {"device", TEXTS(device)},
    {"event_id", TEXTS(event_id)},
    {"parser", TEXTS(parser)},
    {"vendor", TEXTS(vendor)},
    {"min_severity", VALUE_NUMBER, AT(predicate_settings, min_severity), .fallback = "0",
     .max = 10},
    {"dst_port", PORTS(dst_port)},
    {"not_dst_port", PORTS(not_dst_port)},
    {"src_port", PORTS(src_port)},
    {"not_src_port", PORTS(not_src_port)},
    {"listed", TEXTS(listed)},
    {"not_listed", TEXTS(not_listed)},
    {"listed_side", VALUE_TEXT, AT(predicate_settings, listed_side), .fallback = "source",
     .words = sides},
    {"src_network", TEXTS(src_network)},
    {"dst_network", TEXTS(dst_network)},
    {"not_src_network", TEXTS(not_src_network)},
    {"not_dst_network", TEXTS(not_dst_network)},
    {"icmp_type", PORTS(icmp_type), .expected = "an ICMP type from 0 to 255, or a range of them"},
    {"answered", VALUE_BOOL, AT(predicate_settings, answered), .fallback = "false"},
    {"no_parent", VALUE_BOOL, AT(predicate_settings, no_parent), .fallback = "false"},
    {"not_reversed", VALUE_BOOL, AT(predicate_settings, not_reversed), .fallback = "false"},
    {"detected", VALUE_BOOL, AT(predicate_settings, detected), .fallback = "false"},
    {"firing", VALUE_BOOL, AT(predicate_settings, firing), .fallback = "false"},
    {0},
};

static const struct word forward_protocols[] = {
    {"file", FORWARD_FILE}, {"udp", FORWARD_UDP},   {"tcp", FORWARD_TCP},
    {"tls", FORWARD_TLS},   {"relp", FORWARD_RELP}, {0},
};

static const struct word framings[] = {
    {"octet-counting", FRAMING_OCTET_COUNTING},
    {"newline", FRAMING_NEWLINE},
    {0},
};

static const struct word headers[] = {
    {"rfc5424", HEADER_RFC5424},
    {"rfc3164", HEADER_RFC3164},
    {"none", HEADER_NONE},
    {0},
};

static const struct word formats[] = {{"cef", FORMAT_CEF}, {"json", FORMAT_JSON}, {0}};

/* RFC 5424 section 6.2.1, by the names that syslog.h has for them. */
static const struct word facilities[] = {
    {"kern", 0},      {"user", 1},    {"mail", 2},    {"daemon", 3},  {"auth", 4},
    {"syslog", 5},    {"lpr", 6},     {"news", 7},    {"uucp", 8},    {"cron", 9},
    {"authpriv", 10}, {"ftp", 11},    {"ntp", 12},    {"audit", 13},  {"alert", 14},
    {"clock", 15},    {"local0", 16}, {"local1", 17}, {"local2", 18}, {"local3", 19},
    {"local4", 20},   {"local5", 21}, {"local6", 22}, {"local7", 23}, {0},
};

static const struct word shows[] = {
    {"events", offsetof(struct forward_settings, show_events)},
    {"alerts", offsetof(struct forward_settings, show_alerts)},
    {0},
};

static const struct word unmapped_words[] = {{"keep", true}, {"drop", false}, {0}};
static const struct word ipv6_words[] = {{"src", false}, {"c6a", true}, {0}};

static const struct word when_full_words[] = {
    {"block", WHEN_FULL_BLOCK},
    {"drop-newest", WHEN_FULL_DROP_NEWEST},
    {0},
};

static const struct row sample_rows[] = {
    {"allowed", VALUE_SHARE, AT(forward_settings, sample_allowed), .fallback = "1/1", .min = 1,
     .max = 1000000},
    {0},
};

static const struct row aggregate_rows[] = {
    {"interval", VALUE_DURATION, AT(forward_settings, aggregate.interval_ms), .fallback = "0s",
     .max = HOUR},
    {"fields", LIST_TEXT, AT(forward_settings, aggregate.fields), .min = 1,
     .max = AGGREGATE_FIELDS_MAX,
     .fallback = "[src_ip, dst_ip, dst_port, protocol, action, event_id, host]"},
    {"memory", VALUE_SIZE, AT(forward_settings, aggregate.memory), .fallback = "16 MiB", .min = MIB,
     .max = 16 * GIB},
    {"firing", VALUE_BOOL, AT(forward_settings, aggregate.firing), .fallback = "false"},
    {0},
};

static const struct row queue_rows[] = {
    {"size", VALUE_SIZE, AT(forward_settings, queue_size), .fallback = "64 MiB", .min = MIB,
     .max = TIB},
    {"retain", VALUE_SIZE, AT(forward_settings, retain), .fallback = "32 MiB", .max = GIB},
    {"when-full", VALUE_WORD, AT(forward_settings, when_full), .fallback = "block",
     .words = when_full_words},
    {0},
};

static const struct word spool_when_full_words[] = {
    {"block", WHEN_FULL_BLOCK},
    {"drop-oldest", WHEN_FULL_DROP_OLDEST},
    {"drop-newest", WHEN_FULL_DROP_NEWEST},
    {0},
};

static const struct word disk_words[] = {
    {"when-needed", SPOOL_WHEN_NEEDED},
    {"always", SPOOL_ALWAYS},
    {0},
};

static const struct row spool_rows[] = {
    {"directory", VALUE_TEXT, AT(forward_settings, spool.directory), .min = 1, .max = 4000,
     .required = true, .expected = "a folder, such as /var/spool/parapet/siem"},
    {"size", VALUE_SIZE, AT(forward_settings, spool.size), .fallback = "10 GiB", .min = MIB,
     .max = 1024 * TIB, .expected = "a size from 1 MiB on, such as 10 GiB"},
    {"when-full", VALUE_WORD, AT(forward_settings, spool.when_full), .fallback = "block",
     .words = spool_when_full_words},
    {"disk", VALUE_WORD, AT(forward_settings, spool.use), .fallback = "when-needed",
     .words = disk_words},
    {0},
};

static const struct row reconnect_rows[] = {
    {"min", VALUE_DURATION, AT(forward_settings, reconnect_min_ms), .fallback = "500ms", .min = 10,
     .max = DAY},
    {"max", VALUE_DURATION, AT(forward_settings, reconnect_max_ms), .fallback = "60s", .min = 10,
     .max = DAY},
    {0},
};

static const struct row receiver_rows[] = {
    {"host", VALUE_TEXT, AT(receiver_settings, host), .min = 1, .max = 255, .required = true},
    {"port", VALUE_NUMBER, AT(receiver_settings, port), .min = 1, .max = 65535, .required = true,
     .expected = "a port from 1 to 65535"},
    {0},
};

static const struct word shares[] = {{"failover", SHARE_FAILOVER}, {"balance", SHARE_BALANCE}, {0}};

/* framing and header have no default here: check.c knows it by the protocol. */
static const struct row forward_rows[] = {
    {"name", VALUE_NAME, AT(forward_settings, name), .max = 64, .required = true},
    {"protocol", VALUE_WORD, AT(forward_settings, protocol), .words = forward_protocols,
     .required = true},
    {"host", VALUE_TEXT, AT(forward_settings, host), .max = 255},
    {"port", VALUE_NUMBER, AT(forward_settings, port), .min = 1, .max = 65535,
     .expected = "a port from 1 to 65535"},
    {"receivers", LIST_MAPPING, EACH(forward_settings, receivers, receiver_count),
     .rows = receiver_rows, .min = 1, .max = 16},
    {"share", VALUE_WORD, AT(forward_settings, share), .fallback = "failover", .words = shares},
    {"path", VALUE_TEXT, AT(forward_settings, path), .max = 4096},
    {"ca", VALUE_TEXT, AT(forward_settings, tls.ca), .min = 1, .max = FILE_NAME_MAX},
    {"certificate", VALUE_TEXT, AT(forward_settings, tls.certificate), .min = 1,
     .max = FILE_NAME_MAX},
    {"key", VALUE_TEXT, AT(forward_settings, tls.key), .min = 1, .max = FILE_NAME_MAX},
    {"server-name", VALUE_TEXT, AT(forward_settings, tls.server_name), .min = 1, .max = 255},
    {"fingerprints", LIST_TEXT, AT(forward_settings, tls.fingerprints), .one_will_do = true,
     .min = 1, .max = TLS_PEERS_MAX},
    {"framing", VALUE_WORD, AT(forward_settings, framing), .words = framings},
    {"header", VALUE_WORD, AT(forward_settings, header), .words = headers},
    {"format", VALUE_WORD, AT(forward_settings, format), .fallback = "cef", .words = formats},
    {"facility", VALUE_WORD, AT(forward_settings, facility), .fallback = "local0",
     .words = facilities},
    {"show", LIST_FLAGS, .fallback = "[events, alerts]", .words = shows, .min = 1},
    {"where", MAPPING, .offset = offsetof(struct forward_settings, where), .rows = where_rows,
     .told = true, .count_offset = offsetof(struct forward_settings, has_where)},
    {"sample", MAPPING, .rows = sample_rows},
    {"aggregate", MAPPING, .rows = aggregate_rows},
    {"unmapped", VALUE_WORD, AT(forward_settings, keep_unmapped), .fallback = "keep",
     .words = unmapped_words},
    {"ipv6", VALUE_WORD, AT(forward_settings, ipv6_c6a), .fallback = "src", .words = ipv6_words},
    {"max-message-size", VALUE_SIZE, AT(forward_settings, max_message_size), .fallback = "8 KiB",
     .min = KIB, .max = 64 * KIB},
    {"queue", MAPPING, .rows = queue_rows},
    {"spool", MAPPING, .rows = spool_rows, .told = true,
     .count_offset = offsetof(struct forward_settings, has_spool)},
    {"reconnect", MAPPING, .rows = reconnect_rows},
    {"answer-timeout", VALUE_DURATION, AT(forward_settings, answer_timeout_ms), .min = 1000,
     .max = HOUR},
    {0},
};

const struct row schema_settings[] = {
    {"workers", VALUE_NUMBER, AT(settings, workers), .fallback = "1", .min = 1, .max = WORKERS_MAX},
    {"listen", LIST_MAPPING, EACH(settings, listen, listen_count), .rows = listen_rows, .min = 1,
     .max = 64,
     .fallback = "[{protocol: udp, address: 0.0.0.0, port: 5514},"
                 " {protocol: tcp, address: 0.0.0.0, port: 5514}]"},
    {"allow", LIST_NETWORK, AT(settings, allow), .max = NETWORKS_MAX,
     .fallback = "[10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 127.0.0.0/8, \"fc00::/7\", "
                 "\"::1/128\"]"},
    {"limits", MAPPING, .rows = limits_rows},
    {"devices", LIST_MAPPING, EACH(settings, devices, device_count), .rows = device_rows,
     .max = 4096},
    {"networks", MAPPING, .rows = networks_rows},
    {"lists", LIST_MAPPING, EACH(settings, lists, list_count), .rows = list_rows, .max = 63},
    {"memory", MAPPING, .rows = memory_rows},
    {"risk", MAPPING, .rows = risk_rows},
    {"state", MAPPING, .rows = state_rows},
    {"dead-letters", MAPPING, .rows = dead_letters_rows},
    {"detectors", MAPPING, .rows = detectors_rows},
    {"forward", LIST_MAPPING, EACH(settings, forward, forward_count), .rows = forward_rows,
     .min = 1, .max = 64, .fallback = "[{name: stdout, protocol: file, path: \"-\"}]"},
    {0},
};

static const struct word detector_types[] = {
    {"value_count", 0}, {"event_count", 0}, {"first_seen", 0}, {"sequence", 0}, {0},
};
static const struct word severities[] = {
    {"low", 0}, {"medium", 0}, {"high", 0}, {"critical", 0}, {0},
};
static const struct word missing_words[] = {{"skip", 0}, {"keep", 0}, {0}};

#define COUNT_MAX UINT64_C(1000000)

static const struct row condition_rows[] = {
    {"field", VALUE_TEXT, AT(detector_settings, counted), .max = 64},
    {"gte", VALUE_NUMBER, AT(detector_settings, gte), .fallback = "1", .min = 1, .max = COUNT_MAX},
    {0},
};

static const struct row tier_rows[] = {
    {"gte", VALUE_NUMBER, AT(tier_settings, gte), .min = 1, .max = COUNT_MAX, .required = true},
    {"severity", VALUE_TEXT, AT(tier_settings, severity), .words = severities, .required = true},
    {0},
};

static const struct row also_rows[] = {
    {"where", MAPPING, .offset = offsetof(struct detector_settings, also_where), .rows = where_rows,
     .required = true},
    {"gte", VALUE_NUMBER, AT(detector_settings, also_gte), .min = 1, .max = COUNT_MAX,
     .required = true},
    {0},
};

const struct row schema_detector[] = {
    {"name", VALUE_NAME, AT(detector_settings, name), .max = 64, .required = true},
    {"title", VALUE_TEXT, AT(detector_settings, title), .max = 200},
    {"enabled", VALUE_BOOL, AT(detector_settings, enabled), .fallback = "true"},
    {"type", VALUE_TEXT, AT(detector_settings, type), .words = detector_types, .required = true},
    {"where", MAPPING, .offset = offsetof(struct detector_settings, where), .rows = where_rows},
    {"after", LIST_TEXT, AT(detector_settings, after), .one_will_do = true, .min = 1, .max = 64},
    {"group-by", LIST_TEXT, AT(detector_settings, group_by), .one_will_do = true, .min = 1,
     .max = 3, .required = true},
    {"missing", VALUE_TEXT, AT(detector_settings, missing), .fallback = "skip",
     .words = missing_words},
    {"condition", MAPPING, .rows = condition_rows},
    {"tiers", LIST_MAPPING, EACH(detector_settings, tiers, tier_count), .rows = tier_rows,
     .max = 7},
    {"also", MAPPING, .rows = also_rows, .told = true,
     .count_offset = offsetof(struct detector_settings, has_also)},
    {"timespan", VALUE_DURATION, AT(detector_settings, timespan_ms), .min = SECOND,
     .max = 366 * DAY, .required = true},
    {"suppress", VALUE_DURATION, AT(detector_settings, suppress_ms), .fallback = "12h",
     .max = 366 * DAY},
    {"suppress-max", VALUE_DURATION, AT(detector_settings, suppress_max_ms), .fallback = "72h",
     .max = 366 * DAY},
    {"update-interval", VALUE_DURATION, AT(detector_settings, update_interval_ms), .fallback = "1h",
     .min = SECOND, .max = 366 * DAY},
    {"severity", VALUE_TEXT, AT(detector_settings, severity), .words = severities,
     .required = true},
    {"score", VALUE_NUMBER, AT(detector_settings, score), .fallback = "1", .max = 1000},
    {"entities", LIST_TEXT, AT(detector_settings, entities), .one_will_do = true, .max = 4},
    {"techniques", LIST_TEXT, AT(detector_settings, techniques), .one_will_do = true, .max = 32},
    {"tactics", LIST_TEXT, AT(detector_settings, tactics), .one_will_do = true, .max = 32},
    {"summary", VALUE_TEXT, AT(detector_settings, summary), .max = 400},
    {"explanation", VALUE_LINES, AT(detector_settings, explanation), .max = 8192},
    {"next-steps", VALUE_LINES, AT(detector_settings, next_steps), .max = 8192},
    {0},
};
