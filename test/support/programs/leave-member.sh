#!/bin/sh
# leave-member.sh CODE: leaves a member of its group that holds its pipes, then exit CODE.
sleep 300 &
echo "member $!"
exit "$1"
