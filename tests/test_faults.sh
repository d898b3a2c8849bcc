#!/bin/sh
# What attackers, broken devices, full disks and bad receivers do to the real program (TAP): it goes
# on, its memory stays bounded, other senders are served, and every message is accounted for.
set -u
. tests/serving.sh
# Memory is measured here: what is freed must not be kept for the sanitizer's sake.
export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_leaks=1}:quarantine_size_mb=1"

load() { "$B/tool_load" -p "$port" "$@" >"$d/load" 2>&1; }
load_on() { # ARGUMENTS...: a sender in the background, $sender
    "$B/tool_load" -p "$port" "$@" >"$d/load" 2>&1 &
    sender=$!
    pids="$pids $sender"
}
gets() { printf '<14>%s\n' "$1" | tcp && arrived "$1\$"; } # for until_true: it may not be up yet
of_letters() { head -c "$1" /dev/zero | tr '\0' "$2"; }

"$B/tool_lines" mix 20000 7 >"$d/mix"

# ---- bytes ----

serve
mkfifo "$d/other"
nc -N 127.0.0.1 "$port" <"$d/other" &
pids="$pids $!"
exec 3>"$d/other"
printf '<14>other-begins\n' >&3
check "another sender" until_true arrived 'other-begins$'
refused=0
for count in 0 00 007 -1 +5 2147483648 4294967296 18446744073709551616 x ''; do
    refused=$((refused + 1))
    printf '6 <14>ok%s <14>bad' "$count" | tcp
done
for digits in 9 21 1000 10000; do
    refused=$((refused + 1))
    { printf '6 <14>ok'; of_letters $digits 9; printf ' <14>bad'; } | tcp
done
check "counts that cannot be close their connection" until_true is connections_bad_frame $refused
check "after the frame before them" is received $((refused + 1))
printf '12 <14>short' | tcp
printf '99999999 <14>far' | tcp
printf '6 <14>ok12' | tcp
check "what the end cuts off is counted" until_true is frames_unfinished 2
printf '<14>lines-first\n14 <14>then-count<14>then-lines\r\n' | tcp
for what in lines-first then-count then-lines; do
    check "framing that changes: $what" until_true arrived "$what\$"
done
for pri in '' 999999999999 192 -1 0x 1 00000000000000000001; do
    printf '<%s>pri\n<%s\n<%s>Nov 21\n' "$pri" "$pri" "$pri"
done >"$d/odd"
for stamp in Nov 'Nov 2' 'Nov 21 1' 'Nov 21 10:' 2026-13-01T00:00:00Z 2026-11-21T23:59:60Z \
    2026-11-21T00:00:00+99:99 0000-01-01T00:00:00Z 9999-12-31T23:59:59Z 2023-02-29T00:00:00Z \
    99999999999999999999.5 1e999 -5; do
    printf '<134>%s fw %%ASA-4-106023: Deny\n<134>1 %s fw - - - -\n<134>1 %s MX flows\n' \
        "$stamp" "$stamp" "$stamp"
done >>"$d/odd"
{
    deny='%%ASA-4-106023: Deny tcp src o:%s/99999 dst i:%s/1 by access-group "a" [0x0, 0x0]\n'
    printf "$deny" 1.15599155266856607338.91.1 ::ffff:192.0.2.4%eth0
    printf "$deny" "$(of_letters 400 9).1.1.1" 192.0.2.1
    printf '<134>Nov 21 10:10:10 ../../etc/x %%ASA-5-111008: x\n<134>%%ASA-\n%%ASA-4\n'
    printf '1,2026/11/21 10:10:10,01,TRAFFIC,end,%s\n' "$(of_letters 10000 ,)"
    printf '[action:"Accept"; %s\n' "$(of_letters 9999 '"')"
    printf 'CEF:0|%s\n{"a":%s\n' "$(of_letters 5000 '|')" "$(of_letters 10000 '[')"
    printf 'a\000b \033[2J \357\273\277 \377\376 \300\200 \342\200\250 \355\240\200 c\n'
    printf '<134>Nov 21 10:10:10 fw %%ASA-5-111008: User a CEF:0|x|y|z|1|n|9|src=192.0.2.66\n'
} >>"$d/odd"
begun=$(counters; value received)
odd=$(grep -ac . "$d/odd")
load -f "$d/odd"
load -f "$d/odd" -1 -F crlf
load -u -f "$d/odd"
check "odd lines, three times: all received" until_true is received $((begun + 3 * odd))
check "and each is forwarded" until_true is forwarded $((begun + 3 * odd)) output
every_line_is_cef() { ! grep -aqv '^CEF:0|' "$d/out"; }
check "as one line of CEF each" every_line_is_cef
no_injection() { arrived 'src.=192.0.2.66' && ! arrived '[^\\]=192.0.2.66'; }
check "text that looks like CEF stays text" no_injection
before=$(resident)
{ printf '<14>'; of_letters 67108864 z; printf '\n<14>after-64-MiB\n'; } | tcp
check "64 MiB without a line end are one message" until_true arrived 'after-64-MiB$'
check "cut once" is cut 3 # and two counted ones above
check "and cost no memory" [ $(($(resident) - before)) -lt 4096 ]
for size in 65531 65532 65533; do printf '<14>'; of_letters $size q; echo; done | tcp
check "max-1 and max bytes are whole, max+1 is cut" until_true is cut 4
printf '<14>other-goes-on\n' >&3
check "the other sender is served" until_true arrived 'other-goes-on$'
exec 3>&-
ended_well "hostile bytes"

# ---- connections ----

printf '<14>x\n' >"$d/one"
serve limits='{max-connections: 5000}'
before=$(resident)
load_on -f "$d/one" -c 3000 -k
check "3,000 silent connections" until_true is connections_accepted 3000
check "are 2 KiB each at most" [ $(($(resident) - before)) -lt 6000 ]
check "and others are served" arriving among-the-silent
kill $sender
# A frame that never comes whole: its beginning is kept, 60 KB for each connection.
{ printf '65000 <14>'; of_letters 60000 y; echo; } >"$d/half"
load_on -f "$d/half" -n 2000 -c 2000 -k -1 -r 100000000
check "2,000 unfinished messages of 60 KB: some find no room" until_true at_least connections_no_room 1
check "memory stays under 64 MiB and a little" [ $(($(resident) - before)) -lt 90000 ]
{ printf '<14>in-two-'; until_true at_least connections_accepted 5002 >&2; echo pieces; } | tcp
check "others are served, in pieces too" until_true arrived 'in-two-pieces$'
kill $sender
ended_well "silent and greedy connections"

to=$(random_port)
siem="{name: siem, protocol: tcp, host: 127.0.0.1, port: $to, show: [events], queue: {size: 1 MiB}, reconnect: {min: 10ms, max: 100ms}}"
sink
serve descriptors=256 forward="$siem"
load -f "$d/one"
load_on -f "$d/one" -n 300 -c 300 -k -1 -r 100000000
check "256 descriptors, 300 connections: some wait" until_true at_least accept_failed 1
kill $receiver
wait $receiver
failed() { counters && [ "$(value failures output)" -ge 20 ]; }
check "the receiver is away, long enough for a sender to take its descriptor" until_true failed
sink
check "the receiver comes back: all descriptors are not the senders'" \
    until_true grep -q 'siem: works again' "$d/err"
kill $sender
check "and gets the rest" until_true is received 301
ended_well "few descriptors"
kill $receiver

serve
load_on -f "$d/mix" -c 200 -n 100000000 -t 600
until_true at_least received 20000
ended_well "SIGTERM with 200 busy senders"
check "does not wait for them to finish" [ "$(value received)" -lt 100000000 ]
kill $sender

serve
load_on -f "$d/mix" -c 8 -n 60000 -r 30000
while kill -0 $sender 2>/dev/null; do
    kill -USR1 $server
    sleep 0.01
done
check "SIGUSR1 a hundred times a second: all received" until_true is received 60000
ended_well "SIGUSR1 under load"

# ---- datagrams ----

serve limits='{receive-buffer: 4 KiB}'
load -u -f "$d/one" -n 100000
load -u -f "$d/one" -n 1
counted() { counters && [ $(($(value received) + $(value kernel_dropped))) = 100001 ]; }
check "100,000 datagrams into 4 KiB: received or counted as the kernel's drops" until_true counted
of_letters 65507 d | udp
check "the longest datagram" until_true is cut 0
ended_well "datagrams"

# ---- who may send ----

may() { # ALLOW FROM WANTED: one message over each transport to a listener of IPv6 and IPv4
    serve address=:: allow="$1"
    logger -n "$2" -P "$port" -d may
    printf '<14>may\n' | nc -N -w 5 "$2" "$port"
    both() { counters && [ $(($(value received) + $(value connections_refused))) = 2 ]; }
    check "allow $1, from $2" until_true both
    stop
    check "lets in $3" is offered_events "$3" output
}
if grep -qs ' lo$' /proc/net/if_inet6; then
    may '["::ffff:127.0.0.0/104"]' 127.0.0.1 2
    may '[127.0.0.1]' 127.0.0.1 2
    may '[127.0.0.1]' ::1 0
    may '[0.0.0.0/0]' 127.0.0.1 2
    may '[0.0.0.0/0]' ::1 0
    may '["::/0"]' ::1 2
    may '[]' 127.0.0.1 0
fi

# ---- clocks ----

serve
for off in '-1 hour' '+1 hour' '-1 year' '+1 year'; do
    printf '<164>%s fw : %%ASA-4-106023: Deny tcp src o:192.0.2.7/1 dst i:10.1.1.5/2 by access-group "a"\n' \
        "$(date -u -d "$off" '+%b %e %Y %H:%M:%S')"
done | tcp
check "an hour and a year off: counted as of the arrival" until_true is time_suspect 4
ended_well "clocks"
printf '<14>Dec 31 23:59:59 fw last\n<14>Jan  1 00:00:05 fw first\n' >"$d/years"
years() { "$B/parapet" replay --now "$1" "$d/years" 2>/dev/null | grep -o '"time":"[0-9]*' | tr -dc '0-9\n'; }
check "December's stamps in January are last year's" \
    [ "$(years 2027-01-01T00:00:10Z | tr '\n' ' ')" = '2026 2027 ' ]

# ---- outputs ----

serve forward='{name: full, protocol: file, path: /dev/full, queue: {size: 1 MiB}, reconnect: {min: 10ms, max: 50ms}}'
load -f "$d/mix"
check "a full disk: all received" until_true is received 20000
check "the newest dropped and counted" [ "$(value dropped_queue_full output)" -gt 1000 ]
ended_well "a full disk"

for how in --accept-close '--close-after 100003' '--close-after 100003 --reset' '--slow 1'; do
    sink $how
    serve forward="$siem" more='memory: {detection: 16 MiB, connections: 4 MiB}'
    before=$(resident)
    load -f "$d/mix" -c 4 -n 10000000 -t 2
    check "receiver $how: memory stays bounded" [ $(($(resident) - before)) -lt 65536 ]
    ended_well "receiver $how"
    kill $receiver
    wait $receiver
done

serve
stop
mkfifo "$d/unread"
exec 4<>"$d/unread"
"$B/parapet" serve -c "$d/parapet.yaml" >"$d/out" 2>&4 &
server=$!
pids="$pids $server"
check "standard error unread: it serves" until_true gets before
i=0
while [ $i -lt 60 ]; do
    i=$((i + 1))
    kill -USR1 $server
    sleep 0.01
done
check "and goes on when that is full" until_true gets after-60-reports
kill $server
gone() { ! kill -0 $server 2>/dev/null; }
check "and ends" until_true gone
kill -9 $server 2>/dev/null
exec 4<&-

printf 'forward: [{name: x, protocol: file, path: %s}]\n' "$d" >"$d/folder.yaml"
"$B/parapet" serve -c "$d/folder.yaml" 2>"$d/err"
check "an output that is a folder: status 1" [ $? = 1 ]
check "with its place" grep -q 'folder.yaml:1:43: forward\[0\].path' "$d/err"
