# What the bench tells beside speed, sourced by tests/bench.sh: memory, what a million live groups
# cost, and from which rate on datagrams are lost.

within() { # FIGURE AT_MOST WHAT
    echo "$1 $2" | awk '{ exit !(NF == 2 && $1 <= $2) }' || say "$3: ${1:-nothing}, at most $2"
}
difference() { echo "$1 $2" | awk '{ printf "%.3f\n", $1 - $2 }'; }

counter() { awk -v name="$1" '$1 == name { n = $2 } END { print n + 0 }' "$d/server.err"; } # as said last
counted() { # NAME AT_LEAST: asks the server for its counters
    kill -USR1 $server
    sleep 0.2
    [ "$(counter "$1")" -ge "$2" ]
}

# The program with nothing to do; with connections that have each said a line and stay open. $rss: MiB.
idle() { # CONFIGURATION CONNECTIONS
    load= rss=
    cores_of "$1"
    sink_start "$tools_on" -i 0
    server_start "$1"
    until grep -qs '^listening on' "$d/server.err" || ! is_there $server; do sleep 0.05; done
    if [ "$2" -gt 0 ]; then
        "$B/tool_load" -p "$port_in" -k -c "$2" -n "$2" -1 -r 5000 -f "$d/first.log" >"$d/load.out" 2>&1 &
        load=$!
        until counted received "$2" || ! is_there $load; do :; done
        is_there $load || say "$2 connections: $(tail -n 1 "$d/load.out")"
    fi
    sleep 0.5
    if is_there $server; then rss=$(memory $server VmRSS); else say "$1: $(tail -n 1 "$d/server.err")"; fi
    for process in "$server" "$sink" "$load"; do stop "$process"; done
    server= sink=
}

memory_part() {
    n=10000
    [ "$(ulimit -n)" -gt $((n + 100)) ] || n=$(($(ulimit -n) - 100))
    head -n 1 "$d/asa.log" >"$d/first.log"
    printf '%-24s %12s\n' "memory" MiB
    idle parapet_workers.yaml 0
    two=$rss
    idle parapet.yaml 0
    printf '%-24s %12.1f\n' "idle" "$rss" "another worker" "$(difference "$two" "$rss")"
    idle parapet.yaml 1
    single=$rss
    idle parapet.yaml $n
    printf '%-24s %12.1f   %.2f KiB each\n' "$n idle connections" "$rss" "$(echo "$rss $single $n" | awk '{ print ($1 - $2) * 1024 / $3 }')"
    within "$rss" 64 "MiB with $n idle connections"
}

# CPU seconds of `replay` for the lines of a thousand groups or a million: what it costs to make them,
# or that and a million lines that are counted in them.
groups_cpu() { # GROUPS LINES
    "$B/tool_groups" -l "$1" "$2" >"$d/groups.log"
    (on 0 "$B/tool_run" "$d/cost" "$parapet" replay --format cef --show events "$d/groups.log" >/dev/null 2>"$d/replay.err") ||
        say "replay $1 groups: $(tail -n 1 "$d/replay.err")"
    value cpu "$d/cost"
}
groups_part() {
    printf '%-24s %9s %9s   %s\n' "live groups" "CPU s/M" "peak MiB" "the detectors alone: records a second that count, everyday ones"
    for groups in 1000 1000000; do
        before=$(groups_cpu $groups 0)
        difference "$(groups_cpu $groups 1000000)" "$before" >"$d/line.$groups"
        mib=$(value mib "$d/cost")
        (on 0 "$B/tool_groups" $groups >"$d/groups.$groups") || say "$groups groups: $(cat "$d/groups.$groups")"
        printf '%-24s %9.3f %9.1f   %d %d\n' $groups "$(cat "$d/line.$groups")" "$mib" "$(value counted "$d/groups.$groups")" "$(value everyday "$d/groups.$groups")"
    done
    within "$(value evicted "$d/groups.1000000")" 0 "groups pushed out of a million"
    within "$mib" 256 "MiB with a million groups"
    within "$(cat "$d/line.1000000" "$d/line.1000" | awk '{ v[NR] = $1 } END { printf "%.2f", v[1] / v[2] }')" 2 \
        "times what a line costs with a thousand groups costs one with a million"
}

# What a bare receiver loses, and what we do, of two seconds of datagrams at a rate; 0: as fast as one
# core sends. In front is what the sender reached. What is lost must be counted.
lost() { # RECEIVED
    echo "$(value sent "$d/load.out") $1" | awk '{ printf "%.4f", ($1 - $2) / $1 }'
}
send_datagrams() { # PORT RATE
    (on 1 "$B/tool_load" -p "$1" -u -r "$2" -n $((($2 ? $2 : 400000) * 2)) -f "$d/asa.log" >"$d/load.out")
}
loss_part() {
    printf '%-24s %12s %12s %12s\n' "datagrams a second" sent/s "bare loses" "parapet"
    cores_of parapet
    for rate in 100000 200000 300000 0; do
        sink_start 0 -u -i 1000
        send_datagrams "$port_out" $rate
        wait "$sink"
        bare=$(lost "$(value messages "$d/sink.out")")
        sink_start 1 -i 3000
        server_start parapet.yaml
        first_line "$d/asa.log" "-u" || say "loss: $(tail -n 1 "$d/server.err")"
        send_datagrams "$port_in" $rate
        wait "$sink"
        stop "$server"
        server= sink=
        printf '%-24s %12d %12s %12s\n' "$([ $rate = 0 ] && echo most || echo $rate)" "$(value rate "$d/load.out")" "$bare" "$(lost $(($(value messages "$d/sink.out") - 1)))"
        [ $(($(counter received) + $(counter kernel_dropped))) = $(($(value sent "$d/load.out") + 1)) ] ||
            say "$rate datagrams a second: $(value sent "$d/load.out") sent, $(counter received) received, $(counter kernel_dropped) counted as dropped"
    done
}
