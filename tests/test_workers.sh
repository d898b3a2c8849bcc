#!/bin/sh
# What is found does not depend on how many workers there are (TAP): the same lines, in the same order
# but each few hundred over a connection of their own, give the same alerts with one, two and four.
set -u
. tests/serving.sh

lines=8000 chunk=400
"$B/tool_lines" panos $lines 1 $(($(date +%s) - 20)) 800 >"$d/lines"
split -l $chunk "$d/lines" "$d/chunk."
alerts='{name: local, protocol: file, path: "-", format: json, show: [alerts]}'

for workers in 1 2 4; do
    check "workers $workers: starts" serve forward="$alerts" more="workers: $workers"
    sent=0
    for part in "$d"/chunk.*; do
        tcp <"$part"
        sent=$((sent + chunk))
        until_true at_least received $sent || break
    done
    check "workers $workers: everything came" is received $lines
    check "workers $workers: no clock was doubted" is time_suspect 0
    stop
    sort "$d/out" >"$d/alerts.$workers"
done
check "scans were found" [ "$(grep -c '"phase":"start"' "$d/alerts.1")" -ge 5 ]
check "two workers find the same" cmp "$d/alerts.1" "$d/alerts.2"
check "four workers find the same" cmp "$d/alerts.1" "$d/alerts.4"
echo "1..$n"
