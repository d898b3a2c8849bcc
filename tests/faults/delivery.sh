#!/bin/sh
# What receivers do to a TCP output (TAP, and a table): each case sends numbered messages over one
# connection while the receiver misbehaves, then lets it work. The receiver stores a message before it
# takes it from its kernel, so what is not stored was not read. Every row adds up: nothing is lost,
# what comes twice was counted as resent, and each connection brings ascending numbers.
#   delivery.sh [short]    short: what `make test` has time for
set -u
. tests/serving.sh
messages=200000 kills=30 slow='--slow 400000' # which leaves something unread
[ "${1:-}" = short ] && messages=10000 kills=3
to=$(random_port)
siem="{name: siem, protocol: tcp, host: 127.0.0.1, port: $to, queue: {size: 1 GiB},
       show: [events], reconnect: {min: 10ms, max: 50ms}}"
table=$d/table
echo "case|sent|arrived|twice|lost|forwarded|resent|dropped|connections" >"$table"

receive() { # ARGUMENTS...: the next receiver; what it takes is kept for the count
    parts=$((parts + 1))
    sink -o "$d/part.$(printf %04d $parts)" --store-first "$@"
}
end_receiver() { # SIGNAL
    kill "-$1" $receiver
    wait $receiver 2>/dev/null
}
begin() { # CASE: the program, without a receiver
    case_name=$1 parts=0 sent=0 second=
    rm -f "$d"/part.*
    serve forward="$siem"
}
load_part() { # PARTS: one of so many, in the background, when the one before it has been sent
    [ $sent = 0 ] || wait $loader
    awk -v from=$sent -v n=$((messages / $1)) \
        'BEGIN { for (i = from; i < from + n; i++) printf "<14>n-%09d\n", i }' >"$d/load"
    sent=$((sent + messages / $1))
    "$B/tool_load" -p "$port" -f "$d/load" >"$d/loaded" 2>&1 &
    loader=$!
    pids="$pids $loader"
}
all_sent() { wait $loader; at_least received $sent; }
nothing_queued() { is queued 0 output; }
# Numbers in the order of arrival, a new one of each connection below that before it.
numbers() { cat "$d"/part.* | grep -ao 'n-[0-9]\{9\}$' | tr -dc '0-9\n' | sed 's/^0*\(.\)/\1/'; }
count_up() { # one row of the table, and what must hold
    check "$case_name: all were received" until_true all_sent
    check "$case_name: all are acknowledged" until_true nothing_queued
    stop
    check "$case_name: the counters add up" conserved
    end_receiver TERM
    numbers >"$d/numbers"
    arrived=$(wc -l <"$d/numbers")
    different=$(sort -un "$d/numbers" | wc -l)
    falls=$(awk 'NR > 1 && $1 <= last { n++ } { last = $1 } END { print n + 0 }' "$d/numbers")
    lost=$((sent - different)) twice=$((arrived - different))
    dropped=$(($(value dropped_queue_full output) + $(value dropped_at_exit output)))
    connections=$(($(value reconnects output) + 1))
    row="$case_name|$sent|$arrived|$twice|$lost|$(value forwarded output)"
    echo "$row|$(value resent output)|$dropped|$connections" >>"$table"
    check "$case_name: nothing is lost or dropped" [ $lost = 0 -a $dropped = 0 ]
    check "$case_name: twice comes only what was resent" [ $twice -le "$(value resent output)" ]
    # One of several receivers gets in between what another had.
    [ -n "$second" ] || check "$case_name: in order in each connection" [ "$falls" -lt "$connections" ]
}
failed_often() { counters && [ "$(value failures output)" -ge "$1" ]; }
stored() { [ "$(cat "$d"/part.* | wc -l)" -ge "$1" ]; }
kill_while_loading() { # PARTS: receiver after receiver, until one of so many parts is stored
    i=0
    while [ $i -lt $kills ]; do
        i=$((i + 1))
        until_true stored $((i * messages / kills / $1))
        end_receiver KILL
        receive
    done
}

begin "away at the start"
load_part 1
until_true failed_often 3
receive
count_up

begin "ends when idle, in order"
receive
load_part 2
until_true all_sent && until_true nothing_queued && until_true stored $sent
end_receiver TERM
until_true failed_often 1
receive
load_part 2
count_up
check "and nothing was sent again" [ "$(value resent output)" = 0 ]

begin "killed with something unread"
receive $slow
load_part 1
i=0
while [ $i -lt $kills ]; do
    i=$((i + 1))
    until_true stored $((i * 100))
    end_receiver KILL
    until_true failed_often $i
    receive $slow
done
end_receiver KILL
receive
count_up
check "and something was sent again" [ "$(value resent output)" -gt 0 ]

begin "killed under full load"
receive
load_part 1
kill_while_loading 2
count_up

begin "silent: stopped, then killed"
receive
load_part 2
until_true stored 100
kill -STOP $receiver
load_part 2
until_true all_sent
end_receiver KILL
receive
count_up

for how in "--close-after 100003" "--close-after 100003 --reset"; do
    begin "in mid-frame: $how"
    receive $how
    load_part 1
    until_true failed_often $kills
    end_receiver TERM
    receive
    count_up
done

begin "accepts and closes"
receive --accept-close
load_part 1
until_true failed_often $kills
end_receiver TERM
receive
count_up

begin "refuses, then takes a byte a second"
load_part 2
until_true failed_often 3
receive --slow 1
load_part 2
until_true all_sent
end_receiver KILL
receive
count_up

# Two receivers of one output, one of them killed again and again.
for share in failover balance; do
    second=$(random_port)
    case_name="$share: one of two is killed" parts=0 sent=0
    rm -f "$d"/part.*
    first=$to to=$second
    receive
    lasting=$receiver to=$first
    receive $slow
    serve forward="{name: siem, protocol: tcp, share: $share, queue: {size: 1 GiB},
        receivers: [{host: 127.0.0.1, port: $first}, {host: 127.0.0.1, port: $second}],
        show: [events], reconnect: {min: 10ms, max: 50ms}}"
    load_part 2
    kill_while_loading 4
    end_receiver KILL
    receiver=$lasting
    load_part 2
    count_up
    check "$share: the other one takes over" [ "$(wc -l <"$d/part.0001")" -ge $((messages / 2)) ]
done

# What a load balancer and a scanner send to a listener is none of an output's business.
begin "probes of the listener"
receive
load_part 1
i=0
while [ $i -lt 20 ]; do
    i=$((i + 1))
    nc -z 127.0.0.1 "$port"
    printf '\026\003\001\002\000\001\000\001\374\003\003' | tcp
done
count_up

awk -F'|' '{ printf "# %-40s", $1; for (i = 2; i <= NF; i++) printf " %11s", $i; print "" }' "$table"
echo "1..$n"
