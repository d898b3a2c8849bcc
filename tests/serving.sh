# For tests of the real program over UDP and TCP on 127.0.0.1 (TAP), sourced by them: starts it,
# waits for conditions, never for luck, and reads its counters.
. tests/tap.sh

# serve [NAME=VALUE ...]: starts the program on a free port ($port) with the settings given
# (allow, limits, forward, address, descriptors, listen: more entries, with $tls_port for TLS_PORT,
# more: further keys), standard output to $d/out; $server is its process.
serve() {
    allow='[127.0.0.0/8]' limits='{}' forward='{name: local, protocol: file, path: "-"}'
    address=127.0.0.1 descriptors=$(ulimit -n) listen= more='# no more'
    for setting in "$@"; do eval "${setting%%=*}=\${setting#*=}"; done
    attempts=0
    while [ $attempts -lt 20 ]; do
        attempts=$((attempts + 1))
        port=$(random_port)
        tls_port=$((port + 10000))
        cat >"$d/parapet.yaml" <<-END
	listen:
	  - {protocol: udp, address: "$address", port: $port}
	  - {protocol: tcp, address: "$address", port: $port}
	  $(echo "$listen" | sed "s/TLS_PORT/$tls_port/")
	allow: $allow
	limits: $limits
	detectors: {enable: []}
	$more
	forward:
	  - $forward
	END
        rm -f "$d/err" "$d/out"
        (ulimit -n "$descriptors" && exec "$B/parapet" serve -c "$d/parapet.yaml") \
            >"$d/out" 2>"$d/err" &
        server=$!
        pids="$pids $server"
        until_true ready || return 1
        grep -q '^listening on' "$d/err" && return 0
    done
    return 1
}
ready() { grep -qs '^listening on' "$d/err" || ! kill -0 $server 2>/dev/null; }

stop() { # ends the program; its status is in $status
    kill $server
    wait $server
    status=$?
}

counters_printed() { [ "$(grep -c '^  storms' "$d/err")" -gt "$1" ]; }
counters() { # has them printed, when the program still runs
    mine $server || return 0
    local before
    before=$(grep -c '^  storms' "$d/err")
    kill -USR1 $server 2>/dev/null
    until_true counters_printed "$before"
}
# value NAME [SECTION]: as printed last; the sections are counters, output and detection
value() { awk -v name="$1" -v section="${2:-counters}" '/^[a-z]/ { in_it = $1 == section }
    in_it && $1 == name { value = $2 } END { print value + 0 }' "$d/err"; }
is() { # NAME VALUE [SECTION]
    counters && [ "$(value "$1" "${3:-counters}")" = "$2" ]
}
at_least() { counters && [ "$(value "$1")" -ge "$2" ]; }
arrived() { grep -q "$1" "$d/out"; }

tcp() { nc -N -w 5 127.0.0.1 "$port"; }
arriving() { printf '<14>%s\n' "$1" | tcp; until_true arrived "$1\$"; } # a line gets through
resident() { awk '/^VmHWM/ { print $2 }' /proc/$server/status; } # KiB at most so far
udp() { nc -u -N -w 1 127.0.0.1 "$port"; }

# offered = forwarded + queued + every dropped, and everything received was offered or spared
conserved() {
    [ "$(value received)" = $(($(value offered_events output) + $(value filtered output) + \
        $(value sampled output) + $(value aggregated output) + $(value aggregating output) + \
        $(value diverted dead-letters) + $(value sender_refused))) ] &&
        [ $(($(value offered_events output) + $(value offered_alerts output) + \
            $(value recovered output))) = \
            $(($(value forwarded output) + $(value queued output) + \
               $(value dropped_queue_full output) + $(value dropped_too_long output) + \
               $(value dropped_refused output) + $(value dropped_at_exit output) + \
               $(value dropped_oldest output) + $(value set_aside output))) ] &&
        [ "$(value offered dead-letters)" = \
            $(($(value dead_lettered dead-letters) + $(value queued dead-letters) + \
               $(value dropped_dead_letter_full dead-letters) + \
               $(value dropped_dead_letter_failed dead-letters))) ]
}

# Nothing of a sanitizer's in what it said.
reported() { ! grep -Eq 'runtime error|Sanitizer' "$d/err"; }
ended_well() { # NAME: ends it
    stop
    check "$1: ends with status 0" [ "$status" = 0 ]
    check "$1: nothing to report" reported
    check "$1: the counters add up" "${2:-conserved}"
}

sink() { # ARGUMENTS...: a receiver on $to
    rm -f "$d/sink" "$d/sink.err"
    "$B/tool_sink" -p "$to" -i 0 "$@" >"$d/sink" 2>"$d/sink.err" &
    receiver=$!
    pids="$pids $receiver"
    until_true grep -qs listening "$d/sink.err"
}
