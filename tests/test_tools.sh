#!/bin/sh
# The test tools against each other (TAP): what the load generator sends, the sink must count, and
# the proxy must cut where it was told to. A tool that miscounts would make every other test lie.
set -u
. tests/tap.sh
shown='*.out *.err'

# start NAME TOOL ARGUMENTS...: runs it in the background and sets $port to where it listens.
start() {
    name=$1
    shift
    rm -f "$d/$name.out" "$d/$name.err"
    "$@" >"$d/$name.out" 2>"$d/$name.err" &
    pid=$!
    pids="$pids $pid"
    tries=0
    until port=$(sed -n 's/^listening on 127.0.0.1://p' "$d/$name.err") && [ -n "$port" ]; do
        tries=$((tries + 1))
        [ $tries -gt 200 ] && break
        sleep 0.05
    done
}

# value KEY NAME: the number printed as KEY=number by that program.
value() { sed -n "s/.*\b$1=\([0-9]*\).*/\1/p" "$d/$2.out"; }

"$B/tool_lines" mix 20000 7 >"$d/lines"
check "20000 lines of firewalls" [ "$(wc -l <"$d/lines")" = 20000 ]
"$B/tool_lines" mix 20000 7 >"$d/again"
check "the same seed, the same lines" cmp -s "$d/lines" "$d/again"
size=$(($(wc -c <"$d/lines") - 20000))

for framing in newline octet; do
    start sink "$B/tool_sink" -p 0 -n 20000 -o "$d/got"
    "$B/tool_load" -p "$port" -f "$d/lines" -F $framing -c 5 >"$d/load.out" 2>"$d/load.err"
    wait "$pid"
    check "tcp $framing: sent" [ "$(value sent load)" = 20000 ]
    check "tcp $framing: received" [ "$(value messages sink)" = 20000 ]
    check "tcp $framing: bytes" [ "$(value bytes sink)" = $size ]
    check "tcp $framing: connections" [ "$(value connections sink)" = 5 ]
    sort "$d/lines" >"$d/a"
    sort "$d/got" >"$d/b"
    check "tcp $framing: the same lines" cmp -s "$d/a" "$d/b"
done

start sink "$B/tool_sink" -p 0 -n 5000 -o "$d/got"
"$B/tool_load" -p "$port" -f "$d/lines" -n 5000 -F octet -1 >"$d/load.out" 2>"$d/load.err"
wait "$pid"
head -n 5000 "$d/lines" >"$d/a"
check "one connection keeps the order" cmp -s "$d/a" "$d/got"

start sink "$B/tool_sink" -u -p 0 -n 5000
"$B/tool_load" -u -p "$port" -f "$d/lines" -n 5000 -r 20000 >"$d/load.out" 2>"$d/load.err"
wait "$pid"
check "udp: received" [ "$(value messages sink)" = "$(value sent load)" ]

start sink "$B/tool_sink" -p 0 -i 500 --close-after 1000
"$B/tool_load" -p "$port" -f "$d/lines" >"$d/load.out" 2>"$d/load.err"
wait "$pid"
check "sink closes in mid-message" [ "$(value unfinished sink)" = 1 ]
check "and the load generator says so" [ "$(value broken load)" = 1 ]

start sink "$B/tool_sink" -p 0 -n 300 --slow 200000
"$B/tool_load" -p "$port" -f "$d/lines" -n 300 >"$d/load.out" 2>"$d/load.err"
wait "$pid"
check "slow sink gets all the same" [ "$(value messages sink)" = 300 ]

start sink "$B/tool_sink" -p 0 -i 1000
sink_pid=$pid
start proxy "$B/tool_proxy" 0 "$port" 10000b:cut
"$B/tool_load" -p "$port" -f "$d/lines" >"$d/load.out" 2>"$d/load.err"
head -n 100 "$d/lines" >"$d/few"
"$B/tool_load" -p "$port" -f "$d/few" >"$d/load2.out" 2>"$d/load.err"
wait "$sink_pid"
kill "$pid"
wait "$pid"
whole=$(head -c 10000 "$d/lines" | wc -l)
check "proxy cuts after 10000 bytes" [ "$(value messages sink)" = $((whole + 100)) ]
check "in mid-message" [ "$(value unfinished sink)" = 1 ]
check "proxy counts its bytes" [ "$(value forwarded proxy)" = $((10000 + $(wc -c <"$d/few"))) ]

start sink "$B/tool_sink" -p 0 -n 100
sink_pid=$pid
start proxy "$B/tool_proxy" 0 "$port" 0ms:pause 0ms:refuse 300ms:accept 0ms:delay=20 0ms:resume
"$B/tool_load" -p "$port" -f "$d/few" >"$d/load.out" 2>"$d/load.err"
wait "$sink_pid"
check "proxy refuses, then passes on late" [ "$(value messages sink)" = 100 ]
kill "$pid"
wait "$pid"
check "all steps were done" [ "$(value steps proxy)" = 5 ]
echo "1..$n"
