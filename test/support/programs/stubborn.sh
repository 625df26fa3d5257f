#!/bin/sh
# stubborn.sh: deaf to INT and TERM.
trap '' INT TERM
echo "deaf $$"
while :; do sleep 300; done
