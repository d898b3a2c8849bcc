#!/bin/sh
# labelled_scans.sh over samples of our own: it finds what is there, and says so when told otherwise.
set -u
PARAPET=${B:-build/test-gcc}/parapet
export PARAPET
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cp samples/iptables/scan.log samples/iptables/icmp.log "$tmp"
bad=0

# expect STATUS DIFFERENCES NAME
expect() {
    if sh tests/labelled_scans.sh "$tmp" >"$tmp/out" 2>&1; then status=0; else status=$?; fi
    if [ "$status" -eq "$1" ] && grep -q "^[0-9]* files, $2 differences" "$tmp/out"; then
        echo "ok - $3"
    else
        cat "$tmp/out"
        echo "not ok - $3"
        bad=1
    fi
}

row() { # FILE EVENTS and the six columns, as words with commas for blanks
    echo "$@" | tr ' ,' '\t '
}
none='-,max=0,groups=0'
once='-,max=1,groups=0'

head='file events 1 2 3 4 5 6'
{
    row "$head"
    row scan 28 FIRE,max=25,groups=1 $once $none FIRE,max=28,groups=1 FIRE,max=28,groups=1 $once
    row icmp 5 $none $none $none $none $none $none
} >"$tmp/expected.tsv"
expect 0 0 'a scan and pings are what they are'

{
    row "$head"
    row scan 27 FIRE,max=24,groups=1 $none $once FIRE,max=28,groups=2 -,max=28,groups=1 $once
} >"$tmp/expected.tsv"
expect 1 6 'every wrong expectation is told'

row "$head" >"$tmp/expected.tsv"
expect 1 0 'nothing compared is no success'
exit $bad
