#!/bin/sh
exec sh tests/faults/ingest.sh short
