#!/bin/sh
# The detectors' state over restarts of the real program (TAP): killed at random moments of a scan it
# goes on where it was, and tells every start once; files that cannot be used are kept aside and said.
set -u
. tests/tap.sh
shown='err starts'

ready() { grep -qs '^listening on' "$d/err" || ! kill -0 $server 2>/dev/null; }

# serve [STATE]: starts the program on a free port ($port); alerts are appended to $d/out.
serve() {
    state=${1:-"{directory: $d/state, interval: 1s}"}
    attempts=0
    while [ $attempts -lt 20 ]; do
        attempts=$((attempts + 1))
        port=$(random_port)
        cat >"$d/parapet.yaml" <<-END
	listen:
	  - {protocol: tcp, address: 127.0.0.1, port: $port}
	state: $state
	detectors: {disable: [slow_scan, scan_then_success]}
	forward:
	  - {name: local, protocol: file, path: "$d/out", format: json, show: [alerts]}
	END
        rm -f "$d/err"
        "$B/parapet" serve -c "$d/parapet.yaml" >/dev/null 2>"$d/err" &
        server=$!
        pids="$pids $server"
        until_true ready || return 1
        grep -q '^listening on' "$d/err" && return 0
        grep -q 'another program has it' "$d/err" || return 1
    done
    return 1
}

killed() { # in the middle of whatever it does
    kill -9 $server
    wait $server 2>/dev/null
}

stop() {
    kill $server
    wait $server
    status=$?
}

# scan NUMBER FROM TO: eight sources are denied the services FROM to TO; of the present time.
scan() {
    awk -v scan="$1" -v from="$2" -v to="$3" -v now="$(LC_ALL=C date -u '+%b %d %Y %H:%M:%S')" 'BEGIN {
        for (step = from; step < to + 56; step++) # one source after the other, a little later each
            for (s = 1; s <= 8; s++)
                if ((i = step - 7 * (s - 1)) >= from && i < to) printf "<164>%s fw1 : %%ASA-4-106023: Deny tcp src inside:10.%d.0.%d/%d dst dmz:10.%d.%d.%d/%d by access-group \"in\" [0x0, 0x0]\n",
                    now, scan, s, 40000 + i, 100 + scan, s, 1 + i, 5000 + i
    }'
}

tcp() { nc -N -w 5 127.0.0.1 "$port"; }
# starts [FILE]: the alerts that have begun: detector, id and group, a line each
starts() { # FILE
    sed -n 's/^{"alert":"\([a-z0-9_]*\)","id":"\([0-9a-f]*\)","phase":"start".*"group":{\([^}]*\)}.*/\1 \2 \3/p' "$1"
}
of_scan() { starts "$d/out" | grep "^synscan_internal_internal .*\"10[.]$1[.]0[.]"; }
all_began() { [ "$(of_scan "$1" | cut -d' ' -f2 | sort -u | wc -l)" = 8 ]; }
state_file() { stat -c %i "$d/state/detection.state" 2>/dev/null; }
kept_anew() { [ "$(state_file)" != "$1" ]; }
forwarded() { [ -s "$d/out" ]; }
said() { grep -q "$1" "$d/err"; }

# ---- ends in order ----

: >"$d/out"
serve
check "says that nothing is kept yet" said 'nothing kept yet'
scan 1 0 15 | tcp
stop
check "SIGTERM ends it with status 0" [ "$status" = 0 ]
check "the state is its owner's alone" [ "$(stat -c %a "$d/state/detection.state")" = 600 ]
check "nothing has begun" [ ! -s "$d/out" ]
serve
check "the next start brings the groups back" said 'state: .*: [1-9][0-9]* groups'
scan 1 15 30 | tcp
check "half a scan before, half after: eight alerts" until_true all_began 1
stop
serve
scan 1 30 60 | tcp
stop
check "and no second one after another restart" [ "$(of_scan 1 | wc -l)" = 8 ]

# ---- killed ----

serve
before=$(state_file)
scan 2 0 15 | tcp
check "a snapshot is written every interval" until_true kept_anew "$before"
before=$(state_file)
until_true kept_anew "$before"
killed
serve
scan 2 15 40 | tcp
check "kill -9 after a snapshot: what was counted before it counts" until_true all_began 2
stop

# A scan at its pace, kill -9 at a random moment, and all of it once more: the alerts of a program that
# never stopped. One that was killed between telling and noting it tells it again, under the same id.
run=3
while [ $run -lt 11 ]; do
    : >"$d/out"
    serve "{directory: $d/state, interval: $((1 + run % 2 * 59))s}"
    scan $run 0 60 >"$d/scan"
    "$B/tool_load" -p "$port" -f "$d/scan" -n 480 -r 600 >/dev/null 2>&1 &
    load=$!
    sleep "0.$(printf %03d "$(random 900)")"
    killed
    wait $load
    cp "$d/out" "$d/first"
    told=$(starts "$d/first" | wc -l)
    serve
    tcp <"$d/scan"
    check "killed after $told alerts: all have begun" until_true all_began $run
    stop
    "$B/parapet" replay -c "$d/parapet.yaml" --format json --show alerts "$d/scan" >"$d/straight" 2>/dev/null
    starts "$d/straight" | sort >"$d/expected"
    starts "$d/out" | sort -u >"$d/starts"
    check "they are those of a run without an end" cmp -s "$d/expected" "$d/starts"
    starts "$d/out" | sort | uniq -d >"$d/again"
    starts "$d/first" | tail -n "$(wc -l <"$d/again")" | sort >"$d/latest"
    check "none is told twice, but what was being told at that moment ($(wc -l <"$d/again"))" \
        cmp -s "$d/again" "$d/latest"
    run=$((run + 1))
done

# ---- files that are none ----

good() { cp "$d/state/detection.state" "$d/good"; }
bad() { # NAME SENTENCE: starts with the file as it is now
    rm -f "$d"/state/*.bad-*
    cp "$d/state/detection.state" "$d/bad"
    serve
    check "$1: said" said "detection.state $2: kept as detection.state.bad-[0-9]*; detection starts empty"
    check "$1: kept aside as it was" cmp -s "$d/bad" "$d"/state/detection.state.bad-*
    : >"$d/out"
    scan 60 0 30 | tcp
    check "$1: the program counts on" until_true all_began 60
    stop
}
good
head -c $(($(stat -c %s "$d/good") / 2)) "$d/good" >"$d/state/detection.state"
bad "a torn file" "is torn or has changed"
good
printf '\377' | dd of="$d/state/detection.state" bs=1 seek=100 conv=notrunc 2>/dev/null
bad "a changed byte" "is torn or has changed"
printf '\007' | dd of="$d/state/detection.state" bs=1 seek=8 conv=notrunc 2>/dev/null
bad "another version" "is of another version"
echo "something else" >"$d/state/detection.state"
bad "a foreign file" "is not a state of this program"
: >"$d/state/detection.state"
bad "an empty file" "is torn or has changed"
rm "$d/state/detection.state"
mkdir "$d/state/detection.state"
serve
check "a folder in its place: said" said 'is not a regular file.*: kept as detection.state.bad-'
stop

cp "$d/good" "$d/state/detection.state"
printf 'half a piece' >>"$d/state/detection.state"
serve
check "an unfinished piece at the end: said, the rest is taken" said 'the last 12 bytes were not written to their end'
check "and the groups are back" said '[1-9][0-9]* groups'
stop
cp "$d/good" "$d/state/detection.state.new"
serve
check "an unfinished new file is nothing" said '[1-9][0-9]* groups'

# ---- folders that are none ----

"$B/parapet" serve -c "$d/parapet.yaml" >/dev/null 2>"$d/second.err"
sed 's/^\(.*port: \)[0-9]*/\1'$((port == 29999 ? 20000 : port + 1))'/' "$d/parapet.yaml" >"$d/second.yaml"
"$B/parapet" serve -c "$d/second.yaml" >/dev/null 2>"$d/second.err"
check "a folder that another process uses: status 1" [ $? = 1 ]
check "with its place in the configuration" \
    grep -q 'second.yaml:3:.*state.directory: .*no other process uses' "$d/second.err"
stop

# Root may write everywhere but there.
closed=/sys/kernel
[ "$(id -u)" = 0 ] || { closed=$d/closed && mkdir -m 500 "$closed"; }
failures() { kill -USR1 $server; awk '$1 == "failures" { n = $2 } END { exit n < 3 }' "$d/err"; }
for folder in "$closed" "$d/parapet.yaml/state" "$d/no/such"; do
    serve "{directory: $folder, interval: 1s}"
    check "$folder: it starts all the same" said '^listening on'
    check "$folder: it tries again" until_true failures
    check "$folder: said once" [ "$(grep -c 'state: .*cannot' "$d/err")" = 1 ]
    : >"$d/out"
    scan 61 0 30 | tcp
    check "$folder: it counts" until_true all_began 61
    stop
    check "$folder: and ends" [ "$status" = 0 ]
done
mkdir "$d/no"
serve "{directory: $d/late/state, interval: 1s}"
mkdir "$d/late"
check "a folder that comes later is used" until_true said 'kept again'
stop
check "it has the state" [ -s "$d/late/state/detection.state" ]

serve "{interval: 1s}"
check "no folder: nothing is said" [ "$(grep -c state: "$d/err")" = 0 ]
stop
echo "1..$n"
