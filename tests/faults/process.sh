#!/bin/sh
# What happens to a process (TAP, and a table): its clock jumps, memory runs out, it is stopped, the
# disk takes its time, it is told to read its settings a thousand times a second, it is nobody. It goes
# on, or says why not, and every message is accounted for.
#   process.sh [short]    short: what needs nothing loaded before the program (a sanitizer's build)
set -u
. tests/serving.sh
short=
seconds=30 starts=400 reloads=150 memories=40
[ "${1:-}" = short ] && short=1 seconds=2
table=$d/table
echo "case|what was done|sent|received|forwarded|counted" >"$table"
"$B/tool_lines" mix 20000 9 >"$d/mix"

load_on() { # ARGUMENTS...: a sender in the background, $sender
    "$B/tool_load" -p "$port" "$@" >"$d/load" 2>&1 &
    sender=$!
    pids="$pids $sender"
}
row() { # CASE WHAT SENT: ends the program; what must hold, and a row of the table
    ended_well "$1"
    check "$1: all are received, or counted as the kernel's drops" \
        [ $(($(value received) + $(value kernel_dropped))) = "$3" ]
    counted=$(awk '/^  (kernel_dropped|sender_refused|time_suspect|dropped[a-z_]*|reloads[a-z_]*) / { last[$1] = $2 }
        END { for (name in last) if (last[name]) printf "%s %s ", name, last[name] }' "$d/err")
    echo "$1|$2|$3|$(value received)|$(value forwarded output)|${counted:--}" >>"$table"
}

# ---- stopped ----

serve
load_on -f "$d/mix" -c 4 -n 60000 -r 30000
until_true at_least received 10000
kill -STOP $server
"$B/tool_load" -p "$port" -f "$d/mix" -u -n 20000 >"$d/load.udp"
sleep $seconds
kill -CONT $server
wait $sender
check "stopped: TCP senders wait" [ $? = 0 ]
all_there() { counters && [ $(($(value received) + $(value kernel_dropped))) = 80000 ]; }
check "stopped: all are there" until_true all_there
row "stopped" "SIGSTOP for $seconds s under load" 80000

# ---- nobody, and what the log tells ----

if [ "$(id -u)" = 0 ]; then
    mkdir "$d/nobody" && cp "$B/parapet" "$d/nobody/" && chmod 755 "$d" "$d/nobody"
    serve
    stop
    chmod 644 "$d/parapet.yaml"
    : >"$d/err" && : >"$d/out"
    sed -i "s/port: $port/port: 614/" "$d/parapet.yaml" && port=614
    setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all,+net_bind_service \
        --ambient-caps=-all,+net_bind_service --bounding-set=-all,+net_bind_service \
        "$d/nobody/parapet" serve -c "$d/parapet.yaml" >"$d/out" 2>"$d/err" &
    server=$!
    pids="$pids $server"
    until_true ready
    if grep -q 'another program has it' "$d/err"; then
        echo "# port 614 is taken: not tried as nobody"
    else
        check "nobody: listens on a low port" grep -q '^listening on' "$d/err"
        load_on -f "$d/mix" -n 20000
        wait $sender
        check "nobody: receives" until_true is received 20000
        row "nobody" "an ordinary user with the right to bind low ports" 20000
    fi
fi

serve limits='{max-message-size: 1 KiB}' allow='[127.0.0.1]'
secret=geheim-4711
{
    printf '<14>%s\n<134>Nov 21 10:10:10 fw %%ASA-4-106023: Deny %s\n' $secret $secret
    printf '<14>'; head -c 5000 /dev/zero | tr '\0' x; printf '%s\n99999999999999 <14>%s\n' $secret $secret
} | tcp
printf '<14>%s' $secret | udp
check "secrets: received" until_true at_least received 4
kill -HUP $server
check "secrets: read anew" until_true is reloads 1
received=$(value received)
check "secrets: no message is in the log" eval "! grep -q $secret '$d/err'"
row "secrets" "messages, broken frames, SIGHUP" "$received"

serve
load_on -f "$d/mix" -c 8 -n $((seconds * 20000)) -r 20000
n_hups=0
while kill -0 $sender 2>/dev/null; do
    kill -HUP $server
    n_hups=$((n_hups + 1))
    sleep 0.001
done
wait $sender
check "reloads: all are sent" [ $? = 0 ]
check "reloads: all are received" until_true is received $((seconds * 20000))
row "reloads" "$n_hups SIGHUPs under load" $((seconds * 20000))

# ---- what a library loaded before the program does ----

ended_reloads() { grep -Ec "is in force;|nothing has changed$" "$d/err"; }
faults() { # ROUND ALLOCATIONS CLOCK_S SYNC_MS
    printf '%-127s\n' "$*" | dd of="$d/faults" conv=notrunc status=none
}
if [ -z "$short" ]; then
    : >"$d/faults"
    faults 0 0 0 0
    ${CC:-cc} -O2 -shared -fPIC -o "$d/preload.so" tests/faults/preload.c -ldl || exit 1
    mkdir "$d/bin"
    ln -s "$(realpath "$B")"/tool_* "$d/bin/"
    printf '#!/bin/sh\nFAULTS=%s LD_PRELOAD=%s exec %s "$@"\n' "$d/faults" "$d/preload.so" \
        "$(realpath "$B")/parapet" >"$d/bin/parapet"
    chmod 755 "$d/bin/parapet"
    B=$d/bin

    # A scan that begins now, by the clock that the program sees: found, whatever the clock did before.
    scan() { # NUMBER CLOCK_S
        awk -v scan="$1" -v now="$(LC_ALL=C date -u -d "$2 seconds" '+%b %d %Y %H:%M:%S')" 'BEGIN {
            for (i = 0; i < 60; i++) printf "<164>%s fw1 : %%ASA-4-106023: Deny tcp src inside:10.%d.0.1/%d dst dmz:10.200.%d.%d/%d by access-group \"in\" [0x0, 0x0]\n",
                now, scan, 40000 + i, scan, 1 + i, 5000 + i }' | tcp
    }
    found() { grep -q "synscan_internal_internal.*src=10[.]$1[.]0[.]1" "$d/out"; }
    serve more="state: {directory: $d/state, interval: 1s}"
    i=0 clock=0
    for jump in 0 3600 -3600 86400 -86400 31536000 -31536000 -3600 7200; do
        i=$((i + 1)) clock=$((clock + jump))
        faults 0 0 $clock 0
        scan $i $clock
        check "clock: a scan is found after $jump s" until_true found $i
    done
    row "clock" "an hour, a day, a year forward and back" $((60 * i))
    faults 0 0 0 0
    serve more="state: {directory: $d/state, interval: 1s}"
    check "clock: the state is taken up again" grep -q 'state: .* groups' "$d/err"
    stop

    serve more="state: {directory: $d/state, interval: 1s}"
    faults 0 0 0 500
    load_on -f "$d/mix" -c 4 -n 60000 -r 20000
    wait $sender
    check "slow disk: all are sent" [ $? = 0 ]
    check "slow disk: all are received" until_true is received 60000
    row "slow disk" "each fsync takes 500 ms more" 60000
    faults 0 0 0 0

    # The n-th allocation fails: at the start it says why and ends, or runs.
    ran=0 refused=0 died=
    i=0
    while [ $i -lt $starts ]; do
        i=$((i + 1))
        nth=$((i <= 200 ? i : i * i / 8))
        faults $i $nth 0 0
        : >"$d/err"
        "$B/parapet" serve -c "$d/parapet.yaml" >"$d/out" 2>"$d/err" &
        server=$!
        until_true ready
        kill $server 2>/dev/null
        wait $server
        status=$?
        case $status in
        0) ran=$((ran + 1)) ;;
        1) refused=$((refused + 1)) && [ -s "$d/err" ] || died="$died $nth(says-nothing)" ;;
        *) died="$died $nth($status)" ;;
        esac
    done
    faults 0 0 0 0
    check "no memory at the start: says so or runs; dies at:$died" [ -z "$died" ]
    echo "no memory at the start|$starts starts, the n-th allocation fails|-|-|-|ran $ran, refused $refused" >>"$table"

    # The same while it reloads: the old settings or the new ones, and no message lost.
    for plus in '' +; do
        serve
        load_on -f "$d/mix" -c 4 -n 200000 -r 4000
        until_true is connections_accepted 4
        i=0
        while [ $i -lt $reloads ] && kill -0 $server 2>/dev/null; do
            i=$((i + 1))
            before=$(ended_reloads)
            faults "1000$i" $((i <= 100 ? i * 7 : i * 60))$plus 0 0
            kill -HUP $server
            another() { [ "$(ended_reloads)" -gt "$before" ]; }
            [ -n "$plus" ] && sleep 0.05 && faults 0 0 0 0
            until_true another
        done
        faults 0 0 0 0
        kill $sender
        wait $sender
        check "no memory in a reload$plus: it lives" kill -0 $server
        arriving still-there
        counters
        row "no memory in a reload$plus" "$i reloads, the n-th allocation$plus fails" "$(value received)"
    done

    # Less address space from start to start: it says so or runs, and bears the load.
    i=0 died= ran=0 refused=0
    while [ $i -lt $memories ]; do
        i=$((i + 1))
        : >"$d/err"
        (ulimit -v $((i * 20000)) && exec "$B/parapet" serve -c "$d/parapet.yaml") >"$d/out" 2>"$d/err" &
        server=$!
        until_true ready
        if grep -q '^listening' "$d/err"; then
            load_on -f "$d/mix" -c 50 -n 20000
            wait $sender
        fi
        kill $server 2>/dev/null
        wait $server
        status=$?
        case $status in
        0) ran=$((ran + 1)) && { conserved || died="$died $((i * 20))(lost)"; } ;;
        1 | 127) refused=$((refused + 1)) ;;
        *) died="$died $((i * 20))($status)" ;;
        esac
    done
    check "little address space: says so or runs; dies at MB:$died" [ -z "$died" ]
    echo "little address space|20 MB to $((memories * 20)) MB, 20,000 messages|-|-|-|ran $ran, refused $refused" >>"$table"
fi
column -t -s '|' "$table" | sed 's/^/# /'
echo "1..$n"
