"""terminal.py STEPS COMMAND…: runs a command on a terminal of its own and plays a person there.

STEPS is a JSON list: {"see": TEXT} waits for the text after what was seen before, {"type": TEXT} types it, {"size": [ROWS,
COLUMNS]} makes the window so large, {"kill": SIGNAL} sends a signal to the command, or to PID 1 below an unshare, {"foreground": NAME} waits until a
program of this name («!» before it: of any other) has the keys, {"over": true}
until the command has ended, {"hangUp": true} closes the terminal. Nothing is read while no text is waited for, but after the last step. The command leads the session when
it is given as «leader» and the rest; otherwise it must become the leader itself. Prints what was seen and ends with its
code; 99 when something does not come within 20 s, 98 when the command does not end within 20 s after the last step.
"""

import fcntl
import json
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time

LIMIT_S = 20


def lead() -> None:
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


steps, command = json.loads(sys.argv[1]), sys.argv[2:]
leads = command[0] == "leader"
master, slave = pty.openpty()
closed = False
child = subprocess.Popen(
    command[1:] if leads else command,
    stdin=slave,
    stdout=slave,
    stderr=slave,
    preexec_fn=lead if leads else None,
)
os.close(slave)
seen, looked = b"", 0


def read() -> None:
    global seen
    if closed:
        time.sleep(0.02)
        return
    try:
        if select.select([master], [], [], 0.02)[0]:
            seen += os.read(master, 65536)
    except OSError:
        time.sleep(0.02)


def leave(code: int) -> None:
    sys.stdout.buffer.write(seen)
    sys.stdout.flush()
    if child.poll() is None:
        child.kill()
    os._exit(code)


def has_keys(name: str) -> bool:
    try:
        with open(f"/proc/{os.tcgetpgrp(master)}/comm", encoding="utf8") as file:
            return (file.read().strip() == name.removeprefix("!")) != name.startswith("!")
    except OSError:
        return False


def wait_for(holds, step) -> None:
    end = time.monotonic() + LIMIT_S
    while not holds():
        if time.monotonic() > end:
            sys.stderr.write(f"{step} did not come\n")
            leave(99)
        time.sleep(0.01)


def first_inside(pid: int) -> int:
    """PID 1 of the container that an unshare holds; any other program itself."""
    with open(f"/proc/{pid}/comm", encoding="utf8") as comm, open(f"/proc/{pid}/task/{pid}/children", encoding="utf8") as children:
        return int(children.read().split()[0]) if comm.read() == "unshare\n" else pid


for step in steps:
    if "see" in step:
        wanted, end = step["see"].encode(), time.monotonic() + LIMIT_S
        while (at := seen.find(wanted, looked)) < 0:
            if time.monotonic() > end:
                sys.stderr.write(f"{step['see']!r} did not come\n")
                leave(99)
            read()
        looked = at + len(wanted)
    elif "type" in step:
        os.write(master, step["type"].encode())
    elif "size" in step:
        fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", *step["size"], 0, 0))
    elif "kill" in step:
        os.kill(first_inside(child.pid), step["kill"])
    elif "foreground" in step:
        wait_for(lambda: has_keys(step["foreground"]), step)
    elif "over" in step:
        wait_for(lambda: child.poll() is not None, step)
    elif "hangUp" in step:
        os.close(master)
        closed = True

end = time.monotonic() + LIMIT_S
while child.poll() is None:
    if time.monotonic() > end:
        leave(98)
    read()
for _ in range(3):
    read()
leave(child.returncode % 256)
