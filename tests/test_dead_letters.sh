#!/bin/sh
# What no parser understood goes to a file and comes back from it (TAP): with sender, time and every
# byte, read again in the same context once the program knows better.
set -u
. tests/serving.sh

letters=$d/dead.jsonl
read_again() { # [OPTIONS]: the letters, as records in $d/again
    "$B/parapet" replay -c "$d/parapet.yaml" --show events "$@" "$letters" >"$d/again" 2>"$d/summary"
}
in_file() { [ "$(grep -c . "$letters")" = "$1" ]; }

# The sender's device is set up as another vendor's by mistake, and nobody knows its zone.
serve more="devices: [{sender: 127.0.0.1, parser: panos}]
dead-letters: {path: dead.jsonl}"
deny='%ASA-4-106023: Deny tcp src outside:192.0.2.7/41000 dst inside:198.51.100.9/23 by access-group "outside_in" [0x0, 0x0]'
printf '<164>Nov 21 10:00:00 fw1 : %s\n' "$deny" | tcp
printf '<14>tab\there, quote ", backslash \\\n' | udp
printf '13 <14>a\nb\r\000c\n\033[' | tcp
printf '10 <14>\377\376\300\200\342\200' | tcp
check "four messages, none of them PAN-OS: received" until_true is received 4
check "and in the file" until_true in_file 4
check "not in the output" [ ! -s "$d/out" ]
check "counted as such" is diverted 4 dead-letters
check "with reason, sender and parser" grep -Eq \
    '^\{"dead_letter":"(malformed|unknown)","time":"20[0-9TZ:.-]*","sender":"127.0.0.1","parser":"panos","raw":"<164>Nov 21' "$letters"
check "text as a string" grep -qF '"raw":"<14>tab\there, quote \", backslash \\"}' "$letters"
check "line ends, NUL and ESC too" grep -qF '"raw":"<14>a\nb\r\u0000c\n\u001b["}' "$letters"
check "what is no UTF-8 as base64" grep -qF "\"raw_base64\":\"$(printf '<14>\377\376\300\200\342\200' | base64)\"}" "$letters"

mv "$letters" "$letters.moved"
printf '<14>after-the-move\n' | tcp
check "the file was renamed: a new one is begun" until_true in_file 1
cat "$letters.moved" "$letters" >"$letters.all"
check "four that are not PAN-OS and one more: all five offered" is offered 5 dead-letters
stop
check "ends with status 0" [ "$status" = 0 ]
check "the counters add up" conserved
mv "$letters.all" "$letters"

read_again
check "read again as they were: still not understood" grep -q '^5 messages: 0 parsed' "$d/summary"
check "the bytes are those that came" grep -qF "$(printf '"raw":"<14>a\\nb\\r\357\277\275c\\n\\u001b["')" "$d/again"
sed -i 's/^devices: .*/devices: [{sender: 127.0.0.1, host: fw-berlin, timezone: America\/New_York}]/' "$d/parapet.yaml"
read_again
check "with the device set right, one is understood" grep -q '^5 messages: 1 parsed' "$d/summary"
check "in its sender's zone, in the year of its arrival" grep -q '"time":"20..-11-21T15:00:00.000Z"' "$d/again"
sed 's/"time":"20../"time":"2024/' "$letters" >"$d/old.jsonl"
letters=$d/old.jsonl
read_again
check "whenever that was" grep -Eq '"time":"202[34]-11-21T15:00:00.000Z"' "$d/again"
check "under the name it has now" grep -q '"host":"fw-berlin".*"src_ip":"192.0.2.7"' "$d/again"
read_again --parser panos
check "--parser counts more" grep -q '^5 messages: 0 parsed' "$d/summary"
{ head -c 90 "$letters"; echo; tail -n 1 "$letters"; } >"$d/torn.jsonl"
letters=$d/torn.jsonl
read_again
check "a torn line is told" grep -q '^1 lines of dead letters are torn' "$d/summary"
check "and the others read" grep -q after-the-move "$d/again"
gzip "$letters"
letters=$letters.gz
read_again
check "a packed file" grep -q after-the-move "$d/again"

letters=$d/dead.jsonl
rm -f "$letters"*
serve more='dead-letters: {path: dead.jsonl, to: both}'
printf '<14>to-both\n' | tcp
check "to both: the output" until_true arrived 'to-both$'
check "and the file" until_true in_file 1
check "as nobody's" grep -q '^{"dead_letter":"unclaimed"' "$letters"
"$B/parapet" serve -c "$d/parapet.yaml" >/dev/null 2>"$d/second"
check "a second process does not start" [ $? = 1 ]
stop
check "the counters add up" conserved

serve more='dead-letters: {path: dead.jsonl, size: 1 MiB, files: 3}'
{ head -c 60000 /dev/zero | tr '\0' x; echo; } >"$d/long"
"$B/tool_load" -p "$port" -f "$d/long" -n 200 >/dev/null 2>&1
check "12 MB of letters: all received" until_true is received 200
check "in files of 1 MiB" until_true is queued 0 dead-letters
stop
check "as many as were asked for" [ "$(ls "$letters"* | wc -l)" = 3 ]
check "none of them larger" [ -z "$(find "$letters"* -size +1024k)" ]
check "the counters add up" conserved
