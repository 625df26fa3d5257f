"""Imports what lies in custom_nodes/: first every prestartup_script.py, later every package, for real. A node that cannot
be imported is logged and left out; only a missing custom_nodes folder ends the start."""

import importlib.util
import logging
import os
import sys
import time
import traceback

import folder_paths
from comfy.cli_args import args

web_directories = {}


def run_prestartup_scripts():
    if args.disable_all_custom_nodes and not args.whitelist_custom_nodes:
        return
    times = []
    for folder in folder_paths.get_folder_paths("custom_nodes"):
        for name in os.listdir(folder):
            path = os.path.join(folder, name)
            script = os.path.join(path, "prestartup_script.py")
            if os.path.isfile(path) or name.endswith(".disabled") or name == "__pycache__" or not os.path.exists(script):
                continue
            if _unwanted(name, "Prestartup Skipping"):
                continue
            started = time.perf_counter()
            done = _run_script(script)
            times.append((time.perf_counter() - started, path, done))
    _log_times("Prestartup", "PRESTARTUP FAILED", times)


def load_custom_nodes(node_classes, display_names):
    """Fills both maps with what the nodes declare; returns nothing, raises only when a folder is missing."""
    times = []
    for folder in folder_paths.get_folder_paths("custom_nodes"):
        for name in os.listdir(os.path.realpath(folder)):
            path = os.path.join(folder, name)
            if name == "__pycache__" or name.endswith(".disabled"):
                continue
            if os.path.isfile(path) and os.path.splitext(path)[1] != ".py":
                continue
            if _unwanted(name, "Skipping"):
                continue
            started = time.perf_counter()
            done = _load(path, node_classes, display_names)
            times.append((time.perf_counter() - started, path, done))
    _log_times("Import", "IMPORT FAILED", times)


def _unwanted(name, word):
    if not args.disable_all_custom_nodes or name in args.whitelist_custom_nodes:
        return False
    logging.info("%s %s due to disable_all_custom_nodes and whitelist_custom_nodes", word, name)
    return True


def _run_script(script):
    try:
        _import(os.path.splitext(script)[0], script, keep=False)
        return True
    except Exception as error:
        logging.error("Failed to execute startup-script: %s / %s", script, error)
        return False


def _import(module_name, file, keep=True):
    spec = importlib.util.spec_from_file_location(module_name, file)
    module = importlib.util.module_from_spec(spec)
    if keep:
        sys.modules[module_name] = module
    spec.loader.exec_module(module)
    return module


def _load(path, node_classes, display_names):
    is_file = os.path.isfile(path)
    name = os.path.splitext(os.path.basename(path))[0] if is_file else os.path.basename(path)
    logging.debug("Trying to load custom node %s", path)
    try:
        if is_file:
            module = _import(os.path.splitext(path)[0], path)
        else:
            module = _import(path.replace(".", "_x_"), os.path.join(path, "__init__.py"))
    except Exception as error:
        logging.warning(traceback.format_exc())
        logging.warning("Cannot import %s module for custom nodes: %s", path, error)
        return False
    web = getattr(module, "WEB_DIRECTORY", None)
    if web and os.path.isdir(os.path.join(path, web)):
        web_directories[name] = os.path.abspath(os.path.join(path, web))
    declared = getattr(module, "NODE_CLASS_MAPPINGS", None)
    if declared is None:
        logging.warning("Skip %s module for custom nodes due to the lack of NODE_CLASS_MAPPINGS or comfy_entrypoint (need one).", path)
        return False
    for node_name, node_class in declared.items():
        node_classes[node_name] = node_class
        node_class.RELATIVE_PYTHON_MODULE = f"custom_nodes.{name}"
    display_names.update(getattr(module, "NODE_DISPLAY_NAME_MAPPINGS", None) or {})
    return True


def _log_times(kind, failure, times):
    if not times:
        return
    logging.info("\n%s times for custom nodes:", kind)
    for seconds, path, done in sorted(times):
        logging.info("%6.1f seconds%s: %s", seconds, "" if done else f" ({failure})", path)
    logging.info("")
