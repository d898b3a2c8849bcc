#!/bin/sh
# How fast: messages a second on one core, medians of BENCH_RUNS (3) runs. First the detectors alone,
# then `replay` over made-up lines of each vendor, then `serve` through TCP on the loopback interface with the load generator and
# the counting sink on the other core; rsyslog does the same work where it is installed. CPU seconds
# per million messages is the firmest figure on a machine that has other things to do.
# BENCH_ROWS: lines a run (500000). BENCH_KINDS: which of asa panos checkpoint meraki mix.
set -u
B=${B:-build}
rows=${BENCH_ROWS:-500000}
runs=${BENCH_RUNS:-3}
kinds=${BENCH_KINDS-asa panos checkpoint meraki mix}
parapet=${PARAPET:-$B/parapet}
peers=$(cd "$(dirname "$0")/peers" && pwd)
hz=$(getconf CLK_TCK)
d=$(mktemp -d)
server= sink=
stop() { [ -n "$1" ] && kill "$1" 2>/dev/null && wait "$1" 2>/dev/null; }
trap 'stop "$server"; stop "$sink"; rm -rf "$d"' EXIT
trap 'exit 1' INT TERM
failed=0

on() { # CORE COMMAND...: pinned, where there are two cores
    core=$1
    shift
    if [ "$(nproc)" -gt 1 ]; then exec taskset -c "$core" "$@"; else exec "$@"; fi
}
value() { sed -n "s/.*\b$1=\([0-9.]*\).*/\1/p" "$2"; }
cpu() { awk -v hz="$hz" '{ sub(/.*[)] /, ""); print ($12 + $13) / hz }' "/proc/$1/stat"; }
peak() { awk '/VmHWM/ { print $2 / 1024 }' "/proc/$1/status"; }
# A port nobody listens on: two servers on one port would share its connections.
free_port() { "$B/tool_sink" -p 0 -i 1 2>&1 >/dev/null | sed -n 's/^listening on 127.0.0.1://p'; }
say() { echo "bench: $*" >&2; failed=1; }

# Medians of the columns rate, CPU and MiB of $d/runs, as one row of the table; kept for the ratios.
report() { # NAME
    [ -s "$d/runs" ] || return
    awk -v name="$1" '
        function median(v, n, i, j, t) {
            for (i = 2; i <= n; i++)
                for (j = i; j > 1 && v[j] < v[j - 1]; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
            return v[int((n + 1) / 2)]
        }
        { rate[NR] = $1 + 0; cpu[NR] = $2 + 0; mib[NR] = $3 + 0 }
        END {
            r = median(rate, NR)
            printf "%-26s %12d %9.3f %9.1f   %d .. %d\n", name, r, median(cpu, NR), median(mib, NR), rate[1], rate[NR]
        }' "$d/runs" | tee -a "$d/table"
}

replay() { # KIND FORMAT
    : >"$d/runs"
    for _ in $(seq "$runs"); do
        (on 0 "$B/tool_run" "$d/cost" "$parapet" replay --format "$2" --show events "$d/$1.log" \
            >/dev/null 2>"$d/replay.err") || { say "replay $1: $(tail -n 1 "$d/replay.err")"; return; }
        echo "$(value seconds "$d/cost") $(value cpu "$d/cost") $(value mib "$d/cost")" |
            awk -v n="$rows" '{ print n / $1, $2 / n * 1e6, $3 }' >>"$d/runs"
    done
    report "replay $1 $2"
}

# One run through TCP: the server named by the rest of the arguments between generator and sink.
through_tcp() { # KIND MESSAGES COMMAND...; SINK_PORT in the files of $d is set before it starts
    kind=$1 n=$2
    shift 2
    rm -f "$d/sink.err"
    (on 1 "$B/tool_sink" -p 0 -n "$n" -i 15000 >"$d/sink.out" 2>"$d/sink.err") &
    sink=$!
    until port_out=$(sed -n 's/^listening on 127.0.0.1://p' "$d/sink.err" 2>/dev/null) && [ -n "$port_out" ]; do sleep 0.02; done
    port_in=$(free_port)
    for f in parapet.yaml rsyslog_pass.conf rsyslog_asa.conf; do
        sed "s|@DIR@|$d|; s|@IN@|$port_in|; s|@OUT@|$port_out|; s|@PEERS@|$peers|" "$peers/$f" >"$d/$f"
    done
    (on 0 "$@" >"$d/server.out" 2>"$d/server.err") &
    server=$!
    # One line first, alone: when it has come through, the server is up and connected.
    if ! "$B/tool_load" -p "$port_in" -w 10 -f "$d/first.log" >"$d/load.out" 2>"$d/load.err" ||
        ! kill -0 "$server"; then
        say "$kind: $(tail -n 1 "$d/server.err") $(tail -n 1 "$d/load.err")"
        stop "$server"
        stop "$sink"
        server= sink=
        return
    fi
    sleep 0.5
    before=$(cpu $server)
    (on 1 "$B/tool_load" -p "$port_in" -c 4 -t 60 -f "$d/$kind.log" -n $((n - 1)) >"$d/load.out" 2>"$d/load.err")
    wait "$sink"
    sink=
    used=$(echo "$before $(cpu $server)" | awk '{ print $2 - $1 }')
    mib=$(peak $server)
    stop "$server"
    server=
    got=$(value messages "$d/sink.out")
    [ "$got" = "$n" ] || { say "$kind: $n sent, ${got:-0} came through; $(tail -n 3 "$d/server.err")"; return; }
    echo "$(value first "$d/load.out") $(value last "$d/sink.out") $used $mib" |
        awk -v n="$n" '{ print n / ($2 - $1), $3 / n * 1e6, $4 }' >>"$d/runs"
}

tcp() { # NAME KIND MESSAGES COMMAND...
    name=$1
    shift
    : >"$d/runs"
    for _ in $(seq "$runs"); do through_tcp "$@"; done
    report "$name"
}

lines() { # KIND: its file, with stamps of now for those who compare them with their clock
    "$B/tool_lines" "$1" "$rows" 1 $(($(date +%s) - 15)) 100000 >"$d/$1.log"
}

echo "the detectors alone, a thousand groups and a million: records a second that count, and everyday ones"
for groups in 1000 1000000; do (on 0 "$B/tool_groups" $groups) || failed=1; done
echo
printf '%-26s %12s %9s %9s   %s\n' "one core" messages/s "CPU s/M" "peak MiB" "from .. to"
"$B/tool_lines" asa 1 >"$d/first.log"
for kind in $kinds; do
    lines "$kind"
    replay "$kind" none
    replay "$kind" cef
done
for kind in $kinds; do
    lines "$kind"
    tcp "tcp $kind" "$kind" $((rows * 2)) "$parapet" serve -c "$d/parapet.yaml"
done
if command -v rsyslogd >/dev/null; then
    [ -e "$d/asa.log" ] || lines asa
    tcp "rsyslog asa, unread" asa "$rows" rsyslogd -n -i "$d/pid" -f "$d/rsyslog_pass.conf"
    tcp "rsyslog asa, to CEF" asa $((rows / 2)) rsyslogd -n -i "$d/pid" -f "$d/rsyslog_asa.conf"
    for peer in unread "to CEF"; do
        awk -v peer="rsyslog asa, $peer" '
            index($0, "tcp asa ") == 1 { ours = $3 }
            index($0, peer) == 1 { theirs = $4 + 0 ? $4 : $5 }
            END { if (ours && theirs) printf "parapet parses, detects and writes CEF at %.2f times the rate of %s\n", ours / theirs, peer }' "$d/table"
    done
else
    echo "rsyslog is not installed: nothing to compare with"
fi
exit $failed
