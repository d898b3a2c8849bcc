#!/bin/sh
# The real program over UDP and TCP on 127.0.0.1 (TAP): what arrives leaves as CEF, what is broken
# hurts nobody else, and the counters add up to the message.
set -u
. tests/serving.sh

# ---- what arrives ----

serve
check "says where it listens and what to try" \
    grep -q "^listening on udp 127.0.0.1:$port and tcp 127.0.0.1:$port - try: nc" "$d/err"

deny='%ASA-4-106023: Deny tcp src outside:192.0.2.7/41000 dst inside:198.51.100.9/23 by access-group "outside_in" [0x0, 0x0]'
printf '<164>Nov 21 2026 08:56:00 fw1 : %s\n' "$deny" | udp
check "an ASA line over UDP leaves as CEF" until_true arrived 'CEF:0|Cisco|ASA|.*src=192.0.2.7.*dpt=23'
printf '<14>datagram-one\n<14>datagram-two\n' | udp
check "a datagram with two lines is two messages" until_true arrived 'datagram-two'
printf '<14>line-lf-1\n<14>line-lf-2\n' | tcp
printf '<14>line-crlf-1\r\n<14>line-crlf-2\r\n' | tcp
printf '<14>line-nul-1\0<14>line-nul-2\0' | tcp
printf '14 <14>counted-1\n14 <14>counted-2\n<14>counted-lf\n' | tcp
printf '<14>unfinished' | tcp
for what in lf-1 lf-2 crlf-1 crlf-2 nul-1 nul-2; do
    check "TCP, line $what" until_true arrived "line-$what\$"
done
check "TCP, octet counting" until_true arrived 'counted-2$'
check "TCP, a line after counted ones" until_true arrived 'counted-lf$'
check "TCP, a line that its connection's end cut off" until_true arrived 'unfinished$'
check "and it is counted" is frames_unfinished 1
logger -n 127.0.0.1 -P "$port" -d -t fw logger-udp
logger -n 127.0.0.1 -P "$port" -T --octet-count -t fw logger-counted
logger -n 127.0.0.1 -P "$port" -T -t fw logger-lines
check "logger over UDP" until_true arrived logger-udp
check "logger over TCP, octet counting" until_true arrived logger-counted
check "logger over TCP, lines" until_true arrived logger-lines
: | tcp
printf '\026\003\001\002\000\001\000\001\374\003\003' | tcp
printf 'GET / HTTP/1.1\r\n\r\n' | tcp
check "a TLS hello is no message" until_true is connections_tls_hello 1
check "nor is an HTTP request" until_true is connections_http 1
received=$(counters; value received)
check "everything that was received was forwarded" is forwarded "$received" output
stop
check "SIGTERM ends it with status 0" [ "$status" = 0 ]
check "and the counters add up" conserved

# ---- too long, broken, not allowed ----

serve limits='{max-message-size: 1 KiB}'
{ printf '<14>long-'; head -c 5000 /dev/zero | tr '\0' x; printf '\n<14>after-the-long\n'; } | tcp
check "the line after one that is too long" until_true arrived 'after-the-long$'
check "the long one is cut and counted once" is cut 1
{ printf '5000 <14>'; head -c 4996 /dev/zero | tr '\0' x; printf '15 <14>after-count'; } | tcp
check "the frame after one that is too long" until_true arrived 'after-count$'
{ printf '<14>'; head -c 3000 /dev/zero | tr '\0' x; } | udp
check "a datagram that is too long is cut" until_true is datagrams_truncated 1

mkfifo "$d/first"
nc -N 127.0.0.1 "$port" <"$d/first" &
pids="$pids $!"
exec 3>"$d/first"
printf '9 <14>begun' >&3
check "a connection that counts" until_true arrived 'begun$'
printf '8 <14>good0 <14>bad' | tcp
check "a malformed octet count closes its connection" until_true is connections_bad_frame 1
check "after the good frame before it" arrived 'good$'
printf '13 <14>still-on!' >&3
check "the other connection goes on" until_true arrived 'still-on!'
exec 3>&-
stop
check "the counters add up" conserved

serve allow='[192.0.2.0/24]'
printf '<14>stranger\n' | udp
printf '<14>stranger\n' | tcp
check "a datagram from a stranger is refused and counted" until_true is sender_refused 1
check "a connection from a stranger is closed and counted" until_true at_least connections_refused 1
check "nothing of it leaves" [ ! -s "$d/out" ]
stop
check "the counters add up" conserved

serve limits='{max-connections: 3, idle-timeout: 1s}'
mkfifo "$d/idle"
for i in 1 2 3; do
    nc -N 127.0.0.1 "$port" <"$d/idle" &
    pids="$pids $!"
done
exec 3>"$d/idle"
check "three connections" until_true is connections_accepted 3
printf '<14>fourth\n' | tcp
check "a fourth is one too many" is connections_over_limit 1
check "silent connections are closed" until_true is connections_idle 3
exec 3>&-
printf '<14>room-again\n' | tcp
check "and there is room again" until_true arrived 'room-again$'
stop

# ---- starting ----

serve
yaml=$(cp "$d/parapet.yaml" "$d/second.yaml" && echo "$d/second.yaml")
"$B/parapet" serve -c "$yaml" >/dev/null 2>"$d/taken"
check "a port that is taken: status 1" [ $? = 1 ]
check "with file, line and column of the entry" \
    grep -Eq "^$yaml:2:[0-9]+: listen\[0\].port: .*another program has it" "$d/taken"
stop
"$B/parapet" serv 2>"$d/word"
check "an unknown command: status 1" [ $? = 1 ]
check "and the nearest one" grep -q '"serve"' "$d/word"
"$B/parapet" --help | grep -q 'parapet detectors'
check "help lists the commands" [ $? = 0 ]
"$B/parapet" serve --help | grep -q -- '-c FILE'
check "a command's help lists its options" [ $? = 0 ]
"$B/parapet" --version | grep -q '^parapet [0-9]'
check "the version" [ $? = 0 ]
"$B/parapet" check -c "$d/second.yaml" | grep -q 'second.yaml: ok'
check "check finds nothing wrong" [ $? = 0 ]
printf 'workers: many\n' >"$d/wrong.yaml"
"$B/parapet" check -c "$d/wrong.yaml" 2>"$d/wrong"
check "check finds what is wrong: status 1" [ $? = 1 ]
check "and counts it" grep -q '^1 error$' "$d/wrong"
cat >"$d/names.yaml" <<'END'
forward:
  - {name: a, protocol: file, path: "-", where: {action: [denied], parser: [asaa], listed: x}, aggregate: {fields: [src_ip, dst_prt, time]}}
END
"$B/parapet" check -c "$d/names.yaml" 2>"$d/wrong"
check "of the names in an output's conditions, too: status 1" [ $? = 1 ]
for what in 'where.action\[0\]: .*deny' 'where.parser\[0\]: .*"asa"' 'where.listed\[0\]: .*a list' \
    'fields\[1\]: .*"dst_port"' 'fields\[2\]: .*no time'; do
    check "and says which: $what" grep -q "names.yaml:2:.*$what" "$d/wrong"
done

rm -f "$d/err"
( ulimit -n 40; exec "$B/parapet" serve -c "$d/second.yaml" ) >"$d/out" 2>"$d/err" &
server=$!
pids="$pids $server"
port=$(sed -n 's/.*tcp.*port: \([0-9]*\).*/\1/p' "$d/second.yaml")
until_true ready
i=0
while [ $i -lt 2000 ]; do i=$((i + 1)); echo "<14>descriptor-$i"; done >"$d/lines"
"$B/tool_load" -p "$port" -f "$d/lines" -c 60 -k >"$d/load" 2>&1 &
load=$!
pids="$pids $load"
check "out of descriptors: connections wait and are counted" until_true at_least accept_failed 1
kill $load
wait $load
check "and all get their turn" until_true is received 2000
stop

# ---- the receiver ----

rm -f "$d/err"
{ "$B/parapet" serve -c "$d/second.yaml" 2>"$d/err"; echo $? >"$d/status"; } | head -n 1 >"$d/out" &
pids="$pids $!"
until_true grep -qs '^listening on' "$d/err"
gone() { printf '<14>to-head\n' | tcp; [ -s "$d/status" ]; }
check "standard output closed: the program ends" until_true gone
check "and says why" grep -q 'standard output was closed' "$d/err"

rm -f "$d/err"
"$B/parapet" serve -c "$d/second.yaml" >&- 2>"$d/err" &
server=$!
pids="$pids $server"
until_true ready
gone() { printf '<14>to-nobody\n' | tcp; ! kill -0 $server 2>/dev/null; }
check "no standard output at all: the program ends too" until_true gone
check "and says why" grep -q 'standard output was closed' "$d/err"

sink_end() { # ends the receiver; $got grows by how many messages it had
    kill $receiver
    wait $receiver
    got=$((got + $(sed -n 's/.*messages=\([0-9]*\).*/\1/p' "$d/sink" | grep . || echo 0)))
}
to=$(random_port)
away='{name: siem, protocol: tcp, host: 127.0.0.1, port: TO, show: [events], reconnect: {min: 50ms, max: 200ms}}'
away=$(echo "$away" | sed "s/TO/$to/")

serve forward="$away"
"$B/tool_load" -p "$port" -f "$d/lines" >"$d/load"
check "the receiver is away: everything waits" until_true is queued 2000 output
sink -n 2000
check "it comes: everything is forwarded" until_true is forwarded 2000 output
wait $receiver
check "and arrives" [ $? = 0 ]
stop
check "the counters add up" conserved

"$B/tool_lines" mix 100000 5 >"$d/mix"
serve forward="$(echo "$away" | sed 's/}$/, queue: {size: 1 GiB}}/')"
got=0
sink
"$B/tool_load" -p "$port" -f "$d/mix" -c 8 -n 180000 -r 60000 >"$d/load" 2>&1 &
load=$!
"$B/tool_load" -p "$port" -f "$d/mix" -u -n 20000 -r 10000 >"$d/load.udp" 2>&1 &
load_udp=$!
pids="$pids $load $load_udp"
until_true at_least received 20000
sink_end
until_true at_least received 60000
sink
until_true at_least received 120000
sink_end
sink
wait $load
check "180,000 lines over 8 TCP connections are sent" [ $? = 0 ]
wait $load_udp
check "20,000 datagrams are sent" [ $? = 0 ]
all_there() { counters && [ $(($(value received) + $(value kernel_dropped))) = 200000 ]; }
check "all are received, or counted as the kernel's drops" until_true all_there
check "nothing is left waiting" until_true is queued 0 output
stop
check "200,000 messages, the receiver away twice: the counters add up" conserved
check "all are forwarded" [ "$(value forwarded output)" = "$(value received)" ]
check "the receiver was away" [ "$(value reconnects output)" -ge 2 ]
sink_end
check "and got all, and twice at most what was sent again" \
    [ "$got" -ge "$(value forwarded output)" -a \
      "$got" -le $(($(value forwarded output) + $(value resent output))) ]

# A receiver that reads nothing stops the senders, not the program; what was taken is accounted for.
to=$(random_port)
mkfifo "$d/never"
nc -l 127.0.0.1 "$to" >"$d/never" &
hole=$!
pids="$pids $hole"
exec 4<>"$d/never"
serve forward="{name: siem, protocol: tcp, host: 127.0.0.1, port: $to, queue: {size: 1 MiB}}"
"$B/tool_load" -p "$port" -f "$d/mix" -n 100000 -t 2 >"$d/load" 2>&1
check "a receiver that reads nothing makes the sender wait" [ $? = 1 ]
check "little more than the queue waits" [ "$(counters; value queued output)" -lt 20000 ]
check "nothing is dropped" is dropped_queue_full 0 output
stop
check "it ends in time" [ "$status" = 0 ]
check "the counters add up" conserved
exec 4<&-
