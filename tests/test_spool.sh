#!/bin/sh
# The short form of tests/faults/spool.sh: some kills instead of a thousand (TAP).
KILLS=${KILLS:-10} exec sh tests/faults/spool.sh
