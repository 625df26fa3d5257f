"""print-for-ever.py: prints until it is ended."""

import os

chunk = b"x" * 99 + b"\n"
while True:
    os.write(1, chunk * 100)
