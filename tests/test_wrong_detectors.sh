#!/bin/sh
# Wrong detector files (TAP): said with file, line, column and the nearest known word; left out, while the
# others watch on; `check` fails.
set -u
. tests/tap.sh

mkdir "$d/detectors"
cat >"$d/detectors/sweep.yaml" <<EOF
name: sweep
type: value_count
where: {class: int_int, dst_port: 22}
group-by: src_ip
condition: {field: dst_ip, gte: 5}
timespan: 5m
severity: low
EOF
sed 's/sweep/no_yaml/; s/}/]/' "$d/detectors/sweep.yaml" >"$d/detectors/no_yaml.yaml"
sed 's/sweep/words/; s/int_int/int_it/; s/src_ip/src_ipp/; s/field: dst_ip/field: servce/' \
    "$d/detectors/sweep.yaml" >"$d/detectors/words.yaml"
sed 's/sweep/short/; s/5m/30s/' "$d/detectors/sweep.yaml" >"$d/detectors/short.yaml"
echo "detectors: {directories: [detectors], enable: [words, sweep]}" >"$d/parapet.yaml"
for i in 1 2 3 4 5; do
    echo "<164>Nov 20 2026 08:00:0$i fw : %ASA-4-106023: Deny tcp src inside:10.1.0.1/40001 dst inside:10.1.1.$i/22 by access-group \"a\" [0x0, 0x0]"
done >"$d/lines"
says() { grep -q "$1" "$d/err"; }

"$B/parapet" check -c "$d/parapet.yaml" >"$d/out" 2>"$d/err"
check "check fails" [ $? = 1 ]
check "and tells what is no YAML" says 'no_yaml.yaml:3:[0-9]*: not YAML'
check "a class, with the nearest" says 'words.yaml:3:16: where.class\[0\]: .*; did you mean "int_int"?'
check "a field to group by" says 'words.yaml:4:11: group-by.*; did you mean "src_ip"?'
check "a field to count" says 'words.yaml:5:20: condition.field: .*; did you mean "service"?'
check "a window that is too short for what may come late" says 'short.yaml:6:11: timespan: '
"$B/parapet" replay -c "$d/parapet.yaml" --format json --show alerts "$d/lines" >"$d/out" 2>"$d/err"
check "replay goes on without them" [ $? = 0 ]
check "says so" says '^parapet: 3 wrong detectors are left out; the others are in force$'
check "and the others fire" grep -q '"alert":"sweep"' "$d/out"
rm "$d"/detectors/[!s]* "$d/detectors/short.yaml"
sed -i 's/words, //' "$d/parapet.yaml"
"$B/parapet" check -c "$d/parapet.yaml" >"$d/out" 2>"$d/err"
check "without them check is content" [ $? = 0 ]
echo "1..$n"
