#!/bin/sh
# Runs every test program, every fuzz corpus and the shell tests, as many at a time as there are
# processors and one more (JOBS), for many of them wait; ends with `N passed, N failed`.
# Each prints TAP: a line `ok ...` or `not ok ...` a check. A program that dies counts as failed.
set -u
export B="${B:-build/test-gcc}" CMOCKA_MESSAGE_OUTPUT=TAP UBSAN_OPTIONS=print_stacktrace=1
export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_leaks=1:abort_on_error=0}"

# Runs one and says what came of it, in one piece; appends "passed failed" to $counts.
one() {
    name=${1##*/}
    log=$(mktemp)
    case $1 in *.sh) sh "$1" ;; *) "$1" ;; esac >"$log" 2>&1
    status=$?
    ok=$(grep -c '^ok ' "$log")
    not_ok=$(grep -c '^not ok ' "$log")
    # Died before it could say so, or said nothing at all: one more failure.
    if [ "$not_ok" -eq 0 ] && { [ "$status" -ne 0 ] || [ "$ok" -eq 0 ]; }; then not_ok=1; fi
    echo "$ok $not_ok" >>"$counts"
    if [ "$not_ok" -eq 0 ]; then
        printf '  %-28s %4d passed\n' "$name" "$ok"
    else
        text=$(grep '^not ok ' "$log"; grep -v '^\(not \)*ok ' "$log" | tail -n 60)
        printf '  %-28s %4d passed, %d FAILED (exit %d)\n%s\n' \
            "$name" "$ok" "$not_ok" "$status" "$text"
    fi
    rm -f "$log"
}

if [ $# -gt 0 ]; then
    one "$1"
    exit 0
fi

counts=$(mktemp)
export counts
trap 'rm -f "$counts"' EXIT
for t in tests/test_*.sh "$B"/test_* "$B"/fuzz_*_replay; do
    case $t in *.o | *.d | *.c) continue ;; esac
    [ -f "$t" ] && echo "$t"
done | xargs -n 1 -P "${JOBS:-$(($(nproc) + 1))}" sh tests/run_tests.sh
awk '{ passed += $1; failed += $2 }
    END { print passed + 0 " passed, " failed + 0 " failed"; exit failed > 0 || passed == 0 }' "$counts"
