/*
 * Every counter, one row each: COUNTER(name, meaning). `parapet serve` prints them at SIGUSR1 and at
 * its end.
 *
 * The conservation law, which every end-to-end test asserts for each output that shows events:
 *
 *   received = dropped before the outputs (sender_refused)
 *            + dead letters that the outputs do not get (diverted)
 *            + spared by the output's settings (filtered, sampled, aggregated)
 *            + aggregating
 *            + offered_events
 *   offered_events + offered_alerts + recovered = forwarded + queued + dropped[reason] + set_aside
 *
 * and of dead letters
 *
 *   offered = dead_lettered + queued + dropped[reason]
 *
 * No include guard: include it with COUNTER, OUTPUT_COUNTER or DEAD_LETTER_COUNTER defined to taste.
 */
#ifdef COUNTER
COUNTER(received, "messages taken from the network or a file")
COUNTER(received_bytes, "their bytes, without framing")
COUNTER(parsed, "messages that became a record")
COUNTER(unknown, "messages of a known vendor, but of a kind that is not read")
COUNTER(malformed, "messages of a known vendor that are broken")
COUNTER(unclaimed, "messages that no parser took for its vendor's")
COUNTER(cut, "messages longer than max-message-size: the rest was skipped")
COUNTER(time_suspect, "messages whose time was too far from their arrival and was put right")
COUNTER(sender_refused, "messages from senders that allow does not list")
COUNTER(connections_refused, "TCP connections from senders that allow does not list")
COUNTER(connections_accepted, "TCP connections accepted")
COUNTER(connections_over_limit, "TCP connections closed at once: max-connections was reached")
COUNTER(accept_failed, "times TCP connections had to wait: no descriptor or no memory left")
COUNTER(connections_idle, "TCP connections closed for silence")
COUNTER(connections_bad_frame, "TCP connections closed for a malformed octet count")
COUNTER(connections_no_room, "TCP connections closed: no memory left for unfinished messages")
COUNTER(connections_tls_hello, "TCP connections closed: they spoke TLS to a port without it")
COUNTER(connections_http, "TCP connections closed: they asked for a web page")
COUNTER(tls_handshakes, "TLS connections established; the rest of those accepted is counted below")
COUNTER(tls_resumed, "of them: with the session of an earlier one")
COUNTER(tls_failed_timeout, "TLS connections closed: no handshake within handshake-timeout")
COUNTER(tls_failed_certificate, "TLS handshakes that failed: a certificate was refused or missing")
COUNTER(tls_failed_protocol, "TLS handshakes that failed: version, cipher, broken records")
COUNTER(tls_failed_plain, "connections closed: they sent plain text to a TLS port")
COUNTER(tls_failed_gone, "connections to a TLS port whose peer left before the handshake's end")
COUNTER(tls_broken, "TLS connections closed after their handshake: broken records")
COUNTER(tls_truncated, "TLS connections whose peer left without close_notify")
COUNTER(frames_unfinished, "messages cut off by the end of their connection; counted as received")
COUNTER(frames_empty, "frames and datagrams without a byte; not counted as received")
COUNTER(kernel_dropped, "datagrams the kernel dropped for want of receive buffer; never received")
COUNTER(datagrams_left, "datagrams still in their socket at its end: received by nobody")
COUNTER(datagrams_truncated, "datagrams longer than max-message-size: cut by the kernel")
COUNTER(reloads, "times the configuration was read anew (SIGHUP) and put in force")
COUNTER(reloads_failed, "times it could not be used: nothing changed")
#endif
#ifdef OUTPUT_COUNTER
OUTPUT_COUNTER(offered_events, "events handed to the output")
OUTPUT_COUNTER(offered_alerts, "alerts handed to the output")
OUTPUT_COUNTER(filtered, "events that its `where` leaves out; not offered")
OUTPUT_COUNTER(filtered_alerts, "alerts that it leaves out; not offered")
OUTPUT_COUNTER(sampled, "allowed events that its `sample` leaves out; not offered")
OUTPUT_COUNTER(aggregated, "events that another stands for; not offered")
OUTPUT_COUNTER(aggregating, "events that wait for others like them now; not offered yet")
OUTPUT_COUNTER(forwarded,
               "messages the receiver's system has acknowledged; of file and udp: ours took")
OUTPUT_COUNTER(recovered, "messages that the spool held at the start")
OUTPUT_COUNTER(queued, "messages waiting now, or sent and not acknowledged, on disk too")
OUTPUT_COUNTER(dropped_oldest, "messages lost because the spool was full, the oldest first")
OUTPUT_COUNTER(set_aside, "messages of the spool that could not be read; the segment is kept")
OUTPUT_COUNTER(dropped_queue_full, "messages lost because the queue was full")
OUTPUT_COUNTER(dropped_too_long, "messages that no datagram can carry")
OUTPUT_COUNTER(dropped_refused, "messages the transport refused for good")
OUTPUT_COUNTER(dropped_at_exit, "messages still waiting or unacknowledged when the program ended")
OUTPUT_COUNTER(cut, "messages shortened to max-message-size")
OUTPUT_COUNTER(reconnects, "connections made anew")
OUTPUT_COUNTER(resent, "messages to be sent again after a break: the receiver may have them twice")
OUTPUT_COUNTER(spooled, "messages written to the spool")
OUTPUT_COUNTER(spool_bytes, "of the spool now")
OUTPUT_COUNTER(spool_failures, "times the spool could not be written")
OUTPUT_COUNTER(failures, "times the transport failed: refused, broken off, no space")
#endif
#ifdef DEAD_LETTER_COUNTER
DEAD_LETTER_COUNTER(offered, "messages that no parser understood")
DEAD_LETTER_COUNTER(diverted, "of which the outputs do not get")
DEAD_LETTER_COUNTER(dead_lettered, "written to the file")
DEAD_LETTER_COUNTER(queued, "waiting now")
DEAD_LETTER_COUNTER(dropped_dead_letter_full,
                    "lost because they came faster than the disk takes them")
DEAD_LETTER_COUNTER(dropped_dead_letter_failed,
                    "lost because the file could not be written at the end")
DEAD_LETTER_COUNTER(failures, "times it could not be written: no space, no right")
DEAD_LETTER_COUNTER(rotations, "times it was full and a new one begun")
#endif
#ifdef RECEIVER_COUNTER
RECEIVER_COUNTER(connected, "1: it is; 0: it is not")
RECEIVER_COUNTER(forwarded, "messages that it has acknowledged")
RECEIVER_COUNTER(unacknowledged, "bytes that it was given and has not acknowledged")
RECEIVER_COUNTER(reconnects, "connections made anew")
RECEIVER_COUNTER(resent, "messages to be sent again after a break: it may have them, too")
RECEIVER_COUNTER(failures, "times it failed: refused, broken off")
#endif
