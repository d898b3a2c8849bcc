/*
 * Every field of the shared record, one row each, in the order in which they are written:
 *
 *   FIELD(kind, name, CEF key, meaning)
 *
 * kind     what the field holds, see enum field_kind in record.h
 * name     the struct's member and the JSON key
 * CEF key  what stands before the = of its CEF pair, a custom key's label included; "" where the
 *          field stands in CEF's header, or not in CEF at all
 * meaning  for people: parapet explain and the manual print it
 *
 * RARE_FIELD is one that most messages do not have: struct record keeps these apart, so that a message
 * touches less memory. Whoever does not tell them apart defines FIELD only.
 *
 * No include guard: it is included by whoever needs the list, with FIELD defined to taste.
 */
#ifndef RARE_FIELD
#define RARE_FIELD FIELD
#endif
FIELD(TEXT, parser, "", "the parser that read the message, a row of parsers.c")
FIELD(TIME, time, "rt", "when it happened: by the device's clock, or by ours where that is far off")
FIELD(TIME, device_time, "deviceCustomDate1Label=Device Time deviceCustomDate1",
      "the message's own time, where it was too far off to serve as time")
FIELD(TIME, received, "", "when the message arrived here")
FIELD(TEXT, host, "dvchost", "the device's name in the message, else its configured or sender's")
FIELD(ADDRESS, device_ip, "dvc", "the device's address: from the message, else the sender's")
FIELD(TEXT, vendor, "", "CEF device vendor")
FIELD(TEXT, product, "", "CEF device product")
RARE_FIELD(TEXT, device_version, "", "CEF device version")
FIELD(TEXT, event_id, "", "the vendor's id of this kind of message; CEF class id")
FIELD(TEXT, event_name, "", "the kind of message in words; CEF name")
FIELD(SEVERITY, severity, "", "0 (nothing) to 10 (worst), mapped from the vendor's scale")
FIELD(CATEGORY, category, "cat", "what the message is about")
FIELD(ACTION, action, "act", "what the device did about it")
FIELD(OUTCOME, outcome, "outcome", "whether what was tried succeeded")
FIELD(TEXT, reason, "reason", "why, in the vendor's words")
FIELD(EVIDENCE, evidence, "cs6Label=Evidence cs6", "what the message proves about a connection")
FIELD(DIRECTION, direction, "deviceDirection", "inbound or outbound, as the device says")
FIELD(PROTOCOL, protocol, "proto", "IP protocol: IANA number, written as its name")
FIELD(ADDRESS, src_ip, "src", "who opened the connection")
FIELD(PORT, src_port, "spt", "its port")
RARE_FIELD(TEXT, src_host, "shost", "its name")
RARE_FIELD(TEXT, src_mac, "smac", "its hardware address")
RARE_FIELD(TEXT, src_user, "suser", "its user, without the domain")
RARE_FIELD(TEXT, src_domain, "sntdom", "the user's domain, as DOMAIN\\user had it")
FIELD(TEXT, src_zone, "cs2Label=Source Zone cs2", "its zone")
FIELD(TEXT, src_interface, "deviceInboundInterface", "the interface it came in by")
FIELD(ADDRESS, src_nat_ip, "sourceTranslatedAddress", "its address after translation")
FIELD(PORT, src_nat_port, "sourceTranslatedPort", "its port after translation")
FIELD(FLAG, src_internal, "", "whether its address is one of networks: internal")
FIELD(ADDRESS, dst_ip, "dst", "whom the connection was opened to")
FIELD(PORT, dst_port, "dpt", "its port")
RARE_FIELD(TEXT, dst_host, "dhost", "its name")
RARE_FIELD(TEXT, dst_mac, "dmac", "its hardware address")
RARE_FIELD(TEXT, dst_user, "duser", "its user, without the domain")
RARE_FIELD(TEXT, dst_domain, "dntdom", "the user's domain")
FIELD(TEXT, dst_zone, "cs3Label=Destination Zone cs3", "its zone")
FIELD(TEXT, dst_interface, "deviceOutboundInterface", "the interface it left by")
FIELD(ADDRESS, dst_nat_ip, "destinationTranslatedAddress", "its address after translation")
FIELD(PORT, dst_nat_port, "destinationTranslatedPort", "its port after translation")
FIELD(FLAG, dst_internal, "", "whether its address is one of networks: internal")
FIELD(TEXT, application, "app", "the application, by the device's own inspection")
FIELD(TEXT, rule, "cs1Label=Rule cs1", "the policy rule or access list that decided")
FIELD(NUMBER, src_bytes, "in", "bytes the source sent")
FIELD(NUMBER, dst_bytes, "out", "bytes the destination sent")
FIELD(NUMBER, src_packets, "ParapetSourcePackets", "packets the source sent")
FIELD(NUMBER, dst_packets, "ParapetDestinationPackets", "packets the destination sent")
FIELD(NUMBER, duration_ms, "cn2Label=Duration ms cn2", "how long the connection lasted")
FIELD(TEXT, session_id, "cn3Label=Session ID cn3", "the device's number of the connection")
RARE_FIELD(NUMBER, icmp_type, "ParapetIcmpType", "ICMP type")
RARE_FIELD(NUMBER, icmp_code, "ParapetIcmpCode", "ICMP code")
RARE_FIELD(TEXT, url, "request", "the URL asked for")
RARE_FIELD(TEXT, threat, "flexString1Label=Threat flexString1",
           "the threat, signature or category that was seen")
RARE_FIELD(TEXT, file, "fname", "the file's name")
RARE_FIELD(TEXT, hash, "fileHash", "the file's hash")
RARE_FIELD(TEXT, message, "msg", "the vendor's text, where the other fields do not say it all")
FIELD(EXTRA, extra, "", "what the vendor sent beyond these fields, under the vendor's names")
RARE_FIELD(NUMBER, risk, "cn1Label=Risk cn1", "the risk of the source at this moment")
RARE_FIELD(TEXT, detections, "cs4Label=Detections cs4",
           "the detectors that fire for it now, comma separated")
RARE_FIELD(TEXT, techniques, "cs5Label=ATT&CK cs5", "their ATT&CK techniques, comma separated")
#undef RARE_FIELD
