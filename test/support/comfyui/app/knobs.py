"""The STANDIN_ variables, read in one place. main.py says what each does."""

import os
import signal
import sys
import time

GRANDCHILD_LIFE_S = 600
ORPHANS_AT_ONCE = 100


def _number(name, default):
    return float(os.environ.get(name) or default)


def import_torch():
    """Takes as long as importing torch is to take, in naps: a signal just before a long sleep would be missed."""
    until = time.monotonic() + _number("STANDIN_IMPORT_S", 0)
    while time.monotonic() < until:
        time.sleep(min(0.02, max(until - time.monotonic(), 0)))


def cuda():
    return os.environ.get("STANDIN_CUDA") == "1"


def manager_installed():
    return os.environ.get("STANDIN_NO_MANAGER") != "1"


def ignore_signals():
    for name, number in (("STANDIN_IGNORE_INT", signal.SIGINT), ("STANDIN_IGNORE_TERM", signal.SIGTERM)):
        if os.environ.get(name) == "1":
            signal.signal(number, signal.SIG_IGN)


def wanted_exit():
    """(code, seconds after ready) or None; seconds is None for an exit before anything is loaded."""
    text = os.environ.get("STANDIN_EXIT")
    if not text:
        return None
    code, _, when = text.partition("@")
    if not when:
        return int(code), None
    return int(code), 0.0 if when == "ready" else float(when)


def end(code):
    """Ends this process; a negative code means by that signal, as a crash would."""
    if code >= 0:
        sys.exit(code)
    if -code not in (signal.SIGKILL, signal.SIGSTOP):
        signal.signal(-code, signal.SIG_DFL)
    os.kill(os.getpid(), -code)
    time.sleep(5)


def leave_processes_behind():
    """Forks what STANDIN_GRANDCHILD and STANDIN_ORPHANS ask for; returns sentences to log. Call before threads start."""
    said = []
    kind = os.environ.get("STANDIN_GRANDCHILD")
    if kind:
        said.append(f"Stand-in: grandchild {_leave_grandchild(stubborn=kind == 'stubborn')}")
    orphans = int(_number("STANDIN_ORPHANS", 0))
    if orphans:
        for left in range(orphans, 0, -ORPHANS_AT_ONCE):
            _leave_orphans(min(left, ORPHANS_AT_ONCE))
        said.append(f"Stand-in: left {orphans} orphans")
    return said


def _leave_grandchild(stubborn):
    """A child in our process group that sleeps on after we are gone; stubborn: deaf to INT and TERM."""
    pid = os.fork()
    if pid:
        return pid
    disposition = signal.SIG_IGN if stubborn else signal.SIG_DFL
    signal.signal(signal.SIGINT, disposition)
    signal.signal(signal.SIGTERM, disposition)
    time.sleep(GRANDCHILD_LIFE_S)
    os._exit(0)


def _leave_orphans(count):
    """Each orphan ends only when its parent is gone, so that whoever adopts it has to reap it."""
    read_end, write_end = os.pipe()
    middle = os.fork()
    if middle == 0:
        for _ in range(count):
            if os.fork() == 0:
                os.close(write_end)
                os.read(read_end, 1)
                os._exit(0)
        os._exit(0)
    os.waitpid(middle, 0)
    os.close(write_end)
    os.close(read_end)
