#!/bin/sh
# CEF lines as two readers that are not ours to write see them (TAP): lognormalizer, and the strict
# reader of tests/cef_reader.h. Every line of every sample must be accepted and give back, field by
# field, the record that `replay --format json` prints for the same line.
set -u
B=${B:-build}
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
now=2026-03-02T12:00:00Z
n=0

result() { # STATUS NAME: one line of TAP
    n=$((n + 1))
    if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

printf 'version=2\nrule=:%%.:cef%%\n' >"$d/cef.rb"

# The judges themselves: lines that must be refused, and one with everything awkward that must not.
own() { # CEF JSON: does the strict reader find it equal?
    printf '%s\n' "$1" >"$d/one.cef"
    printf '%s\n' "$2" >"$d/one.jsonl"
    "$B/tool_cef_compare" own "$d/one.cef" "$d/one.jsonl" >"$d/one.out"
}
status=0
while IFS= read -r line; do
    if own "$line" '{"severity":3}'; then
        echo "# accepted: $line"
        status=1
    fi
done <<'END'
CEF:1|a|b|c|1|n|3|
CEF:0||b|c|1|n|3|
CEF:0|a|b|c|1|n|11|
CEF:0|a|b|c|1|n
CEF:0|a|b|c|1|n\=|3|
CEF:0|a|b|c|1|n|3|app=x app=x
CEF:0|a|b|c|1|n|3|app=
CEF:0|a|b|c|1|n|3|app= act=x
CEF:0|a|b|c|1|n|3|app=x=y
CEF:0|a|b|c|1|n|3|app=a\|b
CEF:0|a|b|c|1|n|3|app=a\
CEF:0|a|b|c|1|n|3|app=a	b
CEF:0|a|b|c|1|n|3|cs1=x
CEF:0|a|b|c|1|n|3|cs1Label=x
CEF:0|a|b|c|1|n|3|spt=x
CEF:0|a|b|c|1|n|3|src=10.0.0.256
CEF:0|a|b|c|1|n|3|msg=x app=y
CEF:0|a|b|c|1|n|3|eventId=1
CEF:0|a|b|c|1|n|3|a_b=1
CEF:0|a|b|c|1|n|3|app=0123456789012345678901234567890123
END
result $status "the strict reader refuses what it must"

cef='CEF:0|a\|b\\|p|c|1|n|3|rt=1772442000123 act=deny src=2001:db8::1 spt=0 suser=x act\=allow cs1Label=Rule cs1=a|b\\ request=http://h.example/?q\=1 AcmeLayerName=one AcmeLayerName2=two msg=CEF:0|x|\nact\=allow'
json='{"time":"2026-03-02T09:00:00.123Z","vendor":"a|b\\","product":"p","severity":3,"action":"deny","src_ip":"2001:db8::1","src_port":0,"src_user":"x act=allow","rule":"a|b\\","url":"http://h.example/?q=1","message":"CEF:0|x|\nact=allow","extra":{"layer_name":["one","two"]}}'
own "$cef" "$json"
result $? "and accepts what is awkward but right"
# judge FILE: feeds the CEF lines to lognormalizer.
judge() {
    "$B/tool_cef_compare" feed "$1" | lognormalizer -r "$d/cef.rb" -e json >"$1.judged" 2>"$1.err"
}

judge "$d/one.cef"
"$B/tool_cef_compare" judged "$d/one.cef.judged" "$d/one.jsonl" "$d/one.cef" >"$d/one.out"
result $? "and so does lognormalizer"
wrong=0
for change in 's/"rule":"a/"rule":"b/' 's/00\.123Z/00.124Z/' 's/"two"/"too"/' 's/"product":"p"/"product":"q"/' \
    's/"severity":3/"severity":4/' 's/,"url":"[^"]*"//' 's/"action"/"app_x":"1","outcome":"success","action"/'; do
    own "$cef" "$(echo "$json" | sed "$change")" && wrong=$((wrong + 1))
done
result $wrong "and sees each difference"

# Made-up lines, and all samples spoiled by what breaks readers and writers: an injection is a
# difference between what the record says and what a reader of the CEF line gets.
"$B/tool_lines" mix 1000 >"$d/made_up.log"
"$B/tool_mutate" 4000 1 samples/*/*.log "$d/made_up.log" >"$d/spoiled.log"

for log in samples/*/*.log "$d/made_up.log" "$d/spoiled.log"; do
    for format in cef json; do
        "$B/parapet" replay --now $now --format $format --show events "$log" \
            >"$d/out.$format" 2>"$d/err.$format" || cat "$d/err.$format"
    done
    "$B/tool_cef_compare" own "$d/out.cef" "$d/out.json" >"$d/report"
    status=$?
    [ -s "$d/out.cef" ] || status=1
    result $status "${log#"$d"/}: strict reader"
    [ $status -eq 0 ] || sed 's/^/# /' "$d/report"
    judge "$d/out.cef"
    "$B/tool_cef_compare" judged "$d/out.cef.judged" "$d/out.json" "$d/out.cef" >"$d/report"
    status=$?
    result $status "${log#"$d"/}: lognormalizer"
    [ $status -eq 0 ] || sed 's/^/# /' "$d/report"
done
echo "1..$n"
