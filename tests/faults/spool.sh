#!/bin/sh
# The spool of the real program (TAP, and a table): what a disk, a start and an end can do to it, and
# KILLS times (1000) kill -9 at random moments under load, with a receiver that comes and goes. A line of
# the table says what was sent, what arrived, and what was counted as what.
set -u
. tests/serving.sh
KILLS=${KILLS:-1000}
shown='err table sum'
spool=$d/spool

# One message a line, so many from a number on: "spool 00000017".
numbered() { awk -v first="$1" -v count="$2" 'BEGIN {
    for (i = first; i < first + count; i++) printf "<14>Nov 21 08:56:00 fw.example.com spool %08d is to arrive\n", i }'; }
numbers() { grep -o 'spool [0-9]\{8\}' "$@" | sed 's/.* 0*\([0-9]\)/\1/'; }

row() { printf '# %-44s %8s %8s  %s\n' "$1" "$2" "$3" "$4" | tee -a "$d/table"; }
row 'case' sent arrived 'counted as'

# begin [NAME=VALUE...]: the program with a spool; keys: size, when_full, disk, queue
begin() {
    size='1 GiB' when_full=block disk=always queue='64 MiB'
    for setting in "$@"; do eval "${setting%%=*}=\${setting#*=}"; done
    serve forward="{name: siem, protocol: tcp, host: 127.0.0.1, port: $to, framing: newline,
      reconnect: {min: 10ms, max: 50ms}, queue: {size: $queue},
      spool: {directory: $spool, size: $size, when-full: $when_full, disk: $disk}}"
}
send() { numbered "$1" "$2" | tcp >/dev/null; }
at_least_of() { counters && [ "$(value "$1" output)" -ge "$2" ]; } # NAME VALUE
spooled() { until_true at_least_of spooled "$1"; }
receive() { sink -o "$d/arrived" "$@"; }
received_all() { counters && [ "$(value queued output)" = 0 ] && [ "$(value received)" -ge "${1:-0}" ]; }
end_receiver() {
    kill "$receiver"
    wait "$receiver" 2>/dev/null
}
# The counters that are not 0, of the output
counted() {
    local text=
    for name in recovered forwarded queued dropped_queue_full dropped_oldest dropped_at_exit set_aside \
        spool_failures; do
        [ "$(value $name output)" = 0 ] || text="$text $name=$(value $name output)"
    done
    echo "$text"
}
all_forwarded() {
    [ "$(value forwarded output)" = $(($(value offered_events output) + $(value offered_alerts output))) ]
}
fresh() { rm -rf "$spool"; to=$(random_port); }
in_order() { numbers "$d/arrived" | awk '$1 <= last { exit 1 } { last = $1 }'; }
arrived_count() { numbers "$d/arrived" | sort -u | wc -l | tr -d ' '; }
holds() { [ "$(arrived_count)" = "$1" ]; }

# ---- ends and starts ----

for disk in always when-needed; do
    fresh
    begin disk=$disk
    send 1 5000
    until_true at_least received 5000
    stop
    check "$disk: a clean stop with the receiver away: counted" conserved
    check "$disk: and kept" [ "$(value queued output)" = 5000 ]
    begin disk=$disk
    receive
    send 5001 1000
    until_true received_all 1000
    stop
    end_receiver
    check "$disk: the next run sends them" holds 6000
    check "$disk: in order" in_order
    check "$disk: and counts them" conserved
    row "clean stop, receiver away, $disk" 6000 "$(arrived_count)" "$(counted)"
done

fresh
begin size='1 GiB'
send 1 5000
spooled 5000
stop
begin size='1 MiB' disk=when-needed
receive
until_true received_all
stop
end_receiver
check "another size: all of it arrives" holds 5000
row "size changed between runs" 5000 "$(arrived_count)" "$(counted)"

# ---- files that have changed ----

for damage in flipped zeroed torn; do
    fresh
    begin
    send 1 1000
    spooled 1000
    send 1001 1000
    spooled 2000
    send 2001 1000
    spooled 3000
    kill -9 $server
    wait $server 2>/dev/null
    file=$(ls "$spool"/*.spool)
    bytes=$(wc -c <"$file")
    case $damage in
    flipped) printf '\125' | dd of="$file" bs=1 seek=$((bytes / 2)) conv=notrunc 2>/dev/null ;;
    zeroed) dd if=/dev/zero of="$file" bs=1 count=2000 seek=$((bytes / 3)) conv=notrunc 2>/dev/null ;;
    torn) truncate -s $((bytes - 100)) "$file" ;;
    esac
    begin
    receive
    until_true received_all
    stop
    end_receiver
    missing=$((3000 - $(arrived_count)))
    check "$damage: some are lost and counted, the others arrive" [ "$missing" -gt 0 ]
    check "$damage: exactly those" [ "$(value set_aside output)" = "$missing" ]
    check "$damage: the file is kept" [ -e "${file%.spool}.bad" ]
    check "$damage: it adds up" conserved
    row "kill -9, segment $damage" 3000 "$(arrived_count)" "$(counted)"
done

fresh
for run in 0 1 2; do
    begin
    send $((run * 1000 + 1)) 1000
    until_true at_least received 1000
    stop
done
rm "$(ls "$spool"/*.spool | sed -n 2p)"
begin
receive
until_true received_all
stop
end_receiver
check "a missing segment is counted" [ "$(value set_aside output)" = 1000 ]
check "and the others arrive" holds 2000
row "segment missing" 3000 "$(arrived_count)" "$(counted)"

# ---- a disk that is full, or fails ----

fresh
begin size='1 MiB' when_full=drop-oldest
"$B/tool_lines" mix 40000 7 >"$d/mix"
"$B/tool_load" -p "$port" -f "$d/mix" -n 40000 >"$d/load"
until_true at_least_of dropped_oldest 1
receive
until_true received_all 40000
stop
end_receiver
check "full, drop-oldest: counted" conserved
row "spool full, drop-oldest" 40000 "$(wc -l <"$d/arrived" | tr -d ' ')" "$(counted)"

fresh
begin size='1 MiB' when_full=drop-newest queue='1 MiB'
"$B/tool_load" -p "$port" -f "$d/mix" -n 40000 >"$d/load"
until_true at_least_of dropped_queue_full 1
receive
until_true received_all 40000
stop
end_receiver
check "full, drop-newest: counted" conserved
row "spool full, drop-newest" 40000 "$(wc -l <"$d/arrived" | tr -d ' ')" "$(counted)"

fresh
begin size='1 MiB' queue='1 MiB'
"$B/tool_load" -p "$port" -f "$d/mix" -n 40000 -t 100 >"$d/load" 2>&1 &
loader=$!
pids="$pids $loader"
full() { grep -q 'is full' "$d/err"; }
check "full, block: said" until_true full
receive
wait $loader
until_true received_all 40000
stop
end_receiver
check "full, block: nothing is lost" all_forwarded
check "full, block: counted" conserved
row "spool full, block" 40000 "$(wc -l <"$d/arrived" | tr -d ' ')" "$(counted)"

# No file may grow beyond 64 KiB: what the kernel says then is as final as no space.
fresh
receive
begin_limited() { (
    trap '' XFSZ
    ulimit -f 128
    begin "$@"
    echo "$server $port" >"$d/started"
); }
begin # makes the folder and its files
stop
begin_limited
read -r server port <"$d/started"
pids="$pids $server"
"$B/tool_load" -p "$port" -f "$d/mix" -n 40000 >"$d/load"
until_true received_all 40000
failures=$(value spool_failures output)
kill $server
while kill -0 $server 2>/dev/null; do sleep 0.05; done
end_receiver
check "no space: said, counted, and everything is sent from memory" [ "$failures" -gt 0 ]
check "no space: nothing is lost" all_forwarded
row "no space (files end at 64 KiB), receiver there" 40000 "$(wc -l <"$d/arrived" | tr -d ' ')" "$(counted)"

# ---- what a start refuses ----

refused() { # NAME DIRECTORY SENTENCE
    cat >"$d/wrong.yaml" <<-END
	listen:
	  - {protocol: udp, address: 127.0.0.1, port: $(random_port)}
	forward:
	  - {name: siem, protocol: tcp, host: 127.0.0.1, port: 9,
	     spool: {directory: $2}}
	END
    "$B/parapet" serve -c "$d/wrong.yaml" >"$d/wrong" 2>&1
    status=$?
    check "$1: refused" [ $status = 1 ]
    check "$1: said with its place" grep -q "wrong.yaml:5:.*forward\[0\].spool.directory: .*$3" "$d/wrong"
    row "$1" - - "$(sed -n 's/.*spool.directory: //p' "$d/wrong" | cut -c 1-60)"
}
refused "folder missing, and the one above" "$d/nowhere/at/all" 'No such file'
refused "a file instead of a folder" "$d/mix" 'Not a directory'
refused "read-only file system" /proc/spool 'folder that'
mkdir "$d/other"
if [ "$(id -u)" = 0 ]; then
    chown 12345 "$d/other"
    refused "somebody else's folder" "$d/other" 'belongs to user 12345'
else
    chmod 500 "$d/other"
    refused "folder that cannot be written" "$d/other" 'can be written'
fi
fresh
begin
refused "another process has it" "$spool" "process $server has it"
stop

# ---- kill -9, again and again ----

mkdir "$d/kills"
"$B/tool_kills" -n "$KILLS" "$B/parapet" "$d/kills" >"$d/sum"
field() { sed -n "s/.*$1=\([0-9]*\).*/\1/p" "$d/sum"; }
check "$KILLS kills: nothing is lost that was on disk, or came before it" [ "$(field lost)" = 0 ]
check "$KILLS kills: nothing on disk was damaged" [ "$(field damaged)" = 0 ]
check "$KILLS kills: in order in every connection" [ "$(field disordered)" = 0 ]
row "$KILLS times kill -9, receiver comes and goes" "$(field sent)" $(($(field sent) - $(field lost))) \
    "lost=$(field lost) twice=$(field twice) torn=$(field torn) connections=$(field connections)"
echo "1..$n"
