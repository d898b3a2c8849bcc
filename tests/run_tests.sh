#!/bin/sh
# Runs every test program, every fuzz corpus and the shell tests; ends with `N passed, N failed`.
# Each prints TAP: a line `ok ...` or `not ok ...` a check. A program that dies counts as failed.
set -u
B=${B:-build/test-gcc}
export CMOCKA_MESSAGE_OUTPUT=TAP B
export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_leaks=1:abort_on_error=0}" UBSAN_OPTIONS=print_stacktrace=1
passed=0
failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

run() {
    name=$1
    shift
    "$@" >"$log" 2>&1
    status=$?
    ok=$(grep -c '^ok ' "$log")
    not_ok=$(grep -c '^not ok ' "$log")
    # Died before it could say so, or said nothing at all: one more failure.
    if [ "$not_ok" -eq 0 ] && { [ "$status" -ne 0 ] || [ "$ok" -eq 0 ]; }; then not_ok=1; fi
    passed=$((passed + ok))
    failed=$((failed + not_ok))
    if [ "$not_ok" -eq 0 ]; then
        printf '  %-28s %4d passed\n' "$name" "$ok"
    else
        printf '  %-28s %4d passed, %d FAILED (exit %d)\n' "$name" "$ok" "$not_ok" "$status"
        grep '^not ok ' "$log"
        grep -v '^\(not \)*ok ' "$log" | tail -n 60
    fi
}

for t in "$B"/test_*; do
    case $t in *.o | *.d | *.c) continue ;; esac
    [ -x "$t" ] && run "${t##*/}" "$t"
done
for t in "$B"/fuzz_*_replay; do
    [ -x "$t" ] && run "${t##*/}" "$t"
done
for t in tests/test_*.sh; do
    [ -e "$t" ] && run "${t##*/}" sh "$t"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
