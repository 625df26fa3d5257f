"""Reads extra_model_paths files. What ComfyUI does not guard against is not guarded against here either: an empty file,
a key without a value and a list as a value all end the start with a traceback."""

import logging
import os

import folder_paths
from app import yaml_subset


def load_extra_path_config(yaml_path):
    with open(yaml_path, encoding="utf-8") as file:
        config = yaml_subset.load(file.read())
    yaml_dir = os.path.dirname(os.path.abspath(yaml_path))
    for section in config:
        entries = config[section]
        if entries is None:
            continue
        base = _base_path(entries, yaml_dir)
        is_default = entries.pop("is_default", False)
        for category in entries:
            for line in entries[category].split("\n"):
                if line:
                    _add(category, os.path.join(base or yaml_dir, line), is_default)


def _base_path(entries, yaml_dir):
    if "base_path" not in entries:
        return None
    return os.path.join(yaml_dir, os.path.expandvars(os.path.expanduser(entries.pop("base_path"))))


def _add(category, path, is_default):
    path = os.path.normpath(path)
    logging.info("Adding extra search path %s %s", category, path)
    folder_paths.add_model_folder_path(category, path, is_default)
