#!/bin/sh
# late-words.sh: exit 0 at once; a process outside the group says its last words a moment later.
setsid sh -c 'sleep 0.1; echo "last words"' &
exit 0
