"""Logging as ComfyUI does it: ANSI level tags, everything on stderr, the last 300 writes kept for /internal/logs.

sys.stdout and sys.stderr are wrapped in block-buffered writers, so that what a node prints into a pipe stays unseen
until 8 KB or the exit, even with PYTHONUNBUFFERED=1; --log-stdout cures it, since each log line flushes.
"""

import io
import logging
import sys
import threading
import time
from collections import deque

DETAIL = 15
RESET = "\033[0m"
COLORS = {"DEBUG": "\033[36m", "DETAIL": "\033[34m", "INFO": "\033[32m", "WARNING": "\033[33m",
          "ERROR": "\033[31m", "CRITICAL": "\033[35m"}

entries = deque(maxlen=300)
_listeners = []


class LevelTag(logging.Formatter):
    def format(self, record):
        bold = "\033[1m" if record.levelno >= logging.WARNING else ""
        text = super().format(record)
        if getattr(record, "color", "") == "green":
            text = COLORS["INFO"] + text + RESET
        return f"{bold}{COLORS.get(record.levelname, '')}[{record.levelname}]{RESET} {text}"


class KeptStream(io.TextIOWrapper):
    """The same file descriptor behind a new, block-buffered writer that also remembers what passed."""

    def __init__(self, stream):
        super().__init__(stream.buffer, encoding=stream.encoding, errors=stream.errors, line_buffering=stream.line_buffering)
        self._unsent = []
        self._guard = threading.Lock()

    def write(self, text):
        entry = {"t": _now(), "m": text}
        with self._guard:
            entries.append(entry)
            self._unsent.append(entry)
        return super().write(text)

    def flush(self):
        super().flush()
        with self._guard:
            fresh, self._unsent = self._unsent, []
        for listener in _listeners if fresh else ():
            listener(fresh)


def on_flush(listener):
    """listener(entries) is called with what was written since the last flush."""
    _listeners.append(listener)


def _now():
    moment = time.time()
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(moment)) + f".{int(moment % 1 * 1e6):06d}"


def _level(name):
    return DETAIL if name == "DETAIL" else getattr(logging, name)


def setup(console, files, use_stdout):
    """console: a level name; files: (level, path) pairs; use_stdout sends what is below ERROR to stdout."""
    logging.addLevelName(DETAIL, "DETAIL")
    sys.stdout = KeptStream(sys.stdout)
    sys.stderr = KeptStream(sys.stderr)
    root = logging.getLogger()
    root.setLevel(min([_level(console), *(_level(level) for level, _ in files)]))
    if use_stdout:
        _add(root, sys.stdout, console, lambda record: record.levelno < logging.ERROR)
        _add(root, sys.stderr, console, lambda record: record.levelno >= logging.ERROR)
    else:
        _add(root, sys.stderr, console, lambda record: True)
    for level, path in files:
        handler = logging.FileHandler(path, encoding="utf-8")
        handler.setLevel(_level(level))
        handler.setFormatter(logging.Formatter("[%(asctime)s] [%(levelname)s] %(message)s"))
        root.addHandler(handler)


def _add(root, stream, level, wanted):
    handler = logging.StreamHandler(stream)
    handler.setFormatter(LevelTag("%(message)s"))
    handler.setLevel(_level(level))
    handler.addFilter(wanted)
    root.addHandler(handler)
