#!/bin/sh
# Where the time goes: instructions a message of each vendor's made-up lines, which do not depend on
# what else the machine does. callgrind counts `replay` of 20,000 and of 40,000 lines; the difference
# is free of the start. "Detectors" is what goes when all of them are off. Then the functions that take
# most of them.
# PROFILE_KINDS: which of asa panos checkpoint meraki mix. PROFILE_FILE: lines of your own instead.
# PROFILE_TOP: how many functions of each (12).
set -u
B=${B:-build}
parapet=${PARAPET:-$B/parapet}
kinds=${PROFILE_KINDS-asa panos checkpoint meraki mix}
[ -n "${PROFILE_FILE:-}" ] && kinds=file
top=${PROFILE_TOP:-12}
n=20000
command -v valgrind >/dev/null || { echo "valgrind is not installed: no instructions are counted"; exit 0; }
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
trap 'exit 1' INT TERM

run() { # AS LINES
    head -n "$2" "$d/lines" >"$d/part"
    case $1 in off) how="--format cef -c $d/off.yaml" ;; *) how="--format $1" ;; esac
    # shellcheck disable=SC2086
    valgrind --tool=callgrind --callgrind-out-file="$d/$1.$2" "$parapet" replay $how \
        --show events,alerts "$d/part" >/dev/null 2>"$d/err" || { tail -n 3 "$d/err" >&2; exit 1; }
    sed -n 's/^\(summary\|totals\): *//p' "$d/$1.$2" | head -n 1 >"$d/$1.$2.total"
}
# Exclusive instructions by function, with names as they are in the source.
functions() {
    callgrind_annotate --threshold=100 --show-percs=no "$1" 2>/dev/null |
        sed -n 's/^ *\([0-9,]*\)  *[^ ]*:\([A-Za-z_][A-Za-z0-9_.]*\).*/\1 \2/p' | tr -d ,
}

{
    echo "listen: [{protocol: udp, port: 514}]"
    "$parapet" detectors | awk 'NR > 1 { names = names (NR > 2 ? ", " : "") $1 } END { print "detectors: {disable: [" names "]}" }'
} >"$d/off.yaml"
printf '%-24s %12s %12s %12s\n' "instructions a message" "read" "and CEF" "detectors"
for kind in $kinds; do
    if [ "$kind" = file ]; then
        cat "$PROFILE_FILE" "$PROFILE_FILE" | head -n $((2 * n)) >"$d/lines"
    else
        "$B/tool_lines" "$kind" $((2 * n)) >"$d/lines"
    fi
    for format in none cef off; do
        run $format $n
        run $format $((2 * n))
        paste "$d/$format.$n.total" "$d/$format.$((2 * n)).total" | awk -v n=$n '{ printf "%d\n", ($2 - $1) / n }' >"$d/$format"
    done
    printf '%-24s %12d %12d %12d\n' "$kind" "$(cat "$d/none")" "$(cat "$d/cef")" "$(($(cat "$d/cef") - $(cat "$d/off")))"
    [ "$top" = 0 ] && continue
    functions "$d/cef.$n" >"$d/before"
    functions "$d/cef.$((2 * n))" | awk -v n=$n 'NR == FNR { before[$2] += $1; next } { after[$2] += $1 }
        END { for (f in after) printf "  %-30s %10.0f\n", f, (after[f] - before[f]) / n }' "$d/before" - | sort -k2 -rn | head -n "$top"
done
