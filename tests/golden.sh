#!/bin/sh
# Goldens: samples/<parser>/<topic>.jsonl holds one record a line of <topic>.log; in samples/detect the
# alerts that a file raises; <topic>.yaml beside it, where there is one, is the configuration.
#   golden.sh write   writes them anew: a person reads the diff
#   golden.sh check   compares, one TAP line a file
set -u
PARAPET=${PARAPET:-build/parapet}
NOW=2026-11-21T12:00:00Z
mode=${1:-check}
now=$(mktemp)
trap 'rm -f "$now"' EXIT
bad=0

for log in samples/*/*.log; do
    golden=${log%.log}.jsonl
    case $log in samples/detect/*) show=alerts ;; *) show=events ;; esac
    config=${log%.log}.yaml
    [ -e "$config" ] || config=
    if ! "$PARAPET" replay ${config:+-c "$config"} --format json --show $show --now $NOW "$log" >"$now" 2>"$now.err"; then
        echo "not ok - $log: $(cat "$now.err")"
        bad=1
    elif [ "$mode" = write ]; then
        cmp -s "$now" "$golden" || { cp "$now" "$golden" && echo "  $golden"; }
    elif [ $show = events ] && [ "$(grep -c '' "$log")" != "$(grep -c '' "$now")" ]; then
        echo "not ok - $log: line N of the output must answer line N of the input"
        bad=1
    elif diff -u "$golden" "$now" >"$now.diff" 2>&1; then
        echo "ok - $log"
    else
        head -n 20 "$now.diff" | cut -c 1-400
        echo "not ok - $log differs from $golden"
        bad=1
    fi
    rm -f "$now.err" "$now.diff"
done
exit $bad
