#!/bin/sh
# How fast: messages a second on one core, medians of BENCH_RUNS (3) runs. Parapet and the peers that
# are installed do the same work in turn, run by run, so that a drift of the machine meets all: lines
# over TCP on the loopback interface, parsed, CEF over TCP to a counting sink; the server on one core,
# load generator and sink on the other. `replay` of the same lines shows what is not the network's.
# CPU seconds a million is the firm figure on a machine with other things to do, instructions a
# message (with valgrind) the firmest. Before it is timed, each job's CEF is read: Parapet's must be
# what replay makes of the lines, a peer's must name the same addresses and ports.
# BENCH_ROWS: lines a file (500000). BENCH_KINDS: which of asa panos checkpoint meraki mix.
# BENCH_PEERS= (nothing): without peers.
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

# Medians of the columns rate, CPU and MiB of FILE, as one row of the table.
report() { # NAME FILE
    [ -s "$2" ] || return
    awk -v name="$1" '
        function median(v, n, i, j, t) {
            for (i = 2; i <= n; i++)
                for (j = i; j > 1 && v[j] < v[j - 1]; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
            return v[int((n + 1) / 2)]
        }
        { rate[NR] = $1 + 0; cpu[NR] = $2 + 0; mib[NR] = $3 + 0 }
        END {
            r = median(rate, NR)
            printf "%-24s %12d %9.3f %9.1f   %d .. %d\n", name, r, median(cpu, NR), median(mib, NR), rate[1], rate[NR]
        }' "$2" | tee -a "$d/table"
}

replay() { # KIND FORMAT
    (on 0 "$B/tool_run" "$d/cost" "$parapet" replay --format "$2" --show events "$d/$1.log" \
        >/dev/null 2>"$d/replay.err") || { say "replay $1: $(tail -n 1 "$d/replay.err")"; return; }
    echo "$(value seconds "$d/cost") $(value cpu "$d/cost") $(value mib "$d/cost")" |
        awk -v n="$rows" '{ print n / $1, $2 / n * 1e6, $3 }' >>"$d/runs.replay_$1_$2"
}

serve() { # CONFIGURATION: becomes the server that it is for
    case $1 in
    parapet*) on 0 "$parapet" serve -c "$d/$1" ;;
    rsyslog*) on 0 rsyslogd -n -i "$d/pid" -f "$d/$1" ;;
    syslog_ng*)
        root=$(syslog_ng_root)
        LD_LIBRARY_PATH=$root/usr/lib/syslog-ng:$root/usr/lib/x86_64-linux-gnu:$root/lib/x86_64-linux-gnu \
            on 0 "$root/usr/sbin/syslog-ng" -F --no-caps -f "$d/$1" -R "$d/persist" -p "$d/pid" -c "$d/control" \
            --module-path="$(echo "$root"/usr/lib/syslog-ng/*/)"
        ;;
    esac
}
# Installed, or unpacked by `make bench-peers`: Debian's package does not go with rsyslog's.
syslog_ng_root() { if [ -x "$B/peers/root/usr/sbin/syslog-ng" ]; then echo "$B/peers/root"; fi; }
installed() { # CONFIGURATION
    case $1 in
    parapet*) true ;;
    rsyslog*) command -v rsyslogd >/dev/null ;;
    syslog_ng*) [ -x "$B/peers/root/usr/sbin/syslog-ng" ] || [ -x /usr/sbin/syslog-ng ] ;;
    esac
}

# One run through TCP. Leaves the sink's figures in sink.out and appends to runs.NAME.
through_tcp() { # CONFIGURATION NAME FILE MESSAGES CONNECTIONS [WHERE THE SINK WRITES THEM]
    conf=$1 name=$2 file=$3 n=$4 connections=$5 copy=${6:-}
    rm -f "$d/sink.err"
    (on 1 "$B/tool_sink" -p 0 -n "$n" -i 15000 ${copy:+-o "$copy"} >"$d/sink.out" 2>"$d/sink.err") &
    sink=$!
    until port_out=$(sed -n 's/^listening on 127.0.0.1://p' "$d/sink.err" 2>/dev/null) && [ -n "$port_out" ]; do sleep 0.02; done
    port_in=$(free_port)
    sed "s|@DIR@|$d|; s|@IN@|$port_in|; s|@OUT@|$port_out|; s|@PEERS@|$peers|" "$peers/$conf" >"$d/$conf"
    serve "$conf" >"$d/server.out" 2>"$d/server.err" &
    server=$!
    # One line first, alone: when it has come through, the server is up and connected.
    head -n 1 "$file" >"$d/first.log"
    if ! "$B/tool_load" -p "$port_in" -w 10 -f "$d/first.log" >"$d/load.out" 2>"$d/load.err" || ! kill -0 "$server"; then
        say "$name: $(tail -n 1 "$d/server.err") $(tail -n 1 "$d/load.err")"
        stop "$server"
        stop "$sink"
        server= sink=
        return 1
    fi
    sleep 0.5
    before=$(cpu $server)
    (on 1 "$B/tool_load" -p "$port_in" -c "$connections" -t 120 -f "$file" -n $((n - 1)) >"$d/load.out" 2>"$d/load.err")
    wait "$sink"
    sink=
    used=$(echo "$before $(cpu $server)" | awk '{ print $2 - $1 }')
    mib=$(peak $server)
    stop "$server"
    server=
    got=$(value messages "$d/sink.out")
    [ "$got" = "$n" ] || { say "$name: $n sent, ${got:-0} came through; $(tail -n 3 "$d/server.err")"; return 1; }
    [ -n "$copy" ] || echo "$(value first "$d/load.out") $(value last "$d/sink.out") $used $mib" |
        awk -v n="$n" '{ print n / ($2 - $1), $3 / n * 1e6, $4 }' >>"$d/runs.$name"
}

# The two ends of each TCP and UDP flow in CEF, whichever opened it.
flows() {
    awk '{
        split("", f)
        for (i = 1; i <= NF; i++)
            if (match($i, /^(src|dst|spt|dpt|proto)=/)) f[substr($i, 1, RLENGTH - 1)] = substr($i, RLENGTH + 1)
        if (f["proto"] !~ /^(tcp|udp|6|17)$/) next
        a = f["src"] "/" f["spt"]; b = f["dst"] "/" f["dpt"]
        print(a < b ? a " " b : b " " a)
    }' | sort
}

# Whether what the sink gets says what the lines say.
same_content() { # CONFIGURATION NAME KIND
    case $2 in *unread) return 0 ;; esac
    n=20000
    # The first line is sent by itself before the others.
    { head -n 1 "$d/$3.log" && head -n $((n - 1)) "$d/$3.log"; } >"$d/content.log"
    head -n $((n - 1)) "$d/$3.log" >"$d/few.log"
    through_tcp "$1" "$2" "$d/few.log" $n 1 "$d/copy" || return
    "$parapet" replay --format cef --show events "$d/content.log" 2>/dev/null >"$d/expected"
    case $1 in
    parapet*)
        # A file has no sender, a connection has.
        sed 's/^.*CEF:0|/CEF:0|/; s/ dvc=127[.]0[.]0[.]1 / /' "$d/copy" | cmp -s - "$d/expected" || say "$2: its CEF is not what replay makes of the lines"
        ;;
    *)
        flows <"$d/expected" >"$d/expected.flows"
        flows <"$d/copy" | cmp -s - "$d/expected.flows" || say "$2: its CEF names other addresses and ports than Parapet's"
        ;;
    esac
}

lines() { # KIND: its file, with stamps of now for those who compare them with their clock
    "$B/tool_lines" "$1" "$rows" 1 $(($(date +%s) - 15)) 100000 >"$d/$1.log"
}

# NAME KIND MESSAGES CONFIGURATION, one a line.
jobs() {
    for kind in $kinds; do echo "parapet_$kind $kind $((rows * 4)) parapet.yaml"; done
    [ -n "${BENCH_PEERS-yes}" ] || return
    echo "rsyslog_unread asa $((rows * 2)) rsyslog_pass.conf
rsyslog_asa asa $((rows / 2)) rsyslog_asa.conf
syslog_ng_unread asa $rows syslog_ng_pass.conf
syslog_ng_panos panos $((rows / 4)) syslog_ng_panos.conf
syslog_ng_checkpoint checkpoint $((rows / 4)) syslog_ng_checkpoint.conf" |
        while read -r name kind n conf; do
            if installed "$conf"; then echo "$name $kind $n $conf"; fi
        done
}

B="$B" PARAPET="$parapet" PROFILE_TOP=0 PROFILE_KINDS="$kinds" "$peers/../profile.sh" && echo
printf '%-24s %12s %9s %9s   %s\n' "one core" messages/s "CPU s/M" "peak MiB" "from .. to"
jobs >"$d/jobs"
for kind in $kinds $(awk '{ print $2 }' "$d/jobs"); do [ -e "$d/$kind.log" ] || lines "$kind"; done
for _ in $(seq "$runs"); do
    for kind in $kinds; do
        replay "$kind" none
        replay "$kind" cef
    done
done
for kind in $kinds; do
    report "replay $kind" "$d/runs.replay_${kind}_none"
    report "replay $kind to CEF" "$d/runs.replay_${kind}_cef"
done
while read -r name kind n conf; do
    lines "$kind" </dev/null
    same_content "$conf" "$name" "$kind" </dev/null
done <"$d/jobs"
for _ in $(seq "$runs"); do
    while read -r name kind n conf; do
        lines "$kind" </dev/null
        through_tcp "$conf" "$name" "$d/$kind.log" "$n" 4 </dev/null
    done <"$d/jobs"
done
while read -r name kind n conf; do report "$name" "$d/runs.$name"; done <"$d/jobs"
# Ours against each peer's, for the same lines.
awk '
    { rate[$1] = $2 }
    END {
        for (name in rate)
            if (name !~ /^(parapet|replay)/) {
                kind = name
                sub(/.*_/, "", kind)
                if (kind == "unread") kind = "asa"
                if (rate["parapet_" kind]) printf "parapet_%s: %.1f times %s\n", kind, rate["parapet_" kind] / rate[name], name
            }
    }' "$d/table" | sort
echo "the detectors alone, with a thousand groups and a million: records a second that count, and everyday ones"
for groups in 1000 1000000; do (on 0 "$B/tool_groups" $groups) || failed=1; done
[ "$(grep -c -v '^parapet' "$d/jobs")" -gt 0 ] || echo "no peers are installed: make bench-peers"
exit $failed
