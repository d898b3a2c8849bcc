#!/bin/sh
# What senders do to the program (TAP, and a table): broken frames, endless lines, bursts, strangers,
# probes. Of each case it is known what was sent; what did not arrive at the output is counted under a
# name, and every row adds up.
#   ingest.sh [short]    short: what `make test` has time for
set -u
. tests/serving.sh
shown=err
export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_leaks=1}:quarantine_size_mb=1"
short=
idle=10000 busy=1000 storm=20000 burst=2000000 endless=2147483648
[ "${1:-}" = short ] && short=1 idle=400 busy=100 storm=300 burst=50000 endless=33554432
table=$d/table
echo "row|case|sent|arrived|counted" >"$table"
printf '<14>x\n' >"$d/one"
"$B/tool_lines" mix 20000 11 >"$d/mix"

of_letters() { head -c "$1" /dev/zero | tr '\0' "$2"; }
load() { "$B/tool_load" -p "$port" "$@" >"$d/load" 2>&1; }
load_on() { # ARGUMENTS...: in the background, $sender
    "$B/tool_load" -p "$port" "$@" >"$d/load" 2>&1 &
    sender=$!
    pids="$pids $sender"
}

# A row: begin, the case itself, and row NUMBER CASE SENT [COUNTER...]: what was sent has arrived, or
# is counted by one of the counters. A name that ends in ? is shown and not added up: cut?
counted_all='received cut sender_refused connections_refused connections_accepted
    connections_over_limit accept_failed connections_bad_frame connections_no_room frames_unfinished
    frames_empty kernel_dropped datagrams_truncated connections_tls_hello connections_http'
lines_out() { wc -l <"$d/out"; }
begin() {
    counters
    lines_before=$(lines_out)
    for c in $counted_all; do eval "before_$c=$(value $c)"; done
}
more() { eval "echo \$((\$(value $1) - before_$1))"; }
adds_up() { # SENT [COUNTER...]
    local sum wanted=$1
    shift
    counters
    sum=$(($(lines_out) - lines_before))
    for c in "$@"; do
        case $c in *\?) ;; *) sum=$((sum + $(more "$c"))) ;; esac
    done
    [ "$sum" = "$wanted" ]
}
events='{name: local, protocol: file, path: "-", show: [events]}'
all_arrived() { counters && [ "$(more received)" = $(($(lines_out) - lines_before)) ]; }
row() {
    local number=$1 what=$2 sent=$3 told=
    shift 3
    check "$number $what: $sent sent, all accounted for" until_true adds_up "$sent" "$@"
    check "$number $what: what was received has arrived" until_true all_arrived
    for c in "$@"; do told="$told ${c%\?} $(more "${c%\?}")"; done
    echo "$number|$what|$sent|$(($(lines_out) - lines_before))|${told:- -}" >>"$table"
}

# ---- 1 to 5: bytes of a connection ----

serve forward="$events"
begin
sent=0
for count in 0 00 007 -1 +5 2147483648 4294967296 18446744073709551616 x ''; do
    printf '6 <14>ok%s <14>bad' "$count" | tcp
    sent=$((sent + 2))
done
row 1 "counts that cannot be, behind a frame" $sent connections_bad_frame
begin
sent=0 digits=9
while [ $digits -le 10000 ]; do
    { printf '6 <14>ok'; of_letters $digits 9; printf ' <14>bad'; } | tcp
    sent=$((sent + 2))
    digits=$((short ? digits * 10 + 1 : digits * 5 / 4 + 1))
done
row 1 "counts of 9 to 10,000 digits" $sent connections_bad_frame
begin
printf '6 <14>ok14' | tcp
printf '14<14>no-blank' | tcp
printf '6 <14>ok' | tcp
row 1 "a count and no blank, a count and no body" 4 frames_empty frames_unfinished?

begin
for n in 1 2 3 4 5; do printf '%s <14>longer-than-the-body' "$((n * 100))" | tcp; done
row 2 "count larger than the body, end of stream" 5 frames_unfinished?
begin
printf '6 <14>abcd6 <14>ok' | tcp
row 2 "count smaller than the body" 2 connections_bad_frame
begin
printf '65537 <14>far' | tcp
row 2 "count over the maximum" 1 frames_unfinished? cut?
proxy_port=$(random_port)
begin
"$B/tool_proxy" "$proxy_port" "$port" >"$d/proxy" 2>&1 &
proxy=$!
mkfifo "$d/held"
until_true nc -z 127.0.0.1 "$proxy_port"
nc -N 127.0.0.1 "$proxy_port" <"$d/held" &
pids="$pids $proxy $!"
exec 3>"$d/held"
printf '11 <14>whole-1100 <14>mid-frame' >&3
check "2 a frame, and one that is begun" until_true arrived 'whole-1$'
kill -USR2 $proxy
row 2 "reset in mid-frame: what came of it is kept" 2 frames_unfinished?
exec 3>&-
kill $proxy

begin
printf '1 line\n22 lines\n<14>three\n' | tcp
row 3 "lines that begin with digits and a blank" 3 frames_unfinished?
begin
printf '<14>line\n14 <14>then-count<14>then-line\r\n14 <14>then-count<14>last' | tcp
row 3 "framing that changes" 5 frames_unfinished?
begin
printf '<14>crlf\r\n<14>nul\0\n\r\n<14>lf\n\n\n' | tcp
row 3 "CR LF, NUL, empty lines" 3 frames_empty?
begin
printf '<14>no line end at all' | tcp
row 3 "no line end at all" 1 frames_unfinished?

cat samples/*/*.log | awk -v every="${short:+40}" 'length($0) && (!every || NR % every == 0)' >"$d/golden"
golden=$(grep -ac . "$d/golden")
begin
load -f "$d/golden" -1 -n "$golden"
row 4 "lines of the samples, 1 byte a segment" "$golden"
begin
load -f "$d/golden" -1 -n "$golden" -F octet
row 4 "counted, 1 byte a segment" "$golden"
begin
load -f "$d/golden" -c 10 -n $((golden * 10))
row 4 "many in a segment" $((golden * 10))

begin
for size in 65531 65532 65533; do printf '<14>'; of_letters $size q; echo; done | tcp
row 5 "lines of max-1, max and max+1 bytes" 3 cut?
begin
before=$(resident)
{ printf '<14>'; of_letters $endless z; printf '\n<14>after\n'; } | tcp
row 5 "$endless bytes without a line end, and one more line" 2 cut?
check "5 and no memory for them" [ $(($(resident) - before)) -lt 8192 ]
ended_well "bytes"

# ---- 16: connections ----

serve forward="$events" limits="{max-connections: $((idle + busy + 100))}"
begin
before=$(resident)
load_on -f "$d/one" -n 1 -c $idle -k
check "16 $idle idle connections" until_true is connections_accepted $idle
check "16 2 KiB each at most" [ $(($(resident) - before)) -lt $((2 * idle + 4096)) ]
load -f "$d/mix" -c $busy -n 100000
row 16 "$busy busy connections beside $idle idle ones" 100001 connections_accepted?
kill $sender
ended_well "connections"
serve forward="$events" descriptors=256
begin
load_on -f "$d/one" -n 300 -c 300 -k
waits() { counters && [ "$(more accept_failed)" -gt 0 ]; }
check "16 256 descriptors: some wait" until_true waits
kill $sender
row 16 "300 connections, 256 descriptors" 300 accept_failed?
ended_well "few descriptors"
serve forward="$events"
begin
n_storm=0
while [ $n_storm -lt $storm ]; do
    load -f "$d/one" -c 100 -n 100
    n_storm=$((n_storm + 100))
done
row 16 "connect, a line, close" $storm connections_accepted?
ended_well "storm"

# ---- 18, 19: datagrams ----

serve forward="$events" limits='{receive-buffer: 4 KiB}'
begin
load -u -f "$d/mix" -n $burst
load -u -f "$d/one" -n 1
row 18 "a burst of $burst datagrams into 4 KiB" $((burst + 1)) kernel_dropped
ended_well "burst"
to=$(random_port)
sink --slow 1
serve forward="{name: siem, protocol: tcp, host: 127.0.0.1, port: $to, show: [events], queue: {size: 1 MiB}}"
load -u -f "$d/mix" -n 20000
stop
check "18 the output blocks until the end: datagrams are received or counted" \
    [ $(($(value received) + $(value kernel_dropped) + $(value datagrams_left))) = 20000 ]
check "18 and the counters add up" conserved
echo "18|the output blocks until the end|20000|$(value received)| kernel_dropped $(value kernel_dropped) datagrams_left $(value datagrams_left)" >>"$table"
kill $receiver
serve forward="$events" limits='{max-message-size: 1 KiB}'
begin
for size in 1 1023 1024 1025 65507; do
    of_letters $size d >"$d/datagram"
    load -u -f "$d/datagram" -n 1
done
row 19 "datagrams of 1 to 65,507 bytes" 5 cut? datagrams_truncated?
ended_well "datagrams"

# ---- 27: configurations ----

# What is said of each file of tests/wrong is test_config's; here the program says it.
refused=0 files=0
for yaml in tests/wrong/${short:+n}*.yaml; do
    files=$((files + 1))
    if ! timeout 20 "$B/parapet" check -c "$yaml" >/dev/null 2>"$d/err" && grep -Eq '^[0-9]+ errors?$' "$d/err" &&
        ! grep -Eq 'Sanitizer|runtime error' "$d/err"; then
        refused=$((refused + 1))
    fi
done
check "27 $files configurations, each wrong in its way: refused, and said why" [ $refused = $files ]
echo "27|wrong configurations (tests/wrong)|$files|0| refused $refused" >>"$table"
deep=$(of_letters 20000 '[')
printf 'allow: %s\n' "$deep" >"$d/deep.yaml"
printf 'lists: [{name: x, file: %s}]\n' "$(of_letters 5000 p)" >"$d/long.yaml"
of_letters 5000000 a >"$d/large.yaml"
mkdir "$d/folder.yaml"
for what in deep long large folder missing; do
    timeout 20 "$B/parapet" check -c "$d/$what.yaml" >/dev/null 2>"$d/err"
    check "27 $what: status 1, a sentence" eval "[ $? = 1 ] && grep -q yaml '$d/err' && ! grep -q Sanitizer '$d/err'"
done
echo "27|deep, long, large, a folder, missing|5|0| refused 5" >>"$table"

# ---- 28: who may send ----

may() { # ALLOW FROM ARRIVING: one message over each transport
    serve forward="$events" address=:: allow="$1"
    begin
    logger -n "$2" -P "$port" -d may
    printf '<14>may\n' | nc -N -w 5 "$2" "$port"
    if [ "$3" = 2 ]; then row 28 "$1 from $2" 2; else refuses "$1 from $2"; fi
    stop
}
both_refused() { counters && [ "$(more sender_refused) $(more connections_refused)" = "1 1" ]; }
refuses() {
    check "28 $1: refused and counted" until_true both_refused
    check "28 $1: nothing arrives" [ ! -s "$d/out" ]
    echo "28|$1|2|0| sender_refused 1 connections_refused 1" >>"$table"
}
if grep -qs ' lo$' /proc/net/if_inet6; then
    may '["::ffff:127.0.0.0/104"]' 127.0.0.1 2
    may '[0.0.0.0/0]' 127.0.0.1 2
    may '[0.0.0.0/0]' ::1 0
    may '["::/0"]' ::1 2
    may '[]' 127.0.0.1 0
fi

# ---- 30: probes ----

serve forward="$events"
begin
probes=0
while [ $probes -lt 20 ]; do
    probes=$((probes + 1))
    : | tcp
done
row 30 "a load balancer connects and closes, 20 times" 0 connections_accepted?
begin
printf '\026\003\001\002\000\001\000\001\374\003\003' | tcp
row 30 "a TLS hello on the plain port" 1 connections_tls_hello
begin
printf 'GET / HTTP/1.1\r\nHost: x.example.com\r\n\r\n' | tcp
row 30 "an HTTP request" 1 connections_http
ended_well "probes"

column -t -s '|' "$table" 2>/dev/null | sed 's/^/# /' || sed 's/^/# /' "$table"
echo "1..$n"
