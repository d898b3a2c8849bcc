#!/bin/sh
# Every sample against its golden, by the real binary.
PARAPET=${B:-build/test-gcc}/parapet sh tests/golden.sh check
