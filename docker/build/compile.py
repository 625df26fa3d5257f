"""Compiles all sources below a folder: `compile.py unchecked-hash FOLDER`.

Some packages bring files that no Python of today compiles, and that nobody imports: those are named and passed over. Where
they are more than one in ten, something else is wrong, a full disk for one.
"""

import compileall
import sys
from importlib.util import cache_from_source
from pathlib import Path
from py_compile import PycInvalidationMode


def main(mode, folder):
    sources = sorted(path for path in Path(folder).rglob("*.py") if path.is_file())
    compileall.compile_dir(folder, quiet=2, force=True, workers=0, invalidation_mode=PycInvalidationMode[mode])
    left = [path for path in sources if not Path(cache_from_source(path)).exists()]
    for path in left:
        print(f"Not compiled: {path}", file=sys.stderr)
    if not sources or len(left) * 10 > len(sources):
        sys.exit(f"Cannot compile {folder}: {len(left)} of {len(sources)} files were left out. Look at its free space.")


if __name__ == "__main__":
    main(sys.argv[1].replace("-", "_").upper(), sys.argv[2])
