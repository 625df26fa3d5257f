"""Prints what vendored nodes require, and ComfyUI's own ComfyUI-Manager where that one is asked for.

`node-requirements.py MANIFEST VENDOR_FOLDER COMFYUI`
"""

import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path


def main(manifest_file, vendor, comfyui):
    manifest = Path(manifest_file).read_text()
    given = given_requirements(manifest)
    nodes = json.loads(Path(vendor, "nodes.lock.json").read_text())["nodes"]
    for node in nodes:
        lines = given.get(node["folder"].lower(), own_requirements(node, Path(vendor)))
        print(f"# {node['folder']}", *filter(is_followed, map(str.strip, lines)), sep="\n")
    # One that lies in a folder of its own has its requirements there.
    is_asked = re.search(r"^[^#\n]*\bcomfyui-manager\b", manifest, re.I | re.M)
    built_in = Path(comfyui, "manager_requirements.txt")
    if is_asked and built_in.exists() and not any(node["folder"].lower() == "comfyui-manager" for node in nodes):
        print(f"-r {built_in}")


def given_requirements(manifest):
    """Lines that a nodes.yaml of somebody's own has instead of a node's, by folder."""
    if not re.search(r"^[^#\n]*\brequirements\b", manifest, re.M):
        return {}
    import yaml

    entries = [each for each in yaml.safe_load(manifest).get("nodes") or [] if isinstance(each, dict)]
    return {folder_of(each).lower(): each["requirements"] for each in entries if "requirements" in each}


def folder_of(entry):
    name = entry.get("folder") or entry.get("registry") or entry.get("git") or entry.get("zip") or entry.get("path")
    return re.sub(r"(\.git|\.zip)?/*$", "", str(name)).rsplit("/", 1)[-1]


def own_requirements(node, vendor):
    if "commit" in node:
        return in_repository(vendor / "repositories" / f"{node['folder']}.git", node["commit"])
    if "archive" in node:
        return in_archive(vendor / "archives" / f"{node['archive']['sha256']}.zip")
    return []


def in_repository(repository, commit):
    names = ["git", "--git-dir", str(repository), "ls-tree", "--name-only", commit, "requirements.txt"]
    if not subprocess.run(names, check=True, capture_output=True).stdout:
        return []
    show = ["git", "--git-dir", str(repository), "show", f"{commit}:requirements.txt"]
    return subprocess.run(show, check=True, capture_output=True).stdout.decode("utf-8-sig").splitlines()


def in_archive(path):
    with zipfile.ZipFile(path) as archive:
        names = sorted((name for name in archive.namelist() if re.fullmatch(r"([^/]+/)?requirements\.txt", name)), key=len)
        if not names:
            return []
        with archive.open(names[0]) as file:
            return io.TextIOWrapper(file, "utf-8-sig").read().splitlines()


def is_followed(line):
    """Options and addresses are not: a start would not follow them either, and says so."""
    is_left_out = "://" in line or (line.startswith("-") and not line.startswith("--hash"))
    if is_left_out:
        print(f"Not followed: {line}", file=sys.stderr)
    return not is_left_out


if __name__ == "__main__":
    main(*sys.argv[1:])
