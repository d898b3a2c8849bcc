#!/bin/sh
# parapet replay --report as it is called (TAP): what is printed where, and what may be overwritten.
set -u
. tests/tap.sh
parapet=$B/parapet
printf 'memory: {detection: 32 MiB}\ndetectors: {enable: [internal_port_scan]}\n' >"$d/p.yaml"

# run CODE ARGUMENTS...: replays, output to $d/out and $d/err; whether it exits with that code.
run() {
    code=$1
    shift
    "$parapet" replay -c "$d/p.yaml" "$@" >"$d/out" 2>"$d/err" </dev/null
    [ $? = "$code" ]
}
says() { grep -q -- "$1" "$d/$2"; }
says_not() { ! grep -q -- "$1" "$d/$2"; }

check "a report" run 0 --report samples/detect/internal_port_scan.log
check "names the file" says '^files  *1: samples/detect/internal_port_scan.log$' out
check "counts at thresholds" says '^internal_port_scan .* 1  *20  *1  *1  *\[1\]  *0  *0 *$' out
check "no events, no alerts" says_not '^{' out
check "events when asked for" run 0 --report --show alerts samples/detect/internal_port_scan.log
check "alerts come first" [ "$(head -c 9 "$d/out")" = '{"alert":' ]
check "a page" run 0 --html "$d/page.html" samples/detect/internal_port_scan.log
check "with the report" says '^internal_port_scan: ' out
check "is HTML" [ "$(head -n 1 "$d/page.html")" = '<!doctype html>' ]
check "and ends" [ "$(tail -c 8 "$d/page.html")" = '</html>' ]
size=$(wc -c <"$d/page.html")
check "again" run 0 --html "$d/page.html" samples/detect/internal_port_scan.log
check "over the old page" [ "$(wc -c <"$d/page.html")" = "$size" ]
check "of nothing" run 0 --report --html "$d/page.html" /dev/null
check "says so" says 'no message was parsed' out

check "no such folder" run 2 --html "$d/none/page.html" samples/detect/internal_port_scan.log
check "with a sentence" says 'page.html: No such file or directory$' err
printf '<164>a log\n' >"$d/fw.log"
check "a log is no page" run 2 --html "$d/fw.log" samples/detect/internal_port_scan.log
check "is left alone" [ "$(cat "$d/fw.log")" = '<164>a log' ]
check "and it is said" says 'is no page; name another file' err
if [ -c /dev/full ]; then
    check "a full disk" run 2 --html /dev/full samples/detect/internal_port_scan.log
    check "is said" says '/dev/full: No space left on device' err
fi

# What is counted again with the threshold that is set is what the detectors in force have told.
check "all samples" run 0 --report samples/*/*.log
awk '/^ALERTS/ { on = 1; next } /^$/ { on = 0 }
    on && $1 != "also," { alerts = $4 }
    on && match($0, /\[[0-9,]+\]/) {
        rows++
        if (substr($0, RSTART + 1, RLENGTH - 2) != alerts) print
    }
    END { if (rows < 4) print "too few rows" }' "$d/out" >"$d/differ"
[ -s "$d/differ" ] && sed 's/^/# /' "$d/differ"
check "the same as in force" [ ! -s "$d/differ" ]
echo "1..$n"
