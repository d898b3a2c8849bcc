#!/bin/sh
# Scans whose outcome is known: labelled_scans.sh DIR, where DIR holds NAME.log files and expected.tsv:
#   file  events  and six columns like "FIRE max=25 groups=1" or "- max=3 groups=0"
# one for each rule of tests/labelled_scans/, in the order below. FIRE and the groups are what the rules
# start as they are. max is the most values that one window holds: in a second run a copy of the rule
# with that threshold must fire, and one with a threshold of one more must not. Prints a table; exit 1
# when something differs.
set -u
PARAPET=${PARAPET:-build/parapet}
NOW=${NOW:-2012-12-31T00:00:00Z} # the lines have no year
rules='internal_port_scan internal_port_sweep inbound_port_scan any_service_scan any_port_scan any_port_sweep'
here=$(cd "$(dirname "$0")" && pwd)/labelled_scans
dir=${1:?which folder?}
[ -r "$dir/expected.tsv" ] || { echo "labelled_scans: no $dir/expected.tsv" >&2; exit 2; }
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/copies"
: >"$tmp/different"

# configuration NAME FOLDER MEMORY. Thresholds of 1 make every group fire: they need the room.
configuration() {
    cat >"$tmp/$1.yaml" <<END
networks:
  internal: [10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 169.254.0.0/16, 127.0.0.0/8, "fc00::/7", "fe80::/10", "::1/128"]
memory:
  detection: $3
detectors:
  directories: ["$2"]
END
}
configuration verdicts "$here" '256 MiB'
configuration most "$tmp/copies" '1 GiB'

# copy RULE NAME THRESHOLD: a service is address, port and protocol, what is expected is address and
# port. A port that is asked for by TCP and by UDP counts twice among services, once for each protocol:
# the true number lies between the two, and so must the bounds.
copy() {
    sed "s/^name: .*/name: $2/; s/gte: [0-9]*/gte: $3/" "$here/$1.yaml" >"$tmp/copies/$2.yaml"
    case $2 in
    *-above) sed -i 's/^group-by: \[src_ip\]/group-by: [src_ip, protocol]/' "$tmp/copies/$2.yaml" ;;
    esac
}

# starts CONFIGURATION FILE: the groups that start, a line each; a group counts once.
starts() {
    if ! "$PARAPET" replay -c "$tmp/$1.yaml" --format json --show alerts --now "$NOW" "$2" \
        >"$tmp/alerts" 2>"$tmp/said"; then
        echo "  $2: $(cat "$tmp/said")" >>"$tmp/different"
        return 1
    fi
    sed -n 's/^{"alert":"\([^"]*\)".*"phase":"start".*"group":{\([^}]*\)}.*/\1 \2/p' "$tmp/alerts" |
        sort -u >"$tmp/$1"
}

most_of() { # "FIRE max=25 groups=1" -> 25
    most=${1#*max=}
    most=${most%% *}
}

groups_in() { awk -v rule="$2" '$1 == rule { n++ } END { print n + 0 }' "$tmp/$1"; }

# compare FILE RULE EXPECTED: a line into `different` unless all is as expected.
compare() {
    most_of "$3"
    groups=$(groups_in verdicts "$2")
    found=-
    [ "$groups" -eq 0 ] || found=FIRE
    bound="max=$most"
    [ "$most" -eq 0 ] || [ "$(groups_in most "$2-most")" -gt 0 ] || bound="max<$most"
    [ "$(groups_in most "$2-above")" -eq 0 ] || bound="max>$most"
    [ "$3" = "$found $bound groups=$groups" ] ||
        echo "  $1: $2: expected $3, found $found $bound groups=$groups" >>"$tmp/different"
}

tab=$(printf '\t')
rows=0
printf '%-36s %7s' file events
for rule in $rules; do printf ' %-26s' "$rule"; done
printf '\n'
while IFS=$tab read -r name events c1 c2 c3 c4 c5 c6; do
    [ "$name" = file ] && continue
    rows=$((rows + 1))
    rm -f "$tmp"/copies/*
    set -- "$c1" "$c2" "$c3" "$c4" "$c5" "$c6"
    for rule in $rules; do
        most_of "$1"
        [ "$most" -eq 0 ] || copy "$rule" "$rule-most" "$most"
        copy "$rule" "$rule-above" $((most + 1))
        shift
    done
    starts verdicts "$dir/$name.log" && starts most "$dir/$name.log" || continue
    parsed=$(sed -n 's/.* \([0-9]*\) parsed.*/\1/p' "$tmp/said")
    [ "$parsed" = "$events" ] || echo "  $name: expected $events events, found $parsed" >>"$tmp/different"
    printf '%-36s %7s' "$name" "$parsed"
    set -- "$c1" "$c2" "$c3" "$c4" "$c5" "$c6"
    for rule in $rules; do
        before=$(grep -c '' "$tmp/different")
        compare "$name" "$rule" "$1"
        mark=
        [ "$before" -eq "$(grep -c '' "$tmp/different")" ] || mark=' !'
        printf ' %-26s' "$1$mark"
        shift
    done
    printf '\n'
done <"$dir/expected.tsv"

different=$(grep -c '' "$tmp/different")
cat "$tmp/different"
echo "$rows files, $different differences"
[ "$rows" -gt 0 ] && [ "$different" -eq 0 ]
