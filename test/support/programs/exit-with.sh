#!/bin/sh
# exit-with.sh CODE: one line, then exit CODE.
echo "ending with $1"
exit "$1"
