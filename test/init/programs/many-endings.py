"""many-endings.py ROUNDS COMMAND…: runs COMMAND sh -c LINE so many times while hundreds of orphans are made every second; each
line ends by a code or a signal of its own. Prints the seed and every ending that came out wrong or within 20 s not at all."""

import os
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

seed = random.randrange(10**6)
random.seed(seed)
storm = subprocess.Popen(["sh", "-c", "while :; do for n in 1 2 3 4 5; do (true &); done; sleep 0.01; done"])


def wrong(line, expected):
    try:
        code = subprocess.run([*sys.argv[2:], "sh", "-c", line], timeout=20).returncode
    except subprocess.TimeoutExpired:
        code = "nothing for 20 s"
    return [] if code == expected else [f"{line}: {code}"]


codes = [random.randrange(256) for _ in range(int(sys.argv[1]) - 5)]
lines = [(f"exit {code}", code) for code in codes]
lines += [(f"ulimit -c 0; kill -{number} $$", 128 + number) for number in (1, 6, 9, 11, 15)]
with ThreadPoolExecutor(3) as pool:
    found = [each for part in pool.map(lambda pair: wrong(*pair), lines) for each in part]
storm.kill()
storm.wait()
print(f"{len(lines)} endings, wrong: {', '.join(found) or 'none'}" + (f" (seed {seed})" if found else ""))
