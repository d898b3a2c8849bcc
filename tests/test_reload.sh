#!/bin/sh
# SIGHUP (TAP): the real program under load changes its settings, all of them or none; no message is
# lost, no connection closed that need not be, and the counters add up to the message.
set -u
. tests/serving.sh
export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_leaks=1}:quarantine_size_mb=1"

# config [NAME=VALUE ...]: writes the configuration; what is not given is as before
workers=2 devices='[]' allow='[127.0.0.0/8]' limits='{}' lists='[]' internal='[10.0.0.0/8]'
detectors='{enable: []}' state='{}' more=
config() {
    for setting in "$@"; do eval "${setting%%=*}=\${setting#*=}"; done
    cat >"$d/new.yaml" <<-END
	workers: $workers
	listen:
	$(for p in $ports; do
        echo "  - {protocol: ${p%:*}, address: 127.0.0.1, port: ${p#*:}}"
    done)
	allow: $allow
	limits: $limits
	devices: $devices
	networks: {internal: $internal}
	lists: $lists
	detectors: $detectors
	state: $state
	forward:
	$(echo "$forward" | sed 's/^/  - /')
	$more
	END
    mv "$d/new.yaml" "$d/parapet.yaml"
}
start() { # as config; on a free port
    tries=0
    while [ $tries -lt 20 ]; do
        tries=$((tries + 1))
        port=$(random_port)
        config ports="udp:$port tcp:$port" "$@"
        rm -f "$d/err" "$d/out"
        "$B/parapet" serve -c "$d/parapet.yaml" >"$d/out" 2>"$d/err" &
        server=$!
        pids="$pids $server"
        until_true ready || return 1
        grep -q '^listening on' "$d/err" && return 0
    done
    return 1
}
ended() { grep -Ec 'is in force;|nothing has changed$' "$d/err"; }
another_ended() { [ "$(ended)" -gt "$1" ]; }
reload() { # as config: reads it, and waits until that is done or refused
    config "$@"
    local before
    before=$(ended)
    kill -HUP $server
    until_true another_ended "$before"
}
said() { grep -q "$1" "$d/err"; }
lines() { wc -l <"$1" | tr -d ' '; }
stdout='{name: local, protocol: file, path: "-"}'
"$B/tool_lines" mix 20000 3 >"$d/mix"
load_on() { # ARGUMENTS...: a sender in the background, $sender
    "$B/tool_load" -p "$port" -f "$d/mix" "$@" >"$d/load" 2>&1 &
    sender=$!
    pids="$pids $sender"
}
datagram() { # TEXT
    printf '<14>%s\n' "$1" >"$d/datagram"
    "$B/tool_load" -p "$port" -u -f "$d/datagram" >/dev/null
}
mkfifo "$d/one"
hold() { # a connection that stays, written to through descriptor 3
    nc -N 127.0.0.1 "$port" <"$d/one" &
    held=$!
    pids="$pids $held"
    exec 3>"$d/one"
}

# ---- rules ----

start forward="$stdout"
hold
printf '<14>before\n<14>half of' >&3
check "a connection" until_true arrived 'dvchost=127.0.0.1 .*before$'
datagram by-udp
check "a datagram" until_true arrived 'dvchost=127.0.0.1 .*by-udp$'
reload devices='[{sender: 127.0.0.1, host: fw-known}]' limits='{max-message-size: 1 KiB}'
check "SIGHUP: said" said 'parapet.yaml is in force; nothing was read for [0-9.]* ms'
printf ' it\n<14>after\n' >&3
check "the message that was half there is whole" until_true arrived 'half of it$'
check "the connection goes on, by the new devices" until_true arrived 'dvchost=fw-known .*after$'
datagram udp-after
check "datagrams, too" until_true arrived 'dvchost=fw-known .*udp-after$'
{ printf '<14>long'; head -c 3000 /dev/zero | tr '\0' x; printf '\n'; } >&3
check "new limits hold for it" until_true is cut 1
printf '7 <14>one' >&3
reload limits='{}' devices='[]'
printf '7 <14>two' >&3
check "counted frames in pieces" until_true arrived 'two$'
check "it is still the same connection" is connections_accepted 1
reload allow='[192.0.2.0/24]'
check "a sender that may no longer send is closed" until_true is connections_refused 1
datagram refused
check "and refused" until_true is sender_refused 1
exec 3>&-
reload allow='[127.0.0.0/8]'
printf '<14>again\n' | tcp
check "and let in again" until_true arrived 'again$'
check "five times read anew" is reloads 4

# ---- what cannot be: nothing changes ----

refused=0
refuses() { # NAME SENTENCE SETTING...
    local name="$1" sentence="$2"
    shift 2
    refused=$((refused + 1))
    (
        reload "$@"
    )
    check "$name: said where" said "^$d/parapet.yaml:[0-9]*:[0-9]*: $sentence"
    check "$name: counted" is reloads_failed $refused
    printf '<14>as-before-%s\n' $refused | tcp
    check "$name: goes on" until_true arrived "as-before-$refused\$"
}
refuses "an unknown key" 'unknown key "colour"' more='colour: green'
refuses "another number of workers" 'workers: expected 2 as long as it runs' workers=3
refuses "a list's file is gone" 'lists\[0\].file' lists='[{name: gone, file: gone.txt}]'
refuses "an output that cannot be opened" 'forward\[0\].path' \
    forward='{name: local, protocol: file, path: /nonexistent/out}'
refuses "an unknown zone" 'devices\[0\].timezone' \
    devices='[{sender: 127.0.0.1, timezone: Mars/Olympus}]'
taken=$(random_port)
nc -l 127.0.0.1 "$taken" >/dev/null &
pids="$pids $!"
until_true nc -z 127.0.0.1 "$taken"
nc -l 127.0.0.1 "$taken" >/dev/null &
pids="$pids $!"
refuses "a port that another program has" 'listen\[2\].port: .*another program has it' \
    ports="udp:$port tcp:$port tcp:$taken" forward="$stdout
{name: second, protocol: file, path: $d/second}"
check "nothing of it stays open" [ ! -s "$d/second" ]
mv "$d/parapet.yaml" "$d/away"
before=$(ended)
kill -HUP $server
check "no file at all" until_true another_ended "$before"
mv "$d/away" "$d/parapet.yaml"
ended_well "rules"

# ---- sockets ----

start forward="$stdout"
hold
printf '<14>old-port\n' >&3
until_true arrived 'old-port$'
nc -d 127.0.0.1 "$port" &
silent=$!
pids="$pids $silent"
until_true is connections_accepted 2
moved=$(random_port)
printf '<14>and-half' >&3
old=$port
reload ports="udp:$port tcp:$moved"
check "a moved port: its connections end in order" until_true eval '! kill -0 $silent 2>/dev/null'
exec 3>&-
check "what they said is there" until_true arrived 'and-half$'
port=$moved
printf '<14>new-port\n' | tcp
check "the new one listens" until_true arrived 'new-port$'
check "the old one does not" eval "! nc -z 127.0.0.1 $old"
port=$old
datagram udp-kept
check "the other socket is as it was" until_true arrived 'udp-kept$'
reload ports="tcp:$moved"
reload ports="tcp:$moved udp:$old"
datagram udp-anew
check "a socket closed and opened again" until_true arrived 'udp-anew$'
ended_well "sockets"

# ---- outputs ----

to=$(random_port)
siem() { echo "{name: siem, protocol: tcp, host: 127.0.0.1, port: $to, reconnect: {min: 10ms, max: 50ms}${1-}}"; }
start forward="$(siem)"
port_load() { "$B/tool_load" -p "$port" -f "$d/mix" "$@" >"$d/load"; }
port_load -n 5000
check "the receiver is away: 5,000 wait" until_true is offered_events 5000 output
waiting=$(counters; value queued output)
to=$(random_port)
sink -n "$waiting"
reload forward="$(siem)"
wait $receiver
check "another receiver gets all that waited" [ $? = 0 ]
check "and nothing was dropped" is forwarded "$waiting" output
to=$(random_port)
reload forward="$(siem)"
port_load -n 5000
check "away again" until_true is offered_events 10000 output
waiting=$(($(value offered_events output) + $(value offered_alerts output) - waiting))
to=$(random_port)
sink -n "$waiting" -o "$d/lines"
reload forward="$(siem ', framing: newline, header: none')"
wait $receiver
check "what waited is framed anew" [ $? = 0 ]
check "as lines" [ "$(lines "$d/lines")" = "$waiting" ]
to=$(random_port)
sink
reload forward="$stdout
$(siem)"
load_on -n 40000 -c 4 -r 20000
until_true at_least received 20000
reload forward="$stdout"
check "an output removed under load: its queue is sent" until_true is queued 0 removed
wait $sender
check "all are sent" [ $? = 0 ]
check "and received" until_true is received 50000
all_removed() { counters && [ $(($(value offered_events removed) + $(value offered_alerts removed))) = "$(value forwarded removed)" ]; }
check "the removed output forwarded all it was offered" until_true all_removed
kill $receiver
wait $receiver
stop
check "outputs: ends with status 0" [ "$status" = 0 ]
check "outputs: nothing to report" reported
check "outputs: the one that is left forwarded all it was offered" \
    [ "$(value forwarded output)" = $(($(value offered_events output) + $(value offered_alerts output))) ]

start forward="{name: local, protocol: file, path: $d/log}"
in_log() { grep -q "$1" "$d/$2"; }
arriving_in() { printf '<14>%s\n' "$1" | tcp && until_true in_log "$1\$" "$2"; }
check "a file" arriving_in before-rotation log
mv "$d/log" "$d/log.1"
check "that is renamed is written to" arriving_in renamed log.1
reload
check "until SIGHUP: then a new one is" arriving_in after-rotation log
check "and it alone" eval "! in_log after-rotation log.1"
ended_well "a rotated file"

# ---- detection ----

scan() { # FROM TO [SOURCE]: one source, refused at these services
    awk -v from="$1" -v to="$2" -v source="${3:-10.1.0.1}" -v now="$(LC_ALL=C date -u '+%b %d %Y %H:%M:%S')" 'BEGIN {
        for (i = from; i < to; i++) printf "<164>%s fw1 : %%ASA-4-106023: Deny tcp src inside:%s/%d dst dmz:10.2.3.%d/%d by access-group \"in\" [0x0, 0x0]\n",
            now, source, 40000 + i, 1 + i, 5000 + i }' | tcp
}
alerts="{name: local, protocol: file, path: \"-\", format: json, show: [alerts]}"
mkdir -p "$d/detectors" "$d/state"
cat >"$d/detectors/mine.yaml" <<-END
	name: mine
	type: value_count
	where: {class: [int_int], evidence: [denied]}
	group-by: [src_ip]
	condition: {field: service, gte: 30}
	timespan: 5m
	severity: high
	END
start forward="$alerts" detectors="{directories: [$d/detectors]}" \
    state="{directory: $d/state, interval: 1h}"
began() { grep -q "\"alert\":\"$1\".*\"phase\":\"start\"" "$d/out"; }
scan 0 12
until_true is received 12
reload lists='[{name: more, entries: [192.0.2.1]}]' internal='[10.0.0.0/8, 192.0.2.0/24]'
scan 12 20
check "half a scan, then other networks and lists, then more of it" until_true is received 20
sed -i 's/gte: 30/gte: 20/' "$d/detectors/mine.yaml"
reload
check "a detector changes: the others' groups go on" said 'groups and .* go on, [1-9]'
scan 20 30
check "the scan is found" until_true began synscan_internal_internal
check "not by the detector that began anew" eval '! began mine'
scan 30 45
check "that comes later" until_true began mine
groups() { counters && value groups detection; }
before=$(groups)
sed 's/timespan: 5m/timespan: soon/; s/gte: 20/gte: 5/' "$d/detectors/mine.yaml" >"$d/detectors/mine.new"
cp "$d/detectors/mine.yaml" "$d/right.yaml"
mv "$d/detectors/mine.new" "$d/detectors/mine.yaml"
reload
check "a wrong detector file: said where, and what" \
    said "^$d/detectors/mine.yaml:[0-9]*:[0-9]*: timespan: expected .* not \"soon\""
check "and that nothing has changed" said 'parapet.yaml cannot be used; nothing has changed$'
check "counted" is reloads_failed 1
check "groups go on" [ "$(groups)" = "$before" ]
scan 0 19 10.1.0.2
until_true is received 64
check "the detector of before is in force" eval '! grep -q "mine.*10\.1\.0\.2" "$d/out"'
scan 19 20 10.1.0.2
check "and fires" until_true grep -q '"alert":"mine".*10\.1\.0\.2' "$d/out"
mv "$d/right.yaml" "$d/detectors/mine.yaml"
reload state="{directory: $d/state2, interval: 1h}"
kept() { [ -s "$d/state2/detection.state" ]; }
check "the state's folder moves" until_true kept
kill -9 $server
wait $server 2>/dev/null
start
check "kill -9 then: all is brought back from there" said 'state: .*state2: [1-9][0-9]* groups'
stop

# ---- without a pause ----

start forward="$stdout" detectors='{enable: []}' state='{}' lists='[]'
cp "$d/parapet.yaml" "$d/a.yaml"
config detectors='{disable: [slow_scan]}' lists='[{name: some, entries: [192.0.2.1]}]'
cp "$d/parapet.yaml" "$d/b.yaml"
echo 'colour: green' | cat "$d/a.yaml" - >"$d/c.yaml"
reload
load_on -n 20000 # every table is in use
wait $sender
until_true is received 20000
reload
before=$(resident)
load_on -n 60000 -c 8 -r 30000
i=0
while kill -0 $sender 2>/dev/null && [ $i -lt 2000 ]; do
    i=$((i + 1))
    case $((i % 300)) in
    0) cp "$d/a.yaml" "$d/x.yaml" && mv "$d/x.yaml" "$d/parapet.yaml" ;;
    100) cp "$d/b.yaml" "$d/x.yaml" && mv "$d/x.yaml" "$d/parapet.yaml" ;;
    200) cp "$d/c.yaml" "$d/x.yaml" && mv "$d/x.yaml" "$d/parapet.yaml" ;;
    esac
    kill -HUP $server
done
wait $sender
check "$i SIGHUPs under load: all are sent" [ $? = 0 ]
check "and received" until_true is received 80000
check "over the same connections" is connections_accepted 9
check "read anew several times ($(value reloads))" [ "$(value reloads)" -ge 1 ]
check "memory stays where it was ($before, then $(resident) KiB)" [ $(($(resident) - before)) -lt 100000 ]
ended_well "without a pause"

i=0
while [ $i -lt 2 ]; do
    i=$((i + 1))
    start forward="$stdout" lists='[]' detectors="{disable: [slow_scan]}"
    load_on -n 1000000 -c 4
    until_true at_least received 1000
    config detectors='{enable: []}'
    kill -HUP $server
    sleep "0.$(printf %02d "$(($(random_port) % 20))")"
    stop
    check "SIGTERM during a reload: ends with status 0" [ "$status" = 0 ]
    check "nothing to report" reported
    check "the counters add up" conserved
    kill $sender 2>/dev/null
    wait $sender 2>/dev/null
done
echo "1..$n"
