"""zombie-member.py: a process outside the group leaves a zombie inside it for ever; the leader ends cleanly on INT."""

import os
import sys
import time

if os.fork() == 0:
    zombie = os.fork()
    if zombie == 0:
        os._exit(0)
    os.setsid()
    os.waitid(os.P_PID, zombie, os.WEXITED | os.WNOWAIT)
    print("outside", os.getpid(), flush=True)
    time.sleep(300)
try:
    time.sleep(300)
except KeyboardInterrupt:
    sys.exit(0)
