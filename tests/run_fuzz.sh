#!/bin/sh
# Runs build/fuzz/fuzz_* for FUZZ_SECONDS each, two at a time; arguments name targets (syslog frame).
# Seeds are the lines of samples/, one file each, and tests/corpus/<target>/. A finding is kept in
# build/fuzz/findings/; exit 1 when there is one.
set -u
cd "$(dirname "$0")/.." || exit 2
B=${B:-build/fuzz}
FUZZ_SECONDS=${FUZZ_SECONDS:-60}
findings=$B/findings
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
mkdir -p "$findings" "$work/lines"

# Words that stand at the forks of headers and vendors' texts; a fuzzer rarely spells them itself.
cat >"$work/words" <<'EOF'
"%ASA-6-302013: "
"%ASA-6-302014: "
"%ASA-4-106023: "
"%ASA-6-106100: "
"%FTD-1-430003: "
"TRAFFIC,end,"
"THREAT,url,"
"[action:\""
"\"; "
"CEF:0|"
"LEEF:2.0|"
" flows allow "
" ids-alerts "
" request: "
" pattern: "
"Nov 21 08:56:00 "
"2026-11-21T08:56:00Z "
"1795251360.123 "
"<134>1 "
" - - - - "
"#012"
"\xef\xbb\xbf"
"TZif2"
"CET-1CEST,M3.5.0,M10.5.0/3"
EOF

# A file for each different line; the largest are left out, they only slow the fuzzer down.
cat samples/*/*.log 2>/dev/null | awk -v dir="$work/lines" '
    length($0) < 4096 && !seen[$0]++ { f = dir "/" ++n; printf "%s", $0 >f; close(f) }'

seeds() {
    echo "$work/lines"
    case $1 in
    config) for d in config config/detectors tests/wrong; do [ -d "$d" ] && echo "$d"; done ;;
    syslog) mkdir -p "$work/zones" && cp /usr/share/zoneinfo/Europe/Berlin \
        /usr/share/zoneinfo/America/Sao_Paulo "$work/zones" 2>/dev/null && echo "$work/zones" ;;
    esac
    [ -d "tests/corpus/$1" ] && echo "tests/corpus/$1"
}

fuzz() {
    name=$1
    mkdir -p "$work/found.$name"
    # shellcheck disable=SC2046
    "$B/fuzz_$name" -max_total_time="$FUZZ_SECONDS" -timeout=10 -rss_limit_mb=1024 -max_len=8192 \
        -dict="$work/words" -print_final_stats=1 -artifact_prefix="$findings/$name-" \
        "$work/found.$name" $(seeds "$name") >"$work/log.$name" 2>&1
    status=$?
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/log.$name")
    if [ $status -eq 0 ]; then
        printf '  fuzz_%-12s %10s executions, no finding\n' "$name" "${runs:-?}"
        return 0
    fi
    cp "$work/log.$name" "$findings/$name.log"
    kept=$(sed -n 's/.*Test unit written to //p' "$work/log.$name" | tail -n 1)
    printf '  fuzz_%-12s FINDING: %s, report in %s\n' "$name" "${kept:-no input kept}" "$findings/$name.log"
    return 1
}

if [ $# -gt 0 ]; then
    targets=$*
else
    targets=
    for t in "$B"/fuzz_*; do
        case $t in *.o | *.d | *_replay) continue ;; esac
        [ -f "$t" ] && [ -x "$t" ] && targets="$targets ${t##*/fuzz_}"
    done
fi

failed=0
first=
for t in $targets; do
    if [ ! -x "$B/fuzz_$t" ]; then
        echo "there is no target $t in $B" >&2
        exit 2
    fi
    fuzz "$t" &
    if [ -z "$first" ]; then
        first=$!
        continue
    fi
    wait "$first" || failed=1
    wait $! || failed=1
    first=
done
[ -z "$first" ] || wait "$first" || failed=1
exit $failed
