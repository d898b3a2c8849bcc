#!/bin/sh
# How much is found, and what else: a week of a site of 5,000 hosts, as each vendor would have logged
# it, through replay with the shipped detectors; a table for each. Minutes, and some hundred million
# bytes of nothing kept.
# Then the detectors in a flood of forged sources: whether scans are found in the midst of it.
# RECALL_KINDS: which of asa panos checkpoint meraki. RECALL_DAYS (7), RECALL_HOSTS (5000), RECALL_RATE
# (flows a day of a host, 400), RECALL_SEED (1).
# RECALL_FLOOD: forged sources a second, for ten minutes of theirs (100000; 0: none).
set -u
B=${B:-build}
parapet=${PARAPET:-$B/parapet}
here=$(dirname "$0")
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
trap 'exit 1' INT TERM
failed=0

"$parapet" detectors -c "$here/flows.yaml" >"$d/detectors" || exit 2
for kind in ${RECALL_KINDS-asa panos checkpoint meraki}; do
    echo "== ${RECALL_DAYS:-7} days of ${RECALL_HOSTS:-5000} hosts as $kind"
    "$B/tool_flows" --as "$kind" --days "${RECALL_DAYS:-7}" --hosts "${RECALL_HOSTS:-5000}" \
        --rate "${RECALL_RATE:-400}" --seed "${RECALL_SEED:-1}" --truth "$d/truth" 2>"$d/flows.err" |
        "$parapet" replay -c "$here/flows.yaml" --format json --show alerts - >"$d/alerts" 2>"$d/replay.err" ||
        failed=1
    tail -n 1 "$d/replay.err"
    "$B/tool_recall" "$d/truth" "$d/detectors" <"$d/alerts" || failed=1
    echo
done
if [ "${RECALL_FLOOD:-100000}" != 0 ]; then
    echo "== ten minutes of ${RECALL_FLOOD:-100000} forged sources a second"
    "$B/tool_flood" --rate "${RECALL_FLOOD:-100000}" || failed=1
fi
exit $failed
