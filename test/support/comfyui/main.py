"""A ComfyUI to test against: Python's standard library alone, no torch, no models, listening a moment after its start.

It takes ComfyUI's arguments, imports custom nodes for real, listens only when all of them are in, answers its routes
and WebSocket messages, saves real PNGs, and ends as ComfyUI ends: INT 0, TERM by the signal, a bad flag 2, a port in
use, a broken extra_model_paths file or no custom_nodes folder 1.

Environment, for tests:
    STANDIN_IMPORT_S=1.5       seconds that importing torch takes
    STANDIN_CUDA=1             there is a GPU: starts without --cpu
    STANDIN_EXIT=7             exits 7 before anything is loaded; -11 dies by signal 11
    STANDIN_EXIT=7@ready       exits 7 once it listens; 7@2.5 does so 2.5 s later
    STANDIN_IGNORE_INT=1       is deaf to SIGINT
    STANDIN_IGNORE_TERM=1      is deaf to SIGTERM
    STANDIN_ORPHANS=200        leaves 200 processes whose parent is gone, each ending at once, before it listens
    STANDIN_GRANDCHILD=1       leaves a child in its process group that sleeps on for ten minutes; =stubborn: deaf to INT, TERM
    STANDIN_NO_MANAGER=1       the comfyui-manager package is not installed: --enable-manager only warns
"""

from app import knobs

knobs.ignore_signals()

import comfy.options

comfy.options.enable_args_parsing()

from comfy.cli_args import args, console_log_level, file_log_outputs

wanted_exit = knobs.wanted_exit()
if wanted_exit and wanted_exit[1] is None:
    knobs.end(wanted_exit[0])
if args.list_feature_flags:
    print("{}")
    raise SystemExit(0)

from app import logger

logger.setup(console_log_level(args.verbose), file_log_outputs(args.verbose), args.log_stdout)

import faulthandler
import itertools
import logging
import os
import select
import signal
import sys
import threading
import time

faulthandler.enable(file=sys.stderr, all_threads=False)
for plugin in ("autogenerate.schemas", "autogenerate.tables", "autogenerate.types", "autogenerate.constraints",
               "autogenerate.defaults", "autogenerate.comments", "ext.checkconstraint_byname"):
    logging.info("setup plugin alembic.%s", plugin)
if args.cuda_device is not None:
    os.environ["CUDA_VISIBLE_DEVICES"] = args.cuda_device
    logging.info("Set cuda device to: %s", args.cuda_device)
if args.enable_manager and not knobs.manager_installed():
    logging.warning("\n\nTo use the `--enable-manager` feature, the `comfyui-manager` package must be installed first.\n")
    args.enable_manager = False

import folder_paths
from app import custom_nodes
from utils.extra_config import load_extra_path_config


def apply_custom_paths():
    """extra_model_paths.yaml beside this file, then those of the command line, then the folders given one by one."""
    beside = os.path.join(os.path.dirname(os.path.realpath(__file__)), "extra_model_paths.yaml")
    given = itertools.chain(*(args.extra_model_paths_config or []))
    for path in itertools.chain([beside] if os.path.isfile(beside) else [], given):
        load_extra_path_config(path)
    if args.base_directory:
        logging.info("Setting base directory to: %s", folder_paths.base_path)
    if args.models_directory:
        logging.info("Setting models directory to: %s", folder_paths.models_dir)
    set_directory("output", args.output_directory, folder_paths.set_output_directory)
    for category in ("checkpoints", "clip", "vae", "diffusion_models", "loras"):
        folder_paths.add_model_folder_path(category, os.path.join(folder_paths.get_output_directory(), category))
    set_directory("input", args.input_directory, folder_paths.set_input_directory)
    set_directory("user", args.user_directory, folder_paths.set_user_directory)


def set_directory(name, given, setter):
    if given:
        path = os.path.abspath(given)
        logging.info("Setting %s directory to: %s", name, path)
        setter(path)


apply_custom_paths()
custom_nodes.run_prestartup_scripts()
knobs.import_torch()

import comfy.model_management
import comfy.utils
import comfyui_version
import execution
import nodes
from app import database, routes_files, routes_jobs, routes_prompt, routes_system
from comfy_execution import progress
from server import PromptServer


class Ending:
    """Where the main thread waits; any thread can end the program through it.

    It waits on a pipe that signals write to as well: a lock would miss a signal that comes just before it blocks.
    """

    def __init__(self):
        self.code = 0
        self.read_end, self.write_end = os.pipe()
        os.set_blocking(self.write_end, False)
        signal.set_wakeup_fd(self.write_end, warn_on_full_buffer=False)

    def ask(self, code):
        self.code = code
        os.write(self.write_end, b"\0")

    def wait(self, seconds=None):
        """Returns when ask was called, after the seconds, or by way of KeyboardInterrupt."""
        until = None if seconds is None else time.monotonic() + seconds
        while True:
            left = None if until is None else max(until - time.monotonic(), 0)
            ready, _, _ = select.select([self.read_end], [], [], left)
            if not ready or os.read(self.read_end, 1) == b"\0":
                return


def remove_temp():
    import shutil

    shutil.rmtree(folder_paths.get_temp_directory(), ignore_errors=True)


def make_user_directory():
    if not os.path.exists(folder_paths.get_user_directory()):
        try:
            os.makedirs(folder_paths.get_user_directory())
        except OSError as error:
            logging.error("Failed to create user directory: %s", error)


def reboot(ending):
    """ComfyUI-Manager's restart: a mark and exit 0 for a supervisor that said where, else a new program in this process."""
    session = os.environ.get("__COMFY_CLI_SESSION__")
    if session:
        with open(session + ".reboot", "w", encoding="utf-8"):
            pass
        print("Restarting...\n")
        ending.ask(0)
        return
    print("Restarting... [Legacy Mode]\n")
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, *sys.argv])


def load():
    """Everything up to listening: the server object, the nodes, the database, the routes, the worker."""
    if args.temp_directory:
        set_directory("temp", os.path.join(args.temp_directory, "temp"), folder_paths.set_temp_directory)
    remove_temp()
    make_user_directory()
    server = PromptServer()
    logging.info("[Prompt Server] web root: %s", args.front_end_root or "(built in)")
    logging.info("Asset seeder disabled")
    nodes.init_nodes()
    database.setup_database()
    ending = Ending()
    for routes in (routes_prompt, routes_jobs, routes_files, routes_system):
        routes.add(server)
    if args.enable_manager and not args.disable_manager_ui:
        routes_system.add_manager(server, lambda: reboot(ending))
    comfy.utils.set_progress_bar_global_hook(progress.hook_for(server))
    logging.info("Using RAM pressure cache.")
    for sentence in knobs.leave_processes_behind():
        logging.info(sentence)
    executor = execution.PromptExecutor(server)
    threading.Thread(target=routes_prompt.worker, args=(server, executor), name="Thread-1 (prompt_worker)", daemon=True).start()
    return server, ending


def serve(server, ending):
    """Listens until somebody ends it; gives the exit code."""
    os.makedirs(folder_paths.get_temp_directory(), exist_ok=True)
    try:
        server.listen()
        if wanted_exit:
            ending.wait(wanted_exit[1])
            knobs.end(wanted_exit[0])
        ending.wait()
    except KeyboardInterrupt:
        logging.info("\nStopped server")
    finally:
        server.http.close()
        remove_temp()
    return ending.code


if __name__ == "__main__":
    logging.info("Python version: %s", sys.version)
    logging.info("ComfyUI version: %s", comfyui_version.__version__)
    prompt_server, the_end = load()
    if args.quick_test_for_ci:
        sys.exit(0)
    sys.exit(serve(prompt_server, the_end))
