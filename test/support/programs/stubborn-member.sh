#!/bin/sh
# stubborn-member.sh: ends at once when asked to; its member in the group is deaf to INT and TERM.
trap 'exit 0' INT TERM
(
  trap '' INT TERM
  exec sleep 300
) &
echo "member $!"
wait
