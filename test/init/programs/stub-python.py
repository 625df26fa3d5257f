#!/usr/bin/python3
"""Stands where ComfyUI's Python does: answers 200 on the port that --port names until INT, which it ends by with 0.

STUB says what else it does:
    deaf-member    leaves a member of its group that is deaf to INT and TERM
    tidy-member    leaves a member that takes a moment after INT and then writes /workspace/tidied
    holds-port     leaves a member that holds its listening socket
    holds-port-outside  the same outside its group, the first time, until two seconds after its end
    holds-pipes    the first time it leaves such a process with its output open, and exits 3 once it was asked
    one-copy       writes /workspace/two-copies when another copy runs
    says-paths     writes to its output by the paths in /dev and /proc
    slow           takes 0.4 s after INT
"""

import fcntl
import os
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

stub = os.environ.get("STUB", "")


def leave(work, session=False):
    """Leaves a process that does this work and then sleeps; gives its pid."""
    pid = os.fork()
    if pid == 0:
        if session:
            os.setsid()
        work()
        time.sleep(600)
        os._exit(0)
    while session and os.getpgid(pid) != pid:
        time.sleep(0.001)
    return pid


def deaf():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


def writes(path, at, after_s=0.0):
    def end(*_):
        time.sleep(after_s)
        open(path, "w").close()
        os._exit(0)

    return lambda: signal.signal(at, end)


def until_orphaned():
    """Ends a while after its parent did, so that a start after a second finds the port held."""
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(0.01)
    time.sleep(2)
    os._exit(0)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        if self.path == "/reboot":
            os.execv(sys.argv[0], sys.argv)
        if stub == "holds-pipes" and not os.path.exists("/workspace/first"):
            open("/workspace/first", "w").close()
            leave(lambda: os.closerange(3, 100), session=True)
            os._exit(3)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    allow_reuse_address = True


if stub == "one-copy":
    lock = open("/workspace/lock", "w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        open("/workspace/two-copies", "w").close()
if stub == "says-paths":
    for path in ("/dev/stdout", "/dev/stderr", "/proc/self/fd/1", "/proc/self/fd/2"):
        with open(path, "w") as output:
            output.write(f"by {path}\n")
member = {
    "deaf-member": lambda: leave(deaf),
    "tidy-member": lambda: leave(writes("/workspace/tidied", signal.SIGINT, 0.3)),
}.get(stub)
if member:
    print("member", member(), flush=True)
port = int(sys.argv[sys.argv.index("--port") + 1])
server = Server(("127.0.0.1", port), Handler)
if stub == "holds-port":
    print("member", leave(lambda: None), flush=True)
if stub == "holds-port-outside" and not os.path.exists("/workspace/first"):
    open("/workspace/first", "w").close()
    leave(until_orphaned, session=True)
print("serving", os.getpid(), flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
try:
    while True:
        time.sleep(0.05)
except KeyboardInterrupt:
    time.sleep(0.4 if stub == "slow" else 0)
    sys.exit(0)
