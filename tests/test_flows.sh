#!/bin/sh
# Detectors against a made-up site (TAP): tool_flows writes what its firewalls log and what should be
# found in it, tool_recall compares. First scans alone in the words of four vendors, then a day with
# all the look-alikes. A complaint of the judge is a miss, a false alarm, or a start at another
# second than that of the line with the 20th distinct value (or whatever the rule asks for).
#
# What of a scan the lines do not show, and what follows:
#   meraki       whether anybody answered: only detectors of refused or of all connections fire
#   panos        when an allowed connection was opened: it counts at its end
#   checkpoint   likewise
# The truth is written as each vendor's lines show it.
set -u
. tests/tap.sh
shown='complaints difference flood *.err'

# run VENDOR NAME OPTIONS...: lines, alerts and complaints in $d/NAME.*
run() {
    vendor=$1 name=$2
    shift 2
    "$B/tool_flows" --as "$vendor" --truth "$d/$name.truth" "$@" >"$d/$name.log" 2>"$d/$name.err" &&
        "$B/parapet" replay -c "tests/flows.yaml" --format json --show alerts "$d/$name.log" \
            >"$d/$name.alerts" 2>"$d/$name.summary" || echo failed >>"$d/$name.err"
    "$B/tool_recall" "$d/$name.truth" "$d/detectors" <"$d/$name.alerts" >"$d/$name.table" 2>"$d/complaints"
    "$B/tool_recall" --list <"$d/$name.alerts" | sort >"$d/$name.list"
}
column() { awk -v column="$1" 'NF >= 7 && $2 + 0 == $2 { sum += $column } END { print sum + 0 }' "$d/$2.table"; }
# What an event count comes to at the end of an episode is an estimate over the vendors' own session
# ids: there the start and its count are compared, and that it ended.
same_alerts() { # DETECTORS NAME NAME: a pattern of those that are compared
    grep -E "^($1) " "$d/$2.list" | sed 's/^\(excessive_.* end\) .*/\1/' >"$d/a"
    grep -E "^($1) " "$d/$3.list" | sed 's/^\(excessive_.* end\) .*/\1/' >"$d/b"
    diff "$d/a" "$d/b" >"$d/difference" && [ -s "$d/a" ]
}
reads_all() { grep -q ' 0 unknown, 0 malformed, 0 of no known vendor' "$d/$1.summary"; }

"$B/parapet" detectors -c "tests/flows.yaml" >"$d/detectors"

# ---- the same scans in four vendors' words

for vendor in asa panos checkpoint meraki; do
    run $vendor $vendor --rate 0 --days 1 --hosts 100 --flood 20
    check "$vendor: scans: every line is read" reads_all $vendor
    check "$vendor: scans: all found, at the right second, and nothing else" [ ! -s "$d/complaints" ]
done
check "asa: some twenty scans are found, and ports that answer" [ "$(column 3 asa)" -gt 100 ]
check "asa and panos: the same alerts, counts and ends" same_alerts '.*' asa panos
check "asa and checkpoint: the same, connscans apart" \
    same_alerts 'internal_port_scan|port_1433_scanning_internal|unusual_open_tcp_ports' asa checkpoint
check "asa and meraki: the same where any action counts" same_alerts internal_port_scan asa meraki

# ---- a day of everybody

for vendor in asa panos; do
    run $vendor day --days 1 --hosts 60 --rate 100 --flood 20
    check "$vendor: a day: every line is read" reads_all day
    check "$vendor: a day: all found, nothing from look-alikes" [ ! -s "$d/complaints" ]
    check "$vendor: a day: nothing missed, late or repeated" \
        [ "$(($(column 4 day) + $(column 5 day) + $(column 6 day)))" = 0 ]
done

# ---- forged sources, as many for the memory as 100,000 a second are for what it is otherwise

"$B/tool_flood" --rate 1500 --seconds 312 --memory 4 >"$d/flood" 2>"$d/flood.err"
check "a flood: no scan is lost in it, and memory stays what it was" [ $? = 0 ]

# ---- the tools themselves

"$B/tool_flows" --as panos --truth "$d/again.truth" --days 1 --hosts 60 --rate 100 --flood 20 2>"$d/again.err" |
    cmp -s - "$d/day.log"
check "the same seed, the same lines" [ $? = 0 ]
check "and the same truth" cmp -s "$d/again.truth" "$d/day.truth"
awk 'int($2) < last { bad = 1 } { last = int($2) } END { exit bad }' "$d/meraki.log"
check "in order of time" [ $? = 0 ]
sed '1d' "$d/asa.alerts" >"$d/fewer"
sed '1s/"src_ip":"[0-9.]*"/"src_ip":"10.1.0.9"/; 1s/"dst_ip":"[0-9.]*"/"dst_ip":"10.1.0.10"/' "$d/asa.alerts" >"$d/other"
"$B/tool_recall" "$d/asa.truth" "$d/detectors" <"$d/fewer" >/dev/null 2>"$d/complaints"
check "the judge misses what is missing" grep -q '^missed: ' "$d/complaints"
"$B/tool_recall" "$d/asa.truth" "$d/detectors" <"$d/other" >/dev/null 2>"$d/complaints"
check "the judge sees what should not be there" grep -q '^false: ' "$d/complaints"
echo "1..$n"
