#!/bin/sh
exec sh tests/faults/process.sh short
