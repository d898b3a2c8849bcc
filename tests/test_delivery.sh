#!/bin/sh
exec sh tests/faults/delivery.sh short
