#!/bin/sh
# leave-stray.sh: leaves a process of another session that holds its pipes and prints for ever, then exit 3. Prints its pid.
setsid sh -c 'echo stray $$; while :; do echo tick; sleep 0.05; done' &
sleep 0.2
exit 3
