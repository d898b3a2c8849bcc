#!/bin/sh
# How fast: messages a second on one core, medians of BENCH_RUNS (3) runs. Parapet and the peers that
# are installed do the same work in turn, run by run, so that a drift of the machine meets all: lines
# over TCP on the loopback interface, parsed, CEF over TCP to a counting sink; the server on one core,
# load generator and sink on the other. `replay` of the same lines shows what is not the network's.
# CPU seconds a million is the firm figure on a machine with other things to do, instructions a
# message (with valgrind) the firmest. Before it is timed, each job's CEF is read. A sink that did not
# get every line is a failure, and gives no figure.
# BENCH_ROWS: lines a file (500000). BENCH_KINDS: which of asa panos checkpoint meraki mix.
# BENCH_PEERS= (nothing): without peers. BENCH_PARTS: which of the parts below. BENCH_AHEAD=yes: all of
# it goes before whatever else the machine does (chrt, as root), so that only caches are shared.
set -u
B=${B:-build}
rows=${BENCH_ROWS:-500000}
runs=${BENCH_RUNS:-3}
kinds=${BENCH_KINDS-asa panos checkpoint meraki mix}
parts=${BENCH_PARTS:-instructions replay network memory groups loss}
parapet=${PARAPET:-$B/parapet}
here=$(cd "$(dirname "$0")" && pwd)
peers=$here/bench/peers
d=$(mktemp -d)
trap 'stop "$server"; stop "$sink"; rm -rf "$d"' EXIT
trap 'exit 1' INT TERM
. "$here/bench/run.sh"
. "$here/bench/limits.sh"

lines() { # KIND: its file, with stamps of now for those who compare them with their clock
    "$B/tool_lines" "$1" "$rows" 1 $(($(date +%s) - 15)) 100000 >"$d/$1.log"
}
table_head() { printf '%-24s %12s %9s %9s   %s\n' "$1" messages/s "CPU s/M" "peak MiB" "from .. to"; }

instructions_part() {
    B="$B" PARAPET="$parapet" PROFILE_TOP=0 PROFILE_KINDS="$kinds" "$here/profile.sh"
}

replay() { # KIND FORMAT
    (on 0 "$B/tool_run" "$d/cost" "$parapet" replay --format "$2" --show events "$d/$1.log" \
        >/dev/null 2>"$d/replay.err") || { say "replay $1: $(tail -n 1 "$d/replay.err")"; return; }
    echo "$(value seconds "$d/cost") $(value cpu "$d/cost") $(value mib "$d/cost")" |
        awk -v n="$rows" '{ print n / $1, $2 / n * 1e6, $3 }' >>"$d/runs.replay_$1_$2"
}
replay_part() {
    table_head "one core, files"
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
}

# NAME KIND MESSAGES CONFIGURATION HOW THEY ARE SENT, one a line. What a name ends in, ratios knows.
jobs() {
    tcp="-c 4" udp="-u -r 100000"
    for kind in $kinds; do
        echo "parapet_$kind $kind $((rows * 4)) parapet.yaml $tcp"
        echo "parapet_${kind}_undetecting $kind $((rows * 4)) parapet_undetecting.yaml $tcp"
        echo "parapet_${kind}_workers $kind $((rows * 4)) parapet_workers.yaml -c 32"
        [ "$kind" = asa ] || continue
        echo "parapet_asa_spool asa $((rows * 4)) parapet_spool.yaml $tcp
parapet_asa_udp asa $((rows * 2)) parapet.yaml $udp"
    done
    [ -n "${BENCH_PEERS-yes}" ] || return
    echo "rsyslog_asa_unread asa $((rows * 2)) rsyslog_pass.conf $tcp
rsyslog_asa asa $((rows / 2)) rsyslog_asa.conf $tcp
rsyslog_asa_udp asa $((rows / 2)) rsyslog_asa.conf $udp
rsyslog_panos panos $((rows / 4)) rsyslog_panos.conf $tcp
syslog_ng_asa_unread asa $rows syslog_ng_pass.conf $tcp
syslog_ng_panos panos $((rows / 4)) syslog_ng_panos.conf $tcp
syslog_ng_checkpoint checkpoint $((rows / 4)) syslog_ng_checkpoint.conf $tcp" |
        while read -r name kind n conf how; do
            case " $kinds " in *" $kind "*) installed "$conf" && echo "$name $kind $n $conf $how" ;; esac
        done
}

# Ours against each peer's, for the same lines; over UDP, at one rate, by what it costs. Then with two
# workers and with a spool against without, and what of the CPU the detectors take.
ratios() {
    awk '
        { rate[$1] = $2; cpu[$1] = $3 }
        END {
            for (name in rate) {
                ours = name
                sub(/^(rsyslog|syslog_ng)_/, "parapet_", ours)
                sub(/_(unread|workers|spool|undetecting)$/, "", ours)
                if (!(ours in rate) || ours == name) continue
                if (name ~ /_undetecting$/)
                    printf "%s: the detectors take %.0f %% of the CPU\n", ours, 100 * (1 - cpu[name] / cpu[ours])
                else if (name ~ /^parapet/)
                    printf "%s: %.2f times %s, with %.2f times the CPU a message\n", name, rate[name] / rate[ours], ours, cpu[name] / cpu[ours]
                else if (name ~ /_udp$/)
                    printf "%s: %.1f times less CPU than %s\n", ours, cpu[name] / cpu[ours], name
                else
                    printf "%s: %.1f times %s\n", ours, rate[ours] / rate[name], name
            }
        }' "$d/table" | sort
    # What bounds two workers on a machine of two cores: the tools need their part.
    cat "$d"/runs.parapet_*_workers 2>/dev/null | awk '{ server += $4; tools += $5 }
        END { if (NR) printf "two workers took %.2f cores, load generator and sink %.2f\n", server / NR, tools / NR }'
}

network_part() {
    jobs >"$d/jobs"
    table_head "one core, network"
    while read -r name kind n conf how; do
        lines "$kind" </dev/null
        same_content "$conf" "$name" "$kind" "$how" </dev/null
    done <"$d/jobs"
    for _ in $(seq "$runs"); do
        while read -r name kind n conf how; do
            lines "$kind" </dev/null
            through "$conf" "$name" "$d/$kind.log" "$n" "$how" </dev/null
        done <"$d/jobs"
    done
    while read -r name kind n conf how; do report "$name" "$d/runs.$name"; done <"$d/jobs"
    ratios
    grep -q -v '^parapet' "$d/jobs" || echo "no peers are installed: make bench-peers"
}

for part in $parts; do
    command -v "${part}_part" >/dev/null && continue
    echo "bench: BENCH_PARTS: expected some of instructions replay network memory groups loss, not $part" >&2
    exit 2
done
for kind in $kinds asa; do [ -e "$d/$kind.log" ] || lines "$kind"; done
for part in $parts; do
    "${part}_part" || failed=1
    echo
done
exit $failed
