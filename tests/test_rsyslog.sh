#!/bin/sh
# rsyslog as a receiver, over TCP and RELP (TAP): what it reads out of every message, field by field,
# is what a file got at the same time; and over RELP nothing is lost when it is killed and comes back.
set -u
. tests/serving.sh
rsyslogd=$(PATH=$PATH:/usr/sbin command -v rsyslogd)
if [ -z "$rsyslogd" ] || ! ls /usr/lib/*/rsyslog/imrelp.so >/dev/null 2>&1; then
    echo "ok 1 - rsyslog with imrelp # SKIP not installed"
    exit 0
fi
rsyslog_tcp=$(random_port) rsyslog_relp=$(random_port)
cat >"$d/rsyslog.conf" <<END
global(workDirectory="$d" maxMessageSize="64k" parser.escapeControlCharactersOnReceive="off")
module(load="imtcp")
module(load="imrelp")
template(name="fields" type="string" string="<%pri%>%protocol-version% %timestamp:::date-rfc3339% %hostname% %app-name% %procid% %msgid% %structured-data% %msg%\n")
ruleset(name="tcp") { action(type="omfile" file="$d/by-tcp" template="fields") }
ruleset(name="relp") { action(type="omfile" file="$d/by-relp" template="fields") }
input(type="imtcp" port="$rsyslog_tcp" address="127.0.0.1" ruleset="tcp")
input(type="imrelp" port="$rsyslog_relp" address="127.0.0.1" ruleset="relp" maxDataSize="64k")
END
rsyslog() {
    rm -f "$d/rsyslog.pid"
    "$rsyslogd" -n -f "$d/rsyslog.conf" -i "$d/rsyslog.pid" >"$d/rsyslog.out" 2>&1 &
    receiver=$!
    pids="$pids $receiver"
    until_true nc -z 127.0.0.1 "$rsyslog_tcp"
    until_true nc -z 127.0.0.1 "$rsyslog_relp"
}
quick='reconnect: {min: 10ms, max: 50ms}'

rsyslog
serve forward="{name: file, protocol: file, path: $d/by-file, header: rfc5424}
  - {name: tcp, protocol: tcp, host: 127.0.0.1, port: $rsyslog_tcp, $quick}
  - {name: relp, protocol: relp, host: 127.0.0.1, port: $rsyslog_relp, $quick}"
cat samples/*/*.log >"$d/samples"
"$B/tool_load" -p "$port" -f "$d/samples" >"$d/load"
"$B/tool_load" -p "$port" -u -f samples/asa/deny.log >"$d/load"
sent=$(($(grep -ac . "$d/samples") + $(grep -ac . samples/asa/deny.log)))
has_all() { counters && [ "$(value received)" -ge $sent -a "$(grep -c '^  queued  *0 ' "$d/err")" -gt 0 ]; }
same() { [ -s "$1" ] && cmp -s "$1" "$2"; }
check "every sample is received" until_true has_all
check "rsyslog reads over TCP what a file got" until_true same "$d/by-file" "$d/by-tcp"
check "rsyslog reads over RELP what a file got" until_true same "$d/by-file" "$d/by-relp"
stop
check "the counters add up" conserved

"$B/tool_lines" mix 20000 7 >"$d/mix"
serve forward="{name: relp, protocol: relp, host: 127.0.0.1, port: $rsyslog_relp, show: [events],
    queue: {size: 256 MiB}, $quick}"
rm -f "$d/by-relp"
kill -HUP $receiver
awk 'BEGIN { for (i = 0; i < 20000; i++) printf "<14>n-%09d\n", i }' >"$d/numbered"
"$B/tool_load" -p "$port" -f "$d/numbered" -r 10000 >"$d/load" 2>&1 &
pids="$pids $!"
for some in 2000 6000 10000; do
    forwarded_some() { counters && [ "$(value forwarded output)" -ge $some ]; }
    until_true forwarded_some
    kill -TERM $receiver
    wait $receiver
    rsyslog
done
check "RELP, the receiver ended three times: all are answered" until_true is forwarded 20000 output
stop
check "the counters add up" conserved
kill $receiver
wait $receiver
grep -ao 'n-[0-9]\{9\}$' "$d/by-relp" | sort -u >"$d/arrived"
check "nothing is lost" [ "$(wc -l <"$d/arrived")" = 20000 ]
twice=$(($(grep -ac 'n-[0-9]\{9\}$' "$d/by-relp") - 20000))
check "twice comes what was sent again, at most" [ $twice -le "$(value resent output)" ]
echo "# twice: $twice, resent: $(value resent output)"
