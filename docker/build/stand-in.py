"""Makes an empty wheel that stands in for a package: `stand-in.py onnxruntime-gpu onnxruntime FOLDER`.

onnxruntime-gpu has no wheels for arm64, and is of no use without a GPU, but nodes ask for it. The wheel has its name, the
version of the package that does the same work here, which is installed already, and requires that one.
"""

import sys
import zipfile
from importlib.metadata import version
from pathlib import Path


def main(name, by, folder):
    number = version(by)
    stem = f"{name.replace('-', '_')}-{number}"
    metadata = [
        "Metadata-Version: 2.1",
        f"Name: {name}",
        f"Version: {number}",
        f"Summary: Stands in for {name}, which has no use on this machine",
        f"Requires-Dist: {by}=={number}",
    ]
    files = {
        "METADATA": "\n".join(metadata) + "\n",
        "WHEEL": "Wheel-Version: 1.0\nGenerator: stand-in\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{stem}.dist-info/{file},,\n" for file in [*files, "RECORD"])
    Path(folder).mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(Path(folder) / f"{stem}-py3-none-any.whl", "w") as wheel:
        for file, text in {**files, "RECORD": record}.items():
            wheel.writestr(f"{stem}.dist-info/{file}", text)
    print(f"{name}=={number}")


if __name__ == "__main__":
    main(*sys.argv[1:])
