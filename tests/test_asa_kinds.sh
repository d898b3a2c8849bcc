#!/bin/sh
# Every kind of message in parsers/asa_kinds.c has a line in samples/asa that is read whole (TAP): the
# rows by their ids, one test each, and every family of ids at least one line.
set -u
rows=$(mktemp)
seen=$(mktemp)
trap 'rm -f "$rows" "$seen"' EXIT

# "106023 asa_acl_deny" for a row, "106 family" for a family.
awk '
function row() { if (id != "") print id, reader; id = "" }
/kinds_[0-9]+\[\] = / { split($0, part, /kinds_|\[\]/); family = part[2] }
/families\[1000\] = / { row(); family = "" }
family != "" && /^    \[[0-9]+\] =/ {
    row()
    split($1, part, /[][]/)
    id = family * 1000 + part[2]
}
id != "" && match($0, /\{asa_[a-z_]+/) { reader = substr($0, RSTART + 1, RLENGTH - 1); row() }
family == "" && /^    \[[0-9]+\] = \{/ { split($1, part, /[][]/); print part[2], "family" }
' parsers/asa_kinds.c >"$rows"

# "106023 whole" where the record needs no message, as its fields say it all, else "106023 text".
cat samples/asa/*.jsonl | grep '"parser":"asa"' | grep -v '"parse":"malformed"' |
    sed -n 's/.*"event_id":"\([0-9]*\)".*"message":".*/\1 text/p; s/.*"event_id":"\([0-9]*\)".*/\1 whole/p' |
    sort -u >"$seen"

awk '
FILENAME == ARGV[1] { seen[$1 " " $2] = seen[$1] = seen[substr($1, 1, 3)] = 1; next }
{
    good = $2 == "family" || $2 == "asa_loose" ? seen[$1] : seen[$1 " whole"]
    why = good ? "" : seen[$1] ? ": its samples are not read by its form" : ": no line in samples/asa"
    print (good ? "ok " : "not ok ") ++n " - ASA " $1 why
    bad += !good
}
END { print "1.." n; exit bad > 0 || n < 300 }
' "$seen" "$rows"
