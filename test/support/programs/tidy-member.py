"""tidy-member.py FILE: its member needs a moment after INT to tidy up, and then writes FILE; the leader ends at once."""

import os
import signal
import sys
import time


def tidy(*_):
    time.sleep(0.3)
    with open(sys.argv[1], "w") as file:
        file.write("tidied")
    os._exit(0)


if os.fork() == 0:
    signal.signal(signal.SIGINT, tidy)
    print("member", os.getpid(), flush=True)
    time.sleep(300)
try:
    time.sleep(300)
except KeyboardInterrupt:
    sys.exit(0)
