#!/bin/sh
# The rules of the tree that a compiler does not check, over the files git knows: includes point one
# way, clang-format's layout, every name has its pieces, small files, no stray text, only documentation
# addresses in samples. One line a finding, file:line: what; exit 1 when there is one.
set -u
cd "$(dirname "$0")/.." || exit 2
found=$(mktemp)
trap 'rm -f "$found"' EXIT

# Files of more than 500 lines, and why they may be.
long_files='
parsers/asa_kinds.c one table, a row a message id
tests/test_snapshot.c one engine against the same one restored, in every state
'

say() { echo "$*" >>"$found"; }

# ---- includes, tabs, ends of lines, forgotten notes, length ----

# Where a folder's files may take their headers from, and which library is at home where.
git ls-files '*.c' '*.h' | long_files="$long_files" xargs awk '
BEGIN {
    may["parsers/text"] = "parsers/text"
    may["parsers"] = "parsers/text parsers"
    may["detect"] = "parsers/text parsers detect"
    may["config"] = "config"
    home["uv.h"] = "^(server|tests)/"
    home["cyaml/cyaml.h"] = home["yaml.h"] = "^(config|tests)/"
    home["libfastjson/json.h"] = "(^tests/|json[^/]*$)"
    note = "TO" "DO|FIX" "ME"
    pure = "(^|[^_a-z])(printf|fprintf|fopen|getenv|time|gettimeofday|clock_gettime|localtime|localtime_r)[(]"
}
function folder(path) { sub("/[^/]*$", "", path); return path }
function finding(what) { print FILENAME ":" FNR ": " what }
FNR == 1 {
    if (lines > 500 && !index(ENVIRON["long_files"], "\n" last " ")) print last ":" lines ": longer than 500 lines"
    dir = folder(FILENAME)
    includes = 0
    own = FILENAME
    sub("[.]c$", ".h", own)
    has_own = own != FILENAME && (getline ignored < own) >= 0
    close(own)
}
{ lines = FNR; last = FILENAME }
/^#include "/ {
    split($0, part, "\"")
    if (++includes == 1 && has_own && part[2] != own) finding("its own header " own " does not come first")
    if (dir in may && !index(" " may[dir] " ", " " folder(part[2]) " ")) finding(dir " may not include " part[2])
    if (part[2] !~ "/") finding("include from the root: folder/" part[2])
}
/^#include </ {
    split($0, part, "[<>]")
    if (++includes == 1 && has_own) finding("its own header " own " does not come first")
    if (part[2] ~ "^openssl/" && FILENAME !~ "^(server/tls|tests)/") finding("<" part[2] "> is not at home here")
    if (part[2] in home && FILENAME !~ home[part[2]]) finding("<" part[2] "> is not at home here")
}
/\t/ { finding("tab") }
FILENAME ~ "^(parsers|detect)/" && $0 ~ pure && $0 !~ "^ *([*]|/[*])" { finding("no clock, no environment, no output here") }
$0 ~ note { finding("a note that belongs into an issue") }
END { if (lines > 500 && !index(ENVIRON["long_files"], "\n" last " ")) print last ":" lines ": longer than 500 lines" }
' >>"$found"

git ls-files | grep -v '^samples/.*\.\(log\|jsonl\)$' | xargs grep -nI '[ 	]$' |
    sed 's/^\([^:]*:[0-9]*\):.*/\1: blanks at the end/' >>"$found"

if command -v clang-format >/dev/null; then
    git ls-files '*.c' '*.h' | xargs clang-format --dry-run -Werror 2>&1 |
        awk -F: '/: error:/ { if (!n[$1]++) at[$1] = $2 }
            END { for (f in n) print f ":" at[f] ": not as clang-format lays it out (" n[f] " places)" }' >>"$found"
else
    say "tests/lint.sh:0: clang-format is not installed"
fi

# ---- every name has its pieces ----

for name in $(sed -n 's/^ *\(&parser_.*NULL\),*$/\1/p; s/^ *\(&parser_[a-z0-9_, &]*\),*$/\1/p' parsers/parsers.c |
    tr ',' '\n' | sed -n 's/^ *&parser_//p' | sort -u); do
    [ -e "parsers/$name.c" ] || say "parsers/parsers.c:0: parser_$name has no parsers/$name.c"
    grep -q "\.name = SLICE(\"$name\")" "parsers/$name.c" 2>/dev/null ||
        say "parsers/$name.c:0: its parser is not named \"$name\""
    [ -e "samples/$name/broken.log" ] || say "parsers/$name.c:0: no samples/$name/broken.log"
done
for log in $(git ls-files 'samples/*.log'); do
    [ -e "${log%.log}.jsonl" ] || say "$log:0: no ${log%.log}.jsonl (make golden)"
    grep -qF "$(basename "$log")" samples/README.md 2>/dev/null ||
        grep -qF "$(dirname "${log#samples/}")/" samples/README.md 2>/dev/null ||
        say "$log:0: samples/README.md does not say where it comes from"
done
for yaml in $(git ls-files 'config/detectors/*.yaml'); do
    name=$(basename "$yaml" .yaml)
    grep -q "^name: *$name *\(#.*\)*$" "$yaml" || say "$yaml:1: its name is not $name"
    for log in "samples/detect/$name.log" "samples/detect/${name}_silent.log"; do
        [ -e "$log" ] || say "$yaml:1: no $log"
    done
done

# ---- samples hold addresses of RFC 5737, RFC 3849, RFC 1918 and RFC 2544 only ----

git ls-files 'samples/*.log' 'samples/*.txt' | xargs -r awk '
function finding(what) { print FILENAME ":" FNR ": " what " is nobody'"'"'s documentation address" }
function allowed(a, o) {
    split(a, o, ".")
    if (o[1] > 255 || o[2] > 255 || o[3] > 255 || o[4] > 255) return 1
    return o[1] == 10 || o[1] == 0 || o[1] == 127 || o[1] >= 224 || (o[1] == 172 && o[2] >= 16 && o[2] < 32) ||
        (o[1] == 192 && o[2] == 168) || (o[1] == 192 && o[2] == 0 && o[3] == 2) || (o[1] == 169 && o[2] == 254) ||
        (o[1] == 198 && (o[2] == 18 || o[2] == 19)) || (o[1] == 198 && o[2] == 51 && o[3] == 100) ||
        (o[1] == 203 && o[2] == 0 && o[3] == 113) || (o[1] == 100 && o[2] >= 64 && o[2] < 128)
}
function allowed6(a) {
    return a ~ "^(2001:0?db8:|fe[89ab][0-9a-f]:|f[cdf][0-9a-f][0-9a-f]:|::|0:0:0:0:)"
}
{
    # Four numbers and no more: what stands in a longer row of them is a version or an OID.
    rest = " " $0 " "
    while (match(rest, "[0-9]+([.][0-9]+)+")) {
        word = substr(rest, RSTART, RLENGTH)
        before = substr(rest, RSTART - 1, 1)
        if (word ~ "^[0-9]+[.][0-9]+[.][0-9]+[.][0-9]+$" && before !~ "[A-Za-z._]" && !allowed(word)) finding(word)
        rest = substr(rest, RSTART + RLENGTH)
    }
    rest = " " tolower($0) " "
    while (match(rest, "[0-9a-f:]*:[0-9a-f:]+")) {
        word = substr(rest, RSTART, RLENGTH)
        before = substr(rest, RSTART - 1, 1)
        copy = word
        colons = gsub(":", ":", copy)
        if (before !~ "[a-z0-9_.%]" && word ~ "[0-9a-f]" && word !~ ":::" && (colons == 7 || (word ~ "::" && colons > 2)) &&
            !allowed6(word)) finding(word)
        rest = substr(rest, RSTART + RLENGTH)
    }
}' >>"$found"

# ---- shell ----

for script in $(git ls-files '*.sh' .ci/run); do
    shell=sh
    head -n 1 "$script" | grep -q bash && shell=bash
    $shell -n "$script" 2>/dev/null || say "$script:0: $shell -n does not take it"
done

sort -u "$found" | sort -s -t: -k1,1 -k2,2n
echo "lint: $(sort -u "$found" | wc -l) findings"
[ ! -s "$found" ]
