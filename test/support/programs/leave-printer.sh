#!/bin/sh
# leave-printer.sh: leaves a member of its group that prints for ever, then exit 1 a moment later.
yes "a line of a printer that nobody ends" &
sleep 0.2
exit 1
