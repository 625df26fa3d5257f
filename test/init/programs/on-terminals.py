"""on-terminals.py ROUNDS COMMAND…: starts COMMAND, which says «up» and ends, so many times as leader of a session on a terminal of
its own. Prints how many ended in order."""

import os
import pty
import sys

ended = 0
for _ in range(int(sys.argv[1])):
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp(sys.argv[2], sys.argv[2:])
    seen = b""
    while not seen.endswith(b"up\r\n"):
        seen += os.read(terminal, 100)
    ended += os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    os.close(terminal)
print(ended)
